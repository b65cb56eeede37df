"""A plain company for tests: as many customers as asked for, drawn with numpy's own laws."""

from __future__ import annotations

import numpy as np
import pandas as pd

AS_OF = "2026-06-30"
OPENED = np.datetime64("2022-01-03")
NEVER = np.datetime64("NaT", "D")


def days(numbers: np.ndarray) -> np.ndarray:
    return numbers.astype("timedelta64[D]")


def people(organizations: int = 240, individuals: int = 3000, seed: int = 1) -> pd.DataFrame:
    """Return the true customers, organizations first."""
    chance = np.random.default_rng(seed)
    n = organizations + individuals
    firm = np.arange(n) < organizations
    last = (np.datetime64(AS_OF) - OPENED).astype(int)
    created = OPENED + days(chance.integers(0, last - 30, n))
    wait = days(chance.integers(0, 29, n))
    joined = np.where(chance.random(n) < 0.85, created + wait, NEVER)
    stay = days(chance.exponential(1500, n).astype(int) + 200)
    # As in the world itself, those who leave soon after today give their signals already.
    leaves = (
        firm & ~np.isnat(joined) & (joined + stay < np.datetime64(AS_OF) + np.timedelta64(60, "D"))
    )
    cause = chance.choice(["service", "price", "moved", "sold"], n, p=[0.4, 0.3, 0.2, 0.1])
    warned = leaves & (chance.random(n) < 0.85)
    return pd.DataFrame(
        {
            "kind": np.where(firm, "organization", "individual"),
            "created_on": created.astype("datetime64[us]"),
            "joined_on": joined.astype("datetime64[us]"),
            "seller": chance.integers(0, 12, n),
            "vehicles": np.where(firm, 2 + chance.geometric(0.08, n), 1),
            "quality": np.round(chance.normal(size=n), 3),
            "intensity": np.round(chance.gamma(4, 0.25, n) + 0.05, 3),
            "departed_on": np.where(leaves, joined + stay, NEVER).astype("datetime64[us]"),
            "lead_days": np.where(warned, chance.integers(60, 151, n), 0),
            "departure_cause": np.where(leaves, cause, ""),
            "district": chance.integers(0, 6, n),
        }
    )


def opportunities(who: pd.DataFrame, n: int = 350, seed: int = 1) -> pd.DataFrame:
    """Return opportunities of the organizations; one in ten is a small sale."""
    chance = np.random.default_rng(seed)
    entity = chance.choice(np.flatnonzero(who["kind"] == "organization"), n)
    met = who["created_on"].to_numpy().astype("datetime64[D]")[entity]
    created = met + chance.integers(0, 20, n)
    closed = created + chance.integers(10, 200, n)
    # Half of them pass the first stage, at some day before they are decided.
    passed = created + ((closed - created) * chance.uniform(0.2, 0.9, n)).astype("timedelta64[D]")
    passed = np.where((chance.random(n) < 0.5) & (passed <= np.datetime64(AS_OF)), passed, NEVER)
    open_ = closed > np.datetime64(AS_OF)
    over = chance.choice(["signed", "paid", "lost"], n)
    stage = np.where(open_, "proposal_submitted", over)
    return pd.DataFrame(
        {
            "opportunity": np.arange(n),
            "entity": entity,
            "seller": who["seller"].to_numpy()[entity],
            "created_on": created.astype("datetime64[us]"),
            "needs_understood_on": passed.astype("datetime64[us]"),
            "closed_on": np.where(open_, NEVER, closed).astype("datetime64[us]"),
            "stage": stage,
            "stalled": (stage == "lost") & (chance.random(n) < 0.3),
            "sale": chance.choice(["large", "small"], n, p=[0.9, 0.1]),
        }
    )
