"""Names that want to be more than names, each with what a reader is to see; and how a page reads.

What no page and no figure can hold is seen as U+FFFD, white space is not counted.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

HOSTILE = {
    "script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "end of a script": ('</script><b onclick="x">', '</script><b onclick="x">'),
    "comment": ("<!-- <script>", "<!-- <script>"),
    "end of character data": ("]]>", "]]>"),
    "entity": ("&amp;&#60;", "&amp;&#60;"),
    "quotes": ("\"it's\" 'so'", "\"it's\" 'so'"),
    "backtick": ("a`b", "a`b"),
    "formula": (r"$x$ $\oops$", r"$x$ $\oops$"),
    "markdown": ("**a** [b](c) {d}`e {{ f }} # *g*", "**a** [b](c) {d}`e {{ f }} # *g*"),
    "format": ("{0} %s %(a)s \\n", "{0} %s %(a)s \\n"),
    "lines": ("one\ntwo\r\nthree\u2028four\u2029five", "one two three four five"),
    "nothing": ("a\0b", "a\ufffdb"),
    "control": ("a\x07\x1b[31m\x7f\x9fb", "a\ufffd\ufffd[31m\ufffd\ufffdb"),
    "turned around": ("a\u202etxt.exe\u2066", "a\ufffdtxt.exe\ufffd"),
    "long": ("Long " * 12 + "Ltd", "Long " * 12 + "Ltd"),
    "Chinese": ("重要客户", "重要客户"),
    "other scripts": ("عميل 👩\u200d🔧", "عميل 👩\u200d🔧"),
}


def squeezed(text: str) -> str:
    """Return a text without its white space; no-break spaces are white, too."""
    return "".join(text.split())


class Page(HTMLParser):
    """What a browser makes of HTML: its tags and attributes, its words, its JSON."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.said: list[str] = []
        self.data: list[Any] = []
        self._in: str = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.said += [value or "" for name, value in attrs]
        given = dict(attrs)
        if tag in ("script", "style"):
            self._in = given.get("type") or tag

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))
        self._in = ""

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", ()))

    def unknown_decl(self, data: str) -> None:
        self.tags.append(("declaration", ()))

    def handle_data(self, data: str) -> None:
        if self._in == "application/json":
            # What a browser takes for a script in the script, which the next end does not end.
            assert not re.search(r"<(!|/|script)", data, re.I)
            self.data.append(json.loads(data))
            self.said += texts(self.data[-1])
        elif not self._in:
            self.said.append(data)

    def shows(self, name: str) -> bool:
        """Say whether a name stands somewhere as it is."""
        return squeezed(name) in squeezed("".join(self.said))


def texts(data: Any) -> list[str]:
    """List all texts in JSON; what is a piece of HTML or SVG by its words."""
    if isinstance(data, str):
        return Page(data).said if data.startswith("<svg") or "<div" in data else [data]
    parts = [*data.values(), *data] if isinstance(data, dict) else data
    return [t for part in parts for t in texts(part)] if isinstance(parts, list) else []
