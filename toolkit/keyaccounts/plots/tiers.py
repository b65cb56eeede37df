"""Figures of chapter 3: the pyramid, who moved between tiers, what accounts take and return."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from keyaccounts import checks, frames
from keyaccounts.errors import DataError
from keyaccounts.plots.style import ACCENT, GRID, INK, MUTED, SIGNAL, count_on, finding, styled
from keyaccounts.segmentation import AccountInvestment, Migration, Pyramid
from keyaccounts.tables import number, percent


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
    if not isinstance(found, Pyramid):
        raise DataError("pass the answer of ka.segmentation.pyramid, not a table")
    tiers = found.tiers
    brought = tiers["share_of_total"].to_numpy()
    if np.isnan(brought).any():
        raise DataError("the total is not above zero: tiers have no share of it to draw")
    names, share = tiers["tier"].tolist(), tiers["share"].to_numpy()
    upper = names[:2] if len(names) > 2 else names[:1]
    size, worth = share[: len(upper)].sum(), brought[: len(upper)].sum()
    said = " and ".join(upper)
    said = (
        f"{said[0].upper()}{said[1:]}: {percent(size)} of customers, {percent(worth)} of the total"
    )
    return _pyramid_bars(ax, names, share, brought, title or said)


@styled
def _pyramid_bars(
    ax: Axes,
    names: list[str],
    share: np.ndarray[Any, Any],
    brought: np.ndarray[Any, Any],
    title: str,
) -> None:
    places = np.arange(len(names))[::-1]
    ax.barh(places + 0.2, share, 0.36, color=MUTED, label="customers")
    colors = [ACCENT if value >= 0 else SIGNAL for value in brought]
    ax.barh(places - 0.2, brought, 0.36, color=colors, label="total")
    ends = ((share, 0.2, "of customers"), (brought, -0.2, "of the total"))
    for values, shift, what in ends:
        for place, value in zip(places, values, strict=True):
            ax.annotate(
                f"{percent(value)} {what}", (max(value, 0.0), place + shift),
                xytext=(6, 0), textcoords="offset points", va="center", color=INK,
            )  # fmt: skip
    most = max(share.max(), brought.max())
    ax.axvline(0, color=MUTED, linewidth=1)
    ax.set(xlim=(min(0.0, brought.min() * 1.1), most * 1.6), yticks=places)
    ax.set_yticklabels(names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_xticks([])
    finding(ax, title)


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
    if not isinstance(found, Migration):
        raise DataError("pass the answer of ka.segmentation.migration, not a table")
    shown = found.table.drop(columns=["before", "customers"])
    moved = f"{percent(found.up)} moved up and {percent(found.down)} down"
    if np.isnan(found.stay):
        moved = "Nobody was there both times"
    title = title or f"{moved}; {found.new:,} are new, {found.gone:,} gone"
    rows, columns = found.table["before"].tolist(), [str(name) for name in shown.columns]
    return _migration_matrix(ax, shown.to_numpy(), rows, columns, title)


@styled
def _migration_matrix(
    ax: Axes, counts: np.ndarray[Any, Any], rows: list[str], columns: list[str], title: str
) -> None:
    last = len(rows) - 1
    biggest = max(counts.max(), 1)
    for (before, after), n in np.ndenumerate(counts):
        if before == after == last:  # who was there neither before nor after
            continue
        color = GRID
        if before < last and after != before:  # who is new moved neither up nor down
            color = SIGNAL if after > before else ACCENT
        side = 0.9 * (n / biggest) ** 0.5
        corner = (after - side / 2, before - side / 2)
        label = f"{rows[before]} to {columns[after]}: {n}"
        pale = color if color == GRID else (color, 0.35)  # so that the number can be read on it
        ax.add_patch(Rectangle(corner, side, side, facecolor=pale, edgecolor=color, label=label))
        count_on(ax, after, before, side, f"{n:,}")
    ax.set(
        xlim=(-0.5, last + 0.5), ylim=(last + 0.5, -0.5), xticks=range(last + 1),
        yticks=range(last + 1), xlabel="Tier after", ylabel="Tier before",
    )  # fmt: skip
    turned = 0 if max(map(len, columns)) < 9 else 20
    ax.set_xticklabels(columns, rotation=turned)
    ax.set_yticklabels(rows)
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    finding(ax, title)


def investment_bars(
    found: AccountInvestment, *, most: int = 8, title: str | None = None, ax: Axes | None = None
) -> Axes:
    r"""Show what the accounts that take most take, and whether their margin pays for it.

    Parameters
    ----------
    found : AccountInvestment
        Answer of :func:`keyaccounts.segmentation.account_investment`.
    most : int, default 8
        How many accounts, from the largest investment.
    title : str, optional
        The finding. Default: how many of them do not pay.
    ax : Axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    Axes
        Bars are the investment, its hatched end the opportunity cost; the point is the margin,
        a cross where it does not reach the end of the bar.

    Raises
    ------
    DataError
        If `found` is not an answer of that function, or has no accounts.
    ParameterError
        If `most` is not a number of accounts.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import account_investment
    >>> log = pd.DataFrame({"customer_id": ["A", "B"], "input": ["samples", "marketing"],
    ...                     "hours": [0.0, 0.0], "cost": [90.0, 40.0]})
    >>> margins = pd.DataFrame(
    ...     {"customer_id": ["A", "B"], "revenue": [200.0, 400.0], "margin": [60.0, 80.0]})
    >>> ka.plots.investment_bars(ka.segmentation.account_investment(log, margins)).get_title()
    'Of the 2 accounts that take\nmost, 1 does not pay for it'
    """
    if not isinstance(found, AccountInvestment):
        raise DataError("pass the answer of ka.segmentation.account_investment, not a table")
    shown = checks.whole("most", most, least=1)
    key = nw.from_native(found.table).collect_schema().names()[0]
    figures = ("cost_to_serve", "displaced_work", "margin")
    rows = frames.read(found.table, key=key, **{name: name for name in figures}).rows.lazy()
    both = nw.col("cost_to_serve") + nw.col("displaced_work")
    largest = rows.with_columns(all=both).sort("all", "key", descending=[True, False]).head(shown)
    top = frames.collect(largest)
    if len(top) == 0:
        raise DataError("there are no accounts to draw")
    served, displaced, margin = (frames.numbers(top, name) for name in figures)
    losing = int((margin < served + displaced).sum())
    pays = "does not pay" if losing == 1 else "do not pay"
    said = f"{losing} {pays} for it" if losing else "all pay for it"
    title = title or f"Of the {len(top)} accounts that take most, {said}"
    return _investment_bars(
        ax, [str(k) for k in top["key"].to_list()], served, displaced, margin, title
    )


@styled
def _investment_bars(
    ax: Axes,
    names: list[str],
    served: np.ndarray[Any, Any],
    displaced: np.ndarray[Any, Any],
    margin: np.ndarray[Any, Any],
    title: str,
) -> None:
    places = np.arange(len(names))[::-1]
    ax.barh(places, served, 0.6, color=GRID, label="cost to serve")
    ax.barh(
        places, displaced, 0.6, left=served, facecolor="none", edgecolor=MUTED, hatch="////",
        linewidth=0.8, label="opportunity cost",
    )  # fmt: skip
    pays = margin >= served + displaced
    for which, marker, color, label in (
        (pays, "o", ACCENT, "margin, pays"),
        (~pays, "X", SIGNAL, "margin, does not"),
    ):
        if which.any():
            ax.plot(
                margin[which], places[which], marker, color=color, markersize=9, linestyle="",
                label=label,
            )  # fmt: skip
    ax.axvline(0, color=MUTED, linewidth=1)
    ax.set(yticks=places, xlabel="Money put in, and margin")
    ax.set_yticklabels(names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.xaxis.set_major_formatter(lambda value, _: number(value))
    ax.locator_params(axis="x", nbins=5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.2), ncols=2, fontsize=12)
    finding(ax, title)
