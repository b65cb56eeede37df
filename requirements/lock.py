"""Renew the locks: exact versions with hashes, for every Python and system, without addresses.

    python requirements/lock.py             write requirements/*.txt
    python requirements/lock.py --dry-run   only say what would change

What may be installed is said in pyproject.toml; this writes down what that is today. It needs the
resolver uv, which it installs beside itself when missing. Where packages come from is the business
of the machine that installs them, so a lock names no place.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLOTS = ["--extra", "plot", "--extra", "widgets"]
ENGINES = ["--extra", "fast", "--extra", "spark"]
AS_BOOK = ["--constraint", "{made}/book.txt"]  # one .venv serves book, test and lab
LOCKS = {  # in an order in which one may constrain the next
    "book": ["--group", "book", *PLOTS],
    "test": ["--group", "test", *PLOTS, *ENGINES, "--extra", "cli", *AS_BOOK],
    "lab": ["--group", "lab", *PLOTS, *AS_BOOK],
    "bench": ["--group", "bench", "--extra", "fast", "--extra", "plot"],
    "lowest": [
        *("--group", "lowest", "--extra", "fast", "--extra", "cli", *PLOTS),
        *("--resolution", "lowest-direct"),
    ],
}
HOW = ["--universal", "--python-version", "3.11", "--generate-hashes"]
HOW += ["--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"]


def resolve(name: str, made: str) -> None:
    """Write one lock into a folder that holds the locks it depends on."""
    options = [option.format(made=made) for option in LOCKS[name]]
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options, *HOW]
    subprocess.run([*command, "--output-file", f"{made}/{name}.txt"], cwd=ROOT, check=True)


def versions(lock: Path) -> set[str]:
    """Return the pinned packages of a lock, without hashes."""
    return set(re.findall(r"^[\w.\[\]-]+==[^\s\\;]+", lock.read_text("utf8"), flags=re.M))


def check(lock: Path) -> None:
    """Refuse a lock that names a place or leaves a package without a hash."""
    for entry in re.split(r"\n(?=\S)", lock.read_text("utf8").strip()):
        if "--hash=sha256:" not in entry or re.search(r"://|^-|\bfile:| @ ", entry):
            raise SystemExit(f"{lock.name}: not a pinned version with hashes:\n{entry}")


def main() -> None:
    """Resolve every lock in a folder of its own, and put them in place only when all are sound."""
    parser = argparse.ArgumentParser(description="Renew the hashed locks.")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    dry = parser.parse_args().dry_run
    if find_spec("uv") is None:
        groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["dependency-groups"]
        install = [sys.executable, "-m", "pip", "install", "--quiet", *groups["lock"]]
        subprocess.run(install, check=True)
    with tempfile.TemporaryDirectory() as made:
        for name in LOCKS:
            resolve(name, made)
            check(Path(made, f"{name}.txt"))
        for name in LOCKS:
            new, old = Path(made, f"{name}.txt"), ROOT / "requirements" / f"{name}.txt"
            before, after = (versions(f) if f.exists() else set() for f in (old, new))
            print(f"{old.name}: {len(after)} packages, {len(after - before)} new or renewed")
            for line in sorted(after - before):
                print(f"  {line}")
            if not dry:
                old.write_bytes(new.read_bytes())


if __name__ == "__main__":
    main()
