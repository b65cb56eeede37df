"""Progressive segmentation: six questions by hand, what is unknown, and that it converges."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from engines import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.errors import ColumnError, DataError, ParameterError
from keyaccounts.segmentation import progressive, reference

CARDS = pd.DataFrame(
    {
        "customer_id": ["F", "A", "B", "C", "D", "E", "G", "H"],
        "vehicles": [2, 40, 0, 12, None, 1, 3, 30],
        "place": ["walk_in", "called_on", None, "called_on", "walk_in", "walk_in", None, "walk_in"],
        "kind": ["individual", "organization", "organization", "organization", "individual",
                 "individual", "organization", "organization"],
        "orders": [4, 9, 0, 0, 2, 1, 6, 5],
    }
)  # fmt: skip
ALL = {
    "likely": ("vehicles", ">=", 1),
    "place": "place",
    "party": "kind",
    "history": ("orders", ">", 0),
    "frequency": ("orders", ">=", 4),
    "priority": ("vehicles", ">=", 3),
}


def test_six_stages_by_hand(engine: Engine) -> None:
    found = progressive(engine.table(CARDS), criteria=ALL)
    assert engine.rows(found.table, "customer_id", "path", "branch") == [
        ("A", "likely / called_on / organization / known / regular / target", "remaining"),
        ("B", "unlikely", "left"),
        ("C", "likely / called_on / organization / new / n/a / target", "remaining"),
        ("D", "unknown", "unknown"),
        ("E", "likely / walk_in / individual / known / rare / reserve", "left"),
        ("F", "likely / walk_in / individual / known / regular / reserve", "left"),
        ("G", "likely / unknown / organization / known / regular / target", "remaining"),
        ("H", "likely / walk_in / organization / known / regular / target", "remaining"),
    ]
    assert engine.rows(found.table)[1] == (
        "B", "unlikely", *["not asked"] * 5, "unlikely", "left",
    )  # fmt: skip
    # entered, passed, left, unknown
    assert found.stages.drop(columns=["wanted", "ratio"]).to_numpy().tolist() == [
        ["likely", 8, 6, 1, 1],
        ["place", 6, 6, 0, 1],
        ["party", 6, 6, 0, 0],
        ["history", 6, 6, 0, 0],
        ["frequency", 6, 6, 0, 0],
        ["priority", 6, 4, 2, 0],
    ]
    assert found.stages["ratio"].tolist() == pytest.approx([0.75, 1, 1, 1, 1, 4 / 6])
    assert found.stages["wanted"].tolist() == ["likely", "", "", "", "", "target"]
    assert repr(found).startswith("Of 8 customers 4 remain after 6 stages")
    assert "<table>" in found._repr_html_()


def test_each_question_is_asked_of_those_who_passed_the_one_before(engine: Engine) -> None:
    wanted = {"place": "walk_in", "party": ["organization"], "frequency": "regular"}
    criteria = {name: ALL[name] for name in ("frequency", "party", "place")}  # in any order
    found = progressive(engine.table(CARDS), criteria=criteria, wanted=wanted)
    assert found.stages["stage"].tolist() == ["place", "party", "frequency"]
    assert found.stages["passed"].tolist() == [4, 1, 1]  # D E F H, H, H
    assert found.stages["unknown"].tolist() == [2, 0, 0]  # B and G
    rows = engine.rows(found.table, "customer_id", "branch")
    assert [key for key, branch in rows if branch == "unknown"] == ["B", "G"]
    assert [key for key, branch in rows if branch == "remaining"] == ["H"]


def test_labels_only() -> None:
    found = progressive(CARDS, criteria=ALL, mode="label")
    assert found.table.equals(progressive(CARDS, criteria=ALL, wanted={}).table)
    assert found.stages["passed"].tolist() == [8] * 6
    assert found.stages["unknown"].tolist() == [1, 2, 0, 0, 0, 1]
    assert found.table.loc[3].tolist() == [
        "D", "unknown", "walk_in", "individual", "known", "rare", "unknown",
        "unknown / walk_in / individual / known / rare / unknown", "remaining",
    ]  # fmt: skip


def test_a_new_customer_has_no_frequency_even_if_a_column_says_so() -> None:
    frame = CARDS.assign(often=True, before=[True, True, True, False, False, None, True, True])
    criteria = {"history": "before", "frequency": "often"}
    wanted = {"frequency": ["regular", "n/a"]}
    found = progressive(frame, criteria=criteria, wanted=wanted)
    labels = dict(zip(found.table["customer_id"], found.table["path"], strict=True))
    assert labels["C"] == labels["D"] == "new / n/a"
    assert labels["E"] == "unknown / regular"
    assert found.stages["passed"].tolist() == [8, 8]
    found = progressive(frame, criteria=criteria, wanted={"frequency": "regular"})
    assert found.stages["left"].tolist() == [0, 2]


def test_truth_values_and_categories(engine: Engine) -> None:
    frame = CARDS.assign(called=[True, False] * 4)
    for criterion in ("called", ("called", "==", True)):
        found = progressive(engine.table(frame), criteria={"likely": criterion})
        rows = engine.rows(found.table, "customer_id", "likely")
        assert [key for key, label in rows if label == "likely"] == ["B", "D", "F", "G"]
    found = progressive(CARDS.astype({"kind": "category"}), criteria={"party": "kind"})
    assert found.table["party"].value_counts().to_dict() == {"organization": 5, "individual": 3}


def test_a_column_of_nothing_is_unknown(engine: Engine) -> None:
    frame = CARDS.head(2).assign(place=pd.Series([None, None], dtype=object), kind=float("nan"))
    if engine.name == "pyspark":
        frame = frame.astype({"place": "string", "kind": float})
    criteria = {"place": "place", "party": ("kind", ">", 1)}
    found = progressive(engine.table(frame), criteria=criteria, wanted={"party": "organization"})
    assert engine.rows(found.table, "path", "branch") == [("unknown / unknown", "unknown")] * 2


def test_nobody(engine: Engine) -> None:
    found = progressive(engine.table(CARDS.head(0)), criteria=ALL)
    assert engine.rows(found.table) == []
    assert found.stages["entered"].tolist() == [0] * 6
    assert found.stages["ratio"].isna().all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"criteria": {}}, "give a dictionary of stages"),
        ({"criteria": "likely"}, "give a dictionary of stages"),
        ({"criteria": {"size": "vehicles"}}, "choose one of 'likely', 'place'"),
        ({"criteria": {"likely": 3}}, "neither the name of a column nor a condition"),
        ({"criteria": {"likely": ("vehicles", ">", None)}}, "cannot compare '>' with None"),
        ({"wanted": {"party": None}}, "stage 'party'=None: choose one of 'organization'"),
        ({"wanted": {"place": "outside"}}, "choose one of 'walk_in', 'called_on'"),
        ({"criteria": {"likely": "kind"}, "wanted": {"place": "walk_in"}}, "one of 'likely'"),
        ({"mode": "sort"}, "choose one of 'filter', 'label'"),
        ({"mode": "label", "wanted": {"place": "walk_in"}}, "everybody does"),
    ],
    ids=str,
)
def test_bad_arguments(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        progressive(CARDS, **{"criteria": ALL, **options})


def test_bad_tables(engine: Engine) -> None:
    def refused(frame: pd.DataFrame, said: str, error: type = DataError, **criteria: Any) -> None:
        with pytest.raises(error, match=said):
            progressive(engine.table(frame), criteria=criteria or ALL)

    refused(CARDS, "no column 'site'", ColumnError, place="site")
    refused(CARDS, "'kind' holds other labels.*'party'|'kind' holds other", place="kind")
    refused(CARDS, "no labels: give a rule instead", place="orders")
    with pytest.raises(ColumnError, match="column of the answer"):
        progressive(CARDS.assign(path=range(8)), key="path", criteria=ALL)


CUSTOMER = st.tuples(
    st.one_of(st.none(), st.integers(0, 5)),
    st.sampled_from(["walk_in", "called_on", None]),
    st.one_of(st.none(), st.integers(0, 5)),
)
LABELS = {entry.id: entry.labels for entry in reference("progressive_stages").itertuples()}


@settings(max_examples=60)
@given(
    st.lists(CUSTOMER, min_size=1, max_size=30),
    st.dictionaries(st.sampled_from([*LABELS]), st.integers(0, 1), max_size=6),
    st.randoms(use_true_random=False),
)
def test_it_converges_and_loses_nobody(rows: Any, chosen: Any, chance: Any) -> None:
    frame = pd.DataFrame(rows, columns=["vehicles", "place", "orders"])
    frame = frame.astype({"vehicles": float, "orders": float, "place": "string"})
    frame = frame.assign(customer_id=range(len(frame)))
    criteria = {**ALL, "party": ("vehicles", "in", [2, 3])}
    wanted = {name: LABELS[name][number] for name, number in chosen.items()}
    found = progressive(frame, criteria=criteria, wanted=wanted)
    stages = found.stages
    assert (stages["ratio"].dropna() <= 1).all()
    assert stages["entered"].tolist() == [len(rows), *stages["passed"][:-1]]
    decides = stages[stages["wanted"] != ""]
    assert (decides["passed"] + decides["left"] + decides["unknown"] == decides["entered"]).all()
    assert (found.table["branch"] == "remaining").sum() == stages["passed"].iloc[-1]
    assert found.table["customer_id"].tolist() == list(range(len(rows)))
    mixed = list(range(len(rows)))
    chance.shuffle(mixed)
    other = progressive(frame.iloc[mixed], criteria=criteria, wanted=wanted)
    assert other.table.equals(found.table)
    # who remains is who has all wanted labels when everybody is asked everything
    labels = progressive(frame, criteria=criteria, wanted={}).table
    fits = pd.Series(True, index=labels.index)
    for name, label in wanted.items():
        fits &= labels[name] == label
    assert fits.tolist() == (found.table["branch"] == "remaining").tolist()
