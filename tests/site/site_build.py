"""Build a book as `make book` does, into a folder of one's own: in this process, or by the command.

Warnings are errors, and unresolved references are warnings.
"""

import importlib
import io
import os
import re
import subprocess
import sys
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

ANSI = re.compile(r"\x1b\[[0-9;]*m")
RUN = "from jupyter_book.cli.main import main; main()"


def ours():
    """Take the modules of book/_ext, whichever book they are from, out of those imported."""
    found = [
        name
        for name, module in sys.modules.items()
        if Path(getattr(module, "__file__", None) or "").parent.parts[-2:] == ("book", "_ext")
    ]
    return {name: sys.modules.pop(name) for name in found}


@contextmanager
def its_own(source, env):
    """Import the extensions of this book, and leave this process as it was."""
    before = ours()
    importlib.invalidate_caches()
    path = [str(source / "book/_ext"), *sys.path]
    try:
        with (
            mock.patch.dict(os.environ, env),
            mock.patch.object(sys, "path", path),
            warnings.catch_warnings(action="ignore"),
        ):
            yield
    finally:
        ours()
        sys.modules.update(before)


def build(source, output, execute="cache", **env):
    """Return what the build stopped for, in its words; nothing if all is well.

    `execute` is "off" where pages show the outputs they were committed with.
    """
    from jupyter_book.sphinx import build_sphinx

    given = {
        "external_toc_path": str(source / "_toc.yml"),
        "latex_individualpages": False,
        "nb_execution_mode": execute,
        "nitpicky": True,
    }
    said = io.StringIO()
    with its_own(source, env), redirect_stdout(io.StringIO()), redirect_stderr(said):
        failed = build_sphinx(
            source,
            output / "_build/html",
            path_config=source / "_config.yml",
            noconfig=True,
            confoverrides=given,
            warningiserror=True,
            keep_going=True,
        )
    return ANSI.sub("", said.getvalue()) or str(failed) if failed else ""


def run(source, output, **env):
    """Run Jupyter Book as a command, in surroundings of its own."""
    options = ["-W", "-n", "--keep-going", "--path-output", str(output)]
    return subprocess.run(
        [sys.executable, "-c", RUN, "build", str(source), *options],
        env={**os.environ, "NO_COLOR": "1", **env},
        capture_output=True,
        text=True,
        check=False,
    )
