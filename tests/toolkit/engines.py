"""Every kind of table the toolkit accepts: how to make one from pandas, and how to read it back."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pandas as pd
import pyarrow as pa
from keyaccounts.errors import DroppedRows


def installed(*modules: str) -> bool:
    return all(find_spec(module) for module in modules)


# The oldest versions are tested without Polars and PySpark; what is not there is not listed.
NAMES = [
    "pandas",
    "pandas-fast",
    "pyarrow",
    "duckdb",
    *(["polars", "polars-lazy"] if installed("polars") else []),
    *(["pyspark"] if installed("pyspark") else []),
]
NAMES_BUT_SPARK = [name for name in NAMES if name != "pyspark"]  # there, a column has a type
ZONED = [name for name in NAMES_BUT_SPARK if name != "duckdb"]  # a column can have a time zone
EAGER = ("pandas", "pandas-fast", "polars", "pyarrow")


@dataclass(frozen=True)
class Engine:
    """One kind of table. `make` turns a pyarrow table into it; pandas stays as it is."""

    name: str
    make: Callable[[pa.Table], Any]

    @property
    def eager(self) -> bool:
        return self.name in EAGER

    def table(self, frame: pd.DataFrame) -> Any:
        """Return a pandas frame as a table of this kind."""
        if self.name.startswith("pandas"):
            return frame
        return self.make(pa.Table.from_pandas(frame, preserve_index=False))

    def frame(self, table: Any) -> pd.DataFrame:
        """Return a table of this kind as pandas; any other kind is a mistake of the toolkit."""
        if self.name.startswith("pandas"):
            assert type(table) is pd.DataFrame
            assert list(table.index) == list(range(len(table)))
            return table
        kind = type(table).__module__.split(".")[0], type(table).__name__
        assert (
            kind
            == {
                "polars": ("polars", "DataFrame"),
                "polars-lazy": ("polars", "LazyFrame"),
                "pyarrow": ("pyarrow", "Table"),
                "duckdb": (kind[0], "DuckDBPyRelation"),
                "pyspark": ("pyspark", "DataFrame"),
            }[self.name]
        )
        if self.name == "polars-lazy":
            table = table.collect()
        if self.name.startswith("polars"):
            return pd.DataFrame(table.to_dict(as_series=False))
        if self.name == "pyarrow":
            return pd.DataFrame(table.to_pydict())
        return table.df() if self.name == "duckdb" else table.toPandas()

    def rows(self, table: Any, *columns: str) -> list[tuple[Any, ...]]:
        """Return the rows of a table of this kind as plain values, days as text."""
        frame = self.frame(table)
        wanted = columns or tuple(frame.columns)
        return [
            tuple(plain(v) for v in row) for row in zip(*(frame[c] for c in wanted), strict=True)
        ]


def plain(value: Any) -> Any:
    """Write a value of any engine the same way."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, dt.datetime):
        assert value.time() == dt.time(), "a day, not a time of day"
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        if math.isnan(value):
            return None
        value = float(f"{value:.12g}")
        return int(value) if value.is_integer() else value
    return value


def orders(*rows: tuple[Any, Any, Any], **columns: Any) -> pd.DataFrame:
    """Return order rows (customer, day, amount) as pandas; a keyword replaces a column."""
    names = ("customer_id", "order_date", "amount")
    frame = pd.DataFrame({n: [row[i] for row in rows] for i, n in enumerate(names)})
    return frame.assign(**columns)


@contextmanager
def dropping(*reasons: str) -> Iterator[None]:
    """Expect one warning about rows left out, with these words in it (and no other of its kind)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    texts = [str(w.message) for w in caught if w.category is DroppedRows]
    assert len(texts) == 1, texts
    assert all(reason in texts[0] for reason in reasons), texts
