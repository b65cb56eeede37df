"""The ground floor: columns found, days counted, answers in the caller's kind of table."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import random
import re
import uuid
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from engines import Engine, dropping, installed, orders
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts import frames
from keyaccounts.errors import ColumnError, DataError
from keyaccounts.patterns import entries
from keyaccounts.patterns.process import stand
from keyaccounts.patterns.scorecard import scorecard
from keyaccounts.purchases import summarize
from keyaccounts.segmentation import (
    abc,
    buying_traits,
    contract_tier,
    engagement,
    potential_relationship,
    progressive,
    pyramid,
    rfm,
    rfm_scores,
    satisfaction,
    tail_scenario,
    time_spent,
    vip_check,
    whale_curve,
)

PERIOD = {"start": "2026-01-01", "end": "2026-01-31"}

# ---------------------------------------------------------------------------------------- days


def some_days() -> list[dt.date]:
    """Return the days around which calendars go wrong, and two hundred others."""
    edges = [dt.date(y, m, d) for y in (1000, 1600, 1899, 1900, 1969, 1970, 2000, 2024, 2100, 9999)
             for m, d in ((1, 1), (2, 28), (3, 1), (12, 31))]  # fmt: skip
    leap = [dt.date(y, 2, 29) for y in (1600, 1904, 1968, 2000, 2024, 9996)]
    chance = random.Random(7)
    return (
        edges + leap + [dt.date.fromordinal(chance.randint(400_000, 3_600_000)) for _ in range(200)]
    )


def test_days_are_counted_as_calendars_do(engine: Engine) -> None:
    days = some_days()
    plain = {"date": days, "text": [day.isoformat() for day in days]}
    if engine.name != "pyspark":  # pandas cannot take its times before 1677 back
        plain["time"] = np.array(days, dtype="datetime64[us]") + np.timedelta64(86399, "s")
    for values in plain.values():
        frame = pd.DataFrame({"date": pd.Series(values), "place": range(len(days))})
        source = frames.read(engine.table(frame), date="date", place="place")
        number = frames.day_number(frames.day_of(source, "date"), source.dtype("date"))
        found = frames.collect(source.lazy.select(number.alias("n"), "place").sort("place"))
        zero = frames.number_of(dt.date(1, 1, 1)) - 1
        assert [n - zero for n in found["n"].to_list()] == [day.toordinal() for day in days]


@given(st.dates(), st.dates())
def test_a_number_of_days_lies_between_two_days(one: dt.date, other: dt.date) -> None:
    assert frames.number_of(one) - frames.number_of(other) == (one - other).days


@given(
    st.integers(0, 9999), st.integers(0, 19), st.integers(0, 39), st.sampled_from(["", "T12", " 1"])
)
def test_text_is_a_day_when_the_calendar_has_it(year: int, month: int, day: int, rest: str) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        known = dt.date.fromisoformat(text).year >= 1000
    except ValueError:
        known = False
    assert bool(re.search(frames.days._ISO_DAY, text + rest)) is known


def test_a_century_has_a_leap_day_once_in_four(engine: Engine) -> None:
    centuries = range(1000, 10000, 100)  # 2000 and 2400 have one; 2100, 2200 and 2300 have none
    for year in centuries:
        found = re.search(frames.days._ISO_DAY, f"{year}-02-29")
        assert bool(found) is calendar.isleap(year), year
        assert re.search(frames.days._ISO_DAY, f"{year + 4}-02-29")
        assert not re.search(frames.days._ISO_DAY, f"{year + 2}-02-29")
    days = [dt.date(y, m, d) for y in centuries for m, d in ((2, 28), (3, 1))]
    for values in (days, [day.isoformat() for day in days]):
        rows = pd.DataFrame({"key": range(len(days)), "day": pd.Series(values)})
        number = entries.read(engine.table(rows), key="key", days={"day": "day"}).days["day"]
        gaps = (number[1::2] - number[::2]).tolist()
        assert gaps == [2 if calendar.isleap(year) else 1 for year in centuries]
    rows = pd.DataFrame({"key": ["A"], "day": ["2200-02-29"]})
    with pytest.raises(DataError, match="'day': not a day in 1 of 1 rows"):
        entries.read(engine.table(rows), key="key", days={"day": "day"})


def test_a_missing_day_has_no_number(engine: Engine) -> None:
    for days in (["2026-01-02", None], [dt.date(2026, 1, 2), None]):
        source = frames.read(engine.table(pd.DataFrame({"date": days})), date="date")
        number = frames.day_number(frames.day_of(source, "date"), source.dtype("date")).alias(
            "date"
        )
        values = frames.numbers(frames.collect(source.lazy.select(number)), "date")
        assert np.isnan(values).tolist() == [False, True]


def far_days(engine: Engine, what: str) -> Any:
    """Return a table with a day that Python has none of: two good rows, one bad."""
    if engine.name == "duckdb":
        return duckdb.query(  # on a connection that DuckDB itself holds
            "select unnest(['A', 'B', 'C']) as customer_id, 1.0 as amount,"
            f" unnest([{what} '2026-01-01', {what} '2026-01-02', {what} 'infinity']) as order_date"
        )
    kind, size = (pa.date32(), 1) if what == "date" else (pa.timestamp("s"), 86400)
    days = pa.array([20454 * size, 20455 * size, 6_585_334 * size])  # the last: January 13, 20000
    if engine.name.startswith("pandas"):
        seconds = pc.multiply(days.cast("int64"), 86400 // size).to_numpy()
        column: Any = seconds.astype("datetime64[s]")
        return pd.DataFrame({"customer_id": list("ABC"), "amount": 1.0, "order_date": column})
    if what == "date":
        days = days.cast("int32")
    table = pa.table(
        {"customer_id": list("ABC"), "amount": [1.0] * 3, "order_date": days.cast(kind)}
    )
    if engine.name == "pyspark":  # it takes no such day from Python either
        plain = engine.make(table.drop_columns(["order_date"]))
        expression = "case customer_id when 'C' then date '+20000-01-13' else date '2026-01-02' end"
        from pyspark.sql import functions

        return plain.withColumn("order_date", functions.expr(expression).cast(what))
    return engine.make(table)


@pytest.mark.parametrize("what", ["date", "timestamp"])
def test_days_beyond_the_years_that_python_has(engine: Engine, what: str) -> None:
    rows = far_days(engine, what)
    shown = "infinity" if engine.name == "duckdb" else r"\+?20000-01-13"
    with pytest.raises(DataError, match=f"not a day in 1 of 3 rows: .* is 'C' and .* is {shown}"):
        summarize(rows)
    with dropping("left out of 3 rows: 1 with order_date not a day"):
        found = summarize(rows, unusable="drop")
    assert [row[0] for row in engine.rows(found, "customer_id")] == ["A", "B"]
    with pytest.raises(DataError, match=f"not a day in 1 of 3 rows: .* is {shown}"):
        entries.read(rows, key="customer_id", days={"day": "order_date"})
    with pytest.raises(
        DataError, match=f"'order_date': days outside the years 1 to 9999: .*{shown}"
    ):
        abc(rows, key="order_date", value="amount")
    with pytest.raises(DataError, match="not a day in 1 of 3 rows"):
        satisfaction(rows, **PERIOD, date="order_date", score="amount")


def test_the_first_and_the_last_day_that_python_has_are_days(engine: Engine) -> None:
    if engine.name == "pyspark":
        return  # it counts days before October 1582 by another calendar
    ends = [dt.date.min, dt.date.max]
    rows = engine.table(pd.DataFrame({"key": ["A", "B"], "day": pd.Series(ends, dtype=object)}))
    days = entries.read(rows, key="key", days={"day": "day"}).days["day"]
    assert days.tolist() == [frames.number_of(day) for day in ends]


def test_days_collected_from_any_engine() -> None:
    day = dt.date(2026, 1, 2)
    for value in (
        day,
        dt.datetime(2026, 1, 2),
        pd.Timestamp(day),
        np.datetime64(day),
        "2026-01-02",
    ):
        assert frames.to_day(value) == day
    for nothing in (None, pd.NaT, math.nan, pd.NA):
        assert frames.to_day(nothing) is None


# ------------------------------------------------------------------------------------- numbers


@given(st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1))
def test_steady_changes_no_number_that_matters(values: list[float]) -> None:
    found = frames.steady(np.array(values))
    assert found == pytest.approx(values, rel=1e-11, abs=1e-250)
    assert frames.steady(found).tolist() == found.tolist()


def test_steady_makes_equal_what_only_rounding_tells_apart() -> None:
    assert frames.steady(np.array([0.1 + 0.2]))[0] == 0.3
    assert frames.steady(np.array([0.0, -0.0, 1e11 + 1]))[2] == 1e11 + 1


@pytest.mark.parametrize(
    ("left", "right", "net"),
    [
        (0.3, 0.1 + 0.2, 0.0),
        (1e6 + 0.1, 1e6, 0.1),  # to a machine 0.09999999998
        (1.0, 1 - 4e-12, 0.0),  # eleven places behind the first digit are sure, and no more
        (1.0, 1 - 6e-12, 1e-11),
        (1 - 6e-12, 1.0, -1e-11),  # the larger of the two says how many, on whichever side it is
        (-1.0, 6e-12 - 1, -1e-11),
        (6e-12 - 1, -1.0, 1e-11),
        (100.0, 99.999999999, 1e-9),
        (4.574086636685162e19, 5.012844459150324e19, -4.3875782247e18),
        (0.0, 0.0, 0.0),
        (2e-290, 1e-290, 0.0),
    ],
)
def test_less_keeps_what_both_numbers_are_sure_of(left: float, right: float, net: float) -> None:
    assert frames.less(np.array([left]), np.array([right])).tolist() == [net]


def test_nets_that_are_equal_on_paper_are_ties() -> None:
    left, right = np.array([0.3, 1000.1, 40.0, 1e9 + 0.3]), np.array([0.1, 999.9, 39.8, 1e9 + 0.1])
    assert len({*(left - right).tolist()}) == 4  # 0.2 each, and no two alike
    assert {*frames.less(left, right).tolist()} == {0.2}


def test_settled_is_zero_only_where_rounding_is_all_there_is(engine: Engine) -> None:
    totals, sizes = [-2.8e-17, 0.0, -0.01, 5.0], [0.6, 0.0, 2e9, 5.0]
    table = engine.table(pd.DataFrame({"total": totals, "size": sizes, "place": range(4)}))
    source = frames.read(table, total="total", size="size", place="place")
    settled = frames.settled(nw.col("total"), nw.col("size"))
    found = frames.collect(source.lazy.select(settled, "place").sort("place"))
    assert found["total"].to_list() == [0.0, 0.0, -0.01, 5.0]


# ------------------------------------------------------------------------------------- reading


def test_the_engine_has_a_name(engine: Engine) -> None:
    source = frames.read(engine.table(pd.DataFrame({"a": [1]})), a="a")
    assert source.engine == engine.name.split("-")[0]


def test_frames_that_narwhals_has_opened() -> None:
    import narwhals

    opened = narwhals.from_native(ORDERS), nw.from_native(ORDERS)
    for frame in opened:
        assert type(summarize(frame)) is pd.DataFrame


def test_close_names_are_suggested_and_far_ones_are_not() -> None:
    with pytest.raises(ColumnError, match=r"did you mean 'Amount'\?"):
        frames.read(pd.DataFrame({"Amount": [1]}), amount="amount")
    with pytest.raises(ColumnError) as raised:
        frames.read(pd.DataFrame({"qty": [1], 5: [1]}), amount="amount")
    assert str(raised.value) == (
        "no column 'amount'; the table has 'qty', 5. Name the right one with amount=…"
    )


def test_messages_name_rows_by_place_not_by_label() -> None:
    frame = orders(("A", "2026-01-01", 1.0), ("B", "n/a", 1.0)).set_axis([70, 80])
    with pytest.raises(ValueError, match=r"row 1 \(counting from 0\), where .*_date' is 'n/a'"):
        summarize(frame)


def test_messages_write_values_as_readers_do(engine: Engine) -> None:
    for day, words in ((None, "missing"), (dt.date(2026, 1, 2), "2026-01-02")):
        frame = orders((None, day, 1.5), ("B", dt.date(2026, 1, 2), 1.5))
        with pytest.raises(DataError, match=f"where 'order_date' is {words}\\. Fill it in"):
            summarize(engine.table(frame))
    frame = pd.DataFrame({"account": [None, "B"], "amount": [1.5, 2.5]})
    with pytest.raises(DataError, match=r"where 'amount' is 1\.5\. Fill it in"):
        abc(engine.table(frame), key="account", value="amount")


def test_numbers_of_two_kinds_in_one_pandas_column(pandas_path: None) -> None:
    frame = ORDERS.assign(customer_id=pd.Series([1, 2.5], dtype=object))
    assert summarize(frame)["customer_id"].tolist() == [1, 2.5]


# --------------------------------------------------------------------------------- fast pandas


def lazy_engine(frame: pd.DataFrame) -> str:
    source = frames.read(frame, **{name: name for name in frame.columns})
    return str(source.lazy.implementation.name.lower())


def test_many_pandas_rows_go_through_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = orders(("A", "2026-01-01", 1.0), ("B", "2026-01-02", 2.0))
    assert lazy_engine(frame) == "pandas"
    monkeypatch.setattr(frames.source, "FAST_ROWS", 2)
    assert lazy_engine(frame) == "duckdb"
    assert lazy_engine(frame.head(1)) == "pandas"
    zoned = frame.assign(order_date=pd.Timestamp("2026-01-01", tz="Asia/Tokyo"))
    assert lazy_engine(zoned) == "duckdb"  # as its own zone's clocks show it
    assert lazy_engine(frame.assign(customer_id=pd.Categorical(["A", "B"]))) == "pandas"
    monkeypatch.setattr(frames.source, "find_spec", lambda name: None)
    assert lazy_engine(frame) == "pandas"  # DuckDB is not installed


# --------------------------------------------------------------------------------- the way back

ORDERS = orders(("A", "2026-01-01", 1.0), ("B", "2026-01-02", 2.0))


def test_pandas_ids_keep_their_type(pandas_path: None) -> None:
    texts, numbers = pd.Series(["1", "0"]), pd.Series([1, 0])
    for ids in (
        *(texts.astype(kind) for kind in ("string", "object", "category")),
        *(numbers.astype(kind) for kind in ("int8", "uint64", "float32", "Int16", "bool")),
    ):
        frame = ORDERS.assign(customer_id=ids)
        for found in (rfm(frame).table, summarize(frame)):
            assert found["customer_id"].dtype == ids.dtype


def test_sums_do_not_squeeze_into_the_type_of_the_amounts(engine: Engine) -> None:
    frame = pd.DataFrame({"account": ["A", "A", "B"], "amount": np.array([100, 100, 1], "int8")})
    found = abc(engine.table(frame), key="account", value="amount")
    assert engine.rows(found.table, "account", "amount") == [("A", 200), ("B", 1)]


def test_polars_ids_keep_their_type() -> None:
    pl = pytest.importorskip("polars")
    for kind in (pl.Int16, pl.UInt64, pl.Categorical, pl.Date, pl.Decimal(20, 0)):
        ids = pl.Series([1, 0]).cast(pl.String if kind == pl.Categorical else pl.Int32).cast(kind)
        table = pl.from_pandas(ORDERS).with_columns(customer_id=ids)
        assert rfm(table).table.schema["customer_id"] == table.schema["customer_id"]
        assert summarize(table).schema["customer_id"] == table.schema["customer_id"]


def test_lazy_polars_stays_a_plan() -> None:
    pl = pytest.importorskip("polars")

    def told(frame: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError("computed too early")

    found = summarize(pl.from_pandas(ORDERS).lazy(), until="2026-02-01")
    assert isinstance(found, pl.LazyFrame)
    assert isinstance(found.map_batches(told, schema=found.collect_schema()), pl.LazyFrame)


def test_polars_objects_are_no_ids() -> None:
    pl = pytest.importorskip("polars")
    table = pl.from_pandas(ORDERS).with_columns(
        customer_id=pl.Series([object()] * 2, dtype=pl.Object)
    )
    with pytest.raises(DataError, match="column 'customer_id' holds Object values"):
        rfm(table)


@pytest.mark.skipif(
    int(pa.__version__.split(".")[0]) < 20, reason="this pyarrow cannot make views of text"
)
def test_pyarrow_views_of_text() -> None:
    table = pa.Table.from_pandas(ORDERS).set_column(
        1, "order_date", pa.array(ORDERS["order_date"].tolist()).cast(pa.string_view())
    )
    table = table.set_column(0, "customer_id", pa.array(["B", "A"]).cast(pa.string_view()))
    assert summarize(table)["customer_id"].to_pylist() == ["A", "B"]
    assert rfm(table).table["cell"].to_pylist() == ["535", "131"]  # all alike in orders


@pytest.mark.parametrize(
    "ids", [[b"ab", b"cd"], [uuid.UUID(int=1), uuid.UUID(int=2)]], ids=["bytes", "uuids"]
)
def test_pyarrow_ids_that_it_cannot_group(ids: list[Any]) -> None:
    width = 2 if isinstance(ids[0], bytes) else 16
    keys = pa.array([i if isinstance(i, bytes) else i.bytes for i in ids], pa.binary(width))
    table = pa.Table.from_pandas(ORDERS).set_column(0, "customer_id", keys)
    with pytest.raises(DataError, match="column 'customer_id' holds Unknown values"):
        summarize(table)


def test_pyarrow_chunks() -> None:
    table = pa.concat_tables([pa.Table.from_pandas(ORDERS), pa.Table.from_pandas(ORDERS)])
    assert summarize(table)["revenue"].to_pylist() == [2.0, 4.0]


class TestDuckdb:
    def test_default_connection(self) -> None:
        found = rfm(duckdb.sql("select 'A' customer_id, date '2026-01-01' order_date, 1 amount"))
        assert found.table.fetchall() == [("A", 0, 1, 1.0, 3, 3, 3, "333", 9)]

    def test_answers_stay_on_the_callers_connection(self) -> None:
        own = duckdb.connect()
        own.execute("create table kept as select 'A' customer_id, 'north' region")
        source = own.sql("select 'A' customer_id, date '2026-01-01' order_date, 1.50 amount")
        scored, history = rfm(source).table, summarize(source)
        assert scored.join(own.table("kept"), "customer_id").fetchall()[0][-1] == "north"
        assert history.join(own.table("kept"), "customer_id").fetchall()[0][-1] == "north"
        first = abc(source, key="customer_id", value="amount")
        second = abc(source.filter("false").union(source), key="customer_id", value="amount")
        assert first.table.fetchall() == second.table.fetchall()

    def test_nothing_of_the_callers_is_touched_or_taken_for_the_answer(self) -> None:
        own = duckdb.connect()
        for name in ("native", "caller", "answer", "orders"):
            own.execute(f"create table {name} as select 42 as x")
        source = own.sql("select 'A' customer_id, date '2026-01-01' order_date, 1 amount")
        assert rfm(source).table.columns[0] == "customer_id"
        assert own.sql("select count(*) from duckdb_tables()").fetchall() == [(4,)]

    @pytest.mark.parametrize(
        "kind", ["date", "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "varchar"]
    )
    def test_days_of_every_type(self, kind: str) -> None:
        own, days = duckdb.connect(), "unnest(['2026-01-01', '2026-01-03'])"
        source = own.sql(f"select 'A' customer_id, {days}::{kind} order_date, 1 amount")
        found = summarize(source, until="2026-01-04").df()
        assert found[["orders", "recency", "age"]].values.tolist() == [[2, 2, 3]]
        assert rfm(source, as_of="2026-01-04").table.fetchall()[0][1:3] == (1, 2)

    @pytest.mark.parametrize("kind", ["decimal(18,2)", "hugeint", "real", "tinyint", "ubigint"])
    def test_amounts_of_every_type(self, kind: str) -> None:
        own, day = duckdb.connect(), "date '2026-01-01'"
        source = own.sql(
            f"select 1 customer_id, {day} order_date, unnest([100, 27])::{kind} amount"
        )
        assert summarize(source).df()["revenue"].tolist() == [127.0]
        ranked = abc(source, key="customer_id", value="amount").table
        assert ranked.df()["amount"].tolist() == [127.0]


@pytest.mark.skipif(not installed("pyspark"), reason="PySpark is not installed")
class TestSpark:
    def test_days_are_those_of_the_sessions_zone(self, spark: Any) -> None:
        at = [
            dt.datetime(2026, 1, day, hour, tzinfo=dt.UTC) for day, hour in ((6, 2), (6, 4), (6, 6))
        ]
        zone = spark.conf.get("spark.sql.session.timeZone")
        table = spark.createDataFrame(
            [("A", moment, 1.0) for moment in at],
            "customer_id string, order_date timestamp, amount double",
        )
        spark.conf.set("spark.sql.session.timeZone", "America/New_York")
        try:  # 2 and 4 o'clock are still January 5 there
            found = summarize(table, until="2026-01-05").collect()
            assert [(row.orders, row.revenue, row.age) for row in found] == [(1, 2.0, 0)]
            assert str(rfm(table).as_of) == "2026-01-06"
        finally:
            spark.conf.set("spark.sql.session.timeZone", zone)

    def test_a_dot_in_a_name(self, spark: Any) -> None:
        table = spark.createDataFrame(
            [("A", "2026-01-01", 1.0)], ["cust.id", "order_date", "amount"]
        )
        with pytest.raises(ColumnError, match=r"'cust\.id' \(customer=\): PySpark takes .* rename"):
            rfm(table, customer="cust.id")

    def test_types_of_the_answer(self, spark: Any) -> None:
        table = spark.createDataFrame(
            [(1, dt.date(2026, 1, 1), 1.0)], "customer_id int, order_date date, amount double"
        )
        kinds = dict(rfm(table).table.dtypes)
        assert kinds == {
            "customer_id": "int", "recency": "bigint", "frequency": "bigint", "monetary": "double",
            "r": "bigint", "f": "bigint", "m": "bigint", "cell": "string", "score": "bigint",
        }  # fmt: skip
        empty = rfm(table.filter("false")).table
        assert dict(empty.dtypes) == kinds
        assert empty.collect() == []


def test_a_pandas_index_may_have_any_name() -> None:
    frame = pd.DataFrame({"K": ["a", "b"], "V": [1.0, 2.0]}).rename_axis("key")
    graded = progressive(frame, key="K", criteria={"likely": ("V", ">", 1)})
    assert graded.table["branch"].tolist() == ["left", "remaining"]


def test_pandas_columns_of_arrow_dictionaries() -> None:
    pa = pytest.importorskip("pyarrow")
    kind = pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
    frame = pd.DataFrame({"k": pd.array(["x", "y", "x"], dtype=kind), "v": [1.0, 5.0, 2.0]})
    assert abc(frame, key="k", value="v").table["k"].tolist() == ["y", "x"]


def test_duckdb_tables_may_have_any_name_and_columns_that_differ_by_case_may_not() -> None:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.query("create table keyaccounts_answer as select 1 as k, 2.0 as v")
    found = abc(connection.table("keyaccounts_answer"), key="k", value="v")
    assert "rank" in found.table.columns
    with pytest.raises(ColumnError, match="does not tell the column 'Rank' from 'rank'"):
        abc(connection.query('select 1 as "Rank", 2.0 as v'), key="Rank", value="v")


def test_a_duckdb_connection_that_is_closed() -> None:
    connection = duckdb.connect()
    rows = connection.query("select 1 as k, 2.0 as v")
    connection.close()
    with pytest.raises(DataError, match="the connection of this DuckDB table is closed: keep it"):
        abc(rows, key="k", value="v")


def test_a_duckdb_connection_that_takes_no_tables_from_python() -> None:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.query("set enable_external_access=false")
    with pytest.raises(DataError, match=r"takes no tables from Python.*\.df\(\)"):
        abc(connection.query("select 1 as k, 2.0 as v"), key="k", value="v")


def test_numbers_fetched_from_duckdb_are_those_of_its_own_frame() -> None:
    connection = duckdb.connect()  # by name: older DuckDBs close one that nobody holds
    relation = connection.query(
        "select * from (values (1::bigint, 2.5::double, 7::integer, null::double),"
        " (2, null, null, null)) t(whole, part, gap, empty)"
    )
    found = frames.collect(nw.from_native(relation)).to_native()
    pd.testing.assert_frame_equal(found.astype(float), relation.df().astype(float))
    assert found["whole"].dtype == "int64"
    assert found["gap"].isna().tolist() == [False, True]
    assert len(frames.collect(nw.from_native(relation.filter("whole > 5")))) == 0


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Ho_Chi_Minh", "Etc/GMT-8", "UTC"])
@pytest.mark.parametrize("fast", [2, 500_000])
def test_a_pandas_column_of_any_zone_counts_its_local_days(
    zone: str, fast: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames.source, "FAST_ROWS", fast)
    late = pd.to_datetime(["2026-01-01 23:30", "2026-01-02 00:30"]).tz_localize(zone)
    rows = pd.DataFrame({"customer_id": ["A", "A"], "order_date": late, "amount": [1.0, 2.0]})
    assert summarize(rows)[["orders", "recency"]].to_numpy().tolist() == [[2, 1]]


def test_names_that_sql_cannot_tell_apart_are_refused_by_engines_of_sql(engine: Engine) -> None:
    rows = engine.table(pd.DataFrame({"k": ["A"], "Class": [5.0]}))
    named = engine.table(ORDERS.rename(columns={"customer_id": "Revenue"}))
    if engine.name not in ("duckdb", "pyspark"):
        assert engine.rows(abc(rows, key="k", value="Class").table, "Class", "class") == [(5, "A")]
        assert len(engine.rows(summarize(named, customer="Revenue"), "Revenue", "revenue")) == 2
        return
    with pytest.raises(ColumnError, match="does not tell the column 'Class' from 'class'"):
        abc(rows, key="k", value="Class")
    with pytest.raises(ColumnError, match="does not tell the column 'Revenue' from 'revenue'"):
        summarize(named, customer="Revenue")


def test_whole_amounts_beyond_what_floats_tell_apart(engine: Engine) -> None:
    rows = pd.DataFrame({"k": ["a", "b"], "v": [2**53 + 1, 5]})
    assert engine.rows(abc(engine.table(rows), key="k", value="v").table, "k", "rank") == [
        ("a", 1), ("b", 2),
    ]  # fmt: skip
    arrow = rows.convert_dtypes(dtype_backend="pyarrow")
    assert abc(arrow, key="k", value="v").table["rank"].tolist() == [1, 2]


def test_equal_customers_of_categories_stand_in_order_of_their_names() -> None:
    names = pd.Categorical(list("zyxw"), categories=list("zyxw"))
    tiers = pyramid(
        pd.DataFrame({"k": names, "v": 1.0}), key="k", value="v", cuts=(0.5,), names=("up", "low")
    ).table
    assert tiers["k"].tolist() == list("wxyz")
    assert tiers["k"].dtype == names.dtype
    ordered = pd.Categorical(list("zyxw"), categories=list("zyxw"), ordered=True)
    assert abc(pd.DataFrame({"k": ordered, "v": 1.0}), key="k", value="v").table["k"][0] == "z"


def test_dictionaries_of_pyarrow_keep_their_type_and_sort_as_numbers() -> None:
    rows = pa.table({"k": pa.array([10, 9, 10]).dictionary_encode(), "v": [1.0, 2.0, 1.0]})
    found = abc(rows, key="k", value="v").table
    assert found.schema.field("k").type == rows.schema.field("k").type
    assert found.column("k").to_pylist() == [9, 10]


def test_days_of_milliseconds_in_pyarrow_are_days() -> None:
    rows = pa.table(
        {
            "customer_id": ["A"], "order_date": pa.array([dt.date(2026, 1, 1)], pa.date64()),
            "amount": [1.0],
        }
    )  # fmt: skip
    assert summarize(rows).column("orders").to_pylist() == [1]


def test_a_column_of_all_columns_is_refused() -> None:
    with pytest.raises(ColumnError, match=r"column '\*': engines take that for all columns"):
        abc(pd.DataFrame({"k": ["A"], "*": [1.0]}), key="k", value="*")


def test_numbers_too_small_for_rounding_stay() -> None:
    tiny = np.array([3e-285, 2e-285, 0.0, -1e-300, 1.23456789012345e-200])
    assert frames.steady(tiny)[:4].tolist() == [3e-285, 2e-285, 0.0, -1e-300]
    assert frames.steady(tiny)[4] == pytest.approx(1.23456789012e-200, rel=1e-15)
    rows = pd.DataFrame({"k": list("ab"), "v": [3e-285, 1e-285]})
    assert abc(rows, key="k", value="v").table["class"].tolist() == ["A", "A"]


@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        (lambda t: whale_curve(t, key="k", profit="no"), "profit"),
        (lambda t: tail_scenario(t, key="k", revenue="v", margin="w", cost_to_serve="no",
                                 worst=1, action="leave"), "cost_to_serve"),
        (lambda t: potential_relationship(t, key="k"), "relationship"),
        (lambda t: contract_tier(t, key="k", order_size="v", days_late="no", size_cuts=(1, 2)),
         "days_late"),
        (lambda t: vip_check(t, key="k"), "traits"),
        (lambda t: buying_traits(t, key="k"), "traits"),
        (lambda t: stand(t, key="k", stages=["no", "v"], as_of="2026-01-01"), "stages"),
        (lambda t: progressive(t, key="k", criteria={"likely": "no"}), "criteria"),
        (lambda t: scorecard(t, key="k", items=["no"]), "items"),
        (lambda t: rfm_scores(t, customer="no"), "customer"),
        (lambda t: time_spent(t, key="k", tier="no", hours="v"), "tier"),
        (lambda t: satisfaction(t, **PERIOD), "date"),
        (lambda t: engagement(t.assign(customer_id="A", date=pd.NaT), **PERIOD), "participated"),
    ],
)  # fmt: skip
def test_a_missing_column_is_asked_for_by_a_parameter_there_is(call: Any, parameter: str) -> None:
    rows = pd.DataFrame({"k": ["A"], "v": [1.0], "w": [1.0]})
    with pytest.raises(ColumnError, match=f"Name the right one with {parameter}=…$"):
        call(rows)
