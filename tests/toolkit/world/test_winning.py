"""How customers are won: plain estimators find again what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from keyaccounts.world import pipeline, prospecting, records
from keyaccounts.world.channels import METHODS
from keyaccounts.world.draws import Draws
from keyaccounts.world.parameters import BLOCKERS, planted
from keyaccounts.world.people import FAR, Story, tell
from scipy.optimize import minimize
from scipy.special import expit, logit

PARAMETERS = planted()
SEED = 2026


@pytest.fixture(scope="module")
def story() -> Story:
    return tell(PARAMETERS, SEED)


@pytest.fixture(scope="module")
def weekly(story: Story) -> pd.DataFrame:
    return records.snapshots(PARAMETERS, SEED, story)


def z(successes: float, trials: float, truth: float) -> float:
    return (successes - trials * truth) / np.sqrt(trials * truth * (1 - truth))


# --- the channels ---


@pytest.mark.parametrize("method", METHODS)
def test_yields_of_each_method_are_found(story: Story, method: str) -> None:
    """Observed rates lie within 3.3 standard errors of the planted ones (42 comparisons)."""
    made = story.contacts[story.contacts["method"] == method]
    truth = PARAMETERS.channels
    answered = made[made["responded"]]
    private = answered[answered["qualified"] & (answered["party"] == "individual")]
    assert len(made) >= 100
    assert abs(z(len(answered), len(made), truth.responds[method])) < 3.3
    assert abs(z(answered["qualified"].sum(), len(answered), truth.qualifies[method])) < 3.3
    if len(private):
        assert abs(z(private["ordered"].sum(), len(private), truth.orders[method])) < 3.3


def test_an_outcome_needs_the_one_before(story: Story) -> None:
    made = story.contacts
    assert (made["responded"] | ~made["qualified"]).all()
    assert (made["qualified"] | ~made["ordered"]).all()


def test_each_order_has_its_customer(story: Story) -> None:
    won = story.contacts[story.contacts["ordered"]]
    customers = story.people.loc[won["entity"]]
    assert (won["entity"] >= 0).all()
    assert won["entity"].is_unique
    assert customers["joined_on"].notna().all()
    assert (customers["acquired_by"].to_numpy() == won["method"].to_numpy()).all()


def test_cards_are_opened_before_the_first_order(story: Story) -> None:
    people = story.people
    joined = people[people["joined_on"].notna()]
    assert (joined["created_on"] <= joined["joined_on"]).all()
    assert joined["joined_on"].max() <= pd.Timestamp(PARAMETERS.as_of)
    assert people["created_on"].min() >= pd.Timestamp(PARAMETERS.opened)
    assert people["created_on"].notna().all()


# --- referrals ---


def test_drivers_name_as_many_as_planted(story: Story) -> None:
    """Referrals seen, over the part of the long run each driver has lived through."""
    people, plan = story.people, PARAMETERS.prospecting
    named = story.referrals.groupby("entity").size()
    driver = people[(people["kind"] == "individual") & people["joined_on"].notna()]
    center = named.index[named >= 8]  # nobody else comes near
    plain = driver[~driver.index.isin(center)]
    lived = (pd.Timestamp(PARAMETERS.as_of) - plain["joined_on"]).dt.days - 4
    seen = 1 - np.exp(-lived.clip(0) / plan.referral_delay)
    found = named.reindex(plain.index).fillna(0).sum() / seen.sum()
    assert found == pytest.approx(plan.referrals, rel=0.1)
    assert len(center) == plan.centers
    assert named[center].mean() == pytest.approx(plan.center_referrals, rel=0.35)


def test_named_drivers_come_after_those_who_named_them(story: Story) -> None:
    came = story.people[story.people["referrer"] >= 0]
    named_by = story.people.loc[came["referrer"]]
    assert (came["created_on"].to_numpy() > named_by["joined_on"].to_numpy()).all()
    assert set(came["acquired_by"]) == {"referral_chain", "center_of_influence"}


# --- opportunities ---


def test_what_stands_in_the_way_is_found(story: Story) -> None:
    """A logistic regression of moving on, stage by stage, gives the planted log-odds back."""
    cases, plan = story.opportunities, PARAMETERS.pipeline
    rows, moved = [], []
    entered = cases[["week_1", "week_2", "week_3"]].to_numpy()
    for stage in range(3):
        here = np.ones(len(cases), bool) if stage == 0 else entered[:, stage - 1] >= 0
        decided = here & ((entered[:, stage] >= 0) | (cases["lost_week"].to_numpy() >= 0))
        stages = np.zeros((decided.sum(), 3))
        stages[:, stage] = 1
        ways = cases.loc[decided, [*BLOCKERS, "known"]].to_numpy(dtype=float)
        rows.append(np.column_stack([stages, ways]))
        moved.append(entered[decided, stage] >= 0)
    x, y = np.vstack(rows), np.concatenate(moved)
    fit = minimize(lambda b: np.sum(np.logaddexp(0, x @ b) - y * (x @ b)), np.zeros(8))
    truth = np.array([*plan.moves_on, *plan.blockers, plan.upsell])
    error = np.sqrt(np.diag(fit.hess_inv))
    assert (np.abs(fit.x - truth) < 3 * error).all()
    assert error.max() < 0.35


def test_true_odds_are_calibrated(weekly: pd.DataFrame, story: Story) -> None:
    """Of opportunities that truly stood at p, a share of about p was signed."""
    first = weekly.groupby("opportunity").first()
    cases = story.opportunities
    ended = ((cases["signed"] < FAR) | (cases["lost"] < FAR)).loc[first.index].to_numpy()
    young = cases.loc[first.index, "weeks"].to_numpy() < 40  # of those only the quick have ended
    p = first["true_probability"].to_numpy()[ended & ~young]
    won = (cases["signed"] < FAR).loc[first.index].to_numpy()[ended & ~young]
    assert p.size > 300
    assert abs((won - p).sum() / np.sqrt((p * (1 - p)).sum())) < 3


def test_optimism_of_sellers_is_found(weekly: pd.DataFrame, story: Story) -> None:
    """What a seller said, over what was true, on average: within 0.15 where both are visible."""
    said = weekly[
        weekly["probability"].between(0.1, 0.9) & weekly["true_probability"].between(0.1, 0.9)
    ]
    seller = story.opportunities["seller"].to_numpy()[said["opportunity"]]
    over = pd.Series(logit(said["probability"]) - logit(said["true_probability"])).to_numpy()
    found = pd.Series(over).groupby(seller).mean()
    truth = np.array(PARAMETERS.pipeline.optimism)
    # Chances cut to 5–95 % hide part of a very hopeful seller's hope.
    assert np.corrcoef(found, truth)[0, 1] > 0.97
    assert np.abs(found - truth).median() < 0.15
    assert np.mean(truth) > 0.3


def test_stages_are_entered_in_order(story: Story) -> None:
    weeks = story.opportunities[["week_1", "week_2", "week_3", "week_4"]].to_numpy()
    for earlier, later in zip(weeks.T, weeks.T[1:], strict=False):
        assert ((later < 0) | ((earlier >= 0) & (earlier < later))).all()


def test_reports_are_of_thursdays_and_end_with_the_case(weekly: pd.DataFrame) -> None:
    assert set(weekly["week"].dt.day_name()) == {"Thursday"}
    assert weekly["week"].max() <= pd.Timestamp(PARAMETERS.as_of)
    last = weekly.groupby("opportunity")["stage"].last()
    ended = weekly["stage"].isin(["lost", "paid"])
    assert ended.groupby(weekly["opportunity"]).sum().max() == 1
    assert set(last) <= {*pipeline.STAGES, "lost"}


def test_win_odds_by_hand() -> None:
    """Three stages at 0.5, 0.8 and 0.9: 0.36 from the first, 0.72, 0.9, and signed is signed."""
    steps = np.tile([0.5, 0.8, 0.9], (4, 1))
    assert pipeline.win_odds(steps, np.arange(4)) == pytest.approx([0.36, 0.72, 0.9, 1.0])


# --- chance ---


def test_streams_are_independent_and_repeat() -> None:
    a, b = Draws(1, "a").uniform(20_000), Draws(1, "b").uniform(20_000)
    assert (a == Draws(1, "a").uniform(20_000)).all()
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03
    assert not (a == Draws(2, "a").uniform(20_000)).any()


@pytest.mark.parametrize(
    ("law", "mean", "sd"),
    [
        (lambda d, n: d.normal(n, 3.0, 2.0), 3.0, 2.0),
        (lambda d, n: d.exponential(n, 4.0), 4.0, 4.0),
        (lambda d, n: d.gamma(n, 2.0, 3.0), 6.0, np.sqrt(18.0)),
        (lambda d, n: d.beta(n, 2.0, 6.0), 0.25, np.sqrt(12 / (64 * 9))),
        (lambda d, n: d.poisson(5.0, n), 5.0, np.sqrt(5.0)),
        (lambda d, n: d.whole(n, 1, 6), 3.5, np.sqrt(35 / 12)),
        (lambda d, n: d.yes(0.3, n), 0.3, np.sqrt(0.21)),
    ],
)
def test_laws_have_their_mean_and_spread(law, mean: float, sd: float) -> None:
    n = 40_000
    found = np.asarray(law(Draws(3, "law"), n), dtype=float)
    assert abs(found.mean() - mean) < 4 * sd / np.sqrt(n)
    assert found.std() == pytest.approx(sd, rel=0.03)


def test_picks_follow_their_weights() -> None:
    found = Draws(4, "pick").pick(["a", "b", "c"], 30_000, [6, 3, 1])
    shares = pd.Series(found).value_counts(normalize=True)
    assert shares["a"] == pytest.approx(0.6, abs=0.01)
    assert shares["c"] == pytest.approx(0.1, abs=0.01)


def test_working_days() -> None:
    """The opening, 3 January 2022, was a Monday: day 5 is a Saturday and moves to day 7."""
    days = prospecting.working_day(np.array([0, 4, 5, 6, 7]), PARAMETERS.opened)
    assert days.tolist() == [0, 4, 7, 7, 7]


def test_odds_follow_the_formula() -> None:
    """With nothing in the way the log-odds are the stage's own."""
    steps = pipeline.step_odds(PARAMETERS.pipeline, np.zeros((1, 4)), np.zeros(1))
    assert steps[0] == pytest.approx(expit([2.1, 1.8, 1.5]))
