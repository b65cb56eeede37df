"""Sales calls: what sellers asked, what came of it, and the effect of questions planted in it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from keyaccounts import checks
from keyaccounts.world import questions
from keyaccounts.world.draws import Draws, Ints, repeat
from keyaccounts.world.parameters import Section as Talks

Days: TypeAlias = NDArray[np.datetime64]

WON, LOST = ("signed", "paid"), "lost"  # stages in which an opportunity is over
EARLY = 3  # calls before the first stage of an opportunity is decided
CALLS = 24  # calls planned for an opportunity: the early ones, and those of which one ends it
NEVER = np.datetime64("NaT", "D")


def habits(sellers: int, parameters: Talks, seed: int) -> pd.DataFrame:
    """Return how each seller asks: experience (z-score) and the factor on each kind of question."""
    experience = Draws(seed, "talks", "sellers").normal(sellers)
    own = Draws(seed, "talks", "habits").normal(sellers * 4, 0.0, parameters.habit)
    own = own.reshape(sellers, 4)  # by rows: one more seller leaves the others as they are
    factor = np.exp(np.outer(experience, parameters.experience) + own)
    return pd.DataFrame(
        {"seller": np.arange(sellers), "experience": experience}
        | {kind: factor[:, k] for k, kind in enumerate(questions.KINDS)}
    )


def planned(cases: pd.DataFrame, plan: Talks, seed: int, part: str) -> pd.DataFrame:
    """Return the calls a seller would make in each case, before anything is known of its fate.

    `cases` has a row an opportunity, with its `seller`. Each gets `CALLS` rows: `case` (its row,
    from 0), `nth` (0, 1, 2 are the early calls), `seller`, `sale`, questions asked by kind (`S`,
    `P`, `I`, `N`), `early` (the solution shown too early), `probability`, and `success`, which
    depends on the questions only. More cases at the end leave the others as they are.
    """
    row = repeat(np.arange(len(cases)), CALLS)
    seller = cases["seller"].to_numpy()[row]
    nth = np.arange(len(row)) % CALLS
    made = pd.DataFrame({"case": row, "nth": nth, "seller": seller, "sale": "large"})
    return _talked(made, plan, seed, part)


def _talked(made: pd.DataFrame, plan: Talks, seed: int, part: str) -> pd.DataFrame:
    """Return calls (`seller`, `sale`) with what was asked and whether it was a success."""
    n, large = len(made), (made["sale"] == "large").to_numpy()

    def stream(what: str) -> Draws:
        return Draws(seed, "talks", part, what)

    early = stream("early").yes(plan.early, n)
    usual = np.where(large[:, None], plan.large_questions, plan.small_questions)
    sellers = int(made["seller"].max()) + 1 if n else 1
    factor = habits(sellers, plan, seed)[list(questions.KINDS)].to_numpy()[made["seller"]]
    long = stream("length").gamma(n, plan.length, 1 / plan.length)
    mean = usual * factor * (long * np.where(early, 0.5, 1.0))[:, None]
    asked = stream("asked").poisson(mean.ravel()).reshape(n, 4)
    effects = np.where(large[:, None], plan.large_effects, plan.small_effects)
    base = np.where(large, plan.large_base, plan.small_base)
    probability = np.asarray(expit(base + (asked * effects).sum(axis=1)))
    return made.assign(
        **{kind: asked[:, k] for k, kind in enumerate(questions.KINDS)},
        early=early,
        probability=probability,
        success=stream("success").yes(probability),
    )


def calls(
    people: pd.DataFrame,
    opportunities: pd.DataFrame,
    plans: pd.DataFrame,
    parameters: Talks,
    seed: int,
    as_of: Any,
) -> dict[str, pd.DataFrame]:
    """Return the calls, their questions, and the truth: how likely each call was to succeed.

    Whether a call succeeds depends on its questions only. What success is follows from the case:
    the last call of an opportunity brings the order or the refusal, and of the calls planned for
    it one is made that does; any other success of a large sale is an advance, any other failure
    mostly a continuation. In a small sale success is the order and failure the refusal.

    `opportunities` has `opportunity`, `entity`, `seller`, `created_on`, `needs_understood_on`
    (empty if the first stage was not passed), `closed_on` (empty while open), `stage`, `stalled`
    (given up without a no, which no call tells), `sale`, and may have no rows; `plans` is the
    answer of :func:`planned` for it. The answer holds `calls`, `call_questions` and
    `truth_calls`, whose column `call` numbers the calls by date. In `calls`, `nth` tells the
    early calls of a case (0, 1, 2) and the one that ends it (3); others have −1; `early` and
    `success` are the truth of the call.

    References
    ----------
    Rackham (1988), SPIN Selling, McGraw-Hill.
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    draws = Draws(seed, "talks", "calls")
    parts = [_in_cases(people, opportunities, plans, seed, today)]
    parts += [_talked(_others(people, parameters, draws, today), parameters, seed, "others")]
    made = pd.concat([part for part in parts if len(part)], ignore_index=True)
    # Outside opportunities nobody is called on twice on one day.
    made = made[(made["opportunity"] >= 0) | ~made.duplicated(["entity", "date"])]
    made = made.sort_values(["date", "entity", "opportunity"], kind="stable", ignore_index=True)
    made["outcome"] = _outcome(made, parameters, draws)
    made["probability"] = np.round(made["probability"], 4)
    asked = made[list(questions.KINDS)].to_numpy()
    large, early = (made["sale"] == "large").to_numpy(), made["early"].to_numpy(bool)
    made = pd.concat([made, _minutes(asked, large, early, draws)], axis=1)
    made = made.rename_axis("call").reset_index()
    made = pd.concat([made, _evidence(made, parameters, Draws(seed, "talks", "ends"))], axis=1)
    made["date"] = made["date"].astype("datetime64[us]")
    return {
        "calls": made[[*FIRST, *STAGES, *EVIDENCE, "nth", "early", "success"]],
        "call_questions": _questions(made, asked, parameters, Draws(seed, "talks", "questions")),
        "truth_calls": made[["call", "outcome", "probability"]],
    }


FIRST = ["call", "entity", "opportunity", "seller", "date", "sale"]
STAGES = [
    f"minutes_{stage}"
    for stage in ("preliminaries", "investigating", "demonstrating", "commitment")
]
EVIDENCE = [
    "order_signed",
    "refused",
    "next_action",
    "next_action_on",
    "buyer_agreed",
    "polite_interest",
]


# ------------------------------------------------------------------------------- who and when


def _in_cases(
    people: pd.DataFrame, cases: pd.DataFrame, plans: pd.DataFrame, seed: int, today: np.datetime64
) -> pd.DataFrame:
    """Lay the planned calls over the life of each case; `ends` says how the last one ended it.

    Whoever is no customer yet gets the early calls before the first stage is over, and one on the
    day of the decision: in the first case, and in a later one that is large.
    """
    since, until = _days(cases["created_on"]), _days(cases["closed_on"].fillna(today))
    first = _days(cases["needs_understood_on"].fillna(cases["closed_on"]).fillna(today))
    joined = people["joined_on"].reindex(cases["entity"]).to_numpy()
    worth = ~cases["entity"].duplicated() | (cases["sale"] == "large")
    tried = ~(joined <= cases["created_on"].to_numpy()) & worth.to_numpy()
    room = np.busday_count(since, np.busday_offset(first, 0, roll="backward"))
    early = np.where(tried, np.clip(room, 0, EARLY), 0)[:, None]
    n, k = len(cases), np.arange(EARLY)
    chance = Draws(seed, "talks", "days").uniform(n * EARLY).reshape(n, EARLY)
    free = (room[:, None] - early + 1) / np.maximum(early, 1)
    place = np.floor((k + chance) * free).astype(np.int64) + k
    day = np.busday_offset(since[:, None], place, roll="forward")
    date = np.column_stack([day, np.busday_offset(until, 0, roll="backward")])
    won = cases["stage"].isin(WON).to_numpy()
    over = won | ((cases["stage"] == LOST) & ~cases["stalled"]).to_numpy()
    row, nth = np.nonzero(np.column_stack([k < early, tried & over]))
    success = plans["success"].to_numpy().reshape(n, CALLS)
    fits = EARLY + (success[:, EARLY:] == won[:, None]).argmax(axis=1)
    last = nth == EARLY
    found = plans.iloc[row * CALLS + np.where(last, fits[row], nth)]
    return found.assign(
        entity=cases["entity"].to_numpy()[row],
        opportunity=cases["opportunity"].to_numpy()[row],
        date=date[row, nth],
        nth=nth,
        success=np.where(last, won[row], found["success"]),
        ends=np.where(last, np.where(won, "won", "lost")[row], ""),
    )


def _days(column: pd.Series[Any]) -> Days:
    return column.to_numpy().astype("datetime64[D]")


def _others(
    people: pd.DataFrame, parameters: Talks, draws: Draws, today: np.datetime64
) -> pd.DataFrame:
    """Return calls outside opportunities, each on a working day on which it can be."""
    left = people["departed_on"]
    left = left.where(left < today, today)  # a departure may lie ahead
    there = people.assign(entity=people.index, until=left)
    fleets = there[there["kind"] == "organization"].assign(since=lambda f: f["created_on"])
    # Of drivers only those who buy: nobody signs an order and stays without one.
    drivers = there[(there["kind"] == "individual") & there["joined_on"].notna()]
    drivers = drivers.assign(since=drivers["joined_on"])
    parts, many = [], (parameters.free, parameters.small)
    for source, n, sale in zip((fleets, drivers), many, ("large", "small"), strict=True):
        rows = draws.whole(n if len(source) else 0, 0, len(source) - 1)
        parts.append(source.iloc[rows][["entity", "seller", "since", "until"]].assign(sale=sale))
    made = pd.concat(parts, ignore_index=True)
    since, until = _days(made["since"]), _days(made["until"])
    days = np.maximum(np.busday_count(since, until + np.timedelta64(1, "D")), 0)
    nth = np.floor(draws.uniform(len(made)) * days).astype(np.int64)
    date = np.busday_offset(since, nth, roll="forward")
    return made.assign(date=date, opportunity=-1, nth=-1, ends="")[days > 0]


# ----------------------------------------------------------------------- what it came to


def _outcome(made: pd.DataFrame, parameters: Talks, draws: Draws) -> NDArray[Any]:
    """Return order, advance, continuation or no-sale."""
    small, success = (made["sale"] == "small").to_numpy(), made["success"].to_numpy(bool)
    won, lost, free = made["ends"] == "won", made["ends"] == "lost", made["opportunity"] < 0
    no = small | lost | (draws.yes(parameters.refusals, len(made)) & free)
    cases, names = [success & (small | won), success, no], ["order", "advance", "no-sale"]
    return np.select(cases, names, "continuation")


def _minutes(asked: Ints, large: Any, early: Any, draws: Draws) -> pd.DataFrame:
    """Return the minutes of the four stages of a call."""
    n, size = len(asked), np.where(large, 1.0, 0.4)
    means = [
        4.0 * size + 1.0,
        (1.0 + asked.sum(axis=1)) * (0.8 + 1.4 * size) * np.where(early, 0.4, 1.0),
        8.0 * size * np.where(early, 2.2, 1.0),
        4.0 * size + 0.5,
    ]
    spent = [np.maximum(np.round(draws.gamma(n, 8.0, mean / 8.0), 1), 0.1) for mean in means]
    return pd.DataFrame(dict(zip(STAGES, spent, strict=True)))


def _evidence(made: pd.DataFrame, parameters: Talks, draws: Draws) -> pd.DataFrame:
    """Return what a witness of the call could write down; the outcome follows from it.

    An advance is an action that the buyer agreed to. What only the seller promises, and polite
    interest, is a continuation.
    """
    n, outcome = len(made), made["outcome"].to_numpy()
    advance, open_end = outcome == "advance", outcome == "continuation"
    promised = open_end & draws.yes(0.7, n)
    action = np.where(advance, draws.pick(questions.next_actions("buyer"), n), "")
    action = np.where(promised, draws.pick(questions.next_actions("seller"), n), action)
    # The seller's own promises have a day less often than what a buyer agreed to.
    dated = (advance & ~draws.yes(parameters.undated, n)) | (promised & draws.yes(0.5, n))
    date = made["date"].to_numpy().astype("datetime64[D]")
    on = np.busday_offset(date, draws.whole(n, 2, 15), roll="forward")
    polite = draws.yes(np.select([open_end, advance, outcome == "order"], [0.6, 0.4, 0.3], 0.15))
    return pd.DataFrame(
        {
            "order_signed": outcome == "order",
            "refused": outcome == "no-sale",
            "next_action": action,
            "next_action_on": np.where(dated, on, NEVER).astype("datetime64[us]"),
            "buyer_agreed": advance,
            "polite_interest": polite | (open_end & ~promised),
        }
    )


def _questions(made: pd.DataFrame, asked: Ints, parameters: Talks, draws: Draws) -> pd.DataFrame:
    """Return the questions of all calls in the order in which they were asked."""
    call = repeat(made["call"].to_numpy(), asked.sum(axis=1))
    kind = repeat(np.tile(np.arange(4), len(made)), asked.ravel())
    when = kind + draws.normal(kind.size, 0.0, parameters.disorder)
    order = np.lexsort((when, call))
    kind = kind[order]  # `call` is sorted already
    drawn = draws.uniform(kind.size)
    explicit = np.array(parameters.explicit)[kind]
    implied = explicit + np.array(parameters.implied)[kind]
    letter = np.array(questions.KINDS)[kind]
    driver = (made["sale"] == "small").to_numpy()[call]
    form, text = questions.words(draws, call, letter, driver)
    first = np.searchsorted(call, call)
    return pd.DataFrame(
        {
            "call": call,
            "position": np.arange(call.size) - first + 1,
            "kind": letter,
            "form": form,
            "text": text,
            "reply": np.select(
                [drawn < explicit, drawn < implied], ["explicit", "implied"], "none"
            ),
        }
    )
