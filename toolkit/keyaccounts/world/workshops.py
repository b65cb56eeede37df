"""The five workshops: who goes where, and the jobs of fleets, as promised and as done."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from keyaccounts import checks
from keyaccounts.world.draws import Draws, Ints, nth
from keyaccounts.world.parameters import Section as Care

WORKSHOPS = ("Kite Hill", "Old Ferry", "Lantern Quay", "Tea Market", "Brick Kilns")
PROMISED = ("maintenance", "repair", "body")  # the rest is done while one waits
DAY = 40  # quarters of an hour from 8:00 to 18:00
YEAR = 365


def visited(district: Ints, elsewhere: float, draws: Draws) -> Ints:
    """Return the workshop of each visit: that of the district, or now and then any other.

    The last districts, which have none, share the last workshop.
    """
    n, last = district.size, len(WORKSHOPS) - 1
    return np.where(draws.yes(elsewhere, n), draws.whole(n, 0, last), np.minimum(district, last))


def jobs(
    bought: pd.DataFrame, people: pd.DataFrame, parameters: Care, seed: int, as_of: Any
) -> pd.DataFrame:
    """Return the jobs for which organizations left a vehicle in the last year, by their orders.

    A job is promised so many working hours after the workshop opens on the day of the order. Its
    log-odds of being late are those of the service and the workshop.

    Parameters
    ----------
    bought : frame
        The table of :func:`keyaccounts.world.money.orders`; money given back is no job.
    people : frame
        The true customers; `kind` and `district` are used.
    parameters : Care
        What is planted.
    seed : int
        The seed of the world.
    as_of : day
        Today. What is not ready by its evening has no `ready_at`.

    Returns
    -------
    frame
        `order` (row number in `bought`), `entity`, `workshop`, `promised_at`, `ready_at`.
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    fleet = (people["kind"] == "organization").to_numpy()[bought["entity"]]
    entity = bought["entity"].to_numpy()
    each = pd.DataFrame({"entity": entity, "nth": nth(entity)})
    left = bought["service"].isin(PROMISED) & (bought["amount"] > 0)
    rows = fleet & left.to_numpy() & (bought["order_date"].to_numpy() > today - YEAR)
    done, keys = bought[rows], each[rows]
    n, draws = len(done), Draws(seed, "jobs").of(keys["entity"], keys["nth"])
    district = people["district"].to_numpy(dtype=np.int64)[done["entity"]]
    workshop = visited(district, parameters.elsewhere, draws)
    service = pd.Categorical(done["service"], PROMISED).codes
    usual = np.array(parameters.job_hours)[service] * 4
    promised = np.maximum(np.round(usual * np.exp(draws.normal(n, 0.0, 0.25))), 4)
    odds = np.array(parameters.late_service)[service] + np.array(parameters.late_workshop)[workshop]
    late = draws.yes(expit(odds))
    over = np.ceil(draws.exponential(n, parameters.late_hours * 4))
    spare = np.floor(np.minimum(promised / 2, parameters.early_hours * 4) * draws.uniform(n))
    ready = _clock(done["order_date"], promised + np.where(late, over, -spare))
    ready[ready >= today + 1] = np.datetime64("NaT")
    return pd.DataFrame(
        {
            "order": done.index.to_numpy(np.int64),
            "entity": done["entity"].to_numpy(),
            "workshop": np.asarray(WORKSHOPS)[workshop],
            "promised_at": _clock(done["order_date"], promised),
            "ready_at": ready,
        }
    )


def _clock(day: pd.Series[Any], quarters: Any) -> NDArray[np.datetime64]:
    """Return when so many quarters of working hours have passed since a morning; 18:00 is kept."""
    days, rest = np.divmod(np.asarray(quarters, dtype=np.int64) - 1, DAY)
    on = np.busday_offset(day.to_numpy().astype("datetime64[D]"), days, roll="forward")
    minutes = (8 * 60 + 15 * (rest + 1)).astype("timedelta64[m]")
    return np.asarray((on.astype("datetime64[m]") + minutes).astype("datetime64[us]"))
