"""A new page starts from a template that keeps the frame, and `make page` starts it."""

import importlib.util
import inspect
import json
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
import test_page_frame
from nbclient import NotebookClient
from notebook_hygiene import clean, untidy, written, wrong
from notebooks import BOOK, NAMES, ROOT, text

SCRIPT = BOOK / "_templates" / "new_page.py"
TEMPLATE = "_templates/page.ipynb"
CHECKS = [
    check
    for name, check in vars(test_page_frame).items()
    if name.startswith("test_") and "name" in inspect.signature(check).parameters
]


@pytest.fixture(scope="module")
def new_page():
    spec = importlib.util.spec_from_file_location("new_page", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def started(new_page, tmp_path_factory):
    """A page that was just started, and run."""
    book = tmp_path_factory.mktemp("book")
    page, questions = new_page.start(book, "4-penetration", "who-decides")
    notebook = nbformat.read(page, as_version=4)
    resources = {"metadata": {"path": str(page.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    page.write_text(written(clean(json.loads(nbformat.writes(notebook)))), "utf8")
    return page, questions


def frame(function):
    return pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)(function)


def test_there_are_checks_of_the_frame():
    assert len(CHECKS) >= 8


@frame
def test_the_template_keeps_the_frame(check):
    check(TEMPLATE)


@frame
def test_a_page_that_was_just_started_keeps_the_frame_once_it_is_run(started, check):
    check(str(started[0]))  # an absolute path: below no book but its own


def test_the_new_page_has_its_own_title_labels_and_questions(started):
    page, questions = started
    words = text(str(page))
    assert re.findall(r"^# (.+)$", words, flags=re.M) == ["Who decides"]
    labels = re.findall(r"^:label: (.+)$", words, flags=re.M)
    assert labels == ["who-decides-warm-up", "who-decides-apply", "who-decides-judge"]
    assert "page-" not in words
    assert 'self_check("questions/who-decides.toml")' in page.read_text("utf8").replace("\\", "")
    assert questions == page.parent / "questions" / "who-decides.toml"
    raw = page.read_text("utf8")
    assert [*untidy(raw), *wrong(raw)] == []


def test_a_page_that_was_not_run_says_so(new_page):
    assert any("run it again" in fault for fault in wrong(new_page.filled("any")))


@pytest.mark.parametrize(
    ("chapter", "name", "says"),
    [
        ("9-nowhere", "page", "'9-nowhere' is no chapter; CHAPTER is one of 1-information"),
        ("../1-information", "page", "is no chapter"),
        ("3-segmentation", "Big Page", "'Big Page' is no name"),
        ("3-segmentation", "../page", "is no name"),
        ("3-segmentation", "index", "is no name"),
        ("3-segmentation", "taken", "exists"),
        ("3-segmentation", "asked", "exists"),
        ("3-segmentation", "written", "exists"),
    ],
)
def test_it_refuses_what_would_do_harm(new_page, tmp_path, chapter, name, says):
    room = tmp_path / "3-segmentation"
    (room / "questions").mkdir(parents=True)
    mine = [room / "taken.ipynb", room / "questions" / "asked.toml", room / "written.md"]
    for path in mine:
        path.write_text("mine", "utf8")
    with pytest.raises(new_page.Refused, match=re.escape(says)):
        new_page.start(tmp_path, chapter, name)
    assert sorted(p for p in tmp_path.rglob("*") if p.is_file()) == sorted(mine)
    assert {path.read_text("utf8") for path in mine} == {"mine"}


def small_repository(folder):
    """A folder with what the command needs, so that it does not write into ours."""
    for name in ("book/_templates", "book/_ext"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def test_the_command_says_what_comes_next(tmp_path):
    folder = small_repository(tmp_path)
    command = [sys.executable, str(folder / "book/_templates/new_page.py"), "3-segmentation", "one"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (folder / "book/3-segmentation/one.ipynb").is_file()
    assert (folder / "book/3-segmentation/questions/one.toml").is_file()
    for step in ("_toc.yml", "- file: book/3-segmentation/one\n", "coverage.csv", "make test-book"):
        assert step in done.stdout
    assert "make run PAGE=book/3-segmentation/one.ipynb" in done.stdout
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "exists" in again.stderr


@pytest.mark.skipif(not shutil.which("make"), reason="this machine has no make")
def test_make_page_starts_one(tmp_path):
    folder = small_repository(tmp_path)
    make = ["make", "page", f"PYTHON={sys.executable}"]
    asked = subprocess.run(make, cwd=folder, capture_output=True, text=True, check=False)
    assert asked.returncode != 0
    assert "make page CHAPTER=3-segmentation NAME=pyramid" in asked.stderr
    given = [*make, "CHAPTER=5-service", "NAME=flowers"]
    subprocess.run(given, cwd=folder, capture_output=True, check=True)
    assert (folder / "book/5-service/flowers.ipynb").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_no_page_keeps_words_of_the_template(name):
    def sentences(markdown):
        return set(re.findall(r"[A-Z][^.?{}`\n]{40,}[.?]", markdown))

    assert len(sentences(text(TEMPLATE))) >= 20
    assert sentences(text(name)) & sentences(text(TEMPLATE)) == set()
