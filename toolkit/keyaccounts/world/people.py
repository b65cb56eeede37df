"""The true customers of the simulated company: who they are, how they came, when they leave.

Nobody in the company sees this table. It is the one story that every other table tells a part of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts.world import deals, pipeline, prospecting
from keyaccounts.world.deals import FAR
from keyaccounts.world.draws import Draws, Floats, Ints
from keyaccounts.world.parameters import Parameters, Section

DISTRICTS = 6


@dataclass(frozen=True)
class Story:
    """What happened in truth.

    Attributes
    ----------
    people : one row a true customer or prospect (an entity); organizations first. `departed_on`
        may lie up to `lead_days` after today: the signals of such a departure are here already.
    contacts : prospecting contacts, with `entity` (−1 where no card was opened) and `seller`.
    referrals : who named whom: `entity` (the referrer), `referred` (−1 if no card), `contact`.
    opportunities : as :func:`keyaccounts.world.pipeline.opportunities`, by day and entity.
    planned : the calls planned for each of them (`case`), before anything is known of its fate.
    met : who is met in the early calls of each (`case`).
    """

    people: pd.DataFrame
    contacts: pd.DataFrame
    referrals: pd.DataFrame
    opportunities: pd.DataFrame
    planned: pd.DataFrame
    met: pd.DataFrame


def tell(parameters: Parameters, seed: int) -> Story:
    """Make up the whole story of one world from its seed."""
    made = prospecting.contacts(parameters, seed)
    made["contact"] = np.arange(len(made))
    firms, runs, made = _organizations(parameters, seed, made)
    drivers, named, made = _drivers(parameters, seed, made)
    people = pd.concat([firms, drivers], ignore_index=True)
    draws = Draws(seed, "sellers of contacts")
    own = people["seller"].to_numpy()
    seller = draws.whole(len(made), 0, parameters.sellers - 1)
    has_card = made["entity"].to_numpy() >= 0
    made["seller"] = np.where(has_card, own[made["entity"]], seller)
    people = _character(people, parameters, seed)
    people, renewals = deals.renewals(parameters, seed, people)
    cases, planned, met = deals.numbered(parameters, [*runs, *renewals])
    cause = people["departure_cause"].to_numpy()[cases["entity"]]
    cases["true_reason"] = pipeline.reasons(parameters.pipeline, seed, cases, cause)
    decider = np.isin(np.arange(len(cases)), met.loc[met["place"] == 0, "case"])
    cases = cases.assign(**pipeline.answers(parameters, seed, cases, decider))
    for column in ("created", "joined", "contract_start", "left"):
        people[column] = _dates(parameters, people[column])
    renamed = {
        "created": "created_on",
        "joined": "joined_on",
        "contract_start": "contract_from",
        "left": "departed_on",
    }
    return Story(people.rename(columns=renamed), made, named, cases, planned, met)


def _dates(parameters: Parameters, days: pd.Series[Any]) -> pd.Series[Any]:
    opened = pd.Timestamp(parameters.opened).as_unit("us")
    found = opened + pd.to_timedelta(days.clip(upper=20_000), unit="D")
    return found.where(days < FAR).astype("datetime64[us]")


# --- organizations: a contact, an opportunity, a contract ---


def _organizations(
    parameters: Parameters, seed: int, made: pd.DataFrame
) -> tuple[pd.DataFrame, list[deals.Run], pd.DataFrame]:
    n = parameters.organizations
    founding = round(parameters.prospecting.founding * n)
    draws = Draws(seed, "organizations")
    made = made.assign(entity=-1)
    found = made.index[(made["party"] == "organization") & made["qualified"]]
    first = found[: n - founding]
    silent = n - founding - len(first)  # known from documents only, nobody spoke to them yet
    created = np.concatenate(
        [
            draws.whole(founding, 0, 25),
            made.loc[first, "day"].to_numpy(),
            draws.whole(silent, 60, parameters.days - 5),
        ]
    )
    by = [*["founding"] * founding, *made.loc[first, "method"], *["documents"] * silent]
    made.loc[first, "entity"] = founding + np.arange(len(first))
    size = np.exp(draws.normal(n, *parameters.accounts.fleet_size))
    firms = pd.DataFrame(
        {
            "kind": "organization",
            "created": created,
            "joined": FAR,
            "acquired_by": by,
            "referrer": -1,
            "seller": draws.whole(n, 0, parameters.sellers - 1),
            "vehicles": np.clip(np.round(size), 2, 120).astype(np.int64),
        }
    )
    # A later qualified contact talks to a firm that has a card already.
    later = found[n - founding :]
    day = made.loc[later, "day"].to_numpy()
    runs, chosen, asked = deals.offers(parameters, seed, firms, founding, len(first), day)
    made.loc[later, "entity"] = chosen
    cases = pd.concat([run.cases for run in runs])
    won = cases[cases["signed"] < FAR].groupby("entity")["signed"].min()
    joined = firms["joined"].to_numpy(copy=True)
    joined[:founding] = created[:founding] + draws.whole(founding, 2, 30)
    turn = parameters.accounts.turn
    soon = Draws(seed, "first orders", turn).of(won.index).whole(len(won), 2, 20)
    joined[won.index] = won.to_numpy() + soon
    there = joined < FAR
    joined[there] = prospecting.working_day(joined[there], parameters.opened)
    joined[joined > parameters.days] = FAR
    starts = np.full(n, FAR)
    starts[:founding] = created[:founding]
    starts[won.index] = won.to_numpy()
    firms["joined"], firms["contract_start"] = joined, starts
    firms["contract"] = starts < FAR
    # The order is owed to the contact that led to the opportunity, be it the later one.
    again = later[asked & np.isin(chosen, runs[-1].cases.query("signed < @FAR")["entity"])]
    firms.loc[made.loc[again, "entity"], "acquired_by"] = made.loc[again, "method"].to_numpy()
    owed = np.setdiff1d(first, made.index[made["entity"].isin(made.loc[again, "entity"])])
    owed = np.concatenate([owed, again])
    made.loc[owed, "ordered"] = joined[made.loc[owed, "entity"]] < FAR
    return firms, runs, made


# --- private drivers: they walk in, are won, or are named by others ---


def _drivers(
    parameters: Parameters, seed: int, made: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    n, offset = parameters.individuals, parameters.organizations
    plan, draws = parameters.prospecting, Draws(seed, "drivers")
    walk_ins = round(plan.walk_ins * n)
    # The group grows: walk-ins come a little faster every year.
    walked = np.sort(parameters.days * draws.uniform(walk_ins) ** plan.walk_in_growth).astype(
        np.int64
    )
    won = made[(made["party"] == "individual") & made["ordered"]]
    created = np.concatenate([walked, won["day"].to_numpy()])
    joined = np.concatenate([walked, won["day"].to_numpy() + draws.whole(len(won), 0, 7)])
    by = np.concatenate([np.repeat("walk_in", walk_ins), won["method"].to_numpy(dtype=str)])
    made.loc[won.index, "entity"] = offset + walk_ins + np.arange(len(won))
    wave = _Wave(created, joined, by, np.full(created.size, -1))
    early = np.flatnonzero(joined < parameters.days // 3)
    center = np.zeros(created.size, dtype=bool)
    centers = max(round(plan.centers * n / 3000), 1)
    center[early[draws.order(early.size)[:centers]]] = True
    waves, named, first = [wave], [], 0
    for generation in range(30):  # a chain that names less than one each dies out long before
        rows = np.flatnonzero(wave.joined < parameters.days)
        told = prospecting.referrals(parameters, seed, wave.joined[rows], center[rows], generation)
        if told.empty:
            break
        told["referrer"] = offset + first + rows[told["referrer"]]
        new = np.flatnonzero(told["ordered"])
        first += wave.created.size
        told["entity"] = -1
        told.loc[new, "entity"] = offset + first + np.arange(new.size)
        named.append(told)
        day = told["day"].to_numpy()[new]
        wave = _Wave(
            day,
            day + Draws(seed, "named ones come", generation).whole(new.size, 0, 7),
            told["method"].to_numpy(dtype=str)[new],
            told["referrer"].to_numpy()[new],
        )
        center = np.zeros(new.size, dtype=bool)
        waves.append(wave)
    created, joined, by, referrer = (
        np.concatenate([getattr(w, c) for w in waves])
        for c in ("created", "joined", "by", "referrer")
    )
    told = pd.concat(named, ignore_index=True)
    told["contact"] = len(made) + np.arange(len(told))
    made = pd.concat([made, told.drop(columns="referrer")], ignore_index=True)
    # Prospects: qualified, but no order yet; then drivers known from papers only.
    room = max(n - created.size, 0)
    waiting = made.index[
        (made["party"] == "individual") & made["qualified"] & (made["entity"] < 0)
    ][:room]
    made.loc[waiting, "entity"] = offset + created.size + np.arange(len(waiting))
    silent = room - len(waiting)
    quiet = np.sort(draws.whole(silent, 30, parameters.days))
    created = np.concatenate([created, made.loc[waiting, "day"].to_numpy(), quiet])
    joined = np.concatenate([joined, np.full(len(waiting) + silent, FAR)])
    joined = np.where(joined < FAR, np.minimum(joined, parameters.days), FAR)
    method = made.loc[waiting, "method"].to_numpy(dtype=str)
    drivers = pd.DataFrame(
        {
            "kind": "individual",
            "created": created,
            "joined": joined,
            "acquired_by": np.concatenate([by, method, np.repeat("documents", silent)]),
            "referrer": np.concatenate([referrer, np.full(len(waiting) + silent, -1)]),
            "seller": draws.whole(created.size, 0, parameters.sellers - 1),
            "vehicles": draws.pick([1, 2, 3, 4], created.size, parameters.accounts.driver_vehicles),
            "contract_start": FAR,
            "contract": False,
        }
    )
    by_card = made.set_index("contact")["entity"]
    links = told.rename(columns={"referrer": "entity", "entity": "_"})
    links = links[["entity", "contact", "day", "ordered"]]
    links = links.assign(referred=by_card.loc[links["contact"]].to_numpy())
    return drivers, links.reset_index(drop=True), made


@dataclass(frozen=True)
class _Wave:
    """Drivers of one generation: those who came by themselves or were won, then those named."""

    created: Ints
    joined: Ints
    by: NDArray[np.str_]
    referrer: Ints


# --- what they are like ---


def _character(people: pd.DataFrame, parameters: Parameters, seed: int) -> pd.DataFrame:
    plan, n, draws = parameters.accounts, len(people), Draws(seed, "character")
    firm = (people["kind"] == "organization").to_numpy()
    joined, vehicles = people["joined"].to_numpy(), people["vehicles"].to_numpy()
    quality = np.round(draws.normal(n), 3)
    intensity = np.exp(draws.normal(n, *plan.intensity))
    margin = np.where(firm, draws.beta(n, *plan.fleet_margin), draws.beta(n, *plan.driver_margin))
    customers = np.flatnonzero(firm & (joined < parameters.days - 455))
    largest = customers[np.argsort(-vehicles[customers], kind="stable")][: 4 * plan.heavy]
    turn = Draws(seed, "heavy accounts", plan.turn).of(largest).order(largest.size)
    heavy = largest[turn[: plan.heavy]]
    intensity[heavy] = draws.uniform(heavy.size, *plan.heavy_intensity)
    margin[heavy] = draws.uniform(heavy.size, *plan.heavy_margin)
    hazard = plan.leaves / 365.25 * np.exp(plan.quality_effect * quality)
    restless = draws.uniform(n)
    left = joined + np.ceil(-np.log(restless) / hazard).astype(np.int64)
    left = left + plan.lead_days[1] + 10
    cause = _causes(draws, plan, quality)
    own = Draws(seed, "cancels early")
    early = firm & (joined < FAR) & np.isin(cause, ["moved", "sold"]) & own.yes(plan.early, n)
    lead = draws.whole(n, *plan.lead_days)
    silent = np.isin(cause, ["moved", "sold"]) & draws.yes(plan.unannounced, n)
    lead[silent] = 0
    return people.assign(
        district=draws.pick(range(DISTRICTS), n, plan.districts),
        quality=quality,
        intensity=np.round(intensity, 3),
        margin=np.round(margin, 4),
        rate=np.where(
            firm & (joined < FAR),
            np.round(
                plan.rate_per_vehicle * vehicles * np.exp(draws.normal(n, 0.0, plan.rate_spread)), 6
            ),
            np.nan,
        ),
        amount_mean=np.where(firm, np.round(np.exp(draws.normal(n, *plan.amount)), 2), np.nan),
        left=np.where(early, left, FAR),  # those who would not wait for the end of the contract
        restless=np.where(early, own.uniform(n), restless),  # the others may not renew it
        lead_days=lead,
        departure_cause=cause,
    )


def _causes(draws: Draws, plan: Section, quality: Floats) -> NDArray[np.str_]:
    """Return why each would leave: poor service the likelier, the poorer it is."""
    least, more, effect = plan.poor_service
    poor = more * np.exp(effect * quality) / (1 + np.exp(effect * quality)) + least
    u = draws.uniform(quality.size)
    rest = (u - poor) / (1 - poor)
    other = np.array(["price", "moved", "sold"])[np.clip((rest * 3).astype(int), 0, 2)]
    return np.where(u < poor, "service", other).astype(str)
