"""Keep executed notebooks until the code or the data they call changes.

MyST-NB's cache looks at the notebook alone: a changed toolkit would leave old results on the
page. The cache folder is therefore named after a digest of the toolkit and the data. A new name
also makes Sphinx read every notebook again, and they are executed in the new, empty folder.

MyST-NB keeps no page that raised an error. One that wrote to stderr, which is as much a fault, is
forgotten here, and so is a cache that a killed build left half-written.
"""

import hashlib
import shutil
from pathlib import Path

from jupyter_cache import get_cache

TOOLKIT = "toolkit/keyaccounts"
CODE = {".py", ".toml", ".mplstyle", ".css", ".js"}


def watched(root):
    """Yield the files that a notebook's results may depend on, in a fixed order."""
    files = [p for p in (root / TOOLKIT).rglob("*") if p.suffix in CODE]
    files += [p for p in (root / "data").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return sorted(files)


def digest(root):
    """Return a short digest of names and contents of the watched files."""
    total = hashlib.sha256()
    for path in watched(root):
        total.update(path.relative_to(root).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def forget_faults(folder):
    """Take out of a cache the pages that wrote to stderr, or all of it if it cannot be read."""
    cache = get_cache(folder)
    try:
        for record in cache.list_cache_records():
            cells = cache.get_cache_bundle(record.pk).nb.cells
            if any(o.get("name") == "stderr" for cell in cells for o in cell.get("outputs", ())):
                cache.remove_cache(record.pk)
    except Exception:  # whatever a file cut in two leads to
        shutil.rmtree(folder)
    finally:
        cache.db.dispose()


def name_the_cache(app, config):
    root = Path(app.srcdir)
    caches = root / "_build" / ".jupyter_cache"
    current = caches / digest(root)
    if caches.is_dir():  # what an older toolkit computed is of no use any more
        for old in caches.iterdir():
            if old != current:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
    if current.is_dir():
        forget_faults(current)
    config.nb_execution_cache_path = str(current)


def setup(app):
    # before MyST-NB reads its configuration
    app.connect("config-inited", name_the_cache, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
