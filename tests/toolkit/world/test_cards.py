"""Cards tell the story of the true customers, and what is planted in them can be found again."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd
import pytest
from card_people import AS_OF, true_customers
from keyaccounts.errors import ColumnError, DataError
from keyaccounts.world import names
from keyaccounts.world.card_faults import FAULTS
from keyaccounts.world.card_plan import (
    ABOUT_THE_CARD,
    INFORMATION_SOURCES,
    LEAD_SOURCES,
    PLAN,
    columns,
    slack,
)
from keyaccounts.world.cards import (
    INDIVIDUAL_GROUPS,
    ORGANIZATION_GROUPS,
    card_tables,
    with_transactions,
)
from keyaccounts.world.stakeholders import ROLES
from scipy import stats

TODAY = pd.Timestamp(AS_OF)
PEOPLE = true_customers()
TABLES = card_tables(PEOPLE, 7, AS_OF)
FIRST_FIRMS = TABLES["organizations"].head(240)
FIRST_DRIVERS = TABLES["individuals"].head(3000)
FIRMS_TRUTH, DRIVERS_TRUTH = PEOPLE.head(240), PEOPLE.tail(3000)


def as_bytes(tables: dict[str, pd.DataFrame]) -> dict[str, bytes]:
    return {name: table.to_csv(index=False).encode() for name, table in tables.items()}


# -------------------------------------------------------------------------------- schema


def test_the_groups_are_the_eight_and_the_five_of_the_curriculum() -> None:
    assert list(ORGANIZATION_GROUPS) == [
        "identity_address", "operations", "market", "volume", "finance_credit",
        "organization_purchasing_policy", "transactions", "development",
    ]  # fmt: skip
    assert list(INDIVIDUAL_GROUPS) == ["basics", "economic", "special", "needs", "info_channels"]
    for groups, table in (
        (ORGANIZATION_GROUPS, "organizations"),
        (INDIVIDUAL_GROUPS, "individuals"),
    ):
        fields = [field for group in groups.values() for field in group]
        assert len(fields) == len(set(fields))
        assert all(len(group) >= 2 for group in groups.values())
        assert {"card", *ABOUT_THE_CARD, *fields} == set(TABLES[table].columns)
        assert list(TABLES[table].columns) == columns(groups)


def test_cards_are_numbered_once_over_both_kinds() -> None:
    numbers = [*TABLES["organizations"]["card"], *TABLES["individuals"]["card"]]
    assert sorted(numbers) == list(range(240 + 3000 + 18 + 160))
    assert FIRST_FIRMS["card"].tolist() == list(range(240))
    assert FIRST_DRIVERS["card"].tolist() == list(range(240, 3240))


def test_days_are_days_and_numbers_are_numbers() -> None:
    for name, table in TABLES.items():
        for column in table.columns[table.dtypes.astype(str) == "object"]:  # text, before pandas 3
            assert pd.api.types.infer_dtype(table[column], skipna=True) == "string", (name, column)
        for column in table.columns[table.columns.str.endswith("_on")]:
            assert table[column].dtype == "datetime64[us]", column
            assert (table[column].dropna() == table[column].dropna().dt.normalize()).all()


def test_tables_are_small() -> None:
    size = {name: len(text) for name, text in as_bytes(TABLES).items()}
    assert sum(size.values()) <= 1_300_000
    assert size["card_updates"] <= 450_000


def test_words_are_those_of_the_dictionary() -> None:
    firms, drivers = TABLES["organizations"], TABLES["individuals"]
    for table in (firms, drivers):
        assert set(table["lead_source"].dropna()) == set(LEAD_SOURCES)
        assert set(table["information_source"].dropna()) <= set(INFORMATION_SOURCES)
        assert table["district"].dropna().between(0, 5).all()
    assert len(LEAD_SOURCES) == 8
    assert len(INFORMATION_SOURCES) == 9
    assert set(firms["nature"].dropna()) == {"state", "private", "government"}
    assert set(firms["credit_grade"].dropna()) == set("ABCD")
    assert firms["outlook"].dropna().between(1, 5).all()
    assert drivers["price_sensitivity"].dropna().between(1, 5).all()


def test_every_number_and_address_is_nobodys() -> None:
    phones = pd.concat([TABLES["organizations"]["phone"], TABLES["individuals"]["phone"]]).dropna()
    updated = TABLES["card_updates"].query("field == 'phone'")["old_value"]
    for phone in [*phones, *updated]:
        assert re.fullmatch(r"000-555\d-\d{4}", names.dashed(phone))
    mails = pd.concat([TABLES["organizations"]["email"], TABLES["individuals"]["email"]]).dropna()
    old = TABLES["card_updates"].query("field == 'email'")["old_value"]
    reserved = r"[a-z.]+@(example\.(com|net|org)|[a-z-]+\.example)"
    assert pd.concat([mails, old]).str.fullmatch(reserved).all()
    sites = TABLES["organizations"]["website"].dropna()
    assert sites.str.fullmatch(r"https://[a-z-]+\.example").all()
    assert TABLES["vehicles"]["plate"].str.fullmatch(r"DEMO-\d{5}").all()
    assert TABLES["vehicles"]["plate"].is_unique


# --------------------------------------------------------------------------------- story


@pytest.mark.parametrize("column", ["vehicles", "district"])
def test_what_a_card_holds_of_the_truth_is_true(column: str) -> None:
    for cards, truth in ((FIRST_FIRMS, FIRMS_TRUTH), (FIRST_DRIVERS, DRIVERS_TRUTH)):
        known = cards[column].notna().to_numpy()
        assert (cards[column][known].to_numpy() == truth[column][known].to_numpy()).all()
        assert (cards["created_on"].to_numpy() == truth["created_on"].to_numpy()).all()


def test_a_firm_that_never_came_has_ordered_nothing() -> None:
    never = FIRMS_TRUTH["joined_on"].isna().to_numpy()
    assert (FIRST_FIRMS["orders_last_year"][never].dropna() == 0).all()
    first, joined = FIRST_FIRMS["first_order_on"], FIRMS_TRUTH["joined_on"]
    assert (first.isna().to_numpy() == never).all()
    assert (first[~never] == joined[~never]).all()
    assert not (FIRST_FIRMS["current_shop"][never] == "us").any()


def test_nothing_of_the_truth_behind_it_is_on_a_card() -> None:
    for table in ("organizations", "individuals", "stakeholders", "vehicles"):
        assert not {"quality", "intensity", "margin", "entity"} & set(TABLES[table].columns)


def test_what_a_seller_thinks_is_near_the_truth_and_not_equal_to_it() -> None:
    for column in ("outlook", "growth_rate"):
        value = FIRST_FIRMS[column].astype(float).to_numpy()
        known = ~np.isnan(value)
        rank = stats.spearmanr(value[known], FIRMS_TRUTH["quality"].to_numpy()[known]).statistic
        assert 0.25 < rank < 0.9, column


def test_leave_to_keep_data_is_asked_after_the_card_was_opened() -> None:
    for cards in (FIRST_FIRMS, FIRST_DRIVERS):
        known = cards["consent_on"].notna()
        assert (cards["consent_on"] >= cards["created_on"])[known].all()
        assert (cards["consent_on"] <= TODAY)[known].all()


def test_the_transactions_of_a_card_are_those_billed() -> None:
    cards = FIRST_FIRMS.head(3).assign(orders_last_year=pd.array([5, None, 7], dtype="Int64"))
    # The 365 days up to 30 June 2026 begin on 1 July 2025.
    days = ["2024-05-01", "2025-06-30", "2025-07-01", "2026-06-30", "2026-07-01", "2026-01-01"]
    orders = pd.DataFrame({"card": [0, 0, 0, 0, 0, 1], "order_date": pd.to_datetime(days)})
    found = with_transactions(cards, orders, AS_OF)
    assert found["orders_last_year"].fillna(-1).tolist() == [2, -1, 0]
    assert found["first_order_on"].dt.strftime("%Y-%m-%d").fillna("").tolist() == [
        "2024-05-01", "2026-01-01", "",
    ]  # fmt: skip


# --------------------------------------------------------------------------- stakeholders


def test_three_to_seven_people_decide_and_more_in_larger_firms() -> None:
    size = TABLES["stakeholders"].groupby("card").size()
    assert size.index.tolist() == list(range(240))
    assert set(size) == {3, 4, 5, 6, 7}
    assert stats.spearmanr(size, FIRMS_TRUTH["vehicles"]).statistic > 0.6
    known = FIRST_FIRMS["decision_chain_length"].notna()
    assert (FIRST_FIRMS["decision_chain_length"][known].to_numpy() == size[known]).all()


def test_weights_add_up_to_one() -> None:
    thousandths = TABLES["stakeholders"]["weight"].mul(1000).round(6)
    assert (thousandths == thousandths.round()).all()
    assert (thousandths.groupby(TABLES["stakeholders"]["card"]).sum() == 1000).all()
    assert (thousandths > 0).all()


def test_roles_are_the_six_and_somebody_decides() -> None:
    people = TABLES["stakeholders"]
    assert set(people["role"]) == set(ROLES) == {
        "decision", "technical_management", "procurement_finance", "user_management",
        "user_operation", "technical_operation",
    }  # fmt: skip
    assert (people[people["role"] == "decision"].groupby("card").size() == 1).all()
    management = people[~people["role"].str.contains("operation")]
    assert not management.duplicated(["card", "role"]).any()
    assert set(people["level"]) == {"decision", "management", "operation"}
    assert set(people["function"]) == {"technology", "procurement_finance", "use"}


def test_people_think_better_of_us_where_we_serve_better() -> None:
    people = TABLES["stakeholders"]
    quality = people["card"].map(PEOPLE["quality"])
    known = people["attitude"].notna()
    assert set(people["attitude"].dropna()) == {-2, -1, 0, 1, 2}
    assert stats.spearmanr(people["attitude"][known].astype(int), quality[known]).statistic > 0.4
    assert stats.spearmanr(people["organizational_interest"], quality).statistic > 0.4
    for interest in ("organizational_interest", "personal_interest"):
        assert people[interest].between(0, 1).all()
    low, high = stats.binomtest((~known).sum(), len(people)).proportion_ci(0.999)
    assert low < 0.15 < high


# ------------------------------------------------------------------------------- vehicles


def test_fleets_of_three_or_more_are_listed_vehicle_by_vehicle() -> None:
    listed = TABLES["vehicles"].groupby("card").size()
    firm = PEOPLE["kind"] == "organization"
    expected = PEOPLE["vehicles"][firm | (PEOPLE["vehicles"] >= 3)]
    assert listed.to_dict() == expected.to_dict()
    assert TABLES["vehicles"]["model"].str.startswith("Demo ").all()
    assert (TABLES["vehicles"]["kilometers"] >= 0).all()
    on_demand = TABLES["vehicles"]["maintenance_plan"] == "on_demand"
    assert TABLES["vehicles"]["next_service_on"].isna().equals(on_demand)


# ---------------------------------------------------------------------- what is planted


@pytest.mark.parametrize("kind", ["organizations", "individuals"])
def test_gaps_have_the_shares_planted(kind: str) -> None:
    cards = FIRST_FIRMS if kind == "organizations" else FIRST_DRIVERS
    gaps = PLAN.organization_gaps if kind == "organizations" else PLAN.individual_gaps
    badly = (slack(PEOPLE)[cards["card"]] > 1).to_numpy()
    assert badly.mean() == pytest.approx(1 / 3, abs=0.1)
    for column, share in gaps.items():
        more = min(1.5 * share, max(share, 0.95))  # one team keeps its cards badly
        for those, expected in ((~badly, share), (badly, more)):
            missing = int(cards[column][those].isna().sum())
            assert stats.binomtest(missing, int(those.sum()), expected).pvalue > 1e-4, column
    full = set(cards.columns) - set(gaps) - {"first_order_on"}
    assert cards[[*full]].notna().all(axis=None)


def test_the_card_holds_what_was_written_last() -> None:
    updates = TABLES["card_updates"]
    cards = pd.concat([FIRST_FIRMS.astype(object), FIRST_DRIVERS.astype(object)]).set_index("card")
    last = updates.groupby(["card", "field"])["new_value"].last()
    assert len(last) > 1500
    for (card, field), value in last.items():
        assert value == str(cards.loc[card, field])


def test_updates_are_a_chain_of_changes_in_order_of_days() -> None:
    updates = TABLES["card_updates"]
    assert updates.equals(updates.sort_values(["card", "field", "updated_on"], ignore_index=True))
    assert not updates.duplicated(["card", "field", "updated_on"]).any()
    assert (updates["old_value"] != updates["new_value"]).all()
    before = updates.groupby(["card", "field"])["new_value"].shift()
    later = before.notna()
    assert later.sum() > 100
    assert (updates["old_value"] == before)[later].all()
    assert (updates["updated_on"] <= TODAY).all()
    assert set(updates["source"]) <= set(INFORMATION_SOURCES)


def test_a_share_of_cards_was_never_touched_again() -> None:
    old = FIRST_FIRMS["created_on"] < TODAY - pd.Timedelta(days=3 * 365)
    touched = FIRST_FIRMS["card"].isin(TABLES["card_updates"]["card"])
    # Of cards that are not neglected hardly one stays as it is for three years.
    untouched = int((~touched[old]).sum())
    assert stats.binomtest(untouched, int(old.sum()), PLAN.neglected).pvalue > 1e-3


def test_one_team_looks_at_its_cards_more_seldom() -> None:
    cards = pd.concat([FIRST_FIRMS, FIRST_DRIVERS])["card"]
    changes = TABLES["card_updates"]["card"].value_counts().reindex(cards).fillna(0)
    badly = slack(PEOPLE)[cards] > 1
    assert 0.35 < changes[badly].mean() / changes[~badly].mean() < 0.65  # 1 / 1.5, and more gaps


def test_a_card_knows_nothing_of_a_departure_before_somebody_has_seen_it() -> None:
    looked = TABLES["card_updates"].groupby("card")["updated_on"].max().reindex(PEOPLE.index)
    gone = PEOPLE["departed_on"].notna()
    seen = gone & (PEOPLE["departed_on"] <= looked)
    assert gone.sum() > seen.sum() > 10
    unseen = PEOPLE.assign(departed_on=PEOPLE["departed_on"].where(seen))
    ahead = PEOPLE["departed_on"].mask(PEOPLE.index % 7 == 3, TODAY + pd.Timedelta(days=60))
    for people in (unseen, PEOPLE.assign(departed_on=ahead.where(~gone, PEOPLE["departed_on"]))):
        other = card_tables(people, 7, AS_OF)["organizations"].head(240)
        written = [c for c in other if c not in {"first_order_on", "orders_last_year"}]
        assert other[written].equals(FIRST_FIRMS[written])
    left = FIRST_FIRMS["current_shop"][seen[:240]].dropna()
    assert len(left) > 10
    assert not (left == "us").any()
    assert (FIRST_FIRMS["current_shop"][(gone & ~seen)[:240]] == "us").any()


def test_each_impossible_date_is_in_the_truth_and_no_other() -> None:
    firms, drivers = TABLES["organizations"], TABLES["individuals"]
    opened = pd.concat([firms, drivers]).set_index("card")["created_on"]
    vehicles, updates = TABLES["vehicles"], TABLES["card_updates"]
    age = drivers["created_on"].dt.year - drivers["birth_year"]
    new = pd.to_datetime(vehicles["model_year"].astype(str) + "-01-01")
    wrong = {
        "founded_after_card": firms["founded_year"] > firms["created_on"].dt.year,
        "born_too_early": age > 110,
        "born_in_future": age < 0,
        "service_before_vehicle": vehicles["next_service_on"] < new,
        "update_before_card": updates["updated_on"] < updates["card"].map(opened),
    }
    truth = TABLES["card_faults"]
    assert set(truth["fault"]) == set(FAULTS) == set(wrong)
    for fault, rows in wrong.items():
        planted = truth[truth["fault"] == fault]
        assert np.flatnonzero(rows.fillna(False)).tolist() == planted["row"].tolist(), fault
        assert len(planted) == 3
        table = TABLES[planted["table"].iloc[0]]
        assert table["card"].to_numpy()[planted["row"]].tolist() == planted["card"].tolist()
        assert set(planted["field"]) <= set(table.columns)
    assert (drivers["birth_year"][wrong["born_in_future"].fillna(False)] > AS_OF.year).all()


# ------------------------------------------------------------ second cards and lookalikes


def plain(text: str) -> str:
    """Write a name as a plain method compares it: no case, no marks, no legal form."""
    words = re.sub(r"[^\w ]", "", unicodedata.normalize("NFKC", text).casefold()).split()
    words = [word for word in words if word not in {"co", "ltd", "group"}]
    return re.sub("(集团)?有限公司$", "", " ".join(sorted(words)))


def evidence(card: pd.Series) -> set[str]:
    """Return what a card can be told by: its number, and its names."""
    found = {plain(card[column]) for column in ("name", "chinese_name") if pd.notna(card[column])}
    if pd.notna(card["phone"]):
        found.add(re.sub(r"\D", "", unicodedata.normalize("NFKC", card["phone"])))
    return found


def test_second_cards_are_of_customers_and_later() -> None:
    truth = TABLES["duplicates"]
    cards = pd.concat([TABLES["organizations"], TABLES["individuals"]]).set_index("card")
    first = cards.loc[truth["entity"], "created_on"].to_numpy()
    second = cards.loc[truth["card"], "created_on"].to_numpy()
    assert (second - first >= np.timedelta64(90, "D")).all()
    assert (TODAY.to_datetime64() - second >= np.timedelta64(60, "D")).all()
    people = PEOPLE.loc[truth["entity"]]
    assert people["joined_on"].notna().all()
    assert people["departed_on"].isna().all()
    assert truth["entity"].is_unique


def test_every_slip_is_there() -> None:
    truth = TABLES["duplicates"]
    assert set(truth["name_slip"]) == {
        "legal_form", "no_legal_form", "swapped", "misspelled", "chinese_only", "latin_only",
        "given_first", "same",
    }  # fmt: skip
    assert set(truth["phone_slip"]) == {*names.PHONE_FORMS, "changed", "missing"}
    cards = pd.concat([TABLES["organizations"], TABLES["individuals"]]).set_index("card")
    twin, first = cards.loc[truth["card"]], cards.loc[truth["entity"]]
    by_slip = truth.set_index("card")
    only = twin[by_slip["name_slip"] == "chinese_only"]
    assert only["name"].isna().all()
    assert only["chinese_name"].notna().all()
    moved = (twin["address"].to_numpy() != first["address"].to_numpy()) & (
        by_slip["address_slip"] == "moved"
    ).to_numpy()
    assert moved.sum() == (truth["address_slip"] == "moved").sum()
    missing = twin["phone"].isna().to_numpy()
    assert (missing == (truth["phone_slip"] == "missing").to_numpy()).all()


def test_lookalikes_are_alike_and_different() -> None:
    cards = pd.concat([TABLES["organizations"], TABLES["individuals"]]).set_index("card")
    pairs = TABLES["lookalikes"]
    assert pairs["how"].value_counts().to_dict() == {
        "lookalike": 3 + 8, "shared_phone": 1 + 10, "namesake": 6,
    }  # fmt: skip
    for one, other, how in pairs.itertuples(index=False):
        a, b = cards.loc[one], cards.loc[other]
        if how == "shared_phone":
            assert names.dashed(a["phone"]) == names.dashed(b["phone"])
            assert a["address"] == b["address"]
            assert a["name"] != b["name"]
        elif how == "namesake":
            assert a["name"] == b["name"]
            assert pd.isna(a["email"]) or a["email"] != b["email"]
        else:
            words = 2 if one < 240 else 1  # the brand of a firm, the family of a person
            assert a["name"].split()[:words] == b["name"].split()[:words]
            assert a["address"].split(" ", 1)[1] == b["address"].split(" ", 1)[1]
            assert not evidence(a) & evidence(b)
    assert not set(np.ravel(pairs[["entity", "other"]])) & set(TABLES["duplicates"]["entity"])


# ---------------------------------------------------------------------------- in general


def test_a_seed_makes_the_same_cards_again_and_another_makes_others() -> None:
    small = true_customers(3, organizations=40, individuals=150)
    plan = PLAN.but(organization_twins=4, individual_twins=5)
    once = as_bytes(card_tables(small, 3, AS_OF, plan))
    assert once == as_bytes(card_tables(small.copy(), 3, AS_OF, plan))
    other = as_bytes(card_tables(small, 4, AS_OF, plan))
    assert all(once[name] != other[name] for name in once)


@pytest.mark.parametrize(("organizations", "individuals"), [(0, 0), (1, 0), (0, 1), (6, 4)])
def test_small_worlds_have_cards_too(organizations: int, individuals: int) -> None:
    people = true_customers(5, organizations, individuals)
    tables = card_tables(people, 5, AS_OF)
    twins = tables["duplicates"]["card"].to_numpy()
    firsts = ~np.isin(tables["organizations"]["card"], twins)
    assert firsts.sum() == organizations
    assert (~np.isin(tables["individuals"]["card"], twins)).sum() == individuals


def test_nothing_planted_leaves_full_and_single_cards() -> None:
    lists = {f"{kind}_gaps": {} for kind in ("organization", "individual")}
    lists |= {f"{kind}_renewals": {"phone": 0.0} for kind in ("organization", "individual")}
    none = {name: 0 for name, value in vars(PLAN).items() if isinstance(value, int | float)}
    plan = PLAN.but(**{**none, **lists, "slack": (1.0,)})
    tables = card_tables(true_customers(5, 20, 60), 5, AS_OF, plan)
    assert tables["organizations"].drop(columns="first_order_on").notna().all(axis=None)
    assert tables["individuals"].notna().all(axis=None)
    for name in ("duplicates", "lookalikes", "card_faults", "card_updates"):
        assert tables[name].empty, name


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda p: p.drop(columns="margin"), ColumnError, "no column 'margin'"),
        (lambda p: p.iloc[::-1], DataError, "row 0 has the index 5"),
        (lambda p: p.iloc[::-1].reset_index(drop=True), DataError, "row 4 is an organization"),
        (lambda p: p.assign(acquired_by="magic"), DataError, "row 0 holds 'magic'"),
    ],
)
def test_bad_people(change, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        card_tables(change(true_customers(5, 2, 4)), 5, AS_OF)
