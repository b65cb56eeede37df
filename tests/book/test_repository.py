"""What a stranger relies on: documents, locks and commands, and nothing of our machines."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import requires
from pathlib import Path

import keyaccounts as ka
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from page_texts import ROOT, page_texts
from pathspec import GitIgnoreSpec

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def read(name):
    return (ROOT / name).read_text("utf8")


@cache
def committed():
    """Return the text files of the repository, with what is not yet committed but not ignored.

    Asks no git: the course is also handed on as a ZIP, and git answers only who owns the folder.
    """
    ignored = GitIgnoreSpec.from_lines([".git", *read(".gitignore").splitlines()])
    texts = {}
    for folder, below, names in os.walk(ROOT):
        at = Path(folder).relative_to(ROOT)
        below[:] = [name for name in below if not ignored.match_file(f"{at / name}/")]
        for path in (ROOT / at / name for name in names):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in {".png", ".csv"} and not ignored.match_file(name):
                texts[name] = path.read_text("utf8")
    assert len(texts) > 50
    return texts


# --- documents ---


@pytest.mark.parametrize(
    "name",
    [
        *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "SECURITY.md"),
        *("LICENSE-CONTENT", "Makefile", ".pre-commit-config.yaml", ".ci/run", ".github/page.png"),
        *(".github/PULL_REQUEST_TEMPLATE.md", ".github/workflows/test.yml"),
        *(".github/workflows/publish.yml", ".github/workflows/weekly.yml"),
    ],
)
def test_it_is_there_and_says_something(name):
    assert (ROOT / name).stat().st_size > 200


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(name):
    links = re.findall(r"\]\(([^)#]+)", read(name))
    assert links
    for link in links:
        assert link.startswith("https://") or (ROOT / link).exists(), link


def test_the_picture_of_a_page_is_light():
    picture = ROOT / ".github" / "page.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= 150_000


def test_every_command_of_the_documents_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), flags=re.M))
    documents = "\n".join(read(n) for n in ("README.md", "CONTRIBUTING.md", "book/intro.md"))
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", documents, flags=re.M))
    named = {one or other for one, other in named}
    assert named >= {"book", "test", "serve", "lab", "bench", "clean", "lock"}
    assert named <= targets


def test_make_lists_every_command_of_its_readers():
    phony = re.search(r"^\.PHONY: (.+)$", read("Makefile"), flags=re.M)[1].split()
    described = re.findall(r"^([a-z][a-z-]*):.*  ## \S", read("Makefile"), flags=re.M)
    assert sorted(phony) == sorted(described)


def test_the_readme_says_the_commands_of_the_makefile_to_those_without_make():
    readme = " ".join(read("README.md").split())
    recipes = read("Makefile").replace("$(BIN)", ".venv/bin")
    hashed = "--no-deps --no-build-isolation --require-hashes -r requirements/book.txt"
    windows = hashed.replace("requirements/", "requirements\\")
    options = [hashed, windows, "--no-deps --no-build-isolation -e .", "pip check"]
    tools = r"^\t(\.venv/bin/(?:jupyter-book|ruff|codespell|mypy|python -m pytest).*)$"
    commands = re.findall(tools, recipes, flags=re.M)
    assert len(commands) >= 8
    # what only shapes the output, or the speed, may differ
    same = re.compile(r" --quiet| --cov-report=\S+| -n \d+| --dist \w+")
    readme = same.sub("", readme)
    for command in [*options, *(same.sub("", c) for c in commands)]:
        assert command in readme, command


def test_the_example_of_the_readme_prints_what_it_says(tmp_path):
    code, prints = re.search(
        r"```python\n(.*?)```\n\n```text\n(.*?)```", read("README.md"), re.S
    ).groups()
    assert len([line for line in code.splitlines() if line]) <= 8
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (prints, "")


def test_every_direct_dependency_has_its_reason():
    lists = [PROJECT["project"]["dependencies"], PROJECT["build-system"]["requires"]]
    lists += PROJECT["project"]["optional-dependencies"].values()
    lists += PROJECT["dependency-groups"].values()
    direct = {NAME.match(item)[0] for items in lists for item in items if isinstance(item, str)}
    direct.discard("keyaccounts")  # an extra of extras
    listed = read("CONTRIBUTING.md").partition("### Why each dependency\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([\w.-]+) \| [^|]+ \| (.+) \|$", listed, flags=re.M)
    reasons = {name: why for name, why in rows if name != "package"}
    assert reasons.keys() == direct
    assert all(len(why) >= 6 for why in reasons.values())


def test_versions_agree():
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert yaml.safe_load(read("CITATION.cff"))["version"] == ka.__version__
    versions = re.findall(r"^## \[([^]]+)\] - (\S+)$", read("CHANGELOG.md"), flags=re.M)
    assert versions[0][0] == ka.__version__
    assert all(re.fullmatch(r"unreleased|\d{4}-\d\d-\d\d", day) for _, day in versions)


def test_the_citation_is_complete():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["message"]
    assert citation["title"].startswith("From Lead to Key Account")
    assert citation["authors"] == [{"name": a["name"]} for a in PROJECT["project"]["authors"]]
    known = {"cff-version", "message", "type", "title", "abstract", "authors", "version",
             "license", "keywords", "date-released", "doi"}  # fmt: skip
    assert citation.keys() <= known


def test_licenses_agree_wherever_they_are_named():
    author = PROJECT["project"]["authors"][0]["name"]
    code, words = read("LICENSE"), read("LICENSE-CONTENT")
    assert code.startswith("MIT License\n")
    assert "SPDX-License-Identifier: CC-BY-4.0" in words
    assert "Section 8 -- Interpretation." in words, "the license in full"
    assert f"Copyright (c) 2026 {author}" in code
    assert f"Copyright (c) 2026 {author}" in words
    assert PROJECT["project"]["license"] == "MIT"
    assert PROJECT["project"]["license-files"] == ["LICENSE", "LICENSE-CONTENT"]
    assert yaml.safe_load(read("CITATION.cff"))["license"] == "MIT"
    assert yaml.safe_load(read("_config.yml"))["author"] == author
    for name in ("README.md", "CITATION.cff", "book/intro.md"):
        text = " ".join(read(name).split())
        assert re.search(r"MIT\]? license", text), name
        assert "CC BY 4.0" in text, name


# --- locks ---


def test_every_lock_of_the_makefile_is_there():
    assert [p.stem for p in LOCKS] == ["bench", "book", "lab", "lowest", "test"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.stem)
def test_a_lock_has_versions_and_hashes_and_no_address(lock):
    entries = re.split(r"\n(?=\S)", lock.read_text("utf8").strip())
    assert len(entries) > 20
    for entry in entries:
        first, *rest = entry.replace(" \\", "").split("\n")
        assert re.fullmatch(r"[\w.\[\],-]+==[\w.!+-]+( ; .+)?", first)
        assert rest, first
        assert all(re.fullmatch(r" {4}--hash=sha256:[0-9a-f]{64}", line) for line in rest), first
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|file:", lock.read_text("utf8"))


def test_the_lock_of_this_environment_holds_all_that_its_packages_ask_for():
    """Installed without looking for it: what is not in the lock would not be there."""
    lock = read("requirements/test.txt")
    pinned = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)\S*==", lock, re.M)}
    groups, extras = PROJECT["dependency-groups"], PROJECT["project"]["optional-dependencies"]

    def group(name):
        for item in groups[name]:
            yield from [item] if isinstance(item, str) else group(item["include-group"])

    wanted = [*group("test"), *PROJECT["project"]["dependencies"]]
    for extra in ("fast", "spark", "plot", "widgets", "cli"):
        wanted += extras[extra]
    seen, todo = set(), [Requirement(item) for item in wanted]
    while todo:
        asked = todo.pop()
        for extra in ["", *asked.extras]:
            if (asked.name, extra) in seen:
                continue
            seen.add((asked.name, extra))
            for line in requires(asked.name) or []:
                needs = Requirement(line)
                if needs.marker is None or needs.marker.evaluate({"extra": extra}):
                    todo.append(needs)
    assert ("coverage", "toml") in seen, "pytest-cov asks for an extra"
    assert {canonicalize_name(name) for name, _ in seen} <= pinned


@pytest.mark.parametrize("name", ["test", "lab"])
def test_what_shares_an_environment_agrees(name):
    def pins(lock):
        return set(re.findall(r"^([\w.-]+)\S*==(\S+)", read(f"requirements/{lock}.txt"), re.M))

    assert pins("book") <= pins(name)


# --- nothing of our machines ---


def test_no_file_names_a_registry():
    # put together here, so that this file passes too
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "registry.npm" + "js.org", "npm" + "mirror"]
    hosts += ["/sim" + "ple/", "conda.ana" + "conda.org", "deb.debi" + "an.org", "index-" + "url="]
    found = [(n, h) for n, text in committed().items() for h in hosts if h in text]
    assert found == []


def test_no_file_names_a_folder_of_one_machine():
    folder = re.compile(
        r"(?<![\w.:/$}])/(?:" + "|".join(["work", "root", "home", "Users"]) + r")/\w"
    )
    found = [(n, m[0]) for n, text in committed().items() if (m := folder.search(text))]
    assert found == []


def test_words_are_spelled_right_where_the_spell_checker_does_not_look():
    """It leaves out notebooks, which hold drawings, and folders whose name begins with a dot."""
    hidden = {n: t for n, t in committed().items() if n.startswith((".github/", ".ci/"))}
    for name, text in {**dict(page_texts()), **hidden}.items():
        done = subprocess.run(
            [sys.executable, "-m", "codespell_lib", "-"],
            input=text, cwd=ROOT, capture_output=True, encoding="utf8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{name}:\n{done.stdout}"


# --- the same bytes on every system ---


def named(call):
    """Return what a call gives by name, and under numbers what it gives by place."""
    given = dict(enumerate(call.args)) | {word.arg: word.value for word in call.keywords}
    return {name: getattr(value, "value", value) for name, value in given.items()}


def test_texts_are_read_and_written_alike_on_every_system():
    """Windows would take its own encoding and end lines in its own way."""
    wrong, seen = [], set()
    for name, text in committed().items():
        if not name.endswith(".py") or name.startswith("tests/"):
            continue
        for call in ast.walk(ast.parse(text)):
            if not isinstance(call, ast.Call) or not isinstance(
                call.func, ast.Attribute | ast.Name
            ):
                continue
            what = getattr(call.func, "attr", None) or call.func.id
            given = named(call)
            if what == "write_text":
                fine = given.get("newline") == "\n" and ("encoding" in given or 1 in given)
            elif what == "read_text":
                fine = "encoding" in given or 0 in given
            elif what == "to_csv":
                fine = given.get("lineterminator") == "\n" and given.get("encoding") == "utf-8"
            elif what == "open" and {"w", "a", "x"} & {
                given.get(0),
                given.get(1),
                given.get("mode"),
            }:
                fine = given.get("newline") in {"", "\n"} and "encoding" in given
            else:
                continue
            seen.add(what)
            if not fine:
                wrong.append(f"{name}, line {call.lineno}: {what}")
    assert wrong == []
    assert seen == {"write_text", "read_text", "to_csv", "open"}


# --- what runs elsewhere ---


def steps(workflow):
    return [s for job in workflow["jobs"].values() for s in job.get("steps", [])]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_workflows_are_sound(path):
    workflow = yaml.safe_load(path.read_text("utf8"))
    assert workflow["name"] == path.stem
    assert True in workflow, "`on` is read as a truth value"
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert ("uses" in job) or job["timeout-minutes"] <= 40
    for step in steps(workflow):
        assert ("uses" in step) != ("run" in step)
    for line in re.findall(r"uses: (.+)", path.read_text("utf8")):  # a tag can be moved
        pinned = r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/test\.yml"
        assert re.fullmatch(pinned, line), line


def test_what_the_workflows_run():
    flows = {p.stem: yaml.safe_load(p.read_text("utf8")) for p in WORKFLOWS}
    runs = {name: [s["run"] for s in steps(flow) if "run" in s] for name, flow in flows.items()}
    assert runs["test"] == ["bash .ci/run"]
    assert flows["test"]["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert "bash .ci/run" in runs["weekly"]
    assert any("linkcheck" in run for run in runs["weekly"])
    assert "python requirements/lock.py --dry-run" in runs["weekly"]
    assert "python requirements/lock.py --try ${{ matrix.pip }}" in runs["weekly"]
    pips = flows["weekly"]["jobs"]["install"]["strategy"]["matrix"]
    assert pips["pip"] == ["newest"]
    assert {old["python"]: old["pip"] for old in pips["include"]}["3.11"] == "23.0.1"
    assert [old["python"] for old in pips["include"]] == pips["python"]
    assert runs["publish"] == ["make book"]
    jobs = flows["publish"]["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"
    assert (jobs["build"]["needs"], jobs["deploy"]["needs"]) == ("test", "build")
    assert "workflow_call" in flows["test"][True]
    build = jobs["build"]["steps"]
    assert {"SITE_URL": "${{ steps.pages.outputs.base_url }}"} in [s.get("env") for s in build]


def test_ci_runs_the_command_of_the_readme():
    assert os.access(ROOT / ".ci" / "run", os.X_OK) or sys.platform == "win32"
    script = read(".ci/run")
    assert script.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in script
    assert re.search(r"^make test ", script, flags=re.M)
    subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=True)


def test_a_checkout_has_the_same_bytes_on_every_system():
    """Git on Windows may write other line ends; shells and tests of bytes stumble over them."""
    rules = [line.split() for line in read(".gitattributes").splitlines() if line[:1] not in "#"]
    assert rules[0] == ["*", "text=auto", "eol=lf"]
    assert not [name for name in committed() if b"\r" in (ROOT / name).read_bytes()]


def test_hooks_need_nothing_from_elsewhere():
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    entries = {hook["id"]: hook["entry"] for hook in hooks[0]["hooks"]}
    assert entries.keys() == {"ruff-check", "ruff-format", "codespell", "notebook-hygiene"}
    assert all(entry.startswith(".venv/bin/") for entry in entries.values())
    assert all(hook["language"] == "system" for hook in hooks[0]["hooks"])
