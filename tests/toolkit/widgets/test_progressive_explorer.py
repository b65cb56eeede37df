"""The explorer of progressive segmentation: each state says what the method says."""

from __future__ import annotations

import re

import keyaccounts as ka
import pandas as pd
import pytest
from keyaccounts.errors import ParameterError

pytest.importorskip("matplotlib")

CARDS = pd.DataFrame(
    {
        "card": list("ABCDE"),
        "vehicles": [40, 1, 5, None, 2],
        "orders": [9, 6, 2, 5, 0],
        "amount": [600.0, 200.0, 150.0, 50.0, 0.0],
    }
)
REGULAR = {f"{n} orders": ("orders", ">=", n) for n in (2, 6)}
TARGET = {"3 vehicles": ("vehicles", ">=", 3), "100 yuan": ("amount", ">=", 100)}
CRITERIA = {"frequency": REGULAR["6 orders"], "priority": TARGET["3 vehicles"]}
WANTED = {"frequency": "regular", "priority": "target"}


def explorer(**options):
    given = {"criteria": CRITERIA, "wanted": WANTED, "value": "amount"}
    moves = {"frequency": REGULAR, "priority": TARGET}
    return ka.widgets.progressive_explorer(CARDS, key="card", moves=moves, **{**given, **options})


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_state_by_hand() -> None:
    found = explorer()
    assert [control.label for control in found.controls.values()] == ["Regular from", "Target from"]
    assert found.start == (1, 0)
    # With 2 orders A, B, C and D are regular: A and C have three vehicles, of D it is not known;
    # A, B and C ordered for 100 yuan. With 6 orders A and B are, of whom A has three vehicles.
    assert [state.finding for state in found.states] == [
        "Of 5 customers 2 remain after 2 questions",
        "Of 5 customers 3 remain after 2 questions",
        "Of 5 customers 1 remains after 2 questions",
        "Of 5 customers 2 remain after 2 questions",
    ]
    shown = [words(state.table) for state in found.states]
    assert "Regular from 2 orders, Target from 3 vehicles" in shown[0]
    assert "customers remaining 2 their share of amount 75 % set aside as unknown 1" in shown[0]
    assert "customers remaining 3 their share of amount 95 % set aside as unknown 0" in shown[1]
    assert "customers remaining 1 their share of amount 60 % set aside as unknown 0" in shown[2]
    assert "customers remaining 2 their share of amount 80 % set aside as unknown 0" in shown[3]


def test_without_amounts_only_customers_are_counted() -> None:
    found = explorer(value=None)
    assert "customers remaining 1 set aside" in words(found.state(found.start).table)


def test_the_reader_starts_where_the_criteria_are() -> None:
    with pytest.raises(ParameterError, match=r"moves, stage 'frequency': none of its rules"):
        explorer(criteria={**CRITERIA, "frequency": ("orders", ">=", 3)})
    with pytest.raises(ParameterError, match=r"is the one in criteria, None"):
        explorer(criteria={"priority": TARGET["3 vehicles"]}, wanted={"priority": "target"})
    odd = {"wealth": ("amount", ">=", 100)}
    with pytest.raises(ParameterError, match=r"moves, stage='wealth'"):
        ka.widgets.progressive_explorer(CARDS, key="card", criteria=odd, moves={"wealth": TARGET})
