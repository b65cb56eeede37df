"""Rules as they are written: each form by hand, unknown where what is missing decides."""

from __future__ import annotations

from typing import Any

import keyaccounts as ka
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import ColumnError, ParameterError

ROWS = pd.DataFrame(
    {
        "customer_id": ["C", "A", "B"],
        "revenue": [100.0, 30.0, None],
        "kind": ["fleet and more", "driver", None],
        "contract": pd.array([True, None, False], dtype="boolean"),
        "vip": ["yes", "unknown", "no"],
        "since": pd.to_datetime(["2024-01-01", "2026-01-01", None]),
    }
)
FORMS = [  # answers of A, B and C
    ("revenue >= 30", "yes unknown yes"),
    ("revenue > 30", "no unknown yes"),
    ("revenue<=30", "yes unknown no"),
    ("revenue != 1e2", "yes unknown no"),
    ("revenue in [30, 31]", "yes unknown no"),
    ("revenue known", "yes no yes"),
    ("kind == 'driver'", "yes unknown no"),
    ('kind == "fleet and more"', "no unknown yes"),
    ("since < '2025-07-01'", "no unknown yes"),
    ("contract", "unknown no yes"),
    ("contract == False", "unknown yes no"),
    ("vip", "unknown no yes"),
    ("vip and revenue >= 50", "no no yes"),
    ("vip and revenue >= 10", "unknown no yes"),
    ("contract or kind == 'driver'", "yes unknown yes"),
    ("kind == 'driver' or kind == 'bus or van'", "yes unknown no"),
    (("revenue", ">=", 30), "yes unknown yes"),
    (["contract", ("revenue", ">=", 30)], "unknown no yes"),
    ({"any": ["contract", "revenue < 50 and kind == 'driver'"]}, "yes unknown yes"),
    ({"at_least": {"k": 2, "of": ["vip", "contract", "revenue > 50"]}}, "unknown no yes"),
]


@pytest.mark.parametrize(("condition", "answers"), FORMS, ids=[str(form) for form, _ in FORMS])
def test_by_hand(condition: Any, answers: str) -> None:
    found = ka.rules(ROWS, {"it": condition})
    assert found["customer_id"].tolist() == ["A", "B", "C"]
    assert found["it"].tolist() == answers.split()


def test_on_every_engine(engine: Engine) -> None:
    asked = {"large": "revenue >= 50", "vip": "vip", "either": "vip or contract"}
    assert engine.rows(ka.rules(engine.table(ROWS), asked)) == [
        ("A", "no", "unknown", "unknown"), ("B", "unknown", "no", "no"), ("C", "yes", "yes", "yes"),
    ]  # fmt: skip


def test_its_answers_are_truth_to_other_methods(engine: Engine) -> None:
    rows = engine.table(ROWS)
    score = ka.segmentation.buying_traits(rows, key="customer_id", traits=["vip", "contract"])
    assert engine.rows(score.table, "customer_id", "score") == [("A", None), ("B", 0), ("C", 1)]


@pytest.mark.parametrize(
    ("condition", "error", "sentence"),
    [
        ("kind = 'driver'", ParameterError, "rule 'it': cannot read .*write a column"),
        ("kind == driver", ParameterError, "text and days in quotes"),
        ("since > 2025-07-01", ParameterError, "text and days in quotes"),
        ("revenue >= __import__('os')", ParameterError, "cannot read"),
        ("", ParameterError, "cannot read ''"),
        ("vip and contract or revenue > 3", ParameterError, "has both and and or"),
        ("revenues > 3", ColumnError, "no column 'revenues' .did you mean 'revenue'"),
        ({"some": ["vip"]}, ParameterError, "give it one of all, any and at_least"),
        (5, ParameterError, "rule 'it'"),
    ],
)
def test_what_is_wrong_is_said(condition: Any, error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        ka.rules(ROWS, {"it": condition})


def test_rules_have_names() -> None:
    with pytest.raises(ParameterError, match="give a dictionary of names and conditions"):
        ka.rules(ROWS, ["vip"])
