"""What all figures share: they take answers, draw where they are told, and come out the same."""

from __future__ import annotations

import re
import subprocess
import sys

import keyaccounts as ka
import pandas as pd
import pytest
from keyaccounts.errors import DataError

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt
from keyaccounts.plots.style import as_svg, wrapped

ANSWERS = {
    "ahp_bars": "ahp_weights",
    "definitions_overlap": "key_account_definitions",
    "grid_cells": "kaism",
    "grid_scatter": "kaism",
    "migration_matrix": "migration",
    "progressive_bars": "progressive",
    "pyramid_bars": "pyramid",
    "rfm_grid": "rfm",
    "time_bars": "time_allocation",
    "whale": "whale_curve",
}


@pytest.mark.parametrize(("plot", "method"), ANSWERS.items())
def test_a_table_is_no_answer(plot: str, method: str) -> None:
    with pytest.raises(DataError, match=rf"pass the answer of .*ka\.segmentation\.{method}, not a"):
        getattr(ka.plots, plot)(pd.DataFrame({"account": ["A"]}))


def test_every_figure_of_an_answer_is_asked() -> None:
    assert {*ka.plots.__all__} - {*ANSWERS} == {"lorenz", "rates", "set_notebook_style"}


def test_a_plot_draws_on_the_axes_it_is_given_and_changes_no_settings() -> None:
    before = dict(plt.rcParams)
    for draw, what in (
        (ka.plots.lorenz, [3, 2, 1]),
        (ka.plots.time_bars, ka.segmentation.time_allocation()),
    ):
        _, ax = plt.subplots()
        assert draw(what, ax=ax, title="Mine") is ax
        assert ax.get_title() == "Mine"
    assert dict(plt.rcParams) == before


def test_a_picture_that_was_taken_is_closed() -> None:
    plt.close("all")
    as_svg(ka.plots.lorenz([3, 2, 1]).figure)
    assert plt.get_fignums() == []


def test_svg_is_the_same_on_every_run_with_text_as_text_and_no_ground() -> None:
    first, second = (as_svg(ka.plots.lorenz([3, 2, 1]).figure) for _ in range(2))
    assert first == second
    assert "Customers, largest first</text>" in first
    assert "<dc:date>" not in first
    ground = re.search(r'<g id="patch_1">\s*<path[^>]*style="([^"]*)"', first)[1]
    assert "fill: none" in ground


def test_notebook_style_makes_a_notebook_show_svg() -> None:
    pytest.importorskip("IPython")
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import matplotlib.pyplot as plt
import keyaccounts as ka
ka.plots.set_notebook_style()
shown, _ = shell.display_formatter.format(ka.plots.lorenz([3, 2, 1]).figure)
assert "image/svg+xml" in shown and "image/png" not in shown, shown.keys()
assert "<dc:date>" not in shown["image/svg+xml"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_notebook_style_without_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython.core.getipython", None)
    with plt.rc_context():
        ka.plots.set_notebook_style()
        assert plt.rcParams["svg.fonttype"] == "none"


def test_titles_are_broken_into_lines_of_about_equal_length() -> None:
    assert wrapped("short") == "short"
    assert wrapped("Noted as moving: 47 % came", 17) == "Noted as moving:\n47 % came"
    parts = wrapped("Profit peaks at 120 % with 52 % of customers; the rest give back 20 %").split(
        "\n"
    )
    assert len(parts) == 2
    assert abs(len(parts[0]) - len(parts[1])) <= 8
