"""Build the site once, serve it, open a browser once, and look at every page once per view."""

import os
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright
from site_build import build
from site_look import Look
from site_pages import PREFIX, ROOT, SITE_URL
from site_server import Server

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
missing_browser = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def site():
    """The built site. The build is incremental: what an earlier run built is used again."""
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
def look(browser, server):
    """`look(page, view)` → what a reader's browser met there; each is opened once."""
    return Look(browser, server, axe_script())


def axe_script():
    """Return axe-core: the one of the test environment, or a newer one named by AXE_JS."""
    import axe_playwright_python

    given = os.environ.get("AXE_JS")
    return Path(given) if given else Path(axe_playwright_python.__file__).parent / "axe.min.js"
