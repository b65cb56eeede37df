"""Eight key customer indicators of a period, from the company's own tables (chapter 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import checks, frames, purchases
from keyaccounts.checks import Day
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.rates import wilson_interval
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table

Period: TypeAlias = "tuple[dt.date, dt.date]"
COLUMNS = {"customer": "customer_id", "date": "order_date", "amount": "amount"}
NEEDS = {  # what has to be given for an indicator, where it is not called like it
    "lifetime_value": "margin",
    "acquisition_cost": "winning_cost",
    "complaint_resolution": "complaints",
    "complaint_frequency": "complaints",
}


@dataclass(frozen=True)
class Figure:
    """One indicator of a period: a numerator over a denominator, or why it is not known.

    Attributes
    ----------
    numerator, denominator : float
        Of a rate, how many of how many.
    unknown : str
        Why there is no value; empty where there is one.
    start, end : date
        The period, both days included.
    """

    numerator: float
    denominator: float
    unknown: str
    start: dt.date
    end: dt.date

    @property
    def value(self) -> float:
        """The numerator over the denominator; NaN where it is not known."""
        return float("nan") if self.unknown else self.numerator / self.denominator


class Indicators(Shown):
    """Answer of :func:`indicators`.

    Attributes
    ----------
    table : pandas.DataFrame
        Ten rows for eight indicators (loyalty and complaints have two): `number`, `indicator`,
        `value`, `numerator`, `denominator`, `low` and `high` (of rates, the 95 % Wilson interval),
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
        known = (self.table["state"] == "known").sum()
        said = f"Customer indicators, {self.start} to {self.end}: {known} of 10 figures known"
        columns = ["number", "indicator", "value", "low", "high", "note"]
        return table(self.table, said, columns=columns, digits=3, rows=10)


def satisfaction(
    surveys: Any,
    *,
    start: Day,
    end: Day,
    satisfied: float = 4,
    date: str = "date",
    score: str = "satisfaction",
) -> Figure:
    """Say which share of the answers of a period were satisfied.

    Parameters
    ----------
    surveys : frame
        One row an answer, of any kind the toolkit accepts.
    start, end : str, date or datetime
        The period, both days included.
    satisfied : float, default 4
        From which answer on a customer counts as satisfied. The default, for a scale from 1 to
        5, is ours.
    date, score : str
        Columns: when, and the answer. A missing answer is no answer.

    Returns
    -------
    Figure

    Raises
    ------
    ColumnError, DataError
        If a column or row is unusable.
    ParameterError
        If the period ends before it starts, or `satisfied` is no number.

    Examples
    --------
    >>> import pandas as pd
    >>> surveys = pd.DataFrame({"date": ["2026-01-20", "2026-02-20"], "satisfaction": [5, 2]})
    >>> ka.segmentation.satisfaction(surveys, start="2026-01-01", end="2026-06-30").value
    0.5
    """
    period, least = _period(start, end), checks.number("satisfied", satisfied)
    opened = frames.open_rows(
        surveys, date=frames.day(date), score=frames.number(score, known=False)
    )
    rows = _within(opened, "date", period).filter(~nw.col("score").is_null())
    return _counted(rows, nw.col("score") >= least, "no answers in the period", period)


def engagement(
    interactions: Any,
    *,
    start: Day,
    end: Day,
    customer: str = "customer_id",
    date: str = "date",
    participated: str = "participated",
) -> Figure:
    """Say which share of the customers who were reached in a period took part in anything.

    Parameters
    ----------
    interactions : frame
        One row an approach to a customer, of any kind the toolkit accepts.
    start, end : str, date or datetime
        The period, both days included.
    customer, date, participated : str
        Columns: who; when; and whether the customer took part (true or false, or 1 or 0). Where
        that is missing, the row is left out.

    Returns
    -------
    Figure

    Raises
    ------
    ColumnError, DataError
        If a column or row is unusable.
    ParameterError
        If the period ends before it starts.

    Examples
    --------
    >>> import pandas as pd
    >>> approaches = pd.DataFrame({
    ...     "customer_id": ["A", "A", "B"], "date": ["2026-01-20", "2026-02-20", "2026-02-20"],
    ...     "participated": [False, True, False],
    ... })
    >>> ka.segmentation.engagement(approaches, start="2026-01-01", end="2026-06-30").value
    0.5
    """
    period = _period(start, end)
    opened = frames.open_rows(
        interactions,
        customer=frames.key(customer),
        date=frames.day(date),
        participated=frames.flag(participated, known=False),
    )
    took_part = nw.col("participated")
    rows = _within(opened, "date", period).filter(~took_part.is_null())
    each = rows.group_by("customer").agg(took_part.sum().alias("times"))
    return _counted(each, nw.col("times") > 0, "nobody was reached in the period", period)


def complaint_resolution(
    complaints: Any,
    *,
    start: Day,
    end: Day,
    within_days: int = 7,
    opened: str = "opened_at",
    resolved: str = "resolved_at",
) -> Figure:
    """Say which share of the complaints of a period were resolved in time.

    Parameters
    ----------
    complaints : frame
        One row a complaint, of any kind the toolkit accepts.
    start, end : str, date or datetime
        The period, both days included, in which complaints were opened.
    within_days : int, default 7
        In how many days a complaint is to be resolved; one still open is not. The default is
        ours.
    opened, resolved : str
        Columns: the days.

    Returns
    -------
    Figure

    Raises
    ------
    ColumnError, DataError
        If a column or row is unusable, or a complaint was resolved before it was opened.
    ParameterError
        If the period ends before it starts, or `within_days` is no count.

    Examples
    --------
    >>> import pandas as pd
    >>> cases = pd.DataFrame(
    ...     {"opened_at": ["2026-01-20", "2026-02-20"], "resolved_at": ["2026-01-22", None]})
    >>> ka.segmentation.complaint_resolution(cases, start="2026-01-01", end="2026-06-30").value
    0.5
    """
    period, limit = _period(start, end), checks.whole("within_days", within_days, least=0)
    rows = frames.open_rows(
        complaints, opened=frames.day(opened), resolved=frames.day(resolved, known=False)
    )
    took = rows.number_of_day("resolved") - rows.number_of_day("opened")
    early = (took < 0).fill_null(False)
    rows.refuse("resolved", early, "resolved before it was opened", "Correct one of the days")
    in_time = (took <= limit).fill_null(False)
    return _counted(_within(rows, "opened", period), in_time, "no complaints in the period", period)


def indicators(
    orders: Any,
    *,
    start: Day,
    end: Day,
    before: int | None = None,
    margin: float | None = None,
    winning_cost: float | None = None,
    satisfaction: Figure | None = None,
    engagement: Figure | None = None,
    complaints: Figure | None = None,
    **columns: str,
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
    before : int, optional
        How many days before the period make a customer at the start. Default (ours): as many as
        the period has.
    margin : float, optional
        Share of revenue that is left after the cost of goods; needed for lifetime value.
    winning_cost : float, optional
        What was spent in the period on winning customers, zero or more; needed for acquisition
        cost.
    satisfaction, engagement, complaints : Figure, optional
        Answers of :func:`satisfaction`, :func:`engagement` and :func:`complaint_resolution` for
        the same period. What is not given leaves its indicator unknown.
    **columns : str
        `customer`, `date`, `amount` and `unusable` as in :func:`keyaccounts.purchases.summarize`.

    Returns
    -------
    Indicators
        `.table`, `.cohort`, `.start`, `.end`. Retention and churn add up to 1. Growth counts new
        customers only; who returned is in `.cohort`.

    Raises
    ------
    ColumnError, DataError
        If a column or row is unusable.
    ParameterError
        If another argument makes no sense, or a figure is of another period.

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
    period = first, last = _period(start, end)
    share = None if margin is None else checks.fraction("margin", margin)
    winning = None if winning_cost is None else checks.not_negative("winning_cost", winning_cost)
    days = (last - first).days + 1 if before is None else checks.whole("before", before, least=1)
    window = dt.date.fromordinal(max(first.toordinal() - days, 1))  # no day is before the first
    counted = {"satisfaction": satisfaction, "engagement": engagement, "complaints": complaints}
    for name, figure in counted.items():
        _check(name, figure, period)
    read = purchases.read_orders(orders, **{**COLUMNS, **columns})
    purchases.say_dropped(read.dropped, read.rows)
    cohort, repeaters, revenue = _cohort(read, period, window)
    at_start, new, active = cohort["start"], cohort["new"], cohort["active"]
    nobody = f"no customer ordered in the {days} days before the period"
    idle, no_new = "nobody ordered in the period", "no new customers in the period"
    figures = {
        "satisfaction": satisfaction,
        "repurchase": _figure(repeaters, active, idle, period),
        "retention": _figure(cohort["kept"], at_start, nobody, period),
        "lifetime_value": share and _lifetime_value(share * revenue, cohort, period),
        "growth": _figure(new, at_start, nobody, period),
        "churn": _figure(cohort["lost"], at_start, nobody, period),
        "engagement": engagement,
        "acquisition_cost": None if winning is None else _figure(winning, new, no_new, period),
        "complaint_resolution": complaints,
        "complaint_frequency": complaints and _figure(complaints.denominator, active, idle, period),
    }
    rows = []
    for entry in catalogs.entries("indicators"):
        name = entry["id"]
        argument = NEEDS.get(name, name)
        figure = figures[name] or Figure(np.nan, np.nan, f"{argument}= was not given", *period)
        low, high = np.nan, np.nan
        if entry["kind"] == "rate" and not figure.unknown:
            low, high = wilson_interval(int(figure.numerator), int(figure.denominator))
        state = "unknown" if figure.unknown else "known"
        note = f"Unknown: {figure.unknown}." if figure.unknown else entry["note"]
        shown = (figure.value, figure.numerator, figure.denominator, low, high, state)
        rows.append((entry["number"], name, *shown, entry["origin"], note))
    counts = ("value", "numerator", "denominator", "low", "high", "state")
    names = ["number", "indicator", *counts, "origin", "note"]
    return Indicators(pd.DataFrame(rows, columns=names), cohort, first, last)


def _period(start: Day, end: Day) -> Period:
    first, last = checks.day("start", start), checks.day("end", end)
    if last < first:
        raise ParameterError(f"start={start!r}, end={end!r}: the period ends before it starts")
    return first, last


def _figure(over: float, under: float, none: str, period: Period) -> Figure:
    known = under > 0 and np.isfinite(over)
    return Figure(float(over), float(under), "" if known else none, *period)


def _check(name: str, figure: Any, period: Period) -> None:
    """Raise ParameterError unless a figure that is given is one of the same period."""
    if not isinstance(figure, Figure | None):
        function = "complaint_resolution" if name == "complaints" else name
        raise ParameterError(
            f"{name}= is a {type(figure).__name__}: pass the answer of ka.segmentation.{function}"
        )
    if figure and (figure.start, figure.end) != period:
        raise ParameterError(
            f"{name}= is of {figure.start} to {figure.end}: count it for {period[0]} to {period[1]}"
        )


def _lifetime_value(margin: float, cohort: Mapping[str, int], period: Period) -> Figure:
    each = margin / cohort["active"] if cohort["active"] else np.nan
    churn = cohort["lost"] / cohort["start"] if cohort["start"] else np.nan
    endless = "nobody left, so the expected lifetime has no end"
    none = endless if churn == 0 else "nobody at the start, or nobody with an order"
    return _figure(each, churn, none, period)


# --------------------------------------------------------------------------- what is counted


def _cohort(
    read: purchases.Orders, period: Period, window: dt.date
) -> tuple[dict[str, int], int, float]:
    """Return who was there at the start and later; who bought twice; and the period's revenue."""
    first, last = period
    start, since = (frames.day_literal(read.source, "date", d) for d in (first, window))
    day, bought = nw.col("day"), ~nw.col("order_day").is_null()
    daily = purchases.per_day(read.upto(last), refunds=read.refunds).select(
        "customer",
        (bought & (day >= start)).cast(nw.Int64).alias("now"),
        (bought & (day >= since) & (day < start)).cast(nw.Int64).alias("lately"),
        (bought & (day < start)).cast(nw.Int64).alias("ever"),
        nw.when(day >= start).then(nw.col("net")).otherwise(nw.lit(0.0)).alias("revenue"),
    )
    sums = ("now", "lately", "ever", "revenue")
    each = frames.collect(daily.group_by("customer").agg(nw.col(*sums).sum()).select(*sums))
    now, lately, ever, revenue = (frames.numbers(each, name) for name in sums)
    there, back = lately > 0, now > 0
    cohort = {
        "start": there,
        "kept": there & back,
        "lost": there & ~back,
        "new": back & (ever == 0),
        "returned": back & (ever > 0) & ~there,
        "active": back,
    }
    total = frames.steady(np.atleast_1d(frames.sure_total(np.sort(revenue))))[0]
    return {k: int(who.sum()) for k, who in cohort.items()}, int((now > 1).sum()), float(total)


def _within(opened: frames.Rows, role: str, period: Period) -> nw.LazyFrame[Any]:
    """Return the rows of the period."""
    low, high = (frames.day_literal(opened.source, role, day) for day in period)
    return opened.lazy.filter((nw.col(role) >= low) & (nw.col(role) <= high))


def _counted(rows: nw.LazyFrame[Any], came_off: nw.Expr, none: str, period: Period) -> Figure:
    """Return of how many rows something holds, and how many there are."""
    plan = rows.select(came_off.cast(nw.Int64).alias("k"))
    found = frames.collect(plan.select(nw.col("k").sum(), nw.len().alias("n")))
    return _figure(int(found["k"][0] or 0), int(found["n"][0]), none, period)
