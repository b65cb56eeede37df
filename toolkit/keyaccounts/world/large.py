"""The same company, as large as you like: Parquet files that never have to fit into memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.errors import ParameterError
from keyaccounts.world.draws import Draws
from keyaccounts.world.money import Money, drivers_truth, number_of, timestamps
from keyaccounts.world.money import orders as bought_by
from keyaccounts.world.parameters import AS_OF, OPENED, Accounts
from keyaccounts.world.serving import service_log

CHUNK = 20_000  # customers that are made at once: about 200,000 orders, whatever the memory
FLEETS = 0.07  # share of organizations, about as in the course's company
TABLES = ("customers", "orders", "service_log", "truth_customers")


def stream(
    folder: str | Path,
    *,
    seed: int,
    orders: int = 10_000_000,
    logged: float = 0.1,
    money: Money | None = None,
) -> dict[str, int]:
    """Write a company with millions of orders, to try methods where data are large.

    Customers buy and are served by the same laws as in :func:`keyaccounts.world.simulate`; who
    they are is drawn more simply, and there are orders and service only. They are made in chunks
    of 20,000, each from its own chance: the first million orders are the same whether two or ten
    million follow.

    Parameters
    ----------
    folder : str or Path
        Where the files go; it is made if need be and must not hold any of the tables yet.
    seed : int
        The same seed writes the same bytes, if the same pyarrow writes them. Another pyarrow
        writes the same rows, but signs each file with its version (`created_by`).
    orders : int, default 10,000,000
        Stop after the customer with whom so many orders are reached.
    logged : float, default 0.1
        Share of customers whose service is logged.
    money : Money, optional
        How customers buy. Default: as in the course's company.

    Returns
    -------
    dict of int
        Rows of each table. Table NAME lies in `folder/NAME/part-00000.parquet` and so on:

        ===============  ====================================================================
        customers        customer_id, kind, joined_on, vehicles, district
        orders           order_id, order_date, customer_id, amount, cost_of_goods, service;
                         sorted by day within a part
        service_log      entry_id, date, customer_id, seller_id, input, hours, cost
        truth_customers  customer_id, purchase_rate (orders a week), dropout (drivers only),
                         mean_amount, margin, intensity, departed_on, logged
        ===============  ====================================================================

        Ids are whole numbers from 1 on; days are Parquet dates.

    Raises
    ------
    ParameterError
        If an argument makes no sense, or the folder holds one of the tables already.
    ModuleNotFoundError
        If pyarrow is not installed.

    Examples
    --------
    >>> stream("company", seed=7, orders=10_000_000)  # doctest: +SKIP
    {'customers': 982105, 'orders': 10000004, 'service_log': 627110, 'truth_customers': 982105}
    """
    checks.whole("seed", seed, least=0)
    checks.whole("orders", orders, least=1)
    checks.fraction("logged", logged)
    writer = _Writer(Path(folder))
    part = 0
    while writer.rows["orders"] < orders:
        wanted = orders - writer.rows["orders"]
        for name, table in _part(money or Money(), seed, part, wanted, logged).items():
            writer.write(name, part, table)
        part += 1
    return writer.rows


def _part(
    money: Money, seed: int, part: int, wanted: int, logged: float
) -> dict[str, pd.DataFrame]:
    """Make one chunk of customers, as many of them as are wanted; none depends on other chunks."""
    people = _people(seed, part)
    bought = bought_by(people, money, seed, AS_OF, part)
    reached = np.cumsum(np.bincount(bought["entity"], minlength=CHUNK))
    kept = min(int(np.searchsorted(reached, wanted)) + 1, CHUNK)
    bought = bought[bought["entity"] < kept]
    chosen = Draws(seed, "logged", part).yes(logged, CHUNK)
    log = service_log(people, bought[chosen[bought["entity"]]], seed, part)

    drivers = drivers_truth(people, money, seed, AS_OF, part).set_index("entity")
    truth = people.assign(purchase_rate=people["rate"] * 7, dropout=np.nan, logged=chosen)
    truth = truth.rename(columns={"amount_mean": "mean_amount"})
    truth.loc[drivers.index, list(drivers.columns)] = drivers
    kinds = {"customers": people, "orders": bought, "service_log": log, "truth_customers": truth}
    tables = {}
    for name, table in kinds.items():
        entity = table["entity"].to_numpy() if "entity" in table else np.arange(kept)
        tables[name] = table.iloc[: len(entity)].assign(customer_id=part * CHUNK + entity + 1)
    tables["service_log"] = tables["service_log"].assign(seller_id=log["seller"] + 1)
    return tables


def _people(seed: int, part: int) -> pd.DataFrame:
    """Draw who the customers of a chunk are: steady growth, a few accounts that take too much."""
    plan, n, draws = Accounts(), CHUNK, Draws(seed, "people", part)
    today = number_of(AS_OF)
    fleet = draws.yes(FLEETS, n)
    day = draws.whole(n, number_of(OPENED), today - 1)
    monday = np.busday_offset(day.astype("datetime64[D]"), 0, roll="preceding").astype(np.int64)
    joined = np.where(fleet, monday, day)
    size = np.clip(np.round(np.exp(draws.normal(n, 2.1, 0.95))), 2, 120)
    vehicles = np.where(fleet, size, draws.pick([1, 2, 3, 4], n, [0.82, 0.13, 0.04, 0.01]))
    heavy = fleet & (vehicles >= 30) & draws.yes(0.4, n)
    usual = np.where(fleet, draws.beta(n, 60, 130), draws.beta(n, 70, 125))
    left = joined + plan.lead_days[1] + np.ceil(draws.exponential(n, 365.25 / plan.leaves))
    leaves = fleet & (left <= today + plan.lead_days[1])
    departed_on = timestamps(left.astype(np.int64))
    departed_on[~leaves] = np.datetime64("NaT")
    rate = plan.rate_per_vehicle * vehicles * np.exp(draws.normal(n, 0.0, 0.25))
    return pd.DataFrame(
        {
            "kind": np.where(fleet, "organization", "individual"),
            "joined_on": timestamps(joined),
            "vehicles": vehicles.astype(np.int64),
            "district": draws.pick(range(6), n, [3, 2, 2, 1.5, 1, 0.5]).astype(np.int64),
            "seller": draws.whole(n, 0, 11),
            "margin": np.where(heavy, draws.uniform(n, 0.12, 0.18), usual),
            "intensity": np.where(
                heavy, draws.uniform(n, 3.0, 6.0), np.exp(draws.normal(n, -0.12, 0.5))
            ),
            "rate": np.where(fleet, rate, np.nan),
            "amount_mean": np.where(fleet, np.exp(draws.normal(n, 6.9, 0.25)), np.nan),
            "departed_on": departed_on,
            "lead_days": np.where(leaves, draws.whole(n, *plan.lead_days), 0),
        }
    )


class _Writer:
    """Writes parts of tables to Parquet, always in the same way, and counts their rows."""

    def __init__(self, folder: Path) -> None:
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError(
                'Parquet files need pyarrow: pip install "keyaccounts[fast]"'
            ) from missing
        for name in TABLES:
            if (folder / name).exists():
                raise ParameterError(
                    f"folder={str(folder)!r} holds a table {name!r} already: "
                    "give an empty folder, or remove the old tables first"
                )
            (folder / name).mkdir(parents=True)
        whole, number, text, day = pa.int64(), pa.float64(), pa.string(), pa.date32()
        self._pa, self._parquet, self._folder = pa, parquet, folder
        self._columns: Mapping[str, Mapping[str, Any]] = {
            "customers": {
                "customer_id": whole,
                "kind": text,
                "joined_on": day,
                "vehicles": whole,
                "district": whole,
            },
            "orders": {
                "order_id": whole,
                "order_date": day,
                "customer_id": whole,
                "amount": number,
                "cost_of_goods": number,
                "service": text,
            },
            "service_log": {
                "entry_id": whole,
                "date": day,
                "customer_id": whole,
                "seller_id": whole,
                "input": text,
                "hours": number,
                "cost": number,
            },
            "truth_customers": {
                "customer_id": whole,
                "purchase_rate": number,
                "dropout": number,
                "mean_amount": number,
                "margin": number,
                "intensity": number,
                "departed_on": day,
                "logged": pa.bool_(),
            },
        }
        self.rows = dict.fromkeys(TABLES, 0)

    def write(self, name: str, part: int, table: pd.DataFrame) -> None:
        """Write one part of one table; rows without an id of their own are counted on."""
        columns = self._columns[name]
        counted = self.rows[name] + np.arange(len(table)) + 1
        arrays = {}
        for column, kind in columns.items():
            values = table[column] if column in table else pd.Series(counted)
            plain = values.to_numpy("datetime64[D]") if kind == self._pa.date32() else values
            arrays[column] = self._pa.array(plain, type=kind, from_pandas=True)
        self._parquet.write_table(
            self._pa.table(arrays),
            self._folder / name / f"part-{part:05d}.parquet",
            version="2.6",
            compression="snappy",
            use_dictionary=[c for c, kind in columns.items() if kind == self._pa.string()],
            store_schema=False,
        )
        self.rows[name] += len(table)
