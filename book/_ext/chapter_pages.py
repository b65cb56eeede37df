"""`{chapter-pages}`: the pages of a chapter, with minutes and what each is about; `{cast}`: whom
the pages are about.

Nothing is typed twice: it comes from the pages themselves, and from a catalog.
"""

from pathlib import Path

import keyaccounts as ka
import page_frame
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

TOGETHER = (
    "Together {} minutes to read and play and {} for exercises. This is an estimate from what the"
    " pages hold: nobody's watch has measured it."
)


class chapter_pages(nodes.General, nodes.Element):
    """Stands for the list until all pages are read."""


class ChapterPages(SphinxDirective):
    def run(self):
        env = self.env
        for docname in env.app.config.external_site_map[env.docname].child_files():
            # a changed page makes this list new
            env.note_dependency(str(env.doc2path(docname)))
        env.note_dependency(str(Path(env.srcdir) / "_toc.yml"))
        return [chapter_pages()]


class Cast(SphinxDirective):
    def run(self):
        catalog = Path(ka.__file__).parent / "world" / "catalog" / "cast.toml"
        self.env.note_dependency(str(catalog))
        lines = (f"- **{one.name}**: {one.role}." for one in ka.datasets.cast().itertuples())
        return self.parse_text_to_nodes("\n".join(lines))


def fill(app, doctree, docname):
    """Replace the placeholder by an ordered list of links."""
    env = app.env
    for place in list(doctree.findall(chapter_pages)):
        items, totals = [], [0, 0]
        for page in env.external_site_map[docname].child_files():
            takes = page_frame.minutes(env, page)
            link = nodes.reference(
                "",
                "",
                nodes.strong("", env.titles[page].astext()),
                refuri=app.builder.get_relative_uri(docname, page),
                internal=True,
            )
            line = nodes.paragraph("", "", link)
            if takes:
                totals = [total + one for total, one in zip(totals, takes, strict=True)]
                line += nodes.inline("", f" {takes[0]} + {takes[1]} minutes", classes=["takes"])
            says = page_frame.description(app, page, env.get_doctree(page))
            items.append(nodes.list_item("", line, nodes.paragraph("", says)))
        place.replace_self(
            [
                nodes.enumerated_list("", *items, classes=["chapter-pages"]),
                nodes.paragraph("", TOGETHER.format(*totals), classes=["takes-all"]),
            ]
            if items
            else [nodes.paragraph("", "The pages of this chapter are in preparation.")]
        )


def skip(self, node):
    raise nodes.SkipNode


def setup(app):
    app.add_node(chapter_pages, html=(skip, None))
    app.add_directive("chapter-pages", ChapterPages)
    app.add_directive("cast", Cast)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
