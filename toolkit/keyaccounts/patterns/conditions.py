"""What rules say: conditions, all, any or at least k of them, and when that is met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError

Rules: TypeAlias = "Sequence[Mapping[str, Any]] | Mapping[str, Any]"
OPERATORS = (*frames.OPERATORS, "between", "known")


class Condition(NamedTuple):
    """A column compared with a value; "either" holds at one of two and fails at the other."""

    column: str
    operator: str
    value: Any

    def __str__(self) -> str:
        if self.operator == "either":
            return self.column if self.value[0] == 1 else f"{self.column} == {self.value[0]}"
        if self.operator == "known":
            return f"{self.column} known"
        between = " and " if self.operator == "between" else ", "
        several = isinstance(self.value, tuple)
        value = between.join(map(str, self.value)) if several else self.value
        return f"{self.column} {self.operator} {value}"


class Group(NamedTuple):
    """At least so many of some parts: of "all" every one, of "any" one."""

    least: int
    parts: tuple[Condition | Group, ...]


class Rule(NamedTuple):
    """What must hold, under a name."""

    id: str
    english: str
    need: Group


class Verdict(NamedTuple):
    """True, False or None (unknown); if False what is not met; if None what would settle it."""

    answer: bool | None
    unmet: tuple[Condition, ...] = ()
    open: tuple[Condition, ...] = ()


def weigh(need: Condition | Group, held: Mapping[Condition, bool | None]) -> Verdict:
    """Say whether a need is met by what is known of its conditions."""
    if isinstance(need, Condition):
        answer = held[need]
        return Verdict(answer, (need,) * (answer is False), (need,) * (answer is None))
    parts = [weigh(part, held) for part in need.parts]
    sure = sum(part.answer is True for part in parts)
    if sure >= need.least:
        return Verdict(True)
    if sure + sum(part.answer is None for part in parts) < need.least:
        return Verdict(False, unmet=tuple(dict.fromkeys(c for part in parts for c in part.unmet)))
    return Verdict(None, open=tuple(dict.fromkeys(c for part in parts for c in part.open)))


def conditions_of(need: Condition | Group) -> Iterator[Condition]:
    """Return the conditions of a need in the order in which they are written."""
    if isinstance(need, Condition):
        yield need
    else:
        for part in need.parts:
            yield from conditions_of(part)


def parse(rules: Rules, parameters: Mapping[str, Any] | None = None) -> list[Rule]:
    """Read rules from dictionaries, as :func:`keyaccounts.patterns.rules.judge` describes them."""
    listed: Any = [rules] if isinstance(rules, Mapping) else rules
    if isinstance(listed, str) or not np.iterable(listed):
        raise ParameterError(f"rules={rules!r}: give a list of dictionaries, one for each rule")
    found = []
    for place, given in enumerate(listed):
        if not isinstance(given, Mapping) or "id" not in given:
            wanted = "a dictionary with an id and one of all, any and at_least"
            raise ParameterError(f"rules[{place}]={given!r}: give {wanted}")
        name = str(given["id"])
        need = _group(f"rule {name!r}", given, parameters or {})
        found.append(Rule(name, str(given.get("english", name)), need))
    ids = [rule.id for rule in found]
    if len({*ids}) < len(ids) or not ids:
        wrong = f"the id {max(ids, key=ids.count)!r} is there twice" if ids else "there are none"
        raise ParameterError(f"rules: {wrong}; give a rule or more, each with an id of its own")
    return found


def _group(where: str, given: Mapping[str, Any], parameters: Mapping[str, Any]) -> Group:
    named = [kind for kind in ("all", "any", "at_least") if kind in given]
    if len(named) != 1:
        raise ParameterError(f"{where}: give it one of all, any and at_least, not {len(named)}")
    kind, parts, least = named[0], given[named[0]], 1
    if kind == "at_least":
        if not isinstance(parts, Mapping) or {*parts} != {"k", "of"}:
            raise ParameterError(f"{where}: at_least={parts!r}: give {{'k': 2, 'of': [...]}}")
        least = checks.whole(f"{where}: k", _looked_up(where, parts["k"], parameters), least=1)
        parts = parts["of"]
    if not isinstance(parts, list | tuple) or not parts:
        raise ParameterError(f"{where}: {kind}={parts!r}: give a list of conditions, one or more")
    if least > len(parts):
        raise ParameterError(f"{where}: k={least}, but there are only {len(parts)} conditions")
    return Group(
        len(parts) if kind == "all" else least,
        tuple(_part(where, part, parameters) for part in parts),
    )


def _part(where: str, given: Any, parameters: Mapping[str, Any]) -> Condition | Group:
    if isinstance(given, str):
        return Condition(given, "either", (1, 0))
    if isinstance(given, Mapping) and "column" not in given:
        return _group(where, given, parameters)
    if isinstance(given, Mapping):
        given = [given[part] for part in ("column", "operator", "value") if part in given]
    return condition(where, given, parameters)


def _looked_up(where: str, given: Any, parameters: Mapping[str, Any]) -> Any:
    """Return a value, or what the parameter that it names holds."""
    if not isinstance(given, Mapping):
        return given
    checks.choice(f"{where}: parameter", given.get("parameter"), [*parameters])
    return parameters[given["parameter"]]


def condition(where: str, given: Any, parameters: Mapping[str, Any] | None = None) -> Condition:
    """Take one condition from what a caller wrote: a column, an operator and a value."""
    if not (isinstance(given, list | tuple) and len(given) in (2, 3) and isinstance(given[0], str)):
        raise ParameterError(
            f"{where}: {given!r} is neither the name of a column nor a condition such as "
            '("vehicles", ">=", 3)'
        )
    column, operator, *rest = given
    checks.choice(where, operator, OPERATORS)
    if operator == "known" and rest in ([], [True]):
        return Condition(column, operator, True)
    value: Any = _looked_up(where, rest[0], parameters or {}) if rest else None
    several = isinstance(value, list | tuple | set | frozenset)
    values = [*value] if several else [value]
    between = operator == "between" and len(values) == 2
    kinds = {_kind(one) for one in values if not (between and one is None)}
    unordered = "truth" in kinds and operator not in ("==", "!=")
    fits = between if operator == "between" else several == (operator == "in")
    if not fits or operator == "known" or len(kinds) != 1 or None in kinds or unordered:
        raise ParameterError(
            f"{where}: cannot compare {operator!r} with {value!r}: give a number, text, day, True "
            'or False; for "in" a list of numbers, texts or days, for "between" two'
        )
    if between:
        low, high = values
        if low is None:
            return Condition(column, "<=", high)
        if high is None:
            return Condition(column, ">=", low)
        if kinds != {"text"} and low > high:
            raise ParameterError(f"{where}: {column} from {low} to {high}: swap the ends")
    return Condition(column, operator, tuple(values) if several else value)


def _kind(value: Any) -> str | None:
    if isinstance(value, bool | np.bool_):
        return "truth"
    if isinstance(value, str):
        return "text"
    if isinstance(value, dt.date | np.datetime64) and not pd.isna(value):
        return "day"
    if isinstance(value, int | float | np.number) and np.isfinite(value):
        return "number"
    return None
