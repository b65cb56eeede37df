"""The customer pyramid: tiers by profit, and who moved between two dates (chapter 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns import concentration
from keyaccounts.tables import Shown, Table, percent, table

TIERS = ("platinum", "gold", "iron", "lead")
TAKEN = ("new", "gone", "before", "customers")  # by the rows and columns of a migration
PRESETS = {"curry": (0.01, 0.05, 0.20)}


class Pyramid(Shown):
    """Answer of :func:`pyramid`.

    Attributes
    ----------
    table : frame
        Key and value under their own names, `rank`, `tier`; most valuable first.
    tiers : pandas.DataFrame
        From the top: `tier`, `customers`, `share` (of customers), `total` (their value),
        `share_of_total` (missing where the whole total is not above zero), `per_head` (missing
        for a tier without customers).
    cuts : tuple of float
        The cumulative shares of customers at which the tiers end; the last one takes the rest.
    """

    table: Any
    tiers: pd.DataFrame
    cuts: tuple[float, ...]
    _ranking: concentration.Ranking = field(repr=False)
    _places: frames.Ints = field(repr=False)

    def _shown(self) -> Table:
        top = self.tiers.iloc[0]
        said = (
            f"Customer pyramid of {self.tiers['customers'].sum():,} customers, "
            f"{top['customers']:,} of them {top['tier']}"
        )
        return table(self.tiers, said, percent=("share", "share_of_total"))


def pyramid(
    values: Any,
    *,
    key: str,
    value: str,
    cuts: Sequence[float] | str = (0.05, 0.20, 0.70),
    names: Sequence[str] = TIERS,
) -> Pyramid:
    """Say who stands at the top of the pyramid, and how much of the profit each tier brings.

    Customers are ranked by profit. The best 5 % are platinum, those up to 20 % gold, up to 70 %
    iron, the rest lead. Who brings no profit is in the last tier whatever the rank.

    Parameters
    ----------
    values : frame
        Any kind the toolkit accepts; several rows of one key are added up, so orders will do.
    key, value : str
        Columns: which customer, and the profit (or other value) it brings.
    cuts : sequence of float or "curry", default (0.05, 0.20, 0.70)
        Rising cumulative shares of customers, one fewer than there are tiers. The default is
        ours. "curry" is the split of Curry and Curry: 1, 4, 15 and 80 %.
    names : sequence of str, default ("platinum", "gold", "iron", "lead")
        The tiers from the top; what each means is in ``reference("customer_tiers")``. Names that
        :func:`migration` needs are taken: "new", "gone", "before" and "customers".

    Returns
    -------
    Pyramid
        `.table`, `.tiers`, `.cuts`. Equal values stand in order of the key. A tier ends at the
        last customer within its share, so with few customers the upper tiers may be empty.
        Profit per head never rises on the way down.

    Raises
    ------
    ColumnError, DataError
        If a column or value is unusable, or there are no rows.
    ParameterError
        If the cuts do not rise between 0 and 1, or do not fit the names.

    References
    ----------
    Zeithaml, Rust and Lemon (2001), The Customer Pyramid: Creating and Serving Profitable
    Customers, California Management Review 43(4). Curry and Curry (2000), The Customer Marketing
    Method, Free Press.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"account": list("ABCDE"), "profit": [50, 20, 9, 4, -3]})
    >>> found = ka.segmentation.pyramid(
    ...     accounts, key="account", value="profit", cuts=(0.2, 0.4, 0.8))
    >>> found.table["tier"].tolist()
    ['platinum', 'gold', 'iron', 'iron', 'lead']
    >>> found.tiers["share_of_total"].tolist()
    [0.625, 0.25, 0.1625, -0.0375]
    """
    if isinstance(cuts, str):
        cuts = PRESETS[checks.choice("cuts", cuts, [*PRESETS])]
    what = "rising shares such as (0.05, 0.20, 0.70)"
    edges = checks.rising("cuts", cuts, what, each=checks.open_fraction)
    labels = checks.texts("names", names, "tiers, best first")
    if len({*TAKEN, *labels}) < len(TAKEN) + len(labels):
        raise ParameterError(
            f"names={names!r}: give each tier a name of its own; "
            f"{', '.join(map(repr, TAKEN))} are taken"
        )
    if len(labels) != len(edges) + 1:
        raise ParameterError(
            f"{len(edges)} cuts divide customers into {len(edges) + 1} tiers: "
            f"names={tuple(names)!r} has {len(labels)}"
        )
    ranking = concentration.rank(values, key=key, value=value)
    n = ranking.values.size
    if n == 0:
        raise DataError("no rows: there are no customers to stack into a pyramid")
    ends = np.floor(np.round(np.array(edges) * n, 9))  # 0.07 × 100 is 7.000000000000001
    place = np.searchsorted(ends, np.arange(n), side="right")
    place[ranking.values <= 0] = len(edges)
    tier = frames.Words(labels, place)
    ranked = frames.with_arrays(ranking.frame, rank=np.arange(1, n + 1), tier=tier)
    parts = place.astype(np.intp)  # what bincount wants, also in a browser of 32 bits
    customers = np.bincount(parts, minlength=len(labels))
    total = np.bincount(parts, weights=ranking.values, minlength=len(labels))
    whole = frames.sure_total(ranking.values)
    tiers = pd.DataFrame(
        {
            "tier": labels,
            "customers": customers,
            "share": customers / n,
            "total": total,
            "share_of_total": total / whole if whole > 0 else np.nan,
            "per_head": total / np.where(customers > 0, customers, np.nan),
        }
    )
    return Pyramid(ranking.answer(ranked), tiers, edges, ranking, place)


# ------------------------------------------------------------------------------- between dates


class Migration(Shown):
    """Answer of :func:`migration`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a tier before and one for who is new; `before`, then one column of customers for
        each tier after and one for who is gone, and `customers`, the sum of the row.
    up, down, stay : float
        Shares of those who were there both times; they add up to 1 (NaN if nobody was).
    new, gone : int
        How many are there only after, or only before.
    """

    table: pd.DataFrame
    up: float
    down: float
    stay: float
    new: int
    gone: int

    def _shown(self) -> Table:
        up, down, stay = (percent(share) for share in (self.up, self.down, self.stay))
        shares = f"{up} moved up, {down} down, {stay} stayed"
        if np.isnan(self.stay):
            shares = "nobody was there both times"
        return table(self.table, f"Tiers before (rows) and after (columns): {shares}")


def migration(before: Pyramid, after: Pyramid) -> Migration:
    """Say who moved up, down, in and out between two pyramids.

    Parameters
    ----------
    before, after : Pyramid
        Answers of :func:`pyramid` with the same tiers and cuts, say of last year and of this one.

    Returns
    -------
    Migration
        `.table` (each row adds up to the tier's size before), `.up`, `.down`, `.stay`, `.new`,
        `.gone`.

    Raises
    ------
    DataError
        If one of them is no pyramid, or their keys are of different kinds.
    ParameterError
        If the tiers differ, or the shares at which they are cut.

    Notes
    -----
    Tiers are shares of customers, so somebody moves down whenever another moves up: a migration
    says who changed places, not whether customers became better. With other shares customers
    would move who did nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> names = {"key": "account", "value": "profit", "cuts": (0.5,), "names": ("upper", "lower")}
    >>> last = ka.segmentation.pyramid(
    ...     pd.DataFrame({"account": list("ABCD"), "profit": [9, 7, 5, 3]}), **names)
    >>> this = ka.segmentation.pyramid(
    ...     pd.DataFrame({"account": list("ACDE"), "profit": [9, 8, 5, 3]}), **names)
    >>> ka.segmentation.migration(last, this).table
      before  upper  lower  gone  customers
    0  upper      1      0     1          2
    1  lower      1      1     0          2
    2    new      0      1     0          1
    """
    if not (isinstance(before, Pyramid) and isinstance(after, Pyramid)):
        raise DataError("pass two answers of ka.segmentation.pyramid, not tables")
    labels, cuts = before.tiers["tier"].tolist(), before.cuts
    if (after.tiers["tier"].tolist(), after.cuts) != (labels, cuts):
        then, now = (
            f"{', '.join(p.tiers['tier'])}, cut at {', '.join(percent(c, 'g') for c in p.cuts)}"
            for p in (before, after)
        )
        raise ParameterError(
            f"the tiers before are {then}, those after {now}: build both pyramids with the same "
            "names and cuts"
        )
    then_in, now_in = (
        pd.Series(p._places, index=p._ranking.frame["key"].to_list()) for p in (before, after)
    )
    kinds = then_in.index.inferred_type, now_in.index.inferred_type
    if kinds[0] != kinds[1]:
        raise DataError(
            f"the keys before are {kinds[0]} values, those after {kinds[1]}: give the customers "
            "the same keys in both"
        )
    outside = len(labels)
    stood = pd.concat([then_in, now_in], axis=1).fillna(outside).to_numpy(dtype=np.int64)
    counts = np.zeros((outside + 1, outside + 1), dtype=np.int64)
    np.add.at(counts, tuple(stood.T), 1)
    both = counts[:outside, :outside]
    n = both.sum() or np.nan
    shown = pd.DataFrame(counts, columns=[*labels, "gone"])
    shown.insert(0, "before", [*labels, "new"])
    return Migration(
        shown.assign(customers=counts.sum(axis=1)),
        up=float(np.tril(both, -1).sum() / n),
        down=float(np.triu(both, 1).sum() / n),
        stay=float(np.trace(both) / n),
        new=int(counts[outside].sum()),
        gone=int(counts[:, outside].sum()),
    )
