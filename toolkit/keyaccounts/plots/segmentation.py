"""Figures of chapter 3: the RFM grid, the Lorenz curve, the whale curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from keyaccounts import checks, frames
from keyaccounts.errors import DataError
from keyaccounts.patterns import concentration
from keyaccounts.plots.style import ACCENT, GRID, INK, MUTED, SIGNAL, count_on, finding, styled
from keyaccounts.segmentation import RFM, WhaleCurve
from keyaccounts.tables import percent


def rfm_grid(scored: RFM, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    """Show how many customers stand in each pair of recency and frequency scores.

    Parameters
    ----------
    scored : RFM
        Answer of :func:`keyaccounts.segmentation.rfm`.
    title : str, optional
        The finding. Default: how many customers are in the best cell.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If nobody is scored, or `scored` is not an answer of that function.

    Examples
    --------
    >>> import keyaccounts as ka
    >>> ax = ka.plots.rfm_grid(ka.segmentation.rfm(ka.datasets.load("cdnow")))
    >>> ax.get_xlabel()
    'Frequency score (5 = most orders)'
    """
    if not isinstance(scored, RFM):
        raise DataError("pass the answer of ka.segmentation.rfm, not a table")
    bins = scored.bins
    names = {"r": "r", "f": "f"}
    both = frames.collect(frames.read(scored.table, **names).rows.lazy())
    if len(both) == 0:
        raise DataError("nobody is scored: there is nothing to draw")
    counts = np.zeros((bins, bins), dtype=np.int64)
    np.add.at(counts, (both["r"].to_numpy() - 1, both["f"].to_numpy() - 1), 1)
    best = counts[-1, -1] / counts.sum()
    title = title or f"{percent(best)} of customers are recent and frequent buyers"
    return _rfm_grid(ax, counts, title)


@styled
def _rfm_grid(ax: Axes, counts: np.ndarray[Any, Any], title: str) -> None:
    bins = len(counts)
    # Area of the square = number of customers: read by size, not by color alone.
    biggest = counts.max()
    for r in range(bins):
        for f in range(bins):
            n = int(counts[r, f])
            side = 0.94 * (n / biggest) ** 0.5
            corner = r == f == bins - 1
            color = ACCENT if corner else GRID
            at, said = (f + 1 - side / 2, r + 1 - side / 2), f"r={r + 1} f={f + 1} n={n}"
            ax.add_patch(Rectangle(at, side, side, color=color, label=said))
            inside = corner and side > 0.6
            if bins <= 6:
                count_on(ax, f + 1, r + 1, side, f"{n:,}", "#fcfcfa" if inside else INK)
    ax.set(
        xlim=(0.5, bins + 0.5),
        ylim=(0.5, bins + 0.5),
        xticks=range(1, bins + 1),
        yticks=range(1, bins + 1),
        xlabel=f"Frequency score ({bins} = most orders)",
        ylabel=f"Recency score ({bins} = latest)",
    )
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    finding(ax, title)


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
    brought = concentration.pareto_share(values, top, value=value)
    title = title or f"The top {percent(top)} of customers bring {percent(brought)} of the total"
    people = 1 - curve["customer_share"].to_numpy()[::-1]
    total = 1 - curve["value_share"].to_numpy()[::-1]
    people, total = _thinned(people, total)
    return _lorenz(ax, people, total, top, brought, title)


@styled
def _lorenz(
    ax: Axes,
    people: np.ndarray[Any, Any],
    total: np.ndarray[Any, Any],
    top: float,
    brought: float,
    title: str,
) -> None:
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="all alike")
    ax.plot(people, total, color=ACCENT, label="customers")
    ax.plot([top, top], [0, brought], color=SIGNAL, linewidth=1.2)
    ax.plot([0, top], [brought, brought], color=SIGNAL, linewidth=1.2)
    ax.plot(top, brought, "o", color=SIGNAL, markersize=8, label="top")
    ax.annotate(
        f"{percent(top)} bring {percent(brought)}", (top, brought),
        xytext=(10, -16), textcoords="offset points", color=INK,
    )  # fmt: skip
    ax.text(0.66, 0.57, "if all were alike", color=MUTED, fontsize=12)
    _percent_axes(ax, "Customers, largest first", "Share of the total")
    ax.set(xlim=(0, 1), ylim=(0, 1.03))
    finding(ax, title)


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
    if not isinstance(curve, WhaleCurve):
        raise DataError("pass the answer of ka.segmentation.whale_curve, not a table")
    names = {"people": "customer_share", "total": "cumulative_share"}
    found = frames.collect(frames.read(curve.table, **names).rows.lazy().sort("people"))
    people = np.concatenate([[0.0], frames.numbers(found, "people")])
    total = np.concatenate([[0.0], frames.numbers(found, "total")])
    back = curve.peak - total[-1]
    what = "Profit peaks" if curve.base == "total" else "Of all gains, profit peaks"
    title = title or (
        f"{what} at {percent(curve.peak)} with {percent(curve.peak_at)} of customers; "
        f"the rest give back {percent(back)}"
    )
    people, total = _thinned(people, total, keep=curve.peak_at)
    return _whale(ax, people, total, curve.peak_at, curve.peak, title)


@styled
def _whale(
    ax: Axes,
    people: np.ndarray[Any, Any],
    total: np.ndarray[Any, Any],
    peak_at: float,
    peak: float,
    title: str,
) -> None:
    up = people <= peak_at
    ax.axhline(total[-1], color=MUTED, linewidth=1, linestyle="--")
    ax.plot(people[up], total[up], color=ACCENT, label="earning")
    down = people >= peak_at
    ax.plot(people[down], total[down], color=SIGNAL, linestyle=(0, (4, 1)), label="giving back")
    ax.plot(peak_at, peak, "o", color=ACCENT, markersize=8, label="peak")
    ax.annotate(
        f"peak {percent(peak)}", (peak_at, peak),
        xytext=(0, 8), textcoords="offset points", ha="center", color=INK,
    )  # fmt: skip
    ax.annotate(
        f"what is left: {percent(total[-1])}", (1, total[-1]),
        xytext=(-4, -5), textcoords="offset points", ha="right", va="top", color=MUTED,
    )  # fmt: skip
    _percent_axes(ax, "Customers, most profitable first", "Running total of profit")
    ax.set(xlim=(0, 1), ylim=(min(0.0, total.min() * 1.1), peak * 1.15))
    finding(ax, title)


def _percent_axes(ax: Axes, x: str, y: str) -> None:
    ax.xaxis.set_major_formatter(lambda share, _: percent(share))
    ax.yaxis.set_major_formatter(lambda share, _: percent(share))
    ax.set(xlabel=x, ylabel=y)
    ax.grid(axis="y")


def _thinned(
    x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], keep: float | None = None, most: int = 400
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Keep at most about `most` points of a curve, among them the ends and the point at `keep`.

    A curve of a million customers is drawn by four hundred points as well, and stays small.
    """
    if x.size <= most:
        return x, y
    chosen = set(np.linspace(0, x.size - 1, most).round().astype(int).tolist())
    if keep is not None:
        chosen.add(int(np.argmin(np.abs(x - keep))))
    index = sorted(chosen)
    return x[index], y[index]
