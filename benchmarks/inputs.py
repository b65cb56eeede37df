"""The tables that are timed: synthetic orders of any size, and the orders of TPC-H.

Each is kept in benchmarks/_work as one parquet file, made once and the same on every machine.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

WORK = Path(__file__).parent / "_work"
SEED = 20_261_122
SECONDS = 1_096 * 86_400  # three years

SYNTHETIC = {"customer": "customer_id", "date": "order_date", "amount": "amount"}
TPCH = {"customer": "o_custkey", "date": "o_orderdate", "amount": "o_totalprice"}
# What an account takes, as in the service log of the course.
SERVICES = ("sales_time", "sales_calls", "marketing", "proposals", "technicians", "managers",
            "literature", "samples", "displaced_work")  # fmt: skip


def synthetic(orders: int) -> Path:
    """Make the log of a shop: orders to the second, of customers as unequal as in life."""
    path = WORK / f"synthetic-{orders}.parquet"
    if not path.exists():
        rng = np.random.default_rng([SEED, orders])
        # One possible customer per ten orders; at these rates about one in six never buys.
        rate = rng.lognormal(0.0, 1.5, orders // 10)
        edges = np.cumsum(rate) / rate.sum()
        customer = np.searchsorted(edges, rng.random(orders)).clip(max=rate.size - 1)
        second = rng.integers(0, SECONDS, orders).astype("timedelta64[s]")
        frame = pd.DataFrame(
            {
                "customer_id": 1_000_000 + rng.permutation(rate.size)[customer],
                "order_date": (np.datetime64("2023-01-01") + second).astype("datetime64[us]"),
                "amount": np.ceil(rng.lognormal(3.5, 1.0, orders) * 100) / 100,
            }
        )
        _keep(duckdb.connect().from_df(frame), path)
    return path


def customers(rows: int) -> Path:
    """Make cards of customers, one row each: what progressive segmentation asks about."""
    path = WORK / f"customers-{rows}.parquet"
    if not path.exists():
        rng = np.random.default_rng([SEED, rows, 1])
        frame = pd.DataFrame(
            {
                "customer_id": 1_000_000 + rng.permutation(rows),
                "vehicles": rng.integers(0, 6, rows),
                "place": rng.integers(0, 3, rows),
                "kind": rng.integers(0, 2, rows),
                "orders": rng.integers(0, 9, rows),
            }
        )
        columns = (
            "customer_id, case when vehicles < 5 then vehicles end::double as vehicles, "
            "['walk_in', 'called_on', null][place + 1] as place, "
            "['organization', 'individual'][kind + 1] as kind, orders"
        )
        _keep(duckdb.connect().from_df(frame).project(columns), path)
    return path


def service_log(rows: int) -> tuple[Path, Path]:
    """Make the entries of a service log, and what each account left."""
    path, margins = WORK / f"service-{rows}.parquet", WORK / f"margins-{rows}.parquet"
    if not path.exists():
        rng = np.random.default_rng([SEED, rows, 2])
        accounts = 1_000_000 + rng.permutation(max(rows // 12, 1))
        revenue = np.ceil(rng.lognormal(8.0, 1.0, accounts.size) * 100) / 100
        frame = pd.DataFrame({"customer_id": accounts, "revenue": revenue})
        frame = frame.assign(margin=np.ceil(revenue * 30) / 100)
        _keep(duckdb.connect().from_df(frame), margins)
        frame = pd.DataFrame(
            {
                "customer_id": accounts[rng.integers(0, accounts.size, rows)],
                "input": rng.integers(0, len(SERVICES), rows),
                "hours": np.ceil(rng.gamma(2.0, 0.8, rows) * 10) / 10,
                "cost": np.ceil(rng.gamma(2.0, 60.0, rows) * 100) / 100,
            }
        )
        columns = f"customer_id, {list(SERVICES)}[input + 1] as input, hours, cost"
        _keep(duckdb.connect().from_df(frame).project(columns), path)
    return path, margins


def tpch(scale: float) -> Path:
    """Make the orders of TPC-H at a scale, as the public generator writes them: by the day."""
    path = WORK / f"tpch-{scale:g}.parquet"
    if not path.exists():
        folder = WORK / "tpch"
        folder.mkdir(parents=True, exist_ok=True)
        tool = Path(sys.executable).with_name("tpchgen-cli")
        command = [tool, "parquet", "--scale-factor", str(scale), "--tables", "orders"]
        subprocess.run([*command, "--overwrite", "--quiet", "--output-dir", folder], check=True)
        raw = duckdb.connect().read_parquet(str(folder / "orders.parquet"))
        # Types that every contender takes; the generator's decimals would be Python objects.
        columns = "o_custkey, o_orderdate::timestamp o_orderdate, o_totalprice::double o_totalprice"
        _keep(raw.project(columns), path)
        (folder / "orders.parquet").unlink()
    return path


def _keep(table: duckdb.DuckDBPyRelation, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    table.write_parquet(str(part))
    part.rename(path)  # an interrupted run leaves no half file that looks whole


def relation(path: Path) -> duckdb.DuckDBPyRelation:
    """Open a table for the contenders that read the file themselves."""
    return duckdb.connect().read_parquet(str(path))


def frame(path: Path) -> pd.DataFrame:
    """Read a table into pandas, leaving no second copy of it in memory."""
    return relation(path).df()
