"""Settings that all tests share."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))
import kernel_env  # noqa: E402

# Before matplotlib is loaded, and for the kernels that run the notebooks.
kernel_env.settle(ROOT)

# Figures need no screen. Said to matplotlib and not to the environment: the kernels that run the
# notebooks would inherit it, and draw nothing.
with suppress(ImportError), warnings.catch_warnings(action="ignore"):
    import matplotlib as mpl

    mpl.use("Agg")

# The same examples on every run and every machine: a failure can be had again.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=30, database=None)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    # The oldest matplotlib we claim calls its parser by names that have since been changed.
    config.addinivalue_line("filterwarnings", r"ignore:'\w+' deprecated - use:DeprecationWarning")


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
