"""The committed data are what the dictionary says, and every table used is in it."""

import json
import re
import warnings

import keyaccounts as ka
import pytest
from keyaccounts.world.dictionary import resources
from notebooks import NAMES, ROOT, code_cells

frictionless = pytest.importorskip("frictionless")
DATA = ROOT / "data"
PACKAGE = json.loads((DATA / "datapackage.json").read_text("utf8"))
RESOURCES = {r["name"]: r for r in PACKAGE["resources"]}
EXTERNAL = {r["name"]: r for r in PACKAGE["external"]}
TABLES = {**RESOURCES, **EXTERNAL}
AREAS = {"real", "cards", "prospecting", "money", "talks", "care", "truth"}
KINDS = {"integer", "number", "date", "datetime", "string", "boolean"}


@pytest.fixture(scope="module")
def report():
    """Every row of every table against its columns, and every key against the table it names."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        package = frictionless.Package(str(DATA / "datapackage.json"))
        return {task.name: task for task in package.validate().tasks}


@pytest.mark.parametrize("name", RESOURCES)
def test_data_keep_to_the_dictionary(name, report):
    found = [
        f"row {e.row_number}: {e.note}" if hasattr(e, "row_number") else e.message
        for e in report[name].errors
    ]
    assert found[:5] == []
    assert report[name].stats["rows"] == RESOURCES[name]["rows"]


@pytest.mark.parametrize("name", RESOURCES)
def test_what_points_to_one_of_two_tables_is_in_one_of_them(name):
    for key in RESOURCES[name]["schema"].get("oneOf", []):
        there = {
            value
            for other in key["in"]
            for value in ka.datasets.load(other.split(".")[0])[other.split(".")[1]]
        }
        here = ka.datasets.load(name, truth=True)[key["field"]].dropna()
        assert sorted(set(here) - there) == []


def test_the_company_is_described_as_its_catalog_says():
    made = [r for r in PACKAGE["resources"] if r["made_by"] == "make_world.py"]
    assert [{k: v for k, v in r.items() if k != "rows"} for r in made] == resources()


def test_a_broken_table_would_be_found(tmp_path):
    """A duplicate key, a key that points nowhere, a value out of range and a gap are errors."""
    plain = {"type": "string", "constraints": {"required": True}}
    number = {"type": "integer", "constraints": {"required": True, "maximum": 5}}
    package = {
        "name": "broken",
        "resources": [
            {
                "name": "sellers",
                "path": "sellers.csv",
                "profile": "tabular-data-resource",
                "schema": {"fields": [{"name": "seller_id", **plain}], "primaryKey": ["seller_id"]},
            },
            {
                "name": "calls",
                "path": "calls.csv",
                "profile": "tabular-data-resource",
                "schema": {
                    "fields": [{"name": "seller_id", **plain}, {"name": "count", **number}],
                    "foreignKeys": [
                        {
                            "fields": ["seller_id"],
                            "reference": {"resource": "sellers", "fields": ["seller_id"]},
                        }
                    ],
                },
            },
        ],
    }
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    (tmp_path / "sellers.csv").write_text("seller_id\nS01\nS01\n")
    (tmp_path / "calls.csv").write_text("seller_id,count\nS01,6\nS01,\nS09,1\n")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        found = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert sorted(e.type for task in found.tasks for e in task.errors) == [
        "constraint-error",
        "constraint-error",
        "foreign-key",
        "primary-key",
    ]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_type_unit_range_and_meaning(name):
    for field in TABLES[name]["schema"]["fields"]:
        assert field["type"] in KINDS
        assert len(field["description"]) >= 15
        assert field["unit"]
        assert re.search(r"[\u4e00-\u9fff]", field["chinese"])
        if field["type"] not in {"string", "boolean"}:
            assert {"minimum", "maximum"} <= set(field["constraints"])


@pytest.mark.parametrize("name", TABLES)
def test_origin_license_and_area_are_named(name):
    table = TABLES[name]
    assert table["sources"][0]["title"]
    assert table["licenses"][0]["name"]
    assert table["area"] in AREAS
    assert (table["area"] == "truth") == name.startswith("truth_")
    keys = re.findall(r"@\w+\{([\w-]+),", (ROOT / "book" / "references.bib").read_text("utf8"))
    assert set(table["bibliography"]) <= set(keys)


@pytest.mark.parametrize("name", RESOURCES)
def test_the_script_that_made_it_is_there(name):
    assert (DATA / RESOURCES[name]["made_by"]).is_file()


@pytest.mark.parametrize("name", EXTERNAL)
def test_what_may_not_be_passed_on_is_not_here(name):
    assert not list(DATA.glob(f"{name}*"))
    assert EXTERNAL[name]["package"]


def test_files_and_dictionary_name_the_same_tables():
    files = {p.name for p in DATA.glob("*.csv")}
    assert files == {r["path"] for r in RESOURCES.values()}
    assert ka.datasets.names(truth=True) == sorted(RESOURCES)
    assert ka.datasets.names(truth=True, external=True) == sorted(TABLES)


@pytest.mark.parametrize("notebook", NAMES)
def test_pages_load_only_tables_of_the_dictionary(notebook):
    source = "\n".join(c["source"] for c in code_cells(notebook))
    assert set(re.findall(r"datasets\.load\(\"(\w+)\"", source)) <= set(TABLES)


def test_sample_is_part_of_the_master_log():
    master, sample = (ka.datasets.load(n) for n in ("cdnow_master", "cdnow"))
    columns = list(sample.columns)
    both = (
        sample.value_counts(columns)
        .to_frame("here")
        .join(master.value_counts(columns).to_frame("there"))
    )
    assert (both["here"] == both["there"]).all()
