"""Whether to grade at all: the preconditions of grading and of the pyramid (chapter 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks, frames, purchases
from keyaccounts.patterns.held import ANSWERS, decide
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table


class Gate(Shown):
    """Answer of :func:`grading_gate` and :func:`pyramid_suits`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a condition: `condition` (its id), `name`, `met` ("yes", "no" or "unknown"); of
        :func:`grading_gate` also `found` and `above`, the number and what it has to exceed.
    passed : bool or None
        Whether all conditions are met; None if none fails but one is unknown.
    unmet, unknown : tuple of str
        Ids of the conditions that are not met, and of those nothing is known about.
    """

    table: pd.DataFrame
    passed: bool | None
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]

    def _shown(self) -> Table:
        said = {True: "all conditions are met", None: "some conditions are unknown"}.get(
            self.passed, f"not met: {', '.join(self.unmet)}"
        )
        columns = [name for name in self.table.columns if name != "condition"]
        return table(self.table, said[0].upper() + said[1:], columns=columns)


def _gate(
    conditions: str, facts: Mapping[str, Any], parameters: Mapping[str, float], **columns: Any
) -> Gate:
    found = decide(facts, catalogs.entries(conditions), parameters=parameters)
    shown = pd.DataFrame([rule[:2] for rule in found.rules], columns=["condition", "name"])
    shown = shown.assign(**columns, met=[ANSWERS[answer] for answer in found.answers[:, 0]])
    unmet, unknown = (
        tuple(shown.loc[shown["met"] == word, "condition"]) for word in ("no", "unknown")
    )
    return Gate(shown, False if unmet else None if unknown else True, unmet, unknown)


def grading_gate(
    orders: Any,
    *,
    span: int,
    people: int = 1,
    least_repeat: float = 0.0,
    least_variation: float = 0.5,
    customer: str = "customer_id",
    date: str = "order_date",
    amount: str = "amount",
    unusable: str = "error",
) -> Gate:
    """Say whether grading customers is worth it yet, and if not, what is missing.

    Grading pays where there are more customers than can be looked after, where customers come
    again, and where they differ in value. What an order is is defined in
    :func:`keyaccounts.purchases.summarize`.

    Parameters
    ----------
    orders : frame
        One row an order, an order line or a refund, of any kind the toolkit accepts. Whose
        customers, and of which period, is yours to choose.
    span : int
        How many customers one person can look after properly. Nobody can tell you but you.
    people : int, default 1
        How many persons look after these customers.
    least_repeat : float, default 0.0
        Share of customers with two orders or more that has to be exceeded. That there are any is
        all the source asks for.
    least_variation : float, default 0.5
        What the coefficient of variation of revenue has to exceed: the standard deviation over
        customers, as a multiple of their mean. The default is ours.
    customer, date, amount : str
        Columns: who bought, when, for how much.
    unusable : {"error", "drop"}, default "error"
        What to do with rows without customer, readable date or finite amount.

    Returns
    -------
    Gate
        `.table`, `.passed`, `.unmet`, `.unknown`. The variation is unknown where customers bring
        nothing above zero on average, and there are no shares without customers.

    Raises
    ------
    ColumnError, DataError
        If a column or row is unusable.
    ParameterError
        If another argument makes no sense.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["A", "A", "B", "C"],
    ...     "order_date": ["2026-01-05", "2026-02-05", "2026-01-09", "2026-03-01"],
    ...     "amount": [900.0, 700.0, 50.0, 40.0],
    ... })
    >>> gate = ka.segmentation.grading_gate(orders, span=60)
    >>> gate.passed, gate.unmet
    (False, ('more_than_span',))
    """
    room = checks.whole("span", span, least=1) * checks.whole("people", people, least=1)
    repeat = checks.open_fraction("least_repeat", least_repeat) if least_repeat != 0 else 0.0
    variation = checks.not_negative("least_variation", least_variation)
    read = purchases.read_orders(
        orders, customer=customer, date=date, amount=amount, unusable=unusable
    )
    purchases.say_dropped(read.dropped, read.rows)
    plan = purchases.per_customer(read.lazy, refunds=read.refunds, repeats=False)
    found = frames.collect(plan.select("orders", "revenue"))
    count, revenue = frames.numbers(found, "orders"), frames.numbers(found, "revenue")
    # Steady and sorted, and the sum a sure one: otherwise the engine's rounding, or the order of
    # its rows, says what differs in value.
    revenue, n = np.sort(frames.steady(revenue)), count.size
    mean = frames.sure_total(revenue) / max(n, 1)
    spread = (revenue / mean).std() if mean > 0 else np.nan
    facts = {
        "customers": float(n),
        "repeat": float((count >= 2).mean()) if n else np.nan,
        "variation": float(frames.steady(np.atleast_1d(spread))[0]),
    }
    above = {"room": float(room), "least_repeat": repeat, "least_variation": variation}
    columns = {"found": facts.values(), "above": above.values()}
    return _gate("grading_conditions", facts, above, **columns)


def pyramid_suits(
    *,
    profiles: bool | None = None,
    quality: bool | None = None,
    drivers: bool | None = None,
    impact: bool | None = None,
) -> Gate:
    """Say whether the customer pyramid suits your business, from four questions you answer.

    The questions stand in full in ``reference("pyramid_conditions")``. If one of them is answered
    with no, tiers would be names without a use: other service for them would change nothing.

    Parameters
    ----------
    profiles : bool, optional
        Whether tiers have profiles you can tell apart. None, the default of all four: unknown.
    quality : bool, optional
        Whether tiers see quality differently.
    drivers : bool, optional
        Whether different things bring new business and volume in different tiers.
    impact : bool, optional
        Whether the same improvement changes profit differently in different tiers.

    Returns
    -------
    Gate
        `.table`, `.passed`, `.unmet`, `.unknown`.

    Raises
    ------
    DataError
        If an answer is neither true, false nor None.

    References
    ----------
    Zeithaml, Rust and Lemon (2001), The Customer Pyramid: Creating and Serving Profitable
    Customers, California Management Review 43(4).

    Examples
    --------
    >>> found = ka.segmentation.pyramid_suits(profiles=True, quality=True, drivers=True)
    >>> print(found.passed, found.unknown)
    None ('impact',)
    """
    answers = {"profiles": profiles, "quality": quality, "drivers": drivers, "impact": impact}
    return _gate("pyramid_conditions", answers, {})
