"""Complaints, signals, surveys and interactions give back what was planted in them."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_world
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import ParameterError
from keyaccounts.world import people, records
from keyaccounts.world.care import SLOW, TOPICS, complaints, goodwill, ordinary, served
from keyaccounts.world.interactions import CAMPAIGNS, KINDS, interactions, reminders
from keyaccounts.world.money import SERVICES
from keyaccounts.world.parameters import planted
from keyaccounts.world.signals import WARNING, signals
from keyaccounts.world.surveys import DIMENSION, PETALS, surveys
from keyaccounts.world.voices import catalog, said
from keyaccounts.world.workshops import PROMISED, WORKSHOPS, jobs

PLAN = planted().care
AS_OF = pd.Timestamp(small_world.AS_OF)
TODAY = np.datetime64(small_world.AS_OF)
DAY = pd.Timedelta(days=1)
WHO = small_world.people()
MANY = small_world.people(6000, 2000, seed=2)
ITEMS = [f"{side}_{k:02d}" for side in ("expectation", "perception") for k in range(1, 23)]
RATINGS = [f"{side}_{petal}" for side in ("importance", "performance") for petal in PETALS]


def campaigns() -> pd.DataFrame:
    """Return a mailing and an evening a quarter, and telephone campaigns that reach no customer."""
    starts = pd.date_range("2022-04-01", "2026-04-01", freq="QS", unit="us")
    methods = ("letters", "meetings", "telephone")
    made = pd.DataFrame([(m, s, s + 40 * DAY) for s in starts for m in methods])
    return made.set_axis(["method", "starts_on", "ends_on"], axis=1).rename_axis("campaign")


CAMPAIGN_TABLE = campaigns().reset_index()


def everything(who: pd.DataFrame, seed: int) -> dict[str, pd.DataFrame]:
    return {
        "complaints": complaints(who, PLAN, seed, AS_OF),
        "signals": signals(who, PLAN, seed, AS_OF),
        "surveys": surveys(who, PLAN, seed, AS_OF),
        "interactions": interactions(who, CAMPAIGN_TABLE, PLAN, seed, AS_OF),
    }


# ------------------------------------------------------------------------------ all tables


def within(found: pd.DataFrame, column: str, who: pd.DataFrame) -> None:
    """Hold that whatever happens happens to a customer, while he is one."""
    customer = who.loc[found["entity"]].reset_index(drop=True)
    day = found[column].reset_index(drop=True).dt.normalize()
    assert (day >= customer["joined_on"]).all()
    assert (day <= customer["departed_on"].clip(upper=AS_OF).fillna(AS_OF)).all()
    assert found[column].is_monotonic_increasing
    assert found.index.equals(pd.RangeIndex(len(found)))


@settings(max_examples=8)
@given(st.integers(0, 10_000))
def test_laws_hold_for_any_seed(seed: int) -> None:
    who = small_world.people(60, 300, seed)
    made = everything(who, seed)
    dates = {"complaints": "opened_at", "signals": "noted_on"}
    for name, found in made.items():
        within(found, dates.get(name, "date"), who)
    log = made["complaints"]
    assert (log["first_response_at"].dropna() > log["opened_at"]).all(axis=None) or log.empty
    assert not (log["first_response_at"] < log["opened_at"]).any()
    assert not (log["resolved_at"] < log["first_response_at"]).any()
    assert (log["first_response_at"].isna() <= log["resolved_at"].isna()).all()
    for column in ("opened_at", "first_response_at", "resolved_at"):
        assert not (log[column] >= AS_OF + DAY).any()
        assert (log[column].dropna().dt.second == 0).all()
    unsolved = log["resolved_at"].isna()
    assert not log.loc[unsolved, "reopened"].any()
    assert (log["explained"].isna() == unsolved).all()
    assert (log["manner"].isna() == unsolved).all()
    assert log["manner"].dropna().between(1, 5).all()
    again = log[log["reopened"]]
    assert (log["reopened"] == log["reopened_on"].notna()).all()
    wait = (again["reopened_on"] - again["resolved_at"].dt.normalize()).dt.days
    assert wait.between(1, PLAN.reopened_within).all()
    assert (again["reopened_on"] <= AS_OF).all()
    assert (log.loc[unsolved, "compensation"] == 0).all()
    answers = made["surveys"]
    assert not answers["entity"].duplicated().any()
    assert answers["satisfaction"].between(1, 5).all()
    assert answers["return_intent"].between(0, 10).all()
    for columns, top in ((ITEMS, 7), (RATINGS, 5)):
        values = answers[columns].to_numpy(dtype=float, na_value=np.nan)
        assert np.all(np.isnan(values) | ((values >= 1) & (values <= top)))
    noted = made["signals"]
    scores = noted["signal"] == "relation_score"
    assert (noted["value"].notna() == scores).all()
    assert noted.loc[scores, "value"].isin([1, 2, 3, 4, 5]).all()
    assert (who.loc[noted["entity"], "kind"] == "organization").all()


def test_laws_hold_in_the_world_itself() -> None:
    world = planted()
    who = people.tell(world, 7).people
    runs = records.campaigns(world, 7)
    within(complaints(who, PLAN, 7, world.as_of), "opened_at", who)
    within(surveys(who, PLAN, 7, world.as_of), "date", who)
    within(interactions(who, runs, PLAN, 7, world.as_of), "date", who)
    noted = signals(who, PLAN, 7, world.as_of)
    within(noted, "noted_on", who)
    gone = who[(who["departed_on"] <= AS_OF) & (who["lead_days"] > 0)]
    first = gone["departed_on"] - pd.to_timedelta(gone["lead_days"], unit="D")
    first = first.clip(lower=gone["joined_on"])  # some leave sooner than others warn
    own = gone["departure_cause"].map(WARNING)
    known = set(zip(noted["entity"], noted["noted_on"], noted["signal"], strict=True))
    assert len(gone) > 20
    assert set(zip(gone.index, first, own, strict=True)) <= known


def test_the_same_seed_makes_the_same_tables() -> None:
    first, again, other = everything(WHO, 7), everything(WHO, 7), everything(WHO, 8)
    for name, found in first.items():
        pd.testing.assert_frame_equal(found, again[name])
        assert not found.equals(other[name])


def test_the_tables_stay_small() -> None:
    made = everything(WHO, 7)
    sizes = {name: len(found.to_csv(index=False)) for name, found in made.items()}
    assert sum(sizes.values()) < 450_000
    assert len(made["surveys"]) == PLAN.respondents
    assert 4000 < len(made["interactions"]) <= PLAN.interactions


def test_today_must_be_a_day() -> None:
    for table in (complaints, signals, surveys):
        with pytest.raises(ParameterError, match="as_of='soon' is not a day"):
            table(WHO, PLAN, 7, "soon")
    with pytest.raises(ParameterError, match="as_of='soon' is not a day"):
        interactions(WHO, CAMPAIGN_TABLE, PLAN, 7, "soon")


def test_a_warning_is_so_many_days_before_the_departure() -> None:
    who = pd.DataFrame(
        {
            "joined_on": pd.to_datetime(["2024-01-01", "2024-01-01", None, "2024-01-01"]),
            "departed_on": pd.to_datetime(["2025-01-01", None, None, "2026-08-01"]),
            "lead_days": [100, 0, 0, 60],
        }
    )
    found = served(who, TODAY)
    assert found["entity"].tolist() == [0, 1, 3]
    assert found["until"].tolist() == [pd.Timestamp("2025-01-01"), AS_OF, AS_OF]
    assert found["warned"].tolist() == [
        pd.Timestamp("2024-09-23"),
        AS_OF,
        pd.Timestamp("2026-06-02"),
    ]


# ------------------------------------------------------------------------------ complaints


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return complaints(MANY, PLAN, 5, AS_OF)


def well_handled(found: pd.DataFrame) -> Any:
    return (found["explained"] & (found["manner"] >= 3)).astype(bool)


def test_complaints_triple_between_warning_and_departure(log: Any) -> None:
    """Compare each part with what the quality of the customers and the days lead one to expect."""
    who = served(MANY, TODAY).set_index("entity")
    who = who[who["departure_cause"].isin(["service", "price"])]
    usual = PLAN.organization_complaints * np.exp(PLAN.complaint_quality * who["quality"])
    before = (usual * (who["warned"] - who["since"]).dt.days / 365.25).sum()
    after = (usual * (who["until"] - who["warned"]).dt.days / 365.25).sum()
    of = log[log["entity"].isin(who.index)]
    late = of["opened_at"].dt.normalize() >= who.loc[of["entity"], "warned"].to_numpy()
    ratio = (late.sum() / after) / ((~late).sum() / before)
    error = math.sqrt(1 / late.sum() + 1 / (~late).sum())  # of the log of the ratio
    assert abs(math.log(ratio / PLAN.complaint_lead)) < 3.5 * error
    assert error < 0.1


def test_no_more_complaints_before_a_customer_moves_or_is_sold(log: Any) -> None:
    who = served(MANY, TODAY).set_index("entity")
    who = who[who["departure_cause"].isin(["moved", "sold"])]
    usual = PLAN.organization_complaints * np.exp(PLAN.complaint_quality * who["quality"])
    expected = (usual * (who["until"] - who["since"]).dt.days / 365.25).sum()
    found = log["entity"].isin(who.index).sum()
    assert abs(found - expected) < 4 * math.sqrt(expected)


def test_better_service_brings_fewer_complaints(log: Any) -> None:
    who = served(MANY, TODAY).set_index("entity")
    who = who[who["departed_on"].isna() & (who["kind"] == "organization")]
    count = log["entity"].value_counts().reindex(who.index, fill_value=0).to_numpy()
    years = ((who["until"] - who["since"]).dt.days / 365.25).to_numpy()
    x = np.column_stack([np.ones(len(who)), who["quality"]])
    beta = np.array([math.log(count.sum() / years.sum()), 0.0])
    for _ in range(20):  # Poisson regression by Newton steps
        mean = years * np.exp(x @ beta)
        information = x.T @ (x * mean[:, None])
        beta = beta + np.linalg.solve(information, x.T @ (count - mean))
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    planted = [math.log(PLAN.organization_complaints), PLAN.complaint_quality]
    assert np.all(np.abs(beta - planted) < 3.5 * error)
    assert error.max() < 0.03


def test_responses_take_the_planted_hours(log: Any) -> None:
    slow = log["opened_at"].between(*SLOW)
    old = log[(log["opened_at"] < AS_OF - 60 * DAY) & ~slow]  # nothing cut off by today
    assert old["first_response_at"].notna().all()
    hours = (old["first_response_at"] - old["opened_at"]) / pd.Timedelta(hours=1)
    n = len(hours)
    assert abs(np.log(hours).mean() - math.log(PLAN.response_hours)) < 4 * 1.1 / math.sqrt(n)
    assert np.log(hours).std() == pytest.approx(PLAN.response_spread, rel=4 / math.sqrt(2 * n))
    days = ((old["resolved_at"] - old["first_response_at"]) / DAY).dropna()
    assert abs(np.log(days).mean() - math.log(PLAN.resolution_days)) < 4 * 0.9 / math.sqrt(n)


def test_shares_of_complaints(log: Any) -> None:
    old = log[log["opened_at"] < AS_OF - 60 * DAY]
    n = len(old)

    def near(found: float, planted: float) -> bool:
        return abs(found - planted) < 4 * math.sqrt(planted * (1 - planted) / n)

    solved = old["resolved_at"].notna()
    assert near(1 - solved.mean(), PLAN.unresolved)
    assert near((old["compensation"] > 0).mean(), PLAN.compensated * (1 - PLAN.unresolved))
    done = old[solved]
    assert abs(done["explained"].mean() - PLAN.explained) < 4 * 0.49 / math.sqrt(n)
    assert done["manner"].mean() == pytest.approx(PLAN.manner, abs=0.05)
    back = done.groupby(well_handled(done))["reopened"].agg(["mean", "std", "size"])
    error = back["std"] / np.sqrt(back["size"])
    planted = [PLAN.reopened_poor, PLAN.reopened]
    assert (abs(back["mean"] - planted) < 4 * error + 0.01).all()  # a few leave before they do
    paid = old.loc[old["compensation"] > 0, "compensation"]
    assert paid.mean() == pytest.approx(PLAN.compensation, rel=4 / math.sqrt(2 * len(paid)))


def test_handling_is_known_before_a_departure_is() -> None:
    """Nobody who leaves is handled worse for it: the departure follows the handling."""
    stays = WHO.assign(departed_on=pd.NaT, lead_days=0, departure_cause="")
    pd.testing.assert_frame_equal(ordinary(WHO, PLAN, 7), ordinary(stays, PLAN, 7))
    columns = ["entity", "opened_at", "topic", "explained", "manner"]
    all_ = complaints(stays, PLAN, 7, AS_OF)
    by_chance = complaints(WHO.assign(lead_days=0), PLAN, 7, AS_OF)
    left = WHO["departed_on"].reindex(all_["entity"]).to_numpy()
    seen = all_[~(all_["opened_at"].dt.normalize().to_numpy() >= left)]
    pd.testing.assert_frame_equal(
        seen[columns].reset_index(drop=True), by_chance[columns], check_dtype=False
    )


def test_goodwill_counts_between_two_days() -> None:
    met = pd.DataFrame(
        {"entity": [3, 3, 3, 5], "after": [9, 10, 20, 12], "well": [True, True, True, False]}
    )
    found = goodwill(met, [5, 3, 4, 3], [0, 10, 0, 9], [99, 20, 99, 21])
    assert found.tolist() == [-1, 1, 0, 3]


def test_what_happened_lately_is_still_open() -> None:
    log = complaints(MANY, PLAN, 5, AS_OF)
    late = log[log["opened_at"] >= AS_OF - DAY]
    assert late["resolved_at"].isna().mean() > 0.5


# ------------------------------------------------------------- words, workshops, jobs, reminders


@pytest.fixture(scope="module")
def told() -> pd.DataFrame:
    return said(complaints(MANY, PLAN, 5, AS_OF), MANY, PLAN, 5)


def kappa(one: Any, other: Any) -> float:
    """Return Cohen's kappa by its definition."""
    shares = pd.crosstab(one, other, normalize=True).to_numpy()
    chance = (shares.sum(axis=0) * shares.sum(axis=1)).sum()
    return (np.trace(shares) - chance) / (1 - chance)


def test_two_coders_agree_as_planted_and_err_where_words_are_unclear(told: Any) -> None:
    same = told["topic"] == told["topic_second_coder"]
    assert 0.82 < same.mean() < 0.86
    assert 0.77 < kappa(told["topic"], told["topic_second_coder"]) < 0.83
    named = pd.DataFrame({topic: [topic in of for of in topics_of(told)] for topic in TOPICS})
    clear = (named.sum(axis=1) == 1).to_numpy()
    assert clear.mean() == pytest.approx(1 - PLAN.two_topics - PLAN.vague, abs=0.02)
    assert same[clear].mean() == pytest.approx(PLAN.second_coder, abs=0.012)
    assert same[~clear].mean() < 0.55


def topics_of(told: pd.DataFrame) -> list[set[str]]:
    """Return the topics that the words of each text name: sentences of the catalog, as patterns."""
    patterns = {
        re.compile(re.sub(r"\\\{\w+\\\}", ".+?", re.escape(text)), re.IGNORECASE): topic
        for topic, of in catalog()["topic"].items()
        for text in of["texts"] + of.get("fleet", [])
    }
    return [{t for p, t in patterns.items() if p.search(text)} for text in told["text"]]


def test_texts_are_whole_sentences_and_few_repeat() -> None:
    told = said(complaints(WHO, PLAN, 7, AS_OF), WHO, PLAN, 7)
    assert told["text"].str.fullmatch(r"[A-Z0-9].*[.?]").all()
    assert not told["text"].str.contains("[{}]|  ").any()
    assert told["text"].duplicated().mean() < 0.05
    private = told["entity"].map(WHO["kind"]) == "individual"
    for text in told.loc[private, "text"]:
        assert "our van" not in text.lower()


def test_a_complaint_more_of_one_customer_changes_no_other() -> None:
    log = complaints(WHO, PLAN, 7, AS_OF)
    fewer = log.drop(index=log.index[log["entity"] == log["entity"].iloc[0]])
    kept = said(log, WHO, PLAN, 7).loc[fewer.index].reset_index(drop=True)
    pd.testing.assert_frame_equal(said(fewer.reset_index(drop=True), WHO, PLAN, 7), kept)


def test_customers_go_to_the_workshop_of_their_district(told: Any) -> None:
    district = MANY["district"].reindex(told["entity"]).to_numpy()
    near = np.array([*WORKSHOPS, WORKSHOPS[-1]])[district] == told["workshop"]
    assert near.mean() == pytest.approx(1 - PLAN.elsewhere * 0.8, abs=0.015)


def work(n: int) -> pd.DataFrame:
    """Return an order of every customer on each of the last working days."""
    days = pd.bdate_range(end=AS_OF, periods=n)
    bought = pd.DataFrame([(d, e) for d in days for e in WHO.index[:400]])
    bought = bought.set_axis(["order_date", "entity"], axis=1)
    return bought.assign(amount=500.0, service=np.resize(SERVICES, len(bought)))


def test_jobs_are_late_as_planted_and_kept_to_opening_hours() -> None:
    bought = work(160)
    found = jobs(bought, WHO, PLAN, 7, AS_OF)
    left = (bought["entity"] < 240) & ~bought["service"].isin(["tires", "inspection"])
    assert found["order"].tolist() == bought.index[left].tolist()
    ready, promised = found["ready_at"], found["promised_at"]
    assert (ready[ready.notna()] < AS_OF + DAY).all()
    for time in (ready.dropna(), promised):
        minutes = time.dt.hour * 60 + time.dt.minute
        assert minutes.between(8 * 60, 18 * 60).all()
        assert (time.dt.day_of_week < 5).all()
        assert (time.dt.minute % 15 == 0).all()
    begun = bought["order_date"].loc[found["order"]].to_numpy()
    assert (ready.dropna() > begun[ready.notna()]).all()
    old = begun < np.datetime64("2026-04-01")
    assert ready[old].notna().all()
    late = (ready > promised)[old]
    service = bought["service"].loc[found["order"]].to_numpy()[old]
    share = late.groupby([found.loc[old, "workshop"].to_numpy(), service]).agg(["mean", "size"])
    for (place, kind), (mean, size) in share.iterrows():
        odds = PLAN.late_workshop[WORKSHOPS.index(place)] + PLAN.late_service[PROMISED.index(kind)]
        planted = 1 / (1 + math.exp(-odds))
        assert abs(mean - planted) < 4 * math.sqrt(planted * (1 - planted) / size), (place, kind)


def test_jobs_are_of_one_year() -> None:
    bought = work(2).assign(amount=[-1.0] * 400 + [1.0] * 400)
    first = bought.assign(order_date=AS_OF - 365 * DAY)
    assert jobs(first, WHO, PLAN, 7, AS_OF).empty
    assert len(jobs(first.assign(order_date=AS_OF - 364 * DAY), WHO, PLAN, 7, AS_OF)) == 144


def test_the_coin_decides_who_is_reminded_and_the_reminder_who_returns() -> None:
    plan = PLAN.but(reminders=100_000)
    found = reminders(small_world.people(0, 100_000, seed=3), plan, 7, AS_OF)
    n = len(found)
    assert n > 50_000
    assert (found["arm"] == "reminder").mean() == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(n))
    share = found.groupby("arm")["returned"].mean()
    assert share["control"] == pytest.approx(PLAN.returns, abs=0.01)
    assert share["reminder"] - share["control"] == pytest.approx(PLAN.reminder_effect, abs=0.015)
    few = reminders(WHO, PLAN, 7, AS_OF)
    assert len(few) == PLAN.reminders
    assert few["entity"].is_monotonic_increasing
    assert few["entity"].is_unique
    who = WHO.loc[few["entity"]]
    assert (who["kind"] == "individual").all()
    assert (
        (few["sent_on"].to_numpy() - who["joined_on"].to_numpy()) >= np.timedelta64(183, "D")
    ).all()


# --------------------------------------------------------------------------------- signals


@pytest.fixture(scope="module")
def noted() -> pd.DataFrame:
    return signals(MANY, PLAN, 5, AS_OF)


def test_the_first_warning_comes_the_planted_days_before(noted: Any) -> None:
    gone = MANY[(MANY["departed_on"] <= AS_OF) & (MANY["lead_days"] > 0)]
    of = noted[noted["entity"].isin(gone.index)]
    left = gone.loc[of["entity"]]
    own = of["signal"].to_numpy() == left["departure_cause"].map(WARNING).to_numpy()
    ahead = (left["departed_on"].to_numpy() - of["noted_on"].to_numpy()) / np.timedelta64(1, "D")
    lately = own & (ahead <= 180)  # an analyst does not know when the warning period begins
    first = pd.Series(ahead[lately]).groupby(of["entity"].to_numpy()[lately]).max()
    assert len(first) == len(gone) > 1000  # everyone with lead days gives a warning
    late = first - gone["lead_days"].loc[first.index]
    assert (late >= 0).all()
    assert (late == 0).mean() > 0.9  # the rest had a false alarm before
    assert first.median() == pytest.approx(gone["lead_days"].median(), abs=3)


def test_those_without_lead_days_leave_unannounced(noted: Any) -> None:
    gone = MANY[(MANY["departed_on"] <= AS_OF) & (MANY["lead_days"] == 0)]
    assert len(gone) > 100
    of = noted[noted["entity"].isin(gone.index) & (noted["signal"] == "rival_praised")]
    left = gone.loc[of["entity"], "departed_on"].to_numpy()
    lately = (left - of["noted_on"].to_numpy()) <= np.timedelta64(120, "D")
    expected = PLAN.rival_rate * 120 / 365.25 * len(gone)
    assert abs(lately.sum() - expected) < 4 * math.sqrt(expected)


@pytest.mark.parametrize(
    ("signal", "planted"),
    [
        ("rival_praised", PLAN.rival_rate),
        ("strategy_change", PLAN.strategy_rate),
        ("ownership_change", PLAN.ownership_rate),
    ],
)
def test_false_alarms_have_the_planted_rate(noted: Any, signal: str, planted: float) -> None:
    who = served(MANY[MANY["kind"] == "organization"], TODAY)
    who = who[who["departed_on"].isna()]
    years = (who["until"] - who["since"]).dt.days.sum() / 365.25
    found = (noted["entity"].isin(who["entity"]) & (noted["signal"] == signal)).sum()
    assert abs(found - planted * years) < 4 * math.sqrt(planted * years)


def test_the_relation_falls_only_before_the_unhappy_leave(noted: Any) -> None:
    scores = noted[noted["signal"] == "relation_score"]
    left = MANY.loc[scores["entity"]].reset_index(drop=True)
    ahead = (left["departed_on"] - scores["noted_on"].reset_index(drop=True)).dt.days
    value = scores["value"].reset_index(drop=True)
    unhappy = left["departure_cause"].isin(["service", "price"]) & (left["lead_days"] > 0)
    usual = value[left["departed_on"].isna()].mean()
    assert usual == pytest.approx(PLAN.relation_base, abs=0.03)
    last = value[unhappy & (ahead <= 15)]
    assert last.mean() == pytest.approx(PLAN.relation_base - PLAN.relation_fall, abs=0.25)
    moved = value[left["departure_cause"].isin(["moved", "sold"]) & (ahead <= 60)]
    assert moved.mean() == pytest.approx(usual, abs=0.2)


def test_a_departure_after_today_warns_already(noted: Any) -> None:
    soon = MANY[(MANY["departed_on"] > AS_OF) & (MANY["lead_days"] > 0)]
    soon = soon[soon["departed_on"] - pd.to_timedelta(soon["lead_days"], unit="D") < AS_OF]
    first = soon["departed_on"] - pd.to_timedelta(soon["lead_days"], unit="D")
    cause = soon["departure_cause"].map(WARNING)
    known = set(zip(noted["entity"], noted["noted_on"], noted["signal"], strict=True))
    assert len(soon) > 20
    assert set(zip(soon.index, first.clip(lower=soon["joined_on"]), cause, strict=True)) <= known


# --------------------------------------------------------------------------------- surveys


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return surveys(MANY, PLAN.but(respondents=3000, organization_answers=0.7), 5, AS_OF)


def gap(found: pd.DataFrame) -> Any:
    values = found[ITEMS].to_numpy(dtype=float, na_value=np.nan)
    return np.nanmean(values[:, 22:] - values[:, :22], axis=1)


@pytest.mark.parametrize("target", ["intent", "satisfaction"])
def test_the_effect_of_the_gap_is_found_again(answers: Any, target: str) -> None:
    column = {"intent": "return_intent", "satisfaction": "satisfaction"}[target]
    x = np.column_stack([np.ones(len(answers)), gap(answers)])
    y = answers[column].to_numpy(dtype=float)
    beta, rest, *_ = np.linalg.lstsq(x, y, rcond=None)
    error = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * rest[0] / (len(y) - 2))
    planted = [getattr(PLAN, f"{target}_base"), getattr(PLAN, f"{target}_gap")]
    # The ends of the scale cut off a little; no more than 5 percent is allowed for that.
    assert np.all(np.abs(beta - planted) < 3 * error + 0.05 * np.abs(planted))
    assert error[1] < 0.04


def test_quality_shows_in_what_is_perceived(answers: Any) -> None:
    quality = MANY.loc[answers["entity"], "quality"].to_numpy()
    values = answers[ITEMS].to_numpy(dtype=float, na_value=np.nan)
    slope = np.polyfit(quality, np.nanmean(values[:, 22:], axis=1), 1)[0]
    assert slope == pytest.approx(PLAN.perception_quality, abs=0.06)
    assert np.polyfit(quality, np.nanmean(values[:, :22], axis=1), 1)[0] == pytest.approx(
        0, abs=0.05
    )


def alpha(items: pd.DataFrame) -> float:
    """Return Cronbach's alpha by its definition."""
    values = items.dropna().to_numpy(dtype=float)
    k = values.shape[1]
    return k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / values.sum(axis=1).var(ddof=1))


def test_the_items_of_a_dimension_hang_together() -> None:
    found = surveys(WHO, PLAN, 7, AS_OF)
    assert np.bincount(DIMENSION).tolist() == [4, 5, 4, 4, 5]
    for side in ("expectation", "perception"):
        for dimension in range(5):
            numbers = np.flatnonzero(dimension == DIMENSION) + 1
            assert 0.7 < alpha(found[[f"{side}_{k:02d}" for k in numbers]]) < 0.95


def test_reliability_is_expected_most_and_missed_most(answers: Any) -> None:
    values = answers[ITEMS].to_numpy(dtype=float, na_value=np.nan)
    expected, perceived = (np.nanmean(values[:, k : k + 22], axis=0) for k in (0, 22))
    by_dimension = pd.DataFrame({"e": expected, "gap": perceived - expected}).groupby(DIMENSION)
    assert by_dimension.mean()["e"].idxmax() == 1
    assert by_dimension.mean()["gap"].idxmin() == 1


def test_petals_and_missing_answers(answers: Any) -> None:
    mean = answers[RATINGS].astype(float).mean()
    assert mean["performance_billing"] == mean.filter(like="performance_").min()
    assert mean["importance_billing"] == mean.filter(like="importance_").max()
    planted = [*PLAN.importance, *PLAN.performance]
    assert mean.to_numpy() == pytest.approx(planted, abs=0.25)  # the ends of the scale cut off
    missing = answers[[*ITEMS, *RATINGS]].isna().to_numpy()
    band = 4 * math.sqrt(PLAN.missing * (1 - PLAN.missing) / missing.size)
    assert missing.mean() == pytest.approx(PLAN.missing, abs=band)


# ---------------------------------------------------------------------------- interactions


def test_participation_is_as_planted() -> None:
    who = small_world.people(3000, 20_000, seed=4)
    found = interactions(who, CAMPAIGN_TABLE, PLAN.but(interactions=20_000), 5, AS_OF)
    chance = np.random.default_rng(1)
    spread = math.hypot(PLAN.participation_quality, PLAN.participation_spread)
    usual = chance.normal(0, spread, 200_000)
    for kind, odds in zip(KINDS, PLAN.participation, strict=True):
        took_part = found.loc[found["kind"] == kind, "participated"]
        planted = (1 / (1 + np.exp(-odds - usual))).mean()
        band = 4 * math.sqrt(planted * (1 - planted) / len(took_part))
        assert took_part.mean() == pytest.approx(planted, abs=band)
    quality = pd.cut(who.loc[found["entity"], "quality"].reset_index(drop=True), [-9, 0, 9])
    low, high = found["participated"].groupby(quality, observed=True).mean()
    assert high > low + 0.05


def test_invitations_belong_to_campaigns_that_run() -> None:
    found = interactions(WHO, CAMPAIGN_TABLE, PLAN, 7, AS_OF)
    invited = found["kind"].isin(CAMPAIGNS)
    assert ((found["campaign"] >= 0) == invited).all()
    run = CAMPAIGN_TABLE.loc[found.loc[invited, "campaign"]].reset_index(drop=True)
    dates = found.loc[invited, "date"].reset_index(drop=True)
    assert ((run["starts_on"] <= dates) & (dates <= run["ends_on"])).all()
    kind = found.loc[invited, "kind"].reset_index(drop=True)
    assert (run["method"] == kind.map({"campaign_mail": "letters", "event": "meetings"})).all()
    assert not found[invited].duplicated(["entity", "campaign"]).any()


def test_without_campaigns_invitations_have_none() -> None:
    found = interactions(WHO, CAMPAIGN_TABLE.iloc[:0], PLAN, 7, AS_OF)
    assert (found["campaign"] == -1).all()
    assert set(found["kind"]) == set(KINDS)
