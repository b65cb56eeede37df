"""Arguments that are not data: what is taken, and what is refused with the mend."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from keyaccounts import checks
from keyaccounts.errors import ParameterError

DAY = dt.date(1997, 9, 30)


@pytest.mark.parametrize(
    "given",
    [
        "1997-09-30",
        " 1997-09-30 ",
        "1997-09-30T23:59",
        DAY,
        dt.datetime(1997, 9, 30, 23, 59),
        pd.Timestamp("1997-09-30 08:00"),
        pd.Timestamp("1997-09-30 08:00", tz="Asia/Shanghai"),
        np.datetime64("1997-09-30"),
        np.datetime64("1997-09-30T12:00", "ns"),
    ],
    ids=repr,
)
def test_a_day_in_every_form(given: object) -> None:
    assert checks.day("as_of", given) == DAY
    assert type(checks.day("as_of", given)) is dt.date


@pytest.mark.parametrize(
    "given", ["30.09.1997", "yesterday", "", 19970930, 1.5, pd.NaT, np.datetime64("NaT", "D"), []],
    ids=repr,
)  # fmt: skip
def test_what_is_no_day(given: object) -> None:
    with pytest.raises(ParameterError, match=r"as_of=.* is not a day: give text like '1997-09-30'"):
        checks.day("as_of", given)


@pytest.mark.parametrize("given", [5, np.int64(5)])
def test_whole(given: object) -> None:
    assert checks.whole("bins", given, least=2) == 5


@pytest.mark.parametrize("given", [1, 2.0, "5", True, None, np.array([5, 6]), [5]], ids=repr)
def test_not_whole_enough(given: object) -> None:
    with pytest.raises(ParameterError, match="give a whole number of 2 or more"):
        checks.whole("bins", given, least=2)


def test_texts() -> None:
    assert checks.texts("columns", ("a", "b"), "columns") == ["a", "b"]
    assert checks.texts("columns", (), "columns") == []
    for given in ("ab", [1], None, 5):
        with pytest.raises(ParameterError, match=r"columns=.*: give a list of columns"):
            checks.texts("columns", given, "columns")


@pytest.mark.parametrize("given", [float("nan"), float("inf"), "0.5", True, None])
def test_not_a_number(given: object) -> None:
    with pytest.raises(ParameterError, match="give a finite number"):
        checks.number("margin", given)


def test_fraction() -> None:
    assert checks.fraction("top", 1) == 1
    assert checks.fraction("top", np.float64(0.2)) == 0.2
    with pytest.raises(ParameterError, match=r"write 0.2 for 20 %"):
        checks.fraction("top", 20)
    for wrong in (0, -0.1, 101):
        with pytest.raises(ParameterError, match="give a share above 0, up to 1"):
            checks.fraction("top", wrong)
    assert checks.open_fraction("confidence", 0.9) == 0.9
    with pytest.raises(ParameterError, match="without the ends"):
        checks.open_fraction("confidence", 1)


def test_choice() -> None:
    assert checks.choice("ties", "split", ("together", "split")) == "split"
    with pytest.raises(ParameterError, match="choose one of 'together', 'split'"):
        checks.choice("ties", "random", ("together", "split"))


def test_weights() -> None:
    assert checks.weights("weights", (1, 0, 2), length=3) == (1.0, 0.0, 2.0)
    for wrong in ((1, 1), (1, -1, 1), (0, 0, 0), 3, None):
        with pytest.raises(ParameterError, match="give 3 numbers, none negative and not all zero"):
            checks.weights("weights", wrong, length=3)
