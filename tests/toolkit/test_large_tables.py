"""Tables above the sizes where engines change their ways: every engine says what pandas says.

From some ten thousand rows on, engines work in batches, and what comes out of a join, a group or a
window stands in another order than what went in, in another one at every run. Here each function
that works on whole tables is given one of 300,000 rows, shuffled and full of ties.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import Engine, dropping
from keyaccounts import segmentation
from keyaccounts.patterns import concentration, grid, process, rates, rules, scorecard
from keyaccounts.patterns.points import points
from keyaccounts.patterns.written import rules as written
from keyaccounts.purchases import outcome, summarize
from keyaccounts.summaries import summary

ROWS, CUSTOMERS, PART_ROWS = 300_000, 40_000, 40_000
SPARK_ROWS = 2_000
"""Spark takes a second where others take ten milliseconds. It has the same ways for many rows, and
others for more partitions; those it is given."""


def _log() -> pd.DataFrame:
    """Return entries of many customers, one a row, as an order, a call, a case and a customer."""
    chance = np.random.default_rng(2026)
    who, day = chance.integers(0, CUSTOMERS, ROWS), chance.integers(0, 400, ROWS).astype("m8[D]")
    day = np.datetime64("2025-01-01") + day
    words = {
        "input": ["sales_time", "samples", "displaced_work"],
        "place": ["walk_in", "called_on"],
    }
    tiers = np.array(["vip", "ordinary", "prospect", "prospect"])
    return pd.DataFrame(
        {
            "customer_id": pd.Series(who).map("C{:05}".format),
            "case": chance.permutation(ROWS),  # one row each
            "date": day,
            "resolved": day + chance.integers(0, 15, ROWS).astype("m8[D]"),
            "amount": chance.integers(-300, 2000, ROWS) / 100,  # cents, of which no sum is exact
            "cost": chance.integers(0, 400, ROWS) / 4,
            "hours": chance.integers(0, 9, ROWS) / 4,
            "tier": tiers[who % 4],
            "won": chance.integers(0, 2, ROWS),
            "size": chance.integers(0, 11, ROWS).astype(float),
            "trust": np.append(np.nan, np.arange(11))[chance.integers(0, 12, ROWS)],
            **{name: np.array(some)[chance.integers(0, len(some), ROWS)]
               for name, some in words.items()},
        }
    )  # fmt: skip


def _orders(function: Callable[..., Any], **options: Any) -> Callable[[Any], Any]:
    return lambda log: function(log, date="date", **options)


def _by_case(function: Callable[..., Any], **options: Any) -> Callable[[Any], Any]:
    return lambda log: function(log, key="case", **options)


def _by_customer(function: Callable[..., Any], **options: Any) -> Callable[[Any], Any]:
    return lambda log: function(log, key="customer_id", **options)


def _until(log: Any) -> Any:
    with dropping("customers who have no others"):
        return summarize(log, date="date", until="2025-10-31")


def _investment(log: Any) -> Any:
    return segmentation.account_investment(
        log, log, revenue="amount", margin="cost", rates={"sales_time": 30}, alternative=5
    )


def _indicators(log: Any) -> Any:
    period = {"start": "2025-07-01", "end": "2025-12-31"}
    return segmentation.indicators(
        log, date="date", **period, margin=0.3, winning_cost=1000,
        satisfaction=segmentation.satisfaction(log, **period, score="trust"),
        engagement=segmentation.engagement(log, **period, participated="won"),
        complaints=segmentation.complaint_resolution(
            log, **period, opened="date", resolved="resolved"
        ),
    )  # fmt: skip


def _outcome(log: Any) -> Any:
    named = [f"C{number:05}" for number in range(0, CUSTOMERS + 5, 7)]
    return outcome(log, named, after="2025-06-30", until="2025-10-31", date="date")


def _summary(log: Any) -> Any:
    return [
        summary(log, by=by, total="amount", share="cost", mean=["trust", "won"])
        for by in (None, "customer_id", ["tier", "place"])
    ]


def _segments(log: Any) -> Any:
    return segmentation.rfm_segments(segmentation.rfm(log, date="date"))


def _migration(log: Any) -> Any:
    return segmentation.migration(
        *(segmentation.pyramid(log, key="customer_id", value=value) for value in ("cost", "amount"))
    )


def _sensitivity(log: Any) -> Any:
    return scorecard.sensitivity(
        scorecard.scorecard(log, key="case", items=["size", "trust"], scale=(0, 10))
    )


def _moves(log: Any) -> Any:
    cells = [{"x": x, "y": y, "id": f"{x}-{y}", "english": "", "action": ""}
             for x in ("low", "high") for y in ("low", "high")]  # fmt: skip
    return grid.moves(
        *(grid.grid(log, key="case", x=x, y=y, x_cuts=5, y_cuts=5, cells=cells)
          for x, y in (("trust", "size"), ("cost", "trust")))
    )  # fmt: skip


def _curve(log: Any) -> Any:
    shapes = (concentration.pareto_share, concentration.lorenz, concentration.gini,
              concentration.pareto_ratio)  # fmt: skip
    return [shape(log, value="cost") for shape in shapes]


def _interval(log: Any) -> Any:
    return concentration.pareto_interval(log, value="cost", seed=1, resamples=5)


RULES = [
    {"id": "small", "all": [["size", "between", [0, 5]]]},
    {"id": "vip", "all": [["trust", "between", [4, 9]], ["tier", "in", ["vip"]]]},
]
WHOLE: dict[str, Callable[[Any], Any]] = {
    "summarize": _orders(summarize),
    "summarize until": _until,
    "outcome": _outcome,
    "summary": _summary,
    "rfm": _orders(segmentation.rfm),
    "rfm, nested and split": _orders(segmentation.rfm, nested=True, ties="split", monetary="mean"),
    "rfm_segments": _segments,
    "grading_gate": _orders(segmentation.grading_gate, span=60),
    "indicators": _indicators,
    "abc": _by_customer(segmentation.abc, value="amount"),
    "whale_curve": _by_customer(segmentation.whale_curve, profit="amount"),
    "pyramid": _by_customer(segmentation.pyramid, value="amount"),
    "migration": _migration,
    "tail_scenario": _by_customer(
        segmentation.tail_scenario, revenue="cost", margin="amount", cost_to_serve="hours",
        worst=900, action="leave",
    ),
    "account_investment": _investment,
    "time_spent": segmentation.time_spent,
    "by_group": lambda log: rates.by_group(log, group="customer_id", success="won"),
    "curve": _curve,
    "pareto_interval": _interval,
}  # fmt: skip
"""Functions that answer with one row a customer or less, on the whole table."""

PART: dict[str, Callable[[Any], Any]] = {
    "rfm_scores": lambda log: segmentation.rfm_scores(
        log, customer="case", recency="hours", frequency="cost", monetary="amount", ties="split"
    ),
    "scorecard": _by_case(scorecard.scorecard, items=["size", "trust"], scale=(0, 10)),
    "sensitivity": _sensitivity,
    "composite_grade": _by_case(segmentation.composite_grade, indicators=["size", "trust"]),
    "vip_check": _by_case(segmentation.vip_check, traits={"revenue": "won"}, least=1),
    "buying_traits": _by_case(segmentation.buying_traits, traits=["won"]),
    "kaism": _by_case(segmentation.kaism, attractiveness=["size"], strength=["trust"]),
    "moves": _moves,
    "value_profit": _by_case(segmentation.value_profit, value="cost", profit="amount"),
    "contract_tier": _by_case(segmentation.contract_tier, order_size="cost", days_late="trust"),
    "potential_relationship": _by_case(
        segmentation.potential_relationship, potential="size", relationship="trust",
        potential_cuts=(3, 7), relationship_cuts=(3, 7),
    ),
    "progressive": _by_case(
        segmentation.progressive, criteria={"likely": ("trust", ">=", 3), "place": "place"}
    ),
    "rule_segments": _by_case(segmentation.rule_segments, rules=RULES),
    "key_account_definitions": _by_case(
        segmentation.key_account_definitions,
        columns={"profit": "amount", "revenue": "cost", "vehicles": "trust", "vip": "won"},
    ),
    "judge": _by_case(rules.judge, rules=RULES),
    "rules": _by_case(written, conditions={"vip": "trust >= 4 and tier == 'vip'"}),
    "points": _by_case(points, trust=(2, 8), size=[(3, 1), (7, 2)], cost="rank"),
    "stand": _by_case(process.stand, stages=["date", "resolved"], as_of="2026-06-30"),
}  # fmt: skip
"""Functions that take and give one row a key: on a part of it, for they write each row's words."""


CASES = {**WHOLE, **PART}


class Large:
    """The table in each kind and size, and what pandas says of it, each made once."""

    def __init__(self) -> None:
        self.log = _log()
        self.tables: dict[tuple[str, int], Any] = {}
        self.answers: dict[tuple[str, int], Any] = {}

    def table(self, engine: Engine, rows: int) -> Any:
        """Return the shuffled table as one of this kind."""
        place = engine.name, rows
        if place not in self.tables:
            self.tables[place] = engine.table(self.log.head(rows)), engine  # with its connection
        return self.tables[place][0]

    def answer(self, name: str, rows: int) -> Any:
        """Return what pandas says of the same rows in order."""
        place = name, rows
        if place not in self.answers:
            frame = self.log.head(rows).sort_values("case", ignore_index=True)
            self.answers[place] = plain(CASES[name](frame))
        return self.answers[place]


@pytest.fixture(scope="session")
def large() -> Large:
    """Return the large table."""
    return Large()


def plain(found: Any) -> Any:
    """Return an answer as numbers, words and lists of them, its tables column by column."""
    if isinstance(found, scorecard.Scorecard):  # it also keeps the table's columns as arrays
        return [plain(found.table), plain(found.items)]
    if is_dataclass(found):
        names = [field.name for field in fields(found) if not field.name.startswith("_")]
        return {name: plain(getattr(found, name)) for name in names}
    if isinstance(found, np.ndarray):
        return found.tolist() if found.dtype == object else found.astype(np.float64)
    if isinstance(found, Mapping):
        return {k: plain(v) for k, v in found.items()}
    if isinstance(found, list | tuple):
        return [plain(part) for part in found]
    if found is None or isinstance(found, str | int | float | dt.date):
        return found
    frame = nw.from_native(found).lazy().collect("pandas").to_native()
    return {name: _column(frame[name]) for name in frame.columns}


def _column(values: pd.Series[Any]) -> Any:
    """Return a column as floats, or as a list of days or words."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.to_numpy(np.float64, na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = values.dt.date
    return values.astype(object).where(values.notna(), None).tolist()


def assert_same(found: Any, wanted: Any, where: str) -> None:
    """Compare two plain answers: numbers but for the last digits, all else exactly."""
    if isinstance(wanted, dict):
        assert list(found) == list(wanted), where
        for name in wanted:
            assert_same(found[name], wanted[name], f"{where}, {name}")
    elif isinstance(wanted, np.ndarray | float):
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-11, err_msg=where)
    elif isinstance(wanted, list) and any(isinstance(part, dict | np.ndarray) for part in wanted):
        for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
            assert_same(one, other, f"{where}, {place}")
    else:
        assert found == wanted, where


@pytest.fixture
def partitions(engine: Engine, request: pytest.FixtureRequest) -> Iterator[None]:
    """Let Spark answer in several partitions, as it does of large tables."""
    if engine.name != "pyspark":
        yield
        return
    conf, name = request.getfixturevalue("spark").conf, "spark.sql.shuffle.partitions"
    before = conf.get(name)
    conf.set(name, "3")
    yield
    conf.set(name, before)


@pytest.mark.usefixtures("partitions")
@pytest.mark.parametrize("name", CASES)
def test_every_engine_says_what_pandas_says(name: str, engine: Engine, large: Large) -> None:
    rows = ROWS if name in WHOLE else PART_ROWS
    rows = SPARK_ROWS if engine.name == "pyspark" else rows
    assert_same(plain(CASES[name](large.table(engine, rows))), large.answer(name, rows), name)


def test_the_table_has_ties_that_only_rounding_tells_apart(large: Large) -> None:
    sums = large.log.groupby("customer_id")["amount"].sum()
    alike, apart = sums.round(2).nunique(), sums.nunique()
    assert alike + 1000 < apart < len(sums) / 2


@pytest.mark.parametrize("name", ["summarize", "account_investment"])
def test_pyarrow_says_the_same_in_every_run(name: str, large: Large) -> None:
    table = pa.Table.from_pandas(large.log, preserve_index=False)
    backward = table.take(np.arange(ROWS)[::-1])
    for rows in (table, table, table, table, backward):
        assert_same(plain(CASES[name](rows)), large.answer(name, ROWS), name)
