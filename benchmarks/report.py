"""Write what was measured: benchmarks/results.md for readers, with benchmarks/growth.svg."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import matplotlib.pyplot as plt
from contenders import CONTENDERS
from keyaccounts.plots import style

PACKAGES = ["duckdb", "pandas", "numpy", "narwhals", "pyarrow"]
PEERS = ["pymc-marketing", "lifetimes", "clvkit"]
QUESTIONS = {
    "rfm": "RFM scores (the peers give no scores: the time is that of their purchase summary)",
    "summary": "Purchase summary",
}
GIVEN = {"pandas": "pandas frame", "file": "parquet file, by DuckDB"}
BASE = {(question, given): f"ka-{question}-{given}" for question in QUESTIONS for given in GIVEN}


@dataclass(frozen=True)
class Took:
    """Medians of one contender: seconds of time and CPU; MB at the peak and before it began."""

    wall: float
    cpu: float
    peak: float
    rest: float
    runs: int


@dataclass(frozen=True)
class Results:
    """What all contenders took for one table."""

    orders: int
    took: Mapping[str, Took]


def write(
    folder: Path,
    found: Mapping[str, Results],
    growth: Mapping[int, Mapping[str, Took]],
    growing: Sequence[str],
    import_seconds: float,
    load: float | None,
) -> None:
    """Write results.md and growth.svg into a folder."""
    parts = [
        "# Benchmarks",
        _machine(load),
        (Path(__file__).parent / "readme.md").read_text("utf8").strip(),
        "## Figures to meet",
        _figures(found, import_seconds),
    ]
    for name, results in found.items():
        parts += [f"## {name}", _input(results)]
        for question, title in QUESTIONS.items():
            parts += [f"### {title}", _table(results.took, question)]
    parts += ["## Growth", _growth(growth, growing)]
    text = "\n\n".join(parts) + "\n"  # methods follow
    (folder / "results.md").write_text(text, "utf8", newline="\n")
    _draw(folder / "growth.svg", growth, growing)


METHODS_HEADING = "## Methods of chapter 3"


def write_methods(
    folder: Path, found: Mapping[str, Mapping[str, Took]], rows: int, load: float | None
) -> None:
    """Write the last section of results.md, in place of the one that is there."""
    path = folder / "results.md"
    text = path.read_text("utf8") if path.exists() else "# Benchmarks\n"
    kept = text.split(METHODS_HEADING)[0].rstrip()
    lines = [
        "| method | given | keyaccounts | hand-written SQL | × (goal ≤ 1.5) | "
        "peak memory | of the SQL | runs |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for method, took in found.items():
        for given, said in GIVEN.items():
            ours, sql = took[f"ka-{method}-{given}"], took[f"sql-{method}-{given}"]
            ratio = ours.wall / sql.wall
            shown = f"{ratio:.2f}" if ratio <= 1.5 else f"**{ratio:.2f}**"
            lines.append(
                f"| `{method}` | {said} | {_seconds(ours.wall)} | {_seconds(sql.wall)} | {shown} "
                f"| {ours.peak:,.0f} MB | {sql.peak:,.0f} MB | {ours.runs} |"
            )
    parts = [
        kept,
        METHODS_HEADING,
        _machine(load),
        f"Each on {rows:,} rows: orders for `abc`, `whale_curve`, `pyramid` and `indicators`; "
        "customers, one row each with five columns, for `progressive`; entries of a service log "
        "for `account_investment`. The SQL stands in `methods.py` and checks nothing; "
        "keyaccounts checks every row, as always. × is the time of keyaccounts divided by that "
        "of the SQL, in bold where the goal is missed. Before anything is reported the answers "
        "are compared, row by row.",
        "\n".join(lines),
    ]
    path.write_text("\n\n".join(parts) + "\n", "utf8", newline="\n")


def _machine(load: float | None) -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [
        f"Measured on {dt.date.today():%Y-%m-%d} by `make bench`: {cores} cores{_memory()}, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}; "
        + ", ".join(f"{name} {version(name)}" for name in [*PACKAGES, *PEERS])
        + "."
    ]
    if load is not None:
        lines.append(
            f"Load average when it began: {load:.1f} "
            f"({'quiet' if load < 1 else 'busy: times are longer than they need be'})."
        )
    return " ".join(lines)


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):
        return ""
    return f", {size / 2**30:.0f} GiB of memory"


def _figures(found: Mapping[str, Results], import_seconds: float) -> str:
    rows = ["| figure | goal | measured | |", "|---|--:|--:|---|"]

    def row(what: str, goal: float, found: float, unit: str, least: bool = False) -> None:
        said = f"{'≥' if least else '≤'} {goal:g}{unit}"
        verdict = "met" if (found >= goal if least else found <= goal) else "**missed**"
        rows.append(f"| {what} | {said} | {found:.2f}{unit} | {verdict} |")

    synthetic = {r.orders: r.took for name, r in found.items() if "synthetic" in name}
    most, few = synthetic[max(synthetic)], synthetic[min(synthetic)]
    for given, said in (("pandas", "pandas in"), ("file", "DuckDB in")):
        ours = most[f"ka-rfm-{given}"]
        peer, hand = most["pymc-summary"], most[f"sql-rfm-{given}"]
        at = f"RFM, {max(synthetic):,} orders, {said}"
        row(f"{at}: times faster than rfm_summary", 8, peer.wall / ours.wall, "×", least=True)
        row(f"{at}: time of the hand-written SQL", 1.5, ours.wall / hand.wall, "×")
        row(f"{at}: share of rfm_summary's peak memory", 0.45, ours.peak / peer.peak, "")
    faster = few["pymc-summary"].wall / few["ka-rfm-pandas"].wall
    at = f"RFM, {min(synthetic):,} orders, pandas in"
    row(f"{at}: times faster than rfm_summary", 3, faster, "×", least=True)
    row("`import keyaccounts`, warm", 0.5, import_seconds, " s")
    return "\n".join(rows)


def _input(results: Results) -> str:
    return (
        f"The input is {results.orders * 24 / 1e6:,.1f} MB in memory "
        "(three columns of eight bytes); a file is read within the time."
    )


def _table(took: Mapping[str, Took], question: str) -> str:
    rows = [
        "| contender | given | time | × | CPU | × | peak memory | × | of it at rest | runs |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, contender in CONTENDERS.items():
        if question not in contender.answers:
            continue
        its, base = took[name], took[BASE[question, contender.given]]
        label = f"**{contender.label}**" if name.startswith("ka-") else contender.label
        rows.append(
            f"| {label} | {GIVEN[contender.given]} "
            f"| {_seconds(its.wall)} | {its.wall / base.wall:.2f} "
            f"| {_seconds(its.cpu)} | {its.cpu / base.cpu:.2f} "
            f"| {its.peak:,.0f} MB | {its.peak / base.peak:.2f} | {its.rest:,.0f} MB "
            f"| {its.runs} |"
        )
    return "\n".join(rows)


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 10 else f"{value:.2f} s"


def _label(name: str) -> str:
    contender = CONTENDERS[name]
    given = {"pandas": "pandas in", "file": "DuckDB in"}[contender.given]
    return f"{contender.label}, {given}" if name.startswith(("ka-", "sql-")) else contender.label


def _growth(growth: Mapping[int, Mapping[str, Took]], growing: Sequence[str]) -> str:
    rows = [f"| orders | {' | '.join(map(_label, growing))} |", "|--:" * (len(growing) + 1) + "|"]
    for orders, took in growth.items():
        rows.append(f"| {orders:,} | {' | '.join(_seconds(took[n].wall) for n in growing)} |")
    most = growth[max(growth)]
    alt = (
        f"Line chart on logarithmic axes: seconds against orders. At {max(growth):,} orders "
        + ", ".join(f"{_label(name)} takes {_seconds(most[name].wall)}" for name in growing)
        + "."
    )
    return f"![{alt}](growth.svg)\n\n" + "\n".join(rows)


def _draw(path: Path, growth: Mapping[int, Mapping[str, Took]], growing: Sequence[str]) -> None:
    style.set_notebook_style()
    _, ax = plt.subplots(figsize=(7.6, 4.4))
    sizes = list(growth)
    ends = []
    for name in growing:
        ours = name.startswith("ka-")
        seconds = [growth[size][name].wall for size in sizes]
        color = style.ACCENT if ours else style.MUTED
        dashes = "-" if CONTENDERS[name].given == "pandas" else (0, (4, 2))
        ax.plot(sizes, seconds, color=color, linestyle=dashes, marker="o", markersize=4)
        ends.append((seconds[-1], _label(name), style.ACCENT if ours else style.INK))
    ax.set(xscale="log", yscale="log", xlabel="orders", ylabel="seconds")
    ax.set_xticks(sizes, [_short(size) for size in sizes], minor=False)
    ax.minorticks_off()
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.grid(axis="y")
    place = 0.0
    for end, label, color in sorted(ends):  # labels at the lines' ends, pushed apart
        place = max(end, place * 1.45)
        ax.annotate(
            label, (sizes[-1], place), xytext=(8, 0), textcoords="offset points",
            va="center", color=color, annotation_clip=False,
        )  # fmt: skip
    most = growth[sizes[-1]]
    ours, peer = (_seconds(most[name].wall) for name in ("ka-rfm-pandas", "pymc-summary"))
    style.finding(ax, f"{_short(sizes[-1])} orders scored in {ours}; rfm_summary takes {peer}")
    # A background of its own: the page it is shown on may be dark.
    plt.savefig(path, facecolor="#fcfcfa", transparent=False, metadata={"Date": None})
    plt.close()


def _short(orders: int) -> str:
    return f"{orders / 1e6:g} M" if orders >= 1e5 else f"{orders / 1e3:g} k"
