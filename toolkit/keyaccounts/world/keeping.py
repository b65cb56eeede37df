"""Who looks after a card, by what right it is kept, and until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world.draws import Draws
from keyaccounts.world.parameters import Section as Cards

KEPT = pd.DateOffset(years=3)  # after the last order; of a prospect, after the card was opened
LONGER = pd.DateOffset(years=2)  # given in the review of January to most that are past their day
FREELY_FOUND = ("publics_list", "documents", "internet")  # sources open to everybody


def kept(
    cards: pd.DataFrame,
    owner: pd.Series[Any],
    people: pd.DataFrame,
    orders: pd.DataFrame,
    seed: int,
    as_of: dt.date,
    plan: Cards,
) -> pd.DataFrame:
    """Return cards with `seller`, `legal_basis`, `opted_out_on` and `retain_until`.

    A second card is often in another seller's hands, who did not look for the first. Bases are
    missing or untrue on some cards, and some cards are past their day: what a gate has to find.
    """
    card, today = cards["card"].to_numpy(), pd.Timestamp(as_of)

    def chance(what: str) -> Any:
        return Draws(seed, "keeping", what).uniform(len(owner))[card]

    sellers = int(people["seller"].max()) + 1
    another = np.floor(chance("seller") * sellers).astype(np.int64)
    entity = owner[card].to_numpy()
    last = cards["card"].map(orders.groupby("card")["order_date"].max())
    asked, bought = cards["consent_on"].notna(), last.notna()
    found = cards["information_source"].isin(FREELY_FOUND)
    basis = np.select([bought, asked, found], ["contract", "consent", "public_source"], "")
    basis = np.where((basis == "") & (chance("untrue") < plan.consent_untrue), "consent", basis)
    known = (basis != "") & (chance("basis") >= plan.basis_missing)
    opened = cards["created_on"]
    age = (today - opened).dt.days.to_numpy()
    day = opened + np.ceil(chance("day") * age).astype("timedelta64[D]")
    until = last.fillna(opened) + KEPT
    review = pd.Timestamp(as_of.year, 1, 1)
    while (past := (until < review) & (chance("longer") < plan.kept_longer)).any():
        until = until.mask(past, until + LONGER)
    return cards.assign(
        seller=np.where(card == entity, people["seller"].to_numpy()[entity], another),
        legal_basis=pd.Series(basis, index=cards.index, dtype="str").where(known),
        opted_out_on=day.where(chance("opted out") < plan.opted_out).astype("datetime64[us]"),
        retain_until=until.where(chance("until") >= plan.until_missing).astype("datetime64[us]"),
    )
