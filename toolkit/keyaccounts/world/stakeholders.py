"""Who takes part in an account's decision, and what they think of us."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from scipy import special

from keyaccounts.world import names
from keyaccounts.world.card_plan import not_after, of_kind
from keyaccounts.world.draws import Draws, Floats, Ints, repeat
from keyaccounts.world.parameters import Section
from keyaccounts.world.parameters import Section as Talks
from keyaccounts.world.talks import EARLY

# Role → level, function, share in the decision before chance. A decider stands above the
# functions, and came up through any of them.
ROLES = {
    "decision": ("decision", None, 0.34),
    "technical_management": ("management", "technology", 0.18),
    "procurement_finance": ("management", "procurement_finance", 0.20),
    "user_management": ("management", "use", 0.16),
    "user_operation": ("operation", "use", 0.06),
    "technical_operation": ("operation", "technology", 0.06),
}
FUNCTIONS = ("technology", "procurement_finance", "use")
MANY = 99  # a call that never comes
AGAIN = 0.4  # how often somebody whom we have met is in a later call of the case


def chain_lengths(people: pd.DataFrame, seed: int) -> Ints:
    """Return how many people decide in each organization: 3 to 7, more in larger ones."""
    vehicles = people.loc[people["kind"] == "organization", "vehicles"].to_numpy()
    chance = Draws(seed, "stakeholders", "count").normal(len(vehicles), sd=0.7)
    return np.clip(np.round(2.1 + 1.15 * np.log(vehicles / 2) + chance), 3, 7).astype(np.int64)


def met(
    cases: pd.DataFrame, people: pd.DataFrame, plan: Talks, seed: int, part: str
) -> pd.DataFrame:
    """Return who is met in the early calls of each case, drawn before anything else of it.

    In each case a share of people is met, which differs much between cases; somebody always is.
    `cases` has a row an opportunity, with its `entity`; of `people`, `kind` and `vehicles` are
    used. The answer has a row a person met: `case` (its row, from 0), `entity`, `place` in the
    organization (from 0), `nth` (the early call in which they first meet), and the `weight` of
    the person in the decision. More cases at the end leave the others as they are.
    """
    size = chain_lengths(people, seed)
    start = np.cumsum(size) - size
    weight = _weights(_roles(size, seed), repeat(np.arange(len(size)), size), seed)
    entity, n = cases["entity"].to_numpy(), len(cases)

    def stream(what: str) -> Draws:
        return Draws(seed, "stakeholders", "met", part, what)

    chance = stream("who").uniform(n * 7).reshape(n, 7)
    chance[np.arange(7) >= size[entity][:, None]] = 2.0
    known = chance < stream("share").beta(n, *plan.met)[:, None]
    nth = stream("call").whole(n * 7, 0, 2).reshape(n, 7)
    first = np.arange(n), chance.argmin(axis=1)  # who opens the door
    known[first], nth[first] = True, 0
    case, place = np.nonzero(known)
    return pd.DataFrame(
        {
            "case": case,
            "entity": entity[case],
            "place": place,
            "nth": nth[known],
            "weight": weight[start[entity[case]] + place],
        }
    )


def participants(
    calls: pd.DataFrame, known: pd.DataFrame, people: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Return who was in each call on an organization: `call`, `date`, `person` (its row).

    Who opened the door is in every call of a case; the others from the call in which they first
    meet, that one and now and then a later one; whoever decides is there when the order is signed.
    """
    size = chain_lengths(people, seed)
    start = np.cumsum(size) - size
    calls = calls[calls["sale"] == "large"]
    case, nth = calls["opportunity"].to_numpy(), calls["nth"].to_numpy()
    since = np.full((max(known["case"].max(), case.max()) + 1, 7), MANY)
    since[known["case"], known["place"]] = known["nth"]
    # Where there was no time for three early calls, people meet in those there were.
    early = np.bincount(case[(case >= 0) & (nth < EARLY)], minlength=len(since))[:, None]
    since = np.where(since < MANY, np.minimum(since, np.maximum(early - 1, 0)), MANY)[case]
    entity, n = calls["entity"].to_numpy(), len(calls)
    draws = Draws(seed, "stakeholders", "calls")
    again = draws.uniform(n * 7).reshape(n, 7) < AGAIN
    there = (since == nth[:, None]) | ((since <= nth[:, None]) & again)
    there[np.arange(n), since.argmin(axis=1)] = True
    there[:, 0] |= calls["order_signed"].to_numpy()
    # Outside of cases somebody of the organization is called on, always the same.
    one = (draws.uniform(len(size)) * size).astype(np.int64)[entity]
    there = np.where((case >= 0)[:, None], there, np.arange(7) == one[:, None])
    row, place = np.nonzero(there)
    return pd.DataFrame(
        {
            **{column: calls[column].to_numpy()[row] for column in ("call", "date")},
            "person": start[entity[row]] + place,
        }
    )


def nearness(
    table: pd.DataFrame,
    there: pd.DataFrame,
    signed: pd.DataFrame,
    people: pd.DataFrame,
    plan: Talks,
    seed: int,
    as_of: dt.date,
) -> pd.DataFrame:
    """Return stakeholders with how near they are to us: met in calls, or while one serves them.

    `there` is the answer of :func:`participants`; whoever decides, the first of each organization,
    is met when a contract is `signed` as well. `contact_level` follows from how often we met: 0
    never, 1 once, and the next from 2, 4 and 8 times on.
    """
    n, draws = len(table), Draws(seed, "stakeholders", "visits")
    truth, today = people.loc[table["card"]].reset_index(drop=True), pd.Timestamp(as_of)
    joined = truth["joined_on"].fillna(today)
    days = (not_after(truth["departed_on"].fillna(today), today) - joined).dt.days.clip(lower=0)
    often = draws.poisson(plan.visits * days / 365.25)
    first = days * (1 - draws.uniform(n) ** (1 / np.maximum(often, 1)))  # the least of so many
    again = np.where(often > 1, draws.uniform(n) ** (1 / np.maximum(often - 1, 1)), 0.0)
    since = joined.to_numpy().astype("datetime64[D]")
    on = [
        np.busday_offset(since + after.astype("timedelta64[D]"), 0, "backward").astype("M8[us]")
        for after in (first.to_numpy(), (first + (days - first) * again).to_numpy())
    ]
    served = pd.DataFrame({"person": np.arange(n), "times": often, "first": on[0], "last": on[1]})
    head = table.reset_index(names="person").drop_duplicates("card").set_index("card")["person"]
    signs = head.loc[signed["entity"]].to_frame().assign(date=signed["signed_on"].to_numpy())
    called = pd.concat([there[["person", "date"]], signs]).drop_duplicates()
    called = called.assign(times=1, first=called["date"], last=called["date"])
    every = pd.concat([served[often > 0], called]).groupby("person")
    return table.assign(
        contact_level=np.searchsorted(
            [1, 2, 4, 8], every["times"].sum().reindex(range(n), fill_value=0), side="right"
        ),
        first_met_on=every["first"].min().reindex(range(n)).to_numpy(),
        last_met_on=every["last"].max().reindex(range(n)).to_numpy(),
    )


def stakeholders(people: pd.DataFrame, plan: Section, seed: int) -> pd.DataFrame:
    """Say who decides in each organization, with what weight, and what they think of us.

    Attitude and the interest of the organization rise with the service it really gets. A row is a
    person, by organization (`card`), whoever decides first; the weights of an organization are
    thousandths that sum to 1.
    """
    organizations = of_kind(people, "organization")
    size = chain_lengths(people, seed)
    place = repeat(np.arange(len(size)), size)
    role = _roles(size, seed)
    level, function, title = _positions(role, seed)
    n = len(place)
    truth = organizations.iloc[place].reset_index(drop=True)
    quality = truth["quality"].fillna(0.0).to_numpy()

    draws = Draws(seed, "stakeholders", "views")
    attitude = np.clip(
        np.round(plan.attitude[0] * quality + draws.normal(n, sd=plan.attitude[1])), -2, 2
    )
    known = ~draws.yes(plan.attitude_unknown, n)
    company = special.expit(plan.interest[0] * quality + draws.normal(n, sd=plan.interest[1]))
    own = special.expit(0.4 * attitude + draws.normal(n, sd=0.9))
    called = names.person_names(names.persons(n, Draws(seed, "stakeholders", "names")))
    return pd.DataFrame(
        {
            "card": organizations.index.to_numpy()[place].astype(np.int64),
            "name": called["name"],
            "chinese_name": called["chinese_name"],
            "title": title,
            "level": level,
            "function": function,
            "role": role,
            "weight": _weights(role, place, seed),
            "attitude": pd.Series(attitude).astype("Int64").where(known),
            "organizational_interest": np.round(company, 2),
            "personal_interest": np.round(own, 2),
        }
    )


def _roles(size: Ints, seed: int) -> list[str]:
    """Return the roles of all people: somebody decides, the others by chance, none left to twice.

    Where seven take part, one role of operation is filled twice.
    """
    draws = Draws(seed, "stakeholders", "roles")
    others = list(ROLES)[1:]
    found: list[str] = []
    for n in size:
        chosen = [others[i] for i in np.sort(draws.order(len(others))[: n - 1])]
        more = list(draws.pick(others[3:], max(n - 6, 0)))
        found += ["decision", *chosen, *map(str, more)]
    return found


def _positions(role: list[str], seed: int) -> tuple[list[str], list[str], list[str]]:
    """Return level, function and title of each person."""
    draws = Draws(seed, "stakeholders", "titles")
    through = draws.pick(FUNCTIONS, len(role))
    titles, which = names.catalog()["titles"], draws.uniform(len(role))
    level = [ROLES[r][0] for r in role]
    function = [str(ROLES[r][1] or f) for r, f in zip(role, through, strict=True)]
    title = [titles[r][int(u * len(titles[r]))][0] for r, u in zip(role, which, strict=True)]
    return level, function, title


def _weights(role: list[str], place: Ints, seed: int) -> Floats:
    """Return weights in thousandths that add up to 1 in each organization."""
    raw = np.array([ROLES[r][2] for r in role])
    raw = raw * np.exp(Draws(seed, "stakeholders", "weights").normal(len(raw), sd=0.35))
    place = place.astype(np.intp)
    share = pd.Series(raw / np.bincount(place, raw)[place])
    units = np.floor(share.to_numpy() * 1000).astype(np.int64)
    left = 1000 - np.bincount(place, units).astype(np.int64)
    first = share.groupby(place).idxmax().to_numpy()  # what rounding leaves goes to the strongest
    units[first] += left
    return np.asarray(units / 1000)
