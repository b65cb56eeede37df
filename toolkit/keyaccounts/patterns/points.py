"""Facts put on a scale of points: lines, steps, words and ranks; what is unknown stays so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns import entries

MOST = 10.0


def points(rows: Any, /, *, key: str = "customer_id", **scales: Any) -> Any:
    """Put facts on a scale of points, where what is missing stays missing.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str, default "customer_id"
        Column that says whose a row is.
    **scales : pair, list of pairs, dict or "rank"
        Column → its scale:

        - ``outlook=(1, 5)``, a line: 0 points at the first number, 10 at the second, in between
          in proportion, cut off beyond. ``days_late=(30, 0)`` runs down.
        - ``vehicles=[(3, 2), (10, 6)]``, steps: from 3 on 2 points, from 10 on 6; below the first
          step 0.
        - ``credit_grade={"A": 10, "B": 6}``: words, numbers, or True and False, each with its
          points. The word "unknown" is missing.
        - ``revenue="rank"``: 0 for the lowest of those that are known, 10 for the highest, equal
          values alike.

    Returns
    -------
    frame
        Same kind as `rows`, one row a customer, sorted by key: the key, and the points of each
        column under its name.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a key is missing or there twice, or a value has no place on its scale.
    ParameterError
        If a scale cannot be read.

    Notes
    -----
    Each row is placed by itself, save for ranks: a million rows and three columns take a second.

    Examples
    --------
    >>> import pandas as pd
    >>> cards = pd.DataFrame({
    ...     "customer_id": ["A", "B", "C"], "vehicles": [12, 3, None],
    ...     "credit_grade": ["B", "A", None], "outlook": [5, 2, 3],
    ... })
    >>> ka.points(cards, vehicles=[(3, 2), (10, 6)], credit_grade={"A": 10, "B": 6},
    ...           outlook=(1, 5))
      customer_id  vehicles  credit_grade  outlook
    0           A       6.0           6.0     10.0
    1           B       2.0          10.0      2.5
    2           C       NaN           NaN      5.0
    """
    if not scales:
        raise ParameterError("name a column with its scale, such as outlook=(1, 5)")
    words = {
        column: column
        for column, scale in scales.items()
        if isinstance(scale, Mapping) and scale and all(isinstance(word, str) for word in scale)
    }
    numbers = {column: column for column in scales if column not in words}
    read = entries.read(rows, key=key, numbers=numbers, words=words)
    return read.answer(**{column: _placed(read, column, scales[column]) for column in scales})


def _placed(read: entries.Entries, column: str, scale: Any) -> frames.Floats:
    """Return the points of a column; missing as NaN."""
    values = read.numbers.get(column)
    if isinstance(scale, Mapping) and scale:
        worth = {place: checks.number(column, p) for place, p in scale.items()}
        given: Any = read.words[column] if values is None else values
        found = np.array([worth.get(value, np.nan) for value in given], dtype=np.float64)
        known = np.array([value not in ("", "unknown") and value == value for value in given])
        shown = ", ".join(map(str, scale))
        wrong = np.isnan(found) & known.astype(bool)
        read.refuse(column, wrong, f"give it points too; the scale has {shown}")
        return found
    if values is None or isinstance(scale, Mapping):
        raise _unreadable(column, scale)
    values = frames.steady(values)
    if isinstance(scale, str) and scale == "rank":
        places = pd.Series(values).rank().to_numpy() - 1
        last = int((~np.isnan(values)).sum()) - 1
        return np.asarray(MOST * places / last if last > 0 else places + MOST / 2)
    if not isinstance(scale, list | tuple) or not scale:
        raise _unreadable(column, scale)
    if all(isinstance(step, list | tuple) and len(step) == 2 for step in scale):
        what = "steps that rise, such as [(3, 2), (10, 6)]"
        cuts = checks.rising(column, [step[0] for step in scale], what)
        worths = np.array([0.0, *(checks.number(column, step[1]) for step in scale)])
        reached = worths[np.searchsorted(frames.steady(np.array(cuts)), values, side="right")]
        return np.where(np.isnan(values), np.nan, reached)
    if len(scale) != 2 or isinstance(scale[0], list | tuple) or scale[0] == scale[1]:
        raise _unreadable(column, scale)
    low, high = (checks.number(column, end) for end in scale)
    return np.asarray((MOST * (values - low) / (high - low)).round(12).clip(0, MOST))


def _unreadable(column: str, scale: Any) -> ParameterError:
    return ParameterError(
        f"{column}={scale!r} is no scale: give two numbers for 0 and 10 points, such as (1, 5), "
        'steps such as [(3, 2), (10, 6)], points of words such as {"A": 10, "B": 6}, or "rank"'
    )
