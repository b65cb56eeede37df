"""The download button gives the student edition, and beside it lies the package it needs."""

import re

import nbformat
import pytest
from site_look import VIEWS
from site_pages import BOOK, NOTEBOOKS, SITE_URL

OTHERS = [name for name in BOOK if name not in NOTEBOOKS]
LABEL = "Download this page as a notebook (exercises without solutions)"
LINE = re.compile(r'^> pip install "keyaccounts\[notebook\] @ (\S+)" jupyterlab$', re.M)


@pytest.mark.parametrize("view", ["light", "phone"])
def test_the_buttons_give_the_notebook_and_the_package(reader, server, site, tmp_path, view):
    name = NOTEBOOKS[0]
    page = reader(**VIEWS[view], accept_downloads=True)
    page.goto(f"{server.base}{name}.html")
    there = site / "notebooks" / f"{name.removeprefix('book/')}.ipynb"
    (wheel,) = (site / "notebooks").glob("keyaccounts-*.whl")
    for label, file in ((LABEL, there), ("the package it needs", wheel)):
        button = page.get_by_role("link", name=label, exact=True)
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= VIEWS[view]["viewport"]["width"]
        with page.expect_download() as given:
            button.click()
        assert given.value.suggested_filename == file.name
        given.value.save_as(tmp_path / file.name)
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_page_offers_a_notebook_that_names_the_package_of_the_site(site, name):
    """What else it holds, and what not, is tested where it is made."""
    html = (site / f"{name}.html").read_text("utf8")
    links = re.findall(r'<a href="([^"]+)" download>', html)
    notebook, wheel = (((site / name).parent / link).resolve() for link in links)
    held = nbformat.read(notebook, as_version=4)
    nbformat.validate(held)
    address = LINE.search(held.cells[0].source)[1]
    assert (site / address.removeprefix(SITE_URL)).resolve() == wheel
    assert f"({wheel.stat().st_size / 1e6:.1f} MB)" in html
    assert [output for cell in held.cells for output in cell.get("outputs", ())] == []
    assert "# Your answer" in [cell.source for cell in held.cells]


@pytest.mark.parametrize("name", OTHERS)
def test_pages_that_are_no_notebooks_offer_none(site, name):
    assert not re.search(r"\.ipynb|\.whl", (site / f"{name}.html").read_text("utf8"))


def test_the_site_holds_no_other_notebook(site):
    """No source with its solutions lies beside the pages."""
    there = {p.relative_to(site).as_posix() for p in site.rglob("*.ipynb")}
    assert there == {f"notebooks/{name.removeprefix('book/')}.ipynb" for name in NOTEBOOKS}
    assert not (site / "_sources").exists()
