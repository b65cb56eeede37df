"""Where drivers work, and the fleets hidden among them: cars of one firm on private cards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world import names
from keyaccounts.world.card_plan import of_kind
from keyaccounts.world.draws import Draws
from keyaccounts.world.parameters import Section as Cards
from keyaccounts.world.vehicles import KEY_ACCOUNT_FLEET

_AT_HOME = ("retired", "student")


def employers(
    people: pd.DataFrame,
    organizations: pd.DataFrame,
    individuals: pd.DataFrame,
    owner: pd.Series[Any],
    seed: int,
    plan: Cards,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write employers on drivers' cards, and tell which belong to a hidden fleet.

    Of the other employers, those with a card of their own are accounts already, and the rest have
    fewer vehicles on all drivers' cards together than make a key-account candidate. The truth has
    one row a driver of a hidden fleet: `entity`, `employer`, `vehicles`.
    """
    drivers = of_kind(people, "individual")
    draws = Draws(seed, "employers")
    at_home = individuals.set_index("card")["occupation"].reindex(drivers.index).isin(_AT_HOME)
    fit = drivers[(drivers["vehicles"] < KEY_ACCOUNT_FLEET) & ~at_home]
    fit = fit.iloc[np.argsort(draws.uniform(len(people))[fit.index], kind="stable")]
    firm = _others(organizations, draws)
    hidden = min(max(round(len(drivers) / plan.drivers_a_fleet), 1), len(firm))
    size = draws.whole(hidden, 4, 7)
    fleet = np.repeat(np.arange(hidden), size)
    ours = fit[fit["joined_on"].notna()].index[: len(fleet)]
    rest = fit.drop(ours)
    staff = rest.index[: round(plan.works_for_account * len(drivers))]
    rest = rest.drop(staff)
    single = rest.index[rest["vehicles"] == 1][: 2 * (len(firm) - hidden)]
    known = organizations["name"].dropna().unique() if len(organizations) else np.array([""])
    works = pd.concat(
        [
            pd.Series(firm[fleet[: len(ours)]], index=ours),
            pd.Series(known[draws.whole(len(staff), 0, len(known) - 1)], index=staff),
            pd.Series(firm[hidden + np.arange(len(single)) // 2], index=single),
        ]
    ).astype("str")
    truth = people.loc[ours, ["vehicles"]].assign(entity=ours, employer=works[ours])
    return individuals.assign(employer=_written(individuals, works, owner, seed, plan)), truth


def _others(organizations: pd.DataFrame, draws: Draws) -> Any:
    """Return names of firms that have no card: at most a third of all there could be."""
    brand = names.brands(len(names.catalog()["brand_first"]) * 13, draws)
    trade = draws.whole(len(brand), 0, len(names.catalog()["industry"]) - 1)
    taken = organizations["name"].dropna().str.split().str[:2].str.join(" ")
    return names.firms(brand, trade)["name"][~brand["brand"].isin(taken)].to_numpy()


def _written(
    cards: pd.DataFrame, works: pd.Series[str], owner: pd.Series[Any], seed: int, plan: Cards
) -> pd.Series[Any]:
    """Return employers as they were typed: in full, without the legal form, in small letters."""
    card = cards["card"].to_numpy()
    full = works.reindex(owner[card]).set_axis(cards.index)
    short = full.str.removesuffix(" Co., Ltd.")
    chance, missing = (
        Draws(seed, "employers", what).uniform(len(owner))[card] for what in ("form", "gap")
    )
    typed = full.where(chance < 0.6, short.where(chance < 0.85, short.str.lower()))
    return typed.where(missing >= plan.employer_missing)
