"""Grids: two scores, cut into bands, whose cells have a name and an action each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns import entries
from keyaccounts.tables import Shown, Table, number, percent, table

UNKNOWN = "unknown"
"""The cell of whoever lacks a score."""

BANDS = {1: ("low", "high"), 2: ("low", "middle", "high")}
COLUMNS = ("x_band", "y_band", "cell", "action")


@dataclass(frozen=True)
class Drawn:
    """Cuts to be taken from the known values of a column: how many, how, and the rule in words."""

    take: Callable[[frames.Floats], Sequence[float]]
    rule: str
    count: int


Cuts: TypeAlias = "float | Sequence[float] | Drawn | None"
Cells: TypeAlias = "Sequence[Mapping[str, Any]]"


class Grid(Shown):
    """Answer of :func:`grid`.

    Attributes
    ----------
    table : frame
        One row a key, sorted by key: the key and both scores under the names they had; `x_band`
        and `y_band`; `cell` (its id, "unknown" without one of the scores); `action`.
    counts : pandas.DataFrame
        One row a pair of bands, highest first, and one for the unknown: `y_band`, `x_band`,
        `cell`, `name`, `customers`, `share`, `action`.
    x, y : str
        What is scored, left to right and bottom to top.
    x_cuts, y_cuts : tuple of float
        Where bands begin; empty where the column named the bands itself.
    x_rule, y_rule : str
        By which rule the cuts were taken from the data; empty where they were given.
    x_bands, y_bands : tuple of str
        Names of the bands, lowest first.
    cells : tuple of dict
        The cells as they were given.
    scores : dict
        "x", "y" → the scores in order of the key, NaN where unknown; not there for an axis whose
        column named the bands itself.
    standing : array
        In the same order, the id of the cell where each customer stands.
    note : str
        What a method adds to the caption.
    """

    table: Any
    counts: pd.DataFrame
    x: str
    y: str
    x_cuts: tuple[float, ...]
    y_cuts: tuple[float, ...]
    x_rule: str
    y_rule: str
    x_bands: tuple[str, ...]
    y_bands: tuple[str, ...]
    cells: tuple[Mapping[str, Any], ...] = field(repr=False)
    scores: Mapping[str, frames.Floats] = field(repr=False)
    standing: NDArray[np.object_] = field(repr=False)
    _rows: entries.Entries = field(repr=False)
    note: str = ""

    @property
    def unknown(self) -> int:
        """How many lack one of the scores."""
        return int(self.counts["customers"].iloc[-1])

    def _shown(self) -> Table:
        unknown = f"{self.unknown:,} unknown" if self.unknown else ""
        said = "".join(f"; {part}" for part in (unknown, self.note) if part)
        counted = f"{self.counts['customers'].sum():,} customers by {self.y} and {self.x}{said}"
        columns, n = ["name", "customers", "share", "action"], len(self.counts)
        return table(self.counts, counted, columns=columns, percent=("share",), rows=n)


def grid(
    rows: Any,
    *,
    key: str,
    x: str,
    y: str,
    x_cuts: Cuts,
    y_cuts: Cuts,
    cells: Cells,
    x_bands: Sequence[str] | None = None,
    y_bands: Sequence[str] | None = None,
) -> Grid:
    """Say in which cell each customer stands, what to do there, and how many stand there.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    key : str
        Column that says whose a row is.
    x, y : str
        Columns: the two scores. What is missing is unknown.
    x_cuts, y_cuts : float, sequence of float, Drawn, or None
        Where the next band begins: one cut makes two bands, two make three. Exactly on a cut is
        in the higher band. None: the column names the bands itself. A method that takes its cuts
        from the data says how, and by which rule, as ``Drawn(take, rule, count)``.
    cells : list of dict
        For each pair of bands `x` and `y` (names of bands) the cell's `id`, `english` name and
        `action`. Several pairs may share an id.
    x_bands, y_bands : list of str, optional
        Names of the bands, lowest first. Default: low, (middle,) high.

    Returns
    -------
    Grid
        `.table`, `.counts`, `.unknown`, and the axes as they were cut.

    Raises
    ------
    ColumnError
        If a column is not there, or has the name of a column of the answer.
    DataError
        If a key is missing or there twice, a score is no number, or a word names no band.
    ParameterError
        If cuts do not rise, or the cells do not cover each pair of bands once.

    Examples
    --------
    >>> import pandas as pd
    >>> found = ka.patterns.grid.grid(
    ...     pd.DataFrame({"who": ["A", "B", "C"], "ease": [5, 2, 9], "worth": [7, 8, None]}),
    ...     key="who", x="ease", y="worth", x_cuts=5, y_cuts=5,
    ...     cells=[
    ...         {"x": "high", "y": "high", "id": "now", "english": "now", "action": "Call today."},
    ...         {"x": "low", "y": "high", "id": "plan", "english": "plan", "action": "Plan."},
    ...         {"x": "high", "y": "low", "id": "mail", "english": "mail", "action": "Write."},
    ...         {"x": "low", "y": "low", "id": "wait", "english": "wait", "action": "Wait."},
    ...     ])
    >>> found.table[["who", "x_band", "y_band", "cell"]]
      who x_band   y_band     cell
    0   A   high     high      now
    1   B    low     high     plan
    2   C   high  unknown  unknown
    """
    for name, role in ((key, "key"), (x, "x"), (y, "y")):
        frames.check_free(name, COLUMNS, role)
    names, given = {"x": x, "y": y}, {"x": x_cuts, "y": y_cuts}
    edges = {role: _cuts(f"{role}_cuts", cuts) for role, cuts in given.items()}
    counts = {r: c.count if isinstance(c, Drawn) else len(edges[r]) for r, c in given.items()}
    bands = {
        "x": _bands("x_bands", x_bands, counts["x"]),
        "y": _bands("y_bands", y_bands, counts["y"]),
    }
    pairs = _pairs(cells, bands["x"], bands["y"])
    scored = {role: name for role, name in names.items() if given[role] is not None}
    named = {role: name for role, name in names.items() if given[role] is None}
    read = entries.read(rows, key=key, numbers=scored, words=named)
    edges |= {role: _drawn(read, role, c) for role, c in given.items() if isinstance(c, Drawn)}
    places, values = {}, {}
    for role, name in names.items():
        places[role], values[str(name)] = _axis(read, role, edges[role], bands[role])
    wide, high = len(bands["x"]), len(bands["y"])
    lacking = (places["x"] == wide) | (places["y"] == high)
    place = np.where(lacking, wide * high, places["y"] * wide + places["x"])
    nobody = {"id": UNKNOWN, "english": UNKNOWN, "action": "Find out what is missing."}
    known = [pairs[a, b] for b, a in product(bands["y"], bands["x"])] + [nobody]
    ids = [str(cell["id"]) for cell in known]
    answer = read.answer(
        **values,
        x_band=frames.Words([*bands["x"], UNKNOWN], places["x"]),
        y_band=frames.Words([*bands["y"], UNKNOWN], places["y"]),
        cell=frames.Words(ids, place),
        action=frames.Words([str(cell["action"]) for cell in known], place),
    )
    return Grid(
        answer,
        _counts(known, place, bands),
        str(x),
        str(y),
        edges["x"],
        edges["y"],
        x_cuts.rule if isinstance(x_cuts, Drawn) else "",
        y_cuts.rule if isinstance(y_cuts, Drawn) else "",
        bands["x"],
        bands["y"],
        tuple(cells),
        {role: read.numbers[role] for role in scored},
        np.array(ids, dtype=object)[place],
        read,
    )


def _cuts(role: str, cuts: Cuts) -> tuple[float, ...]:
    if cuts is None or isinstance(cuts, Drawn):
        return ()
    given: Any = cuts  # a caller may give text
    given = given if np.iterable(given) and not isinstance(given, str) else [given]
    return checks.rising(role, given, "rising numbers, one for each border")


def _drawn(read: entries.Entries, role: str, cuts: Drawn) -> tuple[float, ...]:
    """Return the cuts that are taken from the known values of a column."""
    known = read.numbers[role][~np.isnan(read.numbers[role])]
    found = tuple(float(cut) for cut in cuts.take(known)) if known.size else ()
    if len(found) != cuts.count or any(b <= a for a, b in pairwise(found)):
        raise DataError(
            f"column {read.source.names[role]!r}: {known.size:,} known values, too few or too "
            "much alike to be cut: say where to cut"
        )
    return found


def _bands(role: str, bands: Sequence[str] | None, cuts: int) -> tuple[str, ...]:
    if bands is None:
        if cuts not in BANDS:
            raise ParameterError(f"{role}=None: name the bands, lowest first")
        return BANDS[cuts]
    found = tuple(checks.texts(role, bands, "names, lowest first"))
    wanted = cuts + 1 if cuts else max(len(found), 2)
    if len(found) != wanted or len({*found}) != wanted or {UNKNOWN, ""} & {*found}:
        raise ParameterError(f"{role}={bands!r}: give {wanted} different names, lowest first")
    return found


def _pairs(
    cells: Cells, x_bands: tuple[str, ...], y_bands: tuple[str, ...]
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the cell of each pair of bands."""
    found = {}
    if isinstance(cells, Mapping) or not np.iterable(cells):
        raise ParameterError(f"cells={cells!r}: give a list of dictionaries, one for each cell")
    for cell in cells:
        lacks = {"x", "y", "id", "english", "action"} - {*cell}
        if lacks:
            raise ParameterError(f"cells: {dict(cell)!r} has no {', '.join(sorted(lacks))}")
        found[cell["x"], cell["y"]] = cell
    wanted = {*product(x_bands, y_bands)}
    if {*found} != wanted or len(cells) != len(wanted):
        raise ParameterError(
            f"cells: give one cell for each pair of {x_bands} (x) and {y_bands} (y)"
        )
    return found


def _axis(
    read: entries.Entries, role: str, cuts: tuple[float, ...], bands: tuple[str, ...]
) -> tuple[frames.Ints, Any]:
    """Return the band of each row, one more than there are for the unknown, and the values."""
    if cuts:
        numbers = read.numbers[role]
        places = np.searchsorted(cuts, np.nan_to_num(numbers), "right")
        return np.where(np.isnan(numbers), len(bands), places), numbers
    known = {band: place for place, band in enumerate(bands)} | {"": len(bands)}
    found = np.array([known.get(word, -1) for word in read.words[role]], dtype=np.int64)
    read.refuse(role, found < 0, f"the bands are {', '.join(bands)}")
    return found, frames.Words([*bands, ""], found)


def _counts(
    known: list[Mapping[str, Any]], place: frames.Ints, bands: dict[str, tuple[str, ...]]
) -> pd.DataFrame:
    customers = np.bincount(place.astype(np.intp), minlength=len(known))
    pairs = [*product(bands["y"], bands["x"]), (UNKNOWN, UNKNOWN)]
    found = pd.DataFrame(
        {
            "y_band": [pair[0] for pair in pairs],
            "x_band": [pair[1] for pair in pairs],
            "cell": [str(cell["id"]) for cell in known],
            "name": [str(cell["english"]) for cell in known],
            "customers": customers,
            "share": customers / max(place.size, 1),
            "action": [str(cell["action"]) for cell in known],
        }
    )
    last = len(known) - 1
    return found.iloc[[*reversed(range(last)), last]].reset_index(drop=True)


# --------------------------------------------------------------------------------------- moves

ABSENT = "absent"
"""Where a customer stands who is in one of the two grids only."""


class Moves(Shown):
    """Answer of :func:`moves`.

    Attributes
    ----------
    table : frame
        One row a key, sorted by key: the key under the name it had, `before` and `after` (ids of
        cells, "unknown", or "absent"), `moved`.
    counts : pandas.DataFrame
        One row a cell before, one column a cell after: how many went from here to there.
    stayed : float
        Share of those in both grids who are still in their cell (NaN if nobody is in both).
    notes : tuple of str
        Where an axis is cut at other values after than before, because both times the cuts were
        taken from the data by the same rule: which, and where.
    """

    table: Any
    counts: pd.DataFrame
    stayed: float
    notes: tuple[str, ...]

    def _shown(self) -> Table:
        stayed = "nobody is in both" if np.isnan(self.stayed) else f"{percent(self.stayed)} stayed"
        said = f"From cell (rows) to cell (columns): {stayed}"
        return table(self.counts, said, rows=len(self.counts)).with_notes(self.notes)


def moves(before: Grid, after: Grid) -> Moves:
    """Say who changed cells between two dates, and from where to where.

    Parameters
    ----------
    before, after : Grid
        Two answers of :func:`grid` with the same cells, the same cuts and the same key.

    Returns
    -------
    Moves
        `.table` (the kind of frame of `after`), `.counts`, `.stayed`, `.notes`. Each row of the
        counts adds up to who stood in that cell before, each column to who stands there after.

    Raises
    ------
    DataError
        If one is no grid, the cells or the cuts differ, or the keys are of different kinds.

    Notes
    -----
    With other cuts customers would change cells who did nothing. So both grids must be cut at the
    same values, or, where a method takes its cuts from the data (such as the median), by the same
    rule. Then the values may differ: somebody moves because the others changed, and `.notes` says
    from which value to which. To see only what the customers did, give the cuts of the first grid
    to the second.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = [{"x": x, "y": y, "id": f"{x}-{y}", "english": "", "action": ""}
    ...          for x in ("low", "high") for y in ("low", "high")]
    >>> then, now = (
    ...     ka.patterns.grid.grid(
    ...     pd.DataFrame({"who": list("AB"), "x": [1, x], "y": [9, 9]}), key="who",
    ...          x="x", y="y", x_cuts=5, y_cuts=5, cells=cells) for x in (2, 8))
    >>> ka.patterns.grid.moves(then, now).table
      who    before      after  moved
    0   A  low-high   low-high  False
    1   B  low-high  high-high   True
    """
    if not (isinstance(before, Grid) and isinstance(after, Grid)):
        raise DataError("pass two answers of grid, not tables")
    cells = [*dict.fromkeys(before.counts["cell"])]
    if _ids(before) != _ids(after):
        raise DataError("the two grids have different cells: make both with the same cells=")
    notes = tuple(note for axis in "yx" if (note := _cut_anew(before, after, axis)))
    then, now = (dict(zip(g._rows.keys, g.standing, strict=True)) for g in (before, after))
    own, key = after._rows.frame, after._rows.source.names["key"]
    try:
        keys = sorted(then | now)
    except TypeError:
        raise DataError(f"column {key!r} holds different kinds of keys in the two grids") from None
    places = [*cells, ABSENT]
    number_of = {place: i for i, place in enumerate(places)}
    was, is_now = (
        np.array([number_of[stood.get(k, ABSENT)] for k in keys], dtype=np.int64)
        for stood in (then, now)
    )
    counts = np.zeros((len(places), len(places)), dtype=np.int64)
    np.add.at(counts, (was, is_now), 1)
    both = counts[:-1, :-1]
    column = nw.new_series(key, keys, own[key].dtype, backend=own.implementation)
    found = frames.with_arrays(
        column.to_frame(),
        before=frames.Words(places, was),
        after=frames.Words(places, is_now),
        moved=was != is_now,
    )
    return Moves(
        frames.like(after._rows.source, found, "key"),
        pd.DataFrame(counts, columns=places).assign(before=places)[["before", *places]],
        float(np.trace(both) / both.sum()) if both.any() else float("nan"),
        notes,
    )


def _ids(found: Grid) -> dict[tuple[str, str], str]:
    return {(cell["x"], cell["y"]): str(cell["id"]) for cell in found.cells}


def _cut_anew(before: Grid, after: Grid, axis: str) -> str:
    """Say where an axis is cut both times if the values differ; refuse it if the rules do too."""
    cuts, rules, names = (
        [vars(found)[axis + what] for found in (before, after)] for what in ("_cuts", "_rule", "")
    )
    if cuts[0] == cuts[1]:
        return ""
    if rules[0] and rules[0] == rules[1]:
        then, now = (_listed(c) for c in cuts)
        return f"{names[1]} is cut at {rules[1]}: {then} before, {now} after"
    then, now = (
        (_listed(c) + (f" ({rule})" if rule else "")) if c else "the words of the column"
        for c, rule in zip(cuts, rules, strict=True)
    )
    raise DataError(
        f"{names[1]!r} is cut at {then} before and at {now} after, so customers would move who did "
        "nothing: make both grids with the same cuts"
    )


def _listed(cuts: Sequence[float]) -> str:
    return " and ".join(number(cut, ",.10g") for cut in cuts)
