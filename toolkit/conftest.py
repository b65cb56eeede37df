"""Examples in docstrings run with the name that readers import the toolkit under."""

from typing import Any

import keyaccounts as ka
import pytest


@pytest.fixture(autouse=True)
def _named(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace["ka"] = ka
