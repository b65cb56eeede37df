"""One row a customer: scores, words and days read from a table, where what is missing is unknown.

Scorecards, grids and processes look at one row a customer (or a case), and what is not there is
not zero. Here it stays NaN, or an empty text, until they say what to do with it. The items, the
weights and the scale that a caller gives with them are checked under the parameter they came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np

from keyaccounts import checks, frames
from keyaccounts.errors import ColumnError, DataError, ParameterError


@dataclass(frozen=True)
class Entries:
    """Answer of :func:`read`.

    Attributes
    ----------
    source : the caller's table.
    frame : the key under its own name, sorted.
    keys : the keys as a list.
    numbers : role → numbers, unknown as NaN; truth values as 1 and 0.
    words : role → texts, unknown as an empty text.
    days : role → days as :func:`keyaccounts.frames.number_of` counts them, unknown as NaN.
    truths : the roles in `numbers` of columns that hold truth values.
    """

    source: frames.Source
    frame: nw.DataFrame[Any]
    keys: list[Any]
    numbers: dict[str, frames.Floats]
    words: dict[str, list[str]]
    days: dict[str, frames.Floats]
    truths: frozenset[str]

    def answer(self, /, **columns: Any) -> Any:
        """Return the key and computed columns in the caller's kind of frame; NaN is missing."""
        found = frames.with_arrays(self.frame, **columns)
        gaps = [n for n, v in columns.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
        known = [nw.when(~nw.col(n).is_nan()).then(nw.col(n)).alias(n) for n in gaps]
        return frames.like(self.source, found.with_columns(*known) if known else found, "key")

    def having(self, **numbers: frames.Floats) -> Entries:
        """Return the same rows with computed numbers under names of their own."""
        names = {"key": self.source.names["key"], **{name: name for name in numbers}}
        return replace(self, numbers=numbers, source=replace(self.source, names=names))

    def chosen(self, numbers: Mapping[str, str]) -> Entries:
        """Return the same rows with some of their numbers in other roles: role → role so far."""
        known = self.source.names
        names = {"key": known["key"], **{role: known[old] for role, old in numbers.items()}}
        return replace(
            self,
            numbers={role: self.numbers[old] for role, old in numbers.items()},
            truths=frozenset(role for role, old in numbers.items() if old in self.truths),
            source=replace(self.source, names=names),
        )

    def refuse(self, role: str, wrong: frames.Bools, mend: str) -> None:
        """Raise DataError if a value is wrong, naming the first and whose it is."""
        if wrong.any():
            first = int(np.argmax(wrong))
            values: Any = self.numbers.get(role, self.words.get(role))
            value = values[first] if isinstance(values, list) else f"{values[first]:zg}"
            name, key = self.source.names[role], self.source.names["key"]
            raise DataError(
                f"column {name!r}: {int(wrong.sum()):,} of {wrong.size:,} rows are not usable, the "
                f"first where {key!r} is {self.keys[first]!r}, with {value!r}: {mend}"
            )


def read(
    rows: Any,
    *,
    key: str,
    numbers: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    days: Mapping[str, str] | None = None,
) -> Entries:
    """Read one row a key, sorted by key.

    Parameters
    ----------
    rows : frame or Entries
        Any kind the toolkit accepts; or rows that were read before, of which `numbers` chooses.
    key : str
        Column that says whose a row is.
    numbers, words, days : mapping of str to str, optional
        Role → column: of numbers or truth values; of text; of dates.

    Returns
    -------
    Entries

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a key is missing or there twice, or a column holds another kind of values.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account": ["B", "A"], "price": [1.0, None]})
    >>> read(accounts, key="account", numbers={"price": "price"}).numbers["price"]
    array([nan,  1.])
    """
    numbers, words, days = numbers or {}, words or {}, days or {}
    if isinstance(rows, Entries):
        return rows.chosen(numbers)
    given = {**numbers, **words, **days}
    frames.check_names({"key": key, **given})
    # Roles may be a caller's own words, and engines have their ways with some names.
    plain = {role: f"column_{place}" for place, role in enumerate(given)}
    wanted = {
        "key": frames.key(key),
        **{plain[r]: _score(c, r) for r, c in numbers.items()},
        **{plain[r]: frames.word(c, r, known=False) for r, c in words.items()},
        **{plain[r]: frames.day(c, r, known=False) for r, c in days.items()},
    }
    opened = frames.open_rows(rows, wanted)
    counted = [opened.number_of_day(plain[role]).alias(plain[role]) for role in days]
    found = opened.by_key("key", *counted)
    return Entries(
        replace(opened.source, names={"key": key, **given}),
        found.select(nw.col("key").alias(key)),
        found["key"].to_list(),
        {role: frames.numbers(found, plain[role]) for role in numbers},
        {role: found[plain[role]].fill_null("").to_list() for role in words},
        {role: frames.numbers(found, plain[role]) for role in days},
        frozenset(r for r in numbers if opened.source.dtype(plain[r]) == nw.Boolean),
    )


def listed(names: Sequence[str], which: frames.Bools) -> frames.Array:
    """Return for each row the names of the columns that are true there, as one text."""
    rows = which.tolist()
    return np.array(
        [", ".join(n for n, w in zip(names, row, strict=True) if w) for row in rows], dtype=str
    )


def _score(name: str, role: str) -> frames.Column:
    """Want numbers or truth values, none so large that adding them up ends nowhere."""
    return frames.number(name, role, known=False, size=1e300, truths=True)


Items: TypeAlias = "Sequence[str] | Mapping[str, str]"
Weights: TypeAlias = "Mapping[str, float] | Sequence[float] | None"
Scale: TypeAlias = "str | tuple[float, float] | Mapping[str, tuple[float, float]]"


def columns_of(parameter: str, items: Any) -> dict[str, str]:
    """Return item → column, as a caller gave them in a parameter; else say what is wrong there."""
    names = checks.texts(parameter, items, "columns, or name → column")
    if not names:
        raise ParameterError(f"{parameter}={items!r}: name a column or more")
    given = dict(items) if isinstance(items, Mapping) else {name: name for name in names}
    if len(given) < len(names):
        raise ColumnError(f"{parameter}={items!r}: {max(names, key=names.count)!r} is there twice")
    if "key" in given:
        raise ColumnError(
            f"{parameter}= cannot hold the name 'key': give that column another with "
            f"{parameter}={{name: 'key'}}"
        )
    return {name: frames.asked(column, parameter) for name, column in given.items()}


def shares_of(parameter: str, weights: Weights, names: Iterable[str]) -> frames.Floats:
    """Return the weights a caller gave, in the order of the items and adding up to 1."""
    names = [*names]
    if isinstance(weights, Mapping):
        if {*weights} != {*names}:
            raise ParameterError(f"{parameter}={weights!r}: give one weight for each of {names!r}")
        weights = [weights[name] for name in names]
    given = checks.weights(parameter, [1] * len(names) if weights is None else weights,
                           length=len(names))  # fmt: skip
    return np.array(given) / sum(given)


def ends(scale: Any) -> tuple[float, float]:
    """Return the lowest and the highest value of a scale; else raise ParameterError."""
    try:
        low, high = (checks.number("scale", end) for end in scale)
    except (TypeError, ValueError):
        low = high = 0.0
    if not low < high:
        raise ParameterError(
            f"scale={scale!r}: give the lowest and the highest value, such as (0, 10); "
            "items where less is better go into reverse="
        )
    return low, high
