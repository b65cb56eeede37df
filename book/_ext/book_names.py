"""What the names on a page mean where they cannot be links: titles of pages, authors of sources."""

import json
import os
import re
from functools import cache
from pathlib import Path

from pybtex.database import parse_file
from pybtex.richtext import Text

TITLE = re.compile(r"^# (.+)$", re.M)


class Names:
    """What the names on one page mean; unknown ones raise a LookupError."""

    def __init__(self, root, page):
        self.root, self.page = Path(root), Path(page)

    def title(self, target):
        """Return the title of the page that a link or `doc` names."""
        name = target.partition("#")[0]
        if name.startswith("/"):
            path = self.root / name[1:]
        else:
            path = self.page.parent / name if name else self.page
        stem = path.with_suffix("") if path.suffix in (".md", ".ipynb") else path
        for candidate in (Path(f"{stem}.ipynb"), Path(f"{stem}.md")):
            if candidate.is_file():
                return TITLE.search(text_of(candidate))[1].strip()
        raise LookupError(target)

    def labeled(self, label):
        """Return the heading or exercise that carries a label."""
        heading = re.compile(rf"^\({re.escape(label)}\)=\s*\n+#+ (.+)$", re.M)
        exercise = re.compile(
            rf"\{{exercise(?:-start)?\}} (.+)\n(?::.*\n)*?:label: {re.escape(label)}$", re.M
        )
        for path in pages(self.root):
            found = heading.search(text_of(path)) or exercise.search(text_of(path))
            if found:
                return found[1].strip()
        raise LookupError(label)

    def cited(self, keys):
        """Return sources as a part of the sentence: Author (year)."""
        return ", ".join(f"{a} ({y})" for a, y in map(self.source, keys.split(",")))

    def cited_in_brackets(self, keys):
        """Return sources in brackets: (Author, year; Author, year)."""
        return f"({'; '.join(f'{a}, {y}' for a, y in map(self.source, keys.split(',')))})"

    def source(self, key):
        return bibliography(self.root / "book" / "references.bib")[key.strip()]


def pages(root):
    """Return the pages of the book, not the template of new ones."""
    found = [p for kind in ("*.md", "*.ipynb") for p in (root / "book").rglob(kind)]
    return sorted(p for p in found if not {"_templates", ".ipynb_checkpoints"} & set(p.parts))


def text_of(path):
    """Return the Markdown of a page."""
    text = path.read_text("utf8")
    if path.suffix == ".md":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def bibliography(path):
    """Return (authors, year) by key, read again when the file has changed."""
    return read_sources(path, os.stat(path).st_mtime_ns)


@cache
def read_sources(path, changed):
    entries = parse_file(str(path), bib_format="bibtex").entries
    return {
        key: (authors(entry), shown(entry.fields.get("year", "n.d.")))
        for key, entry in entries.items()
    }


def authors(entry):
    """Return the authors as they are named in a sentence."""
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [shown(" ".join([*p.prelast_names, *p.last_names])) for p in people]
    if not names:
        return shown(entry.fields["title"])
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def shown(latex):
    return str(Text.from_latex(latex))
