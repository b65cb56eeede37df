"""The core works with nothing but what it requires, and says what a missing extra is for."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyaccounts as ka
import pytest
from keyaccounts.errors import needs

EXTRAS = ("duckdb", "pyarrow", "polars", "pyspark", "matplotlib", "IPython", "ipywidgets")

CODE = f"""
import sys
class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {EXTRAS}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, NotInstalled())
import keyaccounts as ka
ka.frames.source.FAST_ROWS = 0
from importlib import util
found = util.find_spec
ka.frames.source.find_spec = lambda name: None if name in {EXTRAS} else found(name)
orders = ka.datasets.load("cdnow")
scored = ka.segmentation.rfm(orders, as_of="1998-06-30")
assert len(scored.table) == len(ka.segmentation.rfm_segments(scored)) == 2357
assert "8 of 2,357 rows" in scored._repr_html_()
assert len(ka.purchases.summarize(orders)) == 2357
classes = ka.segmentation.abc(orders, key="customer_id", value="amount")
assert classes.table["class"].iloc[0] == "A"
texts = orders.assign(order_date=orders["order_date"].dt.strftime("%Y-%m-%d"))
assert ka.segmentation.rfm(texts, as_of="1998-06-30").table.equals(scored.table)
assert 0.4 < ka.segmentation.gini(classes.table["amount"]) < 1
"""


def test_the_core_needs_no_extra() -> None:
    subprocess.run([sys.executable, "-c", CODE], check=True)


@pytest.mark.parametrize(
    "code", ["import keyaccounts as ka; ka.plots", "from keyaccounts.plots.style import percent"]
)
def test_without_matplotlib_the_extra_is_named(code: str) -> None:
    blocked = f"import sys; sys.modules['matplotlib'] = None; {code}"
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        'ModuleNotFoundError: figures need matplotlib: pip install "keyaccounts[plot]"'
    )


QUESTION = """
[[question]]
id = "peak"
kind = "true-false"
ask = "A share of revenue can exceed 100 %."
answer = false
if_true = "A share of profit can."
if_false = "No customer has negative revenue."
"""


def test_a_self_check_needs_no_matplotlib() -> None:
    code = f"""
import sys
sys.modules["matplotlib"] = sys.modules["ipywidgets"] = None
import keyaccounts as ka
print(ka.widgets.self_check({QUESTION!r})._repr_html_())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'class="ka-check"' in done.stdout


def test_a_needed_module_says_which_it_is() -> None:
    sentence = r'^a needs b: pip install "keyaccounts\[c\]"$'
    with pytest.raises(ModuleNotFoundError, match=sentence) as e, needs("a needs b", extra="c"):
        raise ModuleNotFoundError("No module named 'b'", name="b")
    assert e.value.name == "b"


# Imports of what need not be there, with the reason why nothing is said.
UNGUARDED = {
    ("frames/source.py", "duckdb"): "asked for by find_spec",
    ("frames/answers.py", "duckdb"): "the caller's own table is of it",
    ("frames/answers.py", "pyspark"): "the caller's own table is of it",
}


def imports(node: ast.AST, guard: str = "") -> Iterator[tuple[str, str]]:
    """Yield each imported module with what stands around it: `needs`, or `try`."""
    if isinstance(node, ast.Import):
        yield from ((alias.name.split(".")[0], guard) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield str(node.module).split(".")[0], guard
    if isinstance(node, ast.With) and "needs(" in ast.unparse(node.items[0]):
        guard = "needs"
    elif isinstance(node, ast.Try) and any("ImportError" in ast.unparse(h) for h in node.handlers):
        guard = "try"
    for child in ast.iter_child_nodes(node):
        yield from imports(child, guard)


def test_every_import_of_an_extra_says_what_is_missing() -> None:
    package = Path(ka.__file__).parent
    required = {"keyaccounts", "narwhals", "numpy", "pandas", "scipy", *sys.stdlib_module_names}
    found, bare = set(), set()
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        for module, guard in imports(ast.parse(path.read_text("utf8"))):
            if module in required:
                continue
            found.add(module)
            behind = name.startswith("plots/") and name != "plots/__init__.py"
            if not guard and not (behind and module == "matplotlib"):
                bare.add((name, module))
    assert bare == UNGUARDED.keys()
    assert {"matplotlib", "ipywidgets", "duckdb", "pyarrow", "typer", "rich"} <= found
