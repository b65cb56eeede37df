"""Rates: intervals as published, and counts per group on every engine."""

from __future__ import annotations

import math
import warnings
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from engines import NAMES_BUT_SPARK, Engine
from hypothesis import given
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.patterns.rates import by_group, compare, wilson_interval


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, 857-872, table of examples, score method
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(k: int, n: int, low: float, high: float) -> None:
    found = wilson_interval(k, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_at_the_ends() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert wilson_interval(0, 7).low == 0.0
    assert wilson_interval(7, 7).high == 1.0


COUNTS = st.integers(0, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, st.floats(0.01, 0.999))
def test_wilson_holds_the_rate_and_is_symmetric(counts: tuple[int, int], level: float) -> None:
    k, n = counts
    low, high = wilson_interval(k, n, level)
    assert 0 <= low <= high <= 1
    if n:
        assert low - 1e-12 <= k / n <= high + 1e-12
    mirror = wilson_interval(n - k, n, level)
    assert (1 - mirror.high, 1 - mirror.low) == pytest.approx((low, high), abs=1e-12)


@given(COUNTS)
def test_wilson_narrows_with_less_confidence_and_more_trials(counts: tuple[int, int]) -> None:
    k, n = counts
    sure, unsure = wilson_interval(k, n, 0.99), wilson_interval(k, n, 0.5)
    assert sure.low <= unsure.low <= unsure.high <= sure.high
    more = wilson_interval(4 * k, 4 * n)
    assert more.high - more.low <= wilson_interval(k, n).high - wilson_interval(k, n).low


NEXT_TO_ONE = math.nextafter(1.0, 0.0)
EXTREME = [(0, 1), (1, 1), (1, 2), (0, 2**63 - 1), (2**62, 2**63 - 1), (2**63 - 1, 2**63 - 1)]


@pytest.mark.parametrize("level", [5e-324, 1e-17, 1 - 1e-9, 1 - 1e-15, NEXT_TO_ONE])
@pytest.mark.parametrize(("k", "n"), EXTREME)
def test_every_confidence_between_the_ends_gives_bounds(k: int, n: int, level: float) -> None:
    low, high = wilson_interval(k, n, level)
    assert 0 <= low <= high <= 1
    assert low - 1e-12 <= k / n <= high + 1e-12
    if n <= 10**9:
        found = compare(k, n, 1, 3, confidence=level)
        assert -1 <= found.low <= found.difference <= found.high <= 1


def test_the_last_confidence_below_one_by_hand() -> None:
    # Beyond z a normal variable lies with half of 2**-53, so z is 8.29236; of k = 0 of n Wilson's
    # upper end is z² / (n + z²).
    assert wilson_interval(0, 100, NEXT_TO_ONE).high == pytest.approx(
        8.29236**2 / (100 + 8.29236**2), rel=1e-5
    )


@pytest.mark.parametrize(
    "one", [1 - 1e-17, Decimal("0.99999999999999999"), Fraction(10**17, 10**17 + 1)]
)
def test_a_confidence_that_no_float_tells_from_one_is_refused(one: Any) -> None:
    for asked in (lambda: wilson_interval(3, 9, one), lambda: compare(3, 9, 1, 3, one)):
        with pytest.raises(ParameterError, match="without the ends"):
            asked()


def test_wilson_takes_numpy_counts() -> None:
    assert wilson_interval(np.int64(1), np.uint8(29)) == wilson_interval(1, 29)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 5), "successes=-1: give a whole number of 0 or more"),
        ((1, -5), "trials=-5"),
        ((1.0, 5), "successes=1.0"),
        ((True, 5), "successes=True"),
        (("1", 5), "successes='1'"),
        ((6, 5), "successes=6, trials=5: there cannot be more successes"),
        ((1, 2**63), "trials: a number of more than 64 bits; give a count up to 9,223,"),
        ((1, 5, 95), r"confidence=95.*write 0.95 for 95 %"),
        ((1, 5, 1.0), "without the ends"),
        ((1, 5, 0), "give a share above 0"),
        ((1, 5, float("nan")), "give a finite number"),
    ],
)
def test_wilson_refuses_nonsense(arguments: tuple[int, int], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        wilson_interval(*arguments)


# ------------------------------------------------------------------------------------ by_group

CALLS = pd.DataFrame(
    {
        "channel": ["phone", "fair", "fair", "mail", "fair", "phone"],
        "won": [False, True, False, True, True, False],
    }
)
BY_HAND = [("fair", 3, 2), ("mail", 1, 1), ("phone", 2, 0)]


@pytest.mark.parametrize("kind", ["bool", "int64", "float64"])
def test_groups_by_hand(engine: Engine, kind: str) -> None:
    table = engine.table(CALLS.astype({"won": kind}))
    found = by_group(table, group="channel", success="won", confidence=0.9)
    assert engine.rows(found, "channel", "trials", "successes") == BY_HAND
    rows = engine.rows(found, "rate", "low", "high")
    for (_, n, k), (rate, low, high) in zip(BY_HAND, rows, strict=True):
        assert (rate, low, high) == pytest.approx((k / n, *wilson_interval(k, n, 0.9)))


def test_no_groups(engine: Engine) -> None:
    found = engine.frame(by_group(engine.table(CALLS.head(0)), group="channel", success="won"))
    assert found.empty
    assert list(found.columns) == ["channel", "trials", "successes", "rate", "low", "high"]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("channel", None, "column 'channel': .*in 1 of 6 rows.*where 'won' is "),
        ("won", None, "column 'won': .*in 1 of 6 rows.*where 'channel' is 'fair'"),
        ("won", 2, "column 'won': .*in 1 of 6 rows"),
        ("won", 0.5, "column 'won': .*in 1 of 6 rows"),
    ],
)
def test_unusable_cases(engine: Engine, column: str, value: object, message: str) -> None:
    values = CALLS.astype({"won": int})[column].tolist()
    values[1] = value
    with pytest.raises(DataError, match=message):
        by_group(engine.table(CALLS.assign(**{column: values})), group="channel", success="won")


def test_groups_that_missing_values_turned_into_floats(engine: Engine) -> None:
    table = engine.table(pd.DataFrame({"rep": [1.0, np.nan, 1.0], "won": [True, True, False]}))
    with pytest.raises(DataError, match=r"column 'rep': missing in 1 of 3 rows"):
        by_group(table, group="rep", success="won")


def test_columns_of_the_wrong_kind(engine: Engine) -> None:
    with pytest.raises(DataError, match="column 'won' holds String values: give true or false"):
        by_group(engine.table(CALLS.assign(won="often")), group="channel", success="won")
    with pytest.raises(ColumnError, match="did you mean 'channel'"):
        by_group(engine.table(CALLS), group="channels", success="won")


@pytest.mark.parametrize("engine", NAMES_BUT_SPARK, indirect=True)
def test_empty_columns(engine: Engine) -> None:
    table = engine.table(pd.DataFrame({"channel": ["a"], "won": pd.Series([None], dtype=object)}))
    with pytest.raises(DataError, match="column 'won': missing in 1 of 1 rows"):
        by_group(table, group="channel", success="won")
    table = engine.table(pd.DataFrame({"channel": [], "won": []}, dtype=object))
    assert engine.rows(by_group(table, group="channel", success="won")) == []


def test_truth_values_with_gaps() -> None:
    gaps = CALLS.assign(won=pd.Series([True, None, True, False, True, True], dtype=object))
    for frame in (gaps, gaps.astype({"won": "boolean"})):
        with pytest.raises(DataError, match=r"column 'won': .*in 1 of 6 rows"):
            by_group(frame, group="channel", success="won")
    whole = CALLS.astype({"won": object})
    assert by_group(whole, group="channel", success="won")["successes"].tolist() == [2, 1, 0]


def test_a_name_that_the_answer_needs() -> None:
    with pytest.raises(ColumnError, match=r"'rate' has the name of a column of"):
        by_group(CALLS.rename(columns={"channel": "rate"}), group="rate", success="won")


@pytest.mark.parametrize(
    ("counts", "difference", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, 873-890, table of examples, method 10
        ((56, 70, 48, 80), 0.2, 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.6, 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.5714, 0.0582, 0.8062),
        ((5, 56, 0, 29), 0.0893, -0.0381, 0.1926),
        ((0, 10, 0, 20), 0.0, -0.1611, 0.2775),
        ((0, 10, 0, 10), 0.0, -0.2775, 0.2775),
        ((10, 10, 0, 20), 1.0, 0.6791, 1.0),
        ((10, 10, 0, 10), 1.0, 0.6075, 1.0),
    ],
)
def test_differences_as_published(
    counts: tuple[int, int, int, int], difference: float, low: float, high: float
) -> None:
    found = compare(*counts)
    assert [round(v, 4) for v in found[:3]] == [difference, low, high]


@pytest.mark.parametrize(
    ("counts", "p_value"),
    [  # Fisher (1935): the lady and her tea, and the convicts' twins
        ((3, 4, 1, 4), 34 / 70),
        ((10, 13, 2, 17), 0.0005367),
        ((5, 5, 5, 5), 1.0),
    ],
)
def test_exact_test_as_published(counts: tuple[int, int, int, int], p_value: float) -> None:
    assert compare(*counts).p_value == pytest.approx(p_value, abs=5e-8)


SMALL = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SMALL, SMALL)
def test_a_comparison_turned_around(one: tuple[int, int], other: tuple[int, int]) -> None:
    found, turned = compare(*one, *other), compare(*other, *one)
    assert -1 <= found.low <= found.difference <= found.high <= 1
    assert 0 < found.p_value <= 1
    expected = (-found.difference, -found.high, -found.low, found.p_value)
    assert turned == pytest.approx(expected, abs=1e-12)


def test_the_interval_holds_the_true_difference_about_as_often_as_promised() -> None:
    rng = np.random.default_rng(7)
    pairs = np.column_stack([rng.binomial(30, 0.5, 400), rng.binomial(40, 0.3, 400)])
    found = [compare(int(a), 30, int(b), 40) for a, b in pairs]
    held = sum(f.low <= 0.2 <= f.high for f in found)
    low, high = wilson_interval(held, 400, 0.999)
    assert low <= 0.95 <= high


def test_without_trials_nothing_can_be_compared() -> None:
    for counts in [(0, 0, 3, 9), (3, 9, 0, 0)]:
        found = compare(*counts)
        assert np.isnan(found.difference)
        assert found[1:] == (-1.0, 1.0, 1.0)


def test_a_comparison_refuses_what_an_interval_refuses() -> None:
    with pytest.raises(ParameterError, match="other_successes=4, other_trials=3: there cannot be"):
        compare(1, 2, 4, 3)
    with pytest.raises(ParameterError, match="other_successes=-3"):
        compare(1, 2, -3, 5)
    with pytest.raises(ParameterError, match=r"other_trials=5\.0"):
        compare(1, 2, 3, 5.0)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="other_trials: a number of more than 64 bits"):
        compare(1, 2, 3, 2 * 10**19)
    with pytest.raises(ParameterError, match="confidence"):
        compare(1, 2, 1, 3, confidence=95)


# -------------------------------------------------------------------------- very large counts


@pytest.mark.parametrize(
    ("counts", "p_value"),
    [
        # Ten cases, and two in 10**8 come off: 10 · 2 / 10**8, less the chance of both.
        ((1, 10**8, 1, 10), 2e-7),
        ((3, 4 * 10**8, 0, 4 * 10**8), 2 / 8),  # three times heads or three times tails
        ((0, 10**8, 0, 3), 1.0),
        # Rates of half that are one standard error apart, and two
        ((10**8, 2 * 10**8, 10**8 + 10_000, 2 * 10**8), 0.3173),
        ((10**8, 2 * 10**8, 10**8 + 20_000, 2 * 10**8), 0.0455),
        ((10**8, 10**8, 0, 10**8), 0.0),
    ],
)
def test_many_trials_by_hand(counts: tuple[int, int, int, int], p_value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = compare(*counts)
    assert found.p_value == pytest.approx(p_value, rel=1e-3)
    assert -1 <= found.low <= found.difference <= found.high <= 1


def test_more_trials_than_can_be_compared_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"more than 1,000,000,000 together .* a sample"):
        compare(3, 10**9, 5, 10)


def test_the_interval_of_very_many_stays_between_0_and_1() -> None:
    for k in (1, 2**62, 2**63 - 2):
        low, high = wilson_interval(k, 2**63 - 1)
        assert 0 <= low <= high <= 1
    assert wilson_interval(7528007927794812, 7528007927794813).high == 1
