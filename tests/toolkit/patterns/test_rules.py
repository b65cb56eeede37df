"""Rules by hand: truth tables of three answers, what is not met first, and what would settle it."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.patterns.conditions import Condition, Group, conditions_of, parse, weigh
from keyaccounts.patterns.rules import judge

ANSWER = {"yes": True, "no": False, "?": None}


@pytest.mark.parametrize(
    ("kind", "table"),
    [("all", "yes no ? no no no ? no ?"), ("any", "yes yes yes yes no ? yes ? ?")],
)
def test_two_conditions_by_hand(kind: str, table: str) -> None:
    # the first condition is yes three times, then no, then unknown; the second goes round
    facts = {"a": np.repeat([1, 0, np.nan], 3), "b": np.tile([1, 0, np.nan], 3)}
    found = judge(facts, {"id": "r", kind: ["a", "b"]})
    assert found.answers[0].tolist() == [["no", "yes", "?"].index(word) for word in table.split()]


def test_two_of_three_by_hand() -> None:
    rule = {"id": "r", "at_least": {"k": 2, "of": ["a", "b", "c"]}}

    def answer(a: bool | None, b: bool | None, c: bool | None) -> Any:
        row = judge({"a": a, "b": b, "c": c}, rule).table.iloc[0]
        return row["r"], row["unmet"], row["open"]

    assert answer(True, None, True) == ("yes", "", "")
    assert answer(False, None, False) == ("no", "a", "")
    assert answer(True, None, False) == ("unknown", "", "b")
    assert answer(None, None, True) == ("unknown", "", "a; b")


LEAVES = [Condition(name, "either", (1, 0)) for name in "abcde"]


def groups(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Group]:
    lists = st.lists(parts, min_size=1, max_size=4)
    return lists.flatmap(lambda ps: st.integers(1, len(ps)).map(lambda k: Group(k, tuple(ps))))


NEEDS = groups(st.recursive(st.sampled_from(LEAVES), groups, max_leaves=8))


def holds(need: Condition | Group, facts: dict[Condition, bool]) -> bool:
    if isinstance(need, Condition):
        return facts[need]
    return sum(holds(part, facts) for part in need.parts) >= need.least


@given(NEEDS, st.lists(st.sampled_from([True, False, None]), min_size=5, max_size=5))
def test_unknown_is_what_could_still_go_both_ways(need: Group, answers: list[bool | None]) -> None:
    held = dict(zip(LEAVES, answers, strict=True))
    missing = [c for c in LEAVES if held[c] is None]
    ways = [{**held, **dict(zip(missing, way, strict=True))}
            for way in product([False, True], repeat=len(missing))]  # fmt: skip
    found = {holds(need, way) for way in ways}  # type: ignore[arg-type]
    verdict = weigh(need, held)
    assert verdict.answer == (found.pop() if len(found) == 1 else None)
    if verdict.answer is None:
        # what stands open is unknown, and to know it all settles the answer whatever it says
        assert {*verdict.open} <= {*missing}
        for way in product([True, False], repeat=len(verdict.open)):
            settled = {**held, **dict(zip(verdict.open, way, strict=True))}
            assert weigh(need, settled).answer is not None
    assert bool(verdict.open) == (verdict.answer is None)
    # were all that is not met met, the rule would hold
    assert bool(verdict.unmet) == (verdict.answer is False)
    assert all(held[c] is False for c in verdict.unmet)


@given(NEEDS, st.lists(st.sampled_from([True, False]), min_size=5, max_size=5))
def test_what_is_not_met_would_do(need: Group, answers: list[bool]) -> None:
    held = dict(zip(LEAVES, answers, strict=True))
    unmet = weigh(need, held).unmet
    assert holds(need, {**held, **dict.fromkeys(unmet, True)})
    order = [*dict.fromkeys(conditions_of(need))]
    assert [*unmet] == [c for c in order if c in unmet]


CARDS = pd.DataFrame(
    {
        "who": ["D", "A", "B", "C"],
        "vehicles": [3.0, 12, np.nan, 1],
        "kind": ["firm", "firm", "", "person"],
        "since": ["2024-05-01", "2026-01-31", None, "2026-02-01"],
        "contract": [True, False, True, None],
    }
)


@pytest.mark.parametrize(
    ("condition", "yes", "unknown"),
    [
        (["vehicles", ">=", 3], "AD", "B"),
        (["vehicles", ">", 3], "A", "B"),
        (["vehicles", "<", 3], "C", "B"),
        (["vehicles", "<=", 3], "CD", "B"),
        (["vehicles", "==", 3], "D", "B"),
        (["vehicles", "!=", 3], "AC", "B"),
        (["vehicles", "in", [1, 12]], "AC", "B"),
        (["vehicles", "between", [1, 3]], "CD", "B"),
        (["vehicles", "between", [None, 3]], "CD", "B"),
        (["vehicles", "between", (3, None)], "AD", "B"),
        (["vehicles", "known"], "ACD", ""),
        (["vehicles", ">", {"parameter": "limit"}], "A", "B"),
        ({"column": "vehicles", "operator": ">", "value": 3}, "A", "B"),
        (["kind", "==", "firm"], "AD", "B"),  # an empty text is not known
        (["kind", "known", True], "ACD", ""),
        (["since", "<=", dt.date(2026, 1, 31)], "AD", "B"),
        (["since", "between", [dt.date(2026, 1, 1), dt.date(2026, 1, 31)]], "A", "B"),
        (["contract", "==", False], "A", "C"),
        ("contract", "BD", "C"),
    ],
    ids=str,
)
def test_conditions(engine: Engine, condition: Any, yes: str, unknown: str) -> None:
    rule = {"id": "r", "all": [condition]}
    found = judge(engine.table(CARDS), rule, key="who", parameters={"limit": 3})
    rows = dict(engine.rows(found.table, "who", "r"))
    assert "".join(who for who, answer in rows.items() if answer == "yes") == yes
    assert "".join(who for who, answer in rows.items() if answer == "unknown") == unknown


def test_several_rules_and_groups_in_groups(engine: Engine) -> None:
    rules: list[dict[str, Any]] = [
        {"id": "large", "english": "large or bound", "any": [
            {"all": [["vehicles", ">=", 3], ["kind", "==", "firm"]]}, "contract"]},
        {"id": "early", "all": [["from", "<", dt.date(2026, 1, 1)]]},
    ]  # fmt: skip
    found = judge(engine.table(CARDS), rules, key="who", columns={"from": "since"})
    assert engine.rows(found.table) == [
        ("A", "yes", "no", "from < 2026-01-01", ""),
        ("B", "yes", "unknown", "", "from < 2026-01-01"),
        ("C", "unknown", "no", "from < 2026-01-01", "contract"),
        ("D", "yes", "yes", "", ""),
    ]
    assert found.answers.tolist() == [[1, 1, 2, 1], [0, 2, 0, 1]]
    assert found.counts.to_numpy().tolist() == [
        ["large", "large or bound", 3, 0, 1, 1.0],
        ["early", "early", 1, 2, 1, 1 / 3],
    ]
    assert repr(found).startswith("4 rows by 2 rules")
    assert "33 %" in found._repr_html_()


def test_an_empty_category_is_unknown() -> None:
    rows = CARDS.astype({"kind": "category"})
    found = judge(rows, {"id": "r", "all": [["kind", "!=", "firm"]]}, key="who")
    assert found.answers.tolist() == [[0, 2, 1, 0]]


def test_how_conditions_are_said() -> None:
    parts = ["vip", ["age", "between", [18, 30]], ["use", "in", ["sport", "touring"]],
             ["mail", "known"], ["since", ">=", dt.date(2026, 1, 1)]]  # fmt: skip
    need = parse({"id": "r", "all": parts})[0].need
    assert [str(condition) for condition in conditions_of(need)] == [
        "vip", "age between 18 and 30", "use in sport, touring", "mail known",
        "since >= 2026-01-01",
    ]  # fmt: skip


@settings(max_examples=20)
@given(st.lists(st.tuples(*[st.sampled_from([1.0, 0.0, np.nan])] * 2), min_size=1, max_size=20))
def test_more_conditions_than_one_word_holds(rows: Any) -> None:
    # 70 columns, of which the first and the last are drawn: they stand in other words
    facts: dict[str, Any] = {f"f{i}": np.ones(len(rows)) for i in range(70)}
    facts["f0"], facts["f69"] = np.array(rows).T
    found = judge(facts, [{"id": "r", "all": [*facts]}, {"id": "last", "any": ["f69"]}]).answers
    word = {1.0: 1, 0.0: 0}
    assert found[1].tolist() == [word.get(last, 2) for _, last in rows]
    both = [0 if 0 in row else 1 if sum(row) == 2 else 2 for row in rows]
    assert found[0].tolist() == both


def test_nobody_and_nothing(engine: Engine) -> None:
    rule = {"id": "r", "all": [["vehicles", ">", 1], "contract"]}
    found = judge(engine.table(CARDS.head(0)), rule, key="who")
    assert engine.rows(found.table) == []
    assert found.answers.shape == (1, 0)
    assert np.isnan(found.counts["share"][0])
    nothing = judge({"vehicles": None, "contract": None}, rule)
    assert nothing.table["open"].tolist() == ["vehicles > 1; contract"]


ONE = {"id": "r", "all": ["contract"]}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "there are none"),
        ("r", "give a list of dictionaries"),
        (None, "give a list of dictionaries"),
        ([ONE, ONE], "the id 'r' is there twice"),
        (["r"], r"rules\[0\]='r': give a dictionary with an id"),
        ({"all": ["contract"]}, "give a list|give a dictionary with an id"),
        ({**ONE, "id": "open"}, "the ids 'unmet' and 'open' name other columns"),
        ({"id": "r"}, "give it one of all, any and at_least, not 0"),
        ({**ONE, "any": ["contract"]}, "and at_least, not 2"),
        ({"id": "r", "all": []}, r"rule 'r': all=\[\]: give a list of conditions"),
        ({"id": "r", "all": "contract"}, "rule 'r': all='contract': give a list"),
        ({"id": "r", "at_least": 2}, "at_least=2: give {'k': 2"),
        ({"id": "r", "at_least": {"k": 2, "of": ["contract"]}}, "k=2, but there are only 1"),
        ({"id": "r", "at_least": {"k": 0, "of": ["contract"]}}, "rule 'r': k=0"),
        ({"id": "r", "all": [3]}, "3 is neither the name of a column nor a condition"),
        ({"id": "r", "all": [["vehicles", "~", 3]]}, "choose one of '=='"),
        ({"id": "r", "all": [["vehicles", ">"]]}, "cannot compare '>' with None"),
        ({"id": "r", "all": [["vehicles", "in", 3]]}, "cannot compare 'in' with 3"),
        ({"id": "r", "all": [["vehicles", ">", [3]]]}, "cannot compare"),
        ({"id": "r", "all": [["vehicles", ">", True]]}, "cannot compare"),
        ({"id": "r", "all": [["vehicles", "in", [3, "a"]]]}, "cannot compare"),
        ({"id": "r", "all": [["vehicles", ">", float("nan")]]}, "cannot compare"),
        ({"id": "r", "all": [["vehicles", "known", 3]]}, "cannot compare"),
        ({"id": "r", "all": [["vehicles", "between", [3]]]}, "cannot compare"),
        ({"id": "r", "all": [["vehicles", "between", [None, None]]]}, "cannot compare"),
        ({"id": "r", "all": [["vehicles", "between", [5, 3]]]}, "vehicles from 5 to 3: swap"),
        ({"id": "r", "all": [["vehicles", ">", {"parameter": "x"}]]}, "rule 'r': parameter"),
    ],
    ids=str,
)
def test_rules_that_cannot_be_read(rules: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        judge(CARDS, rules, key="who")


def test_bad_tables(engine: Engine) -> None:
    def refused(frame: pd.DataFrame, error: type, said: str, *conditions: Any, **more: Any) -> None:
        rule = {"id": "r", "all": [*conditions]}
        with pytest.raises(error, match=said):
            judge(engine.table(frame), rule, **{"key": "who", **more})

    refused(CARDS, ColumnError, r"no column 'age'.*with columns\['age'\]=", ["age", ">", 3])
    refused(CARDS, DataError, "other labels than 1 and 0: .*'vehicles' is (3|12)", "vehicles")
    refused(CARDS, DataError, "'kind' holds String values, not numbers", "kind")
    refused(CARDS, DataError, "'kind' holds String values, not numbers", ["kind", ">", 3])
    refused(pd.concat([CARDS, CARDS]), DataError, "'A' has more than one row", "contract")
    refused(CARDS.assign(r=list("abcd")), ColumnError, "column of the answer", "contract", key="r")
    refused(CARDS, ParameterError, "with key=", "contract", key=None)
    refused(CARDS, ParameterError, r"columns=\['a'\]: give a dict", "contract", columns=["a"])
