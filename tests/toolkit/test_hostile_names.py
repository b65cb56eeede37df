"""A name is text wherever it goes: it starts no markup and no formula, and nothing wipes it out."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import keyaccounts as ka
import pandas as pd
import pytest
from hostile import HOSTILE, Page, squeezed
from keyaccounts.escapes import as_markdown, escaped, plain, script_json

names = pytest.mark.parametrize(("name", "seen"), HOSTILE.values(), ids=HOSTILE.keys())

# ---------------------------------------------------------------------------------------- tables

TABLES = {
    "cell": lambda n: ka.table(pd.DataFrame({"a": [n], "b": [1]}), "c"),
    "cell of an id": lambda n: ka.table(pd.DataFrame({"a_id": [n], "b": [1]}), "c"),
    "column": lambda n: ka.table(pd.DataFrame({n: [1]}), "c"),
    "heading": lambda n: ka.table(pd.DataFrame({"a": [1]}), "c", columns={"a": n}),
    "caption": lambda n: ka.table(pd.DataFrame({"a": [1]}), n),
    "note": lambda n: ka.table(pd.DataFrame({"a": [1]}), "c").with_notes([n]),
    "fact": lambda n: ka.table({n: 1}, "c"),
    "value of a fact": lambda n: ka.table({"a": n}, "c"),
    "key in an answer": lambda n: ka.segmentation.abc(
        pd.DataFrame({n: ["A", "B"], "v": [3, 1]}), key=n, value="v"
    ),
    "column in a caption": lambda n: grid_of(n),
    "group": lambda n: ka.table(rates_of(n), "c"),
    "tier": lambda n: pyramid_of(n),
}


@names
@pytest.mark.parametrize("place", TABLES)
def test_tables(place: str, name: str, seen: str) -> None:
    shown = TABLES[place](name)
    page, plainly = Page(shown._repr_html_()), Page(TABLES[place]("name")._repr_html_())
    assert page.tags == plainly.tags
    assert page.shows(seen)
    assert squeezed(seen) in squeezed(repr(shown))
    assert not any(sign < " " and sign != "\n" for sign in repr(shown))


# --------------------------------------------------------------------------------------- figures


def grid_of(n: str) -> Any:
    cells = [{"x": x, "y": y, "id": x + y, "english": f"{n} {x}{y}", "action": n}
             for x in ("low", "high") for y in ("low", "high")]  # fmt: skip
    rows = pd.DataFrame({"who": ["A", "B", "C"], n: [1, 4, 9], "y": [1, 7, 8]})
    return ka.patterns.grid.grid(rows, key="who", x=n, y="y", x_cuts=5, y_cuts=5, cells=cells)


def bands_of(n: str) -> Any:
    cells = [{"x": x, "y": y, "id": f"{i}", "english": f"cell {i}", "action": "a"}
             for i, (x, y) in enumerate([(n, n), (n, "z"), ("z", n), ("z", "z")])]  # fmt: skip
    rows = pd.DataFrame({"who": ["A", "B", "C"], "x": [1, 4, 9], "y": [1, 7, 8]})
    return ka.patterns.grid.grid(
        rows, key="who", x="x", y="y", x_cuts=5, y_cuts=5, x_bands=(n, "z"), y_bands=(n, "z"),
        cells=cells,
    )  # fmt: skip


def pyramid_of(n: str) -> Any:
    rows = pd.DataFrame({"account": list("ABCD"), "profit": [9, 7, 5, 3]})
    return ka.segmentation.pyramid(
        rows, key="account", value="profit", cuts=(0.5,), names=(n, "lower")
    )


def rates_of(n: str) -> pd.DataFrame:
    rows = pd.DataFrame({"channel": [n, "phone"], "won": [True, False]})
    return ka.patterns.rates.by_group(rows, group="channel", success="won")


def ahp_of(n: str) -> Any:
    names = [n, "growth", "credit"]
    return ka.segmentation.ahp_weights(ka.segmentation.comparisons([3, 5, 3], names))


def definitions() -> Any:
    rows = pd.DataFrame({"account": list("AB"), "cars": [12, 3], "firm": [True, False]})
    return ka.segmentation.key_account_definitions(
        rows, key="account", columns={"vehicles": "cars", "business": "firm"}
    )


def whale_of(rows: pd.DataFrame) -> Any:
    return ka.segmentation.whale_curve(rows, key="account", profit="profit")


def rfm_of(n: str) -> Any:
    orders = pd.DataFrame(
        {n: ["A", "B"], "order_date": pd.to_datetime(["2026-01-01", "2026-02-01"]), "amount": 1.0}
    )
    return ka.segmentation.rfm(orders, customer=n, bins=2)


def progressive() -> Any:
    cards = pd.DataFrame({"customer_id": ["A", "B"], "vehicles": [40, 0]})
    return ka.segmentation.progressive(cards, criteria={"likely": ("vehicles", ">=", 1)})


def hours_of(n: str) -> Any:
    return ka.segmentation.time_allocation(customers={n: 0.4, "b": 0.6}, time={n: 0.9, "b": 0.1})


PROFITS = pd.DataFrame({"account": list("ABC"), "profit": [90.0, 30.0, -20.0]})
PLOTS: dict[str, list[Any]] = {
    "ahp_bars": [
        lambda n: ka.plots.ahp_bars(ahp_of(n), title="t"),
        lambda n: ka.plots.ahp_bars(ahp_of("a"), title=n),
    ],
    "definitions_overlap": [lambda n: ka.plots.definitions_overlap(definitions(), title=n)],
    "grid_cells": [
        lambda n: ka.plots.grid_cells(grid_of(n), title="t"),
        lambda n: ka.plots.grid_cells(grid_of("a"), x_label=n),
        lambda n: ka.plots.grid_cells(grid_of("a"), y_label=n),
        lambda n: ka.plots.grid_cells(bands_of(n)),
        lambda n: ka.plots.grid_cells(grid_of("a"), title=n),
    ],
    "grid_scatter": [
        lambda n: ka.plots.grid_scatter(grid_of(n), title="t"),
        lambda n: ka.plots.grid_scatter(grid_of("a"), x_label=n),
        lambda n: ka.plots.grid_scatter(grid_of("a"), y_label=n),
        lambda n: ka.plots.grid_scatter(grid_of("a"), title=n),
    ],
    "lorenz": [lambda n: ka.plots.lorenz([3, 2, 1], title=n)],
    "migration_matrix": [
        lambda n: ka.plots.migration_matrix(ka.segmentation.migration(*[pyramid_of(n)] * 2))
    ],
    "progressive_bars": [lambda n: ka.plots.progressive_bars(progressive(), title=n)],
    "pyramid_bars": [
        lambda n: ka.plots.pyramid_bars(pyramid_of(n)),
        lambda n: ka.plots.pyramid_bars(pyramid_of("a"), title=n),
    ],
    "rates": [
        lambda n: ka.plots.rates(rates_of(n), group="channel", title="t"),
        lambda n: ka.plots.rates(rates_of("a"), group="channel", title=n),
        lambda n: ka.plots.rates(rates_of("a"), group="channel", title="t", label=n),
        lambda n: ka.plots.rates(rates_of("a"), group="channel", title="t", group_label=n),
        lambda n: ka.plots.rates(rates_of("a").rename(columns={"channel": n}), group=n, title="t"),
    ],
    "rfm_grid": [lambda n: ka.plots.rfm_grid(rfm_of("customer_id"), title=n)],
    "time_bars": [lambda n: ka.plots.time_bars(hours_of(n))],
    "whale": [lambda n: ka.plots.whale(whale_of(PROFITS), title=n)],
}
FIGURES = {f"{plot} {i}": draw for plot, draws in PLOTS.items() for i, draw in enumerate(draws)}


def test_no_plot_is_forgotten() -> None:
    pytest.importorskip("matplotlib")
    assert {*PLOTS} == {*ka.plots.__all__} - {"set_notebook_style"}


# What can go wrong in a figure; markup of other kinds meets the same escape as this one.
DRAWN = ("script", "formula", "control", "long", "Chinese")


@pytest.mark.parametrize("which", DRAWN)
@pytest.mark.parametrize("place", FIGURES)
def test_figures(place: str, which: str) -> None:
    pytest.importorskip("matplotlib")
    from keyaccounts.plots.style import as_svg

    name, seen = HOSTILE[which]
    root = ElementTree.fromstring(as_svg(FIGURES[place](name).figure))
    svg = "{http://www.w3.org/2000/svg}"
    assert {element.tag.removeprefix(svg) for element in root.iter() if svg in element.tag} <= {
        "svg", "metadata", "defs", "style", "g", "path", "use", "text", "clipPath", "rect",
        "pattern",
    }  # fmt: skip
    words = squeezed("".join(root.itertext())).casefold()
    assert squeezed(seen).casefold()[:24] in words  # names of ticks may be cut


def test_what_somebody_drew_before_keeps_its_formula() -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    ax = plt.figure().subplots()
    own = ax.text(0.5, 0.5, r"$\alpha$")
    ka.plots.lorenz([3, 2, 1], title="US$ 5 or A$ 7", ax=ax)
    assert own.get_parse_math()
    assert not ax.title.get_parse_math()


# ---------------------------------------------------------------------- explorers and self-checks


def explorer_of(n: str) -> Any:
    pytest.importorskip("matplotlib")
    from keyaccounts.widgets import choice, explore, slider

    def show(top: float, what: str) -> tuple[Any, Any]:
        return ka.plots.lorenz([3, 2, 1], title=f"{n} {what}"), ka.table({n: what}, n)

    return explore(
        show, alt=n, top=slider(n, [0.2, 0.4], start=0.2, unit=n),
        what=choice(n, [f"{n} 1", f"{n} 2"], start=f"{n} 1"),
    )  # fmt: skip


@pytest.mark.parametrize("which", ["end of a script", "comment", "quotes", "lines", "control"])
def test_explorers(which: str) -> None:
    name, seen = HOSTILE[which]
    explorer = explorer_of(name)
    page, plainly = Page(explorer._html()), Page(explorer_of("name")._html())
    assert [t for t in page.tags if t[0] not in ("g", "/g", "use", "text", "/text")] == [
        t for t in plainly.tags if t[0] not in ("g", "/g", "use", "text", "/text")
    ]
    (data,) = page.data
    assert squeezed(seen) in squeezed(data["alt"])
    for finding, figure, table in data["states"]:
        assert squeezed(seen) in squeezed(finding)
        assert squeezed(seen) in squeezed("".join(ElementTree.fromstring(figure).itertext()))
        assert Page(table).shows(seen)
    view = explorer._widget()
    if view is not None:
        assert Page(view.children[2].value).shows(seen)


def questions_of(n: str) -> str:
    """Return a question of each kind, all of whose words are the name."""

    def own(number: str) -> str:
        return json.dumps(f"{n} {number}", ensure_ascii=False).replace("\x7f", "\\u007f")

    one, two = own("1"), own("2")
    options = f"[{{text={one}, right=true, feedback={one}}},"
    options += f" {{text={two}, right=false, feedback={two}}}]"
    items = f"[{{text={one}, feedback={one}}}, {{text={two}, feedback={two}}}]"
    drawers = f"[{{text={one}, category={one}, feedback={one}, wrong={{{two}={two}}}}},"
    drawers += f" {{text={two}, category={two}, feedback={two}}}]"
    kinds = {
        "single": f"options={options}",
        "several": f"options={options}",
        "true-false": f"answer=true\nif_true={one}\nif_false={two}",
        "numeric": f"value=1\nunit={one}\nfeedback={one}\nwrong={two}",
        "order": f"items={items}\nfeedback={one}",
        "classify": f"categories=[{one}, {two}]\nitems={drawers}",
    }
    return "".join(
        f'[[question]]\nid="{kind}"\nkind="{kind}"\nask={one}\n{rest}\n'
        for kind, rest in kinds.items()
    )


@names
def test_self_checks(name: str, seen: str) -> None:
    form = ka.widgets.self_check(questions_of(name))._repr_html_()
    page = Page(form)
    assert page.tags == Page(ka.widgets.self_check(questions_of("name"))._repr_html_()).tags
    assert len(page.data) == 1
    assert page.shows(f"{seen} 1")
    # In places without markup a backtick goes: there is no code to set.
    assert page.shows(f"{seen} 2".replace("`", "")) or page.shows(f"{seen} 2")


# ------------------------------------------------------------------------------------ the one way


def test_halves_of_signs_do_not_reach_a_file() -> None:
    assert plain("a\ud800b") == "a\ufffdb"
    assert json.loads(script_json("a\ud800b").encode().decode()) == "a\ud800b"


def test_an_ordinary_text_stays_as_it_is() -> None:
    for text in ("Gebrüder Weiß & Söhne\t(GmbH)\n", "重要 客户", "👩\u200d🔧 ‏عميل"):
        assert plain(text) == text
    assert escaped("a < b & \"c\" 'd'") == "a &lt; b &amp; &quot;c&quot; &#x27;d&#x27;"
    assert as_markdown("CC BY 4.0, *as* the\nbook") == r"CC BY 4\.0\, \*as\* the book"


def test_pictures_in_a_script_stay_short() -> None:
    assert script_json(["<svg></svg>"], pictures=True) == '["<svg><\\/svg>"]'
    assert script_json(["<SCRIPT <!--"], pictures=True) == '["\\u003cSCRIPT \\u003c!--"]'
    assert script_json(["<b>"]) == '["\\u003cb>"]'


def test_nothing_escapes_in_a_way_of_its_own() -> None:
    package = Path(ka.__file__).parent
    for path in package.rglob("*.py"):
        modules = [
            name for node in ast.walk(ast.parse(path.read_text("utf8")))
            for name in (
                [node.module] if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            )
        ]  # fmt: skip
        assert "html" not in modules or path.name == "escapes.py", path
