"""Every notebook page keeps the frame: question, goals, worked example, method, play, …"""

import ast
import re

import pytest
from notebooks import BOOK, NAMES, cells, code_cells, front_matter, headings, text

FRAME = ["The method", "Play", "Exercises", "Check yourself", "What you can decide now", "Read on"]
pages = pytest.mark.parametrize("name", NAMES)


def test_there_are_notebooks():
    assert len(NAMES) >= 2


@pages
def test_front_matter_has_a_description_and_no_minutes(name):
    matter = front_matter(name)
    assert "minutes" not in matter, "they are counted"
    assert 50 <= len(matter["html_meta"]["description"]) <= 160


@pages
def test_opens_with_title_question_and_goals(name):
    after = text(name).split("---", 2)[2].strip()
    title, question, *_ = [line for line in after.splitlines() if line]
    assert title.startswith("# ")
    assert re.fullmatch(r"\*[^*]+\?[^*]*\*", question), "the seller's question, in italics"
    assert ":::{admonition} You will be able to\n:class: goals\n" in after


@pages
def test_sections_are_those_of_the_frame_in_order(name):
    found = headings(text(name), 2)
    worked = found[: found.index("The method")]
    assert worked, "a worked example comes before the method"
    assert found[len(worked) :] == FRAME
    assert len(headings(text(name), 1)) == 1


@pages
def test_three_kinds_of_exercises_each_with_a_hidden_solution(name):
    body = text(name)
    asked = re.findall(r"```\{exercise(?:-start)?\} (\w[\w-]*): .+\n:label: ([\w-]+)", body)
    assert {kind for kind, _ in asked} >= {"Warm-up", "Apply", "Judge"}
    solved = re.findall(r"```\{solution(?:-start)?\} ([\w-]+)\n:class: dropdown\n", body)
    assert [label for _, label in asked] == solved


@pages
def test_there_is_a_self_check(name):
    """One cell under its heading; the page shows the questions and not the call."""
    place = next(i for i, c in enumerate(cells(name)) if "## Check yourself" in c["source"])
    cell = cells(name)[place + 1]
    asked = re.fullmatch(r'ka\.widgets\.self_check\("(questions/[\w-]+\.toml)"\)', cell["source"])
    assert asked, "the next cell asks the questions"
    assert (BOOK / name).parent.joinpath(asked[1]).is_file()
    assert set(cell["metadata"]["tags"]) == {"remove-input", "self-check"}
    calls = [c for c in code_cells(name) if "self_check" in c["source"]]
    assert calls == [cell]


@pages
def test_every_figure_has_a_text_that_says_what_it_shows(name):
    for cell in code_cells(name):
        if any("image/svg+xml" in o.get("data", {}) for o in cell["outputs"]):
            alt = cell["metadata"]["mystnb"]["image"]["alt"]
            assert len(alt) >= 60, cell["source"]
            assert not alt.lower().startswith(("plot of", "image of", "a plot", "figure"))
            assert re.search(r"\d", alt), "the finding, with its number"


@pages
def test_figures_are_small_and_every_output_is_text(name):
    for cell in code_cells(name):
        for output in cell["outputs"]:
            assert output["output_type"] in {"execute_result", "display_data"}, cell["source"]
            assert "image/png" not in output["data"]
            svg = output["data"].get("image/svg+xml", "")
            assert len("".join(svg)) <= 60_000


@pages
def test_code_is_short_and_reads_like_the_course(name):
    for cell in code_cells(name):
        lines = cell["source"].splitlines()
        tags = cell["metadata"].get("tags", [])
        folded = "hide-input" in tags
        assert folded == ("ka.widgets.explore(" in cell["source"]), "an explorer, folded"
        assert len(lines) <= (46 if "claims" in tags else 40 if folded else 8), cell["source"]
        assert max(map(len, lines)) <= 76, cell["source"]
        assert not re.search(r"\bprint\(|^\s*for .*:$|^[!%]", cell["source"], flags=re.M)


@pages
def test_claims_are_the_asserts_of_the_last_cell(name):
    """What sentences say and no output shows is asserted; a run of the page holds it."""
    claims = [c for c in cells(name) if "claims" in c["metadata"].get("tags", [])]
    assert claims in ([], [cells(name)[-1]])
    for cell in claims:
        assert cell["metadata"] == {"tags": ["claims"], "jupyter": {"source_hidden": True}}
        kinds = {type(statement) for statement in ast.parse(cell["source"]).body}
        assert ast.Assert in kinds
        assert kinds <= {ast.Assert, ast.Assign}
        assert cell["outputs"] == []


@pages
def test_answers_and_what_analysts_need_are_folds(name):
    """Each Stop has its answer in a fold; a page has at most one fold for analysts."""
    body = text(name)
    assert len(re.findall(r":class: analysts dropdown\n", body)) <= 1
    assert not re.search(r":class:(?! analysts dropdown).*\banalysts\b", body)
    stops = re.findall(r"^\*Stop\b.*\n\n:::\{admonition\} .+\n:class: stop dropdown\n", body, re.M)
    assert len(stops) == len(re.findall(r"\*+Stop\b", body))


@pages
def test_committed_as_run_from_top_to_bottom(name):
    counts = [c["execution_count"] for c in code_cells(name)]
    assert counts == list(range(1, len(counts) + 1))
    assert [c for c in cells(name) if not c["source"].strip()] == []


@pages
def test_imports_only_the_toolkit_and_what_it_stands_on(name):
    source = "\n".join(c["source"] for c in code_cells(name))
    imports = set(re.findall(r"^(?:import|from) ([\w.]+)", source, flags=re.M))
    assert imports <= {"keyaccounts", "numpy", "pandas"}
    assert source.count("import keyaccounts as ka") == 1
