"""What of a simulated company lies in a folder: told from files that are somebody else's."""

from __future__ import annotations

import re
from pathlib import Path

from keyaccounts.world import dictionary

PARTS = ("customers", "orders", "service_log", "truth_customers")  # tables of a large company
_PART = re.compile(r"part-\d{5}\.parquet")


def is_answer(name: str) -> bool:
    """Say whether a table belongs to the answer key."""
    return name.startswith("truth_")


def tables(folder: str | Path) -> dict[Path, str]:
    """Return every file of a simulated company that a folder holds, and the table it belongs to.

    A CSV file is one if it has the name of a table and its columns, a Parquet file if it is a
    numbered part in the folder of a table. Whatever else lies there is not ours.

    Examples
    --------
    >>> tables("no such folder")
    {}
    """
    folder = Path(folder)
    found = {}
    for resource in dictionary.resources():
        file = folder / resource["path"]
        columns = ",".join(field["name"] for field in resource["schema"]["fields"])
        if file.is_file() and _first_line(file) == columns:
            found[file] = resource["name"]
    for name in PARTS:
        for file in sorted((folder / name).glob("part-*.parquet")):
            if _PART.fullmatch(file.name):
                found[file] = name
    return found


def _first_line(file: Path) -> str:
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        return lines.readline(10_000).rstrip("\n")
