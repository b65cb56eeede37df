"""Steps of progressive segmentation, by what they draw."""

from __future__ import annotations

import keyaccounts as ka
import pandas as pd
import pytest
from keyaccounts.errors import DataError

pytest.importorskip("matplotlib")

CARDS = pd.DataFrame(
    {
        "customer_id": list("ABCDEFGH"),
        "vehicles": [40, 0, 12, None, 1, 2, 3, 30],
        "place": ["called_on", None, "called_on", "walk_in", "walk_in", "walk_in", None, "walk_in"],
        "orders": [9, 0, 0, 2, 1, 4, 6, 5],
    }
)


CRITERIA = {
    "likely": ("vehicles", ">=", 1),
    "place": "place",
    "history": ("orders", ">", 0),
    "frequency": ("orders", ">=", 4),
    "priority": ("vehicles", ">=", 3),
}
WANTED = {"likely": "likely", "history": "known", "frequency": "regular", "priority": "target"}


def bars(ax, label: str) -> list[tuple[float, float]]:
    """Return where each bar of a kind begins, and how long it is."""
    found = [bar.patches[0] for bar in ax.containers if bar.get_label() == label]
    return [(patch.get_x(), patch.get_width()) for patch in found]


def title(ax) -> str:
    return ax.get_title().replace("\n", " ")


def test_each_question_by_hand() -> None:
    # B has no vehicle and of D nothing is known; C is new, E rare, F in reserve; A, G, H remain.
    found = ka.segmentation.progressive(CARDS, criteria=CRITERIA, wanted=WANTED)
    ax = ka.plots.progressive_bars(found)
    assert bars(ax, "go on") == [(0, 6), (0, 6), (0, 5), (0, 4), (0, 3)]
    assert bars(ax, "unknown") == [(6, 1), (6, 0), (5, 0), (4, 0), (3, 0)]
    assert bars(ax, "leave") == [(7, 1), (6, 0), (5, 1), (4, 1), (3, 1)]
    assert [text.get_text() for text in ax.texts] == [
        "likely: 6 of 8 likely (75 %), 1 unknown",
        "place: all 6 go on, 1 unknown",
        "history: 5 of 6 known (83 %)",
        "frequency: 4 of 5 regular (80 %)",
        "priority: 3 of 4 target (75 %)",
    ]
    heights = [text.xy[1] for text in ax.texts]
    assert heights == sorted(heights, reverse=True)  # the first question on top
    assert title(ax) == "Of 8 customers 3 remain after 5 questions"


def test_a_question_that_nobody_is_asked_has_no_rate() -> None:
    found = ka.segmentation.progressive(CARDS[CARDS["customer_id"] == "B"], criteria=CRITERIA)
    texts = [text.get_text() for text in ka.plots.progressive_bars(found).texts]
    assert texts[0] == "likely: 0 of 1 likely (0 %)"
    assert texts[-1] == "priority: 0 of 0 target"


def test_labels_only_let_everybody_go_on() -> None:
    one = {"likely": CRITERIA["likely"]}
    found = ka.segmentation.progressive(CARDS, criteria=one, wanted={})
    ax = ka.plots.progressive_bars(found)
    assert [text.get_text() for text in ax.texts] == ["likely: all 8 go on, 1 unknown"]
    assert title(ax) == "Of 8 customers 8 remain after one question"
    assert title(ka.plots.progressive_bars(found, title="Mine")) == "Mine"


def test_nobody_is_asked() -> None:
    nobody = ka.segmentation.progressive(CARDS.head(0), criteria=CRITERIA)
    with pytest.raises(DataError, match="no customers to draw"):
        ka.plots.progressive_bars(nobody)
