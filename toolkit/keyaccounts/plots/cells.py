"""Cells: squares whose area is a number, such as how many customers stand there."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from keyaccounts.errors import DataError
from keyaccounts.plots.style import ACCENT, GRID, INK, MUTED, SIGNAL, answer, bare, drawing, wrapped
from keyaccounts.segmentation import RFM, KeyAccountDefinitions, Migration
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
    answer(scored, RFM, "ka.segmentation.rfm")
    counts, bins = scored.counts, scored.bins
    if not counts.any():
        raise DataError("nobody is scored: there is nothing to draw")
    best = percent(counts[-1, -1] / counts.sum())
    with drawing(ax, title or f"{best} of customers are recent and frequent buyers") as ax:
        for (r, f), n in np.ndenumerate(counts):
            corner = r == f == bins - 1
            part, label = n / counts.max(), f"r={r + 1} f={f + 1} n={n}"
            side = square(ax, f + 1, r + 1, part, label, color=ACCENT if corner else GRID)
            if bins <= 6:
                _count(ax, f + 1, r + 1, side, int(n), "#fcfcfa" if corner and side > 0.6 else INK)
        ax.set(
            xlim=(0.5, bins + 0.5), ylim=(0.5, bins + 0.5),
            xticks=range(1, bins + 1), yticks=range(1, bins + 1),
            xlabel=f"Frequency score ({bins} = most orders)",
            ylabel=f"Recency score ({bins} = latest)",
        )  # fmt: skip
        bare(ax, "left", "bottom")
    return ax


def square(
    ax: Axes, x: float, y: float, part: float, label: str, full: float = 0.94, **look: Any
) -> float:
    """Draw a square whose area is a part of the largest one's, and return its side."""
    side: float = full * part**0.5
    ax.add_patch(Rectangle((x - side / 2, y - side / 2), side, side, label=label, **look))
    return side


def _count(ax: Axes, x: float, y: float, side: float, n: int, color: str = INK) -> None:
    """Write a count on its square, or beside a square that is too small to hold it."""
    count = f"{n:,}"
    if side == 0 or side >= max(0.3, 0.05 + 0.12 * len(count)):
        ax.text(x, y, count, ha="center", va="center", color=color if side else MUTED)
    else:
        ax.text(x + side / 2 + 0.05, y, count, ha="left", va="center", color=INK)


def migration_matrix(found: Migration, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    r"""Show how many customers moved from which tier to which.

    Parameters
    ----------
    found : Migration
        Answer of :func:`keyaccounts.segmentation.migration`.
    title : str, optional
        The finding. Default: the shares that moved up and down.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes
        Squares grow with the number of customers. On the diagonal they stayed; left of it they
        moved up, right of it down or away.

    Raises
    ------
    DataError
        If `found` is not an answer of that function.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import migration, pyramid
    >>> names = {"key": "account", "value": "profit", "cuts": (0.5,), "names": ("upper", "lower")}
    >>> last = ka.segmentation.pyramid(
    ...     pd.DataFrame({"account": list("ABCD"), "profit": [9, 7, 5, 3]}), **names)
    >>> this = ka.segmentation.pyramid(
    ...     pd.DataFrame({"account": list("ACDE"), "profit": [9, 8, 5, 3]}), **names)
    >>> ka.plots.migration_matrix(ka.segmentation.migration(last, this)).get_title()
    '33 % moved up and 0 %\ndown; 1 are new, 1 gone'
    """
    answer(found, Migration, "ka.segmentation.migration")
    shown = found.table.drop(columns=["before", "customers"])
    rows, columns = found.table["before"].tolist(), [str(name) for name in shown.columns]
    counts, last = shown.to_numpy(), len(rows) - 1
    moved = f"{percent(found.up)} moved up and {percent(found.down)} down"
    if np.isnan(found.stay):
        moved = "Nobody was there both times"
    with drawing(ax, title or f"{moved}; {found.new:,} are new, {found.gone:,} gone") as ax:
        for (before, after), n in np.ndenumerate(counts):
            if before == after == last:  # who was there neither before nor after
                continue
            color: Any = GRID
            if before < last and after != before:  # who is new moved neither up nor down
                color = SIGNAL if after > before else ACCENT
            pale = color if color == GRID else (color, 0.35)  # so that the number can be read on it
            part, label = n / max(counts.max(), 1), f"{rows[before]} to {columns[after]}: {n}"
            side = square(ax, after, before, part, label, full=0.9, facecolor=pale, edgecolor=color)
            _count(ax, after, before, side, int(n))
        ax.set(
            xlim=(-0.5, last + 0.5), ylim=(last + 0.5, -0.5), xticks=range(last + 1),
            yticks=range(last + 1), yticklabels=rows, xlabel="Tier after", ylabel="Tier before",
        )  # fmt: skip
        ax.set_xticklabels(columns, rotation=0 if max(map(len, columns)) < 9 else 20)
        bare(ax, "left", "bottom")
    return ax


def definitions_overlap(
    found: KeyAccountDefinitions, *, title: str | None = None, ax: Axes | None = None
) -> Axes:
    r"""Show how far definitions of a key account name the same customers.

    Parameters
    ----------
    found : KeyAccountDefinitions
        Answer of :func:`keyaccounts.segmentation.key_account_definitions`.
    title : str, optional
        The finding. Default: the pair that agrees least.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes
        Area of a square = customers named by both, as a share of those named by either.

    Raises
    ------
    DataError
        If `found` is not that answer, or no two definitions can be compared.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import key_account_definitions
    >>> accounts = pd.DataFrame({"account": list("AB"), "cars": [12, 3], "firm": [True, False]})
    >>> ax = ka.plots.definitions_overlap(ka.segmentation.key_account_definitions(
    ...     accounts, key="account", columns={"vehicles": "cars", "business": "firm"}))
    >>> ax.get_title()
    'Of the key accounts by fleet or\nbusiness, 50 % are so by both'
    """
    answer(found, KeyAccountDefinitions, "ka.segmentation.key_account_definitions")
    pairs = found.overlap.dropna().to_dict("records")
    if not pairs:
        raise DataError("no two definitions name anybody: there is no overlap to draw")
    least = min(pairs, key=lambda pair: float(pair["jaccard"]))
    one, other = (str(least[side]).replace("_", " ") for side in ("one", "other"))
    said = f"Of the key accounts by {one} or {other}, {percent(least['jaccard'])} are so by both"
    names = [*found.counts["definition"]]
    with drawing(ax, title or said) as ax:
        for pair in pairs:
            x, y, share = names.index(pair["one"]), names.index(pair["other"]), pair["jaccard"]
            label = f"{pair['one']} and {pair['other']}: {percent(share)}"
            square(ax, x, y, float(share), label, color=GRID)
            ax.text(x, y, percent(share), ha="center", va="center", fontsize=12.5, color=INK)
        shown = [wrapped(name.replace("_", " "), 9) for name in names]
        ax.set(
            xlim=(-0.5, len(names) - 1.5), ylim=(len(names) - 0.5, 0.5),
            xticks=range(len(names) - 1), xticklabels=shown[:-1],
            yticks=range(1, len(names)), yticklabels=shown[1:],
        )  # fmt: skip
        ax.tick_params(labelsize=12)
        bare(ax, "left", "bottom")
    return ax
