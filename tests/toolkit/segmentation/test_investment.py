"""An account as an investment: nine inputs by hand, nothing counted twice, laws."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from engines import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.segmentation import account_investment, reference, whale_curve

INPUTS = ["sales_time", "sales_calls", "marketing", "proposals", "technicians", "managers",
          "literature", "samples", "displaced_work"]  # fmt: skip
LOG = pd.DataFrame(
    [
        ("B", "sales_time", 10.0, 0.0),
        ("A", "sales_time", 2.0, 0.0),
        ("A", "sales_time", 3.0, 0.0),
        ("A", "sales_calls", 0.0, 80.0),
        ("A", "managers", 1.0, 0.0),
        ("B", "proposals", 4.0, 100.0),
        ("B", "samples", 0.0, 260.0),
        ("B", "displaced_work", 6.0, 999.0),
        ("P", "literature", 0.0, 70.0),
    ],
    columns=["customer_id", "input", "hours", "cost"],
)
MARGINS = pd.DataFrame(
    {
        "customer_id": ["A", "B", "A", "Q", "R"],
        "revenue": [4000.0, 8000.0, 1000.0, 300.0, 50.0],
        "margin": [1200.0, 2000.0, 300.0, 90.0, -20.0],
    }
)
RATES = {"sales_time": 100.0, "proposals": 100.0, "managers": 300.0}


def test_by_hand(engine: Engine) -> None:
    found = account_investment(
        engine.table(LOG), engine.table(MARGINS), rates=RATES, alternative=50
    )
    # A: 5 h × 100 + 80 + 300 = 880, margin 1,500 of 5,000 (30 %): net 620, breaks even at 880 ÷ 0.3
    # B: 10 h × 100 + (400 + 100) + 260 = 1,760, and 6 h × 50 = 300: 2,060 of 2,000 (25 %): −60
    # P costs 70 and bought nothing; Q bought and cost nothing; R sells at a loss
    assert engine.rows(
        found.table, "customer_id", "cost_to_serve", "investment", "revenue", "margin", "net",
        "roi", "break_even_revenue", "rank",
    ) == [
        ("A", 880, 880, 5000, 1500, 620, pytest.approx(620 / 880), pytest.approx(880 / 0.3), 1),
        ("Q", 0, 0, 300, 90, 90, None, 0, 2),
        ("R", 0, 0, 50, -20, -20, None, None, 3),
        ("B", 1760, 2060, 8000, 2000, -60, pytest.approx(-60 / 2060), 8240, 4),
        ("P", 70, 70, 0, 0, -70, -1, None, 5),
    ]  # fmt: skip
    rows = {row[0]: row[1:] for row in engine.rows(found.table, "customer_id", *INPUTS)}
    assert rows["A"] == (500, 80, 0, 0, 0, 300, 0, 0, 0)
    assert rows["B"] == (1000, 0, 0, 500, 0, 0, 0, 260, 300)
    assert list(engine.frame(found.table).columns) == [
        "customer_id", *INPUTS, "cost_to_serve", "investment", "revenue", "margin", "net", "roi",
        "break_even_revenue", "rank",
    ]  # fmt: skip
    assert found.net == 560
    assert found.inputs["cost"].tolist() == [1500, 80, 0, 500, 0, 300, 70, 260, 300]
    assert found.inputs["share"].sum() == pytest.approx(1)
    curve = whale_curve(found.table, key="customer_id", profit="net")
    assert (curve.total, curve.loss_share) == (560, 0.6)


def test_equal_nets_stand_in_order_of_the_account(engine: Engine) -> None:
    margins = pd.DataFrame({"customer_id": list("DBCAE"), "revenue": 900.0, "margin": 300.0})
    log = pd.DataFrame({"customer_id": list("EB"), "input": "samples", "hours": 0.0, "cost": 10.0})
    for rows in (margins, margins[::-1]):
        found = account_investment(engine.table(log), engine.table(rows))
        assert engine.rows(found.table, "customer_id", "net", "rank") == [
            ("A", 300, 1), ("C", 300, 2), ("D", 300, 3), ("B", 290, 4), ("E", 290, 5)
        ]  # fmt: skip


def test_reads_well(engine: Engine) -> None:
    found = account_investment(engine.table(LOG), engine.table(MARGINS))
    # without rates the log's money is all there is: 80 + 100 + 260 + 999 + 70 of 3,570
    assert repr(found).startswith("1,509 put into accounts, 2,061 net\n\ncustomer  cost to serve")
    assert "<table>" in found._repr_html_()


def test_an_hour_counts_once() -> None:
    by_log = account_investment(LOG, MARGINS).table.set_index("customer_id")
    assert by_log.loc["B", "displaced_work"] == 999
    by_hours = account_investment(LOG, MARGINS, alternative=0).table.set_index("customer_id")
    assert by_hours.loc["B", "displaced_work"] == 0
    with pytest.raises(ParameterError, match="the pay of these hours stands under another input"):
        account_investment(LOG, MARGINS, rates={"displaced_work": 100})


def test_inputs_are_the_nine_of_the_list() -> None:
    assert reference("investment_inputs")["id"].tolist() == INPUTS


def test_one_table_may_be_empty(engine: Engine) -> None:
    found = account_investment(engine.table(LOG.head(0)), engine.table(MARGINS))
    assert found.inputs["cost"].sum() == 0
    assert found.inputs["share"].isna().all()
    assert found.net == pytest.approx(3570)
    found = account_investment(engine.table(LOG), engine.table(MARGINS.head(0)))
    assert sorted(engine.rows(found.table, "customer_id")) == [("A",), ("B",), ("P",)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rates": {"time": 3}}, "choose one of 'sales_time'"),
        ({"rates": {"samples": -1}}, "give a number of zero or more"),
        ({"rates": {"samples": "dear"}}, "give a finite number"),
        ({"alternative": -5}, "alternative=-5: give a number of zero or more"),
    ],
)
def test_bad_arguments(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        account_investment(LOG, MARGINS, **options)


def test_bad_tables(engine: Engine) -> None:
    def refused(said: str, error: type = DataError, margins: Any = MARGINS, **change: Any) -> None:
        log = LOG.assign(**change)
        with pytest.raises(error, match=said):
            account_investment(engine.table(log), engine.table(margins))

    refused("'input': none of sales_time, .* in 9 of 9 rows", input="tea")
    refused("no column 'margin'", ColumnError, MARGINS.drop(columns="margin"))
    refused("give the accounts the same keys in both", customer_id=range(9))


ENTRY = st.tuples(
    st.sampled_from("ABCDE"), st.sampled_from(INPUTS), st.integers(0, 40), st.integers(0, 900)
)
MARGIN = st.tuples(st.sampled_from("ABCDEF"), st.integers(0, 9000), st.integers(-100, 4000))


@settings(max_examples=40)
@given(
    st.lists(ENTRY, max_size=25),
    st.lists(MARGIN, min_size=1, max_size=12),
    st.integers(0, 200),
    st.randoms(use_true_random=False),
)
def test_laws(entries: Any, margins: Any, rate: int, chance: Any) -> None:
    log = pd.DataFrame(entries, columns=[*LOG.columns]).astype({"customer_id": "string"})
    log = log.astype({"input": "string", "hours": float, "cost": float})
    left = pd.DataFrame(margins, columns=[*MARGINS.columns])
    prices: dict[str, Any] = {"rates": {"sales_time": rate}, "alternative": 30}
    found = account_investment(log, left.astype({"customer_id": "string"}), **prices)
    table = found.table
    # nothing is lost and nothing counts twice
    assert table["margin"].sum() == left["margin"].sum()
    hours = log.groupby("input")["hours"].sum()
    spent = log.loc[log["input"] != "displaced_work", "cost"].sum()
    whole = spent + rate * hours.get("sales_time", 0) + 30 * hours.get("displaced_work", 0)
    assert table["investment"].sum() == pytest.approx(whole)
    assert found.net == pytest.approx(left["margin"].sum() - whole)
    assert table["net"].is_monotonic_decreasing
    assert (table["roi"].isna() == (table["investment"] == 0)).all()
    # at the break-even revenue, with the margin rate as it is, net is zero
    rate_of_margin = table["margin"] / table["revenue"]
    earned = (table["break_even_revenue"] * rate_of_margin).dropna()
    assert earned.tolist() == pytest.approx(table.loc[earned.index, "investment"].tolist())
    mixed = log.sample(frac=1, random_state=chance.randrange(99))
    again = account_investment(mixed, left.astype({"customer_id": "string"}), **prices)
    assert again.table.equals(table)
