"""A large company is the same to the byte, buys by the same laws, and is read like any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from keyaccounts import files
from keyaccounts.errors import ParameterError
from keyaccounts.world import folder as where
from keyaccounts.world import large
from keyaccounts.world.large import stream
from keyaccounts.world.parameters import planted
from keyaccounts.world.serving import INPUTS
from scipy import stats

parquet = pytest.importorskip("pyarrow.parquet")

SMALL = 20_000  # within the first chunk
TWO = 260_000  # needs a second one
LAST = pd.Timestamp("2026-06-30")


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return {
        name: parquet.read_table(folder / name).to_pandas(date_as_object=False)
        for name in large.COLUMNS
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("large") / "small"
    return folder, stream(folder, seed=7, orders=SMALL, logged=0.2)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("large") / "two"
    return folder, stream(folder, seed=7, orders=TWO)


def test_as_many_orders_as_asked_for_and_no_more_customers_than_needed(
    small: tuple[Path, dict[str, int]],
) -> None:
    folder, rows = small
    found = tables(folder)
    assert rows == {name: len(table) for name, table in found.items()}
    bought = found["orders"]
    assert len(bought) >= SMALL
    assert (bought["customer_id"] < len(found["customers"])).sum() < SMALL, "the last one is needed"
    assert bought["order_id"].tolist() == list(range(1, len(bought) + 1))
    assert found["customers"]["customer_id"].tolist() == list(range(1, rows["customers"] + 1))
    assert set(bought["customer_id"]) == set(found["customers"]["customer_id"])


def test_columns_and_kinds_are_as_promised(small: tuple[Path, dict[str, int]]) -> None:
    kinds = {"date32": "date32[day]"}
    for name, columns in large.COLUMNS.items():
        schema = parquet.read_schema(small[0] / name / "part-00000.parquet")
        expected = {column: kinds.get(kind, kind) for column, kind in columns.items()}
        assert dict(zip(schema.names, map(str, schema.types), strict=True)) == expected
        assert schema.metadata is None


def test_the_same_seed_writes_the_same_bytes(
    small: tuple[Path, dict[str, int]], tmp_path: Path
) -> None:
    stream(tmp_path / "again", seed=7, orders=SMALL, logged=0.2)
    stream(tmp_path / "other", seed=8, orders=SMALL, logged=0.2)
    files = sorted(p.relative_to(small[0]) for p in small[0].rglob("*.parquet"))
    assert len(files) == 4
    for file in files:
        first = (small[0] / file).read_bytes()
        assert (tmp_path / "again" / file).read_bytes() == first
        assert (tmp_path / "other" / file).read_bytes() != first


def test_a_chunk_is_the_same_however_many_follow(
    two: tuple[Path, dict[str, int]], tmp_path: Path
) -> None:
    folder, rows = two
    assert [p.name for p in sorted((folder / "orders").iterdir())] == [
        "part-00000.parquet",
        "part-00001.parquet",
    ]
    alone = tables(two[0])["orders"].query("customer_id <= @large.CHUNK")
    only = stream(tmp_path / "one", seed=7, orders=len(alone))
    assert only["orders"] == len(alone) < rows["orders"]
    for name in large.COLUMNS:
        part = Path(name, "part-00000.parquet")
        assert (folder / part).read_bytes() == (tmp_path / "one" / part).read_bytes()


def test_ids_go_on_from_chunk_to_chunk(two: tuple[Path, dict[str, int]]) -> None:
    found = tables(two[0])
    for name, column in (("orders", "order_id"), ("service_log", "entry_id")):
        assert found[name][column].tolist() == list(range(1, len(found[name]) + 1))
    assert found["customers"]["customer_id"].is_unique
    assert (found["customers"]["customer_id"] > large.CHUNK).any()


def test_orders_keep_the_laws_of_the_company(two: tuple[Path, dict[str, int]]) -> None:
    found = tables(two[0])
    customers = found["customers"].set_index("customer_id")
    truth = found["truth_customers"].set_index("customer_id")
    bought = found["orders"].join(customers, on="customer_id")
    assert (bought["order_date"] >= bought["joined_on"]).all()
    assert (bought["order_date"] <= LAST).all()
    first = bought.groupby("customer_id")["order_date"].min()
    assert (first == customers["joined_on"]).all()
    left = truth["departed_on"].loc[bought["customer_id"]].to_numpy()
    assert not (bought["order_date"].to_numpy() > left).any()
    fleet = bought["kind"] == "organization"
    assert (bought["order_date"][fleet].dt.day_of_week < 5).all()
    assert (customers["kind"] == "organization").mean() == pytest.approx(large.FLEETS, abs=0.005)
    assert 0.004 < (bought["amount"] < 0).mean() < 0.0075


def test_drivers_are_drawn_as_in_the_small_company(two: tuple[Path, dict[str, int]]) -> None:
    money, found = planted(7).money, tables(two[0])
    drivers = (found["customers"]["kind"] == "individual").to_numpy()
    truth = found["truth_customers"][drivers]
    for column, law in {
        "purchase_rate": stats.gamma(money.r, scale=1 / money.alpha),
        "dropout": stats.beta(money.a, money.b),
        "mean_amount": stats.invgamma(money.q, scale=money.p * money.v),
    }.items():
        assert stats.kstest(truth[column], law.cdf).pvalue > 0.01, column
    bought = (
        found["orders"].query("amount > 0").groupby("customer_id")["amount"].agg(["sum", "size"])
    )
    mine = bought.loc[truth["customer_id"]]
    expected = (mine["size"] * truth.set_index("customer_id")["mean_amount"]).sum()
    assert mine["sum"].sum() == pytest.approx(expected, rel=0.01)
    assert found["truth_customers"]["dropout"][~drivers].isna().all()


def test_organizations_order_at_their_rate(two: tuple[Path, dict[str, int]]) -> None:
    found = tables(two[0])
    truth = found["truth_customers"].merge(found["customers"], on="customer_id")
    stayed = truth[(truth["kind"] == "organization") & truth["departed_on"].isna()]
    bought = found["orders"].query("amount > 0").groupby("customer_id").size()
    days = (LAST - stayed["joined_on"]).dt.days
    expected = stayed["purchase_rate"] / 7 * days
    assert bought[stayed["customer_id"]].sum() - len(stayed) == pytest.approx(
        expected.sum(), rel=0.01
    )


def test_service_is_logged_for_the_share_asked_for(small: tuple[Path, dict[str, int]]) -> None:
    found = tables(small[0])
    truth, log = found["truth_customers"], found["service_log"]
    assert truth["logged"].mean() == pytest.approx(0.2, abs=0.03)
    assert set(log["customer_id"]) <= set(truth["customer_id"][truth["logged"]])
    assert set(log["input"]) == set(INPUTS)
    assert log["seller_id"].between(1, 12).all()
    assert (log["date"] <= LAST).all()


def test_the_toolkit_reads_the_files(small: tuple[Path, dict[str, int]]) -> None:
    bought = parquet.read_table(small[0] / "orders")
    found = ka.purchases.summarize(bought, until="2026-06-30")
    assert len(found) == small[1]["customers"]
    total = np.sum(found["revenue"].to_numpy())
    assert total == pytest.approx(np.sum(bought["amount"].to_numpy()))


def test_old_tables_are_not_mixed_with_new_ones(
    small: tuple[Path, dict[str, int]], tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match="holds a table 'customers' already: give an empty"):
        stream(small[0], seed=7, orders=10)
    (tmp_path / "orders").mkdir()
    with pytest.raises(ParameterError, match="'orders' already"):
        stream(tmp_path, seed=7, orders=10)
    assert not (tmp_path / "customers").exists()


def test_old_tables_are_replaced_on_request(
    small: tuple[Path, dict[str, int]], tmp_path: Path
) -> None:
    ka.datasets.write(ka.datasets.simulate(7, size="small", truth=True), tmp_path)
    stream(tmp_path, seed=8, orders=10, overwrite=True)
    (tmp_path / "orders" / "part-00001.parquet").write_bytes(b"cut")  # of a killed, larger run
    (tmp_path / "orders" / "mine.txt").write_text("mine")
    stream(tmp_path, seed=7, orders=SMALL, logged=0.2, truth=False, overwrite=True)
    names = ("customers", "orders", "service_log")
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")) == sorted(
        ["orders/mine.txt", *(f"{name}/part-00000.parquet" for name in names)]
    )
    part = Path("orders", "part-00000.parquet")
    assert (tmp_path / part).read_bytes() == (small[0] / part).read_bytes()
    assert not (tmp_path / "truth_customers").exists()


KILLED = """
import os, sys
from keyaccounts.world import large
real, left = large._Writer.write, 3
def write(self, folder, part, table):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    real(self, folder, part, table)
large._Writer.write = write
large.stream(sys.argv[1], seed=7, orders=10)
"""


def test_a_killed_run_leaves_no_table(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == 9
    assert len(files.unfinished(tmp_path)) == 1
    assert list(tmp_path.iterdir()) == files.unfinished(tmp_path)
    rows = stream(tmp_path, seed=7, orders=10)
    assert {p.name for p in tmp_path.iterdir()} == set(rows)


def test_the_names_of_the_tables_are_known_where_they_are_looked_for() -> None:
    assert tuple(large.COLUMNS) == where.PARTS


def test_the_answer_key_is_left_out_on_request(
    small: tuple[Path, dict[str, int]], tmp_path: Path
) -> None:
    rows = stream(tmp_path, seed=7, orders=SMALL, logged=0.2, truth=False)
    assert rows == {name: n for name, n in small[1].items() if name != "truth_customers"}
    assert {p.name for p in tmp_path.iterdir()} == set(rows)
    part = Path("orders", "part-00000.parquet")
    assert (tmp_path / part).read_bytes() == (small[0] / part).read_bytes()


def test_a_large_company_is_not_put_beside_the_key_of_another(tmp_path: Path) -> None:
    answers = ka.datasets.simulate(7, size="small", truth=True)["truth_calls"]
    ka.datasets.write({"truth_calls": answers}, tmp_path)
    with pytest.raises(ParameterError, match="holds a table 'truth_calls' already"):
        stream(tmp_path, seed=7, orders=10, truth=False)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"seed": -1}, "seed=-1: give a whole number of 0 or more"),
        ({"orders": 0}, "orders=0: give a whole number of 1 or more"),
        ({"logged": 20}, "logged=20: give a share above 0, up to 1; write 0.2 for 20 %"),
    ],
)
def test_senseless_arguments_are_refused(
    wrong: dict[str, float], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match=message):
        stream(tmp_path / "new", **{"seed": 1, **wrong})
    assert not (tmp_path / "new").exists()


def test_without_pyarrow_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "keyaccounts\[fast\]"'):
        stream(tmp_path / "new", seed=1, orders=10)
    assert not (tmp_path / "new").exists()
