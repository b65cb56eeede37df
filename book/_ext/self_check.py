"""Self-checks of notebooks (`ka.widgets.self_check`) become part of the page.

Their outputs carry style and script, for notebooks. Here both are taken out and given to the page
once, from the same files of the toolkit. A changed file of questions executes its page again: the
cache looks at code alone, so a digest of the questions is written beside the call (in the copy
that is executed, not in the source).
"""

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

from docutils import nodes
from page_frame import fingerprint
from sphinx.transforms.post_transforms import SphinxPostTransform

ASSETS = Path(str(files("keyaccounts"))) / "widgets"
STYLE, SCRIPT = "self_check.css", "self_check.js"
FORM = '<form class="ka-check"'
FOR_NOTEBOOKS = re.compile(r"<(style|script) data-ka-check>.*?</\1>\n?", re.S)
CALL = re.compile(r'self_check\("([^"\n]+)"\).*')


def stamp_questions(app, docname, source):
    """Note which questions a page asks, and write their digest into the code that is executed."""
    page = Path(app.env.doc2path(docname))
    if page.suffix != ".ipynb":
        return
    notebook = json.loads(source[0])

    def stamped(call):
        path = page.parent / call[1]
        app.env.note_dependency(str(path))
        data = path.read_bytes() if path.is_file() else b""  # the call says what is missing
        return f"{call[0]}  # {hashlib.sha256(data).hexdigest()[:12]}"

    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = CALL.sub(stamped, "".join(cell["source"]))
    source[0] = json.dumps(notebook)


class LightForms(SphinxPostTransform):
    default_priority = 510  # after MyST-NB has chosen which output of a cell is shown
    formats = ("html",)

    def run(self, **kwargs):
        for raw in list(self.document.findall(nodes.raw)):
            if FORM in raw.astext():
                light = FOR_NOTEBOOKS.sub("", raw.astext())
                raw.replace_self(nodes.raw("", light, format="html"))


def offer_assets(app, config):
    config.html_static_path += [str(ASSETS / name) for name in (STYLE, SCRIPT)]


def add_assets(app, pagename, templatename, context, doctree):
    """Give the script and style to pages that have a self-check."""
    if FORM in context.get("body", ""):
        context["styles"] = [*context["styles"], fingerprint(app, STYLE, ASSETS)]
        context["scripts"] = [*context["scripts"], fingerprint(app, SCRIPT, ASSETS)]


def setup(app):
    app.connect("config-inited", offer_assets)
    app.connect("source-read", stamp_questions)
    app.add_post_transform(LightForms)
    app.connect("html-page-context", add_assets, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
