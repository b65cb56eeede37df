"""Mend markup from elsewhere: tables of notebooks, scrolling blocks, folds, the bibliography.

The pages cite by author and year, so the numbers of the stock bibliography lead nowhere, and its
roles are not allowed where it puts them: it becomes a plain list, each source with its anchor.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

EMPTY_HEADER = re.compile(r"<th(?P<attrs>[^>]*)>\s*</th>")
PLAIN_TABLE = re.compile(r'<table border="1" class="dataframe">')


def mend(html):
    """Make empty header cells plain cells: they name nothing. Let a data frame scroll."""
    html = EMPTY_HEADER.sub("<td></td>", html)
    if "ka-table" not in html and PLAIN_TABLE.search(html):
        html = f'<div class="scroll">{html}</div>'
    return html


def source(citation):
    content = [part for part in citation if not isinstance(part, nodes.label)]
    return nodes.list_item("", *content, ids=citation["ids"])


class MendOutputs(SphinxPostTransform):
    default_priority = 600  # after the citations have found their sources
    formats = ("html",)

    def run(self, **kwargs):
        for raw in self.document.findall(nodes.raw):
            if "<t" in raw.astext():
                raw.children = [nodes.Text(mend(raw.astext()))]
        # a wide table of the text scrolls inside itself
        for table in list(self.document.findall(nodes.table)):
            if not isinstance(table.parent, nodes.container):
                box = nodes.container("", classes=["scroll"], is_div=True)
                table.replace_self(box)
                box += table
        for box in list(self.document.findall(nodes.container)):
            if box.children and all(isinstance(child, nodes.citation) for child in box):
                box.replace_self(nodes.bullet_list("", *map(source, box), classes=["sources"]))


def named(body):
    """Let folded code be called what it says: MyST-NB gives each fold the same other name."""
    return body.replace('<summary aria-label="Toggle hidden content">', "<summary>")


def name_folds(app, pagename, templatename, context, doctree):
    context["body"] = named(context.get("body", ""))


def setup(app):
    app.add_post_transform(MendOutputs)
    app.connect("html-page-context", name_folds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
