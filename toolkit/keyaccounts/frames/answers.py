"""Answers: plans run, arrays laid beside keys, and the caller's kind of table made again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import mends
from keyaccounts.errors import DataError
from keyaccounts.frames.names import check_case, check_free
from keyaccounts.frames.sums import Floats, Ints

if TYPE_CHECKING:
    from keyaccounts.frames.source import Native, Source


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


def numbers(frame: nw.DataFrame[Any], column: str) -> Floats:
    """Return a column as floats, null as NaN."""
    values = frame[column]
    if values.dtype != nw.Float64:
        values = values.cast(nw.Float64)
    return np.asarray(values.to_numpy(), dtype=np.float64)


class Words(NamedTuple):
    """A column of few different texts: which there are, and the place of each row's text in them.

    A million rows of text are made from it without a million Python strings.
    """

    known: Sequence[str]
    places: Ints


def with_arrays(frame: nw.DataFrame[Any], /, **arrays: Any) -> nw.DataFrame[Any]:
    """Return the frame with numpy arrays, lists or :class:`Words` added as new columns."""
    for name in frame.columns:
        check_free(name, arrays)
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


def answered(source: Source, found: nw.DataFrame[Any], key: str, /, **columns: Any) -> Native:
    """Return the keys of collected rows with computed columns, in the caller's kind of frame."""
    keys = found.select(nw.col(key).alias(source.names[key]))
    return like(source, with_arrays(keys, **columns), key)


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
