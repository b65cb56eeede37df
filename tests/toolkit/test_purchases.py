"""What a purchase is: hand-worked histories, numbers from the literature, and every messy row."""

from __future__ import annotations

import datetime as dt
import warnings
from decimal import Decimal

import duckdb
import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from engines import NAMES_BUT_SPARK, ZONED, Engine, dropping, orders
from keyaccounts import datasets
from keyaccounts.errors import ColumnError, DataError, DroppedRows, ParameterError
from keyaccounts.purchases import COLUMNS, summarize

HISTORY = orders(
    # B first and days out of order: nothing may depend on the order of rows.
    ("B", "2026-01-05", 8.0),
    ("A", "2026-01-11", 40.0),
    ("A", "2026-01-01", 10.0),
    ("A", "2026-01-01", 5.0),  # a second line of the same order
    ("C", "2026-02-01", 30.0),
    ("C", "2026-03-03", -12.0),  # a refund
    ("D", "2026-01-07", -3.0),  # refunds only
    ("E", "2026-01-02", 0.0),  # a free order
    ("E", "2026-01-09", 20.0),
    ("E", "2026-01-09", -20.0),  # ordered and canceled on one day: an order of zero
    ("F", "2026-01-04", -5.0),  # a refund of what was bought before the table begins
    ("F", "2026-01-08", 60.0),
    ("F", "2026-01-12", 30.0),
    ("F", "2026-01-12", -40.0),  # more came back on that day than was bought: a refund
    ("F", "2026-01-20", 7.0),
)
BY_HAND = [
    # customer, orders, repeats, first, last, recency, age (until 2026-03-31), revenue, mean repeat
    ("A", 2, 1, "2026-01-01", "2026-01-11", 10, 89, 55, 40),
    ("B", 1, 0, "2026-01-05", "2026-01-05", 0, 85, 8, None),
    ("C", 1, 0, "2026-02-01", "2026-02-01", 0, 58, 18, None),
    ("D", 0, 0, None, None, None, None, -3, None),
    ("E", 2, 1, "2026-01-02", "2026-01-09", 7, 88, 0, 0),
    ("F", 2, 1, "2026-01-08", "2026-01-20", 12, 82, 52, 7),
]


def test_by_hand(engine: Engine) -> None:
    found = summarize(engine.table(HISTORY), until="2026-03-31")
    assert engine.rows(found, "customer_id", *COLUMNS) == BY_HAND


def test_dates_as_dates(engine: Engine) -> None:
    dated = HISTORY.assign(order_date=pd.to_datetime(HISTORY["order_date"]))
    found = summarize(engine.table(dated), until=dt.date(2026, 3, 31))
    assert engine.rows(found) == BY_HAND


def test_answer_has_the_promised_columns_and_no_others(engine: Engine) -> None:
    found = engine.frame(summarize(engine.table(HISTORY)))
    assert list(found.columns) == ["customer_id", *COLUMNS]


def test_until_leaves_out_later_rows_and_defaults_to_the_last_day(engine: Engine) -> None:
    table = engine.table(HISTORY)
    late = HISTORY[HISTORY["order_date"] > "2026-01-05"]
    gone = {*HISTORY["customer_id"]} - set("ABEF")
    assert len(gone) > 0
    with dropping(
        f"left out of {len(HISTORY)} rows: {len(late)} after 2026-01-05, and with them "
        f"{len(gone)} customers who have no others"
    ):
        early = summarize(table, until="2026-01-05")
    assert engine.rows(early, "customer_id", "orders", "age") == [
        ("A", 1, 4),
        ("B", 1, 0),
        ("E", 1, 3),
        ("F", 0, None),
    ]
    whole = summarize(table)  # until 2026-03-03, the day of a refund
    assert engine.rows(whole, "customer_id", "age")[0] == ("A", 61)
    with dropping(f"{len(HISTORY)} after 2025-01-01, and with them 6 customers"):
        assert engine.rows(summarize(table, until="2025-01-01")) == []


def test_later_rows_of_customers_who_stay_are_left_out_as_asked(engine: Engine) -> None:
    frame = orders(("A", "2026-01-01", 1.0), ("A", "2026-01-05", 2.0), ("B", "2026-01-05", 4.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error", DroppedRows)
        whole = summarize(engine.table(frame), until="2026-01-05")  # the last day itself counts
        assert engine.rows(whole, "customer_id", "revenue") == [("A", 3), ("B", 4)]
        most = summarize(engine.table(frame.head(2)), until="2026-01-04")
        assert engine.rows(most, "customer_id", "revenue") == [("A", 1)]
    mixed = pd.concat([frame, orders((None, "2026-01-01", 9.0))], ignore_index=True)
    said = "4 rows: 1 with customer_id missing, 2 after 2026-01-04, and with them 1 customers"
    with dropping(said):
        summarize(engine.table(mixed), until="2026-01-04", unusable="drop")


def test_own_column_names(engine: Engine) -> None:
    table = engine.table(HISTORY.rename(columns={"customer_id": "Kunde Nr", "amount": "Wert (€)"}))
    found = summarize(table, customer="Kunde Nr", amount="Wert (€)", until="2026-03-31")
    assert engine.rows(found, "Kunde Nr", *COLUMNS) == BY_HAND


def test_input_is_not_changed(engine: Engine) -> None:
    frame = HISTORY.set_axis([7] * len(HISTORY))
    before = frame.copy(deep=True)
    table = engine.table(frame)
    own = engine.rows(engine.table(frame.reset_index(drop=True)))
    summarize(table, until="2026-03-31")
    pd.testing.assert_frame_equal(frame, before)
    if not engine.name.startswith("pandas"):
        assert engine.rows(table) == own


# ------------------------------------------------------------------------- numbers from outside


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    """The calibration period that the literature uses: weeks 1 to 39 of 1997."""
    return summarize(datasets.load("cdnow"), until="1997-09-30")


def test_cdnow_has_the_published_size() -> None:
    log = datasets.load("cdnow")
    assert (log["customer_id"].nunique(), len(log)) == (2357, 6919)


def test_cdnow_repeat_purchases_as_published(cdnow: pd.DataFrame) -> None:
    # Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, figure of the fit:
    # customers by repeat purchases in weeks 1-39.
    counts = cdnow["repeat_orders"].clip(upper=7).value_counts().sort_index()
    assert counts.tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert int((cdnow["repeat_orders"] > 0).sum()) == 946
    assert int(cdnow["repeat_orders"].sum()) == 2457


def test_cdnow_repeat_amounts_as_published(cdnow: pd.DataFrame) -> None:
    # Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value: average repeat spend of the
    # 946 customers: mean 35.08, deviation 30.28, quartiles 15.75, 27.50, 41.80, range 2.99-299.63.
    spend = cdnow["mean_repeat_amount"].dropna()
    assert len(spend) == 946
    assert round(spend.mean(), 2) == 35.08
    assert round(spend.std(), 2) == 30.28
    assert (round(spend.min(), 2), round(spend.max(), 2)) == (2.99, 299.63)
    assert spend.quantile([0.25, 0.5, 0.75]).tolist() == pytest.approx(
        [15.75, 27.5, 41.8], abs=0.02
    )


@pytest.mark.parametrize(
    ("customer", "x", "t_x", "age", "zbar"),
    [  # rows 1, 2, 3, 6 and 7 of the customer summary that the package lifetimes 0.11.3 carries
        (4, 2, 30.43, 38.86, 22.35),
        (21, 1, 1.71, 38.86, 11.77),
        (50, 0, 0.00, 38.86, None),
        (111, 7, 29.43, 38.86, 73.74),
        (112, 1, 5.00, 38.86, 11.77),
    ],
)
def test_cdnow_customers_as_published(
    cdnow: pd.DataFrame, customer: int, x: int, t_x: float, age: float, zbar: float | None
) -> None:
    row = cdnow.set_index("customer_id").loc[customer]
    weeks = (round(row["recency"] / 7, 2), round(row["age"] / 7, 2))
    assert (row["repeat_orders"], *weeks) == (x, t_x, age)
    assert row["mean_repeat_amount"] == pytest.approx(zbar or np.nan, abs=0.006, nan_ok=True)


def test_cdnow_totals_as_published(cdnow: pd.DataFrame) -> None:
    # Sums of that summary over all customers; its weeks are rounded to two decimals.
    assert cdnow["recency"].sum() / 7 == pytest.approx(16135.52, abs=0.1)
    assert cdnow["age"].sum() / 7 == pytest.approx(77111.21, abs=0.1)


# ----------------------------------------------------------------------------- kinds of columns


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_datetimes_of_any_unit(engine: Engine, unit: str) -> None:
    late = pd.to_datetime(HISTORY["order_date"]) + pd.Timedelta("23:59:59")
    table = engine.table(HISTORY.assign(order_date=late.astype(f"datetime64[{unit}]")))
    assert engine.rows(summarize(table, until="2026-03-31")) == BY_HAND


def test_python_dates(engine: Engine) -> None:
    days = [dt.date.fromisoformat(d) for d in HISTORY["order_date"]]
    assert (
        engine.rows(summarize(engine.table(HISTORY.assign(order_date=days)), until="2026-03-31"))
        == BY_HAND
    )


def test_python_datetimes_with_several_zones_count_local_days(pandas_path: None) -> None:
    berlin, utc = dt.timezone(dt.timedelta(hours=1)), dt.UTC
    moments = [
        dt.datetime(2026, 1, 6, 0, 30, tzinfo=berlin),  # still January 5 in UTC
        dt.datetime(2026, 1, 6, 23, 30, tzinfo=utc),
        pd.Timestamp("2026-01-08 12:00"),
        None,
    ]
    frame = orders(*[("A", None, 1.0)] * 4, order_date=pd.Series(moments, dtype=object))
    with dropping("1 with order_date missing"):
        found = summarize(frame, unusable="drop")
    assert found[["orders", "recency"]].values.tolist() == [[2, 2]]
    assert str(found["first_date"][0]) == "2026-01-06 00:00:00"


@pytest.mark.parametrize("engine", ZONED, indirect=True)
def test_zoned_datetimes_count_the_local_day(engine: Engine) -> None:
    local = pd.to_datetime(["2026-01-01 00:30", "2026-01-01 23:30", "2026-01-02 00:15"])
    frame = orders(*[("A", None, 1.0)] * 3, order_date=local.tz_localize("Europe/Berlin"))
    for until in (None, "2026-01-02"):
        found = summarize(engine.table(frame), until=until)
        assert engine.rows(found, "orders", "first_date", "recency") == [(2, "2026-01-01", 1)]


def test_duckdb_counts_days_in_the_zone_of_its_session() -> None:
    connection = duckdb.connect()
    connection.execute("set TimeZone='Asia/Shanghai'")
    moments = "select 'A' customer_id, 1.0 amount, unnest([{}]) order_date".format(
        ", ".join(
            f"timestamptz '{m}:00+00'"
            for m in ("2026-01-05 17:00", "2026-01-06 15:00", "2026-01-06 17:00")
        )
    )
    found = summarize(connection.sql(moments), until="2026-01-07").df()
    assert found[["orders", "recency", "age"]].values.tolist() == [[2, 1, 1]]


def test_text_with_a_time_of_day(engine: Engine) -> None:
    texts = ["2026-01-01T23:59:59Z", "2026-01-01 07:00:00+02:00", "2026-01-03", "2026-01-03\n"]
    frame = orders(*[("A", None, 5.0)] * 4, order_date=texts)
    assert engine.rows(summarize(engine.table(frame)), "orders", "recency") == [(2, 2)]


def test_years_before_1970_and_leap_days(engine: Engine) -> None:
    frame = orders(
        ("A", "1899-12-31", 1.0),
        ("A", "1900-03-01", 1.0),
        ("B", "1968-02-28", 1.0),
        ("B", "1968-03-01", 1.0),
        ("C", "2000-02-29", 1.0),
    )
    for dates in (frame["order_date"], pd.to_datetime(frame["order_date"])):
        found = summarize(engine.table(frame.assign(order_date=dates)), until="2001-03-01")
        assert engine.rows(found, "recency", "age") == [(60, 36950), (2, 12055), (0, 366)]


def test_whole_number_amounts_and_ids(engine: Engine) -> None:
    # Two times 100 is more than eight bits hold.
    frame = orders((2, "2026-01-01", 100), (10, "2026-01-01", 100), (2, "2026-01-02", 100))
    small = frame.astype({"amount": "int8", "customer_id": "int16"})
    found = summarize(engine.table(small))
    assert engine.rows(found, "customer_id", "revenue") == [(2, 200), (10, 100)]


def test_decimal_amounts(engine: Engine) -> None:
    frame = HISTORY.assign(amount=[Decimal(f"{a:.2f}") for a in HISTORY["amount"]])
    assert engine.rows(summarize(engine.table(frame), until="2026-03-31")) == BY_HAND


def test_ids_as_categories(engine: Engine) -> None:
    frame = HISTORY.astype({"customer_id": "category"})
    found = summarize(engine.table(frame), until="2026-03-31")
    assert [(str(row[0]), *row[1:]) for row in engine.rows(found)] == BY_HAND


def test_truth_values_as_ids(engine: Engine) -> None:
    frame = orders((True, "2026-01-01", 1.0), (False, "2026-01-01", 2.0))
    assert engine.rows(summarize(engine.table(frame)), "customer_id", "revenue") == [
        (False, 2),
        (True, 1),
    ]


@pytest.mark.parametrize("dtype", ["object", "Int64"])
def test_pandas_ids_beyond_a_float_stay_apart(dtype: str, pandas_path: None) -> None:
    ids = pd.Series([2**53 + 1, 2**53, 2**53 + 1, None], dtype=dtype)
    frame = orders(*[("", "2026-01-01", 1.0)] * 4, customer_id=ids)
    with dropping():
        found = summarize(frame, unusable="drop")
    assert found["customer_id"].tolist() == [2**53, 2**53 + 1]
    assert found["revenue"].tolist() == [1.0, 2.0]


def test_decimal_ids_stay_whole_and_apart() -> None:
    ids = [Decimal(10**17 + 1), Decimal(10**17), Decimal(10**17)]
    found = summarize(orders(*[("", "2026-01-01", 1.0)] * 3, customer_id=ids))
    assert found["customer_id"].tolist() == [10**17, 10**17 + 1]


@pytest.mark.parametrize("kind", ["hugeint", "decimal(38,0)", "uuid", "date", "uinteger"])
def test_duckdb_ids_keep_their_type_and_digits(kind: str) -> None:
    value = {
        "uuid": "'00000000-0000-0000-0000-000000000001'",
        "date": "'2026-01-05'",
        "uinteger": "4000000000",
    }.get(kind, "12345678901234567891")
    connection = duckdb.connect()
    table = connection.sql(
        f"select cast({value} as {kind}) customer_id, date '2026-01-05' order_date, 1.5 amount"
    )
    for found in (ka.segmentation.rfm(table).table, summarize(table)):
        assert found.types[0] == table.types[0]
        assert str(found.fetchall()[0][0]) == value.strip("'")


@pytest.mark.parametrize("backend", ["numpy_nullable", "pyarrow"])
def test_pandas_with_other_types_inside(backend: str) -> None:
    frame = HISTORY.convert_dtypes(dtype_backend=backend)
    found = summarize(frame, until="2026-03-31")
    assert found["customer_id"].dtype == frame["customer_id"].dtype
    assert Engine("pandas", lambda t: t).rows(found) == BY_HAND


def test_pandas_index_and_other_columns_do_not_matter() -> None:
    frame = HISTORY.set_axis([3, 3, 1, 0, 3, 9, 9, 9, -1, -1, 0, 0, 0, 0, 0])
    frame["note"] = [object()] * len(frame)
    frame["amount "] = "n/a"
    frame[("a", 1)] = 0
    assert Engine("pandas", lambda t: t).rows(summarize(frame, until="2026-03-31")) == BY_HAND


# ---------------------------------------------------------------------------------- messy rows

MESS = [
    # the column, what row 2 of 0 to 3 holds there, the reason counted, a hint in the message
    ("customer_id", None, "missing", "where 'order_date' is '2026-01-03'. Fill it in"),
    ("order_date", None, "missing", "where 'customer_id' is 'C'. Fill it in"),
    ("order_date", "2024-02-30", "not a day", "'C' and 'order_date' is '2024-02-30'. Write days"),
    ("amount", None, "missing or not finite", "where 'customer_id' is 'C'. Fill in a finite numb"),
    ("amount", float("inf"), "missing or not finite", "Fill in a finite number"),
]
NO_DAYS = [
    "2024-02-30", "2023-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10",
    "0000-00-00", "0026-01-05", "2026-1-5", "20260105", "05/01/2026", "2026-01-051",
    " 2026-01-05", "2026", "n/a", "",
]  # fmt: skip
DAYS = ["2024-02-29", "2000-02-29", "1600-02-29", "9999-12-31", "1000-01-01", "1999-09-30"]


def mess(column: str, value: object) -> pd.DataFrame:
    frame = orders(
        ("A", "2026-01-01", 10.0),
        ("B", "2026-01-02", 20.0),
        ("C", "2026-01-03", 30.0),
        ("D", "2026-01-04", 40.0),
    )
    values = frame[column].tolist()
    values[2] = value
    return frame.assign(**{column: values})


@pytest.mark.parametrize(("column", "value", "reason", "hint"), MESS)
def test_unusable_rows(engine: Engine, column: str, value: object, reason: str, hint: str) -> None:
    table = engine.table(mess(column, value))
    with pytest.raises(DataError) as raised:
        summarize(table)
    message = str(raised.value)
    assert message.startswith(f"column {column!r}: {reason} in 1 of 4 rows: ")
    assert hint in message
    assert 'unusable="drop"' in message
    assert ("row 2 (counting from 0)" in message) is engine.eager
    with dropping(f"left out of 4 rows: 1 with {column} {reason}"):
        found = summarize(table, unusable="drop")
    assert engine.rows(found, "customer_id", "age") == [("A", 3), ("B", 2), ("D", 0)]


def test_unreadable_dates_are_told_from_readable_ones(engine: Engine) -> None:
    frame = orders(*[("A", day, 1.0) for day in NO_DAYS + DAYS])
    with dropping(f"{len(NO_DAYS)} with order_date not a day"):
        found = summarize(engine.table(frame), unusable="drop")
    assert engine.rows(found, "orders", "last_date") == [(len(DAYS), "9999-12-31")]


def test_several_faults_are_counted_each(engine: Engine) -> None:
    frame = orders(
        (None, "2026-01-01", 10.0), ("B", "n/a", 20.0), ("C", None, 30.0), ("D", "2026-01-04", None)
    )
    table = engine.table(frame)
    with pytest.raises(DataError, match="'customer_id': missing in 1 of 4 rows"):
        summarize(table)
    with dropping(
        "left out of 4 rows: 1 with customer_id missing, 1 with order_date missing, "
        "1 with order_date not a day, 1 with amount missing or not finite"
    ):
        found = summarize(table, unusable="drop")
    assert engine.rows(found) == []


def test_ids_that_missing_values_turned_into_floats(engine: Engine) -> None:
    frame = orders((7.0, "2026-01-01", 1.0), (np.nan, "2026-01-01", 2.0), (7.0, "2026-01-01", 3.0))
    with dropping("1 with customer_id missing"):
        found = summarize(engine.table(frame), unusable="drop")
    assert engine.rows(found, "customer_id", "revenue") == [(7, 4)]


def test_polars_nan_is_missing_like_null() -> None:
    pl = pytest.importorskip("polars")
    day = dt.date(2026, 1, 1)
    table = pl.DataFrame(
        {"customer_id": [1.0, float("nan"), None], "order_date": [day] * 3, "amount": [1.0] * 3}
    )
    with dropping("2 with customer_id missing"):
        assert len(summarize(table, unusable="drop")) == 1
    table = table.with_columns(customer_id=pl.lit("A"), amount=pl.Series([1.0, float("nan"), None]))
    with dropping("2 with amount missing or not finite"):
        assert summarize(table, unusable="drop")["revenue"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("column", "values", "hint"),
    [
        ("amount", ["10", "20"], "not numbers: convert it first, for example with rows"),
        ("amount", [True, False], "Boolean values, not numbers"),
        ("amount", [dt.datetime(2026, 1, 1)] * 2, "not numbers"),
        ("order_date", [20260101, 20260102], "not dates: convert it first"),
        ("order_date", [1.5, 2.5], "Float64 values, not dates"),
        ("order_date", [True, False], "Boolean values, not dates"),
        ("customer_id", [[1], [2]], "one plain value"),
    ],
)
def test_columns_of_the_wrong_kind(
    engine: Engine, column: str, values: list[object], hint: str
) -> None:
    frame = orders(("A", "2026-01-01", 1.0), ("B", "2026-01-02", 2.0), **{column: values})
    if column == "customer_id" and engine.name.startswith("pandas"):
        hint = "holds Python objects"  # pandas knows lists only as objects
    with pytest.raises(DataError, match=hint) as raised:
        summarize(engine.table(frame))
    assert f"column {column!r}" in str(raised.value)


@pytest.mark.parametrize(
    "ids",
    [["A", 1], [1, "2"], [(1, 2), (3, 4)], [b"a", "b"], [2**70, 1], [Decimal(2**70), Decimal(1)]],
)
def test_pandas_objects_that_are_no_ids(ids: list[object], pandas_path: None) -> None:
    frame = orders(
        ("", "2026-01-01", 1.0), ("", "2026-01-02", 2.0), customer_id=pd.Series(ids, dtype=object)
    )
    with pytest.raises(
        DataError, match=r"column 'customer_id' (holds Python objects|holds numbers of more)"
    ):
        summarize(frame)


def test_wrong_names(engine: Engine) -> None:
    table = engine.table(HISTORY)
    with pytest.raises(
        ColumnError, match=r"no column 'customer'.*did you mean 'customer_id'.*customer="
    ) as raised:
        summarize(table, customer="customer")
    assert "'customer_id', 'order_date', 'amount'" in str(raised.value)
    with pytest.raises(ColumnError, match="no column 'zzz'; the table has"):
        summarize(table, date="zzz")
    with pytest.raises(ColumnError, match="'amount' is named for both date= and amount="):
        summarize(table, date="amount")
    with pytest.raises(ColumnError, match="name of a column is text"):
        summarize(table, date=None)  # type: ignore[arg-type]


def test_doubled_names() -> None:
    frame = pd.concat([HISTORY, HISTORY[["amount"]]], axis=1)
    with pytest.raises(ColumnError, match="'amount' is there 2 times: rename one"):
        summarize(frame)
    frame.columns = pd.Index(["customer_id", "order_date", "amount", "amount"])
    table = pa_table(HISTORY, ["customer_id", "order_date", "amount", "amount"])
    with pytest.raises(ColumnError, match="rename the columns"):
        summarize(table)


def pa_table(frame: pd.DataFrame, names: list[str]) -> object:
    import pyarrow as pa

    return pa.table([pa.array(frame[n].tolist()) for n in names], names=names)


def test_names_that_are_not_text() -> None:
    frame = HISTORY.set_axis([0, 1, 2], axis=1)
    with pytest.raises(ColumnError, match="no column 'customer_id'; the table has 0, 1, 2"):
        summarize(frame)
    with pytest.raises(ColumnError, match="customer=0: the name of a column is text"):
        summarize(frame, customer=0, date=1, amount=2)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["orders", "age", "revenue"])
def test_a_name_that_the_answer_needs(name: str) -> None:
    with pytest.raises(
        ColumnError, match=f"column '{name}' .customer=. has the name of a column of"
    ):
        summarize(HISTORY.rename(columns={"customer_id": name}), customer=name)


@pytest.mark.parametrize(
    "thing",
    [
        [1, 2],
        None,
        "orders.csv",
        HISTORY["amount"],
        {"customer_id": [1]},
        HISTORY.groupby("customer_id"),
        np.zeros(3),
    ],
)
def test_no_table(thing: object) -> None:
    with pytest.raises(DataError, match="is not a table: pass a pandas, Polars"):
        summarize(thing)


# ------------------------------------------------------------------------------------- no rows


def test_no_rows(engine: Engine) -> None:
    typed = HISTORY.assign(order_date=pd.to_datetime(HISTORY["order_date"]))
    for frame in (HISTORY.head(0), typed.head(0)):
        found = summarize(engine.table(frame))
        assert engine.rows(found) == []
        assert list(engine.frame(found).columns) == ["customer_id", *COLUMNS]


@pytest.mark.parametrize("engine", NAMES_BUT_SPARK, indirect=True)
def test_empty_columns_have_no_type_to_complain_of(engine: Engine) -> None:
    nothing = pd.DataFrame(columns=["customer_id", "order_date", "amount"], dtype=object)
    assert engine.rows(summarize(engine.table(nothing))) == []
    for column in ("customer_id", "order_date", "amount"):
        table = engine.table(HISTORY.assign(**{column: pd.Series([None] * 15, dtype=object)}))
        with pytest.raises(DataError, match=f"{column}': missing.* in 15 of 15 rows"):
            summarize(table)
        with dropping(f"15 with {column} missing"):
            assert engine.rows(summarize(table, unusable="drop")) == []


def test_an_empty_column_of_the_wrong_type_is_empty(engine: Engine) -> None:
    # What readers of CSV make of a column without values: floats in pandas, text in Polars.
    table = engine.table(HISTORY.assign(amount=pd.Series([None] * 15, dtype="string")))
    with pytest.raises(DataError, match="'amount': missing or not finite in 15 of 15 rows"):
        summarize(table)
    if engine.name != "pyspark":  # there, NaN is a number
        table = engine.table(HISTORY.assign(order_date=np.nan))
        with pytest.raises(DataError, match="'order_date': missing in 15 of 15 rows"):
            summarize(table)


# --------------------------------------------------------------------------- refunds and zeros


def test_rounding_makes_no_refund(engine: Engine) -> None:
    # In floats 0.3 - 0.1 - 0.2 is below zero; the day still nets to zero and is an order.
    frame = orders(
        ("A", "2026-01-01", 0.3), ("A", "2026-01-01", -0.1), ("A", "2026-01-01", -0.2),
        ("B", "2026-01-01", 30.3), ("B", "2026-01-02", -10.1), ("B", "2026-01-03", -20.2),
    )  # fmt: skip
    found = engine.frame(summarize(engine.table(frame)))
    assert found["orders"].tolist() == [1, 1]
    assert found["revenue"].tolist() == [0.0, 0.0]


def test_a_cent_is_not_rounded_away(engine: Engine) -> None:
    frame = orders(("A", "2026-01-01", 1e9), ("A", "2026-01-01", -1e9 - 0.01))
    found = engine.frame(summarize(engine.table(frame)))
    assert found["orders"].tolist() == [0]
    assert found["revenue"][0] == pytest.approx(-0.01, rel=1e-4)


def test_refunds_only(engine: Engine) -> None:
    frame = orders(("A", "2026-01-01", -1.0), ("B", "2026-01-01", -2.0), ("B", "2026-01-05", -3.0))
    found = summarize(engine.table(frame))
    assert engine.rows(found) == [
        ("A", 0, 0, None, None, None, None, -1, None),
        ("B", 0, 0, None, None, None, None, -5, None),
    ]


def test_one_row(engine: Engine) -> None:
    found = summarize(engine.table(orders((1, "2026-01-01", 9.5))))
    assert engine.rows(found) == [(1, 1, 0, "2026-01-01", "2026-01-01", 0, 0, 9.5, None)]


# ---------------------------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    "until",
    [
        "2026-03-31", "2026-03-31T12:00", dt.date(2026, 3, 31), dt.datetime(2026, 3, 31, 23, 59),
        pd.Timestamp("2026-03-31 10:00"), pd.Timestamp("2026-03-31", tz="Asia/Tokyo"),
        np.datetime64("2026-03-31"), np.datetime64("2026-03-31T23:00", "ns"),
    ],
)  # fmt: skip
def test_until_in_every_form(until: object) -> None:
    assert summarize(HISTORY, until=until)["age"][0] == 89  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "until", ["soon", "2026-02-30", "", 20260331, 1.5, pd.NaT, np.datetime64("NaT", "D"), [], True]
)
def test_until_that_is_no_day(until: object) -> None:
    with pytest.raises(ParameterError, match="is not a day: give text like"):
        summarize(HISTORY, until=until)  # type: ignore[arg-type]


def test_unusable_has_two_values() -> None:
    with pytest.raises(ParameterError, match="unusable='skip': choose one of 'error', 'drop'"):
        summarize(HISTORY, unusable="skip")


def test_the_warning_points_at_the_caller() -> None:
    with pytest.warns(DroppedRows) as caught:
        summarize(mess("amount", None), unusable="drop")
    assert caught[0].filename == __file__


def test_nothing_dropped_says_nothing(engine: Engine) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", DroppedRows)
        summarize(engine.table(HISTORY), unusable="drop")
