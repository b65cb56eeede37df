"""RFM: how recently, how often and for how much each customer buys (chapter 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import checks, frames, purchases
from keyaccounts.checks import Day
from keyaccounts.errors import DataError
from keyaccounts.segmentation import catalogs
from keyaccounts.tables import Shown, Table, table

FACTS = ("recency", "frequency", "monetary")
COLUMNS = (*FACTS, "r", "f", "m", "cell", "score")


class RFM(Shown):
    """Answer of :func:`rfm` and :func:`rfm_scores`.

    Attributes
    ----------
    table : frame
        One row a customer, sorted by customer: the customer under the name it had; `recency`
        (days since the last order), `frequency` (orders), `monetary` (revenue), or the three facts
        given to :func:`rfm_scores`; the scores `r`, `f`, `m` from 1 to `bins`, where `bins` is
        best; `cell` ("543"; "10-4-3" above nine bins); `score` (the weighted sum of the three).
    cuts : dict
        "recency", "frequency", "monetary" → the cut points. A customer at a cut point belongs to
        the smaller value's side; how crowds are cut say the notes of :func:`rfm`. With `nested`,
        "frequency" maps each r, and "monetary" each (r, f), to its own cut points. Empty where
        `ties` is "split": there is no threshold then.
    as_of : date or None
        The day that counts as today (None without rows, and from :func:`rfm_scores`).
    bins : int
        How many scores there are.
    counts : array
        How many customers have each pair of scores: row r − 1, column f − 1.
    dropped : dict of str to int
        Reason → how many rows (or customers without any order) were left out.
    notes : tuple of str
        What to know before using the scores: empty scores, everyone alike, alike but scored apart.
    """

    table: Any
    cuts: Mapping[str, Any]
    as_of: dt.date | None
    bins: int
    counts: frames.Ints
    dropped: Mapping[str, int]
    notes: tuple[str, ...]
    _scored: nw.DataFrame[Any] = field(repr=False)
    _answer: Callable[[nw.DataFrame[Any]], Any] = field(repr=False)

    def _shown(self) -> Table:
        left_out = "".join(f"; left out: {n:,} {name}" for name, n in self.dropped.items())
        when = f" as of {self.as_of}" if self.as_of else ""
        caption = f"RFM scores{when}, {self.bins} bins{left_out}"
        return table(self.table, caption).with_notes(self.notes)


# Twelve parameters, two above the limit: five are promised to callers, and the others are what
# books on the method do in more than one way, or rows that cannot be used.
def rfm(
    orders: Any,
    *,
    customer: str = "customer_id",
    date: str = "order_date",
    amount: str = "amount",
    as_of: Day | None = None,
    bins: int = 5,
    nested: bool = False,
    ties: str = "together",
    monetary: str = "total",
    weights: Sequence[float] = (1, 1, 1),
    future: str = "error",
    unusable: str = "error",
) -> RFM:
    """Score every customer by recency, frequency and monetary value.

    What an order, a refund and a day are is defined in :func:`keyaccounts.purchases.summarize`.

    Parameters
    ----------
    orders : frame
        One row an order, an order line or a refund: pandas, Polars (eager or lazy), pyarrow,
        DuckDB or PySpark.
    customer, date, amount : str
        Columns: who bought, when, for how much (one currency, refunds negative).
    as_of : str, date or datetime, optional
        The day that counts as today. Default: the day of the last order in the table.
    bins : int, default 5
        How many scores; 5 gives quintiles.
    nested : bool, default False
        Score frequency within each recency score and monetary value within each pair (Hughes),
        instead of each of the three on its own.
    ties : {"together", "split"}, default "together"
        Equal customers always get the same score ("together": cut points at the quantiles; the
        default is ours), or groups are made equal in size by rank, as in the books, and ties are
        broken in order of the customer ("split").
    monetary : {"total", "mean"}, default "total"
        Revenue in all, or revenue per order.
    weights : three numbers, default (1, 1, 1)
        How much r, f and m count in `score`. Equal weights are our default.
    future : {"error", "drop"}, default "error"
        What to do with rows dated after `as_of`; "drop" leaves them out and counts them,
        and the customers who have no others (see :func:`keyaccounts.purchases.summarize`).
    unusable : {"error", "drop"}, default "error"
        What to do with rows without customer, readable date or finite amount.

    Returns
    -------
    RFM
        `.table` (same kind of frame as `orders`), `.cuts`, `.as_of`, `.bins`, `.dropped`,
        `.notes`. No rows give an empty table. Fewer customers than bins leave scores empty. One
        customer, or all alike, are on no side of any cut: they get the middle score ("together";
        of two in the middle, the lower).
        Customers with refunds only have no order to score; they are counted in `.dropped`.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a row is unusable, or lies after `as_of`, and is not to be dropped.
    ParameterError
        If another argument makes no sense.

    Notes
    -----
    A score counts the cut points that a fact has passed, and who is on one has not passed it. A
    crowd of equals on several cut points, or of more than half of the customers, would so stand
    with all who are below it: 85 of 100 customers who last bought a year ago, with the 15 of last
    week. Therefore the cut points on a crowd are divided as the other customers are, those with
    less to those with more; half a cut point goes where the crowd's score becomes the worse. Those
    that go below it stand between it and the next smaller value, in `.cuts` too. So a crowd at the
    bad end never has the best score, nor one at the good end the worst. The rule is ours; without
    crowds it changes nothing.

    References
    ----------
    Hughes (1994), Strategic Database Marketing, Probus.
    Bult and Wansbeek (1995), Optimal Selection for Direct Mail, Marketing Science 14(4).

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["A", "A", "B", "C", "C", "C"],
    ...     "order_date": pd.to_datetime(["2026-01-05", "2026-03-01", "2025-06-10",
    ...                                   "2026-01-02", "2026-02-01", "2026-03-20"]),
    ...     "amount": [80.0, 40.0, 500.0, 10.0, 20.0, 15.0],
    ... })
    >>> scored = ka.segmentation.rfm(orders, as_of="2026-03-31", bins=2)
    >>> scored.table[["customer_id", "recency", "frequency", "monetary", "cell", "score"]]
      customer_id  recency  frequency  monetary cell  score
    0           A       30          2     120.0  211      4
    1           B      294          1     500.0  112      4
    2           C       11          3      45.0  221      5
    >>> scored.cuts["recency"]
    (30.0,)
    """
    way = _way(bins, nested, ties, weights)
    checks.choice("monetary", monetary, ("total", "mean"))
    checks.choice("future", future, ("error", "drop"))
    today = None if as_of is None else checks.day("as_of", as_of)
    read = purchases.read_orders(
        orders, customer=customer, date=date, amount=amount, unusable=unusable
    )
    dropped = dict(read.dropped)
    lazy, last = read.lazy, read.last_day
    if today and last and last > today:
        late, gone = read.after(today)
        if future == "error":
            raise DataError(
                f"column {date!r}: {late:,} of {read.rows:,} rows lie after as_of={today}, the "
                f'last on {last}. Choose a later as_of, or pass future="drop" to leave them out'
            )
        dropped[f"rows after {today}"] = late
        if gone:
            dropped[f"customers with rows after {today} only"] = gone
        lazy = read.upto(today)
    today = today or last
    now = nw.lit(frames.number_of(today or dt.date(1970, 1, 1)))
    plan = purchases.per_customer(lazy, refunds=read.refunds, repeats=False).with_columns(
        (now - frames.day_number(nw.col("last"), read.day_kind)).alias("since")
    )
    plan = plan.select("customer", "orders", "revenue", "since").sort("customer")
    found = frames.collect(plan, key="customer")
    bought = found.filter(nw.col("orders") > 0)
    if len(bought) < len(found):
        dropped["customers with refunds only"] = len(found) - len(bought)
    count = frames.numbers(bought, "orders")
    worth = frames.steady(frames.numbers(bought, "revenue"))
    facts = {
        "recency": frames.numbers(bought, "since").astype(np.int64),
        "frequency": count.astype(np.int64),
        "monetary": worth if monetary == "total" else frames.steady(worth / count),
    }
    return _scored(bought, read.source, facts, way, "orders", today, dropped)


def rfm_scores(
    customers: Any,
    *,
    customer: str = "customer_id",
    recency: str = "recency",
    frequency: str = "frequency",
    monetary: str = "monetary",
    bins: int = 5,
    nested: bool = False,
    ties: str = "together",
    weights: Sequence[float] = (1, 1, 1),
    unusable: str = "error",
) -> RFM:
    """Score customers by three facts you already have, without a log of their orders.

    For a donor that may be the weeks since the last answer, the share of letters answered and the
    last gift. From a log, :func:`rfm` counts the facts itself.

    Parameters
    ----------
    customers : frame
        One row a customer: pandas, Polars (eager or lazy), pyarrow, DuckDB or PySpark.
    customer : str
        Column that says whose a row is.
    recency, frequency, monetary : str
        Columns of numbers: time since the customer last did something (less is better), how often
        (more is better), and for how much (more is better). Any unit, the same in each row.
    bins, nested, ties, weights :
        As in :func:`rfm`.
    unusable : {"error", "drop"}, default "error"
        What to do with customers of whom a fact is missing or no use.

    Returns
    -------
    RFM
        As :func:`rfm`. `.as_of` is None: the facts do not say on which day they were taken.

    Raises
    ------
    ColumnError
        If a column is not there.
    DataError
        If a customer is missing or there twice, a fact is missing (and not to be dropped) or no
        finite number, or a recency is below zero.
    ParameterError
        If another argument makes no sense.

    References
    ----------
    Hughes (1994), Strategic Database Marketing, Probus.

    Examples
    --------
    >>> import pandas as pd
    >>> donors = pd.DataFrame({
    ...     "donor": ["A", "B", "C"], "weeks": [13.0, 104.0, 26.0],
    ...     "answered": [0.5, 0.25, 1.0], "last_gift": [25, 10, 10],
    ... })
    >>> scored = ka.segmentation.rfm_scores(
    ...     donors, customer="donor", recency="weeks", frequency="answered",
    ...                     monetary="last_gift", bins=2)
    >>> scored.table[["donor", "recency", "frequency", "monetary", "cell", "score"]]
      donor  recency  frequency  monetary cell  score
    0     A     13.0       0.50      25.0  212      5
    1     B    104.0       0.25      10.0  111      3
    2     C     26.0       1.00      10.0  221      5
    """
    way = _way(bins, nested, ties, weights)
    opened = frames.open_rows(
        customers,
        unusable=checks.choice("unusable", unusable, ("error", "drop")),
        customer=frames.key(customer),
        recency=frames.number(recency, low=0),
        frequency=frames.number(frequency),
        monetary=frames.number(monetary),
    )
    found = opened.by_key("customer")
    facts = {fact: frames.steady(frames.numbers(found, fact)) for fact in FACTS}
    return _scored(found, opened.source, facts, way, "customers", None, opened.dropped)


class _Way(NamedTuple):
    """How facts become scores."""

    bins: int
    nested: bool
    ties: str
    weights: tuple[float, ...]


def _way(bins: int, nested: bool, ties: str, weights: Sequence[float]) -> _Way:
    """Return how facts become scores, checked."""
    checks.choice("ties", ties, ("together", "split"))
    factors = checks.weights("weights", weights, length=3)
    return _Way(checks.whole("bins", bins, least=2), nested, ties, factors)


def _scored(
    found: nw.DataFrame[Any],
    source: frames.Source,
    facts: Mapping[str, frames.Array],
    way: _Way,
    what: str,
    as_of: dt.date | None,
    dropped: Mapping[str, int],
) -> RFM:
    """Score customers, of each of whom the three facts are known."""
    scores: dict[str, frames.Ints] = {}
    bins, cuts = way.bins, {}
    for fact, values in facts.items():
        before = [*scores.values()] if way.nested else []
        scores[fact], cuts[fact] = _score_within(before, values, way, fact)
    r, f, m = scores.values()
    total = np.array(way.weights) @ [r, f, m]
    whole = all(weight.is_integer() for weight in way.weights)
    columns = {"r": r, "f": f, "m": m, "cell": _cells(r, f, m, bins)}
    people = found.select(nw.col("customer").alias(source.names["customer"]))
    scored = frames.with_arrays(
        people, **facts, **columns, score=total.astype(np.int64) if whole else total
    )
    counts = np.bincount((r - 1) * bins + f - 1, minlength=bins**2).reshape(bins, bins)
    notes = _notes(scores, bins, what)
    if way.ties == "split":
        cuts = {}
        notes += () if way.nested else _split_ties(facts, scores)
    answer = partial(frames.like, source, key="customer")
    return RFM(answer(scored), cuts, as_of, bins, counts, dropped, notes, scored, answer)


def _split_ties(
    facts: Mapping[str, frames.Array], scores: Mapping[str, frames.Ints]
) -> tuple[str, ...]:
    """Say how many customers have another score than one whose fact is the same."""
    each = {fact: pd.Series(given).groupby(facts[fact]) for fact, given in scores.items()}
    apart = {f: int((g.transform("min") != g.transform("max")).sum()) for f, g in each.items()}
    return tuple(
        f"{n:,} customers stand beside others of the same {fact} with another score"
        for fact, n in apart.items()
        if n
    )


def _score_within(
    before: Sequence[frames.Ints], values: frames.Array, way: _Way, fact: str
) -> tuple[frames.Ints, Any]:
    """Score values among those with the same scores before (none: among all)."""
    best = "low" if fact == "recency" else "high"
    if not before:
        return _score(values, way.bins, way.ties, best)
    scores, cuts = np.zeros(values.size, dtype=np.int64), {}
    for cell in np.unique(np.stack(before, axis=1), axis=0):
        inside = np.all(np.stack(before, axis=1) == cell, axis=1)
        name = tuple(cell.tolist()) if cell.size > 1 else int(cell[0])
        scores[inside], cuts[name] = _score(values[inside], way.bins, way.ties, best)
    return scores, cuts


def _score(
    values: frames.Array, bins: int, ties: str, best: str
) -> tuple[frames.Ints, tuple[float, ...]]:
    """Score values from 1 to `bins`, `bins` for the best, and return the cut points."""
    n = values.size
    if n == 0:
        return np.zeros(0, dtype=np.int64), ()
    if ties == "split":
        order = np.argsort(values if best == "low" else -values, kind="stable")
        return bins - bins * np.argsort(order, kind="stable") // n, ()
    cuts = _cuts(np.sort(values), bins, best)
    if values.min() == values.max():  # on no side of any cut, and neither good nor bad
        return np.full(n, (bins + 1) // 2, dtype=np.int64), cuts
    above = np.searchsorted(cuts, values, side="left")  # how many cut points lie below the value
    return (bins - above if best == "low" else above + 1), cuts


def _cuts(ranked: frames.Array, bins: int, best: str) -> tuple[float, ...]:
    """Return the quantiles at which sorted values are cut, divided where a crowd stands on them.

    What is on a cut point belongs below it. A crowd of equals with several cut points, or more than
    half of the customers, would so stand with those below it, however few they are. The cut points
    on it are divided as the others are: if one in four of them is below the crowd, a quarter moves
    below it too. Of what cannot be divided the crowd gets the worse side.
    """
    n = ranked.size
    cuts = frames.steady(np.quantile(ranked, np.arange(1, bins) / bins))
    for cut in np.unique(cuts):
        on_it = np.flatnonzero(cuts == cut)
        below, upto = (int(np.searchsorted(ranked, cut, side)) for side in ("left", "right"))
        if below == 0 or (on_it.size < 2 and upto - below <= n / 2):
            continue
        others = n - (upto - below)
        half = others if best == "low" else others - 1  # rounded up is worse for recency
        moved = (2 * on_it.size * below + half) // (2 * others)
        gap = (ranked[below - 1] + cut) / 2
        cuts[on_it[:moved]] = max([gap, *cuts[: on_it[0]][-1:]])
    return tuple(cuts.tolist())


def _cells(r: frames.Ints, f: frames.Ints, m: frames.Ints, bins: int) -> frames.Words:
    between = "" if bins <= 9 else "-"
    sizes = (bins + 1,) * 3
    places, known = pd.factorize(np.ravel_multi_index((r, f, m), sizes), sort=True)
    cells = zip(*np.unravel_index(known, sizes), strict=True)
    return frames.Words([between.join(map(str, cell)) for cell in cells], places)


def _notes(scores: Mapping[str, frames.Ints], bins: int, what: str) -> tuple[str, ...]:
    n = scores["recency"].size
    if n == 0:
        return (f"no {what}: nobody to score",)
    if n < bins:
        people = "1 customer" if n == 1 else f"{n} customers"
        return (f"{people} for {bins} bins: some scores stay empty",)
    unused = {
        name: ", ".join(str(score) for score in range(1, bins + 1) if score not in given)
        for name, given in scores.items()
    }
    return tuple(
        f"nobody has {name} score {some}: too many customers are alike"
        for name, some in unused.items()
        if some
    )


def rfm_segments(scored: RFM, *, split: str = "mean") -> Any:
    """Name each customer one of the eight RFM segments, with what a seller does there.

    Each of recency, frequency and monetary value is better or worse than the average customer's;
    that gives eight kinds of customer. A customer exactly at the average counts as better.

    Parameters
    ----------
    scored : RFM
        Answer of :func:`rfm` or :func:`rfm_scores`.
    split : {"mean", "median"}, default "mean"
        Which average.

    Returns
    -------
    frame
        The rows and kind of frame of ``scored.table``: the customer, `recency`, `frequency`,
        `monetary`, `segment` (id), `segment_name`, `action`.

    Raises
    ------
    DataError
        If `scored` is not such an answer.
    ParameterError
        If `split` is not one of the two.

    Notes
    -----
    The names are those of Chinese textbooks; `catalog/rfm_segments.toml` has the originals. The
    actions are ours.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["A", "A", "B"],
    ...     "order_date": pd.to_datetime(["2026-01-05", "2026-03-01", "2025-06-10"]),
    ...     "amount": [80.0, 40.0, 20.0],
    ... })
    >>> ka.segmentation.rfm_segments(ka.segmentation.rfm(orders))["segment"].tolist()
    ['important-value', 'ordinary-win-back']
    """
    if not isinstance(scored, RFM):
        raise DataError("pass the answer of ka.segmentation.rfm, not a table")
    average = np.mean if checks.choice("split", split, ("mean", "median")) == "mean" else np.median
    found = scored._scored
    code = np.zeros(len(found), dtype=np.int64)
    for place, fact in enumerate(FACTS):
        values = frames.numbers(found, fact)
        middle = frames.steady(np.atleast_1d(average(values)))[0] if values.size else 0.0
        better = values <= middle if fact == "recency" else values >= middle
        code += better * 2**place
    segments = sorted(
        catalogs.entries("rfm_segments"), key=lambda s: [s[fact] == "high" for fact in FACTS[::-1]]
    )
    names = {"segment": "id", "segment_name": "english", "action": "action"}
    named = {n: frames.Words([s[entry] for s in segments], code) for n, entry in names.items()}
    customer = found.columns[0]
    return scored._answer(frames.with_arrays(found.select(customer, *FACTS), **named))
