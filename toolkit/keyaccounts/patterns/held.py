"""Which conditions of rules hold in a table of any kind, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import frames
from keyaccounts.errors import DataError
from keyaccounts.patterns import entries
from keyaccounts.patterns.conditions import Condition

_NO, _YES, _UNKNOWN, _FAULT = 0, 1, 2, 3
_WORD = 30  # as many conditions fit into one whole number of 64 bits


class Held(NamedTuple):
    """Which conditions hold, for each kind of row there is, and of which kind each row is."""

    source: frames.Source
    frame: nw.DataFrame[Any]
    kinds: list[dict[Condition, bool | None]]
    place: NDArray[np.int64]

    def answer(self, /, **columns: Any) -> Any:
        """Return the key and computed columns in the caller's kind of frame."""
        return frames.like(self.source, frames.with_arrays(self.frame, **columns), "key")


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
    entries.check_keys(found, key)
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
    kind, missing = source.dtype(role), column.is_null()
    if kind.is_float():
        missing = missing | column.is_nan()
    if kind in (nw.String, nw.Categorical, nw.Enum):
        missing = missing | (column.cast(nw.String) == "")
    if yes is None:  # whether it is known is never unknown
        return source, nw.when(missing).then(nw.lit(_NO)).otherwise(nw.lit(_YES))
    fails = nw.lit(_NO) if no is None else nw.when(no).then(nw.lit(_NO)).otherwise(nw.lit(_FAULT))
    code = nw.when(yes).then(nw.lit(_YES)).otherwise(fails)
    return source, nw.when(missing).then(nw.lit(_UNKNOWN)).otherwise(code)


def _neither(source: frames.Source, roles: Mapping[str, str], condition: Condition) -> DataError:
    """Say where a column holds neither of the two values it may hold."""
    role, both = roles[condition.column], [*condition.value]
    column, missing = nw.col(role), nw.col(role).is_null()
    if isinstance(both[0], str):
        column = column.cast(nw.String)
        missing = missing | (column == "")
    elif source.dtype(role).is_float():
        missing = missing | column.is_nan()
    other = ~(missing | (column == both[0]) | (column == both[1]))
    return DataError(
        f"column {source.names[role]!r} holds other labels than {both[0]!r} and {both[1]!r}: "
        f"{source.example(other, role)}. Rename them, or compare the column with a value"
    )
