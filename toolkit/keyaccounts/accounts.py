"""One row a customer and year: what each account brought and took, and what its card says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks, datasets, frames
from keyaccounts.checks import Day
from keyaccounts.errors import DataError, KeyAccountsError, ParameterError
from keyaccounts.purchases import summarize
from keyaccounts.totals import brought_and_taken, first_cards, owners, put_together, totals

DRIVERS = ("customer_id", "name", "vehicles", "district", "created_on")
MORE = "industry employees business_volume credit_grade current_shop buying_by outlook growth_rate"
FIRMS = (*DRIVERS, *MORE.split(), "decision_chain_length", "tender_required")
KEY = "customer_id"
FIGURES = ("revenue", "margin", "cost_to_serve", "displaced_work", "profit", "orders", "hours")
LOGS = {  # the columns that count; the second is the day
    "orders": ("customer_id", "order_date", "amount", "cost_of_goods", "order_id"),
    "service_log": ("customer_id", "date", "input", "hours", "cost"),
    "payments": ("order_id", "due_on", "paid_on"),
    "contracts": ("customer_id", "signed_on", "ends_on", "discount", "status", "canceled_on"),
}


def accounts(
    since: Day, until: Day, tables: Mapping[str, Any] | None = None, one_card: bool = False
) -> pd.DataFrame:
    """Say of every customer what it brought, took and left in a period, and what its card says.

    Parameters
    ----------
    since, until : str, date or datetime
        First and last day that count.
    tables : mapping of str to frame, optional
        Tables `organizations`, `individuals`, `orders`, `service_log`, `payments` and `contracts`,
        as :func:`keyaccounts.datasets.simulate` returns them. Default: the course's company.
    one_card : bool, default False
        Put second cards together with the first, as the table `truth_duplicates` says (columns
        `customer_id` and `same_as`; of a company of your own, take it from ``truth=True`` or give
        your own list). Amounts add up; what the first card does not know is taken from the second.

    Returns
    -------
    pandas.DataFrame
        One row a card that was there by `until`, also of those who bought nothing, sorted by
        `customer_id`. :func:`keyaccounts.datasets.describe` says of ``"accounts"`` what each
        column means. Amounts of the silent are 0; what is unknown is missing.

    Raises
    ------
    ParameterError
        If a day is no day, `since` is after `until`, or a table is not there.
    ColumnError
        If a column is not there.
    DataError
        If a value cannot be used, a row is of a customer who has no card, or a payment of no order.

    Notes
    -----
    Orders, service log, payments and contracts are each opened once: the time grows with their
    rows, and is under two seconds for a million of them. The answer is as long as the card file.

    A contract counts as canceled from the day on which it was, be it that the customer left early,
    or said that it would not be renewed.

    Examples
    --------
    >>> year = ka.accounts("2025-07-01", "2026-06-30")
    >>> year.nlargest(2, "revenue")[["name", "orders", "revenue", "profit"]].round()
                      name  orders   revenue   profit
    3182  Borrowed Pumpkin      97  227577.0 -26469.0
    3204  Cardboard Puffin     129  132968.0 -65176.0
    """
    first, last = (pd.Timestamp(checks.day(n, d)) for n, d in (("since", since), ("until", until)))
    if first > last:
        raise ParameterError(
            f"since={since!r} is after until={until!r}: give the earlier day first"
        )
    cards = _cards(tables)
    logs = {name: _opened(tables, name, columns) for name, columns in LOGS.items()}
    logs["payments"] = _with_customers(logs["payments"], logs["orders"])
    _check_cards(cards, logs)
    firsts = {}
    if one_card:
        pairs = _opened(tables, "truth_duplicates", (KEY, "same_as"))
        _check_cards(cards, {"truth_duplicates": pairs})
        firsts = first_cards(pairs, key=KEY, same_as="same_as")
    there = cards["created_on"] <= last
    for name, (_, day, *_) in LOGS.items():  # a card with an order was there, whatever it says
        there |= cards[KEY].isin(logs[name].loc[logs[name][day] <= last, KEY])
        logs[name][KEY] = owners(logs[name][KEY], firsts)
    rows = put_together(cards[there], firsts, key=KEY).set_index(KEY)
    for part in (_books(logs, first, last), _late(logs, first, last), _terms(logs, last)):
        rows = rows.join(part)
    from keyaccounts.world import dictionary  # all of the world, which an import should not load

    rows = rows.fillna({**dict.fromkeys(FIGURES, 0), "contract": "none"}).reset_index()
    return dictionary.filed("accounts", rows.assign(year=last.year))


def _opened(tables: Mapping[str, Any] | None, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return columns of a table in pandas, each of the kind that the dictionary says."""
    if tables is None:
        table: Any = datasets.load(name, truth=name.startswith("truth_"))
    elif name in tables:
        table = tables[name]
    else:
        raise ParameterError(f"tables= has no {name!r}: give it as ka.datasets.load does")
    fields = [_fields(name)[column] for column in columns]
    try:
        opened = frames.open_rows(table, {f["name"]: _wanted(f) for f in fields})
    except KeyAccountsError as error:
        raise type(error)(f"table {name!r}: {error}") from error
    found = frames.collect(opened.lazy).to_pandas()
    days = [f["name"] for f in fields if f["type"] == "date"]
    return found.assign(**{day: pd.to_datetime(found[day]) for day in days})


@cache
def _fields(table: str) -> dict[str, dict[str, Any]]:
    """Return what the dictionary says of the columns of a table."""
    from keyaccounts.world import dictionary

    schema = next(r for r in dictionary.resources() if r["name"] == table)["schema"]
    return {field["name"]: field for field in schema["fields"]}


def _wanted(field: Mapping[str, Any]) -> frames.Column:
    limits, kinds = field["constraints"], {"date": frames.day, "boolean": frames.flag}
    if field["type"] == "string":
        words = limits.get("enum")
        return frames.word(field["name"], known=limits["required"], among=words and tuple(words))
    return kinds.get(field["type"], frames.number)(field["name"], known=limits["required"])


def _cards(tables: Mapping[str, Any] | None) -> pd.DataFrame:
    """Return the cards of organizations and drivers in one table, with short names."""
    firms = _opened(tables, "organizations", FIRMS)
    drivers = _opened(tables, "individuals", DRIVERS)
    short = firms["name"].str.split().str[:2].str.join(" ")  # without trade and legal form
    both = [firms.assign(name=short, kind="organization"), drivers.assign(kind="individual")]
    return pd.concat([cards.astype(object) for cards in both], ignore_index=True)


def _with_customers(bills: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return payments with the customer of their order."""
    again = orders["order_id"].duplicated()
    if again.any():
        raise DataError(
            "table 'orders': two rows have the number "
            f"{orders.loc[again, 'order_id'].iloc[0]!r}: mend one"
        )
    found = bills.merge(orders[["order_id", KEY]], on="order_id", how="left")
    lost = found[KEY].isna()
    if lost.any():
        raise DataError(
            f"table 'payments': {lost.sum():,} of {len(found):,} rows are of no order in 'orders', "
            f"such as {found.loc[lost, 'order_id'].iloc[0]!r}. Add their orders or leave them out"
        )
    return found


def _check_cards(cards: pd.DataFrame, logs: Mapping[str, pd.DataFrame]) -> None:
    """Raise DataError unless each card has one row, and each row of a log a card."""
    again = cards[KEY].duplicated()
    if again.any():
        raise DataError(f"two cards have the number {cards.loc[again, KEY].iloc[0]!r}: mend one")
    for name, log in logs.items():
        lost = ~log[KEY].isin(cards[KEY])
        if lost.any():
            raise DataError(
                f"table {name!r}: {lost.sum():,} of {len(log):,} rows are of customers without a "
                f"card, such as {log.loc[lost, KEY].iloc[0]!r}. Add their cards or leave them out"
            )


def _books(
    logs: Mapping[str, pd.DataFrame], first: pd.Timestamp, last: pd.Timestamp
) -> pd.DataFrame:
    """Return what each customer brought and took in the period, and its last order ever."""
    orders, log = logs["orders"], logs["service_log"]
    ever = summarize(orders[orders["order_date"] <= last]).set_index(KEY)
    orders = orders[orders["order_date"].between(first, last)]
    bought = summarize(orders).set_index(KEY)
    orders = orders.assign(margin=orders["amount"] - orders["cost_of_goods"])
    prices = dict.fromkeys(_fields("service_log")["input"]["constraints"]["enum"], (0.0, True))
    brought = totals(orders, key=KEY, revenue="amount", margin="margin")
    log = log[log["date"].between(first, last)]
    found = brought_and_taken(brought, log, prices, count_hours=True)
    books = pd.DataFrame(found.figures, index=pd.Index(found.keys["key"].to_list(), name=KEY))
    profit = frames.less(found.figures["margin"], found.figures["cost_to_serve"])
    books = books.assign(profit=profit, hours=books["hours served"], orders=bought["orders"])
    return books[[*FIGURES]].join(ever["last_date"].rename("last_order"), how="outer")


def _late(
    logs: Mapping[str, pd.DataFrame], first: pd.Timestamp, last: pd.Timestamp
) -> pd.DataFrame:
    """Return mean days late of what fell due in the period; what is open counts until its end."""
    bills = logs["payments"]
    due = bills[bills["due_on"].between(first, last)]
    paid = due["paid_on"].where(due["paid_on"] <= last, last)
    late = (paid - due["due_on"]).dt.days.clip(lower=0)
    mean = late.groupby(due[KEY]).mean()  # rounded: the last bit is each pandas' own
    return pd.DataFrame(
        {"days_late": frames.steady(np.asarray(mean, dtype=np.float64))}, index=mean.index
    )


def _terms(logs: Mapping[str, pd.DataFrame], last: pd.Timestamp) -> pd.DataFrame:
    """Return how the latest contract of each customer stood on the last day, and its discount."""
    deals = logs["contracts"]
    deals = deals[deals["signed_on"] <= last].sort_values([KEY, *LOGS["contracts"][1:]])
    deals = deals.groupby(KEY).tail(1).set_index(KEY)
    over = deals["ends_on"] < last
    canceled = (deals["status"] == "canceled") & (over | (deals["canceled_on"] <= last))
    stands = np.select([canceled, over], ["canceled", "ended"], "running")
    return deals.assign(contract=stands)[["contract", "discount"]]
