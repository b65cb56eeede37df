"""One seed, every table: the story as the company has it on file, and the answer key."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.world import (
    cards,
    care,
    dictionary,
    money,
    names,
    objections,
    people,
    records,
    stakeholders,
    talks,
    truth,
    voices,
    workshops,
)
from keyaccounts.world.contracts import contracts
from keyaccounts.world.draws import Draws
from keyaccounts.world.employers import employers
from keyaccounts.world.interactions import interactions, reminders
from keyaccounts.world.keeping import kept
from keyaccounts.world.numbering import CARD_FILES, SPREAD, Registry
from keyaccounts.world.parameters import SEED, SIZES, Parameters, planted
from keyaccounts.world.prices import prices
from keyaccounts.world.remarks import remarks
from keyaccounts.world.serving import service_log
from keyaccounts.world.signals import signals
from keyaccounts.world.surveys import surveys

_DAYS = {"orders": "order_date", "service_log": "date", "complaints": "opened_at"}


def simulate(seed: int | str = SEED, size: str = "course") -> dict[str, pd.DataFrame]:
    """Make a whole company from a seed: every table of the course, and the truth behind it.

    Parameters
    ----------
    seed : int or str, default 2026
        The same seed gives the same tables, to the last digit. A number of any size, also as text
        ("0x7ea"): files of JSON and spreadsheets spoil numbers above 2 ** 53, but no text.
    size : {"course", "small"}
        240 organizations and about 3,000 drivers; or a quarter and a fifth of that, and of
        everything else as much less. A small company is for trying things out: few leave it and
        few deals are open, so teams take "course".

    Returns
    -------
    dict of DataFrame
        Table by name; the names of the answer key begin with `truth_`.

    Raises
    ------
    ParameterError
        If the seed is no whole number of 0 or more, or the size is unknown.

    Examples
    --------
    >>> company = ka.world.simulate(7, "small")
    >>> company["sellers"]["seller_id"].tolist()[:2]
    ['S01', 'S02']
    """
    seed = checks.seed("seed", seed)
    world = planted(seed, checks.choice("size", size, tuple(SIZES)))
    today = world.as_of
    story = people.tell(world, seed)
    grade = money.terms(story.people, world.money, seed).set_index("entity")["credit_grade"]
    all_ = story.people.assign(credit_grade=grade)
    written = cards.card_tables(all_, seed, today, world.cards)
    registry = Registry(written, seed)
    bought = money.orders(all_, world.money, seed, today)
    drivers = money.drivers_truth(all_, world.money, seed, today)
    left = drivers.set_index("entity")["departed_on"].reindex(all_.index)
    there = all_.assign(departed_on=all_["departed_on"].fillna(left))  # nobody complains once gone
    weekly = records.snapshots(world, seed, story)
    cases = records.opportunities(world, seed, story, weekly)
    closed = cases["signed_on"].fillna(cases["lost_on"])
    decided = cases.assign(closed_on=closed, stalled=story.opportunities["stalled"].to_numpy())
    spoken = talks.calls(there, decided, story.planned, world.talks, seed, today)
    there_in_calls = stakeholders.participants(spoken["calls"], story.met, all_, seed)
    papers = contracts(all_, cases, world.money, seed, today, world.accounts.misnoted)
    near = stakeholders.nearness(
        written["stakeholders"], there_in_calls, papers, there, world.talks, seed, today
    )
    habits = talks.habits(world.sellers, world.talks, seed)
    raised = objections.objections(spoken["calls"], habits, world.talks, seed)
    runs = records.campaigns(world, seed)
    log = records.contacts(world, seed, story, runs)
    sellers = _sellers(world, seed)
    diary = records.diary(world, seed, log, _faces(written), sellers["name"])
    raw = {
        **{n: written[n] for n in ("organizations", "individuals", "card_updates")},
        "vehicles": written["vehicles"],
        "stakeholders": near,
        "sellers": sellers,
        "campaigns": runs,
        "contacts": log.drop(columns="contact").assign(order=records.first_orders(log, bought)),
        "touchpoints": records.touchpoints(world, seed, story),
        "referrals": records.referrals(world, story, log),
        "diary": diary,
        "opportunities": cases,
        "opportunity_snapshots": weekly,
        "orders": bought,
        "payments": money.payments(bought, all_, world.money, seed, today),
        "service_log": service_log(all_, bought, world.serving, seed),
        "contracts": papers,
        "calls": spoken["calls"],
        "call_questions": spoken["call_questions"],
        "call_participants": there_in_calls,
        "objections": raised,
        "closing_moments": objections.closing_moments(spoken["calls"], world.talks, seed),
        "held_out_questions": objections.held_out(),
        "complaints": voices.said(
            care.complaints(there, world.care, seed, today), all_, world.care, seed
        ),
        "jobs": workshops.jobs(bought, all_, world.care, seed, today),
        "reminders": reminders(all_, world.care, seed, today),
        "surveys": surveys(there, world.care, seed, today),
        "interactions": interactions(there, runs, world.care, seed, today),
        "signals": signals(all_, world.care, seed, today),
    }
    for name in SPREAD:
        card = registry.card_of(raw[name]["entity"], raw[name][_DAYS[name]], name)
        raw[name] = raw[name].assign(card=card)
    raw["organizations"] = _billed(raw["organizations"], raw["orders"], all_, seed, world)
    owner = cards.owners(written)
    raw["individuals"], fleets = employers(
        all_, raw["organizations"], raw["individuals"], owner, seed, world.cards
    )
    for name in CARD_FILES:
        raw[name] = kept(raw[name], owner, all_, raw["orders"], seed, today, world.cards)
    raw["remarks"], said = remarks(there, written["individuals"], seed, today, world.cards)
    raw["prices"] = prices(world.prices)
    numbered = {name: registry.numbered(name, frame) for name, frame in raw.items()}
    answers = truth.tables(
        story=story,
        registry=registry,
        numbered=numbered,
        cards=written,
        calls=spoken["truth_calls"],
        drivers=drivers,
        habits=habits,
        objections=raised,
        plan=world,
    )
    answers["truth_fleets"] = registry.numbered("truth_fleets", fleets)
    answers["truth_remarks"] = said.assign(remark_id=numbered["remarks"]["remark_id"])
    return {name: dictionary.filed(name, frame) for name, frame in {**numbered, **answers}.items()}


def _sellers(world: Parameters, seed: int) -> pd.DataFrame:
    draws, n = Draws(seed, "sellers"), world.sellers
    called = names.person_names(names.persons(n, Draws(seed, "sellers", "names")))
    before = draws.whole(n, 1, 2500)
    hired = np.datetime64(world.opened) - before.astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "name": called["name"].to_numpy(),
            "team": np.resize(records.TEAMS, n),
            "hired_on": hired.astype("datetime64[us]"),
        }
    )


def _faces(written: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return by entity what a seller writes at the head of a diary entry."""
    firms, drivers = written["organizations"], written["individuals"]
    first = written["stakeholders"].groupby("card")["name"].first()
    firms = firms.assign(company=firms["name"], contact=firms["card"].map(first))
    drivers = drivers.assign(company=None, contact=drivers["name"])
    both = pd.concat([f[["card", "company", "contact", "phone"]] for f in (firms, drivers)])
    return both.set_index("card")


def _billed(
    firms: pd.DataFrame, orders: pd.DataFrame, all_: pd.DataFrame, seed: int, world: Parameters
) -> pd.DataFrame:
    """Return cards of organizations that agree with the invoices and with the terms of payment."""
    found = cards.with_transactions(firms, orders, world.as_of)
    term = money.terms(all_, world.money, seed).set_index("entity")["payment_term_days"]
    agreed = found["card"].map(term).astype("Int64")
    known = found["payment_term_days"].notna()
    return found.assign(
        payment_term_days=agreed.where(known & agreed.notna(), found["payment_term_days"])
    )
