"""Bars, by what they draw."""

from __future__ import annotations

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from keyaccounts.errors import DataError

pytest.importorskip("matplotlib")
from matplotlib.colors import same_color

# [[1, 1/3, 3], [3, 1, 5], [1/3, 1/5, 1]]: 0.2583, 0.6370, 0.1047; ratio 0.0332
NAMES = ["growth", "profit", "credit"]
AGREE = ka.segmentation.ahp_weights(ka.segmentation.comparisons([1 / 3, 3, 5], NAMES), NAMES)
# growth before profit before credit before growth: nobody can mean that
CIRCLE = ka.segmentation.ahp_weights(ka.segmentation.comparisons([5, 1 / 4, 6], NAMES), NAMES)
# four that agree as 4 : 3 : 2 : 1, but for the last answer
ODD = ka.segmentation.ahp_weights(
    ka.segmentation.comparisons([4 / 3, 2, 4, 3 / 2, 3, 1 / 9], list("abcd"))
)
SPENT = ka.segmentation.time_allocation(actual=(0.3, 0.5, 0.2))
HALVES = {"key": "account", "value": "profit", "cuts": (0.2, 0.4, 0.8)}
ACCOUNTS = pd.DataFrame({"account": list("ABCDE"), "profit": [50.0, 20, 9, 4, -3]})


def title(ax) -> str:
    return ax.get_title().replace("\n", " ")


def widths(ax, label=None):
    bars = [b for b in ax.containers if label is None or b.get_label() == label]
    return [bar.get_width() for group in bars for bar in group]


def ticks(ax):
    return [text.get_text() for text in ax.get_yticklabels()]


def test_bars_are_the_weights_largest_on_top() -> None:
    ax = ka.plots.ahp_bars(AGREE)
    assert ticks(ax) == ["profit", "growth", "credit"]
    assert widths(ax) == pytest.approx([0.6370, 0.2583, 0.1047], abs=5e-5)
    assert [text.get_text() for text in ax.texts] == ["64 %", "26 %", "10 %"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first on top
    assert title(ax) == "Profit counts most, 64 %, and the answers agree"
    assert ax.get_xlabel() == "Weight; consistency ratio 0.03, below 0.10"


def test_bars_of_answers_that_disagree_say_which_to_ask_again() -> None:
    ax = ka.plots.ahp_bars(ODD)
    assert title(ax) == "The answers disagree: ask again about c and d"
    assert "not below 0.10" in ax.get_xlabel()
    assert ka.plots.ahp_bars(ODD, title="Mine").get_title() == "Mine"


def test_of_three_answers_that_disagree_none_stands_out() -> None:
    said = title(ka.plots.ahp_bars(CIRCLE))
    assert said == "The answers disagree, and none stands out: ask all of them again"


def test_pyramid_draws_customers_beside_what_they_bring() -> None:
    ax = ka.plots.pyramid_bars(ka.segmentation.pyramid(ACCOUNTS, **HALVES))
    # of 80: 50, 20, 13 and −3
    assert widths(ax, "of customers") == pytest.approx([0.2, 0.2, 0.4, 0.2])
    assert widths(ax, "of the total") == pytest.approx([0.625, 0.25, 0.1625, -0.0375])
    assert ticks(ax) == ["platinum", "gold", "iron", "lead"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the best on top
    assert {"62 % of the total", "−4 % of the total", "40 % of customers"} <= {
        t.get_text() for t in ax.texts
    }
    assert title(ax) == "Platinum and gold: 40 % of customers, 88 % of the total"
    assert same_color(ax.containers[1][3].get_facecolor(), ka.plots.style.SIGNAL)
    two = ka.segmentation.pyramid(
        ACCOUNTS, key="account", value="profit", cuts=(0.4,), names=("A", "B")
    )
    assert title(ka.plots.pyramid_bars(two)) == "A: 40 % of customers, 88 % of the total"


def test_pyramid_of_a_loss_has_no_shares() -> None:
    loss = ka.segmentation.pyramid(ACCOUNTS.assign(profit=-1.0), **HALVES)
    with pytest.raises(DataError, match="the total is not above zero"):
        ka.plots.pyramid_bars(loss)


def test_hours_against_customers() -> None:
    ax = ka.plots.time_bars(ka.segmentation.time_allocation())
    assert ticks(ax) == ["vip", "ordinary", "prospect"]
    assert widths(ax, "of customers") == [0.1, 0.3, 0.6]
    assert widths(ax, "of hours, planned") == [0.6, 0.3, 0.1]
    assert widths(ax, "of hours, in fact") == []
    assert title(ax) == "vip: 10 % of customers get 60 % of the hours"
    assert "60 % of hours, planned" in [text.get_text() for text in ax.texts]


def test_hours_in_fact() -> None:
    ax = ka.plots.time_bars(SPENT)
    assert widths(ax, "of hours, in fact") == [0.3, 0.5, 0.2]
    assert title(ax) == "30 % of the hours are not where the plan has them"
    assert ka.plots.time_bars(SPENT, title="Mine").get_title() == "Mine"
    # a bar each, side by side: none hides another
    lows = sorted(bar.get_y() for group in ax.containers for bar in group)
    assert (np.diff(lows) >= 0.8 / 3 * 0.88).all()
