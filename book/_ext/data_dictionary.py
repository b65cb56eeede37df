"""`{data-dictionary}`: every data set of the course, column by column, from data/datapackage.json.

The file is the one source (Frictionless Data Package); a test elsewhere holds it and the data
together, so this page cannot drift from either. Tables are shown by area, the answer key folded.
"""

import json
from itertools import groupby
from pathlib import Path

from docutils import nodes
from keyaccounts.escapes import as_markdown, escaped, plain
from sphinx.util.docutils import SphinxDirective

SOURCE = "data/datapackage.json"
UNITLESS = ("", "none", "1")
AREAS = {
    "real": (
        "Real data",
        "Bought, given and answered by people who never heard of this course.",
    ),
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
        section = nodes.section(ids=[f"data-of-{area}"], names=[f"data-of-{area}"])
        section += nodes.title("", title)
        section += self.parse_text_to_nodes(text)
        if area == "truth":
            folded = nodes.admonition("", classes=["dropdown"])
            folded += nodes.title("", "What the answers look like")
            for table in tables:
                folded += nodes.paragraph(
                    "", "", nodes.strong("", plain(table["title"])), ids=[f"data-{table['name']}"]
                )
                folded += self.described(table)
            section += folded
            return section
        for table in tables:
            part = nodes.section(ids=[f"data-{table['name']}"], names=[f"data-{table['name']}"])
            part += nodes.title("", plain(table["title"]))
            part += self.described(table)
            section += part
        return section

    def described(self, table):
        return [
            *self.parse_text_to_nodes(table["description"]),
            *self.facts(table),
            self.columns(table),
        ]

    def facts(self, table):
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
        return self.parse_text_to_nodes("\n".join(f"- {line}" for line in lines))

    def columns(self, table):
        """One row a column: its names, what it means, what stands in it. A series is one row."""
        heads = ("Column", "Meaning", "Values")
        schema = table["schema"]
        primary, points = schema.get("primaryKey", []), targets(schema)
        rows = []
        for _, fields in groupby(schema["fields"], lambda f: f.get("series", f["name"])):
            first, *others = fields
            name = nodes.paragraph(
                "", "", nodes.literal("", plain(first.get("series", first["name"])))
            )
            chinese = [first["chinese"], *(f["chinese"] for f in others[-1:])]
            name += nodes.raw("", "<br>", format="html")
            name += nodes.raw(
                "", f'<span lang="zh-Hans">{escaped(" … ".join(chinese))}</span>', format="html"
            )
            more = " The others likewise." if others else ""
            meaning = self.parse_text_to_nodes(first["description"] + more)
            says = [nodes.paragraph("", plain(values(first)))]
            if first["name"] in primary:
                whole = "Primary key" if len(primary) == 1 else "Part of the primary key"
                says.append(nodes.paragraph("", whole))
            if first["name"] in points:
                says.append(self.pointer(points[first["name"]]))
            if "group" in first:
                group = f"Group: {first['group'].replace('_', ' ')}"
                says.append(nodes.paragraph("", group))
            rows.append(([name], meaning, says))
        group = nodes.tgroup("", cols=3)
        group += [nodes.colspec(colwidth=w) for w in (25, 45, 30)]
        group += nodes.thead(
            "", nodes.row("", *(nodes.entry("", nodes.paragraph("", head)) for head in heads))
        )
        body = nodes.tbody()
        body += [nodes.row("", *(nodes.entry("", *cell) for cell in row)) for row in rows]
        group += body
        return nodes.table("", group, classes=["dictionary"])

    def pointer(self, columns):
        """→ orders.order_id, each a link to its table on this page."""
        line = nodes.paragraph("", "→ ")
        for place, column in enumerate(columns):
            if place:
                line += nodes.Text(" or ")
            link = nodes.reference("", "", internal=True, refid=f"data-{column.split('.')[0]}")
            link += nodes.literal("", column)
            line += link
        return line


def setup(app):
    app.add_directive("data-dictionary", DataDictionary)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
