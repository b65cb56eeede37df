"""What was written anew on cards, when, and from which source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts.world import individual_cards, names
from keyaccounts.world.card_plan import phone_numbers
from keyaccounts.world.draws import Draws, repeat
from keyaccounts.world.parameters import Section as Cards

Texts = NDArray[Any]

_SPARE = 1_000  # phone numbers that nobody has anymore

# Which of the nine sources a field is renewed from, most likely first.
_FROM: Mapping[str, Sequence[str]] = {
    "credit_grade": ("finance_ledgers", "documents"),
    "payment_term_days": ("finance_ledgers", "sales_records"),
    "business_volume": ("sales_records", "finance_ledgers", "documents"),
    "vehicles": ("service_files", "sales_records"),
    "yearly_mileage": ("service_files",),
    "needs": ("service_files", "acquaintances"),
    "preferred_service": ("service_files", "sales_records"),
    "rivals": ("existing_customers", "acquaintances", "internet"),
    "market_position": ("publics_list", "social_organizations", "internet"),
}
_OTHERS_FROM = ("sales_records", "service_files", "acquaintances", "internet", "documents")

_STEPS: Mapping[str, int] = {  # numbers, and what people round them to
    "employees": 1,
    "vehicles": 1,
    "yearly_mileage": 1000,
    "business_volume": 100,
}
_CHOICES: Mapping[str, Sequence[str]] = {
    "credit_grade": tuple("ABCD"),
    "payment_term_days": ("0", "15", "30", "45", "60", "75", "90"),
    "decision_chain_length": ("3", "4", "5", "6", "7"),
    "market_position": ("leader", "challenger", "niche"),
    "outlook": ("1", "2", "3", "4", "5"),
    "household": ("1", "2", "3", "4", "5", "6"),
    "occupation": individual_cards.OCCUPATIONS,
    "income_band": individual_cards.INCOME_BANDS,
    "needs": individual_cards.NEEDS,
    "preferred_service": individual_cards.SERVICES,
    "info_channel": individual_cards.INFO_CHANNELS,
}


def card_updates(
    organizations: pd.DataFrame,
    individuals: pd.DataFrame,
    seed: int,
    as_of: dt.date,
    plan: Cards,
    worse: pd.Series[float],
) -> pd.DataFrame:
    """Tell how cards came to hold what they hold now.

    A field that was never filled in has no history, and neither has a card that was neglected;
    what they hold dates from the day the card was opened.

    Parameters
    ----------
    organizations, individuals : DataFrame
        Cards as they are today.
    seed : int
        The seed of the world.
    as_of : date
        Today.
    plan : Cards
        What is planted.
    worse : Series
        By customer, how much more seldom than usual its card is looked at.

    Returns
    -------
    DataFrame
        One row a change, by card, field and day: `card`, `field`, `updated_on`, `old_value`,
        `new_value` (as text, the last one equal to what the card holds), `source`.
    """
    spare = phone_numbers(len(organizations) + len(individuals) + 2 * _SPARE, seed)[-_SPARE:]
    both = (
        ("organization", organizations, plan.organization_renewals),
        ("individual", individuals, plan.individual_renewals),
    )
    found = []
    for kind, cards, renewals in both:
        neglected = Draws(seed, "card_updates", kind).yes(plan.neglected, len(cards))
        for field, rate in renewals.items():
            draws = Draws(seed, "card_updates", kind, field)
            usable = cards[~neglected & cards[field].notna()]
            rates = rate / worse[usable["card"]].to_numpy()
            found.append(_changes(usable, field, rates, draws, as_of, spare))
    table = pd.concat(found, ignore_index=True)
    return table.sort_values(["card", "field", "updated_on"], ignore_index=True)


def _changes(
    cards: pd.DataFrame, field: str, rate: NDArray[Any], draws: Draws, as_of: dt.date, spare: Texts
) -> pd.DataFrame:
    """Return the history of one field, over all cards that hold it."""
    age = (pd.Timestamp(as_of) - cards["created_on"]).dt.days.to_numpy()
    count = draws.poisson(rate * age / 365.25)
    place = repeat(np.arange(len(cards)), count)
    after = np.ceil(draws.uniform(len(place)) * age[place]).astype(np.int64)
    days = pd.DataFrame({"place": place, "after": after})
    days = days.drop_duplicates().sort_values(["place", "after"], ignore_index=True)

    place = days["place"].to_numpy()
    held = cards[field].astype(str).to_numpy()[place]
    old = np.asarray(_earlier(field, cards.iloc[place], draws, spare), dtype=object)
    last = np.append(place[1:] != place[:-1], True)[: len(place)]
    new = np.where(last, held, np.roll(old, -1))
    sources = _FROM.get(field, _OTHERS_FROM)
    weights = [2 if i == 0 else 1 for i in range(len(sources))]
    opened = cards["created_on"].iloc[place].reset_index(drop=True)
    changes = pd.DataFrame(
        {
            "card": cards["card"].to_numpy()[place],
            "field": field,
            "updated_on": opened + days["after"].to_numpy().astype("timedelta64[D]"),
            "old_value": old,
            "new_value": new,
            "source": draws.pick(sources, len(place), weights),
        }
    )
    return changes[changes["old_value"] != changes["new_value"]]  # looked at, and still true


def _earlier(field: str, cards: pd.DataFrame, draws: Draws, spare: Texts) -> Texts:
    """Return what a field of given cards may have held before, as text."""
    n = len(cards)
    if field in _STEPS:
        before = cards[field].astype("float64").to_numpy() * draws.uniform(n, 0.6, 1.15)
        steps = np.maximum(np.round(before / _STEPS[field]), 1).astype(np.int64)
        return (steps * _STEPS[field]).astype(str)
    if field == "growth_rate":
        return np.asarray((cards[field] + draws.normal(n, sd=0.03)).round(3) + 0.0).astype(str)
    if field == "address":
        return names.addresses(draws.whole(n, 0, len(names.catalog()["districts"]) - 1), draws)
    if field == "email":
        return np.array(
            [_other_mail(m, u) for m, u in zip(cards[field], draws.uniform(n), strict=True)]
        )
    shops, rivals = names.catalog()["shops"], names.catalog()["shops"]["rivals"]
    options = {
        "phone": spare,
        "rivals": rivals,
        "current_shop": [shops["ours"], shops["none"], *rivals],
        "insurer": names.catalog()["vehicles"]["insurers"],
        **_CHOICES,
    }
    return draws.pick(options[field], n)


def _other_mail(mail: str, chance: float) -> str:
    """Return another address of the same customer: a firm's other box, a person's other domain."""
    box, domain = mail.split("@")
    if domain not in names.MAIL_DOMAINS:
        return f"{('fleet', 'info')[int(chance * 2)]}@{domain}"
    others = [d for d in names.MAIL_DOMAINS if d != domain]
    return f"{box}@{others[int(chance * len(others))]}"
