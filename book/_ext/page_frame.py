"""What every page has around its text: navigation, description, minutes, previous and next.

The templates in book/_templates only place what is put together here.
"""

import hashlib
import os
import re
from pathlib import Path

import page_counts
from docutils import nodes
from journey import station_of, stations
from sphinx import addnodes
from sphinx.util import logging

log = logging.getLogger(__name__)

DESCRIPTION = (50, 160)  # characters; shorter says nothing, longer is cut by search engines


def where_published(app, config):
    """Take the address of the published site from the environment (it differs per host)."""
    url = os.environ.get("SITE_URL", "").strip()
    config.html_baseurl = url.rstrip("/") + "/" if url else ""


# --- under the title -------------------------------------------------------------------------


def minutes(env, docname):
    """Return the minutes of a notebook page: to read and play, and for the exercises; or None."""
    if not is_notebook(env, docname):
        return None
    return page_counts.minutes(page_counts.of_file(env.doc2path(docname)))


def add_facts(app, doctree):
    """Put minutes and 'you need: RFM' under the title, counted and from the front matter."""
    env = app.env
    title = next(iter(doctree.findall(nodes.title)), None)
    takes = minutes(env, env.docname)
    if title is None or takes is None:
        return
    line = nodes.paragraph("", page_counts.SAID.format(*takes), classes=["page-facts"])
    needs = env.metadata[env.docname].get("needs", "")
    for number, name in enumerate(filter(None, (n.strip() for n in needs.split(",")))):
        line += nodes.Text(" · you need: " if number == 0 else ", ")
        line += addnodes.pending_xref(
            "",
            nodes.inline("", name),
            refdomain="std",
            reftype="doc",
            reftarget=name,
            refdoc=env.docname,
            refexplicit=False,
            refwarn=True,
        )
    title.parent.insert(title.parent.index(title) + 1, line)


# --- navigation ------------------------------------------------------------------------------


def is_notebook(env, docname):
    return str(env.doc2path(docname)).endswith(".ipynb")


def entry(app, docname, current, pathto):
    """One line of the book's contents, with the lines below it."""
    document = app.env.external_site_map[docname]
    below = [
        entry(app, str(item), current, pathto)
        for tree in document.subtrees
        for item in tree.items
        if str(item) in app.env.titles
    ]
    station = station_of(docname)
    title = document.title or app.env.titles[docname].astext()
    if station and docname.endswith("/index"):  # its place on the map is shorter than its question
        title = f"{station['number']} · {station['name']}"
    return {
        "title": title,
        "page": docname if is_notebook(app.env, docname) else None,
        "url": pathto(docname),
        "current": docname == current,
        "room": station and station["number"],
        "below": below,
    }


def contents(app, current, pathto):
    """The book's contents as captioned groups."""
    root = app.env.external_site_map.root
    return [
        {
            "caption": tree.caption,
            "entries": [
                entry(app, str(item), current, pathto)
                for item in tree.items
                if str(item) in app.env.titles
            ],
        }
        for tree in root.subtrees
    ]


def sections(doctree):
    """The headings of a page as (id, text, deeper headings), two levels deep."""

    def inside(parent, depth):
        found = []
        for section in parent.children:
            if isinstance(section, nodes.section):
                title = section.next_node(nodes.title)
                deeper = inside(section, depth + 1) if depth < 2 else []
                found.append({"id": section["ids"][0], "text": title.astext(), "below": deeper})
        return found

    top = doctree.next_node(nodes.section)
    return inside(top, 1) if top is not None else []


# --- head ------------------------------------------------------------------------------------


def description(app, docname, doctree):
    """The page's own description, from `description` or MyST's `html_meta` in its front matter."""
    text = app.env.metadata.get(docname, {}).get("description", "")
    for meta in doctree.findall(nodes.meta) if doctree is not None else ():
        if meta.get("name") == "description":
            text = meta["content"]
    return " ".join(text.split())


def check_descriptions(app, env):
    """Each page says in one sentence of its own what a reader finds there."""
    seen = {}
    for docname in sorted(env.found_docs):
        text = description(app, docname, env.get_doctree(docname))
        low, high = DESCRIPTION
        if not low <= len(text) <= high:
            log.warning(
                "the description in the front matter has %d characters, not %d to %d",
                len(text),
                low,
                high,
                location=docname,
            )
        if text in seen:
            log.warning("%s has the same description", seen[text], location=docname)
        seen[text] = docname


def fingerprint(app, name, folder=None):
    """A short digest in the address of an asset, so that browsers notice a new one."""
    data = ((folder or Path(app.srcdir) / "book" / "_static") / name).read_bytes()
    return f"_static/{name}", hashlib.sha256(data).hexdigest()[:8]


def preview(app):
    """The address of the picture that goes with a shared link, if the site has one itself."""
    name, digest = fingerprint(app, "preview.png")
    return app.config.html_baseurl and f"{app.config.html_baseurl}{name}?v={digest}"


def mark(app):
    """The logo's mark, drawn in the text color of where it stands."""
    return (Path(app.srcdir) / "book" / "_static" / "mark.svg").read_text("utf-8").strip()


def fill(app, pagename, templatename, context, doctree):
    pathto = context["pathto"]
    station = station_of(pagename)
    home = app.config.root_doc
    title = re.sub(r"<[^>]+>", "", context.get("title") or "")
    context.update(
        book=app.config.html_title,
        page_title=title,
        is_home=pagename == home,
        home_url=pathto(home),
        contents=contents(app, pagename, pathto),
        page_sections=sections(doctree) if doctree is not None else [],
        page_description=description(app, pagename, doctree),
        mark=mark(app),
        preview=preview(app),
        station=station,
        stations=stations(),
        styles=[fingerprint(app, f"{name}.css") for name in ("course", "reading")],
        scripts=[fingerprint(app, f"{name}.js") for name in ("course", "reading")],
    )
    # a station's own title page is no crumb of itself
    chapter = f"book/{station['folder']}/index" if station else None
    if chapter in app.env.found_docs and chapter != pagename:
        context["chapter_url"] = pathto(chapter)
    # the stock metatags would repeat the description
    tags = context.get("metatags", "")
    context["metatags"] = re.sub(r'<meta[^>]*name="description"[^>]*/?>', "", tags)


def setup(app):
    app.connect("config-inited", where_published, priority=100)
    app.connect("doctree-read", add_facts)
    app.connect("env-check-consistency", check_descriptions)
    app.connect("html-page-context", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
