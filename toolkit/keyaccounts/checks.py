"""Checks of arguments that are not data: numbers, shares and the day that counts as today."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from operator import index
from typing import Any, TypeAlias

from keyaccounts.errors import ParameterError

Day: TypeAlias = "str | dt.date | dt.datetime"
"""A day, as ISO text ("1997-09-30"), date, datetime or pandas Timestamp."""


def day(name: str, value: Any) -> dt.date:
    """Return a day given as text, date, datetime or Timestamp.

    Parameters
    ----------
    name : str
        Name of the argument, for the error message.
    value : str, date, datetime or Timestamp
        The day. The time of day, if any, is ignored.

    Returns
    -------
    datetime.date

    Raises
    ------
    ParameterError
        If the value is not a day.

    Examples
    --------
    >>> day("as_of", "1997-09-30")
    datetime.date(1997, 9, 30)
    """
    try:
        if isinstance(value, str):
            return dt.datetime.fromisoformat(value.strip()).date()
        if hasattr(value, "item") and not isinstance(value, dt.date):  # numpy.datetime64
            value = value.astype("datetime64[us]").item()
        if isinstance(value, dt.datetime):
            return dt.date(value.year, value.month, value.day)
        if isinstance(value, dt.date):
            return value
    except (ValueError, TypeError, AttributeError):
        pass
    raise ParameterError(
        f"{name}={value!r} is not a day: give text like '1997-09-30', a date or a datetime"
    )


def whole(name: str, value: Any, *, least: int) -> int:
    """Return a whole number that is at least `least`; else raise ParameterError."""
    try:
        found = least - 1 if isinstance(value, bool) else index(value)
    except TypeError:
        found = least - 1
    if found < least:
        raise ParameterError(f"{name}={value!r}: give a whole number of {least} or more")
    return found


def seed(name: str, value: Any) -> int:
    """Return a seed of any size, given as a whole number or as its text ("0x7ea", "2026")."""
    try:
        found = int(value, 0) if isinstance(value, str) else value
    except ValueError:
        raise ParameterError(
            f"{name}={value!r}: give a whole number of 0 or more, or its text such as '0x7ea'"
        ) from None
    return whole(name, found, least=0)


def number(name: str, value: Any) -> float:
    """Return a finite number; else raise ParameterError."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if isinstance(value, bool | str) or not math.isfinite(found):
        raise ParameterError(f"{name}={value!r}: give a finite number")
    return found


def not_negative(name: str, value: Any) -> float:
    """Return a number of zero or more; else raise ParameterError."""
    if number(name, value) < 0:
        raise ParameterError(f"{name}={value!r}: give a number of zero or more")
    return float(value)


def fraction(name: str, value: Any, *, low: float = 0.0, high: float = 1.0) -> float:
    """Return a share strictly above `low` and at most `high`; else raise ParameterError."""
    found = number(name, value)
    if not low < found <= high:
        hint = (
            f"; write {found / 100:zg} for {found:zg} %" if 1 < found <= 100 and high == 1 else ""
        )
        raise ParameterError(
            f"{name}={value!r}: give a share above {low:zg}, up to {high:zg}{hint}"
        )
    return found


def open_fraction(name: str, value: Any) -> float:
    """Return a share strictly between 0 and 1; else raise ParameterError."""
    if fraction(name, value) == 1:
        raise ParameterError(f"{name}={value!r}: give a share between 0 and 1, without the ends")
    return float(value)


def choice(name: str, value: Any, options: Sequence[str]) -> str:
    """Return one of the allowed words; else raise ParameterError that lists them."""
    if value not in options:
        raise ParameterError(f"{name}={value!r}: choose one of {', '.join(map(repr, options))}")
    return str(value)


def texts(name: str, values: Any, what: str) -> list[str]:
    """Return a list of texts, which are `what`; else raise ParameterError."""
    listed = isinstance(values, Iterable) and not isinstance(values, str)
    found: list[Any] = [*values] if listed else [None]
    if not all(isinstance(value, str) for value in found):
        raise ParameterError(f"{name}={values!r}: give a list of {what}")
    return found


def rising(
    name: str,
    values: Any,
    what: str,
    *,
    length: int | None = None,
    each: Callable[[str, Any], float] = number,
) -> tuple[float, ...]:
    """Return numbers that rise, as many as asked for; else raise ParameterError to give `what`."""
    listed = isinstance(values, Iterable) and not isinstance(values, str)
    found = tuple(each(name, value) for value in values) if listed else ()
    if len(found) != (length or max(len(found), 1)) or any(b <= a for a, b in pairwise(found)):
        raise ParameterError(f"{name}={values!r}: give {what}")
    return found


def weights(name: str, values: Any, *, length: int) -> tuple[float, ...]:
    """Return `length` weights, none negative and not all zero; else raise ParameterError."""
    try:
        found = tuple(number(name, value) for value in values)
    except TypeError:
        found = ()
    if len(found) != length or min(found) < 0 or sum(found) == 0:
        raise ParameterError(
            f"{name}={values!r}: give {length} numbers, none negative and not all zero"
        )
    return found
