"""Keep a number and its percent sign on one line."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

APART = re.compile(r"(?<=\d) (?=%)")
AS_TYPED = (nodes.literal, nodes.FixedTextElement, nodes.raw, nodes.math)


class KeepTogether(SphinxPostTransform):
    default_priority = 950
    formats = ("html",)

    def run(self, **kwargs):
        for holder in self.document.findall(nodes.Element):
            if isinstance(holder, AS_TYPED):
                continue
            for i, part in enumerate(holder.children):
                if isinstance(part, nodes.Text) and APART.search(part):
                    holder[i] = nodes.Text(APART.sub("\u00a0", part))


def setup(app):
    app.add_post_transform(KeepTogether)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
