"""Open a page as one kind of reader and write down all that the tests want to know of it."""

from types import SimpleNamespace

VIEWS = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 812}, "color_scheme": "light"},
    "small phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}
PHONES = ("phone", "small phone")
NO_SCRIPT = "no script"
FROM_DISK = "small phone"  # this reader has the site on a USB stick
READERS = {**VIEWS, NO_SCRIPT: {**VIEWS["phone"], "java_script_enabled": False}}

# What axe is asked in a view: all of wcag2a to wcag22aa and best practices in light; in dark what
# looks at colors; on a phone what does not, since its colors are those of the light theme.
COLORS = ["color-contrast", "link-in-text-block"]
AXE_VIEWS = {
    "light": {},
    "dark": {"runOnly": COLORS},
    "phone": {"rules": {rule: {"enabled": False} for rule in COLORS}},
}
AXE = """async ([within, rules]) => (
    await axe.run(within ?? document, {resultTypes: ["violations"], ...rules})
  ).violations.map(
    v => `${v.id}: ${v.help}: ` + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "))"""
OPEN_ALL = "for (const d of document.querySelectorAll('details')) d.open = true"
# what sticks out of the window, although the page as a whole may clip it
WIDE = """() => {
  const width = document.documentElement.clientWidth, out = [];
  const clipped = el => {
    for (let p = el.parentElement; p && p !== document.body; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== "visible") return true;
    return false;
  };
  for (const el of document.body.querySelectorAll("*")) {
    const box = el.getBoundingClientRect();
    if (box.width && box.right > width + 1 && !el.closest("svg") && !clipped(el)
        && !el.matches(".skip, .skip *")) out.push(el.outerHTML.slice(0, 120));
  }
  if (document.documentElement.scrollWidth > width) out.push("the page itself scrolls sideways");
  return out;
}"""
WRITTEN_DOWN = {
    "wide": WIDE,
    # as drawn: the font size times the scale of the drawing
    "small_text": """() => [...document.querySelectorAll("svg text")]
      .filter(t => t.getClientRects().length)
      .map(t => {
        const drawn = t.getScreenCTM(), size = parseFloat(getComputedStyle(t).fontSize);
        return [size * Math.hypot(drawn.a, drawn.b), t.textContent.trim()];
      })
      .filter(([size, text]) => text && size < 11)
      .map(([size, text]) => `${size.toFixed(1)} px: ${text}`)""",
    "figures": """() => [...document.querySelectorAll(
        "main :is(img, svg[role=img], svg[role=list])")]
      .map(f => (f.getAttribute("alt") ?? f.getAttribute("aria-label") ?? "").trim())""",
    "hidden_figures": """() => [...document.querySelectorAll("main figure")]
      .filter(f => !f.checkVisibility()).map(f => f.outerHTML.slice(0, 120))""",
    # an <a> in an SVG has no plain address of its own
    "links": """() => [...document.querySelectorAll("a[href]")]
      .map(a => new URL(a.getAttribute("href"), document.baseURI).href)""",
    "ids": "() => [...document.querySelectorAll('[id]')].map(e => e.id)",
    "words": "() => document.querySelector('main')?.innerText.length ?? 0",
    "visible": """() => ["h1", "button.theme", ".done", ".progress", ".take-away"]
      .filter(css => document.querySelector(css)?.checkVisibility())""",
    # a fold opens by the browser's own means if it begins with what is clicked
    "stuck_folds": """() => [...document.querySelectorAll("main details")]
      .filter(d => d.firstElementChild?.tagName !== "SUMMARY" || !d.firstElementChild.innerText)
      .map(d => d.outerHTML.slice(0, 120))""",
    "exercises": "() => [...document.querySelectorAll('.exercise')].map("
    "e => e.querySelector(':scope > h3')?.innerText)",
    "solutions": "() => [...document.querySelectorAll('details.solution > summary')]"
    ".map(s => s.innerText)",
    # tables of up to four columns that have to be scrolled
    "scrolled_tables": """() => [...document.querySelectorAll(".ka-table")]
      .filter(t => t.querySelectorAll("thead th").length <= 4 && t.offsetParent
        && t.scrollWidth > t.clientWidth).map(t => t.innerText.slice(0, 80))""",
    # each with the number of values its controls have
    "explorers": """() => [...document.querySelectorAll(".ka-explorer")].map(e => [e.dataset.name,
      [...e.querySelectorAll(".ka-controls :is(input, select)")]
        .map(c => c.options?.length ?? Number(c.max) + 1)])""",
}


class Axe:
    """`axe(page, view)` → what axe finds there, of all or `within` a part of the page."""

    def __init__(self, path):
        self.script = path.read_text("utf-8")

    def __call__(self, page, view, within=None):
        if not page.evaluate("'axe' in window"):
            page.evaluate(self.script)
        return page.evaluate(AXE, [within, AXE_VIEWS[view]])


class Look:
    """`look(page, view)` → what a reader's browser met there; each is visited once."""

    def __init__(self, browser, server, axe):
        self.browser, self.server, self.axe = browser, server, axe
        self.seen, self.contexts = {}, {}

    def __call__(self, page, view="light"):
        if (page, view) not in self.seen:
            self.seen[page, view] = self.visit(page, view)
        return self.seen[page, view]

    def context(self, view):
        if view not in self.contexts:
            self.contexts[view] = self.browser.new_context(**READERS[view])
        return self.contexts[view]

    def visit(self, address, view):
        seen = SimpleNamespace(foreign=[], failed=[], console=[], requests=0, weight=0, axe=[])
        base = self.server.root.as_uri() + "/" if view == FROM_DISK else self.server.base
        page = self.context(view).new_page()

        def on_request(request):
            if request.url.startswith(("data:", "blob:")):
                return
            seen.requests += 1
            if not request.url.startswith(base):
                seen.foreign.append(request.url)

        def on_response(response):
            seen.weight += int(response.headers.get("content-length", 0))
            if response.status >= 400:
                seen.failed.append(f"{response.status} {response.url}")

        def on_failure(request):
            seen.failed.append(f"{request.failure} {request.url}")

        page.on("request", on_request)
        page.on("response", on_response)
        page.on("requestfailed", on_failure)
        page.on("console", lambda m: m.type in ("error", "warning") and seen.console.append(m.text))
        page.on("pageerror", lambda error: seen.console.append(str(error)))
        page.goto(base + address, wait_until="load")
        page.evaluate(OPEN_ALL)
        page.wait_for_timeout(100)  # what is asked for late is counted, too
        for name, script in WRITTEN_DOWN.items():
            setattr(seen, name, page.evaluate(script))
        if view in AXE_VIEWS:
            seen.axe = self.axe(page, view)
        page.remove_listener("requestfailed", on_failure)  # leaving may cancel the icon
        page.close()
        return seen
