"""Rates: k of n, with an interval that is honest for small n."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtri

from keyaccounts import checks
from keyaccounts.errors import ParameterError


class Interval(NamedTuple):
    """Two ends of an interval.

    Attributes
    ----------
    low, high : float
        The ends, as fractions.
    """

    low: float
    high: float


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
        If the counts are negative or not whole, if there are more successes than trials, or if
        `confidence` is not between 0 and 1.

    References
    ----------
    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference,
    Journal of the American Statistical Association 22(158).

    Examples
    --------
    >>> low, high = wilson_interval(10, 50)
    >>> round(low, 4), round(high, 4)
    (0.1124, 0.3304)
    """
    n = checks.whole("trials", trials, least=0)
    k = checks.whole("successes", successes, least=0)
    level = checks.open_fraction("confidence", confidence)
    if k > n:
        raise ParameterError(f"successes={k}, trials={n}: there cannot be more successes")
    if n == 0:
        return Interval(0.0, 1.0)
    z = float(ndtri(0.5 + level / 2))
    rate, spread = k / n, z * z / n
    center = (rate + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(rate * (1 - rate) / n + spread / (4 * n))
    # The formula gives exactly 0 and 1 at the ends; rounding must not spoil that.
    return Interval(0.0 if k == 0 else center - half, 1.0 if k == n else center + half)
