"""The door: what a method wants of a column it gets, or one sentence about a row; on every engine.

Faults of columns are tried here, and not again at each method.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from engines import Engine, plain
from keyaccounts import frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.purchases import summarize

DAYS = [dt.date(2026, 1, 1), dt.date(2026, 1, 2), None, dt.date(2026, 1, 4)]
TABLE = pd.DataFrame(
    {
        "who": ["D", "B", "C", "A"],
        "hours": [1.5, np.nan, 0.0, -2.0],
        "rank": [3, 1, 2, 7],
        "came": [True, False, True, True],
        "tier": ["vip", None, "prospect", "vip"],
        "on": pd.Series(DAYS, dtype=object),
        "text": ["2026-01-31", "2026-02-30", "2026-03-31 12:00", "soon"],
    }
)

FAULTS = [
    (frames.number("hours"), "missing or not finite", 1, "is 'B'. Fill in a finite number"),
    (frames.number("hours", known=False, low=0), "below 0", 1, "'A' and 'hours' is -2. Correct"),
    (frames.number("rank", low=1, high=5), "above 5", 1, "'A' and 'rank' is 7. Correct it"),
    (frames.number("rank", low=2), "below 2", 1, "'B' and 'rank' is 1. Correct it"),
    (frames.number("rank", high=0), "above 0", 4, "'rank' is "),
    (frames.number("hours", known=False, size=1.9), "too large", 1, "Give all in a larger unit"),
    (frames.number("rank", low=2, mend="Count from two"), "below 2", 1, "1. Count from two or"),
    (frames.flag("rank"), "neither true nor false, nor 1 or 0", 3, "Give true or false, or 1"),
    (frames.flag("hours"), "missing", 1, "is 'B'. Fill it in"),
    (frames.word("tier"), "missing", 1, "is 'B'. Fill it in"),
    (frames.word("tier", known=False, among=("vip", "new")), "none of vip, new", 1,
     "'C' and 'tier' is 'prospect'. Name one of these"),
    (frames.day("on"), "missing", 1, "is 'C'. Fill it in"),
    (frames.day("text"), "not a day", 2, "Write days like 2026-03-31 or leave these rows out"),
    (frames.day("text", known=False), "not a day", 2, "like 2026-03-31, or nothing, or leave"),
    (frames.key("tier"), "missing", 1, "is 'B'. Fill it in or leave these rows out"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "what", "count", "said"), FAULTS)
def test_a_fault_is_one_sentence(
    engine: Engine, wanted: frames.Column, what: str, count: int, said: str
) -> None:
    with pytest.raises(DataError) as raised:
        frames.open_rows(_table(engine), who=frames.key("who"), it=wanted)
    message = str(raised.value)
    assert message.startswith(f"column {wanted.name!r}: {what} in {count} of 4 rows: ")
    assert said in message
    assert "where 'who' is " in message
    assert ("(counting from 0)" in message) is engine.eager


@pytest.mark.parametrize(("wanted", "what", "count", "said"), FAULTS)
def test_rows_at_fault_are_dropped_on_request(
    engine: Engine, wanted: frames.Column, what: str, count: int, said: str
) -> None:
    found = frames.open_rows(_table(engine), unusable="drop", who=frames.key("who"), it=wanted)
    left = frames.collect(found.lazy.sort("who"))["who"].to_list()
    assert found.dropped[f"{wanted.name} {what}"] == count
    if len(found.dropped) == 1:
        assert len(left) == 4 - count


def _table(engine: Engine, **changed: Any) -> Any:
    return engine.table(TABLE.assign(**changed))


def test_columns_come_as_numbers_words_and_days(engine: Engine) -> None:
    opened = frames.open_rows(
        _table(engine, text=TABLE["text"].where(TABLE["who"].isin(["D", "C"]), None)),
        who=frames.key("who"),
        hours=frames.number("hours", known=False),
        rank=frames.number("rank"),
        came=frames.flag("came"),
        tier=frames.word("tier", known=False, among=("vip", "prospect")),
        on=frames.day("on", known=False),
        text=frames.day("text", known=False),
    )
    assert (opened.rows, opened.dropped, opened.measured) == (4, {}, {})
    changed = [opened.number_of_day(role).alias(role) for role in ("on", "text")]
    found = opened.by_key("who", *changed)
    zero = frames.number_of(dt.date(2025, 12, 31))
    columns = {name: [plain(value) for value in found[name].to_list()] for name in found.columns}
    assert columns == {
        "who": ["A", "B", "C", "D"],
        "hours": [-2, None, 0, 1.5],
        "rank": [7, 1, 2, 3],
        "came": [1, 0, 1, 1],
        "tier": ["vip", None, "prospect", "vip"],
        "on": [zero + 4, zero + 2, None, zero + 1],
        "text": [None, None, zero + 90, zero + 31],
    }
    kinds = opened.lazy.collect_schema()
    assert {kinds[name] for name in ("hours", "rank", "came")} == {nw.Float64()}
    assert kinds["tier"] == nw.String


@pytest.mark.parametrize("column", [frames.flag, frames.number])
def test_yes_no_and_unknown_are_truth(engine: Engine, column: Any) -> None:
    said = pd.DataFrame({"who": list("DBCA"), "came": ["yes", "no", "unknown", None]})
    truths = {} if column is frames.flag else {"truths": True}
    wanted = {"who": frames.key("who"), "came": column("came", known=False, **truths)}
    opened = frames.open_rows(engine.table(said), wanted)
    assert [plain(v) for v in opened.by_key("who")["came"].to_list()] == [None, 0, None, 1]
    other = engine.table(said.assign(came=["yes", "no", "perhaps", None]))
    with pytest.raises(DataError, match=r"column 'came' holds [A-Z][a-z]+ values"):
        frames.open_rows(other, wanted)


@pytest.mark.parametrize("values", [[1, 0, 1, 1], [1.0, 0.0, np.nan, 1.0]])
def test_ones_and_zeros_are_flags(engine: Engine, values: list[float]) -> None:
    table = _table(engine, came=values)
    opened = frames.open_rows(table, who=frames.key("who"), came=frames.flag("came", known=False))
    came = opened.by_key("who")["came"].to_list()
    assert [plain(value) for value in came] == [1, 0, plain(values[2]), 1]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (frames.number("tier"), "String values, not numbers: convert it first"),
        (frames.number("came"), "Boolean values, not numbers: convert it first"),
        (frames.flag("tier"), "String values: give true or false, or 1 or 0"),
        (frames.word("rank"), "Int64 values, not text: name it"),
        (frames.word("came"), "Boolean values, not text: name it"),
        (frames.day("hours"), "Float64 values, not dates: "),
    ],
)
def test_a_column_of_another_kind_is_refused(
    engine: Engine, wanted: frames.Column, said: str
) -> None:
    with pytest.raises(DataError, match=f"^column {wanted.name!r} holds {said}"):
        frames.open_rows(_table(engine), who=frames.key("who"), it=wanted)


def test_faults_of_all_columns_are_counted_in_one_pass(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = []

    def counted(*given: Any, **named: Any) -> Any:
        passes.append(given)
        return frames.collect(*given, **named)

    monkeypatch.setattr(frames.door, "collect", counted)
    opened = frames.open_rows(
        _table(engine),
        measure={"most": nw.col("rank").max()},
        who=frames.key("who"),
        hours=frames.number("hours", known=False, low=-5, high=5, size=1e9),
        rank=frames.number("rank", low=0),
        came=frames.flag("came"),
        tier=frames.word("tier", known=False, among=("vip", "prospect")),
        on=frames.day("on", known=False),
    )
    assert (len(passes), opened.measured) == (1, {"most": 7})


def test_what_is_measured_is_that_of_the_rows_that_stay(engine: Engine) -> None:
    opened = frames.open_rows(
        _table(engine),
        unusable="drop",
        measure={"last": nw.col("on").max(), "least": nw.col("hours").min()},
        on=frames.day("on"),
        hours=frames.number("hours", low=-1),
    )
    # Without a day: row 2; without hours: row 1; too few hours: row 3.
    assert frames.to_day(opened.measured["last"]) == dt.date(2026, 1, 1)
    assert opened.measured["least"] == 1.5
    assert sum(opened.dropped.values()) == 3


def test_no_rows_have_no_faults(engine: Engine) -> None:
    wanted = {"who": frames.key("who"), "on": frames.day("on"), "hours": frames.number("hours")}
    opened = frames.open_rows(engine.table(TABLE.head(0)), wanted)
    assert (opened.rows, opened.dropped, len(opened.by_key("who"))) == (0, {}, 0)


def test_a_key_has_one_row(engine: Engine) -> None:
    opened = frames.open_rows(_table(engine, who=["D", "A", "A", "C"]), who=frames.key("who"))
    with pytest.raises(DataError, match="column 'who': 'A' has more than one row: give one row"):
        opened.by_key("who")


def test_what_only_a_method_knows_to_be_wrong_is_worded_alike(engine: Engine) -> None:
    opened = frames.open_rows(
        _table(engine), who=frames.key("who"), rank=frames.number("rank", "place")
    )
    opened.refuse("rank", nw.col("rank") > 7, "beyond the last", "Count again")
    with pytest.raises(DataError, match=r"^column 'rank': beyond the last in 2 of 4 .*Count again"):
        opened.refuse("rank", nw.col("rank") > 2, "beyond the last", "Count again")


def test_only_error_and_drop_are_ways_to_treat_a_row() -> None:
    with pytest.raises(ParameterError, match="unusable='keep': choose one of 'error', 'drop'"):
        summarize(TABLE, unusable="keep")
