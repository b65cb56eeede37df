"""What may be wrong with a column, and the one sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals.stable.v2 as nw

from keyaccounts.errors import DataError
from keyaccounts.frames.columns import Column
from keyaccounts.frames.days import not_a_day
from keyaccounts.frames.source import Source


@dataclass(frozen=True)
class Fault:
    """What may be wrong with a column: where, what it is called, and its mend."""

    role: str
    wrong: nw.Expr
    what: str
    mend: str

    def complaint(self, source: Source, n: int, rows: int, droppable: bool) -> DataError:
        """Return the error about `n` of so many rows, which may be dropped on request."""
        leave = ', or pass unusable="drop" to leave such rows out'
        mend = self.mend + (leave if droppable else " or leave these rows out")
        return complaint_of(source, self.role, self.wrong, self.what, n, rows, mend)


def complaint_of(
    source: Source, role: str, wrong: nw.Expr, what: str, n: int, rows: int, mend: str
) -> DataError:
    """Return the one sentence about a fault, which names the column, a row and the mend."""
    others = [other for other in source.names if other != role]
    seen = others[:1] if what.startswith("missing") else []
    seen = seen or [*others[:1], role]
    return DataError(
        f"column {source.names[role]!r}: {what} in {n:,} of {rows:,} rows: "
        f"{source.example(wrong, *seen)}. {mend}"
    )


def faults_of(source: Source, role: str, column: Column) -> list[Fault]:
    """Return all that may be wrong with a column, in the order in which it is told."""
    value, kind, found = nw.col(role), source.dtype(role), []

    def add(wrong: nw.Expr, what: str, mend: str) -> None:
        found.append(Fault(role, wrong, what, column.mend or mend))

    missing = source.missing(role)
    finite = column.kind == "number" and kind.is_float()
    if column.known:
        if column.kind == "number":
            wrong = value.is_null() | ~value.is_finite() if finite else missing
            add(wrong, "missing or not finite", "Fill in a finite number")
        else:
            add(missing, "missing", "Fill it in")
    elif finite:
        wrong = ~missing & ~value.is_finite()
        add(wrong, "not finite", "Give a finite number, or nothing where unknown,")
    if column.kind == "day" or (column.kind == "key" and kind in (nw.Date, nw.Datetime)):
        nothing = "" if column.known else ", or nothing,"
        add(not_a_day(source, role), "not a day", f"Write days like 2026-03-31{nothing}")
    if column.kind == "flag" and kind != nw.Boolean:
        wrong = ~missing & (value != 0) & (value != 1)
        add(wrong, "neither true nor false, nor 1 or 0", "Give true or false, or 1 or 0,")
    if column.kind == "word" and column.among is not None:
        other = ~missing & ~value.cast(nw.String).is_in([*column.among])
        add(other, f"none of {', '.join(column.among)}", "Name one of these")
    if column.size is not None and finite:
        wrong = ~missing & (value.abs() > column.size)
        add(wrong, "too large", "Give all in a larger unit, such as millions,")
    low, high = column.low, column.high
    if low is not None:
        add(~missing & (value < low), f"below {low:zg}", "Correct it")
    if high is not None:
        add(~missing & (value > high), f"above {high:zg}", "Correct it")
    return found
