"""Whether segments by rule leave gaps or overlap, before anybody is sorted by them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import Condition, Rule, Rules, parse
from keyaccounts.segmentation.rule_segments import listed
from keyaccounts.tables import Table, number, table


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
    found = [_stretch(rule) for rule in parse(listed(rules))]
    both = {name for r in found for name in r.ranges} & {name for r in found for name in r.labels}
    if both:
        raise ParameterError(
            f"rules: {min(both)!r} is compared with numbers and with words, but a column holds "
            "either; name a column of its own for one of them"
        )
    start, end = _end("low", low, -np.inf), _end("high", high, np.inf)
    if start >= end:
        raise ParameterError(f"low={low!r}, high={high!r}: give a lower and a higher end")
    if checks.number("step", step) < 0:
        raise ParameterError(f"step={step!r}: give 1 for whole numbers, 0 for amounts")
    alone = [rule for rule in found if [*rule.ranges] == [column] and not rule.labels]
    gaps = []
    reached = start - step
    for first, last in sorted(rule.ranges[column] for rule in alone):
        if first > reached + step and first > start:
            gaps.append((reached + step, min(first - step, end)))
        reached = max(reached, last)
    if reached < end:
        gaps.append((max(reached + step, start), end))
    others = [rule for rule in found if rule not in alone]
    stretches = [
        (*gap, ", ".join(rule.id for rule in others if _touches(rule, column, gap)))
        for gap in gaps
        if gap[0] <= end
    ]
    shared = [(a.id, b.id, _where(a, b)) for a, b in combinations(found, 2) if not _exclusive(a, b)]
    return RuleCheck(
        pd.DataFrame(stretches, columns=["from", "to", "caught_by"]),
        pd.DataFrame(shared, columns=["first", "second", "where"]),
        not stretches and not shared,
    )


class _Stretch(NamedTuple):
    """Whom a rule takes: both ends belong to a range."""

    id: str
    ranges: dict[str, tuple[float, float]]
    labels: dict[str, tuple[str, ...]]


def _stretch(rule: Rule) -> _Stretch:
    found = _Stretch(rule.id, {}, {})
    for part in rule.need.parts:
        column, operator, value = part if isinstance(part, Condition) else ("", "", None)
        values = value if isinstance(value, tuple) else (value,)
        words = all(isinstance(one, str) for one in values)
        numbers = all(isinstance(one, int | float | np.number) for one in values)
        if words and operator in ("==", "in"):
            known = found.labels.get(column, values)
            found.labels[column] = tuple(word for word in known if word in values)
        elif operator == "known" or (numbers and operator in ("between", ">=", "<=", "==")):
            low = values[0] if operator in ("between", ">=", "==") else -np.inf
            high = values[-1] if operator in ("between", "<=", "==") else np.inf
            found.ranges[column] = _meet(found.ranges.get(column, (-np.inf, np.inf)), (low, high))
        if column not in {*found.ranges, *found.labels} or rule.need.least < len(rule.need.parts):
            raise ParameterError(
                f"rule {rule.id!r}: gaps and overlaps are looked for where all conditions must "
                "hold and say from where to where or which words: use between, >=, <=, == and in"
            )
    return found


def _end(name: str, value: float | None, default: float) -> float:
    return default if value is None or value == default else checks.number(name, value)


def _meet(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return max(a[0], b[0]), min(a[1], b[1])


def _touches(rule: _Stretch, column: str, gap: tuple[float, float]) -> bool:
    low, high = _meet(rule.ranges.get(column, gap), gap)
    return low <= high


def _exclusive(a: _Stretch, b: _Stretch) -> bool:
    """Return whether nobody can fit both."""
    for column in a.ranges.keys() & b.ranges.keys():
        low, high = _meet(a.ranges[column], b.ranges[column])
        if low > high:
            return True
    return any(not {*a.labels[c]} & {*b.labels[c]} for c in a.labels.keys() & b.labels.keys())


def _where(a: _Stretch, b: _Stretch) -> str:
    """Say which people fit both of two rules."""
    parts = []
    for column in {**a.ranges, **b.ranges}:
        low, high = _meet(
            a.ranges.get(column, (-np.inf, np.inf)), b.ranges.get(column, (-np.inf, np.inf))
        )
        parts.append(f"{column} {_span(low, high)}")
    for column in {**a.labels, **b.labels}:
        some = a.labels.get(column) or b.labels[column]
        other = b.labels.get(column) or some
        parts.append(f"{column} {' or '.join(name for name in some if name in other)}")
    return "; ".join(parts)


def _span(low: float, high: float) -> str:
    if np.isinf(low):
        return "any" if np.isinf(high) else f"up to {number(high, 'g')}"
    return (
        f"from {number(low, 'g')}"
        if np.isinf(high)
        else f"{number(low, 'g')} to {number(high, 'g')}"
    )
