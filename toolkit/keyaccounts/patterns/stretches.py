"""Whom rules take: the stretches of numbers and the words that they name, and what rules share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import Condition, Rule
from keyaccounts.tables import number

Part: TypeAlias = "tuple[Any, ...]"
"""What a rule takes of a column: from where to where, both ends included; or which words."""


def taken(rule: Rule) -> dict[str, Part]:
    """Return what a rule takes of each column."""
    found: dict[str, Part] = {}
    for part in rule.need.parts:
        column, operator, value = part if isinstance(part, Condition) else ("", "", None)
        values = value if isinstance(value, tuple) else (value,)
        takes: dict[str, Part] = {}
        if isinstance(values[0], str):
            takes = {"==": values, "in": values}
        elif isinstance(values[0], int | float | np.number):
            takes = {"between": values, "==": values * 2, "known": (-np.inf, np.inf)}
            takes |= {">=": (values[0], np.inf), "<=": (-np.inf, values[0])}
        if operator not in takes or rule.need.least < len(rule.need.parts):
            raise ParameterError(
                f"rule {rule.id!r}: gaps and overlaps are looked for where all conditions must "
                "hold and say from where to where or which words: use between, >=, <=, == and in"
            )
        found = shared(found, {column: takes[operator]})
        if not found:
            raise ParameterError(f"rule {rule.id!r}: nobody fits its conditions on {column!r}")
    return found


def shared(one: dict[str, Part], other: dict[str, Part]) -> dict[str, Part]:
    """Return what two rules both take; nothing if nobody can fit both."""
    both = {c: _meet(c, one[c], other[c]) for c in one.keys() & other.keys()}
    both = {**one, **other, **both}
    return both if all(both.values()) else {}


def _meet(column: str, one: Part, other: Part) -> Part:
    words = isinstance(one[0], str)
    if words != isinstance(other[0], str):
        raise ParameterError(
            f"rules: {column!r} is compared with numbers and with words, but a column holds "
            "either; name a column of its own for one of them"
        )
    if words:
        return tuple(word for word in one if word in other)
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else ()


def gaps_between(
    rules: Sequence[dict[str, Part]], column: str, start: float, end: float, step: float
) -> list[tuple[float, float]]:
    """Return the stretches that no rule takes which asks for this column alone."""
    gaps = []
    reached = start - step
    alone = sorted(shared(rule, {column: (-np.inf, np.inf)})[column]
                   for rule in rules if [*rule] == [column])  # fmt: skip
    for first, last in [*alone, (end + step, end + step)]:
        gap = (reached + step, min(first - step, end))
        if first > gap[0] and first > start and gap[0] <= end:
            gaps.append(gap)
        reached = max(reached, last)
    return gaps


def said_of(both: dict[str, Part]) -> str:
    """Say which people are meant, the numbers before the words."""
    numbers = {c: _span(*part) for c, part in both.items() if not isinstance(part[0], str)}
    words = {c: " or ".join(part) for c, part in both.items() if c not in numbers}
    return "; ".join(f"{column} {said}" for column, said in (numbers | words).items())


def _span(low: float, high: float) -> str:
    if np.isinf(low):
        return "any" if np.isinf(high) else f"up to {number(high, 'g')}"
    said = number(low, "g")
    return f"from {said}" if np.isinf(high) else f"{said} to {number(high, 'g')}"
