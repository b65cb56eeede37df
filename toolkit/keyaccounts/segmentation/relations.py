"""Three grids: potential and relationship, value and profit, order size and payment (chapter 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns.grid import Drawn, Grid, grid
from keyaccounts.segmentation import catalogs


def potential_relationship(
    rows: Any,
    *,
    key: str,
    potential: str = "potential",
    relationship: str = "relationship",
    potential_cuts: Sequence[float] | None = None,
    relationship_cuts: Sequence[float] | None = None,
) -> Grid:
    """Say whom to lock in, whom to develop and whom to leave, by potential and relationship.

    Parameters
    ----------
    rows, key :
        As in :func:`keyaccounts.patterns.grid.grid`.
    potential : str
        Column: profit potential, as "high", "middle" or "low", or as a number to be cut.
    relationship : str
        Column: "established" (position firm, or relation developing), "good" (good relation, or
        just in contact) or "limited" (little dealing, or withdrawing); or a number to be cut.
    potential_cuts, relationship_cuts : two numbers, optional
        Where a number becomes middle and high (good and established). Default: words.

    Returns
    -------
    Grid
        Nine cells, each with an action. The actions are ours.

    Raises
    ------
    ColumnError, DataError, ParameterError
        As in :func:`keyaccounts.patterns.grid.grid`.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": ["A", "B"], "potential": ["high", "low"],
    ...     "relationship": ["established", "limited"],
    ... })
    >>> ka.segmentation.potential_relationship(accounts, key="account").table["cell"].tolist()
    ['lock-in', 'withdraw']
    """
    return grid(
        rows,
        key=key,
        x=frames.asked(relationship, "relationship"),
        y=frames.asked(potential, "potential"),
        x_cuts=_two("relationship_cuts", relationship_cuts),
        y_cuts=_two("potential_cuts", potential_cuts),
        cells=catalogs.entries("potential_relationship"),
        x_bands=("limited", "good", "established"),
        y_bands=("low", "middle", "high"),
    )


def value_profit(
    rows: Any,
    *,
    key: str,
    value: str,
    profit: str,
    median: float | None = None,
    band: float = 0.0,
    high: float | None = None,
) -> Grid:
    """Say which question to ask about each customer: how to keep, how to improve, whether to leave.

    Parameters
    ----------
    rows, key :
        As in :func:`keyaccounts.patterns.grid.grid`.
    value, profit : str
        Columns: what the customer is worth (such as revenue), and what is left after all costs.
    median : float, optional
        From this value on a customer is large. Default: the median of the table.
    band : float, default 0
        A loss of up to this much counts as break-even. Ours.
    high : float, optional
        From this profit on a customer is highly profitable. Default, which is ours: the median
        profit of those above break-even.

    Returns
    -------
    Grid
        Six cells; `action` is the question to ask. The questions are the source's, the borders
        ours: it prints labels only.

    Raises
    ------
    ColumnError, DataError, ParameterError
        As in :func:`keyaccounts.patterns.grid.grid`; or if nobody makes a profit and `high` is not
        given, or a border makes no sense.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": list("ABCD"), "revenue": [900, 700, 300, 100], "profit": [90, -20, 60, 2],
    ... })
    >>> found = ka.segmentation.value_profit(
    ...     accounts, key="account", value="revenue", profit="profit")
    >>> found.table["cell"].tolist()
    ['large-profitable', 'large-unprofitable', 'small-profitable', 'small-moderate']
    """
    loss = checks.not_negative("band", band)
    if high is not None and checks.number("high", high) <= -loss:
        raise ParameterError(f"high={high!r}: give a profit above {-loss:zg}, where losses end")

    def borders(profits: frames.Floats) -> tuple[float, float]:
        gains = profits[profits > loss]
        if not gains.size:
            raise DataError(
                f"column {profit!r}: nobody makes a profit; say with high= what is much"
            )
        return 0 - loss, float(np.median(gains))

    drawn = Drawn(borders, f"a loss of {loss:zg} and the median above it", 2)
    return grid(
        rows,
        key=key,
        x=frames.asked(profit, "profit"),
        y=frames.asked(value, "value"),
        x_cuts=drawn if high is None else (0 - loss, high),
        y_cuts=_at("the median", 0.5) if median is None else checks.number("median", median),
        cells=catalogs.entries("value_profit"),
        x_bands=("unprofitable", "moderate", "high"),
    )


def contract_tier(
    rows: Any,
    *,
    key: str,
    order_size: str,
    days_late: str,
    size_cuts: Sequence[float] | None = None,
    late_cuts: Sequence[float] | None = (1, 30),
) -> Grid:
    """Say which service and discount a contracted customer gets, by order size and payment.

    Parameters
    ----------
    rows, key :
        As in :func:`keyaccounts.patterns.grid.grid`; one row a customer under contract.
    order_size, days_late : str
        Columns: how much the customer orders; how many days late payments arrive on average (0 or
        below: on time).
    size_cuts : two numbers, optional
        Where an order size becomes middle and large. Default, which is ours: the median, and the
        value that one in five exceeds.
    late_cuts : two numbers or None, default (1, 30)
        From how many days on a customer pays slowly, and late. Ours. None if the column holds the
        words on-time, slow and late.

    Returns
    -------
    Grid
        Nine cells with three tiers: core, standard, basic. A late payer is never core, however
        large.

    Raises
    ------
    ColumnError, DataError, ParameterError
        As in :func:`keyaccounts.patterns.grid.grid`.

    Examples
    --------
    >>> import pandas as pd
    >>> fleets = pd.DataFrame({
    ...     "fleet": list("ABC"), "yearly": [90_000, 80_000, 9_000], "late": [0, 45, 0],
    ... })
    >>> ka.segmentation.contract_tier(fleets, key="fleet", order_size="yearly", days_late="late",
    ...               size_cuts=(20_000, 60_000)).table["cell"].tolist()
    ['core', 'standard', 'basic']
    """
    cuts = _two("size_cuts", size_cuts) or _at("the median and what one in five exceeds", 0.5, 0.8)
    return grid(
        rows,
        key=key,
        x=frames.asked(days_late, "days_late"),
        y=frames.asked(order_size, "order_size"),
        x_cuts=_two("late_cuts", late_cuts),
        y_cuts=cuts,
        cells=catalogs.entries("contract_tiers"),
        x_bands=("on-time", "slow", "late"),
        y_bands=("small", "middle", "large"),
    )


def _two(name: str, cuts: Any) -> tuple[float, ...] | None:
    """Return where the second and the third of three bands begin; None as it is."""
    what = "two numbers, the lower first"
    return None if cuts is None else checks.rising(name, cuts, what, length=2)


def _at(rule: str, *shares: float) -> Drawn:
    """Return a rule that cuts at quantiles."""
    return Drawn(lambda known: np.quantile(known, shares).tolist(), rule, len(shares))
