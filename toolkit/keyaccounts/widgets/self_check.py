"""Self-checks: questions that answer, in the built book, in Jupyter and in a browser's kernel.

A component of our own and not jupyterquiz: that one may ask another site for its questions, its
number field has no label, and it knows neither orders nor categories. This one is a plain form.
The form holds all it needs; a notebook shows it as it is, and the built book takes style and
script out and loads them once. Without JavaScript, and on paper, the answers stand at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from keyaccounts.escapes import script_json
from keyaccounts.widgets.kinds import SHOW, block, inline
from keyaccounts.widgets.questions import Question, read


@dataclass(frozen=True)
class SelfCheck:
    """Questions with an answer to every choice; made by :func:`self_check`.

    It shows itself as a form that scores in the reader's browser. Nothing leaves the page, and
    nothing is kept.

    Attributes
    ----------
    name : where the questions come from.
    questions : the questions in order.
    """

    name: str
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        kinds = ", ".join(question.kind for question in self.questions)
        return f"Self-check of {len(self.questions)} questions: {kinds}"

    def _repr_html_(self) -> str:
        shown = [
            (number, question, SHOW[question.kind](question, f"q{number}"))
            for number, question in enumerate(self.questions, start=1)
        ]
        blocks = "\n".join(block(number, q, part.controls) for number, q, part in shown)
        answers = "\n".join(
            f"<li><p>{inline(q.ask)}</p>\n{part.answer}</li>" for _, q, part in shown
        )
        data = [{"kind": q.kind, "discuss": q.discuss, **part.data} for _, q, part in shown]
        # "dialog" outside of a dialog sends nothing anywhere, whatever key is pressed.
        return (
            f"<style data-ka-check>\n{asset('self_check.css')}</style>\n"
            '<form class="ka-check" method="dialog" autocomplete="off" aria-label="Self-check">\n'
            f"{blocks}\n"
            '<div class="ka-end">\n<p class="ka-progress"></p>\n'
            '<p class="ka-score" role="status"></p>\n'
            '<button type="reset" hidden>Start again</button>\n</div>\n'
            '<p class="ka-without">Nothing here answers without JavaScript (in a notebook: run '
            "this cell). The answers stand below.</p>\n"
            f'<details class="ka-answers">\n<summary>Answers</summary>\n<ol>\n{answers}\n</ol>\n'
            "</details>\n"
            f'<script type="application/json">{script_json(data)}</script>\n</form>\n'
            f"<script data-ka-check>\n{asset('self_check.js')}</script>"
        )


def self_check(source: str | Path) -> SelfCheck:
    """Ask questions and answer every choice, right or wrong, with its reason.

    Parameters
    ----------
    source : str or Path
        Path of a TOML file as seen from the notebook, or TOML text (what has a line break is text).
        Questions of the course are found from anywhere: ``"CHAPTER/questions/PAGE.toml"``.

    Returns
    -------
    SelfCheck

    Raises
    ------
    DataError
        If there is no such file, or it does not keep the form below. The message names file,
        question and mend.

    Notes
    -----
    A file is a list of ``[[question]]``. Each has

    - ``id``: a name, unique in the file;
    - ``kind``: one of the six below;
    - ``ask``: the question;
    - ``discuss = true`` (may be left out) for a question whose answer is open: it is shown and
      explained, and not scored.

    What else it has depends on the kind:

    ``single``, ``several``
        ``options``, each ``{ text, right, feedback }``. One is right, or one or more.
    ``true-false``
        ``answer``: true or false; ``if_true`` and ``if_false``: what a reader hears who chose it.
    ``numeric``
        ``value``, and if wanted ``tolerance`` (default 0) and ``unit``; ``feedback`` for the right
        number and ``wrong`` for another; if wanted ``mistakes``, each
        ``{ value, tolerance, feedback }``, for wrong numbers whose origin is known.
    ``order``
        ``items`` in the right order, each ``{ text, feedback }``: the feedback is for those who
        put it elsewhere; ``feedback`` for the whole. Readers find them in the order of the
        alphabet, turned around where that would be the answer.
    ``classify``
        ``categories``; ``items``, each ``{ text, category, feedback }``, and if wanted
        ``wrong = { "category" = "…" }`` for a category that tempts.

    Options keep their order: nothing is shuffled. A word between backticks is set as code. The
    feedback of the right answer is also what a reader gets who is not sure, so it explains and does
    not congratulate; the form itself says whether a choice is right.

    Examples
    --------
    >>> ka.widgets.self_check('''
    ... [[question]]
    ... id = "peak"
    ... kind = "true-false"
    ... ask = "A share of revenue can exceed 100 %."
    ... answer = false
    ... if_true = "A share of profit can, as soon as somebody loses you money."
    ... if_false = "No customer has negative revenue, so no part exceeds the whole."
    ... ''')
    Self-check of 1 questions: true-false
    """
    return SelfCheck(*read(source))


def asset(name: str) -> str:
    """Return the text of the style or the script; the built book takes it from here, too."""
    return files("keyaccounts.widgets").joinpath(name).read_text("utf8")
