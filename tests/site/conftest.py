"""Build the site once, serve it, open a browser, and look at every page.

In one process, or in several with `-n 2`.
"""

import os
import re
import shutil
import time
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright
from site_build import build
from site_look import VIEWS, Axe, Look
from site_pages import PREFIX, ROOT, SITE_URL
from site_server import Server
from xdist.scheduler import LoadScopeScheduling

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
missing_browser = pytest.StashKey[str]()


class PageByPage(LoadScopeScheduling):
    """What tests a page goes to one process, which visits it once; else a file goes as a whole."""

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        page = re.search(r"\[([\w/-]+\.html)", test)
        return page[1] if page else file


def pytest_xdist_make_scheduler(config, log):
    return PageByPage(config, log)


@cache
def built():
    """Build the site. The build is incremental: what an earlier run built is used again."""
    output, start = ROOT / "_build" / "site-test", time.monotonic()
    # with the outputs that notebooks were committed with: `make test-book` runs them
    faults = build(ROOT, output, execute="off", SITE_URL=SITE_URL)
    if faults:
        pytest.exit(f"the book does not build:\n{faults[-6000:]}", returncode=1)
    print(f"\nsite built in {time.monotonic() - start:.1f} s")
    return output / "_build" / "html"


def pytest_configure_node(node):
    """Build before the first of several processes begins."""
    node.workerinput["site"] = str(built())


@pytest.fixture(scope="session")
def site(request):
    given = getattr(request.config, "workerinput", {}).get("site")
    return Path(given) if given else built()


@pytest.fixture(scope="session")
def server(site):
    with Server(site, PREFIX) as running:
        yield running


@pytest.fixture(scope="session")
def browser(request):
    """A chromium of the machine, else the one Playwright downloaded."""
    own = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        try:
            # a sandbox needs rights that root in a container does not have; pages are our own
            running = playwright.chromium.launch(executable_path=own, args=["--no-sandbox"])
        except Error as error:
            message = (
                "NO BROWSER: the built site was NOT looked at. Install chromium, or run "
                f"'playwright install chromium'. ({str(error).splitlines()[0]})"
            )
            if os.environ.get("CI"):
                pytest.fail(message)
            request.config.stash[missing_browser] = message
            pytest.skip(message)
        yield running
        running.close()


def pytest_terminal_summary(terminalreporter, config):
    message = config.stash.get(missing_browser, "")
    if message:
        terminalreporter.section("site", sep="!", red=True, bold=True)
        terminalreporter.line(message, red=True, bold=True)


@pytest.fixture(scope="session")
def axe():
    """axe-core: the one of the test environment, or a newer one named by AXE_JS."""
    import axe_playwright_python

    given = os.environ.get("AXE_JS")
    return Axe(Path(given or Path(axe_playwright_python.__file__).parent / "axe.min.js"))


@pytest.fixture(scope="session")
def look(browser, server, axe):
    """`look(page, view)` → what a reader's browser met there; each is visited once."""
    return Look(browser, server, axe)


@pytest.fixture
def reader(browser):
    """`reader(…)` → a new page of a new reader, at a desk in the light if nothing else is said."""
    contexts = []

    def new(**options):
        context = browser.new_context(**{**VIEWS["light"], **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
