"""Rules: all, any or at least k of some conditions, answered yes, no or unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from keyaccounts import frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import Rules
from keyaccounts.patterns.held import decide
from keyaccounts.tables import Shown, Table, table


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
    answers: frames.Ints

    def _shown(self) -> Table:
        said = f"{self.answers.shape[1]:,} rows by {len(self.counts)} rules"
        counts = self.counts.drop(columns="rule")
        return table(counts, said, percent=("share",), rows=len(counts))


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
    found = decide(rows, rules, key=key, columns=columns, parameters=parameters)
    held = found.held
    if {"unmet", "open"} & {rule.id for rule in found.rules}:
        raise ParameterError("rules: the ids 'unmet' and 'open' name other columns of the answer")
    unmet = [next((str(v.unmet[0]) for v in row if v.unmet), "") for row in found.verdicts]
    opens = [
        next(("; ".join(map(str, v.open)) for v in row if v.open), "") for row in found.verdicts
    ]
    unmet_of, open_of = (frames.Words(some or [""], held.place) for some in (unmet, opens))
    table = held.answer(**found.words(), unmet=unmet_of, open=open_of)
    return Judged(table, found.counts(), found.answers)
