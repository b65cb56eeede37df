"""Columns compared with a value: numbers, days, words, and categories in their own order."""

from __future__ import annotations

import datetime as dt
import operator
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.errors import DataError
from keyaccounts.frames.answers import collect
from keyaccounts.frames.days import day_literal, day_of, not_a_day
from keyaccounts.frames.kinds import of_other_kind, typed_day, typed_label, typed_number
from keyaccounts.frames.source import Source

OPERATORS = ("==", "!=", ">", ">=", "<", "<=", "in")


_HOLDS = {
    "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge,
    "<": operator.lt, "<=": operator.le,
}  # fmt: skip


def compare(source: Source, role: str, sign: str, value: Any) -> tuple[Source, nw.Expr]:
    """Return the source with a column typed, and where it compares with a value as `sign` says.

    Numbers are compared with numbers, days with days (given as text or dates) and text with text.
    Categories have the order in which they are declared; what is missing is compared with nothing.

    Parameters
    ----------
    source : Source
    role : str
        Of the column.
    sign : str
        One of :data:`OPERATORS`.
    value : object
        A number, text, day or truth value; of "in" a list of them.

    Raises
    ------
    DataError
        If the column holds another kind of values, categories have no order or not this one, or
        a day is unreadable.
    ParameterError
        If a column of days is compared with something else.
    """
    values, categories = value if sign == "in" else [value], declared(source, role)
    if categories is not None:
        known, ordered = categories
        texts = all(isinstance(one, str) for one in known)
        if all(isinstance(one, str) for one in values) if texts else ordered:
            fitting = _among(source, role, sign, values, known, ordered)
            column = nw.col(role).cast(nw.String) if texts else nw.col(role)
            return source, column.is_in(fitting) if fitting else nw.col(role) != nw.col(role)
    moments = all(isinstance(one, dt.date | np.datetime64) for one in values)
    source = typed_day(source, role) if moments else source
    kind = source.dtype(role)
    if moments or kind in (nw.Date, nw.Datetime):
        name = source.names[role]
        days = [checks.day(f"the rule on column {name!r}: value", one) for one in values]
        fault = not_a_day(source, role)
        if source.has(fault):
            raise DataError(
                f"column {name!r}: no readable day: {source.example(fault, role)}. "
                "Write days like 2026-03-31, or nothing"
            )
        column, values = day_of(source, role), [day_literal(source, role, one) for one in days]
    elif all(isinstance(one, bool | np.bool_) for one in values) or kind == nw.Boolean:
        source, column = typed_label(source, role), nw.col(role)
        truth = source.dtype(role) == nw.Boolean
        if not source.has(~column.is_null()):
            return source, column != column
        if truth != all(isinstance(one, bool | np.bool_) for one in values):
            raise of_other_kind(source, role, f": {values[0]!r} is not one")
    elif isinstance(values[0], str):
        source, column = typed_label(source, role), nw.col(role)
    else:
        source, column = typed_number(source, role), nw.col(role)
    if sign == "in":
        return source, nw.any_horizontal(*(column == one for one in values), ignore_nulls=True)
    return source, _HOLDS[sign](column, values[0])


def declared(source: Source, role: str) -> tuple[list[Any], bool] | None:
    """Return the categories of a column as they are declared, and whether they have an order."""
    native, name, kind = source.native, source.names[role], source.dtype(role)
    if source.engine == "pandas":
        own = native[name].dtype
        if isinstance(own, pd.ArrowDtype) and "dictionary" in str(own):
            return _dictionary(native[name].array.__arrow_array__(), name)
        if isinstance(own, pd.CategoricalDtype):
            return own.categories.tolist(), bool(own.ordered)
    elif source.engine == "pyarrow":
        if str(native.schema.field(name).type).startswith("dictionary<"):
            return _dictionary(native[name], name)
    elif kind == nw.Enum:  # of Polars and DuckDB: it is there for its order
        return [*kind.categories], True  # type: ignore[attr-defined]
    elif kind == nw.Categorical:
        known = collect(source.lazy.select(nw.col(role).cast(nw.String)).unique())[role]
        return [text for text in known.to_list() if text is not None], False
    return None


def _dictionary(column: Any, name: str) -> tuple[list[Any], bool]:
    """Return the categories of a pyarrow column, which are declared for each piece of it."""
    pieces = [piece.dictionary.to_pylist() for piece in getattr(column, "chunks", [column])]
    known: list[Any] = max(pieces, key=len, default=[])
    if column.type.ordered and any(piece != known[: len(piece)] for piece in pieces):
        raise DataError(
            f"column {name!r}: the pieces of this pyarrow column declare different orders of the "
            "categories: give all the same dictionary"
        )
    found = known if column.type.ordered else [*dict.fromkeys(v for p in pieces for v in p)]
    return found, bool(column.type.ordered)


def _among(
    source: Source, role: str, sign: str, values: list[Any], known: list[Any], ordered: bool
) -> list[Any]:
    """Return the categories that compare with a value as a sign says."""
    name = source.names[role]
    if sign == "in":
        return [one for one in known if one in values]
    if sign in ("==", "!="):
        return [one for one in known if (one == values[0]) == (sign == "==")]
    shown = ", ".join(map(repr, known[:8])) + (", …" if len(known) > 8 else "")
    if not ordered:
        raise DataError(
            f"column {name!r} holds categories without an order ({shown}), so none is {sign} "
            f"{values[0]!r}: declare their order, or name those you mean, as in "
            f"({name!r}, 'in', {known[:2]!r})"
        )
    if values[0] not in known:
        raise DataError(
            f"column {name!r}: {values[0]!r} is none of its categories, which are {shown}"
        )
    place = known.index(values[0])
    return [one for at, one in enumerate(known) if _HOLDS[sign](at, place)]
