"""Points by hand: lines, steps, words and ranks, on every engine; what has no place is refused."""

from __future__ import annotations

from typing import Any

import keyaccounts as ka
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import DataError, ParameterError

CARDS = pd.DataFrame(
    {
        "customer_id": ["D", "A", "C", "B"],
        "vehicles": [9.0, 3.0, None, 10.0],
        "outlook": [7.0, 2.0, 3.0, None],
        "credit": ["B", "A", None, "B"],
        "tender": pd.array([True, None, False, True], dtype="boolean"),
        "large": ["no", "yes", "unknown", "no"],
        "revenue": [0.3, 0.1 + 0.2, None, -5.0],
    }
)


def placed(engine: Engine, **scale: Any) -> list[Any]:
    found = ka.points(engine.table(CARDS), **scale)
    names = ["customer_id", *scale]
    assert [row[0] for row in engine.rows(found, *names)] == ["A", "B", "C", "D"]
    return [row[1] for row in engine.rows(found, *names)]


def test_by_hand(engine: Engine) -> None:
    assert placed(engine, outlook=(1, 5)) == [2.5, None, 5, 10]  # 7 is beyond the end
    assert placed(engine, outlook=(5, 1)) == [7.5, None, 5, 0]
    assert placed(engine, vehicles=[(3, 2), (10, 6)]) == [2, 6, None, 2]
    assert placed(engine, vehicles=[(9, 4)]) == [0, 4, None, 4]
    assert placed(engine, credit={"A": 10, "B": 6}) == [10, 6, None, 6]
    assert placed(engine, tender={True: 1, False: 0}) == [None, 1, 0, 1]
    assert placed(engine, large={"yes": 10, "no": 0}) == [10, 0, None, 0]
    assert placed(engine, large={True: 10, False: 0}) == [10, 0, None, 0]
    assert placed(engine, large={"yes": 10, "no": 0, "unknown": 3}) == [10, 0, 3, 0]
    assert placed(engine, vehicles={3: 1, 9: 2, 10: 3}) == [1, 3, None, 2]
    assert placed(engine, revenue="rank") == [7.5, 0, None, 7.5]  # equal but for rounding
    assert placed(engine, tender=(0, 1)) == [None, 10, 0, 10]


def test_the_only_one_known_has_the_middle_rank() -> None:
    one = pd.DataFrame({"customer_id": ["A", "B"], "revenue": [9.0, None]})
    assert ka.points(one, revenue="rank")["revenue"].tolist()[0] == 5


@pytest.mark.parametrize(
    ("scales", "error", "sentence"),
    [
        ({}, ParameterError, "name a column with its scale"),
        ({"credit": {"A": 10}}, DataError, "'customer_id' is 'B', with 'B': give it points too"),
        ({"vehicles": {3: 10}}, DataError, "2 of 4 rows are not usable"),
        ({"vehicles": [(10, 6), (3, 2)]}, ParameterError, "give steps that rise"),
        ({"vehicles": [(10, "six")]}, ParameterError, "vehicles='six': give a finite number"),
        ({"vehicles": (5, 5)}, ParameterError, "is no scale"),
        ({"vehicles": (5, 6, 7)}, ParameterError, "is no scale"),
        ({"vehicles": "order"}, ParameterError, "vehicles='order' is no scale"),
        ({"vehicles": {}}, ParameterError, "is no scale"),
        ({"credit": (1, 5)}, DataError, "column 'credit' holds [A-Z][a-z]+ values, not numbers"),
    ],
)
def test_what_is_wrong_is_said(scales: Any, error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        ka.points(CARDS, **scales)
