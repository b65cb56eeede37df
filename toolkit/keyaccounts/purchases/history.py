"""Per-customer purchase history: the one definition that every method on orders shares."""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.checks import Day
from keyaccounts.errors import DroppedRows
from keyaccounts.frames import NativeT

COLUMNS = (
    "orders", "repeat_orders", "first_date", "last_date", "recency", "age", "revenue",
    "mean_repeat_amount",
)  # fmt: skip


@dataclass(frozen=True)
class Orders:
    """Order rows after the checks: columns `customer`, `day`, `amount`, every value usable.

    Attributes
    ----------
    source : the caller's table.
    lazy : the usable rows, as a plan.
    rows : how many rows were given.
    last_day : the latest day in them (None without rows).
    refunds : whether an amount may be below zero.
    dropped : reason → number of rows left out.
    """

    source: frames.Source
    lazy: nw.LazyFrame[Any]
    rows: int
    last_day: dt.date | None
    refunds: bool
    dropped: dict[str, int]

    @property
    def day_kind(self) -> nw.dtypes.DType:
        """Type of the days."""
        return self.source.dtype("date")

    def upto(self, last: dt.date) -> nw.LazyFrame[Any]:
        """Return the rows up to and including a day."""
        return self.lazy.filter(nw.col("day") <= frames.day_literal(self.source, "date", last))

    def after(self, last: dt.date) -> tuple[int, int]:
        """Count the rows after a day, and the customers who have no others."""
        late = (nw.col("day") > frames.day_literal(self.source, "date", last)).cast(nw.Int64)
        each = self.lazy.select("customer", late.alias("late")).group_by("customer")
        found = frames.collect(
            each.agg(nw.col("late").sum(), nw.col("late").min().alias("only")).select(
                nw.col("late").sum(), nw.col("only").sum()
            )
        )
        return int(found["late"][0]), int(found["only"][0])


def read_orders(
    orders: Any, *, customer: str, date: str, amount: str, unusable: str = "error"
) -> Orders:
    """Open a table of orders and check every row; see :func:`summarize` for the rules."""
    checks.choice("unusable", unusable, ("error", "drop"))
    opened = frames.open_rows(
        orders,
        unusable=unusable,
        measure={"last": nw.col("date").max(), "least": nw.col("amount").min()},
        customer=frames.key(customer),
        date=frames.day(date),
        amount=frames.number(amount),
    )
    least = opened.measured["least"]
    lazy = opened.lazy.select("customer", nw.col("date").alias("day"), "amount")
    last, refunds = frames.to_day(opened.measured["last"]), bool(pd.isna(least) or least < 0)
    return Orders(opened.source, lazy, opened.rows, last, refunds, opened.dropped)


def say_dropped(dropped: dict[str, int], rows: int, *more: str) -> None:
    """Warn about rows left out on request, with their number and reason."""
    reasons = [*(f"{n:,} with {name}" for name, n in dropped.items()), *more]
    if reasons:
        warnings.warn(f"left out of {rows:,} rows: {', '.join(reasons)}", DroppedRows, stacklevel=3)


def per_day(lazy: nw.LazyFrame[Any], *, refunds: bool = True) -> nw.LazyFrame[Any]:
    """Reduce checked order rows to one row a customer and day: `net`, and `order_day`.

    A day that nets below zero is a refund, and its `order_day` is missing. With `refunds` there
    is also `size`, the sum of the absolute values, by which rounding is told from a refund.
    """
    if refunds:
        daily = (
            lazy.with_columns(nw.col("amount").abs().alias("size"))
            .group_by("customer", "day")
            .agg(nw.col("amount").sum().alias("net"), nw.col("size").sum())
            .with_columns(frames.settled(nw.col("net"), nw.col("size")))
        )
    else:
        daily = lazy.group_by("customer", "day").agg(nw.col("amount").sum().alias("net"))
    bought = nw.when(nw.col("net") >= 0)
    return daily.with_columns(bought.then(nw.col("day")).alias("order_day"))


def per_customer(
    lazy: nw.LazyFrame[Any], *, refunds: bool = True, repeats: bool = True
) -> nw.LazyFrame[Any]:
    """Reduce checked order rows to one row a customer: orders, first, last, revenue, repeats.

    One customer's rows of one day are one order, netted. A day that nets below zero is a refund:
    it lowers revenue and is not an order.

    Both switches save time and change nothing: without `refunds` there is nothing to settle, and
    without `repeats` no `repeat_amount`, whose window costs about as much as the rest.
    """
    daily = per_day(lazy, refunds=refunds)
    if repeats and daily.implementation.is_duckdb():
        found = _reduced_by_duckdb(daily, refunds=refunds)
    else:
        sums = [nw.col("net").sum().alias("revenue")]
        if refunds:
            sums.append(nw.col("size").sum())
        if repeats:
            daily = _with_repeats(daily)
            sums.append(nw.col("repeat_amount").sum())
        days = nw.col("order_day")
        found = daily.group_by("customer").agg(
            days.count().alias("orders"), days.min().alias("first"), days.max().alias("last"), *sums
        )
    found = found.with_columns(nw.col("orders").cast(nw.Int64))
    if refunds:
        found = found.with_columns(frames.settled(nw.col("revenue"), nw.col("size")))
    return found


def _with_repeats(daily: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add `repeat_amount`: the net of an order day that is not the customer's first.

    Days are unique by now.
    """
    days = nw.col("order_day")
    if daily.implementation.is_pyarrow():
        # There a window is a join laid beside the rows, and a join of many rows keeps no order.
        # Joined with the rows, each first day stays with its customer in whatever order they come.
        firsts = daily.group_by("customer").agg(days.min().alias("first day"))
        daily, again = daily.join(firsts, on="customer", how="left"), days > nw.col("first day")
    else:
        again = days > days.min().over("customer")
    return daily.with_columns(nw.when(again).then(nw.col("net")).alias("repeat_amount"))


def _reduced_by_duckdb(daily: nw.LazyFrame[Any], *, refunds: bool) -> nw.LazyFrame[Any]:
    """Reduce to one row a customer in SQL, which knows the net of the first day without a window.

    The window took a sixth of the whole. What repeats are is the rest of what was bought, and
    rounding alone is none, as in every net of the toolkit.
    """
    found: nw.LazyFrame[Any] = nw.from_native(
        daily.to_native().aggregate(
            "customer, count(order_day) as orders, min(order_day) as first, "
            f"max(order_day) as last, sum(net) as revenue, {'sum(size) as size, ' * refunds}"
            "sum(net) filter (order_day is not null) as bought, arg_min(net, order_day) as opening"
        )
    )
    bought, opening = nw.col("bought"), nw.col("opening")
    repeated = frames.settled(bought - opening, bought).alias("repeat_amount")
    return found.with_columns(repeated).drop("bought", "opening")


def summarize(
    orders: NativeT,
    *,
    customer: str = "customer_id",
    date: str = "order_date",
    amount: str = "amount",
    until: Day | None = None,
    unusable: str = "error",
) -> NativeT:
    """Say how often, how long and for how much each customer has bought.

    Every method of the toolkit that starts from orders starts from this table, so a purchase
    means the same everywhere:

    - All rows of one customer on one day are **one order**; their amounts are added up.
    - A day that nets below zero is a **refund**: it lowers revenue and is no order. A day that
      nets to zero (a free order) is one.
    - A **repeat order** is any order but the customer's first.
    - A customer with refunds only has no order, no dates and no age; the row stays, with the
      (negative) revenue.

    Parameters
    ----------
    orders : frame
        One row an order, an order line or a refund: pandas, Polars (eager or lazy), pyarrow,
        DuckDB or PySpark.
    customer, date, amount : str
        Columns: who bought; when (dates, datetimes or text that starts YYYY-MM-DD); for how much
        (one currency, refunds negative). Of a datetime with a zone the local day counts; DuckDB
        and PySpark know moments without a zone, and there the zone of the session counts.
    until : str, date or datetime, optional
        Last day to look at; rows after it are left out. Default: the last day in the table.
        Customers who have no other rows are no customers yet: they are not in the answer, and are
        counted in a :class:`~keyaccounts.errors.DroppedRows` warning.
    unusable : {"error", "drop"}, default "error"
        What to do with rows without customer, readable date or finite amount. With "drop" they
        are left out and counted in a :class:`~keyaccounts.errors.DroppedRows` warning.

    Returns
    -------
    frame
        Same kind as `orders` (lazy stays lazy), one row a customer, sorted by customer:

        ===================  ====================================================
        customer             under the name it had
        orders               number of orders
        repeat_orders        orders − 1 (0 for refunds only)
        first_date           day of the first order
        last_date            day of the last order
        recency              days from first to last order
        age                  days from first order to `until`
        revenue              sum of all amounts, refunds included
        mean_repeat_amount   mean amount of the repeat orders; missing without one
        ===================  ====================================================

        No rows in, no rows out.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a row cannot be used and `unusable` is "error", or a column is of the wrong kind.
    ParameterError
        If `until` is not a day.

    Notes
    -----
    Rows after the day that is looked at are treated alike in the whole toolkit. They are left out
    only on request: here by `until`, elsewhere, where a day counts as today and a later row may be
    a mistake, by ``future="drop"``. What is left out is counted: in `.dropped` of an answer that
    has one, otherwise in a warning. That a customer's later rows are left out is what `until`
    asks for, so the warning comes only where customers are left out with them.

    `recency` here runs from first to last order, as lifetime models want it. In
    :func:`keyaccounts.segmentation.rfm` it runs from the last order to today, as sellers say it.

    References
    ----------
    Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the
    Pareto/NBD Model, Marketing Science 24(2).

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["A", "A", "A", "B"],
    ...     "order_date": ["2026-01-01", "2026-01-01", "2026-01-11", "2026-01-05"],
    ...     "amount": [10.0, 5.0, 40.0, 8.0],
    ... })
    >>> found = ka.purchases.summarize(orders, until="2026-01-31")
    >>> found[["customer_id", "orders", "recency", "age", "revenue", "mean_repeat_amount"]]
      customer_id  orders  recency  age  revenue  mean_repeat_amount
    0           A       2       10   30     55.0                40.0
    1           B       1        0   26      8.0                 NaN
    """
    frames.check_free(customer, COLUMNS, "customer")
    last = None if until is None else checks.day("until", until)
    read = read_orders(orders, customer=customer, date=date, amount=amount, unusable=unusable)
    beyond = []
    if last and read.last_day and read.last_day > last:
        late, gone = read.after(last)
        if gone:
            beyond = [f"{late:,} after {last}, and with them {gone:,} customers who have no others"]
    say_dropped(read.dropped, read.rows, *beyond)
    end = last or read.last_day or dt.date(1970, 1, 1)
    kind = read.day_kind
    lazy = read.lazy if last is None or not read.rows else read.upto(last)
    lazy = per_customer(lazy, refunds=read.refunds)
    repeats = nw.col("orders") - 1
    plan = lazy.with_columns(
        frames.as_date(read.source, nw.col("first"), kind).alias("first_date"),
        frames.as_date(read.source, nw.col("last"), kind).alias("last_date"),
        frames.day_number(nw.col("first"), kind).alias("from"),
        frames.day_number(nw.col("last"), kind).alias("to"),
    ).with_columns(
        nw.when(nw.col("orders") > 0).then(repeats).otherwise(nw.lit(0)).alias("repeat_orders"),
        (nw.col("to") - nw.col("from")).alias("recency"),
        (nw.lit(frames.number_of(end)) - nw.col("from")).alias("age"),
        nw.when(repeats > 0).then(nw.col("repeat_amount") / repeats).alias("mean_repeat_amount"),
    )
    if isinstance(read.source.rows, nw.LazyFrame):
        if read.source.engine != "polars":
            frames.check_case(read.source.engine, [customer, *COLUMNS])
        ordered = plan.sort("customer")  # by our name: DuckDB 1 takes others apart at their dots
        named = ordered.select(nw.col("customer").alias(customer), *COLUMNS)
        return named.to_native()  # type: ignore[no-any-return]
    # The caller's name comes last: DuckDB, which may do the work, takes Revenue for revenue.
    found = frames.collect(plan.select("customer", *COLUMNS).sort("customer"))
    found = found.rename({"customer": customer})
    return frames.like(read.source, found, "customer")  # type: ignore[no-any-return]
