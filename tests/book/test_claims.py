"""Figures in the prose that no output of the page shows: each is counted again."""

from functools import cache

import keyaccounts as ka
import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from notebooks import code_cells, text

CHAPTER_3 = "3-segmentation/"
KEY = f"{CHAPTER_3}ten-names.ipynb"
# The page, its sentence, and what must hold with the names that its code cells make.
CLAIMS = [
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
        "the organizations in these files have referred no one",
        "not brought.str.startswith('O').any()",
    ),
    (
        KEY,
        "on what a seller noted about four people, three of whom nobody has met. What the fifth",
        "[load('stakeholders').query('customer_id == \"O0184\" and attitude == 2')[c].isna().sum()"
        " for c in ('attitude', 'last_met_on')] == [0, 3]"
        " and load('stakeholders').query('customer_id == \"O0184\"')['attitude'].eq(2).sum() == 4"
        " and load('stakeholders').query('customer_id == \"O0184\" and attitude.isna()')"
        "['role'].tolist() == ['decision']",
    ),
    (
        KEY,
        "six months or more to replace (at this pace 61,750 yuan, which is 1 % once more: both name"
        " the same 16,",
        "6 * won_a_month == 61_750 and answers['loss'].sum() == 16"
        " and (answers['revenue'] == answers['loss']).all()",
    ),
    (
        KEY,
        "O0016, O0035, O0138 and O0147 are four of six accounts that this simulation was told to"
        " make costly. In all years together they cost you 397,000 yuan more than",
        "{'O0016', 'O0035', 'O0138', 'O0147'} <= {*load('truth_customers', truth=True)"
        ".query('kind == \"organization\"').nlargest(6, 'intensity')['customer_id']}"
        " and round(ever.set_index('customer_id')['all_years']"
        "[['O0016', 'O0035', 'O0138', 'O0147']].sum(), -3) == -397_000",
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


def test_the_list_with_all_cards_put_together(monkeypatch):
    """The page says what becomes of its ten names; here it runs on whole customers."""
    said = "an eleventh name comes in, Ticklish Abacus, and Striped Accordion moves to third"
    assert said in text(KEY), "the sentence has changed: count again"
    ten, twins, load = names(KEY)["final"], names(KEY)["twins"], ka.datasets.load
    same = dict(zip(twins["customer_id"], twins["same_as"], strict=True))

    def whole(name, **options):
        table = load(name, **options)
        if name in ("organizations", "individuals"):
            return table[~table["customer_id"].isin(same)]
        people = [c for c in ("customer_id", "referrer_id") if c in table and name[:5] != "truth"]
        return table.assign(**{c: table[c].replace(same) for c in people})

    monkeypatch.setattr(ka.datasets, "load", whole)
    eleven = names.__wrapped__(KEY)["final"].sort_values("revenue", ascending=False)
    assert {*eleven["account"]} - {*ten["account"]} == {"Ticklish Abacus"}
    assert (len(ten), len(eleven), eleven["account"].iloc[2]) == (10, 11, "Striped Accordion")
