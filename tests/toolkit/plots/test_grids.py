"""Figures of grids and scorecards are tested by what they draw."""

from __future__ import annotations

from typing import Any

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import DataError
from keyaccounts.patterns.scorecard import scorecard

pytest.importorskip("matplotlib")
from keyaccounts.plots.style import as_svg

ACCOUNTS = pd.DataFrame(
    {
        "account": list("ABCDEF"),
        "size": [8.0, 9.0, 7.0, 6.0, 2.0, 3.0],
        "service": [9.0, 6.0, 5.0, 5.5, 8.0, np.nan],
    }
)
SIDES = {"key": "account", "attractiveness": ["size"], "strength": ["service"]}


def squares(ax: Any) -> dict[str, Any]:
    return {patch.get_label(): patch for patch in ax.patches}


def words(ax: Any) -> set[str]:
    return {text.get_text().replace("\n", " ") for text in ax.texts}


def test_cells_have_area_by_customers(engine: Engine) -> None:
    ax = ka.plots.grid_cells(ka.segmentation.kaism(engine.table(ACCOUNTS), **SIDES))
    drawn = squares(ax)
    assert len(drawn) == 4 + 1
    key, maintenance = drawn["key account: 4"], drawn["maintenance account: 1"]
    assert maintenance.get_width() ** 2 / key.get_width() ** 2 == pytest.approx(1 / 4)
    assert (key.get_x() + key.get_width() / 2, key.get_y() + key.get_height() / 2) == (1, 1)
    assert drawn["opportunistic account: 0"].get_width() == 0
    frame = drawn["key account, pointed out"]
    assert frame.get_bbox().contains(*key.get_bbox().p0), "around the cell, not across its words"
    assert frame.get_linewidth() > 0 == key.get_linewidth() == maintenance.get_linewidth()
    assert "4 key account" in words(ax)
    assert ax.get_title() == "4 of 6 customers: key account"
    assert ax.get_xlabel() == "Relative strength (1 unknown, not shown)"
    assert [t.get_text() for t in ax.get_xticklabels()] == ["low", "high"]


def test_a_cell_may_be_pointed_out_and_share_its_name() -> None:
    fleets = pd.DataFrame({"fleet": list("ABC"), "size": [9, 9, 1], "late": [50, 10, 0]})
    columns = {"key": "fleet", "order_size": "size", "days_late": "late", "size_cuts": (3, 6)}
    found = ka.segmentation.contract_tier(fleets, **columns)
    ax = ka.plots.grid_cells(found, accent="standard", x_label="Payment", title="Two")
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("Two", "Payment", "Size")
    assert sum(patch.get_linewidth() > 0 for patch in ax.patches) == 4
    assert ka.plots.grid_cells(found, accent="standard").get_title() == "2 of 3 customers: standard"
    with pytest.raises(DataError, match="no cell 'gold': there are core, standard, basic"):
        ka.plots.grid_cells(found, accent="gold")


def test_scatter_draws_every_known_customer(engine: Engine) -> None:
    ax = ka.plots.grid_scatter(ka.segmentation.kaism(engine.table(ACCOUNTS), **SIDES))
    drawn = {line.get_label(): line for line in ax.get_lines()}
    best = [*zip(*drawn["best"].get_data(), strict=True)]
    assert sorted(best) == [(5, 7), (5.5, 6), (6, 9), (9, 8)]
    assert [*zip(*drawn["others"].get_data(), strict=True)] == [(8, 2)]
    assert drawn["best"].get_marker() != drawn["others"].get_marker()
    assert {"key account", "key development account"} <= words(ax)
    assert ax.get_title() == "4 of 6 customers: key account"
    assert ax.get_xlim()[0] < 5 < ax.get_xlim()[1]
    assert ax.get_ylim()[0] < 2 < 9 < ax.get_ylim()[1]
    assert all(2 <= tick <= 9 for tick in ax.get_yticks()), "no number where only names stand"


def test_scatter_points_out_a_cell_and_not_a_corner() -> None:
    fleets = pd.DataFrame({"fleet": list("ABC"), "size": [90, 80, 9], "late": [0, 45, 0]})
    found = ka.segmentation.contract_tier(
        fleets, key="fleet", order_size="size", days_late="late", size_cuts=(20, 60)
    )
    ax = ka.plots.grid_scatter(found)
    drawn = {line.get_label(): line for line in ax.get_lines()}
    assert [*zip(*drawn["best"].get_data(), strict=True)] == [(0, 90)]  # core: large and on time
    assert ax.get_title() == "1 of 3 customers: core"
    late = ka.plots.grid_scatter(found, accent="standard")
    assert late.get_title() == "1 of 3 customers: standard"
    with pytest.raises(DataError, match="no cell 'gold': there are core, standard, basic"):
        ka.plots.grid_scatter(found, accent="gold")


def test_overlap_draws_the_pairs() -> None:
    accounts = pd.DataFrame(
        {"account": list("ABCD"), "cars": [9, 9, 9, 1], "firm": [1, 0, 0, 0], "vip": [0, 0, 0, 1]}
    )
    found = ka.segmentation.key_account_definitions(
        accounts, key="account", vehicles="cars", business="firm", vip="vip"
    )
    ax = ka.plots.definitions_overlap(found)
    drawn = squares(ax)
    assert drawn["fleet and business: 33 %"].get_width() == pytest.approx(0.94 * (1 / 3) ** 0.5)
    assert drawn["vip and fleet: 0 %"].get_width() == 0
    assert words(ax) == {"0 %", "33 %"}
    assert ax.get_title().replace("\n", " ") == (
        "Of the key accounts by vip or fleet, 0 % are so by both"
    )


def test_scorecard_bars_are_weight_and_what_is_reached() -> None:
    rows = pd.DataFrame({"who": ["A", "B"], "need": [1.0, 0.8], "money": [0.4, None]})
    ax = ka.plots.scorecard_items(
        scorecard(rows, key="who", items=["need", "money"], weights=[3, 1])
    )
    weight, reached = ([bar.get_width() for bar in bars] for bars in ax.containers)
    # headroom: need ¾·0.1 = 0.075, money ¼·0.6 = 0.15: money on top
    assert weight == [0.75, 0.25]
    assert reached == pytest.approx([0.75 * 0.9, 0.25 * 0.4])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["need", "money"]
    assert words(ax) == {"90 %", "40 %, 50 % known"}
    assert '"money" holds the score back' in ax.get_title()


def test_nothing_to_draw() -> None:
    nobody = ka.segmentation.kaism(ACCOUNTS.tail(1), **SIDES)
    for plot in (ka.plots.grid_cells, ka.plots.grid_scatter):
        with pytest.raises(DataError, match="nobody has both scores"):
            plot(nobody)
        with pytest.raises(DataError, match="pass the answer of a grid"):
            plot(ACCOUNTS)
    for plot in (ka.plots.definitions_overlap, ka.plots.scorecard_items):
        with pytest.raises(DataError, match="not a table"):
            plot(ACCOUNTS)
    empty = ka.segmentation.key_account_definitions(ACCOUNTS, key="account", profit="size")
    with pytest.raises(DataError, match="no overlap to draw"):
        ka.plots.definitions_overlap(empty)
    with pytest.raises(DataError, match="nothing is known"):
        ka.plots.scorecard_items(scorecard(ACCOUNTS.tail(1), key="account", items=["service"]))


def test_same_picture_every_time() -> None:
    found = ka.segmentation.kaism(ACCOUNTS, **SIDES)
    one, two = (as_svg(ka.plots.grid_scatter(found).figure) for _ in range(2))
    assert one == two
