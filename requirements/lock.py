"""Renew the locks: exact versions with hashes, for every Python and system, without addresses.

python requirements/lock.py

What may be installed is said in pyproject.toml; this only writes down what that is today. It
needs the resolver uv, which it installs beside itself when missing.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLOTS = ["--extra", "plot", "--extra", "widgets"]
ENGINES = ["--extra", "fast", "--extra", "spark"]
UNIVERSAL = ["--universal", "--python-version", "3.11"]
AS_BOOK = ["--constraint", "requirements/book.txt"]  # one .venv serves book, test and lab
LOCKS = {
    "book": ["--group", "book", *PLOTS, *UNIVERSAL],
    "test": ["--group", "test", *PLOTS, *ENGINES, *UNIVERSAL, *AS_BOOK],
    "lab": ["--group", "lab", *PLOTS, *UNIVERSAL, *AS_BOOK],
    "bench": ["--group", "bench", "--extra", "fast", "--extra", "plot", *UNIVERSAL],
    "lowest": [
        "--group", "lowest", "--extra", "fast", "--extra", "plot", *UNIVERSAL,
        "--resolution", "lowest-direct",
    ],
}  # fmt: skip


def main() -> None:
    """Write requirements/*.txt, in an order in which one may constrain the next."""
    if find_spec("uv") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    for name, options in LOCKS.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options]
        command += ["--upgrade", "--generate-hashes", "--no-emit-index-url", "--no-header"]
        command += ["--no-annotate", "--quiet", "--output-file", f"requirements/{name}.txt"]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
