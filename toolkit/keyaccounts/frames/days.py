"""Days: read from dates, datetimes or text, compared, and counted alike on every engine."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import pandas as pd

if TYPE_CHECKING:
    from keyaccounts.frames.source import Source


# Years 1000 to 9999. After the day, nothing or a blank or T, and then the time of day.
_LEAP = "(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:1[26]|[2468][048]|[3579][26])00)"


_ISO_DAY = (
    "^(?:[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP}-02-29)(?:[T \\t\\r\\n]|$)"
)


def day_of(source: Source, role: str) -> nw.Expr:
    """Return the calendar day of a date column, as date, midnight or ISO text."""
    kind, column = source.dtype(role), nw.col(role)
    if kind == nw.Date:
        return column
    if isinstance(kind, nw.Datetime):
        if source.engine == "pyspark":  # its times are days only in the zone of the session
            return column.cast(nw.Date)
        if kind.time_zone is not None:
            column = column.dt.replace_time_zone(None)
        if source.lazy.implementation.is_duckdb():  # it groups by dates faster than by midnights
            return column.cast(nw.Date)
        return column.dt.truncate("1d")
    return column.str.slice(0, 10)


def not_a_day(source: Source, role: str) -> nw.Expr:
    """Return where a date column holds no readable day (null is not counted here).

    That is text of another form, and days outside the years 1 to 9999: databases have them, even
    infinite ones, and Python has not.
    """
    column, kind = nw.col(role), source.dtype(role)
    if kind == nw.String:
        return ~column.is_null() & ~column.str.contains(_ISO_DAY)
    if source.engine == "pyspark":  # it cannot write the first day of all
        return ~column.is_null() & ~column.cast(nw.Date).dt.year().is_between(1, 9999)
    low: dt.date = dt.date.min
    high: dt.date = dt.date.max
    if isinstance(kind, nw.Datetime):
        low, high = dt.datetime.min, dt.datetime.max
        if kind.time_unit == "ns":  # which end in 2262
            return column.is_null() & ~column.is_null()
        if kind.time_zone is not None:
            column = column.dt.replace_time_zone(None)
    else:
        column = column.cast(nw.Date)
    return ~column.is_null() & ((column < low) | (column > high))


def day_literal(source: Source, role: str, value: dt.date) -> nw.Expr:
    """Return a day in the form that :func:`day_of` gives a column, for comparison with it."""
    kind = source.dtype(role)
    if kind == nw.String:
        return nw.lit(value.isoformat())
    if kind == nw.Date or source.engine == "pyspark":
        return nw.lit(value)
    return nw.lit(dt.datetime(value.year, value.month, value.day))


def as_date(source: Source, column: nw.Expr, kind: nw.dtypes.DType) -> nw.Expr:
    """Return an expression of :func:`day_of` as a temporal column."""
    if kind == nw.String and source.lazy.implementation.is_pandas():
        return column.cast(nw.Datetime("us"))  # pandas 2 would take nanoseconds: 1677 to 2262
    if kind == nw.String:
        column = column.str.to_datetime(format="%Y-%m-%d")
        return column.cast(nw.Date) if source.engine == "pyspark" else column
    if isinstance(kind, nw.Datetime) and source.lazy.implementation.is_duckdb():
        return column.cast(nw.Datetime())
    return column


def day_number(column: nw.Expr, kind: nw.dtypes.DType) -> nw.Expr:
    """Return whole days since a fixed day, from an expression of :func:`day_of`.

    Integer arithmetic on year, month and day is the one form that gives the same result on every
    engine; differences of dates do not. Missing stays missing.
    """
    if kind == nw.String:
        parts = [column.str.slice(0, 4), column.str.slice(5, 2), column.str.slice(8, 2)]
        parts = [part.fill_null("01") for part in parts]
    else:
        parts = [column.dt.year(), column.dt.month(), column.dt.day()]
        parts = [part.fill_null(1) for part in parts]
    # Filled, because pandas cannot cast what is missing to a whole number.
    year, month, date = (part.cast(nw.Int64) for part in parts)
    early = nw.when(month < 3).then(nw.lit(1)).otherwise(nw.lit(0))
    month = month - 3 + early * 12  # March = 0, so that the leap day ends the year
    year = year - early
    days = year * 365 + year // 4 - year // 100 + year // 400
    days = days + (month * 306 + 5) // 10 + date
    return nw.when(~column.is_null()).then(days)


def number_of(value: dt.date) -> int:
    """Return a day as :func:`day_number` counts it, whose day 1 is March 1 of the year 0."""
    return value.toordinal() + 306


def to_day(value: Any) -> dt.date | None:
    """Return a collected value of :func:`day_of` as a date (None stays None)."""
    if pd.isna(value):
        return None
    return dt.date.fromisoformat(str(value)[:10])
