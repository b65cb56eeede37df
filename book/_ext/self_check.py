"""Self-checks: ```{self-check} NAME``` shows the questions of questions/NAME.toml beside the page.

Each option opens to say whether it is right and why. That is the browser's own <details>: it
works by keyboard, with a screen reader, on paper and without JavaScript, and nothing leaves the page.
"""

import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from native_details import details, summary

NEEDED = {"id", "kind", "ask", "options"}
OPTION = {"text", "right", "feedback"}


class BadQuestions(ValueError):
    """A question file does not keep the form."""


def read(path):
    """Return the questions of a file, or say what is wrong with which of them."""
    questions = tomllib.loads(path.read_text("utf8"))["question"]
    seen = set()
    for number, question in enumerate(questions, 1):
        where = f"{path.name}, question {number}"
        if set(question) != NEEDED:
            raise BadQuestions(f"{where}: needs exactly {', '.join(sorted(NEEDED))}")
        if question["id"] in seen:
            raise BadQuestions(f"{where}: the id {question['id']!r} is used twice")
        seen.add(question["id"])
        if question["kind"] != "single":
            raise BadQuestions(f"{where}: the kind {question['kind']!r} is unknown")
        options = question["options"]
        if any(set(o) != OPTION or not o["text"] or not o["feedback"] for o in options):
            raise BadQuestions(f"{where}: each option needs {', '.join(sorted(OPTION))}")
        if len(options) < 2 or sum(o["right"] for o in options) != 1:
            raise BadQuestions(f"{where}: needs two options or more, one of them right")
    return questions


class SelfCheck(SphinxDirective):
    """The questions of a page."""

    required_arguments = 1

    def run(self):
        page = Path(self.env.doc2path(self.env.docname))
        source = page.parent / "questions" / f"{self.arguments[0]}.toml"
        self.env.note_dependency(str(source))
        try:
            questions = read(source)
        except (OSError, KeyError, ValueError) as error:
            raise self.error(f"self-check {self.arguments[0]}: {error}") from error
        listed = nodes.enumerated_list(enumtype="arabic", classes=["self-check"])
        for question in questions:
            item = nodes.list_item("", self.line(question["ask"], "ask"))
            for option in question["options"]:
                item += self.option(option)
            listed += item
        hint = "Open the answer you would give. The others tell you why they tempt."
        return [nodes.paragraph("", hint), listed]

    def line(self, text, name):
        found, messages = self.state.inline_text(text, self.lineno)
        return nodes.paragraph("", "", *found, *messages, classes=[name])

    def option(self, option):
        kind = "right" if option["right"] else "wrong"
        block = details("", classes=["option", kind])
        found, messages = self.state.inline_text(option["text"], self.lineno)
        block += summary("", "", *found, *messages)
        verdict = nodes.strong("", "Right. " if option["right"] else "Not this. ")
        said = self.line(option["feedback"], "feedback")
        said.insert(0, verdict)
        block += said
        return block


def setup(app):
    app.add_directive("self-check", SelfCheck)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
