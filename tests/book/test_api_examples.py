"""The reference has a page for every room, and its examples can be copied.

They need `ka` and what they import, nothing else.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyaccounts as ka
import pytest

REFERENCE = Path(__file__).parents[2] / "book" / "reference"
KITCHEN = {"frames"}  # of use to methods, not to readers


def modules(*pages: Path) -> list[str]:
    """List what pages show of the toolkit, in their order."""
    lines = [line for page in pages for line in page.read_text("utf8").splitlines()]
    return [line.split("} ")[1].strip() for line in lines if line.startswith("```{api-room} ")]


MODULES = modules(*sorted(REFERENCE.glob("api/*.md")))


def test_every_room_has_its_page_and_stands_in_the_list() -> None:
    rooms = {name for name in ka.__all__ if inspect.ismodule(getattr(ka, name))} - KITCHEN
    assert {module.split(".")[1] for module in MODULES if "." in module} == rooms
    assert len(set(MODULES)) == len(MODULES)
    assert sorted(modules(REFERENCE / "api.md")) == sorted(MODULES)


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
