"""Environments that `make` makes: whole, of this folder, or made anew."""

import shutil
import subprocess

import pytest
from page_texts import ROOT

# Stands for python: makes a folder that looks like an environment, and writes down what it is told.
PYTHON = """#!/bin/sh
echo "$*" >>told.txt
case "$*" in
  *"-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *requirements/*) [ ! -e killed ] || kill -9 $$ ;;
esac
"""


@pytest.fixture
def checkout(tmp_path):
    """Return a folder with a space and an umlaut, with the Makefile and nothing to install."""
    folder = tmp_path / "mein kürs"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "pyproject.toml").touch()
    for name in ("book", "test", "lowest"):
        (folder / "requirements" / f"{name}.txt").touch()
    (folder / "python").write_text(PYTHON, "utf8")
    (folder / "python").chmod(0o755)
    return folder


def make(folder, *targets):
    """Return how make ends, and what it told python: "venv", a lock, or "check"."""
    (folder / "told.txt").write_text("", "utf8")
    done = subprocess.run(
        ["make", *targets, f"PYTHON={folder / 'python'}"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    words = {"-m venv": "venv", "/book.txt": "book", "/test.txt": "test", "/lowest.txt": "lowest"}
    words |= {"-e .": "package", "pip --disable-pip-version-check check": "check"}
    told = (folder / "told.txt").read_text("utf8").splitlines()
    return done.returncode, [w for line in told for sign, w in words.items() if sign in line]


WHOLE = ["venv", "book", "package", "check"]


def test_an_environment_is_made_once_and_tests_add_to_it(checkout):
    assert make(checkout, ".venv/.book") == (0, WHOLE)
    assert make(checkout, ".venv/.book") == (0, [])
    assert make(checkout, ".venv/.test") == (0, ["test", "package", "check"])
    assert make(checkout, ".venv-lowest/.ready") == (0, ["venv", "lowest", "package", "check"])
    assert make(checkout, ".venv-lowest/.ready", ".venv/.test", ".venv/.book") == (0, [])


def test_tests_alone_bring_the_book_first(checkout):
    assert make(checkout, ".venv/.test") == (0, [*WHOLE, "test", "package", "check"])


def test_what_was_cut_short_is_made_anew(checkout):
    (checkout / "killed").touch()
    assert make(checkout, ".venv/.book") == (2, ["venv", "book"])
    (checkout / "killed").unlink()
    assert make(checkout, ".venv/.book") == (0, WHOLE)
    (checkout / ".venv" / ".folder").write_text("", "utf8")  # killed before it had a python
    shutil.rmtree(checkout / ".venv" / "bin")
    assert make(checkout, ".venv/.book") == (0, WHOLE)


@pytest.mark.parametrize("way", [shutil.move, shutil.copytree])
def test_what_was_moved_or_copied_is_made_anew(checkout, way):
    assert make(checkout, ".venv/.book") == (0, WHOLE)
    other = checkout.with_name("other")
    way(checkout, other)
    assert make(other, ".venv/.book") == (0, WHOLE)
    assert make(other, ".venv/.book") == (0, [])


def test_one_whose_python_is_gone_is_made_anew(checkout):
    assert make(checkout, ".venv/.book") == (0, WHOLE)
    (checkout / ".venv" / "bin" / "python").unlink()
    assert make(checkout, ".venv/.book") == (0, WHOLE)


def test_one_made_without_make_is_kept(checkout):
    subprocess.run(["./python", "-m", "venv", ".venv"], cwd=checkout, check=True)
    assert make(checkout, ".venv/.book") == (0, WHOLE[1:])


def test_make_lab_opens_the_edition_that_is_asked_for(checkout):
    (checkout / "requirements" / "lab.txt").touch()

    def opened(*words):
        done = subprocess.run(
            ["make", "-n", "lab", "PYTHON=./python", *words],
            cwd=checkout, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr

    config = f'JUPYTER_CONFIG_PATH="{checkout}/book/_lab" .venv/bin/jupyter lab --notebook-dir='
    assert f"student_edition.py lab\n{config}lab\n" in opened()
    assert f"{config}.\n" in (author := opened("EDITION=author"))
    assert "student_edition" not in author
    assert 'EDITION is student or author, not "teacher"' in opened("EDITION=teacher")
