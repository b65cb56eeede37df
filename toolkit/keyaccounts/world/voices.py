"""The words of complaints, and what a second coder takes them to be about."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world.care import TOPIC_WEIGHTS, TOPICS
from keyaccounts.world.draws import Draws, nth
from keyaccounts.world.parameters import Section as Care


@cache
def catalog() -> Mapping[str, Any]:
    """Return what customers say, by topic, and what they say around it."""
    file = files("keyaccounts.world") / "catalog" / "complaints.toml"
    return tomllib.loads(file.read_text("utf8"))


def said(found: pd.DataFrame, people: pd.DataFrame, parameters: Care, seed: int) -> pd.DataFrame:
    """Return complaints with `text` and `topic_second_coder`.

    Most texts are about their topic. A few name another one besides, and the second coder may
    take that; a few name none, and the second coder guesses.

    Parameters
    ----------
    found : frame with `entity` and `topic`, those of one customer in order of time.
    people : the true customers; `kind` is used.
    """
    words, n = catalog(), len(found)
    entity, topic = found["entity"].to_numpy(), found["topic"].to_numpy()
    firm = (people["kind"] == "organization").to_numpy()[entity]
    draws = Draws(seed, "words of complaints").of(entity, nth(entity))
    taken_for = {name: of["confused_with"] for name, of in words["topic"].items()}
    mistaken = np.array([taken_for[t] for t in topic], dtype=object)
    u, guess = draws.uniform(n), draws.pick(TOPICS, n, TOPIC_WEIGHTS)
    two, vague = u < parameters.two_topics, u > 1 - parameters.vague
    other = np.where(guess == topic, mistaken, guess)
    agreed = np.where(two, parameters.second_coder_two, parameters.second_coder)
    coded = np.where(draws.yes(agreed), topic, np.where(two, other, mistaken))

    def one(options: list[list[str]]) -> list[str]:
        place = draws.uniform(n)
        return [texts[int(u * len(texts))] for texts, u in zip(options, place, strict=True)]

    def of(topics: Any) -> list[list[str]]:
        named = [words["topic"][t] for t in topics]
        return [
            t["texts"] + (t.get("fleet", []) if f else []) for t, f in zip(named, firm, strict=True)
        ]

    main = one([words["vague"] if v else texts for v, texts in zip(vague, of(topic), strict=True)])
    more = [text if t else "" for t, text in zip(two, one(of(other)), strict=True)]
    swap = draws.yes(0.5, n)
    start, end = one([words["openings"]] * n), one([words["closings"]] * n)
    fill = {k: one([words["words"][k]] * n) for k in ("day", "part", "sum", "hours")}
    own = one([words["words"]["fleet" if f else "driver"] for f in firm])
    texts = []
    for row in range(n):
        core = [more[row], main[row]] if swap[row] else [main[row], more[row]]
        mine = {name: values[row] for name, values in fill.items()}
        owner = "our" if firm[row] else "my"
        parts = (
            part.format(it=own[row], vehicle=f"{owner} {own[row]}", **mine)
            for part in (start[row], *core, end[row])
            if part
        )
        texts.append(" ".join(part[0].upper() + part[1:] for part in parts))
    return found.assign(text=texts, topic_second_coder=np.where(vague, guess, coded))
