"""The price list of the workshops, and what a vehicle of each class needs in a year."""

from __future__ import annotations

import pandas as pd

from keyaccounts.world.parameters import Section as Prices


def prices(plan: Prices) -> pd.DataFrame:
    """Return one row a service and class of vehicles; parts and labor are a share of the price."""
    rows = [
        {
            "service": service,
            "vehicle_class": kind,
            "price": 10.0 * round(car * times / 10),
            "cost_of_goods": 10.0 * round(car * times * plan.cost[service] / 10),
            "times_a_year": plan.times_a_year[service],
        }
        for service, car in plan.car.items()
        for kind, times in plan.vehicle_class.items()
    ]
    return pd.DataFrame(rows)
