"""Exercises count from 1 on every page, and read "Exercise 1 · Warm-up: …" as a heading.

Sphinx numbers them through the whole book, so that a new page would renumber all that follow.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import exercise_enumerable_node, solution_node

KIND = "exercise"


def count_by_page(app, builder):
    """Count anew on each page. Runs after the environment is saved, which keeps Sphinx's own."""
    for kinds in builder.env.toc_fignumbers.values():
        if KIND in kinds:
            kinds[KIND] = {name: (n,) for n, name in enumerate(kinds[KIND], start=1)}


class exercise_heading(nodes.General, nodes.TextElement):
    """The title of an exercise."""


class ExerciseTitles(SphinxPostTransform):
    """Runs after sphinx-exercise has made its titles, before solutions become <details>."""

    default_priority = 30
    formats = ("html",)

    def run(self, **kwargs):
        numbers = self.env.toc_fignumbers.get(self.env.docname, {}).get(KIND, {})
        for node in list(self.document.findall(exercise_enumerable_node)):
            self.lighten(node)
            words = node[0].children
            if len(words) > 2:  # "(", the title, ")"
                words = [nodes.Text("· "), *words[1:-1]]
            node[0].replace_self(exercise_heading("", "", *words))
        for node in list(self.document.findall(solution_node)):
            self.lighten(node)
            number = numbers.get(node.get("target_label"))
            if number:
                node[0].children = [nodes.Text(f"Solution to exercise {number[0]}")]

    def lighten(self, node):
        """Drop an id that all exercises of a page share."""
        for section in node.findall(nodes.section):
            section["ids"] = [i for i in section["ids"] if not i.endswith("-content")]


def visit_heading(self, node):
    self.body.append(self.starttag(node, "h3", "", CLASS="admonition-title"))
    self.add_fignumber(node.parent)


def depart_heading(self, node):
    self.body.append("</h3>\n")


def setup(app):
    app.add_node(exercise_heading, html=(visit_heading, depart_heading))
    app.add_post_transform(ExerciseTitles)
    app.connect("write-started", count_by_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
