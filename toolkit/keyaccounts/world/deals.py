"""Deals with organizations: first offers and later ones, and the renewal of each contract.

Whether a customer stays is a deal too: it is decided before a contract ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts.world import care, pipeline, stakeholders, talks
from keyaccounts.world.draws import Draws, Ints
from keyaccounts.world.parameters import Parameters

FAR = 10**6  # a day that never comes
LAST_START = 12  # opportunities begin up to so many days before today
TERM = 730  # days of a contract
RENEWAL_OPENS = (60, 90)  # days before its end


@dataclass(frozen=True)
class Run:
    """Opportunities of one kind, and the calls planned and people met in each (`case`, its row)."""

    cases: pd.DataFrame
    planned: pd.DataFrame
    met: pd.DataFrame


def offers(
    parameters: Parameters,
    seed: int,
    firms: pd.DataFrame,
    founding: int,
    contacted: int,
    later: Ints,
) -> tuple[list[Run], Ints, NDArray[np.bool_]]:
    """Open first opportunities, second tries of lost ones, and later ones with old prospects.

    Also returns with whom each of the later contacts is made, and whether that leads to an offer:
    a firm that has no contract and no open opportunity on that day, while there is one; else
    anybody, and no offer.
    """
    plan, draws = parameters.pipeline, Draws(seed, "pipeline")
    target = np.arange(founding, founding + contacted)
    wait = draws.whole(contacted, 3, 21)
    begins = firms["created"].to_numpy()[target] + wait
    chance = Draws(seed, "opportunities", "fleet contract")
    asked = pd.DataFrame({"entity": target, "start": begins, "product": "fleet contract"})
    first = _followed(parameters, seed, firms, asked, "first", chance)
    lost = first.cases[(first.cases["lost"] < FAR) & draws.yes(plan.again, contacted)]
    wait = draws.of(lost["entity"]).whole(len(lost), 120, 400)
    asked = pd.DataFrame({"entity": lost["entity"], "start": lost["lost"] + wait})
    asked = asked.assign(product="second offer")
    second = _followed(parameters, seed, firms, asked, "second")
    # From when on an old prospect may be asked once more; never, once it has signed.
    free = np.where(np.arange(len(firms)) < founding, FAR, firms["created"].to_numpy() + 30)
    for case in (first.cases, second.cases):
        over = np.where(case["lost"] < FAR, case["lost"] + 30, FAR)
        np.maximum.at(free, case["entity"].to_numpy(), over)
    chosen, chance = np.zeros(later.size, dtype=np.int64), Draws(seed, "later contacts")
    offered, u = np.ones(later.size, dtype=bool), chance.uniform(later.size)
    for row, day in enumerate(later):
        among = np.flatnonzero(free < day)
        if not among.size:
            offered[row], among = False, np.flatnonzero(firms["created"] < day)
        chosen[row] = among[int(u[row] * among.size)]
        free[chosen[row]] = FAR
    begins = later[offered] + chance.of(later[offered]).whole(offered.sum(), 3, 21)
    asked = pd.DataFrame({"entity": chosen[offered], "start": begins, "product": "second offer"})
    third = _followed(parameters, seed, firms, asked, "later")
    return [first, second, third], chosen, offered


def numbered(
    parameters: Parameters, runs: list[Run]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Put all runs together in order of days, without cases that begin too late for a report."""
    firsts = np.cumsum([0, *(len(run.cases) for run in runs)])
    cases = pd.concat([run.cases for run in runs], ignore_index=True)
    cases = cases[cases["start"] < parameters.days - LAST_START]
    cases = cases.sort_values(["start", "entity", "product"], kind="stable")
    number = pd.Series(np.arange(len(cases)), index=cases.index)

    def of_cases(table: str) -> pd.DataFrame:
        rows = pd.concat(
            [
                getattr(run, table).assign(case=lambda f, first=first: f["case"] + first)
                for run, first in zip(runs, firsts, strict=False)
            ]
        )
        rows = rows[rows["case"].isin(cases.index)]
        rows = rows.assign(case=number[rows["case"]].to_numpy())
        found: pd.DataFrame = rows.sort_values(["case", "nth"], kind="stable", ignore_index=True)
        return found

    return cases.reset_index(drop=True), of_cases("planned"), of_cases("met")


def _followed(
    parameters: Parameters,
    seed: int,
    firms: pd.DataFrame,
    asked: pd.DataFrame,
    part: str,
    chance: Draws | None = None,
) -> Run:
    """Follow opportunities from their start on; `part` names their streams of chance.

    `asked` has a row an opportunity: `entity`, `start`, `product`, `until` (the last day on which
    it can be decided), `against` and `lift` of a renewal. Where `lift` is not given, what the early
    calls came to and who was met in them speaks for a case.
    """
    plan, calling = parameters.pipeline, parameters.talks
    started = firms.loc[asked["entity"], ["seller", "vehicles"]].reset_index(drop=True)
    pace = plan.pace[{"first": 0, "second": 0, "later": 1}.get(part, 2)]
    started = started.assign(pace=pace, until=FAR, against=np.nan)
    started = started.assign(**{str(name): asked[name].to_numpy() for name in asked})
    part = f"{part} {parameters.company.history}"
    planned = talks.planned(started, calling, seed, part)
    met = stakeholders.met(started, firms, calling, seed, part)
    early = planned[planned["nth"] < talks.EARLY].groupby("case")["success"].mean()
    known = met.groupby("case")["weight"].sum()
    if "lift" not in asked:
        lift = plan.advance * (early - plan.usual_advances[0]) / plan.usual_advances[1]
        lift = lift + plan.coverage * (known - plan.usual_coverage[0]) / plan.usual_coverage[1]
        started = started.assign(lift=lift)
    started = started.assign(advances=early.round(3), coverage=known.round(3))
    chance = chance or Draws(seed, "opportunities", part).of(started["entity"])
    found = pipeline.opportunities(parameters, chance, started)
    thursday = pipeline.first_thursday(parameters, found["start"].to_numpy())
    ended = np.where(found["week_3"] >= 0, found["week_3"], found["lost_week"])
    # Monday to Thursday of the week it is reported in
    back = Draws(seed, "days of decision", part).of(started["entity"]).whole(len(found), 0, 3)
    found = found.assign(
        thursday=thursday,
        signed=np.where(found["week_3"] >= 0, thursday + 7 * ended - back, FAR),
        lost=np.where(found["lost_week"] >= 0, thursday + 7 * ended - back, FAR),
    )
    return Run(found, planned, met)


# --- renewals: whether a contract goes on is decided before it ends ---


def renewals(
    parameters: Parameters, seed: int, people: pd.DataFrame
) -> tuple[pd.DataFrame, list[Run]]:
    """Follow each contract from term to term until the customer cancels or does not renew.

    `left` becomes the day of departure: early, if it lies well before the end of a term; else the
    last day of a contract that is not renewed. What makes a customer restless decides on both, and
    how its complaints were handled on the renewal.
    """
    plan, seen = parameters.pipeline, parameters.days + parameters.accounts.lead_days[1]
    entity = np.flatnonzero(people["contract_start"] < FAR)
    begins = people["contract_start"].to_numpy()[entity]
    hazard, quality, against = (people[c].to_numpy() for c in ("left", "quality", "restless"))
    against = against[entity]
    firms, runs = people[people["kind"] == "organization"], list[Run]()
    left, joined = np.full(len(people), FAR), people["joined"].to_numpy()
    caring = parameters.care
    met = care.ordinary(people, caring, seed)
    while entity.size:
        ends = begins + TERM - 1
        early = (hazard[entity] > begins + 30) & (hazard[entity] <= ends - RENEWAL_OPENS[1])
        left[entity[early]] = hazard[entity[early]]
        due = ~early & (ends <= seen)
        entity, ends, against = entity[due], ends[due], against[due]
        term = len(runs) + 1
        draws = Draws(seed, "renewals", term).of(entity)
        opened = ends - draws.whole(entity.size, *RENEWAL_OPENS)
        since = joined[entity]
        lift = plan.renewal + plan.renewal_quality * quality[entity]
        lift += caring.recovery * care.goodwill(met, entity, begins[due] - since, opened - since)
        asked = {"entity": entity, "start": opened, "product": "renewal"}
        asked |= {"until": ends, "against": against, "lift": lift}
        run = _followed(parameters, seed, firms, pd.DataFrame(asked), f"term {term}")
        runs.append(run)
        odds = run.cases[["odds_1", "odds_2", "odds_3"]].prod(axis=1).to_numpy()
        renewed = run.cases["fate"].to_numpy()
        left[entity[~renewed]] = ends[~renewed]
        against = (against / odds)[renewed]
        entity, begins = entity[renewed], ends[renewed] + 1
    soon = left <= seen
    return people.assign(
        left=np.where(soon, left, FAR),
        lead_days=people["lead_days"].where(soon, 0),
        departure_cause=people["departure_cause"].where(soon, ""),
    ), runs
