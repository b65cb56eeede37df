"""Rules: all, any or at least k of some conditions, answered yes, no or unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import Rule, Rules, conditions_of, parse, weigh
from keyaccounts.patterns.held import Held, hold
from keyaccounts.tables import Shown, Table, table

NO, YES, UNKNOWN = 0, 1, 2
ANSWERS = ("no", "yes", "unknown")


@dataclass(frozen=True, repr=False)
class Judged(Shown):
    """Answer of :func:`judge`.

    Attributes
    ----------
    table : frame
        One row a key, sorted by key: the key under the name it had; a column a rule ("yes", "no",
        "unknown"); `unmet`, the first condition not met of the first rule that says no; `open`,
        what is to be found out for the first rule that is unknown.
    counts : pandas.DataFrame
        One row a rule: `rule`, `name`, `yes`, `no`, `unknown`, `share` (yes, of those it can judge;
        missing where there are none).
    answers : array
        One row a rule, one column a key, in the order of the table: 0 no, 1 yes, 2 unknown.
    """

    table: Any
    counts: pd.DataFrame
    answers: NDArray[np.int64]
    held: Held = field(repr=False)

    def _shown(self) -> Table:
        said = f"{self.answers.shape[1]:,} rows by {len(self.counts)} rules"
        return table(
            self.counts.drop(columns="rule"), said, percent=("share",), rows=len(self.counts)
        )


def judge(
    rows: Any,
    rules: Rules,
    *,
    key: str | None = None,
    columns: Mapping[str, str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Judged:
    """Say which rules hold for each row, where what is missing is unknown and not no.

    Parameters
    ----------
    rows : frame, or dict
        One row a customer, of any kind the toolkit accepts; or facts by name, single ones or
        arrays, None where unknown.
    rules : dict, or list of dict
        Each has an `id`, an `english` name if you like, and one of: `all`, `any` (lists), or
        `at_least` ({"k": 2, "of": [...]}). In the list stand conditions such as
        ``["vehicles", ">=", 3]`` (also as a dictionary of column, operator and value), the names of
        columns that hold true or false (or 1 or 0), and further groups. Operators: ==, !=, >, >=,
        <, <=, "in" (a list), "between" (both ends belong to it; None is an open end), and "known".
        A value {"parameter": "limit"} is looked up in `parameters`.
    key : str, optional
        Column that says whose a row is; not asked for where facts are given.
    columns : dict of str to str, optional
        What a rule calls a column → what the table calls it. Default: the same.
    parameters : dict, optional
        Values that rules name.

    Returns
    -------
    Judged
        `.table`, `.counts`, `.answers`. An answer is unknown as long as conditions that are
        unknown could change it, each taken for itself. An empty text is unknown, too.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a key is missing or there twice, or a column cannot be compared with what a rule says.
    ParameterError
        If a rule cannot be read.

    References
    ----------
    Kleene (1952), Introduction to Metamathematics, section 64.

    Examples
    --------
    >>> import pandas as pd
    >>> cards = pd.DataFrame({
    ...     "account": ["A", "B", "C"], "vehicles": [5, None, 1], "contract": [None, True, None]})
    >>> rule = {"id": "fleet", "all": [["vehicles", ">=", 3], "contract"]}
    >>> ka.patterns.rules.judge(cards, rule, key="account").table[["unmet", "open", "fleet"]]
               unmet           open    fleet
    0                      contract  unknown
    1                 vehicles >= 3  unknown
    2  vehicles >= 3                      no
    >>> ka.patterns.rules.judge({"vehicles": 4, "contract": True}, rule).answers.tolist()
    [[1]]
    """
    found = parse(rules, parameters)
    if columns is not None and not isinstance(columns, Mapping):
        raise ParameterError(
            f"columns={columns!r}: give a dictionary from what a rule calls a column to what the "
            "table calls it, such as {'age': 'years'}"
        )
    conditions = [*dict.fromkeys(c for rule in found for c in conditions_of(rule.need))]
    # Named so that a message about a column that is missing says how to name another.
    called = {
        c.column: frames.asked((columns or {}).get(c.column, c.column), f"columns[{c.column!r}]")
        for c in conditions
    }
    if isinstance(rows, Mapping):
        rows, key = _facts(rows, called), "row"
    if key is None:
        raise ParameterError("name the column that says whose a row is with key=")
    names = [rule.id for rule in found]
    frames.check_free(key, [*names, "unmet", "open"], "key")
    held = hold(rows, key, conditions, called)
    kinds = [[weigh(rule.need, kind) for rule in found] for kind in held.kinds]
    codes = [[UNKNOWN if v.answer is None else int(v.answer) for v in row] for row in kinds]
    answers = np.array(codes, dtype=np.int64).reshape(-1, len(found))[held.place].T
    unmet = [next((str(v.unmet[0]) for v in row if v.unmet), "") for row in kinds]
    open_ = [next(("; ".join(map(str, v.open)) for v in row if v.open), "") for row in kinds]
    texts = {name: frames.Words(ANSWERS, row) for name, row in zip(names, answers, strict=True)}
    texts["unmet"] = frames.Words(unmet or [""], held.place)
    texts["open"] = frames.Words(open_ or [""], held.place)
    return Judged(held.answer(**texts), _counts(found, answers), answers, held)


def _facts(facts: Mapping[str, Any], called: Mapping[str, str]) -> pd.DataFrame:
    """Return facts given by hand as a table with a column `row`."""
    asked = {name: facts[name] for name in called.values() if name in facts}
    single = all(isinstance(value, str) or not np.iterable(value) for value in asked.values())
    return pd.DataFrame(asked, index=[0] if single else None).assign(row=lambda t: range(len(t)))


def _counts(found: Sequence[Rule], answers: NDArray[np.int64]) -> pd.DataFrame:
    no, yes, unknown = ((answers == code).sum(axis=1) for code in range(3))
    shown = pd.DataFrame([rule[:2] for rule in found], columns=["rule", "name"])
    share = yes / np.where(yes + no > 0, yes + no, np.nan)
    return shown.assign(yes=yes, no=no, unknown=unknown, share=share)
