"""Figures are tested by what they draw: the data of the lines and squares, and the words."""

from __future__ import annotations

import re
import subprocess
import sys

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import ColumnError, DataError, ParameterError

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt
from keyaccounts.plots.style import as_svg, wrapped
from keyaccounts.tables import percent

PROFITS = pd.DataFrame(
    {"account": list("ABCDEFGHIJ"), "profit": [90, 70, 40, 20, 10, 5, 0, -5, -30, -100]}
)
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


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_whale_draws_the_curve_and_marks_the_peak(engine: Engine) -> None:
    curve = ka.segmentation.whale_curve(engine.table(PROFITS), key="account", profit="profit")
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


def test_lorenz_marks_what_the_top_really_brings(engine: Engine) -> None:
    values = pd.DataFrame({"revenue": [10.0, 50.0, 10.0, 20.0, 10.0]})
    ax = ka.plots.lorenz(engine.table(values), value="revenue")
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


def test_rfm_grid_counts_customers_by_square(engine: Engine) -> None:
    scored = ka.segmentation.rfm(engine.table(ORDERS), as_of="2026-03-31", bins=2)
    ax = ka.plots.rfm_grid(scored)
    # days since: A 11, B 30, C 21, D 121; orders: 3, 2, 1, 1
    assert sorted(p.get_label() for p in ax.patches) == [
        "r=1 f=1 n=1", "r=1 f=2 n=1", "r=2 f=1 n=1", "r=2 f=2 n=1",
    ]  # fmt: skip
    assert [t.get_text() for t in ax.texts] == ["1"] * 4
    assert {t.get_ha() for t in ax.texts} == {"center"}
    assert ax.get_title().replace("\n", " ") == "25 % of customers are recent and frequent buyers"


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


def test_figures_of_answers_refuse_tables() -> None:
    with pytest.raises(DataError, match=r"pass the answer of ka\.segmentation\.rfm, not a table"):
        ka.plots.rfm_grid(ORDERS)
    with pytest.raises(DataError, match=r"pass the answer of ka\.segmentation\.whale_curve"):
        ka.plots.whale(PROFITS)


def test_rates_draw_rate_interval_and_average(engine: Engine) -> None:
    won = pd.DataFrame({"channel": ["fair"] * 4 + ["phone"] * 6, "won": [1, 1, 0, 0] + [0] * 6})
    table = ka.patterns.rates.by_group(engine.table(won), group="channel", success="won")
    ax = ka.plots.rates(table, group="channel", title="Fairs win", average=0.2)
    (dots,) = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert dots.get_xdata() == pytest.approx([0.0, 0.5])
    ends = [segment[:, 0] for segment in ax.collections[0].get_segments()]
    expected = [ka.patterns.rates.wilson_interval(0, 6), ka.patterns.rates.wilson_interval(2, 4)]
    assert np.array(ends) == pytest.approx(np.array(expected))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["phone", "fair"]
    assert {t.get_text() for t in ax.texts} == {"50 %", "0 %", "all: 20 %"}
    assert ax.get_xlim()[0] == 0


def test_rates_of_numbers_have_the_highest_on_top_and_high_ones_their_own_axis() -> None:
    table = pd.DataFrame(
        {"score": [1, 2, 3], "rate": [0.6, 0.7, 0.8], "low": [0.55, 0.6, 0.7], "high": 0.9}
    )
    ax = ka.plots.rates(table, group="score", title="More come back")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["1", "2", "3"]
    assert ax.get_xlim() == pytest.approx((0.5, 0.936))
    assert ka.plots.rates(table, group="score", title="", average=0.3).get_xlim()[0] == 0


def test_rates_of_no_groups_and_of_a_wrong_column() -> None:
    table = pd.DataFrame({"channel": [], "rate": [], "low": [], "high": []})
    with pytest.raises(DataError, match="no groups"):
        ka.plots.rates(table, group="channel", title="")
    with pytest.raises(ColumnError, match="no column 'channels'"):
        ka.plots.rates(table, group="channels", title="")


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: ka.plots.lorenz([3, 2, 1], ax=ax),
        lambda ax: ka.plots.whale(
            ka.segmentation.whale_curve(PROFITS, key="account", profit="profit"), ax=ax
        ),
        lambda ax: ka.plots.rfm_grid(ka.segmentation.rfm(ORDERS), ax=ax),
    ],
)
def test_a_plot_draws_on_the_axes_it_is_given_and_changes_no_settings(draw) -> None:
    _, ax = plt.subplots()
    before = dict(plt.rcParams)
    assert draw(ax) is ax
    assert dict(plt.rcParams) == before


def test_svg_is_the_same_on_every_run_with_text_as_text_and_no_ground() -> None:
    first, second = (as_svg(ka.plots.lorenz([3, 2, 1]).figure) for _ in range(2))
    assert first == second
    assert "Customers, largest first</text>" in first
    assert "<dc:date>" not in first
    ground = re.search(r'<g id="patch_1">\s*<path[^>]*style="([^"]*)"', first)[1]
    assert "fill: none" in ground


def test_notebook_style_is_the_one_look() -> None:
    with plt.rc_context():
        ka.plots.set_notebook_style()
        assert plt.rcParams["svg.fonttype"] == "none"
        assert plt.rcParams["figure.figsize"] == [5.1, 3.6]


def test_notebook_style_makes_a_notebook_show_svg() -> None:
    pytest.importorskip("IPython")
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import matplotlib.pyplot as plt
import keyaccounts as ka
ka.plots.set_notebook_style()
shown, _ = shell.display_formatter.format(ka.plots.lorenz([3, 2, 1]).figure)
assert "image/svg+xml" in shown and "image/png" not in shown, shown.keys()
assert "<dc:date>" not in shown["image/svg+xml"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_notebook_style_without_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython.core.getipython", None)
    with plt.rc_context():
        ka.plots.set_notebook_style()
        assert plt.rcParams["svg.fonttype"] == "none"


def test_a_grid_of_many_scores_has_squares_and_no_numbers() -> None:
    ax = ka.plots.rfm_grid(ka.segmentation.rfm(ORDERS, bins=7))
    assert len(ax.patches) == 49
    assert not ax.texts


def test_titles_are_broken_into_lines_of_about_equal_length() -> None:
    assert wrapped("short") == "short"
    assert wrapped("Noted as moving: 47 % came", 17) == "Noted as moving:\n47 % came"
    parts = wrapped("Profit peaks at 120 % with 52 % of customers; the rest give back 20 %").split(
        "\n"
    )
    assert len(parts) == 2
    assert abs(len(parts[0]) - len(parts[1])) <= 8


def test_percent() -> None:
    assert percent(0.674) == "67 %"
