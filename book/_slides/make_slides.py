"""Make the slides: one reveal.js deck a chapter, from the cell tags of its pages.

    python book/_slides/make_slides.py _build/slides

A deck is a folder that opens from disk and asks no other site for anything: a row of stacks, one
a page. It shows the outputs that stand in the notebooks; nothing is executed. Which cells are shown
is said in slide_tags.py. With SITE_URL in the environment, which says where the site is published,
a slide leads to its explorer by a code to scan, too; else by a link to the site built beside it.
"""

import json
import os
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
from slide_tags import BadDeck, Slide, opening, slides_of  # noqa: E402

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


def way_to(page, root=ROOT):
    """Return a link to the explorer of a page, and a code to scan where the site is published."""
    site = os.environ.get("SITE_URL", "").strip().rstrip("/")
    address = f"{page.relative_to(root).with_suffix('.html').as_posix()}#play"
    if not site:
        return f'<p class="way"><a href="../../html/{escaped(address)}">Open the explorer</a></p>'
    import segno  # only where there is something to scan

    address = f"{site}/{address}"
    drawn = segno.make(address, error="m").svg_inline(border=2, dark="#1b2a41", omitsize=True)
    label = f"A code to scan; it leads to the explorer of this page, {address}"
    code = drawn.replace("<svg", f'<svg role="img" aria-label="{escaped(label)}"', 1)
    return f'<p class="way"><a href="{escaped(address)}">{code}<br>Open the explorer</a></p>'


def deck(index, pages, root=ROOT):
    """Return the title of a chapter and its stacks, each slide with the id it is linked by."""
    start = opening(split(index.read_text("utf8"))[1], Names(root, index))
    number = index.parent.name.partition("-")[0]
    kicker = f"{BOOK} · Chapter {number}" if number.isdigit() else BOOK
    first = Slide(start.title, [start.question], [start.goals], "opening", kicker)
    made, agenda = [], []
    for page in pages:
        notebook, names = json.loads(page.read_text("utf8")), Names(root, page)
        try:
            slides = slides_of(notebook, names, f"{page.stem}-", way_to(page, root))
        except BadDeck as error:
            raise BadDeck(f"{page.relative_to(root)}, {error}") from error
        made.append(
            [(f"{page.stem}-{n}" if n > 1 else page.stem, s) for n, s in enumerate(slides, 1)]
        )
        agenda.append(f'<li><a href="#/{page.stem}">{slides[0].title}</a></li>')
    plan = Slide("The pages", [f"<ol>{''.join(agenda)}</ol>"], kind="agenda", kicker=start.title)
    return start.title, [[("start", first), ("pages", plan)], *made]


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
        title, stacks = deck(index, pages, root)
        page = template.substitute(
            title=f"{shown.words(title)} · {escaped(BOOK)}",
            slides="\n".join(
                '<section class="stack">\n'
                + "\n".join(html_of(place, slide) for place, slide in stack)
                + "\n</section>"
                for stack in stacks
            ),
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
