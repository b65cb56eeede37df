"""MyST turned into Markdown that any notebook program shows as it is meant.

What has no plain form is refused with its line: a student must not meet markup that nobody renders.
"""

import re
from dataclasses import dataclass, field

FENCE = re.compile(
    r"^[ ]{0,3}(?P<marks>`{3,}|~{3,}|:{3,})[ ]*(?:\{(?P<name>[^}\s]+)\})?(?P<rest>.*)$"
)
OPTION = re.compile(r"^[ ]*:([\w-]+):(?:[ ]+(.*))?$")
TARGET = re.compile(r"^(?:\([\w.:-]+\)=|%.*|\+\+\+.*|\{[.#][^}]*\})[ ]*\n?", re.M)
DEFINED = re.compile(r"^(\S.*)\n:[ ]+(?=\S)", re.M)

# Leftmost wins, so what stands inside code or a formula is not looked at.
INLINE = re.compile(
    r"""
      \{(?P<role>[A-Za-z][\w:.-]*)\}(?P<ticks>`+)(?P<content>.+?)(?P=ticks)(?!`)
    | (?P<code>(?P<marks>`+)(?!`).+?(?<!`)(?P=marks)(?!`))
    | (?P<display>\$\$.+?\$\$)(?:[ ]*\([\w.:-]+\))?
    | (?P<ams>\\begin\{(?P<env>\w+\*?)\}.+?\\end\{(?P=env)\})
    | (?P<formula>(?<![\d\\])\$(?![\s$])(?:\\.|[^$\\])+?(?<!\s)\$(?!\d))
    | (?P<dollar>\\?\$)
    | (?P<picture>!\[)
    | \[(?P<label>(?:[^][`]|`[^`]*`)*)\](?:\((?P<target>[^)]*)\)|(?P<attributes>\{[.#][^}]*\}))
    | (?P<lost>\{\{.*?\}\}|\[\^[^]]+\])
    """,
    re.S | re.X,
)
EXPLICIT = re.compile(r"^(?P<text>.+?)\s*<(?P<target>[^<>]+)>$", re.S)

# A bare dollar beside another one would be read as a formula. JupyterLab looks twice, before and
# after it makes HTML: the backslash is for the first look, the element for the second.
DOLLAR = r"<span>\$</span>"

TITLED = {"admonition", "dropdown"}
ADMONITIONS = {"attention", "caution", "danger", "error", "hint"} | TITLED
ADMONITIONS |= {"important", "note", "seealso", "tip", "warning"}
OBJECTS = {"attr", "class", "const", "data", "exc", "func", "meth", "mod", "obj"}

# What must not be left, as a second look that does not share the patterns above.
LEFT = re.compile(
    r"\{[A-Za-z][\w:.-]*\}`|^[ >]*:{3,}|^[ >]*[`~]{3,}[ ]*\{|^\([\w-]+\)=|\{\{|^:[\w-]+:", re.M
)
VERBATIM = re.compile(
    r"""
      ^(?P<fence>`{3,}|~{3,})(?![ ]*\{).*?^(?P=fence)
    | \$\$.+?\$\$ | (?<!\\)\$[^$\n]+\$
    | (?<![`}])(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)
    """,
    re.S | re.M | re.X,
)


class NotPlain(ValueError):
    """Markup without a plain form."""

    def __init__(self, says, line):
        super().__init__(says)
        self.line = line


@dataclass
class Block:
    """Lines that belong together: text, code in a fence (name ""), or a directive."""

    line: int
    lines: list[str] = field(default_factory=list)
    name: str | None = None
    argument: str = ""

    def body(self):
        """Return the content of a directive without its options, and the line it starts in."""
        inside = self.lines[1:-1]
        skipped = 0
        if inside and inside[0].strip() == "---":
            skipped = next((n for n, x in enumerate(inside[1:], 2) if x.strip() == "---"), 1)
        else:
            while skipped < len(inside) and OPTION.match(inside[skipped]):
                skipped += 1
        return "\n".join(inside[skipped:]).strip("\n"), self.line + 1 + skipped


def blocks(text, line=1):
    """Yield the blocks of a text, in order and without losing a line."""
    open_block, marks, plain = None, "", Block(line)
    for number, content in enumerate(text.split("\n"), line):
        found = FENCE.match(content)
        if open_block:
            open_block.lines.append(content)
            closing = content.strip()
            if len(closing) >= len(marks) and set(closing) == {marks[0]}:
                yield open_block
                open_block, plain = None, Block(number + 1)
        elif found and not ("`" in found["rest"] and found["marks"][0] == "`"):
            if plain.lines:
                yield plain
            marks = found["marks"]
            name = found["name"] or ""
            if not name and marks[0] == ":":
                raise NotPlain(f"{content.strip()!r} opens nothing that is known", number)
            open_block = Block(number, [content], name, found["rest"].strip())
        else:
            plain.lines.append(content)
    if open_block:
        raise NotPlain(f"{open_block.lines[0].strip()!r} is not closed", open_block.line)
    if plain.lines:
        yield plain


def plain(text, names, line=1):
    """Return a text as plain Markdown; `names` knows titles and sources (see book_names)."""
    done = []
    for block in blocks(text, line):
        if block.name is None:
            done.append(prose("\n".join(block.lines), names, block.line))
        elif block.name == "":
            done.append("\n".join(block.lines))
        else:
            done.append(directive(block, names))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(done)).strip("\n")


def directive(block, names):
    """Return what a directive says, as Markdown."""
    body, line = block.body()
    title = inline(block.argument, names, block.line)
    if block.name in ("exercise", "exercise-start"):
        return f"### {title or 'Exercise'}\n\n{plain(body, names, line)}"
    if block.name == "exercise-end":
        return ""
    if block.name == "math":
        return f"$$\n{body}\n$$"
    if block.name in ("code", "code-block"):
        return f"```{block.argument}\n{body}\n```"
    if block.name in ADMONITIONS:
        inside = plain(body, names, line)
        if block.name not in TITLED:  # there the argument is the first text
            title, inside = block.name.capitalize(), "\n\n".join(filter(None, (title, inside)))
        quoted = f"**{title}**\n\n{inside}".split("\n")
        return "\n" + "\n".join(f"> {part}".rstrip() for part in quoted) + "\n"
    raise NotPlain(f"the directive {{{block.name}}} has no plain form", block.line)


def prose(text, names, line):
    """Return text outside of directives, line marks removed."""
    # the lines keep their number until everything is converted
    text = TARGET.sub(lambda m: "\n" if m[0].endswith("\n") else "", text)
    return inline(DEFINED.sub(r"**\1**: ", text), names, line)


def inline(text, names, line):
    """Return a text with roles, links and dollars in their plain form."""

    def replaced(found):
        here = line + text.count("\n", 0, found.start())
        if found["role"]:
            return role(found["role"], " ".join(found["content"].split()), names, here)
        if found["dollar"]:
            return "$" if alone(text, found.start()) else DOLLAR
        if found["display"]:
            return found["display"]
        if found["picture"]:
            raise NotPlain("a notebook on its own has no image files; draw it in a cell", here)
        if found["lost"]:
            raise NotPlain(f"{found['lost']!r} has no plain form", here)
        if found["label"] is not None:
            return link(found, names, here)
        return found[0]

    return INLINE.sub(replaced, text)


def alone(text, place):
    """Tell whether the dollar at a place is the only one of its paragraph."""
    before = re.split(r"\n\s*\n", text[:place])[-1]
    after = re.split(r"\n\s*\n", text[place:])[0]
    return (before + after).count("$") == 1


def link(found, names, line):
    """Return a link into the world as it is, a link inside the book as text."""
    label = inline(found["label"], names, line)
    if found["attributes"]:
        return label
    target = found["target"].split(maxsplit=1)[0] if found["target"].strip() else ""
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return f"[{label}]({found['target']})"
    return label or known(names.title, target, line)


def role(name, content, names, line):
    """Return what a role says, as Markdown."""
    explicit = EXPLICIT.match(content)
    text, target = (explicit["text"], explicit["target"]) if explicit else ("", content)
    kind = name.removeprefix("py:")
    if kind == "term":
        return text or target
    if kind in ("cite", "cite:p", "cite:t"):
        cite = names.cited if kind == "cite:t" else names.cited_in_brackets
        return known(cite, target, line)
    if kind in OBJECTS:
        short = target.rpartition(".")[2] if target.startswith("~") else target
        return f"`{text or re.sub(r'^keyaccounts(?=[.]|$)', 'ka', short)}`"
    if kind in ("doc", "ref"):
        return text or known(names.title if kind == "doc" else names.labeled, target, line)
    if kind == "math":
        return f"${content}$"
    raise NotPlain(f"the role {{{name}}} has no plain form", line)


def known(ask, name, line):
    """Return what a name means, or say where an unknown one stands."""
    try:
        return ask(name)
    except LookupError:
        raise NotPlain(f"nothing is known about {name!r}", line) from None


def leftover(text):
    """Return the first MyST syntax in a text, or None."""
    found = LEFT.search(VERBATIM.sub(lambda m: "\n" * m[0].count("\n"), text))
    return found[0] if found else None
