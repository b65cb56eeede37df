"""Curves: the running total over customers, from the best to the worst."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from keyaccounts import checks, frames
from keyaccounts.patterns import concentration
from keyaccounts.plots.style import ACCENT, MUTED, SIGNAL, answer, drawing, note
from keyaccounts.segmentation import WhaleCurve
from keyaccounts.tables import percent


def lorenz(
    values: Any,
    *,
    value: str | None = None,
    top: float = 0.2,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Show who carries the total, with what the top customers actually bring marked.

    Parameters
    ----------
    values : array-like or frame
        One number a customer, none negative.
    value : str, optional
        The column, if `values` is a frame.
    top : float, default 0.2
        The share of customers to mark.
    title : str, optional
        The finding. Default: what the top customers bring.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes
        The curve runs from the largest customer to the smallest, so that "the top 20 %" is read
        from the left.

    Raises
    ------
    DataError
        As in :func:`keyaccounts.segmentation.lorenz`.

    Examples
    --------
    >>> ax = ka.plots.lorenz([50, 20, 10, 10, 10])
    >>> ax.get_title()
    'The top 20 % of customers\nbring 50 % of the total'
    """
    checks.fraction("top", top)
    curve = concentration.lorenz(values, value=value)
    people, total = (1 - curve[c].to_numpy()[::-1] for c in ("customer_share", "value_share"))
    brought = float(total[concentration.top_count(len(total) - 1, top)])
    shares = f"{percent(top)} of customers bring {percent(brought)} of the total"
    with drawing(ax, title or f"The top {shares}") as ax:
        ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="all alike")
        ax.plot(*_thinned(people, total), color=ACCENT, label="customers")
        ax.plot([top, top], [0, brought], color=SIGNAL, linewidth=1.2)
        ax.plot([0, top], [brought, brought], color=SIGNAL, linewidth=1.2)
        ax.plot(top, brought, "o", color=SIGNAL, markersize=8, label="top")
        note(ax, f"{percent(top)} bring {percent(brought)}", (top, brought), (10, -16))
        ax.text(0.66, 0.57, "if all were alike", color=MUTED, fontsize=12)
        ax.set(ylim=(0, 1.03), xlabel="Customers, largest first", ylabel="Share of the total")
        _share_axes(ax)
    return ax


def whale(curve: WhaleCurve, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    r"""Show how high profit climbs before the loss-making customers take some of it back.

    Parameters
    ----------
    curve : WhaleCurve
        Answer of :func:`keyaccounts.segmentation.whale_curve`.
    title : str, optional
        The finding. Default: peak, where it is, and what is given back.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If `curve` is not an answer of that function.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import whale_curve
    >>> accounts = pd.DataFrame({"account": list("ABC"), "profit": [90.0, 30.0, -20.0]})
    >>> ka.plots.whale(
    ...     ka.segmentation.whale_curve(accounts, key="account", profit="profit")).get_title()
    'Profit peaks at 120 % with 67 % of\ncustomers; the rest give back 20 %'
    """
    answer(curve, WhaleCurve, "ka.segmentation.whale_curve")
    total = np.concatenate([[0.0], curve.running])
    people = np.arange(total.size) / (total.size - 1)
    left = total[-1]
    what = "Profit peaks" if curve.base == "total" else "Of all gains, profit peaks"
    said = (
        f"{what} at {percent(curve.peak)} with {percent(curve.peak_at)} of customers; "
        f"the rest give back {percent(curve.peak - left)}"
    )
    people, total = _thinned(people, total, keep=curve.peak_at)
    up, down = people <= curve.peak_at, people >= curve.peak_at
    with drawing(ax, title or said) as ax:
        ax.axhline(left, color=MUTED, linewidth=1, linestyle="--")
        ax.plot(people[up], total[up], color=ACCENT, label="earning")
        ax.plot(people[down], total[down], color=SIGNAL, linestyle=(0, (4, 1)), label="giving back")
        ax.plot(curve.peak_at, curve.peak, "o", color=ACCENT, markersize=8, label="peak")
        note(ax, f"peak {percent(curve.peak)}", (curve.peak_at, curve.peak), (0, 8), ha="center")
        there = {"ha": "right", "va": "top", "color": MUTED}
        note(ax, f"what is left: {percent(left)}", (1, left), (-4, -5), **there)
        ax.set(
            ylim=(min(0.0, total.min() * 1.1), curve.peak * 1.15),
            xlabel="Customers, most profitable first", ylabel="Running total of profit",
        )  # fmt: skip
        _share_axes(ax)
    return ax


def _share_axes(ax: Axes) -> None:
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda share, _: percent(share))
    ax.set_xlim(0, 1)
    ax.grid(axis="y")


def _thinned(
    x: frames.Floats, y: frames.Floats, keep: float | None = None, most: int = 400
) -> tuple[frames.Floats, frames.Floats]:
    """Keep at most about `most` points of a curve, among them the ends and the point at `keep`.

    A curve of a million customers is drawn by four hundred points as well, and stays small.
    """
    if x.size <= most:
        return x, y
    chosen = {*np.linspace(0, x.size - 1, most).round().astype(int).tolist()}
    if keep is not None:
        chosen.add(int(np.argmin(np.abs(x - keep))))
    index = sorted(chosen)
    return x[index], y[index]
