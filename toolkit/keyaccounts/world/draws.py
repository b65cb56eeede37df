"""Chance, the same on every machine: one named stream of random numbers for each purpose.

Only plain uniform numbers are taken from numpy, whose bits are fixed; every other law is their
inverse distribution function. So a draw does not depend on how many came before it elsewhere, on
the numpy version, or on the system, and a table can be made again byte for byte.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


def repeat(rows: Any, times: Any) -> NDArray[Any]:
    """Return each row as often as its count says; counts may be wider than the machine's own."""
    return np.repeat(rows, np.asarray(times).astype(np.intp))


def nth(entity: Any) -> Ints:
    """Return how many rows of the same entity stand before each row."""
    found = pd.Series(entity).groupby(np.asarray(entity)).cumcount()
    return np.asarray(found, dtype=np.int64)


def private_seed() -> str:
    """Return a seed that nobody can guess: 128 bits, as text.

    Who knows the seed of a company has its answer key. Text, because files of JSON and
    spreadsheets spoil numbers above 2 ** 53.

    Returns
    -------
    str
        A whole number in hex, as :func:`keyaccounts.world.simulate` takes it.

    Examples
    --------
    >>> seed = ka.world.private_seed()
    >>> len(seed), seed == ka.world.private_seed()
    (34, False)
    """
    return f"0x{secrets.randbits(128):032x}"


class Draws:
    """One stream of chance, named by what it is for.

    Parameters
    ----------
    seed : int
        The seed of the world.
    *purpose : str or int
        What the stream is for, such as ``"orders", 3`` for the third part of the orders. Streams
        of different purposes are independent.

    Examples
    --------
    >>> Draws(7, "contacts").uniform(2).round(3)
    array([0.59 , 0.448])
    """

    def __init__(self, seed: int, *purpose: str | int) -> None:
        key = [zlib.crc32(p.encode()) if isinstance(p, str) else p for p in purpose]
        self._bits = np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=key))
        )

    def of(self, *keys: Any) -> _Keyed:
        """Return chance that hangs on each row's own keys, such as a customer and its nth order.

        What is drawn for a row stays the same whatever rows stand before it or are left out.
        """
        return _Keyed(int(self._bits.bit_generator.random_raw()), keys)

    def _random(self, size: int) -> Floats:
        return self._bits.random(size)

    def uniform(self, size: int, low: Any = 0.0, high: Any = 1.0) -> Floats:
        """Return numbers between `low` and `high`, never exactly either."""
        u = np.maximum(self._random(size), 2.0**-54)
        return np.asarray(low + (np.asarray(high) - low) * u, dtype=np.float64)

    def yes(self, probability: Any, size: int | None = None) -> NDArray[np.bool_]:
        """Return true with the given probability, one a row."""
        n = np.size(probability) if size is None else size
        return np.asarray(self.uniform(n) < probability)

    def whole(self, size: int, low: Any, high: Any) -> Ints:
        """Return whole numbers from `low` to `high`, both included."""
        span = np.asarray(high) - low + 1
        return np.asarray(low + np.floor(self.uniform(size) * span), dtype=np.int64)

    def normal(self, size: int, mean: Any = 0.0, sd: Any = 1.0) -> Floats:
        """Return normal numbers."""
        return np.asarray(mean + np.asarray(sd) * special.ndtri(self.uniform(size)))

    def exponential(self, size: int, mean: Any = 1.0) -> Floats:
        """Return waiting times."""
        return np.asarray(-np.log(self.uniform(size)) * mean)

    def gamma(self, size: int, shape: Any, scale: Any = 1.0) -> Floats:
        """Return gamma numbers of mean `shape` × `scale`."""
        return np.asarray(special.gammaincinv(shape, self.uniform(size)) * scale)

    def beta(self, size: int, a: Any, b: Any) -> Floats:
        """Return shares of mean a / (a + b)."""
        return np.asarray(special.betaincinv(a, b, self.uniform(size)))

    def poisson(self, mean: Any, size: int | None = None) -> Ints:
        """Return counts with the given mean, one a row."""
        means = np.broadcast_to(
            np.asarray(mean, dtype=np.float64), np.size(mean) if size is None else size
        )
        u = self.uniform(means.size)
        counts = np.zeros(means.size, dtype=np.int64)
        open_ = np.flatnonzero(special.pdtr(0, means) < u)
        while open_.size:  # one step up for all that are not there yet
            counts[open_] += 1
            open_ = open_[special.pdtr(counts[open_], means[open_]) < u[open_]]
        return counts

    def pick(self, options: Sequence[Any], size: int, weights: Any = None) -> NDArray[Any]:
        """Return options, chosen by weight (alike, if none are given)."""
        shares = np.ones(len(options)) if weights is None else np.asarray(weights, dtype=float)
        edges = np.cumsum(shares / shares.sum())
        edges[-1] = 1.0
        return np.asarray(options)[np.searchsorted(edges, self.uniform(size), side="right")]

    def order(self, size: int) -> Ints:
        """Return 0 to size − 1 in random order."""
        return np.argsort(self.uniform(size), kind="stable").astype(np.int64)


class _Keyed(Draws):
    """A stream for each row (splitmix64), started by the row's keys."""

    def __init__(self, start: int, keys: Sequence[Any]) -> None:
        rows = np.broadcast_arrays(*(np.atleast_1d(key) for key in keys))
        self._state = np.full(rows[0].size, start, dtype=np.uint64)
        for key in rows:
            self._state = _mixed((self._state ^ key.astype(np.uint64)) + _STEP)

    def _random(self, size: int) -> Floats:
        if size != self._state.size:
            raise ValueError(f"{size} draws for {self._state.size} rows: one a row")
        self._state = self._state + _STEP
        return np.asarray((_mixed(self._state) >> np.uint64(11)) * 2.0**-53)


_STEP = np.uint64(0x9E3779B97F4A7C15)


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
