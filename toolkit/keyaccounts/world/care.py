"""How customers are cared for: the numbers planted in care, and the complaints."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import checks
from keyaccounts.world.draws import Draws, Floats, Ints, nth, repeat
from keyaccounts.world.parameters import Section as Care
from keyaccounts.world.workshops import WORKSHOPS, visited

Five: TypeAlias = tuple[float, float, float, float, float]
Days: TypeAlias = NDArray[np.datetime64]

YEAR = 365.25
TOPICS = ("waiting_time", "not_repaired", "price", "billing", "damage", "attitude", "parts")
TOPIC_WEIGHTS = (5, 4, 3, 3, 2, 2, 2)
CHANNELS = ("phone", "workshop", "app", "mail", "seller")
UNHAPPY = ("service", "price")  # causes of leaving that show in complaints and in what is said


def served(people: pd.DataFrame, today: np.datetime64) -> pd.DataFrame:
    """Return those who ever bought, with the days on which they were customers.

    Columns of `people` and `entity`, `since` (first order), `until` (departure, or today) and
    `warned` (the first warning; `until` where there was none). A departure may lie after today:
    its warnings are here already.
    """
    joined = people["joined_on"].to_numpy().astype("datetime64[D]")
    left = people["departed_on"].to_numpy().astype("datetime64[D]")
    since = np.where(np.isnat(joined), today, joined)
    warned = np.maximum(left - people["lead_days"].to_numpy().astype("timedelta64[D]"), since)
    until = np.where(np.isnat(left), today, np.minimum(left, today))
    there = people.assign(
        entity=people.index.to_numpy(),
        since=since.astype("datetime64[us]"),
        until=until.astype("datetime64[us]"),
        warned=np.where(np.isnat(left), until, np.minimum(warned, until)).astype("datetime64[us]"),
    )
    known: pd.DataFrame = there[(~np.isnat(joined)) & (since < until)]
    return known


def happenings(draws: Draws, since: Days, until: Days, per_year: Any) -> tuple[Ints, Days]:
    """Return when something happened that comes by chance: which row, and on which day."""
    days = np.maximum((until - since).astype(np.int64), 0)
    row = repeat(np.arange(days.size), draws.poisson(days / YEAR * per_year, days.size))
    day = np.floor(draws.uniform(row.size) * days[row]).astype("timedelta64[D]")
    return row, since[row] + day


def days_of(frame: pd.DataFrame, column: str) -> Days:
    """Return a column of dates as whole days."""
    return np.asarray(frame[column].to_numpy().astype("datetime64[D]"))


def complaints(people: pd.DataFrame, parameters: Care, seed: int, as_of: Any) -> pd.DataFrame:
    """Return the complaints and how they were handled, sorted by time.

    Better service brings fewer. An organization that will leave because of service or price
    complains more often from its first warning on.

    Parameters
    ----------
    people : frame
        The true customers; `kind`, `district`, `joined_on`, `departed_on`, `quality`, `lead_days`
        and `departure_cause` are used.
    parameters : Care
        What is planted.
    seed : int
        The seed of the world.
    as_of : day
        Today. What had not happened by its evening is empty: a response or a solution.

    Returns
    -------
    frame
        `entity`, `opened_at`, `first_response_at`, `resolved_at` (to the minute), `topic`,
        `channel`, `compensation` (yuan), `reopened`, `workshop`.
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    there, draws = served(people, today), Draws(seed, "complaints")
    since, until, warned = (days_of(there, c) for c in ("since", "until", "warned"))
    firm = (there["kind"] == "organization").to_numpy()
    usual = np.where(firm, parameters.organization_complaints, parameters.driver_complaints)
    rate = usual * np.exp(parameters.complaint_quality * there["quality"].to_numpy())
    row, day = happenings(draws, since, until, rate)
    unhappy = there["departure_cause"].isin(UNHAPPY).to_numpy()
    more = np.where(unhappy, parameters.complaint_lead - 1, 0.0)
    row_more, day_more = happenings(draws, warned, until, rate * more)
    row, day = np.concatenate([row, row_more]), np.concatenate([day, day_more])
    n = row.size
    opened = day.astype("datetime64[m]") + draws.whole(n, 8 * 60, 19 * 60).astype("timedelta64[m]")
    answered = opened + _minutes(draws, n, parameters.response_hours, parameters.response_spread)
    hours = parameters.resolution_days * 24
    solved = answered + _minutes(draws, n, hours, parameters.resolution_spread)
    now = (today + np.timedelta64(1, "D")).astype("datetime64[m]")
    open_ = draws.yes(parameters.unresolved, n) | (solved >= now)
    paid = ~open_ & draws.yes(parameters.compensated, n)
    amount = np.maximum(np.round(draws.gamma(n, 2.0, parameters.compensation / 2) / 10) * 10, 10.0)
    never = np.datetime64("NaT", "m")
    found = pd.DataFrame(
        {
            "entity": there["entity"].to_numpy()[row],
            "opened_at": opened,
            "first_response_at": np.where(answered < now, answered, never),
            "resolved_at": np.where(open_, never, solved),
            "topic": draws.pick(TOPICS, n, TOPIC_WEIGHTS),
            "channel": draws.pick(CHANNELS, n, [5, 4, 2, 2, 2]),
            "compensation": np.where(paid, amount, 0.0),
            "reopened": ~open_ & draws.yes(parameters.reopened, n),
        }
    )
    times = ["opened_at", "first_response_at", "resolved_at"]
    found = found.astype(dict.fromkeys(times, "datetime64[us]"))
    found = found.sort_values(["opened_at", "entity"], kind="stable", ignore_index=True)
    entity = found["entity"].to_numpy()
    where = Draws(seed, "workshops of complaints").of(entity, nth(entity))
    district = people["district"].to_numpy(dtype=np.int64)[entity]
    workshop = visited(district, parameters.elsewhere, where)
    return found.assign(workshop=np.asarray(WORKSHOPS)[workshop])


def _minutes(draws: Draws, size: int, hours: float, spread: float) -> Any:
    """Return waiting times whose logarithms are normal, in whole minutes and at least one."""
    spent = np.exp(draws.normal(size, np.log(hours * 60), spread))
    return np.maximum(np.round(spent), 1.0).astype("timedelta64[m]")


def clipped(values: Floats, low: int, high: int) -> Ints:
    """Return answers on a scale of whole numbers."""
    return np.asarray(np.clip(np.round(values), low, high), dtype=np.int64)
