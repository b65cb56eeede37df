"""Fixed-point repair contracts: two years each, renewed until the organization leaves."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from keyaccounts.world.draws import Draws, repeat
from keyaccounts.world.money import terms
from keyaccounts.world.parameters import Section as Money

YEARS = 2


def contracts(
    people: pd.DataFrame, opportunities: pd.DataFrame, money: Money, seed: int, as_of: dt.date
) -> pd.DataFrame:
    """Return every contract an organization has signed, one row each.

    Columns: `entity`, `opportunity` (−1 for accounts of the first weeks and for renewals),
    `signed_on`, `ends_on`, `vehicles`, `yearly_budget`, `discount`, `payment_term_days`, `status`.
    """
    today = pd.Timestamp(as_of).as_unit("us")
    held = people.index[people["contract_from"].notna()].to_numpy()
    begins = people.loc[held, "contract_from"]
    gone = people.loc[held, "departed_on"]
    until = gone.where(gone <= today, today)
    runs = ((until - begins).dt.days // (365 * YEARS) + 1).to_numpy()
    row = repeat(np.arange(held.size), runs)
    nth = np.arange(row.size) - repeat(np.cumsum(runs) - runs, runs)
    signed = begins.to_numpy()[row] + (nth * 365 * YEARS).astype("timedelta64[D]")
    ends = signed + np.timedelta64(365 * YEARS - 1, "D")
    left = gone.to_numpy()[row]
    canceled = (left <= ends) & (left <= today.to_numpy())
    signed_here = opportunities[opportunities["signed_on"].notna()]
    first = signed_here[signed_here["product"] != "further service"].groupby("entity")
    of = first["opportunity"].first().reindex(held).fillna(-1).to_numpy(dtype=np.int64)
    draws, n = Draws(seed, "contracts"), row.size
    vehicles = people.loc[held, "vehicles"].to_numpy()[row]
    spent = people.loc[held, ["rate", "amount_mean"]].prod(axis=1).to_numpy()[row] * 365
    better = np.minimum(0.02 * np.log2(vehicles), 0.12) + draws.uniform(n, 0.0, 0.04)
    term = terms(people, money, seed).set_index("entity")["payment_term_days"]
    found = pd.DataFrame(
        {
            "entity": held[row],
            "opportunity": np.where(nth == 0, of[row], -1),
            "signed_on": signed,
            "ends_on": ends,
            "vehicles": vehicles,
            "yearly_budget": np.round(spent * np.exp(draws.normal(n, 0.0, 0.2)), -2),
            "discount": np.round(better, 2),
            "payment_term_days": term.loc[held].to_numpy()[row],
            "status": np.select(
                [canceled, ends < today.to_numpy()], ["canceled", "ended"], "running"
            ),
        }
    )
    return found.sort_values(["signed_on", "entity"], kind="stable", ignore_index=True)
