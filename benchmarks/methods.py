"""Methods of chapter 3 against the SQL an analyst would write for the same answer by hand.

Contenders as in contenders.py: "ka-METHOD-GIVEN" and "sql-METHOD-GIVEN".
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import inputs
import pandas as pd
from contenders import Contender, Names, Work

METHODS = ("abc", "whale_curve", "pyramid", "indicators", "progressive", "account_investment")
PERIOD = {"start": "2025-01-01", "end": "2025-06-30"}  # of the synthetic orders' three years

# ------------------------------------------------------------------- keyaccounts, as a user calls

CRITERIA: dict[str, Any] = {
    "likely": ("vehicles", ">=", 1),
    "place": "place",
    "party": "kind",
    "history": ("orders", ">", 0),
    "frequency": ("orders", ">=", 4),
    "priority": ("vehicles", ">=", 3),
}


def _keyaccounts(method: str) -> Callable[[], Work]:
    def prepare() -> Work:
        import duckdb  # noqa: F401  (imports are not timed, for nobody)
        import keyaccounts as ka

        s = ka.segmentation
        margins = _Margins()
        calls: dict[str, Callable[[Any, Names], Any]] = {
            "abc": lambda t, n: s.abc(t, key=n["customer"], value=n["amount"]).table,
            "whale_curve": lambda t, n: (
                s.whale_curve(t, key=n["customer"], profit=n["amount"]).table
            ),
            "pyramid": lambda t, n: s.pyramid(t, key=n["customer"], value=n["amount"]).table,
            "indicators": lambda t, n: pd.DataFrame([s.indicators(t, **PERIOD, **n).cohort]),
            "progressive": lambda t, _: s.progressive(t, criteria=CRITERIA).table,
            "account_investment": lambda t, n: (
                s.account_investment(t, margins.like(t, n["margins"])).table
            ),
        }

        def work(table: Any, names: Names) -> pd.DataFrame:
            found = calls[method](table, names)
            return found if isinstance(found, pd.DataFrame) else found.df()

        return work

    return prepare


class _Margins:
    """The second table of account_investment, opened once, in the kind of the first."""

    def __init__(self) -> None:
        self.found: Any = None

    def like(self, table: Any, path: str) -> Any:
        if self.found is None:
            given = inputs.frame if isinstance(table, pd.DataFrame) else inputs.relation
            self.found = given(Path(path))
        return self.found


# ----------------------------------------------------------------------------------- hand-written

RANKED = """
    with totals as (
        select {customer} as key, round(sum({amount}), 2) as value from orders group by all
    ), ranked as (
        select
            *, row_number() over best as rank, sum(value) over best as running,
            sum(value) over () as total, count(*) over () as n
        from totals
        window best as (order by value desc, key rows unbounded preceding)
    )
"""
SQL = {
    "abc": RANKED
    + """
    select
        key as {customer}, value as {amount}, rank,
        value / total as share, running / total as cumulative_share,
        case when (running - value) / total < 0.80 then 'A'
             when (running - value) / total < 0.95 then 'B' else 'C' end as class
    from ranked order by rank
""",
    "whale_curve": RANKED
    + """
    select
        key as {customer}, value as {amount}, rank,
        rank / n as customer_share, running as cumulative_profit,
        running / total as cumulative_share
    from ranked order by rank
""",
    "pyramid": RANKED
    + """
    select
        key as {customer}, value as {amount}, rank,
        case when value <= 0 then 'lead' when rank <= 0.05 * n then 'platinum'
             when rank <= 0.20 * n then 'gold' when rank <= 0.70 * n then 'iron'
             else 'lead' end as tier
    from ranked order by rank
""",
    "indicators": """
    with daily as (
        select {customer} as customer, cast({date} as date) as day, sum({amount}) as net
        from orders where {date} < date '2025-07-01' group by all
    ), each as (
        select
            customer,
            count(*) filter (net >= 0 and day >= date '2025-01-01') as now,
            count(*) filter (net >= 0 and day < date '2025-01-01'
                             and day >= date '2025-01-01' - 181) as lately,
            count(*) filter (net >= 0 and day < date '2025-01-01') as ever,
            sum(net) filter (day >= date '2025-01-01') as revenue
        from daily group by customer
    )
    select
        count(*) filter (lately > 0) as start,
        count(*) filter (lately > 0 and now > 0) as kept,
        count(*) filter (lately > 0 and now = 0) as lost,
        count(*) filter (now > 0 and ever = 0) as new,
        count(*) filter (now > 0 and ever > 0 and lately = 0) as returned,
        count(*) filter (now > 0) as active,
        count(*) filter (now > 1) as repeaters,
        sum(revenue) as revenue
    from each
""",
    "progressive": """
    with labels as (
        select
            customer_id,
            case when vehicles is null then 'unknown' when vehicles >= 1 then 'likely'
                 else 'unlikely' end as likely,
            coalesce(place, 'unknown') as place,
            coalesce(kind, 'unknown') as party,
            case when orders is null then 'unknown' when orders > 0 then 'known'
                 else 'new' end as history,
            case when orders is null then 'unknown' when orders = 0 then 'n/a'
                 when orders >= 4 then 'regular' else 'rare' end as frequency,
            case when vehicles is null then 'unknown' when vehicles >= 3 then 'target'
                 else 'reserve' end as priority
        from orders
    ), asked as (
        select
            customer_id, likely,
            case when likely = 'likely' then place else 'not asked' end as place,
            case when likely = 'likely' then party else 'not asked' end as party,
            case when likely = 'likely' then history else 'not asked' end as history,
            case when likely = 'likely' then frequency else 'not asked' end as frequency,
            case when likely = 'likely' then priority else 'not asked' end as priority
        from labels
    )
    select
        *,
        case when likely = 'likely'
             then concat_ws(' / ', likely, place, party, history, frequency, priority)
             else likely end as path,
        case when likely = 'unknown' then 'unknown' when priority = 'target' then 'remaining'
             else 'left' end as branch
    from asked order by customer_id
""",
    "account_investment": f"""
    with spent as (
        select
            customer_id,
            {", ".join(f"sum(cost) filter (input = '{i}') as {i}" for i in inputs.SERVICES)}
        from orders group by customer_id
    ), earned as (
        select customer_id, sum(revenue) as revenue, sum(margin) as margin
        from margins group by customer_id
    ), joined as (
        select
            customer_id,
            {", ".join(f"round(coalesce({i}, 0), 2) as {i}" for i in inputs.SERVICES)},
            {" + ".join(f"round(coalesce({i}, 0), 2)" for i in inputs.SERVICES[:-1])}
                as cost_to_serve,
            cost_to_serve + round(coalesce(displaced_work, 0), 2) as investment,
            coalesce(revenue, 0) as revenue, coalesce(margin, 0) as margin,
            round(coalesce(margin, 0) - investment, 2) as net
        from spent full join earned using (customer_id)
    )
    select
        *, case when investment > 0 then net / investment end as roi,
        case when margin > 0 and revenue > 0 then investment * revenue / margin end
            as break_even_revenue,
        row_number() over (order by net desc, customer_id) as rank
    from joined order by rank
""",
}


def _sql(method: str) -> Callable[[], Work]:
    def prepare() -> Work:
        import duckdb

        kept = _Margins()

        def work(table: Any, names: Names) -> pd.DataFrame:
            query = SQL[method].format(**names)
            if "margins" in names:
                query = query.replace("from margins", f"from read_parquet('{names['margins']}')")
            if not isinstance(table, pd.DataFrame):
                return table.query("orders", query).df()
            connection = duckdb.connect().register("orders", table)
            if "margins" in names:
                query = SQL[method]
                connection = connection.register("margins", kept.like(table, names["margins"]))
            return connection.sql(query).df()

        return work

    return prepare


def _pair(method: str, given: str) -> dict[str, Contender]:
    pace = "slow" if method == "progressive" else "middle"
    return {
        f"ka-{method}-{given}": Contender(
            f"keyaccounts {method}", _keyaccounts(method), given, (method,), pace
        ),
        f"sql-{method}-{given}": Contender(
            "hand-written DuckDB SQL", _sql(method), given, (method,), pace
        ),
    }


CONTENDERS = {
    name: contender
    for method in METHODS
    for given in ("pandas", "file")
    for name, contender in _pair(method, given).items()
}
