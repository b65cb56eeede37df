"""The lists of the chapter: names, Chinese names and notes, kept beside the code."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from keyaccounts import checks

_FOLDER = files("keyaccounts.segmentation").joinpath("catalog")
LISTS = sorted(file.name.removesuffix(".toml") for file in _FOLDER.iterdir())


@cache
def entries(name: str) -> tuple[dict[str, Any], ...]:
    """Return the entries of a list in their order."""
    parts = tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text("utf8")).values()
    return next(tuple(part) for part in parts if isinstance(part, list))


def reference(name: str) -> pd.DataFrame:
    """Show a list of this chapter in English and Chinese, such as the nine inputs of an account.

    Parameters
    ----------
    name : str
        Which list, such as "customer_tiers"; an unknown name is answered with all names.

    Returns
    -------
    pandas.DataFrame
        One row an entry, in the order it is taught: `id`, `english`, `chinese`, then what the
        list says of each.

    Raises
    ------
    ParameterError
        If there is no such list.

    Examples
    --------
    >>> ka.segmentation.reference("customer_tiers")["chinese"].tolist()
    ['铂金层客户', '黄金层客户', '铁层客户', '铅层客户']
    """
    # Copied, because an entry may hold lists that a caller could change for everybody.
    found = pd.DataFrame(deepcopy(entries(checks.choice("name", name, LISTS))))
    first = ["id", "english", "chinese"]
    return found[[*first, *found.columns.drop(first)]]
