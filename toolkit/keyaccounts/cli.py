"""The toolkit from a command line: `keyaccounts data ...` lists, describes, exports, simulates."""

from __future__ import annotations

import errno
import io
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd

from keyaccounts import datasets, files
from keyaccounts.errors import KeyAccountsError, ParameterError, needs
from keyaccounts.tables import missing
from keyaccounts.world import large, private_seed

try:
    with needs("the command line needs more", extra="cli"):
        import typer
        from rich.console import Console
        from rich.table import Table
except ModuleNotFoundError as error:
    raise SystemExit(str(error)) from error

EXITS = (
    "Ends with 0 when it is done; with 1 when it is not: one line says why, and what was there is "
    "as before; with 2 when the command is not understood; with 130 when you stop it."
)

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, epilog=EXITS)
data = typer.Typer(
    no_args_is_help=True, help="The course's data: list, describe, export, simulate.", epilog=EXITS
)
app.add_typer(data, name="data")

Truth = Annotated[bool, typer.Option("--truth", help="Also the answer key, the tables truth_...")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")]
Name = Annotated[str, typer.Argument(help="Name of a dataset, as `data list` shows it.")]


@app.callback()
def keyaccounts() -> None:
    """Find, choose, win and keep customers: the toolkit from the command line."""


def _show(frame: pd.DataFrame) -> None:
    """Print a frame as a table as wide as the terminal, or as its content if piped away."""
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = 10_000
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in frame.columns:
        number = pd.api.types.is_numeric_dtype(frame[column])
        table.add_column(str(column), justify="right" if number else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(_cell(value) for value in row))
    console.print(table)


def _cell(value: object) -> str:
    if missing(value):
        return ""
    large = isinstance(value, int) and abs(value) >= 10_000  # a year stays a year
    return f"{value:,}" if large else str(value)


@data.command("list", epilog=EXITS)
def list_datasets(truth: Truth = False) -> None:
    """List the datasets: name, area, rows, columns, title."""
    _show(datasets.overview(truth=truth, external=True))


@data.command(epilog=EXITS)
def describe(name: Name) -> None:
    """Say what each column of a dataset means."""
    _show(datasets.describe(name).drop(columns="chinese"))


@data.command(epilog=EXITS)
def export(
    name: Name,
    out: Annotated[Path, typer.Option(help="File to write: .csv or .parquet.")],
    truth: Truth = False,
    overwrite: Overwrite = False,
) -> None:
    """Copy a dataset into a file of your own."""
    if out.suffix not in {".csv", ".parquet"}:
        raise ParameterError(f"--out {out.name}: the name must end in .csv or .parquet")
    if out.suffix == ".parquet":
        files.parquet()
    file = datasets.path(name, truth=truth)
    table = None if out.suffix == file.suffix else datasets.load(name, truth=truth)
    with _writing(out):
        if out.exists() and not overwrite:
            raise ParameterError(f"--out {out} is there already: --overwrite replaces it")
        with files.whole_file(out) as place:
            if table is None:
                shutil.copyfile(file, place)
            elif out.suffix == ".csv":
                table.to_csv(place, index=False, lineterminator="\n", encoding="utf-8")
            else:
                table.to_parquet(place, engine="pyarrow", index=False)
        size = out.stat().st_size
    typer.echo(f"{out}: {size:,} bytes")


@data.command(epilog=EXITS)
def simulate(
    out: Annotated[Path, typer.Option(help="Folder to write the tables into.")],
    seed: Annotated[
        str | None,
        typer.Option(
            help="A whole number, also as 0x...: the same seed gives the same bytes. "
            "Without it one that nobody can guess, which is told."
        ),
    ] = None,
    size: Annotated[
        Literal["small", "course", "large"],
        typer.Option(help="Large has orders and service only, as Parquet."),
    ] = "course",
    orders: Annotated[
        int | None, typer.Option(help="How many orders a large one has (10,000,000).")
    ] = None,
    truth: Truth = False,
    overwrite: Overwrite = False,
) -> None:
    """Simulate a company of your own and write its tables into a folder.

    Give a team a company without --seed, and keep the seed: it makes the answer key.
    """
    own = seed is None
    seed = private_seed() if seed is None else seed
    if orders is not None and size != "large":
        raise ParameterError(
            f"--orders {orders} is for --size large only: add that, or leave --orders out"
        )
    with _writing(out):
        if out.exists() and not out.is_dir():
            raise ParameterError(f"--out {out} is a file: name a folder")
        if not overwrite and out.exists() and {*out.iterdir()} - {*files.unfinished(out)}:
            raise ParameterError(
                f"--out {out} is not empty: --overwrite takes the place of an older company there "
                "and leaves what else there is"
            )
        if size == "large":
            written = _stream(seed, out, 10_000_000 if orders is None else orders, truth)
        else:
            tables = datasets.simulate(seed, size=size, truth=truth)
            written = datasets.write(tables, out, alone=True)
    _show(written)
    if own:
        typer.echo(f"seed {seed}: keep it; with it, --truth adds the answer key")


def _stream(seed: str, out: Path, orders: int, truth: bool) -> pd.DataFrame:
    """Write a large company, a folder of parts for each table; return its rows and bytes."""
    rows = large.stream(out, seed=seed, orders=orders, truth=truth, overwrite=True)
    sizes = [sum(part.stat().st_size for part in (out / name).iterdir()) for name in rows]
    return pd.DataFrame({"folder": list(rows), "rows": list(rows.values()), "bytes": sizes})


# --- what is said when it does not work ---

MENDS = {
    errno.ENOENT: "there is no such folder: make it first, or name another",
    errno.EACCES: "you may not write there: name a place of your own",
    errno.EPERM: "you may not write there: name a place of your own",
    errno.EROFS: "you may not write there: name a place of your own",
    errno.EEXIST: "a file stands in the way: name another folder",
    errno.ENOTDIR: "a file stands in the way: name another folder",
    errno.EISDIR: "a folder stands in the way: name another",
    errno.ENOSPC: "the disk is full: make room, or name a place on another one",
    errno.ENAMETOOLONG: "the name is too long: give a shorter one",
}


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Say of what the file system refuses which option it is about, and how to mend it."""
    try:
        yield
    except OSError as error:
        why = MENDS.get(error.errno or 0, f"{error.strerror or error}: name another place")
        raise ParameterError(f"--out {out}: {why}") from error


def _in_options(message: str) -> str:
    """Say of Python's parameters what the command line calls them: truth=True is --truth."""
    message = re.sub(r"\bfolder=", "out=", " ".join(message.splitlines()))
    names = "out|orders|overwrite|seed|size|truth"
    message = re.sub(rf"\b({names})=True\b", r"--\1", message)
    return re.sub(rf"\b({names})=", r"--\1 ", message)


def main() -> None:
    """Run the command line; whatever goes wrong is said in one line."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a sign the terminal has not is no reason to stop
    try:
        app()
    except (KeyAccountsError, ModuleNotFoundError, OSError) as error:
        sys.exit(f"keyaccounts: {_in_options(str(error))}")


if __name__ == "__main__":
    main()
