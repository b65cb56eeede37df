"""Rules as one writes them down: a condition in words, answered yes, no or unknown."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from keyaccounts import frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.held import decide

_JOINED = re.compile(r"""("[^"]*"|'[^']*')|\s+(and|or)\s+""")
_CONDITION = re.compile(r"(.+?)\s*(==|!=|>=|<=|>|<|\sin\s)\s*(.+)", re.DOTALL)


def rules(rows: Any, conditions: Mapping[str, Any], *, key: str = "customer_id") -> Any:
    """Answer rules for each row with yes, no or unknown.

    What is missing is unknown and not no: an answer is unknown as long as what is missing could
    change it.

    Parameters
    ----------
    rows : frame
        One row a customer, of any kind the toolkit accepts.
    conditions : dict of str to str
        Name of the rule → its condition, written as in `query`: a column, one of ==, !=, >=, <=,
        >, < and in, and a value, text and days in quotes. A column of true and false (or of yes,
        no and unknown) stands alone; "outlook known" asks whether there is a value. Several are
        joined by "and", or by "or"; for more, a dictionary of `all`, `any` or `at_least`
        ({"k": 2, "of": [...]}) with a list of conditions.
    key : str, default "customer_id"
        Column that says whose a row is.

    Returns
    -------
    frame
        Same kind as `rows`, one row a customer, sorted by key: the key, and a column a rule with
        "yes", "no" or "unknown".

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a key is missing or there twice, or a column cannot be compared with the value.
    ParameterError
        If a condition cannot be read.

    See Also
    --------
    keyaccounts.patterns.rules.judge : also says which condition failed, and what to find out.

    Notes
    -----
    What rows say is worked out once for all rows that are alike: a million rows take less than half
    a second. Nothing that is written is run as code.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "customer_id": ["A", "B", "C"], "revenue": [25_000, 30_000, 4_000],
    ...     "vehicles": [12, None, None], "kind": ["organization", "individual", "organization"],
    ... })
    >>> ka.rules(accounts, {"large": "revenue >= 20000",
    ...                     "fleet": "vehicles >= 3 and kind == 'organization'"})
      customer_id large    fleet
    0           A   yes      yes
    1           B   yes       no
    2           C    no  unknown
    """
    if not isinstance(conditions, Mapping):
        raise ParameterError(
            f"conditions={conditions!r}: give a dictionary of names and conditions, such as "
            '{"large": "revenue >= 20000"}'
        )
    listed = [{**_read(f"rule {n!r}", given), "id": n} for n, given in conditions.items()]
    found = decide(rows, listed, key=key)
    frames.check_free(found.held.frame.columns[0], found.words(), "key")
    return found.held.answer(**found.words())


def _read(where: str, given: Any) -> dict[str, Any]:
    """Return a group of conditions, as :func:`keyaccounts.patterns.rules.judge` takes it."""
    if isinstance(given, str):
        return _joined(where, given)
    if not isinstance(given, Mapping):
        several = isinstance(given, list)
        return {"all": [*map(_inner(where), given)] if several else [given]}
    if isinstance(given.get("at_least"), Mapping):
        of = [*map(_inner(where), given["at_least"].get("of", []))]
        return {**given, "at_least": {**given["at_least"], "of": of}}
    return {
        kind: [*map(_inner(where), parts)] if isinstance(parts, list) else parts
        for kind, parts in given.items()
    }


def _inner(where: str) -> Any:
    return lambda part: part if isinstance(part, list | tuple) else _read(where, part)


def _joined(where: str, text: str) -> dict[str, Any]:
    """Take a text apart where and, or or, stands outside of quotes."""
    parts, joins, start = [], set(), 0
    for found in _JOINED.finditer(text):
        if found[2]:
            parts.append(text[start : found.start()])
            joins.add(found[2])
            start = found.end()
    if len(joins) > 1:
        raise ParameterError(
            f"{where}: {text!r} has both and and or: make a rule of each, or give a dictionary "
            'such as {"any": ["...", "..."]}'
        )
    parts.append(text[start:])
    return {"any" if joins == {"or"} else "all": [_condition(where, part) for part in parts]}


def _condition(where: str, text: str) -> Any:
    text = text.strip()
    found = _CONDITION.fullmatch(text)
    if not found and text.endswith(" known"):
        return (text.removesuffix(" known").strip(), "known")
    if not found and text and "=" not in text:
        return text  # a column that holds true and false
    try:
        if not found:
            raise ValueError
        return (found[1], found[2].strip(), ast.literal_eval(found[3]))  # literals, no code
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise ParameterError(
            f"{where}: cannot read {text!r}: write a column, one of == != >= <= > < in, and a "
            "value, text and days in quotes, as in kind == 'organization'"
        ) from None
