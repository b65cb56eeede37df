"""Names of columns: there, there once, and not taken for something else."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from keyaccounts.errors import ColumnError


class Asked(str):
    """A column name that knows the parameter in which the caller gave it, for messages."""

    parameter: str

    def __new__(cls, name: str, parameter: str) -> Asked:
        """Return the name, with its parameter."""
        found = super().__new__(cls, name)
        found.parameter = parameter
        return found


def asked(name: Any, parameter: str) -> Any:
    """Return a column name that says in which parameter it was given, if it does not say so yet."""
    if isinstance(name, Asked) or not isinstance(name, str):
        return name
    return Asked(name, parameter)


def check_names(names: Mapping[str, Any]) -> None:
    """Raise ColumnError unless each name is one that a column can have."""
    for role, name in names.items():
        if not isinstance(name, str):
            raise ColumnError(f"{role}={name!r}: the name of a column is text")
        if name == "*":
            raise ColumnError("column '*': engines take that for all columns; rename it first")


def check_columns(present: Sequence[Any], names: dict[str, str]) -> None:
    """Raise ColumnError unless each named column is present once and serves one role."""
    for role, name in names.items():
        if name not in present:
            texts = [c for c in present if isinstance(c, str)]
            close = difflib.get_close_matches(name, texts, n=1, cutoff=0.5)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise ColumnError(
                f"no column {name!r}{hint}; the table has {', '.join(map(repr, present))}. "
                f"Name the right one with {parameter_of(role, names)}=…"
            )
        if present.count(name) > 1:
            raise ColumnError(f"column {name!r} is there {present.count(name)} times: rename one")
        twin = next((r for r, n in names.items() if n == name and r != role), None)
        if twin:
            both = f"{parameter_of(role, names)}= and {parameter_of(twin, names)}="
            raise ColumnError(f"column {name!r} is named for both {both}")


def check_index(table: pd.DataFrame, names: Mapping[str, Any]) -> None:
    """Raise ColumnError if a named column of pandas is not among the columns, but the index."""
    for name in names.values():
        if name in table.index.names and name not in table.columns:
            raise ColumnError(
                f"column {name!r} is the index of the table: make it a column again, with "
                ".reset_index()"
            )


def check_engine_names(engine: Any, present: Sequence[Any], names: Mapping[str, Any]) -> None:
    """Raise ColumnError if an engine would take a name for something else, or for another's."""
    for role, name in names.items():
        what = None
        if engine.is_polars() and name.startswith("^") and name.endswith("$"):
            what = "Polars takes what stands between ^ and $ for a pattern of names"
        if engine.is_duckdb() and "\0" in name:
            what = "DuckDB ends a name at a NUL character"
        if engine.is_spark_like():
            twin = next((c for c in present if c != name and c.lower() == name.lower()), None)
            if "." in name:
                what = "PySpark takes what follows the dot for a field of a record"
            elif "`" in name:
                what = "PySpark takes a backtick for the end of a name"
            elif twin is not None and name in present:
                what = f"PySpark does not tell it from the column {twin!r}"
        if what is not None:
            raise ColumnError(
                f"column {name!r} ({parameter_of(role, names)}=): {what}; rename the column first"
            )


def parameter_of(role: str, names: Mapping[str, Any]) -> str:
    """Return the parameter in which the caller gave the column of a role."""
    return getattr(names[role], "parameter", role)


def check_free(name: str, taken: Iterable[str], role: str = "") -> None:
    """Raise ColumnError if a caller's column name would clash with a column of the answer."""
    if name in taken:
        where = f" ({role}=)" if role else ""
        raise ColumnError(
            f"the column {name!r}{where} has the name of a column of the answer: rename it first"
        )


def check_case(engine: str, names: Sequence[str]) -> None:
    """Raise ColumnError if two columns of an answer differ in case only, which SQL cannot tell."""
    seen: dict[str, str] = {}
    for name in names:
        twin = seen.setdefault(name.lower(), name)
        if twin != name:
            sql = "DuckDB" if engine == "duckdb" else "PySpark"
            raise ColumnError(
                f"{sql} does not tell the column {twin!r} from {name!r} of the answer: rename the "
                "one of your table first"
            )
