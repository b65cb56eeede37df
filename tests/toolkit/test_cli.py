"""The command line: what it prints and writes, and what it says to wrong input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keyaccounts as ka
import pandas as pd
import pytest

pytest.importorskip("typer")

from keyaccounts import cli


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


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["export", "cdnov", "--out", "x.csv"], "no dataset 'cdnov'; there are"),
        (["export", "cdnow", "--out", "x.xls"], "must end in .csv or .parquet"),
        (["export", "truth_calls", "--out", "x.csv"], "is the answer key"),
        (["simulate", "--seed", "-1", "--out", "x"], "seed"),
    ],
)
def test_wrong_input_is_answered_in_one_line(run, words, why, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run("data", *words)
    assert answer.startswith("keyaccounts: ")
    assert why in answer
    assert "\n" not in answer
    assert list(tmp_path.iterdir()) == []


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


def test_simulate_leaves_alone_what_is_there(run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    words = ("data", "simulate", "--seed", "7", "--size", "small", "--out", tmp_path)
    assert "is not empty: --overwrite writes into it all the same" in run(*words)
    assert "is a file: name a folder" in run(*words[:-1], tmp_path / "notes.txt")
    assert "orders.csv" in run(*words, "--overwrite")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_answer_key_does_not_outlive_the_company_it_belongs_to(run, tmp_path: Path) -> None:
    words = ("data", "simulate", "--size", "small", "--out", tmp_path, "--seed")
    run(*words, "7", "--truth")
    (tmp_path / "truth_of_mine.csv").write_text("customer_id\n")
    assert len(list(tmp_path.glob("truth_*"))) == 10
    run(*words, "8", "--overwrite")
    assert [p.name for p in tmp_path.glob("truth_*")] == ["truth_of_mine.csv"]


def test_a_large_company_without_its_key_never_has_it_on_disk(tmp_path, monkeypatch) -> None:
    pytest.importorskip("pyarrow")
    seen = []

    def stopped(*args: object) -> None:
        seen.extend(p.name for p in tmp_path.rglob("truth*"))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli.large, "_part", stopped)
    with pytest.raises((OSError, SystemExit)):
        cli._stream(7, tmp_path / "company", 500, truth=False)
    assert seen == []


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
