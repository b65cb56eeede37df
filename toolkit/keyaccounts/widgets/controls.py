"""What a reader moves: sliders through numbers, and choices among words."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keyaccounts.errors import ParameterError
from keyaccounts.escapes import escaped, plain
from keyaccounts.tables import number


@dataclass(frozen=True)
class Control:
    """A thing to move; made by :func:`slider` and :func:`choice`.

    Attributes
    ----------
    label : what the reader moves, with the unit.
    values : what the function is given.
    texts : how each value is written.
    start : place of the starting value.
    kind : {"slider", "choice"}
    """

    label: str
    values: tuple[Any, ...]
    texts: tuple[str, ...]
    start: int
    kind: str


def slider(label: str, values: Sequence[float], *, start: float, unit: str = "") -> Control:
    """Let a reader slide through numbers.

    Parameters
    ----------
    label : str
        What is moved.
    values : sequence of numbers
        The stops, rising.
    start : number
        Where the reader finds it.
    unit : str, optional
        Written behind the value, in the plural: one has no "s". "%" writes shares as percent.

    Returns
    -------
    Control

    Raises
    ------
    ParameterError
        If there are fewer than two values, they do not rise, or `start` is not one of them.

    Examples
    --------
    >>> ka.widgets.slider("Price increase", [0, 0.05, 0.1], start=0, unit="%").texts
    ('0 %', '5 %', '10 %')
    >>> ka.widgets.slider("For the worst", [1, 2], start=1, unit="accounts").texts
    ('1 account', '2 accounts')
    """
    if any(b <= a for a, b in itertools.pairwise(values)):
        raise ParameterError(f"{label}: the values of a slider must rise")
    scale = 100 if unit == "%" else 1
    units = (unit.removesuffix("s") if v == 1 else unit for v in values)
    written = (number(round(v * scale, 6), ",g") for v in values)
    texts = [" ".join(filter(None, text)) for text in zip(written, units, strict=True)]
    return _control(label, values, texts, start, "slider")


def choice(label: str, values: Sequence[str], *, start: str) -> Control:
    """Let a reader choose one of several words.

    Parameters
    ----------
    label : str
        What is chosen.
    values : sequence of str
        The options.
    start : str
        The one that is chosen at first.

    Returns
    -------
    Control

    Raises
    ------
    ParameterError
        If there are fewer than two values, or `start` is not one of them.

    Examples
    --------
    >>> ka.widgets.choice("What you do", ["leave", "raise price"], start="leave").start
    0
    """
    return _control(label, values, list(map(str, values)), start, "choice")


def _control(label: str, values: Sequence[Any], texts: list[str], start: Any, kind: str) -> Control:
    if len(values) < 2 or start not in values:
        raise ParameterError(f"{label}: give two values or more, and start={start!r} among them")
    label, written = plain(label), tuple(map(plain, texts))
    return Control(label, tuple(values), written, list(values).index(start), kind)


def as_html(control: Control) -> str:
    """Return a control as the browser's own, which explorer.js listens to."""
    label, now = escaped(control.label), escaped(control.texts[control.start])
    if control.kind == "choice":
        options = "".join(
            f"<option{' selected' if i == control.start else ''}>{escaped(text)}</option>"
            for i, text in enumerate(control.texts)
        )
        return f"<label>{label} <select>{options}</select></label>"
    texts = escaped(json.dumps(control.texts, ensure_ascii=False))
    return (
        f'<label>{label} <input type="range" min="0" max="{len(control.texts) - 1}" step="1" '
        f'value="{control.start}" aria-valuetext="{now}" data-texts="{texts}"> '
        f"<output>{now}</output></label>"
    )


def as_widget(ipywidgets: Any, control: Control) -> Any:
    """Return a control as one of Jupyter's."""
    kind = ipywidgets.Dropdown if control.kind == "choice" else ipywidgets.SelectionSlider
    look = {"style": {"description_width": "initial"}, "layout": {"width": "95%"}}
    texts = list(control.texts)
    return kind(options=texts, index=control.start, description=control.label, **look)
