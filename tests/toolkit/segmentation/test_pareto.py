"""ABC classes and the whale curve: worked by hand, and what happens to losses, ties and zeros."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from hypothesis import assume, given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.segmentation import abc, whale_curve


def accounts(*amounts: float) -> pd.DataFrame:
    return pd.DataFrame({"account": list("ABCDEFGHIJKLMNOP"[: len(amounts)]), "amount": amounts})


def classes(frame: pd.DataFrame, **options: Any) -> str:
    return "".join(abc(frame, key="account", value="amount", **options).table["class"])


def test_abc_by_hand(engine: Engine) -> None:
    frame = pd.DataFrame(
        {
            "account": ["T", "P", "R", "Q", "S", "P", "U", "V"],
            "amount": [3.0, 20.0, 12.0, 25.0, 5.0, 35.0, -4.0, 0.0],
        }
    )
    # Of 100: P 55, Q 25 (before it 55), R 12 (80: the line is reached), S 5 (92), T 3 (97), V 0.
    found = abc(engine.table(frame), key="account", value="amount")
    assert engine.rows(found.table) == [
        ("P", 55, 1, 0.55, 0.55, "A"), ("Q", 25, 2, 0.25, 0.8, "A"), ("R", 12, 3, 0.12, 0.92, "B"),
        ("S", 5, 4, 0.05, 0.97, "B"), ("T", 3, 5, 0.03, 1, "C"), ("V", 0, 6, 0, 1, "C"),
    ]  # fmt: skip
    assert list(engine.frame(found.table).columns) == [
        "account", "amount", "rank", "share", "cumulative_share", "class",
    ]  # fmt: skip
    assert engine.rows(found.excluded) == [("U", -4)]
    assert found.cuts == (0.80, 0.95)


def test_abc_reads_well(engine: Engine) -> None:
    found = abc(engine.table(accounts(50.0, 30, 15, 5)), key="account", value="amount")
    assert repr(found).splitlines() == [
        "ABC classes, cut at 80 % and 95 % of the total",
        "",
        "account  amount  rank   share  cumulative share  class",
        "A            50     1  50.0 %            50.0 %  A",
        "B            30     2  30.0 %            80.0 %  A",
        "C            15     3  15.0 %            95.0 %  B",
        "D             5     4   5.0 %           100.0 %  C",
    ]
    assert "<caption>ABC classes, cut at 80 % and 95 % of the total" in found._repr_html_()


def test_abc_lines_are_met_exactly() -> None:
    assert classes(accounts(50, 30, 15, 5)) == "AABC"
    assert classes(accounts(0.5, 0.3, 0.15, 0.05)) == "AABC"
    assert classes(accounts(*[10] * 10)) == "AAAAAAAABB"
    assert classes(accounts(*[0.1] * 10)) == "AAAAAAAABB"
    assert classes(accounts(99, 1)) == "AC"
    assert classes(accounts(7)) == "A"


def test_abc_with_other_cuts() -> None:
    frame = accounts(40, 30, 20, 10)
    assert classes(frame, cuts=(0.4,)) == "ABBB"
    assert classes(frame, cuts=[0.4, 0.7, 0.9]) == "ABCD"
    assert classes(frame, cuts=np.array([0.1, 0.2])) == "ACCC"


def test_abc_equal_totals_stand_in_order_of_the_key(engine: Engine) -> None:
    frame = pd.DataFrame({"account": [10, 9, 2, 1], "amount": [5.0, 5.0, 7.0, 5.0]})
    found = abc(engine.table(frame), key="account", value="amount")
    assert [row[0] for row in engine.rows(found.table)] == [2, 1, 9, 10]


def test_rounding_makes_no_loss(engine: Engine) -> None:
    frame = pd.DataFrame({"account": ["A", "A", "A", "B"], "amount": [0.3, -0.1, -0.2, 7.0]})
    table = engine.table(frame)
    found = abc(table, key="account", value="amount")
    assert engine.rows(found.table, "account", "amount", "class") == [("B", 7, "A"), ("A", 0, "C")]
    assert engine.rows(found.excluded) == []
    assert whale_curve(table, key="account", profit="amount").loss_share == 0


@pytest.mark.parametrize(
    ("cuts", "message"),
    [
        ((), "give rising shares such as"),
        ((0.9, 0.8), "give rising shares"),
        ((0.8, 0.8), "give rising shares"),
        ((0.8, 1.0), "without the ends"),
        ((0, 0.5), "give a share above 0"),
        ((80, 95), "write 0.8 for 80 %"),
        (None, "give rising shares"),
        (tuple(i / 30 for i in range(1, 28)), "give rising shares"),
    ],
    ids=str,
)
def test_abc_cuts_that_make_no_sense(cuts: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        abc(accounts(1, 2), key="account", value="amount", cuts=cuts)


def test_nothing_to_share_out(engine: Engine) -> None:
    for frame in (accounts(0, 0), accounts(-1, -2), accounts(1.0).head(0)):
        table = engine.table(frame)
        with pytest.raises(DataError, match="column 'amount' has nothing above zero"):
            abc(table, key="account", value="amount")
        with pytest.raises(DataError, match="column 'amount': no customer makes a profit"):
            whale_curve(table, key="account", profit="amount")


# ----------------------------------------------------------------------------------- the whale

PROFITS = (90, 70, 40, 20, 10, 5, 0, -5, -30, -100)
CURVE = (90, 160, 200, 220, 230, 235, 235, 230, 200, 100)


def test_whale_by_hand(engine: Engine) -> None:
    frame = accounts(*PROFITS).sample(frac=1, random_state=3)
    curve = whale_curve(engine.table(frame), key="account", profit="amount")
    assert engine.rows(curve.table) == [
        (key, profit, rank, rank / 10, total, total / 100)
        for rank, (key, profit, total) in enumerate(
            zip("ABCDEFGHIJ", PROFITS, CURVE, strict=True), 1
        )
    ]
    assert list(engine.frame(curve.table).columns) == [
        "account", "amount", "rank", "customer_share", "cumulative_profit", "cumulative_share",
    ]  # fmt: skip
    assert (curve.peak, curve.peak_at, curve.loss_share) == (2.35, 0.6, 0.3)
    assert (curve.top_share, curve.total, curve.base) == (1.6, 100, "total")
    assert "235 % of the total is earned with 60 % of customers; 30 % lose money" in repr(curve)


def test_whale_without_losses() -> None:
    curve = whale_curve(accounts(60, 30, 10), key="account", profit="amount")
    assert (curve.peak, curve.peak_at, curve.loss_share, curve.base) == (1, 1, 0, "total")


@pytest.mark.parametrize(
    ("profits", "total"), [((60, 40, -150), -50.0), ((60, 40, -100), 0.0), ((0.1, 0.2, -0.3), 0.0)]
)
def test_whale_of_a_business_that_earns_nothing(profits: tuple[float, ...], total: float) -> None:
    curve = whale_curve(accounts(*profits), key="account", profit="amount")
    assert (curve.total, curve.base) == (total, "gains")
    assert curve.peak == pytest.approx(1)
    assert curve.peak_at == 2 / 3
    gains = sum(p for p in profits if p > 0)
    assert curve.table["cumulative_share"].iloc[-1] == pytest.approx(total / gains)
    assert "of the gains is earned" in curve._repr_html_()


# --------------------------------------------------------------------------------- messy tables


@pytest.mark.parametrize("name", ["rank", "cumulative_share"])
def test_a_name_that_the_answer_needs(name: str) -> None:
    frame = accounts(1, 2).rename(columns={"amount": name})
    with pytest.raises(ColumnError, match="has the name of a column of the answer"):
        abc(frame, key="account", value=name)
    with pytest.raises(ColumnError, match="has the name of a column of the answer"):
        whale_curve(frame, key="account", profit=name)


# --------------------------------------------------------------------------- what always holds

MONEY = st.lists(
    st.integers(-10_000, 10_000).map(lambda cents: cents / 100), min_size=1, max_size=16
)


@given(MONEY)
def test_abc_always(amounts: list[float]) -> None:
    assume(max(amounts) > 0)
    found = abc(accounts(*amounts), key="account", value="amount")
    table = found.table
    assert len(table) + len(found.excluded) == len(amounts)
    assert (found.excluded["amount"] < 0).all()
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["amount"].is_monotonic_decreasing
    assert table["cumulative_share"].is_monotonic_increasing
    assert table["cumulative_share"].iloc[-1] == 1
    assert table["share"].sum() == pytest.approx(1)
    assert table["class"].iloc[0] == "A"
    assert table["class"].is_monotonic_increasing


@given(MONEY, st.sampled_from([0.01, 3, 1e6]))
def test_classes_and_curves_have_no_currency_and_no_order(
    amounts: list[float], rate: float
) -> None:
    assume(max(amounts) > 0)
    frame = accounts(*amounts)
    other = frame.assign(amount=frame["amount"] * rate).iloc[::-1]
    assert classes(other) == classes(frame)
    one, two = (whale_curve(f, key="account", profit="amount") for f in (frame, other))
    assert (one.peak_at, one.loss_share, one.base) == (two.peak_at, two.loss_share, two.base)
    assert two.peak == pytest.approx(one.peak)
    assert two.table["account"].tolist() == one.table["account"].tolist()


@given(MONEY)
def test_whale_always(amounts: list[float]) -> None:
    assume(max(amounts) > 0)
    curve = whale_curve(accounts(*amounts), key="account", profit="amount")
    shares = curve.table["cumulative_share"]
    assert curve.total == pytest.approx(sum(amounts), abs=1e-9)
    assert curve.loss_share == np.mean([a < 0 for a in amounts])
    assert curve.peak == pytest.approx(shares.max())
    assert curve.peak_at <= 1 - curve.loss_share + 1e-12
    peak = round(curve.peak_at * len(amounts))
    assert shares.iloc[:peak].is_monotonic_increasing
    if curve.base == "total":
        assert curve.peak >= 1 - 1e-12
        assert shares.iloc[-1] == 1
    else:
        assert curve.peak == pytest.approx(1)
        assert shares.iloc[-1] <= 0


def test_says_who_has_no_class(engine: Engine) -> None:
    rows = pd.DataFrame({"k": list("abcd"), "v": [5.0, 3.0, -9.0, -1.0]})
    found = repr(abc(engine.table(rows), key="k", value="v"))
    assert found.startswith("ABC classes, cut at 80 % and 95 % of the total; 2 customers below")
    assert "1 customer below zero" in repr(abc(engine.table(rows.head(3)), key="k", value="v"))
    assert "below zero" not in repr(abc(engine.table(rows.head(2)), key="k", value="v"))


def test_the_peak_is_where_the_last_gain_is_however_small() -> None:
    rows = pd.DataFrame({"k": list("abcd"), "p": [4e12, 1.0, 0.0, -2.0]})
    assert whale_curve(rows, key="k", profit="p").peak_at == 0.5


def test_where_all_lose_together_shares_are_of_the_gains() -> None:
    ten = pd.DataFrame({"k": list("ABCDEFGHIJ"), "p": [90, 70, 40, 20, 10, 5, 0, -5, -30, -100]})
    assert whale_curve(ten, key="k", profit="p").erosion == pytest.approx(1.35)
    loss = whale_curve(ten.assign(p=ten["p"] - 20), key="k", profit="p")
    assert (loss.base, loss.peak) == ("gains", 1)
    assert repr(loss).splitlines()[0].endswith("lose money; together they lose 100")


def test_a_line_reached_in_floating_steps_is_reached() -> None:
    # 4.3 + 4.3 + 4.3 + 2.3 + 2 are 80 % of 21.5, which floats miss by the last digit
    assert classes(accounts(4.3, 4.3, 4.3, 2.3, 2, 1.7, 1.5, 1.1)) == "AAAAABBB"
