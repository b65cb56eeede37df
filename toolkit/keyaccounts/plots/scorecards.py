"""Figures of scorecards: which item holds the score back."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from keyaccounts.errors import DataError
from keyaccounts.patterns.scorecard import Scorecard
from keyaccounts.plots.style import ACCENT, GRID, INK, finding, styled, wrapped
from keyaccounts.tables import percent


def scorecard_items(card: Scorecard, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    r"""Show what each item could add to the mean score and what it does add.

    Parameters
    ----------
    card : Scorecard
        Answer of :func:`keyaccounts.patterns.scorecard.scorecard`.
    title : str, optional
        The finding. Default: the item that holds the score back most.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes
        A bar an item, the one with the most room on top: its length is the weight, the filled
        part the mean of those who are known, written beside it.

    Raises
    ------
    DataError
        If `card` is no scorecard, or nothing is known.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.patterns.scorecard import scorecard
    >>> rows = pd.DataFrame({"who": ["A", "B"], "need": [1.0, 0.8], "money": [0.4, None]})
    >>> ax = ka.plots.scorecard_items(
    ...     ka.patterns.scorecard.scorecard(rows, key="who", items=["need", "money"]))
    >>> ax.get_title()
    '"money" holds the score back\nmost: it reaches 40 %'
    """
    if not isinstance(card, Scorecard):
        raise DataError("pass the answer of scorecard, not a table")
    items = card.items.dropna(subset=["mean"]).sort_values("headroom", kind="stable")
    if items.empty:
        raise DataError("nothing is known: there is nothing to draw")
    worst = items.iloc[-1]
    title = title or (
        f'"{_words(worst["item"])}" holds the score back most: it reaches {percent(worst["mean"])}'
    )
    names = [_words(name) for name in items["item"]]
    values = {c: items[c].to_numpy(np.float64) for c in ("weight", "mean", "coverage")}
    return _scorecard_items(ax, names, values, title)


def _words(name: str) -> str:
    return str(name).replace("_", " ")


@styled
def _scorecard_items(
    ax: Axes, names: list[str], values: dict[str, np.ndarray[Any, Any]], title: str
) -> None:
    places = np.arange(len(names))
    weight, mean, known = values["weight"], values["mean"], values["coverage"]
    ax.barh(places, weight, height=0.62, color=GRID, label="weight")
    ax.barh(places, weight * mean, height=0.62, color=ACCENT, label="reached")
    for place, end, reached, share in zip(places, weight, mean, known, strict=True):
        said = percent(reached) + (f", {percent(share)} known" if share < 1 else "")
        ax.annotate(
            said, (end, place), xytext=(5, 0), textcoords="offset points", va="center", color=INK,
            fontsize=11.5,
        )  # fmt: skip
    room = 1.75 if (known < 1).any() else 1.3
    ax.set(
        xlim=(0, weight.max() * room),
        ylim=(-0.6, len(names) - 0.4),
        yticks=places,
        yticklabels=[wrapped(name, 16) for name in names],
        xlabel="Share of the score (filled: reached)",
    )
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(lambda share, _: percent(share))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    finding(ax, title)
