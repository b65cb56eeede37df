"""Plain estimators for the tests of the company, and what is planted in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def logistic(x: Any, y: Any) -> tuple[Any, Any]:
    """Return coefficients and standard errors (plain Newton steps); the first is the constant."""
    x = np.column_stack([np.ones(len(x)), np.asarray(x, dtype=float)])
    y = np.asarray(y, dtype=float)
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        information = x.T @ (x * (p * (1 - p))[:, None])
        beta = beta + np.linalg.solve(information, x.T @ (y - p))
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))


def planted(company: Mapping[str, pd.DataFrame], name: str, *places: str) -> Any:
    """Return what the answer key says of a list of numbers, in the order of its places."""
    told = company["truth_parameters"].set_index("parameter")["value"]
    return told[[f"{name}.{place}" for place in places]].astype(float).to_numpy()
