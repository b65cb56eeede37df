"""RFM: scores worked by hand, against another definition, and for every odd table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from engines import Engine, orders
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.segmentation import rfm, rfm_scores, rfm_segments
from keyaccounts.segmentation.rfm import COLUMNS

TODAY = dt.date(2026, 3, 31)


def history(customers: dict[str, tuple[int, int, float]]) -> pd.DataFrame:
    """Return orders of customers with this recency, this many orders and this revenue."""
    rows = []
    for name, (days, count, revenue) in customers.items():
        for number in range(count):
            day = TODAY - dt.timedelta(days=days + 3 * number)
            rows.append((name, day.isoformat(), revenue / count))
    return orders(*reversed(rows))


TEN = {
    # customer: days since the last order, orders, revenue
    "A": (3, 6, 600.0), "B": (10, 1, 50.0), "C": (17, 4, 420.0), "D": (30, 2, 90.0),
    "E": (45, 3, 150.0), "F": (60, 1, 700.0), "G": (90, 5, 260.0), "H": (120, 1, 40.0),
    "I": (200, 2, 80.0), "J": (300, 1, 20.0),
}  # fmt: skip
# Recency and revenue differ for all ten, so each quintile is two customers. The orders, sorted,
# are 1 1 1 1 2 2 3 4 5 6: cut at 1, 1.6, 2.4 and 4.2, nobody lies between the first two cuts.
BY_HAND = [
    ("A", 3, 6, 600, 5, 5, 5, "555", 15), ("B", 10, 1, 50, 5, 1, 2, "512", 8),
    ("C", 17, 4, 420, 4, 4, 4, "444", 12), ("D", 30, 2, 90, 4, 3, 3, "433", 10),
    ("E", 45, 3, 150, 3, 4, 3, "343", 10), ("F", 60, 1, 700, 3, 1, 5, "315", 9),
    ("G", 90, 5, 260, 2, 5, 4, "254", 11), ("H", 120, 1, 40, 2, 1, 1, "211", 4),
    ("I", 200, 2, 80, 1, 3, 2, "132", 6), ("J", 300, 1, 20, 1, 1, 1, "111", 3),
]  # fmt: skip


def test_ten_customers_by_hand(engine: Engine) -> None:
    scored = rfm(engine.table(history(TEN)), as_of=TODAY)
    assert list(engine.frame(scored.table).columns) == ["customer_id", *COLUMNS]
    assert engine.rows(scored.table) == BY_HAND
    assert scored.cuts["recency"] == pytest.approx((15.6, 39.0, 72.0, 136.0))
    assert scored.cuts["frequency"] == pytest.approx((1, 1.6, 2.4, 4.2))
    assert scored.cuts["monetary"] == pytest.approx((48, 86, 194, 456))
    assert (scored.as_of, scored.bins, dict(scored.dropped)) == (TODAY, 5, {})
    assert scored.notes == ("nobody has frequency score 2: too many customers are alike",)


def test_dates_as_dates_and_default_today(engine: Engine) -> None:
    frame = history(TEN)
    frame = frame.assign(order_date=pd.to_datetime(frame["order_date"]))
    scored = rfm(engine.table(frame))
    assert scored.as_of == TODAY - dt.timedelta(days=3)  # the day of the last order
    assert [row[1] for row in engine.rows(scored.table)] == [days - 3 for days, *_ in TEN.values()]
    assert [row[4:8] for row in engine.rows(scored.table)] == [row[4:8] for row in BY_HAND]


def test_nested_by_hand(engine: Engine) -> None:
    # Hughes with two bins: recency halves all eight, orders halve each half, revenue each quarter.
    customers = {
        "a": (1, 4, 10.0), "b": (2, 3, 20.0), "c": (3, 2, 500.0), "d": (4, 1, 5.0),
        "e": (5, 8, 1.0), "f": (6, 1, 9.0), "g": (7, 2, 9.0), "h": (8, 7, 2.0),
    }  # fmt: skip
    scored = rfm(engine.table(history(customers)), as_of=TODAY, bins=2, nested=True)
    assert [row[7] for row in engine.rows(scored.table)] == [
        "221", "222", "212", "211", "121", "111", "111", "122",
    ]  # fmt: skip
    assert scored.cuts == {
        "recency": (4.5,),
        "frequency": {1: (4.5,), 2: (2.5,)},
        "monetary": {(1, 1): (9.0,), (1, 2): (1.5,), (2, 1): (252.5,), (2, 2): (15.0,)},
    }
    apart = rfm(engine.table(history(customers)), as_of=TODAY, bins=2)
    assert [row[7] for row in engine.rows(apart.table)] == [
        "222", "222", "212", "211", "121", "111", "111", "121",
    ]  # fmt: skip


def test_split_ties_by_hand(engine: Engine) -> None:
    # All alike but for revenue: equal groups are made in order of the customer.
    alike = dict.fromkeys("ABCDE", (5, 1, 10.0)) | {"F": (5, 1, 99.0)}
    scored = rfm(engine.table(history(alike)), as_of=TODAY, bins=3, ties="split")
    assert [row[7] for row in engine.rows(scored.table)] == [
        "333", "332", "222", "221", "111", "113",
    ]  # fmt: skip
    assert scored.cuts == {}


def test_split_makes_groups_of_equal_size(engine: Engine) -> None:
    scored = rfm(engine.table(history(TEN)), as_of=TODAY, ties="split")
    frame = engine.frame(scored.table)
    for score in "rfm":
        assert frame[score].value_counts().to_dict() == dict.fromkeys(range(1, 6), 2)
    nested = rfm(engine.table(history(TEN)), as_of=TODAY, bins=2, ties="split", nested=True)
    assert nested.cuts == {}
    assert set(engine.frame(nested.table)["r"].value_counts()) == {5}


def test_mean_amount_and_weights(engine: Engine) -> None:
    scored = rfm(
        engine.table(history(TEN)), as_of=TODAY, monetary="mean", weights=(0.5, 0.25, 0.25)
    )
    rows = engine.rows(scored.table, "customer_id", "monetary", "r", "f", "m", "score")
    assert [row[:2] for row in rows[:3]] == [("A", 100), ("B", 50), ("C", 105)]
    for _, _, r, f, m, score in rows:
        assert score == pytest.approx(r / 2 + f / 4 + m / 4)
    whole = rfm(engine.table(history(TEN)), as_of=TODAY, weights=(3, 2, 1))
    assert engine.rows(whole.table, "score")[0] == (30,)


@pytest.mark.parametrize(("bins", "cell"), [(9, "999"), (10, "10-10-10"), (12, "12-12-12")])
def test_cells_of_many_bins(bins: int, cell: str) -> None:
    best = {f"c{i:02}": (i + 1, 40 - i, 5000.0 - i) for i in range(30)}
    table = rfm(history(best), as_of=TODAY, bins=bins).table
    assert table["cell"][0] == cell
    parts = table[["r", "f", "m"]].astype(str).agg(("-" if bins > 9 else "").join, axis=1)
    assert parts.tolist() == table["cell"].tolist()


# ------------------------------------------------------------------------- another definition


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    return rfm(ka.datasets.load("cdnow"), as_of="1998-06-30").table


@pytest.mark.parametrize("bins", [2, 3, 5, 10])
def test_quintiles_are_those_of_pandas_where_no_two_are_alike(bins: int) -> None:
    # Customer i has i + 1 orders on days in a row, so that no two have as many.
    n, chance = 137, np.random.default_rng(bins)
    customer = np.repeat(np.arange(n), np.arange(1, n + 1))
    earlier = np.concatenate([np.arange(i + 1) for i in range(n)])
    days_ago = chance.permutation(n)[customer] + earlier
    frame = pd.DataFrame(
        {
            "customer_id": customer,
            "order_date": np.datetime64("2026-12-31") - days_ago.astype("timedelta64[D]"),
            "amount": chance.gamma(2, 50, customer.size),
        }
    )
    table = rfm(frame, as_of="2027-01-01", bins=bins).table
    names = list(range(1, bins + 1))
    for fact, score, labels in (
        ("recency", "r", names[::-1]),
        ("frequency", "f", names),
        ("monetary", "m", names),
    ):
        assert table[fact].is_unique
        wanted = pd.qcut(table[fact], bins, labels=labels).astype(int)
        assert table[score].tolist() == wanted.tolist()


def test_cdnow_scores_follow_their_definition(cdnow: pd.DataFrame) -> None:
    # Customers at a cut point belong to the smaller value's side; no two alike are told apart.
    for fact, score in (("recency", "r"), ("frequency", "f"), ("monetary", "m")):
        values = np.sort(cdnow[fact].to_numpy(float))
        places = np.arange(1, 5) / 5 * (len(values) - 1)
        low = values[np.floor(places).astype(int)]
        high = values[np.ceil(places).astype(int)]
        cuts = low + (high - low) * (places % 1)
        above = (cdnow[fact].to_numpy()[:, None] > cuts[None, :] + 1e-9).sum(axis=1)
        assert cdnow[score].tolist() == (5 - above if score == "r" else above + 1).tolist()
        assert len(cdnow[[fact, score]].drop_duplicates()) == cdnow[fact].nunique()


# ---------------------------------------------------------------------------------- odd tables


def test_refunds_lower_revenue_and_are_no_orders(engine: Engine) -> None:
    frame = orders(
        ("A", "2026-01-01", 50.0), ("A", "2026-03-01", -20.0), ("B", "2026-02-01", 10.0),
        ("C", "2026-03-05", -5.0),
    )  # fmt: skip
    scored = rfm(engine.table(frame), as_of="2026-03-05", bins=2)
    assert engine.rows(scored.table, "customer_id", "recency", "frequency", "monetary") == [
        ("A", 63, 1, 30), ("B", 32, 1, 10),
    ]  # fmt: skip
    assert scored.dropped == {"customers with refunds only": 1}
    assert "left out: 1 customers with refunds only" in repr(scored)


def test_refunds_only_leave_nobody(engine: Engine) -> None:
    scored = rfm(engine.table(orders(("A", "2026-01-01", -1.0))))
    assert engine.rows(scored.table) == []
    assert scored.dropped == {"customers with refunds only": 1}
    assert scored.notes == ("no orders: nobody to score",)


def test_no_rows(engine: Engine) -> None:
    for frame in (
        history(TEN).head(0),
        history(TEN).head(0).astype({"order_date": "datetime64[us]"}),
    ):
        scored = rfm(engine.table(frame), as_of="2026-01-01")
        found = engine.frame(scored.table)
        assert list(found.columns) == ["customer_id", *COLUMNS]
        assert found.empty
        assert scored.notes == ("no orders: nobody to score",)
    assert rfm(engine.table(frame)).as_of is None


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(("ties", "cell"), [("together", "333"), ("split", "555")])
def test_one_customer(ties: str, cell: str, nested: bool) -> None:
    scored = rfm(orders((7, "2026-01-01", 5.0)), ties=ties, nested=nested)
    assert scored.table["cell"].tolist() == [cell]
    assert scored.notes[0] == "1 customer for 5 bins: some scores stay empty"


def test_all_alike(engine: Engine) -> None:
    alike = dict.fromkeys("ABCDEF", (5, 2, 10.0))
    scored = rfm(engine.table(history(alike)), as_of=TODAY)
    assert {row[7] for row in engine.rows(scored.table)} == {"333"}
    assert scored.cuts["recency"] == (5, 5, 5, 5)
    assert scored.notes[0] == "nobody has recency score 1, 2, 4, 5: too many customers are alike"
    even = rfm(engine.table(history(alike)), as_of=TODAY, bins=4)
    assert {row[7] for row in engine.rows(even.table)} == {"222"}


def scores_of(*groups: tuple[int, float], bins: int) -> list[tuple[int, int, int]]:
    """Return r, f and m of groups of so many customers with this one fact three times."""
    values = [value for count, value in groups for _ in range(count)]
    rows = pd.DataFrame({"who": range(len(values)), "a": values, "b": values, "c": values})
    scored = rfm_scores(rows, customer="who", recency="a", frequency="b", monetary="c", bins=bins)
    found = scored.table[["recency", "r", "f", "m"]].drop_duplicates().sort_values("recency")
    assert len(found) == len(groups)
    return [tuple(row) for row in found[["r", "f", "m"]].to_numpy().tolist()]


def test_a_crowd_at_the_bad_end_is_not_the_best(engine: Engine) -> None:
    # 85 of 100 last bought a year ago, 15 within the last month. All cut points fall on the year.
    days = {f"old{i:02}": (365, 1, 10.0 + i) for i in range(85)}
    days |= {f"new{i:02}": (2 * i + 2, 2, 10.0 + i) for i in range(15)}
    scored = rfm(engine.table(history(days)), as_of=TODAY)
    found = engine.frame(scored.table)
    old = found["customer_id"].str.startswith("old")
    assert set(found.loc[old, "r"]) == {1}
    assert set(found.loc[~old, "r"]) == {5}
    assert scored.cuts["recency"] == (197.5,) * 4  # half way from 30 days to the year
    assert set(found.loc[old, "f"]) == {1}
    assert set(found.loc[~old, "f"]) == {5}
    assert scored.cuts["frequency"] == (1.0,) * 4


@pytest.mark.parametrize(
    ("groups", "bins", "expected"),
    [
        # A crowd at the good end of one fact is at the bad end of another.
        ([(15, 1), (85, 9)], 5, [(5, 1, 1), (1, 5, 5)]),
        ([(85, 1), (15, 9)], 5, [(5, 1, 1), (1, 5, 5)]),
        # One customer beyond it changes little: of four cut points 4 · 14 / 15 = 3.73 go below.
        ([(14, 1), (85, 9), (1, 10)], 5, [(5, 1, 1), (1, 5, 5), (1, 5, 5)]),
        # In the middle: two of four go below.
        ([(10, 1), (80, 9), (10, 10)], 5, [(5, 1, 1), (3, 3, 3), (1, 5, 5)]),
        # Of three, one and a half: the worse score.
        ([(10, 1), (80, 9), (10, 10)], 4, [(4, 1, 1), (2, 2, 2), (1, 4, 4)]),
        # Two cut points, the quantiles at 0.4 and 0.6; of them one goes below. The highest are no
        # crowd: they stay on the quantile at 0.8.
        ([(30, 1), (40, 9), (30, 10)], 5, [(5, 1, 1), (3, 3, 3), (2, 4, 4)]),
        # One cut point, but more than half of all: 3 / 7 of it is less than half, 4 / 7 more.
        ([(15, 1), (65, 5), (20, 9)], 2, [(2, 1, 1), (2, 1, 1), (1, 2, 2)]),
        ([(20, 1), (65, 5), (15, 9)], 2, [(2, 1, 1), (1, 2, 2), (1, 2, 2)]),
        # A quarter of all is no crowd: it is on one cut point, and stays below it.
        ([(35, 1), (25, 5), (40, 9)], 2, [(2, 1, 1), (2, 1, 1), (1, 2, 2)]),
    ],
    ids=str,
)  # fmt: skip
def test_cut_points_on_a_crowd_are_divided_as_the_others_are(
    groups: list[tuple[int, float]], bins: int, expected: list[tuple[int, int, int]]
) -> None:
    assert scores_of(*groups, bins=bins) == expected


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=60).filter(lambda facts: len({*facts}) > 1),
    st.integers(2, 7),
)
def test_the_worst_never_score_as_the_best(facts: list[int], bins: int) -> None:
    rows = pd.DataFrame({"who": range(len(facts)), "a": facts, "b": facts, "c": facts})
    scored = rfm_scores(rows, customer="who", recency="a", frequency="b", monetary="c", bins=bins)
    found = scored.table.sort_values("frequency")
    assert found["r"].iloc[0] > found["r"].iloc[-1]
    assert found["f"].iloc[0] < found["f"].iloc[-1]
    assert found["r"].is_monotonic_decreasing
    assert found["f"].is_monotonic_increasing
    for fact, score in (("recency", "r"), ("frequency", "f"), ("monetary", "m")):
        cuts = np.array(scored.cuts[fact])
        assert (np.diff(cuts) >= 0).all()
        above = (found[fact].to_numpy()[:, None] > cuts).sum(axis=1)
        assert found[score].tolist() == (bins - above if score == "r" else above + 1).tolist()


def test_fewer_customers_than_bins(engine: Engine) -> None:
    two = {"A": (1, 2, 10.0), "B": (9, 1, 5.0)}
    scored = rfm(engine.table(history(two)), as_of=TODAY)
    assert [row[7] for row in engine.rows(scored.table)] == ["555", "111"]
    assert scored.notes == ("2 customers for 5 bins: some scores stay empty",)


def test_customers_on_a_cut_point_belong_below_it() -> None:
    three = {"A": (1, 1, 10.0), "B": (2, 2, 20.0), "C": (3, 3, 30.0)}
    scored = rfm(history(three), as_of=TODAY, bins=2)
    assert scored.cuts["monetary"] == (20.0,)
    assert scored.table["cell"].tolist() == ["211", "211", "122"]


def test_equal_revenue_added_up_differently_is_equal(engine: Engine) -> None:
    frame = orders(
        *[("A", f"2026-01-0{d}", 0.1) for d in range(1, 4)],
        *[("B", f"2026-01-0{d}", 0.3 if d == 1 else 0.0) for d in range(1, 4)],
    )
    scored = rfm(engine.table(frame), bins=2)
    assert engine.rows(scored.table, "cell") == [("111",), ("111",)]


def test_future_rows(engine: Engine) -> None:
    table = engine.table(history(TEN))
    with pytest.raises(DataError) as raised:
        rfm(table, as_of="2026-03-20")
    assert str(raised.value) == (
        "column 'order_date': 4 of 26 rows lie after as_of=2026-03-20, the last on 2026-03-28. "
        'Choose a later as_of, or pass future="drop" to leave them out'
    )
    scored = rfm(table, as_of="2026-03-20", future="drop")
    # A's and B's later orders; B (10 days before the 31st) and nobody else has no earlier one.
    assert scored.dropped == {
        "rows after 2026-03-20": 4, "customers with rows after 2026-03-20 only": 1,
    }  # fmt: skip
    assert engine.rows(scored.table, "customer_id", "recency", "frequency")[:2] == [
        ("A", 1, 3), ("C", 6, 4),
    ]  # fmt: skip
    nobody = rfm(table, as_of="2001-01-01", future="drop")
    assert engine.rows(nobody.table) == []
    assert nobody.dropped == {
        "rows after 2001-01-01": 26, "customers with rows after 2001-01-01 only": 10,
    }  # fmt: skip
    assert "left out: 10 customers with rows after 2001-01-01 only" in repr(nobody)


def test_an_order_on_the_day_itself_is_not_after_it(engine: Engine) -> None:
    table = engine.table(
        orders(
            ("A", "2026-03-19", 1.0), ("A", "2026-03-20", 2.0), ("B", "2026-03-20", 4.0),
            ("B", "2026-03-21", 8.0),
        )
    )  # fmt: skip
    scored = rfm(table, as_of="2026-03-20", future="drop")
    assert scored.dropped == {"rows after 2026-03-20": 1}
    assert engine.rows(scored.table, "customer_id", "recency", "monetary") == [
        ("A", 0, 3), ("B", 0, 4),
    ]  # fmt: skip
    with pytest.raises(DataError, match="1 of 4 rows lie after as_of=2026-03-20"):
        rfm(table, as_of="2026-03-20")
    for future in ("error", "drop"):
        assert rfm(table, as_of="2026-03-21", future=future).dropped == {}


def test_unusable_rows(engine: Engine) -> None:
    bad = orders(
        (None, "2026-01-01", 1.0), ("A", "n/a", 1.0), ("A", "2026-01-01", None),
        ("B", "2026-01-02", 2.0),
    )  # fmt: skip
    table = engine.table(bad)
    scored = rfm(table, unusable="drop")
    assert scored.dropped == {
        "customer_id missing": 1, "order_date not a day": 1, "amount missing or not finite": 1,
    }  # fmt: skip
    assert engine.rows(scored.table, "customer_id", "monetary") == [("B", 2)]
    assert "left out: 1 customer_id missing; left out: 1 order_date" in scored._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"as_of": "yesterday"}, "as_of='yesterday' is not a day"),
        ({"bins": 1}, "bins=1: give a whole number of 2 or more"),
        ({"ties": "random"}, "ties='random': choose one of 'together', 'split'"),
        ({"monetary": "median"}, "monetary='median'"),
        ({"future": "ignore"}, "future='ignore'"),
        ({"unusable": None}, "unusable=None"),
        ({"weights": (1, 1)}, "give 3 numbers, none negative and not all zero"),
        ({"weights": (0, 0, 0)}, "give 3 numbers"),
        ({"weights": (1, 1, -1)}, "give 3 numbers"),
        ({"weights": 1}, "give 3 numbers"),
        ({"weights": "111"}, "weights='1': give a finite number"),
        ({"weights": (1, 1, float("nan"))}, "weights=nan: give a finite number"),
    ],
    ids=str,
)
def test_arguments_that_make_no_sense(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        rfm(history(TEN), **arguments)


@pytest.mark.parametrize("name", ["r", "cell", "score", "recency"])
def test_a_name_that_the_answer_needs(name: str) -> None:
    with pytest.raises(ColumnError, match="has the name of a column of the answer"):
        rfm(history(TEN).rename(columns={"customer_id": name}), customer=name)


def test_an_answer_reads_well(engine: Engine) -> None:
    scored = rfm(engine.table(history(TEN)), as_of=TODAY)
    html = scored._repr_html_()
    assert "<caption>RFM scores as of 2026-03-31, 5 bins</caption>" in html
    assert html.count("<tr>") == 9
    assert "8 of 10 rows" in html
    assert repr(scored).splitlines()[0] == "RFM scores as of 2026-03-31, 5 bins"
    note = f"8 of 10 rows; {scored.notes[0]}"
    assert repr(scored).splitlines()[-1] == note
    assert f'<p class="ka-table-note">{note}</p>' in html


def test_equal_facts_that_are_scored_apart_are_counted() -> None:
    alike = history(dict.fromkeys(TEN, (30, 2, 100.0)))
    scored = rfm(alike, as_of=TODAY, ties="split")
    assert len(scored.table["cell"].unique()) == 5
    assert scored.notes == tuple(
        f"10 customers stand beside others of the same {fact} with another score"
        for fact in ("recency", "frequency", "monetary")
    )
    apart = history({"A": (3, 6, 600.0), "B": (10, 1, 50.0)})
    assert rfm(apart, as_of=TODAY, ties="split", bins=2).notes == ()


# ---------------------------------------------------------------------------- facts at hand

NAMES: dict[str, Any] = {
    "customer": "donor",
    "recency": "weeks",
    "frequency": "answered",
    "monetary": "last_gift",
}


def facts(*rows: tuple[Any, Any, Any, Any]) -> pd.DataFrame:
    return pd.DataFrame({n: [row[i] for row in rows] for i, n in enumerate(NAMES.values())})


DONORS = facts(*[(name, *three) for name, three in reversed(TEN.items())])


def test_facts_at_hand_give_the_scores_worked_by_hand(engine: Engine) -> None:
    scored = rfm_scores(engine.table(DONORS), **NAMES)
    assert list(engine.frame(scored.table).columns) == ["donor", *COLUMNS]
    assert engine.rows(scored.table) == BY_HAND
    assert scored.cuts["frequency"] == pytest.approx((1, 1.6, 2.4, 4.2))
    assert (scored.as_of, scored.bins, dict(scored.dropped)) == (None, 5, {})
    assert scored.notes == ("nobody has frequency score 2: too many customers are alike",)
    assert "<caption>RFM scores, 5 bins</caption>" in scored._repr_html_()


@pytest.mark.parametrize("options", [{"nested": True}, {"ties": "split"}, {"weights": (0.5, 2, 1)}])
def test_facts_at_hand_are_scored_as_those_from_a_log(options: dict[str, Any]) -> None:
    from_log = rfm(history(TEN), as_of=TODAY, bins=3, **options)
    at_hand = rfm_scores(from_log.table.iloc[::-1], bins=3, **options)
    scores = ["customer_id", "r", "f", "m", "cell", "score"]
    pd.testing.assert_frame_equal(at_hand.table[scores], from_log.table[scores])
    assert at_hand.cuts == from_log.cuts


def test_shares_that_differ_in_the_last_bit_are_equal(engine: Engine) -> None:
    scored = rfm_scores(
        engine.table(facts(("A", 5, 0.1 + 0.2, 10), ("B", 5, 0.3, 10), ("C", 5, 1 / 3, 10))),
        **NAMES,
        bins=2,
    )
    assert engine.rows(scored.table, "f") == [(1,), (1,), (2,)]


def test_the_donors_of_a_charity_follow_the_definition() -> None:
    donors = ka.datasets.load("charity_mailing")
    scored = rfm_scores(
        donors,
        customer="donor_id",
        recency="weeks_since_response",
        frequency="response_rate",
        monetary="last_gift",
    )
    for fact, score, column in (
        ("weeks_since_response", "r", "recency"),
        ("response_rate", "f", "frequency"),
        ("last_gift", "m", "monetary"),
    ):
        cuts = donors[fact].quantile([0.2, 0.4, 0.6, 0.8]).to_numpy(copy=True)
        if fact == "last_gift":
            # 1,870 of 4,268 gave 10 guilders, on two cut points; 615 gave less, 1,783 more. Of two
            # cut points 2 · 615 / 2,398 = 0.51 go below, that is one, half way to the next gift, 8.
            assert (cuts == [10, 10, 15, 25]).all()
            cuts[0] = 9
        assert scored.cuts[column] == pytest.approx(cuts)
        above = (donors[fact].to_numpy()[:, None] > cuts + 1e-9).sum(axis=1)
        assert scored.table[score].tolist() == (5 - above if score == "r" else above + 1).tolist()
    assert scored.notes == ()


def test_facts_at_hand_have_segments(engine: Engine) -> None:
    donors = facts(*[(name, *three) for name, three in EIGHT.items()])
    found = rfm_segments(rfm_scores(engine.table(donors), **NAMES))
    assert engine.rows(found, "donor", "segment") == [(name, name) for name in sorted(EIGHT)]


def test_donors_of_whom_a_fact_is_missing(engine: Engine) -> None:
    some = facts(("A", 5, 0.5, 10), ("B", None, 0.25, 20), ("C", 9, 0.75, None), ("D", 2, 1.0, 5))
    table = engine.table(some)
    with pytest.raises(DataError, match=r"'weeks': missing or not finite in 1 of 4 rows: .*drop"):
        rfm_scores(table, **NAMES)
    scored = rfm_scores(table, **NAMES, bins=2, unusable="drop")
    assert engine.rows(scored.table, "donor", "cell") == [("A", "112"), ("D", "221")]
    assert scored.dropped == {
        "weeks missing or not finite": 1, "last_gift missing or not finite": 1,
    }  # fmt: skip
    assert "left out: 1 weeks missing or not finite" in repr(scored)


def test_no_donors(engine: Engine) -> None:
    scored = rfm_scores(engine.table(DONORS.head(0)), **NAMES)
    assert engine.rows(scored.table) == []
    assert list(engine.frame(scored.table).columns) == ["donor", *COLUMNS]
    assert scored.notes == ("no customers: nobody to score",)


# ------------------------------------------------------------------------------------ segments

EIGHT = {
    # One customer for each pattern around the means of 50 days, 4 orders and 400 of revenue.
    "important-value": (10, 7, 700.0), "important-development": (10, 1, 700.0),
    "important-retention": (90, 7, 700.0), "important-win-back": (90, 1, 700.0),
    "ordinary-value": (10, 7, 100.0), "ordinary-development": (10, 1, 100.0),
    "ordinary-retention": (90, 7, 100.0), "ordinary-win-back": (90, 1, 100.0),
}  # fmt: skip


@pytest.mark.parametrize("split", ["mean", "median"])
def test_each_pattern_has_its_segment(engine: Engine, split: str) -> None:
    scored = rfm(engine.table(history(EIGHT)), as_of=TODAY)
    found = rfm_segments(scored, split=split)
    rows = engine.rows(found)
    assert list(engine.frame(found).columns) == [
        "customer_id", "recency", "frequency", "monetary", "segment", "segment_name", "action",
    ]  # fmt: skip
    assert [row[0] for row in rows] == sorted(EIGHT)
    for customer, _, _, _, segment, name, action in rows:
        assert segment == customer
        assert name == customer.replace("-", " ").replace("win back", "win-back") + " customer"
        assert action.endswith(".")


def test_the_average_itself_counts_as_better_by_mean_and_median() -> None:
    three = {"A": (1, 1, 10.0), "B": (2, 2, 20.0), "C": (6, 6, 90.0)}
    scored = rfm(history(three), as_of=TODAY)
    means = rfm_segments(scored)["segment"].tolist()  # 3 days, 3 orders, 40
    assert means == ["ordinary-development", "ordinary-development", "important-retention"]
    medians = rfm_segments(scored, split="median")["segment"].tolist()  # 2 days, 2 orders, 20
    assert medians == ["ordinary-development", "important-value", "important-retention"]


def test_segments_of_nobody(engine: Engine) -> None:
    found = rfm_segments(rfm(engine.table(history(TEN).head(0))))
    assert engine.rows(found) == []


def test_segments_need_an_answer_of_rfm() -> None:
    scored = rfm(history(TEN))
    with pytest.raises(DataError, match=r"pass the answer of ka\.segmentation\.rfm, not a table"):
        rfm_segments(scored.table)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="split='mode'"):
        rfm_segments(scored, split="mode")


def test_a_recency_of_zero_is_today_and_none_is_below() -> None:
    found = rfm_scores(facts(("A", 0, 1.0, 5), ("B", 9, 1.0, 5)), **NAMES, bins=2).table
    assert found["r"].tolist() == [2, 1]
    with pytest.raises(DataError, match=r"'weeks': below 0 in 1 of 1 rows: row 0"):
        rfm_scores(facts(("A", -3, 1, 1)), **NAMES)
