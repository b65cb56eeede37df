"""The course's data: the published counts, types, and the words about them."""

from __future__ import annotations

from pathlib import Path

import keyaccounts as ka
import pandas as pd
import pytest
from keyaccounts import datasets
from keyaccounts.errors import ParameterError


@pytest.mark.parametrize(
    ("name", "purchases", "customers"),
    [("cdnow", 6_919, 2_357), ("cdnow_master", 69_659, 23_570)],  # Fader and Hardie (2001, 2013)
)
def test_published_counts(name: str, purchases: int, customers: int) -> None:
    orders = ka.datasets.load(name)
    assert len(orders) == purchases
    assert orders["customer_id"].nunique() == customers
    assert orders["order_date"].min() == pd.Timestamp("1997-01-01")
    assert orders["order_date"].max() == pd.Timestamp("1998-06-30")


def test_946_customers_came_back_in_the_first_39_weeks() -> None:
    found = ka.purchases.summarize(ka.datasets.load("cdnow"), until="1997-09-30")
    assert (found["repeat_orders"] > 0).sum() == 946


def test_columns_have_the_types_of_the_dictionary() -> None:
    orders = ka.datasets.load("cdnow")
    assert list(orders.columns) == ka.datasets.describe("cdnow")["column"].tolist()
    assert [kind.kind for kind in orders.dtypes] == ["i", "M", "i", "f"]
    assert orders.notna().all(axis=None)


def test_dictionary_has_unit_range_meaning_and_chinese() -> None:
    words = ka.datasets.describe("cdnow").set_index("column")
    assert words.loc["amount", "unit"] == "US dollars"
    assert words.loc["order_date", "highest"] == "1998-06-30"
    assert words.loc["customer_id", "chinese"] == "客户编号"
    assert words["required"].all()


def test_a_broken_installation_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(datasets, "__file__", str(tmp_path / "datasets.py"))
    datasets._folder.cache_clear()
    try:
        with pytest.raises(FileNotFoundError, match="install keyaccounts again"):
            ka.datasets.path("cdnow")
    finally:
        datasets._folder.cache_clear()


def test_each_load_is_a_table_of_its_own() -> None:
    orders = ka.datasets.load("cdnow")
    orders["amount"] = 0
    assert ka.datasets.load("cdnow")["amount"].sum() > 0


def test_path_is_a_file_that_other_tools_can_read() -> None:
    assert len(pd.read_csv(ka.datasets.path("cdnow"))) == 6_919


@pytest.mark.parametrize("ask", [ka.datasets.load, ka.datasets.path, ka.datasets.describe])
def test_unknown_names_are_answered_with_the_known(ask) -> None:
    with pytest.raises(ParameterError, match="no dataset 'cdnov'; there are 'cdnow'"):
        ask("cdnov")
