"""Kinds of values: keys, numbers, labels and dates, each column sure to hold its kind."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import mends
from keyaccounts.errors import DataError
from keyaccounts.frames.answers import collect
from keyaccounts.frames.days import not_a_day
from keyaccounts.frames.source import Source


def typed(source: Source, role: str, kind: nw.dtypes.DType, fits: bool) -> Source:
    """Return the source with a column that holds nothing at all as if it were of type `kind`.

    Readers of files have to guess the type of an empty column, so its type says nothing.
    """
    value = nw.col(role)
    if fits or source.has(~value.is_null()):
        return source
    if source.rows.implementation.is_pandas():  # where it matters how nothing is written
        empty = source.rows.to_native().assign(**{role: pd.NA})
        return source.holding(empty.astype({role: "string" if kind == nw.String else "Float64"}))
    some = nw.lit("") if kind == nw.String else nw.lit(0.0)
    return source.changed(nw.when(~value.is_null()).then(some).alias(role))


def typed_key(source: Source, role: str) -> Source:
    """Return the source, sure that the column that says whose a row is can be grouped by.

    Raises
    ------
    DataError
        If its values are lists or records, or of a kind that the engine cannot group by.
    """
    arrow = source.rows.implementation.is_pyarrow()  # it has no groups of what has no plain type
    source = typed(source, role, nw.String(), not arrow or source.dtype(role) != nw.Unknown)
    kind = source.dtype(role)
    if arrow and kind == nw.Categorical:  # and sorts no categories
        return source.changed(nw.col(role).cast(nw.String))
    odd = nw.Object if source.engine == "polars" else nw.Unknown if arrow else None
    if kind.is_nested() or kind == odd:
        mend = ": give each row one plain value there, such as text or a whole number"
        raise of_other_kind(source, role, mend, str(kind))
    if kind in (nw.Date, nw.Datetime):
        far = not_a_day(source, role)
        if source.has(far):
            raise DataError(
                f"column {source.names[role]!r}: days outside the years 1 to 9999: "
                f"{source.example(far, role)}. Mend these rows or leave them out"
            )
    return source


def typed_number(source: Source, role: str) -> Source:
    """Return the source, sure that a column holds numbers.

    Raises
    ------
    DataError
        If it holds anything else.
    """
    source = typed(source, role, nw.Float64(), source.dtype(role).is_numeric())
    if source.rows.implementation.is_pandas():
        own = source.rows.to_native()
        named = own[role].dtype
        if isinstance(named, pd.CategoricalDtype) and named.categories.dtype.kind in "iuf":
            source = source.holding(own.assign(**{role: own[role].astype(float)}))
    kind = source.dtype(role)
    if "decimal" in _unknown(source, role):  # of a width that Narwhals does not know
        return _arrow_floats(source, role)
    if not kind.is_numeric():
        held = "Duration" if _is_span(source, role) else None
        raise of_other_kind(source, role, f", not numbers: {_number_mend(source, role)}", held)
    return _arrow_floats(source, role) if kind in (nw.Int64, nw.UInt64) else source


def of_other_kind(source: Source, role: str, rest: str, held: str | None = None) -> DataError:
    """Return the error about a column of other values than are wanted, by default by their type."""
    held = held or str(source.dtype(role)).split("(")[0]  # without its details
    return DataError(f"column {source.names[role]!r} holds {held} values{rest}")


def _number_mend(source: Source, role: str) -> str:
    """Say how a column is made one of numbers, if there is a way."""
    kind = source.dtype(role)
    if _is_span(source, role):
        return f"say in which unit, for example in days with {source.mend(role, 'days')}"
    if kind in (nw.Date, nw.Datetime):
        line = source.mend(role, "days until")
        return f"count days first, for example those until {mends.DAY} with {line}"
    what = "numbers" if kind in (nw.String, nw.Categorical, nw.Enum) else None
    what = "ones" if kind == nw.Boolean else what
    if what is None:
        return "give it numbers"
    return f"convert it first, for example with {source.mend(role, what)}"


def _is_span(source: Source, role: str) -> bool:
    return source.dtype(role) == nw.Duration or "DayTimeInterval" in _unknown(source, role)


def _unknown(source: Source, role: str) -> str:
    """Return what the engine calls the type of a column that Narwhals does not know."""
    if source.dtype(role) != nw.Unknown:
        return ""
    if source.engine == "pandas":
        return str(source.native[source.names[role]].dtype)
    if source.engine == "pyspark":
        return str(source.native.schema[source.names[role]].dataType)
    if source.engine == "pyarrow":
        return str(source.native.schema.field(source.names[role]).type)
    return ""


def _arrow_floats(source: Source, role: str) -> Source:
    """Return the source with numbers of Arrow as floats: it refuses to cast large whole ones."""
    own = source.rows.to_native()
    if source.rows.implementation.is_pyarrow():
        place = own.schema.names.index(role)
        floats = own.column(place).cast("double", safe=False)
        return source.holding(own.set_column(place, role, floats))
    if source.rows.implementation.is_pandas() and isinstance(own[role].dtype, pd.ArrowDtype):
        floats = own[role].to_numpy(np.float64, na_value=np.nan)
        return source.holding(own.assign(**{role: floats}), source.lazy)
    return source


def typed_label(source: Source, role: str) -> Source:
    """Return the source, sure that a column holds text, categories or truth values."""
    kinds = (nw.String, nw.Categorical, nw.Enum, nw.Boolean)
    source = typed(source, role, nw.String(), source.dtype(role) in kinds)
    kind = source.dtype(role)
    if kind not in kinds:
        value = '"2026-03-31"' if kind in (nw.Date, nw.Datetime) else "1"
        rule = f"({source.names[role]!r}, '>=', {value})"
        raise of_other_kind(source, role, f", no labels: give a rule instead, such as {rule}")
    return source


def typed_truth(source: Source, role: str) -> Source:
    """Return the source with a column of the words yes, no and unknown as truth values."""
    if source.dtype(role) not in (nw.String, nw.Categorical, nw.Enum):
        return source
    text = nw.col(role).cast(nw.String)
    if source.has(~nw.col(role).is_null() & ~text.is_in(["yes", "no", "unknown", ""])):
        return source
    changed = source.changed(nw.when(text.is_in(["yes", "no"])).then(text == "yes").alias(role))
    if source.rows.implementation.is_pandas():  # where truth with gaps has a type of its own
        own = source.rows.to_native()
        truths = own[role].astype(object).map({"yes": True, "no": False}).astype("boolean")
        return source.holding(own.assign(**{role: truths}), changed.lazy)
    return changed


# Text is judged by pattern and compared as text: no engine's own date parser is asked, because
# each fails in its own way on a bad value.


def typed_day(source: Source, role: str) -> Source:
    """Return the source, sure that a column holds dates, datetimes or text.

    Raises
    ------
    DataError
        If it holds anything else.
    """
    dated = (nw.Date, nw.Datetime, nw.String)
    source = typed(_timestamps(source, role), role, nw.String(), source.dtype(role) in dated)
    kind = source.dtype(role)
    if kind not in dated:
        what = _dates_of(source, role)
        how = "give it dates, or text such as 2026-03-31"
        if what is not None:
            how = f"convert it first, for example with {source.mend(role, what)}"
        raise of_other_kind(source, role, f", not dates: {how}")
    return source


def _timestamps(source: Source, role: str) -> Source:
    """Return the source with periods of a day or less, which pandas alone has, as their start."""
    own = source.rows.to_native()
    if source.rows.implementation.is_pandas() and isinstance(own[role].dtype, pd.PeriodDtype):
        short = (pd.offsets.Day, pd.offsets.BusinessDay, pd.offsets.Tick)
        if isinstance(own[role].dtype.freq, short) and own[role].dtype.freq.n == 1:
            return source.holding(own.assign(**{role: own[role].dt.to_timestamp()}))
    return source


def _dates_of(source: Source, role: str) -> str | None:
    """Say what the values of a column that holds no dates may mean, if that can be told."""
    kind, value = source.dtype(role), nw.col(role)
    if kind in (nw.Categorical, nw.Enum):
        return "dates of text"
    if kind.is_numeric():
        known = source.lazy.filter(~value.is_nan()) if kind.is_float() else source.lazy
        ends = collect(known.select(value.min().alias("low"), value.max().alias("high")))
        low, high = ends["low"][0], ends["high"][0]
        if low >= 1000_01_01 and high <= 9999_12_31:
            return "dates of 20261231"
        # As Excel counts them: from May 1927 on, so that no year is taken for a day.
        return "dates of Excel" if low >= 10_000 and high <= 2_958_465 else None
    own = source.rows.to_native()
    periods = source.rows.implementation.is_pandas() and isinstance(own[role].dtype, pd.PeriodDtype)
    return "dates of periods" if periods else None
