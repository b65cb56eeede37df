"""The glossary page, made from the toolkit's catalogues.

Two directives: ``{term-catalog}`` is the glossary from English, ``{term-index-chinese}`` the list
from Chinese. Every catalogue (``**/catalog/*.toml``) under the toolkit is read; one that sets
``glossary = false`` is left out, and so are those of the simulated company. The ``{term}`` role
finds every entry, also by the other names listed in ``also``; term_bubbles.py shows on the page
what the term means.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from keyaccounts.escapes import plain
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import make_glossary_term
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

# The room of a catalogue is in its name (terms-service.toml) or in its folder (service/catalog/).
CHAPTERS = {
    "general": "All chapters",
    "information": "Chapter 1, Information",
    "prospecting": "Chapter 2, Prospecting",
    "segmentation": "Chapter 3, Segmentation",
    "penetration": "Chapter 4, Penetration",
    "service": "Chapter 5, Service",
    "fleet": "Chapter 6, Capstone",
}

# Only what these lists need beyond the site's style sheet, whose colors they take.
STYLE = """<style>
.letter-nav p{display:flex;flex-wrap:wrap;gap:.3rem;margin:0 0 1rem}
.letter-nav a{min-width:2.1rem;padding:.2rem .4rem;text-align:center;text-decoration:none;
border:1px solid var(--grid,currentColor);border-radius:.25rem}
dl.term-catalog dd{margin:0 0 1.2rem}
dl.term-catalog dd p{margin:0 0 .2rem}
span[lang=zh-Latn-pinyin]{font-size:.9em;color:var(--muted,inherit)}
p.term-place{font-size:.85em;color:var(--muted,inherit)}
ul.chinese-index{list-style:none;padding:0;columns:17rem}
ul.chinese-index li{break-inside:avoid;margin-bottom:.4rem}
ul.chinese-index p{margin:0}
</style>
"""


@dataclass(frozen=True)
class Term:
    """One entry of a catalogue, as the glossary shows it."""

    english: str
    chinese: str
    pinyin: str
    note: str
    also: tuple[str, ...]
    chapter: str

    @property
    def letter(self) -> str:
        """The heading under which the term stands."""
        return _letter(self.english)

    @property
    def sound(self) -> str:
        """The Chinese term as its pinyin sorts, tones aside."""
        return _plain(self.pinyin or self.chinese)


def _plain(text: str) -> str:
    """Drop case and accents, so that é sorts with e and kè with ke."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def _letter(text: str) -> str:
    first = _plain(text)[:1].upper()
    return first if "A" <= first <= "Z" else "#"


def catalog_paths(root: Path) -> list[Path]:
    """Return the catalogues below ``root``, in a fixed order."""
    found = root.glob("**/catalog/*.toml")
    return sorted(path for path in found if path.parts[-3] != "world")


def _room(path: Path) -> str:
    return path.stem.partition("-")[2] or path.parent.parent.name


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    if content.pop("glossary", True):
        for table in content.values():
            yield from table


def read_terms(paths: Iterable[Path]) -> list[Term]:
    """Read the terms of all catalogues, sorted by their English name."""
    terms = []
    for path in paths:
        try:
            chapter = CHAPTERS[_room(path)]
        except KeyError:
            raise ExtensionError(f"{path}: no chapter is known for this catalogue") from None
        for entry in _entries(path):
            try:
                term = Term(
                    english=plain(entry["english"]),
                    chinese=plain(entry["chinese"]),
                    pinyin=plain(entry.get("pinyin", "")),
                    note=plain(entry["note"]).replace(" %", "\N{NO-BREAK SPACE}%"),
                    also=tuple(map(plain, entry.get("also", ()))),
                    chapter=chapter,
                )
            except KeyError as missing:
                name = entry.get("id", "an entry without id")
                raise ExtensionError(f"{path}: {name} has no {missing}") from None
            terms.append(term)
    return sorted(terms, key=lambda term: (_plain(term.english), term.english))


class foreign(nodes.inline):
    """Text in another language, marked for screen readers and fonts."""


class letter_nav(nodes.General, nodes.Element):
    """The row of letters that jumps to the groups below it."""


def _foreign(text: str, language: str) -> nodes.Node:
    return foreign("", text, language=language)


def _letters(prefix: str, label: str, letters: Iterable[str]) -> nodes.Node:
    """Make the row of letters: links that wrap, so it fits a phone."""
    line = nodes.paragraph()
    for letter in letters:
        line += nodes.reference("", letter, refid=_anchor(prefix, letter), internal=True)
        line += nodes.Text(" ")
    return letter_nav("", line, label=label)


def _anchor(prefix: str, letter: str) -> str:
    return f"{prefix}-{'other' if letter == '#' else letter.lower()}"


def _heading(prefix: str, letter: str) -> nodes.Node:
    """Make the heading of a letter; as a rubric it stays out of the page's contents."""
    heading = nodes.rubric("", letter, ids=[_anchor(prefix, letter)])
    heading["level"] = heading["heading-level"] = 3  # under an H2; MyST reads one, Sphinx the other
    return heading


class _CatalogDirective(SphinxDirective):
    """What both lists share: the terms, and the memory of what they were made from."""

    def terms(self) -> list[Term]:
        root = _root(self.env)
        paths = catalog_paths(root)
        if not paths:
            raise ExtensionError(f"no term catalogue below {root}")
        for path in (*paths, Path(__file__)):
            self.env.note_dependency(str(path))
        _pages(self.env)[self.env.docname] = [str(path) for path in paths]
        return read_terms(paths)


class TermCatalog(_CatalogDirective):
    """The glossary from English, grouped by letter."""

    def run(self) -> list[nodes.Node]:
        groups = [(key, list(group)) for key, group in groupby(self.terms(), lambda t: t.letter)]
        result = [_letters("letter", "Letters of the English terms", [key for key, _ in groups])]
        for letter, terms in groups:
            entries = nodes.definition_list(classes=["glossary", "term-catalog"])
            entries += [self.entry(term) for term in terms]
            result += [_heading("letter", letter), addnodes.glossary("", entries, sorted=False)]
        return result

    def entry(self, term: Term) -> nodes.definition_list_item:
        source, line = self.get_source_info()
        name = make_glossary_term(
            self.env, [nodes.Text(term.english)], None, source, line, None, self.state.document
        )
        anchor = name["ids"][0]
        for other in term.also:
            self.env.get_domain("std").note_object("term", other, anchor, location=name)
        meanings(self.env)[anchor] = (term.english, term.chinese, term.pinyin, term.note)
        # A name that is also "Also called" is searched for, so it is written out.
        place = term.chapter + (f" · also called {', '.join(term.also)}" if term.also else "")
        names = nodes.paragraph("", "", _foreign(term.chinese, "zh-Hans"))
        if term.pinyin:
            names += [nodes.Text(" "), _foreign(term.pinyin, "zh-Latn-pinyin")]
        definition = nodes.definition(
            "",
            names,
            nodes.paragraph("", term.note),
            nodes.paragraph("", place, classes=["term-place"]),
        )
        return nodes.definition_list_item("", name, definition)


class TermIndexChinese(_CatalogDirective):
    """The list from Chinese, in the order of the pinyin."""

    def run(self) -> list[nodes.Node]:
        terms = sorted(self.terms(), key=lambda term: (term.sound, term.chinese, term.english))
        groups = [(key, list(group)) for key, group in groupby(terms, lambda t: _letter(t.sound))]
        result = [_letters("pinyin", "Letters of the pinyin", [key for key, _ in groups])]
        for letter, members in groups:
            items = [self.item(term) for term in members]
            entries = nodes.bullet_list("", *items, classes=["chinese-index"])
            result += [_heading("pinyin", letter), entries]
        return result

    def item(self, term: Term) -> nodes.list_item:
        link = addnodes.pending_xref(
            "",
            nodes.inline("", term.english, classes=["xref", "std", "std-term"]),
            refdomain="std",
            reftype="term",
            reftarget=term.english,
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        line = nodes.paragraph("", "", _foreign(term.chinese, "zh-Hans"), nodes.Text(" "))
        if term.pinyin:
            line += [_foreign(term.pinyin, "zh-Latn-pinyin"), nodes.Text(" ")]
        line += link
        return nodes.list_item("", line)


# --- what the build remembers ---


def _root(env: BuildEnvironment) -> Path:
    return Path(env.srcdir, env.config.term_catalog_root)


def _pages(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return the catalogues each glossary page was made from."""
    if not hasattr(env, "term_catalog_pages"):
        env.term_catalog_pages = {}
    return env.term_catalog_pages


def meanings(env: BuildEnvironment) -> dict[str, tuple[str, str, str, str]]:
    """Return English, Chinese, pinyin and note of every term, by the term's anchor."""
    if not hasattr(env, "term_catalog_meanings"):
        env.term_catalog_meanings = {}
    return env.term_catalog_meanings


def is_glossary(env: BuildEnvironment, docname: str) -> bool:
    """Say whether a page is made from the catalogues, so that its links need no explaining."""
    return docname in _pages(env)


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _pages(env).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    _pages(env).update({page: _pages(other)[page] for page in docnames & _pages(other).keys()})
    meanings(env).update(meanings(other))


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Read a glossary page again when a catalogue was added (edits are plain dependencies)."""
    now = [str(path) for path in catalog_paths(_root(env))]
    return [page for page, paths in _pages(env).items() if paths != now]


def notice_change(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    env.term_catalog_changed = not _pages(env).keys().isdisjoint(docnames)


def rewrite_all(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Write every page again after a change: its links must still lead to a term."""
    return sorted(env.found_docs) if env.term_catalog_changed else []


def add_style(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    if pagename in _pages(app.env):
        context["metatags"] = context.get("metatags", "") + STYLE


# --- how the nodes are written ---


def visit_foreign(self: Any, node: foreign) -> None:
    self.body.append(self.starttag(node, "span", "", lang=node["language"]))


def depart_foreign(self: Any, node: foreign) -> None:
    self.body.append("</span>")


def visit_letter_nav(self: Any, node: letter_nav) -> None:
    label = {"aria-label": node["label"]}
    self.body.append(self.starttag(node, "nav", CLASS="letter-nav", **label))


def depart_letter_nav(self: Any, node: letter_nav) -> None:
    self.body.append("</nav>\n")


def _plainly(self: Any, node: nodes.Node) -> None:
    """Write only the content: other formats need no mark."""


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("term_catalog_root", "toolkit/keyaccounts", "env", str)
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (_plainly, _plainly))
    app.add_node(foreign, html=(visit_foreign, depart_foreign), **others)
    app.add_node(letter_nav, html=(visit_letter_nav, depart_letter_nav), **others)
    app.add_directive("term-catalog", TermCatalog)
    app.add_directive("term-index-chinese", TermIndexChinese)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-get-outdated", outdated)
    app.connect("env-before-read-docs", notice_change)
    app.connect("env-updated", rewrite_all)
    app.connect("html-page-context", add_style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
