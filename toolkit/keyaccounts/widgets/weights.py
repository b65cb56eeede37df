"""Explorers of chapter 3 about weights: what counts how much, and who gets the hours."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from keyaccounts import frames, plots, segmentation
from keyaccounts.errors import ParameterError
from keyaccounts.patterns.grid import Grid
from keyaccounts.patterns.rates import by_group
from keyaccounts.segmentation.time_allocation import Shares
from keyaccounts.tables import Table, number, percent, table
from keyaccounts.widgets.explorer import Explorer, choice, explore, slider

ANSWERS = ((1 / 3, 1, 3, 5), (1 / 3, 1, 3, 5, 7), (1 / 5, 1 / 3, 1, 3, 5))
"""Answers to choose from, for each of three pairs: 4 × 5 × 5 states."""


def ahp_explorer(
    names: Sequence[str] = ("profit", "growth", "credit"),
    *,
    answers: Sequence[Sequence[float]] = ANSWERS,
    start: Sequence[float] = (3, 5, 3),
) -> Explorer:
    """Compare three criteria in pairs, and see the weights and whether the answers agree.

    Parameters
    ----------
    names : three str
        The criteria.
    answers : three sequences of numbers
        For the first with the second, the first with the third, the second with the third: how
        many times more the first of the two may be said to matter.
    start : three numbers
        The answers at first.

    Returns
    -------
    Explorer

    Raises
    ------
    ParameterError
        If there are not three criteria, or an answer is off the scale from 1/9 to 9.

    Examples
    --------
    >>> ka.widgets.ahp_explorer()  # doctest: +NORMALIZE_WHITESPACE
    Explorer (profit or growth, profit or credit, growth or credit):
    Profit counts most, 64 %, and the answers agree
    """
    pairs = [*combinations(names, 2)]
    if len(pairs) != 3:
        raise ParameterError(f"names={tuple(names)!r}: give three criteria")
    said = [
        {_answer(*pair, value): value for value in some}
        for pair, some in zip(pairs, answers, strict=True)
    ]

    def show(first: str, second: str, third: str) -> tuple[Any, Table]:
        given = [known[text] for known, text in zip(said, (first, second, third), strict=True)]
        found = segmentation.ahp_weights(segmentation.comparisons(given, names))
        weight = dict(zip(names, found.weights, strict=True))
        shown = pd.DataFrame(
            {
                "comparison": [f"{a} or {b}" for a, b in pairs],
                "you say": [first, second, third],
                "the weights say": [_answer(a, b, weight[a] / weight[b]) for a, b in pairs],
            }
        )
        verdict = "accepted" if found.consistent else "too high: ask again"
        return plots.ahp_bars(found), table(
            shown, f"Consistency ratio {number(found.consistency_ratio, '.2f')}, {verdict}"
        )

    moves = [
        choice(f"{a} or {b}", list(known), start=_answer(a, b, value))
        for (a, b), known, value in zip(pairs, said, start, strict=True)
    ]
    return explore(
        show,
        alt="Bars of the weights of three criteria, largest on top.",
        first=moves[0],
        second=moves[1],
        third=moves[2],
    )


def _answer(a: str, b: str, value: float) -> str:
    """Say which of two matters more, and how many times."""
    times = f"{max(value, 1 / value):z.3g}"
    if times == "1":
        return "both alike"
    return f"{a if value > 1 else b} {times} times"


def time_explorer(
    number: float = 100,
    hours: float = 1000,
    *,
    customers: Shares | None = None,
    vip: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    ordinary: Sequence[float] = (0.1, 0.2, 0.3, 0.4),
    worth: Sequence[float] = (2, 4, 6, 10),
    start: Sequence[float] = (0.6, 0.3, 6),
) -> Explorer:
    """Divide the hours among three tiers, and see what a customer of each gets and brings.

    Parameters
    ----------
    number, hours, customers :
        As in :func:`keyaccounts.segmentation.time_allocation`.
    vip, ordinary : sequence of shares
        Shares of the hours to choose from; prospects get the rest.
    worth : sequence of numbers
        How many prospects one VIP customer is worth in the first hour; an ordinary customer is
        worth the square root of it. What a customer brings grows with the square root of the
        hours, as in :func:`keyaccounts.segmentation.optimal_time`.
    start : three numbers
        The two shares and the worth at first.

    Returns
    -------
    Explorer

    Raises
    ------
    ParameterError
        If the largest shares leave less than nothing for prospects.

    Examples
    --------
    >>> ka.widgets.time_explorer()  # doctest: +NORMALIZE_WHITESPACE
    Explorer (Hours for VIP customers, Hours for ordinary customers, A VIP customer is worth):
    This division brings 100 % of what the best one would
    """
    if max(vip) + max(ordinary) > 1 + 1e-9:
        raise ParameterError(
            f"vip up to {max(vip):zg} and ordinary up to {max(ordinary):zg} are more than all hours"
        )

    def show(vip: float, ordinary: float, worth: float) -> tuple[Any, Table]:
        rest = max(round(1 - vip - ordinary, 12), 0.0)
        found = segmentation.time_allocation(
            number, hours, customers=customers, time=(vip, ordinary, rest)
        )
        plan = found.table
        value = dict(zip(plan["tier"], (worth, math.sqrt(worth), 1.0), strict=True))
        heads = dict(zip(plan["tier"], plan["customers"], strict=True))
        best = segmentation.optimal_time(value, hours, customers=heads)
        each = plan["hours_each"].fillna(0)
        brings = (best["customers"] * best["value"] * np.sqrt(each)).sum()
        # Cut, not rounded, so that only the best division is said to bring all.
        share = math.floor(100 * brings / best["brings"].sum() + 1e-6) / 100
        shown = pd.DataFrame(
            {"tier": plan["tier"], "as set": plan["hours_each"], "best": best["hours_each"]}
        )
        title = f"This division brings {percent(share)} of what the best one would"
        return plots.time_bars(found, title=title), table(
            shown, "Hours for one customer, in this division and in the best one", digits=1
        )

    return explore(
        show,
        alt="Bars of the share of customers and the share of hours of each tier.",
        vip=slider("Hours for VIP customers", list(vip), start=start[0], unit="%"),
        ordinary=slider("Hours for ordinary customers", list(ordinary), start=start[1], unit="%"),
        worth=slider("A VIP customer is worth", list(worth), start=start[2], unit="prospects"),
    )


def rfm_weights_explorer(
    orders: pd.DataFrame,
    *,
    as_of: str,
    weights: Sequence[float] = (0, 1, 2, 4),
    start: Sequence[float] = (1, 1, 1),
    horizon: int = 180,
    customer: str = "customer_id",
    date: str = "order_date",
    amount: str = "amount",
) -> Explorer:
    """Weigh recency, frequency and monetary value, and see how well the score tells who returns.

    Parameters
    ----------
    orders : pandas.DataFrame
        One row an order.
    as_of : str
        The day of the scores, at least `horizon` days before the last order.
    weights : sequence of numbers
        Weights to choose from, rising. Where all three are 0, all count alike.
    start : three numbers
        The weights at first.
    horizon : int, default 180
        For how many days after `as_of` customers are followed.
    customer, date, amount : str
        Columns, as in :func:`keyaccounts.segmentation.rfm`.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> import keyaccounts as ka
    >>> orders = ka.datasets.load("cdnow")
    >>> ka.widgets.rfm_weights_explorer(orders, as_of="1997-09-30", weights=[0, 1])
    Explorer (Recency, Frequency, Monetary value): Of the best fifth, 62 % bought again
    """
    scored = segmentation.rfm(
        orders, customer=customer, date=date, amount=amount, as_of=as_of, future="drop"
    ).table
    end = pd.Timestamp(as_of) + dt.timedelta(days=horizon)
    after = orders[(orders[date] > as_of) & (orders[date] <= end)]
    back = scored[customer].isin(after[customer])

    def show(r: float, f: float, m: float) -> tuple[Any, Table]:
        given = (r, f, m) if r + f + m > 0 else (1, 1, 1)
        score = sum(w * scored[part] for w, part in zip(given, "rfm", strict=True))
        # Fifths of equal size; who scores alike is taken in order of the customer.
        place = np.empty(len(scored), dtype=np.int64)
        place[np.argsort(-score.to_numpy(), kind="stable")] = np.arange(len(scored))
        fifth = 5 - 5 * place // len(scored)
        rates = by_group(
            pd.DataFrame({"fifth": fifth, "back": back}), group="fifth", success="back"
        )
        best = rates["rate"].iloc[-1]
        shown = rates.sort_values("fifth", ascending=False)
        return plots.rates(
            rates,
            group="fifth",
            title=f"Of the best fifth, {percent(best)} bought again",
            label=f"Bought again in {horizon} days",
            group_label="Fifth by score (5 = best)",
            average=float(back.mean()),
        ), table(
            shown,
            "Weights {}, {} and {}; scored on {}".format(*(number(w, "g") for w in given), as_of),
            columns={
                "fifth": "fifth",
                "trials": "customers",
                "successes": "came back",
                "rate": "rate",
            },
            percent=("rate",),
            digits=3,
        )

    stops = list(weights)
    return explore(
        show,
        alt="Share of each fifth of customers, by score, that bought again, with its interval.",
        r=slider("Recency", stops, start=start[0]),
        f=slider("Frequency", stops, start=start[1]),
        m=slider("Monetary value", stops, start=start[2]),
    )


def kaism_explorer(
    accounts: pd.DataFrame,
    *,
    key: str,
    attractiveness: Sequence[str],
    strength: Sequence[str],
    shares: Sequence[float] = (0.2, 0.5, 0.8),
    cuts: Sequence[float] = (4, 5, 6),
    scale: tuple[float, float] = (0, 10),
    start: Sequence[float] = (0.5, 0.5, 5),
) -> Explorer:
    """Weigh the criteria of KAISM and move its cut, and see which accounts change cells.

    Parameters
    ----------
    accounts : pandas.DataFrame
        One row a customer.
    key : str
        Column that says whose a row is.
    attractiveness, strength : sequence of str
        Columns of scores, two or more each. The weight of the first is moved; the others share
        the rest alike.
    shares : sequence of shares
        Weights to choose from, between 0 and 1.
    cuts : sequence of numbers
        From which score on a side is high, to choose from.
    scale : pair of numbers
        As in :func:`keyaccounts.segmentation.kaism`.
    start : three numbers
        The two weights and the cut at first.

    Returns
    -------
    Explorer

    Raises
    ------
    ParameterError
        If a side has fewer than two criteria.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({
    ...     "account": ["A", "B"], "size": [9, 3], "growth": [2, 6], "price": [8, 3],
    ...     "service": [6, 5],
    ... })
    >>> ka.widgets.kaism_explorer(accounts, key="account", attractiveness=["size", "growth"],
    ...                strength=["price", "service"])
    Explorer (Weight of size, Weight of price, Cut): 1 of 2 customers: key account
    """
    for name, side in (("attractiveness", attractiveness), ("strength", strength)):
        if len(side) < 2:
            raise ParameterError(f"{name}={side!r}: give two criteria or more to weigh them")

    def at(ours: float, theirs: float, cut: float) -> Grid:
        return segmentation.kaism(
            accounts, key=key, attractiveness=attractiveness, strength=strength,
            weights_attractiveness=_first(ours, attractiveness),
            weights_strength=_first(theirs, strength), scale=scale, cut=cut,
        )  # fmt: skip

    before = at(*start)
    first = _cells(before, key)

    def show(ours: float, theirs: float, cut: float) -> tuple[Any, Table]:
        found = at(ours, theirs, cut)
        # Not moves: here the cut is what changes, and the question is whom that moves.
        moved = sum(one != other for one, other in zip(first, _cells(found, key), strict=True))
        title = f"{moved:,} of {len(accounts):,} customers change cells" if moved else None
        shown = pd.DataFrame(
            {
                "cell": found.counts["name"],
                "at first": before.counts["customers"],
                "now": found.counts["customers"],
            }
        )
        return plots.grid_scatter(found, title=title), table(
            shown, f"Customers in each cell, and who changed: {moved:,}"
        )

    stops = list(shares)
    return explore(
        show,
        alt="Customers by relative strength and attractiveness, with the four cells of KAISM.",
        ours=slider(f"Weight of {attractiveness[0]}", stops, start=start[0], unit="%"),
        theirs=slider(f"Weight of {strength[0]}", stops, start=start[1], unit="%"),
        cut=slider("Cut", list(cuts), start=start[2]),
    )


def _cells(found: Grid, key: str) -> list[str]:
    """Return the cell of each customer, in order of the key."""
    rows = nw.from_native(found.table).lazy().select(key, "cell")
    return [*frames.collect(rows, key=key)["cell"].to_list()]


def _first(share: float, names: Sequence[str]) -> list[float]:
    """Return weights: the first has a share, the others divide the rest alike."""
    return [share, *[(1 - share) / (len(names) - 1)] * (len(names) - 1)]
