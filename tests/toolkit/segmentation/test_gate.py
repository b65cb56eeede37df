"""Whether to grade at all: three numbers from orders, four answers for the pyramid."""

from __future__ import annotations

from typing import Any

import pytest
from engines import Engine, dropping, orders
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.segmentation import grading_gate, pyramid_suits, reference

# A: two orders, 300; B: two rows of one day are one order, 100; C: one order, 200.
# Mean 200, variance (100² + 100² + 0) / 3, so the coefficient of variation is √(2/3) / 2.
THREE = orders(
    ("A", "2026-01-01", 250.0),
    ("A", "2026-02-01", 50.0),
    ("B", "2026-01-05", 60.0),
    ("B", "2026-01-05", 40.0),
    ("C", "2026-03-01", 200.0),
)


def test_by_hand(engine: Engine) -> None:
    gate = grading_gate(engine.table(THREE), span=2, least_variation=0.4)
    assert gate.table["found"].tolist() == pytest.approx([3, 1 / 3, (2 / 3) ** 0.5 / 2])
    assert gate.table["above"].tolist() == [2, 0, 0.4]
    assert gate.table["met"].tolist() == ["yes", "yes", "yes"]
    assert (gate.passed, gate.unmet, gate.unknown) == (True, (), ())
    assert repr(gate).startswith("All conditions are met")
    assert "<table>" in gate._repr_html_()


def test_each_condition_can_be_what_is_missing() -> None:
    def unmet(**options: Any) -> tuple[str, ...]:
        return grading_gate(THREE, **{"span": 2, "least_variation": 0.4, **options}).unmet

    assert unmet(span=3) == ("more_than_span",)  # as many as can be looked after are not more
    assert unmet(people=2) == ("more_than_span",)
    assert unmet(least_repeat=1 / 3) == ("repeat_dealings",)
    assert unmet(least_variation=0.41) == ("value_differs",)
    assert unmet(span=9, least_variation=1) == ("more_than_span", "value_differs")


def test_values_differ_from_half_of_their_mean_on() -> None:
    # Two customers of 200 ± 100: their standard deviation is exactly half of the mean.
    def gate(low: float, high: float) -> Any:
        return grading_gate(orders(("A", "2026-01-01", low), ("B", "2026-01-02", high)), span=1)

    assert gate(100.0, 300.0).table["above"].tolist()[2] == 0.5
    assert "value_differs" in gate(100.0, 300.0).unmet
    assert "value_differs" not in gate(99.0, 301.0).unmet


def test_what_cannot_be_told_is_unknown() -> None:
    nobody = grading_gate(THREE.head(0), span=1)
    assert (nobody.passed, nobody.unmet) == (False, ("more_than_span",))
    assert nobody.unknown == ("repeat_dealings", "value_differs")
    refunds = grading_gate(THREE.assign(amount=-THREE["amount"]), span=1)
    assert refunds.unknown == ("value_differs",)


def test_a_mean_that_is_zero_but_for_rounding_is_zero(engine: Engine) -> None:
    days = [f"2026-01-{day:02}" for day in range(1, 21)]
    amounts = {"x": 0.1, "y": 0.2, "z": -0.3}
    rows = orders(*[(c, day, amount) for c, amount in amounts.items() for day in days])
    assert grading_gate(engine.table(rows), span=1).unknown == ("value_differs",)


def test_amounts_too_large_to_add_up() -> None:
    with pytest.raises(DataError, match="too large to add up"):
        grading_gate(THREE.drop_duplicates("customer_id").assign(amount=1e308), span=1)


def test_bad_rows_and_arguments() -> None:
    bad = THREE.assign(customer_id=["A", None, "B", "B", "C"])
    with dropping("1 with customer_id missing"):
        assert grading_gate(bad, span=1, unusable="drop").table["found"].iloc[1] == 0
    with pytest.raises(ParameterError, match="span=0"):
        grading_gate(THREE, span=0)
    for name, value in (("least_repeat", 1), ("least_repeat", -0.1), ("least_variation", -1)):
        with pytest.raises(ParameterError, match=f"{name}={value}: give a "):
            grading_gate(THREE, span=1, **{name: value})


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(1, 28), st.integers(1, 900)),
             min_size=1, max_size=20),
    st.sampled_from([0.01, 7.0, 1000.0]),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_order_and_currency_do_not_matter(rows: Any, rate: float, chance: Any) -> None:
    mixed = rows.copy()
    chance.shuffle(mixed)
    one = orders(*[(c, f"2026-01-{d:02}", float(a)) for c, d, a in rows])
    two = orders(*[(c, f"2026-01-{d:02}", a * rate) for c, d, a in mixed])
    first, second = (grading_gate(frame, span=2).table["found"] for frame in (one, two))
    assert second.tolist() == pytest.approx(first.tolist(), abs=1e-9)


def test_pyramid_suits_only_with_four_times_yes() -> None:
    yes = dict.fromkeys(reference("pyramid_conditions")["id"], True)
    assert pyramid_suits(**yes).passed is True
    assert pyramid_suits().passed is None
    assert len(pyramid_suits().unknown) == 4
    for name in yes:
        found = pyramid_suits(**{**yes, name: False})
        assert (found.passed, found.unmet, found.unknown) == (False, (name,), ())
        assert pyramid_suits(**{**yes, name: None}).passed is None
    mixed = pyramid_suits(profiles=True, quality=False)
    assert (mixed.passed, mixed.unknown) == (False, ("drivers", "impact"))
    assert repr(mixed).startswith("Not met: quality")
    assert "Some conditions are unknown" in pyramid_suits()._repr_html_()
    with pytest.raises(DataError, match="'impact'"):
        pyramid_suits(impact="perhaps")


def test_a_gate_shows_the_conditions_of_its_list_in_both_languages() -> None:
    gates = {
        "grading_conditions": grading_gate(THREE, span=2),
        "pyramid_conditions": pyramid_suits(),
    }
    for name, gate in gates.items():
        listed = reference(name)
        assert listed["id"].tolist() == gate.table["condition"].tolist()
        assert listed["chinese"].str.fullmatch(r"[\u4e00-\u9fff，、（）]{4,}").all()
    with pytest.raises(ParameterError, match=r"choose one of .*'customer_tiers'"):
        reference("conditions")
