"""Segments by rule: which each person fits, and whether the rules leave gaps or overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns import entries
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, number, table

Rules: TypeAlias = "Sequence[Mapping[str, Any]] | str"
"""Dictionaries with `id`, `english`, `ranges` and `labels`; or the name of a list of ours."""

PRESETS = {"motorcycle": "motorcycle_segments"}
COLUMNS = ("fits", "segments", "verdict")
VERDICTS = ("one", "several", "none", "unknown")


@dataclass(frozen=True)
class _Rule:
    """One rule; all conditions must hold. Both ends belong to a range."""

    id: str
    name: str
    ranges: dict[str, tuple[float, float]]
    labels: dict[str, tuple[str, ...]]


@dataclass(frozen=True, repr=False)
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
    verdicts : pandas.DataFrame
        `verdict`, `people`, `share`.
    clean : bool
        Whether everybody fits one segment and only one.
    coverage : float
        Share of people whose verdict is known.
    """

    table: Any
    counts: pd.DataFrame
    verdicts: pd.DataFrame
    clean: bool
    coverage: float

    def _shown(self) -> Table:
        found = dict(zip(self.verdicts["verdict"], self.verdicts["people"], strict=True))
        said = (
            "everybody fits one"
            if self.clean
            else f"{found['one']:,} people fit one, {found['several']:,} several, "
            f"{found['none']:,} none, {found['unknown']:,} unknown"
        )
        return table(
            self.counts,
            f"Segments by rule: {said}",
            columns=["name", "people", "share", "only_here"],
            percent=("share",),
            rows=len(self.counts),
        )


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


def rule_segments(
    people: Any,
    *,
    key: str = "customer_id",
    rules: Rules = "motorcycle",
    columns: Mapping[str, str] | None = None,
) -> RuleSegments:
    """Say which segments each person fits, and who fits none or several.

    Parameters
    ----------
    people : frame
        One row a person, of any kind the toolkit accepts.
    key : str
        Column that says who a row is.
    rules : sequence of dict, or "motorcycle"
        Each has an `id`, an `english` name, and conditions, all of which must hold: `ranges`, such
        as ``{"age": (18, 30)}`` with both ends included and None for an open end; `labels`, such
        as ``{"use": ["commuting", "touring"]}``, one of which must be there. "motorcycle" is the
        textbook case of ``reference("motorcycle_segments")``, by `age`, `use` and `gender`.
    columns : dict of str to str, optional
        What a rule calls a column → what the table calls it. Default: the same.

    Returns
    -------
    RuleSegments
        `.table`, `.counts`, `.verdicts`, `.clean`, `.coverage`. What is missing is unknown: it
        neither fits a rule nor fails it.

    Raises
    ------
    ColumnError, DataError
        If a column that a rule asks for is not there, a key is missing or there twice, or a column
        holds another kind of values.
    ParameterError
        If a rule has no condition, its range is upside down, an id is there twice, or one column
        has a range here and labels there.

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
    found = _rules(rules)
    frames.check_free(key, COLUMNS, "key")
    ranged = list(dict.fromkeys(name for rule in found for name in rule.ranges))
    labeled = list(dict.fromkeys(name for rule in found for name in rule.labels))
    if columns is not None and not isinstance(columns, Mapping):
        raise ParameterError(
            f"columns={columns!r}: give a dictionary from what a rule calls a column to what the "
            "table calls it, such as {'age': 'years'}"
        )
    called = {name: (columns or {}).get(name, name) for name in ranged + labeled}
    # Named so that a message about a column that is missing says how to name another.
    role = {name: f"columns[{name!r}]" for name in called}
    read = entries.read(
        people,
        key=key,
        numbers={role[name]: called[name] for name in ranged},
        words={role[name]: called[name] for name in labeled},
    )
    numbers = {name: read.numbers[role[name]] for name in ranged}
    words = {name: np.array(read.words[role[name]], dtype=object) for name in labeled}
    n = len(read.keys)
    fits, unsure = (np.zeros((len(found), n), dtype=bool) for _ in range(2))
    for place, rule in enumerate(found):
        fits[place], unsure[place] = _judge(rule, numbers, words, n)
    count = fits.sum(axis=0)
    verdict = np.select([count > 1, unsure.any(axis=0), count == 1], [1, 3, 0], 2)
    ids = np.array([rule.id for rule in found], dtype=object)
    people_by_verdict = np.bincount(verdict.astype(np.intp), minlength=len(VERDICTS))
    return RuleSegments(
        read.answer(
            fits=count.astype(np.int64),
            segments=[", ".join(ids[fits[:, i]]) for i in range(n)],
            verdict=frames.Words(VERDICTS, verdict),
        ),
        pd.DataFrame(
            {
                "segment": ids,
                "name": [rule.name for rule in found],
                "people": fits.sum(axis=1),
                "share": fits.sum(axis=1) / max(n, 1),
                "only_here": (fits & (verdict == 0)).sum(axis=1),
            }
        ),
        pd.DataFrame(
            {
                "verdict": VERDICTS,
                "people": people_by_verdict,
                "share": people_by_verdict / max(n, 1),
            }
        ),
        bool((verdict == 0).all()),
        float((verdict != 3).mean()) if n else float("nan"),
    )


def check_rules(
    rules: Rules = "motorcycle",
    *,
    column: str = "age",
    low: float = 18,
    high: float | None = None,
    step: float = 1,
) -> RuleCheck:
    """Say before anybody is sorted whether rules leave gaps or overlap.

    Parameters
    ----------
    rules : sequence of dict, or "motorcycle"
        As in :func:`rule_segments`.
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
        As in :func:`rule_segments`; or if `high` is not above `low`, or `step` is below zero.

    Examples
    --------
    >>> found = ka.segmentation.check_rules()
    >>> found.gaps[["from", "to"]].to_numpy().tolist()
    [[31.0, 34.0], [56.0, inf]]
    >>> len(found.overlaps), found.clean
    (8, False)
    """
    found = _rules(rules)
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


def _rules(rules: Rules) -> list[_Rule]:
    if isinstance(rules, str):
        rules = catalogs.entries(PRESETS[checks.choice("rules", rules, [*PRESETS])])
    if isinstance(rules, Mapping) or not np.iterable(rules):
        raise ParameterError(f"rules={rules!r}: give a list of dictionaries, one for each segment")
    found = [_rule(place, given) for place, given in enumerate(rules)]
    ids = [rule.id for rule in found]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None or not found:
        wrong = f"the id {twice!r} is there twice" if found else "there are none"
        raise ParameterError(f"rules: {wrong}; give each segment one rule with an id of its own")
    both = {name for r in found for name in r.ranges} & {name for r in found for name in r.labels}
    if both:
        raise ParameterError(
            f"rules: {min(both)!r} stands in ranges and in labels, but a column holds either "
            "numbers or words; name a column of its own for one of them"
        )
    return found


def _rule(place: int, given: Any) -> _Rule:
    if not isinstance(given, Mapping):
        raise ParameterError(
            f"rules[{place}]={given!r}: give a dictionary with id, english, ranges and labels"
        )
    lacks = [name for name in ("id", "english") if name not in given]
    if lacks:
        raise ParameterError(f"rules[{place}]: has no {' and no '.join(lacks)}")
    name = str(given["id"])
    ranges = {}
    for column, both in _conditions(name, "ranges", given):
        if not isinstance(both, tuple | list | np.ndarray) or len(both) != 2:
            raise ParameterError(f"rule {name!r}: {column}={both!r}: give from and to")
        low = _end(f"rule {name!r}: {column}", both[0], -np.inf)
        high = _end(f"rule {name!r}: {column}", both[1], np.inf)
        if low > high:
            raise ParameterError(
                f"rule {name!r}: {column} from {low:zg} to {high:zg}: swap the ends"
            )
        ranges[str(column)] = (low, high)
    labels = {}
    for column, some in _conditions(name, "labels", given):
        if not np.iterable(some):
            raise ParameterError(f"rule {name!r}: {column}={some!r}: give a list of labels")
        labels[str(column)] = (some,) if isinstance(some, str) else tuple(map(str, some))
    if not ranges and not any(labels.values()):
        raise ParameterError(f"rule {name!r}: has no condition; give it ranges or labels")
    return _Rule(name, str(given["english"]), ranges, labels)


def _conditions(rule: str, kind: str, given: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    found = given.get(kind, {})
    if not isinstance(found, Mapping):
        raise ParameterError(
            f"rule {rule!r}: {kind}={found!r}: give a dictionary of columns and conditions"
        )
    return [*found.items()]


def _end(name: str, value: float | None, default: float) -> float:
    return default if value is None or value == default else checks.number(name, value)


def _judge(
    rule: _Rule, numbers: Mapping[str, NDArray[Any]], words: Mapping[str, NDArray[Any]], n: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who fits, and who could: nothing known speaks against it, and something is missing."""
    open_, known = np.ones(n, dtype=bool), np.ones(n, dtype=bool)
    for column, (low, high) in rule.ranges.items():
        values = numbers[column]
        missing = np.isnan(values)
        open_ &= missing | ((values >= low) & (values <= high))
        known &= ~missing
    for column, some in rule.labels.items():
        missing = words[column] == ""
        open_ &= missing | np.isin(words[column], some)
        known &= ~missing
    return open_ & known, open_ & ~known


def _meet(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return max(a[0], b[0]), min(a[1], b[1])


def _touches(rule: _Rule, column: str, gap: tuple[float, float]) -> bool:
    low, high = _meet(rule.ranges.get(column, gap), gap)
    return low <= high


def _exclusive(a: _Rule, b: _Rule) -> bool:
    """Return whether nobody can fit both."""
    for column in a.ranges.keys() & b.ranges.keys():
        low, high = _meet(a.ranges[column], b.ranges[column])
        if low > high:
            return True
    return any(not {*a.labels[c]} & {*b.labels[c]} for c in a.labels.keys() & b.labels.keys())


def _where(a: _Rule, b: _Rule) -> str:
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
