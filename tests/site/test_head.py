"""What search engines, link previews and the browser's own reading order see."""

import re
from html import unescape
from itertools import pairwise

import pytest
from site_pages import BOOK_PAGES, PAGES, SITE_URL


def head(site, page):
    return (site / page).read_text("utf-8").partition("</head>")[0]


def meta(site, page, name):
    found = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)"', head(site, page))
    assert len(found) <= 1, f"{page} has two {name}"
    return unescape(found[0]) if found else None


def test_every_page_describes_itself(site):
    said = {page: meta(site, page, "description") for page in PAGES}
    for page, text in said.items():
        assert text, page
        assert 50 <= len(text) <= 160, (page, len(text))
    assert len(set(said.values())) == len(said)


def test_every_page_has_its_own_title(site):
    titles = [re.search(r"<title>(.*?)</title>", head(site, page))[1] for page in PAGES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("page", BOOK_PAGES)
def test_link_previews_and_the_published_address(site, page):
    assert meta(site, page, "og:title")
    assert meta(site, page, "og:description") == meta(site, page, "description")
    assert meta(site, page, "og:url") == SITE_URL + page
    assert f'<link rel="canonical" href="{SITE_URL}{page}">' in head(site, page)


def neighbor(site, page, rel):
    html = (site / page).read_text("utf-8")
    link = re.search(rf'<a class="{rel}" rel="{rel}" href="([^"]+)"', html)
    if not link:
        return None
    return (site / page).parent.joinpath(link[1]).resolve().relative_to(site.resolve()).as_posix()


def test_previous_and_next_follow_the_contents(site):
    for page, following in pairwise(BOOK_PAGES):
        assert neighbor(site, page, "next") == following
        assert neighbor(site, following, "prev") == page
    assert neighbor(site, BOOK_PAGES[0], "prev") is None
    assert neighbor(site, BOOK_PAGES[-1], "next") is None
