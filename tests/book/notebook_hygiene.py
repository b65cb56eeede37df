"""Keep committed notebooks clean: outputs stay, and nothing that changes from run to run does.

    python tests/book/notebook_hygiene.py [--run] [--fix] [NOTEBOOK ...]  (default: all below book/)

A page is committed as it was run, so that readers see results and nbval can hold them. What a run
leaves beside its results is refused: times, the state of widgets, the name of the author's kernel,
paths of the author's machine. `--fix` removes what can be removed; a page that was not run from
top to bottom, or that shows an error, has to be run again. `--run` does so first.
"""

import argparse
import json
import re
import sys
from pathlib import Path

BOOK = Path(__file__).parents[2] / "book"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
NOTEBOOK_METADATA = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
CELL_METADATA = {"tags", "mystnb"}
FOLDED = {"source_hidden": True}  # in a notebook, the asserts of a page's last cell
WIDGET = "application/vnd.jupyter.widget-"
# a home or system folder, a file address, a drive letter
PATH_OF_A_MACHINE = re.compile(
    r"(?<![\w./:])/(?:home|Users|root|work|tmp|opt|usr|mnt|var)/\w|file://|\b[A-Z]:\\{1,2}\w"
)


def clean(notebook):
    """Return a copy without what a run leaves beside its results."""
    return {
        **notebook,
        "metadata": NOTEBOOK_METADATA,
        "cells": list(map(clean_cell, notebook["cells"])),
    }


def clean_cell(cell):
    kept = {k: v for k, v in cell["metadata"].items() if k in CELL_METADATA}
    if "claims" in kept.get("tags", ()):
        kept["jupyter"] = FOLDED
    cell = {**cell, "metadata": kept}
    if "outputs" in cell:
        cell["outputs"] = list(map(clean_output, cell["outputs"]))
    return cell


def clean_output(output):
    """Drop the view of a widget, whose number is drawn anew in each run; its other forms stay."""
    if "data" not in output:
        return output
    data = {k: v for k, v in output["data"].items() if not k.startswith(WIDGET)}
    return {**output, "data": data}


def written(notebook):
    """Return the text of a notebook in the one form that Jupyter writes too."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def untidy(text):
    """Yield what `--fix` would change."""
    notebook = json.loads(text)
    if notebook["metadata"] != NOTEBOOK_METADATA:
        yield f"the notebook's metadata are not {NOTEBOOK_METADATA}"
    for number, cell in enumerate(notebook["cells"], start=1):
        meant = clean_cell(cell)["metadata"]
        if extra := set(cell["metadata"]) - set(meant):
            yield f"cell {number} has metadata {', '.join(sorted(extra))}"
        elif cell["metadata"] != meant:
            yield f"the metadata of cell {number} are not {meant}"
        if cell.get("outputs", []) != clean_cell(cell).get("outputs", []):
            yield f"cell {number} has the view of a widget"
    if written(notebook) != text:
        yield "the file is not written as Jupyter writes it (indent 1, keys sorted)"


def wrong(text):
    """Yield what only the author can mend."""
    notebook = json.loads(text)
    codes = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    if [c["execution_count"] for c in codes] != list(range(1, len(codes) + 1)):
        yield "not run from top to bottom in one go; run it again"
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                yield f"cell {number} ends in an error"
            if output.get("name") == "stderr":
                yield f"cell {number} writes to stderr"
            if output.get("execution_count", cell["execution_count"]) != cell["execution_count"]:
                yield f"cell {number} shows the output of another run"
        if found := PATH_OF_A_MACHINE.search(json.dumps(cell, ensure_ascii=False)):
            yield f"cell {number} holds a path of one machine: {found[0]}"


def notebooks():
    """List the notebooks of the book."""
    return sorted(p for p in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def run(paths):
    """Run pages and keep their outputs, in the surroundings that the build gives them."""
    sys.path.append(str(BOOK / "_ext"))
    import kernel_env
    from nbclient.cli import NbClientApp

    kernel_env.settle(BOOK.parent)
    NbClientApp.launch_instance(["--inplace", *map(str, paths)])


def main(arguments=None):
    """Name every fault; return how many are left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", action="store_true", help="run the pages and keep their outputs")
    parser.add_argument("--fix", action="store_true", help="remove what can be removed")
    parser.add_argument("notebook", nargs="*", type=Path, help="default: every page of the book")
    given = parser.parse_args(arguments)
    paths, faults = given.notebook or notebooks(), 0
    if given.run:
        run(paths)
    for path in paths:
        text = path.read_text("utf8")
        if given.fix:
            text = written(clean(json.loads(text)))
            path.write_text(text, "utf8", newline="\n")
        for fault in [*untidy(text), *wrong(text)]:
            faults += 1
            print(f"{path}: {fault}")
    if faults and not given.fix:
        print("Remove what can be removed with: python tests/book/notebook_hygiene.py --fix")
    return faults


if __name__ == "__main__":
    sys.exit(main() > 0)
