"""Run one contender once, in this process of its own, and print what it took as JSON.

python benchmarks/measure.py CONTENDER TABLE COLUMNS [ANSWER]
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import contenders
import inputs
import methods


def memory(field: str) -> float:
    """Return this process's resident memory in MB: "VmRSS" now, "VmHWM" at its highest."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
        return int(next(line.split()[1] for line in status.splitlines() if field in line)) / 1e3
    except FileNotFoundError:  # not Linux: the highest since the process began
        import resource

        unit = 1e6 if sys.platform == "darwin" else 1e3
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def forget_peak() -> None:
    """Let the highest memory be that of the timed section, not of what led up to it."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii", newline="\n")
    except OSError:  # then the peak includes the loading, for every contender alike
        return


def main() -> None:
    name, table, columns = sys.argv[1:4]
    warnings.filterwarnings("ignore")
    names = json.loads(columns)
    contender = (contenders.CONTENDERS | methods.CONTENDERS)[name]
    work = contender.prepare()
    given = inputs.frame if contender.given == "pandas" else inputs.relation
    orders = given(Path(table))
    # Once on a few rows: what is imported or compiled on first use is timed for nobody.
    work(orders.head(1000) if contender.given == "pandas" else orders.limit(1000), names)
    rest = memory("VmRSS")
    forget_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work(orders, names)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    took = {"wall": wall, "cpu": cpu, "peak": memory("VmHWM"), "rest": rest}
    if len(sys.argv) > 4:
        answer.to_parquet(sys.argv[4])
    print(json.dumps(took))


if __name__ == "__main__":
    main()
