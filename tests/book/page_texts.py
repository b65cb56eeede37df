"""The text of every page of the book, read from the tree: no build is needed."""

import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def page_texts() -> Iterator[tuple[str, str]]:
    """Yield each page's path below the repository and its Markdown."""
    for path in sorted((ROOT / "book").rglob("*.md")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "book").rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        yield path.relative_to(ROOT).as_posix(), text
