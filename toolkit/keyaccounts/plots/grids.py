"""Figures of grids: how many stand in each cell, where each customer stands, who overlaps."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from keyaccounts import frames
from keyaccounts.errors import DataError
from keyaccounts.patterns.grid import Grid
from keyaccounts.plots.style import ACCENT, GRID, INK, MUTED, finding, styled, wrapped
from keyaccounts.segmentation import KeyAccountDefinitions
from keyaccounts.tables import percent


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
    if not isinstance(found, Grid):
        raise DataError("pass the answer of a grid, such as ka.segmentation.kaism, not a table")
    counts = found.counts.iloc[:-1]
    known = int(counts["customers"].sum())
    if known == 0:
        raise DataError("nobody has both scores: there is nothing to draw")
    if accent is None:
        accent = str(counts.set_index("cell")["customers"].idxmax())
    name = _cell(found, accent)
    customers = int(counts.loc[counts["cell"] == accent, "customers"].sum())
    title = title or f"{customers:,} of {known + found.unknown:,} customers: {name}"
    cells = [
        (
            found.x_bands.index(row["x_band"]),
            found.y_bands.index(row["y_band"]),
            str(row["name"]),
            int(row["customers"]),
            row["cell"] == accent,
        )
        for row in counts.to_dict("records")
    ]
    labels = (_label(x_label or found.x), _label(y_label or found.y))
    return _grid_cells(ax, cells, (found.x_bands, found.y_bands), labels, found.unknown, title)


def _cell(found: Grid, accent: str) -> str:
    """Return the name of a cell that is to be pointed out."""
    names = {str(cell["id"]): str(cell["english"]) for cell in found.cells}
    if accent not in names:
        raise DataError(f"no cell {accent!r}: there are {', '.join(names)}")
    return names[accent]


def _label(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


@styled
def _grid_cells(
    ax: Axes,
    cells: list[tuple[int, int, str, int, bool]],
    bands: tuple[tuple[str, ...], tuple[str, ...]],
    labels: tuple[str, str],
    unknown: int,
    title: str,
) -> None:
    biggest = max(customers for *_, customers, _ in cells)
    wide, high = (len(names) for names in bands)
    for x, y, name, customers, pointed in cells:
        side = 0.94 * (customers / biggest) ** 0.5
        square = Rectangle(
            (x - side / 2, y - side / 2), side, side, color=GRID, linewidth=0,
            label=f"{name}: {customers}",
        )  # fmt: skip
        ax.add_patch(square)
        if pointed:  # around the cell, where it crosses no word
            frame = Rectangle(
                (x - 0.485, y - 0.485), 0.97, 0.97, fill=False, edgecolor=ACCENT, linewidth=2.2,
                label=f"{name}, pointed out",
            )  # fmt: skip
            ax.add_patch(frame)
        ax.text(
            x, y, f"{customers:,}\n{wrapped(name, 28 // wide + 4)}", ha="center", va="center",
            fontsize=11.5, color=INK, fontweight="bold" if pointed else "normal", linespacing=1.15,
        )  # fmt: skip
    for border in range(1, wide):
        ax.axvline(border - 0.5, color=MUTED, linewidth=1)
    for border in range(1, high):
        ax.axhline(border - 0.5, color=MUTED, linewidth=1)
    said = f" ({unknown:,} unknown, not shown)" if unknown else ""
    ax.set(
        xlim=(-0.5, wide - 0.5), ylim=(-0.5, high - 0.5),
        xticks=range(wide), xticklabels=bands[0], yticks=range(high),
        xlabel=labels[0] + said, ylabel=labels[1],
    )  # fmt: skip
    ax.set_yticklabels(bands[1], rotation=90, va="center")
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    finding(ax, title)


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
    if not isinstance(found, Grid) or not (found.x_cuts and found.y_cuts):
        raise DataError("pass the answer of a grid of two numbers, such as ka.segmentation.kaism")
    names = {"x": found.x, "y": found.y, "cell": "cell"}
    rows = frames.collect(frames.read(found.table, **names).rows.lazy())
    x, y = frames.numbers(rows, "x"), frames.numbers(rows, "y")
    known = ~(np.isnan(x) | np.isnan(y))
    if not known.any():
        raise DataError("nobody has both scores: there is nothing to draw")
    accent = accent or str(found.cells[0]["id"])
    best = np.array(rows["cell"].to_list(), dtype=object) == accent
    title = title or f"{int(best.sum()):,} of {len(x):,} customers: {_cell(found, accent)}"
    labels = (_label(x_label or found.x), _label(y_label or found.y))
    cells = {
        (row["x_band"], row["y_band"]): str(row["name"])
        for row in found.counts.iloc[:-1].to_dict("records")
    }
    return _grid_scatter(ax, x, y, known, best, found, cells, labels, title)


@styled
def _grid_scatter(
    ax: Axes,
    x: np.ndarray[Any, Any],
    y: np.ndarray[Any, Any],
    known: np.ndarray[Any, Any],
    best: np.ndarray[Any, Any],
    found: Grid,
    cells: dict[tuple[Any, Any], str],
    labels: tuple[str, str],
    title: str,
) -> None:
    rest = known & ~best
    ax.plot(x[rest], y[rest], "o", color=MUTED, markersize=5, alpha=0.6, label="others")
    ax.plot(x[best], y[best], "D", color=ACCENT, markersize=6, label="best")
    for cut in found.x_cuts:
        ax.axvline(cut, color=MUTED, linewidth=1, linestyle="--")
    for cut in found.y_cuts:
        ax.axhline(cut, color=MUTED, linewidth=1, linestyle="--")
    ax.margins(0)
    ends = [_edges(ax.get_xlim(), found.x_cuts), _edges(ax.get_ylim(), found.y_cuts)]
    last = len(found.y_bands) - 1
    for i, j in product(range(len(found.x_bands)), range(last + 1)):
        top = j == last  # names stand at the outer edges, where there are few customers
        ax.annotate(
            wrapped(cells[found.x_bands[i], found.y_bands[j]], 18),
            ((ends[0][i] + ends[0][i + 1]) / 2, ends[1][j + 1] if top else ends[1][j]),
            xytext=(0, -2 if top else 2), textcoords="offset points",
            ha="center", va="top" if top else "bottom", fontsize=12, color=INK,
        )  # fmt: skip
    unknown = int((~known).sum())
    said = f" ({unknown:,} unknown, not shown)" if unknown else ""
    for axis, values, limits in ((ax.xaxis, x, ends[0]), (ax.yaxis, y, ends[1])):
        low, high = min(np.nanmin(values), limits[1]), max(np.nanmax(values), limits[-2])
        axis.set_ticks([tick for tick in axis.get_ticklocs() if low <= tick <= high])
    ax.set(xlim=ends[0][:: len(ends[0]) - 1], ylim=ends[1][:: len(ends[1]) - 1])
    ax.set(xlabel=labels[0] + said, ylabel=labels[1])
    finding(ax, title)


def _edges(ends: tuple[float, float], cuts: tuple[float, ...]) -> list[float]:
    """Return the ends of an axis with the cuts between, and room for names in the outer bands."""
    room = 0.3 * (ends[1] - ends[0])
    return [min(ends[0], cuts[0]) - room, *cuts, max(ends[1], cuts[-1]) + room]


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
    ...     accounts, key="account", vehicles="cars", business="firm"))
    >>> ax.get_title()
    'Of the key accounts by fleet or\nbusiness, 50 % are so by both'
    """
    if not isinstance(found, KeyAccountDefinitions):
        raise DataError("pass the answer of ka.segmentation.key_account_definitions, not a table")
    pairs = found.overlap.dropna()
    if pairs.empty:
        raise DataError("no two definitions name anybody: there is no overlap to draw")
    compared = pairs.to_dict("records")
    least = min(compared, key=lambda pair: float(pair["jaccard"]))
    one, other = (str(least[side]).replace("_", " ") for side in ("one", "other"))
    title = title or (
        f"Of the key accounts by {one} or {other}, {percent(least['jaccard'])} are so by both"
    )
    names = [*found.counts["definition"]]
    squares = [
        (names.index(pair["one"]), names.index(pair["other"]), float(pair["jaccard"]))
        for pair in compared
    ]
    return _definitions_overlap(ax, names, squares, title)


@styled
def _definitions_overlap(
    ax: Axes, names: list[str], squares: list[tuple[int, int, float]], title: str
) -> None:
    for x, y, share in squares:
        side = 0.94 * share**0.5
        said = f"{names[x]} and {names[y]}: {percent(share)}"
        corner = (x - side / 2, y - side / 2)
        ax.add_patch(Rectangle(corner, side, side, color=GRID, label=said))
        ax.text(x, y, percent(share), ha="center", va="center", fontsize=11.5, color=INK)
    shown = [wrapped(name.replace("_", " "), 9) for name in names]
    ax.set(
        xlim=(-0.5, len(names) - 1.5), ylim=(len(names) - 0.5, 0.5),
        xticks=range(len(names) - 1), xticklabels=shown[:-1],
        yticks=range(1, len(names)), yticklabels=shown[1:],
    )  # fmt: skip
    ax.tick_params(length=0, labelsize=11.5)
    ax.spines[["left", "bottom"]].set_visible(False)
    finding(ax, title)
