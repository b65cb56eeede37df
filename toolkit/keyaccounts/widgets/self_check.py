"""Self-checks: questions that answer, in the built book, in Jupyter and in a browser's kernel.

A component of our own and not jupyterquiz: that one may ask another site for its questions, its
number field has no label, and it knows neither orders nor categories. This one is a plain form.
The form holds all it needs; a notebook shows it as it is, and the built book takes style and
script out and loads them once. Without JavaScript, and on paper, the answers stand at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from keyaccounts.escapes import escaped, script_json
from keyaccounts.tables import number
from keyaccounts.widgets.questions import Question, read

_UNSURE = "Not sure"


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
            _SHOW[question.kind](question, f"q{number}")
            for number, question in enumerate(self.questions, start=1)
        ]
        blocks = "\n".join(
            _block(number, question, part.controls)
            for number, (question, part) in enumerate(zip(self.questions, shown, strict=True), 1)
        )
        answers = "\n".join(
            f"<li><p>{_inline(question.ask)}</p>\n{part.answer}</li>"
            for question, part in zip(self.questions, shown, strict=True)
        )
        data = [
            {"kind": question.kind, "discuss": question.discuss, **part.data}
            for question, part in zip(self.questions, shown, strict=True)
        ]
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


# --- what a kind of question shows ---


@dataclass(frozen=True)
class _Shown:
    """A question's controls, what the script must know, and the answer for paper."""

    controls: str
    data: Mapping[str, Any]
    answer: str


def _inline(text: str) -> str:
    """Escape a text; what stands between backticks becomes code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped(text))


def _plain(text: str) -> str:
    """Escape a text for an attribute or an option, where no markup can stand."""
    return escaped(text.replace("`", ""))


def _block(number: int, question: Question, controls: str) -> str:
    open_ = '<p class="ka-hint">For discussion: not scored.</p>\n' if question.discuss else ""
    return (
        f'<fieldset class="ka-question" data-kind="{question.kind}">\n'
        f"<legend>{number}. {_inline(question.ask)}</legend>\n{open_}{controls}\n</fieldset>"
    )


# Filled by the script; a screen reader says what appears in it.
_SAID = '<div class="ka-said" role="status" aria-atomic="false"></div>'


def _choice(kind: str, name: str, value: str, text: str) -> str:
    unsure = " ka-unsure" if value == "unsure" else ""
    return (
        f'<label class="ka-option{unsure}"><input type="{kind}" name="{name}" value="{value}"> '
        f"<span>{text}</span></label>"
    )


def _buttons(*names: str) -> str:
    made = "".join(f'<button type="button" hidden>{name}</button>' for name in names)
    return f'<p class="ka-buttons">{made}</p>'


def _listed(pairs: list[tuple[str, str]]) -> str:
    """Write what and why; as a list if there are several."""
    lines = [f"<b>{_inline(what)}</b> {_inline(why)}" for what, why in pairs]
    return (
        "".join(lines) if len(lines) < 2 else f"<ul>{''.join(f'<li>{x}</li>' for x in lines)}</ul>"
    )


def _options(question: Question, name: str) -> _Shown:
    """Show a question with options to choose: single, several or true-false."""
    options = question.parts["options"]
    several = question.kind == "several"
    kind = "checkbox" if several else "radio"
    lines = [_choice(kind, name, str(i), _inline(o["text"])) for i, o in enumerate(options)]
    if several:
        lines = ['<p class="ka-hint">Tick all that fit.</p>', *lines, _buttons(_UNSURE)]
    else:
        lines.append(_choice(kind, name, "unsure", _UNSURE))
    right = _listed([(o["text"], o["feedback"]) for o in options if o["right"]])
    wrong = _listed([(o["text"], o["feedback"]) for o in options if not o["right"]])
    data = {
        "options": [{"right": o["right"], "says": _inline(o["feedback"])} for o in options],
        "answer": right,
    }
    others = f"\n<p>Why not:</p>\n{wrong}" if wrong else ""
    return _Shown("\n".join([*lines, _SAID]), data, right + others)


def _true_false(question: Question, name: str) -> _Shown:
    parts = question.parts
    options = [
        {"text": "True.", "right": parts["answer"], "feedback": parts["if_true"]},
        {"text": "False.", "right": not parts["answer"], "feedback": parts["if_false"]},
    ]
    return _options(replace(question, parts={"options": options}), name)


def _numeric(question: Question, name: str) -> _Shown:
    parts = question.parts
    unit, tolerance = parts.get("unit", ""), parts.get("tolerance", 0)
    mistakes = parts.get("mistakes", ())
    asks = f"Your answer, in {_inline(unit)}" if unit else "Your answer"
    controls = (
        f'<label class="ka-number">{asks} <input type="text" inputmode="decimal" name="{name}" '
        f'spellcheck="false"></label>\n{_buttons("Check", _UNSURE)}\n{_SAID}'
    )
    within = f" (or up to {tolerance} more or less)" if tolerance else ""
    value = f"{number(parts['value'], ',')} {unit}".strip()
    answer = f"<p><b>{_inline(value)}</b>{within}. {_inline(parts['feedback'])}</p>"
    data = {
        "value": parts["value"],
        "tolerance": tolerance,
        "unit": unit,
        "says": _inline(parts["feedback"]),
        "wrong": _inline(parts["wrong"]),
        "mistakes": [
            {
                "value": mistake["value"],
                "tolerance": mistake.get("tolerance", 0),
                "says": _inline(mistake["feedback"]),
            }
            for mistake in mistakes
        ],
        "answer": answer,
    }
    known = _listed(
        [(f"Not {number(mistake['value'], ',')}.", mistake["feedback"]) for mistake in mistakes]
    )
    return _Shown(controls, data, answer + known)


def _start(texts: list[str]) -> list[int]:
    """Return places in the order of the alphabet, or against it where that would be the answer."""
    right = list(range(len(texts)))
    start = sorted(right, key=lambda i: texts[i].casefold())
    return start[::-1] if start == right else start


def _order(question: Question, name: str) -> _Shown:
    items = question.parts["items"]
    rows = []
    for now, i in enumerate(_start([item["text"] for item in items])):
        text = _plain(items[i]["text"])
        places = "".join(
            f"<option{' selected' if place == now else ''}>{place + 1}</option>"
            for place in range(len(items))
        )
        rows.append(
            f'<li data-item="{i}"><span class="ka-text">{_inline(items[i]["text"])}</span> '
            '<span class="ka-moves" hidden>'
            f'<select name="{name}-{i}" aria-label="Place of: {text}">{places}</select>'
            f'<button type="button" data-move="-1" aria-label="Move up: {text}">↑</button>'
            f'<button type="button" data-move="1" aria-label="Move down: {text}">↓</button>'
            "</span></li>"
        )
    controls = [
        '<p class="ka-hint">First at the top.</p>',
        '<ol class="ka-order">',
        *rows,
        "</ol>",
        _buttons("Check the order", _UNSURE),
        _SAID,
    ]
    listed = "".join(f"<li>{_inline(item['text'])}</li>" for item in items)
    answer = f"<ol>{listed}</ol>\n<p>{_inline(question.parts['feedback'])}</p>"
    data = {
        "items": [
            {"text": _inline(item["text"]), "says": _inline(item["feedback"])} for item in items
        ],
        "says": _inline(question.parts["feedback"]),
        "answer": answer,
    }
    return _Shown("\n".join(controls), data, answer)


def _classify(question: Question, name: str) -> _Shown:
    categories, items = question.parts["categories"], question.parts["items"]
    choices = "".join(
        f'<option value="{value}">{_plain(text)}</option>'
        for value, text in [("", "Choose …"), *enumerate(categories), ("unsure", _UNSURE)]
    )
    rows = [
        f'<li><label><span class="ka-text">{_inline(item["text"])}</span> '
        f'<select name="{name}-{i}">{choices}</select></label>\n{_SAID}</li>'
        for i, item in enumerate(items)
    ]
    data = {
        "items": [
            {
                "category": categories.index(item["category"]),
                "says": _inline(item["feedback"]),
                "answer": f"<b>{_inline(item['category'])}.</b> {_inline(item['feedback'])}",
                "wrong": {
                    str(categories.index(category)): _inline(says)
                    for category, says in item.get("wrong", {}).items()
                },
            }
            for item in items
        ]
    }
    answers = "".join(
        f"<li>{_inline(item['text'])} → {known['answer']}</li>"
        for item, known in zip(items, data["items"], strict=True)
    )
    controls = ['<ul class="ka-classify">', *rows, "</ul>"]
    return _Shown("\n".join(controls), data, f"<ul>{answers}</ul>")


_SHOW: Mapping[str, Callable[[Question, str], _Shown]] = {
    "single": _options,
    "several": _options,
    "true-false": _true_false,
    "numeric": _numeric,
    "order": _order,
    "classify": _classify,
}
