"""The download button gives the student edition: the page as a notebook, without solutions."""

import json
import re

import nbformat
import pytest
from site_look import VIEWS
from site_pages import BOOK, ROOT

NOTEBOOKS = [name for name in BOOK if (ROOT / f"{name}.ipynb").exists()]
OTHERS = [name for name in BOOK if name not in NOTEBOOKS]
LABEL = "Download this page as a notebook (exercises without solutions)"


@pytest.mark.parametrize("view", ["light", "phone"])
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_button_gives_a_notebook_without_solutions(browser, server, tmp_path, name, view):
    context = browser.new_context(**VIEWS[view], accept_downloads=True)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{server.base}{name}.html")
    button = page.get_by_role("link", name=LABEL, exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= VIEWS[view]["viewport"]["width"]
    with page.expect_download() as given:
        button.click()
    assert given.value.suggested_filename == f"{name.rpartition('/')[2]}.ipynb"
    given.value.save_as(tmp_path / "given.ipynb")
    context.close()
    notebook = nbformat.read(tmp_path / "given.ipynb", as_version=4)
    nbformat.validate(notebook)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert text.count("# Your answer") + text.count("**Your answer:**") >= 3
    source = json.loads((ROOT / f"{name}.ipynb").read_text("utf8"))["cells"]
    solved = [c for c in source if "solution" in c["metadata"].get("tags", ())]
    assert solved
    assert [c for c in solved if "".join(c["source"]) in text] == []
    assert not re.search(r"\{[\w:-]+\}`|```\{|:::", text)


@pytest.mark.parametrize("name", OTHERS)
def test_pages_that_are_no_notebooks_offer_none(site, name):
    assert ".ipynb" not in (site / f"{name}.html").read_text("utf8")


def test_the_site_holds_no_other_notebook(site):
    """No source with its solutions lies beside the pages."""
    there = {p.relative_to(site).as_posix() for p in site.rglob("*.ipynb")}
    assert there == {f"notebooks/{name.removeprefix('book/')}.ipynb" for name in NOTEBOOKS}
    assert not (site / "_sources").exists()
