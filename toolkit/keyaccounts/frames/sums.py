"""Sums that are the same on every engine: settled, rounded alike, and exact."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from keyaccounts.errors import DataError

Array: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]


def settled(total: nw.Expr, size: nw.Expr) -> nw.Expr:
    """Return a total, exactly zero where only rounding keeps it from zero.

    `size` is the sum of the absolute values: 0.3 − 0.1 − 0.2 is −0.00000000000000003 to a machine,
    and whether a day was a refund must not depend on that.
    """
    return nw.when(total.abs() > size * 1e-13).then(total).otherwise(nw.lit(0.0))


def steady(values: Floats) -> Floats:
    """Round to 12 significant digits.

    Engines add up in different orders, so equal totals differ in the last bits. Ranks and cuts
    must not depend on that.
    """
    found = np.abs(values, dtype=np.float64)
    small = found < 1e-268  # zero, and what no power of ten can lift
    found[small] = 1.0
    np.floor(np.log10(found, out=found), out=found)  # each step in place: millions are rounded
    np.fmin(np.fmax(291.0 - found, 0.0), 560.0, out=found)  # and a NaN becomes a place as well
    scale = _POWERS[found.astype(np.intp)]
    np.rint(np.multiply(values, scale, out=found), out=found)
    np.divide(found, scale, out=found)
    found[small] = np.asarray(values)[small]
    return found


_POWERS = 10.0 ** np.arange(-280.0, 281.0)


def less(left: Floats, right: Floats) -> Floats:
    """Subtract, and round to what both numbers are sure of: equal nets are ties on every engine."""
    size = np.maximum(np.maximum(np.abs(left), np.abs(right)), 1e-280)
    scale = 10.0 ** np.clip(11 - np.floor(np.log10(size)), -280, 280)
    return np.asarray(steady(np.round((left - right) * scale) / scale))


MOST = float(np.finfo(np.float64).max)
SMALL = 1e-30  # so much smaller, no sum of floats is too large for one, whatever the engine
LARGER = "or give all in a larger unit, such as millions"


def check_size(found: Floats, what: str = "the values") -> None:
    """Refuse values whose absolute values have no finite sum."""
    if float((np.abs(found) * SMALL).sum()) > MOST * SMALL:
        raise DataError(f"{what} are too large to add up: mend them, {LARGER}")


def sure_total(found: Floats) -> float:
    """Add up without rounding on the way, and take for zero what rounding alone makes of zero."""
    check_size(found)
    total = math.fsum(found)
    return total if abs(total) > 1e-13 * float(np.abs(found).sum()) else 0.0
