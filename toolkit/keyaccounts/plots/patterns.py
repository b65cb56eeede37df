"""Figures of the patterns that several chapters share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from keyaccounts import frames
from keyaccounts.errors import DataError
from keyaccounts.plots.style import ACCENT, INK, MUTED, finding, styled
from keyaccounts.tables import percent


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
        Answer of :func:`keyaccounts.patterns.rates.by_group`.
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
    """
    names = {"group": group, "rate": "rate", "low": "low", "high": "high"}
    found = frames.collect(frames.read(table, **names).rows.lazy().sort("group"))
    if len(found) == 0:
        raise DataError("there are no groups to draw")
    upward = 1 if found["group"].dtype.is_numeric() else -1
    labels = [str(value) for value in found["group"].to_list()][::upward]
    values = {c: frames.numbers(found, c)[::upward] for c in ("rate", "low", "high")}
    return _rates(ax, labels, values, title, label, group_label or group, average)


@styled
def _rates(
    ax: Axes,
    labels: list[str],
    values: dict[str, np.ndarray[Any, Any]],
    title: str,
    label: str,
    group_label: str,
    average: float | None,
) -> None:
    places = np.arange(len(labels))
    rate, low, high = values["rate"], values["low"], values["high"]
    ax.hlines(places, low, high, color=ACCENT, linewidth=2.2)
    ax.plot(rate, places, "o", color=ACCENT, markersize=8)
    for place, value in zip(places, rate, strict=True):
        # in a column of their own, where they meet neither the dots nor the line of the average
        ax.annotate(
            percent(value), (1, place), xycoords=("axes fraction", "data"),
            xytext=(6, 0), textcoords="offset points", va="center", color=INK,
        )  # fmt: skip
    least = min(low)
    if average is not None:
        least = min(least, average)
        ax.axvline(average, color=MUTED, linewidth=1, linestyle="--")
        ax.annotate(
            f"all: {percent(average)}", (average, len(labels) - 0.45),
            xytext=(5, 0), textcoords="offset points", va="center", color=MUTED,
        )  # fmt: skip
    ax.set(
        xlim=(math.floor(10 * least - 0.5) / 10 if least > 0.4 else 0, min(1.02, max(high) * 1.04)),
        ylim=(-0.6, len(labels) - (0.4 if average is None else 0.1)),
        yticks=places,
        yticklabels=labels,
        xlabel=label,
        ylabel=group_label,
    )
    ax.xaxis.set_major_formatter(lambda share, _: percent(share))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    finding(ax, title)
