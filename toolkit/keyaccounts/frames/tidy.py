"""Columns of pandas and pyarrow, given the type of what they hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import mends
from keyaccounts.errors import DataError


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Give pandas object columns the type of what they hold, as databases deliver them."""
    changed: dict[str, Any] = {}
    for name in frame.columns:
        kept = frame[name].dtype
        if isinstance(kept, pd.ArrowDtype) and "dictionary" in str(kept):  # no engine groups by it
            changed[name] = frame[name].astype(pd.ArrowDtype(kept.pyarrow_dtype.value_type))
        if isinstance(kept, pd.DatetimeTZDtype):  # the clocks of its own zone say which day it is
            changed[name] = frame[name].dt.tz_localize(None)
        if isinstance(kept, pd.CategoricalDtype) and not (
            kept.ordered or kept.categories.is_monotonic_increasing
        ):
            changed[name] = _sorted_categories(frame[name])
        if frame[name].dtype != object:
            continue
        kind = pd.api.types.infer_dtype(frame[name], skipna=True)
        if kind in {"date", "datetime", "datetime64"}:
            days = [_local(value) for value in frame[name]]
            changed[name] = np.array(days, dtype="datetime64[us]")
        elif kind == "integer" or (kind == "decimal" and _all_whole(frame[name])):
            try:  # an id of 17 digits would not survive as a float
                changed[name] = frame[name].astype("Int64")
            except OverflowError:
                raise DataError(
                    f"column {name!r} holds numbers of more than 64 bits: make amounts floats, "
                    f"with {mends.line('floats', 'pandas', name)}, and keys text, "
                    f"with {mends.line('text', 'pandas', name)}"
                ) from None
        elif kind in {"decimal", "floating", "mixed-integer-float"}:
            changed[name] = frame[name].astype(float)
        elif kind in {"string", "empty"}:  # else pandas 2 compares text with NaN, and fails
            changed[name] = frame[name].astype("string")
        elif kind == "boolean":
            changed[name] = frame[name].astype("boolean")
        elif kind == "timedelta":
            changed[name] = pd.to_timedelta(frame[name])
        elif kind == "period":
            changed[name] = pd.PeriodIndex(frame[name])
        else:
            raise DataError(
                f"column {name!r} holds Python objects ({kind}): give it one plain kind of values, "
                f"numbers for example with {mends.line('numbers', 'pandas', name)}, "
                f"names with {mends.line('text', 'pandas', name)}"
            )
    return frame.assign(**changed) if changed else frame


def _sorted_categories(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return categories that sort as their values do, as on the other engines."""
    try:
        return column.cat.set_categories(column.cat.categories.sort_values())
    except TypeError:
        raise DataError(
            f"column {column.name!r} has categories of several kinds, which have no order: give "
            f"them one kind, for example with {mends.line('text', 'pandas', str(column.name))}"
        ) from None


def _local(moment: Any) -> Any:
    """Return a date or time as its zone's clocks show it, missing as None."""
    if pd.isna(moment):
        return None
    return moment.replace(tzinfo=None) if isinstance(moment, dt.datetime) else moment


def _all_whole(column: pd.Series[Any]) -> bool:
    return all(v.is_finite() and v == v.to_integral_value() for v in column.dropna())


def plain_arrow(table: Any) -> Any:
    """Return a pyarrow table of plain types: text and categories that sort, known dates."""
    for place, kind in enumerate(table.schema.types):
        other = "string" if str(kind) == "string_view" else None
        if str(kind).startswith("dictionary<values=") and "<values=string" not in str(kind):
            other = kind.value_type  # categories of whole numbers sort as numbers
        elif str(kind) == "date64[ms]":  # which Narwhals does not know
            other = "date32"
        if other is not None:
            plain = table.column(place).cast(other)
            table = table.set_column(place, table.schema.names[place], plain)
    return table
