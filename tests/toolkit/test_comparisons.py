"""A column compared with a value: categories in their declared order, days as days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Engine
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.segmentation import progressive

SIZES = ["small", "middle", "large"]  # neither the order of the alphabet nor that of the rows
HELD = ["large", "small", "middle", None, "small"]


def ordered(engine: Engine) -> Any:
    """Return a column whose categories are declared in order, as the engine declares it."""
    if engine.name == "duckdb":
        size = "enum ('small', 'middle', 'large')"
        return duckdb.query(
            "select unnest(['A', 'B', 'C', 'D', 'E']) as k,"
            f" unnest(['large', 'small', 'middle', null, 'small']::{size}[]) as v"
        )
    if engine.name.startswith("polars"):
        import polars as pl

        frame = pl.DataFrame({"k": list("ABCDE"), "v": pl.Series(HELD, dtype=pl.Enum(SIZES))})
        return frame.lazy() if engine.name == "polars-lazy" else frame
    column = pd.Categorical(HELD, categories=SIZES, ordered=True)
    return engine.table(pd.DataFrame({"k": list("ABCDE"), "v": column}))


def likely(engine: Engine, rows: Any, *rule: Any) -> str:
    """Return of whom a rule holds; unknown is the one row of which nothing is known."""
    found = engine.rows(progressive(rows, key="k", criteria={"likely": rule}).table, "k", "likely")
    assert [key for key, label in found if label == "unknown"] == ["D"]
    return "".join(key for key, label in found if label == "likely")


WITH_ORDER = [
    ("<", "middle", "BE"), ("<=", "middle", "BCE"), (">", "middle", "A"), (">=", "middle", "AC"),
    (">", "large", ""), ("<", "small", ""), (">=", "small", "ABCE"),
]  # fmt: skip
WITHOUT = [
    ("==", "middle", "C"), ("!=", "middle", "ABE"), ("in", ["small", "large"], "ABE"),
    ("==", "huge", ""), ("!=", "huge", "ABCE"), ("in", ["huge"], ""),
]  # fmt: skip


def test_categories_are_compared_in_the_order_in_which_they_are_declared(engine: Engine) -> None:
    if engine.name == "pyspark":
        return  # it has text only
    rows = ordered(engine)
    for sign, value, who in WITH_ORDER + WITHOUT:
        assert likely(engine, rows, "v", sign, value) == who, (sign, value)
    with pytest.raises(DataError, match=r"'huge' is none of its categories, which are 'small'"):
        likely(engine, rows, "v", "<", "huge")


def test_categories_without_an_order_are_equal_or_not(engine: Engine) -> None:
    if engine.name in ("duckdb", "pyspark"):
        return  # they have none
    rows = pd.DataFrame({"k": list("ABCDE"), "v": pd.Categorical(HELD)})
    for sign, value, who in WITHOUT:
        assert likely(engine, engine.table(rows), "v", sign, value) == who, (sign, value)
    for sign, value, _ in WITH_ORDER:
        with pytest.raises(DataError, match="column 'v' holds categories without an order"):
            likely(engine, engine.table(rows), "v", sign, value)


def test_other_ways_to_declare_an_order() -> None:
    pandas, pyarrow = (Engine(name, lambda table: table) for name in ("pandas", "pyarrow"))
    kind = pa.dictionary(pa.int8(), pa.string(), ordered=True)
    places = pa.array([2, 0, 1, None, 0], pa.int8())
    column = pa.DictionaryArray.from_arrays(places, pa.array(SIZES), ordered=True)
    arrow = pd.DataFrame({"k": list("ABCDE"), "v": pd.array(column, dtype=pd.ArrowDtype(kind))})
    numbers = pd.Categorical([30, 9, 20, None, 9], categories=[9, 30, 20], ordered=True)
    for sign, value, who in WITH_ORDER:
        assert likely(pandas, arrow, "v", sign, value) == who
    counted = pd.DataFrame({"k": list("ABCDE"), "v": numbers})
    for engine in (pandas, pyarrow):
        assert likely(engine, engine.table(counted), "v", ">", 30) == "C"  # as it is declared
        assert likely(engine, engine.table(counted), "v", "<=", 30) == "ABE"
    plain = pd.DataFrame({"k": list("ABCDE"), "v": pd.Categorical([30, 9, 20, None, 9])})
    for engine in (pandas, pyarrow):  # numbers without a declared order have their own
        assert likely(engine, engine.table(plain), "v", ">", 9) == "AC"
    other = pa.DictionaryArray.from_arrays(places, pa.array(SIZES[::-1]), ordered=True)
    torn = pa.table({"k": list("ABCDEFGHIJ"), "v": pa.chunked_array([column, other])})
    with pytest.raises(DataError, match="pieces of this pyarrow column declare different orders"):
        progressive(torn, key="k", criteria={"likely": ("v", ">", "small")})


DAYS = [dt.date(2026, 1, 5), dt.date(2025, 12, 31), dt.date(2026, 2, 1), None, dt.date(2026, 1, 1)]


@pytest.mark.parametrize("form", ["date", "time", "text"])
def test_days_are_compared_with_days(engine: Engine, form: str) -> None:
    values: Any = DAYS
    if form == "time":
        values = pd.Series(DAYS).astype("datetime64[us]") + pd.Timedelta(hours=15)
    if form == "text":
        values = [day.isoformat() if day else None for day in DAYS]
    rows = engine.table(pd.DataFrame({"k": list("ABCDE"), "v": values}))
    day = dt.date(2026, 1, 5)
    wanted: list[Any] = [day, dt.datetime(2026, 1, 5, 9), np.datetime64(day), pd.Timestamp(day)]
    for value in [*wanted, *(["2026-01-05"] if form != "text" else [])]:
        assert likely(engine, rows, "v", ">=", value) == "AC"
        assert likely(engine, rows, "v", "==", value) == "A"
    assert likely(engine, rows, "v", "<", day) == "BE"
    assert likely(engine, rows, "v", "in", [day, dt.date(2026, 1, 1)]) == "AE"
    if form == "text":
        assert likely(engine, rows, "v", "<", "2026-01-05") == "BE"
        return
    with pytest.raises(ParameterError, match="the rule on column 'v': value='soon' is not a day"):
        likely(engine, rows, "v", ">", "soon")
    with pytest.raises(ParameterError, match="value=5 is not a day"):
        likely(engine, rows, "v", ">", 5)


def test_a_column_of_nothing_is_unknown_whatever_it_is_compared_with(engine: Engine) -> None:
    if engine.name == "pyspark":
        return  # there, a column has a type
    rows = engine.table(pd.DataFrame({"k": ["D"], "v": pd.Series([None], dtype=object)}))
    for value in (dt.date(2026, 1, 5), "small", 3, True):
        assert likely(engine, rows, "v", "==", value) == ""


def test_words_are_no_numbers_in_categories_either(engine: Engine) -> None:
    if engine.name == "pyspark":
        return
    with pytest.raises(DataError, match="not numbers: convert it first"):
        likely(engine, ordered(engine), "v", "==", 3)
    with pytest.raises(DataError, match="values: True is not one"):
        likely(engine, ordered(engine), "v", "==", True)


def test_what_is_no_day_is_not_compared_with_one(engine: Engine) -> None:
    rows = engine.table(pd.DataFrame({"k": ["A"], "v": ["soon"], "n": [5]}))
    with pytest.raises(DataError, match=r"no readable day: .* 'soon'"):
        progressive(rows, key="k", criteria={"likely": ("v", ">", dt.date(2026, 1, 5))})
    with pytest.raises(DataError, match="holds Int64 values, not dates"):
        progressive(rows, key="k", criteria={"likely": ("n", ">", dt.date(2026, 1, 5))})
    dated = engine.table(pd.DataFrame({"k": ["A"], "v": [dt.date(2026, 1, 5)]}))
    with pytest.raises(DataError, match=r"no labels: give a rule .*\('v', '>=', \"2026-03-31\"\)"):
        progressive(dated, key="k", criteria={"likely": "v"})
