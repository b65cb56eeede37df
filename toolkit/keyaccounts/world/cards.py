"""All that the company has written down about its customers, true or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world.card_faults import plant_faults
from keyaccounts.world.card_plan import (
    INDIVIDUAL_GROUPS,
    ORGANIZATION_GROUPS,
    PLAN,
    lookalikes,
    slack,
)
from keyaccounts.world.card_updates import card_updates
from keyaccounts.world.duplicates import duplicates
from keyaccounts.world.individual_cards import individuals
from keyaccounts.world.organization_cards import organizations
from keyaccounts.world.parameters import Section as Cards
from keyaccounts.world.stakeholders import stakeholders
from keyaccounts.world.vehicles import vehicles

__all__ = [
    "INDIVIDUAL_GROUPS",
    "ORGANIZATION_GROUPS",
    "Cards",
    "card_tables",
    "card_updates",
    "duplicates",
    "individuals",
    "organizations",
    "owners",
    "stakeholders",
    "vehicles",
    "with_transactions",
]


def card_tables(
    people: pd.DataFrame, seed: int, as_of: dt.date, plan: Cards = PLAN
) -> dict[str, pd.DataFrame]:
    """Write all cards of a world, with what is planted in them and the truth about that.

    Parameters
    ----------
    people : DataFrame
        The true customers, one row an entity, organizations first.
    seed : int
        The seed of the world.
    as_of : date
        Today.
    plan : Cards
        What is planted.

    Returns
    -------
    dict of DataFrame
        `organizations`, `individuals` (first cards, whose number is that of their entity, then
        second ones), `card_updates`, `vehicles`, `stakeholders`; and the truth: `duplicates`
        (`card`, `entity` and what happened), `lookalikes` (`entity`, `other`: two customers, not
        one) and `card_faults`. A customer is known by `card`, which is unique over both kinds.

    Raises
    ------
    ColumnError, DataError
        If `people` is unusable.
    ParameterError
        If the catalog has not enough names for so many.
    """
    drivers, worse = individuals(people, seed, as_of, plan), slack(people, plan)
    # A card knows of a departure when somebody looked at it afterward; nobody knows it before.
    firms = organizations(people.assign(departed_on=np.datetime64("NaT", "us")), seed, as_of, plan)
    looked = card_updates(firms, drivers, seed, as_of, plan, worse)
    last = looked.groupby("card")["updated_on"].max().reindex(people.index)
    known = people["departed_on"].where(people["departed_on"] <= last)
    firms = organizations(people.assign(departed_on=known), seed, as_of, plan)
    updates = card_updates(firms, drivers, seed, as_of, plan, worse)
    n = len(people)
    more_firms, firm_truth = duplicates(people, firms, "organization", seed, as_of, n, plan)
    n += len(more_firms)
    more_drivers, driver_truth = duplicates(people, drivers, "individual", seed, as_of, n, plan)
    tables, faults = plant_faults(
        {
            "organizations": pd.concat([firms, more_firms], ignore_index=True),
            "individuals": pd.concat([drivers, more_drivers], ignore_index=True),
            "card_updates": updates,
            "vehicles": vehicles(people, seed, as_of, plan),
        },
        seed,
        plan,
    )
    kinds = ("organization", "individual")
    return {
        **tables,
        "stakeholders": stakeholders(people, plan, seed),
        "duplicates": pd.concat([firm_truth, driver_truth], ignore_index=True),
        "lookalikes": pd.concat(
            [lookalikes(people, kind, seed, plan) for kind in kinds], ignore_index=True
        ),
        "card_faults": faults,
    }


def owners(tables: Mapping[str, pd.DataFrame]) -> pd.Series[Any]:
    """Return the entity of every card, by card."""
    first = np.arange(len(tables["organizations"]) + len(tables["individuals"]))
    owner = pd.Series(first, name="entity")
    owner[tables["duplicates"]["card"]] = tables["duplicates"]["entity"].to_numpy()
    return owner


def with_transactions(cards: pd.DataFrame, orders: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return cards of organizations whose record of transactions is that of the orders.

    Parameters
    ----------
    cards : DataFrame
        Cards of organizations.
    orders : DataFrame
        One row an order, with `card` and `order_date`.
    as_of : date
        Today; the last year is the 365 days up to it.

    Returns
    -------
    DataFrame
        The cards with `first_order_on` and `orders_last_year` as billed. Where the number of
        orders is missing from a card it stays missing.

    Examples
    --------
    >>> cards = pd.DataFrame({"card": [0, 1], "orders_last_year": pd.array([9, 9], dtype="Int64")})
    >>> days = pd.to_datetime(["2024-02-01", "2026-03-01"])
    >>> orders = pd.DataFrame({"card": [0, 0], "order_date": days})
    >>> found = with_transactions(cards, orders, dt.date(2026, 6, 30))
    >>> found["orders_last_year"].tolist(), found["first_order_on"].dt.year.tolist()
    ([1, 0], [2024.0, nan])
    """
    first = orders.groupby("card")["order_date"].min()
    today = pd.Timestamp(as_of)
    year = orders["order_date"].gt(today - pd.Timedelta(days=365)) & orders["order_date"].le(today)
    count = cards["card"].map(orders.loc[year, "card"].value_counts()).fillna(0).astype("Int64")
    known = cards["orders_last_year"].notna()
    return cards.assign(
        first_order_on=cards["card"].map(first), orders_last_year=count.where(known)
    )
