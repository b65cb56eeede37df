"""Who is a key account, by six rules that do not agree (chapter 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns import concentration, entries
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table

NEEDS = {
    "top_profit": ("profit",),
    "main_buyer": ("revenue", "margin", "influence"),
    "vip": ("vip",),
    "fleet": ("vehicles",),
    "business": ("business",),
    "revenue_core": ("revenue",),
}
"""Definition → the columns it needs."""

ANSWERS = ("no", "yes", "unknown")


@dataclass(frozen=True, repr=False)
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
        return table(
            self.counts,
            f"{len(self.counts)} definitions name {least:,} to {most:,} key accounts",
            columns=["name", "customers", "share", "unknown"],
            percent=("share",),
        )


def key_account_definitions(
    rows: Any,
    *,
    key: str,
    profit: str | None = None,
    revenue: str | None = None,
    margin: str | None = None,
    influence: str | None = None,
    vip: str | None = None,
    vehicles: str | None = None,
    business: str | None = None,
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
    profit, revenue, margin : str, optional
        Columns: yearly profit, revenue and gross margin (an amount, or a share of revenue).
    influence, vip, business : str, optional
        Columns of true or false, or 1 or 0: influences the market's stability and growth; has the
        five traits of a VIP; is a business, not a private person.
    vehicles : str, optional
        Column: how many vehicles.
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
    ...     accounts, key="account", profit="profit", vehicles="cars", top=0.4)
    >>> found.overlap
              one  other  both  either   jaccard
    0  top_profit  fleet     1       3  0.333333
    """
    given = {
        "profit": profit, "revenue": revenue, "margin": margin, "influence": influence,
        "vip": vip, "vehicles": vehicles, "business": business,
    }  # fmt: skip
    columns = {role: name for role, name in given.items() if name is not None}
    used = [name for name, needs in NEEDS.items() if {*needs} <= {*columns}]
    if not used:
        raise ParameterError("no definition has its columns: name at least one, such as vehicles=")
    part, most = checks.fraction("top", top), checks.fraction("core", core)
    limit = checks.open_fraction("high", high)
    fewest = checks.whole("least_vehicles", least_vehicles, least=1)
    frames.check_free(key, (*NEEDS, "definitions"), "key")
    read = entries.read(rows, key=key, numbers=columns)
    for role in ("influence", "vip", "business"):
        if role in columns:
            answers = read.numbers[role]
            read.refuse(role, ~np.isin(answers, (0, 1)) & ~np.isnan(answers), "give 1 or 0")
    n = read.numbers
    if "revenue_core" in used:
        read.refuse("revenue", n["revenue"] < 0, "give revenues of zero or more, refunds netted")
    rules: dict[str, Callable[[], NDArray[np.float64]]] = {
        "top_profit": lambda: _largest(n["profit"], part),
        "main_buyer": lambda: _all_of(
            _from_quantile(n["revenue"], limit), _from_quantile(n["margin"], limit), n["influence"]
        ),
        "vip": lambda: n["vip"],
        "fleet": lambda: _judged(n["vehicles"], n["vehicles"] >= fewest),
        "business": lambda: n["business"],
        "revenue_core": lambda: _core(n["revenue"], most),
    }
    found = {name: rules[name]() for name in used}
    return KeyAccountDefinitions(
        read.answer(
            **{
                name: frames.Words(ANSWERS, np.nan_to_num(yes, nan=2).astype(np.int64))
                for name, yes in found.items()
            },
            definitions=np.sum([yes == 1 for yes in found.values()], axis=0),
        ),
        _counts(found),
        _overlap(found),
    )


def _judged(values: NDArray[np.float64], yes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return 1 and 0, NaN where the value is unknown."""
    return np.where(np.isnan(values), np.nan, yes.astype(np.float64))


def _largest(values: NDArray[np.float64], part: float) -> NDArray[np.float64]:
    """Return who is among the largest of the known."""
    count = concentration.top_count(int((~np.isnan(values)).sum()), part)
    first = np.argsort(-values, kind="stable")[:count]  # NaN comes last
    return _judged(values, np.isin(np.arange(values.size), first))


def _from_quantile(values: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    known = values[~np.isnan(values)]
    return _judged(values, values >= (np.quantile(known, share) if known.size else 0.0))


def _all_of(*answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return who has all; one no is enough for a no, whatever else is unknown."""
    no = np.any([answer == 0 for answer in answers], axis=0)
    return np.where(no, 0.0, np.sum(answers, axis=0) / len(answers))


def _core(values: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return who belongs to the largest, until together they bring the share.

    Where nobody brings anything, nobody does.
    """
    sums = np.nan_to_num(values)
    if sums.sum() == 0:
        return _judged(values, np.zeros(values.size, dtype=bool))
    order = np.argsort(-sums, kind="stable")
    running = np.cumsum(sums[order]) / sums.sum()
    # Rounded, so that 0.8 reached in floating steps counts as 0.8.
    before = np.round(np.concatenate([[0.0], running[:-1]]), 12)
    inside = np.zeros(values.size, dtype=bool)
    inside[order] = before < share
    return _judged(values, inside)


def _counts(found: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    names = {entry["id"]: entry["english"] for entry in catalogs.entries("key_account_definitions")}
    yes = np.array([(v == 1).sum() for v in found.values()])
    known = np.array([(~np.isnan(v)).sum() for v in found.values()])
    return pd.DataFrame(
        {
            "definition": [*found],
            "name": [names[name] for name in found],
            "customers": yes,
            "share": np.divide(yes, known, out=np.full(len(found), np.nan), where=known > 0),
            "unknown": [int(np.isnan(v).sum()) for v in found.values()],
        }
    )


def _overlap(found: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    rows = []
    for (one, a), (other, b) in combinations(found.items(), 2):
        known = ~np.isnan(a) & ~np.isnan(b)
        both = int(((a == 1) & (b == 1) & known).sum())
        either = int((((a == 1) | (b == 1)) & known).sum())
        rows.append((one, other, both, either, both / either if either else np.nan))
    return pd.DataFrame(rows, columns=["one", "other", "both", "either", "jaccard"])
