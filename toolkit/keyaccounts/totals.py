"""Sums per key, what accounts brought and took, cards put together, plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import frames
from keyaccounts.errors import DataError
from keyaccounts.frames import sums


def totals(
    values: Any, *, key: str | frames.Column, **columns: str | frames.Column
) -> tuple[frames.Source, nw.DataFrame[Any]]:
    """Add up columns of numbers per key.

    Parameters
    ----------
    values : frame
        Any number of rows per key.
    key : str
        Column that says whose a row is; or what is wanted of it.
    **columns : str
        Role → column of numbers; or what is wanted of it.

    Returns
    -------
    tuple of Source and DataFrame
        The caller's table, and the totals under `key` and the roles, sorted by key.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a key or number is missing, a number is not finite, or they are too large to add up.

    Examples
    --------
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"account": ["A", "B", "A"], "amount": [1.0, 5.0, 2.0]})
    >>> totals(sales, key="account", value="amount")[1]["value"].to_list()
    [3.0, 5.0]
    """
    wanted = {
        role: column if isinstance(column, frames.Column) else frames.number(column)
        for role, column in columns.items()
    }
    wanted["key"] = key if isinstance(key, frames.Column) else frames.key(key)
    opened = frames.open_rows(values, wanted, measure=sizes(*columns))
    return opened.source, frames.collect(added(opened, "key", of=[*columns]).sort("key"), key="key")


def sizes(*roles: str) -> dict[str, nw.Expr]:
    """Return what has to be measured of columns so that they can be :func:`added`."""
    return {_size(role): (nw.col(role).abs() * sums.SMALL).sum() for role in roles}


def added(
    opened: frames.Rows, *by: str, of: Sequence[str], counts: Mapping[str, nw.Expr] | None = None
) -> nw.LazyFrame[Any]:
    """Return the totals of columns, a row for each of the values in the columns `by`.

    With `counts`, name → expression, there is also in how many rows each holds.
    """
    counts = counts or {}
    summed = {role: float(opened.measured[_size(role)] or 0.0) for role in of}
    if sum(summed.values()) > sums.MOST * sums.SMALL:
        role = max(of, key=summed.__getitem__)
        large = nw.col(role).abs() * sums.SMALL > summed[role] / opened.rows / 2  # half the mean
        opened.refuse(role, large, "too large to add up", f"Mend these rows, {sums.LARGER}")
    return (
        opened.lazy.with_columns(
            *(nw.col(role).abs().alias(_size(role)) for role in of),
            *(holds.cast(nw.Int64).alias(name) for name, holds in counts.items()),
        )
        .group_by(*by)
        .agg(nw.col(*of, *map(_size, of), *counts).sum())
        .select(*by, *(frames.settled(nw.col(r), nw.col(_size(r))) for r in of), *counts)
    )


def _size(role: str) -> str:
    return f"size of {role}"


DISPLACED = "displaced_work"  # the input that is no cost to serve, and whose hours are elsewhere


def brought_and_taken(
    brought: tuple[frames.Source, nw.DataFrame[Any]],
    log: Any,
    prices: Mapping[str, tuple[float, bool]],
    *,
    key: str = "customer_id",
    input: str = "input",
    hours: str = "hours",
    cost: str = "cost",
    count_hours: bool = False,
) -> frames.Joined:
    """Put totals of what accounts brought beside what a service log says they took.

    `prices` has what an hour of each input costs, and whether the logged money counts. The answer
    has each input in money, and of all but displaced work `cost_to_serve` and, if they are to be
    counted, `hours served`.
    """
    opened = frames.open_rows(
        log,
        key=frames.key(key),
        input=frames.word(input, among=tuple(prices)),
        hours=frames.number(hours),
        cost=frames.number(cost),
    )
    served = nw.when(nw.col("input") != DISPLACED).then(nw.col("hours")).alias("hours served")
    worth = [served] if count_hours else []
    for name, (an_hour, counts) in prices.items():
        value = nw.col("cost") if counts else nw.lit(0.0)
        value = value + nw.col("hours") * an_hour if an_hour else value
        # Empty, not zero, in the other rows: what is empty is skipped, and zeros are added up.
        worth.append(nw.when(nw.col("input") == name).then(value).alias(name))
    sums = opened.lazy.select("key", *worth).group_by("key").agg(nw.all().sum())
    found = frames.joined(
        margins=brought, log=(opened.source, frames.collect(sums.sort("key"), key="key"))
    )
    figures = {name: frames.steady(values) for name, values in found.figures.items()}
    cost_to_serve = np.asarray(sum(figures[name] for name in prices if name != DISPLACED))
    return found._replace(figures={**figures, "cost_to_serve": frames.steady(cost_to_serve)})


def first_cards(pairs: pd.DataFrame, *, key: str, same_as: str) -> dict[Any, Any]:
    """Return second card → first card of the same customer, a third card's first one too.

    Raises
    ------
    DataError
        If a card is the second of two others, or at last of itself.
    """
    frames.open_rows(pairs, key=frames.key(key)).by_key()  # each has one row
    of = dict(zip(pairs[key], pairs[same_as], strict=True))
    found = dict(of)
    for _ in of:
        if not any(first in of for first in found.values()):
            break
        found = {card: of.get(first, first) for card, first in found.items()}
    for first in found.values():
        if first in of:
            raise DataError(
                f"columns {key!r} and {same_as!r} lead in a ring through {first!r}: "
                "say which card is the first"
            )
    return found


def owners(cards: pd.Series[Any], firsts: Mapping[Any, Any]) -> pd.Series[Any]:
    """Return for each card the first card of the same customer."""
    return cards.map(lambda card: firsts.get(card, card))


def put_together(cards: pd.DataFrame, firsts: Mapping[Any, Any], *, key: str) -> pd.DataFrame:
    """Return one row a customer, sorted by key: the first card, its gaps filled from the others."""
    owner = owners(cards[key], firsts)
    second = (owner != cards[key]).to_numpy()
    rows = cards.assign(**{key: owner}).iloc[np.lexsort((cards[key].to_numpy(), second))]
    return rows.groupby(key, as_index=False, sort=True).first()


def amounts(values: Any, value: str | None = None) -> frames.Floats:
    """Return plain numbers from a list, an array, a series, or a column of a frame.

    Raises
    ------
    ColumnError
        If the column is not there.
    DataError
        If there are none, if one is missing, not a number or not finite, or if they are too large
        to add up.
    """
    table = isinstance(values, pd.DataFrame)  # whose names may be there twice
    given = values if table else nw.from_native(values, pass_through=True, allow_series=True)
    if isinstance(given, nw.Series):
        given, value = given.alias("values").to_frame(), "values"
    elif not table and not isinstance(given, nw.DataFrame | nw.LazyFrame):
        given, value = pd.DataFrame({"values": _listed(values)}), "values"
    if value is None:
        raise DataError("a table was given: name the column to look at with value=…")
    opened = frames.open_rows(given, value=frames.number(value))
    if not opened.rows:
        raise DataError("no rows: there is nothing to measure")
    found = frames.numbers(frames.collect(opened.source.rows.lazy()), "value")
    largest = f"above all in row {np.abs(found).argmax()} (counting from 0),"
    sums.check_size(found, f"column {value!r}: the values, {largest}")
    return found


def _listed(values: Any) -> frames.Floats:
    """Return a list or an array as floats; text, dates and truth values are no numbers."""
    try:
        given = np.asarray(values)
        plain = given.dtype.kind in "iuf" or not any(
            isinstance(value, str | bytes | bool | np.bool_) for value in given.flat
        )
        if plain and given.ndim == 1 and given.dtype.kind in "iufO":
            return given.astype(np.float64)
    except (TypeError, ValueError, OverflowError):  # the last of a whole number of 309 digits
        pass
    raise DataError("the values are not a list of numbers, one a customer: convert them first")
