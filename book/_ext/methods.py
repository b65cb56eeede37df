"""The method index and the lists of the pattern pages, made from the toolkit's catalogues.

``{method-index} segmentation`` is the table of one room (``methods-segmentation.toml``).
``{pattern-methods} grid`` lists the methods that are grids, of all rooms; with ``:near:`` those
that look like one and are not, with the reason. ``{pattern-methods} own`` lists all that stand
alone. A page that is not in _toc.yml yet is left out of both, and comes in by itself.
"""

import tomllib
from pathlib import Path
from typing import ClassVar

from docutils.parsers.rst import directives
from keyaccounts.escapes import as_markdown
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

CATALOGS = "toolkit/keyaccounts/catalog"
PATTERNS = {
    "scorecard": "Scorecard",
    "grid": "Grid",
    "process": "Process",
    "rules": "Rules",
    "concentration": "Concentration",
    "rates": "Rates",
}
OWN = "own"
ORIGINS = {"practice": "From practice", "ours": "Of this course"}
HEADS = ("Method", "What it answers, and with what", "Page, pattern and source")


def read(path):
    """Return the methods of one catalogue, in its order."""
    found = tomllib.loads(path.read_text("utf-8"))["method"]
    for method in found:
        if method["pattern"] not in (*PATTERNS, OWN):
            raise ExtensionError(f"{path}: {method['id']} has no pattern of {[*PATTERNS]}")
    return found


class FromCatalogs(SphinxDirective):
    """What both lists share: the catalogues, and how names are linked."""

    def catalogs(self):
        """Return room → methods; a changed catalogue or a new page makes these lists again."""
        paths = sorted((Path(self.env.srcdir) / CATALOGS).glob("methods-*.toml"))
        for path in (*paths, Path(self.env.srcdir) / "_toc.yml"):
            self.env.note_dependency(str(path))
        return {path.stem.removeprefix("methods-"): read(path) for path in paths}

    def page(self, method):
        """The page that teaches a method, as a link; nothing until it is there."""
        name = f"book/{method['page']}"
        if name not in self.env.found_docs or name == self.env.docname:
            return ""
        return f"{{doc}}`/{name}`"

    def functions(self, method):
        links = []
        for name in method["functions"]:
            role = "class" if name.rpartition(".")[2][0].isupper() else "func"
            links.append(f"{{py:{role}}}`{name} <{name.replace('ka.', 'keyaccounts.', 1)}>`")
        return ", ".join(links)


def pattern_page(pattern):
    return f"/book/reference/patterns/{pattern}"


def names(method):
    """Name a method in both languages."""
    return (
        f"**{as_markdown(method['english'])}** "
        f'<span lang="zh-Hans">{as_markdown(method["chinese"])}</span>'
    )


def list_table(rows, name):
    """Write a table as MyST: a cell is a list of paragraphs, the first row is its head."""
    lines = ["````{list-table}", f":class: {name}", ":header-rows: 1", ""]
    for row in rows:
        for number, cell in enumerate(row):
            lines.append(f"{' ' if number else '*'} - " + "\n\n    ".join(filter(None, cell)))
    return "\n".join([*lines, "````"])


class MethodIndex(FromCatalogs):
    required_arguments = 1

    def run(self):
        found = self.catalogs().get(self.arguments[0])
        if found is None:
            raise self.error(f"there is no methods-{self.arguments[0]}.toml")
        rows = [[[head] for head in HEADS], *map(self.texts, found)]
        return self.parse_text_to_nodes(list_table(rows, "methods"))

    def texts(self, method):
        """Return what stands in the three cells of a method, line by line."""
        pattern = method["pattern"]
        if pattern == OWN:
            where = [self.page(method), "A shape of its own"]
        else:
            named = f"{{doc}}`{PATTERNS[pattern]} <{pattern_page(pattern)}>`"
            teaches_it = f"/book/{method['page']}" == pattern_page(pattern)
            where = [named] if teaches_it else [self.page(method), named]
        sources = ",".join(method["sources"])
        source = f"{{cite:t}}`{sources}`" if sources else ORIGINS[method["origin"]]
        return ([names(method)], [method["question"], self.functions(method)], [*where, source])


class PatternMethods(FromCatalogs):
    required_arguments = 1
    option_spec: ClassVar = {"near": directives.flag}

    def run(self):
        wanted, near = self.arguments[0], "near" in self.options
        if wanted not in (*PATTERNS, OWN):
            raise self.error(f"{wanted!r} is none of {[*PATTERNS, OWN]}")
        methods = [m for room in self.catalogs().values() for m in room]
        if near or wanted == OWN:
            role = "near" if near else "pattern"
            found = [f"{names(m)}: {m['why']}" for m in methods if m.get(role) == wanted]
        else:  # what the pattern's page teaches itself stands in its text
            found = [
                self.line(m)
                for m in methods
                if m["pattern"] == wanted and f"/book/{m['page']}" != pattern_page(wanted)
            ]
        return self.parse_text_to_nodes("\n".join(f"- {line}" for line in found) or "None so far.")

    def line(self, method):
        page = self.page(method)
        taught = f" Page: {page}" if page else ""
        return f"{names(method)}: {method['question']} {self.functions(method)}.{taught}"


def setup(app):
    app.add_directive("method-index", MethodIndex)
    app.add_directive("pattern-methods", PatternMethods)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
