"""Looking for customers: contacts by fourteen methods, and who names whom."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts.world.channels import METHODS
from keyaccounts.world.draws import Draws, Ints, repeat
from keyaccounts.world.parameters import Parameters

HORIZON = 1600.0  # days over which a circle is named; longer than any world


def working_day(days: Ints, opened: object) -> Ints:
    """Move days (counted from the opening) that fall on a weekend to the Monday after."""
    weekday = (days + pd.Timestamp(str(opened)).weekday()) % 7
    return np.asarray(np.where(weekday >= 5, days + 7 - weekday, days), dtype=np.int64)


def contacts(parameters: Parameters, seed: int) -> pd.DataFrame:
    """Return the contacts that sellers made of their own accord, one row each.

    Columns: `day` (from the opening), `method`, `party`, `responded`, `qualified`, `ordered`
    (private drivers only; an organization orders when its opportunity is won).
    """
    scale = {"organization": parameters.organizations / 240}
    scale["individual"] = parameters.individuals / 3000
    parts = []
    channels = parameters.channels
    for method in METHODS:
        for party, factor in scale.items():
            firms = channels.organizations[method]
            share = firms if party == "organization" else 1 - firms
            draws = Draws(seed, "contacts", method, party)
            mean = channels.per_week[method] * share * factor * parameters.days / 7
            n = int(draws.poisson(mean, 1)[0]) if mean else 0
            days = working_day(draws.whole(n, 5, parameters.days - 3), parameters.opened)
            parts.append(_tried(parameters, draws, method, party, np.sort(days)))
    made = pd.concat(parts, ignore_index=True)
    return made.sort_values(["day", "method", "party"], kind="stable", ignore_index=True)


def _tried(
    parameters: Parameters, draws: Draws, method: str, party: str, days: Ints
) -> pd.DataFrame:
    """Return contacts on these days with what came of each."""
    channels, n = parameters.channels, days.size
    responded = draws.yes(channels.responds[method], n)
    qualified = responded & draws.yes(channels.qualifies[method], n)
    ordered = qualified & draws.yes(channels.orders[method], n) & (party == "individual")
    return pd.DataFrame(
        {
            "day": days,
            "method": method,
            "party": party,
            "responded": responded,
            "qualified": qualified,
            "ordered": ordered,
        }
    )


def referrals(
    parameters: Parameters, seed: int, joined: Ints, centers: NDArray[np.bool_], generation: int
) -> pd.DataFrame:
    """Return whom drivers named, each named person being a contact of its own.

    Columns as :func:`contacts`, and `referrer`, the row of the driver in `joined`.
    """
    plan, draws = parameters.prospecting, Draws(seed, "referrals", generation)
    named = draws.poisson(np.where(centers, plan.center_referrals, plan.referrals), joined.size)
    referrer = repeat(np.arange(joined.size), named)
    wait = np.minimum(draws.exponential(referrer.size, plan.referral_delay), HORIZON)
    days = working_day(joined[referrer] + 1 + wait.astype(np.int64), parameters.opened)
    parts = []
    for method, of in (("referral_chain", ~centers), ("center_of_influence", centers)):
        rows = np.flatnonzero(of[referrer] & (days < parameters.days - 3))
        rows = rows[np.lexsort((referrer[rows], days[rows]))]
        of_method = Draws(seed, "referred", generation, method)
        tried = _tried(parameters, of_method, method, "individual", days[rows])
        parts.append(tried.assign(referrer=referrer[rows]))
    return pd.concat(parts, ignore_index=True)
