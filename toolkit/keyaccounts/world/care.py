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
SLOW = np.array(["2025-10-01", "2026-01-01"], dtype="datetime64[D]")  # one quarter, to be found
AHEAD = 8  # years after the first order for which complaints are drawn; no world is older
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


def ordinary(people: pd.DataFrame, parameters: Care, seed: int) -> pd.DataFrame:
    """Return the complaints that customers make whether or not they will leave.

    They are drawn before anything is known of a departure, for eight years after the first order:
    `entity`, `after` (days since that order), and how each was handled: `explained`, `manner` (1
    to 5), `well`. Better service brings fewer complaints; how they are handled is chance.
    """
    firm = (people["kind"] == "organization").to_numpy()
    usual = np.where(firm, parameters.organization_complaints, parameters.driver_complaints)
    rate = usual * np.exp(parameters.complaint_quality * people["quality"].to_numpy())
    chance, own = Draws(seed, "ordinary complaints"), people.index.to_numpy(np.int64)
    entity = repeat(own, chance.of(own).poisson(rate * AHEAD))
    each = chance.of(entity, nth(entity))
    after = np.floor(each.uniform(entity.size, 0, AHEAD * YEAR)).astype(np.int64)
    return _handled(pd.DataFrame({"entity": entity, "after": after}), parameters, each)


def _handled(found: pd.DataFrame, parameters: Care, draws: Draws) -> pd.DataFrame:
    explained = draws.yes(parameters.explained, len(found))
    manner = clipped(draws.normal(len(found), parameters.manner, parameters.manner_spread), 1, 5)
    return found.assign(explained=explained, manner=manner, well=explained & (manner >= 3))


def goodwill(met: pd.DataFrame, entity: Any, begins: Any, ends: Any) -> Floats:
    """Return the complaints handled well less the others, of each entity between two days.

    `met` is the answer of :func:`ordinary`; the days are days since the first order, the last of
    them not included.
    """
    asked = pd.DataFrame({"entity": entity, "begins": begins, "ends": ends}).reset_index()
    pairs = asked.merge(met, on="entity")
    pairs = pairs[(pairs["begins"] <= pairs["after"]) & (pairs["after"] < pairs["ends"])]
    score = pairs["well"].mul(2).sub(1).groupby(pairs["index"]).sum()
    return np.asarray(score.reindex(asked["index"], fill_value=0), dtype=np.float64)


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
        `channel`, `compensation` (yuan), `explained` and `manner` (empty while it is open),
        `reopened`, `reopened_on`, `workshop`.
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    there = served(people, today).set_index("entity")
    usual = ordinary(people, parameters, seed)
    usual = usual[usual["entity"].isin(there.index)]
    begins = days_of(there.loc[usual["entity"]], "since")
    usual = usual.assign(day=begins + usual["after"].to_numpy().astype("timedelta64[D]"))
    both = pd.concat([usual, _of_the_unhappy(there, parameters, seed)])
    until = days_of(there.loc[both["entity"]], "until")
    both = both.assign(until=until)[both["day"].to_numpy() < until]
    both = both.sort_values(["entity", "day", "after"], kind="stable")
    entity, n = both["entity"].to_numpy(), len(both)
    draws = Draws(seed, "complaints").of(entity, nth(entity))
    opened = days_of(both, "day").astype("datetime64[m]")
    opened = opened + draws.whole(n, 8 * 60, 19 * 60).astype("timedelta64[m]")
    where = visited(
        people["district"].to_numpy(dtype=np.int64)[entity],
        parameters.elsewhere,
        Draws(seed, "workshops of complaints").of(entity, nth(entity)),
    )
    slow = (opened >= SLOW[0]) & (opened < SLOW[1])
    hours = parameters.response_hours * np.where(slow, np.array(parameters.slow)[where], 1.0)
    answered = opened + _minutes(draws, n, hours, parameters.response_spread)
    hours = parameters.resolution_days * 24
    solved = answered + _minutes(draws, n, hours, parameters.resolution_spread)
    now = (today + np.timedelta64(1, "D")).astype("datetime64[m]")
    open_ = draws.yes(parameters.unresolved, n) | (solved >= now)
    paid = ~open_ & draws.yes(parameters.compensated, n)
    amount = np.maximum(np.round(draws.gamma(n, 2.0, parameters.compensation / 2) / 10) * 10, 10.0)
    never = np.datetime64("NaT", "m")
    comes_back = np.where(both["well"], parameters.reopened, parameters.reopened_poor)
    wait = draws.whole(n, 1, parameters.reopened_within).astype("timedelta64[D]")
    again = solved.astype("datetime64[D]") + wait
    reopened = ~open_ & draws.yes(comes_back) & (again <= days_of(both, "until"))
    found = pd.DataFrame(
        {
            "entity": entity,
            "opened_at": opened,
            "first_response_at": np.where(answered < now, answered, never),
            "resolved_at": np.where(open_, never, solved),
            "topic": draws.pick(TOPICS, n, TOPIC_WEIGHTS),
            "channel": draws.pick(CHANNELS, n, [5, 4, 2, 2, 2]),
            "compensation": np.where(paid, amount, 0.0),
            "explained": both["explained"].astype("boolean").mask(open_).array,
            "manner": both["manner"].astype("Int64").mask(open_).array,
            "reopened": reopened,
            "reopened_on": np.where(reopened, again, never),
            "workshop": np.asarray(WORKSHOPS)[where],
        }
    )
    times = ["opened_at", "first_response_at", "resolved_at", "reopened_on"]
    found = found.astype(dict.fromkeys(times, "datetime64[us]"))
    return found.sort_values(["opened_at", "entity"], kind="stable", ignore_index=True)


def _of_the_unhappy(there: pd.DataFrame, parameters: Care, seed: int) -> pd.DataFrame:
    """Return what those complain of besides who are about to leave for service or price."""
    leaving = there[there["departure_cause"].isin(UNHAPPY)]
    usual = parameters.organization_complaints * (parameters.complaint_lead - 1)
    rate = usual * np.exp(parameters.complaint_quality * leaving["quality"].to_numpy())
    draws = Draws(seed, "complaints of the unhappy")
    row, day = happenings(draws, days_of(leaving, "warned"), days_of(leaving, "until"), rate)
    found = pd.DataFrame({"entity": leaving.index.to_numpy()[row], "after": -1, "day": day})
    return _handled(found, parameters, draws)


def _minutes(draws: Draws, size: int, hours: Any, spread: float) -> Any:
    """Return waiting times whose logarithms are normal, in whole minutes and at least one."""
    spent = np.exp(draws.normal(size, np.log(hours * 60), spread))
    return np.maximum(np.round(spent), 1.0).astype("timedelta64[m]")


def clipped(values: Floats, low: int, high: int) -> Ints:
    """Return answers on a scale of whole numbers."""
    return np.asarray(np.clip(np.round(values), low, high), dtype=np.int64)
