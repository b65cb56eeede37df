"""What it takes to serve each customer: the nine inputs of an account, in hours and yuan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from keyaccounts.world.draws import Draws, nth, repeat
from keyaccounts.world.money import day_numbers, timestamps
from keyaccounts.world.parameters import Section, planted

BEFORE = 10  # days before the order in which work for it is done


INPUTS = tuple(planted().serving.fleet)


def service_log(
    people: pd.DataFrame, orders: pd.DataFrame, serving: Section, seed: int, part: int = 0
) -> pd.DataFrame:
    """Tell what each customer has taken besides the goods, entry by entry.

    Parameters
    ----------
    people : DataFrame
        The true customers, one row an entity; `intensity` multiplies the number of entries.
    orders : DataFrame
        Their orders; the more orders, the more entries. Refunds take none.
    serving : Section
        What is planted.
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
    keys, parts = (entity, nth(entity)), []
    for number, name in enumerate(INPUTS):
        chance = Draws(seed, "service log", name, part)
        usual = np.where(fleet, serving.fleet[name], serving.driver[name])
        row = repeat(np.arange(entity.size), chance.of(*keys).poisson(usual * intensity))
        chance = chance.of(*(key[row] for key in keys), nth(row))
        before = (ordered[row] - chance.whole(row.size, 0, BEFORE)).astype("datetime64[D]")
        weekday = np.busday_offset(before, 0, roll="preceding").astype(np.int64)
        hours = np.zeros(row.size)
        if serving.hours[name]:
            worked = chance.gamma(row.size, 2.0, serving.hours[name] / 2)
            hours = np.maximum(np.round(worked, 1), 0.1)
        spent = chance.gamma(row.size, 4.0, serving.expense[name] / 4)
        parts.append(
            {
                "entity": entity[row],
                "day": np.maximum(weekday, joined[row]),
                "input": np.full(row.size, number),
                "hours": hours,
                "cost": np.round(hours * serving.hourly[name] + spent, 2),
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
            "input": np.asarray(INPUTS)[log["input"]],
            "hours": log["hours"],
            "cost": log["cost"],
        }
    )
