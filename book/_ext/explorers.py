"""Explorers move without a kernel: their states leave the page and come when they are looked at.

A cell that ends in an explorer holds every state (keyaccounts.widgets.explorer). Here the states
become a file of their own beside the page, so that the page stays light; its pictures follow the
theme like every other figure. A script, not JSON, because a page opened from disk may load one.
"""

import hashlib
import json
import re
from html import unescape
from pathlib import Path

from docutils import nodes
from inline_svg import inline
from keyaccounts.escapes import script_json
from page_frame import fingerprint
from sphinx.transforms.post_transforms import SphinxPostTransform

STATES = re.compile(r'<script type="application/json">(.*?)</script>', re.S)
FIGURE = re.compile(r'(<div class="ka-figure">)(<svg.*?</svg>)', re.S)
FINDING = re.compile(r'role="status">(.*?)</p>', re.S)
FOLDER = "_explorers"
NO_SCRIPT = (
    "<noscript><p>The controls need JavaScript. You see what they show at first.</p></noscript>"
)


class ExplorerStates(SphinxPostTransform):
    default_priority = 510  # after MyST-NB has chosen which output of a cell is shown
    formats = ("html",)

    def run(self, **kwargs):
        number = 0
        for raw in list(self.document.findall(nodes.raw)):
            text = raw.astext()
            if 'class="ka-explorer"' not in text:
                continue
            number += 1
            raw.replace_self(nodes.raw("", self.light(text, f"x{number}-"), format="html"))

    def light(self, cell, prefix):
        """Return the explorer without its states, and write them to their own file."""
        data = json.loads(STATES.search(cell)[1])
        finding = unescape(FINDING.search(cell)[1])
        states = [
            [text, inline(figure, f"{data['alt']} {text}", prefix), table]
            for text, figure, table in data["states"]
        ]
        body = script_json(states, pictures=True, separators=(",", ":"))
        name = hashlib.sha256(body.encode()).hexdigest()[:12]
        folder = Path(self.app.outdir) / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.js").write_text(f'explorerStates("{name}",{body})', "utf8", newline="\n")
        now = inline(FIGURE.search(cell)[2], f"{data['alt']} {finding}", prefix)
        light = FIGURE.sub(lambda m: m[1] + now, STATES.sub(NO_SCRIPT, cell))
        up = "../" * self.env.docname.count("/")
        return light.replace(
            'class="ka-explorer"',
            f'class="ka-explorer" data-states="{up}{FOLDER}/{name}.js" data-name="{name}"',
        )


def add_assets(app, pagename, templatename, context, doctree):
    """Give the script and style to pages that have an explorer."""
    if 'class="ka-explorer"' in context.get("body", ""):
        context["styles"] = [*context["styles"], fingerprint(app, "explorer.css")]
        context["scripts"] = [*context["scripts"], fingerprint(app, "explorer.js")]


def setup(app):
    app.add_post_transform(ExplorerStates)
    app.connect("html-page-context", add_assets, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
