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
# One load is seen by two readers: between them the theme changes, or the width of the window.
LOADS = {"light": ["light", "dark"], "phone": ["phone", "small phone"], NO_SCRIPT: [NO_SCRIPT]}
FROM_DISK = "phone"  # these readers have the site on a USB stick
READERS = {**VIEWS, NO_SCRIPT: {**VIEWS["phone"], "java_script_enabled": False}}

# What axe is asked in a view: all of wcag2a to wcag22aa and best practices in light; in dark what
# looks at colors; on a phone what does not, since its colors are those of the light theme.
COLORS = ["color-contrast", "link-in-text-block"]
AXE_VIEWS = {
    "light": {},
    "dark": {"runOnly": COLORS},
    "phone": {"rules": {rule: {"enabled": False} for rule in COLORS}},
}
# Contrast is most of its work, and the same wherever words look alike. `seen` are the looks that
# axe was shown in this view, on whichever page; of each other look it is shown the first words.
LOOKS = """seen => {
  const known = new Set(seen), added = [], behind = new Map();
  for (const old of document.querySelectorAll("[data-look]")) old.removeAttribute("data-look");
  const own = e => e.matches("input, select, textarea, button")
    || [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
  for (const element of document.body.querySelectorAll("*")) {
    if (!own(element) || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), look = [style.color, style.fontSize, style.fontWeight];
    for (let e = element, near = 3; e; e = e.parentElement, near--) {
      if (!behind.has(e)) {
        const { backgroundColor, backgroundImage, opacity, position } = getComputedStyle(e);
        behind.set(e, [backgroundColor, backgroundImage, opacity, position].join());
      }
      look.push(behind.get(e));
      if (near > 0) look.push(e.tagName, e.className.baseVal ?? e.className);
    }
    const words = look.join();
    if (known.has(words)) continue;
    known.add(words);
    added.push(words);
    element.dataset.look = "new";
  }
  return added;
}"""
AXE = """async ([within, rules, contrast]) => {
  axe.configure({rules: [{id: "color-contrast", selector: contrast}]});
  return (await axe.run(within ?? document, {resultTypes: ["violations"], preload: false, ...rules})
  ).violations.map(
    v => `${v.id}: ${v.help}: ` + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "));
}"""
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

    def __call__(self, page, view, within=None, contrast="*"):
        if not page.evaluate("'axe' in window"):
            page.evaluate(self.script)
        return page.evaluate(AXE, [within, AXE_VIEWS[view], contrast])


class Look:
    """`look(page, view)` → what a reader's browser met there; each is visited once."""

    def __init__(self, browser, server, axe):
        self.browser, self.server, self.axe = browser, server, axe
        self.seen, self.contexts = {}, {}
        self.looks = {"light": set(), "dark": set()}

    def __call__(self, page, view="light"):
        if (page, view) not in self.seen:
            first = next(first for first, views in LOADS.items() if view in views)
            for each, seen in self.visit(page, first):
                self.seen[page, each] = seen
        return self.seen[page, view]

    def context(self, view):
        if view not in self.contexts:
            self.contexts[view] = self.browser.new_context(**READERS[view])
        return self.contexts[view]

    def visit(self, address, first):
        """Yield what each view of a load finds; what the load asked for and said is all views'."""
        met = {"requests": [], "weights": [], "foreign": [], "failed": [], "console": []}
        base = self.server.root.as_uri() + "/" if first == FROM_DISK else self.server.base
        page = self.context(first).new_page()

        def on_request(request):
            if request.url.startswith(("data:", "blob:")):
                return
            met["requests"].append(request.url)
            if not request.url.startswith(base):
                met["foreign"].append(request.url)

        def on_response(response):
            met["weights"].append(int(response.headers.get("content-length", 0)))
            if response.status >= 400:
                met["failed"].append(f"{response.status} {response.url}")

        def on_failure(request):
            met["failed"].append(f"{request.failure} {request.url}")

        def on_console(message):
            if message.type in ("error", "warning"):
                met["console"].append(message.text)

        page.on("request", on_request)
        page.on("response", on_response)
        page.on("requestfailed", on_failure)
        page.on("console", on_console)
        page.on("pageerror", lambda error: met["console"].append(str(error)))
        page.goto(base + address, wait_until="load")
        page.evaluate(OPEN_ALL)
        page.wait_for_timeout(100)  # what is asked for late is counted, too
        for view in LOADS[first]:
            motion = "reduce" if view != first else None  # another theme is there at once
            page.emulate_media(color_scheme=READERS[view]["color_scheme"], reduced_motion=motion)
            page.set_viewport_size(READERS[view]["viewport"])
            found = {name: page.evaluate(script) for name, script in WRITTEN_DOWN.items()}
            if view in self.looks:
                added = page.evaluate(LOOKS, sorted(self.looks[view]))
                self.looks[view].update(added)
            if view in AXE_VIEWS:
                found["axe"] = self.axe(page, view, contrast="[data-look]")
            yield view, SimpleNamespace(**met, **found)
        page.remove_listener("requestfailed", on_failure)  # leaving may cancel the icon
        page.close()
