"""KAISM: how attractive a customer is to us against how strong we are there (chapter 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.grid import Grid, grid
from keyaccounts.patterns.items import Items, Weights, columns_of, ends, shares_of
from keyaccounts.patterns.scorecard import Scorecard, scorecard
from keyaccounts.segmentation import catalogs

VARIANTS = ("cheverton", "millman-wilson")


@dataclass(frozen=True, repr=False)
class Kaism(Grid):
    """Answer of :func:`kaism`: a grid, and the two scorecards behind it.

    Attributes
    ----------
    attractiveness, strength : Scorecard
        How each side was put together, and how much of it is known.
    """

    attractiveness: Scorecard = field(repr=False)
    strength: Scorecard = field(repr=False)

    def _notes(self) -> str:
        cards = (self.attractiveness, self.strength)
        known = np.array([card.columns["known"] / len(card.weights) for card in cards])
        part = int(((known > 0).all(axis=0) & (known < 1).any(axis=0)).sum())
        return f"; {part:,} scored on part of the criteria" if part else ""


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
) -> Kaism:
    """Say which customers to keep, build, hold or serve when convenient.

    How attractive a customer is you judge yourself. How strong you are the customer judges: ask
    what matters there, and how you do against the best rival.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
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
    Kaism
        As :class:`keyaccounts.patterns.grid.Grid`, with columns `relative_strength` and
        `attractiveness` on the scale; and both scorecards. An unknown criterion is left out and
        the others take its weight; `coverage` in the scorecards says so. A side of which nothing
        is known is "unknown".

    Raises
    ------
    ColumnError
        If a column is not there, or has the name of a column of the answer.
    DataError
        If a key is missing or there twice, or a score is not on the scale.
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
    low, high = ends(scale)
    if not low < checks.number("cut", cut) <= high:
        raise ParameterError(
            f"cut={cut!r}: give a number on the scale, above {low:zg} and up to {high:zg}"
        )
    frames.check_free(key, ("relative_strength", "attractiveness"), "key")

    def side(name: str, given: Items, weights: Weights) -> Scorecard:
        items = columns_of(name, given)
        shares = shares_of(f"weights_{name}", weights, items)
        return scorecard(rows, key=key, items=items, weights=shares.tolist(), scale=(low, high))

    ours = side("attractiveness", attractiveness, weights_attractiveness)
    theirs = side("strength", strength, weights_strength)
    # Three digits fewer than the scores have, which are shares of the scale: a cut is met exactly.
    both = ours.rows.answer(
        relative_strength=(low + (high - low) * theirs.scores).round(9),
        attractiveness=(low + (high - low) * ours.scores).round(9),
    )
    found = grid(
        both,
        key=key,
        x="relative_strength",
        y="attractiveness",
        x_cuts=cut,
        y_cuts=cut,
        cells=[cell for cell in catalogs.entries("kaism_cells") if cell["variant"] == variant],
    )
    return Kaism(**vars(found), attractiveness=ours, strength=theirs)
