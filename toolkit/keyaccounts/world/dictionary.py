"""What each table of the simulated company holds: the catalog of tables as a data dictionary."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources as files
from typing import Any

import pandas as pd

FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M"}
ORIGIN = "Simulated by keyaccounts.world; no person, firm or car in it exists"


@cache
def _catalog() -> dict[str, Any]:
    file = files.files("keyaccounts.world") / "catalog" / "tables.toml"
    return tomllib.loads(file.read_text("utf8"))


def resources() -> list[dict[str, Any]]:
    """Return one entry a table for a Frictionless data package, in the order of the catalog.

    What the catalog says of a table and its columns is spelled out: a series becomes its columns,
    a range `minimum` and `maximum`. A column that points to one table is a foreign key; where the
    value may stand in either of two tables, `oneOf` names both, which the standard cannot.

    Examples
    --------
    >>> orders = next(r for r in resources() if r["name"] == "orders")
    >>> orders["path"], orders["schema"]["primaryKey"]
    ('orders.csv', ['order_id'])
    >>> orders["schema"]["oneOf"]
    [{'field': 'customer_id', 'in': ['organizations.customer_id', 'individuals.customer_id']}]
    """
    return [_resource(name, table) for name, table in _catalog().items()]


def _resource(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    points = {
        c: [to] if isinstance(to, str) else to for c, to in table.get("points_to", {}).items()
    }
    schema: dict[str, Any] = {
        "fields": [f for c, column in table["columns"].items() for f in _fields(c, column)],
        "primaryKey": table["primary_key"],
        "foreignKeys": [_foreign_key(c, to[0]) for c, to in points.items() if len(to) == 1],
        "oneOf": [{"field": c, "in": to} for c, to in points.items() if len(to) > 1],
        "missingValues": [""],
    }
    return {
        "name": name,
        "title": table["title"],
        "chinese": table["chinese"],
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": table["description"],
        "area": table["area"],
        "made_by": "make_world.py",
        "bibliography": [],
        "sources": [{"title": ORIGIN}],
        "licenses": [{"name": "CC-BY-4.0", "title": "CC BY 4.0, as the book"}],
        "schema": {part: content for part, content in schema.items() if content},
    }


def _foreign_key(column: str, target: str) -> dict[str, Any]:
    table, other = target.split(".")
    return {"fields": [column], "reference": {"resource": table, "fields": [other]}}


def _fields(name: str, column: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the column as a field; a series as one field for each of its members."""
    kind = column.get("type", "string")
    limits: dict[str, Any] = {"required": not column.get("optional", False)}
    if "range" in column:
        limits["minimum"], limits["maximum"] = column["range"]
    if "values" in column:
        limits["enum"] = column["values"]
    series = column.get("series", 0)
    for number in range(1, series + 1) if series else [None]:
        field = {
            "name": name if number is None else name.format(f"{number:02d}"),
            "type": kind,
            "description": column["meaning"].format(number),
            "chinese": column["chinese"].format(number),
            "unit": column.get("unit", "none"),
            "constraints": limits,
        }
        if kind in FORMATS:
            field["format"] = FORMATS[kind]
        if "group" in column:
            field["group"] = column["group"]
        if number is not None:
            field["series"] = f"{name.format('01')} … {name.format(f'{series:02d}')}"
        yield field


def filed(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a table that its dictionary names, in that order, sorted by its key.

    Empty text is a missing value, as it is in a CSV file; whole numbers and yes or no that may be
    missing are of pandas' own types for that.
    """
    schema = next(r for r in resources() if r["name"] == name)["schema"]
    found = pd.DataFrame({f["name"]: _typed(rows[f["name"]], f) for f in schema["fields"]})
    return found.sort_values(schema["primaryKey"], kind="stable", ignore_index=True)


def _typed(column: pd.Series[Any], field: Mapping[str, Any]) -> pd.Series[Any]:
    kind, required = field["type"], field["constraints"]["required"]
    if kind == "integer":
        return column.astype("int64" if required else "Int64")
    if kind == "boolean":
        return column.astype("bool" if required else "boolean")
    if kind == "number":
        return column.astype("float64")
    if kind == "string":
        return column.astype("str").where(column.notna() & (column != ""))
    return column.astype("datetime64[us]")
