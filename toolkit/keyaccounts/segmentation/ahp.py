"""AHP: weights from comparing two criteria at a time, and whether the answers agree (chapter 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.frames import Floats
from keyaccounts.tables import Shown, Table, number, table

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
"""Mean consistency index of random answers for 1 to 10 criteria (Saaty 1980)."""

ACCEPTABLE = 0.10
"""Below this consistency ratio answers are usually accepted (Saaty 1980)."""


class AhpWeights(Shown):
    """Answer of :func:`ahp_weights`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a criterion, in the order of the matrix: `criterion`, `weight`, `rank`.
    weights : array
        The weights in the same order; they sum to 1.
    lambda_max : float
        Largest eigenvalue of the matrix: the number of criteria where all answers agree, and
        more the more they contradict each other.
    consistency_index : float
        (`lambda_max` − n) / (n − 1).
    consistency_ratio : float
        The index as a share of what random answers give; 0 for one or two criteria.
    consistent : bool
        Whether the ratio is below 0.10.
    judgments : pandas.DataFrame
        One row a comparison, the one that agrees least with the others first: `first`, `second`,
        `given` (how many times more the first was said to matter), `fitting` (what the weights
        say), `misfit` (size of ln(given / fitting), 0 where both agree), `ratio_if_fitted` (the
        consistency ratio if this one answer were changed to what fits). With three criteria all
        three answers misfit alike, and none can be told from the others.
    """

    table: pd.DataFrame
    weights: Floats
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    consistent: bool
    judgments: pd.DataFrame

    def _shown(self) -> Table:
        ratio = number(self.consistency_ratio, ".2f")
        said = "answers agree well enough" if self.consistent else "look at the answers again"
        caption = f"Weights by pairwise comparison; consistency ratio {ratio}: {said}"
        return table(self.table, caption, digits={"weight": 3}, rows=len(self.table))


def comparisons(
    pairs: Mapping[tuple[str, str], float] | Sequence[float], names: Sequence[str]
) -> pd.DataFrame:
    """Build the matrix of comparisons from one answer for each pair of criteria.

    Each answer says how many times more the first of a pair matters than the second: 1 to 9, or
    1/2 to 1/9 where the second matters more; ``reference("ahp_scale")`` says what the numbers mean.
    The other half of the matrix follows.

    Parameters
    ----------
    pairs : dict of (str, str) to number, or sequence of numbers
        One answer for each pair, either way around; or the upper triangle of the matrix, row by
        row: first with second, first with third, …, second with third, ….
    names : sequence of str
        The criteria.

    Returns
    -------
    pandas.DataFrame
        Rows and columns are named; :func:`ahp_weights` takes it.

    Raises
    ------
    ParameterError
        If a pair is missing, answered twice or unknown, or an answer is off the scale.

    References
    ----------
    Saaty (1977), A Scaling Method for Priorities in Hierarchical Structures, Journal of
    Mathematical Psychology 15(3).

    Examples
    --------
    >>> ka.segmentation.comparisons([3, 5, 3], ["profit", "growth", "credit"]).round(2)
            profit  growth  credit
    profit    1.00    3.00     5.0
    growth    0.33    1.00     3.0
    credit    0.20    0.33     1.0
    """
    names = _names(names)
    wanted = list(combinations(names, 2))
    if not isinstance(pairs, Mapping):
        pairs = [*pairs]
        if len(pairs) != len(wanted):
            raise ParameterError(
                f"pairs: {len(names)} criteria make {len(wanted)} pairs, not {len(pairs)}; give "
                "one answer for each"
            )
        pairs = dict(zip(wanted, pairs, strict=True))
    matrix = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for pair, value in pairs.items():
        if not isinstance(pair, tuple) or {pair, pair[::-1]}.isdisjoint(wanted):
            raise ParameterError(f"pairs: {pair!r} is not a pair of {', '.join(names)}")
        if pair[::-1] in pairs:
            raise ParameterError(f"pairs: {pair!r} is answered twice; give one way around only")
        answer = checks.number(f"pairs[{pair!r}]", value)
        if not 1 / 9 - 1e-9 <= answer <= 9:
            raise ParameterError(
                f"pairs[{pair!r}]={value!r}: give 1 to 9, or 1/9 to 1 where the second matters more"
            )
        first, second = pair
        matrix.loc[first, second], matrix.loc[second, first] = answer, 1 / answer
    for pair in wanted:
        if pair not in pairs and pair[::-1] not in pairs:
            raise ParameterError(f"pairs: no answer for {pair!r}; compare every pair once")
    return matrix


def ahp_weights(matrix: Any, names: Sequence[str] | None = None) -> AhpWeights:
    """Turn comparisons of two criteria at a time into weights, and say whether they agree.

    Parameters
    ----------
    matrix : array-like or pandas.DataFrame
        Row *i*, column *j*: how many times more criterion *i* matters than *j*. Ones on the
        diagonal, and the reciprocal on the other side of it; :func:`comparisons` makes one.
    names : sequence of str, optional
        The criteria. Default: the columns of a pandas frame, else "1", "2", ….

    Returns
    -------
    AhpWeights
        `.weights`, `.consistency_ratio`, `.consistent`; `.judgments` says which answer to look at
        again, and what would fit the others.

    Raises
    ------
    DataError
        If the matrix is not square, has more than ten criteria, or a cell is not a number above
        zero, or does not fit the cell on the other side.
    ParameterError
        If the names are not as many as the criteria, or one is there twice.

    Notes
    -----
    The weights are the principal eigenvector. All cells are above zero, so by Perron's theorem the
    largest eigenvalue is real and stands alone, and all entries of its vector have one sign.
    It is found by `numpy.linalg.eig`; repeated multiplication, as in books, leads to the same
    vector but has to be told when to stop.

    References
    ----------
    Saaty (1977), A Scaling Method for Priorities in Hierarchical Structures, Journal of
    Mathematical Psychology 15(3).
    Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill.
    Saaty (2003), Decision-making with the AHP: Why is the Principal Eigenvector Necessary,
    European Journal of Operational Research 145(1), for the answer to look at again.

    Examples
    --------
    >>> found = ka.segmentation.ahp_weights([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    >>> found.weights.round(4)
    array([0.637 , 0.2583, 0.1047])
    >>> round(found.consistency_ratio, 4), found.consistent
    (0.0332, True)
    """
    values, given = _square(matrix)
    n = len(values)
    named = _names(given if names is None else names)
    if len(named) != n:
        raise ParameterError(f"names: {len(named)} names for {n} criteria; give one for each")
    _check_cells(values, named)
    weights, largest = _principal(values)
    rank = pd.Series(weights.round(12)).rank(method="first", ascending=False).astype(int)
    ratio = _ratio(largest, n)
    shown = pd.DataFrame({"criterion": named, "weight": weights, "rank": rank})
    index, judged = _index(largest, n), _judgments(values, weights, named)
    return AhpWeights(shown, weights, largest, index, ratio, bool(ratio < ACCEPTABLE), judged)


def _names(names: Sequence[str]) -> list[str]:
    found = [str(name) for name in names]
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice is not None:
        raise ParameterError(f"names: {twice!r} is there twice; give each criterion its own name")
    return found


def _square(matrix: Any) -> tuple[Floats, Sequence[str]]:
    try:
        values = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(
            "the matrix has a cell that is not a number, or rows of different lengths; write a "
            "third as 1/3, without quotes"
        ) from None
    if values.ndim != 2 or values.shape[0] != values.shape[1] or values.size == 0:
        raise DataError(
            f"a matrix of shape {values.shape} is not square: give a row and a column for each "
            "criterion"
        )
    n = len(values)
    if n > len(RANDOM_INDEX):
        raise DataError(
            f"{n} criteria are too many to compare in pairs ({n * (n - 1) // 2} questions): keep "
            "to ten, or group them and compare the groups first"
        )
    if isinstance(matrix, pd.DataFrame):
        labels = [str(name) for name in matrix.columns]
        rows = [str(name) for name in matrix.index]
        if not isinstance(matrix.index, pd.RangeIndex) and rows != labels:
            raise DataError(
                "rows and columns of the matrix name different criteria, or in another order: "
                "sort the rows like the columns"
            )
        return values, labels
    return values, [str(i + 1) for i in range(n)]


def _check_cells(values: Floats, names: Sequence[str]) -> None:
    for i, j in np.argwhere(~(np.isfinite(values) & (values > 0))):
        raise DataError(
            f"row {names[i]!r}, column {names[j]!r} is {values[i, j]:zg}: how many times more the "
            "row matters is a number above zero; write 1/3 where the column matters 3 times more"
        )
    for i, j in np.argwhere(np.abs(values * values.T - 1) > 1e-6):
        where = f"row {names[i]!r}, column {names[j]!r} is {values[i, j]:zg}"
        if i == j:
            raise DataError(f"{where}: a criterion compared with itself is 1")
        raise DataError(
            f"{where}, but row {names[j]!r}, column {names[i]!r} is {values[j, i]:zg}: one must be "
            f"the reciprocal of the other, here {1 / values[i, j]:z.6g}; "
            "ka.segmentation.comparisons fills it in for you"
        )


def _principal(values: Floats) -> tuple[Floats, float]:
    """Return the principal eigenvector, summing to 1, and its eigenvalue."""
    found, vectors = np.linalg.eig(values)
    best = int(np.argmax(found.real))
    vector = np.abs(vectors[:, best].real)
    # It is never below n (Saaty 1977); rounding may say so.
    return vector / vector.sum(), max(float(found[best].real), float(len(values)))


def _index(largest: float, n: int) -> float:
    return (largest - n) / (n - 1) if n > 2 else 0.0


def _ratio(largest: float, n: int) -> float:
    return _index(largest, n) / RANDOM_INDEX[n - 1] if n > 2 else 0.0


def _judgments(values: Floats, weights: Floats, names: Sequence[str]) -> pd.DataFrame:
    n = len(names)
    rows = []
    for i, j in combinations(range(n), 2):
        fitting = weights[i] / weights[j]
        changed = values.copy()
        changed[i, j], changed[j, i] = fitting, 1 / fitting
        misfit = abs(float(np.log(values[i, j] / fitting)))
        after = _ratio(_principal(changed)[1], n)
        rows.append((names[i], names[j], values[i, j], fitting, misfit, after))
    columns = ["first", "second", "given", "fitting", "misfit", "ratio_if_fitted"]
    rows.sort(key=lambda row: -round(row[4], 12))  # the worst first
    return pd.DataFrame(rows, columns=columns)
