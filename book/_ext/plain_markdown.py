"""MyST as plain Markdown, which every notebook program shows as it is meant.

The parser is that of the site. Only what it finds to be MyST, or money, is written anew; all other
lines stay as they were typed. What has no plain form is refused with its line: a student must not
meet markup that nobody renders.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from pybtex.database import parse_file
from pybtex.richtext import Text

SETTINGS = yaml.safe_load((Path(__file__).parents[2] / "_config.yml").read_text("utf8"))
PARSER = create_md_parser(
    MdParserConfig(
        enable_extensions=set(SETTINGS["parse"]["myst_enable_extensions"]),
        dmath_allow_digits=SETTINGS["sphinx"]["config"]["myst_dmath_allow_digits"],
        dmath_allow_space=SETTINGS["sphinx"]["config"]["myst_dmath_allow_space"],
    ),
    RendererHTML,
)
PARSER.disable("text_join")  # "\*" stays as it was typed
PARSER.core.ruler.disable("attr")  # and a line of attributes stays to be found

TITLE = re.compile(r"^# (.+)$", re.M)
DIRECTIVE = re.compile(r"\{([\w:-]+)\}\s*(.*)")
OPTIONS = re.compile(r"\A([ ]*:[\w-]+:.*(\n|\Z))*\n*")
EXPLICIT = re.compile(r"(?P<text>.+?)\s*<(?P<target>[^<>]+)>")

# Two dollars would be read as a formula. JupyterLab looks twice, before and after it makes HTML:
# the backslash is for the first look, the element for the second.
DOLLAR = r"<span>\$</span>"

MARKS = {"myst_target", "myst_line_comment", "myst_block_break", "attrs_block"}
AS_TYPED = {"fence", "code_block", "hr", "math_block", "amsmath"}
HOLDS = "paragraph heading bullet_list ordered_list list_item blockquote table thead tbody tr th td"
AS_TYPED |= {f"{name}_{end}" for name in HOLDS.split() for end in ("open", "close")}
NOTES = {"attention", "caution", "danger", "error", "hint", "important", "note", "seealso"}
NOTES |= {"tip", "warning"}
OBJECTS = {"attr", "class", "data", "exc", "func", "meth", "mod"}


class NotPlain(ValueError):
    """Markup without a plain form."""

    def __init__(self, says, line):
        super().__init__(says)
        self.line = line


@dataclass(frozen=True)
class Block:
    """Lines that belong together: a directive, or text (without a name)."""

    line: int
    lines: list[str]
    name: str = ""
    argument: str = ""
    body: str = ""
    body_line: int = 0
    options: str = ""

    @property
    def folded(self):
        """Whether a reader opens it: the answer of a question, or what only analysts need."""
        return self.name == "dropdown" or "dropdown" in self.options.split()


def blocks(text, line=1):
    """Yield the directives of a text and the text between them, without losing a line."""
    lines, done = text.split("\n"), 0
    for token in PARSER.parse(text):
        found = DIRECTIVE.fullmatch(token.info.strip()) if token.type.endswith("fence") else None
        if not found or token.level:
            continue
        start, end = token.map
        if end - start < 2 or set(lines[end - 1].strip()) != {token.markup[0]}:
            raise NotPlain(f"{lines[start].strip()!r} is not closed", line + start)
        if start > done:
            yield Block(line + done, lines[done:start])
        skipped = OPTIONS.match(token.content).end()
        body_line = line + start + 1 + token.content.count("\n", 0, skipped)
        body = token.content[skipped:].rstrip("\n")
        options = token.content[:skipped]
        yield Block(line + start, lines[start:end], *found.groups(), body, body_line, options)
        done = end
    if done < len(lines):
        yield Block(line + done, lines[done:])


def plain(text, names, line=1):
    """Return a text as plain Markdown; `names` knows titles and sources."""
    return joined(blocks(text, line), names)


def joined(found, names):
    """Return blocks as plain Markdown."""
    done = "\n".join(directive(b, names) if b.name else prose(b, names) for b in found)
    return re.sub(r"\n{3,}", "\n\n", done).strip("\n")


def directive(block, names):
    """Return what a directive says."""
    title = prose(Block(block.line, [block.argument]), names)
    if block.name == "exercise-end":
        return ""
    if block.name not in {"exercise", "exercise-start", "admonition", "dropdown", *NOTES}:
        raise NotPlain(f"the directive {{{block.name}}} has no plain form", block.line)
    body = plain(block.body, names, block.body_line)
    if block.name.startswith("exercise"):
        return f"### {title or 'Exercise'}\n\n{body}"
    if block.name in NOTES:  # there the argument is the first text
        title, body = block.name.capitalize(), f"{title}\n\n{body}".strip()
    if block.folded:
        return f"\n<details><summary>{title}</summary>\n\n{body}\n\n</details>\n"
    quoted = f"**{title}**\n\n{body}".split("\n")
    return "\n" + "\n".join(f"> {part}".rstrip() for part in quoted) + "\n"


def prose(block, names):
    """Return text outside of directives."""
    lines = list(block.lines)
    for token in reversed(PARSER.parse("\n".join(lines))):
        here = block.line + (token.map or [0])[0]
        if token.type == "inline":
            if (new := inline(token.children, names, here)) != token.content:
                replace(lines, token, new, here)
        elif token.type in MARKS:
            lines[slice(*token.map)] = []
        elif token.type == "math_block_label":
            lines[slice(*token.map)] = [f"$${token.content}$$"]
        elif token.type not in AS_TYPED or DIRECTIVE.match(token.info):
            what = token.info or token.content or token.type.removesuffix("_close")
            raise NotPlain(f"{what.strip()!r} has no plain form here", here)
    return "\n".join(lines)


def replace(lines, token, new, here):
    """Put text in the place of a token's, behind the marks of lists and quotes."""
    start, end = token.map
    held = "\n".join(lines[start:end])
    typed = r"\n([ \t>]*)".join(map(re.escape, token.content.split("\n")))
    found = re.search(typed, held)
    if not found:
        raise NotPlain(f"{token.content!r} is too mixed to be made plain", here)
    new = new.replace("\n", "\n" + (found[1] if found.lastindex else ""))
    lines[start:end] = (held[: found.start()] + new + held[found.end() :]).split("\n")


def inline(tokens, names, line):
    """Return the parts of a paragraph as plain Markdown."""
    done, link = "", ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        match token.type:
            case "text":
                done += token.content.replace("$", DOLLAR)
            case "text_special":
                done += DOLLAR if token.content == "$" else token.markup
            case "softbreak":
                done += "\n"
                line += 1
            case "hardbreak":
                done += "\\\n"
                line += 1
            case "code_inline":
                gap = " " if "`" in token.content[:1] + token.content[-1:] else ""
                done += f"{token.markup}{gap}{token.content}{gap}{token.markup}"
            case "math_inline" | "math_inline_double":
                done += f"{token.markup}{token.content}{token.markup}"
            case "html_inline":
                done += token.content
            case "myst_role":
                done += role(token.meta["name"], token.content, names, line)
            case "link_open":
                link = token.attrs["href"]
                done += "[" if "://" in link else ""
            case "link_close":  # inside the book there is nothing to lead to from a lone notebook
                done += f"]({link})" if "://" in link else ""
                if before.type == "link_open" and "://" not in link:
                    done += known(names.title, link, line)
            case "span_open" | "span_close":
                pass
            case "em_open" | "em_close" | "strong_open" | "strong_close":
                done += token.markup
            case _:
                what = token.content or token.attrs
                raise NotPlain(f"{token.type} {what} has no plain form", line)
    return done


def role(name, content, names, line):
    """Return what a role says."""
    explicit = EXPLICIT.fullmatch(content)
    text, target = explicit.groups() if explicit else ("", content)
    kind = name.removeprefix("py:")
    if kind == "term":
        return text or target
    if kind in ("cite", "cite:p", "cite:t"):
        return known(names.cited if kind == "cite:t" else names.cited_in_brackets, target, line)
    if kind in OBJECTS:
        short = target.rpartition(".")[2] if target.startswith("~") else target
        return f"`{text or re.sub(r'^keyaccounts(?=[.]|$)', 'ka', short)}`"
    if kind == "doc":
        return text or known(names.title, target, line)
    if kind == "math":
        return f"${content}$"
    raise NotPlain(f"the role {{{name}}} has no plain form", line)


def known(ask, name, line):
    """Return what a name means, or say where an unknown one stands."""
    try:
        return ask(name)
    except LookupError:
        raise NotPlain(f"nothing is known about {name!r}", line) from None


# --- what names mean where they cannot be links ---


class Names:
    """Titles of pages and authors of sources, as named on one page."""

    def __init__(self, root, page):
        self.root, self.page = Path(root), Path(page)

    def title(self, target):
        """Return the title of the page that a link or `doc` names."""
        name = target.partition("#")[0]
        path = self.root / name[1:] if name.startswith("/") else self.page.parent / name
        for file in (path.with_suffix(".ipynb"), path.with_suffix(".md")):
            if name and file.is_file():
                text = file.read_text("utf8")
                if file.suffix == ".ipynb":
                    text = "".join(json.loads(text)["cells"][0]["source"])
                return TITLE.search(text)[1].strip()
        raise LookupError(target)

    def cited(self, keys):
        """Return sources as a part of the sentence: Author (year)."""
        return ", ".join(f"{authors} ({year})" for authors, year in self.sources(keys))

    def cited_in_brackets(self, keys):
        """Return sources in brackets: (Author, year; Author, year)."""
        return f"({'; '.join(map(', '.join, self.sources(keys)))})"

    def sources(self, keys):
        """Return authors and year of each source."""
        entries = bibliography(str(self.root / "book" / "references.bib"))
        return [authors_and_year(entries[key.strip()]) for key in keys.split(",")]


@cache
def bibliography(path):
    return parse_file(path, bib_format="bibtex").entries


def authors_and_year(entry):
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    named = [shown(" ".join([*p.prelast_names, *p.last_names])) for p in people]
    named = named or [shown(entry.fields["title"])]
    authors = f"{named[0]} et al." if len(named) > 2 else " and ".join(named)
    return authors, shown(entry.fields.get("year", "n.d."))


def shown(latex):
    return str(Text.from_latex(latex))
