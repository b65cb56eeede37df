"""Curves, by the points of their lines."""

from __future__ import annotations

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from keyaccounts.errors import DataError, ParameterError

pytest.importorskip("matplotlib")

PROFITS = pd.DataFrame(
    {"account": list("ABCDEFGHIJ"), "profit": [90, 70, 40, 20, 10, 5, 0, -5, -30, -100]}
)


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_whale_draws_the_curve_and_marks_the_peak() -> None:
    curve = ka.segmentation.whale_curve(PROFITS, key="account", profit="profit")
    ax = ka.plots.whale(curve)
    up, down, peak = (lines(ax)[name] for name in ("earning", "giving back", "peak"))
    by_hand = [0, 0.9, 1.6, 2.0, 2.2, 2.3, 2.35]
    assert up.get_ydata() == pytest.approx(by_hand)
    assert up.get_xdata() == pytest.approx(np.arange(7) / 10)
    assert down.get_ydata() == pytest.approx([2.35, 2.35, 2.3, 2.0, 1.0])
    assert (peak.get_xdata()[0], peak.get_ydata()[0]) == pytest.approx((0.6, 2.35))
    assert ax.get_title().replace("\n", " ") == (
        "Profit peaks at 235 % with 60 % of customers; the rest give back 135 %"
    )
    assert {t.get_text() for t in ax.texts} == {"peak 235 %", "what is left: 100 %"}


def test_whale_of_a_loss_says_that_shares_are_of_gains() -> None:
    loss = PROFITS.assign(profit=PROFITS["profit"] - 30)
    curve = ka.segmentation.whale_curve(loss, key="account", profit="profit")
    ax = ka.plots.whale(curve)
    assert ax.get_title().startswith("Of all gains")
    assert ax.get_ylim()[0] < lines(ax)["giving back"].get_ydata()[-1] < 0


def test_a_long_curve_is_thinned_and_keeps_ends_and_peak() -> None:
    rng = np.random.default_rng(3)
    many = pd.DataFrame({"account": range(50_000), "profit": rng.normal(1, 5, 50_000)})
    curve = ka.segmentation.whale_curve(many, key="account", profit="profit")
    drawn = lines(ka.plots.whale(curve))
    points = len(drawn["earning"].get_xdata()) + len(drawn["giving back"].get_xdata())
    assert points <= 405
    assert drawn["earning"].get_ydata()[-1] == pytest.approx(curve.peak)
    assert drawn["giving back"].get_xdata()[-1] == 1


def test_lorenz_marks_what_the_top_really_brings() -> None:
    values = pd.DataFrame({"revenue": [10.0, 50.0, 10.0, 20.0, 10.0]})
    ax = ka.plots.lorenz(values, value="revenue")
    curve, top = lines(ax)["customers"], lines(ax)["top"]
    assert curve.get_xdata() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert curve.get_ydata() == pytest.approx([0, 0.5, 0.7, 0.8, 0.9, 1])
    assert (top.get_xdata()[0], top.get_ydata()[0]) == (0.2, 0.5)
    assert "20 % bring 50 %" in [t.get_text() for t in ax.texts]
    assert ax.get_xlabel() == "Customers, largest first"


def test_lorenz_refuses_what_it_cannot_mean() -> None:
    with pytest.raises(ParameterError, match=r"write 0.2 for 20 %"):
        ka.plots.lorenz([1, 2], top=20)
    with pytest.raises(DataError, match="negative"):
        ka.plots.lorenz([1, -2])
