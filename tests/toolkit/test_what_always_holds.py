"""What must hold for any orders: no order of rows, no currency, no engine and no split matters."""

from __future__ import annotations

import datetime as dt
from typing import Any

import engines
import numpy as np
import pandas as pd
import pytest
from engines import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from keyaccounts.purchases import summarize
from keyaccounts.segmentation import abc, rfm, rfm_scores, whale_curve

START = dt.date(2025, 12, 20)
ROW = st.tuples(st.sampled_from("ABCDEFG"), st.integers(0, 40), st.integers(-2000, 5000))
ROWS = st.lists(ROW, min_size=1, max_size=25)


def table(rows: list[tuple[str, int, float]]) -> pd.DataFrame:
    """Return orders from (customer, days after the start, cents)."""
    return engines.orders(
        *[(c, (START + dt.timedelta(days=d)).isoformat(), cents / 100) for c, d, cents in rows]
    )


def plain(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return Engine("pandas", lambda t: t).rows(frame)


@settings(max_examples=20)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Any], chance: Any) -> None:
    mixed = rows.copy()
    chance.shuffle(mixed)
    assert plain(summarize(table(mixed))) == plain(summarize(table(rows)))
    for options in ({"nested": True}, {"ties": "split", "monetary": "mean"}):
        one, other = (rfm(table(r), bins=3, **options) for r in (rows, mixed))
        assert plain(one.table) == plain(other.table)
        assert one.cuts == other.cuts


@settings(max_examples=20)
@given(ROWS, st.integers(0, 24), st.integers(0, 100))
def test_an_order_line_may_be_split_on_its_day(rows: list[Any], at: int, percent: int) -> None:
    customer, day, cents = rows[at % len(rows)]
    part = cents * percent // 100
    split = [*rows, (customer, day, part), (customer, day, cents - part)]
    split.remove((customer, day, cents))
    assert plain(summarize(table(split))) == plain(summarize(table(rows)))
    assert plain(rfm(table(split), bins=3).table) == plain(rfm(table(rows), bins=3).table)


@settings(max_examples=20)
@given(ROWS, st.sampled_from([0.01, 0.3, 7, 1000]))
def test_scores_have_no_currency(rows: list[Any], rate: float) -> None:
    other = [(c, d, cents * rate) for c, d, cents in rows]
    one, two = (rfm(table(r), bins=4).table for r in (rows, other))
    assert one["cell"].tolist() == two["cell"].tolist()


@settings(max_examples=20)
@given(ROWS)
def test_nothing_is_lost(rows: list[Any]) -> None:
    found = summarize(table(rows))
    amounts = pd.Series([cents for *_, cents in rows]) / 100
    assert found["revenue"].sum() == pytest.approx(amounts.sum(), abs=1e-9)
    assert found["customer_id"].tolist() == sorted({c for c, *_ in rows})
    assert (found["orders"] - found["repeat_orders"]).tolist() == found["orders"].clip(
        upper=1
    ).tolist()
    ordered = found[found["orders"] > 0]
    assert (ordered["recency"] <= ordered["age"]).all()
    assert ((ordered["recency"] > 0) == (ordered["repeat_orders"] > 0)).all()
    assert (found["mean_repeat_amount"].notna() == (found["repeat_orders"] > 0)).all()


@settings(max_examples=20)
@given(ROWS, st.integers(2, 6))
def test_scores_rise_with_what_they_score(rows: list[Any], bins: int) -> None:
    scored = rfm(table(rows), bins=bins).table
    for fact, score, way in (("recency", "r", -1), ("frequency", "f", 1), ("monetary", "m", 1)):
        ranked = scored.sort_values(fact)
        assert (np.diff(ranked[score]) * way >= 0).all()
        assert scored[score].between(1, bins).all()
        assert len(scored[[fact, score]].drop_duplicates()) == scored[fact].nunique()
    assert (scored[["r", "f", "m"]].sum(axis=1) == scored["score"]).all()


@settings(max_examples=20)
@given(ROWS, st.sampled_from([1, 7, 0.001]), st.booleans())
def test_facts_have_no_unit_and_need_no_log(rows: list[Any], unit: float, nested: bool) -> None:
    scored = rfm(table(rows), bins=3, nested=nested).table
    facts = ["recency", "frequency", "monetary"]
    at_hand = rfm_scores(scored.assign(**(scored[facts] * unit)), bins=3, nested=nested).table
    assert at_hand["cell"].tolist() == scored["cell"].tolist()


@settings(max_examples=20)
@given(ROWS)
def test_history_by_plain_python(rows: list[Any]) -> None:
    days: dict[str, dict[int, int]] = {}
    for customer, day, cents in rows:
        own = days.setdefault(customer, {})
        own[day] = own.get(day, 0) + cents
    last_day = max(day for _, day, _ in rows)
    wanted = []
    for customer, nets in sorted(days.items()):
        bought = sorted(day for day, net in nets.items() if net >= 0)
        repeats = [nets[day] for day in bought[1:]]
        wanted.append(
            (
                customer,
                len(bought),
                len(repeats),
                bought[-1] - bought[0] if bought else None,
                last_day - bought[0] if bought else None,
                sum(nets.values()) / 100,
                sum(repeats) / len(repeats) / 100 if repeats else None,
            )
        )
    found = summarize(table(rows)).drop(columns=["first_date", "last_date"])
    for row, by_hand in zip(plain(found), wanted, strict=True):
        assert row[:5] == by_hand[:5]
        assert row[5:] == pytest.approx(by_hand[5:], abs=1e-9)


def test_every_engine_says_the_same(engine: Engine) -> None:
    chance = np.random.default_rng(2026)
    n = 600
    frame = pd.DataFrame(
        {
            "customer_id": chance.integers(0, 60, n),
            "order_date": np.datetime64("2025-01-01") + chance.integers(0, 400, n).astype("m8[D]"),
            "amount": chance.integers(-300, 2000, n) / 100,
        }
    )
    own = engine.table(frame)
    assert engine.rows(summarize(own)) == plain(summarize(frame))
    for options in ({"nested": True}, {"ties": "split", "monetary": "mean", "bins": 12}):
        assert engine.rows(rfm(own, **options).table) == plain(rfm(frame, **options).table)
    names = {"key": "customer_id", "value": "amount"}
    assert engine.rows(abc(own, **names).table) == plain(abc(frame, **names).table)
    curve = whale_curve(own, key="customer_id", profit="amount")
    assert engine.rows(curve.table) == plain(
        whale_curve(frame, key="customer_id", profit="amount").table
    )
