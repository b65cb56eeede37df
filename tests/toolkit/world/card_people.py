"""A small frame of true customers, as the cards need it, for the tests of cards."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from keyaccounts.world.card_plan import CAME_BY
from keyaccounts.world.draws import Draws

OPENED, AS_OF = dt.date(2022, 1, 3), dt.date(2026, 6, 30)


def true_customers(
    seed: int = 7, organizations: int = 240, individuals: int = 3000
) -> pd.DataFrame:
    """Return true customers: a third of them prospects, a fifth of the organizations gone."""
    n = organizations + individuals
    draws = Draws(seed, "test people")
    firm = np.arange(n) < organizations
    span = (AS_OF - OPENED).days
    created = np.floor(draws.uniform(n) * span)
    joined = created + draws.whole(n, 0, 60)
    never = draws.yes(0.33, n) | (joined > span)
    left = joined + np.floor(draws.uniform(n) * (span - joined).clip(0))
    gone = firm & ~never & draws.yes(0.2, n)
    fleet = np.clip(np.round(np.exp(draws.normal(n, 2.1, 0.9))), 2, 120)
    own = draws.pick((1, 2, 3, 4), n, (85, 11, 3, 1))

    def day(after: np.ndarray, known: np.ndarray) -> pd.Series:
        days = pd.Timestamp(OPENED) + pd.Series(after.astype("timedelta64[D]"))
        return days.astype("datetime64[us]").where(known)

    vehicles = np.where(firm, fleet, own).astype(np.int64)
    return pd.DataFrame(
        {
            "kind": np.where(firm, "organization", "individual"),
            "created_on": day(created, np.ones(n, dtype=bool)),
            "joined_on": day(joined, ~never),
            "acquired_by": draws.pick(sorted(CAME_BY), n),
            "district": draws.whole(n, 0, 5),
            "vehicles": vehicles,
            "contract": firm & ~never & draws.yes(0.5, n),
            "quality": draws.normal(n),
            "margin": draws.uniform(n, 0.15, 0.5),
            "rate": np.where(firm, vehicles * 0.0085, np.nan),
            "amount_mean": np.where(firm, draws.uniform(n, 400, 1500), np.nan),
            "departed_on": day(left, gone),
            "credit_grade": np.where(firm, draws.pick(tuple("ABCD"), n), None),
            "seller": draws.whole(n, 0, 5),
        }
    )
