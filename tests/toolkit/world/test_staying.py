"""Who stays, and what shows it before: found again in the tables a student sees, in three worlds.

The answer key only compares.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from conftest import SEEDS, Company

DAY = pd.Timedelta(days=1)
WINDOW = 120  # days in which a signal counts, and in which a departure was announced by it


def planted(world: Company, name: str) -> pd.Series:
    """Return the planted numbers of a name, by place."""
    truth = world["truth_parameters"].set_index("parameter")["value"]
    found = truth[(truth.index == name) | truth.index.str.startswith(f"{name}.")]
    return found.set_axis(found.index.str.removeprefix(name).str.strip(".")).astype(float)


def logit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and standard errors of a logistic regression, by Newton steps."""
    x, beta = np.column_stack([np.ones(len(y)), x]), np.zeros(x.shape[1] + 1)
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        information = x.T @ (x * (p * (1 - p))[:, None])
        beta = beta + np.linalg.solve(information, x.T @ (y - p))
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))


def handled(world: Company) -> tuple[np.ndarray, np.ndarray]:
    """Return of each renewal the complaints handled well and not, in the term, and if it was won.

    Well is explained, and with a manner of 3 or more.
    """
    cases = world["opportunities"].query("product == 'renewal'")
    cases = cases[cases["stage"].isin(["signed", "paid", "lost"])]
    told = world["complaints"]
    well = (told["explained"] & (told["manner"] >= 3)).fillna(False).astype(bool)
    both = cases.merge(told.assign(well=well)[["customer_id", "opened_at", "well"]])
    before = (both["created_on"] - both["opened_at"].dt.normalize()).dt.days
    both = both[(before > 0) & (before < 655)]
    count = both.assign(bad=~both["well"]).groupby("opportunity_id")[["well", "bad"]].sum()
    count = count.reindex(cases["opportunity_id"], fill_value=0).to_numpy(float)
    return count, (cases["stage"] != "lost").to_numpy(float)


def test_complaints_handled_well_keep_customers(world: Company) -> None:
    count, won = handled(world)
    effect, error = logit(count[:, :1] - count[:, 1:], won)
    assert effect[1] > 1.5 * error[1]
    assert abs(effect[1] - planted(world, "care.recovery").item()) < 3 * error[1]
    (_, good, bad), _ = logit(count, won)
    assert bad < 0
    assert bad < good


def test_three_worlds_together_leave_no_doubt_of_recovery(worlds: Callable[[int], Company]) -> None:
    """Complaints handled badly cost renewals; those handled well cost less, or nothing."""
    told = [handled(worlds(seed)) for seed in SEEDS]
    count, won = (np.concatenate(part) for part in zip(*told, strict=True))
    net, error = logit(count[:, :1] - count[:, 1:], won)
    assert net[1] > 4 * error[1]
    (_, _, bad), error = logit(count, won)
    assert bad < -3 * error[2]


def test_complaints_handled_badly_come_back(world: Company) -> None:
    told = world["complaints"].dropna(subset=["manner"])
    well = (told["explained"] & (told["manner"] >= 3)).astype(bool)
    back = told.groupby(well)["reopened"].agg(["mean", "size"])
    for was_well, name in ((True, "reopened"), (False, "reopened_poor")):
        p = planted(world, f"care.{name}").item()
        error = np.sqrt(p * (1 - p) / back.loc[was_well, "size"])
        assert abs(back.loc[was_well, "mean"] - p) < 3 * error


def test_a_chart_names_the_slow_quarter(world: Company) -> None:
    """Mean log hours until the first response, in limits of three standard errors."""
    told = world["complaints"].dropna(subset=["first_response_at"])
    hours = (told["first_response_at"] - told["opened_at"]) / pd.Timedelta(hours=1)
    told = told.assign(log=np.log(hours), quarter=told["opened_at"].dt.to_period("Q").astype(str))
    factor = planted(world, "care.slow")
    slow = factor.idxmax().replace("_", " ").title()
    one = told[told["workshop"] == slow].groupby("quarter")["log"].agg(["mean", "size"])
    usual, spread = told["log"].median(), told["log"].std()
    above = (one["mean"] - usual) / (spread / np.sqrt(one["size"]))
    assert above.idxmax() == "2025Q4"
    assert above["2025Q4"] > 3
    assert (above.drop("2025Q4").abs() < 3).all()


def test_credit_grades_tell_who_pays_late(world: Company) -> None:
    paid = world["payments"].dropna(subset=["paid_on"]).merge(world["orders"], on="order_id")
    late = (paid["paid_on"] > paid["due_on"]).groupby(paid["customer_id"]).mean()
    grade = world["organizations"].set_index("customer_id")["credit_grade"]
    share = late.groupby(grade.reindex(late.index)).mean()
    assert share.index.tolist() == list("ABCD")
    assert share.is_monotonic_increasing
    assert share["D"] - share["A"] > 0.2


def test_the_reminder_brings_drivers_back(world: Company) -> None:
    arms = world["reminders"].groupby("arm")["returned"].agg(["mean", "size"])
    effect = arms.loc["reminder", "mean"] - arms.loc["control", "mean"]
    error = np.sqrt((arms["mean"] * (1 - arms["mean"]) / arms["size"]).sum())
    assert abs(effect - planted(world, "care.reminder_effect").item()) < 3 * error


def test_the_workshop_that_breaks_its_promises_is_found(world: Company) -> None:
    jobs = world["jobs"].dropna(subset=["ready_at"])
    late = jobs["ready_at"] > jobs["promised_at"]
    service = jobs["order_id"].map(world["orders"].set_index("order_id")["service"])
    shop = jobs["workshop"].str.lower().str.replace(" ", "_")
    effects = planted(world, "care.late_workshop")
    by = late.groupby([shop, service.rename("service")]).agg(["mean", "size"]).reset_index()
    odds = by["workshop"].map(effects) + by["service"].map(planted(world, "care.late_service"))
    p = 1 / (1 + np.exp(-odds))
    assert (abs(by["mean"] - p) < 4 * np.sqrt(p * (1 - p) / by["size"])).all()
    assert late.groupby(shop).mean().idxmax() == effects.idxmax()


# --- two of six signals ---


def signs(world: Company, day: pd.Timestamp) -> pd.DataFrame:
    """Return which of the six signals each account shows on a day; accounts that order, only."""
    ids = world["organizations"]["customer_id"]

    def count(name: str, column: str, first: int, last: int, query: str) -> np.ndarray:
        rows = world[name].query(query)
        ago = (day - rows[column].dt.normalize()).dt.days
        rows = rows[(ago >= first) & (ago < last)]
        return rows["customer_id"].value_counts().reindex(ids, fill_value=0).to_numpy()

    recent = count("orders", "order_date", 0, 90, "amount > 0")
    before = count("orders", "order_date", 90, 360, "amount > 0") / 3
    scores = world["signals"].query("signal == 'relation_score' and noted_on <= @day")
    score = scores.groupby("customer_id")["value"]
    found = {
        "volume": recent < 0.65 * before,
        "complaints": count("complaints", "opened_at", 0, 90, "topic != ''") >= 2,
        "relation": (score.last() <= score.median() - 1).reindex(ids, fill_value=False).to_numpy(),
    }
    for name in ("rival_praised", "strategy_change", "ownership_change"):
        found[name] = count("signals", "noted_on", 0, WINDOW, f"signal == '{name}'") >= 1
    return pd.DataFrame(found, index=ids)[before >= 4]


def test_two_of_six_signals_announce_departures(world: Company) -> None:
    truth = world["truth_customers"].set_index("customer_id")
    parts = []
    for day in pd.date_range("2023-01-31", "2026-02-28", freq="ME"):  # all departures are known
        shown = signs(world, day).sum(axis=1) >= 2
        ahead = (truth["departed_on"].reindex(shown.index) - day).dt.days
        parts.append(pd.DataFrame({"shown": shown, "ahead": ahead})[~(ahead < 0)])
    seen = pd.concat(parts)
    leaves = seen["ahead"] <= WINDOW
    assert leaves[seen["shown"]].mean() > 4 * leaves.mean(), "precision, against guessing"
    leaving = seen[leaves].groupby(level=0)
    caught, lead = leaving["shown"].any(), truth["lead_days"]
    warned = lead.reindex(caught.index) > 0
    assert caught[warned].mean() > 0.75
    assert caught[~warned].mean() < 0.5, "who leaves unannounced is missed"
    first = seen[leaves & seen["shown"]].groupby(level=0)["ahead"].max()
    assert 40 < first.median() <= lead[caught.index[warned]].median()
