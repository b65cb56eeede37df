"""What customers said in passing, each remark with the need it shows, as a coder labeled it."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world.draws import Draws
from keyaccounts.world.parameters import Section as Cards


@cache
def phrases() -> dict[str, Any]:
    """Return the catalog of phrases: eight kinds of need, and what comes before and after."""
    file = resources.files("keyaccounts.world") / "catalog" / "remarks.toml"
    return tomllib.loads(file.read_text("utf8"))


def remarks(
    people: pd.DataFrame, cards: pd.DataFrame, seed: int, as_of: dt.date, plan: Cards
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write down remarks, half a driver's of the need on the card; and, row by row, their truth."""
    kinds = list(phrases()["need"])
    draws, n = Draws(seed, "remarks"), round(plan.remarks * len(people))
    entity = draws.whole(n, 0, len(people) - 1)
    opened = people["created_on"].iloc[entity].reset_index(drop=True)
    today = pd.Timestamp(as_of)
    end = people["departed_on"].iloc[entity].reset_index(drop=True).fillna(today)
    stay = (end.mask(end > today, today) - opened).dt.days.clip(lower=0).to_numpy()
    kind = draws.whole(n, 0, len(kinds) - 1)
    place = {name: number for number, name in enumerate(kinds)}
    noted = cards.set_index("card")["needs"].reindex(entity).map(place).to_numpy(np.float64)
    kind = np.where(draws.yes(0.5, n) & ~np.isnan(noted), np.nan_to_num(noted), kind).astype(int)
    options = [phrases()["need"][name] for name in kinds]
    which = np.floor(draws.uniform(n) * np.array([len(o) for o in options])[kind]).astype(int)
    said = [options[k][w] for k, w in zip(kind, which, strict=True)]
    before, after = (draws.pick(phrases()[part], n) for part in ("before", "after"))
    other = (kind + draws.whole(n, 1, len(kinds) - 1)) % len(kinds)
    coded = np.where(draws.yes(plan.coder_wrong, n), other, kind)
    found = pd.DataFrame(
        {
            "entity": entity,
            "date": opened + np.floor(draws.uniform(n) * (stay + 1)).astype("timedelta64[D]"),
            "text": [
                words[0].upper() + words[1:]
                for words in map("".join, zip(before, said, after, strict=True))
            ],
            "need_kind": np.array(kinds)[coded],
            "true": np.array(kinds)[kind],
            "phrase": which + 1,
        }
    ).sort_values(["date", "entity", "text"], kind="stable", ignore_index=True)
    truth = found[["true", "phrase"]].rename(columns={"true": "need_kind"})
    return found.drop(columns=["true", "phrase"]), truth
