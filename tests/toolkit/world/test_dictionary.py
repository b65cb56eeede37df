"""The catalog of tables: whole, without contradictions, and in agreement with what makes them."""

from __future__ import annotations

import keyaccounts as ka
import numpy as np
import pandas as pd
import pytest
from keyaccounts.world import card_plan
from keyaccounts.world.dictionary import _catalog, resources

TABLES = {r["name"]: r for r in resources()}
COLUMNS = {
    f"{name}.{field['name']}": field
    for name, table in TABLES.items()
    for field in table["schema"]["fields"]
}


def pointers() -> list[tuple[str, str]]:
    found = []
    for name, table in TABLES.items():
        for key in table["schema"].get("foreignKeys", []):
            there = key["reference"]
            found.append(
                (f"{name}.{key['fields'][0]}", f"{there['resource']}.{there['fields'][0]}")
            )
        for key in table["schema"].get("oneOf", []):
            found += [(f"{name}.{key['field']}", other) for other in key["in"]]
    return found


def test_keys_name_columns_that_are_there() -> None:
    for name, table in TABLES.items():
        for column in table["schema"]["primaryKey"]:
            assert COLUMNS[f"{name}.{column}"]["constraints"]["required"]


@pytest.mark.parametrize(("here", "there"), pointers(), ids=lambda name: name)
def test_pointers_lead_to_a_key_of_the_same_kind(here: str, there: str) -> None:
    assert COLUMNS[here]["type"] == COLUMNS[there]["type"]
    table, column = there.split(".")
    assert TABLES[table]["schema"]["primaryKey"] == [column]


def test_ranges_and_values_fit_the_type() -> None:
    for name, field in COLUMNS.items():
        limits = field["constraints"]
        low, high = limits.get("minimum"), limits.get("maximum")
        if field["type"] in {"string", "boolean"}:
            assert low is None, name
        else:
            assert low < high, name
            kind = {"integer": int, "number": (int, float)}.get(field["type"], str)
            assert isinstance(low, kind), name
            assert isinstance(high, kind), name
        assert len(set(limits.get("enum", []))) == len(limits.get("enum", []))


def test_a_series_becomes_its_columns() -> None:
    items = [name for name in COLUMNS if name.startswith("surveys.expectation_")]
    assert items == [f"surveys.expectation_{k:02d}" for k in range(1, 23)]  # SERVQUAL has 22 items
    last = COLUMNS["surveys.expectation_22"]
    assert last["chinese"] == "期望第22项"
    assert last["series"] == "expectation_01 … expectation_22"


@pytest.mark.parametrize(
    ("table", "groups"),
    [
        ("organizations", card_plan.ORGANIZATION_GROUPS),
        ("individuals", card_plan.INDIVIDUAL_GROUPS),
    ],
)
def test_groups_of_cards_are_those_the_cards_are_made_by(table: str, groups) -> None:
    for group, columns in groups.items():
        assert [COLUMNS[f"{table}.{c}"]["group"] for c in columns] == [group] * len(columns)


def test_eight_groups_of_an_organization_and_five_of_a_person() -> None:
    for table, number in (("organizations", 8), ("individuals", 5)):
        found = {f["group"] for f in TABLES[table]["schema"]["fields"]} - {"card"}
        assert len(found) == number


# --- what a meaning says of other columns is true ---

SAID = ("filled_where", "filled_if", "filled_only_if", "equals", "sums_to_1_by")
PROMISES = [
    (table, column, said)
    for table, entry in _catalog().items()
    for column, told in entry["columns"].items()
    for said in SAID
    if said in told
]
NOBODY_KNOWS = {  # empty because somebody did not ask, note or do a thing: no column tells
    "organizations": {"consent_on", "legal_basis", "opted_out_on", "retain_until"},
    "individuals": {
        "consent_on", "legal_basis", "opted_out_on", "retain_until", "gender", "employer",
    },
    "card_updates": {"old_value"},
    "stakeholders": {"attitude"},
    "payments": {"paid_on"},
    "contracts": {"opportunity_id"},  # a test of contracts asks for it
    "accounts": {"name", "last_order", "days_late"},  # tests of ka.accounts ask for them
    "calls": {"next_action"},
    "complaints": {"first_response_at"},
    "jobs": {"ready_at"},
}  # fmt: skip


@pytest.fixture(scope="module")
def tables(world) -> dict[str, pd.DataFrame]:
    return {**world, "accounts": ka.accounts("2025-07-01", "2026-06-30", world)}


@pytest.mark.parametrize(("table", "column", "said"), PROMISES)
def test_what_a_meaning_says_of_other_columns_is_true(tables, table, column, said) -> None:
    rows, told = tables[table], _catalog()[table]["columns"][column]

    def value(expression: str):
        return eval(expression, {**tables, **{name: rows[name] for name in rows}})

    filled = rows[column].notna()
    if said == "sums_to_1_by":
        assert rows.groupby(told[said])[column].sum().to_numpy() == pytest.approx(1)
    elif said == "equals":
        there = value(told["equals_if"]) if "equals_if" in told else np.ones(len(rows), dtype=bool)
        expected = value(told[said])[there]
        assert len(expected) > 5
        if rows[column].dtype.kind == "f":
            assert rows[column][there].to_numpy() == pytest.approx(expected.to_numpy(), abs=2e-4)
        else:
            assert (rows[column][there] == expected).all()
    else:
        true = value(told[said]).astype(bool)
        assert true.any()
        wrong = filled & ~true if said != "filled_if" else filled & False
        wrong |= ~filled & true if said != "filled_only_if" else filled & False
        assert not wrong.any(), rows[wrong].head()


def test_every_sentence_on_empty_fields_can_be_asked_or_is_of_what_nobody_knows() -> None:
    asked = {(table, column) for table, column, _ in PROMISES}
    for table, entry in _catalog().items():
        for column, told in entry["columns"].items():
            if "empty" in told["meaning"].lower():
                known = (table, column) in asked or column in NOBODY_KNOWS.get(table, ())
                assert known, f"{table}.{column}"
                assert told.get("optional"), f"{table}.{column}"
