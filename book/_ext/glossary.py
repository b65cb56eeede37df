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
from keyaccounts.escapes import as_markdown, plain
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

TOOLKIT = "toolkit/keyaccounts"
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
    def both(self) -> str:
        """The Chinese term and its pinyin, marked for screen readers and fonts."""
        text = f'<span lang="zh-Hans">{as_markdown(self.chinese)}</span>'
        if self.pinyin:
            text += f' <span lang="zh-Latn-pinyin">{as_markdown(self.pinyin)}</span>'
        return text


def _plain(text: str) -> str:
    """Drop case and accents, so that é sorts with e and kè with ke."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def _letter(sound: str) -> str:
    first = sound[:1].upper()
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
    """Read the terms of all catalogues."""
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
    return terms


class TermCatalog(SphinxDirective):
    """The glossary from English, grouped by letter, below a row of letters that jumps there."""

    prefix, label = "letter", "Letters of the English terms"
    classes = ".glossary .term-catalog"  # MyST makes what stands in a glossary known to {term}

    def run(self) -> list[nodes.Node]:
        terms = sorted(self.config.course_terms, key=self.order)
        groups = [(key, list(g)) for key, g in groupby(terms, lambda t: _letter(self.order(t)[0]))]
        jumps = [f'<a class="reference internal" href="#{self.at(k)}">{k}</a>' for k, _ in groups]
        text = [f'<nav class="letter-nav" aria-label="{self.label}"><p>{" ".join(jumps)}</p></nav>']
        for letter, members in groups:  # as HTML, which is none of the page's contents
            text.append(f'<h3 class="rubric" id="{self.at(letter)}">{letter}</h3>')
            text.append(f"{{{self.classes}}}\n" + "\n".join(map(self.entry, members)))
        parsed = self.parse_text_to_nodes("\n\n".join(text))
        for place, node in enumerate(parsed):
            if isinstance(node, nodes.definition_list):  # its terms get a link to themselves
                parsed[place] = addnodes.glossary("", node, sorted=False)
        return parsed

    def at(self, letter: str) -> str:
        return f"{self.prefix}-{'other' if letter == '#' else letter.lower()}"

    def order(self, term: Term) -> tuple[str, ...]:
        return _plain(term.english), term.english

    def entry(self, term: Term) -> str:
        # A name that is also "Also called" is searched for, so it is written out.
        place = term.chapter + (f" · also called {', '.join(term.also)}" if term.also else "")
        return (
            f"{as_markdown(term.english)}\n: {term.both}\n\n  {as_markdown(term.note)}\n\n"
            f"  {{.term-place}}\n  {as_markdown(place)}\n"
        )


class TermIndexChinese(TermCatalog):
    """The list from Chinese, in the order of the pinyin, tones aside."""

    prefix, label, classes = "pinyin", "Letters of the pinyin", ".chinese-index"

    def order(self, term: Term) -> tuple[str, ...]:
        return _plain(term.pinyin or term.chinese), term.chinese, term.english

    def entry(self, term: Term) -> str:
        return f"- {term.both} {{term}}`{term.english}`"


def known(env: BuildEnvironment) -> Iterator[tuple[str, str, Term]]:
    """Yield the terms that a page shows, with the page and the anchor."""
    found = env.get_domain("std").objects
    for term in env.config.course_terms:
        if ("term", term.english) in found:
            yield *found["term", term.english], term


def meanings(env: BuildEnvironment) -> dict[str, tuple[str, str, str, str]]:
    """Return English, Chinese, pinyin and note of every term, by the term's anchor."""
    return {at: (t.english, t.chinese, t.pinyin, t.note) for _, at, t in known(env)}


def is_glossary(env: BuildEnvironment, docname: str) -> bool:
    """Say whether a page is made from the catalogues, so that its links need no explaining."""
    return any(page == docname for page, _, _ in known(env))


def note_other_names(app: Sphinx, doctree: nodes.document) -> None:
    """Let the {term} role find a term by the other names it has."""
    std = app.env.get_domain("std")
    for page, anchor, term in known(app.env):
        for other in term.also if page == app.env.docname else ():
            std.note_object("term", other, anchor)


def read(app: Sphinx, config: Config) -> None:
    """Take the terms into the configuration: once they change, every page is read again."""
    config.course_terms = read_terms(catalog_paths(Path(app.srcdir, TOOLKIT)))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("course_terms", [], "env")
    app.add_directive("term-catalog", TermCatalog)
    app.add_directive("term-index-chinese", TermIndexChinese)
    app.connect("config-inited", read)
    app.connect("doctree-read", note_other_names)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
