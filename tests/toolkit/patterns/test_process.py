"""Processes: where cases stand, what share gets on, and machines without loose ends."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import NAMES_BUT_SPARK, Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError, RisingCounts
from keyaccounts.patterns.process import Machine, Standing, conversion, stand
from keyaccounts.patterns.rates import wilson_interval

STAGES = ["called", "visited", "signed"]
ROWS = pd.DataFrame(
    {
        "case": ["C", "A", "B", "D"],
        "called": ["2026-02-27", "2026-03-01", "2026-03-05", None],
        "visited": ["2026-02-20", None, "2026-03-09", None],
        "signed": [None, "2026-03-20", None, None],
    }
)
OPTIONS = {"key": "case", "stages": STAGES, "as_of": "2026-03-31"}
BY_HAND = [
    ("A", "signed", "", "visited", 11, True),
    ("B", "visited", "signed", "", 22, True),
    ("C", "visited", "signed", "", 39, False),  # 8 days of February and 31 of March
    ("D", "", "called", "", None, True),
]


def test_by_hand(engine: Engine) -> None:
    found = stand(engine.table(ROWS), **OPTIONS)
    assert engine.rows(found.table) == BY_HAND
    assert (found.counts, found.cases) == ({"called": 3, "visited": 3, "signed": 1}, 4)


@pytest.mark.parametrize("engine", NAMES_BUT_SPARK, indirect=True)
def test_days_as_dates_and_times(engine: Engine) -> None:
    for made in (pd.to_datetime, lambda column: pd.to_datetime(column).dt.date):
        rows = ROWS.assign(**{name: made(ROWS[name]) for name in STAGES})
        assert engine.rows(stand(engine.table(rows), **OPTIONS).table) == BY_HAND


def test_stages_may_have_names_of_their_own() -> None:
    stages = {"first call": "called", "contract": "signed"}
    found = stand(ROWS, **{**OPTIONS, "stages": stages})
    assert found.table["stage"].tolist() == ["contract", "first call", "first call", ""]


def test_what_comes_later_has_not_happened_yet() -> None:
    early = {**OPTIONS, "as_of": "2026-03-07"}
    with pytest.raises(DataError, match=r"'signed': the day of 'A' lies after as_of=2026-03-07"):
        stand(ROWS, **early)
    found = stand(ROWS, **early, future="drop")
    assert found.table["stage"].tolist() == ["called", "called", "visited", ""]
    assert found.table["days"].tolist()[:3] == [6, 2, 15]
    late = sum((pd.to_datetime(ROWS[name]) > "2026-03-07").sum() for name in STAGES)
    assert found.dropped == {"days after 2026-03-07": late}
    assert repr(found).splitlines()[0].endswith(f"; left out: {late} days after 2026-03-07")
    assert stand(ROWS, **OPTIONS, future="drop").dropped == {}


def test_nobody(engine: Engine) -> None:
    found = stand(engine.table(ROWS.head(0)), **OPTIONS)
    assert engine.rows(found.table) == []
    assert found.counts == dict.fromkeys(STAGES, 0)


DAY = st.one_of(st.none(), st.integers(0, 60))
CASES = st.lists(st.tuples(DAY, DAY, DAY), min_size=1, max_size=12)


@given(CASES)
def test_by_plain_python(cases: Any) -> None:
    start = dt.date(2024, 2, 1)
    days = [[None if d is None else start + dt.timedelta(d) for d in case] for case in cases]
    rows = pd.DataFrame(days, columns=STAGES, dtype=object).assign(case=range(len(cases)))
    found = stand(rows, **{**OPTIONS, "as_of": start + dt.timedelta(60)})
    for case, row in zip(cases, found.table.itertuples(), strict=True):
        there = [i for i, day in enumerate(case) if day is not None]
        assert row.stage == (STAGES[there[-1]] if there else "")
        skipped = [s for i, s in enumerate(STAGES) if there and i < there[-1] and i not in there]
        assert row.skipped == ", ".join(skipped)
        dated = [day for day in case if day is not None]
        assert row.in_order == (dated == sorted(dated))
        assert not there or row.days == 60 - case[there[-1]]
    counts = [*found.counts.values()]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"stages": ["called"]}, ParameterError, "two stages or more"),
        ({"stages": "called"}, ParameterError, "give a list of columns of days"),
        ({"stages": ["called", "sighned"]}, ColumnError, "did you mean 'signed'"),
        ({"as_of": "soon"}, ParameterError, "as_of='soon' is not a day"),
        ({"future": "wait"}, ParameterError, "'error', 'drop'"),
    ],
)
def test_bad_arguments(change: dict[str, Any], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        stand(ROWS, **{**OPTIONS, **change})


def test_bad_days(engine: Engine) -> None:
    wrong = ROWS.assign(called=["2026-02-30", "2026-03-01", "2026-03-05", None])
    with pytest.raises(DataError, match=r"'called': not a day in 1 of . rows.*'2026-02-30'"):
        stand(engine.table(wrong), **OPTIONS)
    with pytest.raises(DataError, match=r"'called' holds .* values, not dates"):
        stand(engine.table(ROWS.assign(called=3)), **OPTIONS)


# --------------------------------------------------------------------------------- conversion


def test_conversion_by_hand() -> None:
    found = conversion({"called": 200, "visited": 60, "signed": 0, "paid": 0})
    assert found.table["step_rate"].tolist() == pytest.approx([np.nan, 0.3, 0, np.nan], nan_ok=True)
    assert found.table["rate"].tolist() == [1, 0.3, 0, 0]
    assert found.weakest == "signed"
    ends = found.table[["step_low", "step_high"]].iloc[1]
    assert tuple(ends) == wilson_interval(60, 200)
    # Newcombe (1998): 15 of 148 is 0.0624 to 0.1605
    published = conversion({"all": 148, "some": 15}).table.iloc[1]
    assert (round(published["low"], 4), round(published["high"], 4)) == (0.0624, 0.1605)


def test_conversion_of_cases() -> None:
    found = conversion(stand(ROWS, **OPTIONS))
    assert found.table["cases"].tolist() == [3, 3, 1]
    assert found.table["step_rate"].tolist()[1:] == pytest.approx([1, 1 / 3])


def test_counts_that_rise_are_no_cases() -> None:
    with pytest.warns(RisingCounts, match="more cases in 'signed' than in the stage before"):
        found = conversion({"called": 10, "visited": 4, "signed": 6})
    assert np.isnan(found.table["step_rate"][2])
    assert found.table["rate"][2] == 0.6


@given(st.lists(st.integers(0, 500), min_size=2, max_size=6))
def test_steps_multiply_to_the_whole(counts: list[int]) -> None:
    falling = sorted(counts, reverse=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = conversion({str(i): n for i, n in enumerate(falling)}).table
    if falling[-2]:
        assert found["step_rate"].iloc[1:].prod() == pytest.approx(found["rate"].iloc[-1])
    for ends in (["low", "rate", "high"], ["step_low", "step_rate", "step_high"]):
        known = found[ends].dropna()
        assert (known.diff(axis=1).iloc[:, 1:] >= -1e-12).all(axis=None)


@pytest.mark.parametrize(
    ("counts", "said"),
    [({"a": 1}, "two stages"), ([3, 2], "two stages"), ({"a": 2, "b": -1}, r"counts\['b'\]=-1")],
)
def test_bad_counts(counts: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        conversion(counts)


def test_shows_itself() -> None:
    found = stand(ROWS, **OPTIONS)
    assert isinstance(found, Standing)
    assert repr(found).startswith("4 cases; 1 have come to 'signed'")
    assert "<table>" in found._repr_html_()
    shown = conversion(found)
    assert repr(shown).startswith("Conversion of 3 stages: the weakest step leads to 'signed'")
    assert "<table>" in shown._repr_html_()
    assert "no rates" in repr(conversion({"a": 0, "b": 0}))


# ------------------------------------------------------------------------------------ machines

CALL = Machine(
    ["open", "agreed", "stuck", "won", "lost", "island"],
    {
        "open": {"advance": "agreed", "no": "lost", "vague": "stuck"},
        "agreed": {"order": "won", "wait": "open"},
        "island": {"swim": "open"},
    },
    ends=["won", "lost"],
)


def test_machine_by_hand() -> None:
    assert CALL.next("open", "advance") == "agreed"
    assert CALL.events("agreed") == ("order", "wait")
    assert CALL.events("won") == ()
    assert CALL.dead_ends == ("stuck",)


def test_machine_refuses_what_cannot_happen() -> None:
    with pytest.raises(ParameterError, match=r"in state 'open' there may happen 'advance', 'no'"):
        CALL.next("open", "order")
    with pytest.raises(ParameterError, match="may happen nothing"):
        CALL.next("won", "order")
    with pytest.raises(ParameterError, match="state='openn': choose one of"):
        CALL.next("openn", "order")
    for moves, ends in (({"a": {"go": "b"}}, []), ({"b": {}}, []), ({}, ["b"])):
        with pytest.raises(ParameterError, match="state='b'"):
            Machine(["a"], moves, ends)
    with pytest.raises(ParameterError, match="name each state once"):
        Machine(["a", "a"], {})


def test_confidence_of_a_conversion_is_that_of_its_interval() -> None:
    found = conversion({"called": 200, "visited": 60}, confidence=0.8).table.iloc[1]
    assert (found["low"], found["high"]) == wilson_interval(60, 200, 0.8)
