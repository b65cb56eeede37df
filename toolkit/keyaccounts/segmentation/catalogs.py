"""The lists of the chapter: names, Chinese names and notes, kept beside the code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from keyaccounts import checks

LISTS = (
    "ahp_scale",
    "customer_tiers",
    "grading_conditions",
    "indicators",
    "investment_inputs",
    "motorcycle_segments",
    "progressive_stages",
    "pyramid_conditions",
    "rfm_segments",
    "time_plan",
)


@cache
def entries(name: str) -> tuple[dict[str, Any], ...]:
    """Return the entries of a list in their order."""
    file = files("keyaccounts.segmentation").joinpath(f"catalog/{name}.toml")
    parts = tomllib.loads(file.read_text("utf8")).values()
    return next(tuple(part) for part in parts if isinstance(part, list))


def reference(name: str) -> pd.DataFrame:
    """Show a list of this chapter in English and Chinese, such as the nine inputs of an account.

    Parameters
    ----------
    name : str
        Which list: "ahp_scale", "customer_tiers", "grading_conditions", "indicators",
        "investment_inputs", "motorcycle_segments", "progressive_stages", "pyramid_conditions",
        "rfm_segments" or "time_plan".

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
    >>> reference("customer_tiers")["chinese"].tolist()
    ['铂金层客户', '黄金层客户', '铁层客户', '铅层客户']
    """
    return pd.DataFrame(entries(checks.choice("name", name, LISTS)))
