"""Three grids by hand: potential and relationship, value and profit, order size and payment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns.grid import moves
from keyaccounts.segmentation import contract_tier, potential_relationship, reference, value_profit

# The picture as it is taught: 2 marks for much potential, 5 for medium, 9 for little. Where in
# its row a mark stands is ours.
PICTURE = pd.DataFrame(
    {
        "account": range(16),
        "potential": ["high"] * 2 + ["middle"] * 5 + ["low"] * 9,
        "relationship": ["established", "limited"] + ["good"] * 5 + ["limited"] * 9,
    }
)


def test_potential_and_relationship_by_hand(engine: Engine) -> None:
    found = potential_relationship(engine.table(PICTURE), key="account")
    cells = [cell for (cell,) in engine.rows(found.table, "cell")]
    assert cells == ["lock-in", "win-over"] + ["develop-selectively"] * 5 + ["withdraw"] * 9
    assert len(found.counts) == 10


def test_potential_as_a_number() -> None:
    rows = PICTURE.assign(potential=range(16), relationship=4)
    cuts = {"potential_cuts": (9, 14), "relationship_cuts": (2, 4)}
    found = potential_relationship(rows, key="account", **cuts)
    assert found.table["y_band"].tolist() == ["low"] * 9 + ["middle"] * 5 + ["high"] * 2
    assert set(found.table["x_band"]) == {"established"}
    with pytest.raises(DataError, match="the bands are low, middle, high"):
        potential_relationship(PICTURE.assign(potential="huge"), key="account")


# ------------------------------------------------------------------------------- value_profit

ACCOUNTS = pd.DataFrame(
    {
        "account": list("ABCDEF"),
        "revenue": [900.0, 700.0, 500.0, 300.0, 100.0, np.nan],
        "profit": [90.0, -20.0, 10.0, 60.0, 0.0, 5.0],
    }
)
COLUMNS = {"key": "account", "value": "revenue", "profit": "profit"}
# Median revenue 500, and C on it is large. Gains 90, 10, 60, 5: their median is 35.


def test_value_and_profit_by_hand(engine: Engine) -> None:
    found = value_profit(engine.table(ACCOUNTS), **COLUMNS)
    assert [cell for (cell,) in engine.rows(found.table, "cell")] == [
        "large-profitable", "large-unprofitable", "large-moderate",
        "small-profitable", "small-moderate", "unknown",
    ]  # fmt: skip
    assert (found.x_cuts, found.y_cuts) == ((0, 35), (500,))
    keep, leave = (row for (row,) in engine.rows(found.table, "action")[:2])
    assert "keep them" in keep
    assert "leave them" in leave


def test_borders_may_be_given() -> None:
    found = value_profit(ACCOUNTS, **COLUMNS, median=800, band=20, high=100)
    assert found.table["cell"].tolist()[:3] == [
        "large-moderate",
        "small-moderate",
        "small-moderate",
    ]


def test_moves_where_the_table_says_where_to_cut() -> None:
    # A year later everybody has twice the revenue and, but for the loss, twice the profit: the
    # median and the median gain double as well.
    later = ACCOUNTS.assign(revenue=ACCOUNTS["revenue"] * 2, profit=ACCOUNTS["profit"] * 2)
    last, this = value_profit(ACCOUNTS, **COLUMNS), value_profit(later, **COLUMNS)
    found = moves(last, this)
    assert found.stayed == 1
    assert found.notes == (
        "revenue is cut at the median: 500 before, 1,000 after",
        "profit is cut at a loss of 0 and the median above it: 0 and 35 before, 0 and 70 after",
    )
    fixed = value_profit(later, **COLUMNS, median=last.y_cuts[0], high=last.x_cuts[1])
    assert moves(last, fixed).notes == ()
    assert not moves(last, fixed).table["moved"].equals(found.table["moved"])
    for other in ({"median": 800.0}, {"high": 100.0}, {"band": 2.0}):
        with pytest.raises(DataError, match=r"is cut at .* before and at .* after"):
            moves(last, value_profit(ACCOUNTS, **COLUMNS, **other))


def test_no_border_without_a_profit() -> None:
    with pytest.raises(DataError, match="nobody makes a profit; say with high="):
        value_profit(ACCOUNTS.iloc[[1, 4]], **COLUMNS)
    with pytest.raises(ParameterError, match="band=-1"):
        value_profit(ACCOUNTS, **COLUMNS, band=-1)
    with pytest.raises(DataError, match="'revenue': 0 known values"):
        value_profit(ACCOUNTS.tail(1), **COLUMNS)


# ------------------------------------------------------------------------------ contract_tier

FLEETS = pd.DataFrame(
    {
        "fleet": list("ABCDEF"),
        "yearly": [60.0, 60.0, 59.0, 20.0, 20.0, 5.0],
        "late": [0.0, 30.0, 0.9, 29.0, 45.0, np.nan],
    }
)
SIZES = {"key": "fleet", "order_size": "yearly", "days_late": "late"}


def test_contract_tiers_by_hand(engine: Engine) -> None:
    found = contract_tier(engine.table(FLEETS), **SIZES, size_cuts=(20, 60))
    assert engine.rows(found.table, "y_band", "x_band", "cell") == [
        ("large", "on-time", "core"),
        ("large", "late", "standard"),
        ("middle", "on-time", "standard"),
        ("middle", "slow", "standard"),
        ("middle", "late", "basic"),
        ("small", "unknown", "unknown"),
    ]


def test_who_pays_late_is_never_core() -> None:
    cells = reference("contract_tiers")
    assert set(cells.loc[cells["x"] == "late", "id"]) == {"standard", "basic"}


def test_sizes_are_cut_at_median_and_top_fifth() -> None:
    rows = pd.DataFrame({"fleet": range(11), "yearly": np.arange(11.0) * 10, "late": 0})
    assert contract_tier(rows, **SIZES).y_cuts == pytest.approx((50, 80))
    more = contract_tier(rows.assign(yearly=rows["yearly"] + 1), **SIZES)
    said = "yearly is cut at the median and what one in five exceeds: "
    assert moves(contract_tier(rows, **SIZES), more).notes == (
        f"{said}50 and 80 before, 51 and 81 after",
    )
    with pytest.raises(DataError, match="too much alike to be cut"):
        contract_tier(rows.assign(yearly=1), **SIZES)


def test_how_late_customers_pay_may_be_said_in_words() -> None:
    rows = pd.DataFrame({"fleet": list("ABC"), "yearly": 90, "late": ["on-time", "slow", "late"]})
    found = contract_tier(rows, **SIZES, size_cuts=(20, 60), late_cuts=None).table
    days = rows.assign(late=[0, 1, 30])
    by_days = contract_tier(days, **SIZES, size_cuts=(20, 60)).table
    assert found["cell"].tolist() == by_days["cell"].tolist() == ["core", "standard", "standard"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"potential_cuts": 3}, "potential_cuts=3: give two numbers, the lower first"),
        ({"relationship_cuts": (4, 2)}, r"relationship_cuts=\(4, 2\): give two numbers"),
        ({"potential_cuts": ("a", 2)}, "potential_cuts='a': give a finite number"),
        ({"potential_cuts": (1, 2, 3)}, r"potential_cuts=\(1, 2, 3\): give two"),
    ],
)
def test_bad_cuts_of_potential(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=f"^{said}"):
        potential_relationship(PICTURE, key="account", **change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"high": -5}, "high=-5: give a profit above 0, where losses end"),
        ({"high": -20, "band": 20}, "high=-20: give a profit above -20"),
        ({"high": "much"}, "high='much': give a finite number"),
        ({"median": [1, 2]}, r"median=\[1, 2\]: give a finite number"),
    ],
)
def test_bad_borders_of_value_and_profit(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=f"^{said}"):
        value_profit(ACCOUNTS, **COLUMNS, **change)
