"""Grids: how many stand in each named cell, and where each customer stands."""

from __future__ import annotations

from itertools import product

import numpy as np
from matplotlib.axes import Axes

from keyaccounts.errors import DataError
from keyaccounts.patterns.grid import Grid
from keyaccounts.plots.cells import square
from keyaccounts.plots.style import ACCENT, GRID, INK, MUTED, answer, bare, drawing, note, wrapped


def grid_cells(
    found: Grid,
    *,
    accent: str | None = None,
    x_label: str | None = None,
    y_label: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Show the named cells of a grid and how many customers stand in each.

    Parameters
    ----------
    found : Grid
        Answer of :func:`keyaccounts.patterns.grid.grid` or a method that returns one.
    accent : str, optional
        Id of the cell to point out. Default: the one with the most customers.
    x_label, y_label : str, optional
        What the axes are. Default: the names of the columns.
    title : str, optional
        The finding. Default: how many stand in the cell that is pointed out.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes
        Area of a square = number of customers. Who lacks a score is counted below the grid.

    Raises
    ------
    DataError
        If `found` is no grid, nobody has both scores, or there is no cell `accent`.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import kaism
    >>> accounts = pd.DataFrame({"account": ["A", "B", "C"], "size": [9, 8, 2], "trust": [8, 7, 6]})
    >>> ax = ka.plots.grid_cells(
    ...     ka.segmentation.kaism(
    ...         accounts, key="account", attractiveness=["size"], strength=["trust"]))
    >>> ax.get_title()
    '2 of 3 customers: key account'
    """
    answer(found, Grid, "a grid, such as ka.segmentation.kaism")
    counts = found.counts.iloc[:-1]
    most = counts["customers"].max()
    accent = accent or str(counts["cell"].iloc[int(counts["customers"].argmax())])
    wide, high = len(found.x_bands), len(found.y_bands)
    with drawing(ax, _title(found, accent, title)) as ax:
        for cell in counts.to_dict("records"):
            x, y = found.x_bands.index(cell["x_band"]), found.y_bands.index(cell["y_band"])
            name, n, pointed = str(cell["name"]), cell["customers"], cell["cell"] == accent
            square(ax, x, y, n / most, f"{name}: {n}", color=GRID, linewidth=0)
            if pointed:  # around the cell, where it crosses no word
                square(
                    ax, x, y, 1, f"{name}, pointed out", full=0.97,
                    fill=False, edgecolor=ACCENT, linewidth=2.2,
                )  # fmt: skip
            ax.text(
                x, y, f"{n:,}\n{wrapped(name, 28 // wide + 4)}", ha="center", va="center",
                fontsize=11.5, color=INK, fontweight="bold" if pointed else "normal",
                linespacing=1.15,
            )  # fmt: skip
        for border in range(1, wide):
            ax.axvline(border - 0.5, color=MUTED, linewidth=1)
        for border in range(1, high):
            ax.axhline(border - 0.5, color=MUTED, linewidth=1)
        ax.set(
            xlim=(-0.5, wide - 0.5), ylim=(-0.5, high - 0.5),
            xticks=range(wide), xticklabels=found.x_bands, yticks=range(high),
        )  # fmt: skip
        ax.set_yticklabels(found.y_bands, rotation=90, va="center")
        _label_axes(ax, found, x_label, y_label)
        bare(ax, "left", "bottom")
    return ax


def grid_scatter(
    found: Grid,
    *,
    accent: str | None = None,
    x_label: str | None = None,
    y_label: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    r"""Show where each customer stands in a grid, with the cuts and the names of the cells.

    Parameters
    ----------
    found : Grid
        Answer of :func:`keyaccounts.patterns.grid.grid` or a method that returns one, of two
        scores that are numbers.
    accent : str, optional
        Id of the cell to point out. Default: the first in the method's list.
    x_label, y_label : str, optional
        What the axes are. Default: the names of the columns.
    title : str, optional
        The finding. Default: how many stand in the cell that is pointed out.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes
        The customers of that cell are diamonds in the accent color, the others circles.

    Raises
    ------
    DataError
        If `found` is no grid of numbers, nobody has both scores, or there is no cell `accent`.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import kaism
    >>> accounts = pd.DataFrame({"account": ["A", "B", "C"], "size": [9, 8, 2], "trust": [8, 7, 6]})
    >>> ax = ka.plots.grid_scatter(
    ...     ka.segmentation.kaism(
    ...     accounts, key="account", attractiveness=["size"], strength=["trust"]))
    >>> ax.get_xlabel()
    'Relative strength'
    """
    what = "a grid of two numbers, such as ka.segmentation.kaism"
    answer(found, Grid, what)
    if len(found.scores) < 2:
        raise DataError(f"pass the answer of {what}: words have no places between them")
    accent = accent or str(found.cells[0]["id"])
    x, y = found.scores["x"], found.scores["y"]
    known, there = ~(np.isnan(x) | np.isnan(y)), found.standing == accent
    names = {(cell["x"], cell["y"]): str(cell["english"]) for cell in found.cells}
    with drawing(ax, _title(found, accent, title)) as ax:
        for which, marker, color, size, alpha, label in (
            (known & ~there, "o", MUTED, 5, 0.6, "others"),
            (there, "D", ACCENT, 6, None, "best"),
        ):
            ax.plot(
                x[which], y[which], marker, color=color, markersize=size, alpha=alpha, label=label
            )
        for cut in found.x_cuts:
            ax.axvline(cut, color=MUTED, linewidth=1, linestyle="--")
        for cut in found.y_cuts:
            ax.axhline(cut, color=MUTED, linewidth=1, linestyle="--")
        ax.margins(0)
        across, up = _edges(ax.get_xlim(), found.x_cuts), _edges(ax.get_ylim(), found.y_cuts)
        last = len(found.y_bands) - 1
        for (i, x_band), (j, y_band) in product(enumerate(found.x_bands), enumerate(found.y_bands)):
            top = j == last  # names stand at the outer edges, where there are few customers
            at = (across[i] + across[i + 1]) / 2, up[j + 1] if top else up[j]
            side = {"ha": "center", "va": "top" if top else "bottom", "fontsize": 12}
            note(ax, wrapped(names[x_band, y_band], 18), at, (0, -2 if top else 2), **side)
        for axis, values, ends in ((ax.xaxis, x, across), (ax.yaxis, y, up)):
            low, high = min(np.nanmin(values), ends[1]), max(np.nanmax(values), ends[-2])
            axis.set_ticks([tick for tick in axis.get_ticklocs() if low <= tick <= high])
        ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
        _label_axes(ax, found, x_label, y_label)
    return ax


def _edges(ends: tuple[float, float], cuts: tuple[float, ...]) -> list[float]:
    """Return the ends of an axis with the cuts between, and room for names in the outer bands."""
    room = 0.3 * (ends[1] - ends[0])
    return [min(ends[0], cuts[0]) - room, *cuts, max(ends[1], cuts[-1]) + room]


def _title(found: Grid, accent: str, title: str | None) -> str:
    """Return the title, or how many stand in the cell that is pointed out, if there is one."""
    if found.counts["customers"].iloc[:-1].sum() == 0:
        raise DataError("nobody has both scores: there is nothing to draw")
    names = {str(cell["id"]): str(cell["english"]) for cell in found.cells}
    if accent not in names:
        raise DataError(f"no cell {accent!r}: there are {', '.join(names)}")
    customers = found.counts["customers"]
    there = customers[found.counts["cell"] == accent].sum()
    return title or f"{there:,} of {customers.sum():,} customers: {names[accent]}"


def _label_axes(ax: Axes, found: Grid, x_label: str | None, y_label: str | None) -> None:
    """Say what the axes are, by default by the names of the columns, and who is not shown."""
    x, y = (name.replace("_", " ") for name in (x_label or found.x, y_label or found.y))
    said = f" ({found.unknown:,} unknown, not shown)" if found.unknown else ""
    ax.set(xlabel=x[:1].upper() + x[1:] + said, ylabel=y[:1].upper() + y[1:])
