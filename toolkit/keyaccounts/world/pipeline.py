"""Opportunities: how a contract is won or lost in weekly steps, and what sellers say meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from keyaccounts.world.draws import Draws, Floats, Ints, repeat
from keyaccounts.world.parameters import BLOCKERS, Parameters, Section

STAGES = ("first_contact", "needs_understood", "proposal_submitted", "signed", "paid")
LOST = "lost"


def step_odds(plan: Section, blockers: Any, known: Any) -> Floats:
    """Return the probability that each stage ends in moving on: one row a case, three columns."""
    ahead = np.asarray(blockers, dtype=float) @ np.array(plan.blockers)
    ahead = ahead + plan.upsell * np.asarray(known, dtype=float)
    return np.asarray(expit(np.array(plan.moves_on)[None, :] + ahead[:, None]))


def win_odds(steps: Floats, stage: Ints) -> Floats:
    """Return the true probability of signing, seen from a stage (0 to 2; 3 and above: signed)."""
    ahead = np.column_stack([np.cumprod(steps[:, ::-1], axis=1)[:, ::-1], np.ones(len(steps))])
    return np.asarray(ahead[np.arange(len(steps)), np.minimum(stage, 3)])


def opportunities(
    parameters: Parameters, seed: int, started: pd.DataFrame, part: str
) -> pd.DataFrame:
    """Follow opportunities week by week until they are decided or today comes.

    Parameters
    ----------
    started : columns `entity`, `seller`, `vehicles`, `start` (day from the opening), `known`
        (true where the customer is served already), `product`.
    part : names the stream of chance.

    Returns
    -------
    frame with the columns of `started`, the four blockers, `amount`, the week each stage was
    entered (`week_1` … `week_4`, −1 if never), `lost_week`, `weeks` watched, `odds_1` … `odds_3`.
    """
    plan, n = parameters.pipeline, len(started)
    draws = Draws(seed, "opportunities", part)
    blockers = np.column_stack([draws.yes(share, n) for share in plan.blocked])
    blockers[:, 1] = started["vehicles"].to_numpy() < 6  # few vehicles are few, not chance
    steps = step_odds(plan, blockers, started["known"])
    thursday = first_thursday(parameters, started["start"].to_numpy())
    weeks = np.maximum((parameters.days - thursday) // 7, 0)
    entered = np.full((n, 5), -1, dtype=np.int64)
    entered[:, 0] = 0
    lost = np.full(n, -1, dtype=np.int64)
    clock = np.zeros(n, dtype=np.int64)
    going = np.ones(n, dtype=bool)
    for stage in range(3):
        wait = 1 + np.floor(np.log(draws.uniform(n)) / np.log1p(-plan.decided[stage]))
        clock = clock + wait.astype(np.int64)
        moves = draws.yes(steps[:, stage])
        reached = going & (clock <= weeks)
        entered[reached & moves, stage + 1] = clock[reached & moves]
        lost[reached & ~moves] = clock[reached & ~moves]
        going = reached & moves
    clock = clock + 1 + np.floor(np.log(draws.uniform(n)) / np.log1p(-plan.pays)).astype(np.int64)
    paid = going & (clock <= weeks)
    entered[paid, 4] = clock[paid]
    yearly = started["vehicles"].to_numpy() * np.exp(draws.normal(n, np.log(3600.0), 0.3))
    share = np.where(started["known"], draws.uniform(n, 0.08, 0.4), 1.0)
    return started.reset_index(drop=True).assign(
        **{name: blockers[:, i] for i, name in enumerate(BLOCKERS)},
        amount=np.maximum(np.round(yearly * share / 100) * 100, 800.0),
        **{f"week_{k}": entered[:, k] for k in range(1, 5)},
        lost_week=lost,
        weeks=weeks,
        **{f"odds_{k + 1}": steps[:, k] for k in range(3)},
    )


def snapshots(parameters: Parameters, seed: int, cases: pd.DataFrame) -> pd.DataFrame:
    """Return what sellers reported each Thursday: stage, amount, chance as they saw it, day.

    `cases` is the answer of :func:`opportunities`, its index the number of the opportunity. An
    opportunity is reported from its first week to the week it is lost or paid.
    """
    plan, draws = parameters.pipeline, Draws(seed, "snapshots")
    end = cases["weeks"].to_numpy()
    for column in ("lost_week", "week_4"):
        ended = cases[column].to_numpy()
        end = np.where(ended >= 0, ended, end)
    row = repeat(np.arange(len(cases)), end + 1)
    week = np.arange(row.size) - repeat(np.cumsum(end + 1) - (end + 1), end + 1)
    stage = np.zeros(row.size, dtype=np.int64)
    for k in range(1, 5):
        entered = cases[f"week_{k}"].to_numpy()[row]
        stage = np.where((entered >= 0) & (week >= entered), k, stage)
    lost_week = cases["lost_week"].to_numpy()[row]
    lost = (lost_week >= 0) & (week >= lost_week)
    steps = cases[["odds_1", "odds_2", "odds_3"]].to_numpy()[row]
    truth = np.where(lost, 0.0, win_odds(steps, stage))
    seller = cases["seller"].to_numpy()[row]
    optimism = np.array(plan.optimism)[seller % len(plan.optimism)]
    open_ = ~lost & (stage < 3)
    heard = np.clip(truth, 1e-9, 1 - 1e-9)
    said = expit(logit(heard) + optimism + draws.normal(row.size, 0.0, plan.doubt))
    said = np.clip(np.round(said * 20) / 20, 0.05, 0.95)
    # The day of signing a seller expects: too early by as much as the seller is too hopeful.
    left = sum(np.where(stage <= k, 1 / plan.decided[k], 0.0) for k in range(3)) * np.exp(
        -0.5 * optimism + draws.normal(row.size, 0.0, 0.25)
    )
    signed_week = cases["week_3"].to_numpy()[row]
    expected = np.where(stage >= 3, signed_week, week + np.ceil(left))
    thursday = first_thursday(parameters, cases["start"].to_numpy())[row]
    names = np.array([*STAGES, LOST])
    # Until the proposal is out the amount is a guess, in thousands.
    amount = cases["amount"].to_numpy()[row]
    guess = np.exp(repeat(draws.normal(len(cases), 0.0, 0.25), end + 1))
    rough = np.maximum(np.round(amount * guess / 1000) * 1000, 1000.0)
    return pd.DataFrame(
        {
            "opportunity": row,
            "day": thursday + 7 * week,
            "stage": names[np.where(lost, 5, stage)],
            "amount": np.where(stage < 2, rough, amount),
            "probability": np.where(open_, said, np.where(lost, 0.0, 1.0)),
            "expected_day": thursday + 7 * expected.astype(np.int64),
            "true_probability": truth,
        }
    )


def first_thursday(parameters: Parameters, day: Ints) -> Ints:
    """Return the Thursday on or after days counted from the opening."""
    weekday = (day + pd.Timestamp(parameters.opened).weekday()) % 7
    return np.asarray(day + (3 - weekday) % 7, dtype=np.int64)
