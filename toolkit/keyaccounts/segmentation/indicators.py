"""Eight key customer indicators of a period, from the company's own tables (chapter 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import checks, frames, purchases
from keyaccounts.checks import Day
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns.rates import wilson_interval
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table


@dataclass(frozen=True, repr=False)
class Indicators(Shown):
    """Answer of :func:`indicators`.

    Attributes
    ----------
    table : pandas.DataFrame
        Ten rows for eight indicators (loyalty and complaints have two): `number`, `indicator`,
        `value`, `numerator`, `denominator`, `low` and `high` (of rates, the Wilson interval),
        `state` ("known" or "unknown"), `origin` ("source" or "ours") and `note` (the formula, or
        why it is unknown).
    cohort : dict of str to int
        "start" (customers at the start), "kept" and "lost" of these, "new", "returned" (had
        bought before, but not lately) and "active" (all with an order in the period).
    start, end : date
        The period, both days included.
    """

    table: pd.DataFrame
    cohort: Mapping[str, int]
    start: dt.date
    end: dt.date

    def _shown(self) -> Table:
        columns = ["number", "indicator", "value", "low", "high", "note"]
        known = (self.table["state"] == "known").sum()
        return table(
            self.table,
            f"Customer indicators, {self.start} to {self.end}: {known} of 10 figures known",
            columns=columns,
            digits=3,
            rows=10,
        )


class _Figure(NamedTuple):
    """Numerator and denominator of an indicator, or why there are none."""

    numerator: float
    denominator: float
    missing: str = ""


def indicators(
    orders: Any,
    *,
    start: Day,
    end: Day,
    margin: float | None = None,
    winning_cost: float | None = None,
    surveys: Any = None,
    interactions: Any = None,
    complaints: Any = None,
    before: int | None = None,
    satisfied: float = 4,
    within_days: int = 7,
    confidence: float = 0.95,
    customer: str = "customer_id",
    date: str = "order_date",
    amount: str = "amount",
    survey_date: str = "date",
    satisfaction: str = "satisfaction",
    interaction_date: str = "date",
    participated: str = "participated",
    opened: str = "opened_at",
    resolved: str = "resolved_at",
    unusable: str = "error",
) -> Indicators:
    """Say how the customer base did in a period: loved, loyal, growing, leaking, at what cost.

    Customers without a contract leave without a word. So a customer *at the start* is one who
    ordered in the days just before the period, and is *kept* after an order in the period, else
    lost. What an order is is defined in :func:`keyaccounts.purchases.summarize`.

    Parameters
    ----------
    orders : frame
        One row an order, an order line or a refund, of any kind the toolkit accepts; also of the
        time before the period, for it decides who is new.
    start, end : str, date or datetime
        The period, both days included. Orders after it are not looked at.
    margin : float, optional
        Share of revenue that is left after the cost of goods; needed for lifetime value.
    winning_cost : float, optional
        What was spent in the period on winning customers, zero or more; needed for acquisition
        cost.
    surveys, interactions, complaints : frame, optional
        One row an answer, an approach to a customer, a complaint. What is not given leaves its
        indicator unknown.
    before : int, optional
        How many days before the period make a customer at the start. Default (ours): as many as
        the period has.
    satisfied : float, default 4
        From which answer on a customer counts as satisfied. The default, for a scale from 1 to
        5, is ours.
    within_days : int, default 7
        In how many days a complaint is to be resolved; one still open is not. The default is
        ours.
    confidence : float, default 0.95
        Coverage of the intervals.
    customer, date, amount : str
        Columns of `orders`; `customer` also of `interactions`.
    survey_date, satisfaction : str
        Columns of `surveys`. A missing answer is no answer.
    interaction_date, participated : str
        Columns of `interactions`: when, and whether the customer took part (true or false, or 1
        or 0). Where that is missing, the row is left out.
    opened, resolved : str
        Columns of `complaints`: the days.
    unusable : {"error", "drop"}, default "error"
        What to do with orders without customer, readable date or finite amount.

    Returns
    -------
    Indicators
        `.table`, `.cohort`, `.start`, `.end`. Retention and churn add up to 1. Growth counts new
        customers only; who returned is in `.cohort`.

    Raises
    ------
    ColumnError, DataError
        If a column or row is unusable, such as an answer that is not finite, or a `participated`
        of anything but true/false or 1/0.
    ParameterError
        If another argument makes no sense.

    Notes
    -----
    The lists this is taken from announce eight indicators and show six; acquisition cost and
    complaints are ours. Lifetime value is the simplest there is: this period's margin a customer,
    for the 1 ÷ churn periods a customer stays on average, without discounting.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["A", "B", "A", "A", "C"],
    ...     "order_date": ["2025-11-03", "2025-12-01", "2026-01-15", "2026-05-02", "2026-06-01"],
    ...     "amount": [100.0, 50.0, 120.0, 80.0, 60.0],
    ... })
    >>> found = ka.segmentation.indicators(orders, start="2026-01-01", end="2026-06-30")
    >>> found.cohort
    {'start': 2, 'kept': 1, 'lost': 1, 'new': 1, 'returned': 0, 'active': 2}
    >>> found.table.loc[found.table["indicator"] == "retention", ["value", "low", "high"]].round(2)
       value   low  high
    2    0.5  0.09  0.91
    """
    first, last = checks.day("start", start), checks.day("end", end)
    if last < first:
        raise ParameterError(f"start={start!r}, end={end!r}: the period ends before it starts")
    level = checks.open_fraction("confidence", confidence)
    share = None if margin is None else checks.fraction("margin", margin)
    days = (last - first).days + 1 if before is None else checks.whole("before", before, least=1)
    try:
        window = first - dt.timedelta(days=days)
    except OverflowError:
        raise ParameterError(
            f"start={start!r}, before={before!r}: {days:,} days before the start there is no "
            "calendar; give fewer days or a later start"
        ) from None
    winning = None if winning_cost is None else checks.number("winning_cost", winning_cost)
    if winning is not None and winning < 0:
        raise ParameterError(f"winning_cost={winning_cost!r}: give a cost of zero or more")
    read = purchases.read_orders(
        orders, customer=customer, date=date, amount=amount, unusable=unusable
    )
    purchases.say_dropped(read.dropped, read.rows)
    cohort, repeaters, revenue = _cohort(read, first, last, window)
    s, new, active = cohort["start"], cohort["new"], cohort["active"]
    nobody = f"no customer ordered in the {days} days before the period"
    idle = "nobody ordered in the period"
    churn = cohort["lost"] / s if s else np.nan
    period = (first, last)
    answers = None
    if surveys is not None:
        names = {
            "date": frames.asked(survey_date, "survey_date"),
            "score": frames.asked(satisfaction, "satisfaction"),
        }
        answers = _satisfied(frames.read(surveys, **names), period, satisfied)
    took_part = None
    if interactions is not None:
        names = {
            "customer": customer,
            "date": frames.asked(interaction_date, "interaction_date"),
            "took_part": frames.asked(participated, "participated"),
        }
        took_part = _took_part(frames.read(interactions, **names), period)
    solved = None
    if complaints is not None:
        limit = checks.whole("within_days", within_days, least=0)
        solved = _solved(frames.read(complaints, opened=opened, resolved=resolved), period, limit)
    figures = {
        "satisfaction": _of(answers, "surveys", "no answers in the period"),
        "repurchase": _Figure(repeaters, active, idle),
        "retention": _Figure(cohort["kept"], s, nobody),
        "lifetime_value": _lifetime_value(share, revenue, active, churn),
        "growth": _Figure(new, s, nobody),
        "churn": _Figure(cohort["lost"], s, nobody),
        "engagement": _of(took_part, "interactions", "nobody was reached in the period"),
        "acquisition_cost": _Figure(winning, new, "no new customers in the period")
        if winning is not None
        else _Figure(np.nan, np.nan, "winning_cost= was not given"),
        "complaint_resolution": _of(solved, "complaints", "no complaints in the period"),
        "complaint_frequency": _of(solved and (solved[1], active), "complaints", idle),
    }
    return Indicators(_table(figures, level), cohort, first, last)


def _of(counted: tuple[int, int] | None, argument: str, none: str) -> _Figure:
    if counted is None:
        return _Figure(np.nan, np.nan, f"{argument}= was not given")
    return _Figure(*counted, none)


def _lifetime_value(share: float | None, revenue: float, active: int, churn: float) -> _Figure:
    if share is None:
        return _Figure(np.nan, np.nan, "margin= was not given")
    each = revenue * share / active if active else np.nan
    if churn == 0:
        return _Figure(each, 0, "nobody left, so the expected lifetime has no end")
    return _Figure(each, churn, "nobody at the start, or nobody with an order")


def _table(figures: Mapping[str, _Figure], level: float) -> pd.DataFrame:
    rows = []
    for entry in catalogs.entries("indicators"):
        over, under, missing = figures[entry["id"]]
        known = bool(under > 0 and np.isfinite(over))
        low, high = np.nan, np.nan
        if known and entry["kind"] == "rate":
            low, high = wilson_interval(int(over), int(under), level)
        rows.append(
            {
                "number": entry["number"],
                "indicator": entry["id"],
                "value": over / under if known else np.nan,
                "numerator": float(over),
                "denominator": float(under),
                "low": low,
                "high": high,
                "state": "known" if known else "unknown",
                "origin": entry["origin"],
                "note": entry["note"] if known else f"Unknown: {missing}.",
            }
        )
    return pd.DataFrame(rows)


# --------------------------------------------------------------------------- what is counted


def _cohort(
    read: purchases.Orders, first: dt.date, last: dt.date, window: dt.date
) -> tuple[dict[str, int], int, float]:
    """Return who was there at the start and later; who bought twice; and the period's revenue."""
    if read.rows == 0:
        return dict.fromkeys(("start", "kept", "lost", "new", "returned", "active"), 0), 0, 0.0
    start, since = (frames.day_literal(read.source, "date", d) for d in (first, window))
    day, bought = nw.col("day"), ~nw.col("order_day").is_null()
    daily = purchases.per_day(read.upto(last), refunds=read.refunds).with_columns(
        (bought & (day >= start)).cast(nw.Int64).alias("now"),
        (bought & (day >= since) & (day < start)).cast(nw.Int64).alias("lately"),
        (bought & (day < start)).cast(nw.Int64).alias("ever"),
        nw.when(day >= start).then(nw.col("net")).otherwise(nw.lit(0.0)).alias("revenue"),
    )
    sums = ("now", "lately", "ever", "revenue")
    each = daily.group_by("customer").agg(*(nw.col(name).sum() for name in sums))
    now, lately, ever = (nw.col(name) > 0 for name in ("now", "lately", "ever"))
    facts = {
        "start": lately,
        "kept": lately & now,
        "new": now & ~ever,
        "active": now,
        "repeaters": nw.col("now") > 1,
    }
    counted = each.select(
        "revenue", *(fact.cast(nw.Int64).alias(name) for name, fact in facts.items())
    ).select(nw.col(name).sum() for name in ("revenue", *facts))
    found = frames.collect(counted)
    n = {name: int(found[name][0] or 0) for name in facts}
    cohort = {
        "start": n["start"],
        "kept": n["kept"],
        "lost": n["start"] - n["kept"],
        "new": n["new"],
        "returned": n["active"] - n["kept"] - n["new"],
        "active": n["active"],
    }
    revenue = frames.steady(np.atleast_1d(float(found["revenue"][0] or 0.0)))[0]
    return cohort, n["repeaters"], float(revenue)


def _within(
    source: frames.Source, role: str, period: tuple[dt.date, dt.date]
) -> tuple[frames.Source, nw.LazyFrame[Any]]:
    """Return the source and its rows of the period, sure that each row has a day."""
    source = frames.typed_day(source, role)
    _refuse(source, role, nw.col(role).is_null() | frames.not_a_day(source, role), "no day")
    low, high = (frames.day_literal(source, role, d) for d in period)
    day = frames.day_of(source, role)
    return source, source.lazy.filter((day >= low) & (day <= high))


def _refuse(source: frames.Source, role: str, fault: nw.Expr, what: str) -> None:
    found = frames.collect(source.lazy.select(fault.cast(nw.Int64).sum().alias("n")))["n"][0]
    if found:
        raise DataError(
            f"column {source.names[role]!r}: {what} in {int(found):,} rows: "
            f"{source.example(fault, role)}. Mend these rows or leave them out"
        )


def _count(rows: nw.LazyFrame[Any], came_off: nw.Expr) -> tuple[int, int]:
    """Return of how many rows something holds, and how many there are."""
    plan = rows.select(came_off.cast(nw.Int64).alias("k"))
    found = frames.collect(plan.select(nw.col("k").sum(), nw.len().alias("n")))
    return int(found["k"][0] or 0), int(found["n"][0])


def _known(source: frames.Source, role: str) -> nw.Expr:
    """Return where a column holds something; engines differ on whether NaN is missing."""
    known = ~nw.col(role).is_null()
    return known & ~nw.col(role).is_nan() if source.dtype(role).is_float() else known


def _satisfied(
    source: frames.Source, period: tuple[dt.date, dt.date], least: float
) -> tuple[int, int]:
    source, rows = _within(frames.typed_number(source, "score"), "date", period)
    score = nw.col("score").cast(nw.Float64)
    known = _known(source, "score")
    if source.dtype("score").is_float():
        _refuse(source, "score", known & ~score.is_finite(), "not finite")
    return _count(rows.filter(known), score >= checks.number("satisfied", least))


def _took_part(source: frames.Source, period: tuple[dt.date, dt.date]) -> tuple[int, int]:
    """Return how many customers took part in anything, of those who were reached."""
    source = frames.typed_key(source, "customer")
    kind = source.dtype("took_part")
    source = frames.typed(source, "took_part", nw.Float64(), kind == nw.Boolean)
    if source.dtype("took_part") != nw.Boolean:
        source = frames.typed_number(source, "took_part")
        value = nw.col("took_part")
        wrong = _known(source, "took_part") & (value != 0) & (value != 1)
        _refuse(source, "took_part", wrong, "neither true nor false, nor 1 or 0,")
    source, rows = _within(source, "date", period)
    _refuse(source, "customer", nw.col("customer").is_null(), "no customer")
    rows = rows.filter(_known(source, "took_part"))
    took_part = nw.col("took_part").cast(nw.Int64).alias("times")
    each = rows.select("customer", took_part).group_by("customer").agg(nw.col("times").sum())
    return _count(each, nw.col("times") > 0)


def _solved(source: frames.Source, period: tuple[dt.date, dt.date], limit: int) -> tuple[int, int]:
    source = frames.typed_day(source, "resolved")
    _refuse(source, "resolved", frames.not_a_day(source, "resolved"), "no readable day")
    source, rows = _within(source, "opened", period)
    opened, resolved = (
        frames.day_number(frames.day_of(source, role), source.dtype(role))
        for role in ("opened", "resolved")
    )
    took = resolved - opened
    _refuse(source, "resolved", (took < 0).fill_null(False), "resolved before it was opened")
    return _count(rows, (took <= limit).fill_null(False))
