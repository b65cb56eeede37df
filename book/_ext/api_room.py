"""`{api-room} keyaccounts.segmentation`: the public names of one module, from their docstrings.

First a list of names and what each is for, then every docstring in full. The names are read from
the module, so a new public function appears here by itself; `:only:` narrows the list. With
`:names:` the list is all, and links lead to the page of the room; a name in it has the anchor of
its docstring, so that addresses from the time when all rooms stood on one page still find it.
"""

import importlib
import inspect
import re
from functools import cached_property
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

PACKAGE, SHORT = "keyaccounts", "ka"


def public(module):
    """Return the (name, object) pairs a module offers: `__all__`, or what it defines itself."""
    names = getattr(module, "__all__", None)
    if names is None:
        names = [
            name
            for name, thing in vars(module).items()
            if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__
        ]
    pairs = [(name, getattr(module, name)) for name in names]
    return [(n, t) for n, t in pairs if inspect.isroutine(t) or inspect.isclass(t)]


def in_order(pairs):
    """Functions first, in the order of the file or `__all__`; then the results they answer with."""
    return [p for p in pairs if not inspect.isclass(p[1])] + [
        p for p in pairs if inspect.isclass(p[1])
    ]


def first_sentence(thing):
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def methods(cls):
    """Yield the documented public methods and properties that a class defines itself."""
    for name, thing in vars(cls).items():
        is_method = inspect.isroutine(thing) or isinstance(
            thing, (property, classmethod, staticmethod)
        )
        if not name.startswith("_") and is_method and inspect.getdoc(thing):
            yield (
                name,
                "autoproperty" if isinstance(thing, property | cached_property) else "automethod",
            )


class ApiRoom(SphinxDirective):
    required_arguments = 1
    option_spec: ClassVar = {"only": directives.unchanged, "names": directives.flag}

    def run(self):
        path = self.arguments[0]
        module = importlib.import_module(path)
        only = self.options.get("only", "").split()
        found = in_order([p for p in public(module) if not only or p[0] in only])
        if not found:
            raise self.error(f"{path} has no public names")
        for thing in (module, *(t for _, t in found)):
            self.env.note_dependency(inspect.getsourcefile(thing))
        names, entries = [], []
        for name, thing in found:
            role = "class" if inspect.isclass(thing) else "func"
            if inspect.isclass(thing) and issubclass(thing, BaseException):
                role = "exc"
            says = first_sentence(thing).replace("``", "`")
            says = re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", says)
            names.append(f"- {{py:{role}}}`~{path}.{name}`\n  [{says}]{{.says}}")
            kind = {"class": "autoclass", "exc": "autoexception", "func": "autofunction"}[role]
            entries += [f".. {kind}:: {path}.{name}", ""]
            if role == "class":
                for method, directive in methods(thing):
                    entries += [f"   .. {directive}:: {path}.{name}.{method}", ""]
        text = ["{.api-names}", *names]
        if "names" not in self.options:
            return self.parse_text_to_nodes(
                "\n".join([*text, "", "````{eval-rst}", *entries, "````"])
            )
        (listed,) = self.parse_text_to_nodes("\n".join(text))
        for (name, _), item in zip(found, listed, strict=True):
            item["ids"].append(f"{path}.{name}")
        return [listed]


def shorten(app, doctree):
    """Show names as pages call them: ka.segmentation.rfm."""
    for prefix in doctree.findall(addnodes.desc_addname):
        text = prefix.astext()
        if text.startswith(PACKAGE):
            prefix.children = [nodes.Text(text.replace(PACKAGE, SHORT, 1))]
    for reference in doctree.findall(addnodes.pending_xref):
        text = reference.astext()
        if text.startswith(f"{PACKAGE}.") and isinstance(reference[0], nodes.literal):
            reference[0][0] = nodes.Text(text.replace(PACKAGE, SHORT, 1))


def visit_parameters(self, node):
    node["starts"] = len(self.body)
    HTML5Translator.visit_desc_parameterlist(self, node)


def depart_parameters(self, node):
    """Sphinx puts a list of descriptions without terms into a <dt>; lines say the same, validly."""
    HTML5Translator.depart_desc_parameterlist(self, node)
    lines = {"dl": '<span class="sig-lines">', "dd": '<span class="sig-line">'}
    for i in range(node["starts"], len(self.body)):
        for tag, line in lines.items():
            self.body[i] = self.body[i].replace(f"<{tag}>", line).replace(f"</{tag}>", "</span>")


def setup(app):
    handlers = (visit_parameters, depart_parameters)
    app.add_node(addnodes.desc_parameterlist, override=True, html=handlers)
    app.add_directive("api-room", ApiRoom)
    app.connect("doctree-read", shorten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
