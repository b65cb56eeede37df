"""Renew the locks: exact versions with hashes, for every Python and system, without addresses.

    python requirements/lock.py                 write requirements/*.txt
    python requirements/lock.py --keep          the same, renewing only what pyproject.toml changed
    python requirements/lock.py --dry-run       only say what would change
    python requirements/lock.py --try 23.0.1    install each lock with that pip, or with `newest`

What may be installed is said in pyproject.toml; this writes down what that is today. It needs the
resolver uv, which it installs beside itself when missing. Where packages come from is the business
of the machine that installs them, so a lock names no place.

Locks are installed without looking for what they need (`--no-deps`): a pip that looks finds a
newer version of it one day, and no hash for that. So a lock has to be closed: whatever one of its
packages asks for, extras too, is in it. One that is not is refused.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
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


def resolve(source: str, made: Path, *options: str) -> None:
    """Write down what the packages that a file asks for are today, and all that those need."""
    command = [sys.executable, "-m", "uv", "pip", "compile", source, *options, *HOW]
    subprocess.run([*command, "--output-file", str(made)], cwd=ROOT, check=True)


def versions(lock: Path) -> set[str]:
    """Return the pinned packages of a lock, without extras and hashes."""
    pins = re.findall(r"^([\w.-]+)\S*(==[^\s\\;]+)", lock.read_text("utf8"), flags=re.M)
    return {name + version for name, version in pins}


def check(lock: Path, again: Path) -> None:
    """Refuse a lock that names a place, leaves a package without a hash, or is not closed.

    `again` is what comes out when the lock itself is resolved.
    """
    for entry in re.split(r"\n(?=\S)", lock.read_text("utf8").strip()):
        if "--hash=sha256:" not in entry or re.search(r"://|^-|\bfile:| @ ", entry):
            raise SystemExit(f"{lock.name}: not a pinned version with hashes:\n{entry}")
    if missing := versions(again) - versions(lock):
        raise SystemExit(f"{lock.name}: not closed, it lacks {', '.join(sorted(missing))}")


def renew(keep: bool, dry: bool) -> None:
    """Resolve every lock in a folder of its own, and put them in place only when all are sound."""
    if find_spec("uv") is None:
        groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["dependency-groups"]
        install = [sys.executable, "-m", "pip", "install", "--quiet", *groups["lock"]]
        subprocess.run(install, check=True)
    with tempfile.TemporaryDirectory() as folder:
        made, again = Path(folder), Path(folder, "again.txt")
        for name, options in LOCKS.items():
            new = made / f"{name}.txt"
            if keep:  # versions of a file that is there stay as far as they may
                shutil.copyfile(ROOT / "requirements" / new.name, new)
            resolve("pyproject.toml", new, *(option.format(made=made) for option in options))
            again.unlink(missing_ok=True)
            resolve(str(new), again)
            check(new, again)
        for name in LOCKS:
            new, old = made / f"{name}.txt", ROOT / "requirements" / f"{name}.txt"
            before, after = (versions(f) if f.exists() else set() for f in (old, new))
            print(f"{old.name}: {len(after)} packages, {len(after - before)} new or renewed")
            for line in sorted(after - before):
                print(f"  {line}")
            if not dry:
                old.write_bytes(new.read_bytes())


def install(name: str, pip: str) -> None:
    """Install a lock as the Makefile does, with one version of pip, and throw it away.

    What `pip check` or a hash does not agree with is an error.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        at = Path(folder, "Scripts" if sys.platform == "win32" else "bin", "python")

        def run(*words: str) -> None:
            command = [str(at), "-m", "pip", "--disable-pip-version-check", *words]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{name}.txt with pip {pip}: {' '.join(words)}\n{done.stdout}")

        run("install", "--quiet", *(["-U", "pip"] if pip == "newest" else [f"pip=={pip}"]))
        for lock in ["book", name] if name == "test" else [name]:  # .venv begins with book.txt
            hashed = ["--require-hashes", "-r", f"requirements/{lock}.txt"]
            run("install", "--quiet", "--no-deps", "--no-build-isolation", *hashed)
        run("check")
    print(f"{name}.txt: installed with pip {pip} on Python {sys.version.split()[0]}", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Renew the hashed locks, or try them.")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    parser.add_argument("--keep", action="store_true", help="renew only what an edit asks for")
    parser.add_argument("--try", dest="pip", metavar="PIP", help="install each lock with this pip")
    parser.add_argument("lock", nargs="*", default=[*LOCKS], help="with --try: only these")
    asked = parser.parse_args()
    if asked.pip is None:
        renew(asked.keep, asked.dry_run)
    for name in asked.lock if asked.pip else []:
        install(name, asked.pip)


if __name__ == "__main__":
    main()
