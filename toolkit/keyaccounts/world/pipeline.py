"""Opportunities: how a contract is won or lost in weekly steps, and what sellers say meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from keyaccounts.world.draws import Draws, Floats, Ints, repeat
from keyaccounts.world.parameters import ASKED, BLOCKERS, Parameters, Section

STAGES = ("first_contact", "needs_understood", "proposal_submitted", "signed", "paid")
LOST = "lost"


def step_odds(plan: Section, blockers: Any, lift: Any) -> Floats:
    """Return the probability that each stage ends in moving on: one row a case, three columns.

    `lift` is what a case has in its favor, in log-odds.
    """
    ahead = np.asarray(blockers, dtype=float) @ np.array(plan.blockers)
    ahead = ahead + np.asarray(lift, dtype=float)
    return np.asarray(expit(np.array(plan.moves_on)[None, :] + ahead[:, None]))


def win_odds(steps: Floats, stage: Ints) -> Floats:
    """Return the true probability of signing, seen from a stage (0 to 2; 3 and above: signed)."""
    ahead = np.column_stack([np.cumprod(steps[:, ::-1], axis=1)[:, ::-1], np.ones(len(steps))])
    return np.asarray(ahead[np.arange(len(steps)), np.minimum(stage, 3)])


def opportunities(parameters: Parameters, draws: Draws, started: pd.DataFrame) -> pd.DataFrame:
    """Follow opportunities week by week until they are decided or today comes.

    Parameters
    ----------
    started : columns `entity`, `seller`, `vehicles`, `start` (day from the opening), `product`,
        `pace` (of decisions, 1 the usual), `lift` (log-odds in favor), `until` (day by which all
        is decided) and `against` (what weighs against it, even from 0 to 1: it is won if that is
        less than its odds; or missing).

    Returns
    -------
    frame with the columns of `started`, the four blockers, `amount`, the week each stage was
    entered (`week_1` … `week_4`, −1 if never), `lost_week`, `weeks` watched, `odds_1` … `odds_3`,
    `fate`: whether it is won in the end, be it after today; `in_time`: whether the customer wants
    to decide soon; `stalled`: whether it goes the way of those that are lost without a no; and
    `first_week`, in which the first stage is decided, be it after today.
    """
    plan, n = parameters.pipeline, len(started)
    blockers = np.column_stack([draws.yes(share, n) for share in plan.blocked])
    blockers[:, 1] = started["vehicles"].to_numpy() < 6  # few vehicles are few, not chance
    blockers[:, 2] &= (started["product"] != "renewal").to_numpy()  # the incumbent are we
    steps = step_odds(plan, blockers, started["lift"])
    thursday = first_thursday(parameters, started["start"].to_numpy())
    last = (started["until"].to_numpy() - thursday) // 7
    weeks = np.maximum((parameters.days - thursday) // 7, 0)
    entered = np.full((n, 5), -1, dtype=np.int64)
    entered[:, 0] = 0
    lost = np.full(n, -1, dtype=np.int64)
    clock = np.zeros(n, dtype=np.int64)
    first_week, going, fate = clock, np.ones(n, dtype=bool), np.ones(n, dtype=bool)
    pace, against = started["pace"].to_numpy(), started["against"].to_numpy(dtype=float)
    for stage in range(3):
        wait = 1 + np.floor(np.log(draws.uniform(n)) / np.log1p(-plan.decided[stage] * pace))
        clock = np.minimum(clock + wait.astype(np.int64), last - 2 + stage)
        chance = draws.uniform(n)
        first_week = clock if stage == 0 else first_week
        moves = np.where(np.isnan(against), chance, against) < steps[:, stage]
        against = against / steps[:, stage]  # of those who move on, even from 0 to 1 again
        fate &= moves
        reached = going & (clock <= weeks)
        entered[reached & moves, stage + 1] = clock[reached & moves]
        lost[reached & ~moves] = clock[reached & ~moves]
        going = reached & moves
    in_time = draws.yes(plan.in_time, n)
    stalled = draws.yes(np.where(in_time, *plan.stalls)) & ~fate
    stalled &= (started["product"] != "renewal").to_numpy()
    lost_at = np.where(stalled, lost + draws.whole(n, *plan.stall_weeks), lost)
    lost = np.where((lost >= 0) & (lost_at <= weeks), lost_at, -1)
    clock = clock + 1 + np.floor(np.log(draws.uniform(n)) / np.log1p(-plan.pays)).astype(np.int64)
    paid = going & (clock <= weeks)
    entered[paid, 4] = clock[paid]
    yearly = started["vehicles"].to_numpy() * np.exp(
        draws.normal(n, np.log(plan.yearly), plan.yearly_spread)
    )
    return started.reset_index(drop=True).assign(
        **{name: blockers[:, i] for i, name in enumerate(BLOCKERS)},
        amount=np.maximum(np.round(yearly / 100) * 100, 800.0),
        **{f"week_{k}": entered[:, k] for k in range(1, 5)},
        lost_week=lost,
        weeks=weeks,
        **{f"odds_{k + 1}": steps[:, k] for k in range(3)},
        fate=fate,
        stalled=stalled,
        in_time=in_time,
        first_week=first_week,
    )


def reasons(plan: Section, seed: int, cases: pd.DataFrame, cause: Any) -> NDArray[np.str_]:
    """Say what each case is truly lost by, if it is lost.

    What stands in the way decides by its weight; a stalled case has no decision, and a renewal is
    lost by the cause for which the customer leaves.
    """
    names = [*BLOCKERS, "rival", "price", "timing"]
    weight = np.abs([*plan.blockers, *plan.reasons]) * np.ones((len(cases), 1))
    weight[:, :4] *= cases[list(BLOCKERS)]
    weight[:, 6] *= np.where(cases["in_time"], 0.5, 2.0)
    edges = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)[:, :-1]
    u = Draws(seed, "lost by").of(cases["entity"], cases["start"]).uniform(len(cases))
    why = np.array(names)[(u[:, None] > edges).sum(axis=1)]
    why = np.where(cases["stalled"], "no_decision", why)
    return np.where(cases["product"] == "renewal", cause, why).astype(str)


def answers(parameters: Parameters, seed: int, cases: pd.DataFrame, decider: Any) -> dict[str, Any]:
    """Return what sellers heard on need, money, authority and timeline, and on which day.

    They ask before the first stage is decided: `yes`, `no`, or `unknown` where nobody asked. The
    need shows in the early calls, money in the budget, authority in whether the decider (`decider`)
    was met. Whoever has not asked by today knows nothing (day −1).
    """
    plan, n = parameters.pipeline, len(cases)
    truth = (cases["advances"] > 0, ~cases["limited_budget"], decider, cases["in_time"])
    draws = Draws(seed, "qualification").of(cases["entity"], cases["start"])
    span = cases["thursday"] + 7 * cases["first_week"] - 4 - cases["start"]
    day = cases["start"] + 1 + np.floor(draws.uniform(n, 0.1, 1.0) * span).astype(np.int64)
    asked = (day <= parameters.days).to_numpy()
    found: dict[str, Any] = {"qualified_day": np.where(asked, day, -1)}
    for name, is_so, share in zip(ASKED, truth, plan.unasked, strict=True):
        heard = np.asarray(is_so, dtype=bool) ^ draws.yes(plan.misheard, n)
        silent = draws.yes(share, n) | ~asked
        found[name] = np.select([silent, heard], ["unknown", "yes"], "no")
    return found


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
        plan.hurry * optimism + draws.normal(row.size, 0.0, plan.hurry_spread)
    )
    signed_week = cases["week_3"].to_numpy()[row]
    expected = np.where(stage >= 3, signed_week, week + np.ceil(left))
    thursday = first_thursday(parameters, cases["start"].to_numpy())[row]
    names = np.array([*STAGES, LOST])
    # Until the proposal is out the amount is a guess, in thousands.
    amount = cases["amount"].to_numpy()[row]
    guess = np.exp(repeat(draws.normal(len(cases), 0.0, plan.guess), end + 1))
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
