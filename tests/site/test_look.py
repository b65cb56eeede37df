"""What looks at the pages sees: a page with every fault, in every view."""

import pytest
from site_look import Look
from site_server import Server

FAULTS = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Faults</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark } .pale { color: #bbb } .wide { width: 900px }
  .pale, body { background: white }
  @media (prefers-color-scheme: dark) { .pale, body { background: #333; color: #fff }
    .dim { color: #555 } }
  figure.late { display: none }
</style></head><body><main><h1>Faults</h1>
<p class="pale">Pale words.</p> <p class="dim">Dim words.</p>
<button></button><p class="wide">Wide.</p><p id="twice">One</p><p id="twice">Two</p>
<img src="https://elsewhere.invalid/pixel.gif"><img src="gone.png" alt="gone.png">
<svg width="90" height="30" role="img" aria-label="Small words"><text y="9" font-size="5">Tiny
</text></svg>
<figure class="late"><figcaption>Late</figcaption></figure>
<details><p>No summary</p></details>
<div class="ka-table" style="width: 90px; overflow: auto"><table style="width: 300px">
<thead><tr><th scope="col">Two</th><th scope="col">columns</th></tr></thead></table></div>
<a href="nowhere.html#at-all">Nowhere</a>
<script>console.error("Oh"); document.querySelector("figure").className = ""; lost()</script>
</main></body></html>"""

MORE = """Dim words.</p> <p class="dim" style="background: #666">Dimmer words.</p>
<p style="color: #aaa">Paler words."""


@pytest.fixture(scope="module")
def faults(browser, axe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    (folder / "faults.html").write_text(FAULTS, "utf-8")
    (folder / "more.html").write_text(FAULTS.replace("Dim words.", MORE), "utf-8")
    (folder / "404.html").write_text("Not here", "utf-8")
    with Server(folder, "/") as server:
        look = Look(browser, server, axe)
        yield lambda view, page="faults.html": look(page, view)


@pytest.mark.parametrize("view", ["light", "dark", "phone", "small phone"])
def test_faults_of_every_view(faults, view):
    seen = faults(view)
    assert seen.foreign == ["https://elsewhere.invalid/pixel.gif"]
    assert [fault for fault in seen.failed if "gone.png" in fault]
    assert [fault for fault in seen.console if "Oh" in fault]
    assert [fault for fault in seen.console if "lost is not defined" in fault]
    assert seen.small_text == ["5.0 px: Tiny"]
    assert sorted(seen.figures) == ["", "Small words", "gone.png"]
    assert seen.ids == ["twice", "twice"]
    assert seen.scrolled_tables
    assert seen.stuck_folds
    assert seen.hidden_figures == []
    assert seen.visible == ["h1"]


def test_what_axe_is_asked(faults):
    def rules(view):
        return {fault.split(":")[0] for fault in faults(view).axe}

    assert {"button-name", "image-alt", "color-contrast"} <= rules("light")
    assert rules("dark") == {"color-contrast"}
    assert "Dim words" in faults("dark").axe[0]
    assert {"button-name", "image-alt"} <= rules("phone")
    assert "color-contrast" not in rules("phone")


@pytest.mark.parametrize(("view", "new"), [("light", "Paler words"), ("dark", "Dimmer words")])
def test_a_look_is_asked_about_once_and_a_new_one_on_any_page(faults, view, new):
    """Where the words' own color, or one behind them, is another than on the page before."""
    before = [fault for fault in faults(view).axe if "color-contrast" in fault]
    found = [fault for fault in faults(view, "more.html").axe if "color-contrast" in fault]
    assert [new in fault for fault in before] == [False]
    assert [new in fault for fault in found] == [True]
    assert "Pale words" not in found[0]


def test_what_is_too_wide(faults):
    assert [out for view in ("phone", "small phone") for out in faults(view).wide if "Wide." in out]
    assert faults("light").wide == []


def test_what_a_page_is_without_scripts(faults):
    seen = faults("no script")
    assert "late" in seen.hidden_figures[0]
    assert 0 < seen.words < 300
    assert not [fault for fault in seen.console if "Oh" in fault]


def test_what_a_page_weighs_and_where_it_leads(faults):
    seen = faults("light")
    assert len(seen.requests) == 3
    assert sum(seen.weights) > 300
    assert [link for link in seen.links if link.endswith("/nowhere.html#at-all")]
