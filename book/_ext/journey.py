"""The course drawn as a journey of five stations (`{journey}`), and where a page stands on it.

Two drawings say the same: a wide one, and a tall one for phones; CSS shows one of them. The words
are SVG text, broken into lines here, so they are read, found and translated like any text. A
station is a link when its chapter exists; otherwise it says that it is in preparation.
"""

import textwrap
import tomllib
from functools import cache
from pathlib import Path

from docutils import nodes
from keyaccounts.escapes import escaped
from sphinx.util.docutils import SphinxDirective

SOURCE = Path(__file__).with_name("journey.toml")
COMING = "in preparation"
LABEL = "The journey in five stations, from a stranger to a partner"

# one simple sign per station, drawn in a box of 32 x 32 around the middle
SIGNS = {
    # a customer card
    "1-information": '<rect x="-13" y="-9.5" width="26" height="19" rx="2.5"/>'
    '<circle cx="-6" cy="-2.5" r="2.6"/><path d="M-10 5.5c0-5 8-5 8 0M3 -3h6M3 2h6"/>',
    # a looking glass
    "2-prospecting": '<circle cx="-2.5" cy="-2.5" r="8.5"/><path d="M4 4 12 12"/>',
    # the pyramid of customers
    "3-segmentation": '<path d="M0-12 13 11H-13ZM-4.5-4h9M-9 4H9"/>',
    # two circles that overlap: what an account needs, what you offer
    "4-penetration": '<circle cx="-5" cy="0" r="8.5"/><circle cx="5" cy="0" r="8.5"/>',
    # the key
    "5-service": '<circle cx="-6" cy="0" r="6"/><path d="M0 0H13M8.5 0V5.5M13 0V5.5"/>',
}


@cache
def stations():
    """Return the stations of journey.toml, numbered from one."""
    table = tomllib.loads(SOURCE.read_text("utf-8"))["station"]
    return [{"number": i, **row} for i, row in enumerate(table, start=1)]


def station_of(docname):
    """Return the station whose folder holds this page, or None."""
    return next((s for s in stations() if docname.startswith(f"book/{s['folder']}/")), None)


def words(css, text, x, y, width=60, step=21):
    """Return <text> of about `width` characters a line, and the y of the line after it."""
    rows = textwrap.wrap(text, width)
    spans = " ".join(
        f'<tspan x="{x}" y="{y + i * step}">{escaped(row)}</tspan>' for i, row in enumerate(rows)
    )
    return f'<text class="{css}">{spans}</text>', y + len(rows) * step


def name(station, x, y):
    number = f'<tspan class="number">{station["number"]}</tspan>'
    return f'<text class="name" x="{x}" y="{y}">{number} {escaped(station["name"])}</text>'


def medal(station, x, y, r):
    return (
        f'<circle class="halo" cx="{x}" cy="{y}" r="{r + 7}"/>'
        f'<circle class="medal" cx="{x}" cy="{y}" r="{r}"/>'
        f'<g class="sign" transform="translate({x} {y}) scale({r / 24:.3g})">'
        f"{SIGNS[station['folder']]}</g>"
    )


def states(urls):
    """Say of each station whether it is open; the first open one is where to start."""
    first = next((i for i, url in enumerate(urls) if url), None)
    return [
        COMING if not url else "open: start here" if i == first else "open"
        for i, url in enumerate(urls)
    ]


def sign_post(state, x, y, centered):
    """Show the state; where a page is open, in the middle of a small plate."""
    if state == COMING:
        return words("state", state, x, y)[0]
    width = 22 + round(6.6 * len(state))
    left = x - width // 2 if centered else x
    text, _ = words("state on-plate", state, left + width // 2, y)
    return f'<rect class="plate" x="{left}" y="{y - 16}" width="{width}" height="23" rx="4"/>{text}'


def item(station, url, inner):
    """Wrap a station as a list item: a link where there is a page."""
    css = f"station room-{station['number']}" + ("" if url else " coming")
    inner = f'<a href="{escaped(url)}">{inner}</a>' if url else inner
    return f'<g role="listitem" class="{css}">{inner}</g>'


# the land: four contour lines around the road of the wide drawing
LAND = """<g class="land" aria-hidden="true">
<path d="M-20 250C160 244 240 190 360 188S560 214 640 206S830 150 930 146S1100 118 1180 104"/>
<path d="M-20 234C130 230 230 170 350 168S560 196 626 188S820 134 920 128S1090 98 1180 84"/>
<path d="M40 40C140 6 240 4 330 24S480 84 570 66S700 6 790 2"/>
<path d="M90 66C170 34 260 30 322 48S470 106 560 90S690 34 770 24"/></g>"""


def wide(urls):
    """The drawing for screens: left to right, and the road climbs."""
    xs = (116, 348, 580, 812, 1044)
    ys = (196, 142, 166, 112, 76)
    road = "M-20 214C40 214 60 196 116 196" + "".join(
        f"S{x - 78} {y} {x} {y}" for x, y in zip(xs[1:], ys[1:], strict=True)
    )
    items = []
    for station, url, state, x, y in zip(stations(), urls, states(urls), xs, ys, strict=True):
        who, _ = words("who", station["who"], x, y - 46)
        says, below = words("says", station["sentence"], x, 304, width=27)
        how = sign_post(state, x, below + 10, centered=True)
        leader = f'<path class="leader" d="M{x} {y + 44}V246"/>'
        parts = leader, medal(station, x, y, 32), who, name(station, x, 274), says, how
        items.append(item(station, url, "".join(parts)))
    return svg("wide", 1160, 394, LAND + paved(road) + "".join(items))


def tall(urls):
    """The drawing for phones: top to bottom, and the words stand beside the road."""
    step, left = 136, 104
    xs = (42, 54, 40, 54, 42)
    ys = [44 + i * step for i in range(5)]
    road = f"M{xs[0]} {ys[0]}" + "".join(
        f"C{a} {y + step // 2} {b} {y + step // 2} {b} {y + step}"
        for a, b, y in zip(xs, xs[1:], ys, strict=False)
    )
    items = []
    for station, url, state, x, y in zip(stations(), urls, states(urls), xs, ys, strict=True):
        who, _ = words("who", station["who"], left, y - 21)
        says, below = words("says", station["sentence"], left, y + 24, width=33, step=20)
        how = sign_post(state, left, below + 4, centered=False)
        parts = medal(station, x, y, 26), who, name(station, left, y + 1), says, how
        items.append(item(station, url, "".join(parts)))
    return svg("tall", 343, ys[-1] + 86, paved(road) + "".join(items))


def paved(road):
    return f'<path class="road" d="{road}"/><path class="road-line" d="{road}"/>'


def svg(kind, width, height, inner):
    box = f'viewBox="0 0 {width} {height}"'
    return f'<svg class="journey {kind}" {box} role="list" aria-label="{LABEL}">{inner}</svg>'


class journey(nodes.General, nodes.Element):
    """Stands for the map until it is known where the chapters are, seen from this page."""


class Journey(SphinxDirective):
    """Draw the map."""

    def run(self):
        self.env.note_dependency(str(SOURCE))
        self.env.note_dependency(str(Path(self.env.srcdir) / "_toc.yml"))
        return [journey()]


def visit_journey(self, node):
    builder = self.builder
    here = builder.current_docname
    pages = [f"book/{s['folder']}/index" for s in stations()]
    urls = [
        builder.get_relative_uri(here, p) if p in builder.env.found_docs else None for p in pages
    ]
    self.body.append(f'<div class="map">{wide(urls)}{tall(urls)}</div>')
    raise nodes.SkipNode


def setup(app):
    app.add_node(journey, html=(visit_journey, None))
    app.add_directive("journey", Journey)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
