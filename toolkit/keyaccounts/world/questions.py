"""The words of a call: questions that sellers ask, varied, and what both sides will do next."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from keyaccounts.world.draws import Draws, Ints

KINDS = ("S", "P", "I", "N")


class Text(NamedTuple):
    """One question of the catalog.

    Attributes
    ----------
    form : "open" or "closed".
    variants : the question with each of the words that may fill it.
    """

    form: str
    variants: tuple[str, ...]


@cache
def catalog() -> dict[tuple[str, str], tuple[Text, ...]]:
    """Return the questions of each kind (S, P, I, N) for each buyer (fleet, driver)."""
    content = read("questions.toml")
    found: dict[tuple[str, str], tuple[Text, ...]] = {}
    for group in content["question"]:
        texts = tuple(Text(group["form"], filled(t, content["words"])) for t in group["texts"])
        key = group["kind"], group["buyer"]
        found[key] = found.get(key, ()) + texts
    return found


@cache
def next_actions(who: str) -> tuple[str, ...]:
    """Return what the "buyer" or the "seller" may promise at the end of a call."""
    return tuple(read("next_actions.toml")[who])


def words(draws: Draws, call: Ints, kind: NDArray[Any], driver: NDArray[np.bool_]) -> Any:
    """Return form and text of each question; no question is asked twice in a call if it can be.

    Parameters
    ----------
    draws : the stream of chance.
    call : number of the call, one a question, those of one call side by side.
    kind : S, P, I or N, one a question.
    driver : whether the buyer is a private driver, one a question.
    """
    form = np.empty(call.size, dtype=object)
    text = np.empty(call.size, dtype=object)
    for (letter, buyer), texts in catalog().items():
        rows = np.flatnonzero((kind == letter) & (driver == (buyer == "driver")))
        _, place = np.unique(call[rows], return_inverse=True)
        # Each call has the questions in an order of its own and asks them from the first on.
        calls = int(place.max()) + 1 if rows.size else 0
        shuffled = np.argsort(draws.uniform(calls * len(texts)).reshape(calls, -1), axis=1)
        nth = np.arange(rows.size) - np.searchsorted(place, place)
        chosen = shuffled[place, nth % len(texts)]
        sizes = np.array([len(t.variants) for t in texts])
        variant = np.floor(draws.uniform(rows.size) * sizes[chosen]).astype(np.int64)
        flat = np.array([v for t in texts for v in t.variants], dtype=object)
        starts = np.cumsum(sizes) - sizes
        form[rows] = np.array([t.form for t in texts], dtype=object)[chosen]
        text[rows] = flat[starts[chosen] + variant]
    return form, text


def read(name: str) -> dict[str, Any]:
    """Return a catalog of this folder."""
    return tomllib.loads(files("keyaccounts.world").joinpath(f"catalog/{name}").read_text("utf8"))


def filled(text: str, slots: dict[str, list[str]]) -> tuple[str, ...]:
    """Return a text with each of the words that may stand in its braces."""
    used = [name for name in slots if "{" + name + "}" in text]
    choices = product(*(slots[name] for name in used))
    return tuple(text.format(**dict(zip(used, chosen, strict=True))) for chosen in choices)
