"""Mend markup that comes from elsewhere: tables of notebooks, scrolling blocks, folds."""

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


class MendOutputs(SphinxPostTransform):
    default_priority = 600
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


def named(body):
    """Let folded code be called what it says: MyST-NB gives each fold the same other name."""
    return body.replace('<summary aria-label="Toggle hidden content">', "<summary>")


def name_folds(app, pagename, templatename, context, doctree):
    context["body"] = named(context.get("body", ""))


def setup(app):
    app.add_post_transform(MendOutputs)
    app.connect("html-page-context", name_folds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
