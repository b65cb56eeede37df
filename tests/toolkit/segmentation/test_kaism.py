"""KAISM by hand, on the cut, with unknown criteria and in both variants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.patterns.grid import Grid, moves
from keyaccounts.segmentation import kaism, reference

ACCOUNTS = pd.DataFrame(
    {
        "account": ["A", "B", "C", "D", "E"],
        "size": [8.0, 6.0, 2.0, 1.0, 9.0],
        "growth": [5.0, 2.0, 4.0, np.nan, 9.0],
        "service": [9.0, 4.9, 5.0, 0.0, np.nan],
    }
)
OPTIONS = {
    "key": "account",
    "attractiveness": ["size", "growth"],
    "strength": {"what they say of our service": "service"},
    "weights_attractiveness": [3, 1],
}
# Attractiveness (3·size + growth)/4: A 7.25; B 5, exactly on the cut; C 2.5; D 1 (size alone); E 9.


def test_by_hand(engine: Engine) -> None:
    found = kaism(engine.table(ACCOUNTS), **OPTIONS)
    columns = ("account", "relative_strength", "attractiveness", "cell")
    assert engine.rows(found.table, *columns) == [
        ("A", 9, 7.25, "key"),
        ("B", 4.9, 5, "key-development"),
        ("C", 5, 2.5, "maintenance"),
        ("D", 0, 1, "opportunistic"),
        ("E", None, 9, "unknown"),
    ]
    assert found.counts["customers"].tolist() == [1] * 5


def test_both_variants_cut_alike() -> None:
    one, other = (kaism(ACCOUNTS, **OPTIONS, variant=v) for v in ("cheverton", "millman-wilson"))
    assert other.table["cell"].tolist() == [
        "invest",
        "selective",
        "maintain",
        "withdraw",
        "unknown",
    ]
    assert other.table["x_band"].tolist() == one.table["x_band"].tolist()
    assert (reference("kaism_cells")["variant"].value_counts() == 4).all()


def test_other_scale_and_cut() -> None:
    half = ACCOUNTS.assign(**{c: ACCOUNTS[c] / 10 for c in ("size", "growth", "service")})
    found = kaism(half, **OPTIONS, scale=(0, 1), cut=0.5)
    assert found.table["cell"].tolist() == kaism(ACCOUNTS, **OPTIONS).table["cell"].tolist()


def test_is_a_grid() -> None:
    found = kaism(ACCOUNTS, **OPTIONS)
    assert isinstance(found, Grid)
    higher = kaism(ACCOUNTS, **OPTIONS, cut=6)
    assert (higher.table["cell"] != found.table["cell"]).sum() == 2  # B and C
    with pytest.raises(DataError, match="'attractiveness' is cut at 5 before and at 6 after"):
        moves(found, higher)
    assert moves(found, kaism(ACCOUNTS, **OPTIONS)).stayed == 1
    assert repr(found).startswith("5 customers by attractiveness and relative_strength; 1 unknown")


def test_bad_arguments() -> None:
    for change, error, said in (
        ({"variant": "mine"}, ParameterError, "'cheverton', 'millman-wilson'"),
        ({"cut": 50}, ParameterError, "cut=50: give a number on the scale, above 0 and up to 10"),
        ({"scale": (0, 1)}, ParameterError, "cut=5: .* above 0 and up to 1"),
        ({"scale": "observed"}, ParameterError, "scale='observed': give the lowest and the high"),
        ({"scale": (0, 5)}, DataError, "the scale runs from 0 to 5"),
    ):
        with pytest.raises(error, match=said):
            kaism(ACCOUNTS, **{**OPTIONS, **change})
    clash = ACCOUNTS.rename(columns={"account": "attractiveness"})
    with pytest.raises(ColumnError, match="has the name of a column of the answer"):
        kaism(clash, **{**OPTIONS, "key": "attractiveness"})


@pytest.mark.parametrize("scale", [(0, 10), (1, 10), (1, 7), (0, 7), (1, 4), (0, 3), (1, 5)])
def test_exactly_on_the_cut_is_high_on_every_scale(scale: tuple[int, int]) -> None:
    low, high = scale
    pairs = [(a, b) for a in range(low, high + 1) for b in range(low, high + 1)]
    rows = pd.DataFrame({"account": range(len(pairs)), "size": [a for a, _ in pairs]})
    rows["service"] = rows["fair"] = [b for _, b in pairs]
    for cut in np.arange(low + 0.5, high + 0.1, 0.5):
        found = kaism(
            rows, key="account", attractiveness=["size"], strength=["service", "fair"],
            scale=scale, cut=cut,
        ).table  # fmt: skip
        assert (found["y_band"] == "high").tolist() == (rows["size"] >= cut).tolist()
        assert (found["x_band"] == "high").tolist() == (rows["service"] >= cut).tolist()


def test_says_who_is_scored_on_part_of_the_criteria() -> None:
    caption = "5 customers by attractiveness and relative_strength; 1 unknown"
    assert repr(kaism(ACCOUNTS, **OPTIONS)).startswith(
        f"{caption}; 1 scored on part of the criteria"
    )
    known = kaism(ACCOUNTS.head(3), **OPTIONS)
    assert "part of" not in repr(known)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"attractiveness": []}, r"attractiveness=\[\]: name a column or more"),
        ({"weights_strength": [0]}, r"weights_strength=\[0\]: give 1 numbers"),
        ({"attractiveness": ["bulk"]}, "no column 'bulk'.*Name the right one with attractiveness="),
        ({"strength": {"a": "srvice"}}, "no column 'srvice' .*the right one with strength="),
    ],
)
def test_says_which_side_is_wrong(change: dict[str, object], said: str) -> None:
    with pytest.raises((ParameterError, ColumnError), match=f"^{said}"):
        kaism(ACCOUNTS, **{**OPTIONS, "weights_attractiveness": None, **change})


def test_weights_of_strength_count() -> None:
    rows = pd.DataFrame({"account": ["A"], "size": [5], "price": [10], "service": [0]})
    options = {"key": "account", "attractiveness": ["size"], "strength": ["price", "service"]}
    found = kaism(rows, **options, weights_strength=[1, 4])
    assert found.table["relative_strength"].tolist() == [2]
    assert kaism(rows, **options).table["relative_strength"].tolist() == [5]


def test_a_criterion_may_count_on_both_sides() -> None:
    both = {"attractiveness": ["size", "service"], "strength": {"size": "service", "s": "growth"}}
    found = kaism(ACCOUNTS.head(3), key="account", **both).table
    assert found["attractiveness"].tolist() == [8.5, 5.45, 3.5]
    assert found["relative_strength"].tolist() == [7, 3.45, 4.5]
