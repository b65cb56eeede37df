"""Pages without text: index.html leads in, 404.html helps who is lost, old addresses lead on.

A 404 page is served at any depth, so its links cannot be relative: they start with the path of
SITE_URL (or `/`). It holds its own style and logo and asks for nothing else.
"""

from urllib.parse import urlsplit

from page_frame import mark

# old address: the page that took its place; it leads on as soon as there is one and not the other
MOVED = {"book/3-segmentation/pyramid-and-grade": "book/3-segmentation/pyramid"}


def root_path(app):
    """Return the path under which the site is published, with a slash at both ends."""
    return urlsplit(app.config.html_baseurl).path or "/"


def leads(old, new, says, app):
    """Return a page that leads from one address to another."""
    base = app.config.html_baseurl
    context = {
        "to": app.builder.get_relative_uri(old, new),
        "published": base and base + app.builder.get_target_uri(new),
        "says": says,
    }
    return old, context, "redirect.html"


def pages(app):
    if app.builder.name != "html":
        return
    env, here = app.env, root_path(app)
    home = app.builder.get_target_uri(app.config.root_doc)
    chapters = [
        {"url": here + app.builder.get_target_uri(doc), "title": env.titles[doc].astext()}
        for doc in sorted(env.found_docs)
        if doc.endswith("/index")
    ]
    context = {"home": home, "home_absolute": here + home, "chapters": chapters, "mark": mark(app)}
    yield leads("index", app.config.root_doc, "its first page", app)
    for old, new in MOVED.items():
        if new in env.found_docs and old not in env.found_docs:
            yield leads(old, new, f"“{env.titles[new].astext()}”", app)
    yield "404", {**context, "search": here + "search.html"}, "404.html"


def setup(app):
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
