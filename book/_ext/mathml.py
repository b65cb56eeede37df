"""Render formulas at build time to MathML, which every current browser draws by itself."""

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number

# the library knows the outer environments only; inside a formula they mean the same
SAME = {"{aligned}": "{align*}", "{gathered}": "{gather*}", "{alignedat}": "{alignat*}"}


def to_mathml(node, display):
    latex = node.astext().strip()
    for name, known in SAME.items():
        latex = latex.replace(name, known)
    try:
        markup = convert(latex, display=display)
        if "<mi>&</mi>" in markup:
            raise ValueError("an & outside of any known environment")
        return markup
    except Exception as error:  # the library has no base class of its own
        where = f"{node.source}:{node.line}"
        raise ExtensionError(f"{where}: cannot render {node.astext()!r}: {error!r}") from error


def inline(self, node):
    self.body.append(to_mathml(node, "inline"))
    raise nodes.SkipNode


def block(self, node):
    number = ""
    if node["number"]:
        number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>'
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f'<div class="math-scroll">{to_mathml(node, "block")}</div>{number}</div>\n')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
