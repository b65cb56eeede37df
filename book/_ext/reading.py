"""Reading comforts: done marks, progress, and the picture that goes with a shared link."""

from page_frame import fingerprint


def add(app, pagename, templatename, context, doctree):
    context["styles"] = [*context["styles"], fingerprint(app, "reading.css")]
    context["scripts"] = [*context["scripts"], fingerprint(app, "reading.js")]
    if app.config.html_baseurl:
        name, digest = fingerprint(app, "preview.png")
        context["preview"] = f"{app.config.html_baseurl}{name}?v={digest}"


def setup(app):
    app.connect("html-page-context", add, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
