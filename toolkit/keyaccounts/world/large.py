"""The same company, as large as you like: Parquet files that never have to fit into memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from keyaccounts import checks, files
from keyaccounts.errors import ParameterError
from keyaccounts.world.draws import Draws
from keyaccounts.world.folder import is_answer, tables
from keyaccounts.world.money import drivers_truth, number_of, timestamps
from keyaccounts.world.money import orders as bought_by
from keyaccounts.world.parameters import Parameters, Section, planted
from keyaccounts.world.serving import service_log

CHUNK = 20_000  # customers that are made at once: about 200,000 orders, whatever the memory
FLEETS = 0.07  # share of organizations, about as in the course's company
LARGE = 30  # vehicles; of organizations from here on some take more than they bring
HEAVY = 0.4  # so many of them
COLUMNS = {
    "customers": {
        "customer_id": "int64",
        "kind": "string",
        "joined_on": "date32",
        "vehicles": "int64",
        "district": "int64",
    },
    "orders": {
        "order_id": "int64",
        "order_date": "date32",
        "customer_id": "int64",
        "amount": "double",
        "cost_of_goods": "double",
        "service": "string",
    },
    "service_log": {
        "entry_id": "int64",
        "date": "date32",
        "customer_id": "int64",
        "seller_id": "int64",
        "input": "string",
        "hours": "double",
        "cost": "double",
    },
    "truth_customers": {
        "customer_id": "int64",
        "purchase_rate": "double",
        "dropout": "double",
        "mean_amount": "double",
        "margin": "double",
        "intensity": "double",
        "departed_on": "date32",
        "logged": "bool",
    },
}


def stream(
    folder: str | Path,
    *,
    seed: int | str,
    orders: int = 10_000_000,
    logged: float = 0.1,
    money: Section | None = None,
    truth: bool = True,
    overwrite: bool = False,
) -> dict[str, int]:
    """Write a company with millions of orders, to try methods where data are large.

    Customers buy and are served by the same laws as in :func:`keyaccounts.world.simulate`; who
    they are is drawn more simply, and there are orders and service only. Customers are made in
    chunks of 20,000, each from its own chance: a chunk is the same however many follow it.

    Parameters
    ----------
    folder : str or Path
        Where the files go, all of them or none; it is made if need be. As long as it holds a
        folder `.keyaccounts-unfinished-...`, a run has not come to its end.
    seed : int or str
        The same seed writes the same bytes, if the same pyarrow writes them. Another pyarrow
        writes the same rows, but signs each file with its version (`created_by`).
    orders : int, default 10,000,000
        Stop after the customer with whom so many orders are reached.
    logged : float, default 0.1
        Share of customers whose service is logged.
    money : Section, optional
        How customers buy. Default: as in any world of that seed.
    truth : bool, default True
        Also write the answer key, the table `truth_customers`.
    overwrite : bool, default False
        Take the place of every table of a simulated company that the folder holds. What else lies
        there stays.

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

        Ids are whole numbers from 1 on; days are Parquet dates. A true departure may lie ahead.

    Raises
    ------
    ParameterError
        If an argument makes no sense, or the folder holds a table of a company already.
    ModuleNotFoundError
        If pyarrow is not installed.
    OSError
        If the folder cannot be made or written to. Then it is as it was before.

    Notes
    -----
    Ten million orders take about half a minute on two cores, 250 MB of memory and as much of disk.

    Examples
    --------
    >>> stream("company", seed=7, orders=10_000_000)  # doctest: +SKIP
    {'customers': 1193547, 'orders': 10000026, 'service_log': 538385, 'truth_customers': 1193547}
    """
    seed = checks.seed("seed", seed)
    checks.whole("orders", orders, least=1)
    checks.fraction("logged", logged)
    plan = planted(seed)
    plan = plan if money is None else plan.but(money=money)
    folder, names = Path(folder), [n for n in COLUMNS if truth or not is_answer(n)]
    writer = _Writer(names)
    there = tables(folder)
    taken = [n for n in COLUMNS if (folder / n).exists()] + sorted(there.values())
    if taken and not overwrite:
        raise ParameterError(
            f"folder={str(folder)!r} holds a table {taken[0]!r} already: "
            "give an empty folder, or replace the old tables with overwrite=True"
        )
    with files.whole(folder, goes=there) as place:
        part = 0
        while writer.rows["orders"] < orders:
            wanted = orders - writer.rows["orders"]
            made = _part(plan, seed, part, wanted, logged)
            for name in names:
                writer.write(place / name, part, made[name])
            part += 1
    return writer.rows


def _part(
    plan: Parameters, seed: int, part: int, wanted: int, logged: float
) -> dict[str, pd.DataFrame]:
    """Make one chunk of customers, as many of them as are wanted; none depends on other chunks."""
    people = _people(plan, seed, part)
    bought = bought_by(people, plan.money, seed, plan.as_of, part)
    reached = np.cumsum(np.bincount(bought["entity"], minlength=CHUNK))
    kept = min(int(np.searchsorted(reached, wanted)) + 1, CHUNK)
    bought = bought[bought["entity"] < kept]
    chosen = Draws(seed, "logged", part).yes(logged, CHUNK)
    log = service_log(people, bought[chosen[bought["entity"]]], plan.serving, seed, part)

    drivers = drivers_truth(people, plan.money, seed, plan.as_of, part).set_index("entity")
    truth = people.assign(
        purchase_rate=(people["rate"] * 7).round(6), dropout=np.nan, logged=chosen
    )
    truth = truth.rename(columns={"amount_mean": "mean_amount"})
    truth.loc[drivers.index, list(drivers.columns)] = drivers
    first = part * CHUNK + 1
    customers = truth.iloc[:kept].assign(customer_id=first + np.arange(kept))
    return {
        "customers": customers,
        "orders": bought.assign(customer_id=first + bought["entity"]),
        "service_log": log.assign(customer_id=first + log["entity"], seller_id=log["seller"] + 1),
        "truth_customers": customers,
    }


def _people(world: Parameters, seed: int, part: int) -> pd.DataFrame:
    """Draw who the customers of a chunk are: steady growth, a few accounts that take too much."""
    plan, n, draws = world.accounts, CHUNK, Draws(seed, "people", part)
    today = number_of(world.as_of)
    fleet = draws.yes(FLEETS, n)
    day = draws.whole(n, number_of(world.opened), today - 1)
    weekday = np.busday_offset(day.astype("datetime64[D]"), 0, roll="preceding").astype(np.int64)
    joined = np.where(fleet, weekday, day)
    size = np.clip(np.round(np.exp(draws.normal(n, *plan.fleet_size))), 2, 120)
    vehicles = np.where(fleet, size, draws.pick([1, 2, 3, 4], n, plan.driver_vehicles))
    heavy = fleet & (vehicles >= LARGE) & draws.yes(HEAVY, n)
    usual = np.where(fleet, draws.beta(n, *plan.fleet_margin), draws.beta(n, *plan.driver_margin))
    taken = np.exp(draws.normal(n, *plan.intensity))
    left = joined + plan.lead_days[1] + np.ceil(draws.exponential(n, 365.25 / plan.leaves))
    leaves = fleet & (left <= today + plan.lead_days[1])
    departed_on = timestamps(left.astype(np.int64))
    departed_on[~leaves] = np.datetime64("NaT", "us")
    rate = plan.rate_per_vehicle * vehicles * np.exp(draws.normal(n, 0.0, plan.rate_spread))
    amount = np.exp(draws.normal(n, *plan.amount))
    return pd.DataFrame(
        {
            "kind": np.where(fleet, "organization", "individual"),
            "joined_on": timestamps(joined),
            "vehicles": vehicles.astype(np.int64),
            "district": draws.pick(range(6), n, plan.districts).astype(np.int64),
            "seller": draws.whole(n, 0, 11),
            "margin": np.round(np.where(heavy, draws.uniform(n, *plan.heavy_margin), usual), 4),
            "intensity": np.where(heavy, draws.uniform(n, *plan.heavy_intensity), taken).round(3),
            "rate": np.where(fleet, np.round(rate, 6), np.nan),
            "amount_mean": np.where(fleet, np.round(amount, 2), np.nan),
            "departed_on": departed_on,
            "lead_days": np.where(leaves, draws.whole(n, *plan.lead_days), 0),
        }
    )


class _Writer:
    """Writes parts of tables to Parquet, always in the same way, and counts their rows."""

    def __init__(self, names: list[str]) -> None:
        self._arrow, self._parquet = files.parquet()
        self.rows = dict.fromkeys(names, 0)

    def write(self, folder: Path, part: int, table: pd.DataFrame) -> None:
        """Write one part of the table of a folder; its own id is counted on from part to part."""
        name = folder.name
        folder.mkdir(exist_ok=True)
        own = next(iter(COLUMNS[name]))
        if own not in table:
            table = table.assign(**{own: self.rows[name] + np.arange(len(table)) + 1})
        columns = {
            column: self._arrow.array(
                table[column].to_numpy("datetime64[D]") if kind == "date32" else table[column],
                type=self._arrow.type_for_alias(kind),
                from_pandas=True,
            )
            for column, kind in COLUMNS[name].items()
        }
        self._parquet.write_table(
            self._arrow.table(columns),
            folder / f"part-{part:05d}.parquet",
            version="2.6",
            compression="snappy",
            use_dictionary=[c for c, kind in COLUMNS[name].items() if kind == "string"],
            store_schema=False,
        )
        self.rows[name] += len(table)
