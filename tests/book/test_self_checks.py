"""Each page asks five questions or more, of several kinds, and every answer says why."""

import re

import keyaccounts as ka
import pytest
from notebooks import BOOK, NAMES, code_cells

FILES = sorted(p for p in BOOK.rglob("questions/*.toml") if "_templates" not in p.parts)
files = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def questions(path):
    return ka.widgets.self_check(path).questions


def feedback(question):
    """Return every text that a question may answer with."""
    parts = question.parts
    texts = [parts[name] for name in ("feedback", "wrong", "if_true", "if_false") if name in parts]
    for part in (*parts.get("options", ()), *parts.get("items", ()), *parts.get("mistakes", ())):
        texts += [part["feedback"], *part.get("wrong", {}).values()]
    return texts


@files
def test_five_questions_of_several_kinds(path):
    kinds = [q.kind for q in questions(path)]
    assert len(kinds) >= 5
    assert "numeric" in kinds
    assert "true-false" in kinds
    assert {"order", "classify"} & set(kinds)


@files
def test_the_feedback_says_why(path):
    for question in questions(path):
        for text in feedback(question):
            assert len(text) >= 40, (question.id, text)
            assert text.endswith("."), (question.id, text)
            # the form says whether it is right, and those who are not sure read it, too
            assert not re.match(r"(yes|no|right|wrong|correct|exactly)\b", text.lower()), text


@files
def test_wrong_numbers_of_known_origin_get_their_own_answer(path):
    for question in questions(path):
        assert question.kind != "numeric" or question.parts["mistakes"], question.id


@files
def test_the_right_answer_is_not_always_in_the_same_place(path):
    singles = [q.parts["options"] for q in questions(path) if q.kind == "single"]
    places = {[option["right"] for option in options].index(True) for options in singles}
    assert len(places) >= 2 or len(singles) < 2


def test_an_id_is_used_once_in_the_book():
    ids = [question.id for path in FILES for question in questions(path)]
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


def test_every_file_of_questions_is_asked():
    asked = {
        (BOOK / name).parent / path
        for name in NAMES
        for cell in code_cells(name)
        for path in re.findall(r'self_check\("([^"]+)"\)', cell["source"])
    }
    assert asked == set(FILES)
