"""The house keeps its rules: who may import whom, what an import loads, what names explain."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import keyaccounts as ka
import pytest

PACKAGE = Path(ka.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
CHAPTERS = {"information", "prospecting", "segmentation", "penetration", "service"}
# Each floor may import what stands below it, and its own room.
FLOORS = [
    {"errors", "escapes"},
    {"checks", "files", "mends", "tables"},
    {"frames"},
    {"totals"},
    {"datasets", "patterns", "purchases", "summaries", "world"},
    {"accounts"},
    CHAPTERS,
    {"fleet"},
    {"plots"},
    {"report", "widgets"},
    {"cli"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MAY_MEET = [{"patterns", "purchases"}, {"datasets", "world"}, {"widgets", "report"}]


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by the full name"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {n.split(".")[1] for n in names if n.startswith("keyaccounts.")}
    return {name for name in found if name in FLOOR}


def test_every_room_has_its_floor() -> None:
    assert {room(p) for p in MODULES} - {"__init__"} <= set(FLOOR)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_down_the_house(path: Path) -> None:
    own = room(path)
    if own == "__init__":  # names the rooms, and loads them when asked
        return
    for other in imported_rooms(path) - {own}:
        lower = FLOOR[other] < FLOOR[own]
        assert lower or {own, other} in MAY_MEET, f"{own} may not import {other}"
        if own in {"world", "datasets"}:
            assert other not in CHAPTERS


HEAVY = ("matplotlib", "ipywidgets", "duckdb", "polars", "pyarrow.parquet", "pyspark", "IPython")


def loaded_by(code: str) -> set[str]:
    ask = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_loads_no_plotting_widgets_or_engines() -> None:
    assert not loaded_by("import keyaccounts") & set(HEAVY)


def test_methods_load_no_plotting_or_widgets() -> None:
    assert not loaded_by("import keyaccounts as ka; ka.segmentation.rfm") & {
        "matplotlib",
        "IPython",
    }


def test_rooms_are_found_and_unknown_ones_refused() -> None:
    assert ka.segmentation.rfm is import_module("keyaccounts.segmentation").rfm
    assert {"segmentation", "table", "__version__"} <= set(dir(ka))
    with pytest.raises(AttributeError, match="no attribute 'cellar'"):
        _ = ka.cellar


# ------------------------------------------------------------------------------- docstrings


def public() -> list[tuple[str, Any]]:
    """List what a reader may call: everything in `__all__` of a room, and modules without one."""
    found = {}
    for path in MODULES:
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] in {"plots", "widgets"} and not find_spec("matplotlib"):
            continue
        name = ".".join(["keyaccounts", *(p for p in parts if p != "__init__")])
        module = import_module(name)
        names = [n for n in vars(module) if not n.startswith("_")]
        for n in names:
            thing = getattr(module, n)
            if getattr(thing, "__module__", None) == name and callable(thing):
                found[f"{name}.{n}"] = thing
    return sorted(found.items())


PUBLIC = public()


@pytest.mark.parametrize(("name", "thing"), PUBLIC, ids=[n for n, _ in PUBLIC])
def test_every_public_name_says_what_it_is(name: str, thing: Any) -> None:
    text = inspect.getdoc(thing) or ""
    assert len(text.splitlines()[0]) >= 10, "one line that says what it answers"
    assert text.splitlines()[0].endswith((".", ":"))
