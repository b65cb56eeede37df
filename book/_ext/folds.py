"""What is folded, as the browser's own <details>: blocks of the class `dropdown`, and code.

Solutions, answers and asides open by keyboard, in print and without JavaScript, and the browser's
"find in page" opens them. Code that only prepares the next step (a cell without output; neighbors
share one fold) is folded; code with an output is open, and course.js folds it on a narrow screen.
The last cell of a page, which asserts what its sentences claim, is not shown.
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


def parts(cell):
    return [child.get("nb_element") for child in cell.children]


def is_code(node):
    """Return whether a node is a code cell whose code a reader is meant to see."""
    if not isinstance(node, nodes.container) or node.get("nb_element") != "cell_code":
        return False
    return not {"tag_hide-input", "tag_solution"} & set(node["classes"])


def lines(cell):
    return sum(1 for line in cell.astext().splitlines() if line.strip())


class FoldCode(SphinxPostTransform):
    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        for cell in list(self.document.findall(is_code)):
            if "tag_claims" in cell["classes"]:
                cell.parent.remove(cell)
            elif parts(cell) == ["cell_code_source"]:
                self.preparing(cell)
            elif parts(cell)[0] == "cell_code_source":
                code = cell.children[0]
                cell.replace(code, details("", summary("", "Code"), code, classes=["code"], open=1))

    def preparing(self, cell):
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


def visit_details(self, node):
    state = {"open": "open"} if node.get("open") else {}
    self.body.append(self.starttag(node, "details", **state))


def depart_details(self, node):
    self.body.append("</details>\n")


def visit_summary(self, node):
    self.body.append(self.starttag(node, "summary", suffix=""))


def depart_summary(self, node):
    self.body.append("</summary>\n")


def setup(app):
    app.add_node(details, html=(visit_details, depart_details))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_post_transform(FoldCode)
    app.add_post_transform(DropdownsToDetails)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
