"""Questions of a self-check: read from TOML, and refused with the reason when the form is broken.

The form is described at :func:`keyaccounts.widgets.self_check`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyaccounts import files
from keyaccounts.errors import DataError

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    id : its name in the file.
    kind : {"single", "several", "true-false", "numeric", "order", "classify"}
    ask : what is asked.
    discuss : whether the answer is open to discussion, and so not scored.
    parts : what the kind needs besides, as it stands in the file.
    """

    id: str
    kind: str
    ask: str
    discuss: bool
    parts: Table


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# what a field may hold: how to say it, and how to tell
TEXT = ("text in quotes", _is_text)
TRUTH = ("true or false", lambda value: isinstance(value, bool))
NUMBER = ("a number", _is_number)
SPAN = ("a number, zero or more", lambda value: _is_number(value) and value >= 0)
TEXTS = ("a list of texts", lambda value: isinstance(value, list) and all(map(_is_text, value)))
TABLES = (
    "a list of { … }",
    lambda value: isinstance(value, list) and all(isinstance(v, dict) for v in value),
)
WORDS = (
    "a table of texts",
    lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
)

Fields = Mapping[str, Any]
COMMON: Fields = {"id": TEXT, "kind": TEXT, "ask": TEXT}
COMMON_MAY: Fields = {"discuss": TRUTH}
# kind → (needed fields, fields that may be left out)
KINDS: Mapping[str, tuple[Fields, Fields]] = {
    "single": ({"options": TABLES}, {}),
    "several": ({"options": TABLES}, {}),
    "true-false": ({"answer": TRUTH, "if_true": TEXT, "if_false": TEXT}, {}),
    "numeric": (
        {"value": NUMBER, "feedback": TEXT, "wrong": TEXT},
        {"tolerance": SPAN, "unit": TEXT, "mistakes": TABLES},
    ),
    "order": ({"items": TABLES, "feedback": TEXT}, {}),
    "classify": ({"categories": TEXTS, "items": TABLES}, {}),
}
# the tables inside: kind → (field, needed, may be left out)
INSIDE: Mapping[str, tuple[str, Fields, Fields]] = {
    "single": ("options", {"text": TEXT, "right": TRUTH, "feedback": TEXT}, {}),
    "several": ("options", {"text": TEXT, "right": TRUTH, "feedback": TEXT}, {}),
    "numeric": ("mistakes", {"value": NUMBER, "feedback": TEXT}, {"tolerance": SPAN}),
    "order": ("items", {"text": TEXT, "feedback": TEXT}, {}),
    "classify": ("items", {"text": TEXT, "category": TEXT, "feedback": TEXT}, {"wrong": WORDS}),
}


def read(source: str | Path) -> tuple[str, tuple[Question, ...]]:
    """Return a name for the source, and its questions.

    Parameters
    ----------
    source : str or Path
        A file, as seen from here or from the course's book, or TOML text (what has a line break
        is text).

    Returns
    -------
    tuple of str and tuple of Question

    Raises
    ------
    DataError
        If there is no such file, or the form is broken: names file, question and mend.
    """
    if isinstance(source, str) and "\n" in source:
        name, text = "questions", source.removeprefix("\ufeff")
    else:
        name = Path(source).name
        try:
            text = files.text(_file(Path(source)))
        except OSError as error:
            raise DataError(
                f"no questions at {str(source)!r} ({error.strerror}): give the path of a TOML file "
                "as seen from the notebook's folder, or the TOML text itself"
            ) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{name}: this is not TOML: {error}") from error
    found = content.get("question")
    if set(content) != {"question"} or not TABLES[1](found) or not found:
        raise DataError(f"{name}: start each question with a line [[question]], and no other table")
    questions: list[Question] = []
    for number, table in enumerate(found, start=1):
        question = _question(table, f"{name}, question {number}")
        if question.id in {q.id for q in questions}:
            raise DataError(
                f"{name}, question {number}: the id {question.id!r} is used twice; give it another"
            )
        questions.append(question)
    return name, tuple(questions)


def _file(path: Path) -> Path:
    """Return a file that is there, or the one of the course: a page on its own asks for that.

    The course's files lie inside an installed wheel, or beside toolkit/ in a checkout.
    """
    here = Path(__file__).resolve().parents[1]
    found = (path, here / "book" / path, here.parents[1] / "book" / path)
    return next(filter(Path.is_file, found), path)


def _question(table: Table, where: str) -> Question:
    if _is_text(table.get("id")):
        where = f"{where} ({table['id']})"
    kind = table.get("kind", "")
    if not isinstance(kind, str) or kind not in KINDS:
        raise DataError(f"{where}: the kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    needed, may = KINDS[kind]
    _check_fields(table, {**COMMON, **needed}, {**COMMON_MAY, **may}, where)
    if kind in INSIDE:
        name, inner, inner_may = INSIDE[kind]
        for number, part in enumerate(table.get(name, ()), start=1):
            _check_fields(part, inner, inner_may, f"{where}, {name} number {number}")
    for complaint in _contradictions(kind, table):
        raise DataError(f"{where}: {complaint}")
    parts = {k: v for k, v in table.items() if k not in {*COMMON, *COMMON_MAY}}
    return Question(table["id"], kind, table["ask"], table.get("discuss", False), parts)


def _check_fields(table: Table, needed: Fields, may: Fields, where: str) -> None:
    for name in needed:
        if name not in table:
            raise DataError(f"{where}: {name!r} is missing; add it ({needed[name][0]})")
    for name, value in table.items():
        if name not in needed and name not in may:
            known = ", ".join([*needed, *may])
            raise DataError(f"{where}: {name!r} is unknown; take it out, or use one of {known}")
        says, fits = (needed.get(name) or may[name])[:2]
        if not fits(value):
            raise DataError(f"{where}: {name!r} must be {says}, not {value!r}")


def _contradictions(kind: str, table: Table) -> Iterator[str]:
    """Yield what is wrong although every field has its form."""
    parts = table.get("options", table.get("items", []))
    texts = [part["text"] for part in parts]
    if kind not in ("true-false", "numeric") and len(texts) < 2:
        yield "give two of them or more to choose from"
    if len(set(texts)) < len(texts):
        yield "two of them have the same text; change one"
    right = sum(part.get("right", False) for part in parts)
    if kind == "single" and right != 1:
        yield f"{right} options are right; set right = true for one of them"
    if kind == "several" and not right:
        yield "no option is right; set right = true for one or more"
    if kind == "numeric":
        for mistake in table.get("mistakes", ()):
            if abs(mistake["value"] - table["value"]) <= table.get("tolerance", 0):
                yield f"the mistake {mistake['value']} counts as right; lower the tolerance"
    if kind == "classify":
        categories = table["categories"]
        if len(set(categories)) < max(2, len(categories)):
            yield "give two categories or more, each of them once"
        for item in parts:
            for category in (item["category"], *item.get("wrong", ())):
                if category not in categories:
                    yield f"{category!r} is not one of the categories; write it as it stands there"
            if item["category"] in item.get("wrong", ()):
                yield f"{item['text']!r} calls its own category wrong; take that line out"
