"""Calls obey the planted model, their evidence tells the outcome, and questions vary."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_world
from estimates import logistic
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import ParameterError
from keyaccounts.world import people, questions, records
from keyaccounts.world.parameters import planted as numbers
from keyaccounts.world.stakeholders import met
from keyaccounts.world.talks import CALLS, EARLY, calls, habits, planned

PLAN = numbers().talks
WHO = small_world.people()
CASES = small_world.opportunities(WHO)
AS_OF = pd.Timestamp(small_world.AS_OF)
KINDS = list("SPIN")
LAST = EARLY
MINUTES = ["preliminaries", "investigating", "demonstrating", "commitment"]


def talked(
    who: pd.DataFrame, cases: pd.DataFrame, plan: Any, seed: int, as_of: Any = small_world.AS_OF
) -> dict[str, pd.DataFrame]:
    return calls(who, cases, planned(cases, plan, seed, "cases"), plan, seed, as_of)


@pytest.fixture(scope="module")
def made() -> dict[str, pd.DataFrame]:
    return talked(WHO, CASES, PLAN, 7)


@pytest.fixture(scope="module")
def many() -> dict[str, pd.DataFrame]:
    """Return enough calls to see each effect sharply, half of them small sales."""
    who = small_world.people(3000, 8000)
    cases = small_world.opportunities(who, 4000)
    return talked(who, cases, PLAN.but(free=4000, small=10_000), 11)


def table(found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a call with the number of questions of each kind."""
    asked = found["call_questions"]
    counts = pd.crosstab(asked["call"], asked["kind"])[KINDS]
    opened = (asked["form"] == "open").groupby(asked["call"]).mean().rename("open")
    rows = found["calls"].merge(found["truth_calls"], on="call").set_index("call")
    rows = rows.join(counts).join(opened).fillna(dict.fromkeys([*KINDS, "open"], 0))
    return rows.assign(success=rows["outcome"].isin(["order", "advance"]))


# ------------------------------------------------------------------------- planted effects


@pytest.mark.parametrize("sale", ["large", "small"])
def test_the_effect_of_each_question_is_found_again(many: Any, sale: str) -> None:
    rows = table(many)
    rows = rows[rows["sale"] == sale]
    every, _ = logistic(rows[KINDS], rows["success"])
    rows = rows[rows["nth"] != LAST]  # which call ends a case follows from the case
    beta, error = logistic(rows[KINDS], rows["success"])
    assert np.all(np.abs(every[1:] - beta[1:]) < 2 * error[1:])
    planted = [getattr(PLAN, f"{sale}_base"), *getattr(PLAN, f"{sale}_effects")]
    assert np.all(np.abs(beta - planted) < 3.5 * error)
    assert error[1:].max() < 0.05


def test_the_effects_are_what_rackham_reports() -> None:
    s, p, i, n = PLAN.large_effects
    assert -0.1 <= s <= 0
    assert min(p, i, n) > 0.2
    assert i == max(PLAN.large_effects)
    assert PLAN.small_effects[2] < 0.1 < PLAN.small_effects[1]


def test_the_calls_are_enough_to_see_what_matters(made: Any) -> None:
    rows = table(made)
    rows = rows[rows["sale"] == "large"]
    beta, error = logistic(rows[KINDS], rows["success"])
    assert np.all(np.abs(beta[1:] - PLAN.large_effects) < 3 * error[1:])
    assert np.all(beta[2:4] / error[2:4] > 2.5)  # problem and implication
    assert beta[1] / error[1] < 2  # situation


@pytest.mark.parametrize("sale", ["large", "small"])
def test_open_or_closed_makes_no_difference(many: Any, sale: str) -> None:
    rows = table(many)
    rows = rows[(rows["sale"] == sale) & (rows[KINDS].sum(axis=1) > 0)]
    beta, error = logistic(rows[[*KINDS, "open"]], rows["success"])
    assert abs(beta[5]) < 3 * error[5]
    assert error[5] < 0.2


def test_the_noted_probability_is_the_model(made: Any) -> None:
    rows = table(made)
    first = rows[rows["sale"] == "large"].iloc[0]
    odds = PLAN.large_base + sum(
        e * first[k] for e, k in zip(PLAN.large_effects, KINDS, strict=True)
    )
    assert first["probability"] == pytest.approx(1 / (1 + math.exp(-odds)), abs=6e-5)


def test_probabilities_come_true(many: Any) -> None:
    rows = table(many)
    rows = rows[rows["nth"] != LAST]
    for _, part in rows.groupby(rows["probability"].to_numpy() * 5 // 1):
        error = math.sqrt((part["probability"] * (1 - part["probability"])).sum()) / len(part)
        assert abs(part["success"].mean() - part["probability"].mean()) < 4 * error


def test_novices_ask_for_more_facts_and_fewer_consequences() -> None:
    who = habits(4000, PLAN, 3)
    assert abs(who["experience"].mean()) < 0.06
    for kind, slope in zip(KINDS, PLAN.experience, strict=True):
        fitted = np.polyfit(who["experience"], np.log(who[kind]), 1)[0]
        assert fitted == pytest.approx(slope, abs=4 * PLAN.habit / math.sqrt(4000))
    assert PLAN.experience[0] < 0 < PLAN.experience[2]


def test_sellers_differ(many: Any) -> None:
    rows = table(many)
    mean = rows[rows["sale"] == "large"].groupby("seller")["S"].mean()
    assert len(mean) == 12
    assert mean.max() / mean.min() > 1.3


# ------------------------------------------------------------------ planned before any fate


def test_a_planned_call_knows_nothing_but_its_questions() -> None:
    plan = planned(CASES[["seller"]], PLAN, 7, "cases")
    assert plan.groupby("case").size().tolist() == [CALLS] * len(CASES)
    beta, error = logistic(plan[KINDS], plan["success"])
    assert np.all(np.abs(beta - [PLAN.large_base, *PLAN.large_effects]) < 3.5 * error)
    share = plan[plan["nth"] < EARLY].groupby("case")["success"].mean()
    assert 0.25 < share.std() < 0.35


def test_who_is_met_differs_by_case_and_somebody_always_is() -> None:
    found = met(CASES[["entity"]], WHO[["kind", "vehicles"]], PLAN, 7, "cases")
    assert set(found["case"]) == set(range(len(CASES)))
    assert (found.groupby("case")["nth"].min() == 0).all()
    assert set(found["nth"]) == set(range(EARLY))
    assert not found.duplicated(["case", "place"]).any()
    coverage = found.groupby("case")["weight"].sum()
    assert coverage.max() < 1.0001
    assert 0.35 < coverage.mean() < 0.55
    assert coverage.std() > 0.25


def test_one_more_case_leaves_the_others_as_they_are() -> None:
    few, n = CASES.iloc[:50], 50
    every = planned(CASES, PLAN, 7, "cases")
    pd.testing.assert_frame_equal(planned(few, PLAN, 7, "cases"), every[every["case"] < n])
    every = met(CASES, WHO, PLAN, 7, "cases")
    pd.testing.assert_frame_equal(met(few, WHO, PLAN, 7, "cases"), every[every["case"] < n])


# -------------------------------------------------------------------- evidence and outcome


def judged(row: Any) -> str:
    """Tell the outcome from the evidence, by the rule that the course teaches."""
    if row.order_signed:
        return "order"
    if row.refused:
        return "no-sale"
    return "advance" if row.buyer_agreed and row.next_action else "continuation"


def test_the_evidence_tells_the_outcome(many: Any) -> None:
    rows = table(many)
    assert [judged(row) for row in rows.itertuples()] == rows["outcome"].tolist()
    assert set(rows.loc[rows["sale"] == "large", "outcome"]) == {
        "order",
        "advance",
        "continuation",
        "no-sale",
    }
    assert set(rows.loc[rows["sale"] == "small", "outcome"]) == {"order", "no-sale"}


def test_what_only_the_seller_promises_is_no_advance(many: Any) -> None:
    rows = table(many)
    said = rows[rows["next_action"] != ""]
    by_seller = said["next_action"].str.startswith("seller")
    assert (said.loc[by_seller, "outcome"] == "continuation").all()
    assert (said.loc[~by_seller, "outcome"] == "advance").all()
    idle = rows[(rows["outcome"] == "continuation") & (rows["next_action"] == "")]
    assert idle["polite_interest"].all()


def test_some_advances_have_no_day(many: Any) -> None:
    rows = table(many)
    undated = rows.loc[rows["outcome"] == "advance", "next_action_on"].isna()
    band = 4 * math.sqrt(PLAN.undated * (1 - PLAN.undated) / len(undated))
    assert undated.mean() == pytest.approx(PLAN.undated, abs=band)
    dated = rows[rows["next_action_on"].notna()]
    assert (dated["next_action_on"] > dated["date"]).all()
    assert (dated["next_action_on"].dt.day_of_week < 5).all()


def test_the_last_call_of_a_decided_case_brings_the_order_or_the_refusal(made: Any) -> None:
    rows = table(made)
    columns = ["opportunity", "created_on", "closed_on", "stage", "stalled", "entity"]
    rows = rows.reset_index().merge(CASES[columns], on="opportunity", suffixes=("", "_of_case"))
    assert (rows["entity"] == rows["entity_of_case"]).all()
    assert (rows["date"] >= rows["created_on"]).all()
    assert (rows["date"] <= rows["closed_on"].fillna(AS_OF)).all()
    last = rows.groupby("opportunity").tail(1)
    over = last["closed_on"].notna() & ~last["stalled"]
    ends = last["outcome"].map({"order": True, "no-sale": False})
    assert (ends.notna() == over).all()
    assert (ends[over].astype(bool) == last["stage"].isin(["signed", "paid"])[over]).all()
    assert not rows.drop(last.index)["outcome"].isin(["order", "no-sale"]).any()
    day = last["closed_on"][over].map(lambda d: np.busday_offset(d.date(), 0, "backward"))
    assert (last["date"][over] == day).all()
    assert not rows.duplicated(["opportunity", "date"]).any()


def test_new_customers_get_three_calls_before_the_first_stage_is_over(made: Any) -> None:
    joined = CASES["entity"].map(WHO["joined_on"])
    worth = ~CASES["entity"].duplicated() | (CASES["sale"] == "large")
    new = CASES[~(joined <= CASES["created_on"]) & worth]
    first = new["needs_understood_on"].fillna(new["closed_on"]).fillna(AS_OF)
    days = np.busday_count(
        *(c.to_numpy().astype("datetime64[D]") for c in (new["created_on"], first))
    )
    rows = made["calls"].merge(new.assign(first=first), on="opportunity")
    early = rows[(rows["date"] < rows["first"]) & rows["nth"].between(0, 2)]
    count = early.groupby("opportunity").size().reindex(new["opportunity"]).fillna(0)
    # A weekend before the end of the stage may take the place of one call.
    assert (count.to_numpy() >= np.minimum(days, EARLY) - (days <= EARLY)).all()
    assert (count == EARLY).mean() > 0.9
    others = CASES.drop(new.index)
    assert len(others) > 50
    assert not made["calls"]["opportunity"].isin(others["opportunity"]).any()


def test_early_calls_are_the_planned_ones(made: Any) -> None:
    plan = planned(CASES, PLAN, 7, "cases").set_index(["case", "nth"])
    rows = table(made)
    rows = rows[rows["nth"].between(0, 2)]
    said = plan.loc[list(zip(rows["opportunity"], rows["nth"], strict=True))]
    assert (rows[KINDS].to_numpy() == said[KINDS].to_numpy()).all()
    assert (rows["outcome"].eq("advance").to_numpy() == said["success"].to_numpy()).all()


# --------------------------------------------------------------------------- laws of calls


def lawful(found: dict[str, pd.DataFrame], who: pd.DataFrame) -> None:
    rows, asked = found["calls"], found["call_questions"]
    assert rows["call"].tolist() == list(range(len(rows)))
    assert rows["date"].is_monotonic_increasing
    assert (rows["date"].dt.day_of_week < 5).all()
    assert (rows["date"] <= AS_OF).all()
    buyer = who.loc[rows["entity"]].reset_index(drop=True)
    assert (rows["date"] >= buyer["created_on"]).all()
    free = rows["opportunity"] < 0
    assert (rows["date"][free] <= buyer["departed_on"].fillna(AS_OF)[free]).all()
    assert ((rows["sale"] == "small") == (buyer["kind"] == "individual")).all()
    assert rows["seller"].between(0, 11).all()
    assert (rows[[f"minutes_{m}" for m in MINUTES]] > 0).all(axis=None)
    assert set(asked["call"]) <= set(rows["call"])
    place = asked.groupby("call").cumcount() + 1
    assert (asked["position"] == place).all()
    assert set(asked["kind"]) <= set(KINDS)
    assert set(asked["form"]) <= {"open", "closed"}
    assert set(asked["reply"]) <= {"none", "implied", "explicit"}
    assert found["truth_calls"]["probability"].between(0, 1).all()


@settings(max_examples=8)
@given(st.integers(0, 10_000))
def test_laws_hold_for_any_seed(seed: int) -> None:
    who = small_world.people(40, 200, seed)
    found = talked(who, small_world.opportunities(who, 60, seed), PLAN, seed)
    assert len(found["calls"]) > 150
    lawful(found, who)


def test_laws_hold_without_opportunities() -> None:
    found = talked(WHO, CASES.iloc[:0], PLAN, 7)
    lawful(found, WHO)
    large = found["calls"][found["calls"]["sale"] == "large"]
    assert (large["opportunity"] == -1).all()
    assert not large["order_signed"].any()
    assert large["refused"].any()


def test_laws_hold_in_the_world_itself() -> None:
    world = numbers()
    story = people.tell(world, 7)
    weekly = records.snapshots(world, 7, story)
    cases = records.opportunities(world, 7, story, weekly)
    cases["closed_on"] = cases["signed_on"].fillna(cases["lost_on"])
    cases["stalled"] = story.opportunities["stalled"].to_numpy()
    found = talked(story.people, cases, PLAN, 7, world.as_of)
    lawful(found, story.people)
    rows = table(found)
    rows = rows[rows["sale"] == "large"]
    beta, error = logistic(rows[KINDS], rows["success"])
    assert np.all(np.abs(beta[1:] - PLAN.large_effects) < 3 * error[1:])
    assert np.all(beta[2:] / error[2:] > 2)


def test_most_calls_belong_to_a_case(made: Any) -> None:
    rows = made["calls"]
    assert (rows["opportunity"] >= 0).mean() > 0.5
    assert (rows["sale"] == "small").sum() == pytest.approx(PLAN.small, abs=5)


def test_time_is_spent_as_in_real_calls(made: Any) -> None:
    rows = made["calls"][made["calls"]["sale"] == "large"]
    minutes = rows[[f"minutes_{m}" for m in MINUTES]]
    assert 30 <= minutes.sum(axis=1).median() <= 60
    shares = minutes.div(minutes.sum(axis=1), axis=0).median()
    assert shares["minutes_preliminaries"] < 0.2
    assert shares["minutes_investigating"] > 0.4
    too_early = (minutes["minutes_demonstrating"] > minutes["minutes_investigating"]).mean()
    assert 0.1 < too_early < 0.3


def test_the_same_seed_makes_the_same_calls(made: Any) -> None:
    again = talked(WHO, CASES, PLAN, 7, AS_OF)
    for name, frame in made.items():
        pd.testing.assert_frame_equal(frame, again[name])
    other = talked(WHO, CASES, PLAN, 8, AS_OF)
    assert not made["calls"].equals(other["calls"])


def test_the_tables_stay_small(made: Any) -> None:
    assert len(made["call_questions"].to_csv(index=False)) < 570_000
    assert len(made["calls"].to_csv(index=False)) < 150_000


def test_today_must_be_a_day() -> None:
    with pytest.raises(ParameterError, match="as_of='soon' is not a day"):
        talked(WHO, CASES, PLAN, 7, "soon")


# ------------------------------------------------------------------------------- questions


def test_the_catalog_has_enough_questions_of_each_kind() -> None:
    found = questions.catalog()
    assert set(found) == {(kind, buyer) for kind in KINDS for buyer in ("fleet", "driver")}
    every = [v for texts in found.values() for text in texts for v in text.variants]
    assert len(every) == len(set(every))
    assert all(v.endswith("?") and "{" not in v and len(v) <= 60 for v in every)
    for kind in KINDS:
        assert len(found[kind, "fleet"]) >= 15
        assert {text.form for text in found[kind, "fleet"]} == {"open", "closed"}
        assert {text.form for text in found[kind, "driver"]} == {"open", "closed"}


def test_a_word_in_braces_is_filled_with_each_word() -> None:
    texts = {text.variants for text in questions.catalog()["S", "fleet"]}
    assert (
        "How many vans do you run?",
        "How many trucks do you run?",
        "How many minibuses do you run?",
        "How many pool cars do you run?",
    ) in texts


def test_form_belongs_to_the_text_and_the_text_to_the_kind_and_buyer(many: Any) -> None:
    sale = many["calls"].set_index("call")["sale"]
    asked = many["call_questions"]
    buyer = asked["call"].map(sale).map({"large": "fleet", "small": "driver"})
    known = {
        (kind, who, text.form, v)
        for (kind, who), texts in questions.catalog().items()
        for text in texts
        for v in text.variants
    }
    assert set(zip(asked["kind"], buyer, asked["form"], asked["text"], strict=True)) == known


def test_hardly_a_question_comes_twice_in_a_call(made: Any) -> None:
    assert made["call_questions"].duplicated(["call", "text"]).mean() < 0.01


def test_most_situation_questions_are_open(made: Any) -> None:
    asked = made["call_questions"]
    assert 0.5 < (asked.loc[asked["kind"] == "S", "form"] == "open").mean() < 0.75


def test_replies_come_as_planted(many: Any) -> None:
    asked = many["call_questions"]
    for k, kind in enumerate(KINDS):
        reply = asked.loc[asked["kind"] == kind, "reply"]
        for name in ("implied", "explicit"):
            planted = getattr(PLAN, name)[k]
            band = 4 * math.sqrt(planted * (1 - planted) / len(reply))
            assert (reply == name).mean() == pytest.approx(planted, abs=band)


def test_calls_move_from_facts_to_benefits(made: Any) -> None:
    rank = made["call_questions"]["kind"].map({k: i for i, k in enumerate(KINDS)})
    step = rank.groupby(made["call_questions"]["call"]).diff().dropna()
    counts = Counter(np.sign(step).astype(int))
    assert counts[0] + counts[1] > 2.5 * counts[-1] > 0
