"""A caller's table, opened: columns found under their names, and the engine that does the work."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any, TypeAlias, TypeVar

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import mends
from keyaccounts.errors import ColumnError, DataError
from keyaccounts.frames.answers import collect
from keyaccounts.frames.names import check_columns, check_engine_names, check_index, check_names
from keyaccounts.frames.tidy import plain_arrow, tidy
from keyaccounts.tables import missing

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

    def changed(self, column: nw.Expr) -> Source:
        """Return the source with a column changed, in both engines."""
        rows, lazy = self.rows.with_columns(column), self.lazy.with_columns(column)
        return replace(self, rows=rows, lazy=lazy)

    def holding(self, own: Any, lazy: nw.LazyFrame[Any] | None = None) -> Source:
        """Return the source with rows of its engine; `lazy` are the same where another works."""
        rows = nw.from_native(own)
        kept = lazy if self.connection and lazy is not None else rows.lazy()
        return replace(self, rows=rows, lazy=kept)

    def has(self, wanted: nw.Expr) -> bool:
        """Return whether something holds for a row."""
        return bool(collect(self.lazy.select(wanted.cast(nw.Int64).sum().alias("n")))["n"][0])

    def missing(self, role: str) -> nw.Expr:
        """Return where a column holds nothing: null, or in a column of floats not a number."""
        nothing = nw.col(role).is_null()
        return nothing | nw.col(role).is_nan() if self.dtype(role).is_float() else nothing

    def example(self, wrong: nw.Expr, *show: str) -> str:
        """Say where the first rows are for which `wrong` holds, with values of columns there."""
        rows = self.rows
        dated = {role for role in show if self.dtype(role).is_temporal()}
        # As text, since no other library has days beyond the year 9999 to show.
        texts = (nw.when(~nw.col(r).is_null()).then(nw.col(r).cast(nw.String)) for r in dated)
        shown = [*(nw.col(r) for r in show if r not in dated), *texts]
        if isinstance(rows, nw.DataFrame):
            found = rows.with_row_index("row").filter(wrong).head(3)
            places = ", ".join(str(i) for i in found["row"].to_list())
            where = f"row {places} (counting from 0)"
            found = found.head(1).select(*shown)
        else:
            found = collect(rows.filter(wrong).select(*shown).head(1))
            where = "for example"
        said = []
        for role in show:
            value = found[role].to_list()[0]
            day = role in dated and isinstance(value, str)
            text = value.replace("T", " ").split(" ")[0] if day else _plain(value)
            said.append(f"{self.names[role]!r} is {text}")
        return f"{where}, where {' and '.join(said)}"

    def mend(self, role: str, what: str) -> str:
        """Return the line of code that mends a column, in the caller's engine."""
        engine, name = self.engine, self.names[role]
        present = self.native.schema.names if engine == "pyarrow" else [name]
        return mends.line(what, engine, name, present)


def _plain(value: Any) -> str:
    """Write a value of any engine as a reader would."""
    if missing(value):
        return "missing"
    if isinstance(value, dt.date):
        return str(value)[:10]
    value = value.item() if isinstance(value, np.generic) else value
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return repr(int(value) if whole else value)  # some engines make floats of whole numbers


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
    check_names(names)
    native = nw.to_native(native, pass_through=True)
    if isinstance(native, pd.DataFrame):
        rows: Any = None
        present = [*native.columns]
        check_index(native, names)
    else:
        rows = _open(native)
        present = rows.collect_schema().names()
        check_engine_names(rows.implementation, present, names)
    check_columns(present, names)
    names = {role: str(name) for role, name in names.items()}
    if rows is None:
        part = native[list(names.values())]
        if any(name is not None for name in native.index.names):  # it might be named like a role
            part = part.reset_index(drop=True)
        rows = nw.from_native(tidy(part))
    elif rows.implementation.is_pyarrow():
        rows = nw.from_native(plain_arrow(rows.to_native().select([*names.values()])))
    if rows.implementation.is_duckdb():  # in SQL: DuckDB 1 takes other names apart at their dots
        named = [f"{mends.quoted(name)} as {mends.quoted(role)}" for role, name in names.items()]
        rows = nw.from_native(rows.to_native().project(", ".join(named)))
    else:
        rows = rows.select(nw.col(name).alias(role) for role, name in names.items())
    return Source(native, names, rows, *_work(rows))


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
