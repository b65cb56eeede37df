"""What if the least profitable accounts were left, served leaner or repriced (chapter 3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.tables import Shown, Table, number, table
from keyaccounts.totals import totals

ACTIONS = ("leave", "serve leaner", "raise price")


class TailScenario(Shown):
    """Answer of :func:`tail_scenario`.

    Attributes
    ----------
    table : frame
        One row an account, sorted by account: the account under the name it had,
        `profit_before`, `profit_after` (0 for an account left), `affected`, `kept`.
    before, after : float
        Profit of all accounts.
    gain : float
        What the change brings, as a fraction of the profit before (NaN where that is not above
        zero).
    """

    table: Any
    before: float
    after: float
    gain: float

    def _shown(self) -> Table:
        said = f"Profit {number(self.before)} before and {number(self.after)} after the change"
        return table(self.table, said)


def tail_scenario(
    accounts: Any,
    *,
    key: str,
    revenue: str,
    margin: str,
    cost_to_serve: str,
    worst: int,
    action: str,
    strength: float = 0.5,
) -> TailScenario:
    """Say what a change for the least profitable accounts would do to profit.

    It is arithmetic, not a forecast: nobody is assumed to buy less, complain or leave because of
    the change. How many would have to is what you judge the answer by.

    Parameters
    ----------
    accounts : frame
        Any kind the toolkit accepts; several rows of one account are added up.
    key, revenue, margin, cost_to_serve : str
        Columns: which account; what it pays; what of that is left after the cost of goods; and
        what serving it costs. Profit is margin − cost to serve.
    worst : int
        How many accounts, from the least profitable, are affected.
    action : {"leave", "serve leaner", "raise price"}
        Give the accounts up; serve them at a cost lower by `strength`; or raise their prices by
        `strength`.
    strength : float, default 0.5
        Share of the cost saved, or of the price added. Without meaning for "leave".

    Returns
    -------
    TailScenario
        `.table`, `.before`, `.after`, `.gain`.

    Raises
    ------
    ColumnError, DataError
        If a column or value is unusable, or there are no accounts.
    ParameterError
        If `worst` is not a number of accounts, `action` is unknown, or `strength` is not a share.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": list("ABC"), "revenue": [400.0, 200.0, 100.0],
    ...     "margin": [120.0, 60.0, 30.0], "cost_to_serve": [40.0, 50.0, 60.0],
    ... })
    >>> columns = {"key": "account", "revenue": "revenue", "margin": "margin"}
    >>> found = ka.segmentation.tail_scenario(
    ...     accounts, **columns, cost_to_serve="cost_to_serve", worst=1, action="serve leaner")
    >>> found.before, found.after
    (60.0, 90.0)
    """
    checks.choice("action", action, ACTIONS)
    share = checks.fraction("strength", strength)
    roles = {"revenue": revenue, "margin": margin, "cost_to_serve": cost_to_serve}
    source, found = totals(accounts, key=key, **roles)
    n = len(found)
    if n == 0:
        raise DataError("no rows: there are no accounts to change anything for")
    if checks.whole("worst", worst, least=0) > n:
        raise ParameterError(f"worst={worst}: there are only {n:,} accounts")
    paid, left, cost = (frames.steady(frames.numbers(found, role)) for role in roles)
    before = frames.less(left, cost)
    affected = np.zeros(n, dtype=bool)
    affected[np.argsort(before, kind="stable")[:worst]] = True
    change = {"leave": -before, "serve leaner": share * cost, "raise price": share * paid}[action]
    after = np.where(affected, before + change, before)
    kept = ~affected if action == "leave" else np.ones(n, dtype=bool)
    total, changed = (frames.sure_total(profit) for profit in (before, after))
    profits = {"profit_before": before, "profit_after": after}
    shown = frames.answered(source, found, "key", **profits, affected=affected, kept=kept)
    gain = (changed - total) / total if total > 0 else float("nan")
    return TailScenario(shown, total, changed, gain)
