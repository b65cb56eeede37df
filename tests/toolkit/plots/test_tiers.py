"""Figures of tiers and investments are tested by what they draw."""

from __future__ import annotations

import keyaccounts as ka
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import DataError, ParameterError

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt
from matplotlib.colors import same_color
from matplotlib.container import BarContainer

HALVES = {"key": "account", "value": "profit", "cuts": (0.2, 0.4, 0.8)}
ACCOUNTS = pd.DataFrame({"account": list("ABCDE"), "profit": [50.0, 20, 9, 4, -3]})
LOG = pd.DataFrame(
    {
        "customer_id": ["A", "A", "B", "C"],
        "input": ["sales_time", "displaced_work", "samples", "marketing"],
        "hours": [10.0, 4.0, 0.0, 0.0],
        "cost": [1300.0, 200.0, 90.0, 10.0],
    }
)
MARGINS = pd.DataFrame(
    {"customer_id": ["A", "B", "C"], "revenue": [9000.0, 400, 50], "margin": [1400.0, 95, 12]}
)


def title(ax) -> str:
    return ax.get_title().replace("\n", " ")


def bars(ax) -> dict[str, list[float]]:
    return {
        bar.get_label(): [patch.get_width() for patch in bar]
        for bar in ax.containers
        if isinstance(bar, BarContainer)
    }


def test_pyramid_draws_customers_beside_what_they_bring(engine: Engine) -> None:
    ax = ka.plots.pyramid_bars(ka.segmentation.pyramid(engine.table(ACCOUNTS), **HALVES))
    # of 80: 50, 20, 13 and −3
    assert bars(ax)["customers"] == pytest.approx([0.2, 0.2, 0.4, 0.2])
    assert bars(ax)["total"] == pytest.approx([0.625, 0.25, 0.1625, -0.0375])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["platinum", "gold", "iron", "lead"]
    assert ax.get_yticks().tolist() == [3, 2, 1, 0]  # the best on top
    texts = {t.get_text() for t in ax.texts}
    assert {"62 % of the total", "−4 % of the total", "40 % of customers"} <= texts
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


def test_a_dollar_in_a_name_is_no_formula() -> None:
    named = {**HALVES, "names": (r"$\oops$", "$b$", "c", r"$\d$")}
    found = ka.segmentation.pyramid(ACCOUNTS, **named)
    log = LOG.assign(customer_id=r"$\oops$")
    taken = ka.segmentation.account_investment(log, MARGINS.head(1).assign(customer_id=r"$\oops$"))
    for ax in (
        ka.plots.migration_matrix(ka.segmentation.migration(found, found)),
        ka.plots.pyramid_bars(found),
        ka.plots.investment_bars(taken),
    ):
        ax.figure.canvas.draw()
        assert r"$\oops$" in [text.get_text() for text in ax.get_yticklabels()]


def test_investment_draws_what_goes_in_and_comes_back(engine: Engine) -> None:
    found = ka.segmentation.account_investment(engine.table(LOG), engine.table(MARGINS))
    ax = ka.plots.investment_bars(found)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["A", "B", "C"]
    assert bars(ax) == {"cost to serve": [1300, 90, 10], "opportunity cost": [200, 0, 0]}
    points = {line.get_label(): [*line.get_xdata()] for line in ax.get_lines()}
    assert points["margin, pays"] == [95, 12]
    assert points["margin, does not"] == [1400]
    assert title(ax) == "Of the 3 accounts that take most, 1 does not pay for it"
    ax = ka.plots.investment_bars(found, most=1)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["A"]


def test_investment_that_pays_or_not_at_all() -> None:
    small = ka.segmentation.account_investment(LOG.tail(2), MARGINS)
    assert title(ka.plots.investment_bars(small)) == (
        "Of the 3 accounts that take most, all pay for it"
    )
    poor = ka.segmentation.account_investment(LOG, MARGINS.assign(margin=0.0))
    assert "3 do not pay for it" in title(ka.plots.investment_bars(poor))
    nobody = ka.segmentation.account_investment(LOG.head(0), MARGINS.head(0))
    with pytest.raises(DataError, match="no accounts"):
        ka.plots.investment_bars(nobody)
    with pytest.raises(ParameterError, match="most=0"):
        ka.plots.investment_bars(small, most=0)


def test_they_take_answers_and_the_axes_they_are_given() -> None:
    _, ax = plt.subplots()
    assert ka.plots.pyramid_bars(ka.segmentation.pyramid(ACCOUNTS, **HALVES), ax=ax) is ax
    for draw in (ka.plots.pyramid_bars, ka.plots.migration_matrix, ka.plots.investment_bars):
        with pytest.raises(DataError, match="not a table"):
            draw(ACCOUNTS)
