"""Write the bibliography as a plain list.

The pages cite by author and year, so the numbers of the stock list lead nowhere, and its roles are
not allowed where it puts them. Each source keeps its anchor.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class SourceList(SphinxPostTransform):
    default_priority = 500  # after the citations have found their sources
    formats = ("html",)

    def run(self, **kwargs):
        for box in list(self.document.findall(nodes.container)):
            if box.children and all(isinstance(child, nodes.citation) for child in box):
                box.replace_self(nodes.bullet_list("", *map(item, box), classes=["sources"]))


def item(citation):
    content = [part for part in citation if not isinstance(part, nodes.label)]
    return nodes.list_item("", *content, ids=citation["ids"])


def setup(app):
    app.add_post_transform(SourceList)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
