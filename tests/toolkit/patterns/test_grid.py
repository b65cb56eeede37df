"""Grids: who stands in which cell, on the cut too; who moved; nobody gets lost."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import NAMES_BUT_SPARK, Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.patterns.grid import Drawn, Grid, grid, moves


def cells_of(*bands: str) -> list[dict[str, str]]:
    return [
        {"x": x, "y": y, "id": f"{y}/{x}", "english": f"{y} {x}", "action": f"do {y} {x}"}
        for x, y in product(bands, repeat=2)
    ]


TWO, THREE = cells_of("low", "high"), cells_of("low", "middle", "high")
ROWS = pd.DataFrame(
    {
        "who": ["D", "A", "C", "B", "E"],
        "ease": [5.0, 4.999, 7.0, np.nan, 8.0],
        "worth": [4.0, 6.0, 2.0, 1.0, np.nan],
    }
)
OPTIONS = {"key": "who", "x": "ease", "y": "worth"}


def test_two_by_two_by_hand(engine: Engine) -> None:
    found = grid(engine.table(ROWS), **OPTIONS, x_cuts=5, y_cuts=4, cells=TWO)
    # D stands exactly on both cuts: high
    assert engine.rows(found.table) == [
        ("A", 4.999, 6, "low", "high", "high/low", "do high low"),
        ("B", None, 1, "unknown", "low", "unknown", "Find out what is missing."),
        ("C", 7, 2, "high", "low", "low/high", "do low high"),
        ("D", 5, 4, "high", "high", "high/high", "do high high"),
        ("E", 8, None, "high", "unknown", "unknown", "Find out what is missing."),
    ]
    assert found.counts["cell"].tolist() == [
        "high/high", "high/low", "low/high", "low/low", "unknown"
    ]  # fmt: skip
    assert found.counts["customers"].tolist() == [1, 1, 1, 0, 2]
    assert found.counts["share"].tolist() == [0.2, 0.2, 0.2, 0, 0.4]
    assert found.unknown == 2


def test_three_by_three_by_hand() -> None:
    rows = pd.DataFrame({"who": range(6), "ease": [0, 1, 2, 3, 2, 1], "worth": [3, 2, 1, 0, 3, 1]})
    found = grid(rows, **OPTIONS, x_cuts=(1, 3), y_cuts=(1, 2), cells=THREE)
    assert found.table["cell"].tolist() == [
        "high/low", "high/middle", "middle/middle", "low/high", "high/middle", "middle/middle"
    ]  # fmt: skip
    counts = found.counts.set_index(["y_band", "x_band"])["customers"]
    assert (counts["high", "middle"], counts["middle", "middle"], counts.sum()) == (2, 2, 6)


def test_columns_may_name_their_bands(engine: Engine) -> None:
    rows = pd.DataFrame(
        {"who": ["A", "B", "C"], "ease": ["hard", "easy", None], "worth": [1, 2, 3]}
    )
    cells = [{**c, "x": "easy" if c["x"] == "high" else "hard"} for c in TWO]
    options = {**OPTIONS, "x_cuts": None, "y_cuts": 2, "x_bands": ["hard", "easy"], "cells": cells}
    found = grid(engine.table(rows), **options)
    by_hand = [("hard", "low/low"), ("easy", "high/high"), ("unknown", "unknown")]
    assert engine.rows(found.table, "x_band", "cell") == by_hand
    with pytest.raises(
        DataError, match=r"'ease': 1 of 3.*'who' is 'A', with 'so-so': the bands are"
    ):
        grid(engine.table(rows.assign(ease=["so-so", "easy", "easy"])), **options)
    with pytest.raises(DataError, match=r"'ease' holds .* values, not text"):
        grid(engine.table(rows.assign(ease=1)), **options)


@pytest.mark.parametrize("engine", NAMES_BUT_SPARK, indirect=True)
def test_bands_as_categories(engine: Engine) -> None:
    rows = pd.DataFrame({"who": [1, 2], "ease": pd.Categorical(["high", None]), "worth": [1, 2]})
    bands = ["low", "high"]
    found = grid(engine.table(rows), **OPTIONS, x_cuts=None, y_cuts=2, x_bands=bands, cells=TWO)
    assert engine.rows(found.table, "who", "x_band") == [(1, "high"), (2, "unknown")]


def test_cells_may_share_a_name() -> None:
    mixed = [{**c, "id": "B" if c["x"] != c["y"] else c["x"]} for c in TWO]
    found = grid(ROWS, **OPTIONS, x_cuts=5, y_cuts=4, cells=mixed)
    assert (found.counts.groupby("cell")["customers"].sum()["B"], len(found.counts)) == (2, 5)


def test_nobody(engine: Engine) -> None:
    found = grid(engine.table(ROWS.head(0)), **OPTIONS, x_cuts=5, y_cuts=4, cells=TWO)
    assert engine.rows(found.table) == []
    assert found.counts["share"].tolist() == [0] * 5


SCORES = st.lists(
    st.tuples(*[st.one_of(st.none(), st.integers(0, 10))] * 2), min_size=1, max_size=20
)


def made(scores: list[Any], names: Any = None) -> Grid:
    frame = pd.DataFrame(scores, columns=["ease", "worth"], dtype=float)
    frame["who"] = names or [f"K{i:02}" for i in range(len(frame))]
    return grid(frame, **OPTIONS, x_cuts=(3, 7), y_cuts=(4, 5), cells=THREE)


@given(SCORES, st.sampled_from([0.01, 3, 1e6]), st.randoms(use_true_random=False))
def test_neither_units_nor_order_matter(scores: Any, factor: float, chance: Any) -> None:
    one = made(scores)
    mixed = one.table.sample(frac=1, random_state=chance.randrange(99))[["who", "ease", "worth"]]
    mixed["ease"] *= factor
    cuts = (3 * factor, 7 * factor)
    two = grid(mixed, **OPTIONS, x_cuts=cuts, y_cuts=(4, 5), cells=THREE)
    assert two.table["cell"].tolist() == one.table["cell"].tolist()
    pd.testing.assert_frame_equal(one.counts, two.counts)


@given(SCORES)
def test_everybody_stands_somewhere(scores: Any) -> None:
    found = made(scores)
    assert found.counts["customers"].sum() == len(scores)
    assert found.counts["share"].sum() == pytest.approx(1)
    assert found.unknown == sum(None in pair for pair in scores)
    for _, row in found.counts.iloc[:-1].iterrows():
        assert row["customers"] == (found.table["cell"] == row["cell"]).sum()


# --------------------------------------------------------------------------------------- moves


def test_moves_by_hand(engine: Engine) -> None:
    options = {**OPTIONS, "x_cuts": 5, "y_cuts": 4, "cells": TWO}
    before = grid(engine.table(ROWS), **options)
    later = ROWS.iloc[:4].assign(who=["D", "A", "F", "B"], ease=[5.0, 5.0, 7.0, np.nan])
    found = moves(before, grid(engine.table(later), **options))
    assert engine.rows(found.table) == [
        ("A", "high/low", "high/high", True),
        ("B", "unknown", "unknown", False),
        ("C", "low/high", "absent", True),
        ("D", "high/high", "high/high", False),
        ("E", "unknown", "absent", True),
        ("F", "absent", "low/high", True),
    ]
    assert found.stayed == pytest.approx(2 / 3)
    counts = found.counts.set_index("before")
    assert counts.loc["high/low", "high/high"] == 1
    assert counts.loc["unknown"].tolist() == [0, 0, 0, 0, 1, 1]


@given(SCORES, SCORES)
def test_moves_add_up(then: Any, now: Any) -> None:
    before, after = made(then), made(now)
    found = moves(before, after)
    counts = found.counts.set_index("before")
    stood = before.table["cell"].value_counts().reindex(counts.index, fill_value=0)
    stand = after.table["cell"].value_counts().reindex(counts.columns, fill_value=0)
    assert counts.sum(axis=1).drop("absent").tolist() == stood.drop("absent").tolist()
    assert counts.sum(axis=0).drop("absent").tolist() == stand.drop("absent").tolist()
    assert counts.to_numpy().sum() == len(found.table) == max(len(then), len(now))
    assert found.counts.equals(moves(before, after).counts)
    back = moves(after, before).counts.set_index("before")
    assert (counts.to_numpy() == back.to_numpy().T).all()


def test_nobody_stayed_where_nobody_is_in_both() -> None:
    one, other = made([(1, 1)], ["A"]), made([(1, 1)], ["B"])
    found = moves(one, other)
    assert math.isnan(found.stayed)
    assert "nobody is in both" in repr(found)


def test_moves_need_the_same_grid() -> None:
    found = made([(1, 1)])
    with pytest.raises(DataError, match="not tables"):
        moves(found.table, found)
    with pytest.raises(DataError, match="different cells"):
        moves(found, grid(ROWS, **OPTIONS, x_cuts=5, y_cuts=4, cells=TWO))
    swapped = [{**cell, "id": "/".join(reversed(cell["id"].split("/")))} for cell in TWO]
    assert {cell["id"] for cell in swapped} == {cell["id"] for cell in TWO}
    cut = {**OPTIONS, "x_cuts": 5, "y_cuts": 4}
    with pytest.raises(DataError, match="different cells"):
        moves(grid(ROWS, **cut, cells=TWO), grid(ROWS, **cut, cells=swapped))
    with pytest.raises(DataError, match="different kinds of keys"):
        moves(found, made([(1, 1)], [7]))


def test_moves_need_the_same_cuts() -> None:
    def at(cut: float, rule: str) -> Drawn:
        return Drawn(lambda known: [cut], rule, 1)

    def cut(y_cuts: Any, x_cuts: Any = 5) -> Grid:
        return grid(ROWS, **OPTIONS, x_cuts=x_cuts, y_cuts=y_cuts, cells=TWO)

    with pytest.raises(DataError) as raised:
        moves(cut(4), cut(6.5))
    assert str(raised.value) == (
        "'worth' is cut at 4 before and at 6.5 after, so customers would move who did nothing: "
        "make both grids with the same cuts"
    )
    with pytest.raises(DataError, match="'ease' is cut at 5 before and at 7 after"):
        moves(cut(4), cut(4, 7))
    with pytest.raises(DataError, match=r"at 4 before and at 6 \(the median\) after"):
        moves(cut(4), cut(at(6, "the median")))
    with pytest.raises(DataError, match=r"at 4 \(the mean\) before and at 6 \(the median\) after"):
        moves(cut(at(4, "the mean")), cut(at(6, "the median")))
    words = grid(
        ROWS.assign(worth="low"), **OPTIONS, x_cuts=5, y_cuts=None,
        y_bands=["low", "high"], cells=TWO,
    )  # fmt: skip
    with pytest.raises(DataError, match="at the words of the column before and at 4 after"):
        moves(words, cut(4))
    # The same rule may give other values, and the same value is the same cut, however it came.
    assert moves(cut(at(4, "the mean")), cut(4)).notes == ()
    found = moves(cut(at(4, "the median")), cut(at(1000.5, "the median")))
    assert found.notes == ("worth is cut at the median: 4 before, 1,000.5 after",)
    assert repr(found).splitlines()[-1] == found.notes[0]
    assert found.notes[0] in found._repr_html_()


def test_shows_itself() -> None:
    found = grid(ROWS, **OPTIONS, x_cuts=5, y_cuts=4, cells=TWO)
    assert repr(found).startswith("5 customers by worth and ease; 2 unknown")
    assert "<table>" in found._repr_html_()
    stay = moves(found, found)
    assert repr(stay).startswith("From cell (rows) to cell (columns): 100 % stayed")
    assert "<table>" in stay._repr_html_()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"x_cuts": (5, 5)}, ParameterError, r"x_cuts=\(5, 5\): give rising numbers"),
        ({"y_cuts": ()}, ParameterError, "y_cuts"),
        ({"x_cuts": "5"}, ParameterError, "give a finite number"),
        ({"x_cuts": (5, 6)}, ParameterError, "one cell for each pair"),
        ({"cells": TWO[:3]}, ParameterError, "one cell for each pair"),
        ({"cells": [*TWO, TWO[0]]}, ParameterError, "one cell for each pair"),
        ({"cells": [{"x": "low"}]}, ParameterError, "has no action, english, id, y"),
        ({"x_bands": ["low"]}, ParameterError, "give 2 different names"),
        ({"x_bands": "lh"}, ParameterError, "give a list of names, lowest first"),
        ({"x_bands": 5}, ParameterError, "give a list of names, lowest first"),
        ({"cells": None}, ParameterError, "give a list of dictionaries, one for each cell"),
        ({"x_cuts": (1, 2, 3)}, ParameterError, "name the bands"),
        ({"x_cuts": None}, ParameterError, "name the bands"),
        ({"x_cuts": None, "x_bands": ["unknown", "low"]}, ParameterError, "different names"),
        ({"y": "worthh"}, ColumnError, "did you mean 'worth'"),
    ],
)
def test_bad_arguments(change: dict[str, Any], error: type, said: str) -> None:
    given = {**OPTIONS, "x_cuts": 5, "y_cuts": 4, "cells": TWO, **change}
    with pytest.raises(error, match=said):
        grid(ROWS, **given)


def test_a_name_that_the_answer_needs() -> None:
    rows = ROWS.rename(columns={"who": "cell"})
    with pytest.raises(ColumnError, match=r"'cell' \(key=\)"):
        grid(rows, **{**OPTIONS, "key": "cell"}, x_cuts=5, y_cuts=4, cells=TWO)
