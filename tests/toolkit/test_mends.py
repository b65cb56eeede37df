"""Each message that says how to mend a column is followed to the letter, and the answer is right.

The line of code in the message is run as it stands, on a table called `rows`, on every engine.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from engines import Engine, installed
from keyaccounts import frames, mends
from keyaccounts.errors import DataError
from keyaccounts.patterns import entries
from keyaccounts.purchases import summarize
from keyaccounts.segmentation import abc, contract_tier, progressive, rule_segments

DAYS = [dt.date(2024, 1, 1), dt.date(2024, 1, 31), None]
KEYS = ["A", "B", "C"]


def made(engine: Engine, values: Any) -> Any:
    """Return a table of three rows; what only pyarrow can say is taken from it."""
    if engine.name.startswith("pandas"):
        if isinstance(values, pa.ChunkedArray | pa.Array):
            values = values.to_pandas()
        return pd.DataFrame({"k": KEYS, "v": values})
    if not isinstance(values, pa.ChunkedArray | pa.Array):
        values = pa.array(values, from_pandas=True)
    return engine.make(pa.table({"k": KEYS, "v": values}))


def followed(message: str, rows: Any) -> Any:
    """Run the line of code that a message gives."""
    code = re.search(r"(?:rows = rows|rows\[).*", message)
    assert code is not None, message
    known: dict[str, Any] = {"rows": rows, "pandas": pd}
    known["pyarrow"] = SimpleNamespace(compute=pc, scalar=pa.scalar)
    if installed("polars"):
        import polars

        known["polars"] = polars
    if installed("pyspark"):
        import pyspark.sql.functions

        known["pyspark"] = pyspark
    exec(code.group(), known)
    return known["rows"]


def mended_numbers(engine: Engine, values: Any, said: str) -> list[Any]:
    rows = made(engine, values)
    with pytest.raises(DataError, match=said) as raised:
        entries.read(rows, key="k", numbers={"v": "v"})
    rows = followed(str(raised.value), rows)
    found = entries.read(rows, key="k", numbers={"v": "v"}).numbers["v"]
    return [None if np.isnan(value) else value for value in found.tolist()]


def mended_days(engine: Engine, values: Any, said: str) -> list[Any]:
    rows = made(engine, values)
    with pytest.raises(DataError, match=said) as raised:
        entries.read(rows, key="k", days={"v": "v"})
    return days_of(followed(str(raised.value), rows))


def days_of(rows: Any) -> list[Any]:
    found = entries.read(rows, key="k", days={"v": "v"}).days["v"]
    zero = frames.number_of(dt.date(1, 1, 1)) - 1
    return [None if np.isnan(n) else dt.date.fromordinal(int(n) - zero) for n in found]


# ------------------------------------------------------------------------------------- numbers

SPANS = [dt.timedelta(5), dt.timedelta(hours=12), None]


@pytest.mark.parametrize("kind", ["us", "ms", "s"])
def test_spans_of_time_are_no_numbers_and_become_days(engine: Engine, kind: str) -> None:
    values = pa.array(SPANS, pa.duration(kind))
    said = "holds Duration values, not numbers: say in which unit, for example in days"
    assert mended_numbers(engine, values, said) == [5.0, 0.5, None]


def test_spans_of_time_as_python_objects_and_in_arrow_columns_of_pandas(pandas_path: None) -> None:
    rows = pd.DataFrame({"k": KEYS})
    pandas = Engine("pandas", lambda table: table)
    for values in (
        pd.Series(SPANS, dtype=object),
        pd.array(SPANS, pd.ArrowDtype(pa.duration("us"))),
    ):
        assert mended_numbers(pandas, values, "holds Duration values") == [5.0, 0.5, None]
    assert mended_numbers(pandas, pd.Series(SPANS).to_numpy(), "Duration") == [5.0, 0.5, None]
    assert rows["k"].tolist() == KEYS


def test_five_days_late_are_not_late(engine: Engine) -> None:
    late = pa.array([dt.timedelta(5), dt.timedelta(0), dt.timedelta(45)])
    rows = made(engine, late)

    def tiers(table: Any) -> Any:
        size = nw.from_native(table).with_columns(size=nw.lit(90_000)).to_native()
        return contract_tier(
            size, key="k", order_size="size", days_late="v", size_cuts=(20_000, 60_000)
        ).table

    with pytest.raises(DataError, match="column 'v' holds Duration values") as raised:
        tiers(rows)
    found = engine.rows(tiers(followed(str(raised.value), rows)), "k", "x_band")
    assert found == [("A", "slow"), ("B", "on-time"), ("C", "late")]


def test_text_and_truth_become_numbers(engine: Engine) -> None:
    text = pa.array(["1.5", "20", None])
    assert mended_numbers(engine, text, "holds String values, not numbers") == [1.5, 20, None]
    if engine.name == "pyspark":  # it has no categories
        return
    categories = pa.array(["30", "7", None]).dictionary_encode()  # not their places 0 and 1
    said = "holds (Categorical|Enum|String) values, not numbers"
    assert mended_numbers(engine, categories, said) == [30, 7, None]


def test_truth_values_become_ones_and_zeros(engine: Engine) -> None:
    rows = made(engine, [True, False, True])
    with pytest.raises(DataError, match="holds Boolean values, not numbers") as raised:
        abc(rows, key="k", value="v")
    mended = abc(followed(str(raised.value), rows), key="k", value="v").table
    assert sorted(engine.rows(mended, "k", "v")) == [("A", 1), ("B", 0), ("C", 1)]
    gap = made(engine, [True, False, None])
    mended = followed(str(raised.value), gap)
    numbers = entries.read(mended, key="k", numbers={"v": "v"}).numbers["v"]
    assert numbers[:2].tolist() == [1, 0]
    assert np.isnan(numbers[2])


@pytest.mark.parametrize("hour", [0, 23])
def test_dates_become_days_until_a_day(engine: Engine, hour: int) -> None:
    values = (
        pa.array(DAYS)
        if not hour
        else pa.array([dt.datetime(2024, 1, 1, hour), dt.datetime(2024, 1, 31, hour), None])
    )
    until = dt.date.fromisoformat(mends.DAY)
    expected = [(until - day).days if day else None for day in DAYS]
    said = "holds (Date|Datetime) values, not numbers: count days first"
    assert mended_numbers(engine, values, said) == expected


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "America/New_York"])
def test_days_until_are_those_of_the_zone(engine: Engine, zone: str) -> None:
    if engine.name in ("pyspark", "duckdb"):
        return  # there the zone of the session counts
    local = pd.DatetimeIndex(["2024-01-01 23:30", "2024-01-31 00:30", None]).tz_localize(zone)
    values = pa.array(local)
    if engine.name.startswith("pandas"):
        values = local
    until = dt.date.fromisoformat(mends.DAY)
    expected = [(until - day).days if day else None for day in DAYS]
    assert mended_numbers(engine, values, "count days first") == expected


def test_categories_of_numbers_are_numbers(pandas_path: None) -> None:
    rows = pd.DataFrame({"k": KEYS, "v": pd.Categorical([30, 7, None])})
    assert entries.read(rows, key="k", numbers={"v": "v"}).numbers["v"][:2].tolist() == [30, 7]
    assert abc(rows.head(2), key="k", value="v").table["v"].tolist() == [30, 7]
    rule = {"id": "few", "all": [["v", "between", [0, 10]]]}
    found = rule_segments(rows, key="k", rules=[rule]).table["verdict"].tolist()
    assert found == ["none", "one", "unknown"]


HUGE = [Decimal("1" + "0" * 30), Decimal("2" + "0" * 30), Decimal(5)]


def test_very_large_decimals(engine: Engine) -> None:
    if engine.name.startswith("pandas"):
        rows = pd.DataFrame({"k": KEYS, "v": pd.Series(HUGE, dtype=object)})
        with pytest.raises(DataError, match="holds numbers of more than 64 bits") as raised:
            abc(rows, key="k", value="v")
        amounts, keys = re.search(
            r"floats, with (.*), and keys text, with (.*)$", str(raised.value)
        ).groups()  # type: ignore[union-attr]
        asked = followed(keys, rows.copy())
        assert abc(asked.assign(w=[1.0, 2, 3]), key="v", value="w").table["v"].tolist() == [
            "5", "2000000000000000000000000000000", "1000000000000000000000000000000",
        ]  # fmt: skip
        rows = followed(amounts, rows)
    else:
        rows = made(engine, pa.array(HUGE, pa.decimal128(38, 0)))
    found = engine.rows(abc(rows, key="k", value="v").table, "k", "v")
    assert found == [("B", 2e30), ("A", 1e30), ("C", 5)]


def test_decimals_of_more_digits_than_narwhals_knows(pandas_path: None) -> None:
    values = pa.array([Decimal(10) ** 50, Decimal(1), None], pa.decimal256(76, 0))
    rows = pa.table({"k": KEYS, "v": values})
    for table in (rows, rows.to_pandas(types_mapper=pd.ArrowDtype)):
        found = entries.read(table, key="k", numbers={"v": "v"}).numbers["v"]
        assert str(found.tolist()) == "[1e+50, 1.0, nan]"


@pytest.mark.parametrize("values", [["1", 2, None], [1, "2", 3.5]])
def test_python_objects_of_several_kinds(values: list[Any], pandas_path: None) -> None:
    rows = pd.DataFrame({"k": KEYS, "v": pd.Series(values, dtype=object)})
    with pytest.raises(DataError, match=r"holds Python objects \(mixed") as raised:
        entries.read(rows, key="k", numbers={"v": "v"})
    numbers, names = re.search(
        r"numbers for example with (.*), names with (.*)$", str(raised.value)
    ).groups()  # type: ignore[union-attr]
    found = entries.read(followed(numbers, rows.copy()), key="k", numbers={"v": "v"}).numbers["v"]
    assert found.tolist()[:2] == [1, 2]
    words = entries.read(followed(names, rows.copy()), key="k", words={"v": "v"}).words["v"]
    assert words == [str(value) if value is not None else "" for value in values]


def test_categories_of_several_kinds() -> None:
    rows = pd.DataFrame({"k": pd.Categorical(["a", 1], categories=["a", 1]), "v": 1.0})
    with pytest.raises(DataError, match="column 'k' has categories of several kinds") as raised:
        abc(rows, key="k", value="v")
    found = abc(followed(str(raised.value), rows), key="k", value="v").table
    assert found["k"].tolist() == ["1", "a"]


# ---------------------------------------------------------------------------------------- days


@pytest.mark.parametrize("kind", [int, float])
def test_days_as_excel_counts_them(engine: Engine, kind: Any) -> None:
    half = 0.5 if kind is float else 0
    values = pa.array([kind(45292) + half, kind(45322) + half, None])
    assert mended_days(engine, values, "values, not dates: convert it first") == DAYS


@pytest.mark.parametrize("kind", [int, float])
def test_days_written_as_whole_numbers(engine: Engine, kind: Any) -> None:
    values = pa.array([kind(20240101), kind(20240131), None])
    assert mended_days(engine, values, "values, not dates: convert it first") == DAYS


def test_numbers_that_may_mean_anything_are_no_days(engine: Engine) -> None:
    for values in ([2024, 2025, None], [1_704_067_200, 1_706_659_200, None], [True, False, None]):
        rows = made(engine, values)
        with pytest.raises(DataError, match="not dates: give it dates, or text such as 2026-03-31"):
            entries.read(rows, key="k", days={"v": "v"})


def test_categories_become_days(engine: Engine) -> None:
    if engine.name in ("pyspark", "duckdb"):
        return  # they make text of them, which is read
    values = pa.array(["2024-01-01", "2024-01-31", None]).dictionary_encode()
    assert mended_days(engine, values, "holds (Categorical|Enum) values, not dates") == DAYS


@pytest.mark.parametrize("kind", ["D", "h", "s"])
def test_periods_of_a_day_or_less_are_days(kind: str, pandas_path: None) -> None:
    periods = pd.PeriodIndex(pd.DatetimeIndex(DAYS), freq=kind)
    for values in (periods, pd.Series(periods, dtype=object)):
        rows = pd.DataFrame({"k": KEYS, "v": values})
        assert days_of(rows) == DAYS
        orders = rows.head(2).assign(amount=1.0)
        found = summarize(orders, customer="k", date="v", amount="amount")
        assert found["age"].tolist() == [30, 0]


def test_periods_of_a_month_are_no_days(pandas_path: None) -> None:
    pandas = Engine("pandas", lambda table: table)
    periods = pd.PeriodIndex(pd.DatetimeIndex(DAYS), freq="M")
    first = dt.date(2024, 1, 1)
    assert mended_days(pandas, periods, "not dates: convert it first") == [first, first, None]


def test_labels_that_are_numbers_become_a_rule(engine: Engine) -> None:
    rows = made(engine, [3, 0, None])
    with pytest.raises(DataError, match="no labels: give a rule instead, such as ") as raised:
        progressive(rows, key="k", criteria={"likely": "v"})
    rule = eval(re.search(r"such as (\(.*\))$", str(raised.value)).group(1))  # type: ignore[union-attr]
    found = progressive(rows, key="k", criteria={"likely": rule}).table
    assert engine.rows(found, "branch") == [("remaining",), ("left",), ("unknown",)]
