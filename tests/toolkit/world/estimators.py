"""Plain estimators, as the papers print them: what is planted has to be found again by them."""

from __future__ import annotations

import numpy as np
from scipy import optimize, special


def bgnbd(params: np.ndarray, x: np.ndarray, tx: np.ndarray, age: np.ndarray) -> float:
    """Log-likelihood of Fader, Hardie and Lee (2005), equation 6."""
    r, alpha, a, b = params
    start = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    stays = special.betaln(a, b + x) - special.betaln(a, b) - (r + x) * np.log(alpha + age)
    again = np.maximum(x, 1)
    left = special.betaln(a + 1, b + again - 1) - special.betaln(a, b)
    left = left - (r + x) * np.log(alpha + tx)
    return float(np.sum(start + np.where(x > 0, np.logaddexp(stays, left), stays)))


def gamma_gamma(params: np.ndarray, x: np.ndarray, mean: np.ndarray) -> float:
    """Log-likelihood of Fader and Hardie (2013), equation 1a."""
    p, q, v = params
    return float(
        np.sum(
            special.gammaln(p * x + q)
            - special.gammaln(p * x)
            - special.gammaln(q)
            + q * np.log(v)
            + (p * x - 1) * np.log(mean)
            + p * x * np.log(x)
            - (p * x + q) * np.log(x * mean + v)
        )
    )


def best(
    likelihood: object, start: tuple[float, ...], *data: np.ndarray
) -> optimize.OptimizeResult:
    """Maximize a log-likelihood over positive parameters."""
    return optimize.minimize(
        lambda logs: -likelihood(np.exp(logs), *data), np.log(start), method="L-BFGS-B"
    )
