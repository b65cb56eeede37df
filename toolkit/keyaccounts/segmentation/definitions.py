"""Who is a key account, by six rules that do not agree (chapter 3)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns import entries
from keyaccounts.patterns.conditions import conditions_of, parse
from keyaccounts.patterns.entries import Items
from keyaccounts.patterns.held import NO, YES, decide
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table

COLUMNS = ("profit", "revenue", "margin", "influence", "vip", "vehicles", "business")


class KeyAccountDefinitions(Shown):
    """Answer of :func:`key_account_definitions`.

    Attributes
    ----------
    table : frame
        One row a customer, sorted by key: the key under the name it had; a column a definition
        ("yes", "no", "unknown"); `definitions` (how many say yes).
    counts : pandas.DataFrame
        One row a definition: `definition`, `name`, `customers`, `share` (of those it can judge),
        `unknown`.
    overlap : pandas.DataFrame
        One row a pair: `one`, `other`, `both`, `either` (customers that both definitions can
        judge), `jaccard` (both ÷ either; missing if nobody is in either).
    """

    table: Any
    counts: pd.DataFrame
    overlap: pd.DataFrame

    def _shown(self) -> Table:
        least, most = self.counts["customers"].min(), self.counts["customers"].max()
        said = f"{len(self.counts)} definitions name {least:,} to {most:,} key accounts"
        columns = ["name", "customers", "share", "unknown"]
        return table(self.counts, said, columns=columns, percent=("share",))


def key_account_definitions(
    rows: Any,
    *,
    key: str,
    columns: Items = COLUMNS,
    top: float = 0.2,
    core: float = 0.8,
    least_vehicles: int = 3,
    high: float = 0.8,
) -> KeyAccountDefinitions:
    """Say who is a key account by each definition, and how far the definitions agree.

    Only definitions whose columns are named are used: `top_profit` needs `profit`; `main_buyer`
    needs `revenue`, `margin` and `influence`; `vip` needs `vip`; `fleet` needs `vehicles`;
    `business` needs `business`; `revenue_core` needs `revenue`.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
    columns : list of str, or dict of str to str
        Columns of yearly `profit`, `revenue` and gross `margin` (an amount, or a share of revenue);
        of true or false, or 1 or 0: `influence` (on the market's stability and growth), `vip` (has
        the five traits of a VIP), `business` (is one, not a private person); and how many
        `vehicles`. Name those you have, or name → column. Default: all seven.
    top : float, default 0.2
        Share of customers, by profit, that counts as the top; their number is rounded up.
    core : float, default 0.8
        Share of revenue that the largest customers bring together.
    least_vehicles : int, default 3
        From how many vehicles on.
    high : float, default 0.8
        Revenue and margin are high from this quantile on. Ours.

    Returns
    -------
    KeyAccountDefinitions
        `.table`, `.counts`, `.overlap`. What a definition cannot judge is unknown, and left out
        of its shares. Equal values are ranked in order of the key.

    Raises
    ------
    ColumnError
        If a column is not there, or has the name of a column of the answer.
    DataError
        If a key is missing or there twice, or a value is unusable.
    ParameterError
        If no definition has its columns, or another argument makes no sense.

    Notes
    -----
    The names and sources of the six are in ``reference("key_account_definitions")``.

    References
    ----------
    Jaccard (1901), Étude comparative de la distribution florale, Bulletin de la Société Vaudoise
    des Sciences Naturelles 37.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": list("ABCDE"), "profit": [50, 5, 4, 30, 1], "cars": [12, 3, 1, 2, 1],
    ... })
    >>> found = ka.segmentation.key_account_definitions(
    ...     accounts, key="account", columns={"profit": "profit", "vehicles": "cars"}, top=0.4)
    >>> found.overlap
              one  other  both  either   jaccard
    0  top_profit  fleet     1       3  0.333333
    """
    given = entries.columns_of("columns", columns)
    for name in given:
        checks.choice("columns", name, COLUMNS)
    parameters = {
        "top": round(checks.fraction("top", top), 12),
        "core": round(checks.fraction("core", core), 12),
        "high": round(checks.open_fraction("high", high), 12),
        "least_vehicles": checks.whole("least_vehicles", least_vehicles, least=1),
    }
    listed = catalogs.entries("key_account_definitions")
    needs = {rule.id: {c.column.split("_")[0] for c in conditions_of(rule.need)}
             for rule in parse(listed, parameters)}  # fmt: skip
    used = [entry for entry in listed if needs[entry["id"]] <= {*given}]
    if not used:
        raise ParameterError(
            f"columns={columns!r}: no definition has its columns: name at least one, such as "
            "{'vehicles': 'cars'}"
        )
    read = entries.read(rows, key=key, numbers=given)
    facts: dict[str, Any] = dict(read.numbers)
    for role in [name for name in ("influence", "vip", "business") if name in given]:
        read.refuse(role, ~np.isin(facts[role], (0, 1)) & ~np.isnan(facts[role]), "give 1 or 0")
    if "revenue" in given:
        wrong = facts["revenue"] < 0
        read.refuse("revenue", wrong, "give revenues of zero or more, refunds netted")
        facts["revenue_before"] = _before(facts["revenue"])
    if "profit" in given:
        facts["profit_place"] = _place(facts["profit"])
    for amount in [name for name in ("revenue", "margin") if name in given]:
        facts[f"{amount}_height"] = _height(facts[amount])
    found = decide(facts, used, parameters=parameters)
    names = [rule.id for rule in found.rules]
    counts = found.counts().rename(columns={"rule": "definition", "yes": "customers"})
    return KeyAccountDefinitions(
        read.answer(**found.words(), definitions=(found.answers == YES).sum(axis=0)),
        counts[["definition", "name", "customers", "share", "unknown"]],
        _overlap(dict(zip(names, found.answers, strict=True))),
    )


# Rounded, so that 0.8 reached in floating steps counts as 0.8.


def _place(values: frames.Floats) -> frames.Floats:
    """Return which share of the known stands before each, from the largest on."""
    places = stats.rankdata(-values, method="ordinal", nan_policy="omit") - 1
    return np.asarray((places / max((~np.isnan(values)).sum(), 1)).round(12))


def _height(values: frames.Floats) -> frames.Floats:
    """Return up to which quantile of the known each is as high."""
    places = stats.rankdata(values, method="max", nan_policy="omit") - 1
    last = (~np.isnan(values)).sum() - 1
    return np.asarray((places / last).round(12) if last > 0 else places + 1)


def _before(values: frames.Floats) -> frames.Floats:
    """Return which share of the total the larger ones bring; where there is none, all of it."""
    sums = np.nan_to_num(values)
    order = np.argsort(-sums, kind="stable")
    found = np.ones(values.size)
    if sums.sum() > 0:
        running = np.cumsum(sums[order]) / sums.sum()
        found[order] = np.concatenate([[0.0], running[:-1]]).round(12)
    return np.where(np.isnan(values), np.nan, found)


def _overlap(found: dict[str, frames.Ints]) -> pd.DataFrame:
    rows = []
    for (one, a), (other, b) in combinations(found.items(), 2):
        both = int(((a == YES) & (b == YES)).sum())
        either = both + int(((a == YES) & (b == NO)).sum() + ((a == NO) & (b == YES)).sum())
        rows.append((one, other, both, either, both / either if either else np.nan))
    return pd.DataFrame(rows, columns=["one", "other", "both", "either", "jaccard"])
