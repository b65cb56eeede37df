"""One row a customer and year: by hand, as other methods count, cards put together, the cast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keyaccounts as ka
import pandas as pd
import pytest
from engines import Engine
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.totals import first_cards, put_together

YEAR = ("2025-07-01", "2026-06-30")
FIGURES = ["revenue", "margin", "cost_to_serve", "displaced_work", "profit", "hours"]
FIRM = {
    "industry": None, "employees": None, "business_volume": None, "credit_grade": None,
    "current_shop": None, "buying_by": None, "decision_chain_length": None,
    "tender_required": None, "outlook": None, "growth_rate": None,
}  # fmt: skip

FILLED = {
    "industry": "buses", "credit_grade": "A", "current_shop": "us", "buying_by": "person",
    "tender_required": [True, False, True, True], "growth_rate": 0.1, "business_volume": 9000.0,
    "decision_chain_length": 3, "employees": [12, 50, 7, 8], "outlook": [3, 4, 1, 5],
}  # fmt: skip


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame([*rows], columns=columns.split())


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    card = "customer_id created_on name vehicles district"
    return {
        "organizations": frame(
            card,
            ("O2", "2025-01-01", "Quiet Lamp Bus Lines Co., Ltd.", 9, 3),
            ("O1", "2024-01-01", "Brave Pebble Water Works", 30, 1),
            ("O3", "2026-03-01", None, None, 1),  # a second card of O1
            ("O4", "2026-07-05", "Late Kite Bakery", 5, 1),  # opened when the year was over
        ).assign(**{**FIRM, "employees": [None, None, 70, None], "outlook": [3, 4, 1, None]}),
        "individuals": frame(card, ("I1", "2024-02-01", "Yunli Chuyan", 1, 0)),
        "orders": frame(
            "customer_id order_date amount cost_of_goods",
            ("O1", "2025-06-30", 900.0, 600.0),  # the day before
            ("O1", "2025-07-01", 1000.0, 600.0),
            ("O1", "2026-06-30", 200.0, 150.0),
            ("O1", "2026-06-30", 300.0, 150.0),  # the same day: one order
            ("O3", "2026-04-01", 80.0, 70.0),
            ("O2", "2025-03-01", 400.0, 300.0),
            ("O1", "2026-07-01", 5000.0, 1.0),  # the day after
            ("O2", "2026-08-01", 10.0, 5.0),
        ).assign(order_id=["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8"]),
        "service_log": frame(
            "customer_id date input hours cost",
            ("O1", "2025-07-02", "sales_time", 2.0, 260.0),
            ("O1", "2025-07-03", "samples", 0.0, 40.0),
            ("O1", "2025-07-03", "displaced_work", 3.0, 720.0),
            ("O3", "2026-05-01", "managers", 0.5, 150.0),
            ("O1", "2025-06-30", "managers", 9.0, 900.0),
        ),
        "payments": frame(
            "order_id due_on paid_on",
            ("B2", "2025-08-01", "2025-07-20"),  # early: 0 days
            ("B3", "2025-09-01", "2025-09-07"),  # 6 days
            ("B4", "2026-06-21", None),  # open: 9 days
            ("B5", "2026-06-20", "2026-07-09"),  # paid when the year was over: 10 days
            ("B6", "2025-06-01", "2025-07-09"),  # fell due before
        ),
        "contracts": frame(
            "customer_id signed_on ends_on discount status canceled_on",
            ("O1", "2026-01-01", "2027-12-31", 0.10, "running", None),
            ("O1", "2024-01-01", "2025-12-31", 0.20, "ended", None),
            ("O2", "2024-03-01", "2026-06-30", 0.05, "ended", None),
            ("O2", "2026-07-09", "2028-07-01", 0.01, "running", None),  # when the year was over
        ),
        "truth_duplicates": frame("customer_id same_as", ("O3", "O1")),
    }  # fmt: skip


def test_by_hand(tables: dict[str, pd.DataFrame]) -> None:
    found = ka.accounts(*YEAR, tables).set_index("customer_id")
    assert found.index.tolist() == ["I1", "O1", "O2", "O3"]
    # O1: 1,000 + 200 + 300, of which 600 + 150 + 150 were goods; 260 + 40, and 720 elsewhere
    assert found.loc["O1", FIGURES].tolist() == [1500, 600, 300, 720, 300, 2]
    assert found.loc["O3", FIGURES].tolist() == [80, 10, 150, 0, -140, 0.5]
    assert found["orders"].tolist() == [0, 2, 0, 1]
    assert not found.loc[["I1", "O2"], FIGURES].any(axis=None)  # the silent
    days = ["NaT", "2026-06-30 00:00:00", "2025-03-01 00:00:00", "2026-04-01 00:00:00"]
    assert found["last_order"].astype("datetime64[us]").map(str).tolist() == days
    assert found.loc[["O1", "O3"], "days_late"].tolist() == [5, 10]
    assert found.loc[["I1", "O2"], "days_late"].isna().all()
    assert found["contract"].tolist() == ["none", "running", "running", "none"]
    assert found.loc[["O1", "O2"], "discount"].tolist() == [0.10, 0.05]
    assert found.loc["O1":"O2", "name"].tolist() == ["Brave Pebble", "Quiet Lamp"]
    assert found.loc["I1", ["name", "kind", "year"]].tolist() == [
        "Yunli Chuyan", "individual", 2026,
    ]  # fmt: skip


def test_two_cards_become_one_by_hand(tables: dict[str, pd.DataFrame]) -> None:
    found = ka.accounts(*YEAR, tables, one_card=True).set_index("customer_id")
    assert found.index.tolist() == ["I1", "O1", "O2"]
    assert found.loc["O1", FIGURES].tolist() == [1580, 610, 450, 720, 160, 2.5]
    assert found.loc["O1", ["orders", "days_late"]].tolist() == [3, 6.25]
    assert found.loc["O1", ["name", "employees", "outlook"]].tolist() == ["Brave Pebble", 70, 4]


def test_how_a_contract_stood(tables: dict[str, pd.DataFrame]) -> None:
    def stands(status: str, until: str, canceled_on: str | None = None) -> str:
        deal = ("O2", "2025-01-10", "2026-01-31", 0.1, status, canceled_on)
        deals = frame("customer_id signed_on ends_on discount status canceled_on", deal)
        found = ka.accounts("2024-07-01", until, {**tables, "contracts": deals})
        return str(found.set_index("customer_id").loc["O2", "contract"])

    assert stands("ended", "2025-01-09") == "none"
    assert stands("ended", "2026-01-31") == "running"  # its last day
    assert stands("ended", "2026-02-01") == "ended"
    assert stands("canceled", "2026-01-31") == "running"  # not renewed, but not over either
    assert stands("canceled", "2026-02-01") == "canceled"
    assert stands("canceled", "2025-03-09", "2025-03-10") == "running"
    assert stands("canceled", "2025-03-10", "2025-03-10") == "canceled"


def test_rows_may_come_in_any_order(tables: dict[str, pd.DataFrame]) -> None:
    mixed = {name: table.iloc[::-1] for name, table in tables.items()}
    for one_card in (False, True):
        pd.testing.assert_frame_equal(
            ka.accounts(*YEAR, mixed, one_card), ka.accounts(*YEAR, tables, one_card)
        )


def test_same_answer_on_every_engine(tables: dict[str, pd.DataFrame], engine: Engine) -> None:
    known = {**tables, "organizations": tables["organizations"].assign(**FILLED)}
    given = {name: engine.table(table) for name, table in known.items()}
    pd.testing.assert_frame_equal(
        ka.accounts(*YEAR, given, one_card=True), ka.accounts(*YEAR, known, one_card=True)
    )


def test_wrong_input_is_named(tables: dict[str, pd.DataFrame]) -> None:
    def found(change: dict[str, Any], **options: Any) -> Any:
        return ka.accounts(*YEAR, {**tables, **change}, **options)

    few = {name: table for name, table in tables.items() if name != "truth_duplicates"}
    twice = frame("customer_id same_as", ("O1", "O3"), ("O1", "O2"))
    with pytest.raises(ParameterError, match="is after until='2024-01-01': give the earlier"):
        ka.accounts("2025-07-01", "2024-01-01", tables)
    with pytest.raises(ParameterError, match="tables= has no 'truth_duplicates'"):
        ka.accounts(*YEAR, few, one_card=True)
    with pytest.raises(ColumnError, match=r"table 'orders': .*'amount'"):
        found({"orders": tables["orders"].drop(columns="amount")})
    with pytest.raises(DataError, match="table 'orders': column 'order_date': not a day in 1 of 8"):
        found({"orders": tables["orders"].replace("2025-07-01", "July")})
    with pytest.raises(DataError, match="table 'service_log': column 'input': none of sales_time"):
        found({"service_log": tables["service_log"].replace("samples", "gifts")})
    with pytest.raises(DataError, match=r"'payments': 1 of 5 rows are of no order in .* as 'B99'"):
        found({"payments": tables["payments"].replace("B6", "B99")})
    with pytest.raises(DataError, match="'orders': two rows have the number 'B2': mend one"):
        found({"orders": tables["orders"].replace("B1", "B2")})
    with pytest.raises(DataError, match="two cards have the number 'O1'"):
        found({"organizations": tables["organizations"].replace("O2", "O1")})
    with pytest.raises(DataError, match="'O1' has more than one row"):
        found({"truth_duplicates": twice}, one_card=True)


def test_a_third_card_leads_to_the_first_and_a_ring_nowhere() -> None:
    def firsts(*pairs: tuple[str, str]) -> dict[Any, Any]:
        return first_cards(frame("card of", *pairs), key="card", same_as="of")

    assert firsts(("D", "C"), ("C", "B"), ("B", "A")) == {"D": "A", "C": "A", "B": "A"}
    cards = frame("card name town", ("C", "c", "x"), ("B", None, "y"), ("A", None, None))
    one = put_together(cards, firsts(("C", "B"), ("B", "A")), key="card")
    assert one.to_numpy().tolist() == [["A", "c", "y"]]  # the second card goes before the third
    with pytest.raises(DataError, match="'card' and 'of' lead in a ring through 'A'"):
        firsts(("B", "A"), ("A", "B"))


# ---------------------------------------------------------------------------- the shipped company


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return ka.datasets.load("accounts")


@pytest.mark.parametrize("since", ["2024-07-01", "2025-07-01"])
def test_the_shipped_table_is_what_the_function_makes(since: str, shipped: pd.DataFrame) -> None:
    until = f"{int(since[:4]) + 1}-06-30"
    made = ka.accounts(since, until)
    rows = shipped[shipped["year"] == int(until[:4])].reset_index(drop=True)
    pd.testing.assert_frame_equal(made, rows.astype(made.dtypes), check_exact=True)
    one = ka.accounts(since, until, one_card=True)
    assert one[FIGURES].sum().tolist() == pytest.approx(made[FIGURES].sum().tolist())
    pairs = ka.datasets.load("truth_duplicates", truth=True)
    assert set(made["customer_id"]) - set(one["customer_id"]) == {*pairs["customer_id"]} & {
        *made["customer_id"]
    }


def test_it_is_written_with_the_same_bytes(tmp_path: Path) -> None:
    years = [ka.accounts(f"{year - 1}-07-01", f"{year}-06-30") for year in (2025, 2026)]
    made = pd.concat(years).sort_values(["customer_id", "year"])
    ka.datasets.write({"accounts": made}, tmp_path)
    there = ka.datasets.path("accounts").read_bytes()
    assert (tmp_path / "accounts.csv").read_bytes() == there


def test_it_counts_as_other_methods_do(shipped: pd.DataFrame) -> None:
    orders, log = ka.datasets.load("orders"), ka.datasets.load("service_log")
    orders = orders[orders["order_date"] >= "2025-07-01"]
    orders = orders.assign(margin=orders["amount"] - orders["cost_of_goods"])
    rows = shipped[shipped["year"] == 2026].set_index("customer_id")
    bought = ka.purchases.summarize(orders).set_index("customer_id")
    assert (rows.loc[bought.index, "orders"] == bought["orders"]).all()
    assert (rows.loc[bought.index, "last_order"] == bought["last_date"]).sum() == (
        bought["orders"] > 0
    ).sum()
    assert not rows["orders"].drop(bought.index).any()
    taken = log[log["date"] >= "2025-07-01"]
    found = ka.segmentation.account_investment(taken, orders, revenue="amount")
    books = found.table.set_index("customer_id").sort_index()
    for column in ("revenue", "margin", "cost_to_serve", "displaced_work"):
        assert (rows.loc[books.index, column] == books[column]).all()
        assert not rows[column].drop(books.index).any()
    assert rows["hours"].sum() == pytest.approx(
        taken.loc[taken["input"] != "displaced_work", "hours"].sum()
    )
    assert (rows["profit"] - rows["margin"] + rows["cost_to_serve"]).abs().max() < 0.005
    deals = ka.datasets.load("contracts").groupby("customer_id").last()
    assert (rows.loc[deals.index, "contract"] == deals["status"]).all()  # today is the last day
    assert (rows["contract"] == "none").sum() == len(rows) - len(deals)


def test_a_simulated_company_has_accounts() -> None:
    company = ka.datasets.simulate(7, size="small", truth=True)
    apart, one = (ka.accounts(*YEAR, company, one_card) for one_card in (False, True))
    cards = len(company["organizations"]) + len(company["individuals"])
    assert len(apart) == cards
    assert len(one) == cards - len(company["truth_duplicates"])
    assert one[FIGURES].sum().tolist() == pytest.approx(apart[FIGURES].sum().tolist())


def test_every_role_of_the_cast_is_true(shipped: pd.DataFrame) -> None:
    cast = ka.datasets.cast()
    role = cast.set_index("name")["role"]
    before, now = (
        shipped[shipped["year"] == year].set_index("customer_id") for year in (2025, 2026)
    )
    one = ka.accounts(*YEAR, one_card=True).set_index("customer_id")
    named = now.loc[cast["customer_id"]].set_index("name", drop=False)
    assert named["name"].tolist() == cast["name"].tolist()
    number = cast.set_index("name")["customer_id"]

    def place(rows: pd.DataFrame, column: str, name: str) -> int:
        return int(rows[column].rank(ascending=False)[number[name]])

    assert "pays most" in role["Borrowed Pumpkin"]
    assert place(now, "revenue", "Borrowed Pumpkin") == 1
    assert named.loc["Borrowed Pumpkin", "profit"] < 0

    assert "nearly tripled" in role["Tuesday Umbrella"]
    grown = (
        named.loc["Tuesday Umbrella", "revenue"] / before.loc[number["Tuesday Umbrella"], "revenue"]
    )
    assert 2.6 < grown < 3
    assert place(now, "profit", "Tuesday Umbrella") == 1
    assert named.loc["Tuesday Umbrella", "industry"] == "parks"

    assert "third largest" in role["Striped Accordion"]
    assert place(now, "revenue", "Striped Accordion") > 3
    assert place(one, "revenue", "Striped Accordion") == 3

    assert "second card" in role["Jolly Kettle"]
    pairs = ka.datasets.load("truth_duplicates", truth=True).set_index("same_as")
    second = pairs.loc[number["Jolly Kettle"]]
    assert second["name_slip"] == "swapped"
    parts = now.loc[[second["customer_id"], number["Jolly Kettle"]], "revenue"]
    assert "a third of its work" in role["Jolly Kettle"]
    assert 0.28 < parts.iloc[0] / parts.sum() < 0.4
    assert named.loc["Jolly Kettle", "industry"] == "driving_school"

    assert "ten largest a year ago" in role["Marbled Compass"]
    assert place(before, "revenue", "Marbled Compass") <= 10
    assert named.loc["Marbled Compass", "contract"] == "canceled"
    assert max(rows.loc[number["Marbled Compass"], "profit"] for rows in (before, now)) < 0

    assert "third largest a year ago, a fleet of 52 that canceled" in role["Humming Turnip"]
    assert place(before, "revenue", "Humming Turnip") == 3
    assert named.loc["Humming Turnip", ["vehicles", "contract"]].tolist() == [52, "canceled"]

    assert "nobody has asked" in role["Pickled Biscuit"]
    assert place(now, "profit", "Pickled Biscuit") <= 15
    assert pd.isna(named.loc["Pickled Biscuit", "outlook"])

    assert "a dozen vehicles" in role["Patient Snail"]
    assert named.loc["Patient Snail", "vehicles"] == 12
    fleets = now[(now["vehicles"] >= 36) & (now["revenue"] > 0)]
    assert (fleets["profit"] < named.loc["Patient Snail", "profit"]).mean() > 0.5
