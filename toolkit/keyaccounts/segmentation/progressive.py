"""Progressive segmentation: six questions, each asked of those who are left (chapter 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.conditions import Condition, condition
from keyaccounts.patterns.held import hold
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table

Rule: TypeAlias = tuple[str, str, Any]
"""A column, an operator, and the value to compare with, as in :func:`ka.patterns.rules.judge`."""

WANTED = {"likely": "likely", "priority": "target"}
UNKNOWN, NOT_APPLICABLE, NOT_ASKED = "unknown", "n/a", "not asked"


class Progressive(Shown):
    """Answer of :func:`progressive`.

    Attributes
    ----------
    table : frame
        One row a customer, sorted by key: the key under its own name, one column of labels a
        stage, `path` (the labels in order, up to where the customer left) and `branch`:
        "remaining", "left" (another label than the wanted one) or "unknown" (nothing is known at
        a stage that decides).
    stages : pandas.DataFrame
        One row a stage: `stage`, `wanted`, `entered`, `passed`, `left`, `unknown` (of those who
        entered, for how many it is not known), `ratio` (passed ÷ entered, at most 1; missing
        where nobody entered).
    """

    table: Any
    stages: pd.DataFrame

    def _shown(self) -> Table:
        first, last = self.stages["entered"].iloc[0], self.stages["passed"].iloc[-1]
        said = f"Of {first:,} customers {last:,} remain after {len(self.stages)} stages"
        return table(self.stages, said, percent=("ratio",))


class _Stage(NamedTuple):
    name: str
    labels: tuple[str, str]
    condition: Condition
    wanted: tuple[str, ...]


def progressive(
    customers: Any,
    *,
    key: str = "customer_id",
    criteria: Mapping[str, str | Rule],
    wanted: Mapping[str, str | Sequence[str]] | None = None,
    mode: str = "filter",
) -> Progressive:
    """Narrow a long list down, question by question, to the customers to approach now.

    Six questions are asked in this order: likely (likely or unlikely to buy ever), place
    (walk_in, called_on), party (organization, individual), history (known, new), frequency
    (regular, rare; a new customer has none: "n/a"), priority (target, reserve). Leave out those
    you cannot answer.

    Parameters
    ----------
    customers : frame
        One row a customer, of any kind the toolkit accepts.
    key : str, default "customer_id"
        Column that says which customer.
    criteria : dict
        Stage → where its answer comes from. Either the name of a column that holds the two
        labels, or true for the first and false for the second; or a rule, (column, operator,
        value) such as ``("vehicles", ">=", 3)``, which gives the first label where it holds and
        the second where it does not. Operators: ==, !=, >, >=, <, <= and "in" (a list). Days are
        compared with days, as text or dates; categories in the order in which they are declared.
        Where the column is missing the label is "unknown", never "no".
    wanted : dict, optional
        Stage → the label, or list of labels, that passes. A stage not named here divides, but
        lets everybody through ({}: all do). Default (ours): {"likely": "likely", "priority":
        "target"}.
    mode : {"filter", "label"}, default "filter"
        Ask each question only of those who passed the one before; or all of everybody, as with
        ``wanted={}``.

    Returns
    -------
    Progressive
        `.table`, `.stages`. Each question is asked only of those who passed the one before. At a
        stage that decides, customers of whom nothing is known do not pass, but stand in a branch of
        their own: find out before you give them up.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a key is missing or there twice, a column holds other labels than the stage has, or a
        rule compares what cannot be compared.
    ParameterError
        If a stage, label, operator or mode is unknown.

    Notes
    -----
    The source breaks off after "target customers and"; the second label, reserve, is ours.

    Examples
    --------
    >>> import pandas as pd
    >>> cards = pd.DataFrame({
    ...     "customer_id": ["A", "B", "C", "D"],
    ...     "vehicles": [40, 0, 3, None],
    ...     "party": ["organization", "organization", "individual", "individual"],
    ... })
    >>> found = ka.segmentation.progressive(
    ...     cards, criteria={"likely": ("vehicles", ">=", 1), "party": "party"})
    >>> found.table[["customer_id", "path", "branch"]]
      customer_id                   path     branch
    0           A  likely / organization  remaining
    1           B               unlikely       left
    2           C    likely / individual  remaining
    3           D                unknown    unknown
    >>> found.stages["passed"].tolist()
    [2, 2]
    """
    if checks.choice("mode", mode, ("filter", "label")) == "label":
        if wanted:
            raise ParameterError('wanted= says who passes, but with mode="label" everybody does')
        wanted = {}
    stages = _stages(criteria, wanted)
    conditions = [stage.condition for stage in stages]
    called = {c.column: frames.asked(c.column, "criteria") for c in conditions}
    held = hold(customers, key, conditions, called)
    walks = [_walk(kind, stages) for kind in held.kinds]
    texts = {stage.name: [walk.labels[i] for walk in walks] for i, stage in enumerate(stages)}
    texts["path"] = [" / ".join(la for la in walk.labels if la != NOT_ASKED) for walk in walks]
    texts["branch"] = [walk.branch for walk in walks]
    table = held.answer(
        **{name: frames.Words(known or [""], held.place) for name, known in texts.items()}
    )
    counts = np.bincount(held.place, minlength=len(walks))
    return Progressive(table, _counted(stages, walks, counts))


def _stages(
    criteria: Mapping[str, str | Rule], wanted: Mapping[str, str | Sequence[str]] | None
) -> list[_Stage]:
    known = {
        entry["id"]: tuple(entry["labels"]) for entry in catalogs.entries("progressive_stages")
    }
    if not isinstance(criteria, Mapping) or not criteria:
        raise ParameterError(
            f"criteria={criteria!r}: give a dictionary of stages, such as "
            '{"likely": ("vehicles", ">=", 1), "party": "kind"}'
        )
    for name in criteria:
        checks.choice("stage", name, [*known])
    if wanted is None:
        wanted = {name: label for name, label in WANTED.items() if name in criteria}
    for name in wanted:
        checks.choice("wanted, stage", name, [*criteria])
    stages = []
    for name in [name for name in known if name in criteria]:  # in their order
        given, labels, passing = criteria[name], known[name], wanted.get(name, ())
        if isinstance(passing, str) or not np.iterable(passing):
            passing = (passing,)
        for label in passing:
            options = (*labels, NOT_APPLICABLE) if name == "frequency" else labels
            checks.choice(f"wanted, stage {name!r}", label, options)
        asks = (
            Condition(given, "either", labels)
            if isinstance(given, str)
            else condition(f"criteria, stage {name!r}", given)
        )
        stages.append(_Stage(name, labels, asks, tuple(passing)))
    return stages


class _Walk(NamedTuple):
    """What happens to all customers who answer alike."""

    labels: list[str]
    branch: str


def _walk(held: Mapping[Condition, bool | None], stages: Sequence[_Stage]) -> _Walk:
    labels: list[str] = []
    for stage in stages:
        answer = held[stage.condition]
        label = UNKNOWN if answer is None else stage.labels[0 if answer else 1]
        if stage.name == "frequency" and "new" in labels:
            label = NOT_APPLICABLE
        labels.append(label)
        if stage.wanted and label not in stage.wanted:
            branch = UNKNOWN if label == UNKNOWN else "left"
            return _Walk([*labels, *[NOT_ASKED] * (len(stages) - len(labels))], branch)
    return _Walk(labels, "remaining")


def _counted(
    stages: Sequence[_Stage], walks: Sequence[_Walk], customers: frames.Ints
) -> pd.DataFrame:
    rows = []
    for number, stage in enumerate(stages):
        at = np.array([walk.labels[number] for walk in walks], dtype=object)
        entered = customers[at != NOT_ASKED].sum()
        unknown = customers[at == UNKNOWN].sum()
        passed = customers[np.isin(at, stage.wanted)].sum() if stage.wanted else entered
        left = entered - passed - unknown if stage.wanted else 0
        rows.append((stage.name, ", ".join(stage.wanted), entered, passed, left, unknown))
    names = ["stage", "wanted", "entered", "passed", "left", "unknown"]
    shown = pd.DataFrame(rows, columns=names)
    return shown.assign(ratio=shown["passed"] / shown["entered"].where(shown["entered"] > 0))
