"""A term explains itself where it is used: hover, focus or tap opens a bubble with its meaning.

The links made by `{term}` get a class, and the page carries what its own terms mean, once each, as
JSON; terms.js makes the bubble. Without JavaScript the link leads to the glossary.
"""

from docutils import nodes
from glossary import is_glossary, meanings
from keyaccounts.escapes import script_json
from page_frame import fingerprint

DATA = '<script type="application/json" id="terms">{}</script>'


def term_links(doctree):
    """Yield the links to the glossary, with the anchor of their term."""
    for link in doctree.findall(nodes.reference):
        if link.children and "std-term" in getattr(link[0], "attributes", {}).get("classes", ()):
            yield link, link.get("refid") or link.get("refuri", "").rpartition("#")[2]


def mark(app, doctree, docname):
    if is_glossary(app.env, docname):
        return
    for link, anchor in term_links(doctree):
        if anchor in meanings(app.env):
            link["classes"].append("term")


def explain(app, pagename, templatename, context, doctree):
    if doctree is None or is_glossary(app.env, pagename):
        return
    known = meanings(app.env)
    used = {anchor: known[anchor] for _, anchor in term_links(doctree) if anchor in known}
    if not used:
        return
    context["body"] += DATA.format(script_json(used, separators=(",", ":")))
    if "scripts" in context:  # a page of the course, with its frame
        context["styles"] = [*context["styles"], fingerprint(app, "terms.css")]
        context["scripts"] = [*context["scripts"], fingerprint(app, "terms.js")]


def setup(app):
    app.connect("doctree-resolved", mark)
    app.connect("html-page-context", explain, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
