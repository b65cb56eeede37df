"""KAISM: how attractive a customer is to us against how strong we are there (chapter 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from keyaccounts import checks
from keyaccounts.errors import ParameterError
from keyaccounts.patterns import entries
from keyaccounts.patterns.entries import Items, Weights
from keyaccounts.patterns.grid import Grid, grid
from keyaccounts.patterns.scorecard import scorecard
from keyaccounts.segmentation import catalogs

VARIANTS = ("cheverton", "millman-wilson")


def kaism(
    rows: Any,
    *,
    key: str,
    attractiveness: Items,
    strength: Items,
    weights_attractiveness: Weights = None,
    weights_strength: Weights = None,
    scale: tuple[float, float] = (0, 10),
    cut: float = 5,
    variant: str = "cheverton",
) -> Grid:
    """Say which customers to keep, build, hold or serve when convenient.

    How attractive a customer is you judge yourself. How strong you are the customer judges: ask
    what matters there, and how you do against the best rival.

    Parameters
    ----------
    rows, key :
        As in :func:`keyaccounts.patterns.grid.grid`.
    attractiveness, strength : list of str, or dict of str to str
        Columns of scores, or criterion → column.
    weights_attractiveness, weights_strength : dict or list, optional
        How much each criterion counts. Default: all alike.
    scale : pair of float, default (0, 10)
        Lowest and highest score of a criterion. Ours.
    cut : float, default 5
        From this weighted mean on, on the same scale, a side is high. Ours.
    variant : {"cheverton", "millman-wilson"}, default "cheverton"
        Whose cells: key, key development, maintenance and opportunistic account; or invest,
        invest selectively, maintain, withdraw.

    Returns
    -------
    Grid
        With columns `relative_strength` and `attractiveness` on the scale. An unknown criterion is
        left out and the others take its weight; the caption counts for how many. A side of which
        nothing is known is "unknown".

    Raises
    ------
    ColumnError, DataError
        As in :func:`keyaccounts.patterns.grid.grid`; or if a score is not on the scale.
    ParameterError
        If weights, scale or variant make no sense, or the cut is not on the scale.

    References
    ----------
    Cheverton (1999), Key Account Management, Kogan Page.
    Millman and Wilson (1995), From Key Account Selling to Key Account Management, Journal of
    Marketing Practice 1(1).

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": ["A", "B"], "size": [9, 8], "growth": [6, 7], "service": [8, 3],
    ... })
    >>> found = ka.segmentation.kaism(accounts, key="account", attractiveness=["size", "growth"],
    ...               strength=["service"])
    >>> found.table[["account", "relative_strength", "attractiveness", "cell"]]
      account  relative_strength  attractiveness             cell
    0       A                8.0             7.5              key
    1       B                3.0             7.5  key-development
    """
    checks.choice("variant", variant, VARIANTS)
    low, high = entries.ends(scale)
    if not low < checks.number("cut", cut) <= high:
        raise ParameterError(
            f"cut={cut!r}: give a number on the scale, above {low:zg} and up to {high:zg}"
        )
    sides = {
        "strength": (strength, weights_strength),
        "attractiveness": (attractiveness, weights_attractiveness),
    }
    items = {side: entries.columns_of(side, given) for side, (given, _) in sides.items()}
    shares = {
        side: entries.shares_of(f"weights_{side}", w, items[side]) for side, (_, w) in sides.items()
    }
    # Each column is read once, under its place: a criterion may count on both sides.
    columns = [*dict.fromkeys(column for named in items.values() for column in named.values())]
    read = entries.read(rows, key=key, numbers={str(i): c for i, c in enumerate(columns)})
    cards = []
    for side in sides:
        places = {item: str(columns.index(column)) for item, column in items[side].items()}
        weights = shares[side].tolist()
        cards.append(scorecard(read, key=key, items=places, weights=weights, scale=(low, high)))
    # Three digits fewer than the scores have, which are shares of the scale: a cut is met exactly.
    theirs, ours = ((low + (high - low) * card.scores).round(9) for card in cards)
    found = grid(
        read.having(relative_strength=theirs, attractiveness=ours),
        key=key,
        x="relative_strength",
        y="attractiveness",
        x_cuts=cut,
        y_cuts=cut,
        cells=[cell for cell in catalogs.entries("kaism_cells") if cell["variant"] == variant],
    )
    gaps = np.isnan(np.hstack([card.parts for card in cards])).any(axis=1)
    part = int((gaps & ~np.isnan(theirs) & ~np.isnan(ours)).sum())
    return replace(found, note=f"{part:,} scored on part of the criteria" if part else "")
