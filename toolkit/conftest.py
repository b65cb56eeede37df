"""Examples in docstrings run with the name that readers import the toolkit under."""

from typing import Any

import keyaccounts as ka
import pytest

collect_ignore = ["conftest.py"]  # it holds no examples itself


@pytest.fixture(autouse=True)
def _named(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace["ka"] = ka
