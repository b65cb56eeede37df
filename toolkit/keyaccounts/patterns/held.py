"""Which rules hold in a table of any kind, or for facts given by hand; read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.patterns.conditions import (
    Condition,
    Rule,
    Rules,
    Verdict,
    conditions_of,
    parse,
    weigh,
)

ANSWERS = ("no", "yes", "unknown")
NO, YES, UNKNOWN, _FAULT = 0, 1, 2, 3
_WORD = 30  # as many conditions fit into one whole number of 64 bits


class Held(NamedTuple):
    """Which conditions hold, for each kind of row there is, and of which kind each row is."""

    source: frames.Source
    frame: nw.DataFrame[Any]
    kinds: list[dict[Condition, bool | None]]
    place: frames.Ints

    def answer(self, /, **columns: Any) -> Any:
        """Return the key and computed columns in the caller's kind of frame."""
        return frames.like(self.source, frames.with_arrays(self.frame, **columns), "key")


class Decided(NamedTuple):
    """Rules, for each kind of row a verdict a rule, and the answers: rule × row, as numbers."""

    rules: list[Rule]
    held: Held
    verdicts: list[list[Verdict]]
    answers: frames.Ints

    def words(self) -> dict[str, frames.Words]:
        """Return rule → its answers, as a column of words."""
        rows = [frames.Words(ANSWERS, row) for row in self.answers]
        return {rule.id: words for rule, words in zip(self.rules, rows, strict=True)}

    def counts(self) -> pd.DataFrame:
        """Count the answers of each rule, with the share of yes among those it can judge."""
        no, yes, unknown = ((self.answers == code).sum(axis=1) for code in (NO, YES, UNKNOWN))
        shown = pd.DataFrame([rule[:2] for rule in self.rules], columns=["rule", "name"])
        share = yes / np.where(yes + no > 0, yes + no, np.nan)
        return shown.assign(yes=yes, no=no, unknown=unknown, share=share)


def decide(
    rows: Any,
    rules: Rules,
    *,
    key: str | None = None,
    columns: Mapping[str, str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Decided:
    """Decide rules, as :func:`keyaccounts.patterns.rules.judge` describes it."""
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
    frames.check_names({f"columns[{column!r}]": name for column, name in called.items()})
    if isinstance(rows, Mapping):
        rows, key = _facts(rows, called)
    if key is None:
        raise ParameterError("name the column that says whose a row is with key=")
    held = hold(rows, key, conditions, called)
    verdicts = [[weigh(rule.need, kind) for rule in found] for kind in held.kinds]
    codes = [[UNKNOWN if v.answer is None else int(v.answer) for v in row] for row in verdicts]
    answers = np.array(codes, dtype=np.int64).reshape(-1, len(found))[held.place].T
    return Decided(found, held, verdicts, answers)


def _facts(facts: Mapping[str, Any], called: Mapping[str, str]) -> tuple[pd.DataFrame, str]:
    """Return facts given by hand as a table, and the name of its numbers of rows."""
    asked = {name: facts[name] for name in called.values() if name in facts}
    single = all(isinstance(value, str) or not np.iterable(value) for value in asked.values())
    rows, key = pd.DataFrame(asked, index=[0] if single else None), "row"
    while key in asked:
        key += "_"
    return rows.assign(**{key: range(len(rows))}), key


def hold(rows: Any, key: str, conditions: Sequence[Condition], called: Mapping[str, str]) -> Held:
    """Read a table once, and say which conditions hold.

    The engine gives a whole number a row (another for conditions beyond 30), and what follows is
    worked out once for all rows that are alike. `called` says what the table calls each column.
    """
    roles = {column: f"column_{place}" for place, column in enumerate(called)}
    named = {roles[column]: name for column, name in called.items()}
    source = frames.typed_key(frames.read(rows, key=key, **named), "key")
    words = [nw.lit(0) for _ in range(0, len(conditions), _WORD)]
    for i, condition in enumerate(conditions):
        source, code = _code(source, roles[condition.column], condition)
        words[i // _WORD] += code.cast(nw.Int64) * 4 ** (i % _WORD)
    plan = [word.cast(nw.Int64).alias(f"word_{i}") for i, word in enumerate(words)]
    found = frames.collect(source.lazy.select("key", *plan).sort("key"), key="key")
    frames.check_keys(found["key"], key)
    packed = pd.DataFrame({i: found[f"word_{i}"].to_numpy() for i in range(len(words))})
    place = np.asarray(packed.groupby([*packed], sort=False).ngroup(), dtype=np.int64)
    kinds = []
    for numbers in packed.drop_duplicates().to_numpy(dtype=np.int64).tolist():
        codes = [numbers[i // _WORD] >> 2 * (i % _WORD) & 3 for i in range(len(conditions))]
        if _FAULT in codes:
            raise _neither(source, roles, conditions[codes.index(_FAULT)])
        answers = [(False, True, None)[code] for code in codes]
        kinds.append(dict(zip(conditions, answers, strict=True)))
    return Held(source, found.select(nw.col("key").alias(key)), kinds, place)


def _code(source: frames.Source, role: str, condition: Condition) -> tuple[frames.Source, nw.Expr]:
    """Return the source with the column typed, and the answer of a condition as a number."""
    column, (_, operator, value) = nw.col(role), condition
    yes = no = None
    if operator == "either" and value[0] == 1:
        source = frames.typed_truth(source, role)
    if operator == "either" and source.dtype(role) == nw.Boolean:
        yes, no = column, ~column
    elif operator == "either":
        words = isinstance(value[0], str)
        source = (frames.typed_label if words else frames.typed_number)(source, role)
        given = column.cast(nw.String) if words else column
        yes, no = given == value[0], given == value[1]
    elif operator == "between":
        source, low = frames.compare(source, role, ">=", value[0])
        source, high = frames.compare(source, role, "<=", value[1])
        yes = low & high
    elif operator != "known":
        value = [*value] if operator == "in" else value
        source, yes = frames.compare(source, role, operator, value)
    missing = _missing(source, role)
    if yes is None:  # whether it is known is never unknown
        return source, nw.when(missing).then(nw.lit(NO)).otherwise(nw.lit(YES))
    fails = nw.lit(NO) if no is None else nw.when(no).then(nw.lit(NO)).otherwise(nw.lit(_FAULT))
    code = nw.when(yes).then(nw.lit(YES)).otherwise(fails)
    return source, nw.when(missing).then(nw.lit(UNKNOWN)).otherwise(code)


def _missing(source: frames.Source, role: str) -> nw.Expr:
    """Return where a column holds nothing; an empty text is none."""
    if source.dtype(role) not in (nw.String, nw.Categorical, nw.Enum):
        return source.missing(role)
    return nw.col(role).is_null() | (nw.col(role).cast(nw.String) == "")


def _neither(source: frames.Source, roles: Mapping[str, str], condition: Condition) -> DataError:
    """Say where a column holds neither of the two values it may hold."""
    role, both = roles[condition.column], [*condition.value]
    column = nw.col(role).cast(nw.String) if isinstance(both[0], str) else nw.col(role)
    other = ~(_missing(source, role) | (column == both[0]) | (column == both[1]))
    return DataError(
        f"column {source.names[role]!r} holds other labels than {both[0]!r} and {both[1]!r}: "
        f"{source.example(other, role)}. Rename them, or compare the column with a value"
    )
