"""Totals of several tables, put together by key: by hand, of two widths, and refused."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from engines import Engine
from keyaccounts import frames
from keyaccounts.errors import DataError
from keyaccounts.totals import totals

PAID = pd.DataFrame({"who": [3, 1, 3], "paid": [5.0, 2.0, 1.0]})
HOURS = pd.DataFrame({"who": np.array([2, 3], dtype="int16"), "hours": [4.0, 0.5]})
CALLS = pd.DataFrame({"who": np.array([9, 1], dtype="int32"), "calls": [1.0, 7.0]})


def side(table: Any, column: str) -> Any:
    return totals(table, key="who", **{column: column})


def test_three_tables_by_hand(engine: Engine) -> None:
    tables = [engine.table(table) for table in (PAID, HOURS, CALLS)]
    found = frames.joined(
        paid=side(tables[0], "paid"), log=side(tables[1], "hours"), calls=side(tables[2], "calls")
    )
    assert found.keys["key"].to_list() == [1, 2, 3, 9]
    assert {name: values.tolist() for name, values in found.figures.items()} == {
        "paid": [2, 0, 6, 0], "hours": [0, 4, 0.5, 0], "calls": [7, 0, 0, 1],
    }  # fmt: skip
    assert found.source.names["key"] == "who"


def test_a_table_without_rows_does_not_say_what_keys_are(engine: Engine) -> None:
    nobody, some = engine.table(PAID.head(0).astype({"who": object})), engine.table(HOURS)
    found = frames.joined(paid=side(nobody, "paid"), log=side(some, "hours"))
    assert found.keys["key"].to_list() == [2, 3]
    assert found.figures["paid"].tolist() == [0, 0]


def test_a_key_that_does_not_fit_is_refused() -> None:
    far = CALLS.assign(who=[2**40, 1])
    with pytest.raises(DataError, match="Int16 values in log=, which cannot hold 1099511627776 of"):
        frames.joined(log=side(HOURS, "hours"), calls=side(far, "calls"))
    named = CALLS.assign(who=["A", "B"])
    with pytest.raises(DataError, match="Int64 values in paid= and String values in calls="):
        frames.joined(paid=side(PAID, "paid"), calls=side(named, "calls"))


def answered(engine: Engine | None = None, **tables: Any) -> Any:
    """Return the keys of tables with a column `n`, in the first one's kind of table."""
    made = {name: engine.table(table) if engine else table for name, table in tables.items()}
    found = frames.joined(**{name: side(table, "n") for name, table in made.items()})
    return frames.like(found.source, found.keys.select(nw.col("key").alias("who")), "key")


def ones(*keys: int, kind: str = "int64") -> pd.DataFrame:
    return pd.DataFrame({"who": np.array(keys, dtype=kind), "n": 1.0})


def test_keys_of_two_widths_meet_where_they_fit(engine: Engine) -> None:
    for left, log in ((ones(1, 2), ones(1, 3, kind="int32")), (ones(1, 2, kind="int32"), ones(3))):
        assert engine.rows(answered(engine, left=left, log=log)) == [(1,), (2,), (3,)]


@pytest.mark.parametrize(("edge", "beyond"), [(2**31 - 1, 2**31), (-(2**31), -(2**31) - 1)])
def test_keys_at_the_edge_of_a_width_fit_and_one_further_does_not(
    engine: Engine, edge: int, beyond: int
) -> None:
    narrow = ones(7, 8, kind="int32")
    assert (edge,) in engine.rows(answered(engine, left=narrow, log=ones(7, edge)))
    with pytest.raises(DataError, match=f"cannot hold {beyond} of log=: give both the wider type"):
        answered(engine, left=narrow, log=ones(7, beyond))


def test_long_keys_of_one_table_only_keep_every_digit(engine: Engine) -> None:
    found = answered(engine, left=ones(2**53 + 1, 2**53 + 5), log=ones(2**53 + 1, 2**53 + 3))
    assert engine.rows(found) == [(2**53 + 1,), (2**53 + 3,), (2**53 + 5,)]


def test_categories_of_two_tables_meet() -> None:
    left, log = (
        pd.DataFrame({"who": [*names], "n": 1.0}).astype({"who": "category"})
        for names in ("AC", "AB")
    )
    found = answered(left=left, log=log)["who"]
    assert found.tolist() == ["A", "B", "C"]
    assert {*found.cat.categories} == {"A", "B", "C"}


def test_two_kinds_of_text_in_pyarrow_meet_and_two_kinds_of_tables_do_not() -> None:
    pa = pytest.importorskip("pyarrow")
    left, log = (
        pa.table({"who": pa.array([*names], kind), "n": [1.0, 1.0]})
        for names, kind in (("AC", pa.string()), ("AB", pa.large_string()))
    )
    assert answered(left=left, log=log)["who"].to_pylist() == ["A", "B", "C"]
    with pytest.raises(DataError, match="log= is a table of pandas and left= one of pyarrow"):
        answered(left=left, log=log.to_pandas())


@pytest.mark.parametrize("kind", ["hugeint", "bigint"])
def test_duckdb_keys_of_many_digits_stand_in_order(kind: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    left, log = (
        connection.query(f"select k::{wide} who, 1::double n from (values (10), (100), (9)) v(k)")
        for wide in (kind, "hugeint")
    )
    assert [int(row[0]) for row in answered(left=left, log=log).fetchall()] == [9, 10, 100]
