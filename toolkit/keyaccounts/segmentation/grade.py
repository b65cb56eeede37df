"""Composite grading: several indicators, weighted into one grade (chapter 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns.entries import Items, Weights, columns_of
from keyaccounts.patterns.grid import UNKNOWN
from keyaccounts.patterns.scorecard import Scorecard, Sensitivity, scorecard, sensitivity
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table

INDICATORS = tuple(entry["id"] for entry in catalogs.entries("grading_indicators"))
GRADES = {"A": 0.8, "B": 0.6, "C": 0.4, "D": 0.0}


class CompositeGrade(Shown):
    """Answer of :func:`composite_grade`.

    Attributes
    ----------
    table : frame
        One row a customer, sorted by key: the key under the name it had; `score` (0 to 1),
        `grade` ("unknown" if no indicator is known), `coverage` (share of the weight that is
        known), `missing` (the unknown indicators), `fix_first` (the indicator that would raise
        the score most).
    counts : pandas.DataFrame
        `grade`, `customers`, `share`; best grade first, the unknown last.
    card : Scorecard
        The scores by indicator.
    sensitivity : Sensitivity or None
        How the ranking moves when each weight goes up and down by 20 %; None if fewer than two
        customers have a score.
    grades : dict of str to float
        Grade → the lowest score that gets it.
    """

    table: Any
    counts: pd.DataFrame
    card: Scorecard
    sensitivity: Sensitivity | None
    grades: Mapping[str, float]

    def _shown(self) -> Table:
        counted = ", ".join(f"{n:,} {g}" for g, n in self.counts[["grade", "customers"]].to_numpy())
        return table(self.table, f"Grades: {counted}", percent=("coverage",))


def composite_grade(
    rows: Any,
    *,
    key: str,
    indicators: Items = INDICATORS,
    weights: Weights = None,
    reverse: Sequence[str] | None = (),
    grades: Mapping[str, float] | Sequence[tuple[float, str]] = GRADES,
    unknown: str = "renormalize",
) -> CompositeGrade:
    """Grade customers by order value, profit, credit and prospects, put together by weights.

    Each indicator runs from 0 for the lowest value among these customers to 1 for the highest.
    So a grade compares a customer with the others of this table, and with nobody else.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
    indicators : list of str, or dict of str to str
        Columns of numbers, or indicator → column. Default: columns `order_value`, `profit`,
        `credit` and `prospects`. One where all are alike scores 0.5 for everyone.
    weights : dict, or list in the order of the indicators, optional
        How much each counts. Default: all alike, which is ours; the source gives no weights.
    reverse : list of str, optional
        Indicators where less is better, such as days late. None: of none.
    grades : dict of str to float, or list of (float, str), optional
        Grade → the lowest score that gets it, falling to 0; or pairs of lowest score and grade.
        Default: A from 0.8, B from 0.6, C from 0.4, D below. The default is ours.
    unknown : {"renormalize", "error"}, default "renormalize"
        Whether known indicators take the weight of unknown ones, or an unknown one is refused.

    Returns
    -------
    CompositeGrade
        `.table`, `.counts`, `.card`, `.sensitivity`, `.grades`. Exactly on a cut gets the better
        grade.

    Raises
    ------
    ColumnError
        If a column is not there, or has the name of a column of the answer.
    DataError
        If a key is missing or there twice, a value is no number, or is unknown and must not be.
    ParameterError
        If weights or grades do not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": ["A", "B", "C"], "order_value": [900, 500, 100], "profit": [90, 100, 20],
    ...     "credit": [3, None, 1], "prospects": [4, 5, 1],
    ... })
    >>> found = ka.segmentation.composite_grade(accounts, key="account", weights=[4, 3, 2, 1])
    >>> found.table[["account", "score", "grade", "coverage"]].round(3)
      account  score grade  coverage
    0       A  0.938     A       1.0
    1       B  0.750     B       0.8
    2       C  0.000     D       1.0
    """
    cuts = _cuts(grades if isinstance(grades, Mapping) else {n: c for c, n in grades})
    checks.choice("unknown", unknown, ("renormalize", "error"))
    columns = columns_of("indicators", indicators)
    less = [] if reverse is None else checks.texts("reverse", reverse, "indicators")
    card = scorecard(rows, key=key, items=columns, weights=weights, scale="observed", reverse=less)
    gaps = np.argwhere(np.isnan(card.parts))
    if unknown == "error" and gaps.size:
        row, item = gaps[0]
        raise DataError(
            f"indicator {[*card.weights][item]!r} of {card.rows.keys[row]!r} is missing: fill it "
            'in, or pass unknown="renormalize" to grade by what is known'
        )
    scores = card.scores
    rising = np.round([*cuts.values()], 12)[::-1]  # as the scores are: 1/3 on both sides is 1/3
    below = len(cuts) - np.searchsorted(rising, np.nan_to_num(scores), "right")
    place = np.where(np.isnan(scores), len(cuts), below)
    letters = [*cuts, UNKNOWN]
    customers = np.bincount(place.astype(np.intp), minlength=len(letters))
    share = customers / max(len(scores), 1)
    counts = pd.DataFrame({"grade": letters, "customers": customers, "share": share})
    rest = {name: card.columns[name] for name in ("coverage", "missing", "fix_first")}
    answer = card.rows.answer(score=scores, grade=frames.Words(letters, place), **rest)
    moves = sensitivity(card) if (~np.isnan(scores)).sum() > 1 else None
    return CompositeGrade(answer, counts, card, moves, cuts)


def _cuts(grades: Mapping[str, float]) -> dict[str, float]:
    cuts = [checks.number("grades", cut) for cut in grades.values()]
    named_well = all(isinstance(name, str) and name != UNKNOWN for name in grades)
    falling = cuts == sorted({*cuts}, reverse=True)
    if not cuts or not falling or cuts[-1] != 0 or cuts[0] > 1 or not named_well:
        raise ParameterError(
            f"grades={grades!r}: give falling lowest scores, best grade first and the last "
            "0, such as {'A': 0.8, 'B': 0.5, 'C': 0}"
        )
    return dict(zip(grades, cuts, strict=True))
