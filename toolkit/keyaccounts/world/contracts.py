"""Fixed-point repair contracts: two years each, until one is not renewed or is canceled."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from keyaccounts.world.deals import TERM
from keyaccounts.world.draws import Draws, nth
from keyaccounts.world.money import terms
from keyaccounts.world.numbering import NUMBERS, written
from keyaccounts.world.parameters import Section as Money

OTHER = {"service": "price", "price": "service", "moved": "price", "sold": "moved"}


def contracts(
    people: pd.DataFrame,
    opportunities: pd.DataFrame,
    money: Money,
    seed: int,
    as_of: dt.date,
    misnoted: float,
) -> pd.DataFrame:
    """Return every contract an organization has signed, one row each.

    Columns: `entity`, `opportunity` (−1 for accounts of the first weeks), `signed_on`, `ends_on`,
    `vehicles`, `yearly_budget`, `discount`, `payment_term_days`, `status`, `canceled_on` (the day
    of leaving early, or on which the renewal was refused), `cancel_reason` (of those who leave
    early another than the true one in a share `misnoted`; else as the lost renewal has it) and
    `renewal_of` (number of the contract before).
    """
    today = pd.Timestamp(as_of).as_unit("us")
    won = opportunities[opportunities["signed_on"].notna()]
    new = won.loc[won["product"] != "renewal", "entity"]
    founding = people.index[people["contract_from"].notna() & ~people.index.isin(new)]
    old = pd.DataFrame(
        {"opportunity": -1, "entity": founding, "signed_on": people["contract_from"][founding]}
    )
    rows = pd.concat([old, won[list(old.columns)]])
    rows = rows.sort_values(["entity", "signed_on"], kind="stable", ignore_index=True)
    entity = rows["entity"].to_numpy(dtype=np.int64)
    of, term, n = people.loc[entity].reset_index(drop=True), nth(entity), len(rows)
    ends = of["contract_from"] + pd.to_timedelta(TERM * (term + 1) - 1, unit="D")
    gone = of["departed_on"].where(of["departed_on"] <= today)
    last = ~rows.duplicated("entity", keep="last")
    early, over = (last & (gone < ends)).to_numpy(), (last & gone.notna()).to_numpy()
    lost = opportunities[(opportunities["product"] == "renewal") & opportunities["lost_on"].notna()]
    told = (
        lost.set_index("entity")[["lost_on", "lost_reason"]].reindex(entity).reset_index(drop=True)
    )
    draws = Draws(seed, "contracts").of(entity, term)
    vehicles = of["vehicles"].to_numpy()
    spent = of[["rate", "amount_mean"]].prod(axis=1).to_numpy() * 365
    better = np.minimum(0.02 * np.log2(vehicles), 0.12) + draws.uniform(n, 0.0, 0.04)
    days = terms(people, money, seed).set_index("entity")["payment_term_days"]
    budget = np.round(spent * np.exp(draws.normal(n, 0.0, 0.2)), -2)
    cause = of["departure_cause"]
    noted = cause.where(~draws.yes(misnoted, n), cause.map(OTHER))
    found = rows.assign(
        ends_on=ends,
        vehicles=vehicles,
        yearly_budget=budget,
        discount=np.round(better, 2),
        payment_term_days=days.loc[entity].to_numpy(),
        status=np.select([over, ends < today], ["canceled", "ended"], "running"),
        canceled_on=gone.where(early, told["lost_on"].where(over)),
        cancel_reason=noted.where(early, told["lost_reason"].where(over, "")),
    )
    found = found.sort_values(["signed_on", "entity"], kind="stable")
    place = np.argsort(found.index)  # of each row of `rows` in the table
    before = np.where(term > 0, np.roll(place, 1), -1)[found.index]
    number = written(before, *NUMBERS["contracts"][1:])
    return found.assign(renewal_of=number).reset_index(drop=True)
