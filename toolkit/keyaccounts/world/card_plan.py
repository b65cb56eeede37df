"""What customer cards hold, and what is planted in them: gaps, neglect, twins and mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts.errors import ColumnError, DataError
from keyaccounts.world import names
from keyaccounts.world.draws import Draws
from keyaccounts.world.parameters import Section as Cards
from keyaccounts.world.parameters import planted

ORGANIZATION_GROUPS: Mapping[str, tuple[str, ...]] = {
        "identity_address": (
            "name", "chinese_name", "address", "district", "phone", "email", "website",
        ),
        "operations": (
            "industry", "nature", "employees", "headcount_band", "main_business", "founded_year",
        ),
        "market": ("market_position", "rivals", "current_shop", "insurer"),
        "volume": ("vehicles", "yearly_mileage", "business_volume"),
        "finance_credit": (
            "credit_grade", "payment_term_days", "registered_capital", "ownership",
        ),
        "organization_purchasing_policy": (
            "buying_by", "sourcing", "decision_chain_length", "tender_required",
        ),
        "transactions": ("first_order_on", "orders_last_year"),
        "development": ("outlook", "growth_rate"),
}  # fmt: skip
"""The eight groups of an organization's card, and the columns of each."""

INDIVIDUAL_GROUPS: Mapping[str, tuple[str, ...]] = {
        "basics": (
            "name", "chinese_name", "phone", "email", "district", "address", "birth_year", "gender",
        ),
        "economic": ("occupation", "income_band", "price_sensitivity"),
        "special": ("household", "vehicles", "special_circumstances"),
        "needs": ("needs", "preferred_service"),
        "info_channels": ("info_channel", "lead_source", "information_source"),
}  # fmt: skip
"""The five groups of a driver's card, and the columns of each."""

ABOUT_THE_CARD = ("created_on", "lead_source", "information_source", "consent_on", "notes")
"""Columns that tell of the card itself: where its content came from, and leave to keep it."""

LEAD_SOURCES = (
    "existing_customer", "newspaper", "direct_mail", "cold_visit", "recommendation",
    "mailing_list", "e_commerce", "yellow_pages",
)  # fmt: skip

INFORMATION_SOURCES = (
    "sales_records", "finance_ledgers", "service_files", "publics_list",
    "acquaintances", "existing_customers", "social_organizations", "documents", "internet",
)  # fmt: skip
"""Four sources inside the company, then five outside."""

# How a customer came → what the card says of it: lead source, the other one that one card in
# four names, and information source. Ours.
CAME_BY: Mapping[str, tuple[str, str, str]] = {
    "door_to_door": ("cold_visit", "recommendation", "acquaintances"),
    "advertising": ("newspaper", "e_commerce", "internet"),
    "referral_chain": ("recommendation", "existing_customer", "existing_customers"),
    "center_of_influence": ("recommendation", "existing_customer", "acquaintances"),
    "meetings": ("mailing_list", "recommendation", "social_organizations"),
    "telephone": ("yellow_pages", "mailing_list", "documents"),
    "letters": ("direct_mail", "mailing_list", "documents"),
    "documents": ("yellow_pages", "mailing_list", "documents"),
    "market_information": ("newspaper", "e_commerce", "internet"),
    "observation": ("cold_visit", "existing_customer", "service_files"),
    "agents": ("recommendation", "existing_customer", "social_organizations"),
    "competitor_accounts": ("mailing_list", "e_commerce", "internet"),
    "spotters": ("recommendation", "cold_visit", "acquaintances"),
    "industry_blitz": ("cold_visit", "direct_mail", "social_organizations"),
    "founding": ("existing_customer", "recommendation", "sales_records"),
    "walk_in": ("e_commerce", "newspaper", "service_files"),
}

PLAN = planted().cards

ALIKE = ("lookalike", "shared_phone", "namesake")  # ways to look like somebody else

_NEEDED = (
    "kind", "created_on", "joined_on", "acquired_by", "district", "vehicles", "contract",
    "quality", "margin", "rate", "amount_mean", "departed_on", "credit_grade",
    "seller",
)  # fmt: skip


def of_kind(people: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the true customers of one kind, after a look whether the frame can be used.

    Parameters
    ----------
    people : DataFrame
        The true customers, one row an entity, organizations first.
    kind : {"organization", "individual"}
        Which.

    Returns
    -------
    DataFrame

    Raises
    ------
    ColumnError
        If a column is missing.
    DataError
        If the rows are not numbered from 0, organizations do not come first, or somebody came by
        an unknown method.
    """
    missing = [name for name in _NEEDED if name not in people.columns]
    if missing:
        raise ColumnError(f"people has no column {missing[0]!r}: cards are written from it")
    numbers = np.arange(len(people))
    wrong = np.flatnonzero(np.asarray(people.index) != numbers)
    if wrong.size:
        raise DataError(
            f"row {wrong[0]} has the index {people.index[wrong[0]]!r}: number the rows of people "
            "from 0, for example with .reset_index(drop=True)"
        )
    organization = (people["kind"] == "organization").to_numpy()
    late = np.flatnonzero(np.diff(organization.astype(np.int64)) > 0)
    if late.size:
        raise DataError(
            f"column 'kind': row {late[0] + 1} is an organization after an individual: "
            "sort organizations first"
        )
    known = people["acquired_by"].isin([*CAME_BY]).to_numpy(dtype=bool)
    if not known.all():
        row = int(np.flatnonzero(~known)[0])
        raise DataError(
            f"column 'acquired_by': row {row} holds {people['acquired_by'].iloc[row]!r}; "
            f"a customer comes by one of {', '.join(CAME_BY)}"
        )
    return people[people["kind"] == kind]


def columns(groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the columns of a kind of card in order: whose, since when, the groups, the rest."""
    fields = [name for group in groups.values() for name in group]
    about = [name for name in ABOUT_THE_CARD if name not in fields and name != "created_on"]
    return ["card", "created_on", *fields, *about]


def phone_numbers(count: int, seed: int) -> NDArray[np.str_]:
    """Return the first of the phone numbers of a world: one for each customer, then spare ones."""
    return names.phones(count, Draws(seed, "cards", "phones"))


def not_after(days: pd.Series[Any], last: pd.Timestamp) -> pd.Series[Any]:
    """Return days, those after `last` as `last`; missing stays missing."""
    return days.mask(days > last, last)


def came_by(truth: pd.DataFrame, draws: Draws) -> pd.DataFrame:
    """Return what cards say of how their customers came.

    Parameters
    ----------
    truth : DataFrame
        True customers, with `acquired_by`.
    draws : Draws
        The stream of chance.

    Returns
    -------
    DataFrame
        `lead_source` and `information_source`, with the index of `truth`.

    Examples
    --------
    >>> came_by(pd.DataFrame({"acquired_by": ["advertising"]}), Draws(7, "came")).iloc[0].tolist()
    ['newspaper', 'internet']
    """
    told = pd.DataFrame(
        [CAME_BY[method] for method in truth["acquired_by"]],
        columns=["usual", "other", "information_source"],
        index=truth.index,
        dtype="str",
    )
    lead = told["usual"].where(draws.yes(0.75, len(told)), told["other"])
    return told.assign(lead_source=lead)[["lead_source", "information_source"]]


def slack(people: pd.DataFrame, plan: Cards = PLAN) -> pd.Series[float]:
    """Return by customer how much worse than usual the team of its seller keeps its card."""
    teams = np.asarray(plan.slack)
    return pd.Series(teams[people["seller"].to_numpy() % teams.size], index=people.index)


def with_gaps(
    cards: pd.DataFrame,
    gaps: Mapping[str, float],
    draws: Draws,
    alike: pd.DataFrame,
    worse: pd.Series[float],
) -> pd.DataFrame:
    """Return the cards with what was never filled in left empty, each column by its own share.

    Only customers who are to look alike keep what they look alike in.
    """
    whole = cards["card"].isin(np.ravel(alike[["entity", "other"]])).to_numpy()
    factor = worse[cards["card"]].to_numpy()
    kept = {}
    for name, share in gaps.items():
        missing = draws.yes(np.minimum(share * factor, max(share, 0.95)))
        kept[name] = ~missing | (whole & (name in {"address", "phone"}))
    return cards.assign(**{name: cards[name].where(keep) for name, keep in kept.items()})


def lookalikes(people: pd.DataFrame, kind: str, seed: int, plan: Cards = PLAN) -> pd.DataFrame:
    """Choose pairs of different customers of one district who are to look like one.

    Parameters
    ----------
    people : DataFrame
        The true customers.
    kind : {"organization", "individual"}
        Which.
    seed : int
        The seed of the world.
    plan : Cards
        How many pairs.

    Returns
    -------
    DataFrame
        `entity` and `other`: the second is made to look like the first; and `how`: `lookalike`
        (nearly one name, one street), `shared_phone` (one telephone, one address) or `namesake`
        (one name). Fewer pairs, if there are not so many.
    """
    those = of_kind(people, kind)
    draws = Draws(seed, "cards", "lookalikes", kind)
    order = draws.order(len(those))
    order = order[np.argsort(those["district"].to_numpy()[order], kind="stable")]
    one, other = order[0:-1:2], order[1::2]
    same = those["district"].to_numpy()[one] == those["district"].to_numpy()[other]
    pairs = np.column_stack([one, other])[same]
    wanted = {how: getattr(plan, f"{kind}_{how}s", 0) for how in ALIKE}
    how = np.repeat(list(wanted), list(wanted.values()))[: len(pairs)]
    pairs = pairs[draws.order(len(pairs))[: len(how)]] + (those.index[0] if len(those) else 0)
    return pd.DataFrame(pairs, columns=["entity", "other"]).assign(how=how)
