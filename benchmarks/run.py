"""Time the toolkit against its peers, into benchmarks/results.md and benchmarks/growth.svg.

python benchmarks/run.py            all of it; about half an hour on two cores
python benchmarks/run.py --methods  only the methods of chapter 3, into their section of results.md
python benchmarks/run.py --quick    a smoke run on small tables in less than a minute, which
                                    writes below benchmarks/_work and leaves the results alone

`make bench` makes the environment it needs. Every contender runs in a fresh process, all
contenders of one table in one run, in alternating order; the medians are reported. Before
anything is reported, the answers are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import agree
import inputs
import methods
import report
from contenders import CONTENDERS

HERE = Path(__file__).parent
# How often each contender runs, by its pace: on tables above and below five million orders.
MANY_ORDERS = {"fast": 4, "middle": 2, "slow": 2}
FEW_ORDERS = {"fast": 5, "middle": 3, "slow": 3}
METHOD_RUNS = {"fast": 5, "middle": 5, "slow": 2}
ONCE = {"fast": 1, "middle": 1, "slow": 1}
FEW = {"fast": 2, "middle": 2, "slow": 1}  # for the growth curve
ALL = CONTENDERS | methods.CONTENDERS
GROWING = ["ka-rfm-pandas", "ka-rfm-file", "sql-rfm-file", "pandas-rfm", "pymc-summary"]


@dataclass(frozen=True)
class Table:
    """A table to time: its name for readers, its file, its columns, its number of orders."""

    name: str
    path: Path
    columns: dict[str, str]
    orders: int


def synthetic(orders: int) -> Table:
    return Table(f"{orders:,} synthetic orders", inputs.synthetic(orders), inputs.SYNTHETIC, orders)


def tpch(scale: float) -> Table:
    path = inputs.tpch(scale)
    orders = len(inputs.relation(path))
    return Table(f"{orders:,} TPC-H orders (scale {scale:g})", path, inputs.TPCH, orders)


def measure(table: Table, names: Sequence[str], times: dict[str, int]) -> dict[str, report.Took]:
    """Run contenders on a table, in alternating order, and return the median of each."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    answers = {name: inputs.WORK / "answers" / f"{name}.parquet" for name in names}
    (inputs.WORK / "answers").mkdir(parents=True, exist_ok=True)
    for turn in range(max(times.values())):
        order = names if turn % 2 == 0 else names[::-1]
        for name in order:
            if turn < times[ALL[name].pace]:
                answer = answers[name] if turn == 0 else None
                runs[name].append(_run(table, name, answer))
                print(f"{table.name}: {name} {runs[name][-1]['wall']:.2f} s", flush=True)
    if "ka-summary-file" in names:
        agree.check(answers, table.columns["customer"])
    return {
        name: report.Took(
            **{what: median(run[what] for run in all_runs) for what in all_runs[0]},
            runs=len(all_runs),
        )
        for name, all_runs in runs.items()
    }


def measure_methods(rows: int, times: dict[str, int]) -> dict[str, dict[str, report.Took]]:
    """Run each method of chapter 3 beside its SQL, on a table of its own kind."""
    log, margins = inputs.service_log(rows)
    orders = synthetic(rows)
    cards = Table(f"{rows:,} customers", inputs.customers(rows), {}, rows)
    entries = Table(f"{rows:,} entries", log, {"margins": str(margins)}, rows)
    found = {}
    for method in methods.METHODS:
        table = {"progressive": cards, "account_investment": entries}.get(method, orders)
        names = [name for name, c in methods.CONTENDERS.items() if c.answers == (method,)]
        found[method] = measure(table, names, times)
        answers = inputs.WORK / "answers"
        for given in ("pandas", "file"):
            ours, theirs = (answers / f"{who}-{method}-{given}.parquet" for who in ("ka", "sql"))
            agree.check_method(ours, theirs)
    return found


def _run(table: Table, name: str, answer: Path | None) -> dict[str, float]:
    command = [sys.executable, HERE / "measure.py", name, table.path, json.dumps(table.columns)]
    done = subprocess.run(
        [*command, *([answer] if answer else [])], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name} failed on {table.name}:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def import_seconds(times: int) -> float:
    """Return the median time of `import keyaccounts` in a fresh, warm process."""
    timed = "import time; t = time.perf_counter(); import keyaccounts; "
    timed += "print(time.perf_counter() - t)"
    found = [
        float(subprocess.check_output([sys.executable, "-c", timed], text=True))
        for _ in range(times + 1)
    ]
    return median(found[1:])  # the first one reads the files from the disk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a smoke run on small tables")
    parser.add_argument("--methods", action="store_true", help="only the methods of chapter 3")
    quick, only = parser.parse_args().quick, parser.parse_args().methods
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    names = list(CONTENDERS)
    if quick:
        tables = [synthetic(20_000), tpch(0.01)]
        sizes = [20_000]
        folder = inputs.WORK / "quick"
    else:
        tables = [synthetic(1_000_000), synthetic(10_000_000), tpch(1), tpch(10)]
        sizes = [100_000, 300_000, 1_000_000, 3_000_000, 10_000_000]
        folder = HERE
    folder.mkdir(parents=True, exist_ok=True)
    rows = 20_000 if quick else 10_000_000
    if only:
        took = measure_methods(rows, ONCE if quick else METHOD_RUNS)
        report.write_methods(folder, took, rows, load)
        return
    found = {}
    for table in tables:
        paces = ONCE if quick else MANY_ORDERS if table.orders > 5_000_000 else FEW_ORDERS
        found[table.name] = report.Results(table.orders, measure(table, names, paces))
    growth = {}
    for size in sizes:
        table = synthetic(size)
        known = found.get(table.name)
        growth[size] = known.took if known else measure(table, GROWING, ONCE if quick else FEW)
    report.write(folder, found, growth, GROWING, import_seconds(1 if quick else 7), load)
    took = measure_methods(rows, ONCE if quick else METHOD_RUNS)
    report.write_methods(folder, took, rows, os.getloadavg()[0] if load is not None else None)
    print(f"Wrote {folder.relative_to(HERE.parent) / 'results.md'}")


if __name__ == "__main__":
    main()
