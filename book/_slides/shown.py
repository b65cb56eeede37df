"""What a cell holds as HTML for a slide: Markdown, formulas, tables, drawings, code."""

import json
import re
from html import unescape
from itertools import pairwise

from docutils import nodes
from explorers import FIGURE, FINDING, STATES
from inline_svg import inline
from keyaccounts.escapes import escaped
from markdown_it import MarkdownIt
from mathml import to_mathml
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

SENTENCE_END = re.compile(r"(?<=[.?!])[*_]*\s+")
COMMAND = re.compile(r"\\[a-z]+|[{}]")
LONG = 60  # a formula with more signs is set smaller: it cannot be broken
TABLE = re.compile(r'(<div class="ka-table") role="region" tabindex="0" aria-label="[^"]*"')


def formula(latex, options):
    """Return a formula as MathML, as on the site."""
    kind = "block" if options["display_mode"] else "inline"
    markup = to_mathml(nodes.math(latex, latex), kind)
    if len(COMMAND.sub("", latex)) <= LONG:
        return markup
    return markup.replace("<math", '<math class="long"', 1)


MARKDOWN = (
    MarkdownIt("commonmark", {"html": True, "typographer": True})
    .enable(["table", "smartquotes"])
    .use(
        dollarmath_plugin,
        allow_digits=False,
        allow_space=False,
        double_inline=True,
        renderer=formula,
    )
)


def markdown(text):
    """Return Markdown as HTML; headings inside a slide stand below its own."""
    tokens = MARKDOWN.parse(text.strip())
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h4"
    return MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}).strip()


def phrase(text):
    """Return a line of Markdown as HTML without a paragraph around it."""
    return MARKDOWN.renderInline(text.strip())


def words(html):
    """Return the words of a phrase, still escaped, for places that take no tags."""
    return re.sub(r"<[^>]*>", "", html)


def heading_lines(text):
    """Return the headings of a Markdown text by line number."""
    tokens = MARKDOWN.parse(text)
    return {
        opened.map[0]: inside.content
        for opened, inside in pairwise(tokens)
        if opened.type == "heading_open"
    }


def headings(text):
    """Return level and words of each heading of a Markdown text."""
    tokens = MARKDOWN.parse(text)
    return [
        (int(opened.tag[1]), inside.content)
        for opened, inside in pairwise(tokens)
        if opened.type == "heading_open"
    ]


def code(source):
    """Return Python in color."""
    return highlight(source, PythonLexer(), HtmlFormatter(cssclass="code"))


def outputs(cell, prefix):
    """Return what a code cell has put out, the richest form of each."""
    alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
    made = []
    for number, output in enumerate(cell["outputs"]):
        data = {kind: "".join(text) for kind, text in output.get("data", {}).items()}
        if "image/svg+xml" in data:
            made.append(figure(data["image/svg+xml"], alt, f"{prefix}{number}-"))
        elif "image/png" in data:
            png = data["image/png"].replace("\n", "")
            made.append(
                f'<figure><img src="data:image/png;base64,{png}" alt="{escaped(alt)}"></figure>'
            )
        elif 'class="ka-explorer"' in data.get("text/html", ""):
            made.append(explorer(data["text/html"], f"{prefix}{number}-"))
        elif "text/html" in data:
            # nothing scrolls on a slide, so a table needs no place in the tab order
            made.append(TABLE.sub(r"\1", data["text/html"]))
        elif "text/plain" in data:
            made.append(f"<pre>{escaped(data['text/plain'])}</pre>")
    return made


def figure(svg, alt, prefix):
    """Return a drawing as a part of the page."""
    markup = re.sub(r' style="max-width:\d+px"', "", inline(svg, alt, prefix), count=1)
    return f"<figure>{markup}</figure>"


def explorer(html, prefix):
    """Return the state an explorer starts in: its drawing."""
    finding = unescape(FINDING.search(html)[1])
    alt = json.loads(STATES.search(html)[1])["alt"]
    return figure(FIGURE.search(html)[2], f"{alt} {finding}", prefix)
