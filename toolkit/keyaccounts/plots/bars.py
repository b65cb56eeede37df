"""Bars: shares side by side, with their words behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from keyaccounts.errors import DataError
from keyaccounts.plots.style import ACCENT, GRID, INK, MUTED, SIGNAL, answer, bare, drawing, note
from keyaccounts.segmentation import AhpWeights, Pyramid, TimeAllocation
from keyaccounts.segmentation.ahp import ACCEPTABLE
from keyaccounts.tables import number, percent


def ahp_bars(weights: AhpWeights, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    r"""Show how much each criterion counts, and whether the comparisons agree.

    Parameters
    ----------
    weights : AhpWeights
        Answer of :func:`keyaccounts.segmentation.ahp_weights`.
    title : str, optional
        The finding. Default: what counts most; or, where the answers contradict each other, which
        one to look at again.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If `weights` is not an answer of that function.

    Examples
    --------
    >>> from keyaccounts.segmentation import ahp_weights, comparisons
    >>> ax = ka.plots.ahp_bars(
    ...     ka.segmentation.ahp_weights(
    ...         ka.segmentation.comparisons([3, 5, 3], ["profit", "growth", "credit"])))
    >>> ax.get_title()
    'Profit counts most, 64 %,\nand the answers agree'
    """
    answer(weights, AhpWeights, "ka.segmentation.ahp_weights")
    ranked = weights.table.sort_values("rank")
    names, shares = ranked["criterion"].astype(str).tolist(), ranked["weight"].to_numpy()
    worst, *others = weights.judgments.to_dict("records")[:2] or [{}]
    if weights.consistent:
        first = f"{names[0][0].upper()}{names[0][1:]}"
        said = f"{first} counts most, {percent(shares[0])}, and the answers agree"
    elif worst["misfit"] - others[0]["misfit"] < 1e-9:  # as always with three criteria
        said = "The answers disagree, and none stands out: ask all of them again"
    else:
        said = f"The answers disagree: ask again about {worst['first']} and {worst['second']}"
    color = ACCENT if weights.consistent else SIGNAL
    with drawing(ax, title or said) as ax:
        _bars(ax, names, [(shares, "", [color, *[GRID] * (len(names) - 1)])], thick=0.75)
        _share_axis(ax, float(shares.max()), room=1.18)
        side = "below" if weights.consistent else "not below"
        ratio, most = (number(r, ".2f") for r in (weights.consistency_ratio, ACCEPTABLE))
        ax.set_xlabel(f"Weight; consistency ratio {ratio}, {side} {most}")
    return ax


def pyramid_bars(found: Pyramid, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    r"""Show for each tier its share of customers beside its share of the profit.

    Parameters
    ----------
    found : Pyramid
        Answer of :func:`keyaccounts.segmentation.pyramid`.
    title : str, optional
        The finding. Default: what the two upper tiers bring.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If `found` is not an answer of that function, or the total is not above zero.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import pyramid
    >>> accounts = pd.DataFrame({"account": list("ABCDE"), "profit": [50, 20, 9, 4, -3]})
    >>> found = ka.segmentation.pyramid(
    ...     accounts, key="account", value="profit", cuts=(0.2, 0.4, 0.8))
    >>> ka.plots.pyramid_bars(found).get_title()
    'Platinum and gold: 40 % of\ncustomers, 88 % of the total'
    """
    answer(found, Pyramid, "ka.segmentation.pyramid")
    names = found.tiers["tier"].tolist()
    share, brought = (found.tiers[c].to_numpy() for c in ("share", "share_of_total"))
    if np.isnan(brought).any():
        raise DataError("the total is not above zero: tiers have no share of it to draw")
    upper = len(names[:2]) if len(names) > 2 else 1
    size, worth = (percent(values[:upper].sum()) for values in (share, brought))
    said = " and ".join(names[:upper])
    said = f"{said[:1].upper()}{said[1:]}: {size} of customers, {worth} of the total"
    colors = [ACCENT if value >= 0 else SIGNAL for value in brought]
    with drawing(ax, title or said) as ax:
        drawn = [(share, "of customers", MUTED), (brought, "of the total", colors)]
        _bars(ax, names, drawn, thick=0.9, margin=0.6)
        ax.axvline(0, color=MUTED, linewidth=1)
        most = max(share.max(), brought.max())
        ax.set(xlim=(min(0.0, brought.min() * 1.1), most * 1.6), xticks=[])
        bare(ax, "left", "bottom")
    return ax


def time_bars(hours: TimeAllocation, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    r"""Show the share of customers and the share of hours of each tier side by side.

    Parameters
    ----------
    hours : TimeAllocation
        Answer of :func:`keyaccounts.segmentation.time_allocation` or
        :func:`keyaccounts.segmentation.time_spent`.
    title : str, optional
        The finding. Default: how much of the time is not where the plan has it; without actual
        hours, what the first tier gets.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If `hours` is not an answer of those functions.

    Examples
    --------
    >>> from keyaccounts.segmentation import time_allocation
    >>> ka.plots.time_bars(ka.segmentation.time_allocation()).get_title()
    'vip: 10 % of customers\nget 60 % of the hours'
    """
    answer(hours, TimeAllocation, "ka.segmentation.time_allocation")
    tiers = hours.table
    kinds = [
        ("customer_share", "of customers", GRID),
        ("time_share", "of hours, planned", ACCENT),
        ("actual_share", "of hours, in fact", SIGNAL),
    ]
    drawn = [
        (tiers[column].to_numpy(), said, color)
        for column, said, color in kinds
        if not tiers[column].isna().all()
    ]
    first = tiers.iloc[0]
    said = f"{percent(hours.misallocation)} of the hours are not where the plan has them"
    if np.isnan(hours.misallocation):
        size, time = percent(first["customer_share"]), percent(first["time_share"])
        said = f"{first['tier']}: {size} of customers get {time} of the hours"
    with drawing(ax, title or said) as ax:
        _bars(ax, tiers["tier"].astype(str).tolist(), drawn, thick=0.88, away=5)
        _share_axis(ax, max(float(np.nanmax(shares)) for shares, *_ in drawn), room=1.9)
    return ax


Series = list[tuple[np.ndarray[Any, Any], str, Any]]


def _bars(
    ax: Axes,
    names: list[str],
    series: Series,
    *,
    thick: float,
    away: float = 6,
    margin: float = 0.55,
) -> None:
    """Draw a bar a name and series, the first on top, with its percent and words behind it."""
    height, last = 0.8 / len(series), len(names) - 1
    for row, (shares, words, color) in enumerate(series):
        places = np.arange(len(names)) + (row - (len(series) - 1) / 2) * height
        ax.barh(places, shares, height * thick, color=color, label=words or None)
        for place, share in zip(places, shares, strict=True):
            said, ink = f"{percent(share)} {words}".rstrip(), MUTED if color == GRID else INK
            note(ax, said, (max(share, 0.0), place), (away, 0), va="center", color=ink)
    ax.set(ylim=(last + margin, -margin), yticks=range(len(names)), yticklabels=names)
    bare(ax, "left")


def _share_axis(ax: Axes, widest: float, room: float) -> None:
    """Set ticks up to the longest bar; behind it stand words."""
    step = 0.2 if widest > 0.4 else 0.1
    ax.set(xlim=(0, widest * room), xticks=np.arange(0, widest + 1e-9, step))
    ax.xaxis.set_major_formatter(lambda share, _: percent(share))
