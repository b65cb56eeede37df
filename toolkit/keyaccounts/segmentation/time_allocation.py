"""Whose customers get the hours: a plan by tier, what was done, and what would be best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.segmentation.catalogs import entries
from keyaccounts.tables import Shown, Table, number, percent, table
from keyaccounts.totals import added, sizes

Shares: TypeAlias = "Mapping[str, float] | Sequence[float]"
"""Tier → share; or shares in the order of ``reference("time_plan")``."""


class TimeAllocation(Shown):
    """Answer of :func:`time_allocation` and :func:`time_spent`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a tier: `tier`; `customer_share`; `time_share`, the planned one; `per_head`, one
        over the other, where 1 is an average customer (missing for a tier without customers);
        `customers`, `hours` and `hours_each` as planned (missing where not asked for);
        `actual_share` and `gap`, actual less planned (missing without actual hours).
    ratio : float
        How many times the hours of the least served customer the best served one is to get
        (infinite where a tier gets none).
    misallocation : float
        The share of all hours that would have to move to another tier to follow the plan; NaN
        without actual hours.
    notes : tuple of str
        What was changed in the plan because a tier is empty.
    """

    table: pd.DataFrame
    ratio: float
    misallocation: float
    notes: tuple[str, ...]

    def _shown(self) -> Table:
        factor, moved = number(self.ratio, ".4g"), percent(self.misallocation)
        said = f"Hours by tier: a factor of {factor} between the best and the least served customer"
        if not np.isnan(self.misallocation):
            said += f"; {moved} of the hours are not where the plan has them"
        known = self.table.dropna(axis="columns", how="all")
        shares = [name for name in map(str, known) if name.endswith("_share") or name == "gap"]
        return table(known, said, percent=shares, rows=len(known)).with_notes(self.notes)


def time_allocation(
    number: float | None = None,
    hours: float | None = None,
    *,
    customers: Shares | None = None,
    time: Shares | None = None,
    actual: Shares | None = None,
) -> TimeAllocation:
    """Say how many hours a customer of each tier is to get, and how far practice is from it.

    Parameters
    ----------
    number : number, optional
        How many customers there are.
    hours : number, optional
        How many hours there are for them.
    customers, time : dict of str to share, or sequence of shares, optional
        How customers, and planned hours, are divided among the tiers; each adds up to 1. Default:
        VIP customers 10 % with 60 % of the time, ordinary ones 30 % with 30 %, prospects 60 % with
        10 %; a sequence is in this order.
    actual : dict of str to share, or sequence of shares, optional
        How the hours were divided in fact.

    Returns
    -------
    TimeAllocation
        `.table`, `.ratio`, `.misallocation`, `.notes`. What was planned for a tier without
        customers goes to the others in proportion to their own plan.

    Raises
    ------
    ParameterError
        If shares do not add up to 1 or name different tiers, a number is not above zero, or all
        time is planned for tiers without customers.

    Notes
    -----
    The default is a rule of thumb of sales training, not a finding; :func:`optimal_time` shows
    what it takes for such a plan to be right.

    Examples
    --------
    >>> plan = ka.segmentation.time_allocation(100, 1000, actual=(0.3, 0.5, 0.2))
    >>> plan.table["hours_each"].round(3).tolist()
    [60.0, 10.0, 1.667]
    >>> round(plan.ratio), round(plan.misallocation, 3)
    (36, 0.3)
    """
    people = _shares("customers", customers, "customer_share")
    plan = _same_tiers("time", _shares("time", time, "time_share"), people)
    spent: Mapping[str, float] = dict.fromkeys(people, np.nan)
    if actual is not None:
        spent = _same_tiers("actual", _shares("actual", actual, "time_share"), people)
    head, wanted, done = (np.array([*shares.values()]) for shares in (people, plan, spent))
    planned, notes = _without_empty(wanted, head, [*people])
    each = planned / np.where(head > 0, head, np.nan)
    n, h = _above_zero("number", number), _above_zero("hours", hours)
    found = pd.DataFrame(
        {
            "tier": [*people],
            "customer_share": head,
            "time_share": planned,
            "per_head": each,
            "customers": n * head,
            "hours": h * planned,
            "hours_each": h / n * each,
            "actual_share": done,
            "gap": done - planned,
        }
    )
    least, most = float(np.nanmin(each)), float(np.nanmax(each))
    ratio = most / least if least > 0 else float("inf")
    return TimeAllocation(found, ratio, float(np.abs(done - planned).sum() / 2), notes)


def time_spent(
    log: Any,
    *,
    key: str = "customer_id",
    tier: str = "tier",
    hours: str = "hours",
    time: Shares | None = None,
) -> TimeAllocation:
    """Say from a diary which tier got the hours, and how many would have to move to follow a plan.

    Parameters
    ----------
    log : frame
        Rows of hours: whose, of which tier, how many. Any kind the toolkit accepts. A customer
        nobody had time for needs a row with 0 hours to be counted.
    key, tier, hours : str
        Columns: which customer, the tier it stands in, and the hours.
    time : dict of str to share, or sequence of shares, optional
        The plan, as in :func:`time_allocation`, for the same tiers as in the table.

    Returns
    -------
    TimeAllocation
        As of :func:`time_allocation`, with the customers and hours of the table. A tier of the
        plan without a customer in the table is empty: its hours go to the others.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a value is missing or not finite, hours are below zero or all zero, a customer stands in
        two tiers, or a tier is not in the plan.
    ParameterError
        If the plan does not add up to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> diary = pd.DataFrame({
    ...     "customer_id": ["A", "A", "B", "C"], "tier": ["vip", "vip", "ordinary", "prospect"],
    ...     "hours": [3.0, 1.0, 4.0, 2.0],
    ... })
    >>> found = ka.segmentation.time_spent(diary)
    >>> found.table["actual_share"].tolist(), round(found.misallocation, 3)
    ([0.4, 0.4, 0.2], 0.2)
    """
    plan = _shares("time", time, "time_share")
    opened = frames.open_rows(
        log,
        measure=sizes("hours"),
        key=frames.key(key),
        tier=frames.word(tier, among=(*plan,), mend="Name the same tiers with time="),
        hours=frames.number(hours, low=0),
    )
    found = frames.collect(added(opened, "key", "tier", of=["hours"]).sort("key"), key="key")
    again = found["key"].is_duplicated()
    if again.any():
        raise DataError(
            f"column {tier!r}: customer {found['key'].filter(again).to_list()[0]!r} stands in more "
            "than one tier; give each customer the tier it has today"
        )
    each, people = frames.numbers(found, "hours"), len(found)
    places = [[*plan].index(name) for name in found["tier"].to_list()]
    total = float(frames.steady(np.array([each.sum()]))[0])
    if total == 0:
        raise DataError(f"column {hours!r}: no hours at all, so there is nothing to share out")
    heads = np.bincount(places, minlength=len(plan)) / people
    spent = frames.steady(np.bincount(places, each, len(plan)).astype(np.float64)) / total
    return time_allocation(
        people,
        total,
        customers=dict(zip(plan, heads.tolist(), strict=True)),
        time=plan,
        actual=dict(zip(plan, spent.tolist(), strict=True)),
    )


def optimal_time(
    values: Mapping[str, float], hours: float, *, customers: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Divide hours so that they bring most, if each further hour with a customer brings less.

    A customer of value v brings v·√h after h hours: four times the hours bring twice as much. Then
    the total is largest where the hours of each customer are in proportion to v².

    Parameters
    ----------
    values : dict of str to number
        Tier (or account) → what one customer of it brings in the first hour.
    hours : number
        The hours to be divided.
    customers : dict of str to number, optional
        Tier → how many customers. Default: one each.

    Returns
    -------
    pandas.DataFrame
        One row a tier: `tier`, `value`, `customers`, `hours_each`, `hours`, `time_share`,
        `brings`.

    Raises
    ------
    ParameterError
        If a number is below zero, none is above, the tiers differ, or there are none.

    Notes
    -----
    That returns fall with the square root is an assumption, and ours; it is not a finding. Where
    they fall faster the hours should be more even, where they fall slower less so.

    Examples
    --------
    >>> found = ka.segmentation.optimal_time(
    ...     {"vip": 6, "prospect": 1}, 370, customers={"vip": 1, "prospect": 1})
    >>> found["hours_each"].tolist()
    [360.0, 10.0]
    """
    share_out = _above_zero("hours", hours)
    heads = _same_tiers("customers", customers or dict.fromkeys(values, 1.0), values)
    worth, count = (
        np.array(checks.weights(name, [*given.values()], length=len(values) or 1))
        for name, given in (("values", values), ("customers", heads))
    )
    # In units of a power of two, which loses nothing, so that no square is too large for a float.
    parts = np.ldexp(worth, -np.frexp(worth.max())[1]) ** 2
    total = float((count * parts).sum())
    if total == 0:
        raise ParameterError("values: only tiers without customers have a value above zero")
    each = share_out * parts / total
    return pd.DataFrame(
        {
            "tier": [*values],
            "value": worth,
            "customers": count,
            "hours_each": each,
            "hours": count * each,
            "time_share": count * each / share_out,
            "brings": count * worth * np.sqrt(each),
        }
    )


def _shares(name: str, given: Shares | None, default: str) -> dict[str, float]:
    tiers = {str(tier["id"]): float(tier[default]) for tier in entries("time_plan")}
    if given is None:
        return tiers
    if not isinstance(given, Mapping):
        if not np.iterable(given) or len(given) != len(tiers):
            raise ParameterError(
                f"{name}={given!r}: give shares for {', '.join(tiers)}, or name your own tiers in "
                "a dictionary"
            )
        given = dict(zip(tiers, given, strict=True))
    found = {str(t): checks.not_negative(f"{name}[{t!r}]", share) for t, share in given.items()}
    total = sum(found.values())
    if abs(total - 1) > 1e-9:
        hint = "; write 0.1 for 10 %" if abs(total - 100) < 1 else ""
        raise ParameterError(f"{name}: the shares add up to {total:z.10g}, not to 1{hint}")
    return found


def _same_tiers(
    name: str, given: Mapping[str, float], tiers: Mapping[str, float]
) -> dict[str, float]:
    """Return what is given for each tier, in their order."""
    if set(given) != set(tiers):
        found, wanted = (", ".join(map(str, some)) for some in (given, tiers))
        raise ParameterError(f"{name}: has the tiers {found}, not {wanted}; name the same ones")
    return {tier: given[tier] for tier in tiers}


def _above_zero(name: str, value: float | None) -> float:
    """Return a number above zero; NaN where none is given."""
    if value is not None and checks.number(name, value) <= 0:
        raise ParameterError(f"{name}={value!r}: give a number above zero")
    return np.nan if value is None else float(value)


def _without_empty(
    wanted: frames.Floats, head: frames.Floats, tiers: list[str]
) -> tuple[frames.Floats, tuple[str, ...]]:
    """Return the plan with the time of tiers without customers given to the others."""
    empty = head == 0
    planned = np.where(empty, 0.0, wanted)
    if planned.sum() == 0:
        raise ParameterError("time: all of it is planned for tiers without customers")
    notes = tuple(
        f"nobody is {tier}: the {percent(share, 'g')} of the time planned for it goes to the others"
        for tier, share, gone in zip(tiers, wanted, empty, strict=True)
        if gone and share > 0
    )
    return (planned / planned.sum() if notes else planned), notes
