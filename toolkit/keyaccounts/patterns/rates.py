"""Rates: k of n, with an interval that is honest for small n, and two of them compared."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
from scipy.special import ndtri

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError

MOST = 2**63 - 1
"""The largest count that is taken: what a whole number of 64 bits holds."""

COMPARED = 10**9
"""The most trials of both rates that are compared: the exact test takes seconds for so many."""


class Interval(NamedTuple):
    """Two ends of an interval.

    Attributes
    ----------
    low, high : float
        The ends, as fractions.
    """

    low: float
    high: float


class Comparison(NamedTuple):
    """Answer of :func:`compare`.

    Attributes
    ----------
    difference : float
        The first rate minus the second; NaN where one of them has no trials.
    low, high : float
        Between which the difference of the true rates plausibly lies. If 0 is between them, the
        counts do not settle which rate is higher.
    p_value : float
        How often rates that are truly equal would differ at least as much (Fisher's exact test,
        two-sided).
    """

    difference: float
    low: float
    high: float
    p_value: float


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Say between which rates the truth plausibly lies when k of n came off.

    Parameters
    ----------
    successes : int
        How many came off.
    trials : int
        Out of how many.
    confidence : float, default 0.95
        Share of such intervals that hold the true rate.

    Returns
    -------
    Interval
        `low` and `high`, fractions. Without trials nothing is known: (0, 1).

    Raises
    ------
    ParameterError
        If the counts are negative, not whole or of more than 64 bits, if there are more successes
        than trials, or if `confidence` is not between 0 and 1.

    References
    ----------
    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference,
    Journal of the American Statistical Association 22(158).

    Examples
    --------
    >>> low, high = ka.patterns.rates.wilson_interval(10, 50)
    >>> round(low, 4), round(high, 4)
    (0.1124, 0.3304)
    """
    level = checks.open_fraction("confidence", confidence)
    return _wilson(*_counts("", successes, trials), level)


def _counts(prefix: str, successes: int, trials: int) -> tuple[int, int]:
    """Return both counts as Python's own numbers, which never overflow."""
    n = _count(f"{prefix}trials", trials)
    k = _count(f"{prefix}successes", successes)
    if k > n:
        raise ParameterError(
            f"{prefix}successes={k}, {prefix}trials={n}: there cannot be more successes"
        )
    return k, n


def _count(name: str, value: int) -> int:
    found = checks.whole(name, value, least=0)
    if found > MOST:
        raise ParameterError(f"{name}: a number of more than 64 bits; give a count up to {MOST:,}")
    return found


def _wilson(k: int, n: int, level: float) -> Interval:
    if n == 0:
        return Interval(0.0, 1.0)
    z = -float(ndtri((1 - level) / 2))  # from the lower tail: 0.5 + level / 2 may round to 1
    rate, spread = k / n, z * z / n
    center = (rate + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(rate * (1 - rate) / n + spread / (4 * n))
    # The formula gives exactly 0 and 1 at the ends, never more; rounding must not spoil that.
    return Interval(
        0.0 if k == 0 else max(center - half, 0.0), 1.0 if k == n else min(center + half, 1.0)
    )


def compare(
    successes: int, trials: int, other_successes: int, other_trials: int, confidence: float = 0.95
) -> Comparison:
    """Say whether one of two rates is higher, and by how much, or whether it may be luck.

    Parameters
    ----------
    successes, trials : int
        How many came off, out of how many.
    other_successes, other_trials : int
        The same of the rate to compare with; no case may count in both.
    confidence : float, default 0.95
        Share of such intervals that hold the true difference.

    Returns
    -------
    Comparison
        `difference`, `low`, `high` (fractions, −1 to 1) and `p_value`.

    Raises
    ------
    ParameterError
        As :func:`wilson_interval`; or if there are more than a billion trials.

    Notes
    -----
    Interval and test are made differently, so near the border one may settle what the other does
    not. Decide beforehand which you will read.

    References
    ----------
    Newcombe (1998), Interval Estimation for the Difference between Independent Proportions,
    Statistics in Medicine 17, method 10. Fisher (1935), The Logic of Inductive Inference, Journal
    of the Royal Statistical Society 98(1).

    Examples
    --------
    Of 70 letters 56 were answered, of 80 others 48.

    >>> found = ka.patterns.rates.compare(56, 70, 48, 80)
    >>> [round(value, 4) for value in found]
    [0.2, 0.0524, 0.3339, 0.0125]
    """
    k, n = _counts("", successes, trials)
    second_k, second_n = _counts("other_", other_successes, other_trials)
    level = checks.open_fraction("confidence", confidence)
    if n + second_n > COMPARED:
        raise ParameterError(
            f"trials={n}, other_trials={second_n}: more than {COMPARED:,} together cannot be "
            "compared exactly; compare a sample of both"
        )
    if n == 0 or second_n == 0:
        return Comparison(math.nan, -1.0, 1.0, 1.0)
    one, other = _wilson(k, n, level), _wilson(second_k, second_n, level)
    rate, second = k / n, second_k / second_n
    difference = rate - second
    down = math.hypot(rate - one.low, other.high - second)
    up = math.hypot(one.high - rate, second - other.low)
    from scipy.stats import fisher_exact  # here, because it takes longer to load than the rest

    p_value = float(fisher_exact(np.array([[k, n - k], [second_k, second_n - second_k]])).pvalue)
    return Comparison(
        difference, max(difference - down, -1.0), min(difference + up, 1.0), min(p_value, 1.0)
    )


def by_group(rows: Any, *, group: str, success: str, confidence: float = 0.95) -> Any:
    """Say for each group how many of how many came off, and how sure that rate is.

    Parameters
    ----------
    rows : frame
        One row a case, of any kind the toolkit accepts.
    group, success : str
        Columns: which group; whether it came off (true or false, or 1 or 0).
    confidence : float, default 0.95
        As in :func:`wilson_interval`.

    Returns
    -------
    frame
        Same kind as `rows`, sorted by group: the group under the name it had, `trials`,
        `successes`, `rate`, `low`, `high` (fractions). No rows in, no rows out.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a group is missing, or `success` holds anything but true/false or 1/0.
    ParameterError
        If `confidence` is not between 0 and 1.

    Examples
    --------
    >>> import pandas as pd
    >>> calls = pd.DataFrame({"channel": ["fair", "fair", "phone"], "won": [True, False, False]})
    >>> ka.patterns.rates.by_group(calls, group="channel", success="won").round(2)
      channel  trials  successes  rate   low  high
    0    fair       2          1   0.5  0.09  0.91
    1   phone       1          0   0.0  0.00  0.79
    """
    level = checks.open_fraction("confidence", confidence)
    opened = frames.open_rows(rows, group=frames.key(group), success=frames.flag(success))
    counted = frames.collect(
        opened.lazy.group_by("group")
        .agg(nw.len().alias("trials"), nw.col("success").sum().alias("successes"))
        .sort("group"),
        key="group",
    )
    n, k = (frames.numbers(counted, c).astype(np.int64) for c in ("trials", "successes"))
    ends = [wilson_interval(int(a), int(b), level) for a, b in zip(k, n, strict=True)]
    low, high = np.array(ends, dtype=np.float64).reshape(-1, 2).T
    rates = {"rate": k / n, "low": low, "high": high}
    return frames.answered(opened.source, counted, "group", trials=n, successes=k, **rates)
