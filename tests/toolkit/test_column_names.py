"""Names of columns that an engine takes for something else: the right answer, or the mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import ColumnError
from keyaccounts.patterns.process import stand
from keyaccounts.purchases import summarize
from keyaccounts.segmentation import abc, buying_traits, progressive, rule_segments

STRANGE = ["^v$", "^.*$", "a.b", "`v`", "a`b", "", "V", "key", "n\0ul", " a\"b'c\n,[0]{$x}%s\\d"]


def as_key(make: Any, name: str) -> Any:
    rows = make({name: ["A", "B"], "v": [1.0, 2.0]})
    found = progressive(rows, key=name, criteria={"likely": ("v", ">", 1)})
    return found.table, (name, "branch"), [("A", "left"), ("B", "remaining")]


def as_value(make: Any, name: str) -> Any:
    rows = make({"k": ["A", "B"], "v": [9.0, 1.0], name: [1.0, 9.0]})
    return abc(rows, key="k", value=name).table, ("k", "rank"), [("A", 2), ("B", 1)]


def as_customer(make: Any, name: str) -> Any:
    rows = make({name: ["B", "A"], "v": [1.0, 2.0], "d": ["2026-01-01"] * 2})
    found = summarize(rows, customer=name, date="d", amount="v")
    return found, (name, "revenue"), [("A", 2), ("B", 1)]


def in_a_rule(make: Any, name: str) -> Any:
    rows = make({"k": ["A", "B"], "v": [9.0, 1.0], name: [1.0, 9.0]})
    rule = {"id": "low", "all": [[name, "between", [0, 1]], ["v", "between", [0, 10]]]}
    found = rule_segments(rows, key="k", rules=[rule])
    return found.table, ("k", "segments"), [("A", "low"), ("B", "")]


def as_item(make: Any, name: str) -> Any:
    rows = make({"k": ["A", "B"], "v": [1.0, 0.0], name: [1.0, 1.0]})
    items = {"trait" if name == "key" else name: name, "v": "v"}
    found = buying_traits(rows, key="k", traits=items)
    return found.table, ("k", "score"), [("A", 1), ("B", 0.5)]


def as_criterion(make: Any, name: str) -> Any:
    rows = make({"k": ["A", "B"], "v": [9.0, 1.0], name: [1.0, 9.0]})
    found = progressive(rows, key="k", criteria={"likely": (name, ">", 5)})
    return found.table, ("k", "branch"), [("A", "left"), ("B", "remaining")]


def as_stage(make: Any, name: str) -> Any:
    rows = make({"k": ["A", "B"], "v": ["2026-01-01"] * 2, name: ["2026-01-02", None]})
    stages = {"begun": "v", "done" if name == "key" else name: name}
    found = stand(rows, key="k", stages=stages, as_of="2026-01-03")
    return found.table, ("k",), [("A",), ("B",)]


ROLES = [as_key, as_value, as_customer, in_a_rule, as_item, as_criterion, as_stage]


def refused(engine: str, name: str) -> str | None:
    """Return what an engine must say of a name; None where it must give the right answer."""
    if engine == "pyspark":
        if "." in name:
            return "PySpark takes what follows the dot"
        if "`" in name:
            return "PySpark takes a backtick for the end of a name"
        if name == "V":
            return "PySpark does not tell it from the column '[Vv]'"
    if engine.startswith("polars") and name in ("^v$", "^.*$"):
        return r"Polars takes what stands between \^ and \$ for a pattern"
    if engine == "duckdb":
        return {
            "": "no column ''; the table has .*v",
            "n\0ul": "DuckDB ends a name at a NUL",
            "V": "no column '[Vv]'",
        }.get(name)
    return None


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
def test_strange_names_are_names_or_the_message_says_why_not(
    engine: Engine, role: Callable[[Any, str], Any]
) -> None:
    def make(columns: dict[str, Any]) -> Any:
        if engine.name.startswith("polars"):  # from pyarrow it gives an empty name another
            import polars as pl

            frame = pl.DataFrame(columns)
            return frame.lazy() if engine.name == "polars-lazy" else frame
        return engine.table(pd.DataFrame(columns))

    for name in STRANGE:
        said = refused(engine.name, name)
        if said is None:
            table, shown, expected = role(make, name)
            assert sorted(engine.rows(table, *shown)) == expected, name
            continue
        with pytest.raises(ColumnError, match=said):
            role(make, name)


def test_names_that_are_no_text_are_said_so(engine: Engine) -> None:
    rows = engine.table(pd.DataFrame({"k": ["A"], "v": [1.0]}))
    for name in (5, None, ("k", "v")):
        with pytest.raises(ColumnError, match="the name of a column is text"):
            abc(rows, key="k", value=name)  # type: ignore[arg-type]
    rule = {"id": "low", "all": [["v", "between", [0, 1]]]}
    with pytest.raises(ColumnError, match=r"columns\['v'\]=5: the name of a column is text"):
        rule_segments(rows, key="k", rules=[rule], columns={"v": 5})  # type: ignore[dict-item]


@pytest.mark.parametrize("index", ["k", ["k", "day"]])
def test_a_column_that_is_the_index_of_pandas(index: Any, pandas_path: None) -> None:
    rows = pd.DataFrame({"k": ["A", "B"], "day": "2026-01-01", "v": [1.0, 9.0]}).set_index(index)
    with pytest.raises(ColumnError, match=r"column 'k' is the index .*, with \.reset_index\(\)$"):
        abc(rows, key="k", value="v")
    with pytest.raises(ColumnError, match="column 'k' is the index"):
        abc(nw.from_native(rows), key="k", value="v")
    assert abc(rows.reset_index(), key="k", value="v").table["k"].tolist() == ["B", "A"]
    both = rows.reset_index().set_index("k", drop=False)  # there, it is a column as well
    assert abc(both, key="k", value="v").table["k"].tolist() == ["B", "A"]
