"""The committed data are what the dictionary says, and every table used is in it."""

import json
import re

import keyaccounts as ka
import pytest
from notebooks import NAMES, ROOT, code_cells

frictionless = pytest.importorskip("frictionless")
PACKAGE = json.loads((ROOT / "data" / "datapackage.json").read_text("utf8"))
RESOURCES = {r["name"]: r for r in PACKAGE["resources"]}


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.filterwarnings("default")
def test_data_keep_to_the_dictionary(name):
    resource = RESOURCES[name]
    plain = {k: resource[k] for k in ("name", "path", "schema", "format", "mediatype", "encoding")}
    report = frictionless.Resource.from_descriptor(
        plain, basepath=str(ROOT / "data"), detector=frictionless.Detector()
    ).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]
    assert report.tasks[0].stats["rows"] == resource["rows"]


@pytest.mark.parametrize("name", RESOURCES)
def test_every_column_has_type_unit_range_and_meaning(name):
    for field in RESOURCES[name]["schema"]["fields"]:
        assert field["type"] in {"integer", "number", "date", "datetime", "string", "boolean"}
        assert len(field["description"]) >= 15
        assert field["unit"]
        assert re.search(r"[\u4e00-\u9fff]", field["chinese"])
        if field["type"] != "string":
            assert {"minimum", "maximum"} <= set(field["constraints"])


@pytest.mark.parametrize("name", RESOURCES)
def test_origin_license_and_script_are_named(name):
    resource = RESOURCES[name]
    assert resource["sources"][0]["title"]
    assert resource["licenses"][0]["name"]
    assert (ROOT / "data" / resource["made_by"]).is_file()
    keys = re.findall(r"@\w+\{([\w-]+),", (ROOT / "book" / "references.bib").read_text("utf8"))
    assert set(resource["bibliography"]) <= set(keys)


def test_files_and_dictionary_name_the_same_tables():
    files = {p.name for p in (ROOT / "data").glob("*.csv")}
    assert files == {r["path"] for r in RESOURCES.values()}
    assert ka.datasets.names() == sorted(RESOURCES)


@pytest.mark.parametrize("notebook", NAMES)
def test_pages_load_only_tables_of_the_dictionary(notebook):
    source = "\n".join(c["source"] for c in code_cells(notebook))
    assert set(re.findall(r"datasets\.load\(\"(\w+)\"", source)) <= set(RESOURCES)


def test_sample_is_part_of_the_master_log():
    master, sample = (ka.datasets.load(n) for n in ("cdnow_master", "cdnow"))
    columns = list(sample.columns)
    both = (
        sample.value_counts(columns)
        .to_frame("here")
        .join(master.value_counts(columns).to_frame("there"))
    )
    assert (both["here"] == both["there"]).all()
