"""Examples of the reference can be copied: they need `ka` and what they import, nothing else."""

from __future__ import annotations

import doctest
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyaccounts as ka
import pytest

REFERENCE = Path(__file__).parents[2] / "book" / "reference" / "api.md"
MODULES = [
    line.split("} ")[1].strip()
    for line in REFERENCE.read_text("utf8").splitlines()
    if line.startswith("```{api-room} ")
]


def shown(module: str) -> Iterator[Any]:
    room = importlib.import_module(module)
    names = getattr(room, "__all__", None) or [
        name for name, thing in vars(room).items() if getattr(thing, "__module__", "") == module
    ]
    for name in names:
        thing = getattr(room, name)
        if not name.startswith("_") and (inspect.isroutine(thing) or inspect.isclass(thing)):
            yield pytest.param(name, thing, id=f"{module}.{name}")


@pytest.mark.parametrize(
    ("name", "thing"), [param for module in MODULES for param in shown(module)]
)
def test_an_example_can_be_copied(name: str, thing: Any) -> None:
    examples = doctest.DocTestFinder(recurse=False).find(thing, name, globs={"ka": ka})
    for example in examples:
        found = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(example)
        assert found.failed == 0
