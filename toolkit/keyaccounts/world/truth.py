"""The answer key: what was planted, and who the customers really are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world import channels
from keyaccounts.world.numbering import Registry
from keyaccounts.world.parameters import Parameters, Section, listed
from keyaccounts.world.people import Story

_CUSTOMER = {  # column of people: column of truth_customers
    "kind": "kind",
    "joined_on": "joined_on",
    "acquired_by": "acquired_by",
    "quality": "quality",
    "intensity": "intensity",
    "margin": "margin",
    "rate": "orders_per_day",
    "amount_mean": "mean_amount",
    "departed_on": "departed_on",
    "lead_days": "lead_days",
    "departure_cause": "departure_cause",
}


def tables(
    *,
    story: Story,
    registry: Registry,
    numbered: Mapping[str, pd.DataFrame],
    cards: Mapping[str, pd.DataFrame],
    calls: pd.DataFrame,
    drivers: pd.DataFrame,
    habits: pd.DataFrame,
    objections: pd.DataFrame,
    plan: Parameters,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the answer key, by name."""
    return {
        "truth_parameters": parameters(plan),
        "truth_customers": _customers(story.people, drivers, registry),
        "truth_duplicates": _twins(cards["duplicates"], registry),
        "truth_lookalikes": _lookalikes(cards["lookalikes"], registry),
        "truth_faults": _faults(cards["card_faults"], numbered),
        "truth_channels": _channels(plan.channels),
        "truth_sellers": _sellers(habits, plan.pipeline.optimism, registry),
        "truth_opportunities": _opportunities(story.opportunities, registry),
        "truth_calls": registry.numbered("truth_calls", calls),
        "truth_objections": registry.numbered("truth_objections", objections),
    }


def parameters(plan: Parameters) -> pd.DataFrame:
    """Return everything planted as rows: its name with dots, its value as text, what it means."""
    rows = pd.DataFrame(listed(plan), columns=["parameter", "value", "meaning"])
    return rows.astype({"value": "str"}).sort_values("parameter", ignore_index=True)


def _customers(people: pd.DataFrame, drivers: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    found = people[list(_CUSTOMER)].rename(columns=_CUSTOMER).reset_index(names="entity")
    own = drivers.set_index("entity")
    for column in ("mean_amount", "departed_on"):
        found[column] = found[column].fillna(found["entity"].map(own[column]))
    for column in ("purchase_rate", "dropout"):
        found[column] = found["entity"].map(own[column])
    found = found.round({"purchase_rate": 6, "dropout": 5, "mean_amount": 2})
    found["decisive_channel"] = people["acquired_by"].map(channels.OWN_TOUCH).fillna("call")
    referrer = registry.customer_ids(people["referrer"])
    found = registry.numbered("truth_customers", found.assign(referrer_id=referrer))
    return found.sort_values("customer_id", kind="stable", ignore_index=True)


def _twins(twins: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    slips = [c for c in twins.columns if c.endswith("_slip")]
    found = pd.DataFrame(
        {
            "customer_id": registry.customer_ids(twins["card"]),
            "same_as": registry.customer_ids(twins["entity"]),
            **{c: twins[c].to_numpy() for c in slips},
        }
    )
    return found.sort_values("customer_id", kind="stable", ignore_index=True)


def _lookalikes(pairs: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": registry.customer_ids(pairs["entity"]),
            "not_same_as": registry.customer_ids(pairs["other"]),
            "how": pairs["how"].to_numpy(),
        }
    )


def _faults(faults: pd.DataFrame, numbered: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return which row of which table holds a planted mistake, by the number of the row."""
    keys = {
        "organizations": "customer_id",
        "individuals": "customer_id",
        "card_updates": "update_id",
        "vehicles": "vehicle_id",
    }
    at = [
        numbered[table][keys[table]].iloc[row]
        for table, row in zip(faults["table"], faults["row"], strict=True)
    ]
    on_cards = faults[["table", "field", "fault"]].assign(key=at)
    diary = numbered["diary"]
    slips = diary[diary["fault"] != ""]
    field = slips["fault"].map(
        {
            "festival": "visit_result",
            "follow_up": "follow_up_on",
            "source": "lead_source",
            "phone": "phone",
        }
    )
    in_diary = pd.DataFrame(
        {"table": "diary", "field": field, "fault": slips["fault"], "key": slips["entry_id"]}
    )
    return pd.concat([on_cards, in_diary], ignore_index=True)


def _channels(planted: Section) -> pd.DataFrame:
    """Return the yields of each method; contacts that referrals bring have no pace or share."""
    found = channels.truth(planted)
    ours = ["per_week", "organizations"]
    return found.assign(**{name: found[name].where(found["per_week"] > 0.2) for name in ours})


def _sellers(habits: pd.DataFrame, optimism: Any, registry: Registry) -> pd.DataFrame:
    found = registry.numbered(
        "truth_sellers", habits.assign(optimism=np.resize(optimism, len(habits)))
    )
    kinds = {"S": "situation", "P": "problem", "I": "implication", "N": "need_payoff"}
    return found.rename(columns=kinds).round(4)


def _opportunities(cases: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    odds = cases[["odds_1", "odds_2", "odds_3"]]
    outcome = np.select([cases["week_3"] >= 0, cases["lost_week"] >= 0], ["won", "lost"], "open")
    lost = cases["true_reason"].where(cases["lost_week"] >= 0, "")
    found = odds.round(4).assign(
        true_reason=lost,
        **{c: cases[c] for c in ("advances", "coverage")},
        opportunity=np.arange(len(cases)),
        win_odds=odds.prod(axis=1).round(4),
        outcome=outcome,
    )
    return registry.numbered("truth_opportunities", found)
