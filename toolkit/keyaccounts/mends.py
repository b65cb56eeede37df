"""The line of code that mends a column, in the words of the caller's engine.

A message that says "convert it first" has to say how, and what it says has to work: the tests run
each of these lines as it stands and look at the answer.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

DAY = "2026-12-31"
"""The day up to which the example of "days until" counts."""

_COLUMN = {"polars": "polars.col({name!r})", "duckdb": "{quoted}"}
_LINE = {
    "polars": "rows = rows.with_columns({new}.alias({name!r}))",
    "pyarrow": "rows = rows.set_column({place}, {name!r}, {new})",
    "pyspark": "rows = rows.withColumn({name!r}, {new})",
}


@cache
def _expressions() -> dict[str, Any]:
    return tomllib.loads(files("keyaccounts").joinpath("mends.toml").read_text("utf8"))


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def line(what: str, engine: str, name: str, present: Sequence[str] = ()) -> str:
    r"""Return the line that mends a column of `rows`.

    Parameters
    ----------
    what : str
        One of the tables of mends.toml.
    engine : str
        As :attr:`keyaccounts.frames.Source.engine` calls it.
    name : str
        The column.
    present : list of str, optional
        All columns of the table, in order, which pyarrow counts.

    Examples
    --------
    >>> line("numbers", "pandas", "amount")
    "rows['amount'] = pandas.to_numeric(rows['amount'])"
    >>> line("days", "duckdb", "late")
    'rows = rows.select(\'* replace (epoch("late") / 86400 as "late")\')'
    """
    sql = quoted(name)
    column = _COLUMN.get(engine, "rows[{name!r}]").format(name=name, quoted=sql)
    new = _expressions()[what][engine].replace("{day}", DAY).replace("{c}", column)
    if engine == "duckdb":
        return f"rows = rows.select({f'* replace ({new} as {sql})'!r})"
    if engine == "polars" and (" / " in new or " - " in new):
        new = f"({new})"
    shape = _LINE.get(engine, "rows[{name!r}] = {new}")
    place = [*present].index(name) if engine == "pyarrow" else None
    return shape.format(name=name, new=new, place=place)
