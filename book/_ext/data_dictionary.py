"""`{data-dictionary}`: every data set of the course, column by column, from data/datapackage.json.

The file is the one source (Frictionless Data Package); a test elsewhere holds it and the data
together, so this page cannot drift from either. Tables are shown by area, the answer key folded.
"""

import json
import re
from itertools import groupby
from pathlib import Path

from docutils import nodes
from keyaccounts.escapes import as_markdown, escaped, plain
from methods import list_table
from sphinx.util.docutils import SphinxDirective

SOURCE = "data/datapackage.json"
UNITLESS = ("", "none", "1")
AREAS = {
    "real": ("Real data", "Bought, given and answered by people who never heard of this course."),
    "cards": (
        "The simulated company: cards",
        "An auto-service group that does not exist, in a city that does not exist, makes up the "
        "rest: every name in it is invented, every table fits every other, and all of it comes "
        "from one seed. Its tables are CC BY 4.0, as the book. First, what it has written down "
        "about its customers.",
    ),
    "prospecting": (
        "The simulated company: prospecting",
        "How it looks for customers, and what sellers report while a contract is in the air.",
    ),
    "money": (
        "The simulated company: money",
        "What customers order and pay, and what serving them takes.",
    ),
    "talks": ("The simulated company: talks", "What was said and asked in sales calls."),
    "care": (
        "The simulated company: care",
        "How customers are looked after, and what they say about it.",
    ),
    "truth": (
        "The answer key",
        "What was planted in the simulated company. Estimate first, compare then: these tables "
        "load only when you ask for them with `truth=True`.",
    ),
}


def number(value):
    """Write a bound: 23,570, but 1997-01-01 and the year 2022 as they are."""
    if isinstance(value, str):
        return value
    return (f"{value:,}" if abs(value) >= 10_000 else str(value)).replace("-", "−")


def values(field):
    """Say in a few words what stands in a column: kind, unit, range."""
    bounds = field.get("constraints", {})
    words = [field["type"]]
    if field["unit"] not in UNITLESS and field["type"] not in ("date", "datetime"):
        words.append(f"in {field['unit']}")
    if "enum" in bounds:
        words.append("one of " + ", ".join(map(str, bounds["enum"])))
    low, high = bounds.get("minimum"), bounds.get("maximum")
    if low is not None and high is not None:
        words.append(f"{number(low)} to {number(high)}")
    elif low is not None:
        words.append(f"at least {number(low)}")
    elif high is not None:
        words.append(f"at most {number(high)}")
    if bounds.get("unique"):
        words.append("each only once")
    if not bounds.get("required"):
        words.append("may be empty")
    return ", ".join(words)


def targets(schema):
    """Return for each column that points to other tables the columns it points to."""
    found = {}
    for key in schema.get("foreignKeys", []):
        there = key["reference"]
        for column, other in zip(key["fields"], there["fields"], strict=True):
            found[column] = [f"{there['resource']}.{other}"]
    return found | {key["field"]: key["in"] for key in schema.get("oneOf", [])}


def code(text):
    """Write a name as code; a longer fence holds a name with backticks."""
    text = " ".join(plain(text).split())
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence} {text} {fence}"


def facts(table):
    """How to load it and how much it is; of real data also whence, and what one may do."""
    asked = ", truth=True" if table["area"] == "truth" else ""
    lines = [f'Load it: `ka.datasets.load("{table["name"]}"{asked})`']
    where = f"file `data/{table['path']}`" if "path" in table else "in another package"
    made = f", made by `data/{table['made_by']}`" if "made_by" in table else ""
    lines.append(f"{table['rows']:,} rows, {where}{made}")
    if table["area"] == "real":
        lines += [f"Source: {as_markdown(source['title'])}" for source in table["sources"]]
        lines.append("Cite: {cite}`" + ",".join(table["bibliography"]) + "`")
        lines += [f"Terms: {as_markdown(terms['title'])}" for terms in table["licenses"]]
    return "\n".join(f"- {line}" for line in lines)


def columns(table):
    """One row a column: its names, what it means, what stands in it. A series is one row."""
    schema = table["schema"]
    primary, points = schema.get("primaryKey", []), targets(schema)
    whole = "Primary key" if len(primary) == 1 else "Part of the primary key"
    rows = [[["Column"], ["Meaning"], ["Values"]]]
    for name, (first, *others) in groupby(schema["fields"], lambda f: f.get("series", f["name"])):
        chinese = " … ".join([first["chinese"], *(f["chinese"] for f in others[-1:])])
        says = [as_markdown(values(first))]
        if first["name"] in primary:
            says.append(whole)
        if first["name"] in points:
            says.append("→ " + " or ".join(map(pointer, points[first["name"]])))
        if "group" in first:
            says.append(f"Group: {first['group'].replace('_', ' ')}")
        rows.append(
            [
                [f'{code(name)}<br><span lang="zh-Hans">{as_markdown(chinese)}</span>'],
                [first["description"] + (" The others likewise." if others else "")],
                says,
            ]
        )
    return list_table(rows, "dictionary")


def pointer(column):
    """Link orders.order_id to its table on this page."""
    link = f"#data-{column.partition('.')[0]}"
    return f'<a class="reference internal" href="{link}">`{column}`</a>'


def described(table):
    return "\n\n".join([table["description"], facts(table), columns(table)])


class DataDictionary(SphinxDirective):
    def run(self):
        path = Path(self.env.srcdir) / SOURCE
        self.env.note_dependency(str(path))
        package = json.loads(path.read_text("utf-8"))
        tables = [*package["resources"], *package["external"]]
        return [
            self.area(area, [t for t in tables if t["area"] == area])
            for area in AREAS
            if any(t["area"] == area for t in tables)
        ]

    def area(self, area, tables):
        title, text = AREAS[area]
        if area != "truth":
            parts = [self.section(t["name"], plain(t["title"]), described(t)) for t in tables]
            return self.section(f"of-{area}", title, text, parts)
        answers = [
            f'<p id="data-{t["name"]}"><strong>{escaped(t["title"])}</strong></p>\n\n{described(t)}'
            for t in tables
        ]
        folded = [":::{admonition} What the answers look like\n:class: dropdown", *answers, ":::"]
        return self.section(f"of-{area}", title, "\n\n".join([text, *folded]))

    def section(self, name, title, text, parts=()):
        """Make a section whose anchor is the name as it is, which no heading of MyST has."""
        section = nodes.section(ids=[f"data-{name}"], names=[f"data-{name}"])
        section += nodes.title("", title)
        section += [*self.parse_text_to_nodes(text), *parts]
        return section


def setup(app):
    app.add_directive("data-dictionary", DataDictionary)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
