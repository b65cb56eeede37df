"""Open a page as one kind of reader and write down what the browser met."""

from dataclasses import dataclass, field

VIEWS = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 812}, "color_scheme": "light"},
    "small phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}

AXE_VIEWS = ("light", "dark", "phone")  # the small phone differs by its width only
OPEN_ALL = "for (const d of document.querySelectorAll('details')) d.open = true"
# wcag2a to wcag22aa and best practices; nothing is left out
AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  v => `${v.id}: ${v.help}: ` + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "))"""
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
# as drawn: the font size times the scale of the drawing
SMALL_TEXT = """() => [...document.querySelectorAll("svg text")]
  .filter(t => t.getClientRects().length)
  .map(t => {
    const drawn = t.getScreenCTM(), size = parseFloat(getComputedStyle(t).fontSize);
    return [size * Math.hypot(drawn.a, drawn.b), t.textContent.trim()];
  })
  .filter(([size, text]) => text && size < 11)
  .map(([size, text]) => `${size.toFixed(1)} px: ${text}`)"""
FIGURES = """() => [...document.querySelectorAll("main :is(img, svg[role=img], svg[role=list])")]
  .map(f => (f.getAttribute("alt") ?? f.getAttribute("aria-label") ?? "").trim())"""
# an <a> in an SVG has no plain address of its own
LINKS = """() => [...document.querySelectorAll("a[href]")]
  .map(a => new URL(a.getAttribute("href"), document.baseURI).href)"""
IDS = "() => [...document.querySelectorAll('[id]')].map(e => e.id)"


@dataclass
class Seen:
    """What was met on one page in one view."""

    foreign: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    console: list = field(default_factory=list)
    requests: int = 0
    weight: int = 0
    axe: list = field(default_factory=list)
    wide: list = field(default_factory=list)
    small_text: list = field(default_factory=list)
    figures: list = field(default_factory=list)
    links: list = field(default_factory=list)
    ids: set = field(default_factory=set)


class Look:
    def __init__(self, browser, server, axe):
        self.browser, self.server, self.axe = browser, server, axe
        self.seen, self.contexts = {}, {}

    def __call__(self, page, view="light"):
        if (page, view) not in self.seen:
            self.seen[page, view] = self.visit(page, view)
        return self.seen[page, view]

    def context(self, view):
        if view not in self.contexts:
            self.contexts[view] = self.browser.new_context(**VIEWS[view])
        return self.contexts[view]

    def visit(self, address, view):
        seen, base = Seen(), self.server.base
        page = self.context(view).new_page()

        def on_request(request):
            if request.url.startswith(("data:", "blob:")):
                return
            seen.requests += 1
            if not request.url.startswith(self.server.origin):
                seen.foreign.append(request.url)

        def on_response(response):
            seen.weight += int(response.headers.get("content-length", 0))
            if response.status >= 400:
                seen.failed.append(f"{response.status} {response.url}")

        page.on("request", on_request)
        page.on("response", on_response)
        page.on("requestfailed", lambda r: seen.failed.append(f"{r.failure} {r.url}"))
        page.on("console", lambda m: m.type in ("error", "warning") and seen.console.append(m.text))
        page.on("pageerror", lambda error: seen.console.append(str(error)))
        page.goto(base + address, wait_until="load")
        page.evaluate(OPEN_ALL)
        page.wait_for_timeout(100)  # what is asked for late is counted, too
        seen.wide = page.evaluate(WIDE)
        seen.small_text = page.evaluate(SMALL_TEXT)
        seen.figures = page.evaluate(FIGURES)
        seen.links = page.evaluate(LINKS)
        seen.ids = set(page.evaluate(IDS))
        if view in AXE_VIEWS:
            page.evaluate(self.axe.read_text("utf-8"))
            seen.axe = page.evaluate(AXE)
        page.close()
        return seen
