"""One door for columns: a method says what it wants, and gets typed rows or one sentence.

All faults of all columns are counted in one pass over the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from keyaccounts.errors import DataError
from keyaccounts.frames.answers import collect
from keyaccounts.frames.columns import Column, complaint_of, faults_of, plain, safe, typed_as_wanted
from keyaccounts.frames.days import day_number
from keyaccounts.frames.names import asked
from keyaccounts.frames.source import Source, read


@dataclass(frozen=True)
class Rows:
    """Answer of :func:`open_rows`.

    Attributes
    ----------
    source : the caller's table.
    lazy : the usable rows, as a plan: a column a role.
    rows : how many rows were given.
    dropped : what was wrong → number of rows left out for it.
    measured : name → what the usable rows were measured to be.
    """

    source: Source
    lazy: nw.LazyFrame[Any]
    rows: int
    dropped: dict[str, int]
    measured: dict[str, Any]

    def number_of_day(self, role: str) -> nw.Expr:
        """Return the days of a column as numbers (see :func:`day_number`)."""
        return day_number(nw.col(role), self.source.dtype(role))

    def refuse(self, role: str, wrong: nw.Expr, what: str, mend: str) -> None:
        """Raise DataError if something holds for a row that only the method knows to be wrong."""
        count = wrong.cast(nw.Int64).sum().alias("n")
        if n := collect(self.lazy.select(count))["n"][0]:
            raise complaint_of(self.source, role, wrong, what, int(n), self.rows, mend)

    def by_key(self, role: str = "key", *changed: nw.Expr) -> nw.DataFrame[Any]:
        """Collect the rows, columns changed, sorted by a key of which each has one row."""
        rows = self.lazy.with_columns(*changed) if changed else self.lazy
        found = collect(rows.sort(role), key=role)
        check_keys(found[role], self.source.names[role])
        return found


def check_keys(keys: nw.Series[Any], name: str) -> None:
    """Raise DataError unless each of some sorted keys is there, and there once."""
    missing = keys.is_null() | keys.is_nan() if keys.dtype.is_float() else keys.is_null()
    if n := int(missing.sum()):
        raise DataError(
            f"column {name!r}: missing in {n:,} of {len(keys):,} rows. "
            "Fill it in or leave these rows out"
        )
    again = (keys == keys.shift(1)).fill_null(False) if len(keys) else missing
    if again.any():
        raise DataError(
            f"column {name!r}: {keys.filter(again).to_list()[0]!r} has more than one row: "
            "give one row each, for example the latest"
        )


def open_rows(
    native: Any,
    columns: Mapping[str, Column] | None = None,
    /,
    *,
    unusable: str | None = None,
    measure: Mapping[str, nw.Expr] | None = None,
    **named: Column,
) -> Rows:
    """Open a table, with what is wanted of its columns.

    Parameters
    ----------
    native : frame
        Any kind the toolkit accepts.
    columns : dict of str to Column, optional
        Role → column, for roles that are no names of Python.
    unusable : {"error", "drop"}, optional
        What to do with rows of which a value cannot be used. Default: "error", without the advice
        to pass "drop".
    measure : dict of str to expression, optional
        Name → a sum, a minimum or the like of the columns, taken in the same pass.
    **named : Column
        Role → column.

    Returns
    -------
    Rows

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a column is of another kind, or a row cannot be used and is not to be dropped.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({"who": ["B", "A"], "hours": [1.5, None]})
    >>> opened = ka.frames.open_rows(
    ...     log, who=ka.frames.key("who"), hours=ka.frames.number("hours", low=0, known=False))
    >>> opened.by_key("who")["hours"].to_list()
    [nan, 1.5]
    """
    wanted = {**(columns or {}), **named}
    source = read(native, **{r: asked(c.name, c.parameter or r) for r, c in wanted.items()})
    for role, column in wanted.items():
        source = typed_as_wanted(source, role, column)
    faults = [fault for role, column in wanted.items() for fault in faults_of(source, role, column)]
    measure = measure or {}
    flags = [fault.wrong.cast(nw.Int64).alias(f"fault {i}") for i, fault in enumerate(faults)]
    seen = [safe(source, role, column) for role, column in wanted.items()] if measure else []
    counts = collect(
        source.lazy.select(*seen, *flags).select(
            nw.len().alias("rows"),
            *(nw.col(f"fault {i}").sum() for i in range(len(faults))),
            *(expression.alias(name) for name, expression in measure.items()),
        )
    )
    rows, lazy, dropped = int(counts["rows"][0]), source.lazy, {}
    for i, fault in enumerate(faults):
        if n := int(counts[f"fault {i}"][0] or 0) if rows else 0:
            if unusable != "drop":
                raise fault.complaint(source, n, rows, unusable is not None)
            dropped[f"{source.names[fault.role]} {fault.what}"] = n
            lazy = lazy.filter(~fault.wrong)
    lazy = lazy.select(plain(source, role, column) for role, column in wanted.items())
    if dropped and measure:
        counts = collect(lazy.select(e.alias(name) for name, e in measure.items()))
    return Rows(source, lazy, rows, dropped, {name: counts[name][0] for name in measure})
