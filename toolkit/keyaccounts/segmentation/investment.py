"""An account as an investment: what goes in, what comes back (chapter 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keyaccounts import checks, frames
from keyaccounts.errors import DataError, ParameterError
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, number, table
from keyaccounts.totals import totals

DISPLACED = "displaced_work"


@dataclass(frozen=True, repr=False)
class AccountInvestment(Shown):
    """Answer of :func:`account_investment`.

    Attributes
    ----------
    table : frame
        One row an account, best net first: the account under its own name; the nine inputs, each
        under its id and in money, the ninth (`displaced_work`) being the opportunity cost;
        `cost_to_serve` (the first eight), `investment` (all nine), `revenue`, `margin`, `net`
        (margin − investment), `roi` (net ÷ investment; missing where nothing was put in),
        `break_even_revenue` (the revenue whose margin would pay the investment; missing where
        there is no margin), `rank`.
    inputs : pandas.DataFrame
        One row an input: `input`, `cost` (of all accounts), `share` (of all that was put in).
    net : float
        Net of all accounts.
    """

    table: Any
    inputs: pd.DataFrame
    net: float

    def _shown(self) -> Table:
        names = nw.from_native(self.table).collect_schema().names()
        figures = ["cost_to_serve", DISPLACED, "margin", "net", "roi"]
        return table(
            self.table,
            f"{number(self.inputs['cost'].sum())} put into accounts, {number(self.net)} net",
            columns=[names[0], *figures],
            percent=("roi",),
        )


def account_investment(
    log: Any,
    margins: Any,
    *,
    key: str = "customer_id",
    input: str = "input",
    hours: str = "hours",
    cost: str = "cost",
    revenue: str = "revenue",
    margin: str = "margin",
    rates: Mapping[str, float] | None = None,
    alternative: float | None = None,
) -> AccountInvestment:
    """Say what you put into each account, and whether it pays better than elsewhere.

    An account takes nine things: sellers' time, calls, marketing, proposals, technicians' and
    managers' time, literature, samples, and the work that was left undone elsewhere for it. The
    first eight are its cost to serve; the ninth is the opportunity cost.

    Parameters
    ----------
    log : frame
        One row an entry of the service log, of any kind the toolkit accepts.
    margins : frame
        What each account paid and what of it was left after the cost of goods; several rows of
        one account are added up.
    key : str, default "customer_id"
        Column of both tables: which account.
    input, hours, cost : str
        Columns of `log`: which of the nine, as in ``reference("investment_inputs")``; how many
        hours; how much money.
    revenue, margin : str
        Columns of `margins`.
    rates : dict of str to float, optional
        Input → what an hour of it costs. It is added to `cost`, so give it only where `cost`
        holds the money spent besides. Default: `cost` holds the hours as well.
    alternative : float, optional
        What an hour of displaced work would have left with the best other customer, after the
        pay for that hour. Displaced work then counts hours × this, and its `cost` does not count.
        Default: its `cost` is that already.

    Returns
    -------
    AccountInvestment
        `.table` (the kind of frame of `margins`), `.inputs`, `.net`. Accounts of which one table
        knows nothing have zeros there. Feed the curve of profits with
        ``whale_curve(found.table, key=…, profit="net")``.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a number is missing or not finite, an input is none of the nine, or the two tables do
        not fit together.
    ParameterError
        If a rate is no number of zero or more, or is of no input that can have one.

    Notes
    -----
    Nothing counts twice: the pay of an hour stands under the input that took it, and displaced
    work holds only what that hour would have left beyond its pay. That is why it has no rate.

    References
    ----------
    Cooper and Kaplan (1991), Profit Priorities from Activity-Based Costing, Harvard Business
    Review 69(3).

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "customer_id": ["A", "A", "B"], "input": ["sales_time", "displaced_work", "samples"],
    ...     "hours": [10.0, 4.0, 0.0], "cost": [0.0, 0.0, 90.0],
    ... })
    >>> margins = pd.DataFrame(
    ...     {"customer_id": ["A", "B"], "revenue": [9000.0, 400.0], "margin": [3000.0, 80.0]})
    >>> found = ka.segmentation.account_investment(
    ...     log, margins, rates={"sales_time": 130}, alternative=50)
    >>> found.table[["customer_id", "cost_to_serve", "displaced_work", "net", "roi"]]
      customer_id  cost_to_serve  displaced_work     net       roi
    0           A         1300.0           200.0  1500.0  1.000000
    1           B           90.0             0.0   -10.0 -0.111111
    """
    inputs = tuple(entry["id"] for entry in catalogs.entries("investment_inputs"))
    figures = ("cost_to_serve", "investment", "net", "roi", "break_even_revenue", "rank")
    frames.check_free(key, (*inputs, *figures, "revenue", "margin"), "key")
    priced = _prices(rates, alternative, inputs)
    source, left = totals(margins, key=key, revenue=revenue, margin=margin)
    opened = frames.read(log, key=key, input=input, hours=hours, cost=cost)
    wide = [_is_wide(table.dtype("key")) for table in (source, opened)]
    accounts, found = _joined(left, _spent(opened, priced), key, wide)
    found = {name: frames.steady(values) for name, values in found.items()}
    spent = {name: found[name] for name in inputs}
    paid, kept = found["revenue"], found["margin"]
    served = frames.steady(np.asarray(sum(spent[name] for name in inputs[:-1])))
    invested = frames.steady(served + spent[DISPLACED])
    net = frames.less(kept, invested)
    earning = (kept > 0) & (paid > 0)
    columns = {
        **spent,
        "cost_to_serve": served,
        "investment": invested,
        "revenue": paid,
        "margin": kept,
        "net": net,
        "roi": _divided(net, invested, invested > 0),
        "break_even_revenue": _divided(invested * paid, kept, earning),
    }
    order = np.argsort(-net, kind="stable")
    ranked = frames.with_arrays(
        accounts.select(nw.col("key").alias(key))[order, :],
        **{name: values.take(order) for name, values in columns.items()},
        rank=np.arange(1, net.size + 1),
    )
    cost_of = np.array([spent[name].sum() for name in inputs])
    whole = cost_of.sum()
    shown = pd.DataFrame(
        {"input": inputs, "cost": cost_of, "share": cost_of / whole if whole > 0 else np.nan}
    )
    return AccountInvestment(
        # A table without rows does not know what its keys are.
        frames.like(source if len(left) else opened, ranked, "key"),
        shown,
        frames.sure_total(net),
    )


def _prices(
    rates: Mapping[str, float] | None, alternative: float | None, inputs: tuple[str, ...]
) -> dict[str, tuple[float, bool]]:
    """Return input → what an hour of it costs, and whether the logged money counts."""
    prices = dict.fromkeys(inputs, (0.0, True))
    if rates is None:
        rates = {}
    if not isinstance(rates, Mapping):
        raise ParameterError(
            f"rates={rates!r}: give a dictionary of inputs and what an hour of each costs"
        )
    for name, rate in rates.items():
        if name == DISPLACED:
            raise ParameterError(
                f"rates= names {DISPLACED!r}: the pay of these hours stands under another input "
                "already. Give what they would have left elsewhere with alternative=…"
            )
        checks.choice("rates", name, inputs[:-1])
        prices[name] = (_rate(f"rates[{name!r}]", rate), True)
    if alternative is not None:
        prices[DISPLACED] = (_rate("alternative", alternative), False)
    return prices


def _rate(name: str, value: Any) -> float:
    if checks.number(name, value) < 0:
        raise ParameterError(f"{name}={value!r}: give a number of zero or more")
    return float(value)


def _spent(source: frames.Source, prices: Mapping[str, tuple[float, bool]]) -> nw.DataFrame[Any]:
    """Return one row an account: the nine inputs in money."""
    source = frames.typed_key(source, "key")
    for role in ("hours", "cost"):
        source = frames.typed_number(source, role)
    kinds = (nw.String, nw.Categorical, nw.Enum)
    source = frames.typed(source, "input", nw.String(), source.dtype("input") in kinds)
    _check_entries(source, [*prices])
    text = nw.col("input").cast(nw.String)
    hours, money = (nw.col(role).cast(nw.Float64) for role in ("hours", "cost"))
    worth = []
    for name, (an_hour, counts) in prices.items():
        value = money if counts else nw.lit(0.0)
        value = value + hours * an_hour if an_hour else value
        # Empty, not zero, in the other rows: what is empty is skipped, and zeros are added up.
        worth.append(nw.when(text == name).then(value).alias(name))
    plan = source.lazy.select("key", *worth)
    sums = plan.group_by("key").agg(*(nw.col(name).sum() for name in prices))
    return frames.collect(sums.sort("key"), key="key")


def _check_entries(source: frames.Source, inputs: list[str]) -> None:
    """Raise DataError unless each entry has an account, one of the inputs, hours and a cost."""
    text = nw.col("input").cast(nw.String)
    faults = {
        "key": (_missing(source, "key"), "missing"),
        "input": (text.is_null() | ~text.is_in(inputs), "none of the nine inputs"),
        "hours": (_missing(source, "hours"), "missing or not finite"),
        "cost": (_missing(source, "cost"), "missing or not finite"),
    }
    # Counted for each kind of text, of which there are few: that reads the entries a second time,
    # and still takes less than four more sums for each account.
    flags = [fault.cast(nw.Int64).alias(f"no {role}") for role, (fault, _) in faults.items()]
    each = source.lazy.select(text.fill_null("").alias("text"), *flags)
    counts = frames.collect(each.group_by("text").agg(nw.col(f"no {r}").sum() for r in faults))
    for role, (fault, what) in faults.items():
        if count := counts[f"no {role}"].sum():
            raise DataError(
                f"column {source.names[role]!r}: {what} in {int(count):,} rows: "
                f"{source.example(fault, 'input')}. Mend these rows or leave them out"
            )


def _missing(source: frames.Source, role: str) -> nw.Expr:
    """Return where a column holds nothing, or no finite number."""
    column = nw.col(role)
    if source.dtype(role).is_float():
        return column.is_null() | ~column.is_finite()
    return column.is_null()


def _joined(
    left: nw.DataFrame[Any], spent: nw.DataFrame[Any], key: str, wide: list[bool]
) -> tuple[nw.DataFrame[Any], dict[str, NDArray[np.float64]]]:
    """Return the accounts of both tables, sorted, and their figures: zero where one lacks them."""
    left, spent = _same_keys(left, spent, key, wide)
    # Only keys and the places of their rows are put together: wide tables would be copied on the
    # way. By groups and not by a join, which keeps no order on some engines, and which makes keys
    # with gaps floats, and those cannot hold a number of 17 digits.
    names = ("place", "place of log")
    sides = [*zip((left, spent), names, strict=True)]
    places = [side.select("key").with_row_index(name) for side, name in sides]
    both = nw.concat(places, how="diagonal").group_by("key").agg(nw.col(*names).max()).sort("key")
    both = both.with_columns(nw.col(*names).fill_null(-1).cast(nw.Int64))
    if any(wide):  # text of numbers: 9 comes before 10
        numbers = [Decimal(text) for text in both["key"].to_list()]
        both = both[sorted(range(len(numbers)), key=numbers.__getitem__), :]
    figures = {}
    for side, name in sides:
        place = both[name].to_numpy()
        absent = np.flatnonzero(place < 0)
        for column in side.drop("key").columns:
            values = frames.numbers(side, column)
            figures[column] = values.take(place) if values.size else np.zeros(place.size)
            figures[column][absent] = 0.0
    return both.select("key"), figures


def _same_keys(
    left: nw.DataFrame[Any], spent: nw.DataFrame[Any], key: str, wide: list[bool]
) -> tuple[nw.DataFrame[Any], nw.DataFrame[Any]]:
    """Return both tables with keys of one type, so that equal keys meet and no others."""
    if left.implementation != spent.implementation:
        raise DataError(
            f"log= is a table of {spent.implementation.name.lower()} and margins= one of "
            f"{left.implementation.name.lower()}: give both as the same kind"
        )
    kinds = [frame.schema["key"] for frame in (left, spent)]
    whole = [k.is_integer() or w for k, w in zip(kinds, wide, strict=True)]
    # Categories of two tables, and pyarrow's two kinds of text, do not meet as they are.
    apart = kinds[0] != kinds[1] or kinds[0] == nw.Categorical or left.implementation.is_pyarrow()
    if not len(left) or not len(spent):
        kind = kinds[0] if len(left) else kinds[1]
        left, spent = (f.with_columns(nw.col("key").cast(kind)) for f in (left, spent))
    elif all(whole) and any(wide):
        if not wide[0]:
            _check_room(kinds[0], [int(text) for text in spent["key"].to_list()], key)
        left, spent = (f.with_columns(nw.col("key").cast(nw.String)) for f in (left, spent))
    elif all(whole) and apart:
        _check_room(kinds[0], [spent["key"].min(), spent["key"].max()], key)
        spent = spent.with_columns(nw.col("key").cast(kinds[0]))
    elif apart and all(kind in (nw.String, nw.Categorical, nw.Enum) for kind in kinds):
        left, spent = (f.with_columns(nw.col("key").cast(nw.String)) for f in (left, spent))
    elif kinds[0] != kinds[1]:
        raise DataError(
            f"column {key!r} holds {kinds[0]} values in margins= and {kinds[1]} values in "
            "log=: give the accounts the same keys in both"
        )
    return left, spent


def _check_room(kind: nw.dtypes.DType, keys: list[Any], key: str) -> None:
    """Raise DataError if a type of whole numbers cannot hold a key: it would become another's."""
    room = np.iinfo(str(kind).lower())
    beyond = next((k for k in keys if not room.min <= k <= room.max), None)
    if beyond is not None:
        raise DataError(
            f"column {key!r} holds {kind} values in margins=, which cannot hold {beyond} of log=: "
            "give both the wider type"
        )


def _is_wide(kind: nw.dtypes.DType) -> bool:
    """Return whether keys are whole numbers of more digits than pandas has: they come as text."""
    return kind in (nw.Int128, nw.UInt128)


def _divided(
    over: NDArray[np.float64], under: NDArray[np.float64], where: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Divide where that has a meaning; elsewhere the answer is missing."""
    found: NDArray[np.float64] = np.full(over.size, np.nan)
    np.divide(over, under, out=found, where=where)
    return found
