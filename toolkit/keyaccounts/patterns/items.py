"""Items, weights and a scale as a caller gives them, checked under the parameter they came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from keyaccounts import checks, frames
from keyaccounts.errors import ColumnError, ParameterError

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
