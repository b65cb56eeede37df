"""Scorecards: by hand, by what must always hold, and what is unknown stays unknown."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import NAMES_BUT_SPARK, Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.patterns.scorecard import scorecard, sensitivity
from scipy.stats import spearmanr

ROWS = pd.DataFrame(
    {
        "who": ["D", "B", "A", "C"],
        "money": [10.0, 5.0, 8.0, np.nan],
        "authority": [10.0, 0.0, np.nan, np.nan],
        "need": [10.0, 5.0, 6.0, np.nan],
    }
)
ITEMS = ["money", "authority", "need"]
OPTIONS = {"key": "who", "items": ITEMS, "weights": [2, 1, 1], "scale": (0, 10)}
# Weights are shares ½, ¼, ¼.
# A: money 0.8, need 0.6 known, ¾ of the weight: (½·0.8 + ¼·0.6) / ¾ = 0.55 / 0.75 = 0.7333…
# B: ½·0.5 + ¼·0 + ¼·0.5 = 0.375; fixing money would add ½·0.5, authority ¼·1: equal, money first.
BY_HAND = [
    ("A", 0.733333333333, 0.75, 2, "need", "authority", False, "money"),
    ("B", 0.375, 1, 3, "authority", "", False, "money"),
    ("C", None, 0, 0, "", "money, authority, need", False, ""),
    ("D", 1, 1, 3, "money", "", True, ""),
]


def test_by_hand(engine: Engine) -> None:
    card = scorecard(engine.table(ROWS), **OPTIONS, required=["authority"])
    assert engine.rows(card.table) == BY_HAND
    assert card.weights == {"money": 0.5, "authority": 0.25, "need": 0.25}


def test_items_by_hand() -> None:
    items = scorecard(ROWS, **OPTIONS).items
    # means: money (1 + .5 + .8)/3, authority (1 + 0)/2, need (1 + .5 + .6)/3
    assert items["mean"].tolist() == pytest.approx([2.3 / 3, 0.5, 0.7])
    assert items["coverage"].tolist() == [0.75, 0.5, 0.75]
    assert items["headroom"].tolist() == pytest.approx([0.5 * 0.7 / 3, 0.125, 0.075])


@pytest.mark.parametrize("weights", [{"need": 1, "authority": 1, "money": 2}, (4, 2, 2)])
def test_weights_by_name_or_in_order(weights: Any) -> None:
    card = scorecard(ROWS, **{**OPTIONS, "weights": weights})
    assert card.weights == {"money": 0.5, "authority": 0.25, "need": 0.25}


def test_geometric_mean_by_hand() -> None:
    card = scorecard(ROWS, **OPTIONS, mean="geometric")
    # A: exp((½ ln 0.8 + ¼ ln 0.6)/¾) = 0.8^(2/3) · 0.6^(1/3); B has a zero
    a, b, c, d = card.scores
    assert a == pytest.approx(0.8 ** (2 / 3) * 0.6 ** (1 / 3))
    assert (b, d) == (0, 1)
    assert math.isnan(c)


def test_observed_scale_reversed_and_alike(engine: Engine) -> None:
    rows = pd.DataFrame({"who": ["A", "B", "C"], "price": [30.0, 10.0, 20.0], "same": [7, 7, 7]})
    card = scorecard(
        engine.table(rows), key="who", items=["price", "same"], scale="observed", reverse=["price"]
    )
    assert card.parts.tolist() == [[0, 0.5], [1, 0.5], [0.5, 0.5]]


def test_truth_values_count_as_the_ends(engine: Engine) -> None:
    rows = pd.DataFrame({"who": ["A", "B"], "signed": [True, False], "size": [5, 1]})
    card = scorecard(
        engine.table(rows), key="who", items={"contract": "signed", "size": "size"}, scale=(1, 5)
    )
    assert card.parts.tolist() == [[1, 1], [0, 0]]
    assert engine.rows(card.table, "weakest") == [("contract",), ("contract",)]


@pytest.mark.parametrize("engine", NAMES_BUT_SPARK, indirect=True)
def test_truth_values_may_be_unknown(engine: Engine) -> None:
    rows = pd.DataFrame({"who": ["A", "B"], "signed": pd.array([True, None], dtype="boolean")})
    card = scorecard(engine.table(rows), key="who", items=["signed"])
    assert engine.rows(card.table, "coverage", "missing") == [(1, ""), (0, "signed")]


def test_own_scale_of_each_item() -> None:
    scale = {"money": (0, 20), "authority": (0, 10), "need": (5, 10)}
    card = scorecard(ROWS, **{**OPTIONS, "scale": scale})
    assert card.parts[0].tolist() == pytest.approx([0.4, math.nan, 0.2], nan_ok=True)


def test_no_rows(engine: Engine) -> None:
    card = scorecard(engine.table(ROWS.head(0)), **{**OPTIONS, "scale": "observed"})
    assert engine.rows(card.table) == []
    assert card.items["mean"].isna().all()


# --------------------------------------------------------------------------------------- laws

SCORE = st.one_of(st.none(), st.integers(0, 100))
SCORES = st.lists(st.tuples(SCORE, SCORE, SCORE), min_size=1, max_size=8)
WEIGHTS = st.tuples(*[st.integers(1, 9)] * 3)


def rows_of(scores: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(scores, columns=ITEMS, dtype=float)
    return frame.assign(who=[f"K{i}" for i in range(len(frame))])


def scores_of(frame: pd.DataFrame, weights: Any, scale: Any = (0, 100), **options: Any) -> Any:
    card = scorecard(frame, key="who", items=ITEMS, weights=weights, scale=scale, **options)
    return card.table.set_index("who")["score"]


@given(SCORES, WEIGHTS, st.sampled_from([0.5, 3, 1000]), st.integers(-50, 50))
def test_units_do_not_matter(scores: Any, weights: Any, factor: float, shift: int) -> None:
    frame = rows_of(scores)
    other = frame.assign(money=frame["money"] * factor + shift)
    one, two = (scores_of(f, weights, "observed") for f in (frame, other))
    pd.testing.assert_series_equal(one, two)
    more = [7 * w for w in weights]
    pd.testing.assert_series_equal(one, scores_of(frame, more, "observed"))


@given(SCORES, WEIGHTS, st.randoms(use_true_random=False))
def test_order_of_rows_and_items_does_not_matter(scores: Any, weights: Any, chance: Any) -> None:
    frame = rows_of(scores)
    places = list(range(len(frame)))
    chance.shuffle(places)
    one = scores_of(frame, weights)
    pd.testing.assert_series_equal(one, scores_of(frame.iloc[places], weights))
    items = ITEMS[::-1]
    turned = scorecard(frame, key="who", items=items, weights=weights[::-1], scale=(0, 100))
    assert turned.table["score"].tolist() == pytest.approx(one.tolist(), nan_ok=True)


@given(SCORES, WEIGHTS, st.sampled_from(["arithmetic", "geometric"]))
def test_a_better_item_never_lowers_the_score(scores: Any, weights: Any, mean: str) -> None:
    frame = rows_of(scores)
    better = frame.assign(need=(frame["need"] + 10).clip(upper=100))
    one, two = (scores_of(f, weights, mean=mean).dropna() for f in (frame, better))
    assert (two >= one - 1e-12).all()
    less = scores_of(frame, weights, mean=mean, reverse=ITEMS).dropna()
    less_of_better = scores_of(better, weights, mean=mean, reverse=ITEMS).dropna()
    assert (less_of_better <= less + 1e-12).all()


@given(SCORES, WEIGHTS)
def test_what_is_unknown_of_one_changes_no_other(scores: Any, weights: Any) -> None:
    frame = rows_of(scores)
    blank = frame.copy()
    blank.loc[0, "money"] = np.nan
    one, two = scores_of(frame, weights), scores_of(blank, weights)
    pd.testing.assert_series_equal(one.iloc[1:], two.iloc[1:])


@given(SCORES, WEIGHTS)
def test_scores_lie_between_the_weakest_and_the_strongest_item(scores: Any, weights: Any) -> None:
    card = scorecard(rows_of(scores), key="who", items=ITEMS, weights=weights, scale=(0, 100))
    for row, score in zip(card.parts, card.scores, strict=True):
        known = row[~np.isnan(row)]
        assert math.isnan(score) if not known.size else known.min() <= score + 1e-9
        assert not known.size or score <= known.max() + 1e-9


# -------------------------------------------------------------------------------- sensitivity

CLOSE = pd.DataFrame(
    {"who": ["A", "B", "C", "D"], "size": [10, 9, 2, None], "trust": [4, 5.1, 9.0, None]}
)
# Halves: A 7.0, B 7.05, C 5.5 → B, A, C. size ±20 %: w = 6/11, 5/11: A 80/11, B 79.5/11;
# A passes B. size −20 % is 4/9, 5/9: A 60/9, B 61.5/9, C 53/9: as before.


def test_sensitivity_by_hand() -> None:
    card = scorecard(CLOSE, key="who", items=["size", "trust"], scale=(0, 10))
    found = sensitivity(card, top=1)
    assert found.table["largest_move"].tolist() == [1, 0, 0, 1]
    assert found.table["moved"].tolist()[0] == "A"
    assert found.table["change"].tolist() == [0.2, -0.2, 0.2, -0.2]
    # ranks 2, 1, 3 against 1, 2, 3: 1 − 6·(1 + 1)/(3·8) = 0.5
    assert found.table["spearman"].tolist() == [0.5, 1, 1, 0.5]
    assert (found.spearman, found.largest_move, found.top_stays) == (0.5, 1, 0)
    assert sensitivity(card, top=2).top_stays == 1
    assert repr(found).startswith("Each weight ±20 %: nobody moves more than 1 rank, 0 % of the")
    assert "<table>" in found._repr_html_()


def test_equal_scores_share_the_better_rank() -> None:
    # B, C and D have 5 of 10 and rank 1, A ranks 4. With more of size B is ahead, D second and C
    # third, so C moves by two; with less it is the other way around, and B moves.
    rows = pd.DataFrame({"who": list("ABCD"), "size": [1, 9, 1, 5], "trust": [1, 1, 9, 5]})
    found = sensitivity(scorecard(rows, key="who", items=["size", "trust"], scale=(0, 10)))
    assert found.table["largest_move"].tolist() == [2, 2, 2, 2]
    assert found.table["moved"].tolist() == ["C", "B", "B", "C"]


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=3, max_size=12), WEIGHTS)
def test_sensitivity_as_scipy(scores: Any, weights: Any) -> None:
    card = scorecard(rows_of(scores), key="who", items=ITEMS, weights=weights, scale=(0, 9))
    found = sensitivity(card).table
    more = list(weights)
    more[1] *= 1.2
    changed = scorecard(rows_of(scores), key="who", items=ITEMS, weights=more, scale=(0, 9))
    if len({*card.scores}) > 1 and len({*changed.scores}) > 1:
        by_scipy = spearmanr(card.scores, changed.scores).statistic
        assert found["spearman"][2] == pytest.approx(by_scipy)
    else:
        assert math.isnan(found["spearman"][2])


def test_sensitivity_needs_a_ranking() -> None:
    with pytest.raises(DataError, match="not a table"):
        sensitivity(CLOSE)  # type: ignore[arg-type]
    card = scorecard(CLOSE.tail(2), key="who", items=["size"], scale=(0, 10))
    with pytest.raises(DataError, match="fewer than two"):
        sensitivity(card)


# ---------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"items": []}, ParameterError, "name a column or more"),
        ({"items": "money"}, ParameterError, "give a list of columns"),
        ({"items": ["money", "money"]}, ColumnError, "there twice"),
        ({"items": ["monney", "need", "authority"]}, ColumnError, "did you mean 'money'"),
        ({"items": ["money", "key", "need"]}, ColumnError, "cannot hold the name 'key'"),
        ({"weights": [1, 2]}, ParameterError, "give 3 numbers"),
        ({"weights": {"money": 1}}, ParameterError, "one weight for each"),
        ({"scale": (10, 0)}, ParameterError, "go into reverse="),
        ({"scale": 10}, ParameterError, "lowest and the highest"),
        ({"scale": {"money": (0, 10)}}, ParameterError, "one pair for each"),
        ({"scale": (0, 9)}, DataError, r"'money': 1 of 4 .* 'who' is 'D', with '10': .* 0 to 9"),
        ({"reverse": ["price"]}, ParameterError, "reverse="),
        ({"required": "need"}, ParameterError, "required='need'"),
        ({"mean": "harmonic"}, ParameterError, "'arithmetic', 'geometric'"),
    ],
)
def test_bad_arguments(change: dict[str, Any], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        scorecard(ROWS, **{**OPTIONS, **change})


def test_bad_rows(engine: Engine) -> None:
    with pytest.raises(DataError, match=r"column 'who': 'A' has more than one row"):
        scorecard(engine.table(ROWS.assign(who=["D", "A", "A", "C"])), **OPTIONS)
    with pytest.raises(DataError, match=r"column 'who': missing in 1 of 4 rows"):
        scorecard(engine.table(ROWS.assign(who=["D", None, "A", "C"])), **OPTIONS)
    with pytest.raises(
        DataError, match=r"'money': not finite in 1 of 4 .* is 'D' and 'money' is inf"
    ):
        scorecard(engine.table(ROWS.replace({"money": {10.0: np.inf}})), **OPTIONS)
    with pytest.raises(DataError, match="'money' holds String values"):
        scorecard(engine.table(ROWS.assign(money="much")), **OPTIONS)
    with pytest.raises(ColumnError, match=r"'score' has the name"):
        scorecard(
            engine.table(ROWS.rename(columns={"who": "score"})), **{**OPTIONS, "key": "score"}
        )


@pytest.mark.parametrize("engine", NAMES_BUT_SPARK, indirect=True)
def test_number_keys_that_gaps_made_floats(engine: Engine) -> None:
    with pytest.raises(DataError, match="column 'who': missing in 1 of 4 rows"):
        scorecard(engine.table(ROWS.assign(who=[1.0, np.nan, 3.0, 4.0])), **OPTIONS)


def test_shows_itself() -> None:
    card = scorecard(ROWS, **OPTIONS)
    assert repr(card).startswith("Scores from 3 items; 2 of 4 have unknowns")
    assert "<table>" in card._repr_html_()


def test_a_larger_change_of_weights_moves_more() -> None:
    rows = pd.DataFrame({"who": list("AB"), "size": [9, 5], "trust": [2, 7]})
    card = scorecard(rows, key="who", items=["size", "trust"], weights=[6, 4], scale=(0, 10))
    # A leads B by 6·4 − 4·5 = 4, and with size counting a tenth less by 1.6, two tenths less −0.8
    assert sensitivity(card, 0.1).largest_move == 0
    assert sensitivity(card, 0.2).largest_move == 1
