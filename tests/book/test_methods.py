"""The method index is made from catalogues that name what there is, and the pages of the patterns
say what the toolkit computes."""

import inspect
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import keyaccounts as ka
import pandas as pd
import pytest
import yaml
from page_texts import ROOT, page_texts
from pybtex.database import parse_file

CATALOGS = sorted((ROOT / "toolkit" / "keyaccounts" / "catalog").glob("methods-*.toml"))
METHODS = {
    path.stem.removeprefix("methods-"): tomllib.loads(path.read_text("utf8"))["method"]
    for path in CATALOGS
}
ALL = [method for methods in METHODS.values() for method in methods]
PATTERNS = ("scorecard", "grid", "process", "rules", "concentration", "rates")
PAGES = {name.removeprefix("book/").rpartition(".")[0]: text for name, text in page_texts()}
# It shows lists; it answers no question of a seller.
NO_METHODS = {"ka.segmentation.reference"}

REQUIRED = {"id", "english", "chinese", "question", "functions", "page", "pattern"}
REQUIRED |= {"curriculum", "sources"}
OPTIONAL = {"origin", "why", "near"}
each = pytest.mark.parametrize("method", ALL, ids=lambda m: m["id"])


def found(name):
    """Return what a dotted name stands for."""
    start, *path = name.split(".")
    assert start == "ka"
    thing = ka
    for part in path:
        thing = getattr(thing, part)
    return thing


def listed(entries):
    for entry in entries:
        yield entry["file"].removeprefix("book/")
        yield from listed(entry.get("sections", ()))


# --- the catalogues ---


@each
def test_an_entry_is_complete(method):
    assert REQUIRED <= method.keys() <= REQUIRED | OPTIONAL
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", method["id"])
    assert re.search(r"[\u4e00-\u9fff]", method["chinese"])
    assert not re.search(r"[\u4e00-\u9fff]", method["english"])
    assert method["question"].endswith("?")
    assert 25 <= len(method["question"]) <= 100


@each
def test_it_is_of_a_pattern_or_says_why_not(method):
    own = method["pattern"] == "own"
    assert own or method["pattern"] in PATTERNS
    assert own == ("why" in method)
    assert method.get("near", "grid") in PATTERNS
    assert own or "near" not in method
    if own:
        assert 40 <= len(method["why"]) <= 220
        assert method["why"].endswith(".")


@each
def test_its_functions_exist(method):
    assert method["functions"]
    for name in method["functions"]:
        assert callable(found(name)), name


@each
def test_its_source_is_in_the_bibliography_or_it_says_where_it_comes_from(method):
    sources = parse_file(str(ROOT / "book" / "references.bib"), bib_format="bibtex").entries
    assert set(method["sources"]) <= {*sources}
    assert bool(method["sources"]) != (method.get("origin") in ("practice", "ours"))


def test_curriculum_items_are_of_the_chapter():
    codes = [code for m in METHODS["segmentation"] for code in m["curriculum"]]
    assert all(re.fullmatch(r"SEG-\d\d", code) for code in codes)
    assert all(m["curriculum"] for m in METHODS["segmentation"])
    codes = [code for m in METHODS["general"] for code in m["curriculum"]]
    assert all(re.fullmatch(r"(INFO|PROS|SEG|KAP|SERV|CASE|META)-\d\d", c) for c in codes)


def test_names_are_unique():
    for field in ("id", "english", "chinese", "question"):
        values = [m[field] for m in ALL]
        assert sorted({v for v in values if values.count(v) > 1}) == []
    functions = [f for m in ALL for f in m["functions"]]
    assert len(functions) == len({*functions})


def test_one_thing_has_one_chinese_name():
    terms = {}
    for path in (ROOT / "toolkit" / "keyaccounts" / "catalog").glob("terms-*.toml"):
        for entry in tomllib.loads(path.read_text("utf8"))["term"]:
            terms |= dict.fromkeys([entry["english"], *entry.get("also", ())], entry["chinese"])
    other = {m["english"]: m["chinese"] for m in ALL}
    known = {name for name in other if name in terms}
    assert len(known) >= 10
    assert {n: other[n] for n in known} == {n: terms[n] for n in known}


def test_every_public_function_is_the_method_of_an_entry():
    offered = {
        f"ka.segmentation.{name}"
        for name in ka.segmentation.__all__
        if inspect.isfunction(getattr(ka.segmentation, name))
    }
    named = {f for m in METHODS["segmentation"] for f in m["functions"]}
    assert named == offered - NO_METHODS
    assert not NO_METHODS - offered


def test_every_function_of_a_pattern_is_named():
    offered = {
        f"ka.patterns.{pattern}.{name}"
        for pattern in ("scorecard", "grid", "process", "rules", "rates")
        for name, thing in vars(getattr(ka.patterns, pattern)).items()
        if inspect.isfunction(thing)
        and not name.startswith("_")
        and thing.__module__ == f"keyaccounts.patterns.{pattern}"
    }
    assert offered <= {f for m in METHODS["general"] for f in m["functions"]}


# --- the pages ---


@each
def test_its_page_is_built_and_speaks_of_it(method):
    page = method["page"]
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))["parts"]
    assert page in {name for part in parts for name in listed(part["chapters"])}
    path = next(p for p in (ROOT / f"book/{page}.{end}" for end in ("md", "ipynb")) if p.is_file())
    text = path.read_text("utf8")
    assert any(name in text for name in method["functions"]), "it uses none of the functions"


def test_the_index_and_the_patterns_are_made_from_the_catalogues():
    index = PAGES["reference/methods"]
    for room in METHODS:
        assert f"```{{method-index}} {room}\n```" in index
    assert "```{pattern-methods} own\n```" in index
    for pattern in PATTERNS:
        page = PAGES[f"reference/patterns/{pattern}"]
        assert f"```{{pattern-methods}} {pattern}\n```" in page
        assert f"```{{pattern-methods}} {pattern}\n:near:\n```" in page


# --- what the pages of the patterns work out by hand ---


def table(pattern, first):
    """Return the cells of the Markdown table on a pattern's page whose first heading is `first`."""
    text = PAGES[f"reference/patterns/{pattern}"].replace("&nbsp;", " ").replace("**", "")
    rows = re.search(rf"^\| {first} \|.+\n\|[-:| ]+\n((?:\|.*\n)+)", text, re.M)[1]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]


def number(cell):
    return None if cell in ("?", "") else float(cell)


def test_the_scorecard_worked_by_hand():
    rows = table("scorecard", "prospect")
    names = ["money", "authority", "need"]
    given = pd.DataFrame([[r[0], *map(number, r[1:4])] for r in rows], columns=["prospect", *names])
    card = ka.patterns.scorecard.scorecard(
        given, key="prospect", items=names, weights=[2, 1, 1], scale=(0, 10)
    )
    assert card.scores.tolist() == [float(r[5]) for r in rows]
    behind = [int(r[4].split("/")[1]) / 40 for r in rows]
    assert card.table["coverage"].tolist() == behind
    assert card.table["fix_first"].tolist()[1] == "authority"
    moved = ka.patterns.scorecard.sensitivity(card).table
    assert moved.loc[0, ["item", "largest_move"]].tolist() == ["money", 1]
    ends = [given.fillna(end).loc[2, names] @ [2, 1, 1] / 40 for end in (0, 10)]
    assert ends == [0.525, 0.775]


def test_the_grid_worked_by_hand():
    rows = table("grid", "account")
    given = pd.DataFrame(
        [[r[0], number(r[1]), number(r[2])] for r in rows], columns=["account", "x", "y"]
    )
    names = {
        ("high", "high"): "strong and attractive",
        ("low", "high"): "weak but attractive",
        ("high", "low"): "strong but dull",
        ("low", "low"): "weak and dull",
    }
    cells = [{"x": x, "y": y, "id": n, "english": n, "action": ""} for (x, y), n in names.items()]
    found = ka.patterns.grid.grid(
        given, key="account", x="x", y="y", x_cuts=5, y_cuts=5, cells=cells
    )
    assert found.table["cell"].tolist() == [r[3] for r in rows]
    means = given.set_index("account").mean(axis=1)
    assert means[["B", "C", "E", "F"]].tolist() == [5, 5, 5, 5]


def test_the_process_worked_by_hand():
    rows, stages = table("process", "case"), ["called", "visited", "offered", "signed"]
    days = pd.DataFrame([r[1:5] for r in rows], columns=stages).replace("", None)
    days = days.apply(lambda c: pd.to_datetime(c + " 2026", format="%b %d %Y"))
    cases = days.assign(case=[r[0] for r in rows])
    found = ka.patterns.process.stand(cases, key="case", stages=stages, as_of="2026-06-30")
    assert found.table["stage"].tolist() == ["signed", "offered", "visited", "", "called"]
    assert found.table["skipped"].tolist() == ["", "visited", "", "", ""]
    waits = [None if pd.isna(d) else d for d in found.table["days"]]
    assert waits == [number(r[5]) for r in rows]
    far, step, whole = table("process", "cases")
    assert [*found.counts.values()] == [int(n) for n in far[1:]]
    rates = ka.patterns.process.conversion(found)
    assert [f"{k}/{n}" for n, k in pairwise(far[1:])] == step[2:]
    assert [f"{k}/{far[1]}" for k in far[1:]] == whole[1:]
    assert rates.weakest == "signed"
    last = rates.table.iloc[-1]
    assert (round(last["step_low"], 2), round(last["step_high"], 3)) == (0.09, 0.905)


def test_the_rules_worked_by_hand():
    rows, names = table("rules", "account"), ["on time", "contract", "asked"]
    facts = {"vehicles": [None if r[1] == "?" else int(r[1]) for r in rows]}
    words = {"yes": True, "no": False, "?": None}
    facts |= {name: [words[r[i]] for r in rows] for i, name in enumerate(names, 2)}
    two = {"at_least": {"k": 2, "of": names}}
    found = ka.patterns.rules.judge(facts, {"id": "own", "all": [["vehicles", ">=", 3], two]}).table
    assert found["own"].tolist() == [r[5] for r in rows]
    for column, place in (("unmet", 6), ("open", 7)):
        assert [text.removesuffix(" >= 3") for text in found[column]] == [r[place] for r in rows]


def test_the_concentration_worked_by_hand():
    rows = table("concentration", "account")
    given = pd.DataFrame({"account": [r[0] for r in rows], "revenue": [float(r[1]) for r in rows]})
    found = ka.segmentation.abc(given, key="account", value="revenue").table
    assert found["class"].tolist() == [r[4] for r in rows]
    assert given["revenue"].cumsum().tolist() == [float(r[2]) for r in rows]
    assert [0.0, *given["revenue"].cumsum()][:-1] == [float(r[3]) for r in rows]
    values = given["revenue"]
    assert ka.segmentation.pareto_share(values) == pytest.approx(0.60)
    assert ka.segmentation.pareto_ratio(values) == pytest.approx((0.29, 0.71), abs=0.005)
    assert ka.segmentation.gini(values) == pytest.approx(0.54, abs=0.005)
    low, high = ka.segmentation.pareto_interval(values, seed=1)
    assert (round(low, 2), round(high, 2)) == (0.34, 0.71)


def test_the_rates_worked_by_hand():
    for _, tried, rate, plausible in table("rates", "channel"):
        k, n = (int(word.replace(",", "")) for word in tried.split(" of "))
        low, high = ka.patterns.rates.wilson_interval(k, n)
        assert f"{100 * k / n:.0f} %" == rate
        assert f"{100 * low:.0f} to {100 * high:.0f} %" == plausible
    interval = ka.patterns.rates.wilson_interval
    assert [round(100 * end) for end in interval(13, 70)] == [11, 29]
    phone, fair = (ka.patterns.rates.compare(*counts, 13, 70) for counts in [(300, 1000), (3, 10)])
    assert [round(100 * v, 1) for v in phone] == [11.4, 0.4, 19.4, 4.2]
    assert [round(100 * v) for v in fair] == [11, -11, 43, 41]
    assert round(interval(300, 1000).low, 4) == 0.2724
    assert round(interval(13, 70).high, 4) == 0.2923
    assert [round(end, 3) for end in interval(3, 10)] == [0.108, 0.603]
    assert round(interval(0, 12).high, 2) == 0.24
    assert round(interval(12, 12).low, 2) == 0.76


def test_a_page_of_a_pattern_is_short():
    for pattern in PATTERNS:
        text = PAGES[f"reference/patterns/{pattern}"].split("---", 2)[2]
        assert 400 <= len(text.split()) <= 720, pattern


# --- the extension ---


def test_an_unknown_pattern_is_named(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    import methods

    assert {*methods.PATTERNS} == {*PATTERNS}
    path = Path(tmp_path / "methods-moon.toml")
    path.write_text('[[method]]\nid = "tides"\npattern = "circle"\n', encoding="utf8")
    with pytest.raises(methods.ExtensionError, match="tides has no pattern"):
        methods.read(path)
