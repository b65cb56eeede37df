"""Begin anew after a build that did not end well, and when pages, look or extensions changed.

Sphinx reads and writes only what has changed, and warns of a page only when it reads it: a fault
would stop the first build and pass the second, a build killed while it writes would leave half a
site, and a page taken out would stay. A new style sheet would not even be copied, and a changed
extension would leave old pages standing. So a build without a warning leaves a digest of what it
was made of as its mark, the next one takes the mark away before it begins, and where there is none,
or another, everything is read and written again. What notebooks computed is kept
(toolkit_digest.py).
"""

import hashlib
import shutil
from pathlib import Path


def mark(app):
    return Path(app.doctreedir, "finished")


def made_of(app):
    """Return a digest of the table of contents, the look and the extensions."""
    book = Path(app.srcdir, "book")
    files = sorted([*(book / "_ext").glob("*.py"), *(book / "_static").rglob("*.*")])
    total = hashlib.sha256()
    for path in (Path(app.srcdir, app.config.external_toc_path), *files):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def begin(app, config):
    if not mark(app).is_file() or mark(app).read_text("utf-8") != made_of(app):
        for folder in map(Path, (app.doctreedir, app.outdir)):
            if folder.is_dir():
                shutil.rmtree(folder)
            folder.mkdir(parents=True)
    mark(app).unlink(missing_ok=True)


def end(app, exception):
    if exception is None and not app._warncount:  # Sphinx has no public name for the number
        mark(app).write_text(made_of(app), "utf-8", newline="\n")


def setup(app):
    # before Sphinx looks for what it read last time, and after all that may warn
    app.connect("config-inited", begin, priority=50)
    app.connect("build-finished", end, priority=1000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
