"""Three grids: potential and relationship, value and profit, order size and payment (chapter 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns import entries
from keyaccounts.patterns.grid import Cuts, Drawn, Grid, grid
from keyaccounts.segmentation import catalogs

POTENTIALS = ("low", "middle", "high")
RELATIONSHIPS = ("limited", "good", "established")


def potential_relationship(
    rows: Any,
    *,
    key: str,
    potential: str = "potential",
    relationship: str = "relationship",
    potential_cuts: Cuts = None,
    relationship_cuts: Cuts = None,
) -> Grid:
    """Say whom to lock in, whom to develop and whom to leave, by potential and relationship.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
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
    ColumnError, DataError
        If a column or value is unusable.
    ParameterError
        If cuts are not two numbers that rise.

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
        x_cuts=_borders("relationship_cuts", relationship_cuts),
        y_cuts=_borders("potential_cuts", potential_cuts),
        cells=catalogs.entries("potential_relationship"),
        x_bands=RELATIONSHIPS,
        y_bands=POTENTIALS,
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
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
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
    ColumnError
        If a column is not there, or has the name of a column of the answer.
    DataError
        If a value is unusable, no value is known, or nobody makes a profit and `high` is not given.
    ParameterError
        If a border makes no sense.

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
    loss = checks.number("band", band)
    if loss < 0:
        raise ParameterError(f"band={band!r}: give the loss that still counts as even, 0 or more")
    least = None if median is None else checks.number("median", median)
    if high is not None and checks.number("high", high) <= -loss:
        raise ParameterError(f"high={high!r}: give a profit above {-loss:zg}, where losses end")
    read = entries.read(rows, key=key, numbers={"value": value, "profit": profit})
    gains = read.numbers["profit"][read.numbers["profit"] > loss]
    if high is None and not gains.size:
        raise DataError(f"column {profit!r}: nobody makes a profit; say with high= what is much")
    if high is None:
        middle = float(np.median(gains))
        borders: Cuts = Drawn((0 - loss, middle), f"a loss of {loss:zg} and the median above it")
    else:
        borders = (0 - loss, high)
    return grid(
        rows,
        key=key,
        x=profit,
        y=value,
        x_cuts=borders,
        y_cuts=_quantiles(read, "value", (0.5,), "the median") if least is None else least,
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
    rows : frame
        One row a customer under contract, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
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
    ColumnError
        If a column is not there, or has the name of a column of the answer.
    DataError
        If a value is unusable, or order sizes are too much alike to be cut.
    ParameterError
        If cuts are not two numbers that rise.

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
    if size_cuts is None:
        read = entries.read(rows, key=key, numbers={"order_size": order_size})
        rule = "the median and what one in five exceeds"
        cuts: Cuts = _quantiles(read, "order_size", (0.5, 0.8), rule)
    else:
        cuts = _borders("size_cuts", size_cuts)
    return grid(
        rows,
        key=key,
        x=frames.asked(days_late, "days_late"),
        y=frames.asked(order_size, "order_size"),
        x_cuts=_borders("late_cuts", late_cuts),
        y_cuts=cuts,
        cells=catalogs.entries("contract_tiers"),
        x_bands=("on-time", "slow", "late"),
        y_bands=("small", "middle", "large"),
    )


def _borders(name: str, cuts: Any) -> tuple[float, ...] | None:
    """Return where the second and the third of three bands begin; None as it is."""
    if cuts is None:
        return None
    found = tuple(checks.number(name, c) for c in (cuts if np.iterable(cuts) else [cuts]))
    if len(found) != 2 or found[0] >= found[1]:
        raise ParameterError(f"{name}={cuts!r}: give two numbers, the lower first")
    return found


def _quantiles(read: entries.Entries, role: str, shares: Sequence[float], rule: str) -> Drawn:
    """Return where to cut a column, from its known values."""
    known = read.numbers[role][~np.isnan(read.numbers[role])]
    cuts = np.quantile(known, shares).tolist() if known.size else []
    if len({*cuts}) < len(shares):
        raise DataError(
            f"column {read.source.names[role]!r}: {known.size:,} known values, too few or too "
            "much alike to be cut: say where to cut"
        )
    return Drawn([float(cut) for cut in cuts], rule)
