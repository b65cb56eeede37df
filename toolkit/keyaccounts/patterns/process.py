"""Processes: ordered stages and state machines; where a case stands, what is next, who gets on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from warnings import warn

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.checks import Day
from keyaccounts.errors import DataError, ParameterError, RisingCounts
from keyaccounts.patterns import entries
from keyaccounts.patterns.rates import wilson_interval
from keyaccounts.tables import Shown, Table, table

COLUMNS = ("stage", "next", "skipped", "days", "in_order")


class Standing(Shown):
    """Answer of :func:`stand`.

    Attributes
    ----------
    table : frame
        One row a case, sorted by key: the key under the name it had; `stage` (the last one
        reached; empty before the first); `next` (the stage after it; empty after the last);
        `skipped` (stages before it without a date); `days` (since it was reached, as of the day
        given); `in_order` (no stage is dated before an earlier stage).
    counts : dict of str to int
        Stage → how many cases have come that far or farther.
    cases : int
        How many cases there are, begun or not.
    dropped : dict of str to int
        Reason → how many days were left out.
    """

    table: Any
    counts: Mapping[str, int]
    cases: int
    dropped: Mapping[str, int]

    def _shown(self) -> Table:
        last, done = list(self.counts.items())[-1]
        left_out = "".join(f"; left out: {n:,} {name}" for name, n in self.dropped.items())
        return table(self.table, f"{self.cases:,} cases; {done:,} have come to {last!r}{left_out}")


def stand(
    rows: Any,
    *,
    key: str,
    stages: Sequence[str] | Mapping[str, str],
    as_of: Day,
    future: str = "error",
) -> Standing:
    """Say where each case stands, what it skipped, what comes next and for how long it waits.

    Parameters
    ----------
    rows : frame
        One row a case, of any kind the toolkit accepts.
    key : str
        Column that says which case a row is.
    stages : list of str, or dict of str to str
        Columns with the day a stage was reached, first stage first; a dictionary also names the
        stages (stage → column).
    as_of : str, date or datetime
        The day that counts as today.
    future : {"error", "drop"}, default "error"
        What to do with days after `as_of`; "drop" takes the stage as not yet reached,
        and counts the days.

    Returns
    -------
    Standing
        `.table`, `.counts`, `.cases`, `.dropped`.

    Raises
    ------
    ColumnError
        If a column is not there, or has the name of a column of the answer.
    DataError
        If a key is missing or there twice, a day is not readable, or lies after `as_of`.
    ParameterError
        If there are fewer than two stages, or `as_of` is no day.

    Examples
    --------
    >>> import pandas as pd
    >>> cases = pd.DataFrame({
    ...     "case": ["A", "B"], "called": ["2026-03-01", "2026-03-05"],
    ...     "visited": [None, "2026-03-09"], "signed": ["2026-03-20", None],
    ... })
    >>> ka.patterns.process.stand(
    ...     cases, key="case", stages=["called", "visited", "signed"], as_of="2026-03-31").table
      case    stage    next  skipped  days  in_order
    0    A   signed          visited  11.0      True
    1    B  visited  signed           22.0      True
    """
    given = checks.texts("stages", stages, "columns of days, or stage → column")
    columns = dict(stages) if isinstance(stages, Mapping) else {name: name for name in given}
    columns = {name: frames.asked(column, "stages") for name, column in columns.items()}
    names = [*columns]
    if len(names) < 2 or "key" in columns:
        raise ParameterError(f"stages={stages!r}: give two stages or more, none called 'key'")
    today = checks.day("as_of", as_of)
    checks.choice("future", future, ("error", "drop"))
    read = entries.read(rows, key=key, days=columns)
    days = np.column_stack([read.days[name] for name in names])
    late = days > frames.number_of(today)
    if late.any() and future == "error":
        case, stage = np.argwhere(late)[0]
        raise DataError(
            f"column {columns[names[stage]]!r}: the day of {read.keys[case]!r} lies after "
            f'as_of={today}. Choose a later as_of, or pass future="drop" to take it as not reached'
        )
    days = np.where(late, np.nan, days)
    reached = ~np.isnan(days)
    place = np.where(reached, np.arange(len(names)), -1).max(axis=1)
    before = np.arange(len(names)) < place[:, None]
    latest = np.fmax.accumulate(days, axis=1)
    since = days[np.arange(len(days)), np.maximum(place, 0)]
    return Standing(
        read.answer(
            stage=frames.Words(["", *names], place + 1),
            next=frames.Words([*names, ""], place + 1),
            skipped=entries.listed(names, before & ~reached),
            days=frames.number_of(today) - since,
            in_order=~(days < latest).any(axis=1),
        ),
        {name: int((place >= i).sum()) for i, name in enumerate(names)},
        len(days),
        {f"days after {today}": int(late.sum())} if late.any() else {},
    )


class Conversion(Shown):
    """Answer of :func:`conversion`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a stage: `stage`, `cases`; `step_rate` (of the cases of the stage before) with
        `step_low` and `step_high`; `rate` (of the cases of the first stage) with `low` and
        `high`. Fractions with Wilson intervals; missing where there is nothing to be a share of.
    weakest : str
        The stage that the smallest share of those before it reach (empty if no step has a rate).
    """

    table: pd.DataFrame
    weakest: str

    def _shown(self) -> Table:
        said = f"the weakest step leads to {self.weakest!r}" if self.weakest else "no rates"
        said, rates = f"Conversion of {len(self.table)} stages: {said}", ["rate", "low", "high"]
        columns, percent = ["stage", "cases", "step_rate", *rates], ["step_rate", *rates]
        return table(self.table, said, columns=columns, percent=percent, rows=len(self.table))


def conversion(counts: Mapping[str, int] | Standing, confidence: float = 0.95) -> Conversion:
    """Say what share of the cases get from stage to stage, and how sure these rates are.

    Parameters
    ----------
    counts : dict of str to int, or Standing
        Stage → how many cases came that far, first stage first; or the answer of :func:`stand`,
        where a case that skipped a stage counts as having passed it.
    confidence : float, default 0.95
        As in :func:`keyaccounts.patterns.rates.wilson_interval`.

    Returns
    -------
    Conversion
        `.table`, `.weakest`.

    Raises
    ------
    ParameterError
        If there are fewer than two stages, a count is no count, or `confidence` no share.

    Warns
    -----
    RisingCounts
        If a later stage counts more cases than the one before: the counts are then a snapshot of
        who stands where and do not follow the same cases. Such a step has no rate.

    Examples
    --------
    >>> found = ka.patterns.process.conversion({"called": 200, "visited": 60, "signed": 15})
    >>> found.table[["stage", "step_rate", "rate"]]
         stage  step_rate   rate
    0   called        NaN  1.000
    1  visited       0.30  0.300
    2   signed       0.25  0.075
    >>> found.weakest
    'signed'
    """
    given = counts.counts if isinstance(counts, Standing) else counts
    if not isinstance(given, Mapping) or len(given) < 2:
        raise ParameterError(f"counts={given!r}: give two stages or more, as stage → count")
    names = [*given]
    cases = [checks.whole(f"counts[{name!r}]", given[name], least=0) for name in names]
    rises = [later for (_, a), (later, b) in pairwise(zip(names, cases, strict=True)) if b > a]
    if rises:
        warn(
            f"more cases in {', '.join(map(repr, rises))} than in the stage before: these are not "
            "the same cases, so the step has no rate. Count the cases that came that far",
            RisingCounts,
            stacklevel=2,
        )
    steps = [(np.nan,) * 3] + [_rate(b, a, confidence) for a, b in pairwise(cases)]
    whole = [_rate(n, cases[0], confidence) for n in cases]
    found = pd.DataFrame({"stage": names, "cases": cases})
    found[["step_rate", "step_low", "step_high"]] = steps
    found[["rate", "low", "high"]] = whole
    known = found.set_index("stage")["step_rate"].dropna()
    return Conversion(found, str(known.idxmin()) if len(known) else "")


def _rate(part: int, base: int, confidence: float) -> tuple[float, float, float]:
    """Return a rate and its interval; nothing if there is no base, or the part is larger."""
    if base == 0 or part > base:
        return (np.nan,) * 3
    return (part / base, *wilson_interval(part, base, confidence))


@dataclass(frozen=True)
class Machine:
    """Which event leads from which state to which; the first state is where a case begins.

    Parameters
    ----------
    states : sequence of str
        All states, the first one first.
    moves : dict of str to dict of str to str
        State → event → next state.
    ends : sequence of str, optional
        States where a case may rest for good.

    Raises
    ------
    ParameterError
        If a state is there twice, or a move or an end names a state that is not there.

    Examples
    --------
    >>> call = ka.patterns.process.Machine(["open", "agreed", "won"],
    ...                {"open": {"advance": "agreed"}, "agreed": {"order": "won"}}, ends=["won"])
    >>> call.next("open", "advance"), call.events("agreed"), call.dead_ends
    ('agreed', ('order',), ())
    """

    states: Sequence[str]
    moves: Mapping[str, Mapping[str, str]]
    ends: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        if not self.states or len({*self.states}) < len(self.states):
            raise ParameterError(f"states={self.states!r}: name each state once")
        named = [
            *self.moves,
            *self.ends,
            *(s for ways in self.moves.values() for s in ways.values()),
        ]
        for state in named:
            self._check(state)

    def _check(self, state: str) -> None:
        checks.choice("state", state, self.states)

    def events(self, state: str) -> tuple[str, ...]:
        """Return what may happen in a state."""
        self._check(state)
        return tuple(self.moves.get(state, {}))

    def next(self, state: str, event: str) -> str:
        """Return the state that an event leads to; ParameterError if it cannot happen there."""
        if event not in self.events(state):
            may = ", ".join(map(repr, self.events(state))) or "nothing"
            raise ParameterError(f"event={event!r}: in state {state!r} there may happen {may}")
        return self.moves[state][event]

    @property
    def dead_ends(self) -> tuple[str, ...]:
        """The states that no move leaves although they are no ends."""
        return tuple(s for s in self.states if not self.moves.get(s) and s not in self.ends)
