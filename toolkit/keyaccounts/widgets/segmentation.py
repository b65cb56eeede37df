"""Explorers of chapter 3."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from keyaccounts import frames, plots, segmentation
from keyaccounts.tables import Table, number, percent, table
from keyaccounts.widgets.explorer import Explorer, choice, explore, slider


def rfm_explorer(
    orders: pd.DataFrame,
    *,
    days: Sequence[str],
    start: str,
    bins: Sequence[int] = (3, 4, 5, 6, 8),
    chosen: int = 500,
    horizon: int = 180,
    customer: str = "customer_id",
    date: str = "order_date",
    amount: str = "amount",
) -> Explorer:
    """Move the number of bins and the day that counts as today, and see who comes back.

    Parameters
    ----------
    orders : pandas.DataFrame
        One row an order.
    days : sequence of str
        Days to choose from, each at least `horizon` days before the last order.
    start : str
        The day that is chosen at first.
    bins : sequence of int
        Numbers of bins.
    chosen : int, default 500
        How many customers with the highest scores are followed.
    horizon : int, default 180
        For how many days.
    customer, date, amount : str
        Columns, as in :func:`keyaccounts.segmentation.rfm`.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> import keyaccounts as ka
    >>> orders = ka.datasets.load("cdnow")
    >>> ka.widgets.rfm_explorer(
    ...     orders, days=["1997-06-30", "1997-09-30"], start="1997-09-30", bins=[3, 5])
    Explorer (Bins, Scored on): Of the best 500, 60 % bought again in 180 days
    """

    def show(bins: int, as_of: str) -> tuple[Any, Table]:
        scored = segmentation.rfm(
            orders, customer=customer, date=date, amount=amount,
            as_of=as_of, bins=bins, future="drop",
        )  # fmt: skip
        end = pd.Timestamp(as_of) + dt.timedelta(days=horizon)
        after = orders[(orders[date] > as_of) & (orders[date] <= end)]
        back = scored.table[customer].isin(after[customer])
        best = scored.table.nlargest(chosen, ["score", "monetary"]).index
        longest = scored.cuts["recency"][0] // 1  # days are whole: at most 41.5 are at most 41
        numbers = {
            f"best {chosen} who bought again in {horizon} days": percent(back[best].mean()),
            "all customers who did": percent(back.mean()),
            "days since the last order, for the best r": f"{number(longest, 'g')} at most",
            "orders, for the best f": f"more than {number(scored.cuts['frequency'][-1], 'g')}",
            "revenue, for the best m": f"more than {number(scored.cuts['monetary'][-1], '.2f')}",
        }
        title = f"Of the best {chosen}, {percent(back[best].mean())} bought again in {horizon} days"
        return plots.rfm_grid(scored, title=title), table(
            numbers, f"{bins} bins, scored on {as_of}", columns=["measure", "value"]
        )

    return explore(
        show,
        alt="Grid of recency by frequency scores; the area of a square is its number of customers.",
        bins=slider("Bins", list(bins), start=5 if 5 in bins else bins[0]),
        as_of=choice("Scored on", list(days), start=start),
    )


def tail_explorer(
    accounts: Any,
    *,
    key: str,
    revenue: str,
    margin: str,
    cost_to_serve: str,
    worst: Sequence[int],
    start: int | None = None,
    strengths: Sequence[float] = (0.1, 0.25, 0.5),
    unit: str = "customers",
) -> Explorer:
    """Leave the worst accounts, serve them leaner or raise their prices, and see the curve move.

    Parameters
    ----------
    accounts, key, revenue, margin, cost_to_serve :
        As in :func:`keyaccounts.segmentation.tail_scenario`.
    worst : sequence of int
        Numbers of accounts to change something for, the first of them 0.
    start : int, optional
        The one that is chosen at first. Default: the first.
    strengths : sequence of float
        Shares of cost saved or price added.
    unit : str, default "customers"
        What an account is called.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": list("ABC"), "revenue": [400.0, 200.0, 100.0],
    ...     "margin": [120.0, 60.0, 30.0], "cost_to_serve": [40.0, 50.0, 60.0],
    ... })
    >>> ka.widgets.tail_explorer(accounts, key="account", revenue="revenue", margin="margin",
    ...               cost_to_serve="cost_to_serve", worst=[0, 1])
    Explorer (What you do, For the worst, Saved or added): Nothing changed: the profit is 60
    """

    def show(action: str, worst: int, strength: float) -> tuple[Any, Table]:
        found = segmentation.tail_scenario(
            accounts, key=key, revenue=revenue, margin=margin, cost_to_serve=cost_to_serve,
            worst=worst, action=action, strength=strength,
        )  # fmt: skip
        rows = nw.from_native(found.table).lazy()
        kept = frames.collect(rows.filter(nw.col("kept")), key=key)
        losing = int((frames.numbers(kept, "profit_after") < 0).sum())
        curve = segmentation.whale_curve(kept.to_native(), key=key, profit="profit_after")
        before, after = number(found.before), number(found.after)
        by = f"by {percent(found.gain, '.1f', sign='+')}," if found.before > 0 else f"from {before}"
        finding = (
            f"Profit moves {by} to {after}" if worst else f"Nothing changed: the profit is {before}"
        )
        numbers = {
            "profit before": before,
            "profit after": after,
            f"{unit} who lose money": f"{losing:,}",
            "peak of the curve": percent(curve.peak),
            f"{unit} who would notice": f"{worst:,}",
        }
        said = table(numbers, "What the change does", columns=["measure", "value"])
        return plots.whale(curve, title=finding), said

    return explore(
        show,
        alt="Whale curve: the running total of profit, best customers first.",
        action=choice("What you do", list(segmentation.ACTIONS), start="serve leaner"),
        worst=slider(
            "For the worst", list(worst), start=worst[0] if start is None else start, unit=unit
        ),
        strength=slider("Saved or added", list(strengths), start=strengths[-1], unit="%"),
    )
