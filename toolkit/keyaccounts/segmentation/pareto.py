"""Who carries the business: ABC classes and the whale curve (chapter 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from string import ascii_uppercase
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns import concentration
from keyaccounts.tables import Shown, Table, number, percent, table


class Abc(Shown):
    """Answer of :func:`abc`.

    Attributes
    ----------
    table : frame
        Key and value under their own names, `rank`, `share`, `cumulative_share`, `class`;
        largest first.
    excluded : frame
        Keys with a negative total: they have no class.
    cuts : tuple of float
        The shares at which B and C begin.
    """

    table: Any
    excluded: Any
    cuts: tuple[float, ...]
    _left_out: int = field(repr=False)

    def _shown(self) -> Table:
        cuts, n = " and ".join(percent(c, "g") for c in self.cuts), self._left_out
        left_out = f"; {n:,} customer{'s'[: n > 1]} below zero left out" if n else ""
        said = f"ABC classes, cut at {cuts} of the total{left_out}"
        shares = ("share", "cumulative_share")
        return table(self.table, said, percent=shares, digits=dict.fromkeys(shares, 3))


def abc(values: Any, *, key: str, value: str, cuts: Sequence[float] = (0.80, 0.95)) -> Abc:
    """Sort customers into A, B and C by how much of the total stands before them.

    A customer is A while the customers ranked above bring less than 80 % of the total, B while
    they bring less than 95 %, else C. So the one who crosses the line still belongs to the better
    class, and there is always an A.

    Parameters
    ----------
    values : frame
        Any kind the toolkit accepts; several rows of one key are added up, so orders will do.
    key, value : str
        Columns: whose it is, and how much.
    cuts : sequence of float, default (0.80, 0.95)
        Rising shares between 0 and 1. Two cuts give A, B, C; three give A to D; and so on.

    Returns
    -------
    Abc
        `.table` largest first, equal values in order of the key; `.excluded` lists keys with a
        negative total, which take no part in the total either.

    Raises
    ------
    ColumnError, DataError
        If a column or value is unusable, or nothing is left above zero.
    ParameterError
        If the cuts do not rise between 0 and 1.

    Notes
    -----
    80 % and 95 % are the customary cuts, not a law of nature.

    References
    ----------
    Dickie (1951), ABC Inventory Analysis Shoots for Dollars, not Pennies, Factory Management and
    Maintenance 109.

    Examples
    --------
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"account": list("PQRST"), "amount": [60, 25, 8, 5, 2]})
    >>> ka.segmentation.abc(sales, key="account", value="amount").table["class"].tolist()
    ['A', 'A', 'B', 'B', 'C']
    """
    what = "rising shares such as (0.80, 0.95)"
    edges = checks.rising("cuts", cuts, what, each=checks.open_fraction)
    if len(edges) >= len(ascii_uppercase):
        raise ParameterError(f"cuts={cuts!r}: give {what}, fewer than there are letters")
    ranking = concentration.rank(values, key=key, value=value)
    kept = int((ranking.values >= 0).sum())
    found = ranking.values[:kept]
    running = np.cumsum(found)
    if kept == 0 or running[-1] == 0:
        raise DataError(
            f"column {value!r} has nothing above zero: ABC classes share out a positive total"
        )
    share, running = found / running[-1], running / running[-1]
    # Rounded, so that 0.8 reached in floating steps counts as 0.8 on every engine.
    before = np.round(np.concatenate([[0.0], running[:-1]]), 12)
    grade = frames.Words([*ascii_uppercase], np.searchsorted(edges, before, "right"))
    columns = {"rank": np.arange(1, kept + 1), "share": share, "cumulative_share": running}
    ranked = frames.with_arrays(ranking.frame.head(kept), **columns, **{"class": grade})
    excluded = ranking.frame.filter(nw.col("value") < 0)
    return Abc(ranking.answer(ranked), ranking.answer(excluded), edges, len(excluded))


class WhaleCurve(Shown):
    """Answer of :func:`whale_curve`.

    Attributes
    ----------
    table : frame
        Key and profit under their own names, `rank`, `customer_share`, `cumulative_profit`,
        `cumulative_share`; most profitable first.
    peak : float
        Highest cumulated profit, as a multiple of `base` (2.35 = 235 % of the total).
    peak_at : float
        Share of customers at the peak; the rest add nothing.
    erosion : float
        What the rest give back: `peak` less where the curve ends (1.35 = 135 %).
    loss_share : float
        Share of customers who lose money.
    top_share : float
        Share of the total that the best 20 % of customers bring.
    total : float
        Sum of all profits.
    base : {"total", "gains"}
        What shares are of: the total; or, where it is not above zero, the sum of all gains.
    running : array
        `cumulative_share` from the most profitable customer to the least.
    """

    table: Any
    peak: float
    peak_at: float
    erosion: float
    loss_share: float
    top_share: float
    total: float
    base: str
    running: frames.Floats

    def _shown(self) -> Table:
        lost = "" if self.base == "total" else f"; together they lose {number(-self.total)}"
        said = (
            f"Whale curve: {percent(self.peak)} of the {self.base} is earned with "
            f"{percent(self.peak_at)} of customers; {percent(self.loss_share)} lose money{lost}"
        )
        return table(self.table, said, percent=("customer_share", "cumulative_share"))


def whale_curve(profits: Any, *, key: str, profit: str) -> WhaleCurve:
    """Say how much profit the good customers make and how much of it the others give back.

    Customers are ranked from most to least profitable and their profits added up. The curve
    climbs above the total, peaks where profit turns to loss, and comes back down to 100 %.

    Parameters
    ----------
    profits : frame
        Any kind the toolkit accepts; several rows of one key are added up.
    key, profit : str
        Columns: which customer, and the profit after all costs put down to that customer.

    Returns
    -------
    WhaleCurve
        `.table`, `.peak`, `.peak_at`, `.erosion`, `.loss_share`, `.top_share`, `.total`, `.base`.
        Equal profits stand in order of the key. Where the total is zero or below, shares are of
        the sum of all gains, and `.base` says so.

    Raises
    ------
    ColumnError, DataError
        If a column or value is unusable, or no customer makes a profit.

    References
    ----------
    Kaplan and Narayanan (2001), Measuring and Managing Customer Profitability, Journal of Cost
    Management 15(5).

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": list("ABCDEFGHIJ"),
    ...     "profit": [90, 70, 40, 20, 10, 5, 0, -5, -30, -100],
    ... })
    >>> curve = ka.segmentation.whale_curve(accounts, key="account", profit="profit")
    >>> curve.peak, curve.peak_at, curve.loss_share
    (2.35, 0.6, 0.3)
    """
    ranking = concentration.rank(profits, key=key, value=frames.asked(profit, "profit"))
    found = ranking.values
    gains = float(found[found > 0].sum())
    if gains == 0:
        raise DataError(
            f"column {profit!r}: no customer makes a profit, so there is no curve to climb; "
            "look at prices and costs before ranking customers"
        )
    total = frames.sure_total(found)
    base = "total" if total > 0 else "gains"
    running = np.cumsum(found)
    running[-1] = total  # so that the curve ends on it exactly
    share = running / (total if base == "total" else gains)
    n, best = found.size, max(int((found > 0).sum()) - 1, 0)
    top = concentration.top_count(n, 0.2)
    rank = np.arange(1, n + 1)
    sums = {"cumulative_profit": running, "cumulative_share": share}
    ranked = frames.with_arrays(ranking.frame, rank=rank, customer_share=rank / n, **sums)
    return WhaleCurve(
        ranking.answer(ranked),
        peak=float(share[best]),
        peak_at=(best + 1) / n,
        erosion=float(share[best] - share[-1]),
        loss_share=float((found < 0).mean()),
        top_share=float(share[top - 1]),
        total=total,
        base=base,
        running=share,
    )
