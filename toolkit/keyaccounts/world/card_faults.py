"""Dates that cannot be, planted in cards and told apart in a table of the truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world.card_plan import PLAN
from keyaccounts.world.draws import Draws, Ints
from keyaccounts.world.parameters import Section as Cards

FAULTS = {
    "founded_after_card": "the firm was founded after its card was opened",
    "born_too_early": "the driver would be far over a hundred years old",
    "born_in_future": "the driver was born after the card was opened",
    "service_before_vehicle": "the next service is before the model year of the vehicle",
    "update_before_card": "the card was updated before it was opened",
}


def plant_faults(
    tables: Mapping[str, pd.DataFrame], seed: int, plan: Cards = PLAN
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Put impossible dates into cards, vehicles and updates, and say where they are.

    Parameters
    ----------
    tables : mapping
        `organizations`, `individuals`, `vehicles` and `card_updates`.
    seed : int
        The seed of the world.
    plan : Cards
        How many of each kind.

    Returns
    -------
    tables : dict of DataFrame
        The same tables with the faults in them; the arguments are left as they are.
    truth : DataFrame
        One row a fault: `card`, `table`, `row` (counted from 0), `field`, `fault` (a key of
        :data:`FAULTS`).
    """
    changed = {name: frame.copy() for name, frame in tables.items()}
    found = []
    for fault in FAULTS:
        table, field, wrong, possible = _fault(fault, changed)
        draws = Draws(seed, "card_faults", fault)
        rows = possible[np.sort(draws.order(len(possible))[: plan.impossible])]
        frame = changed[table]
        chosen = frame.index.isin(rows)
        frame[field] = frame[field].mask(chosen, wrong.astype(frame[field].dtype))
        card = frame["card"].to_numpy()[rows]
        found.append(
            pd.DataFrame({"card": card, "table": table, "row": rows, "field": field}).assign(
                fault=fault
            )
        )
    return changed, pd.concat(found, ignore_index=True)


def _fault(fault: str, tables: Mapping[str, pd.DataFrame]) -> tuple[str, str, pd.Series[Any], Ints]:
    """Return table and field of a fault, what it would write in each row, and the rows fit for it.

    Fit is a row whose field is filled in and sound.
    """
    firms, drivers = tables["organizations"], tables["individuals"]
    if fault == "founded_after_card":
        wrong = firms["created_on"].dt.year + 1
        return "organizations", "founded_year", wrong, _rows(firms["founded_year"].notna())
    if fault in {"born_too_early", "born_in_future"}:
        opened = drivers["created_on"].dt.year
        wrong = opened + 5 if fault == "born_in_future" else opened * 0 + 1890
        sound = drivers["birth_year"].between(1900, opened).fillna(False)
        return "individuals", "birth_year", wrong, _rows(sound)
    if fault == "service_before_vehicle":
        fleet = tables["vehicles"]
        new_year = pd.to_datetime(fleet["model_year"].astype(str) + "-01-01")
        wrong = new_year - pd.Timedelta(days=45)
        return "vehicles", "next_service_on", wrong, _rows(fleet["next_service_on"].notna())
    updates = tables["card_updates"]
    cards = pd.concat([firms, drivers]).set_index("card")["created_on"]
    opened_on = pd.Series(cards.reindex(updates["card"]).to_numpy(), index=updates.index)
    wrong = opened_on - pd.Timedelta(days=100)
    single = ~updates.duplicated(["card", "field"], keep=False)  # so that they stay in order
    return "card_updates", "updated_on", wrong, _rows(single)


def _rows(fit: pd.Series[bool]) -> Ints:
    return np.flatnonzero(fit.to_numpy(dtype=bool))
