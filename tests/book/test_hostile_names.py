"""Names from catalogues and notebooks are text on the site and on slides."""

import ast
import json
import sys
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from page_texts import ROOT

sys.path[:0] = [str(ROOT / "tests" / "toolkit"), str(ROOT / "book" / "_slides")]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import data_dictionary  # noqa: E402
import glossary  # noqa: E402
import inline_svg  # noqa: E402
import journey  # noqa: E402
import methods  # noqa: E402
import shown  # noqa: E402
import term_bubbles  # noqa: E402
from hostile import HOSTILE, Page, squeezed  # noqa: E402

names = pytest.mark.parametrize(("name", "seen"), HOSTILE.values(), ids=HOSTILE.keys())
BARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt"><text>a\x07b</text></svg>'


@names
def test_alt_texts_of_figures(name, seen):
    root = ElementTree.fromstring(inline_svg.inline(BARE, name, "f1-"))
    assert squeezed(root.get("aria-label")) == squeezed(seen)
    assert "".join(root.itertext()) == "a\ufffdb"


@names
def test_stations_of_the_journey(name, seen):
    drawn = ElementTree.fromstring(journey.name({"number": 1, "name": name}, 0, 0))
    assert squeezed("".join(drawn.itertext())) == "1" + squeezed(seen)


@names
def test_names_of_methods(name, seen):
    line = methods.names({"english": name, "chinese": name})
    page = Page(MarkdownIt().render(f"- {line}: what?"))
    tags = [tag for tag, _ in page.tags]
    assert tags == ["ul", "li", "strong", "/strong", "span", "/span", "/li", "/ul"]
    assert page.shows(f"{seen} zh-Hans {seen}: what?")


@names
def test_bubbles_of_terms(name, seen, tmp_path, monkeypatch):
    path = tmp_path / "terms-general.toml"
    text = json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")
    path.write_text(
        f"[[term]]\nenglish={text}\nchinese={text}\nnote={text}\n", "utf8", newline="\n"
    )
    (term,) = glossary.read_terms([path])
    known = {"t": (term.english, term.chinese, term.pinyin, term.note)}
    monkeypatch.setattr(term_bubbles, "is_glossary", lambda *_: False)
    monkeypatch.setattr(term_bubbles, "meanings", lambda _: known)
    monkeypatch.setattr(term_bubbles, "term_links", lambda _: [(None, "t")])
    context = {"body": "<p>page</p>"}
    term_bubbles.explain(SimpleNamespace(env=None), "page", "", context, "doctree")
    page = Page(context["body"])
    assert [tag for tag, _ in page.tags] == ["p", "/p", "script", "/script"]
    english, chinese, _, note = page.data[0]["t"]
    assert {squeezed(text) for text in (english, chinese, note)} == {squeezed(seen)}


@names
def test_terms_of_the_glossary(name, seen):
    term = glossary.Term("term", name, name, name, (name,), "Chapter")
    page = Page(MarkdownIt().use(deflist_plugin).render(glossary.TermCatalog.entry(None, term)))
    spans = ["span", "/span"] * 2
    parts = ["dl", "dt", "/dt", "dd", "p", *spans, *["/p", "p"] * 2, "/p", "/dd", "/dl"]
    assert [tag for tag, _ in page.tags] == parts
    assert page.shows(f"zh-Hans {seen} zh-Latn-pinyin {seen} {seen}")
    assert page.shows(f"Chapter · also called {seen}")
    listed = Page(MarkdownIt().render(glossary.TermIndexChinese.entry(None, term)))
    assert [tag for tag, _ in listed.tags] == ["ul", "li", *spans, "code", "/code", "/li", "/ul"]


@names
def test_columns_of_the_data_dictionary(name, seen):
    field = {
        "name": name, "chinese": name, "description": "Says it.", "type": "string", "unit": "none",
        "constraints": {"enum": [name]},
    }  # fmt: skip
    fence, *rows, end = data_dictionary.columns({"schema": {"fields": [field]}}).splitlines()
    assert (fence, end) == ("````{list-table}", "````")
    _, column = "\n".join(rows).split("\n* - ", 1)[1].split("\n* - ")
    assert len(column.splitlines()) == 3
    page = Page(MarkdownIt().render(f"- {column}"))
    named, item = ["code", "/code", "br", "span", "/span"], ["li", "/li"]
    tags = ["ul", "li", *named, "ul", *item * 2, "/ul", "/li", "/ul"]
    assert [tag for tag, _ in page.tags] == tags
    assert page.shows(f"{seen} zh-Hans {seen} Says it. string, one of {seen}, may be empty")


@names
def test_sources_in_the_data_dictionary(name, seen):
    table = {
        "name": "t", "area": "real", "rows": 1, "path": "t.csv", "sources": [{"title": name}],
        "licenses": [{"title": name}], "bibliography": ["key"],
    }  # fmt: skip
    lines = data_dictionary.facts(table).splitlines()
    assert len(lines) == 5
    page = Page(MarkdownIt().render(lines[2]))
    assert [tag for tag, _ in page.tags] == ["ul", "li", "/li", "/ul"]
    assert page.shows(f"Source: {seen}")


@names
def test_outputs_on_slides(name, seen):
    mystnb = {"metadata": {"mystnb": {"image": {"alt": name}}}}
    for data, tags in (
        ({"text/plain": name}, ["pre", "/pre"]),
        ({"image/png": ""}, ["figure", "img", "/figure"]),
        ({"image/svg+xml": BARE}, ["figure", "svg", "text", "/text", "/svg", "/figure"]),
    ):
        page = Page("".join(shown.outputs({**mystnb, "outputs": [{"data": data}]}, "s")))
        assert [tag for tag, _ in page.tags] == tags
        assert page.shows(seen)


def test_nothing_on_the_site_escapes_in_a_way_of_its_own():
    files = [*(ROOT / "book" / "_ext").glob("*.py"), *(ROOT / "book" / "_slides").glob("*.py")]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "html":
                assert [alias.name for alias in node.names] == ["unescape"], path
