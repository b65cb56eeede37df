"""Interactions: what customers were invited to, whether they took part, and one experiment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from keyaccounts import checks
from keyaccounts.world.care import Days, days_of, served
from keyaccounts.world.draws import Draws, Ints
from keyaccounts.world.parameters import Section as Care

KINDS = ("campaign_mail", "social", "event", "feedback", "app")
# Methods of the campaigns that reach customers too.
CAMPAIGNS = {"campaign_mail": ("letters", "advertising"), "event": ("meetings", "industry_blitz")}


def interactions(
    people: pd.DataFrame, campaigns: pd.DataFrame, parameters: Care, seed: int, as_of: Any
) -> pd.DataFrame:
    """Return the invitations of customers to take part in something, sorted by day.

    Parameters
    ----------
    people : frame
        The true customers; `joined_on`, `departed_on` and `quality` are used.
    campaigns : frame
        `campaign`, `method`, `starts_on`, `ends_on`; may have no rows.
    parameters : Care
        What is planted.
    seed : int
        The seed of the world.
    as_of : day
        Today; nothing is later.

    Returns
    -------
    frame
        `entity`, `campaign` (−1 if none), `date`, `kind` and `participated`.
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    there = served(people, today).sort_values(["since", "entity"], ignore_index=True)
    since, until = days_of(there, "since"), days_of(there, "until")
    draws = Draws(seed, "interactions")
    n = parameters.interactions
    kind = draws.pick(KINDS, n, parameters.interaction_kinds)
    campaign = np.full(n, -1, dtype=np.int64)
    days = (until - since).astype(np.int64)
    row = draws.pick(range(len(there)), n, days)
    date = since[row] + draws.whole(n, 0, days[row]).astype("timedelta64[D]")
    for name, methods in CAMPAIGNS.items():
        rows = np.flatnonzero(kind == name)
        fitting = campaigns[campaigns["method"].isin(methods)]
        if len(fitting):
            invited = _invited(fitting, since, rows.size, draws)
            campaign[rows], row[rows], date[rows] = invited
    own = draws.normal(len(there), 0.0, parameters.participation_spread)
    own = own + parameters.participation_quality * there["quality"].to_numpy()
    usual = dict(zip(KINDS, parameters.participation, strict=True))
    odds = pd.Series(kind).map(usual).to_numpy(dtype=float) + own[row]
    made = pd.DataFrame(
        {
            "entity": there["entity"].to_numpy()[row],
            "campaign": campaign,
            "date": date.astype("datetime64[us]"),
            "kind": kind,
            "participated": draws.yes(expit(odds)),
        }
    )
    made = made[(date >= since[row]) & (date <= until[row])]
    once = np.where(made["campaign"] >= 0, made["campaign"], -1 - made.index)
    found: pd.DataFrame = made[~made.assign(once=once).duplicated(["entity", "kind", "once"])]
    return found.sort_values(["date", "entity", "kind"], kind="stable", ignore_index=True)


def _invited(campaigns: pd.DataFrame, since: Days, n: int, draws: Draws) -> tuple[Ints, Ints, Days]:
    """Return campaign, customer (row of the sorted `since`) and day of each invitation.

    A campaign invites the more, the more customers there are by then.
    """
    starts, ends = days_of(campaigns, "starts_on"), days_of(campaigns, "ends_on")
    known = np.searchsorted(since, starts, side="right")
    chosen = draws.pick(range(len(campaigns)), n, known + 1)
    row = np.minimum(np.floor(draws.uniform(n) * known[chosen]).astype(np.int64), since.size - 1)
    length = np.maximum((ends - starts).astype(np.int64), 0)[chosen]
    day = starts[chosen] + draws.whole(n, 0, length).astype("timedelta64[D]")
    return campaigns["campaign"].to_numpy()[chosen], row, day


def reminders(people: pd.DataFrame, parameters: Care, seed: int, as_of: Any) -> pd.DataFrame:
    """Return one experiment, by customer: who of some drivers was reminded, and who came.

    Drivers whose first order lies at least half a year back are chosen by chance, and so is who of
    them gets the reminder. What they may come to is a free check: no order.

    Parameters
    ----------
    people : frame
        The true customers; `kind` and `joined_on` are used.
    parameters : Care
        What is planted.
    seed : int
        The seed of the world.
    as_of : day
        Today.

    Returns
    -------
    frame
        `entity`, `arm` (reminder or control), `sent_on`, `returned`.
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    sent = today - parameters.reminder_sent
    driver = (people["kind"] == "individual").to_numpy()
    known = people.index[driver & (days_of(people, "joined_on") <= sent - 183)].to_numpy()
    lots = Draws(seed, "reminders").of(known).uniform(known.size)
    chosen = np.sort(known[np.argsort(lots, kind="stable")[: parameters.reminders]])
    each = Draws(seed, "reminded").of(chosen)
    reminded = each.yes(0.5, chosen.size)
    odds = parameters.returns + parameters.reminder_effect * reminded
    return pd.DataFrame(
        {
            "entity": chosen,
            "arm": np.where(reminded, "reminder", "control"),
            "sent_on": np.full(chosen.size, sent, dtype="datetime64[us]"),
            "returned": each.yes(odds),
        }
    )
