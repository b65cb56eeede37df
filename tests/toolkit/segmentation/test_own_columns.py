"""Tables with columns of other names give the same answer, once the method is told the names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from keyaccounts import segmentation as s
from keyaccounts.purchases import summarize

ORDERS = pd.DataFrame(
    {
        "customer_id": ["A", "A", "B", "C", "C"],
        "order_date": ["2025-11-03", "2026-01-15", "2025-12-01", "2026-02-02", "2026-03-01"],
        "amount": [100.0, 120.0, 50.0, 60.0, 10.0],
    }
)
DIARY = pd.DataFrame(
    {"customer_id": list("ABC"), "tier": ["vip", "ordinary", "prospect"], "hours": [9.0, 3.0, 1.0]}
)
LOG = pd.DataFrame(
    {"customer_id": ["A", "B"], "input": ["sales_time", "samples"], "hours": [2.0, 0.0],
     "cost": [260.0, 40.0]}
)  # fmt: skip
BOOKS = pd.DataFrame({"customer_id": ["A", "B"], "revenue": [900.0, 80.0], "margin": [300.0, 9.0]})
FACTS = pd.DataFrame(
    {"customer_id": list("ABC"), "recency": [3, 90, 30], "frequency": [9, 1, 4],
     "monetary": [900, 20, 300]}
)  # fmt: skip
STAND = pd.DataFrame(
    {"account": ["A", "B"], "potential": ["high", "low"], "relationship": ["good", "limited"]}
)
ANSWERS = pd.DataFrame(
    {"customer_id": ["A", "C"], "date": ["2026-01-20", "2026-02-20"], "satisfaction": [5, 2]}
)
CONTACTS = pd.DataFrame(
    {"customer_id": ["A", "C"], "date": ["2026-01-20", "2026-02-20"], "participated": [1, 0]}
)
CASES = pd.DataFrame({"opened_at": ["2026-01-20"], "resolved_at": ["2026-01-22"]})
DAYS = {"customer": "customer_id", "date": "order_date", "amount": "amount"}
PERIOD = {"start": "2026-01-01", "end": "2026-03-31"}


def counted(count: Callable[..., s.Figure]) -> Callable[..., pd.DataFrame]:
    return lambda table, **names: pd.DataFrame([vars(count(table, **PERIOD, **names))])


CASES_OF: list[tuple[str, Callable[..., Any], pd.DataFrame, dict[str, str]]] = [
    ("rfm", lambda t, **n: s.rfm(t, **n).table, ORDERS, DAYS),
    ("summarize", summarize, ORDERS, DAYS),
    ("grading_gate", lambda t, **n: s.grading_gate(t, span=2, **n).table, ORDERS, DAYS),
    ("indicators", lambda t, **n: s.indicators(t, **PERIOD, **n).table, ORDERS, DAYS),
    ("satisfaction", counted(s.satisfaction), ANSWERS, {"date": "date", "score": "satisfaction"}),
    ("engagement", counted(s.engagement), CONTACTS,
     {"customer": "customer_id", "date": "date", "participated": "participated"}),
    ("complaint_resolution", counted(s.complaint_resolution), CASES,
     {"opened": "opened_at", "resolved": "resolved_at"}),
    ("rfm_scores", lambda t, **n: s.rfm_scores(t, **n).table, FACTS,
     {"customer": "customer_id", "recency": "recency", "frequency": "frequency",
      "monetary": "monetary"}),
    ("time_spent", lambda t, **n: s.time_spent(t, **n).table, DIARY,
     {"key": "customer_id", "tier": "tier", "hours": "hours"}),
    ("potential_relationship",
     lambda t, **n: s.potential_relationship(t, **{"key": "account", **n}).counts, STAND,
     {"key": "account", "potential": "potential", "relationship": "relationship"}),
    ("account_investment, log",
     lambda t, **n: s.account_investment(t, BOOKS.rename(columns={"customer_id": n["key"]})
                                         if n else BOOKS, **n).table, LOG,
     {"key": "customer_id", "input": "input", "hours": "hours", "cost": "cost"}),
    ("account_investment, margins",
     lambda t, **n: s.account_investment(LOG.rename(columns={"customer_id": n["key"]})
                                         if n else LOG, t, **n).table, BOOKS,
     {"key": "customer_id", "revenue": "revenue", "margin": "margin"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "table", "names"), [pytest.param(*case[1:], id=case[0]) for case in CASES_OF]
)
def test_columns_may_have_other_names(
    method: Callable[..., Any], table: pd.DataFrame, names: dict[str, str]
) -> None:
    expected = method(table)
    own = {column: f"own {column}" for column in names.values()}
    # what stands under the usual names now must not be read
    renamed = table.rename(columns=own).assign(**dict.fromkeys(names.values(), "not this one"))
    found = method(renamed, **{parameter: own[column] for parameter, column in names.items()})
    back = {new: old for old, new in own.items()}
    pd.testing.assert_frame_equal(found.rename(columns=back), expected)
