"""Make the slides: one reveal.js deck a chapter, from the cell tags of its pages.

    python book/_slides/make_slides.py _build/slides

A deck is a folder that opens from disk and asks no other site for anything. It shows the outputs
that stand in the notebooks; nothing is executed. Which cells are shown is said in slide_tags.py.
"""

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from string import Template

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "_ext")]

import shown  # noqa: E402
import yaml  # noqa: E402
from front_matter import split  # noqa: E402
from keyaccounts.escapes import escaped  # noqa: E402
from plain_markdown import Names  # noqa: E402
from slide_tags import DECIDE, BadDeck, Slide, closing, opening, slides_of  # noqa: E402

BOOK = "From Lead to Key Account"
# from reveal.js only what a deck loads: no theme (they ask for web fonts) and one plugin
PARTS = ("LICENSE", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")
HEADINGS = {"opening": "h1", "page": "h2", "decide": "h2"}


def chapters(root=ROOT):
    """Return the notebooks of each chapter that has some, by the chapter's index page."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf8"))
    entries = [entry for part in toc["parts"] for entry in part["chapters"]]
    found = {}
    for entry in entries:
        files = [root / f"{section['file']}.ipynb" for section in entry.get("sections", ())]
        if pages := [path for path in files if path.is_file()]:
            found[root / f"{entry['file']}.md"] = pages
    return found


def deck(index, pages, root=ROOT):
    """Return the slides of a chapter, each with the id it can be linked by."""
    start = opening(split(index.read_text("utf8"))[1], Names(root, index))
    number = index.parent.name.partition("-")[0]
    kicker = f"{BOOK} · Chapter {number}" if number.isdigit() else BOOK
    first = Slide(start.title, [start.question], [start.goals], "opening", kicker)
    made, agenda, decisions = [("start", first)], [], []
    for page in pages:
        notebook, names = json.loads(page.read_text("utf8")), Names(root, page)
        try:
            slides = slides_of(notebook, names, f"{page.stem}-")
            decide = closing(notebook, names)
        except BadDeck as error:
            raise BadDeck(f"{page.relative_to(root)}, {error}") from error
        own = [(page.stem if not n else f"{page.stem}-{n + 1}", s) for n, s in enumerate(slides)]
        made += own
        agenda.append(f'<li><a href="#/{page.stem}">{slides[0].title}</a></li>')
        decisions.append((f"{page.stem}-decide", slides[0].title, decide))
    plan = Slide("The pages", [f"<ol>{''.join(agenda)}</ol>"], kind="agenda", kicker=start.title)
    made.insert(1, ("pages", plan))
    made += [(i, Slide(DECIDE, [d], kind="decide", kicker=title)) for i, title, d in decisions]
    return start.title, made


def html_of(place, slide):
    """Return a slide as reveal.js wants it."""
    tag = HEADINGS.get(slide.kind, "h3")
    heading = tag if slide.own_title else f'{tag} class="section"'
    kicker = f'<p class="kicker">{slide.kicker}</p>\n' if slide.kicker else ""
    body, notes = "\n".join(filter(None, slide.body)), "\n".join(filter(None, slide.notes))
    said = f'\n<aside class="notes">\n{notes}\n</aside>' if notes else ""
    return (
        f'<section id="{place}" class="{slide.kind or "cell"}">\n{kicker}'
        f'<{heading}>{slide.title}</{tag}>\n<div class="body">\n{body}\n</div>{said}\n</section>'
    )


def copy_parts(target):
    """Put beside the decks what all of them load."""
    spec = find_spec("sphinx_revealjs")  # found, not imported: only its files are wanted
    if spec is None:
        raise BadDeck("reveal.js is missing: install requirements/book.txt")
    source = Path(spec.origin).parent / "_static" / "revealjs"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for part in PARTS:
        shutil.copyfile(source / part, target / Path(part).name)
    shutil.copyfile(HERE / "slides.css", target / "slides.css")
    shutil.copyfile(HERE.parent / "_static" / "favicon.svg", target / "favicon.svg")


def make(target, root=ROOT):
    """Write all decks below a folder, and return their files."""
    copy_parts(target / "_reveal")
    template = Template((HERE / "deck.html").read_text("utf8"))
    written = []
    for index, pages in chapters(root).items():
        title, slides = deck(index, pages, root)
        page = template.substitute(
            title=f"{shown.words(title)} · {escaped(BOOK)}",
            slides="\n".join(html_of(place, slide) for place, slide in slides),
        )
        file = target / index.parent.name / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, "utf8", newline="\n")
        written.append(file)
    return written


def main(arguments):
    """Make the decks in the folder that is named."""
    if len(arguments) != 1:
        return "usage: make_slides.py FOLDER"
    try:
        for file in make(Path(arguments[0]).resolve()):
            print(f"Open {file} in a browser: S speaker notes, O overview, ?print-pdf to print.")
    except BadDeck as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
