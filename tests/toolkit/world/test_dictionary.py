"""The catalog of tables: whole, without contradictions, and in agreement with what makes them."""

from __future__ import annotations

import pytest
from keyaccounts.world import card_plan
from keyaccounts.world.dictionary import resources

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
