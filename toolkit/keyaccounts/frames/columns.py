"""What is wanted of a column, as one value; what may be wrong with it; and how methods get it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Literal

import narwhals.stable.v2 as nw

from keyaccounts.errors import DataError
from keyaccounts.frames import kinds
from keyaccounts.frames.days import day_of, not_a_day
from keyaccounts.frames.source import Source

TEXTS = (nw.String, nw.Categorical, nw.Enum)


@dataclass(frozen=True)
class Column:
    """What a method wants of a column; made by :func:`key`, :func:`number` and their like.

    Attributes
    ----------
    name : the caller's name of the column.
    parameter : in which the name was given, for messages; None is that of the column's role.
    kind : "key", "number", "flag", "word" or "day".
    known : whether each row has to have a value.
    low, high : between which numbers have to lie, ends included.
    size : how far numbers may be from zero; beyond, they are too large.
    among : the words that are allowed; None allows all.
    truths : whether a column of numbers may hold truth values, which are 1 and 0.
    mend : what is to be done about a fault, if it is not the usual.
    """

    name: str
    parameter: str | None = None
    _: KW_ONLY
    kind: Literal["key", "number", "flag", "word", "day"]
    known: bool = True
    low: float | None = None
    high: float | None = None
    size: float | None = None
    among: tuple[str, ...] | None = None
    truths: bool = False
    mend: str | None = None


key = partial(Column, kind="key")  # says whose a row is; stays as it is
number = partial(Column, kind="number")  # finite; they come as floats, and unknown ones as null
flag = partial(Column, kind="flag")  # true and false, 1 and 0, or yes, no and unknown; as 1 and 0
word = partial(Column, kind="word")  # text or categories; they come as text
day = partial(Column, kind="day")  # dates, datetimes or text that starts YYYY-MM-DD; as `day_of`


def typed_as_wanted(source: Source, role: str, column: Column) -> Source:
    """Return the source, sure that a column holds the kind of values that is wanted."""
    if column.kind == "flag" or column.truths:
        source = kinds.typed_truth(source, role)
    kind = source.dtype(role)
    if column.kind == "key":
        return kinds.typed_key(source, role)
    if column.kind == "day":
        return kinds.typed_day(source, role)
    if column.kind == "word":
        source = kinds.typed(source, role, nw.String(), kind in TEXTS)
        if source.dtype(role) not in TEXTS:
            raise kinds.of_other_kind(source, role, ", not text: name it")
        return source
    if kind == nw.Boolean and (column.kind == "flag" or column.truths):
        return source
    if column.kind == "flag":
        source = kinds.typed(source, role, nw.Float64(), kind.is_numeric())
        if not source.dtype(role).is_numeric():
            raise kinds.of_other_kind(source, role, ": give true or false, or 1 or 0")
    return kinds.typed_number(source, role)


def plain(source: Source, role: str, column: Column) -> nw.Expr:
    """Return a column as methods get it."""
    value, kind = nw.col(role), source.dtype(role)
    if column.kind == "key":
        return value
    if column.kind == "day":
        return day_of(source, role).alias(role)
    if column.kind == "word":  # old pandas would make the word "nan" of what is missing
        text = value.cast(nw.String)
        return text if column.known else nw.when(~value.is_null()).then(text).alias(role)
    floats = value.cast(nw.Float64)
    if column.known or not kind.is_float():
        return floats
    return nw.when(~value.is_nan()).then(floats).alias(role)


def safe(source: Source, role: str, column: Column) -> nw.Expr:
    """Return a column to be measured before its faults are known.

    A day of the year 20,000 is none that Python knows.
    """
    value = plain(source, role, column)
    if column.kind != "day" or source.dtype(role) == nw.String:
        return value
    return nw.when(~not_a_day(source, role)).then(value).alias(role)


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
