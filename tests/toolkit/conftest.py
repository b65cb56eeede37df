"""Fixtures of the toolkit's tests: each test of a data-scale function runs on each engine."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import duckdb
import engines
import pytest
from keyaccounts import frames

NO_JAVA = (
    "PySpark is installed, but there is no Java to run it: NOTHING WAS TESTED ON SPARK. "
    "Install a Java 17 or 21 runtime (Debian: apt-get install default-jre-headless)."
)


def _no_java() -> bool:
    found = shutil.which("java") or os.environ.get("JAVA_HOME")
    return "pyspark" in engines.NAMES and not found


def pytest_configure(config: pytest.Config) -> None:
    # PySpark 4.3 warns about pandas 3 on every frame it takes or gives; nothing else is let pass.
    for text, kind in (
        ("PySpark does not yet fully support pandas", "FutureWarning"),
        ("The copy keyword is deprecated", "DeprecationWarning"),
    ):
        config.addinivalue_line("filterwarnings", rf"ignore:{text}:{kind}:pyspark\.")
    config.addinivalue_line("markers", "no_cover: counts no branches (of pytest-cov)")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n 2`, let one process have a file, and make once what its tests share; Spark, too."""
    from xdist.scheduler import LoadScopeScheduling

    class FileByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            if file.endswith("test_what_always_holds.py"):  # long ones, which share nothing
                return nodeid
            return "spark" if "[pyspark" in test or "-pyspark" in test else file

    return FileByFile(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _no_java():
        terminalreporter.write_sep("!", "NO JAVA", red=True, bold=True)
        terminalreporter.write_line(NO_JAVA, red=True, bold=True)


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Return one small, quiet Spark session that speaks to this machine only."""
    if _no_java():
        if os.environ.get("CI") == "true":
            pytest.fail(NO_JAVA)
        pytest.skip(NO_JAVA)
    from pyspark.sql import SparkSession

    # The Python of these tests, not the first one on the path.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    options = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # A few rows need no parallel work, no compiled code and no second plan.
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.dataFrameQueryContext.enabled": "false",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    builder = SparkSession.builder.master("local[1]").appName("keyaccounts tests")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


# Where columns are opened and orders are read every kind of table is tried, and every method once
# on large tables of every kind. What is worked out by hand is tried on two.
DOORS = {"test_door", "test_frames", "test_purchases", "test_large_tables"}
DOORS |= {"test_comparisons", "test_mends", "test_column_names"}
BY_HAND = ["pandas", "duckdb"]
# Spark takes a second where the others take a hundredth: histories of every kind are made there
# once, in test_large_tables.
NOT_ON_SPARK = {"test_purchases"}


# Counting branches doubles the time of a test. It is done where a result is worked out by hand, and
# where engines part; not where the same ways are gone again, with many examples or on other tables.
WHERE_ENGINES_PART = {"test_door", "test_frames"}


@pytest.hookimpl(trylast=True)  # after hypothesis has marked what is its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        engine = item.callspec.params.get("engine") if hasattr(item, "callspec") else None
        again = engine not in [None, *BY_HAND] and item.path.stem not in WHERE_ENGINES_PART
        if again or item.path.stem == "test_large_tables" or item.get_closest_marker("hypothesis"):
            item.add_marker("no_cover")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", help="only these kinds of tables, such as pandas,duckdb")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    named = [a for mark in metafunc.definition.iter_markers("parametrize") for a in mark.args[:1]]
    if "engine" in metafunc.fixturenames and "engine" not in named:
        module = metafunc.module.__name__.split(".")[-1]
        door = [n for n in engines.NAMES if n != "pyspark" or module not in NOT_ON_SPARK]
        only = metafunc.config.getoption("--engines")
        names = only.split(",") if only else door if module in DOORS else BY_HAND
        metafunc.parametrize("engine", names, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> engines.Engine:
    """Return one kind of table after the other."""
    name: str = request.param
    return engines.Engine(name, _maker(name, request, monkeypatch))


def _maker(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    if name == "pandas-fast":  # pandas of any size goes through DuckDB
        monkeypatch.setattr(frames.source, "FAST_ROWS", 0)
    if name == "polars":
        import polars as pl

        return pl.from_arrow
    if name == "polars-lazy":
        import polars as pl

        return lambda table: pl.from_arrow(table).lazy()
    if name == "duckdb":  # a connection of the caller's own, not the one DuckDB has by default
        return duckdb.connect().from_arrow
    if name == "pyspark":
        return request.getfixturevalue("spark").createDataFrame
    return lambda table: table


@pytest.fixture(params=["in pandas", "through DuckDB"])
def pandas_path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take pandas frames both ways: by pandas itself, and through DuckDB as large ones go."""
    if request.param == "through DuckDB":
        monkeypatch.setattr(frames.source, "FAST_ROWS", 0)
