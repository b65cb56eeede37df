"""Interactions: what customers were invited to, and whether they took part."""

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
