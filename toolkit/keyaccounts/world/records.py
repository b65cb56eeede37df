"""What the company wrote down about winning customers: contacts, campaigns, diary, opportunities.

The story (`people`, `pipeline`) knows what happened; these tables know what was noted.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from keyaccounts.world import names, pipeline
from keyaccounts.world.channels import OWN_TOUCH, TOUCHES
from keyaccounts.world.deals import FAR
from keyaccounts.world.draws import Draws, Ints, nth, repeat
from keyaccounts.world.parameters import ASKED, BLOCKERS, Parameters
from keyaccounts.world.people import Story

CAMPAIGN_METHODS = {"advertising": 1, "letters": 1, "meetings": 2, "industry_blitz": 2}  # quarters
NO_ORDER = 21  # days after which nobody counts touches of one who has not ordered
CLOSE_DAYS = 90  # a target customer's order is expected within so many days; ours
TEAMS = ("north", "south", "fleet")
LINES = ("full_service", "maintenance", "accident_repair")


@cache
def catalog() -> dict[str, Any]:
    """Return the words of the diary and of campaigns, as they stand in the catalog."""
    file = resources.files("keyaccounts.world") / "catalog" / "records.toml"
    return tomllib.loads(file.read_text("utf8"))


def days_to_dates(parameters: Parameters, days: Any) -> pd.Series[Any]:
    """Return dates for days counted from the opening; FAR and −1 have none."""
    found = pd.Series(np.asarray(days, dtype=np.int64))
    opened = pd.Timestamp(parameters.opened).as_unit("us")
    dates = opened + pd.to_timedelta(found.clip(0, 20_000), unit="D")
    return dates.where((found >= 0) & (found < FAR)).astype("datetime64[us]")


def campaigns(parameters: Parameters, seed: int) -> pd.DataFrame:
    """Return the campaigns: each method that needs one, every quarter or every second one."""
    starts = pd.date_range(parameters.opened, parameters.as_of, freq="QS", unit="us")
    rows = []
    for method, every in CAMPAIGN_METHODS.items():
        for start in starts[::every]:
            quarter = f"{start.year} Q{start.quarter}"
            name = f"{catalog()['campaign'][method]} {quarter}"
            rows.append((name, method, start, start + pd.DateOffset(months=3 * every, days=-1)))
    made = pd.DataFrame(rows, columns=["name", "method", "starts_on", "ends_on"])
    made = made.sort_values(["starts_on", "method"], kind="stable", ignore_index=True)
    draws = Draws(seed, "campaigns")
    size = made["method"].map(parameters.prospecting.campaign_cost)
    return made.assign(
        campaign=np.arange(len(made)),
        cost=np.round(size * np.exp(draws.normal(len(made), 0.0, 0.25)), -2),
        reached=np.round(size / 4 * np.exp(draws.normal(len(made), 0.0, 0.3))).astype(np.int64),
    )


def contacts(parameters: Parameters, seed: int, story: Story, made: pd.DataFrame) -> pd.DataFrame:
    """Return the contacts as logged: `contact`, `entity` (−1 without a card), what came of each."""
    log = story.contacts.sort_values(["day", "contact"], kind="stable", ignore_index=True)
    draws, n = Draws(seed, "contact log"), len(log)
    of = {
        c: log["method"].map(getattr(parameters.channels, c)).to_numpy()
        for c in ("minutes", "cost")
    }
    date = days_to_dates(parameters, log["day"])
    campaign = np.full(n, -1)
    runs = zip(made["method"], made["starts_on"], made["ends_on"], strict=True)
    for number, (method, start, end) in enumerate(runs):
        inside = (log["method"] == method) & (date >= start) & (date <= end)
        campaign[inside.to_numpy()] = number
    responded, qualified, ordered = (
        log[c].to_numpy() for c in ("responded", "qualified", "ordered")
    )
    outcome = np.select(
        [ordered, qualified, responded], ["order", "prospect", "no prospect"], "no answer"
    )
    longer = np.where(responded, 1.3, 0.7) * np.exp(draws.normal(n, 0.0, 0.3))
    return pd.DataFrame(
        {
            "contact": log["contact"],
            "date": date,
            "seller": log["seller"],
            "method": log["method"],
            "party": log["party"],
            "entity": log["entity"],
            "campaign": campaign,
            "minutes": np.maximum(np.round(of["minutes"] * longer), 1).astype(np.int64),
            "cost": np.round(of["cost"] * np.exp(draws.normal(n, -0.02, 0.2)), 2),
            "responded": responded,
            "qualified": qualified,
            "ordered": ordered,
            "outcome": outcome,
        }
    )


def touchpoints(parameters: Parameters, seed: int, story: Story) -> pd.DataFrame:
    """Return what people with a card saw or heard of the company until they ordered, if they did.

    What won them comes some days before the card is opened or on that day; others come before it,
    and others after it, all the more the longer a fleet takes to decide.
    """
    people, n = story.people, len(story.people)
    draws, own = Draws(seed, "touchpoints"), people.index.to_numpy()
    first = draws.of(own, -1)
    created = people["created_on"].to_numpy().astype("datetime64[D]").astype(np.int64)
    thought = np.where(first.yes(0.5, n), 1 + first.exponential(n, 8.0).astype(np.int64), 0)
    won = created - thought
    joined = people["joined_on"].to_numpy().astype("datetime64[D]")
    today = np.datetime64(parameters.as_of).astype(np.int64)
    over = np.where(
        np.isnat(joined), np.minimum(created + NO_ORDER, today), joined.astype(np.int64)
    )
    pace = np.where(people["kind"] == "organization", 30, 10)  # a driver looks around in a hurry
    later = np.clip((over - won) / pace, 0.0, 5.0)
    channel = people["acquired_by"].map(OWN_TOUCH).fillna("call").to_numpy()
    parts = [pd.DataFrame({"entity": own, "day": won, "channel": channel})]
    for number, mean in enumerate((np.full(n, 0.9), later)):
        each = repeat(own, draws.of(own, number - 3).poisson(mean))
        chance = draws.of(each, number, nth(each))
        back = -1 - chance.exponential(each.size, 25.0)
        on = chance.uniform(each.size) * (over - won + 1)[each] if number else back
        day = won[each] + np.floor(on).astype(np.int64)
        seen = chance.pick(TOUCHES, each.size, [4, 5, 3, 1.5, 1, 0.5, 0.5, 3])
        parts.append(pd.DataFrame({"entity": each, "day": day, "channel": seen}))
    found = pd.concat(parts, ignore_index=True)
    found["date"] = found["day"].to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    found = found[found["date"] >= pd.Timestamp(parameters.opened)].drop(columns="day")
    return found.sort_values(["date", "entity", "channel"], kind="stable", ignore_index=True)


def opportunities(
    parameters: Parameters, seed: int, story: Story, weekly: pd.DataFrame
) -> pd.DataFrame:
    """Return the opportunities as the system shows them today; one row a case of the story."""
    cases, draws, n = (
        story.opportunities,
        Draws(seed, "opportunity cards"),
        len(story.opportunities),
    )
    last = weekly.groupby("opportunity").last()
    thursday = cases["thursday"].to_numpy()

    def entered(column: str) -> pd.Series[Any]:
        week = cases[column].to_numpy()
        back = draws.whole(n, 0, 3)
        return days_to_dates(parameters, np.where(week >= 0, thursday + 7 * week - back, FAR))

    understood, proposed = entered("week_1"), entered("week_2")
    paid_on = entered("week_4")
    signed = days_to_dates(parameters, cases["signed"])
    won, amount = signed.notna().to_numpy(), cases["amount"].to_numpy()
    due = days_to_dates(parameters, np.where(won, cases["signed"] + 30, FAR))
    asked = np.round(amount * np.where(cases["product"] == "renewal", 0.0, 0.1), -2)
    short = draws.yes(0.12, n)  # some pay less at first than was agreed
    paid_first = np.where(won, np.round(asked * np.where(short, 0.5, 1.0), -1), np.nan)
    renewal = (cases["product"] == "renewal").to_numpy()
    own = Draws(seed, "lost reasons").of(cases["entity"], cases["start"])
    other = np.where(renewal, "price", own.pick(["price", "timing", "rival"], n, [4, 1, 1]))
    why = np.where(own.yes(parameters.pipeline.misread, n), other, cases["true_reason"])
    rival = own.pick(names.catalog()["shops"]["rivals"], n)
    line = own.pick(LINES, n, [5, 3, 2])
    lost = days_to_dates(parameters, cases["lost"])
    expected = days_to_dates(parameters, last["expected_day"].reindex(range(n)).fillna(FAR))
    intent, power = (
        cases[answer].map({"yes": True, "no": False}).astype("boolean")
        for answer in ("need", "money")
    )
    soon = expected <= pd.Timestamp(parameters.as_of) + pd.Timedelta(days=CLOSE_DAYS)
    funnel = np.select(
        [
            won & ((paid_first >= asked) | paid_on.notna()),
            (intent & power).fillna(False) & soon & lost.isna(),
        ],
        ["contracted", "target"],
        "potential",
    )
    return pd.DataFrame(
        {
            "opportunity": np.arange(n),
            "entity": cases["entity"],
            "seller": cases["seller"],
            "product": cases["product"],
            "sale": np.where(amount >= 20_000, "large", "small"),
            "created_on": days_to_dates(parameters, cases["start"]),
            "stage": last["stage"].reindex(range(n)).fillna("first_contact").to_numpy(),
            "funnel_stage": funnel,
            "amount": last["amount"].reindex(range(n)).fillna(5000.0).to_numpy(),
            "probability": last["probability"].reindex(range(n)).to_numpy(),
            "expected_on": expected,
            **{name: cases[name].to_numpy() for name in BLOCKERS},
            "intent": intent,
            "purchasing_power": power,
            "needs_understood_on": understood,
            "proposal_submitted_on": proposed,
            "signed_on": signed,
            "agreed_first_payment": np.where(won, asked, np.nan),
            "first_payment": paid_first,
            "payment_due_on": due,
            "paid_on": paid_on,
            "lost_on": lost,
            "lost_reason": np.where(lost.notna(), why, ""),
            "product_line": line,
            **{name: cases[name].to_numpy() for name in ASKED},
            "qualified_on": days_to_dates(parameters, cases["qualified_day"]),
            "rival": np.where(lost.notna() & (why == "rival"), rival, ""),
        }
    )


def snapshots(parameters: Parameters, seed: int, story: Story) -> pd.DataFrame:
    """Return the weekly reports of opportunities until today."""
    weekly = pipeline.snapshots(parameters, seed, story.opportunities)
    weekly = weekly[weekly["day"] <= parameters.days].reset_index(drop=True)
    return weekly.assign(
        week=days_to_dates(parameters, weekly["day"]),
        expected_on=days_to_dates(parameters, weekly["expected_day"]),
    )


def diary(
    parameters: Parameters,
    seed: int,
    log: pd.DataFrame,
    cards: pd.DataFrame,
    called: pd.Series[Any],
) -> pd.DataFrame:
    """Return the paper diary of six sellers in the last year, with the slips of a paper diary.

    Parameters
    ----------
    log : the answer of :func:`contacts`.
    cards : one row an entity: `company`, `contact` (names), `phone`.
    called : name of each seller.

    Returns
    -------
    frame with the columns of the form, and `fault`: the slip planted in the row, or "".
    """
    words, draws = catalog(), Draws(seed, "diary")
    year_ago = pd.Timestamp(parameters.as_of) - pd.DateOffset(years=1)
    own = log[(log["entity"] >= 0) & (log["date"] > year_ago) & (log["seller"] < 6)]
    own = own.reset_index(drop=True)
    n = len(own)
    month = own["date"].dt.month.to_numpy()
    festival = np.array(words["diary"]["festivals"])[month - 1]
    gift = draws.pick(words["diary"]["gifts"], n)
    reply = np.array([words["diary"]["replies"][o] for o in own["outcome"]], dtype=object)
    topic = np.where(own["party"] == "individual", "spoke about the car", "spoke about the fleet")
    about = np.where(draws.yes(0.3, n), festival + ", gave " + gift, topic)
    later = own["date"] + pd.to_timedelta(draws.whole(n, 2, 30), unit="D")
    source = own["method"].map(words["diary"]["lead_source"]).to_numpy(dtype=object)
    phone = cards["phone"].reindex(own["entity"]).to_numpy(dtype=object)
    fault = np.full(n, "", dtype=object)
    kinds = ("festival", "follow_up", "source", "phone")
    for number, row in enumerate(draws.order(n)[: min(12, n)]):
        fault[row] = kinds[number % 4]
    wrong = np.array(words["diary"]["festivals"])[(month + 4) % 12]
    about = np.where(fault == "festival", wrong + ", gave flowers", about)
    later = later.where(fault != "follow_up", own["date"] - pd.Timedelta(days=9))
    source[fault == "source"] = None
    phone = np.where(fault == "phone", "0000", phone)
    hour = draws.whole(n, 9, 16)
    half = np.where(draws.yes(0.5, n), "00", "30")
    team = np.array(TEAMS)[own["seller"].to_numpy() % 3]
    first = ~own["entity"].duplicated().to_numpy()
    return pd.DataFrame(
        {
            "name": called.to_numpy()[own["seller"]],
            "team": team,
            "date": own["date"],
            "first_contact": first,
            "company": cards["company"].reindex(own["entity"]).to_numpy(dtype=object),
            "contact": cards["contact"].reindex(own["entity"]).to_numpy(dtype=object),
            "lead_source": source,
            "phone": phone,
            "appointment_at": [f"{h:02d}:{m}" for h, m in zip(hour, half, strict=True)],
            "visit_result": pd.Series(about, dtype=object) + "; " + pd.Series(reply, dtype=object),
            "follow_up": draws.pick(words["diary"]["follow_ups"], n),
            "follow_up_on": later,
            "fault": fault,
        }
    )


def first_orders(log: pd.DataFrame, orders: pd.DataFrame) -> Ints:
    """Return for each contact the row of the first order it led to, or −1."""
    first = orders.reset_index(names="order").groupby("entity")["order"].first()
    found = log["entity"].map(first).fillna(-1).to_numpy(dtype=np.int64)
    return np.asarray(np.where(log["ordered"], found, -1), dtype=np.int64)


def referrals(parameters: Parameters, story: Story, log: pd.DataFrame) -> pd.DataFrame:
    """Return who named whom: `referrer`, `referred` (−1 without a card), `contact`, `converted`."""
    told = story.referrals
    place = pd.Series(np.arange(len(log)), index=log["contact"])
    found = pd.DataFrame(
        {
            "referrer": told["entity"],
            "referred": told["referred"],
            "date": days_to_dates(parameters, told["day"]),
            "contact": place.loc[told["contact"]].to_numpy(),
            "converted": told["ordered"],
        }
    )
    return found.sort_values(["date", "contact"], kind="stable", ignore_index=True)
