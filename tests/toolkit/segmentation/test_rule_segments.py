"""Segments by rule, on the motorcycle case: who fits what, and what the rules leave out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, ParameterError
from keyaccounts.segmentation import check_rules, reference, rule_segments
from keyaccounts.segmentation.catalogs import LISTS

YOUNG = {"id": "young", "all": [["age", "between", [18, 30]]]}
REST = {"id": "rest", "english": "the rest", "all": [["age", ">=", 31]]}
CITY = {"id": "city", "all": [["use", "==", "commuting"]]}

RIDERS = pd.DataFrame(
    # customer, age, use, gender → by hand
    [
        ("J", 25.0, "touring", "male"),  # young, touring
        ("A", 18.0, "sport", "male"),  # young: the ends belong to it
        ("B", 30.0, "sport", "male"),  # young
        ("C", 31.0, "sport", "male"),  # none
        ("D", 34.0, "sport", "male"),  # none
        ("E", 35.0, "sport", "male"),  # practical
        ("F", 56.0, "sport", "male"),  # none
        ("G", 33.0, "commuting", "female"),  # commuter, women
        ("H", None, "sport", "male"),  # unknown: could be young or practical
        ("I", 70.0, None, "female"),  # woman, and may be a commuter: unknown
        ("K", None, "touring", "female"),  # touring and women: several, whatever the age
        ("L", 60.0, "touring", "male"),  # touring
    ],
    columns=["customer_id", "age", "use", "gender"],
)
BY_HAND = [
    ("A", 1, "young", "one"),
    ("B", 1, "young", "one"),
    ("C", 0, "", "none"),
    ("D", 0, "", "none"),
    ("E", 1, "practical", "one"),
    ("F", 0, "", "none"),
    ("G", 2, "commuter, women", "several"),
    ("H", 0, "", "unknown"),
    ("I", 1, "women", "unknown"),
    ("J", 2, "young, touring", "several"),
    ("K", 2, "touring, women", "several"),
    ("L", 1, "touring", "one"),
]


def test_motorcycle_riders_by_hand(engine: Engine) -> None:
    found = rule_segments(engine.table(RIDERS))
    assert engine.rows(found.table) == BY_HAND
    assert found.counts["segment"].tolist() == reference("motorcycle_segments")["id"].tolist()
    assert found.counts["people"].tolist() == [3, 1, 1, 3, 3]
    assert found.counts["only_here"].tolist() == [2, 1, 0, 1, 0]
    assert found.verdicts == {"one": 4, "several": 3, "none": 3, "unknown": 2}


def test_nobody(engine: Engine) -> None:
    found = rule_segments(engine.table(RIDERS.head(0)))
    assert engine.rows(found.table) == []
    assert found.counts["share"].tolist() == [0] * 5
    assert {*found.verdicts.values()} == {0}


def test_the_case_leaves_31_to_34_and_56_on() -> None:
    found = check_rules()
    assert found.gaps.to_numpy().tolist() == [
        [31, 34, "commuter, touring, women"], [56, np.inf, "commuter, touring, women"],
    ]  # fmt: skip
    # of ten pairs only two exclude each other: the two ages, and the two uses
    pairs = set(zip(found.overlaps["first"], found.overlaps["second"], strict=True))
    assert len(pairs) == 8
    assert not pairs & {("young", "practical"), ("commuter", "touring")}
    where = {(a, b): w for a, b, w in found.overlaps.itertuples(index=False)}
    assert where["young", "commuter"] == "age 18 to 30; use commuting"
    assert where["commuter", "women"] == "use commuting; gender female"
    assert not found.clean


def test_the_list_is_in_the_catalog_with_chinese_names() -> None:
    listed = reference("motorcycle_segments")
    assert listed["chinese"].tolist()[0] == "年轻爱好者"
    assert listed["id"].tolist() == ["young", "practical", "commuter", "touring", "women"]


def test_a_clean_division(engine: Engine) -> None:
    check = check_rules([YOUNG, REST])
    assert check.clean
    assert "No gaps" in repr(check)
    assert "No pairs of rules overlap" in check._repr_html_()
    people = RIDERS.dropna(subset="age")
    found = rule_segments(engine.table(people), rules=[YOUNG, REST])
    assert "everybody fits one" in repr(found)


@given(
    st.lists(
        st.tuples(st.integers(18, 60), st.integers(0, 20)).map(lambda p: (p[0], p[0] + p[1])),
        min_size=1,
        max_size=5,
    )
)
def test_rules_and_people_agree(ranges: list[tuple[int, int]]) -> None:
    # One person of each age: the gaps are the ages that fit none; the rules overlap where some
    # age fits several.
    rules = [{"id": f"r{i}", "all": [["age", "between", both]]} for i, both in enumerate(ranges)]
    ages = np.arange(18, 91)
    people = pd.DataFrame({"customer_id": ages, "age": ages})
    verdict = rule_segments(people, rules=rules).table["verdict"]
    check = check_rules(rules, low=18, high=90)
    gaps = {
        age for a, b in check.gaps[["from", "to"]].to_numpy() for age in range(int(a), int(b) + 1)
    }
    assert gaps == set(ages[verdict == "none"].tolist())
    assert (len(check.overlaps) > 0) == bool((verdict == "several").any())
    assert check.clean == bool((verdict == "one").all())


def test_a_rule_of_two_conditions_fills_no_gap() -> None:
    both = {**REST, "all": [*REST["all"], ["use", "in", ["commuting", "touring"]]]}
    found = check_rules([YOUNG, both, CITY], high=90)
    assert found.gaps.to_numpy().tolist() == [[31, 90, "rest, city"]]
    where = dict(zip(found.overlaps["first"], found.overlaps["where"], strict=True))
    assert where == {"young": "age 18 to 30; use commuting", "rest": "age from 31; use commuting"}
    assert check_rules([CITY], high=90).gaps["from"].tolist() == [18]


def test_other_names_of_columns(engine: Engine) -> None:
    table = engine.table(RIDERS.rename(columns={"age": "years"}))
    assert engine.rows(rule_segments(table, columns={"age": "years"}).table) == BY_HAND


def test_shows_itself() -> None:
    found = rule_segments(RIDERS)
    assert "4 people fit one, 3 several, 3 none, 2 unknown" in repr(found)
    assert found._repr_html_().count("<tr>") == 6
    check = repr(check_rules())
    assert "2 gaps between the rules" in check
    assert "8 pairs of rules overlap" in check


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("cars", "rules='cars': choose one of 'motorcycle'"),
        ([], "there are none"),
        ([YOUNG, YOUNG], "the id 'young' is there twice"),
        ([{"id": "x", "ranges": {"age": (18, 30)}}], "rule 'x': give it one of all, any"),
    ],
)
def test_bad_rules(rules: Any, said: str) -> None:
    for method in (check_rules, lambda r: rule_segments(RIDERS, rules=r)):
        with pytest.raises(ParameterError, match=said):
            method(rules)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"low": 60, "high": 18}, "give a lower and a higher end"), ({"step": -1}, "step=-1")],
)
def test_bad_checks(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        check_rules(**arguments)


def test_bad_people() -> None:
    with pytest.raises(ParameterError, match=r"columns=\['age'\]: give a dictionary"):
        rule_segments(RIDERS, columns=["age"])  # type: ignore[arg-type]
    with pytest.raises(ColumnError, match="name of a column of the answer"):
        rule_segments(RIDERS.rename(columns={"customer_id": "fits"}), key="fits")


def test_a_list_that_is_changed_changes_for_nobody_else() -> None:
    before = check_rules().gaps
    mine = reference("motorcycle_segments")
    mine.loc[0, "all"][0][2][1] = 34
    assert reference("motorcycle_segments").loc[0, "all"][0][2][1] == 30
    pd.testing.assert_frame_equal(check_rules().gaps, before)


@pytest.mark.parametrize("name", LISTS)
def test_lists_begin_with_their_names(name: str) -> None:
    assert [*reference(name).columns[:3]] == ["id", "english", "chinese"]


def test_shares_are_of_all_people() -> None:
    found = rule_segments(RIDERS)
    assert found.counts["share"].tolist() == pytest.approx([n / 12 for n in found.counts["people"]])
