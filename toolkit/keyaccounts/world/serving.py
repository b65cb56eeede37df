"""What it takes to serve each customer: the nine inputs of an account, in hours and yuan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from keyaccounts.world.draws import Draws, repeat
from keyaccounts.world.money import day_numbers, timestamps

BEFORE = 10  # days before the order in which work for it is done


class Input(NamedTuple):
    """One of the nine things an account takes, with its planted truth.

    Attributes
    ----------
    fleet, driver : entries for each order, of an organization and of a private driver, at an
        intensity of one.
    hours : mean working time of an entry (0 if it takes money only).
    hourly : what an hour costs; of displaced work, what it would have earned elsewhere.
    expense : mean money spent besides.
    """

    fleet: float
    driver: float
    hours: float
    hourly: float
    expense: float


# Hours of sellers stand under sales_time only, and travel under sales_calls: nothing counts twice.
INPUTS = {
    "sales_time": Input(0.090, 0.180, 1.5, 130, 0),
    "sales_calls": Input(0.065, 0.008, 0, 0, 170),
    "marketing": Input(0.015, 0.055, 0, 0, 110),
    "proposals": Input(0.035, 0.002, 3.8, 130, 60),
    "technicians": Input(0.085, 0.165, 2.4, 150, 0),
    "managers": Input(0.032, 0.006, 1.6, 320, 0),
    "literature": Input(0.012, 0.006, 0, 0, 80),
    "samples": Input(0.014, 0.003, 0, 0, 300),
    "displaced_work": Input(0.055, 0.075, 1.8, 240, 0),
}


def service_log(
    people: pd.DataFrame, orders: pd.DataFrame, seed: int, part: int = 0
) -> pd.DataFrame:
    """Tell what each customer has taken besides the goods, entry by entry.

    Parameters
    ----------
    people : DataFrame
        The true customers, one row an entity; `intensity` multiplies the number of entries.
    orders : DataFrame
        Their orders; the more orders, the more entries. Refunds take none.
    seed : int
        The seed of the world.
    part : int, default 0
        Number of this part of the customers, where a world is made in parts.

    Returns
    -------
    DataFrame
        date, entity, seller, input (one of the nine), hours, cost; sorted by day, entity and input.
    """
    served = orders[(orders["amount"] > 0).to_numpy()]
    entity, ordered = served["entity"].to_numpy(), day_numbers(served["order_date"])
    joined = day_numbers(people["joined_on"].iloc[entity])
    fleet = (people["kind"] == "organization").to_numpy()[entity]
    intensity = people["intensity"].to_numpy()[entity]
    parts = []
    for number, (name, taken) in enumerate(INPUTS.items()):
        chance = Draws(seed, "service log", name, part)
        entries = chance.poisson(np.where(fleet, taken.fleet, taken.driver) * intensity)
        row = repeat(np.arange(entity.size), entries)
        before = (ordered[row] - chance.whole(row.size, 0, BEFORE)).astype("datetime64[D]")
        weekday = np.busday_offset(before, 0, roll="preceding").astype(np.int64)
        hours = np.zeros(row.size)
        if taken.hours:
            hours = np.maximum(np.round(chance.gamma(row.size, 2.0, taken.hours / 2), 1), 0.1)
        spent = chance.gamma(row.size, 4.0, taken.expense / 4)
        parts.append(
            {
                "entity": entity[row],
                "day": np.maximum(weekday, joined[row]),
                "input": np.full(row.size, number),
                "hours": hours,
                "cost": np.round(hours * taken.hourly + spent, 2),
            }
        )
    log = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    in_order = np.lexsort((log["input"], log["entity"], log["day"]))
    log = {name: column[in_order] for name, column in log.items()}
    return pd.DataFrame(
        {
            "date": timestamps(log["day"]),
            "entity": log["entity"],
            "seller": people["seller"].to_numpy()[log["entity"]],
            "input": np.asarray(list(INPUTS))[log["input"]],
            "hours": log["hours"],
            "cost": log["cost"],
        }
    )
