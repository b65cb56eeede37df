"""Six definitions of a key account: who is one by each, and how far they agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.patterns.concentration import top_count
from keyaccounts.segmentation import key_account_definitions, reference

ACCOUNTS = pd.DataFrame(
    {
        "account": list("ABCDE"),
        "profit": [50.0, 5.0, 30.0, -10.0, np.nan],
        "revenue": [500.0, 300.0, 100.0, 60.0, 40.0],
        "margin": [0.3, 0.5, 0.4, 0.1, 0.2],
        "influence": [1, 0, 1, 0, 0],
        "vip": [1, 0, np.nan, 0, 0],
        "vehicles": [40, 3, 2, 12, np.nan],
        "business": [1, 1, 0, 1, 0],
    }
)
# top 30 % of the four known profits: 1.2, rounded up 2: A and C.
# Quantile 0.6 of revenue is 180 (0.4·300 + 0.6·100), so A and B; of margin 0.34, so B and C: with
# influence nobody is left. 80 % of 1,000 is reached with B: A and B.
BY_HAND = {
    "top_profit": ["yes", "no", "yes", "no", "unknown"],
    "main_buyer": ["no", "no", "no", "no", "no"],
    "vip": ["yes", "no", "unknown", "no", "no"],
    "fleet": ["yes", "yes", "no", "yes", "unknown"],
    "business": ["yes", "yes", "no", "yes", "no"],
    "revenue_core": ["yes", "yes", "no", "no", "no"],
}


def test_by_hand(engine: Engine) -> None:
    found = key_account_definitions(engine.table(ACCOUNTS), key="account", top=0.3, high=0.6)
    frame = engine.frame(found.table)
    assert {name: frame[name].tolist() for name in BY_HAND} == BY_HAND
    assert frame["definitions"].tolist() == [5, 3, 1, 2, 0]
    counts = found.counts.set_index("definition")
    assert counts["customers"].tolist() == [2, 0, 1, 3, 3, 2]
    assert counts["unknown"].tolist() == [1, 0, 1, 1, 0, 0]
    assert counts["share"]["top_profit"] == 0.5
    assert found._shown().labels == ("name", "customers", "share", "unknown")
    assert [row[2] for row in found._shown().cells] == [
        "50 %", "0 %", "25 %", "75 %", "60 %", "40 %",
    ]  # fmt: skip
    assert counts.index.tolist() == reference("key_account_definitions")["id"].tolist()


def test_overlap_by_hand() -> None:
    found = key_account_definitions(ACCOUNTS, key="account", top=0.3, high=0.6)
    pairs = found.overlap.set_index(["one", "other"])
    assert len(pairs) == 15
    # top_profit {A, C}, fleet {A, B, D}, both judge A to D
    assert pairs.loc[("top_profit", "fleet")].tolist() == [1, 4, 0.25]
    # fleet {A, B, D}, business {A, B, D}; E's vehicles are unknown
    assert pairs.loc[("fleet", "business"), "jaccard"] == 1
    # vip {A}, C unknown; top_profit then {A}
    assert pairs.loc[("top_profit", "vip"), "jaccard"] == 1
    assert pairs.loc[("main_buyer", "vip")].tolist() == [0, 1, 0]


def test_only_what_has_its_columns() -> None:
    found = key_account_definitions(ACCOUNTS, key="account", columns=["revenue", "margin"])
    assert found.counts["definition"].tolist() == ["revenue_core"]
    assert found.overlap.empty
    with pytest.raises(ParameterError, match="no definition has its columns"):
        key_account_definitions(ACCOUNTS, key="account", columns=["margin"])


def test_three_high_marks_make_a_main_buyer() -> None:
    rows = ACCOUNTS.assign(margin=[0.6, 0.5, 0.4, 0.1, 0.2])
    columns = ["revenue", "margin", "influence"]
    found = key_account_definitions(rows, key="account", columns=columns)
    assert found.table["main_buyer"].tolist() == ["yes", "no", "no", "no", "no"]
    gaps = rows.assign(influence=[np.nan, 0, 1, np.nan, 0])
    found = key_account_definitions(gaps, key="account", columns=columns)
    assert found.table["main_buyer"].tolist() == ["unknown", "no", "no", "no", "no"]


def test_nobody_is_in_either() -> None:
    found = key_account_definitions(ACCOUNTS.tail(1), key="account", columns=["vip", "business"])
    assert np.isnan(found.overlap["jaccard"][0])


def test_nobody(engine: Engine) -> None:
    found = key_account_definitions(
        engine.table(ACCOUNTS.head(0)), key="account", columns=["profit", "vehicles"]
    )
    assert engine.rows(found.table) == []
    assert found.counts["customers"].tolist() == [0, 0]


YES = st.sampled_from([0.0, 1.0, np.nan])


@given(st.lists(st.tuples(YES, YES, st.integers(0, 9)), min_size=1, max_size=12))
def test_overlap_is_the_overlap_of_sets(answers: Any) -> None:
    rows = pd.DataFrame(answers, columns=["vip", "business", "vehicles"])
    rows["account"] = range(len(rows))
    columns = ["vip", "business", "vehicles"]
    found = key_account_definitions(rows, key="account", columns=columns).overlap
    for one, other, both, either, jaccard in found.itertuples(index=False):
        judged = rows.dropna(subset=[c for c in (one, other) if c != "fleet"])
        sets = [
            {*judged.loc[judged["vehicles"] >= 3, "account"]}
            if name == "fleet"
            else {*judged.loc[judged[name] == 1, "account"]}
            for name in (one, other)
        ]
        assert (both, either) == (len(sets[0] & sets[1]), len(sets[0] | sets[1]))
        assert np.isnan(jaccard) if not either else jaccard == both / either


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"columns": {"vip": "vehicles"}}, DataError, "'vehicles': .* with '40': give 1 or 0"),
        ({"columns": ["size"]}, ParameterError, "columns: choose one of|choose one of 'profit'"),
        ({"top": 20}, ParameterError, "write 0.2 for 20 %"),
        ({"least_vehicles": 0}, ParameterError, "least_vehicles=0"),
        ({"high": 1}, ParameterError, "without the ends"),
        ({"columns": {"revenue": "profit"}}, DataError, "zero or more"),
        ({"columns": {"profit": "proft"}}, ColumnError, "did you mean 'profit'.*columns="),
    ],
)
def test_bad_arguments(change: dict[str, Any], error: type, said: str) -> None:
    given = {"key": "account", **change}
    with pytest.raises(error, match=said):
        key_account_definitions(ACCOUNTS, **given)


def test_shows_itself() -> None:
    found = key_account_definitions(ACCOUNTS, key="account")
    assert repr(found).startswith("6 definitions name 0 to 3 key accounts")
    assert "<table>" in found._repr_html_()


def test_revenue_of_nobody_is_unknown_and_a_negative_one_is_named() -> None:
    rows = pd.DataFrame({"k": ["A", "B"], "rev": [np.nan, np.nan], "cars": [5, 1]})
    found = key_account_definitions(
        rows, key="k", columns={"revenue": "rev", "vehicles": "cars"}
    ).table
    assert found["revenue_core"].tolist() == ["unknown", "unknown"]
    assert found["fleet"].tolist() == ["yes", "no"]
    nothing = key_account_definitions(
        rows.assign(rev=0.0), key="k", columns={"revenue": "rev"}
    ).table
    assert nothing["revenue_core"].tolist() == ["no", "no"]
    assert (
        len(key_account_definitions(rows.head(0), key="k", columns={"revenue": "rev"}).table) == 0
    )
    with pytest.raises(DataError, match=r"column 'rev': 1 of 2 rows .* 'k' is 'B', with '-3'"):
        key_account_definitions(rows.assign(rev=[5.0, -3.0]), key="k", columns={"revenue": "rev"})


def test_where_each_border_lies() -> None:
    def yes(name: str, **options: Any) -> list[str]:
        found = key_account_definitions(ACCOUNTS, key="account", **options).table
        return found.loc[found[name] == "yes", "account"].tolist()

    assert yes("fleet") == ["A", "B", "D"]  # B has three, the fewest of a fleet
    assert yes("fleet", least_vehicles=13) == ["A"]
    # revenue 500, 300, 100, 60, 40: A brings 50 %, A and B 80 %, with C 90 %
    assert yes("revenue_core", core=0.5) == ["A"]
    assert yes("revenue_core", core=0.81) == ["A", "B", "C"]
    # the quantile 0.5 is 100 of revenue and 0.3 of margin, where C and A stand
    assert yes("main_buyer", high=0.5) == ["A", "C"]


@given(
    st.lists(st.sampled_from([0.0, 1, 2, 3, 5, 8, np.nan]), min_size=1, max_size=30),
    st.sampled_from([0.07, 0.2, 1 / 3, 0.1 + 0.2, 0.5, 0.8]),
)
def test_borders_are_those_of_counts_and_quantiles(values: list[float], share: float) -> None:
    rows = pd.DataFrame({"k": range(len(values)), "profit": values, "revenue": values})
    rows = rows.assign(margin=1.0, influence=1)
    columns = ["profit", "revenue", "margin", "influence"]
    found = key_account_definitions(rows, key="k", columns=columns, top=share, high=share).table
    known = rows["profit"].dropna()
    assert (found["top_profit"] == "yes").sum() == top_count(len(known), share)
    if len(known):
        border = np.quantile(known, share) - 1e-9
        assert (found["main_buyer"] == "yes").tolist() == (rows["revenue"] >= border).tolist()
