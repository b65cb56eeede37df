"""Explorer of chapter 3: where to draw the lines between customers, and who is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from keyaccounts import checks, plots, segmentation
from keyaccounts.errors import ParameterError
from keyaccounts.segmentation.progressive import Rule
from keyaccounts.tables import Table, percent, table
from keyaccounts.widgets.explorer import Explorer, choice, explore


def progressive_explorer(
    customers: pd.DataFrame,
    *,
    key: str = "customer_id",
    criteria: Mapping[str, str | Rule],
    moves: Mapping[str, Mapping[str, Rule]],
    wanted: Mapping[str, str | Sequence[str]] | None = None,
    value: str | None = None,
) -> Explorer:
    """Move what counts as regular, or as a target, and see how many customers are left.

    Parameters
    ----------
    customers : pandas.DataFrame
        One row a customer.
    key : str, default "customer_id"
        Column that says which customer.
    criteria, wanted : dict
        As in :func:`keyaccounts.segmentation.progressive`.
    moves : dict of str to dict of str to rule
        Stage → what the reader chooses → the rule, such as
        ``{"frequency": {"2 orders": ("orders", ">=", 2), "4 orders": ("orders", ">=", 4)}}``. The
        rule that `criteria` gives the stage is among them, and is chosen at first.
    value : str, optional
        Column of amounts, of which those who are left hold a share.

    Returns
    -------
    Explorer

    Raises
    ------
    ParameterError
        If a stage is unknown, or no rule of it is the one that `criteria` gives it.

    Examples
    --------
    >>> import pandas as pd
    >>> cards = pd.DataFrame({"customer_id": ["A", "B", "C"], "orders": [1, 2, 5]})
    >>> rules = {f"{n} orders": ("orders", ">=", n) for n in (2, 4)}
    >>> ka.widgets.progressive_explorer(cards, criteria={"frequency": rules["2 orders"]},
    ...                      moves={"frequency": rules}, wanted={"frequency": "regular"})
    Explorer (Regular from): Of 3 customers 2 remain after one question
    """
    labels = segmentation.reference("progressive_stages").set_index("id")["labels"]
    controls = {}
    for stage, rules in moves.items():
        checks.choice("moves, stage", stage, [*labels.index])
        start = next((text for text, rule in rules.items() if rule == criteria.get(stage)), None)
        if start is None:
            raise ParameterError(
                f"moves, stage {stage!r}: none of its rules is the one in criteria, "
                f"{criteria.get(stage)!r}; the reader starts there"
            )
        controls[stage] = choice(f"{labels[stage][0].capitalize()} from", list(rules), start=start)

    def show(**chosen: str) -> tuple[Any, Table]:
        now = {stage: moves[stage][text] for stage, text in chosen.items()}
        found = segmentation.progressive(
            customers, key=key, criteria={**criteria, **now}, wanted=wanted
        )
        branch = found.table["branch"]
        left = found.table.loc[branch == "remaining", key]
        numbers = {"customers remaining": f"{len(left):,}"}
        if value is not None:
            part = customers.loc[customers[key].isin(left), value].sum()
            numbers[f"their share of {value}"] = percent(part / customers[value].sum())
        numbers["set aside as unknown"] = f"{(branch == 'unknown').sum():,}"
        borders = ", ".join(f"{controls[name].label} {text}" for name, text in chosen.items())
        return plots.progressive_bars(found), table(numbers, borders, columns=["measure", "value"])

    return explore(
        show,
        alt="One bar a question: customers who go on, who are not known, and who leave.",
        **controls,
    )
