"""Explorers: the states a reader meets, in a notebook and in the built book."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import keyaccounts as ka
import pandas as pd
import pytest
from engines import Engine
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


def test_rfm_explorer_shows_what_the_method_says() -> None:
    orders = ka.datasets.load("cdnow")
    found = ka.widgets.rfm_explorer(
        orders, days=["1997-06-30", "1997-09-30"], start="1997-09-30", bins=[4, 5]
    )
    assert found.start == (1, 1)
    assert len(found.states) == 4
    table = found.state(found.start).table
    # r = 5 up to 99 days, f = 5 above 3 orders, m = 5 above 93.72: the cut points of the page
    assert "99 at most" in table
    late = orders[orders["order_date"].between("1997-10-01", "1998-03-29")]["customer_id"]
    scored = ka.segmentation.rfm(orders, as_of="1997-09-30", future="drop").table
    best = scored.sort_values(["score", "monetary"]).tail(500)
    share = 100 * best["customer_id"].isin(late).mean()
    assert found.states[3].finding == f"Of the best 500, {share:.0f} % bought again in 180 days"
    assert "more than 3<" in table
    assert "more than 93.72" in table


def test_tail_explorer_shows_what_the_scenario_says(engine: Engine) -> None:
    accounts = pd.DataFrame(
        {
            "account": list("ABCD"),
            "revenue": [1000.0, 500.0, 300.0, 100.0],
            "margin": [300.0, 150.0, 90.0, 30.0],
            "cost": [100.0, 110.0, 110.0, 90.0],
        }
    )
    found = ka.widgets.tail_explorer(
        engine.table(accounts),
        key="account", revenue="revenue", margin="margin", cost_to_serve="cost",
        worst=[0, 1], strengths=[0.1, 0.5], unit="accounts",
    )  # fmt: skip
    findings = [s.finding for s in found.states]
    assert findings[0] == "Nothing changed: the profit is 160"
    assert findings[2] == "Profit moves by +37.5 %, to 220"  # D left: −60 gone
    assert "accounts who lose money" in found.states[0].table
    assert found.start == (1, 0, 1)
    one = ka.widgets.tail_explorer(
        engine.table(accounts), start=1,
        key="account", revenue="revenue", margin="margin", cost_to_serve="cost",
        worst=[0, 1], strengths=[0.1, 0.5],
    )  # fmt: skip
    assert one.state(one.start).finding == "Profit moves by +28.1 %, to 205"  # D: 45 saved
    loss = ka.widgets.tail_explorer(
        engine.table(accounts.assign(cost=[290.0, 160.0, 100.0, 90.0])),
        key="account", revenue="revenue", margin="margin", cost_to_serve="cost", worst=[0, 1],
    )  # fmt: skip
    assert loss.states[3].finding == "Profit moves from −70 to −10"  # of a loss there is no share
