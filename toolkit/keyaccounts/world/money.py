"""What customers order and when organizations pay: every amount of the simulated company.

Private drivers buy as in the BG/NBD model and spend as in the Gamma-Gamma model, exactly, so that
an estimator can be tested for finding the planted numbers again. Organizations order all the time
in proportion to their fleet, less so when they are about to leave.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from keyaccounts.world.draws import Draws, Floats, Ints, nth, repeat
from keyaccounts.world.parameters import Section as Money

NEVER = pd.Timestamp("2100-01-01")  # stands for the departure of one who stays
SERVICES = ("maintenance", "repair", "tires", "body", "inspection")


class Buying(NamedTuple):
    """Orders before they have an amount, and who they are from.

    Attributes
    ----------
    entity, day : one element an order; days count from 1970-01-01.
    mean, shape : of the gamma law of its amount.
    """

    entity: Ints
    day: Ints
    mean: Floats
    shape: Floats


def day_numbers(days: pd.Series) -> Ints:
    """Return days as numbers from 1970-01-01 on; none may be missing."""
    return days.to_numpy("datetime64[D]").astype(np.int64)


def number_of(day: dt.date) -> int:
    """Return one day as a number from 1970-01-01 on."""
    return (day - dt.date(1970, 1, 1)).days


def timestamps(days: Ints) -> NDArray[np.datetime64]:
    """Return day numbers as the days that tables hold."""
    return days.astype("datetime64[D]").astype("datetime64[us]")


def drivers_truth(
    people: pd.DataFrame, money: Money, seed: int, as_of: dt.date, part: int = 0
) -> pd.DataFrame:
    """Say how each private driver really buys, and who has left for good.

    Returns one row a driver who bought: entity, purchase_rate (orders a week while a customer),
    dropout (probability after each repeat purchase), mean_amount, departed_on (the day of the
    last purchase if the driver dropped out after it, else missing).
    """
    truth, _ = _drivers(people, money, seed, as_of, part)
    return truth


def _drivers(
    people: pd.DataFrame, money: Money, seed: int, as_of: dt.date, part: int
) -> tuple[pd.DataFrame, Buying]:
    """Let each driver buy until dropout or today: Fader, Hardie and Lee (2005).

    The first purchase, on `joined_on`, starts the clock and nobody drops out after it; the coin
    is thrown after each repeat purchase.
    """
    who = people[(people["kind"] == "individual") & people["joined_on"].notna()]
    n = len(who)
    traits = Draws(seed, "driver traits", part)
    rate = traits.gamma(n, money.r, 1 / money.alpha)
    dropout = traits.beta(n, money.a, money.b)
    mean = money.p / traits.gamma(n, money.q, 1 / money.v)

    chance = Draws(seed, "driver purchases", part)
    first, today = day_numbers(who["joined_on"]), number_of(as_of)
    active, clock = np.arange(n), first.astype(np.float64)
    buyers, days, left_on = [active], [first], np.full(n, -1)
    while active.size:  # one purchase of all who are still there
        clock = clock + chance.exponential(active.size, 7 / rate[active])
        active, clock = active[clock <= today], clock[clock <= today]
        day = np.ceil(clock).astype(np.int64)
        buyers.append(active)
        days.append(day)
        leaves = chance.yes(dropout[active])
        left_on[active[leaves]] = day[leaves]
        active, clock = active[~leaves], clock[~leaves]

    departed_on = timestamps(left_on)
    departed_on[left_on < 0] = np.datetime64("NaT", "us")
    entity = who.index.to_numpy(np.int64)
    truth = pd.DataFrame(
        {
            "entity": entity,
            "purchase_rate": np.round(rate, 6),
            "dropout": np.round(dropout, 6),
            "mean_amount": np.round(mean, 2),
            "departed_on": departed_on,
        }
    )
    buyer = np.concatenate(buyers)
    shape = np.full(buyer.size, money.p)
    return truth, Buying(entity[buyer], np.concatenate(days), mean[buyer], shape)


def _fleets(people: pd.DataFrame, money: Money, seed: int, as_of: dt.date, part: int) -> Buying:
    """Let each organization order on working days: the first on `joined_on`, then by chance.

    Orders are drawn until today for all and cut at the departure, each from its own chance.
    """
    who = people[(people["kind"] == "organization") & people["joined_on"].notna()]
    chance, entity = Draws(seed, "fleet orders", part), who.index.to_numpy(np.int64)
    first = day_numbers(who["joined_on"])
    departed = day_numbers(who["departed_on"].fillna(NEVER))
    tomorrow, today = (first + 1).astype("datetime64[D]"), number_of(as_of)
    working_days = np.busday_count(tomorrow, np.datetime64(as_of) + 1)
    expected = who["rate"].to_numpy() * np.maximum(today - first, 0) * (working_days > 0)
    owner = repeat(np.arange(len(who)), chance.of(entity).poisson(expected))
    each = chance.of(entity[owner], nth(owner))
    on = each.whole(owner.size, 0, working_days[owner] - 1)
    day = np.busday_offset(tomorrow[owner], on, roll="forward").astype(np.int64)

    lead = who["lead_days"].to_numpy()[owner]
    fading = (lead > 0) & (departed[owner] - day <= lead)
    kept = (day <= departed[owner]) & (~fading | each.yes(money.dip, owner.size))
    owner = np.concatenate([np.arange(len(who)), owner[kept]])
    return Buying(
        entity[owner],
        np.concatenate([first, day[kept]]),
        who["amount_mean"].to_numpy(np.float64)[owner],
        np.full(owner.size, money.fleet_shape),
    )


def orders(
    people: pd.DataFrame, money: Money, seed: int, as_of: dt.date, part: int = 0
) -> pd.DataFrame:
    """Tell who ordered what, when and for how much, and what the goods in it cost.

    Returns entity, order_date, amount, cost_of_goods, service; sorted by day and entity. A refund
    is a row with a negative amount, for the service of an earlier order, and costs no goods.
    """
    truth, driver = _drivers(people, money, seed, as_of, part)
    fleet = _fleets(people, money, seed, as_of, part)
    entity, day, mean, shape = (
        np.concatenate(columns) for columns in zip(fleet, driver, strict=True)
    )
    in_order = np.lexsort((entity, day))
    entity, day, mean, shape = (c[in_order] for c in (entity, day, mean, shape))

    keys = entity, nth(entity)
    chance = Draws(seed, "order amounts", part).of(*keys)
    amount = np.round(chance.gamma(entity.size, shape, mean / shape), 2)
    spread = chance.uniform(entity.size, 1 - money.margin_spread, 1 + money.margin_spread)
    cost = np.round(amount * (1 - people["margin"].to_numpy()[entity] * spread), 2)
    bought = {"entity": entity, "day": day, "amount": amount, "cost_of_goods": cost}
    bought["service"] = _services(amount, money, Draws(seed, "services", part).of(*keys))

    departed = people["departed_on"].fillna(NEVER).to_numpy(copy=True)
    departed[truth["entity"]] = truth["departed_on"].fillna(NEVER)
    last = np.minimum(departed.astype("datetime64[D]").astype(np.int64), number_of(as_of))
    fleets = (people["kind"] == "organization").to_numpy()
    back = _refunds(bought, last, fleets, money, Draws(seed, "refunds", part).of(*keys))

    table = {name: np.concatenate([bought[name], back[name]]) for name in bought}
    in_order = np.lexsort((table["entity"], table["day"]))
    table = {name: column[in_order] for name, column in table.items()}
    service = np.asarray(SERVICES)[table["service"]]
    return pd.DataFrame(
        {
            "entity": table["entity"],
            "order_date": timestamps(table["day"]),
            "amount": table["amount"],
            "cost_of_goods": table["cost_of_goods"],
            "service": service,
        }
    )


def _services(amount: Floats, money: Money, chance: Draws) -> Ints:
    """Choose what was done, by the size of the bill: the amounts stay Gamma-Gamma that way."""
    edges = np.cumsum([money.small_bill, money.middling_bill, money.large_bill], axis=1)
    size = np.searchsorted(money.bills, amount, side="right")
    u = chance.uniform(amount.size)
    return np.asarray((u[:, None] > edges[size, :-1]).sum(axis=1), dtype=np.int64)


def _refunds(
    bought: dict[str, NDArray[Any]],
    last: Ints,
    fleets: NDArray[np.bool_],
    money: Money,
    chance: Draws,
) -> dict[str, NDArray[Any]]:
    """Give some money back within days, if the customer is still one by then."""
    n, entity = bought["amount"].size, bought["entity"]
    chosen = chance.yes(money.refunded, n)
    day = bought["day"] + chance.whole(n, 1, money.refund_within)
    weekday = np.busday_offset(day.astype("datetime64[D]"), 0, roll="forward").astype(np.int64)
    day = np.where(fleets[entity], weekday, day)
    share = np.where(
        chance.yes(money.refund_in_full, n), 1.0, chance.uniform(n, *money.refund_part)
    )
    kept = chosen & (day <= last[entity])
    return {
        "entity": entity[kept],
        "day": day[kept],
        "amount": -np.round(bought["amount"] * share, 2)[kept],
        "cost_of_goods": np.zeros(kept.sum()),
        "service": bought["service"][kept],
    }


def terms(people: pd.DataFrame, money: Money, seed: int) -> pd.DataFrame:
    """Say how long each organization may take to pay, and how it really pays.

    Returns one row an organization: entity, payment_term_days (30 or 60), late_share (of its
    payments), late_days (mean days after the due day of those) and credit_grade (A to D: what
    accountants make of late_share, and err).
    """
    entity = people.index[people["kind"] == "organization"].to_numpy(np.int64)
    chance, n = Draws(seed, "payment terms"), len(entity)
    long_term = chance.yes(money.long_term, n)
    late = chance.beta(n, money.late_a, money.late_b)
    seen = special.ndtri(special.betainc(money.late_a, money.late_b, late))
    seen = seen + Draws(seed, "credit grades").normal(n, 0.0, money.grade_noise)
    limits = np.cumsum(money.grades)[:-1]
    grade = np.searchsorted(special.ndtri(limits), seen / np.hypot(1.0, money.grade_noise))
    return pd.DataFrame(
        {
            "entity": entity,
            "payment_term_days": np.where(long_term, 60, 30),
            "late_share": late,
            "late_days": chance.gamma(n, money.late_shape, money.late_days / money.late_shape),
            "credit_grade": np.array(list("ABCD"))[grade],
        }
    )


def payments(
    bought: pd.DataFrame, people: pd.DataFrame, money: Money, seed: int, as_of: dt.date
) -> pd.DataFrame:
    """Tell which invoices organizations have paid, and when.

    Returns one row an order of an organization: order (row number in `bought`), entity, due_on,
    paid_on (missing while open). Late means at least one day after the due day.
    """
    fleet = (people["kind"] == "organization").to_numpy()[bought["entity"]]
    invoices = bought[fleet & (bought["amount"] > 0).to_numpy()]
    of = terms(people, money, seed).set_index("entity").loc[invoices["entity"]]
    entity = invoices["entity"].to_numpy()
    n, chance = len(invoices), Draws(seed, "payments").of(entity, nth(entity))
    due = day_numbers(invoices["order_date"]) + of["payment_term_days"].to_numpy()
    late = chance.yes(of["late_share"].to_numpy())
    after = np.ceil(chance.exponential(n, of["late_days"].to_numpy())).astype(np.int64)
    paid = due + np.where(late, after, -chance.whole(n, 0, money.early))
    paid_on = timestamps(paid)
    unpaid = (paid > number_of(as_of)) | chance.yes(money.never_paid, n)
    paid_on[unpaid] = np.datetime64("NaT", "us")
    return pd.DataFrame(
        {
            "order": invoices.index.to_numpy(np.int64),
            "entity": entity,
            "due_on": timestamps(due),
            "paid_on": paid_on,
        }
    )
