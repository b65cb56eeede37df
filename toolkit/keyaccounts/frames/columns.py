"""What is wanted of a column, as one value; and the column as methods get it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Literal

import narwhals.stable.v2 as nw

from keyaccounts.errors import DataError
from keyaccounts.frames.days import day_of, not_a_day
from keyaccounts.frames.kinds import (
    kind_name,
    typed,
    typed_day,
    typed_key,
    typed_number,
    typed_truth,
)
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
        source = typed_truth(source, role)
    kind, name = source.dtype(role), source.names[role]
    if column.kind == "key":
        return typed_key(source, role)
    if column.kind == "day":
        return typed_day(source, role)
    if column.kind == "word":
        source = typed(source, role, nw.String(), kind in TEXTS)
        if (kind := source.dtype(role)) not in TEXTS:
            held = kind_name(kind)
            raise DataError(f"column {name!r} holds {held} values, not text: name it")
        return source
    if kind == nw.Boolean and (column.kind == "flag" or column.truths):
        return source
    if column.kind == "flag":
        source = typed(source, role, nw.Float64(), kind.is_numeric())
        if not (kind := source.dtype(role)).is_numeric():
            held = kind_name(kind)
            raise DataError(f"column {name!r} holds {held} values: give true or false, or 1 or 0")
    return typed_number(source, role)


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
