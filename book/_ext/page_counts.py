"""What a notebook page holds, counted: its limits (tests/book/test_page_limits.py) and its minutes.

Left out are solutions, the self-check and the asserts of its last cell; of an explorer only the
tables it loads count.
"""

import json
import re
import tomllib
from functools import cache
from pathlib import Path

from front_matter import BLOCK

LEFT_OUT = {"solution", "self-check", "claims", "remove-cell"}
SOLUTION = re.compile(r"(`{3,})\{solution\}.*?\n\1\s*$", re.S | re.M)
NO_PROSE = re.compile(r"\$\$.*?\$\$|```+.*?```+|:::+.*?$|^\|[^\n]*$|<[^>]+>|\$[^$]*\$", re.S | re.M)
WORD = re.compile(r"[A-Za-z][\w'’-]*")
NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,/:]\d+)*")
TERM = re.compile(r"\{term\}`(?:[^`<]*<)?([^`>]+)>?`")
LOADED = re.compile(r"""load\(\s*["'](\w+)""")
ASKS = re.compile(r'self_check\("([^"\n]+)"\)')
EXERCISE = re.compile(r"^`{3,}\{exercise(?:-start)?\} ([\w-]+)", re.M)
STOP = re.compile(r"\*+Stop\b")
SAID = "Estimated minutes: {} to read and play · {} for exercises"
MINUTES_OF = {"Warm-up": 6, "Apply": 18, "Judge": 15}  # exercises


def counts(notebook, folder):
    """Return what a page (parsed JSON) holds; the files of its questions lie below `folder`."""
    texts, codes, explorers, loads = [], [], [], set()
    tables = figures = questions = 0
    asked, solved = "", False
    for cell in notebook["cells"]:
        source, tags = "".join(cell["source"]), set(cell["metadata"].get("tags", ()))
        if cell["cell_type"] == "markdown":
            source = SOLUTION.sub("", BLOCK.sub("", source))
            solved = solved or "{solution-start}" in source
            if not solved:
                texts.append(source)
                tables += len(re.findall(r"^\|[-: |]+\|\s*$", source, flags=re.M))
            asked += source + "\n"
            solved = solved and "{solution-end}" not in source
            continue
        for file in ASKS.findall(source) if not solved else ():
            questions += asked_in(Path(folder, file))
        if solved or tags & LEFT_OUT:
            continue
        loads |= set(LOADED.findall(source))
        if "widgets.explore(" in source:
            explorers.append(source)
            continue
        outputs = [output.get("data", {}) for output in cell.get("outputs", ())]
        codes.append((source, not outputs))
        tables += sum("".join(data.get("text/html", "")).count("<table") for data in outputs)
        figures += sum("image/svg+xml" in data or "image/png" in data for data in outputs)
    told = "\n".join(texts)
    prose = " ".join(NO_PROSE.sub(" ", text) for text in texts)
    words = len(WORD.findall(prose))
    visible = [source for source, folded in codes if not folded]
    return {
        "prose": prose,
        "words": words,
        "sections": len(re.findall(r"^## ", told.partition("## The method\n")[0], flags=re.M)),
        "cells": len(visible),
        "lines": sum(map(lines, visible)),
        "folded": sum(lines(source) for source, folded in codes if folded),
        "tables": tables,
        "figures": figures,
        "loads": loads,
        "numbers": 100 * len(NUMBER.findall(re.sub(r"`[^`]*`", "", prose))) / max(words, 1),
        "terms": set(TERM.findall(told)),
        "exercises": EXERCISE.findall(asked),
        "questions": questions,
        "explorers": explorers,
        "stops": len(STOP.findall(prose)),
        "formulas": told.count("$$") // 2,
        "codes": codes,  # each with whether it is folded
    }


@cache
def asked_in(path):
    """Return how many questions a file holds; none if there is no such file."""
    return len(tomllib.loads(path.read_text("utf8")).get("question", ())) if path.is_file() else 0


def lines(source):
    return sum(1 for line in source.split("\n") if line.strip())


def minutes(held):
    """Return about how many minutes reading and playing take, and the exercises.

    The one formula: prose at 150 words a minute, a table 0.6, a figure 0.75, a formula 1, a line of
    code 3 seconds, the work by hand 4, an explorer 6, a question 1; exercises by their kind.
    """
    read = held["words"] / 150 + 0.6 * held["tables"] + 0.75 * held["figures"] + held["formulas"]
    read += held["lines"] / 20 + 4 + 6 * len(held["explorers"])
    read += held["questions"] + held["stops"]
    solve = sum(MINUTES_OF.get(kind, 0) for kind in held["exercises"])
    return tuple(5 * round(value / 5) for value in (read, solve))


def takes(notebook, folder):
    """Return the minutes of a page in words."""
    return SAID.format(*minutes(counts(notebook, folder)))


def of_file(path):
    """Return what the page at a path holds."""
    return counts(json.loads(Path(path).read_text("utf8")), Path(path).parent)
