"""The one look that every figure of the toolkit and the book has."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.resources import as_file, files
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from keyaccounts.errors import DataError
from keyaccounts.escapes import plain

INK, MUTED, GRID = "#1b2a41", "#5b6675", "#d5d9e0"
ACCENT, SIGNAL = "#0f766e", "#b45309"

NO_GLYPH = r"Glyph \d+ .*missing from"
"""What matplotlib warns of in Chinese names. In an SVG words stay words: the browser has a font."""

LONGEST = 32
"""Signs in a line of a tick's name: a longer one leaves no room for what is drawn."""


def _settings() -> mpl.RcParams:
    with as_file(files("keyaccounts.plots").joinpath("keyaccounts.mplstyle")) as path:
        return mpl.rc_params_from_file(str(path), use_default_template=False)


def set_notebook_style() -> None:
    """Give all figures of a notebook the course's look, as small sharp SVG.

    Call it once, after the import. It changes matplotlib's settings of this process, which the
    plot functions by themselves never do.

    Examples
    --------
    >>> ka.plots.set_notebook_style()
    """
    mpl.rcParams.update(_settings())
    try:
        from IPython.core.getipython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        warnings.filterwarnings("ignore", NO_GLYPH)
        # No date in the file: the same figure is the same text on every run.
        set_matplotlib_formats("svg", metadata={"Date": None})  # type: ignore[no-untyped-call]


def as_svg(figure: Figure) -> str:
    """Return a figure as SVG text, the same on every run, and close it."""
    out = io.StringIO()
    with mpl.rc_context(_settings()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", NO_GLYPH)
        figure.savefig(out, format="svg", metadata={"Date": None})
    plt.close(figure)
    text = out.getvalue()
    return text[text.index("<svg") :]


def answer(found: object, kind: type, function: str) -> None:
    """Refuse what is not the answer that a plot draws."""
    if not isinstance(found, kind):
        raise DataError(f"pass the answer of {function}, not a table")


@contextmanager
def drawing(ax: Axes | None, title: str) -> Iterator[Axes]:
    """Lend axes in the one look, new ones if there are none, and set title and words plainly."""
    with mpl.rc_context(_settings()):
        if ax is None:
            _, ax = plt.subplots()
        own = {*ax.texts}
        yield ax
        ax.set_title(wrapped(title), x=0, ha="left")  # the finding, flush with the axes
        _write_plainly(ax, own)


def _write_plainly(ax: Axes, own: set[Text]) -> None:
    """Set all words as they are, but those that stood there before: no "$" starts a formula."""
    for text in ax.findobj(Text):
        if isinstance(text, Text) and text not in own:
            text.set_parse_math(False)
            text.set_text(plain(text.get_text()))
    for axis in (ax.xaxis, ax.yaxis):
        written = axis.get_major_formatter()
        if isinstance(written, FuncFormatter):  # it writes the names of ticks again when drawn
            axis.set_major_formatter(partial(_plain_tick, written))


def _plain_tick(written: FuncFormatter, value: float, place: int | None) -> str:
    lines = plain(written(value, place)).split("\n")
    return "\n".join(x if len(x) <= LONGEST else f"{x[: LONGEST - 1].rstrip()}…" for x in lines)


def note(ax: Axes, text: str, at: tuple[Any, Any], away: tuple[float, float], **look: Any) -> None:
    """Write a text some points away from a place."""
    look = {"color": INK, **look}
    ax.annotate(text, at, xytext=away, textcoords="offset points", **look)


def bare(ax: Axes, *spines: str) -> None:
    """Take away lines around the axes, and the ticks that would stick to them."""
    ax.tick_params(axis="both" if "bottom" in spines else "y", length=0)
    ax.spines[[*spines]].set_visible(False)


def wrapped(text: str, width: int = 42) -> str:
    """Break a title so that it fits the figure, in lines of about equal length.

    A number keeps its percent sign.
    """
    text = plain(text)
    lines = max(1, math.ceil(len(text) / width))
    goal, out, line = len(text) / lines, [], ""
    for word in text.replace(" %", "\0%").split():
        if line and len(line) + len(word) / 2 > goal:
            out.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*out, line]).replace("\0", " ")
