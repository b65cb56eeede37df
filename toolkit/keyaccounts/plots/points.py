"""Points: rates with their intervals, a group a line."""

from __future__ import annotations

import math
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from matplotlib.axes import Axes

from keyaccounts import frames
from keyaccounts.errors import DataError
from keyaccounts.plots.style import ACCENT, MUTED, bare, drawing, note
from keyaccounts.tables import number, percent


def rates(
    table: Any,
    *,
    group: str,
    title: str,
    label: str = "Rate",
    group_label: str | None = None,
    average: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Show the rate of each group with its interval.

    Groups that are numbers have the highest on top; names stand in alphabetical order.

    Parameters
    ----------
    table : frame
        Answer of :func:`keyaccounts.patterns.rates.by_group`. Where it has `trials`, each rate says
        of how many.
    group : str
        The column with the group.
    title : str
        The finding.
    label, group_label : str, optional
        What the rate is, and what the groups are; default for the groups: the column name.
    average : float, optional
        A rate to compare with, drawn as a line.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If there are no groups.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.patterns.rates import by_group
    >>> calls = pd.DataFrame({"channel": ["fair", "fair", "phone"], "won": [True, False, False]})
    >>> ax = ka.plots.rates(
    ...     ka.patterns.rates.by_group(calls, group="channel", success="won"),
    ...     group="channel", title="Won")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['phone', 'fair']
    >>> [text.get_text() for text in ax.texts]
    ['0 % of 1', '50 % of 2']
    """
    names = {"group": group, "rate": "rate", "low": "low", "high": "high"}
    counted = {"trials"} & {*nw.from_native(table).collect_schema().names()}
    names |= {column: column for column in counted}
    found = frames.collect(frames.read(table, **names).rows.lazy().sort("group"))
    if len(found) == 0:
        raise DataError("there are no groups to draw")
    upward = 1 if found["group"].dtype.is_numeric() else -1
    labels = [str(value) for value in found["group"].to_list()][::upward]
    rate, low, high = (frames.numbers(found, c)[::upward] for c in ("rate", "low", "high"))
    trials = frames.numbers(found, "trials")[::upward] if counted else ()
    places = np.arange(len(labels))
    with drawing(ax, title) as ax:
        ax.hlines(places, low, high, color=ACCENT, linewidth=2.2)
        ax.plot(rate, places, "o", color=ACCENT, markersize=8)
        for place, value in zip(places, rate, strict=True):
            # in a column of their own, where they meet neither the dots nor the average's line
            said = percent(value) + (f" of {number(trials[place])}" if counted else "")
            beside = {"xycoords": ("axes fraction", "data"), "va": "center"}
            note(ax, said, (1, place), (6, 0), **beside)
        least, above = min(low), 0.4
        if average is not None:
            least, above = min(least, average), 0.1
            ax.axvline(average, color=MUTED, linewidth=1, linestyle="--")
            at = average, len(labels) - 0.45
            note(ax, f"all: {percent(average)}", at, (5, 0), va="center", color=MUTED)
        start = math.floor(10 * least - 0.5) / 10 if least > 0.4 else 0
        ax.set(
            xlim=(start, min(1.02, max(high) * 1.04)), ylim=(-0.6, len(labels) - above),
            yticks=places, yticklabels=labels, xlabel=label, ylabel=group_label or group,
        )  # fmt: skip
        ax.xaxis.set_major_formatter(lambda share, _: percent(share))
        bare(ax, "left")
        ax.grid(axis="x")
    return ax
