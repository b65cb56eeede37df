"""Concentration: customers ranked by what they bring, and the curve of their running total."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import DataError
from keyaccounts.patterns.rates import Interval
from keyaccounts.totals import amounts, totals


@dataclass(frozen=True)
class Ranking:
    """Totals per key, largest first; equal totals in order of the key.

    Attributes
    ----------
    source : the caller's table.
    frame : columns `key` and `value`, ranked.
    values : the totals as an array.
    """

    source: frames.Source
    frame: nw.DataFrame[Any]
    values: frames.Floats

    def answer(self, frame: nw.DataFrame[Any]) -> Any:
        """Return columns under the caller's names, in the caller's kind of frame."""
        own = {role: self.source.names[role] for role in ("key", "value")}
        for name in own.values():
            frames.check_free(name, [column for column in frame.columns if column not in own])
        return frames.like(self.source, frame.rename(own), "key")


def rank(values: Any, *, key: str, value: str) -> Ranking:
    """Add up the rows of each key and rank the totals, largest first.

    Parameters
    ----------
    values : frame
        Any number of rows per key.
    key, value : str
        Columns: whose it is, and how much.

    Returns
    -------
    Ranking

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a key or value is missing, a value is not a finite number, or they are too large to
        add up.

    Examples
    --------
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"account": ["A", "B", "A"], "amount": [1.0, 5.0, 2.0]})
    >>> ka.patterns.concentration.rank(sales, key="account", value="amount").values
    array([5., 3.])
    """
    source, frame = totals(values, key=key, value=value)
    sums = frames.steady(frames.numbers(frame, "value"))
    order = np.argsort(-sums, kind="stable")
    ranked = frames.with_arrays(frame.select("key"), value=sums)[order, :]
    return Ranking(source, ranked, sums[order])


def top_count(customers: int, top: float) -> int:
    """Return how many of `customers` the share `top` is, rounded up."""
    count = math.ceil(round(top * customers, 9))  # 0.07 × 100 is 7.000000000000001
    return max(count, 1) if customers else 0


def pareto_share(values: Any, top: float = 0.2, *, value: str | None = None) -> float:
    """Say which share of the total the top customers bring, to see whether it is 80/20.

    Parameters
    ----------
    values : array-like or frame
        One number a customer.
    top : float, default 0.2
        Share of customers to count as the top; their number is rounded up.
    value : str, optional
        The column, if `values` is a frame.

    Returns
    -------
    float
        A fraction of the total. Above 1 when the others lose money on balance.

    Raises
    ------
    DataError
        If there are no values, one is not finite, they are too large to add up, or their total is
        not above zero.
    ParameterError
        If `top` is not a share above 0 and up to 1.

    References
    ----------
    Schmittlein, Cooper and Morrison (1993), Truth in Concentration in the Land of (80/20) Laws,
    Marketing Science 12(2).

    Examples
    --------
    >>> ka.segmentation.pareto_share([50, 20, 10, 10, 10])
    0.5
    """
    share = checks.fraction("top", top)
    found = np.sort(amounts(values, value))[::-1]
    total = _positive_total(found, value)
    return float(found[: top_count(found.size, share)].sum() / total)


def _small(found: frames.Floats) -> frames.Floats:
    """Return values of which even many times the total is finite; their shares stay the same."""
    return found * 2.0**-99 if np.abs(found).max() > 1e270 else found


def _positive_total(found: frames.Floats, column: str | None) -> float:
    total = frames.sure_total(found)
    if total <= 0:
        where = "" if column is None else f"column {column!r}: "
        raise DataError(
            f"{where}the values add up to {total:z,.2f}: "
            "a share of a total needs a total above zero"
        )
    return total


def pareto_interval(
    values: Any,
    top: float = 0.2,
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = 1000,
    value: str | None = None,
) -> Interval:
    """Say how sure the top customers' share is, if these customers are a sample of their kind.

    Parameters
    ----------
    values, top, value :
        As in :func:`pareto_share`.
    seed : int
        Seed of the resampling; the same seed gives the same interval.
    confidence : float, default 0.95
        Coverage aimed at.
    resamples : int, default 1000
        How often the customers are drawn again, with replacement (percentile bootstrap).

    Returns
    -------
    Interval
        `low` and `high`, fractions of the total.

    Raises
    ------
    DataError
        As in :func:`pareto_share`; or if so few customers bring something that one of the redraws
        has no total above zero.
    ParameterError
        If `top` or `confidence` is no share, or `seed` or `resamples` no count.

    References
    ----------
    Efron (1979), Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7(1).

    Examples
    --------
    >>> ka.segmentation.pareto_interval([10.0] * 50, seed=1)
    Interval(low=0.2, high=0.2)
    """
    share = checks.fraction("top", top)
    level = checks.open_fraction("confidence", confidence)
    draws = checks.whole("resamples", resamples, least=1)
    rng = np.random.default_rng(checks.whole("seed", seed, least=0))
    found = np.sort(amounts(values, value))[::-1]
    _positive_total(found, value)
    found = _small(found)
    n, wanted = found.size, top_count(found.size, share)
    shares, totals = np.empty(draws), np.empty(draws)
    for i in range(draws):
        # Drawing n of n customers = how often each is drawn. The values are sorted, so the top
        # of the draw is the first `wanted` drawn: no sorting inside the loop. Where places are
        # of 32 bits, as in a browser's kernel, bincount refuses longer ones.
        times = np.bincount(rng.integers(0, n, n).astype(np.intp), minlength=n)
        before = np.cumsum(times) - times
        counted = np.clip(wanted - before, 0, times)
        shares[i], totals[i] = (counted * found).sum(), (times * found).sum()
    if totals.min() <= 0:
        raise DataError(
            f"in {int((totals <= 0).sum()):,} of {draws:,} redraws the values add up to no total "
            "above zero: too few customers bring something to say how sure the share is"
        )
    shares /= totals
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(round(low, 12)), float(round(high, 12)))


def lorenz(values: Any, *, value: str | None = None) -> pd.DataFrame:
    """Draw up who carries the total: the cumulated share of value by share of customers.

    Parameters
    ----------
    values : array-like or frame
        One number a customer, none negative.
    value : str, optional
        The column, if `values` is a frame.

    Returns
    -------
    pandas.DataFrame
        Columns `customer_share` and `value_share` (fractions), smallest customers first, from
        (0, 0) to (1, 1).

    Raises
    ------
    DataError
        If there are no values, one is negative or not finite, all are zero, or they are too large
        to add up.

    References
    ----------
    Lorenz (1905), Methods of Measuring the Concentration of Wealth, Publications of the American
    Statistical Association 9(70).

    Examples
    --------
    >>> ka.segmentation.lorenz([1, 3])
       customer_share  value_share
    0             0.0         0.00
    1             0.5         0.25
    2             1.0         1.00
    """
    found = _no_negatives(amounts(values, value), value)
    running = np.concatenate([[0.0], np.cumsum(found)])
    people = np.arange(found.size + 1) / found.size
    return pd.DataFrame({"customer_share": people, "value_share": running / running[-1]})


def gini(values: Any, *, value: str | None = None) -> float:
    """Say in one number how unequal customers are: 0 all alike, near 1 one has everything.

    Parameters
    ----------
    values : array-like or frame
        One number a customer, none negative.
    value : str, optional
        The column, if `values` is a frame.

    Returns
    -------
    float
        From 0 to (n − 1)/n: twice the area between the Lorenz curve and the diagonal.

    Raises
    ------
    DataError
        As in :func:`lorenz`.

    References
    ----------
    Gini (1912), Variabilità e mutabilità.

    Examples
    --------
    >>> ka.segmentation.gini([1, 1, 1, 1]), ka.segmentation.gini([0, 0, 0, 10])
    (0.0, 0.75)
    """
    found = _small(_no_negatives(amounts(values, value), value))
    n = found.size
    ranks = np.arange(1, n + 1)
    return float(2 * (ranks * found).sum() / (n * found.sum()) - (n + 1) / n)


def pareto_ratio(values: Any, *, value: str | None = None) -> tuple[float, float]:
    """Find the x/y of these customers: the top x that bring y = 1 − x of the total.

    Where the folk rule says 20/80, this is what the data say.

    Parameters
    ----------
    values : array-like or frame
        One number a customer, none negative.
    value : str, optional
        The column, if `values` is a frame.

    Returns
    -------
    tuple of float
        Share of customers, share of the total; they add up to 1.

    Raises
    ------
    DataError
        As in :func:`lorenz`.

    Examples
    --------
    >>> x, y = ka.segmentation.pareto_ratio([60, 10, 10, 10, 10])
    >>> round(x, 3), round(y, 3)
    (0.333, 0.667)
    """
    curve = lorenz(values, value=value)
    people = 1 - curve["customer_share"].to_numpy()  # top x of customers …
    brought = 1 - curve["value_share"].to_numpy()  # … bring y; both fall along the curve
    gap = people + brought - 1
    after = int(np.argmax(gap <= 0))
    if gap[after] == 0:
        return float(people[after]), float(1 - people[after])
    before = after - 1
    part = gap[before] / (gap[before] - gap[after])
    x = float(people[before] + part * (people[after] - people[before]))
    return x, 1 - x


def _no_negatives(found: frames.Floats, column: str | None) -> frames.Floats:
    """Return values of zero or more, smallest first; refuse others."""
    negative = found < 0
    if negative.any():
        where = "" if column is None else f"column {column!r}: "
        raise DataError(
            f"{where}{int(negative.sum()):,} values are negative, first in row "
            f"{int(negative.argmax())} (counting from 0): a Lorenz curve needs values of zero "
            "or more. For profits with losses use ka.segmentation.whale_curve"
        )
    _positive_total(found, column)
    return np.sort(found)
