"""Run notebooks in the same surroundings everywhere.

A machine that sets MPLBACKEND (test runners and CI often do) would get pages without figures: the
kernel draws into the page only if nobody told matplotlib otherwise.
"""

import os


def clear(app, config):
    os.environ.pop("MPLBACKEND", None)


def setup(app):
    app.connect("config-inited", clear)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
