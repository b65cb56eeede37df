"""Grids, by what they draw: cells and points."""

from __future__ import annotations

from typing import Any

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from keyaccounts.errors import DataError

pytest.importorskip("matplotlib")

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


def test_cells_have_area_by_customers() -> None:
    ax = ka.plots.grid_cells(ka.segmentation.kaism(ACCOUNTS, **SIDES))
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


def test_scatter_draws_every_known_customer() -> None:
    ax = ka.plots.grid_scatter(ka.segmentation.kaism(ACCOUNTS, **SIDES))
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


def test_nothing_to_draw() -> None:
    nobody = ka.segmentation.kaism(ACCOUNTS.tail(1), **SIDES)
    for plot in (ka.plots.grid_cells, ka.plots.grid_scatter):
        with pytest.raises(DataError, match="nobody has both scores"):
            plot(nobody)


def test_words_have_no_places_to_scatter() -> None:
    cells = [{"x": x, "y": y, "id": x + y, "english": x + y, "action": ""}
             for x in "ab" for y in ("low", "high")]  # fmt: skip
    rows = pd.DataFrame({"who": ["A", "B"], "kind": ["a", "b"], "size": [1, 9]})
    found = ka.patterns.grid.grid(
        rows, key="who", x="kind", y="size", x_cuts=None, y_cuts=5, x_bands=["a", "b"], cells=cells
    )
    with pytest.raises(DataError, match="pass the answer of a grid of two numbers"):
        ka.plots.grid_scatter(found)
