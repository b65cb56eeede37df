"""The finished site asks nobody else for anything, and carries nothing it does not use.

After the build: every script, style sheet, image and frame of every page must lie in the site,
or the build warns (and a warning is an error). What no page asks for is removed.
"""

import re
import shutil
from pathlib import Path

from sphinx.util import logging

log = logging.getLogger(__name__)

# what a browser loads by itself; links that a reader clicks may lead anywhere
LOADS = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|link|use|image)\b[^>]*?\s(?:src|href)=\"([^\"]+)\""
)
NOT_LOADED = re.compile(r"<link\b[^>]*rel=\"(?:canonical|next|prev|alternate)\"[^>]*>")
# not loaded by the page, but by those who show a link to it; the address is absolute
PREVIEW = re.compile(r"<meta property=\"og:image\" content=\"[^\"]*/(_static/[^\"]+)\">")
FOLDERS = ("_static", "_explorers")
CSS_LOADS = re.compile(r"(?:url\(\s*|@import\s+)[\"']?([^\"')\s]+)")
LATER = re.compile(r"data-states=\"([^\"]+)\"")  # loaded by a script when it is looked at
ELSEWHERE = re.compile(r"^(?:https?:)?//")


def strip_address(address):
    return re.split(r"[?#]", address)[0]


def loads(path, text):
    """Return the addresses that a page or style sheet loads."""
    if path.suffix == ".css":
        return [a for a in CSS_LOADS.findall(text) if not a.startswith("data:")]
    return [a for a in LOADS.findall(NOT_LOADED.sub("", text)) if not a.startswith("data:")]


def audit(out):
    """Return what is asked from elsewhere, as (file, address), and the assets in use."""
    foreign, used = [], set()
    queue = sorted(out.rglob("*.html"))
    seen = set(queue)
    while queue:
        path = queue.pop()
        text = path.read_text("utf-8")
        used.update(out / strip_address(a) for a in PREVIEW.findall(text))
        for address in [*loads(path, text), *LATER.findall(text)]:
            if ELSEWHERE.match(address):
                foreign.append((path.relative_to(out).as_posix(), address))
                continue
            target = (path.parent / strip_address(address)).resolve()
            used.add(target)
            if target.suffix == ".css" and target not in seen and target.is_file():
                seen.add(target)
                queue.append(target)
    return foreign, used


def finish(app, exception):
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir).resolve()
    foreign, used = audit(out)
    for page, address in foreign:
        log.warning("%s asks for %s, which is not part of the site", page, address)
    kept = [path for folder in FOLDERS for path in (out / folder).rglob("*")]
    for path in sorted(kept, reverse=True):
        if path.is_file() and path not in used:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    # no page offers its source: a notebook page gives its student edition
    shutil.rmtree(out / "_sources", ignore_errors=True)


def setup(app):
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
