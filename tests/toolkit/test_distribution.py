"""What is built to be installed holds what belongs, byte for byte, whatever else lies around."""

from __future__ import annotations

import json
import shutil
import tarfile
import zipfile
from pathlib import Path

import keyaccounts as ka
import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("toolkit", "data", "tests/toolkit", "README.md", "LICENSE", "LICENSE-CONTENT")
QUESTIONS = {p.relative_to(ROOT).as_posix() for p in ROOT.glob("book/[0-9]*/questions/*.toml")}
MORE = (
    *QUESTIONS,
    "CHANGELOG.md",
    "CITATION.cff",
    "pyproject.toml",
    "hatch_build.py",
    ".gitignore",
)
STRAY = (
    *("data/notes.csv", "data/.DS_Store", "data/~$orders.csv", "data/__pycache__/make_world.pyc"),
    *("data/.keyaccounts-unfinished-x/new/orders.csv", "data/orders/part-00000.parquet"),
    *("data/make_more.py", "toolkit/keyaccounts/.DS_Store", "toolkit/keyaccounts/notes.csv"),
    *("toolkit/keyaccounts/world/__pycache__/build.cpython-311.pyc", "toolkit/notes.txt"),
    *("toolkit/keyaccounts/data/orders.csv", "tests/toolkit/orders.csv", "notes.py"),
    *("book/3-segmentation/rfm.ipynb", "book/3-segmentation/questions/notes.txt"),
)


def tree(folder: Path) -> Path:
    """Copy what is built from into a folder of its own."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in (*PARTS, *MORE):
        here, there = ROOT / name, folder / name
        if here.is_dir():
            shutil.copytree(here, there, ignore=ignored)
        elif here.exists():  # a source archive may come without .gitignore
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, there)
    return folder


def built(builder: type, root: Path) -> Path:
    return Path(next(builder(str(root)).build(directory=str(root / "dist"), versions=["standard"])))


def wheel(root: Path) -> Path:
    return built(WheelBuilder, root)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tree(tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def littered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tree(tmp_path_factory.mktemp("littered"))
    for name in STRAY:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("stray", "utf8")
    return root


def test_the_wheel_holds_what_the_dictionary_names_and_the_licenses(littered: Path) -> None:
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf8"))
    tables = {resource["path"] for resource in package["resources"]}
    with zipfile.ZipFile(wheel(littered)) as packed:
        names = set(packed.namelist())
        about = f"keyaccounts-{ka.__version__}.dist-info"
        for license_ in ("LICENSE", "LICENSE-CONTENT"):
            held = packed.read(f"{about}/licenses/{license_}")
            assert held == (ROOT / license_).read_bytes()
    found = {
        n.removeprefix("keyaccounts/data/") for n in names if n.startswith("keyaccounts/data/")
    }
    assert found == {"datapackage.json", *tables}
    code = {
        path.relative_to(ROOT / "toolkit").as_posix()
        for path in (ROOT / "toolkit" / "keyaccounts").rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }
    assert {n for n in names if n.startswith("keyaccounts/book/")} == {
        f"keyaccounts/{name}" for name in QUESTIONS
    }
    apart = ("keyaccounts/data/", "keyaccounts/book/", about)
    assert {n for n in names if not n.startswith(apart)} == code


def test_the_source_archive_holds_the_scripts_of_the_data(littered: Path) -> None:
    with tarfile.open(built(SdistBuilder, littered)) as packed:
        names = {name.split("/", 1)[1] for name in packed.getnames()}
    assert not names & set(STRAY)
    made = {p.name for p in (ROOT / "data").glob("make_*.py")}
    assert {n for n in names if n.startswith("data/make_")} == {f"data/{name}" for name in made}
    assert names >= {*PARTS[3:], *MORE} - {".gitignore"}
    here = {p.relative_to(ROOT).as_posix() for p in (ROOT / "tests" / "toolkit").rglob("*.py")}
    assert {n for n in names if n.startswith("tests/")} == here


def test_what_is_built_is_the_same_to_the_byte(clean: Path, littered: Path, tmp_path: Path) -> None:
    first = wheel(clean).read_bytes()
    assert wheel(clean).read_bytes() == first, "built again"
    assert wheel(littered).read_bytes() == first, "whatever lies around"
    source = built(SdistBuilder, clean)
    assert built(SdistBuilder, littered).read_bytes() == source.read_bytes()
    with tarfile.open(source) as packed:
        packed.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    assert wheel(unpacked).read_bytes() == first, "from the source archive"


def test_a_table_that_is_missing_stops_the_build(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (root / "data" / "orders.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"orders\.csv"):
        wheel(root)


def test_installed_for_development_it_reads_code_and_data_where_they_are(clean: Path) -> None:
    pytest.importorskip("editables")
    builder = WheelBuilder(str(clean)).build(directory=str(clean / "dist"), versions=["editable"])
    with zipfile.ZipFile(next(builder)) as packed:
        paths = [packed.read(n).decode() for n in packed.namelist() if n.endswith(".pth")]
        assert not [n for n in packed.namelist() if "data/" in n or "book/" in n]
    assert [Path(path.strip()) for path in paths] == [clean / "toolkit"]
