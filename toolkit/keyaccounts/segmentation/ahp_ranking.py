"""A ranking by AHP weights, and how far a weight may move before another takes the lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns import entries
from keyaccounts.segmentation.ahp import AhpWeights
from keyaccounts.tables import Shown, Table, percent, table


@dataclass(frozen=True, repr=False)
class AhpRanking(Shown):
    """Answer of :func:`ahp_ranking`.

    Attributes
    ----------
    table : frame
        The key under its own name, `score`, `rank`, and `best_rank` and `worst_rank` while any
        one weight moves by `shift`; best first, equal scores in order of the key.
    tipping : pandas.DataFrame
        One row a criterion: `criterion`, `weight`, `tips_at` (the nearest weight at which another
        takes the lead, the others shrinking or growing alike; NaN where none does), `change` (how
        far away that is), `then_first` (who leads beyond it; missing where nobody does).
    leader : object
        The key that ranks first.
    shift : float
        By what share of itself each weight was moved.
    """

    table: Any
    tipping: pd.DataFrame
    leader: Any
    shift: float

    def _shown(self) -> Table:
        return table(
            self.table,
            f"Ranking by weights, and between which ranks each stands while one weight moves by "
            f"{percent(self.shift, 'g')}",
            digits={"score": 3},
        )


def ahp_ranking(weights: AhpWeights, scores: Any, *, key: str, shift: float = 0.2) -> AhpRanking:
    """Rank accounts by weighted scores, and say whether the ranking hangs on one weight.

    Parameters
    ----------
    weights : AhpWeights
        Answer of :func:`keyaccounts.segmentation.ahp_weights`; its criteria name the columns.
    scores : frame
        One row an account: the key and a score for each criterion, higher is better, all on one
        scale (such as 0 to 10). Any kind the toolkit accepts.
    key : str
        Column: which account.
    shift : float, default 0.2
        By what share of itself each weight is moved, down and up, the others sharing the rest as
        before. The default is ours.

    Returns
    -------
    AhpRanking
        `.table`, `.tipping`, `.leader`, `.shift`. Of two that tie for the lead, the first in order
        of the key leads.

    Raises
    ------
    ColumnError, DataError
        If a criterion has no column, a score is missing or not a number, an account has two rows,
        or there are no rows.
    ParameterError
        If `weights` is not an answer of that function, or `shift` is not a share.

    References
    ----------
    Saaty (1990), How to Make a Decision: The Analytic Hierarchy Process, European Journal of
    Operational Research 48(1).
    Triantaphyllou and Sánchez (1997), A Sensitivity Analysis Approach for Some Deterministic
    Multi-Criteria Decision-Making Methods, Decision Sciences 28(1), for the tipping weights.

    Examples
    --------
    >>> import pandas as pd
    >>> from keyaccounts.segmentation import ahp_weights
    >>> accounts = pd.DataFrame({"account": ["A", "B"], "profit": [9, 5], "growth": [2, 8]})
    >>> weights = ka.segmentation.ahp_weights([[1, 7 / 3], [3 / 7, 1]], ["profit", "growth"])
    >>> found = ka.segmentation.ahp_ranking(weights, accounts, key="account")
    >>> found.leader, found.tipping["tips_at"].round(3).tolist()
    ('A', [0.6, 0.4])
    """
    if not isinstance(weights, AhpWeights):
        raise ParameterError("weights: pass the answer of ka.segmentation.ahp_weights")
    share = checks.fraction("shift", shift)
    frames.check_free(key, ("score", "rank", "best_rank", "worst_rank"), "key")
    criteria = weights.table["criterion"].tolist()
    read, values = _scores(scores, key, criteria)
    given = weights.weights
    totals = values @ given
    rank = _ranks(totals)
    moved = np.array(
        [_ranks(values @ _moved(given, k, given[k] * f)) for k in range(len(given))
         for f in (1 - share, 1 + share)]
    )  # fmt: skip
    order = np.argsort(rank, kind="stable")
    ranked = frames.with_arrays(
        read.frame[order, :],
        score=totals[order],
        rank=rank[order],
        best_rank=np.minimum(moved.min(axis=0), rank)[order],
        worst_rank=np.maximum(moved.max(axis=0), rank)[order],
    )
    tipping = pd.DataFrame(
        [_tipping(values, given, totals, k, read.keys) for k in range(len(given))],
        columns=["tips_at", "change", "then_first"],
    )
    tipping.insert(0, "criterion", criteria)
    tipping.insert(1, "weight", given)
    return AhpRanking(frames.like(read.source, ranked, "key"), tipping, read.keys[order[0]], share)


def _scores(
    scores: Any, key: str, criteria: list[str]
) -> tuple[entries.Entries, NDArray[np.float64]]:
    """Return the accounts, sorted by key, and their scores as a matrix."""
    # Named so that a message about a column that is missing says where its name came from.
    roles = {f"names[{place}]": name for place, name in enumerate(criteria)}
    read = entries.read(scores, key=key, numbers=roles)
    if not read.keys:
        raise DataError("no rows: there is nobody to rank")
    for role, values in read.numbers.items():
        read.refuse(role, np.isnan(values), "fill in the score, or leave the account out")
    return read, np.column_stack([read.numbers[role] for role in roles])


def _ranks(totals: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rank totals, largest first, equal ones in the order they stand in."""
    rank = np.empty(totals.size, dtype=np.int64)
    rank[np.argsort(-frames.steady(totals), kind="stable")] = np.arange(1, totals.size + 1)
    return rank


def _moved(weights: NDArray[np.float64], k: int, to: float) -> NDArray[np.float64]:
    """Return the weights with one of them moved, the others sharing the rest as before."""
    to = min(to, 1.0)
    if len(weights) == 1:
        return weights
    moved: NDArray[np.float64] = weights * (1 - to) / (1 - weights[k])
    moved[k] = to
    return moved


def _tipping(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    totals: NDArray[np.float64],
    k: int,
    names: list[Any],
) -> tuple[float, float, Any]:
    """Return the nearest weight of a criterion at which another leads, how far it is, and who."""
    leader = int(np.argmin(_ranks(totals)))
    if len(weights) == 1:
        return float("nan"), float("nan"), None
    # Scores are straight lines in the weight: what the criterion gives, and what the rest gives.
    own = values[:, k]
    rest = (totals - weights[k] * own) / (1 - weights[k])
    slope = (own[leader] - own) - (rest[leader] - rest)
    with np.errstate(divide="ignore", invalid="ignore"):
        meets = np.round(-(rest[leader] - rest) / slope, 12)
    fits = np.isfinite(meets) & (meets > 0) & (meets < 1)
    fits[leader] = False
    if not fits.any():
        return float("nan"), float("nan"), None
    far = np.where(fits, np.abs(meets - weights[k]), np.inf)
    best = int(np.argmin(np.round(far, 12)))
    return float(meets[best]), float(meets[best] - weights[k]), names[best]
