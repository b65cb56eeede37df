"""Serve the site, open a browser once, and look at every page once a view.

`make test-site` builds the site first and names it in BUILT_SITE; two processes then test it. What
tests one page stays in one process, which has looked at that page already.
"""

import os
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright
from site_build import build
from site_look import VIEWS, Axe, Look
from site_pages import PREFIX, ROOT, SITE_URL
from site_server import Server

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
missing_browser = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        page = getattr(item, "callspec", None) and item.callspec.params.get("page")
        if page:
            item.add_marker(pytest.mark.xdist_group(page))


@pytest.fixture(scope="session")
def site():
    """The built site. The build is incremental: what an earlier run built is used again."""
    if "BUILT_SITE" in os.environ:
        return Path(os.environ["BUILT_SITE"]).resolve()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    output = ROOT / "_build" / f"site-test{worker}"
    start = time.monotonic()
    done = build(ROOT, output, SITE_URL=SITE_URL)
    if done.returncode:
        pytest.fail(f"the book does not build:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
    print(f"\nsite built in {time.monotonic() - start:.1f} s")
    return output / "_build" / "html"


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
