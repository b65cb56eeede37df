"""Fold code that only prepares the next step, so that a page shows what there is to look at.

A cell without output is such code; neighbors share one fold.
"""

from docutils import nodes
from native_details import details, summary
from sphinx.transforms.post_transforms import SphinxPostTransform


def prepares(node):
    """Return whether a node is a code cell of which only the code is shown."""
    if not isinstance(node, nodes.container) or node.get("nb_element") != "cell_code":
        return False
    parts = [child.get("nb_element") for child in node.children]
    return parts == ["cell_code_source"] and "tag_hide-input" not in node["classes"]


def lines(cell):
    return sum(1 for line in cell.astext().splitlines() if line.strip())


class FoldPreparing(SphinxPostTransform):
    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        for cell in list(self.document.findall(prepares)):
            above = cell.parent.children[cell.parent.index(cell) - 1]
            if cell.parent.index(cell) and isinstance(above, details):
                fold = above
                cell.parent.remove(cell)
            else:
                fold = details("", classes=["preparing"], lines=0)
                fold += summary()
                cell.replace_self(fold)
            fold += cell
            fold["lines"] += lines(cell)
            fold[0].clear()
            fold[0] += nodes.Text(f"Preparation: {fold['lines']} lines of code")


def setup(app):
    app.add_post_transform(FoldPreparing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
