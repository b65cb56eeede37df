"""VIP check, buying traits and the impact of a loss, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.segmentation import buying_traits, loss_impact, reference, vip_check

TRAITS = ["goals", "revenue", "loss", "relation", "ablest"]
ANSWERS = pd.DataFrame(
    [
        ("A", 1, 1, 1, 1, 0),  # four, with revenue
        ("B", 1, 0, 1, 1, 1),  # four, without revenue
        ("C", 1, 1, 1, None, None),  # three, and two open answers: may be four
        ("D", 1, None, 1, 1, 1),  # revenue is open
        ("E", 1, 1, 0, 0, None),  # at most three
        ("F", 0.5, 0.9, 0.6, 0.5, 0.4),  # four of 0.5 or more
    ],
    columns=["account", *TRAITS],
)


def test_vip_by_hand(engine: Engine) -> None:
    found = vip_check(engine.table(ANSWERS.astype(dict.fromkeys(TRAITS, float))), key="account")
    assert engine.rows(found.table) == [
        ("A", 4, 0.8, 1, "yes"),
        ("B", 4, 0.8, 1, "no"),
        ("C", 3, 1, 0.6, "unknown"),
        ("D", 4, 1, 0.8, "unknown"),
        ("E", 2, 0.5, 0.8, "no"),
        ("F", 4, 0.58, 1, "yes"),
    ]


@given(st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=5, max_size=5))
def test_an_answer_settles_what_was_unknown_and_nothing_else(answers: list[float]) -> None:
    row = pd.DataFrame([answers], columns=TRAITS).assign(account="A")
    before = vip_check(row, key="account").table["vip"][0]
    filled = {vip_check(row.fillna(v), key="account").table["vip"][0] for v in (0.0, 1.0)}
    assert filled == {before} if before != "unknown" else filled == {"yes", "no"}


def test_traits_weights_and_limits() -> None:
    assert (vip_check(ANSWERS, key="account", least=5).table["vip"] == "yes").sum() == 0
    assert vip_check(ANSWERS, key="account", holds=0.6).table["vip"][5] == "no"
    weighted = vip_check(ANSWERS, key="account", weights=[0, 1, 0, 0, 0])
    assert weighted.table["score"].tolist()[:3] == [1, 0, 1]
    with pytest.raises(ParameterError, match="one trait must be 'revenue'"):
        vip_check(ANSWERS, key="account", traits=["goals"])
    with pytest.raises(ParameterError, match="there are only 5 conditions"):
        vip_check(ANSWERS, key="account", least=6)
    with pytest.raises(DataError, match="the scale runs from 0 to 1"):
        vip_check(ANSWERS.replace({"goals": {1: 5}}), key="account")


def test_shows_itself() -> None:
    found = vip_check(ANSWERS, key="account")
    assert repr(found).startswith("6 customers by 5 traits of a VIP")
    assert "<table>" in found._repr_html_()


def test_loss_by_hand() -> None:
    assert loss_impact(0.25, 6) == 0.125
    assert loss_impact(0.3, 24) == 0.6
    assert loss_impact(1, 0) == 0
    with pytest.raises(
        ParameterError, match=r"revenue_share=25: give a share from 0 to 1, 0\.25 for 25 %"
    ):
        loss_impact(25, 6)
    with pytest.raises(ParameterError, match="months_to_replace=-1"):
        loss_impact(0.5, -1)


def test_losses_of_a_column() -> None:
    accounts = pd.DataFrame({"share": [0.25, 0.3, None], "months": [6, 24, 6]}, index=[7, 8, 9])
    losses = loss_impact(accounts["share"], accounts["months"])
    assert losses.index.tolist() == [7, 8, 9]
    assert losses.tolist()[:2] == [0.125, 0.6]
    assert np.isnan(losses.iloc[2])
    assert loss_impact([0.25, 0.5], 6).tolist() == [0.125, 0.25]
    assert loss_impact(0.5, np.array([6, 12])).tolist() == [0.25, 0.5]
    assert np.isnan(loss_impact([None, 0.5], [1, 6])[0])
    assert loss_impact(pa.array([0.5]), 6).tolist() == [0.25]


def test_losses_of_a_polars_column() -> None:
    pl = pytest.importorskip("polars")
    assert loss_impact(pl.Series([0.5]), pd.Series([6.0], index=[3])).to_dict() == {3: 0.25}


@pytest.mark.parametrize(
    ("share", "months", "said"),
    [
        ([0.25, 25], 6, r"revenue_share=25 in row 1 \(counting from 0\): give a share"),
        (0.5, pd.Series([-1.0, 2.0]), r"months_to_replace=-1 in row 0 \(counting from 0\)"),
        ([0.5, 0.5], ["soon", "late"], "months_to_replace holds other things than numbers"),
        (["much"], [1], "revenue_share holds other things than numbers"),
        ([0.1, 0.2], [1, 2, 3], "2 shares and 3 months"),
        (pd.Series([0.1, 0.2]), pd.Series([8, 4], index=[5, 6]), "take both from one table"),
    ],
)
def test_losses_of_what_does_not_fit(share: object, months: object, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        loss_impact(share, months)


def test_nine_buying_traits(engine: Engine) -> None:
    traits = reference("buying_traits")["id"].tolist()
    assert len(traits) == 9
    rows = pd.DataFrame({"account": ["A", "B"], **{t: [True, False] for t in traits}})
    rows["frequent"] = [False, True]
    card = buying_traits(engine.table(rows), key="account")
    assert engine.rows(card.table, "score", "fix_first") == [
        (pytest.approx(8 / 9), "frequent"),
        (pytest.approx(1 / 9), "complex_sale"),
    ]


def test_an_answer_of_a_third_holds_from_a_third_on() -> None:
    rows = pd.DataFrame({"k": ["A"], "revenue": [1 / 3]})
    found = vip_check(rows, key="k", traits=["revenue"], least=1, holds=1 / 3)
    assert found.table["vip"].tolist() == ["yes"]
    assert repr(found).startswith("1 customers by 1 traits of a VIP")


def test_buying_traits_by_weight_and_on_another_scale() -> None:
    rows = pd.DataFrame({"k": ["A"], "long_term": [4], "frequent": [2]})
    options = {"key": "k", "traits": ["long_term", "frequent"], "scale": (0, 4)}
    assert buying_traits(rows, **options).scores.tolist() == [0.75]
    assert buying_traits(rows, **options, weights=[1, 3]).scores.tolist() == [0.625]
