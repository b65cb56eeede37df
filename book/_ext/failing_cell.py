"""Stop the build when a notebook fails, and say which cell of which page it was.

MyST-NB only warns that "executing notebook failed". Here the first thing the reader of the log
sees is the page, the number of the cell as an editor counts it, its code and the error.
"""

import json
import re

from sphinx.errors import SphinxError

ANSI = re.compile(r"\x1b\[[0-9;]*m")
RULE = re.compile(r"^-{10,}\n(.*?)\n-{10,}$", re.S | re.M)  # nbclient frames the cell's code


class NotebookFailure(SphinxError):
    category = "A notebook failed"


def failed_cell(cells, traceback):
    """Return (cell number, code cell number, code) of the cell quoted in the traceback."""
    quoted = RULE.search(traceback)
    code = quoted[1].strip() if quoted else ""
    n_code = 0
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "code":
            n_code += 1
            if code and "".join(cell["source"]).strip() == code:
                return number, n_code, code
    return None, None, code


def describe(path, traceback):
    """Put one failure into words."""
    traceback = ANSI.sub("", traceback)
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
    except ValueError:  # a Markdown notebook
        cells = []
    number, n_code, code = failed_cell(cells, traceback)
    where = f"cell {number} (code cell {n_code})" if number else "a code cell"
    # some exceptions end in blank lines; the last line that says something is the error
    error = next((ln for ln in reversed(traceback.splitlines()) if ln.strip()), "no message")
    shown = "\n".join("    " + line for line in code.splitlines())
    return f"{where}: {error.strip()}\n{shown}"


def stop(app, env):
    """Raise once all pages are read, so that every failing page is named."""
    failures = []
    for docname, data in sorted(getattr(env, "nb_metadata", {}).items()):
        run = data.get("exec_data")
        if run and not run["succeeded"]:
            path = app.srcdir / env.doc2path(docname, base=False)
            failures.append(
                f"{env.doc2path(docname, base=False)}, {describe(path, run['traceback'])}"
            )
            # read it again next time, even if nobody touched it
            env.all_docs.pop(docname, None)
    if failures:
        raise NotebookFailure("\n\n".join(failures))


def setup(app):
    app.connect("env-updated", stop, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
