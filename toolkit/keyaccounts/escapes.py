"""How a text that is not ours is written: the one way for figures, pages and scripts.

A name is text. Whatever stands in it starts no markup and no formula, ends no script, and neither
wipes out nor turns around what stands beside it.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

# Signs that no XML may hold and no font draws, halves of signs, and those that turn the direction
# of all that follows. Tabs and line breaks stay.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# JSON may hold them, a file in UTF-8 or an older browser's script may not.
_NOT_IN_SCRIPT = re.compile("[\u2028\u2029\ud800-\udfff]")
# Where HTML would see a script end, a comment begin, or a script inside the script.
_SCRIPT_MARKS = re.compile(r"<(?=!|script)", re.I)
_MARKDOWN_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    r"""Return a text in which every sign can be written; what cannot becomes "\ufffd"."""
    return _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n"))


def escaped(text: str) -> str:
    """Return a text for HTML and XML, between tags or in an attribute with quotes."""
    return escape(plain(text))


def as_markdown(text: str) -> str:
    """Return a text for a line of Markdown, which shows it sign for sign."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", " ".join(plain(text).split()))


def script_json(data: Any, *, pictures: bool = False, **options: Any) -> str:
    """Return JSON for a `<script>`; `pictures` keeps the many harmless "<" of an SVG short."""
    text = json.dumps(data, ensure_ascii=False, **options)
    text = _NOT_IN_SCRIPT.sub(_code, text)
    if pictures:
        return _SCRIPT_MARKS.sub(_code, text).replace("</", "<\\/")
    return text.replace("<", _code("<"))


def _code(sign: re.Match[str] | str) -> str:
    return f"\\u{ord(sign[0]):04x}"
