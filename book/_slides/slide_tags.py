"""Which cells of a page are on which slide: the tags say it.

slide        a new slide with the whole cell; of a code cell its outputs
slide-code   the same, with the code above the outputs
slide-title  a new slide with the cell's heading and first sentence; the rest is said, not shown
more         added to the current slide
notes        speaker notes of the current slide

A cell without one of these is not in the deck. What stands before the heading of a `slide-title`
cell, a solution that stands in a cell with its exercise, and what is folded are not shown but said.

By themselves come the question and the goals of the page, its explorer as it starts with the way to
it, questions of the self-check to answer by raising hands, and at the end what one can decide now.
"""

import re
from dataclasses import dataclass, field

import shown
from front_matter import of_notebook
from keyaccounts.widgets.questions import read
from page_counts import takes
from plain_markdown import NotPlain, blocks, joined, plain

TAGS = ("slide", "slide-code", "slide-title", "more", "notes")
DECIDE = "What you can decide now"
HANDS = 3  # questions to answer by raising hands, at most
ASKED = re.compile(r'self_check\("([^"\n]+)"\)')


class BadDeck(ValueError):
    """A page makes no slides; the message says where and why."""


@dataclass
class Slide:
    """One slide: HTML to show and HTML to say."""

    title: str
    body: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kind: str = ""  # opening, agenda, page, goals, play, hands or decide; else a plain slide
    kicker: str = ""
    own_title: bool = True  # else it carries the title of its section, set small


def slides_of(notebook, names, prefix, way=""):
    """Return the slides of a page (parsed JSON); `prefix` keeps ids of drawings apart.

    `way` is HTML that leads to the page's explorer.
    """
    matter, first = of_notebook(notebook)
    page = Page(names, prefix, way)
    page.open(first, matter, takes(notebook, names.page.parent))
    for number, cell in enumerate(notebook["cells"][1:], 2):
        source = "".join(cell["source"])
        tags = [t for t in cell["metadata"].get("tags", ()) if t in TAGS]
        try:
            if len(tags) > 1:
                raise BadDeck(f"more than one of {', '.join(tags)}")
            if cell["cell_type"] == "code":
                page.code(cell, source, *tags)
            else:
                page.text(source, *tags)
        except (BadDeck, NotPlain) as error:
            raise BadDeck(f"cell {number}: {error}") from error
    page.slides.append(Slide(DECIDE, [closing(notebook, names)], kind="decide", kicker=page.title))
    return page.slides


class Page:
    """The slides of one page while they are made."""

    def __init__(self, names, prefix, way):
        self.names, self.prefix, self.way = names, prefix, way
        self.slides, self.section, self.title, self.drawn = [], "", "", 0

    def open(self, first, matter, about):
        """Add the slides every page opens with: its question and its goals."""
        head = opening(first, self.names)
        self.title = self.section = head.title
        said = str(matter.get("html_meta", {}).get("description", ""))
        said = shown.markdown(f"{about}\n\n{said}")
        self.slides.append(Slide(head.title, [head.question], [said], "page"))
        if head.goals:
            self.new(head.goals_title, kind="goals").body.append(head.goals)

    def new(self, title="", **options):
        """Start a slide; without a title of its own it carries that of its section."""
        own = bool(title)
        within = self.section if own and self.section not in (title, self.title) else ""
        kicker = " · ".join(filter(None, (self.title, within)))
        slide = Slide(title or self.section, kicker=kicker, own_title=own, **options)
        self.slides.append(slide)
        return slide

    def text(self, source, tag=None):
        """Add a text cell; one without a tag only says which section follows."""
        asked, solved = exercise_and_solution(source, self.names)
        before, titles, after = around_heading(asked)
        sections = [title for level, title in shown.headings(asked) if level == 2]
        if tag in (None, "more", "notes"):
            if tag == "more":
                self.slides[-1].body.append(shown.markdown(asked))
            elif tag == "notes":
                self.slides[-1].notes.append(shown.markdown(asked))
            self.section = shown.phrase(sections[-1]) if sections else self.section
        else:
            if tag == "slide-title" and before:
                self.slides[-1].notes.append(shown.markdown(before))
            elif before:
                titles, after = [], asked
            if sections:
                self.section = shown.phrase(sections[-1])
            slide = self.new(shown.phrase(titles[-1]) if titles else "")
            if tag == "slide-title":
                sentence, after = first_sentence(after)
                slide.body.append(shown.markdown(sentence))
                slide.notes.append(shown.markdown(after))
            else:
                slide.body.append(shown.markdown(after))
        if solved and tag:
            self.slides[-1].notes.append(shown.markdown(solved))

    def code(self, cell, source, tag=None):
        """Add what a code cell has put out."""
        if asked := ASKED.search(source):
            self.hands(self.names.page.parent / asked[1])
            return
        if "widgets.explore(" in source:
            self.drawn += 1
            drawn = shown.outputs(cell, f"{self.prefix}{self.drawn}-")
            self.new("Play", kind="play").body.extend([*drawn, self.way])
            return
        if tag is None:
            return
        if tag == "slide-title":
            raise BadDeck("a code cell has no heading: use slide or slide-code")
        self.drawn += 1
        out = shown.outputs(cell, f"{self.prefix}{self.drawn}-")
        if tag == "notes":
            self.slides[-1].notes.extend(out)
            return
        slide = self.slides[-1] if tag == "more" else self.new()
        if tag == "slide-code":
            slide.body.append(shown.code(source))
        slide.body.extend(out)

    def hands(self, path):
        """Ask the first questions that have one right answer, each on a slide of its own."""
        ways = [way for question in read(path)[1] if (way := options(question))]
        for ask, chosen in ways[:HANDS]:
            slide = self.new(shown.phrase(ask), kind="hands")
            slide.kicker = f"{self.title} · Raise your hand"
            texts = (f"<li>{shown.phrase(option['text'])}</li>" for option in chosen)
            slide.body.append(f'<ol type="A">{"".join(texts)}</ol>')
            says = (f"<li>{shown.phrase(option['feedback'])}</li>" for option in chosen)
            (right,) = (letter for letter, o in zip("ABCDEFGH", chosen, strict=False) if o["right"])
            slide.notes.append(f'<p>{right} is right.</p>\n<ol type="A">{"".join(says)}</ol>')


def options(question):
    """Return a question and its options if one of them is right, else None."""
    parts = question.parts
    if question.kind == "true-false":
        said = {"True": "if_true", "False": "if_false"}
        return question.ask, [
            {
                "text": word,
                "right": parts["answer"] == (word == "True"),
                "feedback": parts[feedback],
            }
            for word, feedback in said.items()
        ]
    if question.kind == "single" and not question.discuss:
        return question.ask, parts["options"]
    return None


@dataclass
class Opening:
    """What a page or a chapter opens with."""

    title: str
    question: str = ""
    goals_title: str = ""
    goals: str = ""


def opening(text, names):
    """Return title, question in italics and goals of the start of a page."""
    found = Opening(shown.phrase(text.strip().partition("\n")[0].removeprefix("# ")))
    for block in blocks(text.strip().partition("\n")[2]):
        if not block.name and not found.question:
            written = plain("\n".join(block.lines), names).strip().split("\n\n")[0]
            found.question = shown.markdown(written)
        elif block.name == "admonition" and "goals" in "\n".join(block.lines[:3]):
            found.goals_title = shown.phrase(block.argument)
            found.goals = shown.markdown(plain(block.body, names))
    return found


def closing(notebook, names):
    """Return what one can decide after a page, as HTML."""
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and f"## {DECIDE}\n" in text:
            part = text.partition(f"## {DECIDE}\n")[2].partition("\n## ")[0]
            return shown.markdown(plain(part, names))
    raise BadDeck(f"there is no section {DECIDE!r}")


def exercise_and_solution(source, names):
    """Return a cell in plain Markdown without its solutions, and the solutions."""
    asked, solved = [], []
    for block in blocks(source):
        if block.name == "solution" or block.folded:
            solved.append(plain(block.body, names))
        elif block.name not in ("solution-start", "solution-end"):
            asked.append(block)
    return joined(asked, names), "\n\n".join(solved)


def around_heading(text):
    """Return the text before the first heading, it and those right below it, and the text after."""
    before, titles, after = [], [], []
    places = shown.heading_lines(text)
    for number, line in enumerate(text.split("\n")):
        if number in places and not "".join(after).strip():
            titles.append(places[number])
        elif titles:
            after.append(line)
        else:
            before.append(line)
    return "\n".join(before).strip(), titles, "\n".join(after).strip()


def first_sentence(text):
    """Return the first sentence of a text, and the rest."""
    paragraph, gap, rest = text.partition("\n\n")
    end = shown.SENTENCE_END.search(paragraph)
    if not end:
        return paragraph, rest
    return paragraph[: end.start()], paragraph[end.end() :] + gap + rest
