"""The vehicles of customers who have three or more, and so might become key accounts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from keyaccounts.world import names
from keyaccounts.world.card_plan import PLAN, of_kind
from keyaccounts.world.draws import Draws, repeat
from keyaccounts.world.organization_cards import industries, insurers
from keyaccounts.world.parameters import Section as Cards

KEY_ACCOUNT_FLEET = 3  # vehicles from which the course calls a customer a candidate
DRIVER_MILEAGE = 14_000  # kilometers a year
UPKEEP = ("by_distance", "by_time", "on_demand")


def vehicles(people: pd.DataFrame, seed: int, as_of: dt.date, plan: Cards = PLAN) -> pd.DataFrame:
    """List the vehicles of every organization, and of drivers with three or more.

    Parameters
    ----------
    people : DataFrame
        The true customers.
    seed : int
        The seed of the world.
    as_of : date
        Today.
    plan : Cards
        What is planted.

    Returns
    -------
    DataFrame
        One row a vehicle, by customer: `card`, `plate`, `model`, `model_year`, `kilometers`,
        `maintenance_plan`, `next_service_on` (empty if on demand), `insurer`.

    Raises
    ------
    ColumnError, DataError
        If `people` is unusable.
    """
    count = people["vehicles"].to_numpy()
    listed = np.arange(len(of_kind(people, "organization")))
    fleets = np.union1d(listed, np.flatnonzero(count >= KEY_ACCOUNT_FLEET))
    card = repeat(fleets, count[fleets])
    n = len(card)
    draws = Draws(seed, "vehicles")
    age = np.minimum(np.floor(draws.gamma(n, 2.0, 2.6)), 15).astype(np.int64)
    usual = np.full(len(people), DRIVER_MILEAGE)
    trades = pd.DataFrame(names.catalog()["industry"])["mileage"].to_numpy()
    usual[: len(listed)] = trades[industries(people, seed, plan)]
    yearly = usual[card] * np.exp(draws.normal(n, sd=0.4))
    driven = np.round(yearly * (age + draws.uniform(n, 0.1, 0.9)) / 100) * 100
    upkeep = draws.pick(UPKEEP, n, (5, 3, 2))
    due = pd.Timestamp(as_of) + pd.Series(draws.whole(n, -25, 180).astype("timedelta64[D]"))
    catalog = names.catalog()["vehicles"]
    most = insurers(people, seed)[card]
    other = draws.pick(catalog["insurers"], n)
    return pd.DataFrame(
        {
            "card": card.astype(np.int64),
            "plate": [f"DEMO-{number:05d}" for number in draws.order(n) + 1],
            "model": draws.pick(catalog["models"], n, (5, 4, 4, 1, 2, 3)),
            "model_year": as_of.year - age,
            "kilometers": np.minimum(driven, 800_000).astype(np.int64),  # then it is sold
            "maintenance_plan": upkeep,
            "next_service_on": due.astype("datetime64[us]").where(upkeep != "on_demand"),
            "insurer": np.where(draws.yes(0.85, n), most, other),
        }
    )
