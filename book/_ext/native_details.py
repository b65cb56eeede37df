"""Draw every block of the class `dropdown` as the browser's own <details>.

Solutions and asides then open by keyboard, in print and without JavaScript, and the browser's
"find in page" opens them.
"""

from docutils import nodes
from sphinx.locale import admonitionlabels
from sphinx.transforms.post_transforms import SphinxPostTransform


class details(nodes.General, nodes.Element):
    """A block that opens."""


class summary(nodes.General, nodes.TextElement):
    """The line that opens it."""


class DropdownsToDetails(SphinxPostTransform):
    """Runs late: exercises and solutions get their titles in earlier post-transforms."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        for node in list(self.document.findall(nodes.Element)):
            if "dropdown" not in node.get("classes", []) or isinstance(node, details):
                continue
            at = node.first_child_matching_class(nodes.title)
            label = admonitionlabels.get(node.tagname)  # a plain note carries no title of its own
            if at is None and label is None:
                continue
            classes = [c for c in node["classes"] if c not in ("dropdown", "toggle")]
            kind = [] if "admonition" in classes else ["admonition"]
            block = details("", ids=node["ids"], classes=[*kind, *classes])
            heading = [nodes.Text(label)] if at is None else node.children[at].children
            block += summary("", "", *heading)
            block += [child for i, child in enumerate(node.children) if i != at]
            node.replace_self(block)


def visit_details(self, node):
    self.body.append(self.starttag(node, "details"))


def depart_details(self, node):
    self.body.append("</details>\n")


def visit_summary(self, node):
    self.body.append(self.starttag(node, "summary", suffix=""))


def depart_summary(self, node):
    self.body.append("</summary>\n")


def setup(app):
    app.add_node(details, html=(visit_details, depart_details))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_post_transform(DropdownsToDetails)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
