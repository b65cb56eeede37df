"""The contenders: each is one function that imports what it needs and returns the work to time.

The work takes an input (a pandas frame, or a DuckDB relation on the parquet file) with the names
of its columns, and ends in a pandas frame with one row a customer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

Names = dict[str, str]
Work = Callable[[Any, Names], pd.DataFrame]


@dataclass(frozen=True)
class Contender:
    """Who is timed.

    Attributes
    ----------
    label : what readers see.
    prepare : imports, and returns the work.
    given : "pandas" (the table in memory) or "file" (a DuckDB relation on the parquet file).
    answers : the questions it answers: "rfm", "summary".
    pace : "fast", "middle" or "slow"; the slower, the fewer repetitions.
    """

    label: str
    prepare: Callable[[], Work]
    given: str
    answers: tuple[str, ...]
    pace: str = "fast"


# ------------------------------------------------------------------------- purchase summaries


def keyaccounts_summary() -> Work:
    import duckdb  # noqa: F401  (imports are not timed, for nobody)
    import keyaccounts as ka

    def work(orders: Any, names: Names) -> pd.DataFrame:
        found = ka.purchases.summarize(orders, **names)
        return found if isinstance(found, pd.DataFrame) else found.df()

    return work


def pymc_marketing_summary() -> Work:
    from pymc_marketing.clv.utils import rfm_summary

    def work(orders: pd.DataFrame, names: Names) -> pd.DataFrame:
        return rfm_summary(orders, names["customer"], names["date"], names["amount"])

    return work


def lifetimes_summary() -> Work:
    from lifetimes.utils import summary_data_from_transaction_data

    def work(orders: pd.DataFrame, names: Names) -> pd.DataFrame:
        return summary_data_from_transaction_data(
            orders, names["customer"], names["date"], names["amount"]
        )

    return work


def clvkit_summary() -> Work:
    from clvkit import CustomerBase

    def work(orders: pd.DataFrame, names: Names) -> pd.DataFrame:
        base = CustomerBase.from_transactions(
            orders, names["customer"], names["date"], names["amount"]
        )
        return base.to_pandas()

    return work


def pandas_summary() -> Work:
    def work(orders: pd.DataFrame, names: Names) -> pd.DataFrame:
        customer, date, amount = names.values()
        day = orders[date].dt.normalize()
        daily = orders.groupby([customer, day])[amount].sum().reset_index()
        revenue = daily.groupby(customer)[amount].sum()
        bought = daily[daily[amount] >= 0]  # sorted: a customer's first order comes first
        found = bought.groupby(customer).agg(
            orders=(date, "size"),
            first_date=(date, "first"),
            last_date=(date, "last"),
            total=(amount, "sum"),
            first_amount=(amount, "first"),
        )
        found = found.reindex(revenue.index)
        found["repeat_orders"] = found["orders"] - 1
        found["recency"] = (found["last_date"] - found["first_date"]).dt.days
        found["age"] = (day.max() - found["first_date"]).dt.days
        found["revenue"] = revenue
        repeats = found["repeat_orders"].where(found["repeat_orders"] > 0)
        found["mean_repeat_amount"] = (found["total"] - found["first_amount"]) / repeats
        return found.drop(columns=["total", "first_amount"]).reset_index()

    return work


# One customer's rows of one day are one order, netted; a day below zero is a refund, not an order.
DAILY = """
    with daily as (
        select {customer} as customer, cast({date} as date) as day, sum({amount}) as net
        from orders group by all
    )
"""

SUMMARY = (
    DAILY
    + """
    , facts as (
        select
            customer,
            count(*) filter (net >= 0) as orders,
            min(day) filter (net >= 0) as first_date,
            max(day) filter (net >= 0) as last_date,
            sum(net) as revenue,
            sum(net) filter (net >= 0) - arg_min(net, day) filter (net >= 0) as repeat_amount
        from daily group by customer
    )
    select
        customer as {customer}, orders, greatest(orders - 1, 0) as repeat_orders,
        first_date, last_date,
        last_date - first_date as recency,
        (select max(day) from daily) - first_date as age,
        revenue,
        case when orders > 1 then repeat_amount / (orders - 1) end as mean_repeat_amount
    from facts order by customer
"""
)


def duckdb_summary() -> Work:
    return _sql(SUMMARY)


def _sql(text: str) -> Work:
    import duckdb

    def work(orders: Any, names: Names) -> pd.DataFrame:
        query = text.format(**names)
        if isinstance(orders, pd.DataFrame):
            return duckdb.connect().register("orders", orders).sql(query).df()
        return orders.query("orders", query).df()

    return work


# --------------------------------------------------------------------------------- RFM scores


def keyaccounts_scores() -> Work:
    import duckdb  # noqa: F401
    import keyaccounts as ka

    def work(orders: Any, names: Names) -> pd.DataFrame:
        found = ka.segmentation.rfm(orders, **names).table
        return found if isinstance(found, pd.DataFrame) else found.df()

    return work


def pandas_scores() -> Work:
    def work(orders: pd.DataFrame, names: Names) -> pd.DataFrame:
        customer, date, amount = names.values()
        day = orders[date].dt.normalize()
        daily = orders.groupby([customer, day])[amount].sum().reset_index()
        revenue = daily.groupby(customer)[amount].sum()
        bought = daily[daily[amount] >= 0]
        found = bought.groupby(customer)[date].agg(["max", "size"])
        found = pd.DataFrame(
            {
                "recency": (day.max() - found["max"]).dt.days,
                "frequency": found["size"],
                "monetary": revenue.reindex(found.index),
            }
        )
        for score, fact in (("r", "recency"), ("f", "frequency"), ("m", "monetary")):
            cuts = found[fact].quantile([0.2, 0.4, 0.6, 0.8])
            found[score] = 1 + cuts.searchsorted(found[fact])
        found["r"] = 6 - found["r"]
        found["cell"] = (100 * found["r"] + 10 * found["f"] + found["m"]).astype(str)
        found["score"] = found["r"] + found["f"] + found["m"]
        return found.reset_index()

    return work


SCORES = (
    DAILY
    + """
    , facts as (
        select
            customer,
            (select max(day) from daily) - max(day) filter (net >= 0) as recency,
            count(*) filter (net >= 0) as frequency,
            sum(net) as monetary
        from daily group by customer having frequency > 0
    ), cuts as (
        select
            quantile_cont(recency, [0.2, 0.4, 0.6, 0.8]) as r,
            quantile_cont(frequency, [0.2, 0.4, 0.6, 0.8]) as f,
            quantile_cont(monetary, [0.2, 0.4, 0.6, 0.8]) as m
        from facts
    ), scored as (
        select
            facts.*,
            5 - (recency > cuts.r[1])::int - (recency > cuts.r[2])::int
              - (recency > cuts.r[3])::int - (recency > cuts.r[4])::int as r,
            1 + (frequency > cuts.f[1])::int + (frequency > cuts.f[2])::int
              + (frequency > cuts.f[3])::int + (frequency > cuts.f[4])::int as f,
            1 + (monetary > cuts.m[1])::int + (monetary > cuts.m[2])::int
              + (monetary > cuts.m[3])::int + (monetary > cuts.m[4])::int as m
        from facts, cuts
    )
    select
        customer as {customer}, recency, frequency, monetary, r, f, m,
        concat(r, f, m) as cell, r + f + m as score
    from scored order by customer
"""
)


def duckdb_scores() -> Work:
    return _sql(SCORES)


# ------------------------------------------------------------------------------ who takes part

RFM, SUMMARY_OF, BOTH = ("rfm",), ("summary",), ("rfm", "summary")

CONTENDERS = {
    "ka-rfm-pandas": Contender("keyaccounts rfm", keyaccounts_scores, "pandas", RFM),
    "ka-rfm-file": Contender("keyaccounts rfm", keyaccounts_scores, "file", RFM),
    "sql-rfm-pandas": Contender("hand-written DuckDB SQL", duckdb_scores, "pandas", RFM),
    "sql-rfm-file": Contender("hand-written DuckDB SQL", duckdb_scores, "file", RFM),
    "pandas-rfm": Contender("hand-written pandas", pandas_scores, "pandas", RFM, "middle"),
    "ka-summary-pandas": Contender(
        "keyaccounts summarize", keyaccounts_summary, "pandas", SUMMARY_OF
    ),
    "ka-summary-file": Contender("keyaccounts summarize", keyaccounts_summary, "file", SUMMARY_OF),
    "sql-summary-pandas": Contender(
        "hand-written DuckDB SQL", duckdb_summary, "pandas", SUMMARY_OF
    ),
    "sql-summary-file": Contender("hand-written DuckDB SQL", duckdb_summary, "file", SUMMARY_OF),
    "pandas-summary": Contender(
        "hand-written pandas", pandas_summary, "pandas", SUMMARY_OF, "middle"
    ),
    "pymc-summary": Contender(
        "pymc-marketing rfm_summary", pymc_marketing_summary, "pandas", BOTH, "slow"
    ),
    "lifetimes": Contender(
        "lifetimes summary_data_from_transaction_data", lifetimes_summary, "pandas", BOTH, "slow"
    ),
    "clvkit": Contender(
        "clvkit CustomerBase.from_transactions", clvkit_summary, "pandas", BOTH, "slow"
    ),
}
