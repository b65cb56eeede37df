"""Objections, closing moments and who was in a call: what is planted is found again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Company
from estimates import logistic, planted
from keyaccounts.world import objections
from keyaccounts.world.parameters import planted as numbers

PLAN = numbers().talks
ANSWERS = list(objections.ANSWERS)
WORDS = ["situation", "problem", "implication", "need_payoff"]


def calls(n: int) -> pd.DataFrame:
    """Return n calls on organizations, half of them early with the solution, half a success."""
    chance = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "call": np.arange(n),
            "sale": "large",
            "seller": chance.integers(0, 12, n),
            "early": chance.random(n) < 0.5,
            "success": chance.random(n) < 0.5,
        }
    )


@pytest.fixture(scope="module")
def raised() -> pd.DataFrame:
    made, sellers = calls(40_000), pd.DataFrame({"experience": np.linspace(-1.5, 1.5, 12)})
    found = objections.objections(made, sellers, PLAN, 5).merge(made, on="call")
    return found.assign(experience=found["seller"].map(sellers["experience"]))


def near(found: float, expected: float, n: int) -> bool:
    """Say whether a share lies within four standard errors of what is planted."""
    return abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / n)


@pytest.mark.parametrize(("pretext", "effects"), [(False, "answers"), (True, "pretext_answers")])
def test_what_an_answer_does_is_found_again(raised: Any, pretext: bool, effects: str) -> None:
    rows = raised[raised["pretext"] == pretext]
    told = np.array(getattr(PLAN, effects)) + PLAN.settles[pretext]
    for answer, odds in zip(ANSWERS, told, strict=True):
        settled = rows.loc[rows["answer"] == answer, "settled"]
        assert near(settled.mean(), 1 / (1 + np.exp(-odds)), len(settled))


def test_who_shows_the_solution_too_early_hears_more(raised: Any) -> None:
    count = raised.groupby("early")["call"].count()
    assert count[True] / count[False] == pytest.approx(PLAN.early_objections, rel=0.05)


def test_pretexts_are_vague_and_rarer_in_calls_that_succeed(raised: Any) -> None:
    exact = {v for (_, specific), texts in objections.catalog().items() if specific for v in texts}
    for pretext, rows in raised.groupby("pretext"):
        assert near(rows["words"].isin(exact).mean(), PLAN.specific[int(pretext)], len(rows))
    for kind, share in zip(objections.KINDS, PLAN.pretexts, strict=True):
        rows = raised[(raised["kind"] == kind) & ~raised["success"]]
        assert near(rows["pretext"].mean(), share, len(rows))
    beta, error = logistic(raised[["success"]], raised["pretext"])
    assert abs(beta[1] - PLAN.pretext_success) < 0.15
    assert error[1] < 0.04


def test_the_experienced_ask_first(raised: Any) -> None:
    beta, error = logistic(raised[["experience"]], raised["answer"] == "clarified")
    assert np.all(np.abs(beta - PLAN.clarifies) < 3.5 * error)


def test_words_are_whole_and_belong_to_their_kind(raised: Any) -> None:
    texts = objections.catalog()
    assert set(texts) == {(k, exact) for k in objections.KINDS for exact in (True, False)}
    every = [v for group in texts.values() for v in group]
    assert len(every) == len(set(every)) > 50
    assert all(v.endswith(".") and "{" not in v and len(v) <= 70 for v in every)
    known = {(kind, v) for (kind, _), group in texts.items() for v in group}
    assert set(zip(raised["kind"], raised["words"], strict=True)) == known


def test_a_trial_close_after_signals_is_answered_with_yes() -> None:
    made = calls(30_000)
    found = objections.closing_moments(made, PLAN, 5).merge(made, on="call")
    signals = found["signal"] != ""
    assert (signals | found["close"]).all()
    assert (found["close"] == (found["reply"] != "")).all()
    assert near(found.loc[signals, "close"].mean(), PLAN.follows, signals.sum())
    for success, rows in found[signals].groupby("success"):
        assert len(rows) / 15_000 == pytest.approx(PLAN.signals[int(success)], rel=0.05)
    seen = signals.groupby(found["call"]).cumsum()
    tried = found["close"]
    beta, error = logistic(pd.DataFrame({"seen": seen[tried]}), found["reply"][tried] == "yes")
    assert np.all(np.abs(beta - PLAN.closing) < 3.5 * error)


def test_seventy_questions_were_held_out(world: Company) -> None:
    held = world["held_out_questions"]
    assert len(held) == 70
    assert (held.groupby(["kind", "buyer"]).size() >= 3).all()
    assert not held["text"].isin(world["call_questions"]["text"]).any()
    assert held["text"].is_unique


# ------------------------------------------------------- in the tables that a student sees


def test_questions_work_and_facts_alone_do_not(world: Company) -> None:
    rows = world["calls"].query("sale == 'large'")
    asked = world["call_questions"]
    counts = pd.crosstab(asked["call_id"], asked["kind"]).reindex(rows["call_id"], fill_value=0)
    success = rows["order_signed"] | (rows["buyer_agreed"] & rows["next_action"].notna())
    beta, error = logistic(counts[list("SPIN")], success)
    effects = planted(world, "talks.large_effects", *WORDS)
    assert np.all(np.abs(beta[1:] - effects) < 3.5 * error[1:])
    assert beta[1] < 2 * error[1]  # situation questions do not help, given the others
    assert np.all(beta[2:] > 2.5 * error[2:])


def test_advances_and_who_was_met_speak_for_winning(world: Company) -> None:
    deals = world["opportunities"].set_index("opportunity_id")
    deals = deals[deals["signed_on"].notna() | deals["lost_on"].notna()]
    first = deals["needs_understood_on"].fillna(deals["lost_on"])
    calls = world["calls"].dropna(subset=["opportunity_id"])
    early = calls[calls["date"] < calls["opportunity_id"].map(first)]
    there = world["call_participants"].merge(early, on="call_id")
    there = there.drop_duplicates(["opportunity_id", "person_id"])
    weight = there["person_id"].map(world["stakeholders"].set_index("person_id")["weight"])
    of = {
        "advances": early["buyer_agreed"].groupby(early["opportunity_id"]).mean(),
        "coverage": weight.groupby(there["opportunity_id"]).sum(),
    }
    rows = deals.assign(**of).dropna(subset=[*of])
    assert len(rows) > 200
    blockers = ["complex_decision", "few_vehicles", "tied_to_incumbent", "limited_budget"]
    beta, error = logistic(rows[[*of, *blockers]], rows["signed_on"].notna())
    assert np.all(beta[1:3] > 2.5 * error[1:3])


def test_asking_first_settles_more_and_pretexts_settle_less(world: Company) -> None:
    rows = world["objections"].merge(world["truth_objections"], on="objection_id")
    first = rows["answer"] == "clarified"
    beta, error = logistic(pd.DataFrame({"first": first}), rows["settled"])
    assert beta[1] > 3 * error[1]
    assert (
        rows.loc[~rows["pretext"], "settled"].mean() > rows.loc[rows["pretext"], "settled"].mean()
    )
    real = rows[~rows["pretext"]]
    dummies = pd.DataFrame({a: real["answer"] == a for a in ANSWERS if a != "argued"})
    beta, error = logistic(dummies, real["settled"])
    told = dict(zip(ANSWERS, planted(world, "talks.answers", *ANSWERS), strict=True))
    expected = [told[a] - told["argued"] for a in dummies]
    assert np.all(np.abs(beta[1:] - expected) < 3 * error[1:])


def test_a_close_after_more_signals_meets_more_yes(world: Company) -> None:
    moments = world["closing_moments"]
    seen = moments["signal"].notna().groupby(moments["call_id"]).cumsum()
    tried = moments["close"]
    told = planted(world, "talks.closing", "usual", "signal")
    beta, error = logistic(pd.DataFrame({"seen": seen[tried]}), moments["reply"][tried] == "yes")
    assert np.all(np.abs(beta - told) < 3 * error)
    assert beta[1] > 3 * error[1]


def test_everybody_in_a_call_works_there_and_who_decides_signs(world: Company) -> None:
    calls, who = world["calls"], world["stakeholders"]
    there = world["call_participants"].merge(calls, on="call_id").merge(who, on="person_id")
    assert (there["customer_id_x"] == there["customer_id_y"]).all()
    assert set(there["call_id"]) == set(calls.loc[calls["sale"] == "large", "call_id"])
    signed = calls[calls["order_signed"] & calls["sale"].eq("large")]
    decider = there.loc[there["role"] == "decision", "call_id"]
    assert signed["call_id"].isin(decider).all()


def test_nobody_is_in_a_call_who_was_not_met_by_then(world: Company) -> None:
    who = world["stakeholders"].set_index("person_id")
    there = world["call_participants"].merge(world["calls"], on="call_id")
    first, last = (there["person_id"].map(who[f"{c}_met_on"]) for c in ("first", "last"))
    assert ((first <= there["date"]) & (there["date"] <= last)).all()
    met = who["first_met_on"].notna()
    assert (met == who["last_met_on"].notna()).all()
    assert (met == (who["contact_level"] > 0)).all()
    assert set(who["contact_level"]) == {0, 1, 2, 3, 4}
    assert (who["first_met_on"] < who["last_met_on"])[who["contact_level"] > 3].all()
    opened = who["customer_id"].map(world["organizations"].set_index("customer_id")["created_on"])
    assert (who["first_met_on"][met] >= opened[met]).all()
    truth = world["truth_customers"].set_index("customer_id")["departed_on"]
    gone = who["customer_id"].map(truth).notna()
    called = who.index.isin(there["person_id"])
    assert (who["last_met_on"] <= who["customer_id"].map(truth))[met & gone & ~called].all()


def test_nobody_signs_whom_nobody_met(world: Company) -> None:
    who = world["stakeholders"].query("role == 'decision'").set_index("customer_id")
    signed = world["contracts"]
    assert (signed["customer_id"].map(who["first_met_on"]) <= signed["signed_on"]).all()
    calls = world["calls"]
    ordered = calls[calls["order_signed"] & (calls["sale"] == "large")]
    assert (ordered["customer_id"].map(who["first_met_on"]) <= ordered["date"]).all()
