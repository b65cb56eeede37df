"""By what right cards are kept, which fleets hide among drivers, what customers say and pay."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import SEEDS
from keyaccounts.world.parameters import planted
from scipy import stats

TODAY = pd.Timestamp("2026-06-30")


@pytest.fixture(scope="module", params=SEEDS)
def seed(request) -> int:
    return request.param


@pytest.fixture
def world(seed, worlds) -> dict[str, pd.DataFrame]:
    return worlds(seed)


@pytest.fixture
def plan(seed):
    return planted(seed).cards


def both(world) -> pd.DataFrame:
    files = (world[table] for table in ("organizations", "individuals"))
    return pd.concat(files).set_index("customer_id")


def close(hits: pd.Series, share: float) -> bool:
    return stats.binomtest(int(hits.sum()), len(hits), share).pvalue > 1e-4


def test_a_card_is_kept_on_some_ground_or_a_gate_finds_it(world, plan) -> None:
    cards = both(world)
    last = world["orders"].groupby("customer_id")["order_date"].max().reindex(cards.index)
    asked = cards["consent_on"].notna()
    assert last[cards["legal_basis"] == "contract"].notna().all()
    assert close(cards.loc[last.notna(), "legal_basis"].isna(), plan.basis_missing)
    untrue = (cards["legal_basis"] == "consent") & ~asked
    assert 5 < untrue.sum() < 100
    assert cards.loc[(cards["legal_basis"] == "consent") & asked & last.isna()].shape[0] > 300
    opted = cards["opted_out_on"].notna()
    assert close(opted, plan.opted_out)
    assert (cards["opted_out_on"] >= cards["created_on"])[opted].all()
    second = world["truth_duplicates"]
    hands = cards["seller_id"]
    other = hands[second["customer_id"]].to_numpy() != hands[second["same_as"]].to_numpy()
    assert other.mean() > 0.7


def test_cards_past_their_day_follow_from_the_rule(world, plan) -> None:
    cards = both(world)
    last = world["orders"].groupby("customer_id")["order_date"].max().reindex(cards.index)
    known = cards["retain_until"].notna()
    assert close(~known, plan.until_missing)
    day = last.fillna(cards["created_on"])[known] + pd.DateOffset(years=3)
    until = cards["retain_until"][known]
    longer = until.dt.year - day.dt.year
    assert set(longer) <= {0, 2, 4}
    due = day < pd.Timestamp(TODAY.year, 1, 1)
    assert (longer[~due] == 0).all()
    assert close(longer[due] > 0, plan.kept_longer)
    assert 50 < (until < TODAY).sum() < 0.1 * len(cards)


def test_hidden_fleets_are_found_by_employer_once_second_cards_are_put_together(world) -> None:
    def firm(name: pd.Series) -> pd.Series:
        return name.str.casefold().str.removesuffix(" co., ltd.")

    owner = world["truth_duplicates"].set_index("customer_id")["same_as"]
    cards = world["individuals"].assign(employer=lambda rows: firm(rows["employer"]))
    first = cards["customer_id"].map(owner).fillna(cards["customer_id"])
    one = cards.groupby(first)[["employer", "vehicles"]].first()
    fleet = one.groupby("employer")["vehicles"].sum()
    found = set(fleet.index[fleet >= 3]) - set(firm(world["organizations"]["name"]).dropna())
    truth = world["truth_fleets"]
    assert truth.groupby("employer")["vehicles"].sum().min() >= 3
    hidden = set(firm(truth["employer"]))
    assert len(hidden) == 12
    assert found <= hidden
    assert len(found) >= 9
    # Second cards counted twice make fleets where there are none.
    twice = cards.groupby("employer")["vehicles"].sum()
    assert not set(twice.index[twice >= 3]) <= hidden


def test_remarks_show_eight_kinds_of_need_and_a_coder_who_errs(world, plan) -> None:
    said = world["remarks"].merge(world["truth_remarks"], on="remark_id", suffixes=("", "_true"))
    assert 400 < len(said) < 900
    assert said["need_kind_true"].nunique() == 8
    assert close(said["need_kind"] != said["need_kind_true"], plan.coder_wrong)
    needs = world["individuals"].set_index("customer_id")["needs"]
    card = said["customer_id"].map(needs)
    noted = card.notna()
    assert close((said["need_kind_true"] == card)[noted], 0.5 + 0.5 / 8)
    opened = said["customer_id"].map(both(world)["created_on"])
    assert said["date"].between(opened, TODAY).all()


def test_the_price_list_fits_what_fleets_pay(world) -> None:
    listed = world["prices"].set_index("service")
    assert len(listed) == 5 * 4
    assert (listed["cost_of_goods"] < listed["price"]).all()
    year = listed.assign(spent=listed["price"] * listed["times_a_year"])
    car, truck = (
        year.loc[year["vehicle_class"] == kind, "spent"].sum() for kind in ("car", "truck")
    )
    trucks = world["orders"].merge(world["organizations"], on="customer_id")
    usual = trucks["amount"].mean() * year["times_a_year"][year["vehicle_class"] == "car"].sum()
    assert car < usual < truck
    assert truck / car == pytest.approx(2.2, abs=0.02)
