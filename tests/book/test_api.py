"""What the reference shows explains itself: parameters, answer, and an example to copy."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import keyaccounts as ka
import pytest
from numpydoc.docscrape import NumpyDocString
from page_texts import ROOT

REFERENCE = ROOT / "book" / "reference"
KITCHEN = {"frames"}  # of use to methods, not to readers
DIRECTIVE = re.compile(r"^```\{api-room\} (\S+)\n(?:(?!```):?(?:only: (.+)|.*)\n)*?```", re.M)


def modules(*pages: Path) -> dict[str, str]:
    """Return what pages show of the toolkit, in their order: module → the names it is cut to."""
    return {
        name: only for page in pages for name, only in DIRECTIVE.findall(page.read_text("utf8"))
    }


MODULES = modules(*sorted(REFERENCE.glob("api/*.md")))


def test_every_room_has_its_page_and_stands_in_the_list() -> None:
    rooms = {name for name in ka.__all__ if inspect.ismodule(getattr(ka, name))} - KITCHEN
    assert {module.split(".")[1] for module in MODULES if "." in module} == rooms
    assert sorted(modules(REFERENCE / "api.md")) == sorted(MODULES)


def shown() -> dict[str, Any]:
    """Return the functions and classes that the reference shows, by their full names."""
    found = {}
    for name, only in MODULES.items():
        module = importlib.import_module(name)
        names = only.split() or getattr(module, "__all__", None) or [*vars(module)]
        for own in names:
            thing = getattr(module, own)
            here = hasattr(module, "__all__") or getattr(thing, "__module__", "") == name
            if own[0] != "_" and here and (inspect.isroutine(thing) or inspect.isclass(thing)):
                found[f"{name}.{own}"] = thing
    return found


SHOWN = shown()
FUNCTIONS = {name: thing for name, thing in SHOWN.items() if inspect.isfunction(thing)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_parameter_the_answer_and_what_is_refused_are_explained(name: str) -> None:
    told = NumpyDocString(inspect.getdoc(FUNCTIONS[name]) or "")
    asked = [*inspect.signature(FUNCTIONS[name]).parameters]
    said = [part.strip().lstrip("*") for p in told["Parameters"] for part in p.name.split(",")]
    assert sorted(said) == sorted(asked)
    for parameter in told["Parameters"]:
        assert "".join(parameter.desc).strip(), f"{parameter.name} has no words"
    assert told["Returns"] or inspect.signature(FUNCTIONS[name]).return_annotation == "None"
    if asked and not {"plots", "widgets"} & {*name.split(".")}:  # they pass on what methods refuse
        assert told["Raises"]
    assert any(line.startswith(">>> ") for line in told["Examples"])


@pytest.mark.parametrize("name", SHOWN)
def test_an_example_can_be_copied(name: str) -> None:
    """It needs `ka` and what it imports, nothing else."""
    examples = doctest.DocTestFinder(recurse=False).find(SHOWN[name], name, globs={"ka": ka})
    for example in examples:
        found = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(example)
        assert found.failed == 0
