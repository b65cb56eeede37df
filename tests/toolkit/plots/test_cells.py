"""Cells, by what they draw: squares and the words on them."""

from __future__ import annotations

import re

import keyaccounts as ka
import pandas as pd
import pytest
from keyaccounts.errors import DataError

pytest.importorskip("matplotlib")
from matplotlib.colors import same_color

ORDERS = pd.DataFrame(
    {
        "customer_id": ["A", "A", "A", "B", "B", "C", "D"],
        "order_date": pd.to_datetime(
            ["2026-01-01", "2026-02-01", "2026-03-20", "2026-01-10", "2026-03-01", "2026-03-10",
             "2025-12-01"]
        ),
        "amount": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 5.0],
    }
)  # fmt: skip


HALVES = {"key": "account", "value": "profit", "cuts": (0.2, 0.4, 0.8)}
ACCOUNTS = pd.DataFrame({"account": list("ABCDE"), "profit": [50.0, 20, 9, 4, -3]})


def title(ax) -> str:
    return ax.get_title().replace("\n", " ")


def test_rfm_grid_counts_customers_by_square() -> None:
    scored = ka.segmentation.rfm(ORDERS, as_of="2026-03-31", bins=2)
    ax = ka.plots.rfm_grid(scored)
    # days since: A 11, B 30, C 21, D 121; orders: 3, 2, 1, 1
    assert sorted(p.get_label() for p in ax.patches) == [
        "r=1 f=1 n=1", "r=1 f=2 n=1", "r=2 f=1 n=1", "r=2 f=2 n=1",
    ]  # fmt: skip
    assert [t.get_text() for t in ax.texts] == ["1"] * 4
    assert {t.get_ha() for t in ax.texts} == {"center"}
    assert title(ax) == "25 % of customers are recent and frequent buyers"


def test_rfm_grid_draws_area_by_number() -> None:
    ax = ka.plots.rfm_grid(ka.segmentation.rfm(ka.datasets.load("cdnow")))
    sides = {}
    for patch in ax.patches:
        n = int(re.search(r"n=(\d+)", patch.get_label())[1])
        sides[n] = patch.get_width()
    biggest = max(sides)
    assert all(
        (side / sides[biggest]) ** 2 == pytest.approx(n / biggest) for n, side in sides.items()
    )
    assert len(ax.patches) == 25
    aside = {int(t.get_text()) for t in ax.texts if t.get_ha() == "left"}
    assert aside == {
        n for n, side in sides.items() if 0 < side < max(0.3, 0.05 + 0.12 * len(str(n)))
    }


def test_rfm_grid_of_nobody() -> None:
    with pytest.raises(DataError, match="nobody is scored"):
        ka.plots.rfm_grid(ka.segmentation.rfm(ORDERS.head(0)))


def test_a_grid_of_many_scores_has_squares_and_no_numbers() -> None:
    ax = ka.plots.rfm_grid(ka.segmentation.rfm(ORDERS, bins=7))
    assert len(ax.patches) == 49
    assert not ax.texts


def test_migration_draws_each_move() -> None:
    later = pd.DataFrame({"account": list("ACBDF"), "profit": [50.0, 20, 9, 4, -3]})
    found = ka.segmentation.migration(
        ka.segmentation.pyramid(ACCOUNTS, **HALVES), ka.segmentation.pyramid(later, **HALVES)
    )
    ax = ka.plots.migration_matrix(found)
    squares = {p.get_label(): p for p in ax.patches}
    assert len(squares) == 24  # five by five, without "new to gone"
    for label, color in (
        ("platinum to platinum: 1", ka.plots.style.GRID),
        ("gold to iron: 1", ka.plots.style.SIGNAL),
        ("iron to gold: 1", ka.plots.style.ACCENT),
        ("lead to gone: 1", ka.plots.style.SIGNAL),
        ("new to lead: 1", ka.plots.style.GRID),
    ):
        assert same_color(squares[label].get_edgecolor(), color), label
        assert squares[label].get_width() == pytest.approx(0.9)
    assert squares["gold to lead: 0"].get_width() == 0
    assert all(text.get_ha() == "center" for text in ax.texts), "each in its square, or nobody"
    assert [t.get_text() for t in ax.get_yticklabels()][-1] == "new"
    assert [t.get_text() for t in ax.get_xticklabels()][-1] == "gone"
    assert title(ax) == "25 % moved up and 25 % down; 1 are new, 1 gone"
    others = ka.segmentation.pyramid(ACCOUNTS.assign(account=list("VWXYZ")), **HALVES)
    first = ka.segmentation.pyramid(ACCOUNTS, **HALVES)
    ax = ka.plots.migration_matrix(ka.segmentation.migration(first, others))
    assert title(ax).startswith("Nobody was there both times; 5 are new")


def test_a_number_too_wide_for_its_square_stands_beside_it() -> None:
    many = pd.DataFrame({"account": [f"{i:03}" for i in range(200)], "profit": range(200, 0, -1)})
    halves = {"key": "account", "value": "profit", "cuts": (0.5,), "names": ("upper", "lower")}
    later = many.assign(profit=many["profit"].replace({200: 1.5, 1: 150.5}))
    before, after = (ka.segmentation.pyramid(frame, **halves) for frame in (many, later))
    ax = ka.plots.migration_matrix(ka.segmentation.migration(before, after))
    places = {p.get_label(): p.get_x() + p.get_width() for p in ax.patches}
    held = {(text.get_text(), text.get_ha()) for text in ax.texts}
    assert held == {("99", "center"), ("1", "left"), ("0", "center")}
    lone = [text.get_position()[0] for text in ax.texts if text.get_text() == "1"]
    assert lone[0] > places["upper to lower: 1"]
    assert lone[1] > places["lower to upper: 1"]


def test_overlap_draws_the_pairs() -> None:
    accounts = pd.DataFrame(
        {"account": list("ABCD"), "cars": [9, 9, 9, 1], "firm": [1, 0, 0, 0], "vip": [0, 0, 0, 1]}
    )
    found = ka.segmentation.key_account_definitions(
        accounts, key="account", columns={"vehicles": "cars", "business": "firm", "vip": "vip"}
    )
    ax = ka.plots.definitions_overlap(found)
    drawn = {patch.get_label(): patch for patch in ax.patches}
    assert drawn["fleet and business: 33 %"].get_width() == pytest.approx(0.94 * (1 / 3) ** 0.5)
    assert drawn["vip and fleet: 0 %"].get_width() == 0
    assert {text.get_text() for text in ax.texts} == {"0 %", "33 %"}
    assert title(ax) == ("Of the key accounts by vip or fleet, 0 % are so by both")


def test_definitions_that_name_nobody_have_no_overlap() -> None:
    empty = ka.segmentation.key_account_definitions(ACCOUNTS, key="account", columns=["profit"])
    with pytest.raises(DataError, match="no overlap to draw"):
        ka.plots.definitions_overlap(empty)
