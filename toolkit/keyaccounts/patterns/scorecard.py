"""Scorecards: weighted items that add up to one score, where unknown is not zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns import entries
from keyaccounts.patterns.entries import Items, Scale, Weights
from keyaccounts.tables import Shown, Table, percent, table

COLUMNS = ("score", "coverage", "known", "weakest", "missing", "ready", "fix_first")


class Scorecard(Shown):
    """Answer of :func:`scorecard`.

    Attributes
    ----------
    table : frame
        One row a key, sorted by key: the key under the name it had; `score` (0 to 1, of what is
        known; missing if nothing is); `coverage` (share of the weight that is known); `known`
        (how many items); `weakest` (the known item with the lowest score, the first of equals);
        `missing` (the unknown items); `ready` (every required item is known and above the low
        end); `fix_first` (the known item that would raise the score most).
    items : pandas.DataFrame
        One row an item: `item`, `weight` (share), `mean` (0 to 1), `coverage` (share of rows that
        know it), `headroom` (weight × what the mean lacks to 1).
    weights : dict of str to float
        Item → its share of the weight.
    mean : {"arithmetic", "geometric"}
        How items were put together.
    columns : dict of str to array
        The columns of `table` after the key.
    rows : Entries
        The caller's table as it was read.
    parts : array
        Score of each key (rows) in each item (columns), 0 to 1, unknown as NaN.
    """

    table: Any
    items: pd.DataFrame
    weights: Mapping[str, float]
    mean: str
    columns: Mapping[str, Any] = field(repr=False)
    rows: entries.Entries = field(repr=False)
    parts: frames.Floats = field(repr=False)

    @property
    def scores(self) -> frames.Floats:
        """The scores, in the order of `table`; unknown as NaN."""
        return np.asarray(self.columns["score"], dtype=np.float64)

    def _shown(self) -> Table:
        gaps = int(np.isnan(self.parts).any(axis=1).sum())
        return table(
            self.table,
            f"Scores from {len(self.weights)} items; {gaps:,} of {len(self.parts):,} have unknowns",
            percent=("coverage",),
        )


def scorecard(
    rows: Any,
    *,
    key: str,
    items: Items,
    weights: Weights = None,
    scale: Scale = (0, 1),
    reverse: Sequence[str] = (),
    required: Sequence[str] = (),
    mean: str = "arithmetic",
) -> Scorecard:
    """Score each customer by weighted items, and say how much of the answer is known.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
    items : list of str, or dict of str to str
        Columns of numbers or truth values; a dictionary gives each item a name of its own
        (item → column). What is missing is unknown, not zero.
    weights : dict, or list in the order of the items, optional
        How much each item counts; they need not add up to 1. Default: all alike.
    scale : pair of float, dict of item to pair, or "observed", default (0, 1)
        Lowest and highest value of every item, or of each. "observed" takes the lowest and
        highest value found in the column; one where all are alike then scores 0.5 for everyone.
        Truth values are always 0 or 1.
    reverse : list of str, optional
        Items where less is better.
    required : list of str, optional
        Items that must be known and above their low end before a customer is `ready`.
    mean : {"arithmetic", "geometric"}, default "arithmetic"
        Whether a strong item makes up for a weak one, or a zero in one item is a zero in all.

    Returns
    -------
    Scorecard
        `.table`, `.items`, `.weights`, `.mean`, `.rows`, `.parts`, `.scores`.

    Raises
    ------
    ColumnError
        If a column is not there, or an item has the name of a column of the answer.
    DataError
        If a key is missing or there twice, or a value is not a number on the scale.
    ParameterError
        If weights, scale, `reverse` or `required` do not fit the items.

    Notes
    -----
    An unknown item is left out and the weights of the others take its place. So a score says
    what the known items say; `coverage` says how much weight stands behind it.

    Examples
    --------
    >>> import pandas as pd
    >>> prospects = pd.DataFrame({
    ...     "company": ["North", "South"], "money": [8, 9], "authority": [2, None], "need": [6, 3],
    ... })
    >>> card = ka.patterns.scorecard.scorecard(
    ...     prospects, key="company", items=["money", "authority", "need"],
    ...                  weights=[2, 1, 1], scale=(0, 10), required=["authority"])
    >>> card.table[["company", "score", "coverage", "weakest", "missing", "ready"]]
      company  score  coverage    weakest    missing  ready
    0   North    0.6      1.00  authority              True
    1   South    0.7      0.75       need  authority  False
    """
    columns = entries.columns_of("items", items)
    names = [*columns]
    shares = entries.shares_of("weights", weights, names)
    for role, given in (("reverse", reverse), ("required", required)):
        if not {*checks.texts(role, given, f"items among {names!r}")} <= {*names}:
            raise ParameterError(f"{role}={given!r}: give a list of items among {names!r}")
    checks.choice("mean", mean, ("arithmetic", "geometric"))
    read = entries.read(rows, key=key, numbers=columns)
    ends = _ends(scale, names, read)
    parts = np.column_stack([_scaled(read, n, ends[n], n in reverse) for n in names])
    known = ~np.isnan(parts)
    gains = np.where(known, shares * (1 - parts), 0.0)
    gates = parts[:, [name in required for name in names]]
    found = {
        "score": _total(parts, shares, mean),
        "coverage": _round(known @ shares),
        "known": known.sum(axis=1),
        "weakest": _named(names, np.where(known, -_round(parts), -np.inf)),
        "missing": entries.listed(names, ~known),
        "ready": (gates > 0).all(axis=1),
        "fix_first": _named(names, np.where(gains > 0, _round(gains), -np.inf)),
    }
    about, weighed = _items(names, shares, parts), dict(zip(names, shares.tolist(), strict=True))
    return Scorecard(read.answer(**found), about, weighed, mean, found, read, parts)


def _ends(
    scale: Scale, names: list[str], read: entries.Entries
) -> dict[str, tuple[float, float] | None]:
    """Return the lowest and highest value of each item; none where nothing is known."""
    if scale == "observed":
        return {
            name: (float(np.nanmin(v)), float(np.nanmax(v))) if (~np.isnan(v)).any() else None
            for name, v in read.numbers.items()
        }
    if isinstance(scale, Mapping) and {*scale} != {*names}:
        raise ParameterError(f"scale={scale!r}: give one pair for each of {names!r}")
    given = scale if isinstance(scale, Mapping) else dict.fromkeys(names, scale)
    return {name: entries.ends(pair) for name, pair in given.items()}


def _scaled(
    read: entries.Entries, name: str, ends: tuple[float, float] | None, reverse: bool
) -> frames.Floats:
    """Return an item from 0 (worst) to 1 (best)."""
    found = read.numbers[name]
    if ends is not None and name not in read.truths:
        low, high = ends
        wrong = (found < low) | (found > high)
        read.refuse(name, wrong, f"the scale runs from {low:zg} to {high:zg}")
        alike = np.where(np.isnan(found), found, 0.5)
        found = (found - low) / (high - low) if high > low else alike
    return np.asarray(1 - found if reverse else found)


def _total(parts: frames.Floats, shares: frames.Floats, mean: str) -> frames.Floats:
    """Return the weighted mean of what is known in each row."""
    weight = np.where(np.isnan(parts), 0.0, shares)
    behind = weight.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # log 0, and rows where nothing is known
        if mean == "geometric":
            logs = np.where(weight > 0, np.log(np.where(weight > 0, parts, 1.0)), 0.0)
            return _round(np.exp((np.where(weight > 0, weight * logs, 0.0)).sum(axis=1) / behind))
        return _round((weight * np.nan_to_num(parts)).sum(axis=1) / behind)


def _round(values: frames.Floats) -> frames.Floats:
    """Round, so that 0.8 reached in floating steps counts as 0.8."""
    return np.asarray(np.round(values, 12))


def _named(names: list[str], sizes: frames.Floats) -> frames.Words:
    """Return the item with the largest size in each row, an empty text where all are −infinite."""
    there = sizes.max(axis=1) > -np.inf
    return frames.Words([*names, ""], np.where(there, sizes.argmax(axis=1), len(names)))


def _items(names: list[str], shares: frames.Floats, parts: frames.Floats) -> pd.DataFrame:
    known = ~np.isnan(parts)
    count, total = known.sum(axis=0), np.nan_to_num(parts).sum(axis=0)
    means = np.divide(total, count, out=np.full(len(names), np.nan), where=count > 0)
    coverage = count / len(parts) if len(parts) else np.full(len(names), np.nan)
    return pd.DataFrame(
        {
            "item": names,
            "weight": shares,
            "mean": _round(means),
            "coverage": coverage,
            "headroom": _round(shares * (1 - means)),
        }
    )


class Sensitivity(Shown):
    """Answer of :func:`sensitivity`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a changed weight: `item`, `change`, `spearman` (rank correlation of the scores
        with those before), `largest_move` (in ranks), `moved` (who made it, the first of equals),
        `top_stays` (share of the top that is still there).
    spearman, largest_move, top_stays : float, int, float
        The worst of each column.
    change : float
        By how much each weight was changed.
    top : int
        How many customers count as the top.
    """

    table: pd.DataFrame
    spearman: float
    largest_move: int
    top_stays: float
    change: float
    top: int

    def _shown(self) -> Table:
        ranks = "rank" if self.largest_move == 1 else "ranks"
        said = (
            f"Each weight ±{percent(self.change, 'g')}: nobody moves more than {self.largest_move} "
            f"{ranks}, {percent(self.top_stays)} of the top {self.top} stay"
        )
        return table(self.table, said, percent=("top_stays",), digits={"spearman": 3})


def sensitivity(card: Scorecard, change: float = 0.2, *, top: int = 10) -> Sensitivity:
    """Say how far the ranking moves when each weight goes up and down, one at a time.

    Parameters
    ----------
    card : Scorecard
        Answer of :func:`scorecard`.
    change : float, default 0.2
        By which share each weight is raised and lowered. The default is ours.
    top : int, default 10
        How many customers are the top of the list.

    Returns
    -------
    Sensitivity
        `.table`, `.spearman`, `.largest_move`, `.top_stays`. Customers of whom nothing is known
        have no rank. Equal scores share the better rank; for the correlation, the mean rank.

    Raises
    ------
    DataError
        If `card` is no scorecard, or fewer than two customers have a score.
    ParameterError
        If `change` is not a share below 1, or `top` not a count.

    References
    ----------
    Spearman (1904), The Proof and Measurement of Association between Two Things, American
    Journal of Psychology 15(1).

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"who": list("ABC"), "size": [9, 8, 1], "trust": [4, 5, 9]})
    >>> card = ka.patterns.scorecard.scorecard(
    ...     rows, key="who", items=["size", "trust"], scale=(0, 10))
    >>> ka.patterns.scorecard.sensitivity(card, top=1).largest_move
    1
    """
    if not isinstance(card, Scorecard):
        raise DataError("pass the answer of scorecard, not a table")
    part = checks.open_fraction("change", change)
    first = checks.whole("top", top, least=1)
    scored = ~np.isnan(card.scores)
    if scored.sum() < 2:
        raise DataError("fewer than two customers have a score: there is no ranking to move")
    keys = [k for k, s in zip(card.rows.keys, scored, strict=True) if s]
    base, shares = card.scores[scored], np.array([*card.weights.values()])
    before, best = _ranks(base), _top(base, first)
    rows = []
    for place, name in enumerate(card.weights):
        for way in (part, -part):
            changed = shares.copy()
            changed[place] *= 1 + way
            scores = _total(card.parts[scored], changed, card.mean)
            moves = np.abs(_ranks(scores) - before)
            who = int(moves.argmax())
            far, moved = int(moves[who]), keys[who] if moves[who] else None
            stays = len(best & _top(scores, first)) / len(best)
            rows.append((name, way, _spearman(base, scores), far, moved, stays))
    columns = ["item", "change", "spearman", "largest_move", "moved", "top_stays"]
    found = pd.DataFrame(rows, columns=columns)
    least, stay = (float(found[column].min()) for column in ("spearman", "top_stays"))
    return Sensitivity(found, least, int(found["largest_move"].max()), stay, part, first)


def _ranks(scores: frames.Floats, equals: Literal["min", "average"] = "min") -> frames.Floats:
    """Return ranks, best first."""
    from scipy.stats import rankdata  # here, because it takes longer to load than the rest

    return np.asarray(rankdata(-scores, method=equals), dtype=np.float64)


def _top(scores: frames.Floats, first: int) -> set[int]:
    """Return the places of the best; of equals, those that stand first in order of the key."""
    return {*np.argsort(-scores, kind="stable")[:first].tolist()}


def _spearman(one: frames.Floats, other: frames.Floats) -> float:
    """Return the correlation of mean ranks; NaN where all scores are alike."""
    a, b = (_ranks(scores, "average") - (scores.size + 1) / 2 for scores in (one, other))
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return round(float(a @ b) / spread, 12) if spread else float("nan")
