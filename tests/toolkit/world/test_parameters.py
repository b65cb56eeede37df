"""What is planted stands in one catalog, with a sentence each, and is drawn for each world."""

from __future__ import annotations

import datetime as dt

import pytest
from keyaccounts.world.parameters import Parameters, catalog, listed, planted

ENTRIES = [(f"{s}.{n}", entry) for s, entries in catalog().items() for n, entry in entries.items()]
WAYS = {"spread", "shift", "odds", "permute", "fixed"}


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=[name for name, _ in ENTRIES])
def test_each_number_says_what_it_is_and_how_another_world_draws_it(name: str, entry: dict) -> None:
    assert set(entry) <= {"value", "of", "says", "scales", "alike", "elsewhere", *WAYS}
    assert entry["says"].endswith(".")
    assert not {"\n", "  "} & {*entry["says"]}
    assert set(entry) & WAYS
    assert len({*entry} & {"fixed", "spread", "shift", "odds"}) == 1 or "permute" in entry
    value = entry["value"]
    if isinstance(value, list):
        assert len(entry["of"]) == len(value)
        value = dict(zip(entry["of"], value, strict=True))
    if "odds" in entry:
        shares = value.values() if isinstance(value, dict) else [value]
        assert all(0 <= share <= 1 for share in shares)


def test_the_course_has_the_numbers_of_the_catalog() -> None:
    course = planted()
    assert course.pipeline.advance == catalog()["pipeline"]["advance"]["value"]
    assert course.pipeline.blockers == (-0.5, -0.4, -0.9, -0.6)
    assert course.channels.responds["letters"] == 0.07
    assert course.opened == dt.date(2022, 1, 3)
    assert course.days == 1639


def test_nothing_planted_can_be_set() -> None:
    course: Parameters = planted()
    with pytest.raises(AttributeError, match="stays"):
        course.money.r = 2.0
    with pytest.raises(TypeError):
        course.channels.responds["letters"] = 0.9
    with pytest.raises(AttributeError, match="no 'rate' is planted here, but r, alpha"):
        course.money.but(rate=1)
    assert course.money.but(r=2.0).r == 2.0
    assert course.money.r == 1.2


def test_all_of_it_is_listed_once() -> None:
    rows = [*listed(planted())]
    names = [name for name, _, _ in rows]
    assert len({*names}) == len(names) > 300
    assert {name: value for name, value, _ in rows}["pipeline.blockers.few_vehicles"] == -0.4
