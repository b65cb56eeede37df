"""Committed notebooks are clean, and the script that says so sees what is not."""

import json

import notebook_hygiene as hygiene
import pytest


@pytest.mark.parametrize("path", hygiene.notebooks(), ids=lambda p: p.stem)
def test_notebooks_are_clean(path):
    text = path.read_text("utf8")
    assert [*hygiene.untidy(text), *hygiene.wrong(text)] == []


def notebook(about=hygiene.NOTEBOOK_METADATA, **changes):
    """Return a notebook of one cell that was run; `about` is its own metadata."""
    cell = {"cell_type": "code", "id": "a", "metadata": {"tags": ["solution"]}, "source": ["1"]}
    cell |= {"execution_count": 1, "outputs": result(), **changes}
    return {"cells": [cell], "metadata": about, "nbformat": 4, "nbformat_minor": 5}


def result(**data):
    data = {"text/plain": ["1"], **data}
    return [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}]


VIEW = {hygiene.WIDGET + "view+json": {"model_id": "5f1"}}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"metadata": {"execution": {"iopub.status.busy": "2026-01-01T00:00"}}}, "execution"),
        ({"metadata": {"scrolled": True}}, "scrolled"),
        ({"outputs": result(**VIEW)}, "widget"),
        ({"about": {**hygiene.NOTEBOOK_METADATA, "widgets": {}}}, "metadata"),
        ({"about": {"kernelspec": {"name": "my-env"}}}, "metadata"),
    ],
)
def test_what_a_run_leaves_behind_is_found_and_removed(tmp_path, capsys, changes, complaint):
    path = tmp_path / "page.ipynb"
    path.write_text(hygiene.written(notebook(**changes)), "utf8")
    assert hygiene.main([str(path)]) == 1
    assert complaint in capsys.readouterr().out
    assert hygiene.main(["--fix", str(path)]) == 0
    left = json.loads(path.read_text("utf8"))
    assert left["cells"][0]["outputs"] == result(), "outputs stay"
    assert left["metadata"] == hygiene.NOTEBOOK_METADATA


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"execution_count": 2}, "top to bottom"),
        ({"execution_count": None, "outputs": []}, "top to bottom"),
        ({"outputs": [{"output_type": "error", "ename": "E", "evalue": ""}]}, "ends in an error"),
        ({"outputs": [{"output_type": "stream", "name": "stderr", "text": ["x"]}]}, "stderr"),
        ({"source": ["open('/ho" + "me/me/a.csv')"]}, "path of one machine"),
        ({"outputs": result(**{"text/html": ["C:\\Us" + "ers\\me"]})}, "path of one machine"),
    ],
)
def test_what_only_its_author_can_mend_is_refused(tmp_path, capsys, changes, complaint):
    path = tmp_path / "page.ipynb"
    path.write_text(hygiene.written(notebook(**changes)), "utf8")
    assert hygiene.main(["--fix", str(path)]) >= 1
    assert complaint in capsys.readouterr().out


def test_a_clean_notebook_stays_as_it_is(tmp_path):
    path = tmp_path / "page.ipynb"
    path.write_text(hygiene.written(notebook()), "utf8")
    before = path.read_bytes()
    assert hygiene.main(["--fix", str(path)]) == 0
    assert path.read_bytes() == before
    path.write_text(json.dumps(notebook()), "utf8")
    assert hygiene.main([str(path)]) == 1
