"""Hours by tier: the plan 10/30/60 against 60/30/10, what was done, and the best division."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.segmentation import optimal_time, reference, time_allocation, time_spent
from scipy.optimize import minimize

TIERS = ["vip", "ordinary", "prospect"]
LOG = pd.DataFrame(
    {
        "customer_id": ["A", "B", "B", "C", "D", "E", "E", "F", "G", "H", "I", "J"],
        "tier": ["vip"] + ["ordinary"] * 4 + ["prospect"] * 7,
        "hours": [30.0, 10.0, 10.0, 20.0, 10.0, 5.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0],
    }
)


def test_the_plan_by_hand() -> None:
    # 0.6/0.1 = 6, 0.3/0.3 = 1, 0.1/0.6 = 1/6; of 1,000 hours for 100 customers an average one
    # gets 10
    found = time_allocation(100, 1000)
    assert found.table["tier"].tolist() == TIERS
    assert found.table["per_head"].tolist() == pytest.approx([6, 1, 1 / 6])
    assert found.table["customers"].tolist() == pytest.approx([10, 30, 60])
    assert found.table["hours"].tolist() == pytest.approx([600, 300, 100])
    assert found.table["hours_each"].tolist() == pytest.approx([60, 10, 5 / 3])
    assert found.ratio == pytest.approx(36)
    assert np.isnan(found.misallocation)
    assert found.notes == ()


def test_the_plan_is_the_catalog() -> None:
    listed = reference("time_plan")
    assert listed["id"].tolist() == TIERS
    assert listed["customer_share"].tolist() == [0.1, 0.3, 0.6]
    assert listed["time_share"].tolist() == [0.6, 0.3, 0.1]


def test_misallocation_by_hand() -> None:
    # 0.3 too few, 0.2 and 0.1 too many: 30 % of the hours are in the wrong place
    found = time_allocation(actual={"prospect": 0.2, "vip": 0.3, "ordinary": 0.5})
    assert found.table["gap"].tolist() == pytest.approx([-0.3, 0.2, 0.1])
    assert found.misallocation == pytest.approx(0.3)
    assert found.table["hours_each"].isna().all()


def test_a_tier_without_customers_gives_its_time_to_the_others() -> None:
    # 0.6 and 0.1 of what is left, 0.7, for halves of the customers
    found = time_allocation(customers=(0.5, 0, 0.5))
    assert found.table["time_share"].tolist() == pytest.approx([6 / 7, 0, 1 / 7])
    assert found.table["per_head"].to_numpy() == pytest.approx([12 / 7, np.nan, 2 / 7], nan_ok=True)
    assert found.ratio == pytest.approx(6)
    assert found.notes == (
        "nobody is ordinary: the 30 % of the time planned for it goes to the others",
    )
    assert found.notes[0] in repr(found)


def test_a_tier_that_gets_nothing() -> None:
    assert time_allocation(time=(0.7, 0.3, 0)).ratio == np.inf
    # an empty tier with no time planned takes nothing from anybody
    assert time_allocation(customers=(0.5, 0.5, 0), time=(0.7, 0.3, 0)).notes == ()


SHARE = st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(sum)


@given(SHARE, SHARE, SHARE)
def test_shares_stay_shares(heads: list[int], plan: list[int], done: list[int]) -> None:
    head, time, actual = ([n / sum(part) for n in part] for part in (heads, plan, done))
    if not sum(t for h, t in zip(head, time, strict=True) if h):
        with pytest.raises(ParameterError, match="tiers without customers"):
            time_allocation(customers=head, time=time, actual=actual)
        return
    found = time_allocation(50, 400, customers=head, time=time, actual=actual)
    assert found.table["time_share"].sum() == pytest.approx(1)
    assert found.table["hours"].sum() == pytest.approx(400)
    assert 0 <= found.misallocation <= 1 + 1e-9
    assert found.table["gap"].sum() == pytest.approx(0, abs=1e-9)
    # the mean over customers of hours each is hours per customer
    each = found.table["hours_each"].fillna(0)
    assert (each * found.table["customers"]).sum() == pytest.approx(400)


def test_hours_from_a_diary(engine: Engine) -> None:
    # 100 hours: vip 30, ordinary 50, prospects 20; customers 1, 3 and 6, so 10 in all
    found = time_spent(engine.table(LOG))
    assert found.table["customer_share"].tolist() == pytest.approx([0.1, 0.3, 0.6])
    assert found.table["actual_share"].tolist() == pytest.approx([0.3, 0.5, 0.2])
    assert found.table["customers"].tolist() == pytest.approx([1, 3, 6])
    assert found.table["hours_each"].tolist() == pytest.approx([60, 10, 10 / 6])
    assert found.misallocation == pytest.approx(0.3)


def test_a_diary_with_tiers_of_its_own_and_an_empty_one(engine: Engine) -> None:
    log = LOG.assign(tier=LOG["tier"].map({"vip": "gold", "ordinary": "iron", "prospect": "iron"}))
    plan = {"platinum": 0.5, "gold": 0.25, "iron": 0.25}
    found = time_spent(engine.table(log), time=plan)
    assert found.table["time_share"].tolist() == pytest.approx([0, 0.5, 0.5])
    assert found.table["actual_share"].tolist() == pytest.approx([0, 0.3, 0.7])
    assert found.notes[0].startswith("nobody is platinum: the 50 %")


def test_shows_itself() -> None:
    found = time_spent(LOG)
    assert "a factor of 36 between" in repr(found)
    assert "; 30 % of the hours are not where the plan has them" in found._repr_html_()
    bare = repr(time_allocation())
    assert "gap" not in bare
    assert "hours each" not in bare


@pytest.mark.parametrize(
    ("log", "error", "said"),
    [
        (LOG.assign(tier="gold"), DataError, "none of vip, .* is 'gold'. Name .*time="),
        (LOG.assign(tier=["vip", "vip", *LOG["tier"][2:]]), DataError, "customer 'B' stands in"),
        (LOG.assign(hours=0.0), DataError, "no hours at all"),
        (LOG.head(0), DataError, "no hours at all"),
    ],
)  # fmt: skip
def test_bad_diaries(log: pd.DataFrame, error: type[Exception], said: str, engine: Engine) -> None:
    if not engine.eager:
        said = said.replace(": row 0", ": for example")
    with pytest.raises(error, match=said):
        time_spent(engine.table(log))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"time": (0.6, 0.3, 0.2)}, "time: the shares add up to 1.1, not to 1"),
        ({"customers": (10, 30, 60)}, "write 0.1 for 10 %"),
        ({"customers": (0.5, 0.5)}, "give shares for vip, ordinary, prospect"),
        ({"customers": (1.2, -0.2, 0)}, r"customers\['ordinary'\]=-0.2: give a number of zero"),
        ({"time": 3}, "time=3: give shares for vip, ordinary, prospect"),
        ({"time": {"gold": 1}}, "time: has the tiers gold, not vip, ordinary, prospect"),
        ({"actual": {"gold": 1}}, "actual: has the tiers gold"),
        ({"number": 0}, "number=0: give a number above zero"),
        ({"number": 10, "hours": -5}, "hours=-5"),
        ({"customers": (0, 0, 1), "time": (0.5, 0.5, 0)}, "all of it is planned for tiers without"),
    ],
)
def test_bad_plans(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        time_allocation(**arguments)


# ------------------------------------------------------------------------------ the best division


def test_best_hours_by_hand() -> None:
    # v² is 36, 9 and 1; with 1, 2 and 6 customers 36 + 18 + 6 = 60 parts of 600 hours
    found = optimal_time(
        {"vip": 6, "ordinary": 3, "prospect": 1}, 600,
        customers={"vip": 1, "ordinary": 2, "prospect": 6},
    )  # fmt: skip
    assert found["hours_each"].tolist() == pytest.approx([360, 90, 10])
    assert found["hours"].tolist() == pytest.approx([360, 180, 60])
    assert found["time_share"].tolist() == pytest.approx([0.6, 0.3, 0.1])
    assert found["brings"].sum() == pytest.approx((600 * 60) ** 0.5)  # √(H Σ n v²)


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_best_hours_in_any_unit(unit: float) -> None:
    found = optimal_time({"vip": 6 * unit, "prospect": 1 * unit}, 370)
    assert found["hours_each"].tolist() == pytest.approx([360, 10])


@given(
    st.lists(st.floats(0.5, 5), min_size=2, max_size=5),
    st.lists(st.integers(1, 9), min_size=5, max_size=5),
)
def test_no_optimizer_finds_more(values: list[float], counts: list[int]) -> None:
    names = [f"tier {i}" for i in range(len(values))]
    v, n = np.array(values), np.array(counts[: len(values)], dtype=float)
    found = optimal_time(
        dict(zip(names, values, strict=True)), 100, customers=dict(zip(names, n, strict=True))
    )

    def each(z: np.ndarray) -> np.ndarray:  # any numbers as hours that add up to 100
        return 100 * np.exp(z) / (n * np.exp(z)).sum()

    other = minimize(lambda z: -(n * v * np.sqrt(each(z))).sum(), np.zeros(len(v)), method="BFGS")
    assert found["brings"].sum() >= -other.fun - 1e-6
    assert found["brings"].sum() == pytest.approx(-other.fun, rel=1e-6)
    assert found["hours_each"].to_numpy() == pytest.approx(each(other.x), rel=0.01)


def test_the_plan_is_best_where_a_vip_is_worth_six_prospects() -> None:
    # 36 times the hours: the square of 6
    plan = time_allocation(100, 1000).table
    value = dict(zip(TIERS, np.sqrt(plan["per_head"]), strict=True))
    heads = dict(zip(TIERS, plan["customers"], strict=True))
    best = optimal_time(value, 1000, customers=heads)
    assert best["hours_each"].tolist() == pytest.approx(plan["hours_each"].tolist())
    assert value["vip"] / value["prospect"] == pytest.approx(6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"values": {"vip": -1, "prospect": 2}, "hours": 5}, "none negative"),
        ({"values": {}, "hours": 10}, r"values=\[\]: give 1 numbers"),
        ({"values": {"vip": 1}, "hours": 5, "customers": {1: 1}}, "has the tiers 1, not vip"),
        ({"values": {"vip": 0}, "hours": 5}, "not all zero"),
        ({"values": {"vip": 1}, "hours": 0}, "hours=0"),
        ({"values": {"vip": 1}, "hours": 5, "customers": {"gold": 1}}, "has the tiers gold"),
        (
            {"values": {"vip": 1, "x": 0}, "hours": 5, "customers": {"vip": 0, "x": 3}},
            "only tiers without customers have a value",
        ),
    ],
)
def test_bad_values(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        optimal_time(**arguments)
