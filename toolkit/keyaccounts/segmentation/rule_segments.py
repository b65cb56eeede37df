"""Segments by rule: which each person fits, and whether the rules leave gaps or overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import Rules, parse
from keyaccounts.patterns.held import UNKNOWN, YES, decide
from keyaccounts.patterns.stretches import gaps_between, said_of, shared, taken
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table

PRESETS = {"motorcycle": "motorcycle_segments"}
VERDICTS = ("one", "several", "none", "unknown")


class RuleSegments(Shown):
    """Answer of :func:`rule_segments`.

    Attributes
    ----------
    table : frame
        One row a person, sorted by key: the key under the name it had, `fits` (how many segments),
        `segments` (their ids), `verdict`: "one", "several", "none"; "unknown" where something is
        missing that a rule asks for and that could change the answer.
    counts : pandas.DataFrame
        One row a rule: `segment`, `name`, `people` who fit, `share` of all, `only_here` (who fit
        nothing else).
    verdicts : dict of str to int
        Verdict → how many people.
    """

    table: Any
    counts: pd.DataFrame
    verdicts: Mapping[str, int]

    def _shown(self) -> Table:
        one, several, none, unknown = self.verdicts.values()
        said = "everybody fits one"
        if several or none or unknown:
            said = (
                f"{one:,} people fit one, {several:,} several, {none:,} none, {unknown:,} unknown"
            )
        said, n = f"Segments by rule: {said}", len(self.counts)
        columns = ["name", "people", "share", "only_here"]
        return table(self.counts, said, columns=columns, percent=("share",), rows=n)


def rule_segments(
    people: Any,
    *,
    key: str = "customer_id",
    rules: Rules | str = "motorcycle",
    columns: Mapping[str, str] | None = None,
) -> RuleSegments:
    """Say which segments each person fits, and who fits none or several.

    Parameters
    ----------
    people : frame
        One row a person, of any kind the toolkit accepts.
    key : str
        Column that says who a row is.
    rules : list of dict, or "motorcycle"
        As in :func:`keyaccounts.patterns.rules.judge`, such as
        ``{"id": "young", "all": [["age", "between", [18, 30]]]}``. "motorcycle" is the textbook
        case of ``reference("motorcycle_segments")``, by `age`, `use` and `gender`.
    columns : dict of str to str, optional
        What a rule calls a column → what the table calls it. Default: the same.

    Returns
    -------
    RuleSegments
        `.table`, `.counts`, `.verdicts`. What is missing is unknown: it
        neither fits a rule nor fails it.

    Raises
    ------
    ColumnError, DataError
        If a column that a rule asks for is not there, a key is missing or there twice, or a column
        holds another kind of values.
    ParameterError
        If a rule cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> riders = pd.DataFrame({
    ...     "customer_id": ["A", "B", "C"], "age": [25, 32, 40],
    ...     "use": ["touring", "sport", "sport"], "gender": ["male", "male", "male"],
    ... })
    >>> ka.segmentation.rule_segments(riders).table[["customer_id", "segments", "verdict"]]
      customer_id        segments  verdict
    0           A  young, touring  several
    1           B                     none
    2           C       practical      one
    """
    found = decide(people, listed(rules), key=key, columns=columns)
    held, n = found.held, found.answers.shape[1]
    fits, unsure = found.answers == YES, found.answers == UNKNOWN
    count = fits.sum(axis=0)
    verdict = np.select([count > 1, unsure.any(axis=0), count == 1], [1, 3, 0], 2)
    texts = [
        ", ".join(rule.id for rule, verdict in zip(found.rules, row, strict=True) if verdict.answer)
        for row in found.verdicts
    ]
    counts = found.counts().rename(columns={"rule": "segment", "yes": "people"})
    share, only = counts["people"] / max(n, 1), (fits & (verdict == 0)).sum(axis=1)
    answer = held.answer(
        fits=count.astype(np.int64),
        segments=frames.Words(texts or [""], held.place),
        verdict=frames.Words(VERDICTS, verdict),
    )
    counts = counts[["segment", "name", "people"]].assign(share=share, only_here=only)
    verdicts = {name: int((verdict == place).sum()) for place, name in enumerate(VERDICTS)}
    return RuleSegments(answer, counts, verdicts)


def listed(rules: Rules | str) -> Rules:
    """Return rules as they are given, or those of a list of ours."""
    if isinstance(rules, str):
        return catalogs.entries(PRESETS[checks.choice("rules", rules, [*PRESETS])])
    return rules


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
