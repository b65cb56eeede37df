"""An account as an investment: what goes in, what comes back (chapter 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, number, table
from keyaccounts.totals import DISPLACED, brought_and_taken, totals


class AccountInvestment(Shown):
    """Answer of :func:`account_investment`.

    Attributes
    ----------
    table : frame
        One row an account, best net first: the account under its own name; the nine inputs, each
        under its id and in money, the ninth (`displaced_work`) being the opportunity cost;
        `cost_to_serve` (the first eight), `investment` (all nine), `revenue`, `margin`, `net`
        (margin − investment), `roi` (net ÷ investment; missing where nothing was put in),
        `break_even_revenue` (the revenue whose margin would pay the investment; missing where
        there is no margin), `rank`.
    inputs : pandas.DataFrame
        One row an input: `input`, `cost` (of all accounts), `share` (of all that was put in).
    net : float
        Net of all accounts.
    """

    table: Any
    inputs: pd.DataFrame
    net: float
    _key: str = field(repr=False)

    def _shown(self) -> Table:
        figures = ["cost_to_serve", DISPLACED, "margin", "net", "roi"]
        said = f"{number(self.inputs['cost'].sum())} put into accounts, {number(self.net)} net"
        return table(self.table, said, columns=[self._key, *figures], percent=("roi",))


def account_investment(
    log: Any,
    margins: Any,
    *,
    key: str = "customer_id",
    input: str = "input",
    hours: str = "hours",
    cost: str = "cost",
    revenue: str = "revenue",
    margin: str = "margin",
    rates: Mapping[str, float] | None = None,
    alternative: float | None = None,
) -> AccountInvestment:
    """Say what you put into each account, and whether it pays better than elsewhere.

    An account takes nine things: sellers' time, calls, marketing, proposals, technicians' and
    managers' time, literature, samples, and the work that was left undone elsewhere for it. The
    first eight are its cost to serve; the ninth is the opportunity cost.

    Parameters
    ----------
    log : frame
        One row an entry of the service log, of any kind the toolkit accepts.
    margins : frame
        What each account paid and what of it was left after the cost of goods; several rows of
        one account are added up.
    key : str, default "customer_id"
        Column of both tables: which account.
    input, hours, cost : str
        Columns of `log`: which of the nine, as in ``reference("investment_inputs")``; how many
        hours; how much money.
    revenue, margin : str
        Columns of `margins`.
    rates : dict of str to float, optional
        Input → what an hour of it costs. It is added to `cost`, so give it only where `cost`
        holds the money spent besides. Default: `cost` holds the hours as well.
    alternative : float, optional
        What an hour of displaced work would have left with the best other customer, after the
        pay for that hour. Displaced work then counts hours × this, and its `cost` does not count.
        Default: its `cost` is that already.

    Returns
    -------
    AccountInvestment
        `.table` (the kind of frame of `margins`), `.inputs`, `.net`. Accounts of which one table
        knows nothing have zeros there. Feed the curve of profits with
        ``whale_curve(found.table, key=…, profit="net")``.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a number is missing or not finite, an input is none of the nine, or the two tables do
        not fit together.
    ParameterError
        If a rate is no number of zero or more, or is of no input that can have one.

    Notes
    -----
    Nothing counts twice: the pay of an hour stands under the input that took it, and displaced
    work holds only what that hour would have left beyond its pay. That is why it has no rate.

    References
    ----------
    Cooper and Kaplan (1991), Profit Priorities from Activity-Based Costing, Harvard Business
    Review 69(3).

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "customer_id": ["A", "A", "B"], "input": ["sales_time", "displaced_work", "samples"],
    ...     "hours": [10.0, 4.0, 0.0], "cost": [0.0, 0.0, 90.0],
    ... })
    >>> margins = pd.DataFrame(
    ...     {"customer_id": ["A", "B"], "revenue": [9000.0, 400.0], "margin": [3000.0, 80.0]})
    >>> found = ka.segmentation.account_investment(
    ...     log, margins, rates={"sales_time": 130}, alternative=50)
    >>> found.table[["customer_id", "cost_to_serve", "displaced_work", "net", "roi"]]
      customer_id  cost_to_serve  displaced_work     net       roi
    0           A         1300.0           200.0  1500.0  1.000000
    1           B           90.0             0.0   -10.0 -0.111111
    """
    inputs = tuple(entry["id"] for entry in catalogs.entries("investment_inputs"))
    priced = _prices(rates, alternative, inputs)
    found = brought_and_taken(
        totals(margins, key=key, revenue=revenue, margin=margin),
        log,
        priced,
        key=key,
        input=input,
        hours=hours,
        cost=cost,
    )
    figures = found.figures
    spent = {name: figures[name] for name in inputs}
    paid, kept, served = figures["revenue"], figures["margin"], figures["cost_to_serve"]
    invested = frames.steady(served + spent[DISPLACED])
    net = frames.less(kept, invested)
    columns = {
        **spent,
        "cost_to_serve": served,
        "investment": invested,
        "revenue": paid,
        "margin": kept,
        "net": net,
        "roi": net / np.where(invested > 0, invested, np.nan),
        "break_even_revenue": invested * paid / np.where((kept > 0) & (paid > 0), kept, np.nan),
    }
    order = np.argsort(-net, kind="stable")
    ranked: dict[str, Any] = {name: values.take(order) for name, values in columns.items()}
    ranked |= {"rank": np.arange(1, net.size + 1)}
    answer = frames.answered(found.source, found.keys[order, :], "key", **ranked)
    cost_of = np.array([spent[name].sum() for name in inputs])
    whole = cost_of.sum()
    shown = pd.DataFrame(
        {"input": inputs, "cost": cost_of, "share": cost_of / whole if whole > 0 else np.nan}
    )
    return AccountInvestment(answer, shown, frames.sure_total(net), str(key))


def _prices(
    rates: Mapping[str, float] | None, alternative: float | None, inputs: tuple[str, ...]
) -> dict[str, tuple[float, bool]]:
    """Return input → what an hour of it costs, and whether the logged money counts."""
    prices = dict.fromkeys(inputs, (0.0, True))
    for name, rate in (rates or {}).items():
        if name == DISPLACED:
            raise ParameterError(
                f"rates= names {DISPLACED!r}: the pay of these hours stands under another input "
                "already. Give what they would have left elsewhere with alternative=…"
            )
        checks.choice("rates", name, inputs[:-1])
        prices[name] = (checks.not_negative(f"rates[{name!r}]", rate), True)
    if alternative is not None:
        prices[DISPLACED] = (checks.not_negative("alternative", alternative), False)
    return prices
