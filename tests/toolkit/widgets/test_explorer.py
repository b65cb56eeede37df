"""Explorers: the states a reader meets, in a notebook and in the built book."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import keyaccounts as ka
import pandas as pd
import pytest
from keyaccounts.errors import ParameterError

pytest.importorskip("matplotlib")
from keyaccounts.widgets import choice, explore, slider


def share(top: float, kind: str) -> tuple[Any, Any]:
    values = {"few": [50, 20, 10, 10, 10], "alike": [10] * 5}[kind]
    numbers = pd.DataFrame({"bring": [ka.segmentation.pareto_share(values, top)]})
    return ka.plots.lorenz(values, top=top), ka.table(numbers, f"{kind} </script> & co")


@pytest.fixture
def explorer() -> Any:
    return explore(
        share,
        alt="Lorenz curve.",
        top=slider("Top", [0.2, 0.4], start=0.4, unit="%"),
        kind=choice("Customers", ["few", "alike"], start="few"),
    )


def test_states_are_all_settings_the_last_control_fastest(explorer: Any) -> None:
    assert [s.finding for s in explorer.states] == [
        "The top 20 % of customers bring 50 % of the total",
        "The top 20 % of customers bring 20 % of the total",
        "The top 40 % of customers bring 70 % of the total",
        "The top 40 % of customers bring 40 % of the total",
    ]
    assert all(s.figure.startswith("<svg") and "0.70" in s.table for s in explorer.states[2:3])


def test_html_is_the_same_on_every_run_and_starts_at_the_start(explorer: Any) -> None:
    html = explorer._repr_mimebundle_()["text/html"]
    again = explore(
        share,
        alt="Lorenz curve.",
        top=slider("Top", [0.2, 0.4], start=0.4, unit="%"),
        kind=choice("Customers", ["few", "alike"], start="few"),
    )
    assert again._repr_mimebundle_()["text/html"] == html
    assert 'role="status">The top 40 % of customers bring 70 %' in html
    assert 'aria-valuetext="40 %"' in html
    assert "<option selected>few</option><option>alike</option>" in html


def test_states_survive_the_script_element(explorer: Any) -> None:
    html = explorer._html()
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html, re.S)[1])
    assert [state[0] for state in data["states"]] == [s.finding for s in explorer.states]
    assert "few &lt;/script&gt; &amp; co" in data["states"][2][2]
    assert data["alt"] == "Lorenz curve."


def test_every_control_has_its_label(explorer: Any) -> None:
    html = explorer._html()
    assert re.search(r"<label>Top <input type=\"range\"", html)
    assert re.search(r"<label>Customers <select>", html)


def test_in_a_notebook_the_kernel_computes(explorer: Any) -> None:
    ipywidgets = pytest.importorskip("ipywidgets")
    box = explorer._widget()
    top, kind, shown, keys = box.children
    assert isinstance(top, ipywidgets.SelectionSlider)
    assert "bring 70 % of the total" in shown.value
    kind.value = "alike"
    assert "bring 40 % of the total" in shown.value
    top.value = "20 %"
    assert "bring 20 % of the total" in shown.value
    assert 'alt="Lorenz curve. The top 20 %' in shown.value
    assert 'closest(".ka-movers")' in keys.outputs[0]["data"]["text/html"]
    assert "ka-movers" in box._dom_classes


def test_a_control_is_off_where_it_changes_nothing() -> None:
    pytest.importorskip("ipywidgets")

    def by(top: float, kind: str) -> tuple[Any, Any]:
        return share(0.2 if kind == "alike" else top, kind)

    top, kind = (
        slider("Top", [0.2, 0.4], start=0.2),
        choice("Kind", ["alike", "few"], start="alike"),
    )
    movers = explore(by, alt="A curve.", top=top, kind=kind)._widget().children
    assert (movers[0].disabled, movers[1].disabled) == (True, False)
    movers[1].index = 1
    assert (movers[0].disabled, movers[1].disabled) == (False, False)


def test_without_ipywidgets_the_first_state_is_shown(explorer: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert set(explorer._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_a_state_is_computed_once() -> None:
    calls = []

    def counted(top: float) -> tuple[Any, Any]:
        calls.append(top)
        return share(top, "few")

    found = explore(counted, alt="Lorenz curve.", top=slider("Top", [0.2, 0.4], start=0.2))
    found._html()
    found._html()
    assert sorted(calls) == [0.2, 0.4]


def test_too_many_states_are_refused_with_the_number() -> None:
    many = slider("Top", [i / 100 for i in range(1, 52)], start=0.2)
    two = choice("Customers", ["few", "alike"], start="few")
    with pytest.raises(ParameterError, match="102 states: an explorer may have 100"):
        explore(share, alt="", top=many, kind=two)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: slider("Top", [0.4, 0.2], start=0.2), "must rise"),
        (lambda: slider("Top", [0.4], start=0.4), "two values or more"),
        (lambda: choice("Kind", ["few", "alike"], start="many"), "start='many'"),
        (lambda: explore(share, alt=""), "0 controls: give one to 3"),
    ],
)
def test_bad_controls(make: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        make()
