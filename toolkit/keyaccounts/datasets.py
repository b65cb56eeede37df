"""The course's data, with a dictionary that says what every column means."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from keyaccounts.errors import ParameterError

_KINDS = {"integer": "int64", "number": "float64", "string": "str", "boolean": "bool"}


@cache
def _folder() -> Path:
    """Return where the data lie: inside an installed wheel, or beside toolkit/ in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "data", here.parents[1] / "data"):
        if (folder / "datapackage.json").is_file():
            return folder
    raise FileNotFoundError("the course's data are missing: install keyaccounts again")


@cache
def _resources() -> dict[str, dict[str, Any]]:
    package = json.loads((_folder() / "datapackage.json").read_text("utf8"))
    return {resource["name"]: resource for resource in package["resources"]}


def _resource(name: str) -> dict[str, Any]:
    if not isinstance(name, str) or name not in _resources():
        known = ", ".join(map(repr, names()))
        raise ParameterError(f"no dataset {name!r}; there are {known}")
    return _resources()[name]


def names() -> list[str]:
    """List the datasets.

    Returns
    -------
    list of str

    Examples
    --------
    >>> names()
    ['cdnow', 'cdnow_master']
    """
    return sorted(_resources())


def path(name: str) -> Path:
    """Return the CSV file of a dataset, for tools that read files themselves.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ParameterError
        If there is no such dataset.

    Examples
    --------
    >>> path("cdnow").name
    'cdnow.csv'
    """
    return _folder() / str(_resource(name)["path"])


def load(name: str) -> pd.DataFrame:
    """Load a dataset of the course.

    Parameters
    ----------
    name : str
        One of :func:`names`: "cdnow" (the 1-in-10 sample that the literature uses) or
        "cdnow_master" (all customers).

    Returns
    -------
    pandas.DataFrame
        Columns as :func:`describe` says, with dates as dates.

    Raises
    ------
    ParameterError
        If there is no such dataset.

    References
    ----------
    Fader and Hardie (2001), Forecasting Repeat Sales at CDNOW: A Case Study, Interfaces 31(3).

    Examples
    --------
    >>> orders = load("cdnow")
    >>> len(orders), orders["customer_id"].nunique()
    (6919, 2357)
    """
    fields = _resource(name)["schema"]["fields"]
    kinds = {f["name"]: _KINDS[f["type"]] for f in fields if f["type"] in _KINDS}
    dates = [f["name"] for f in fields if f["type"] in {"date", "datetime"}]
    return pd.read_csv(path(name), dtype=kinds, parse_dates=dates, date_format="%Y-%m-%d")


def describe(name: str) -> pd.DataFrame:
    """Say what each column of a dataset means.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    pandas.DataFrame
        One row a column: `column`, `type`, `unit`, `lowest`, `highest`, `required`, `meaning`,
        `chinese`.

    Raises
    ------
    ParameterError
        If there is no such dataset.

    Examples
    --------
    >>> describe("cdnow")[["column", "unit"]]
            column        unit
    0  customer_id        none
    1   order_date         day
    2        units         CDs
    3       amount  US dollars
    """
    rows = []
    for field in _resource(name)["schema"]["fields"]:
        limits = field.get("constraints", {})
        rows.append(
            {
                "column": field["name"],
                "type": field["type"],
                "unit": field["unit"],
                "lowest": limits.get("minimum"),
                "highest": limits.get("maximum"),
                "required": limits.get("required", False),
                "meaning": field["description"],
                "chinese": field["chinese"],
            }
        )
    return pd.DataFrame(rows)
