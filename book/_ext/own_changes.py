"""Build again what a changed look or a changed extension touches.

Sphinx watches pages and templates. A new style sheet alone would not even be copied, and a changed
extension would leave old pages standing. Two digests in the configuration make both count: a
changed look writes all pages again, a changed extension reads them again (executing nothing).
"""

import hashlib
from pathlib import Path


def digest(folder):
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def note(app, config):
    book = Path(app.srcdir) / "book"
    config.course_look = digest(book / "_static")
    config.course_extensions = digest(book / "_ext")


def setup(app):
    app.add_config_value("course_look", "", "html")
    app.add_config_value("course_extensions", "", "env")
    app.connect("config-inited", note, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
