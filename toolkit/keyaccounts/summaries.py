"""Rows put into groups, added up and shown: how many, how much, what share, what mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import checks, frames, totals
from keyaccounts.errors import ParameterError
from keyaccounts.tables import Shown, Table, table

MOST_SHOWN = 12
_TEXTS = (nw.String, nw.Categorical, nw.Enum)
_WORD = "unknown"  # of what is missing, where the groups are words


class Summary(Shown):
    """Answer of :func:`summary`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a group; the columns are called what the headings say.
    """

    table: pd.DataFrame
    _look: Table

    def _shown(self) -> Table:
        return self._look


def summary(
    rows: Any,
    caption: str = "",
    *,
    by: Any = None,
    count: str | None = "customers",
    total: Any = (),
    share: Any = (),
    mean: Any = (),
    sort: str | None = None,
    digits: int | Mapping[str, int] | None = None,
    percent: Any = (),
) -> Summary:
    """Put rows into groups, add up, take shares and means, and show them.

    Parameters
    ----------
    rows : frame
        Any kind the toolkit accepts.
    caption : str, optional
        What to look at. Default: what is counted, and by what.
    by : str, or list of two, optional
        Columns whose values make the groups; true and false are yes and no, and what is missing is
        a group of its own, "unknown". Default: one group of all.
    count : str or None, default "customers"
        What a row is, the heading of their number. None leaves it out.
    total, share, mean : str, list of str, or dict of str to str, optional
        Columns to add up; of which to take each group's share of the whole; of which to take the
        mean of what is known. A dictionary gives a column its heading, which is otherwise
        "revenue", "share of revenue" and "mean revenue", and of a mean of true and false, which
        is a rate, "share returned". Where not all are known, "outlook known" says how many.
    sort : str, optional
        Heading by which to sort, largest first. Default: in order of the groups.
    digits : int or dict of str to int, optional
        Decimals, or heading → decimals. Default: none, and one for a mean.
    percent : str or list of str, optional
        Columns or headings to be written as percent, besides shares and rates.

    Returns
    -------
    Summary
        `.table`; at most twelve groups are shown. Where the whole is not above zero no share is
        known.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a value to be added up is missing, or one is no number.
    ParameterError
        If nothing is asked for, two headings are alike, or `sort` is no heading of numbers.

    Notes
    -----
    The rows are grouped where they are, and only the groups come back: the time grows with the
    rows, and is about a third of a second for a million of them in pandas.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "kind": ["fleet", "driver", "driver", "driver"], "revenue": [900, 60, 30, 10],
    ...     "outlook": [4, 2, None, 3], "returned": [True, True, False, False],
    ... })
    >>> ka.summary(accounts, "One fleet pays nine tenths", by="kind", share="revenue",
    ...            mean=["outlook", "returned"], sort="share of revenue")
    One fleet pays nine tenths
    <BLANKLINE>
    kind    customers  share of revenue  mean outlook  outlook known  share returned
    fleet           1              90 %           4.0              1           100 %
    driver          3              10 %           2.5              2            33 %
    """
    groups = [by] if isinstance(by, str) else [*(by or ())]
    sums, parts, means = (_asked(*given) for given in
                          (("total", total), ("share", share), ("mean", mean)))  # fmt: skip
    of = {column: f"column_{i}" for i, column in enumerate({**sums, **parts, **means})}
    if not (groups or of) or len(groups) > 2:
        raise ParameterError("name one column or two with by=, or columns to add up or average")
    wanted = {f"by_{i}": frames.key(name, "by", known=False) for i, name in enumerate(groups)}
    for column, role in of.items():
        wanted[role] = frames.number(column, known=column in {*sums, *parts}, truths=True)
    measure = {**totals.sizes(*of.values()), "some": nw.col(next(iter(wanted))).count()}
    opened = frames.open_rows(rows, wanted, measure=measure)
    found = _grouped(opened, len(groups), [*of.values()])
    order = sorted(range(len(found)), key=_places(opened.source, found, len(groups)))
    figure = {name: frames.numbers(found, name)[order]
              for name in found.columns if not name.startswith("by_")}  # fmt: skip
    asked = {*([percent] if isinstance(percent, str) else percent)}

    # A column of the answer: its heading, its values, its decimals, whether it is in percent.
    answer: list[tuple[str, Any, int, bool]] = []
    for i, name in enumerate(groups):
        words = found[f"by_{i}"].to_list()
        answer.append((name, [words[place] for place in order], 0, False))
    if count is not None:
        answer.append((count, figure["rows"].astype(np.int64), 0, False))
    for column, given in sums.items():
        answer.append((given or column, frames.steady(figure[of[column]]), 0, column in asked))
    for column, given in parts.items():
        whole = math.fsum(figure[of[column]])
        part = figure[of[column]] / (whole if whole > 0 else np.nan)
        answer.append((given or f"share of {column}", frames.steady(part), 0, True))
    for column, given in means.items():
        known, rate = figure[f"{of[column]} known"], opened.source.dtype(of[column]) == nw.Boolean
        value = figure[of[column]] / np.where(known > 0, known, np.nan)
        heading = given or f"{'share' if rate else 'mean'} {column}"
        answer.append((heading, frames.steady(value), 0 if rate else 1, rate or column in asked))
        if count is None or (known < figure["rows"]).any():
            answer.append((f"{column} known", known.astype(np.int64), 0, False))

    headings = [heading for heading, *_ in answer]
    twice = next((h for h in headings if headings.count(h) > 1), None)
    if twice is not None:
        mend = f"as in {{{twice!r}: 'another'}}"
        raise ParameterError(f"two columns of the answer are called {twice!r}: name one, {mend}")
    made = pd.DataFrame({heading: values for heading, values, *_ in answer})
    if sort is not None:
        checks.choice("sort", sort, headings[len(groups) :])
        made = made.sort_values(sort, ascending=False, kind="stable", ignore_index=True)
    shares = [heading for heading, *_, share in answer if share or heading in asked]
    plain = {} if digits is None else dict.fromkeys({*headings} - {*shares}, digits)
    decimals: Any = digits if isinstance(digits, Mapping) else plain
    places = {
        heading: decimals.get(heading, 0 if heading in shares else usual) + 2 * (heading in shares)
        for heading, _, usual, _ in answer
    }
    said = f"{opened.rows:,} {count or 'rows'}" + f" by {' and '.join(groups)}" * bool(groups)
    return Summary(
        made, table(made, caption or said, digits=places, percent=shares, rows=MOST_SHOWN)
    )


def _asked(parameter: str, given: Any) -> dict[str, str | None]:
    """Return the columns asked for, each with its heading if it was given one."""
    if isinstance(given, Mapping):
        return dict(given)
    listed = [given] if isinstance(given, str) else given
    return dict.fromkeys(checks.texts(parameter, listed, "columns"))


def _grouped(opened: frames.Rows, by: int, of: list[str]) -> nw.DataFrame[Any]:
    """Return sums, how many are known and how many rows there are, for each group."""
    roles = [f"by_{i}" for i in range(max(by, 1))]
    plain = [_group(opened.source, role).alias(role) for role in roles[:by]]
    lazy = opened.lazy.with_columns(plain or [nw.lit("all").alias("by_0")])
    counts = {"rows": nw.lit(1), **{f"{role} known": ~nw.col(role).is_null() for role in of}}
    return frames.collect(totals.added(replace(opened, lazy=lazy), *roles, of=of, counts=counts))


def _group(source: frames.Source, role: str) -> nw.Expr:
    """Return what makes the groups: words where it can, so that the unknown is a word too."""
    value, kind = nw.col(role), source.dtype(role)
    if kind == nw.Boolean:
        word = nw.when(value).then(nw.lit("yes")).otherwise(nw.lit("no"))
        return nw.when(~value.is_null()).then(word).otherwise(nw.lit(_WORD))
    if kind in _TEXTS:
        text = value.cast(nw.String)
        return nw.when(~value.is_null() & (text != "")).then(text).otherwise(nw.lit(_WORD))
    return nw.when(~value.is_nan()).then(value) if kind.is_float() else value


def _places(source: frames.Source, found: nw.DataFrame[Any], by: int) -> Any:
    """Return the order of groups: categories as declared, all else by value, unknown last."""
    columns = []
    for role in (f"by_{i}" for i in range(by)):
        known, ordered = frames.declared(source, role) or ([], False)
        at = {word: place for place, word in enumerate(known)} if ordered else {}
        columns.append([_place(value, at) for value in found[role].to_list()])
    return lambda row: tuple(column[row] for column in columns)


def _place(value: Any, at: Mapping[Any, int]) -> tuple[Any, ...]:
    return (1,) if pd.isna(value) or value == _WORD else (0, at.get(value, value))
