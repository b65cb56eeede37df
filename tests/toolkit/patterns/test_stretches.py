"""Whom rules take: stretches and words narrowed, shared, said, and the gaps between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import parse
from keyaccounts.patterns.stretches import gaps_between, said_of, shared, taken


def rule(*conditions: Any, kind: str = "all") -> dict[str, Any]:
    return taken(parse({"id": "x", kind: [*conditions]})[0])


YOUNG, CITY = ["age", "between", [18, 30]], ["use", "==", "commuting"]


@pytest.mark.parametrize(
    ("kind", "conditions"),
    [
        ("any", [YOUNG, CITY]),
        ("all", [{"all": [YOUNG]}]),
        ("all", [["age", ">", 30]]),
        ("all", [["use", "!=", "commuting"]]),
        ("all", ["vip"]),
    ],
    ids=str,
)
def test_a_rule_that_takes_no_stretches_is_refused(kind: str, conditions: list[Any]) -> None:
    with pytest.raises(ParameterError, match="rule 'x': gaps and overlaps are looked for where"):
        rule(*conditions, kind=kind)


def test_conditions_on_a_column_narrow_it() -> None:
    uses = [["use", "in", ["a", "b"]], ["use", "in", ["b", "c"]]]
    narrow = rule(["age", ">=", 20], ["age", "<=", 40], *uses)
    assert narrow == {"age": (20, 40), "use": ("b",)}
    both = shared(narrow, rule(["age", ">=", 31]))
    assert said_of(both) == "age 31 to 40; use b"
    assert shared(narrow, rule(["age", ">=", 41])) == {}
    with pytest.raises(ParameterError, match="nobody fits its conditions on 'age'"):
        rule(["age", ">=", 60], ["age", "<=", 40])
    with pytest.raises(ParameterError, match="'age' is compared with numbers and with words"):
        shared(narrow, rule(["age", "==", "old"]))


def test_what_is_shared_is_said_the_numbers_before_the_words() -> None:
    anyone, old = rule(["age", "known"]), rule(["age", "<=", 40])
    assert said_of(shared(anyone, old)) == "age up to 40"
    assert said_of(shared(rule(CITY), anyone)) == "age any; use commuting"
    assert said_of(shared(rule(CITY), rule(["age", ">=", 31]))) == "age from 31; use commuting"


def test_gaps_lie_between_rules_of_one_column() -> None:
    rules = [rule(YOUNG), rule(["age", "between", [35, 55]]), rule(CITY)]
    assert gaps_between(rules, "age", 18, np.inf, 1) == [(31, 34), (56, np.inf)]
    assert gaps_between(rules, "age", 18, 33, 1) == [(31, 33)]
    assert gaps_between(rules, "age", 18, 30, 1) == []
    low, high = rule(["spend", "<=", 100]), rule(["spend", ">=", 150])
    assert gaps_between([low, high], "spend", 0, np.inf, 0) == [(100, 150)]
    assert gaps_between([low, rule(["spend", ">=", 100])], "spend", 0, np.inf, 0) == []
    with pytest.raises(ParameterError, match="'use' is compared with numbers and with words"):
        gaps_between(rules, "use", 0, 1, 1)
