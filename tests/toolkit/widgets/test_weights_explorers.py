"""Explorers of weights and hours: each state says what the method says."""

from __future__ import annotations

import re
from itertools import product

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from keyaccounts.errors import ParameterError

pytest.importorskip("matplotlib")


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_ahp_explorer_starts_with_the_textbook_answers() -> None:
    found = ka.widgets.ahp_explorer()
    state = found.state(found.start)
    assert state.finding == "Profit counts most, 64 %, and the answers agree"
    # 0.6370 / 0.2583 = 2.47 and 0.6370 / 0.1047 = 6.08; ratio 0.0332
    assert "Consistency ratio 0.03, accepted" in words(state.table)
    assert "profit or growth profit 3 times profit 2.47 times" in words(state.table)
    assert "profit or credit profit 5 times profit 6.08 times" in words(state.table)
    assert np.prod([len(control.values) for control in found.controls.values()]) == 100


def test_ahp_explorer_in_every_state() -> None:
    some = ([1 / 3, 5], [1, 7], [1 / 5, 3])
    found = ka.widgets.ahp_explorer(["a", "b", "c"], answers=some, start=(5, 1, 3))
    assert found.start == (1, 0, 1)
    for state, given in zip(found.states, product(*some), strict=True):
        # the eigenvalue of three criteria by formula
        t = (given[0] * given[2] / given[1]) ** (1 / 3)
        ratio = (1 + t + 1 / t - 3) / 2 / 0.58
        assert f"Consistency ratio {ratio:.2f}" in words(state.table)
        assert ("disagree" in state.finding) == (ratio >= 0.10)
    assert "b 3 times" in words(found.states[0].table)
    assert "both alike" in words(found.states[0].table)


def test_ahp_explorer_compares_three() -> None:
    with pytest.raises(ParameterError, match="give three criteria"):
        ka.widgets.ahp_explorer(["a", "b"])


def test_time_explorer_starts_with_the_plan() -> None:
    found = ka.widgets.time_explorer()
    state = found.state(found.start)
    assert len(found.controls["vip"].values) * 4 * 4 == 96
    assert "vip 60.0 60.0" in words(state.table)
    assert "prospect 1.7 1.7" in words(state.table)
    # 36 : 6 : 1 in hours is best where the worths are 6 : √6 : 1
    assert state.finding == "This division brings 100 % of what the best one would"


def test_time_explorer_by_hand() -> None:
    found = ka.widgets.time_explorer(
        2, 100, customers=(0.5, 0, 0.5), vip=[0.1, 0.2], ordinary=[0.1, 0.8], worth=[2, 4],
        start=(0.2, 0.8, 4),
    )  # fmt: skip
    # Nobody is ordinary and nothing is left for prospects: the VIP customer gets all 100 hours
    # and brings 4 × 10 = 40; best is 16 : 1 and brings √(100 × 17) = 41.2, so 97 %.
    assert found.states[-1].finding == "This division brings 97 % of what the best one would"
    # 0.1 and 0.1, the rest of 0.8 for the prospect: 1 : 8. 2 × √(100/9) + √(800/9) = 16.09 of
    # √(100 × 5) = 22.36, 71.98 %
    assert found.states[0].finding == "This division brings 71 % of what the best one would"


def test_time_explorer_has_no_more_than_all_hours() -> None:
    with pytest.raises(ParameterError, match="are more than all hours"):
        ka.widgets.time_explorer(vip=[0.1, 0.6], ordinary=[0.1, 0.5], start=(0.1, 0.1, 6))


ORDERS = pd.DataFrame(
    {
        "customer_id": [*"ABCDE", "A", "B", "A", "E", "B", "E"],
        "order_date": pd.to_datetime(
            ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-25", "2026-01-06",
             "2026-01-07", "2026-01-08", "2026-02-10", "2026-02-11", "2026-03-30"]
        ),
        "amount": [10.0, 20.0, 400.0, 5.0, 1.0, 10.0, 10.0, 10.0, 1.0, 1.0, 1.0],
    }
)  # fmt: skip


def test_rfm_weights_explorer_by_hand() -> None:
    # On January 31, most recent first: E, A, B, D, C. Most orders: A 3, B 2. Most money: C 400.
    # Back within 30 days: E and B.
    found = ka.widgets.rfm_weights_explorer(
        ORDERS, as_of="2026-01-31", horizon=30, weights=[0, 1], start=(1, 0, 0)
    )
    best = {places: found.state(places).finding for places in product((0, 1), repeat=3)}
    assert best[1, 0, 0] == "Of the best fifth, 100 % bought again"  # E
    assert best[0, 1, 0] == "Of the best fifth, 0 % bought again"  # A
    assert best[0, 0, 1] == "Of the best fifth, 0 % bought again"  # C
    assert "Weights 1, 0 and 0" in found.state((1, 0, 0)).table
    assert "Weights 1, 1 and 1" in found.state((0, 0, 0)).table
    assert found.state((0, 0, 0)).finding == found.state((1, 1, 1)).finding


def test_rfm_weights_explorer_ranks_as_the_method_weighs() -> None:
    orders = ka.datasets.load("cdnow")
    found = ka.widgets.rfm_weights_explorer(orders, as_of="1997-09-30", weights=[1, 4])
    scored = ka.segmentation.rfm(orders, as_of="1997-09-30", future="drop", weights=(1, 4, 1)).table
    best = scored.sort_values(["score", "customer_id"], ascending=[False, True]).head(472)
    after = orders[
        (orders["order_date"] > "1997-09-30") & (orders["order_date"] <= "1998-03-29")
    ]  # 180 days
    back = int(best["customer_id"].isin(after["customer_id"]).sum())
    shown = words(found.state((0, 1, 0)).table)
    assert f"5 472 {back} {100 * back / 472:.1f} %" in shown


ACCOUNTS = pd.DataFrame(
    {
        "account": list("ABCD"),
        "size": [9.0, 3.0, 8.0, None],
        "growth": [2.0, 6.0, 8.0, None],
        "price": [8.0, 3.0, 2.0, 5.0],
        "service": [6.0, 5.0, 4.0, 5.0],
    }
)
SIDES = {"key": "account", "attractiveness": ["size", "growth"], "strength": ["price", "service"]}


def test_kaism_explorer_by_hand() -> None:
    found = ka.widgets.kaism_explorer(ACCOUNTS, **SIDES, shares=[0.2, 0.5], cuts=[5, 9])
    # At 50 % each: attractiveness A 5.5, B 4.5, C 8; strength A 7, B 4, C 3. A is a key account, B
    # opportunistic, C key development; of D we know too little.
    assert found.state((1, 1, 0)).finding == "1 of 4 customers: key account"
    # Size counts 20 %: A 3.4 falls below the cut and B 5.4 rises above it.
    state = found.state((0, 1, 0))
    assert state.finding == "2 of 4 customers change cells"
    shown = words(state.table)
    assert "key account 1 0" in shown
    assert "key development account 1 2" in shown
    assert "maintenance account 0 1" in shown
    assert "opportunistic account 1 0" in shown
    assert "unknown 1 1" in shown
    # Price counts 20 %: strength A 6.4, B 4.6, C 3.6; nobody crosses.
    assert found.state((1, 0, 0)).finding == "1 of 4 customers: key account"


def test_kaism_explorer_has_27_states_and_weighs_the_first_against_the_rest() -> None:
    three = ACCOUNTS.assign(fit=[0.0, 0.0, 0.0, None])
    sides = {**SIDES, "attractiveness": ["size", "growth", "fit"]}
    found = ka.widgets.kaism_explorer(three, **sides)
    assert np.prod([len(control.values) for control in found.controls.values()]) == 27
    ax, _ = found.function(ours=0.8, theirs=0.5, cut=5)
    points = [line for line in ax.get_lines() if line.get_label() in ("best", "others")]
    drawn = sorted(y for line in points for y in line.get_ydata())
    # 0.8 × 3 + 0.1 × 6, 0.8 × 8 + 0.1 × 8, 0.8 × 9 + 0.1 × 2
    assert drawn == pytest.approx([3.0, 7.2, 7.4])


def test_kaism_explorer_needs_something_to_weigh() -> None:
    with pytest.raises(ParameterError, match=r"strength=.*give two criteria or more"):
        ka.widgets.kaism_explorer(ACCOUNTS, **{**SIDES, "strength": ["price"]})
