"""What each kind of question shows: its controls, its answer, and what the script must know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from keyaccounts.escapes import escaped
from keyaccounts.tables import number
from keyaccounts.widgets.questions import Question

_UNSURE = "Not sure"


@dataclass(frozen=True)
class Shown:
    """A question's controls, what the script must know, and the answer for paper."""

    controls: str
    data: Mapping[str, Any]
    answer: str


def inline(text: str) -> str:
    """Escape a text; what stands between backticks becomes code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped(text))


def _plain(text: str) -> str:
    """Escape a text for an attribute or an option, where no markup can stand."""
    return escaped(text.replace("`", ""))


def block(number: int, question: Question, controls: str) -> str:
    """Return a question with its controls, as one part of the form."""
    open_ = '<p class="ka-hint">For discussion: not scored.</p>\n' if question.discuss else ""
    return (
        f'<fieldset class="ka-question" data-kind="{question.kind}">\n'
        f"<legend>{number}. {inline(question.ask)}</legend>\n{open_}{controls}\n</fieldset>"
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
    lines = [f"<b>{inline(what)}</b> {inline(why)}" for what, why in pairs]
    return (
        "".join(lines) if len(lines) < 2 else f"<ul>{''.join(f'<li>{x}</li>' for x in lines)}</ul>"
    )


def _options(question: Question, name: str) -> Shown:
    """Show a question with options to choose: single, several or true-false."""
    options = question.parts["options"]
    several = question.kind == "several"
    kind = "checkbox" if several else "radio"
    lines = [_choice(kind, name, str(i), inline(o["text"])) for i, o in enumerate(options)]
    if several:
        lines = ['<p class="ka-hint">Tick all that fit.</p>', *lines, _buttons(_UNSURE)]
    else:
        lines.append(_choice(kind, name, "unsure", _UNSURE))
    right = _listed([(o["text"], o["feedback"]) for o in options if o["right"]])
    wrong = _listed([(o["text"], o["feedback"]) for o in options if not o["right"]])
    data = {
        "options": [{"right": o["right"], "says": inline(o["feedback"])} for o in options],
        "answer": right,
    }
    others = f"\n<p>Why not:</p>\n{wrong}" if wrong else ""
    return Shown("\n".join([*lines, _SAID]), data, right + others)


def _true_false(question: Question, name: str) -> Shown:
    parts = question.parts
    options = [
        {"text": "True.", "right": parts["answer"], "feedback": parts["if_true"]},
        {"text": "False.", "right": not parts["answer"], "feedback": parts["if_false"]},
    ]
    return _options(replace(question, parts={"options": options}), name)


def _numeric(question: Question, name: str) -> Shown:
    parts = question.parts
    unit, tolerance = parts.get("unit", ""), parts.get("tolerance", 0)
    mistakes = [
        {"value": m["value"], "tolerance": m.get("tolerance", 0), "says": inline(m["feedback"])}
        for m in parts.get("mistakes", ())
    ]
    asks = f"Your answer, in {inline(unit)}" if unit else "Your answer"
    controls = (
        f'<label class="ka-number">{asks} <input type="text" inputmode="decimal" name="{name}" '
        f'spellcheck="false"></label>\n{_buttons("Check", _UNSURE)}\n{_SAID}'
    )
    within = f" (or up to {tolerance} more or less)" if tolerance else ""
    value = f"{number(parts['value'], ',')} {unit}".strip()
    answer = f"<p><b>{inline(value)}</b>{within}. {inline(parts['feedback'])}</p>"
    data = {
        "value": parts["value"],
        "tolerance": tolerance,
        "unit": unit,
        "says": inline(parts["feedback"]),
        "wrong": inline(parts["wrong"]),
        "mistakes": mistakes,
        "answer": answer,
    }
    wrong = [(f"Not {number(m['value'], ',')}.", m["feedback"]) for m in parts.get("mistakes", ())]
    return Shown(controls, data, answer + _listed(wrong))


def _start(texts: list[str]) -> list[int]:
    """Return places in the order of the alphabet, or against it where that would be the answer."""
    right = list(range(len(texts)))
    start = sorted(right, key=lambda i: texts[i].casefold())
    return start[::-1] if start == right else start


def _order(question: Question, name: str) -> Shown:
    items = question.parts["items"]
    rows = []
    for now, i in enumerate(_start([item["text"] for item in items])):
        text = _plain(items[i]["text"])
        places = "".join(
            f"<option{' selected' if place == now else ''}>{place + 1}</option>"
            for place in range(len(items))
        )
        rows.append(
            f'<li data-item="{i}"><span class="ka-text">{inline(items[i]["text"])}</span> '
            '<span class="ka-moves" hidden>'
            f'<select name="{name}-{i}" aria-label="Place of: {text}">{places}</select>'
            f'<button type="button" data-move="-1" aria-label="Move up: {text}">↑</button>'
            f'<button type="button" data-move="1" aria-label="Move down: {text}">↓</button>'
            "</span></li>"
        )
    hint = '<p class="ka-hint">First at the top.</p>\n<ol class="ka-order">'
    controls = [hint, *rows, "</ol>", _buttons("Check the order", _UNSURE), _SAID]
    listed = "".join(f"<li>{inline(item['text'])}</li>" for item in items)
    answer = f"<ol>{listed}</ol>\n<p>{inline(question.parts['feedback'])}</p>"
    data = {
        "items": [{"text": inline(i["text"]), "says": inline(i["feedback"])} for i in items],
        "says": inline(question.parts["feedback"]),
        "answer": answer,
    }
    return Shown("\n".join(controls), data, answer)


def _classify(question: Question, name: str) -> Shown:
    categories, items = question.parts["categories"], question.parts["items"]
    choices = "".join(
        f'<option value="{value}">{_plain(text)}</option>'
        for value, text in [("", "Choose …"), *enumerate(categories), ("unsure", _UNSURE)]
    )
    rows = [
        f'<li><label><span class="ka-text">{inline(item["text"])}</span> '
        f'<select name="{name}-{i}">{choices}</select></label>\n{_SAID}</li>'
        for i, item in enumerate(items)
    ]
    data = {
        "items": [
            {
                "category": categories.index(item["category"]),
                "says": inline(item["feedback"]),
                "answer": f"<b>{inline(item['category'])}.</b> {inline(item['feedback'])}",
                "wrong": {
                    str(categories.index(category)): inline(says)
                    for category, says in item.get("wrong", {}).items()
                },
            }
            for item in items
        ]
    }
    answers = "".join(
        f"<li>{inline(item['text'])} → {known['answer']}</li>"
        for item, known in zip(items, data["items"], strict=True)
    )
    controls = ['<ul class="ka-classify">', *rows, "</ul>"]
    return Shown("\n".join(controls), data, f"<ul>{answers}</ul>")


SHOW: Mapping[str, Callable[[Question, str], Shown]] = {
    "single": _options,
    "several": _options,
    "true-false": _true_false,
    "numeric": _numeric,
    "order": _order,
    "classify": _classify,
}
