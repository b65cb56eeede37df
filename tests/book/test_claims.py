"""Figures in the prose that no output of the page shows: each is counted again."""

from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from notebooks import code_cells, text

CHAPTER_3 = "3-segmentation/"
WHO, KEY, OWN = (
    f"{CHAPTER_3}{name}.ipynb"
    for name in ("who-is-a-customer", "which-accounts-are-key", "your-own-grading")
)
# The page, its sentence, and what must hold with the names that its code cells make.
CLAIMS = [
    (
        WHO,
        "61 regular customers whose number of vehicles nobody wrote down, six organizations among",
        "[(second.table['path'].str.endswith('regular / unknown')).sum(),"
        " (second.table['path'].str.endswith('regular / unknown')"
        "  & (second.table['party'] == 'organization')).sum()] == [61, 6]",
    ),
    (
        KEY,
        "Eleven customers are on five lists. Nobody is on all six.",
        "lists.table['definitions'].value_counts().get(5) == 11"
        " and lists.table['definitions'].max() == 5",
    ),
    (
        KEY,
        "The 28 who pay well, leave a good margin and bring others are private drivers",
        "list(rows.set_index('customer_id').loc[lists.table.query('main_buyer == \"yes\"')"
        "['customer_id'], 'business'].value_counts().items()) == [(False, 28)]",
    ),
    (
        KEY,
        "the fleets in these files have referred no one",
        "not brought.str.startswith('O').any()",
    ),
    (
        KEY,
        "on the friendly faces of four people. What the fifth thinks, the one who decides, nobody",
        "load('stakeholders').query('customer_id == \"O0184\"')['attitude'].eq(2).sum() == 4"
        " and load('stakeholders').query('customer_id == \"O0184\" and attitude.isna()')"
        "['role'].tolist() == ['decision']",
    ),
    (
        OWN,
        "It exchanged O0009, which left 368, for O0013, which left 7,856.",
        "result.set_index('customer_id').loc[['O0009', 'O0013'], 'half_year'].round().tolist()"
        " == [368, 7856]"
        " and {*result.nlargest(6, 'score')['customer_id']}"
        " ^ {*result.loc[result['grade'] == 'A', 'customer_id']} == {'O0009', 'O0013'}",
    ),
]


@cache
def names(page):
    """Return the names that the code cells of a page make, run without its explorers."""
    made = {"__name__": "page"}
    with mpl.rc_context({"backend": "agg"}):
        for cell in code_cells(page):
            if "ka.widgets" not in cell["source"]:
                exec(compile(cell["source"], page, "exec"), made)
        plt.close("all")
    return made


@pytest.mark.parametrize(("page", "sentence", "holds"), CLAIMS, ids=[c[1][:50] for c in CLAIMS])
def test_claim(page, sentence, holds):
    assert sentence in text(page).replace("\n", " "), "the sentence has changed: count again"
    assert eval(holds, names(page))
