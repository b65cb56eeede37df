"""Eight indicators of a period: worked by hand, unknown where data are missing, and their laws."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd
import pytest
from engines import Engine, dropping, orders
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.patterns.rates import wilson_interval
from keyaccounts.segmentation import indicators, reference

PERIOD = {"start": "2026-01-01", "end": "2026-03-31"}  # 90 days; before it from 2025-10-03
# A, B, C ordered lately; D long ago; E and F are new. C's only order is taken back; G refunds only.
ORDERS = orders(
    ("A", "2025-10-03", 100.0), ("A", "2026-01-01", 60.0), ("A", "2026-03-31", 40.0),
    ("B", "2025-12-31", 50.0), ("B", "2026-02-01", -50.0),
    ("C", "2025-11-11", 10.0), ("C", "2026-04-01", 999.0),
    ("D", "2025-10-02", 30.0), ("D", "2026-02-02", 30.0),
    ("E", "2026-02-03", 20.0), ("E", "2026-02-03", 10.0),
    ("F", "2026-03-01", 70.0), ("F", "2026-03-02", 20.0),
    ("G", "2026-03-01", -20.0),
)  # fmt: skip
SURVEYS = pd.DataFrame(
    {
        "date": ["2026-01-01", "2026-03-31", "2026-02-01", "2026-02-02", "2026-04-01"],
        "satisfaction": [5.0, 3, 4, None, 5],
    }
)
INTERACTIONS = pd.DataFrame(
    {
        "customer_id": ["A", "A", "B", "C", "D"],
        "date": ["2026-01-05", "2026-02-05", "2026-01-05", "2026-01-05", "2025-12-31"],
        "participated": [False, True, False, True, True],
    }
)
COMPLAINTS = pd.DataFrame(
    {
        "opened_at": ["2026-01-05T10:00", "2026-03-30T09:00", "2026-02-01T08:00", "2025-12-31"],
        "resolved_at": ["2026-01-12T18:00", None, "2026-02-09T07:00", "2026-01-01"],
    }
)


def figures(found: Any) -> dict[str, Any]:
    table = found.table
    return {
        row.indicator: None
        if row.state == "unknown"
        else (row.value, row.numerator, row.denominator)
        for row in table.itertuples()
    }


def test_by_hand(engine: Engine) -> None:
    found = indicators(
        engine.table(ORDERS),
        **PERIOD,
        margin=0.3,
        winning_cost=500.0,
        surveys=engine.table(SURVEYS),
        interactions=engine.table(INTERACTIONS),
        complaints=engine.table(COMPLAINTS),
    )
    assert found.cohort == {
        "start": 3, "kept": 1, "lost": 2, "new": 2, "returned": 1, "active": 4,
    }  # fmt: skip
    # revenue 100 − 50 + 30 + 30 + 90 − 20 = 180, of it 54 margin, of four customers
    by_hand = {
        "satisfaction": (2 / 3, 2, 3),
        "repurchase": (2 / 4, 2, 4),  # A and F; E's two rows are one order
        "retention": (1 / 3, 1, 3),
        "lifetime_value": (13.5 * 1.5, 13.5, 2 / 3),
        "growth": (2 / 3, 2, 3),
        "churn": (2 / 3, 2, 3),
        "engagement": (2 / 3, 2, 3),
        "acquisition_cost": (250, 500, 2),
        "complaint_resolution": (1 / 3, 1, 3),  # after 7 days, never, after 8
        "complaint_frequency": (3 / 4, 3, 4),
    }
    for name, figure in figures(found).items():
        assert figure == pytest.approx(by_hand[name]), name
    assert list(by_hand) == reference("indicators")["id"].tolist()
    table = found.table.set_index("indicator")
    ends = table.loc[["retention", "repurchase"], ["low", "high"]].to_numpy().tolist()
    assert ends == [pytest.approx(wilson_interval(1, 3)), pytest.approx(wilson_interval(2, 4))]
    rates = {"satisfaction", "repurchase", "retention", "churn", "engagement"}
    assert set(table.index[table["low"].notna()]) == rates | {"complaint_resolution"}
    assert set(table.loc[table["origin"] == "ours", "number"]) == {7, 8}


def test_what_was_not_given_is_unknown_not_zero() -> None:
    found = indicators(ORDERS, **PERIOD)
    known = {name for name, figure in figures(found).items() if figure}
    assert known == {"repurchase", "retention", "growth", "churn"}
    notes = found.table.set_index("indicator")["note"]
    assert notes["satisfaction"] == "Unknown: surveys= was not given."
    assert notes["acquisition_cost"] == "Unknown: winning_cost= was not given."
    assert "4 of 10 figures known" in repr(found)
    assert "<table>" in found._repr_html_()


def test_nothing_to_divide_by_is_unknown() -> None:
    later = indicators(
        ORDERS, start="2027-01-01", end="2027-01-31", margin=0.3, winning_cost=1.0,
        surveys=SURVEYS, interactions=INTERACTIONS, complaints=COMPLAINTS,
    )  # fmt: skip
    assert set(figures(later).values()) == {None}
    notes = later.table.set_index("indicator")["note"]
    assert notes["retention"] == ("Unknown: no customer ordered in the 31 days before the period.")
    assert notes["repurchase"] == "Unknown: nobody ordered in the period."
    nobody = indicators(ORDERS.head(0), **PERIOD)
    assert set(nobody.cohort.values()) == {0}
    stayed = indicators(ORDERS.head(3), **PERIOD, margin=0.3)
    assert figures(stayed)["lifetime_value"] is None
    assert "has no end" in stayed.table["note"].iloc[3]


def test_who_is_a_customer_at_the_start_can_be_widened() -> None:
    found = indicators(ORDERS, **PERIOD, before=91)
    assert found.cohort["start"] == 4
    assert found.cohort["returned"] == 0
    found = indicators(ORDERS, **PERIOD, before=1)
    assert (found.cohort["start"], found.cohort["lost"]) == (1, 1)


def test_limits_are_met_exactly() -> None:
    given = {"surveys": SURVEYS, "complaints": COMPLAINTS}
    found = figures(indicators(ORDERS, **PERIOD, **given, satisfied=3, within_days=8))
    assert found["satisfaction"] == (1, 3, 3)
    assert found["complaint_resolution"] == pytest.approx((2 / 3, 2, 3))
    found = figures(indicators(ORDERS, **PERIOD, **given, within_days=6))
    assert found["complaint_resolution"] == (0, 0, 3)


def test_other_names_and_kinds_of_columns() -> None:
    renamed = INTERACTIONS.rename(columns={"customer_id": "id", "participated": "came"})
    found = indicators(
        ORDERS.rename(columns={"customer_id": "id"}),
        **PERIOD,
        customer="id",
        interactions=renamed.astype({"came": int}).assign(date=pd.to_datetime(renamed["date"])),
        participated="came",
        surveys=SURVEYS.rename(columns={"date": "day", "satisfaction": "stars"}),
        survey_date="day",
        satisfaction="stars",
        complaints=COMPLAINTS.rename(columns={"opened_at": "a", "resolved_at": "b"}),
        opened="a",
        resolved="b",
    )
    assert figures(found)["engagement"] == pytest.approx((2 / 3, 2, 3))
    assert figures(found)["satisfaction"] == pytest.approx((2 / 3, 2, 3))
    assert figures(found)["complaint_resolution"] == pytest.approx((1 / 3, 1, 3))


@pytest.mark.parametrize(
    "wrong", [[0.6, 1.5, 0.4, 2.5, 1.0], [1, 0, math.inf, 1, 0], [-1, 2, 1, 1, 1]]
)
def test_taking_part_is_yes_or_no(engine: Engine, wrong: list[float]) -> None:
    table = engine.table(INTERACTIONS.assign(participated=wrong))
    with pytest.raises(DataError, match="'participated': neither true nor false, nor 1 or 0"):
        indicators(ORDERS, **PERIOD, interactions=table)


def test_who_may_or_may_not_have_taken_part_does_not_count(engine: Engine) -> None:
    table = engine.table(INTERACTIONS.assign(participated=[0.0, 1.0, None, 0.0, 1.0]))
    found = figures(indicators(ORDERS, **PERIOD, interactions=table))
    assert found["engagement"] == (1 / 2, 1, 2)  # A and C; of B nothing is known


def test_an_answer_without_end_is_no_answer(engine: Engine) -> None:
    table = engine.table(SURVEYS.assign(satisfaction=[5.0, math.inf, 4, None, 5]))
    with pytest.raises(DataError, match="'satisfaction': not finite in 1 rows"):
        indicators(ORDERS, **PERIOD, surveys=table)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"end": "2025-12-31"}, ParameterError, "ends before it starts"),
        ({"start": "soon"}, ParameterError, "start='soon' is not a day"),
        ({"margin": 30}, ParameterError, "write 0.3 for 30 %"),
        ({"before": 0}, ParameterError, "before=0"),
        ({"before": 900_000}, ParameterError, "before=900000: 900,000 days before the start there"),
        ({"start": "0001-01-02"}, ParameterError, "give fewer days or a later start"),
        ({"winning_cost": -5}, ParameterError, "winning_cost=-5: give a cost of zero or more"),
        ({"confidence": 1}, ParameterError, "without the ends"),
        ({"winning_cost": "much"}, ParameterError, "winning_cost='much'"),
        ({"complaints": COMPLAINTS, "within_days": -1}, ParameterError, "within_days=-1"),
        ({"amount": "sum"}, ColumnError, "no column 'sum'"),
        ({"surveys": SURVEYS, "satisfaction": "stars"}, ColumnError, "no column 'stars'"),
        ({"surveys": SURVEYS.assign(date="May")}, DataError, "'date': no day in 5 rows"),
        ({"surveys": SURVEYS.assign(satisfaction="good")}, DataError, "not numbers"),
        ({"interactions": INTERACTIONS.assign(participated="yes")}, DataError, "not numbers"),
        ({"interactions": INTERACTIONS.assign(customer_id=[None, *"ABCD"])}, DataError,
         "'customer_id': no customer in 1 rows"),
        ({"complaints": COMPLAINTS.assign(resolved_at="2026-01-01")}, DataError,
         "resolved before it was opened in 3 rows"),
        ({"complaints": COMPLAINTS.assign(resolved_at="soon")}, DataError, "no readable day"),
    ],
    ids=str,
)  # fmt: skip
def test_bad_arguments_and_rows(options: dict[str, Any], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        indicators(ORDERS, **{**PERIOD, **options})


def test_unusable_orders_can_be_left_out() -> None:
    bad = pd.concat([ORDERS, orders(("H", None, 5.0))])
    with pytest.raises(DataError, match="'order_date': missing in 1 of 15 rows"):
        indicators(bad, **PERIOD)
    with dropping("1 with order_date missing"):
        assert indicators(bad, **PERIOD, unusable="drop").cohort["new"] == 2


ROW = st.tuples(st.sampled_from("ABCDEFG"), st.integers(0, 120), st.integers(-900, 2000))


@settings(max_examples=60)
@given(
    st.lists(ROW, min_size=1, max_size=25),
    st.integers(10, 80),
    st.integers(1, 60),
    st.randoms(use_true_random=False),
)
def test_laws(rows: Any, first: int, length: int, chance: Any) -> None:
    begin = dt.date(2026, 1, 1)

    def table(rows: Any, rate: float = 1) -> pd.DataFrame:
        return orders(*[(c, str(begin + dt.timedelta(d)), a * rate) for c, d, a in rows])

    period = {
        "start": begin + dt.timedelta(first),
        "end": begin + dt.timedelta(first + length - 1),
    }
    found = indicators(table(rows), **period)
    cohort, shown = found.cohort, found.table.set_index("indicator")["value"]
    if cohort["start"]:
        assert shown["retention"] + shown["churn"] == pytest.approx(1)
        assert shown["growth"] * cohort["start"] == pytest.approx(cohort["new"])
    assert cohort["start"] == cohort["kept"] + cohort["lost"]
    assert cohort["active"] == cohort["kept"] + cohort["new"] + cohort["returned"]
    assert min(cohort.values()) >= 0
    # by plain Python: the days on which each customer bought
    nets: dict[tuple[str, int], int] = {}
    for c, d, a in rows:
        nets[c, d] = nets.get((c, d), 0) + a
    days = {c: {d for (k, d), net in nets.items() if k == c and net >= 0} for c, _, _ in rows}
    at_start = {c for c, own in days.items() if any(first - length <= d < first for d in own)}
    active = {c for c, own in days.items() if any(first <= d < first + length for d in own)}
    known = {c for c, own in days.items() if any(d < first for d in own)}
    assert cohort["start"] == len(at_start)
    assert cohort["kept"] == len(at_start & active)
    assert cohort["new"] == len(active - known)
    mixed = rows.copy()
    chance.shuffle(mixed)
    assert indicators(table(mixed, 0.3), **period).cohort == cohort
