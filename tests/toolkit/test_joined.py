"""Totals of several tables, put together by key: by hand, of two widths, and refused."""

from __future__ import annotations

from typing import Any

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
