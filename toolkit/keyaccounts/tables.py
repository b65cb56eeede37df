"""One way to show a result table: caption, units, aligned numbers, readable on a phone."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, dataclass_transform

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts.errors import ColumnError, DataError
from keyaccounts.escapes import escaped, plain


@dataclass(frozen=True)
class Table:
    """A table made for reading; shows as HTML in a notebook and as text elsewhere.

    Attributes
    ----------
    labels : the column headings.
    cells : the rows as formatted text.
    numeric : for each column, whether it holds numbers (set flush right).
    caption : what to look at.
    note : what stands below, such as how much is not shown ("8 of 2,357 rows"), or an empty text.
    """

    labels: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    caption: str
    note: str = field(default="")

    def with_notes(self, notes: Sequence[str]) -> Table:
        """Return the table with sentences below it."""
        return replace(self, note="; ".join([self.note, *notes] if self.note else notes))

    def _repr_html_(self) -> str:
        align = [' class="num"' if n else "" for n in self.numeric]
        head = "".join(
            f'<th scope="col"{a}>{escaped(label)}</th>'
            for label, a in zip(self.labels, align, strict=True)
        )
        body = "\n".join(
            "<tr>"
            + "".join(f"<td{a}>{escaped(c)}</td>" for c, a in zip(row, align, strict=True))
            + "</tr>"
            for row in self.cells
        )
        note = f'\n<p class="ka-table-note">{escaped(self.note)}</p>' if self.note else ""
        name = escaped(self.caption)
        return (
            f'<div class="ka-table" role="region" tabindex="0" aria-label="{name}">\n'
            f"<table>\n<caption>{escaped(self.caption)}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>{note}\n</div>"
        )

    def __repr__(self) -> str:
        rows = [self.labels, *self.cells]
        wide = [max(len(row[i]) for row in rows) for i in range(len(self.labels))]
        lines = [
            "  ".join(
                c.rjust(w) if n else c.ljust(w)
                for c, w, n in zip(row, wide, self.numeric, strict=True)
            ).rstrip()
            for row in rows
        ]
        return plain("\n".join([self.caption, "", *lines, *([self.note] if self.note else [])]))


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Shown(ABC):
    """A result that shows itself as a table; each kind of result is a frozen dataclass."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, repr=False)(cls)

    @abstractmethod
    def _shown(self) -> Table:
        """Return the table."""

    def _repr_html_(self) -> str:
        return self._shown()._repr_html_()

    def __repr__(self) -> str:
        return repr(self._shown())


def number(value: Any, spec: str = ",.0f", *, sign: str = "-") -> str:
    """Write a number as every text, table and figure does.

    A minus is a minus sign, and what is rounded to zero has none.

    Parameters
    ----------
    value : number
        What to write.
    spec : str, default ",.0f"
        The form, as Python's format specifications have it, without a sign.
    sign : {"-", "+"}, default "-"
        "+" writes the sign of a gain too.

    Examples
    --------
    >>> number(-1234.5, ",.1f"), number(-0.4), number(0.25, "g")
    ('−1,234.5', '0', '0.25')
    """
    zero = "" if isinstance(value, int | np.integer) else "z"  # whole numbers have no other zero
    return f"{value:{sign}{zero}{spec}}".replace("-", "−")


def percent(share: Any, spec: str = ".0f", *, sign: str = "-") -> str:
    """Write a share as percent, as :func:`number` writes numbers.

    Examples
    --------
    >>> percent(0.876), percent(-0.001), percent(0.025, "g")
    ('88 %', '0 %', '2.5 %')
    """
    return f"{number(100 * share, spec, sign=sign)} %"


def table(
    frame: Any,
    caption: str,
    *,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    digits: int | Mapping[str, int] = 2,
    percent: Sequence[str] = (),
    rows: int = 8,
) -> Table:
    """Show a result so that a reader sees what it says.

    Parameters
    ----------
    frame : frame or dict
        A table of any kind the toolkit accepts; or facts, each under its name, which become a
        table of two columns.
    caption : str
        What to look at. It is also what a screen reader announces.
    columns : list of str or dict of str to str, optional
        Which columns, in order; a dictionary also gives each its heading. Default: all, headed
        by their names. Of facts: the two headings. Default: "what" and "value".
    digits : int or dict of str to int, default 2
        Decimals; a column of whole numbers gets none. Columns whose name ends in ``_id`` are
        written as they are.
    percent : list of str, optional
        Columns of shares (0.8) to be written as percent (80 %).
    rows : int, default 8
        How many rows at most; the rest is counted in a note.

    Returns
    -------
    Table

    Raises
    ------
    ColumnError
        If a column is not there, or there twice, or facts do not have two headings.
    DataError
        If `frame` is not a table, or a fact has several values.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"customer_id": ["A", "B"], "share": [0.9, 0.1]})
    >>> ka.table(accounts, "A carries nine tenths", percent=["share"])
    A carries nine tenths
    <BLANKLINE>
    customer  share
    A          90 %
    B          10 %
    >>> ka.table({"accounts": 2, "profitable": 1}, "Where we stand")
    Where we stand
    <BLANKLINE>
    what        value
    accounts        2
    profitable      1
    """
    if isinstance(frame, Mapping):
        return _facts(frame, caption, columns, digits)
    try:
        data: Any = nw.from_native(frame)
    except TypeError:
        raise DataError(f"a {type(frame).__name__} is not a table that can be shown") from None
    except ValueError as error:  # a name that is there twice
        raise ColumnError(f"{error}: rename the columns so that each name is there once") from None
    percent = [percent] if isinstance(percent, str) else percent
    columns = [columns] if isinstance(columns, str) else columns
    labels = dict(columns) if isinstance(columns, Mapping) else _headings(columns or [])
    labels = labels or _headings(data.collect_schema().names())
    for name in [*labels, *percent]:
        if not isinstance(name, str):
            raise ColumnError(f"column {name!r}: the name of a column is text; rename it")
        if name not in data.collect_schema().names():
            raise ColumnError(f"no column {name!r} to show")
    part = data.select(*labels).head(rows)
    if isinstance(data, nw.LazyFrame):
        total = int(data.select(nw.len().alias("n")).collect("pandas")["n"][0])
        shown = part.collect("pandas")
    else:
        total, shown = len(data), part
    texts, numeric = [], []
    for name in labels:
        places = digits.get(name, 2) if isinstance(digits, Mapping) else digits
        values = shown[name].to_list()
        if name.endswith("_id"):  # a number that names something is not a quantity
            texts.append(["–" if missing(v) else _name(v) for v in values])
        else:
            places = 0 if name not in percent and _all_whole(values) else places
            texts.append([_text(v, places, name in percent) for v in values])
        numeric.append(shown[name].dtype.is_numeric())
    cells = tuple(zip(*texts, strict=True)) if shown.shape[0] else ()
    note = f"{shown.shape[0]} of {total:,} rows" if total > shown.shape[0] else ""
    return Table(tuple(labels.values()), cells, tuple(numeric), caption, note)


def _facts(facts: Mapping[Any, Any], caption: str, columns: Any, digits: Any) -> Table:
    """Return facts as a table of two columns; each value is written by itself."""
    heads = [*columns.values()] if isinstance(columns, Mapping) else [*(columns or _FACTS)]
    if len(heads) != 2 or heads[0] == heads[1]:
        raise ColumnError(f"columns={columns!r}: facts have two headings, such as question, answer")
    cells = []
    for name, value in facts.items():
        if not (missing(value) or np.isscalar(value) or isinstance(value, dt.date | Decimal)):
            raise DataError(f"the fact {name!r} has several values. For a table, make a frame")
        places = digits.get(name, 2) if isinstance(digits, Mapping) else digits
        cells.append((str(name), _text(value, 0 if _all_whole([value]) else places, False)))
    number = all(isinstance(v, int | float | np.number) for v in facts.values())
    return Table((heads[0], heads[1]), tuple(cells), (False, number and bool(facts)), caption)


_FACTS = ("what", "value")


def _headings(names: Sequence[str]) -> dict[str, str]:
    return {name: str(name).removesuffix("_id").replace("_", " ") for name in names}


def missing(value: Any) -> bool:
    """Return whether a value of any engine is none."""
    nothing = value is None or value is pd.NaT or value is pd.NA
    return nothing or (isinstance(value, float | Decimal) and value != value)


def _name(value: Any) -> str:
    """Write what names something; missing neighbors make whole numbers floats in pandas."""
    return f"{value:z.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _all_whole(values: Sequence[Any]) -> bool:
    known = [float(v) for v in values if isinstance(v, float | Decimal)]
    return all(v.is_integer() for v in known if np.isfinite(v))


def _text(value: Any, digits: int, share: bool) -> str:
    if missing(value):
        return "–"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M")
    if isinstance(value, bool | str) or not isinstance(value, int | float | Decimal | np.number):
        return str(value)
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "−∞"
    if share:
        return percent(value, f".{max(digits - 2, 0)}f")
    return number(value, "," if isinstance(value, int | np.integer) else f",.{digits}f")
