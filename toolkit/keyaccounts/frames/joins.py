"""Totals of several tables put together by key, whatever the width of their keys."""

from __future__ import annotations

import warnings
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np

from keyaccounts.errors import DataError
from keyaccounts.frames.answers import numbers
from keyaccounts.frames.source import Source
from keyaccounts.frames.sums import Floats

Side: TypeAlias = "tuple[Source, nw.DataFrame[Any]]"
"""A caller's table, and one row a key of it: `key` and columns of numbers."""


class Joined(NamedTuple):
    """Answer of :func:`joined`.

    Attributes
    ----------
    source : the first table that has rows, to answer in its kind.
    keys : the keys of all tables as `key`, sorted.
    figures : column → its numbers in the order of the keys, 0 where a table lacks the key.
    """

    source: Source
    keys: nw.DataFrame[Any]
    figures: dict[str, Floats]


def joined(**tables: Side) -> Joined:
    """Put the columns of several tables beside one another, a row for each key of any of them.

    Tables are named by the parameter in which the caller gave them. All columns but `key` have
    names of their own.

    Raises
    ------
    DataError
        If the tables are of different kinds, or their keys are.
    """
    sides = _same_keys(tables)
    # Only keys and the places of their rows are put together: wide tables would be copied on the
    # way. By groups and not by a join, which keeps no order on some engines, and which makes keys
    # with gaps floats, and those cannot hold a number of 17 digits.
    places = [side.select("key").with_row_index(name) for name, side in sides.items()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of pandas 2, on tables without rows
        both = nw.concat(places, how="diagonal")
    both = both.group_by("key").agg(nw.col(*sides).max()).sort("key")
    both = both.with_columns(nw.col(*sides).fill_null(-1).cast(nw.Int64))
    if any(_is_wide(source) for source, _ in tables.values()):  # text of numbers: 9 before 10
        texts = [Decimal(text) for text in both["key"].to_list()]
        both = both[sorted(range(len(texts)), key=texts.__getitem__), :]
    figures = {}
    for name, side in sides.items():
        place = both[name].to_numpy()
        absent = np.flatnonzero(place < 0)
        for column in side.drop("key").columns:
            values = numbers(side, column)
            figures[column] = values.take(place) if values.size else np.zeros(place.size)
            figures[column][absent] = 0.0
    return Joined(tables[_first(tables)][0], both.select("key"), figures)


def _first(tables: dict[str, Side]) -> str:
    """Return the first table that has rows: one without does not know what its keys are."""
    return next((name for name, (_, side) in tables.items() if len(side)), next(iter(tables)))


def _same_keys(tables: dict[str, Side]) -> dict[str, nw.DataFrame[Any]]:
    """Return the tables with keys of one type, so that equal keys meet and no others."""
    first = _first(tables)
    source, side = tables[first]
    kind, engine = side.schema["key"], side.implementation
    wide = any(_is_wide(table) for table, _ in tables.values())
    for name, (table, other) in tables.items():
        if other.implementation != engine:
            raise DataError(
                f"{name}= is a table of {other.implementation.name.lower()} and {first}= one of "
                f"{engine.name.lower()}: give both as the same kind"
            )
        if name == first or not len(other):
            continue
        own = other.schema["key"]
        if all(k.is_integer() or _is_wide(t) for k, t in ((kind, source), (own, table))):
            if not _is_wide(source):
                _check_room(kind, other["key"], _is_wide(table), (name, first, source.names["key"]))
        elif kind != own and not {kind, own} <= {nw.String, nw.Categorical, nw.Enum}:
            raise DataError(
                f"column {source.names['key']!r} holds {kind} values in {first}= and {own} values "
                f"in {name}=: give the accounts the same keys in both"
            )
    # Categories of two tables, and two kinds of text, do not meet as they are.
    target = nw.String() if wide or kind in (nw.String, nw.Categorical, nw.Enum) else kind
    return {
        name: other
        if other.schema["key"] == target and not engine.is_pyarrow()
        else other.with_columns(nw.col("key").cast(target))
        for name, (_, other) in tables.items()
    }


def _check_room(
    kind: nw.dtypes.DType, keys: nw.Series[Any], wide: bool, names: tuple[str, str, str]
) -> None:
    """Raise DataError if a type of whole numbers cannot hold a key: it would become another's."""
    room = np.iinfo(str(kind).lower())
    values = [int(text) for text in keys.to_list()] if wide else [keys.min(), keys.max()]
    beyond = next((k for k in values if not room.min <= k <= room.max), None)
    if beyond is not None:
        name, first, key = names
        raise DataError(
            f"column {key!r} holds {kind} values in {first}=, which cannot hold {beyond} of "
            f"{name}=: give both the wider type"
        )


def _is_wide(source: Source) -> bool:
    """Return whether keys are whole numbers of more digits than pandas has: they come as text."""
    return source.dtype("key") in (nw.Int128, nw.UInt128)
