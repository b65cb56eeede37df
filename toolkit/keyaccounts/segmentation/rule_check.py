"""Whether segments by rule leave gaps or overlap, before anybody is sorted by them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import Condition, Rule, Rules, parse
from keyaccounts.segmentation.rule_segments import listed
from keyaccounts.tables import Table, number, table

Part: TypeAlias = "tuple[Any, ...]"
"""What a rule takes of a column: from where to where, both ends included; or which words."""


@dataclass(frozen=True)
class RuleCheck:
    """Answer of :func:`check_rules`.

    Attributes
    ----------
    gaps : pandas.DataFrame
        Stretches for which no rule stands without another condition: `from`, `to` (infinite where
        open), `caught_by` (ids of rules that take some of these people on another condition).
    overlaps : pandas.DataFrame
        Pairs of rules that one person can fit: `first`, `second`, `where`.
    clean : bool
        Whether there are neither: each person fits one segment and only one.
    """

    gaps: pd.DataFrame
    overlaps: pd.DataFrame
    clean: bool

    def _repr_html_(self) -> str:
        return "\n".join(shown._repr_html_() for shown in self._shown())

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self._shown()))

    def _shown(self) -> tuple[Table, Table]:
        gaps, pairs = len(self.gaps), len(self.overlaps)
        return (
            table(self.gaps, f"{gaps or 'No'} gaps between the rules", rows=gaps),
            table(self.overlaps, f"{pairs or 'No'} pairs of rules overlap", rows=pairs),
        )


def check_rules(
    rules: Rules | str = "motorcycle",
    *,
    column: str = "age",
    low: float = 18,
    high: float | None = None,
    step: float = 1,
) -> RuleCheck:
    """Say before anybody is sorted whether rules leave gaps or overlap.

    Parameters
    ----------
    rules : list of dict, or "motorcycle"
        As in :func:`keyaccounts.segmentation.rule_segments`. Here all conditions of a rule must
        hold, and each says from where to where, or which words: between, >=, <=, ==, in, or known.
    column : str, default "age"
        The ranges of which column are checked for gaps.
    low, high : number, default 18 and open
        From where to where there must be no gap.
    step : number, default 1
        How far one value is from the next: 1 for completed years, 0 for amounts.

    Returns
    -------
    RuleCheck
        `.gaps`, `.overlaps`, `.clean`.

    Raises
    ------
    ParameterError
        As in :func:`keyaccounts.segmentation.rule_segments`; or if `high` is not above `low`, or
        `step` is below zero.

    Examples
    --------
    >>> found = ka.segmentation.check_rules()
    >>> found.gaps[["from", "to"]].to_numpy().tolist()
    [[31.0, 34.0], [56.0, inf]]
    >>> len(found.overlaps), found.clean
    (8, False)
    """
    found = {rule.id: _taken(rule) for rule in parse(listed(rules))}
    pairs = [(a, b, _shared(found[a], found[b])) for a, b in combinations(found, 2)]
    overlaps = [(a, b, _said(both)) for a, b, both in pairs if both]
    start = checks.number("low", low)
    end = np.inf if high is None else checks.number("high", high)
    if start >= end:
        raise ParameterError(f"low={low!r}, high={high!r}: give a lower and a higher end")
    if checks.number("step", step) < 0:
        raise ParameterError(f"step={step!r}: give 1 for whole numbers, 0 for amounts")
    others = {name: rule for name, rule in found.items() if [*rule] != [column]}
    alone = sorted(rule[column] for name, rule in found.items() if name not in others)
    gaps = []
    reached = start - step
    for first, last in [*alone, (end + step, end + step)]:
        gap = (reached + step, min(first - step, end))
        if first > gap[0] and first > start and gap[0] <= end:
            caught = [name for name, rule in others.items() if _shared(rule, {column: gap})]
            gaps.append((*gap, ", ".join(caught)))
        reached = max(reached, last)
    return RuleCheck(
        pd.DataFrame(gaps, columns=["from", "to", "caught_by"]),
        pd.DataFrame(overlaps, columns=["first", "second", "where"]),
        not gaps and not overlaps,
    )


def _taken(rule: Rule) -> dict[str, Part]:
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
        found = _shared(found, {column: takes[operator]})
        if not found:
            raise ParameterError(f"rule {rule.id!r}: nobody fits its conditions on {column!r}")
    return found


def _shared(one: dict[str, Part], other: dict[str, Part]) -> dict[str, Part]:
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


def _said(both: dict[str, Part]) -> str:
    """Say which people are meant, the numbers before the words."""
    numbers = {c: _span(*part) for c, part in both.items() if not isinstance(part[0], str)}
    words = {c: " or ".join(part) for c, part in both.items() if c not in numbers}
    return "; ".join(f"{column} {said}" for column, said in (numbers | words).items())


def _span(low: float, high: float) -> str:
    if np.isinf(low):
        return "any" if np.isinf(high) else f"up to {number(high, 'g')}"
    said = number(low, "g")
    return f"from {said}" if np.isinf(high) else f"{said} to {number(high, 'g')}"
