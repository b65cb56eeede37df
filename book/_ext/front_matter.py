"""Let a notebook start with front matter, as a Markdown page does.

MyST-NB takes front matter from the notebook's metadata only, which no editor shows. Here the
block between two `---` lines at the top of the first cell is moved there before the notebook is
parsed. `needs`, `exceeds` and `description` are ours; `myst` and `mystnb` mean what they always do.
"""

import json
import re

import yaml
from sphinx.errors import ExtensionError

BLOCK = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)


def split(text):
    """Return the front matter of `text` as a dict, and the text after it."""
    found = BLOCK.match(text)
    if not found:
        return {}, text
    return yaml.safe_load(found[1]) or {}, text[found.end() :]


def of_notebook(notebook):
    """Return the front matter of a notebook (parsed JSON), and the rest of its first cell."""
    cells = notebook.get("cells", [])
    if not cells or cells[0]["cell_type"] not in ("markdown", "raw"):
        return {}, ""
    return split("".join(cells[0]["source"]))


def move_to_metadata(app, docname, source):
    """Rewrite the notebook that is about to be parsed; a Markdown page passes untouched."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    try:
        matter, rest = of_notebook(notebook)
    except yaml.YAMLError as error:
        raise ExtensionError(f"{docname}.ipynb: the front matter is not YAML: {error}") from error
    if not matter:
        return
    if "html_meta" in matter:  # the short form; MyST wants it under `myst`
        matter.setdefault("myst", {})["html_meta"] = matter.pop("html_meta")
    notebook["metadata"].update(matter)
    notebook["cells"][0].update(cell_type="markdown", source=rest)
    source[0] = json.dumps(notebook)


def setup(app):
    app.connect("source-read", move_to_metadata)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
