"""What is planted in orders, payments and service can be found again, and nothing odd is in them.

The estimators are written here, from the papers, and are themselves tried on published results.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import NamedTuple

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from estimators import best, bgnbd, gamma_gamma
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.world import people as people_of
from keyaccounts.world.money import SERVICES, drivers_truth, orders, payments, terms
from keyaccounts.world.parameters import planted
from keyaccounts.world.serving import INPUTS, service_log
from scipy import stats

AS_OF = dt.date(2026, 6, 30)
TODAY = np.datetime64("2026-06-30")
MONEY, SERVING = planted().money, planted().serving
NINE = {
    "sales_time",
    "sales_calls",
    "marketing",
    "proposals",
    "technicians",
    "managers",
    "literature",
    "samples",
    "displaced_work",
}


def crowd(fleets: int, drivers: int, days: int = 1600, **columns: object) -> pd.DataFrame:
    """Return customers who joined over the last `days` days, all alike but for `columns`."""
    n, chance = fleets + drivers, np.random.default_rng(5)
    fleet = np.arange(n) < fleets
    joined = TODAY - chance.integers(1, days + 1, n)
    made = pd.DataFrame(
        {
            "kind": np.where(fleet, "organization", "individual"),
            "joined_on": np.busday_offset(joined, 0, roll="preceding").astype("datetime64[us]"),
            "seller": chance.integers(0, 12, n),
            "intensity": 1.0,
            "margin": 0.3,
            "rate": np.where(fleet, 0.2, np.nan),
            "amount_mean": np.where(fleet, 1000.0, np.nan),
            "departed_on": np.datetime64("NaT", "us"),
            "lead_days": 0,
        }
    )
    return made.assign(**columns)


class Company(NamedTuple):
    people: pd.DataFrame
    orders: pd.DataFrame
    truth: pd.DataFrame
    payments: pd.DataFrame
    log: pd.DataFrame


@cache
def company(seed: int) -> Company:
    """Return the course's company, as the world makes it."""
    who = people_of.tell(planted(), seed).people
    bought = orders(who, MONEY, seed, AS_OF)
    truth = drivers_truth(who, MONEY, seed, AS_OF)
    paid = payments(bought, who, MONEY, seed, AS_OF)
    return Company(who, bought, truth, paid, service_log(who, bought, SERVING, seed))


# --- private drivers: BG/NBD and Gamma-Gamma ---


def test_the_estimator_finds_what_is_published_of_cdnow() -> None:
    seen = ka.purchases.summarize(ka.datasets.load("cdnow"), until="1997-09-30")
    data = (seen["repeat_orders"], seen["recency"] / 7, seen["age"] / 7)
    found = best(bgnbd, (1, 1, 1, 1), *(d.to_numpy(np.float64) for d in data))
    assert np.exp(found.x) == pytest.approx([0.243, 4.414, 0.793, 2.426], rel=0.005)
    assert found.fun == pytest.approx(9582.4, abs=0.1)


@cache
def three_thousand() -> pd.DataFrame:
    who = crowd(0, 3000)
    bought = orders(who, MONEY, 11, AS_OF)
    return ka.purchases.summarize(bought, customer="entity", until=AS_OF)


def test_rates_and_dropout_of_drivers_are_found_again() -> None:
    """Of 3,000 drivers: the mean rate to 6 %, its shape to 15 %, the mean dropout to 0.03."""
    seen = three_thousand()
    x = seen["repeat_orders"].to_numpy(np.float64)
    tx, age = seen["recency"].to_numpy() / 7, seen["age"].to_numpy() / 7
    found = best(bgnbd, (1, 10, 1, 2), x, tx, age)
    r, alpha, a, b = np.exp(found.x)
    assert r / alpha == pytest.approx(MONEY.r / MONEY.alpha, rel=0.06)
    assert r == pytest.approx(MONEY.r, rel=0.15)
    assert a / (a + b) == pytest.approx(MONEY.a / (MONEY.a + MONEY.b), abs=0.03)
    truth = np.array([MONEY.r, MONEY.alpha, MONEY.a, MONEY.b])
    assert 2 * (-found.fun - bgnbd(truth, x, tx, age)) < stats.chi2.ppf(0.99, 4)


def test_amounts_of_drivers_are_found_again() -> None:
    """Of 3,000 drivers: p and q to 10 %, the mean order to 4 %."""
    seen = three_thousand()
    seen = seen[seen["repeat_orders"] > 0]
    x = seen["repeat_orders"].to_numpy(np.float64)
    mean = seen["mean_repeat_amount"].to_numpy()
    found = best(gamma_gamma, (1, 2, 100), x, mean)
    p, q, v = np.exp(found.x)
    assert (p, q) == pytest.approx((MONEY.p, MONEY.q), rel=0.10)
    assert p * v / (q - 1) == pytest.approx(900, rel=0.04)
    truth = np.array([MONEY.p, MONEY.q, MONEY.v])
    assert 2 * (-found.fun - gamma_gamma(truth, x, mean)) < stats.chi2.ppf(0.99, 3)


def test_drivers_with_the_parameters_of_cdnow_buy_as_often_as_the_paper_says() -> None:
    # Fader, Hardie and Lee expect 1.1967 repeat purchases of a new CDNOW customer in 39 weeks.
    day = (TODAY - np.timedelta64(39 * 7, "D")).astype("datetime64[us]")
    who = crowd(0, 20_000, joined_on=day)
    cdnow = MONEY.but(r=0.243, alpha=4.414, a=0.793, b=2.426, refunded=0.0)
    bought = orders(who, cdnow, 3, AS_OF)
    repeats = bought.groupby("entity").size() - 1
    error = repeats.std() / np.sqrt(len(repeats))
    assert abs(repeats.mean() - 1.1967) < 3 * error
    assert error < 0.02


def test_the_truth_of_a_driver_fits_the_orders() -> None:
    found = company(2026)
    bought = found.orders[found.orders["amount"] > 0]
    last = bought.groupby("entity")["order_date"].agg(["max", "size"])
    truth = found.truth.set_index("entity").join(last)
    left = truth[truth["departed_on"].notna()]
    assert (left["departed_on"] == left["max"]).all()
    assert (left["size"] > 1).all(), "nobody drops out before a repeat purchase"
    assert 0.25 < len(left) / len(truth) < 0.55
    assert (truth["mean_amount"] > 0).all()
    assert truth["dropout"].between(0, 1).all()
    assert truth["purchase_rate"].mean() * 52 == pytest.approx(2.5, rel=0.05)


def test_drivers_differ_as_planted() -> None:
    truth = drivers_truth(crowd(0, 20_000), MONEY, 1, AS_OF)
    for column, law in {
        "purchase_rate": stats.gamma(1.2, scale=1 / 25),
        "dropout": stats.beta(0.8, 3.5),
        "mean_amount": stats.invgamma(4, scale=4 * 675),
    }.items():
        assert stats.kstest(truth[column], law.cdf).pvalue > 0.01, column


# --- organizations ---


def test_fleets_order_at_their_rate_and_only_on_working_days() -> None:
    start = np.datetime64("2024-01-01T00", "us")
    who = crowd(400, 0, joined_on=start)
    bought = orders(who, MONEY.but(refunded=0.0), 1, AS_OF)
    days = (TODAY - start).astype("timedelta64[D]").astype(int)
    later = bought.groupby("entity").size() - 1
    assert later.mean() == pytest.approx(0.2 * days, rel=0.015)
    assert later.var() / later.mean() == pytest.approx(1, abs=0.25), "Poisson"
    assert (bought["order_date"].dt.day_of_week < 5).all()
    assert bought["amount"].mean() == pytest.approx(1000, rel=0.01)
    assert bought["amount"].std() == pytest.approx(1000 / np.sqrt(MONEY.fleet_shape), rel=0.02)


def test_fleets_order_less_before_they_leave_but_not_if_nobody_knew() -> None:
    left = np.datetime64("2026-03-31T00", "us")
    warned = np.arange(400) < 300
    who = crowd(400, 0, joined_on=np.datetime64("2024-01-01T00", "us"), departed_on=left)
    who["lead_days"] = np.where(warned, 100, 0)
    bought = orders(who, MONEY, 1, AS_OF)
    bought = bought[bought["amount"] > 0]
    near = (bought["order_date"] >= left - np.timedelta64(100, "D")).to_numpy()
    known = warned[bought["entity"]]
    days = (left - np.datetime64("2024-01-01T00", "us")).astype("timedelta64[D]").astype(int) - 100
    for group, rest in ((known, MONEY.dip), (~known, 1.0)):
        ratio = (near & group).sum() / 100 / ((~near & group).sum() / days)
        assert ratio == pytest.approx(rest, rel=0.06)


def test_a_departure_that_lies_ahead_is_felt_already() -> None:
    ahead = np.datetime64("2026-08-19T00", "us")  # 50 days after today
    who = crowd(600, 0, joined_on=np.datetime64("2025-01-01T00", "us"), departed_on=ahead)
    bought = orders(who.assign(lead_days=100), MONEY, 1, AS_OF)
    recent = bought["order_date"] >= ahead - np.timedelta64(100, "D")
    assert recent.sum() / 51 / 600 == pytest.approx(0.2 * MONEY.dip, rel=0.06)
    assert bought["order_date"].max() <= pd.Timestamp(AS_OF)


def test_margin_is_found_again() -> None:
    margins = np.tile([0.15, 0.3, 0.45], 200)
    who = crowd(300, 300, margin=margins)
    bought = orders(who, MONEY.but(refunded=0.0), 1, AS_OF)
    sums = bought.groupby(margins[bought["entity"]])[["amount", "cost_of_goods"]].sum()
    found = 1 - sums["cost_of_goods"] / sums["amount"]
    assert found.to_numpy() == pytest.approx([0.15, 0.3, 0.45], rel=0.01)
    one = 1 - bought["cost_of_goods"] / bought["amount"]
    ratio = one / margins[bought["entity"]]
    big = bought["amount"] > 50  # cents blur the margin of a small bill
    assert ratio[big].between(0.795, 1.205).all()


def test_small_bills_are_inspections_and_large_ones_body_work() -> None:
    bought = company(2026).orders
    bought = bought[bought["amount"] > 0]
    assert set(bought["service"]) == set(SERVICES)
    size = np.digitize(bought["amount"], MONEY.bills)
    for band, shares in enumerate((MONEY.small_bill, MONEY.middling_bill, MONEY.large_bill)):
        assert sum(shares) == pytest.approx(1)
        share = bought["service"][size == band].value_counts(normalize=True)
        found = share.reindex(list(SERVICES), fill_value=0.0)
        assert found.to_numpy() == pytest.approx(shares, abs=0.02)


# --- laws that hold in the course's company ---


def check_orders(who: pd.DataFrame, bought: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Hold what is true of the orders of any company."""
    assert list(bought) == ["entity", "order_date", "amount", "cost_of_goods", "service"]
    by = bought.sort_values(["order_date", "entity"], kind="stable")
    assert by.index.equals(bought.index)
    joined = who["joined_on"]
    first = bought.groupby("entity")["order_date"].min()
    assert first.equals(joined[joined.notna()].rename("order_date").rename_axis("entity"))
    left = who["departed_on"].fillna(truth.set_index("entity")["departed_on"])
    last = left.iloc[bought["entity"]].to_numpy()
    assert not (bought["order_date"].to_numpy() > last).any()
    assert (bought["order_date"] <= pd.Timestamp(AS_OF)).all()
    assert (bought["cost_of_goods"] >= 0).all()
    sold = bought[bought["amount"] >= 0]
    assert (sold["cost_of_goods"] <= sold["amount"]).all()
    for column in ("amount", "cost_of_goods"):
        assert (bought[column].round(2) == bought[column]).all()


def check_refunds(bought: pd.DataFrame) -> None:
    """Hold that each refund gives back at most one order of the last days, for the same work."""
    back = bought[bought["amount"] < 0]
    sold = bought[bought["amount"] >= 0]
    pairs = back.reset_index().merge(sold, on=["entity", "service"], suffixes=("", "_sold"))
    days = (pairs["order_date"] - pairs["order_date_sold"]).dt.days
    # A refund due on a weekend waits for Monday.
    fits = pairs[
        days.between(1, MONEY.refund_within + 2) & (-pairs["amount"] <= pairs["amount_sold"])
    ]
    assert set(fits["index"]) == set(back.index)
    assert (back["cost_of_goods"] == 0).all()


@pytest.mark.parametrize("seed", [1, 2026])
def test_orders_keep_their_laws(seed: int) -> None:
    found = company(seed)
    check_orders(found.people, found.orders, found.truth)
    check_refunds(found.orders)
    refunds = (found.orders["amount"] < 0).mean()
    assert 0.004 < refunds < 0.0075
    assert 18_000 < len(found.orders) < 30_000


@given(seed=st.integers(0, 2**32), fleets=st.integers(0, 12), drivers=st.integers(0, 40))
def test_orders_keep_their_laws_in_any_company(seed: int, fleets: int, drivers: int) -> None:
    who = crowd(fleets, drivers, days=300)
    n, chance = len(who), np.random.default_rng(seed)
    who.loc[chance.random(n) < 0.2, "joined_on"] = pd.NaT
    leaves = chance.random(n) < 0.5 * (who["kind"] == "organization")
    stay = pd.to_timedelta(chance.integers(0, 300, n), unit="D")
    who["departed_on"] = (who["joined_on"] + stay).where(leaves).astype("datetime64[us]")
    who["lead_days"] = np.where(leaves, chance.integers(0, 200, n), 0)
    bought = orders(who, MONEY, seed, AS_OF)
    truth = drivers_truth(who, MONEY, seed, AS_OF)
    check_orders(who, bought, truth)
    check_refunds(bought)
    paid = payments(bought, who, MONEY, seed, AS_OF)
    assert (bought.loc[paid["order"], "amount"] > 0).all()
    assert set(service_log(who, bought, SERVING, seed)["input"]) <= NINE


def test_the_same_seed_gives_the_same_tables_and_another_does_not() -> None:
    who = company(1).people
    again = orders(who, MONEY, 1, AS_OF)
    pd.testing.assert_frame_equal(again, company(1).orders)
    pd.testing.assert_frame_equal(service_log(who, again, SERVING, 1), company(1).log)
    pd.testing.assert_frame_equal(payments(again, who, MONEY, 1, AS_OF), company(1).payments)
    assert not orders(who, MONEY, 2, AS_OF).equals(again)
    assert not orders(who, MONEY, 1, AS_OF, part=1).equals(again)


# --- payments ---


@pytest.mark.parametrize("seed", [1, 2026])
def test_each_invoice_is_an_order_of_an_organization(seed: int) -> None:
    found = company(seed)
    fleet = (found.people["kind"] == "organization").to_numpy()[found.orders["entity"]]
    invoiced = found.orders[fleet & (found.orders["amount"] > 0).to_numpy()]
    paid = found.payments
    assert paid["order"].tolist() == invoiced.index.tolist()
    assert (paid["entity"].to_numpy() == invoiced["entity"].to_numpy()).all()
    term = (paid["due_on"].to_numpy() - invoiced["order_date"].to_numpy()).astype("timedelta64[D]")
    agreed = terms(found.people, MONEY, seed).set_index("entity")["payment_term_days"]
    assert (term.astype(int) == agreed.loc[paid["entity"]].to_numpy()).all()
    assert set(term.astype(int)) == {30, 60}
    assert (paid["paid_on"].dropna() <= pd.Timestamp(AS_OF)).all()
    assert not (paid["paid_on"].to_numpy() <= invoiced["order_date"].to_numpy()).any()
    due_long_ago = paid["due_on"] < pd.Timestamp("2026-01-01")
    assert 0 < paid["paid_on"][due_long_ago].isna().mean() < 0.01
    assert paid["paid_on"][paid["due_on"] > pd.Timestamp("2026-07-15")].isna().all()


def test_lateness_is_found_again() -> None:
    """Of 1,500 organizations: the share of late payments to 0.02, the days to 5 %, the terms."""
    who = crowd(1500, 0, rate=0.1, joined_on=np.datetime64("2024-01-01T00", "us"))
    paid = payments(orders(who, MONEY, 4, AS_OF), who, MONEY, 4, AS_OF)
    settled = paid[paid["due_on"] < pd.Timestamp("2025-10-01")].dropna()
    late_by = (settled["paid_on"] - settled["due_on"]).dt.days
    late = late_by > 0
    share = late.groupby(settled["entity"]).mean()
    assert share.mean() == pytest.approx(0.9 / (0.9 + 2.1), abs=0.02)
    planted = terms(who, MONEY, 4).set_index("entity")
    assert np.corrcoef(share, planted["late_share"][share.index])[0, 1] > 0.95
    # Days are counted up to the next whole one, which adds half a day.
    ratio = late_by[late].mean() - 0.5
    expected = planted["late_days"].loc[settled["entity"][late]].mean()
    assert ratio == pytest.approx(expected, rel=0.05)
    assert planted["late_days"].mean() == pytest.approx(MONEY.late_days, rel=0.06)
    assert (planted["payment_term_days"] == 60).mean() == pytest.approx(0.35, abs=0.04)
    assert late_by[~late].between(-MONEY.early, 0).all()


def test_credit_grades_follow_lateness_with_errors() -> None:
    """Shares late of A to D by numerical integration: normal errors of 1.2 on normal scores."""
    found = terms(crowd(20_000, 0), MONEY, 3).groupby("credit_grade")["late_share"]
    assert (found.size() / 20_000).to_numpy() == pytest.approx(MONEY.grades, abs=0.015)
    assert found.mean().to_numpy() == pytest.approx([0.142, 0.266, 0.383, 0.544], abs=0.012)
    late = terms(crowd(20_000, 0), MONEY, 3)["late_share"]
    assert stats.kstest(late, stats.beta(0.9, 2.1).cdf).pvalue > 0.01, "the grade follows it"


# --- what serving takes ---


@pytest.mark.parametrize("seed", [1, 2026])
def test_the_service_log_holds_the_nine_inputs(seed: int) -> None:
    who, log = company(seed).people, company(seed).log
    assert list(log) == ["date", "entity", "seller", "input", "hours", "cost"]
    assert set(log["input"]) == NINE == set(INPUTS)
    assert log.sort_values(["date", "entity"], kind="stable").index.equals(log.index)
    assert (log["seller"] == who["seller"].iloc[log["entity"]].to_numpy()).all()
    assert (log["cost"] > 0).all()
    cash = log["input"].isin(["sales_calls", "marketing", "literature", "samples"])
    assert (log["hours"][cash] == 0).all()
    assert (log["hours"][~cash] >= 0.1).all()
    assert (log["hours"].round(1) == log["hours"]).all()
    hourly = log["input"].map(dict(SERVING.hourly))
    assert (log["cost"] >= (log["hours"] * hourly).round(2)).all()
    joined = who["joined_on"].iloc[log["entity"]].to_numpy()
    assert (log["date"].to_numpy() >= joined).all()
    assert (log["date"] <= pd.Timestamp(AS_OF)).all()
    assert 10_000 < len(log) < 17_000


@pytest.mark.parametrize("intensity", [0.5, 4.0])
def test_cost_to_serve_follows_orders_and_intensity(intensity: float) -> None:
    who = crowd(150, 1500, intensity=intensity)
    bought = orders(who, MONEY.but(refunded=0.0), 6, AS_OF)
    log = service_log(who, bought, SERVING, 6)
    fleet = (who["kind"] == "organization").to_numpy()
    for kind, rows in (("fleet", fleet), ("driver", ~fleet)):
        n = rows[bought["entity"]].sum()
        mine = log[rows[log["entity"]]]
        expected = pd.Series(dict(getattr(SERVING, kind))) * intensity
        found = mine["input"].value_counts().reindex(expected.index, fill_value=0) / n
        assert (abs(found - expected) < 4.5 * np.sqrt(expected / n)).all(), kind
        by_hand = sum(
            rate * intensity * (SERVING.hours[name] * SERVING.hourly[name] + SERVING.expense[name])
            for name, rate in (expected / intensity).items()
        )
        assert mine["cost"].sum() / n == pytest.approx(by_hand, rel=0.08)


@pytest.mark.parametrize("seed", [1, 2, 3, 2026])
def test_the_whale_curve_is_real(seed: int) -> None:
    who, bought, _, _, log = company(seed)
    gained = (bought["amount"] - bought["cost_of_goods"]).groupby(bought["entity"]).sum()
    profit = gained.sub(log.groupby("entity")["cost"].sum(), fill_value=0)
    frame = profit.rename("profit").rename_axis("entity").reset_index()
    curve = ka.segmentation.whale_curve(frame, key="entity", profit="profit")
    assert profit.sum() > 0
    assert 1.3 <= curve.peak <= 1.7
    assert 0.15 <= curve.loss_share <= 0.35
    heavy = who.index[(who["intensity"] >= 3) & (who["margin"] <= 0.18)]
    heavy = heavy.intersection(profit.index)
    assert len(heavy) == 6
    assert (profit[heavy] < 0).all(), "large accounts that take more than they bring"
