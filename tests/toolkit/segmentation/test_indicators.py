"""Eight indicators of a period: worked by hand, unknown where data are missing, and their laws."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from engines import Engine, dropping, orders
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns.rates import wilson_interval
from keyaccounts.segmentation import (
    Figure,
    complaint_resolution,
    engagement,
    indicators,
    reference,
    satisfaction,
)

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


def counted(engine: Engine | None = None, **period: Any) -> dict[str, Figure]:
    """Return what is counted from the three tables besides the orders."""
    surveys, approaches, cases = (
        engine.table(t) if engine else t for t in (SURVEYS, INTERACTIONS, COMPLAINTS)
    )
    period = period or PERIOD
    return {
        "satisfaction": satisfaction(surveys, **period),
        "engagement": engagement(approaches, **period),
        "complaints": complaint_resolution(cases, **period),
    }


def of(figure: Figure) -> tuple[float, float, float]:
    return figure.value, figure.numerator, figure.denominator


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
        engine.table(ORDERS), **PERIOD, margin=0.3, winning_cost=500.0, **counted(engine)
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
    assert notes["satisfaction"] == "Unknown: satisfaction= was not given."
    assert notes["complaint_frequency"] == "Unknown: complaints= was not given."
    assert notes["acquisition_cost"] == "Unknown: winning_cost= was not given."
    assert "4 of 10 figures known" in repr(found)
    assert "<table>" in found._repr_html_()


def test_nothing_to_divide_by_is_unknown() -> None:
    period = {"start": "2027-01-01", "end": "2027-01-31"}
    later = indicators(ORDERS, **period, margin=0.3, winning_cost=1.0, **counted(**period))
    assert set(figures(later).values()) == {None}
    notes = later.table.set_index("indicator")["note"]
    assert notes["retention"] == ("Unknown: no customer ordered in the 31 days before the period.")
    assert notes["repurchase"] == "Unknown: nobody ordered in the period."
    assert notes["satisfaction"] == "Unknown: no answers in the period."
    assert notes["engagement"] == "Unknown: nobody was reached in the period."
    assert notes["complaint_resolution"] == "Unknown: no complaints in the period."
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
    assert indicators(ORDERS, **PERIOD, before=900_000).cohort["start"] == 4  # all there ever were


def test_limits_are_met_exactly() -> None:
    assert of(satisfaction(SURVEYS, **PERIOD, satisfied=3)) == (1, 3, 3)
    eight = complaint_resolution(COMPLAINTS, **PERIOD, within_days=8)
    assert of(eight) == pytest.approx((2 / 3, 2, 3))
    assert of(complaint_resolution(COMPLAINTS, **PERIOD, within_days=6)) == (0, 0, 3)


def test_no_complaints_are_a_frequency_of_zero() -> None:
    quiet = complaint_resolution(COMPLAINTS.head(0), **PERIOD)
    found = figures(indicators(ORDERS, **PERIOD, complaints=quiet))
    assert found["complaint_resolution"] is None
    assert found["complaint_frequency"] == (0, 0, 4)


def test_who_may_or_may_not_have_taken_part_does_not_count(engine: Engine) -> None:
    table = engine.table(INTERACTIONS.assign(participated=[0.0, 1.0, None, 0.0, 1.0]))
    assert of(engagement(table, **PERIOD)) == (1 / 2, 1, 2)  # A and C; of B nothing is known


def test_a_figure_counts_for_its_own_period_only() -> None:
    other = {"start": "2026-01-01", "end": "2026-06-30"}
    with pytest.raises(ParameterError, match="engagement= is of 2026-01-01 to 2026-03-31: count"):
        indicators(ORDERS, **other, engagement=counted()["engagement"])
    for name, function in (
        ("satisfaction", "satisfaction"),
        ("complaints", "complaint_resolution"),
    ):
        with pytest.raises(
            ParameterError, match=f"^{name}= is a DataFrame: .*ka.segmentation.{function}$"
        ):
            indicators(ORDERS, **PERIOD, **{name: SURVEYS})


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"end": "2025-12-31"}, ParameterError, "ends before it starts"),
        ({"margin": 30}, ParameterError, "write 0.3 for 30 %"),
        ({"before": 0}, ParameterError, "before=0"),
        ({"winning_cost": -5}, ParameterError, "winning_cost=-5: give a number of zero or more"),
    ],
    ids=str,
)
def test_bad_arguments(options: dict[str, Any], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        indicators(ORDERS, **{**PERIOD, **options})


@pytest.mark.parametrize(
    ("count", "error", "said"),
    [
        (lambda: satisfaction(SURVEYS, start="2026-02-01", end="2026-01-01"), ParameterError,
         "ends before it starts"),
        (lambda: satisfaction(SURVEYS, **PERIOD, satisfied="4"), ParameterError, "satisfied='4'"),
        (lambda: complaint_resolution(COMPLAINTS, **PERIOD, within_days=-1), ParameterError,
         "within_days=-1"),
        (lambda: complaint_resolution(COMPLAINTS.assign(resolved_at="2026-01-01"), **PERIOD),
         DataError, "'resolved_at': resolved before it was opened in 3 of 4 rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted(count: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        count()


def test_unusable_orders_can_be_left_out() -> None:
    bad = pd.concat([ORDERS, orders(("H", None, 5.0))])
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

    period = {"start": begin + dt.timedelta(first), "end": begin + dt.timedelta(first + length - 1)}
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
