"""Run notebooks in the same surroundings everywhere.

What a machine or a user has set would reach the pages: MPLBACKEND leaves them without figures, a
matplotlibrc gives figures another look, IPython runs files at its start. And where a home cannot be
written, or a list of fonts is not made yet, matplotlib and IPython say so on stderr, which is taken
for output of the page. So kernels get a home of their own, with the list of fonts in it.

The build, the tests and `make run` all settle here.
"""

import os
import subprocess
import sys
from importlib import metadata, util
from pathlib import Path

# a kernel warns at each start that this machine talks to itself unencrypted
KERNEL = 'c.IPKernelApp.log_level = "ERROR"\n'
SET_BY_OTHERS = ("MPLBACKEND", "MATPLOTLIBRC", "PYTHONSTARTUP", "JUPYTER_PATH")
HOMES = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")


def settle(root):
    """Give this process, and every kernel it starts, a home below the folder `_build`."""
    for name in SET_BY_OTHERS:
        os.environ.pop(name, None)
    home = Path(root) / "_build" / ".home"
    for name in HOMES:
        os.environ[name] = str(home / name.lower())
        (home / name.lower()).mkdir(parents=True, exist_ok=True)
    profile = home / "ipythondir" / "profile_default"
    profile.mkdir(exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL, "utf-8", newline="\n")
    if util.find_spec("matplotlib"):
        make_font_list(home / f"matplotlib-{metadata.version('matplotlib')}")


def make_font_list(folder):
    """Make what matplotlib makes when it is first asked for a font; it warns if that takes long."""
    os.environ["MPLCONFIGDIR"] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob("fontlist-*.json")):
        subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], check=False)


def setup(app):
    app.connect("config-inited", lambda app, config: settle(app.srcdir))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
