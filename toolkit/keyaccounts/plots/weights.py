"""Figures of weights and hours: what counts how much, and who gets the time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keyaccounts.errors import DataError
from keyaccounts.plots.style import ACCENT, GRID, INK, MUTED, SIGNAL, finding, styled
from keyaccounts.segmentation.ahp import ACCEPTABLE, AhpWeights
from keyaccounts.segmentation.time_allocation import TimeAllocation
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
    if not isinstance(weights, AhpWeights):
        raise DataError("pass the answer of ka.segmentation.ahp_weights, not a matrix")
    if title is None:
        title = _said(weights)
    return _ahp_bars(ax, weights.table.sort_values("rank"), weights, title)


def _said(weights: AhpWeights) -> str:
    top = weights.table.sort_values("rank").iloc[0]
    name = str(top["criterion"])
    if weights.consistent:
        share = percent(top["weight"])
        return f"{name[0].upper()}{name[1:]} counts most, {share}, and the answers agree"
    worst, next_ = weights.judgments.iloc[0], weights.judgments.iloc[1]
    if worst["misfit"] - next_["misfit"] < 1e-9:  # as always with three criteria
        return "The answers disagree, and none stands out: ask all of them again"
    return f"The answers disagree: ask again about {worst['first']} and {worst['second']}"


@styled
def _ahp_bars(ax: Axes, ranked: pd.DataFrame, weights: AhpWeights, title: str) -> None:
    share, places = ranked["weight"].to_numpy(), np.arange(len(ranked))
    color = ACCENT if weights.consistent else SIGNAL
    ax.barh(places, share, height=0.6, color=[color, *[GRID] * (len(share) - 1)])
    for place, value in zip(places, share, strict=True):
        ax.annotate(
            percent(value), (value, place),
            xytext=(6, 0), textcoords="offset points", va="center", color=INK,
        )  # fmt: skip
    ratio = weights.consistency_ratio
    side = "below" if weights.consistent else "not below"
    _bar_axes(ax, [str(name) for name in ranked["criterion"]], float(share.max()))
    ax.set_xlabel(
        f"Weight; consistency ratio {number(ratio, '.2f')}, {side} {number(ACCEPTABLE, '.2f')}"
    )
    finding(ax, title)


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
    if not isinstance(hours, TimeAllocation):
        raise DataError("pass the answer of ka.segmentation.time_allocation, not a table")
    first = hours.table.iloc[0]
    if title is None and np.isnan(hours.misallocation):
        title = (
            f"{first['tier']}: {percent(first['customer_share'])} of customers "
            f"get {percent(first['time_share'])} of the hours"
        )
    elif title is None:
        title = f"{percent(hours.misallocation)} of the hours are not where the plan has them"
    return _time_bars(ax, hours.table, title)


@styled
def _time_bars(ax: Axes, tiers: pd.DataFrame, title: str) -> None:
    kinds = [
        ("customer_share", "of customers", GRID),
        ("time_share", "of hours, planned", ACCENT),
        ("actual_share", "of hours, in fact", SIGNAL),
    ]
    drawn = [kind for kind in kinds if not tiers[kind[0]].isna().all()]
    height = 0.8 / len(drawn)
    places = np.arange(len(tiers))
    for row, (column, label, color) in enumerate(drawn):
        at = places + (row - (len(drawn) - 1) / 2) * height
        share = tiers[column].to_numpy()
        ax.barh(at, share, height=height * 0.88, color=color, label=label)
        for place, value in zip(at, share, strict=True):
            ax.annotate(
                f"{percent(value)} {label}", (value, place),
                xytext=(5, 0), textcoords="offset points", va="center",
                color=MUTED if column == "customer_share" else INK,
            )  # fmt: skip
    widest = float(np.nanmax(tiers[[kind[0] for kind in drawn]].to_numpy()))
    _bar_axes(ax, [str(name) for name in tiers["tier"]], widest, room=1.9)
    finding(ax, title)


def _bar_axes(ax: Axes, names: list[str], widest: float, room: float = 1.18) -> None:
    """Set up horizontal bars, the first on top, with room for the words behind them."""
    ax.set(
        xlim=(0, widest * room), ylim=(len(names) - 0.45, -0.55),
        yticks=range(len(names)), yticklabels=names, xticks=_steps(widest),
    )  # fmt: skip
    ax.xaxis.set_major_formatter(lambda share, _: percent(share))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _steps(widest: float) -> np.ndarray[Any, Any]:
    """Return ticks up to the longest bar; behind it stand words."""
    step = 0.2 if widest > 0.4 else 0.1
    return np.arange(0, widest + 1e-9, step)
