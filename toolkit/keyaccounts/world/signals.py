"""Signals of dissatisfaction: what sellers noted before organizations left, and false alarms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.world.care import UNHAPPY, YEAR, clipped, days_of, happenings, served
from keyaccounts.world.draws import Draws, repeat
from keyaccounts.world.parameters import Section as Care

# What is noted first before an organization leaves, by the cause of leaving.
WARNING = {
    "service": "rival_praised",
    "price": "rival_praised",
    "moved": "strategy_change",
    "sold": "ownership_change",
}


def signals(people: pd.DataFrame, parameters: Care, seed: int, as_of: Any) -> pd.DataFrame:
    """Return what sellers noted about organizations, sorted by day.

    An organization with `lead_days` gives its first warning so many days before it leaves, and
    more until then; one without leaves unannounced. All organizations give false alarms, and
    their relation is reviewed now and then; it falls before those leave who are unhappy.

    Parameters
    ----------
    people : frame
        The true customers; `kind`, `joined_on`, `departed_on`, `quality`, `lead_days` and
        `departure_cause` are used.
    parameters : Care
        What is planted.
    seed : int
        The seed of the world.
    as_of : day
        Today; nothing is noted later.

    Returns
    -------
    frame
        `entity`, `noted_on`, `signal` (rival_praised, relation_score, strategy_change or
        ownership_change) and `value` (the score, 1 to 5; empty for the other signals).
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    there = served(people[people["kind"] == "organization"], today)
    draws = Draws(seed, "signals")
    parts = [
        _alarms(there, "rival_praised", parameters.rival_rate, draws),
        _alarms(there, "strategy_change", parameters.strategy_rate, draws),
        _alarms(there, "ownership_change", parameters.ownership_rate, draws),
        _warnings(there[there["warned"] < there["until"]], parameters, draws),
        _reviews(there, parameters, draws, today),
    ]
    found = pd.concat(parts, ignore_index=True).drop_duplicates(["entity", "noted_on", "signal"])
    found["noted_on"] = found["noted_on"].astype("datetime64[us]")
    return found.sort_values(["noted_on", "entity", "signal"], kind="stable", ignore_index=True)


def _alarms(there: pd.DataFrame, signal: str, per_year: float, draws: Draws) -> pd.DataFrame:
    row, day = happenings(draws, days_of(there, "since"), days_of(there, "until"), per_year)
    return _noted(there["entity"].to_numpy()[row], day, signal)


def _warnings(leaving: pd.DataFrame, parameters: Care, draws: Draws) -> pd.DataFrame:
    """Return the first warning of each that leaves, and those that follow it."""
    since, until = days_of(leaving, "warned"), days_of(leaving, "until")
    row, day = happenings(draws, since, until, parameters.warnings * YEAR / 30)
    row = np.concatenate([np.arange(len(leaving)), row])
    signal = leaving["departure_cause"].map(WARNING).to_numpy(dtype=object)
    entity = leaving["entity"].to_numpy()
    return _noted(entity[row], np.concatenate([since, day]), signal[row])


def _reviews(
    there: pd.DataFrame, parameters: Care, draws: Draws, today: np.datetime64
) -> pd.DataFrame:
    """Return the relation scores: at fixed distances, shorter ones once a customer is unhappy."""
    since, until, warned = (days_of(there, c) for c in ("since", "until", "warned"))
    unhappy = there["departure_cause"].isin(UNHAPPY).to_numpy()
    row, day = [], []
    for start, end, every in (
        (since, until, parameters.review_days),
        (warned, np.where(unhappy, until, warned), parameters.warned_review_days),
    ):
        times = np.maximum((end - start).astype(np.int64) // every, 0)
        shift = draws.whole(times.size, 0, every - 1)
        rows = repeat(np.arange(times.size), times)
        nth = np.arange(rows.size) - np.searchsorted(rows, rows)
        row.append(rows)
        day.append(start[rows] + (nth * every + shift[rows]).astype("timedelta64[D]"))
    rows, days = np.concatenate(row), np.concatenate(day)
    left = days_of(there, "departed_on")
    whole = (np.where(np.isnat(left), today, left) - warned).astype(np.int64)
    passed = np.clip((days - warned[rows]).astype(np.int64) / np.maximum(whole, 1)[rows], 0, 1)
    score = (
        parameters.relation_base
        + parameters.relation_quality * there["quality"].to_numpy()[rows]
        - parameters.relation_fall * np.where(unhappy[rows], passed, 0.0)
        + draws.normal(rows.size, 0.0, parameters.relation_noise)
    )
    noted = _noted(there["entity"].to_numpy()[rows], days, "relation_score")
    return noted.assign(value=clipped(score, 1, 5).astype(float))


def _noted(entity: Any, day: Any, signal: Any) -> pd.DataFrame:
    return pd.DataFrame({"entity": entity, "noted_on": day, "signal": signal, "value": np.nan})
