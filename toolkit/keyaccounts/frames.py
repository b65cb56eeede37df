"""Frames of any kind in, the same kind out.

Every data-scale method of the toolkit reads its table through :func:`read` and answers through
:func:`like`. In between it speaks Narwhals, so one text serves pandas, Polars (eager and lazy),
pyarrow, DuckDB and PySpark. Nothing here changes a caller's frame.
"""

from __future__ import annotations

import datetime as dt
import difflib
import operator
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any, NamedTuple, TypeAlias, TypeVar

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import checks, mends
from keyaccounts.errors import ColumnError, DataError

Native: TypeAlias = Any
"""A pandas, Polars, pyarrow, DuckDB or PySpark table."""

NativeT = TypeVar("NativeT")

FAST_ROWS = 500_000
"""From this many rows on, a pandas frame is reduced by DuckDB when DuckDB is installed.

About here both take the same time on two cores, 0.13 s. At a tenth of it DuckDB takes twice as
long, because planning alone takes it 0.07 s; at four times of it, half as long. Ours, measured.
"""

ACCEPTED = "pandas, Polars, pyarrow, DuckDB or PySpark table"


@dataclass(frozen=True)
class Source:
    """A caller's table, opened.

    Attributes
    ----------
    native : the caller's own object.
    names : role → the caller's column name.
    rows : the columns under their role names, in the caller's engine.
    lazy : the same columns, in the engine that does the work.
    connection : DuckDB's, if that is the engine for pandas rows; closed, it would take them along.
    """

    native: Native
    names: dict[str, str]
    rows: nw.DataFrame[Any] | nw.LazyFrame[Any]
    lazy: nw.LazyFrame[Any]
    connection: Any = None

    @property
    def engine(self) -> str:
        """Name of the caller's engine, such as "pandas", "duckdb" or "pyspark"."""
        own = self.rows.implementation
        return "pyspark" if own.is_spark_like() else str(own.name.lower())

    def dtype(self, role: str) -> nw.dtypes.DType:
        """Return the type of the column in a role."""
        return self.rows.collect_schema()[role]

    def example(self, wrong: nw.Expr, show: str) -> str:
        """Say where the first rows are for which `wrong` holds, naming a value of column `show`."""
        rows, dated = self.rows, self.dtype(show).is_temporal()
        # As text, since no other library has days beyond the year 9999 to show.
        written = nw.col(show).cast(nw.String)  # of a missing day, pandas 2 makes the word NaT
        shown = nw.when(~nw.col(show).is_null()).then(written) if dated else nw.col(show)
        if isinstance(rows, nw.DataFrame):
            found = rows.with_row_index("row").filter(wrong).head(3)
            places = ", ".join(str(i) for i in found["row"].to_list())
            where = f"row {places} (counting from 0)"
            found = found.head(1).select(shown)
        else:
            found = collect(rows.filter(wrong).select(shown).head(1))
            where = "for example"
        value = found[show].to_list()[0]
        text = value.replace("T", " ").split(" ")[0] if dated and isinstance(value, str) else ""
        return f"{where}, where {self.names[show]!r} is {text or _plain(value)}"

    def mend(self, role: str, what: str) -> str:
        """Return the line of code that mends a column, in the caller's engine."""
        engine, name = self.engine, self.names[role]
        present = self.native.schema.names if engine == "pyarrow" else [name]
        return mends.line(what, engine, name, present)


class Asked(str):
    """A column name that knows the parameter in which the caller gave it, for messages."""

    parameter: str

    def __new__(cls, name: str, parameter: str) -> Asked:
        """Return the name, with its parameter."""
        found = super().__new__(cls, name)
        found.parameter = parameter
        return found


def asked(name: Any, parameter: str) -> Any:
    """Return a column name that says in which parameter it was given, if it does not say so yet."""
    if isinstance(name, Asked) or not isinstance(name, str):
        return name
    return Asked(name, parameter)


def _plain(value: Any) -> str:
    """Write a value of any engine as a reader would."""
    nothing = value is None or value is pd.NaT or value is pd.NA
    if nothing or (isinstance(value, float) and np.isnan(value)):
        return "missing"
    if isinstance(value, dt.date):
        return str(value)[:10]
    return repr(value.item() if isinstance(value, np.generic) else value)


def read(native: Native, /, **names: str) -> Source:
    """Open a table and find the columns of a method in it.

    Parameters
    ----------
    native : frame
        A pandas, Polars (eager or lazy), pyarrow, DuckDB or PySpark table.
    **names : str
        Role → column name, such as ``customer="customer_id"``.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        If `native` is not a table, or an object column mixes kinds of values.
    ColumnError
        If a column is missing, occurs twice, or one column is named for two roles.

    Examples
    --------
    >>> import pandas as pd
    >>> ka.frames.read(pd.DataFrame({"customer_id": [7]}), customer="customer_id").engine
    'pandas'
    """
    native = nw.to_native(native, pass_through=True)
    if isinstance(native, pd.DataFrame):
        _check_index(native, names)
        check_columns(list(native.columns), names)
        names = _plain_names(names)
        part = native[list(names.values())]
        if any(name is not None for name in native.index.names):  # it might be named like a role
            part = part.reset_index(drop=True)
        rows: Any = nw.from_native(_tidy(part))
    else:
        rows = _open(native)
        present = rows.collect_schema().names()
        _check_engine_names(rows.implementation, present, names)
        check_columns(present, names)
        names = _plain_names(names)
        if rows.implementation.is_pyarrow():
            rows = nw.from_native(_no_views(rows.to_native().select([*names.values()])))
    if rows.implementation.is_duckdb():  # in SQL: DuckDB 1 takes other names apart at their dots
        named = [f"{mends.quoted(name)} as {mends.quoted(role)}" for role, name in names.items()]
        rows = nw.from_native(rows.to_native().project(", ".join(named)))
    else:
        rows = rows.select(nw.col(name).alias(role) for role, name in names.items())
    return Source(native, names, rows, *_work(rows))


def _plain_names(names: dict[str, str]) -> dict[str, str]:
    return {role: str(name) for role, name in names.items()}


def is_empty(source: Source) -> bool:
    """Return whether an eager table has no rows (an empty pandas frame has no types to check)."""
    return isinstance(source.rows, nw.DataFrame) and len(source.rows) == 0


def typed(source: Source, role: str, kind: nw.dtypes.DType, fits: bool) -> Source:
    """Return the source with a column that holds nothing at all as if it were of type `kind`.

    Readers of files have to guess the type of an empty column, so its type says nothing.
    """
    value = nw.col(role)
    held = (~value.is_null()).cast(nw.Int64).sum()
    if fits or collect(source.rows.lazy().select(held))[role][0]:
        return source
    if source.rows.implementation.is_pandas():  # where it matters how nothing is written
        empty = source.rows.to_native().assign(**{role: pd.NA})
        empty = empty.astype({role: "string" if kind == nw.String else "Float64"})
        return replace(source, rows=nw.from_native(empty), lazy=nw.from_native(empty).lazy())
    some = nw.lit("") if kind == nw.String else nw.lit(0.0)
    nothing = nw.when(~value.is_null()).then(some).alias(role)
    return replace(
        source, rows=source.rows.with_columns(nothing), lazy=source.lazy.with_columns(nothing)
    )


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
        text = nw.col(role).cast(nw.String)
        return replace(
            source, rows=source.rows.with_columns(text), lazy=source.lazy.with_columns(text)
        )
    odd = nw.Object if source.engine == "polars" else nw.Unknown if arrow else None
    if kind.is_nested() or kind == odd:
        raise DataError(
            f"column {source.names[role]!r} holds {kind} values: "
            "give each row one plain value there, such as text or a whole number"
        )
    if kind in (nw.Date, nw.Datetime):
        far = not_a_day(source, role)
        if collect(source.lazy.select(far.cast(nw.Int64).sum()))[role][0]:
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
            rows = nw.from_native(own.assign(**{role: own[role].astype(float)}))
            source = replace(source, rows=rows, lazy=rows.lazy())
    kind = source.dtype(role)
    if "decimal" in _unknown(source, role):  # of a width that Narwhals does not know
        return _arrow_floats(source, role)
    if not kind.is_numeric():
        held = "Duration" if _is_span(source, role) else kind_name(kind)
        raise DataError(
            f"column {source.names[role]!r} holds {held} values, not numbers: "
            f"{_number_mend(source, role)}"
        )
    return _arrow_floats(source, role) if kind in (nw.Int64, nw.UInt64) else source


def kind_name(kind: nw.dtypes.DType) -> str:
    """Return what a type is called, without its details."""
    return str(kind).split("(")[0]


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
        rows: Any = nw.from_native(own.set_column(place, role, floats))
        return replace(source, rows=rows, lazy=rows.lazy())
    if source.rows.implementation.is_pandas() and isinstance(own[role].dtype, pd.ArrowDtype):
        rows = nw.from_native(own.assign(**{role: own[role].to_numpy(np.float64, na_value=np.nan)}))
        return replace(source, rows=rows, lazy=source.lazy if source.connection else rows.lazy())
    return source


def _open(native: Native) -> Any:
    try:
        rows = nw.from_native(native)
    except TypeError:
        kind = type(native).__name__
        raise DataError(f"a {kind} is not a table: pass a {ACCEPTED}") from None
    except ValueError as error:  # Narwhals on doubled names
        raise ColumnError(f"{error}: rename the columns so that each name is there once") from None
    if rows.implementation.is_duckdb():
        _check_connection(native)
    return rows


def _check_connection(relation: Any) -> None:
    """Raise DataError if nobody holds the connection of a DuckDB table any more."""
    import duckdb

    try:
        relation.project("*")
    except duckdb.ConnectionException:
        raise DataError(
            "the connection of this DuckDB table is closed: keep it open, and in a variable of "
            "your own, as long as you use the table"
        ) from None


def _no_views(table: Any) -> Any:
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


def check_names(names: Mapping[str, Any]) -> None:
    """Raise ColumnError unless each name is one that a column can have."""
    for role, name in names.items():
        if not isinstance(name, str):
            raise ColumnError(f"{role}={name!r}: the name of a column is text")
        if name == "*":
            raise ColumnError("column '*': engines take that for all columns; rename it first")


def check_columns(present: Sequence[Any], names: dict[str, str]) -> None:
    """Raise ColumnError unless each named column is present once and serves one role."""
    check_names(names)
    for role, name in names.items():
        if name not in present:
            texts = [c for c in present if isinstance(c, str)]
            close = difflib.get_close_matches(name, texts, n=1, cutoff=0.5)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise ColumnError(
                f"no column {name!r}{hint}; the table has {', '.join(map(repr, present))}. "
                f"Name the right one with {_parameter(role, names)}=…"
            )
        if present.count(name) > 1:
            raise ColumnError(f"column {name!r} is there {present.count(name)} times: rename one")
        twin = next((r for r, n in names.items() if n == name and r != role), None)
        if twin:
            both = f"{_parameter(role, names)}= and {_parameter(twin, names)}="
            raise ColumnError(f"column {name!r} is named for both {both}")


def _check_index(table: pd.DataFrame, names: Mapping[str, Any]) -> None:
    """Raise ColumnError if a named column of pandas is not among the columns, but the index."""
    for name in names.values():
        if isinstance(name, str) and name in table.index.names and name not in table.columns:
            raise ColumnError(
                f"column {name!r} is the index of the table: make it a column again, with "
                ".reset_index()"
            )


def _check_engine_names(engine: Any, present: Sequence[Any], names: Mapping[str, Any]) -> None:
    """Raise ColumnError if an engine would take a name for something else, or for another's."""
    for role, name in names.items():
        if not isinstance(name, str):
            continue
        what = None
        if engine.is_polars() and name.startswith("^") and name.endswith("$"):
            what = "Polars takes what stands between ^ and $ for a pattern of names"
        if engine.is_duckdb() and "\0" in name:
            what = "DuckDB ends a name at a NUL character"
        if engine.is_spark_like():
            twin = next((c for c in present if c != name and c.lower() == name.lower()), None)
            if "." in name:
                what = "PySpark takes what follows the dot for a field of a record"
            elif "`" in name:
                what = "PySpark takes a backtick for the end of a name"
            elif twin is not None and name in present:
                what = f"PySpark does not tell it from the column {twin!r}"
        if what is not None:
            raise ColumnError(
                f"column {name!r} ({_parameter(role, names)}=): {what}; rename the column first"
            )


def _parameter(role: str, names: Mapping[str, Any]) -> str:
    """Return the parameter in which the caller gave the column of a role."""
    return getattr(names[role], "parameter", role)


def check_free(name: str, taken: Iterable[str], role: str) -> None:
    """Raise ColumnError if a caller's column name would clash with a column of the answer."""
    if name in taken:
        raise ColumnError(
            f"the column {name!r} ({role}=) has the name of a column of the answer: rename it first"
        )


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
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


def _work(rows: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> tuple[nw.LazyFrame[Any], Any]:
    """Return the rows lazily, on DuckDB (with the connection) where they are many and in pandas."""
    if isinstance(rows, nw.LazyFrame):
        return rows, None
    if rows.implementation.is_pandas() and len(rows) >= FAST_ROWS and find_spec("duckdb"):
        schema = rows.collect_schema()
        if all(_fast_type(kind) for kind in schema.values()):
            import duckdb

            connection, own = duckdb.connect(), rows.to_native()
            with suppress(duckdb.Error):
                return nw.from_native(connection.from_df(own)), connection
            with suppress(duckdb.Error):  # some versions read no rows held from last to first
                return nw.from_native(connection.from_df(own.copy())), connection
            connection.close()  # nor decimals of 256 bits: the rows stay in pandas
    return rows.lazy(), None


def _fast_type(kind: nw.dtypes.DType) -> bool:
    if isinstance(kind, nw.Datetime):
        return kind.time_zone is None
    return kind.is_numeric() or kind == nw.String


# ---------------------------------------------------------------------------------------- days

# Years 1000 to 9999. After the day, nothing or a blank or T, and then the time of day.
_LEAP = "(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:1[26]|[2468][048]|[3579][26])00)"
_ISO_DAY = (
    "^(?:[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP}-02-29)(?:[T \\t\\r\\n]|$)"
)
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
        raise DataError(
            f"column {source.names[role]!r} holds {kind_name(kind)} values, not dates: {how}"
        )
    return source


def _timestamps(source: Source, role: str) -> Source:
    """Return the source with periods of a day or less, which pandas alone has, as their start."""
    own = source.rows.to_native()
    if source.rows.implementation.is_pandas() and isinstance(own[role].dtype, pd.PeriodDtype):
        short = (pd.offsets.Day, pd.offsets.BusinessDay, pd.offsets.Tick)
        if isinstance(own[role].dtype.freq, short) and own[role].dtype.freq.n == 1:
            rows = nw.from_native(own.assign(**{role: own[role].dt.to_timestamp()}))
            return replace(source, rows=rows, lazy=rows.lazy())
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


def day(source: Source, role: str) -> nw.Expr:
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
    """Return a day in the form that :func:`day` gives a column, for comparison with it."""
    kind = source.dtype(role)
    if kind == nw.String:
        return nw.lit(value.isoformat())
    if kind == nw.Date or source.engine == "pyspark":
        return nw.lit(value)
    return nw.lit(dt.datetime(value.year, value.month, value.day))


def as_date(source: Source, column: nw.Expr, kind: nw.dtypes.DType) -> nw.Expr:
    """Return an expression of :func:`day` as a temporal column."""
    if kind == nw.String and source.lazy.implementation.is_pandas():
        return column.cast(nw.Datetime("us"))  # pandas 2 would take nanoseconds: 1677 to 2262
    if kind == nw.String:
        column = column.str.to_datetime(format="%Y-%m-%d")
        return column.cast(nw.Date) if source.engine == "pyspark" else column
    if isinstance(kind, nw.Datetime) and source.lazy.implementation.is_duckdb():
        return column.cast(nw.Datetime())
    return column


def day_number(column: nw.Expr, kind: nw.dtypes.DType) -> nw.Expr:
    """Return whole days since a fixed day, from an expression of :func:`day`.

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
    """Return a day as :func:`day_number` counts it."""
    month = (value.month + 9) % 12
    year = value.year - month // 10
    days = year * 365 + year // 4 - year // 100 + year // 400
    return days + (month * 306 + 5) // 10 + value.day


def to_day(value: Any) -> dt.date | None:
    """Return a collected value of :func:`day` as a date (None stays None)."""
    if pd.isna(value):
        return None
    return dt.date.fromisoformat(str(value)[:10])


# --------------------------------------------------------------------------------- comparisons

OPERATORS = ("==", "!=", ">", ">=", "<", "<=", "in")
_HOLDS = {
    "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge,
    "<": operator.lt, "<=": operator.le,
}  # fmt: skip


def compare(source: Source, role: str, sign: str, value: Any) -> tuple[Source, nw.Expr]:
    """Return the source with a column typed, and where it compares with a value as `sign` says.

    Numbers are compared with numbers, days with days (given as text or dates) and text with text.
    Categories have the order in which they are declared; what is missing is compared with nothing.

    Parameters
    ----------
    source : Source
    role : str
        Of the column.
    sign : str
        One of :data:`OPERATORS`.
    value : object
        A number, text, day or truth value; of "in" a list of them.

    Raises
    ------
    DataError
        If the column holds another kind of values, categories have no order or not this one, or
        a day is unreadable.
    ParameterError
        If a column of days is compared with something else.
    """
    values, categories = value if sign == "in" else [value], _declared(source, role)
    if categories is not None:
        known, ordered = categories
        texts = all(isinstance(one, str) for one in known)
        if all(isinstance(one, str) for one in values) if texts else ordered:
            fitting = _among(source, role, sign, values, known, ordered)
            column = nw.col(role).cast(nw.String) if texts else nw.col(role)
            return source, column.is_in(fitting) if fitting else nw.col(role) != nw.col(role)
    moments = all(isinstance(one, dt.date | np.datetime64) for one in values)
    source = typed_day(source, role) if moments else source
    kind = source.dtype(role)
    if moments or kind in (nw.Date, nw.Datetime):
        name = source.names[role]
        days = [checks.day(f"the rule on column {name!r}: value", one) for one in values]
        fault = not_a_day(source, role)
        if collect(source.lazy.select(fault.cast(nw.Int64).sum()))[role][0]:
            raise DataError(
                f"column {name!r}: no readable day: {source.example(fault, role)}. "
                "Write days like 2026-03-31, or nothing"
            )
        column, values = day(source, role), [day_literal(source, role, one) for one in days]
    elif all(isinstance(one, bool | np.bool_) for one in values) or kind == nw.Boolean:
        source, column = typed_label(source, role), nw.col(role)
        truth = source.dtype(role) == nw.Boolean
        if not collect(source.lazy.select((~column.is_null()).cast(nw.Int64).sum()))[role][0]:
            return source, column != column
        if truth != all(isinstance(one, bool | np.bool_) for one in values):
            raise DataError(
                f"column {source.names[role]!r} holds {kind_name(kind)} values: "
                f"{values[0]!r} is not one"
            )
    elif isinstance(values[0], str):
        source, column = typed_label(source, role), nw.col(role)
    else:
        source, column = typed_number(source, role), nw.col(role)
    if sign == "in":
        return source, nw.any_horizontal(*(column == one for one in values), ignore_nulls=True)
    return source, _HOLDS[sign](column, values[0])


def typed_label(source: Source, role: str) -> Source:
    """Return the source, sure that a column holds text, categories or truth values."""
    kinds = (nw.String, nw.Categorical, nw.Enum, nw.Boolean)
    source = typed(source, role, nw.String(), source.dtype(role) in kinds)
    kind, name = source.dtype(role), source.names[role]
    if kind not in kinds:
        dated = kind in (nw.Date, nw.Datetime)
        value = '"2026-03-31"' if dated else "1"
        raise DataError(
            f"column {name!r} holds {kind_name(kind)} values, no labels: give a rule instead, "
            f"such as ({name!r}, '>=', {value})"
        )
    return source


def _declared(source: Source, role: str) -> tuple[list[Any], bool] | None:
    """Return the categories of a column as they are declared, and whether they have an order."""
    native, name, kind = source.native, source.names[role], source.dtype(role)
    if source.engine == "pandas":
        own = native[name].dtype
        if isinstance(own, pd.ArrowDtype) and "dictionary" in str(own):
            return _dictionary(native[name].array.__arrow_array__(), name)
        if isinstance(own, pd.CategoricalDtype):
            return own.categories.tolist(), bool(own.ordered)
    elif source.engine == "pyarrow":
        if str(native.schema.field(name).type).startswith("dictionary<"):
            return _dictionary(native[name], name)
    elif kind == nw.Enum:  # of Polars and DuckDB: it is there for its order
        return [*kind.categories], True  # type: ignore[attr-defined]
    elif kind == nw.Categorical:
        known = collect(source.lazy.select(nw.col(role).cast(nw.String)).unique())[role]
        return [text for text in known.to_list() if text is not None], False
    return None


def _dictionary(column: Any, name: str) -> tuple[list[Any], bool]:
    """Return the categories of a pyarrow column, which are declared for each piece of it."""
    pieces = [piece.dictionary.to_pylist() for piece in getattr(column, "chunks", [column])]
    known: list[Any] = max(pieces, key=len, default=[])
    if column.type.ordered and any(piece != known[: len(piece)] for piece in pieces):
        raise DataError(
            f"column {name!r}: the pieces of this pyarrow column declare different orders of the "
            "categories: give all the same dictionary"
        )
    found = known if column.type.ordered else [*dict.fromkeys(v for p in pieces for v in p)]
    return found, bool(column.type.ordered)


def _among(
    source: Source, role: str, sign: str, values: list[Any], known: list[Any], ordered: bool
) -> list[Any]:
    """Return the categories that compare with a value as a sign says."""
    name = source.names[role]
    if sign == "in":
        return [one for one in known if one in values]
    if sign in ("==", "!="):
        return [one for one in known if (one == values[0]) == (sign == "==")]
    shown = ", ".join(map(repr, known[:8])) + (", …" if len(known) > 8 else "")
    if not ordered:
        raise DataError(
            f"column {name!r} holds categories without an order ({shown}), so none is {sign} "
            f"{values[0]!r}: declare their order, or name those you mean, as in "
            f"({name!r}, 'in', {known[:2]!r})"
        )
    if values[0] not in known:
        raise DataError(
            f"column {name!r}: {values[0]!r} is none of its categories, which are {shown}"
        )
    place = known.index(values[0])
    return [one for at, one in enumerate(known) if _HOLDS[sign](at, place)]


# ------------------------------------------------------------------------------------- answers


def settled(total: nw.Expr, size: nw.Expr) -> nw.Expr:
    """Return a total, exactly zero where only rounding keeps it from zero.

    `size` is the sum of the absolute values: 0.3 − 0.1 − 0.2 is −0.00000000000000003 to a machine,
    and whether a day was a refund must not depend on that.
    """
    return nw.when(total.abs() > size * 1e-13).then(total).otherwise(nw.lit(0.0))


def collect(lazy: nw.LazyFrame[Any], key: str | None = None) -> nw.DataFrame[Any]:
    """Run a plan. DuckDB and Spark answer as pandas, so that pyarrow need not be installed.

    There a `key` of more digits than a float has comes as text; :func:`like` undoes that.
    """
    if key and lazy.implementation.is_duckdb():
        kind = lazy.collect_schema()[key]
        if kind.is_decimal() or kind in (nw.Int128, nw.UInt128):
            lazy = lazy.with_columns(nw.col(key).cast(nw.String))
    if lazy.implementation.is_duckdb() and all(
        _plain_number(k) for k in lazy.collect_schema().values()
    ):
        return nw.from_native(_fetched(lazy.to_native()))
    if lazy.implementation.is_duckdb() or lazy.implementation.is_spark_like():
        return lazy.collect("pandas")
    return lazy.collect()


def _plain_number(kind: nw.dtypes.DType) -> bool:
    return kind in (nw.Float64, nw.Int64, nw.Int32)


def _fetched(relation: Any) -> pd.DataFrame:
    """Return numbers as DuckDB's own `df` does, but column by column.

    That one copies all columns of a type into one block, which was a quarter of the time of adding
    up ten million rows into ten columns of 833,333.
    """
    columns = {}
    for name, values in relation.fetchnumpy().items():
        gaps = np.ma.getmaskarray(values)
        if gaps.any():
            values = np.where(gaps, np.nan, np.ma.getdata(values).astype(np.float64))
        columns[name] = np.ma.getdata(values)
    return pd.DataFrame(columns, copy=False)


def numbers(frame: nw.DataFrame[Any], column: str) -> NDArray[np.float64]:
    """Return a column as floats, null as NaN."""
    values = frame[column]
    if values.dtype != nw.Float64:
        values = values.cast(nw.Float64)
    return np.asarray(values.to_numpy(), dtype=np.float64)


def steady(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to 12 significant digits.

    Engines add up in different orders, so equal totals differ in the last bits. Ranks and cuts
    must not depend on that.
    """
    found = np.abs(values, dtype=np.float64)
    small = found < 1e-268  # zero, and what no power of ten can lift
    found[small] = 1.0
    np.floor(np.log10(found, out=found), out=found)  # each step in place: millions are rounded
    np.fmin(np.fmax(291.0 - found, 0.0), 560.0, out=found)  # and a NaN becomes a place as well
    scale = _POWERS[found.astype(np.intp)]
    np.rint(np.multiply(values, scale, out=found), out=found)
    np.divide(found, scale, out=found)
    found[small] = np.asarray(values)[small]
    return found


_POWERS = 10.0 ** np.arange(-280.0, 281.0)


def less(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Subtract, and round to what both numbers are sure of: equal nets are ties on every engine."""
    size = np.maximum(np.maximum(np.abs(left), np.abs(right)), 1e-280)
    scale = 10.0 ** np.clip(11 - np.floor(np.log10(size)), -280, 280)
    return np.asarray(steady(np.round((left - right) * scale) / scale))


class Words(NamedTuple):
    """A column of few different texts: which there are, and the place of each row's text in them.

    A million rows of text are made from it without a million Python strings.
    """

    known: Sequence[str]
    places: NDArray[np.int64]


def with_arrays(frame: nw.DataFrame[Any], /, **arrays: Any) -> nw.DataFrame[Any]:
    """Return the frame with numpy arrays, lists or :class:`Words` added as columns."""
    backend = frame.implementation
    series = [_series(name, values, backend) for name, values in arrays.items()]
    if frame.implementation.is_pandas_like():  # Narwhals aligns pandas columns by index
        frame = nw.from_native(frame.to_native().reset_index(drop=True))
    return frame.with_columns(*series)


def _series(name: str, values: Any, backend: Any) -> nw.Series[Any]:
    if isinstance(values, Words):
        known = nw.new_series(name, values.known, nw.String(), backend=backend)
        series = known[values.places]
        if backend.is_pandas_like():  # it brought the places along as its index
            series = nw.from_native(series.to_native().reset_index(drop=True), series_only=True)
        return series
    text = isinstance(values, np.ndarray) and values.dtype.kind in "UO"
    return nw.new_series(name, values.tolist() if text else values, backend=backend)


def like(source: Source, frame: nw.DataFrame[Any], key: str) -> Native:
    """Return a computed table in the caller's kind of frame.

    The column in the role `key` gets the type it had in the caller's table, which it may have
    lost on the way; the other columns are computed, and keep theirs.
    """
    own, native, name = source.rows, frame.to_native(), source.names[key]
    if isinstance(own, nw.DataFrame):
        if own.implementation.is_pandas():
            kind = source.native[name].dtype
            if isinstance(kind, pd.CategoricalDtype):  # another table may have brought new keys
                new = native[name].dropna().unique()
                known = [*kind.categories, *(key for key in new if key not in kind.categories)]
                kind = pd.CategoricalDtype(known, kind.ordered)
            return native.astype({name: kind}).reset_index(drop=True)
        if own.implementation.is_pyarrow():
            return _like_arrow(source.native, native, name)
        return native
    if source.engine == "polars":
        return native.lazy()
    if source.engine in ("duckdb", "pyspark"):
        check_case(source.engine, [*native.columns])
    if source.engine == "duckdb":
        return _like_duckdb(source.native, native, name)
    if source.engine == "pyspark":
        return _like_spark(source.native, native, name)
    return native


def check_case(engine: str, names: Sequence[str]) -> None:
    """Raise ColumnError if two columns of an answer differ in case only, which SQL cannot tell."""
    seen: dict[str, str] = {}
    for name in names:
        twin = seen.setdefault(name.lower(), name)
        if twin != name:
            sql = "DuckDB" if engine == "duckdb" else "PySpark"
            raise ColumnError(
                f"{sql} does not tell the column {twin!r} from {name!r} of the answer: rename the "
                "one of your table first"
            )


def _like_arrow(caller: Any, answer: Any, name: str) -> Any:
    """Return a pyarrow table whose key is a dictionary again if the caller's is one."""
    kind = caller.schema.field(name).type
    if not str(kind).startswith("dictionary<"):
        return answer
    keys = answer.column(name).cast(kind.value_type).dictionary_encode()
    return answer.set_column(answer.schema.names.index(name), name, keys)


def _like_duckdb(caller: Any, the_answer_of_keyaccounts_: pd.DataFrame, name: str) -> Any:
    """Return a relation on the caller's own connection; DuckDB finds the answer by its name."""
    import duckdb

    kind = caller.types[caller.columns.index(name)]
    name = mends.quoted(name)
    try:
        return caller.query(
            "keyaccounts_caller",
            f"select * replace (cast({name} as {kind}) as {name}) from the_answer_of_keyaccounts_",
        )
    except duckdb.CatalogException:
        raise DataError(
            "this DuckDB connection takes no tables from Python, so the answer cannot be put "
            "there: pass the rows as pandas, with .df(), or open the connection without "
            "enable_external_access=false and python_enable_replacements=false"
        ) from None


def _like_spark(caller: Any, answer: pd.DataFrame, name: str) -> Any:
    """Return a Spark frame; its types are given, because of no rows Spark can tell none."""
    from pyspark.sql import types

    kinds = {"f": types.DoubleType(), "i": types.LongType(), "b": types.BooleanType()}
    fields = [
        types.StructField(
            column,
            caller.schema[column].dataType
            if column == name
            else kinds.get(answer[column].dtype.kind, types.StringType()),
        )
        for column in answer.columns
    ]
    rows = answer.astype(object).itertuples(index=False, name=None)
    return caller.sparkSession.createDataFrame([*rows], types.StructType(fields))
