"""Frames of any kind in, the same kind out.

Every data-scale method of the toolkit reads its table through :func:`read` and answers through
:func:`like`. In between it speaks Narwhals, so one text serves pandas, Polars (eager and lazy),
pyarrow, DuckDB and PySpark. Nothing here changes a caller's frame.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeAlias, TypeVar, cast

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts.errors import ColumnError, DataError

Native: TypeAlias = Any
"""A pandas, Polars, pyarrow, DuckDB or PySpark table."""

NativeT = TypeVar("NativeT")

FAST_ROWS = 200_000
"""From this many rows on, a pandas frame is reduced by DuckDB when DuckDB is installed.

Below it, handing the frame over costs about as much as it saves; the number is ours, measured.
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
    """

    native: Native
    names: dict[str, str]
    rows: nw.DataFrame[Any] | nw.LazyFrame[Any]
    lazy: nw.LazyFrame[Any]

    @property
    def engine(self) -> str:
        """Name of the caller's engine, such as "pandas", "duckdb" or "pyspark"."""
        return str(self.rows.implementation.name.lower())

    def dtype(self, role: str) -> nw.dtypes.DType:
        """Return the type of the column in a role."""
        return self.rows.collect_schema()[role]

    def example(self, wrong: nw.Expr, show: str) -> str:
        """Say where the first rows are for which `wrong` holds, naming a value of column `show`."""
        rows, keep = self.rows, [*self.names]
        if isinstance(rows, nw.DataFrame):
            found = rows.with_row_index("row").filter(wrong).head(3)
            places = ", ".join(str(i) for i in found["row"].to_list())
            where = f"row {places} (counting from 0)"
        else:
            found = rows.filter(wrong).select(keep).head(1).collect()
            where = "for example"
        value = found[show].to_list()[0]
        return f"{where}, where {self.names[show]!r} is {_plain(value)}"


def _plain(value: Any) -> str:
    """Write a value of any engine as a reader would."""
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return "missing"
    if isinstance(value, dt.date):
        return str(value)[:10]
    return repr(value.item() if isinstance(value, np.generic) else value)


def read(native: Native, **names: str) -> Source:
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
    >>> read(pd.DataFrame({"customer_id": [7]}), customer="customer_id").engine
    'pandas'
    """
    if isinstance(native, pd.DataFrame):
        check_columns([str(c) if not isinstance(c, str) else c for c in native.columns], names)
        rows: Any = nw.from_native(_tidy(native[list(names.values())]))
    else:
        rows = _open(native)
        check_columns(rows.collect_schema().names(), names)
    rows = rows.select(nw.col(name).alias(role) for role, name in names.items())
    return Source(native, names, rows, _work(rows))


def _open(native: Native) -> Any:
    try:
        rows = nw.from_native(native)
    except TypeError:
        kind = type(native).__name__
        raise DataError(f"a {kind} is not a table: pass a {ACCEPTED}") from None
    except ValueError as error:  # Narwhals on doubled names
        raise ColumnError(f"{error}: rename the columns so that each name is there once") from None
    if not isinstance(rows, nw.DataFrame | nw.LazyFrame):
        raise DataError(f"a {type(native).__name__} is not a table: pass a {ACCEPTED}")
    return rows


def check_columns(present: Sequence[str], names: dict[str, str]) -> None:
    """Raise ColumnError unless each named column is present once and serves one role."""
    for role, name in names.items():
        if name not in present:
            close = difflib.get_close_matches(str(name), present, n=1, cutoff=0.5)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise ColumnError(
                f"no column {name!r}{hint}; the table has {', '.join(map(repr, present))}. "
                f"Name the right one with {role}=…"
            )
        if present.count(name) > 1:
            raise ColumnError(f"column {name!r} is there {present.count(name)} times: rename one")
        twin = next((r for r, n in names.items() if n == name and r != role), None)
        if twin:
            raise ColumnError(f"column {name!r} is named for both {role}= and {twin}=")


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
        if frame[name].dtype != object:
            continue
        kind = pd.api.types.infer_dtype(frame[name], skipna=True)
        if kind in {"date", "datetime", "datetime64"}:
            changed[name] = pd.to_datetime(frame[name], errors="coerce")
        elif kind in {"decimal", "floating", "integer", "mixed-integer-float"}:
            changed[name] = pd.to_numeric(frame[name].astype(float))
        elif kind == "integer-na":
            changed[name] = frame[name].astype("Int64")
        elif kind not in {"string", "empty", "boolean"}:
            raise DataError(
                f"column {name!r} mixes kinds of values ({kind}): give it one kind, "
                f"for example with .astype(str)"
            )
        if kind == "integer":
            changed[name] = frame[name].astype("Int64")
    return frame.assign(**changed) if changed else frame


def _work(rows: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the rows lazily, on DuckDB where they are many and in pandas."""
    if isinstance(rows, nw.LazyFrame):
        return rows
    if rows.implementation.is_pandas() and len(rows) >= FAST_ROWS and find_spec("duckdb"):
        schema = rows.collect_schema()
        if all(_fast_type(kind) for kind in schema.values()):
            import duckdb

            connection = duckdb.connect()
            return nw.from_native(connection.from_df(rows.to_native()))
    return rows.lazy()


def _fast_type(kind: nw.dtypes.DType) -> bool:
    if isinstance(kind, nw.Datetime):
        return kind.time_zone is None
    return kind.is_numeric() or kind == nw.String


# ---------------------------------------------------------------------------------------- days

_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_ISO_DAY = (
    "^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP}-02-29)(?:[T ].*)?$"
)
# Text is judged by pattern and compared as text: no engine's own date parser is asked, because
# each fails in its own way on a bad value.


def day(source: Source, role: str) -> nw.Expr:
    """Return the calendar day of a date column, as date, midnight or ISO text.

    Raises
    ------
    DataError
        If the column holds neither dates nor text.
    """
    kind, column = source.dtype(role), nw.col(role)
    if kind == nw.Date:
        return column
    if isinstance(kind, nw.Datetime):
        if kind.time_zone is not None and source.engine != "pyspark":
            column = column.dt.replace_time_zone(None)
        return column.dt.truncate("1d")
    if kind == nw.String:
        return column.str.slice(0, 10)
    raise DataError(
        f"column {source.names[role]!r} holds {kind} values, not dates: "
        f"convert it first, for example with pandas.to_datetime(…, format='%Y%m%d')"
    )


def not_a_day(source: Source, role: str) -> nw.Expr:
    """Return where a date column holds no readable day (null is not counted here)."""
    column = nw.col(role)
    if source.dtype(role) == nw.String:
        return ~column.is_null() & ~column.str.contains(_ISO_DAY)
    return column.is_null() & ~column.is_null()


def day_literal(source: Source, role: str, value: dt.date) -> nw.Expr:
    """Return a day in the form that :func:`day` gives a column, for comparison with it."""
    kind = source.dtype(role)
    if kind == nw.Date:
        return nw.lit(value)
    if kind == nw.String:
        return nw.lit(value.isoformat())
    return nw.lit(dt.datetime(value.year, value.month, value.day))


def as_date(column: nw.Expr, kind: nw.dtypes.DType) -> nw.Expr:
    """Return an expression of :func:`day` as a temporal column."""
    return column.str.to_datetime(format="%Y-%m-%d") if kind == nw.String else column


def day_number(column: nw.Expr, kind: nw.dtypes.DType) -> nw.Expr:
    """Return whole days since a fixed day, from an expression of :func:`day`.

    Integer arithmetic on year, month and day is the one form that gives the same result on every
    engine; differences of dates do not.
    """
    if kind == nw.String:
        parts = (column.str.slice(0, 4), column.str.slice(5, 2), column.str.slice(8, 2))
    else:
        parts = (column.dt.year(), column.dt.month(), column.dt.day())
    year, month, date = (part.cast(nw.Int64) for part in parts)
    month = (month + 9) % 12  # March = 0, so that the leap day ends the year
    year = year - month // 10
    days = year * 365 + year // 4 - year // 100 + year // 400
    return days + (month * 306 + 5) // 10 + date


def number_of(value: dt.date) -> int:
    """Return a day as :func:`day_number` counts it."""
    month = (value.month + 9) % 12
    year = value.year - month // 10
    days = year * 365 + year // 4 - year // 100 + year // 400
    return days + (month * 306 + 5) // 10 + value.day


def to_day(value: Any) -> dt.date | None:
    """Return a collected value of :func:`day` as a date (None stays None)."""
    if value is None or value is pd.NaT:
        return None
    return dt.date.fromisoformat(str(value)[:10])


# ------------------------------------------------------------------------------------- answers


def collect(lazy: nw.LazyFrame[Any]) -> nw.DataFrame[Any]:
    """Run a plan. DuckDB and Spark answer as pandas, so that pyarrow need not be installed."""
    if lazy.implementation.is_duckdb() or lazy.implementation.is_spark_like():
        return lazy.collect("pandas")
    return lazy.collect()


def numbers(frame: nw.DataFrame[Any], column: str) -> NDArray[np.float64]:
    """Return a column as floats, null as NaN."""
    values = frame[column].cast(nw.Float64)
    return np.asarray(values.to_numpy(), dtype=np.float64)


def steady(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to 12 significant digits.

    Engines add up in different orders, so equal totals differ in the last bits. Ranks and cuts
    must not depend on that.
    """
    size = np.floor(np.log10(np.abs(np.where(values == 0, 1.0, values))))
    scale = 10.0 ** np.clip(11 - size, -280, 280)
    return np.asarray(np.round(values * scale) / scale)


def with_arrays(frame: nw.DataFrame[Any], **arrays: Any) -> nw.DataFrame[Any]:
    """Return the frame with numpy arrays or lists added as columns."""
    backend = frame.implementation
    series = [
        nw.new_series(name, values.tolist() if _is_text(values) else values, backend=backend)
        for name, values in arrays.items()
    ]
    if frame.implementation.is_pandas_like():  # Narwhals aligns pandas columns by index
        frame = nw.from_native(frame.to_native().reset_index(drop=True))
    return frame.with_columns(*series)


def _is_text(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype.kind in "UO"


def like(source: Source, frame: nw.DataFrame[Any]) -> Native:
    """Return a computed table in the caller's kind of frame."""
    own, native = source.rows, frame.to_native()
    if isinstance(own, nw.DataFrame):
        if own.implementation.is_pandas():
            return _like_pandas(source, cast(pd.DataFrame, native))
        return native
    if source.engine == "polars":
        return native.lazy()
    if source.engine == "duckdb":
        # `query` keeps the answer on the caller's own connection; DuckDB finds `native` by name.
        return source.native.query("orders_of_caller", "select * from native")
    if source.engine == "pyspark":
        return source.native.sparkSession.createDataFrame(native)
    return native


def _like_pandas(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns that came through DuckDB the types they had in the caller's frame."""
    before = source.rows.to_native()
    kinds = {
        name: before[role].dtype
        for role, name in source.names.items()
        if name in frame.columns and frame[name].dtype != before[role].dtype
    }
    return frame.astype(kinds).reset_index(drop=True) if kinds else frame.reset_index(drop=True)
