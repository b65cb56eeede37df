"""The customer pyramid: worked by hand, its laws, and who moves between two of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.segmentation import migration, pyramid, reference
from keyaccounts.segmentation.pyramid import TIERS

NAMES = {"key": "account", "value": "profit"}


def accounts(*profits: float) -> pd.DataFrame:
    return pd.DataFrame({"account": list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(profits)]),
                         "profit": [float(p) for p in profits]})  # fmt: skip


def tiers(frame: pd.DataFrame, **options: Any) -> str:
    """Return the first letter of each customer's tier, in order of rank."""
    return "".join(t[0] for t in pyramid(frame, **NAMES, **options).table["tier"])


def test_by_hand(engine: Engine) -> None:
    # Twenty accounts: 5 % is one, 20 % four, 70 % fourteen. Profits 20, 19, … 1, but the last
    # three lose 5 each, and the fourteenth brings nothing.
    profits = [20.0 - i for i in range(13)] + [0.0, 4, 3, 2, -5, -5, -5]
    frame = accounts(*profits)
    frame = pd.concat([frame, pd.DataFrame({"account": ["A", "A"], "profit": [4.0, -4.0]})])
    found = pyramid(engine.table(frame.sample(frac=1, random_state=1)), **NAMES)
    rows = engine.rows(found.table)
    assert [row[3] for row in rows] == [
        "platinum", *["gold"] * 3, *["iron"] * 10, *["lead"] * 6,
    ]  # fmt: skip
    assert rows[0] == ("A", 20, 1, "platinum")
    # ranked 14th is O with 4; zero (N) comes after Q with 2
    assert [row[0] for row in rows[13:]] == ["O", "P", "Q", "N", "R", "S", "T"]
    assert list(engine.frame(found.table).columns) == ["account", "profit", "rank", "tier"]
    assert found.tiers["customers"].tolist() == [1, 3, 10, 6]
    assert found.tiers["share"].tolist() == [0.05, 0.15, 0.5, 0.3]
    # 20; 19+18+17; 16+…+8 +4 = 112; 3+2+0−15
    assert found.tiers["total"].tolist() == [20, 54, 112, -10]
    assert found.tiers["share_of_total"].tolist() == pytest.approx(
        [20 / 176, 54 / 176, 112 / 176, -10 / 176]
    )
    assert found.tiers["per_head"].tolist() == pytest.approx([20, 18, 11.2, -10 / 6])
    assert found.cuts == (0.05, 0.20, 0.70)


def test_reads_well() -> None:
    found = pyramid(accounts(6, 3, 1, -2), **NAMES, cuts=(0.25, 0.5, 0.75))
    assert repr(found).splitlines() == [
        "Customer pyramid of 4 customers, 1 of them platinum",
        "",
        "tier      customers  share  total  share of total  per head",
        "platinum          1   25 %      6            75 %         6",
        "gold              1   25 %      3            38 %         3",
        "iron              1   25 %      1            12 %         1",
        "lead              1   25 %     −2           −25 %        −2",
    ]
    assert "<caption>Customer pyramid of 4 customers" in found._repr_html_()


def test_who_brings_nothing_is_lead_whatever_the_rank() -> None:
    assert tiers(accounts(5, 0, 0, -1), cuts=(0.25, 0.5, 0.75)) == "plll"
    found = pyramid(accounts(-1, -2), **NAMES)
    assert set(found.table["tier"]) == {"lead"}
    assert found.tiers["share_of_total"].isna().all()
    assert found.tiers["per_head"].isna().tolist() == [True, True, True, False]


def test_few_customers_leave_the_top_empty() -> None:
    assert tiers(accounts(3, 2, 1)) == "iil"  # 5 % and 20 % of three are none, 70 % are two
    assert tiers(accounts(1)) == "l"


def test_curry_and_curry() -> None:
    frame = pd.DataFrame({"account": range(100), "profit": np.arange(100, 0, -1.0)})
    found = pyramid(frame, **NAMES, cuts="curry")
    assert found.tiers["customers"].tolist() == [1, 4, 15, 80]
    assert found.cuts == (0.01, 0.05, 0.20)


def test_cuts_are_met_exactly() -> None:
    frame = pd.DataFrame({"account": range(100), "profit": np.arange(100, 0, -1.0)})
    found = pyramid(frame, **NAMES, cuts=(0.07, 0.29, 0.57))  # × 100 is not whole to a machine
    assert found.tiers["customers"].tolist() == [7, 22, 28, 43]


def test_other_names() -> None:
    found = pyramid(accounts(3, 2), **NAMES, cuts=[0.5], names=["A", "B"])
    assert found.table["tier"].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cuts": (0.2, 0.1, 0.7)}, "give rising shares"),
        ({"cuts": ()}, "give rising shares"),
        ({"cuts": (5, 20, 70)}, "write 0.05 for 5 %"),
        ({"cuts": "pareto"}, "choose one of 'curry'"),
        ({"cuts": (0.2,)}, "1 cuts divide customers into 2 tiers"),
        ({"names": ("a", "a", "b", "c")}, "a name of its own"),
        ({"names": ("a", "b", "c", "gone")}, "'new', 'gone', 'before', 'customers' are taken"),
    ],
)
def test_bad_arguments(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        pyramid(accounts(1, 2), **NAMES, **options)


def test_bad_tables(engine: Engine) -> None:
    with pytest.raises(ColumnError, match="column of the answer"):
        pyramid(accounts(1).rename(columns={"account": "tier"}), key="tier", value="profit")
    with pytest.raises(DataError, match="no rows"):
        pyramid(engine.table(accounts(1).head(0)), **NAMES)


PROFITS = st.lists(st.integers(-500, 900), min_size=1, max_size=60)
CUTS = st.lists(st.integers(1, 99), min_size=3, max_size=3, unique=True).map(
    lambda cuts: tuple(c / 100 for c in sorted(cuts))
)


@settings(max_examples=60)
@given(PROFITS, CUTS)
def test_profit_per_head_never_rises_going_down(profits: list[int], cuts: Any) -> None:
    frame = pd.DataFrame({"account": range(len(profits)), "profit": profits})
    found = pyramid(frame, **NAMES, cuts=cuts)
    per_head = found.tiers["per_head"].dropna().to_numpy()
    assert (np.diff(per_head) <= 1e-9).all()
    assert found.tiers["customers"].sum() == len(profits)
    assert found.tiers["total"].sum() == pytest.approx(sum(profits))
    reached = found.tiers["customers"].cumsum().to_numpy()[:-1] / len(profits)
    assert (reached <= np.array(cuts) + 1e-9).all()
    assert (found.table.loc[found.table["tier"] != "lead", "profit"] > 0).all()


@settings(max_examples=40)
@given(PROFITS, st.randoms(use_true_random=False), st.sampled_from([0.01, 0.3, 1000]))
def test_order_of_rows_and_currency_do_not_matter(
    profits: list[int], chance: Any, rate: float
) -> None:
    frame = pd.DataFrame({"account": range(len(profits)), "profit": profits})
    mixed = list(range(len(profits)))
    chance.shuffle(mixed)
    other = pyramid(frame.iloc[mixed].assign(profit=lambda f: f["profit"] * rate), **NAMES)
    found = pyramid(frame, **NAMES)
    assert other.table[["account", "tier"]].equals(found.table[["account", "tier"]])


# ------------------------------------------------------------------------------- between dates

HALVES = {**NAMES, "cuts": (0.25, 0.5), "names": ("top", "middle", "base")}


def test_migration_by_hand(engine: Engine) -> None:
    last = pyramid(engine.table(accounts(9, 8, 7, 6, 5, 4, 3, 2)), **HALVES)
    # top A B, middle C D, base E F G H
    now = pd.DataFrame({"account": list("ACEDBXYF"), "profit": [9.0, 8, 7, 6, 5, 4, 3, 2]})
    this = pyramid(engine.table(now), **HALVES)  # top A C, middle E D, base B X Y F
    found = migration(last, this)
    assert found.table.to_numpy().tolist() == [
        ["top", 1, 0, 1, 0, 2],
        ["middle", 1, 1, 0, 0, 2],
        ["base", 0, 1, 1, 2, 4],
        ["new", 0, 0, 2, 0, 2],
    ]
    assert list(found.table.columns) == ["before", "top", "middle", "base", "gone", "customers"]
    # six were there both times: A, D, F stay; C, E up; B down
    assert (found.up, found.down, found.stay) == pytest.approx((2 / 6, 1 / 6, 3 / 6))
    assert (found.new, found.gone) == (2, 2)
    assert "33 % moved up, 17 % down, 50 % stayed" in repr(found)
    assert "<table>" in found._repr_html_()


def test_nobody_moves_where_only_the_currency_does() -> None:
    last = accounts(9, 8, 7, 6, 5, 4, 3, 2)
    found = migration(
        pyramid(last, **HALVES), pyramid(last.assign(profit=last["profit"] * 7), **HALVES)
    )
    assert (found.up, found.down, found.stay) == (0, 0, 1)


def test_migration_of_others_altogether() -> None:
    found = migration(
        pyramid(accounts(2, 1), **HALVES),
        pyramid(accounts(2, 1).assign(account=["Y", "Z"]), **HALVES),
    )
    assert (found.new, found.gone) == (2, 2)
    assert np.isnan([found.up, found.down, found.stay]).all()
    assert "nobody was there both times" in repr(found)


def test_migration_refuses_what_it_cannot_compare() -> None:
    halves = pyramid(accounts(2, 1), **HALVES)
    with pytest.raises(DataError, match="not tables"):
        migration(halves, halves.table)
    with pytest.raises(ParameterError, match="build both pyramids with the same names and"):
        migration(halves, pyramid(accounts(2, 1), **NAMES))
    with pytest.raises(ParameterError) as raised:
        migration(halves, pyramid(accounts(2, 1), **{**HALVES, "cuts": (0.2, 0.5)}))
    assert str(raised.value) == (
        "the tiers before are top, middle, base, cut at 25 %, 50 %, those after top, middle, base, "
        "cut at 20 %, 50 %: build both pyramids with the same names and cuts"
    )
    with pytest.raises(DataError, match="the keys before are string values, those after integer"):
        migration(halves, pyramid(accounts(2, 1).assign(account=[1, 2]), **HALVES))


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from("ABCDEFGHIJKL"), st.integers(-5, 20), min_size=1),
    st.dictionaries(st.sampled_from("ABCDEFGHIJKL"), st.integers(-5, 20), min_size=1),
)
def test_rows_and_columns_of_a_migration_are_the_tiers(before: Any, after: Any) -> None:
    one, two = (
        pyramid(pd.DataFrame({"account": [*d], "profit": [*d.values()]}), **HALVES)
        for d in (before, after)
    )
    found = migration(one, two)
    matrix = found.table.drop(columns=["before", "customers"])
    assert found.table["customers"].tolist()[:-1] == one.tiers["customers"].tolist()
    assert matrix.sum().tolist()[:-1] == two.tiers["customers"].tolist()
    assert found.new == len(after.keys() - before.keys())
    assert found.gone == len(before.keys() - after.keys())
    if before.keys() & after.keys():
        assert found.up + found.down + found.stay == pytest.approx(1)
    back = migration(two, one)
    assert (back.up, back.new) == pytest.approx((found.down, found.gone), nan_ok=True)


def test_the_list_of_tiers_is_that_of_the_default() -> None:
    assert tuple(reference("customer_tiers")["id"]) == TIERS
