"""Build a book as `make book` does, into a folder of one's own."""

import os
import subprocess
import sys

RUN = "from jupyter_book.cli.main import main; main()"


def build(source, output, **env):
    """Run Jupyter Book; warnings are errors, and unresolved references are warnings."""
    options = ["-W", "-n", "--keep-going", "--path-output", str(output)]
    return subprocess.run(
        [sys.executable, "-c", RUN, "build", str(source), *options],
        env={**os.environ, "NO_COLOR": "1", **env},
        capture_output=True,
        text=True,
        check=False,
    )
