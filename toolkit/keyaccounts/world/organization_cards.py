"""The cards of organizations, as a seller would have filled them in."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts.world import names
from keyaccounts.world.card_plan import (
    ORGANIZATION_GROUPS,
    PLAN,
    came_by,
    columns,
    lookalikes,
    not_after,
    of_kind,
    phone_numbers,
    slack,
    with_gaps,
)
from keyaccounts.world.draws import Draws, Floats, Ints
from keyaccounts.world.parameters import Section as Cards
from keyaccounts.world.stakeholders import chain_lengths

_WHOLE = (
    "district", "employees", "vehicles", "yearly_mileage", "founded_year", "business_volume",
    "payment_term_days", "registered_capital", "decision_chain_length", "orders_last_year",
    "outlook",
)  # fmt: skip
_REMARKS = (
    "ask at the reception first", "call before nine", "never on Fridays", "wants photos of parts",
    "parking behind the hall", "key at the gate",
)  # fmt: skip


def organizations(
    people: pd.DataFrame, seed: int, as_of: dt.date, plan: Cards = PLAN
) -> pd.DataFrame:
    """Write the first card of every organization, with its gaps.

    The card tells the story of the true customer: vehicles, district and days are its own;
    outlook, growth and volume are what a seller thinks, near the truth and not equal to it.

    Parameters
    ----------
    people : DataFrame
        The true customers.
    seed : int
        The seed of the world.
    as_of : date
        Today.
    plan : Cards
        What is planted.

    Returns
    -------
    DataFrame
        One row an organization, with its number as `card`; the columns of
        :data:`~keyaccounts.world.card_plan.ORGANIZATION_GROUPS`, and those about the card.
        `orders_last_year` is what the planted rate makes expect;
        :func:`~keyaccounts.world.cards.with_transactions` puts in what was billed.

    Raises
    ------
    ColumnError, DataError
        If `people` is unusable.
    """
    truth = of_kind(people, "organization")
    alike = lookalikes(people, "organization", seed, plan)
    industry = industries(people, seed, plan)
    parts = [
        pd.DataFrame({"card": truth.index.astype(np.int64)}, index=truth.index),
        _identity(people, industry, seed, alike),
        _operations(truth, industry, seed),
        _market(truth, seed).assign(insurer=insurers(people, seed)[truth.index]),
        _money(truth, industry, seed),
        _policy(truth, plan, seed),
        _story(truth, plan, seed, as_of),
        came_by(truth, Draws(seed, "organizations", "came")),
    ]
    cards = pd.concat(parts, axis=1)
    cards["decision_chain_length"] = chain_lengths(people, seed)
    cards = cards.astype(dict.fromkeys(_WHOLE, "Int64"))[columns(ORGANIZATION_GROUPS)]
    draws = Draws(seed, "organizations", "gaps")
    return with_gaps(cards, plan.organization_gaps, draws, alike, slack(people, plan))


def industries(people: pd.DataFrame, seed: int, plan: Cards = PLAN) -> Ints:
    """Return what each organization does; two that look alike do different things."""
    kinds = len(names.catalog()["industry"])
    n = len(of_kind(people, "organization"))
    industry = Draws(seed, "organizations", "industry").whole(n, 0, kinds - 1)
    alike = lookalikes(people, "organization", seed, plan).query("how == 'lookalike'")
    one, other = industry[alike["entity"]], industry[alike["other"]]
    industry[alike["other"]] = np.where(one == other, (other + 1) % kinds, other)
    return industry


def insurers(people: pd.DataFrame, seed: int) -> NDArray[np.str_]:
    """Return where each customer insures most of its vehicles."""
    known = names.catalog()["vehicles"]["insurers"]
    return Draws(seed, "vehicles", "insurers").pick(known, len(people), (4, 3, 2, 1))


def _identity(people: pd.DataFrame, industry: Ints, seed: int, alike: pd.DataFrame) -> pd.DataFrame:
    truth = of_kind(people, "organization")
    n = len(truth)
    draws = Draws(seed, "organizations", "identity")
    brand = names.brands(n, draws)
    address = names.addresses(truth["district"].to_numpy(), draws)
    house = names.skewed(draws.uniform(n), 180)
    phone = phone_numbers(len(people), seed)[truth.index]
    for one, other, how in alike.itertuples(index=False):
        if how == "shared_phone":  # two firms behind one reception
            address[other], phone[other] = address[one], phone[one]
        else:
            brand.loc[other] = brand.loc[one]
            address[other] = f"{house[other]} {address[one].split(' ', 1)[1]}"
    form = draws.pick(names.PHONE_FORMS, n, (70, 10, 8, 5, 7))
    cards = names.firms(brand, industry).assign(
        address=address,
        district=truth["district"].to_numpy(),
        phone=[names.written(p, f) for p, f in zip(phone, form, strict=True)],
    )
    return cards.set_index(truth.index)


def _operations(truth: pd.DataFrame, industry: Ints, seed: int) -> pd.DataFrame:
    n = len(truth)
    draws = Draws(seed, "organizations", "operations")
    trades = pd.DataFrame(names.catalog()["industry"]).iloc[industry]
    vehicles = truth["vehicles"].to_numpy()
    staff = np.round(vehicles * trades["staff"] * np.exp(draws.normal(n, sd=0.5)))
    employees = np.maximum(staff.to_numpy(), vehicles).astype(np.int64)
    band = np.array(["small", "medium", "large"])[np.digitize(employees, (100, 500))]
    age = names.skewed(draws.uniform(n), 45)
    return pd.DataFrame(
        {
            "industry": trades["id"].to_numpy(),
            "nature": trades["nature"].to_numpy(),
            "employees": employees,
            "headcount_band": band,
            "main_business": trades["business"].to_numpy(),
            "founded_year": truth["created_on"].dt.year.to_numpy() - age,
        },
        index=truth.index,
    )


def _market(truth: pd.DataFrame, seed: int) -> pd.DataFrame:
    n = len(truth)
    draws = Draws(seed, "organizations", "market")
    shops = names.catalog()["shops"]
    rival = draws.pick(shops["rivals"], n)
    fixed = draws.yes(0.65, n)  # the others drive to whoever is near
    active = (truth["joined_on"].notna() & truth["departed_on"].isna()).to_numpy()
    mostly = truth["contract"].to_numpy(bool) | draws.yes(0.7, n)
    elsewhere = np.where(fixed, rival, shops["none"])
    return pd.DataFrame(
        {
            "market_position": draws.pick(("leader", "challenger", "niche"), n, (1, 3, 4)),
            "rivals": rival,
            "current_shop": np.where(active & mostly, shops["ours"], elsewhere),
        },
        index=truth.index,
    )


def _money(truth: pd.DataFrame, industry: Ints, seed: int) -> pd.DataFrame:
    n = len(truth)
    draws = Draws(seed, "organizations", "money")
    vehicles = truth["vehicles"].to_numpy()
    trades = pd.DataFrame(names.catalog()["industry"]).iloc[industry]
    mileage = vehicles * trades["mileage"].to_numpy() * np.exp(draws.normal(n, sd=0.25))
    ours = (truth["rate"] * truth["amount_mean"] * 365).fillna(0.0).to_numpy()
    share = draws.uniform(n, 0.35, 0.95)  # of what it spends on vehicles, at our workshops
    usual = vehicles * 3000 * np.exp(draws.normal(n, sd=0.3))
    volume = np.where(ours > 0, ours / share, usual)
    private = trades["nature"].to_numpy() == "private"
    term = draws.pick((0, 15, 30, 45, 60), n, (1, 2, 5, 2, 1)) + np.where(private, 0, 30)
    capital = 10 ** np.round(draws.normal(n, 5.3 + 0.5 * np.log10(vehicles), 0.4), 1)
    owner = draws.pick(("family", "partners", "shareholders"), n, (5, 3, 2))
    return pd.DataFrame(
        {
            "vehicles": vehicles,
            "yearly_mileage": _rounded(mileage, 1000),
            "business_volume": _rounded(volume, 100),
            "credit_grade": truth["credit_grade"].to_numpy(),
            "payment_term_days": term,
            "registered_capital": _rounded(capital, 10_000),
            "ownership": np.where(private, owner, "public"),
        },
        index=truth.index,
    )


def _policy(truth: pd.DataFrame, plan: Cards, seed: int) -> pd.DataFrame:
    draws = Draws(seed, "organizations", "policy")
    vehicles, contract = truth["vehicles"].to_numpy(), truth["contract"].to_numpy(bool)
    company = draws.yes(np.clip(0.35 + 0.15 * np.log(vehicles / 2), 0.0, 0.95))
    single = draws.yes(np.where(contract, *plan.single_source))
    return pd.DataFrame(
        {
            "buying_by": np.where(company, "company", "person"),
            "sourcing": np.where(single, "single", "multiple"),
            "tender_required": pd.array(
                draws.yes(np.clip(vehicles / 80, 0.05, 0.8)), dtype="boolean"
            ),
        },
        index=truth.index,
    )


def _story(truth: pd.DataFrame, plan: Cards, seed: int, as_of: dt.date) -> pd.DataFrame:
    """Return when it began and was asked for leave, what it orders, and what is hoped of it."""
    n = len(truth)
    draws = Draws(seed, "organizations", "story")
    quality = truth["quality"].fillna(0.0).to_numpy()
    hope = plan.hope[0] * quality - plan.hope[1] * truth["departed_on"].notna().to_numpy()
    usual, more, noise = plan.growth
    created = truth["created_on"]
    asked = created + draws.whole(n, 0, 60).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "first_order_on": truth["joined_on"],
            "orders_last_year": _expected_orders(truth, as_of),
            "outlook": np.clip(
                np.round(3 + plan.outlook[0] * hope + draws.normal(n, sd=plan.outlook[1])), 1, 5
            ),
            "growth_rate": np.round(usual + more * hope + draws.normal(n, sd=noise), 3) + 0.0,
            "created_on": created,
            "consent_on": not_after(asked, pd.Timestamp(as_of)).astype("datetime64[us]"),
            "notes": draws.pick(_REMARKS, n),
        },
        index=truth.index,
    )


def _expected_orders(truth: pd.DataFrame, as_of: dt.date) -> Ints:
    today = pd.Timestamp(as_of)
    end = not_after(truth["departed_on"].fillna(today), today)
    days = (end - truth["joined_on"]).dt.days.fillna(0)
    before = (end - today).dt.days + 365  # of the last year, until departure
    active = np.maximum(np.minimum(days.to_numpy(), before.to_numpy()), 0)
    return np.asarray(np.round(active * truth["rate"].fillna(0.0)), dtype=np.int64)


def _rounded(values: Floats, step: int) -> Ints:
    """Round to whole steps, as people write estimates; never down to nothing."""
    return np.maximum(np.round(values / step), 1).astype(np.int64) * step
