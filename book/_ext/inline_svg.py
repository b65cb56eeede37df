"""Make every SVG figure part of the page that shows it.

A figure in an <img> knows nothing of the page: it cannot follow the dark theme, its words cannot
be found or zoomed with the text, and it costs a request. Here each SVG image becomes
`<figure><svg role="img" aria-label=ALT>`; the colors of the course's palette become the page's
CSS variables, and ids are made unique so that two figures on a page do not share clip paths.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from keyaccounts.escapes import escaped, plain
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

log = logging.getLogger(__name__)

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

# the colors of the figure style (toolkit/keyaccounts/plots) and what they are called in course.css
PALETTE = {
    "#1b2a41": "--ink",
    "#5b6675": "--muted",
    "#d5d9e0": "--grid",
    "#0f766e": "--accent",
    "#b45309": "--signal",
    "#fcfcfa": "--paper",
}
COLOR = re.compile("|".join(PALETTE), re.I)
FILE_NAME = re.compile(r"^[\w./-]+\.(svg|png|jpe?g|gif|webp)$", re.I)


def follow_theme(text):
    """Replace palette colors by variables; the color stays as the fallback."""
    return COLOR.sub(lambda m: f"var({PALETTE[m[0].lower()]}, {m[0].lower()})", text)


def own_ids(root, prefix):
    """Prefix all ids and what refers to them."""
    ids = {el.get("id") for el in root.iter() if el.get("id")}
    used = set()
    for el in root.iter():
        for key, value in el.attrib.items():
            if key in ("href", f"{{{XLINK}}}href") and value[1:] in ids:
                used.add(value[1:])
                el.set(key, f"#{prefix}{value[1:]}")
            for target in re.findall(r"url\(#([^)]+)\)", value):
                used.add(target)
                el.set(key, el.get(key).replace(f"url(#{target})", f"url(#{prefix}{target})"))
    for el in root.iter():
        name = el.get("id")
        if name in used:
            el.set("id", prefix + name)
        elif name:  # matplotlib names every group; nobody refers to most of them
            del el.attrib["id"]


def drop_foreign(root):
    """Remove metadata and style sheets: a <style> in an inlined SVG would style the whole page."""
    for parent in list(root.iter()):
        for child in list(parent):
            name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
            if name in ("metadata", "style", "script", "title", "desc"):
                parent.remove(child)


def inline(text, alt, prefix):
    """Return the markup of one SVG, ready to stand in a page."""
    root = ElementTree.fromstring(plain(text))
    drop_foreign(root)
    own_ids(root, prefix)
    for el in root.iter():
        for key, value in list(el.attrib.items()):
            if key in ("fill", "stroke", "style", "stop-color", "color"):
                el.set(key, follow_theme(value))
            elif key == f"{{{XLINK}}}href":
                el.set("href", el.attrib.pop(key))
    width = float(re.match(r"[\d.]+", root.get("width", "0"))[0] or 0)
    points = 4 / 3 if root.get("width", "").endswith("pt") else 1
    if not root.get("viewBox") and width:
        height = re.match(r"[\d.]+", root.get("height", "0"))[0]
        root.set("viewBox", f"0 0 {width:g} {height}")
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    if width:
        root.set("style", f"max-width:{width * points:.0f}px")
    # matplotlib says these two in the <style> that was dropped; here they are inherited
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    root.set("role", "img")
    root.set("aria-label", plain(alt))
    ElementTree.register_namespace("", SVG)
    markup = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r'\s+xmlns(:\w+)?="[^"]*"', "", markup)


class InlineSvg(SphinxPostTransform):
    default_priority = 500  # after MyST-NB has chosen which output of a cell is shown
    formats = ("html",)

    def run(self, **kwargs):
        for number, image in enumerate(list(self.document.findall(nodes.image)), start=1):
            alt = " ".join(image.get("alt", "").split())
            if not alt or FILE_NAME.match(alt):
                where = image if image.line else image.parent
                log.warning("a figure has no alt text of its own", location=where)
            path = Path(self.env.srcdir) / image["uri"].lstrip("/")
            if path.suffix != ".svg" or not path.is_file():
                continue
            svg = inline(path.read_text("utf-8"), alt, f"f{number}-")
            in_figure = isinstance(image.parent, nodes.figure)
            markup = svg if in_figure else f'<figure class="drawn">{svg}</figure>'
            image.replace_self(nodes.raw("", markup, format="html", alt=escaped(alt)))


def setup(app):
    app.add_post_transform(InlineSvg)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
