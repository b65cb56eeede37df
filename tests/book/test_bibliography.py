"""Every source is complete, and every citation on a page leads to a source."""

import json
import re
import subprocess
import sys

import pytest
from page_texts import ROOT, page_texts
from pybtex.database import BibliographyDataError, parse_file, parse_string

SOURCES = parse_file(ROOT / "book" / "references.bib", bib_format="bibtex").entries

CITE_ROLE = re.compile(r"\{cite(?::[a-z]+)?\}`([^`]+)`")
YEAR = re.compile(r"\d{4}(--\d{4})?")
NEEDED = {
    "article": {"journal", "volume", "pages"},
    "book": {"publisher"},
    "techreport": {"institution"},
    "misc": set(),
}


def cited_keys(text):
    """Return the keys cited in a page's text; one role can cite several."""
    return [key.strip() for keys in CITE_ROLE.findall(text) for key in keys.split(",")]


def test_there_are_sources():
    assert len(SOURCES) >= 25


@pytest.mark.parametrize("key", SOURCES)
def test_a_source_is_complete(key):
    entry = SOURCES[key]
    assert re.fullmatch(r"[a-z]+[a-z0-9-]*", key)
    assert entry.persons["author"]
    assert entry.fields["title"].strip()
    # without a date only for a page that states none; then the address must find it
    assert YEAR.fullmatch(entry.fields["year"]) or (
        entry.fields["year"] == "n.d." and "url" in entry.fields
    )
    assert NEEDED[entry.type] <= set(entry.fields)
    for field, value in entry.fields.items():
        assert value.strip(), field


@pytest.mark.parametrize("key", SOURCES)
def test_a_note_is_a_sentence(key):
    note = SOURCES[key].fields.get("note")
    assert note is None or (note[0].isupper() and note.endswith(".")), note


@pytest.mark.parametrize("key", [key for key in SOURCES if "doi" in SOURCES[key].fields])
def test_a_doi_is_the_bare_number(key):
    assert re.fullmatch(r"10\.\d{4,}/\S+", SOURCES[key].fields["doi"])


def test_no_work_is_listed_twice():
    titles = [re.sub(r"[^a-z0-9]", "", e.fields["title"].lower()) for e in SOURCES.values()]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


def test_a_key_used_twice_is_refused():
    source = "@misc{same, title = {A}}"
    with pytest.raises(BibliographyDataError, match="repeated"):
        parse_string(f"{source}\n{source}", bib_format="bibtex")


def test_all_forms_of_a_citation_are_found():
    text = "{cite}`a`, {cite:p}`b,c` and {cite:t}`d`"
    assert cited_keys(text) == ["a", "b", "c", "d"]


def test_every_citation_has_a_source():
    missing = [
        f"{page}: {key}"
        for page, text in page_texts()
        for key in cited_keys(text)
        if key not in SOURCES
    ]
    assert missing == []


def test_the_data_cite_sources():
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    keys = {key for table in package["resources"] for key in table.get("bibliography", ())}
    assert sorted(keys - SOURCES.keys()) == []


def test_the_bibliography_page_lists_the_sources():
    assert "```{bibliography}" in dict(page_texts())["book/reference/bibliography.md"]


CONF = """
import sys
sys.path.insert(0, {folder!r})
extensions = ["myst_parser", "sphinxcontrib.bibtex", "a11y"]
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
html_theme = "basic"
"""


def test_every_source_can_be_cited_and_is_listed_plainly(tmp_path):
    sources = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    folder = str(ROOT / "book" / "_ext")
    page = "# A\n\n{cite:p}`" + ",".join(SOURCES) + "`\n\n```{bibliography}\n```\n"
    for name, text in (
        ("references.bib", sources),
        ("conf.py", CONF.format(folder=folder)),
        ("index.md", page),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", tmp_path, tmp_path / "site"]
    build = subprocess.run(command, capture_output=True, text=True, check=False)
    assert build.returncode == 0, build.stderr
    html = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    listed = html[html.index('<ul class="sources') :]
    assert listed.count("<li id=") == len(SOURCES)
    assert "doc-biblioentry" not in html
    for anchor in set(re.findall(r'href="#(id\d+)"', html)):
        assert f'<li id="{anchor}"' in listed
