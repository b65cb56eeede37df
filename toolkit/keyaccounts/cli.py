"""The toolkit from a command line: `keyaccounts data ...` lists, describes, exports, simulates."""

from __future__ import annotations

import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pandas as pd

from keyaccounts import datasets
from keyaccounts.errors import KeyAccountsError, ParameterError
from keyaccounts.world import large

try:
    import typer
    from rich.console import Console
    from rich.table import Table
except ModuleNotFoundError as missing:
    raise SystemExit('the command line needs more: pip install "keyaccounts[cli]"') from missing

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
data = typer.Typer(
    no_args_is_help=True, help="The course's data: list, describe, export, simulate."
)
app.add_typer(data, name="data")

Truth = Annotated[bool, typer.Option("--truth", help="Also the answer key, the tables truth_...")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")]
Name = Annotated[str, typer.Argument(help="Name of a dataset, as `data list` shows it.")]


class Size(StrEnum):
    """How large a simulated company is."""

    small = "small"
    course = "course"
    large = "large"


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
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    large = isinstance(value, int) and abs(value) >= 10_000  # a year stays a year
    return f"{value:,}" if large else str(value)


@data.command("list")
def list_datasets(truth: Truth = False) -> None:
    """List the datasets: name, area, rows, columns, title."""
    _show(datasets.overview(truth=truth, external=True))


@data.command()
def describe(name: Name) -> None:
    """Say what each column of a dataset means."""
    _show(datasets.describe(name).drop(columns="chinese"))


@data.command()
def export(
    name: Name,
    out: Annotated[Path, typer.Option(help="File to write: .csv or .parquet.")],
    truth: Truth = False,
    overwrite: Overwrite = False,
) -> None:
    """Copy a dataset into a file of your own."""
    if out.suffix not in {".csv", ".parquet"}:
        raise ParameterError(f"--out {out.name}: the name must end in .csv or .parquet")
    if out.exists() and not overwrite:
        raise ParameterError(f"--out {out} is there already: --overwrite replaces it")
    file = datasets.path(name, truth=truth)
    if out.suffix == file.suffix:
        shutil.copyfile(file, out)
    else:
        table = datasets.load(name, truth=truth)
        if out.suffix == ".csv":
            table.to_csv(out, index=False, lineterminator="\n")
        else:
            table.to_parquet(out, index=False)
    typer.echo(f"{out}: {out.stat().st_size:,} bytes")


@data.command()
def simulate(
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")],
    out: Annotated[Path, typer.Option(help="Folder to write the tables into.")],
    size: Annotated[
        Size, typer.Option(help="Large has orders and service only, as Parquet.")
    ] = Size.course,
    orders: Annotated[int, typer.Option(help="How many orders a large one has.")] = 10_000_000,
    truth: Truth = False,
    overwrite: Overwrite = False,
) -> None:
    """Simulate a company of your own and write its tables into a folder."""
    if out.is_file():
        raise ParameterError(f"--out {out} is a file: name a folder")
    if out.exists() and any(out.iterdir()) and not overwrite:
        raise ParameterError(f"--out {out} is not empty: --overwrite writes into it all the same")
    if size is Size.large:
        _show(_stream(seed, out, orders, truth))
    else:
        _show(datasets.write(datasets.simulate(seed, size=size.value, truth=truth), out))


def _stream(seed: int, out: Path, orders: int, truth: bool) -> pd.DataFrame:
    """Write a large company, a folder of parts for each table; return its rows and bytes."""
    rows = large.stream(out, seed=seed, orders=orders, truth=truth)
    sizes = [sum(part.stat().st_size for part in (out / name).iterdir()) for name in rows]
    return pd.DataFrame({"folder": list(rows), "rows": list(rows.values()), "bytes": sizes})


def main() -> None:
    """Run the command line; what is wrong with the input is said in one line."""
    try:
        app()
    except (KeyAccountsError, ModuleNotFoundError) as error:
        sys.exit(f"keyaccounts: {error}")


if __name__ == "__main__":
    main()
