"""`{data-dictionary}`: every data set of the course, column by column, from data/datapackage.json.

The file is the one source (Frictionless Data Package); a test elsewhere holds it and the data
together, so this page cannot drift from either.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

SOURCE = "data/datapackage.json"
UNITLESS = ("", "none", "1")


def number(value):
    """Write a bound: 23,570, but 1997-01-01 as it is."""
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)


def values(field):
    """Say in a few words what stands in a column: kind, unit, range."""
    bounds = field.get("constraints", {})
    words = [field["type"]]
    if field.get("unit", "") not in UNITLESS:
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


class DataDictionary(SphinxDirective):
    def run(self):
        path = Path(self.env.srcdir) / SOURCE
        self.env.note_dependency(str(path))
        package = json.loads(path.read_text("utf-8"))
        return [self.resource(r, package) for r in package["resources"]]

    def resource(self, resource, package):
        name = resource["name"]
        section = nodes.section(ids=[f"data-{name}"], names=[f"data-{name}"])
        section += nodes.title("", resource["title"])
        section += self.parse_text_to_nodes(resource.get("description", ""))
        section += self.facts(resource, package)
        section += self.columns(resource)
        return section

    def facts(self, resource, package):
        """How to load it, how much it is, where it comes from, what one may do with it."""
        lines = [f'Load it: `ka.datasets.load("{resource["name"]}")`']
        size = f"{resource['rows']:,} rows, " if "rows" in resource else ""
        made = f", made by `data/{resource['made_by']}`" if "made_by" in resource else ""
        lines.append(f"{size}file `data/{resource['path']}`{made}")
        for source in resource.get("sources", package.get("sources", [])):
            where = (
                f"[{source['title']}]({source['path']})" if "path" in source else source["title"]
            )
            lines.append(f"Source: {where}")
        if resource.get("bibliography"):
            lines.append("Cite: {cite}`" + ",".join(resource["bibliography"]) + "`")
        for licence in resource.get("licenses", package.get("licenses", [])):
            lines.append(f"Terms: {licence.get('title', licence['name'])}")
        return self.parse_text_to_nodes("\n".join(f"- {line}" for line in lines))

    def columns(self, resource):
        """One row a column: its name here and in Chinese, what it means, what stands in it."""
        heads = ("Column", "Meaning", "Values")
        rows = []
        for field in resource["schema"]["fields"]:
            name = nodes.paragraph("", "", nodes.literal("", field["name"]))
            if field.get("chinese"):
                name += nodes.raw("", "<br>", format="html")
                name += nodes.raw(
                    "", f'<span lang="zh-Hans">{field["chinese"]}</span>', format="html"
                )
            meaning = self.parse_text_to_nodes(field.get("description", field.get("title", "")))
            rows.append(([name], meaning, [nodes.paragraph("", values(field))]))
        group = nodes.tgroup("", cols=3)
        group += [nodes.colspec(colwidth=w) for w in (25, 45, 30)]
        group += nodes.thead(
            "", nodes.row("", *(nodes.entry("", nodes.paragraph("", head)) for head in heads))
        )
        body = nodes.tbody()
        body += [nodes.row("", *(nodes.entry("", *cell) for cell in row)) for row in rows]
        group += body
        return nodes.table("", group, classes=["dictionary"])


def setup(app):
    app.add_directive("data-dictionary", DataDictionary)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
