"""Whether segments by rule leave gaps or overlap, before anybody is sorted by them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import Rules, parse
from keyaccounts.patterns.stretches import gaps_between, said_of, shared, taken
from keyaccounts.segmentation.rule_segments import listed
from keyaccounts.tables import Table, table


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
    found = {rule.id: taken(rule) for rule in parse(listed(rules))}
    pairs = [(a, b, shared(found[a], found[b])) for a, b in combinations(found, 2)]
    overlaps = [(a, b, said_of(both)) for a, b, both in pairs if both]
    start = checks.number("low", low)
    end = np.inf if high is None else checks.number("high", high)
    if start >= end:
        raise ParameterError(f"low={low!r}, high={high!r}: give a lower and a higher end")
    if checks.number("step", step) < 0:
        raise ParameterError(f"step={step!r}: give 1 for whole numbers, 0 for amounts")
    gaps = gaps_between([*found.values()], column, start, end, step)
    caught = [
        (*gap, ", ".join(name for name, rule in found.items() if shared(rule, {column: gap})))
        for gap in gaps
    ]
    return RuleCheck(
        pd.DataFrame(caught, columns=["from", "to", "caught_by"]),
        pd.DataFrame(overlaps, columns=["first", "second", "where"]),
        not gaps and not overlaps,
    )
