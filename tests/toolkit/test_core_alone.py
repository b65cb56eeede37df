"""The core works with nothing but what it requires, and says what a missing extra is for."""

from __future__ import annotations

import subprocess
import sys

EXTRAS = ("duckdb", "pyarrow", "polars", "pyspark", "matplotlib", "IPython", "ipywidgets")

CODE = f"""
import sys
class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {EXTRAS}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, NotInstalled())
import keyaccounts as ka
ka.frames.FAST_ROWS = 0
from importlib import util
found = util.find_spec
ka.frames.find_spec = lambda name: None if name in {EXTRAS} else found(name)
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
