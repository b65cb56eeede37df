"""The questions keep their form and ask for meaning, not only for arithmetic."""

import sys
from pathlib import Path

import pytest
from notebooks import BOOK

FILES = sorted(BOOK.rglob("questions/*.toml"))
sys.path.insert(0, str(BOOK / "_ext"))
from self_check import BadQuestions, read  # noqa: E402  the extension lives outside the packages

GOOD = """
[[question]]
id = "a"
kind = "single"
ask = "Which?"
options = [
  { text = "this", right = true, feedback = "Yes." },
  { text = "that", right = false, feedback = "No." },
]
"""


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_five_questions_with_feedback_that_says_why(path):
    questions = read(path)
    assert len(questions) >= 5
    for question in questions:
        assert len({o["text"] for o in question["options"]}) == len(question["options"])
        assert all(len(o["feedback"]) >= 40 for o in question["options"]), question["id"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_right_answer_is_not_always_in_the_same_place(path):
    places = {[o["right"] for o in q["options"]].index(True) for q in read(path)}
    assert len(places) >= 2


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("right = true", "right = false"), "one of them right"),
        (("right = false", "right = true"), "one of them right"),
        (('kind = "single"', 'kind = "essay"'), "'essay' is unknown"),
        (('feedback = "No."', 'feedback = ""'), "each option needs"),
        (('ask = "Which?"', 'asked = "Which?"'), "needs exactly"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(tmp_path: Path, change, complaint):
    path = tmp_path / "bad.toml"
    path.write_text(GOOD.replace(*change), "utf8")
    with pytest.raises(BadQuestions, match=complaint):
        read(path)


def test_the_example_itself_is_good(tmp_path: Path):
    path = tmp_path / "good.toml"
    path.write_text(GOOD, "utf8")
    assert len(read(path)) == 1
