"""Companies that many tests look at: each is made once in a process, and nobody changes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest
from keyaccounts.world import simulate

SEEDS = (2026, 21, 22)  # the course's own, and two that nobody tuned anything to
Company = dict[str, pd.DataFrame]


@pytest.fixture(scope="session")
def worlds() -> Callable[[int], Company]:
    """Return whole companies of the size of the course, by seed."""
    return cache(simulate)


@pytest.fixture(scope="session", params=SEEDS)
def world(request: pytest.FixtureRequest, worlds: Callable[[int], Company]) -> Company:
    """Return one company after the other."""
    return worlds(request.param)
