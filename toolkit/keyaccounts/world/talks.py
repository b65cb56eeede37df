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
    draws = Draws(seed, "talks", "sellers")
    experience = draws.normal(sellers)
    own = draws.normal(sellers * 4, 0.0, parameters.habit).reshape(sellers, 4)
    factor = np.exp(np.outer(experience, parameters.experience) + own)
    return pd.DataFrame(
        {"seller": np.arange(sellers), "experience": experience}
        | {kind: factor[:, k] for k, kind in enumerate(questions.KINDS)}
    )


def planned(cases: pd.DataFrame, plan: Talks, seed: int, part: str) -> pd.DataFrame:
    """Return the calls a seller would make in each case, before anything is known of its fate.

    Parameters
    ----------
    cases : frame
        One row an opportunity; `seller` is used.
    plan : Talks
        What is planted.
    seed : int
        The seed of the world.
    part : str
        Names the stream of chance; more rows at the end leave the others as they are.

    Returns
    -------
    frame
        `CALLS` rows a case: `case` (its row, from 0), `nth` (0, 1, 2 are the early calls),
        `seller`, `sale`, questions asked by kind (`S`, `P`, `I`, `N`), `early` (the solution
        shown too early), `probability`, and `success`, which depends on the questions only.
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
    people: pd.DataFrame, opportunities: pd.DataFrame, parameters: Talks, seed: int, as_of: Any
) -> dict[str, pd.DataFrame]:
    """Return the calls, their questions, and the truth: how likely each call was to succeed.

    Whether a call succeeds depends on its questions only. What success is follows from the case:
    the last call of a won opportunity brings the order, the last one of a lost opportunity the
    refusal; any other success of a large sale is an advance, any other failure mostly a
    continuation. In a small sale success is the order and failure the refusal.

    Parameters
    ----------
    people : frame
        The true customers; `kind`, `seller`, `created_on`, `joined_on`, `departed_on` are used.
    opportunities : frame
        `opportunity`, `entity`, `seller`, `created_on`, `closed_on` (empty while open), `stage`,
        `sale`; may have no rows. Only large sales get calls: a small one needs no opportunity.
    parameters : Talks
        What is planted.
    seed : int
        The seed of the world.
    as_of : day
        Today; no call is later, though what was agreed on may be.

    Returns
    -------
    dict
        `calls`, `call_questions` and `truth_calls`, whose column `call` numbers the calls by date.

    References
    ----------
    Rackham (1988), SPIN Selling, McGraw-Hill.
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    draws = Draws(seed, "talks", "calls")
    made = _dated(_planned(people, opportunities, parameters, draws, today), draws)
    n, large = len(made), (made["sale"] == "large").to_numpy()
    of_seller = habits(int(people["seller"].max()) + 1, parameters, seed)
    early = draws.yes(parameters.early, n)
    asked = _asked(made, of_seller, early, parameters, draws)
    log_odds = np.where(
        large,
        parameters.large_base + asked @ np.array(parameters.large_effects),
        parameters.small_base + asked @ np.array(parameters.small_effects),
    )
    probability = expit(log_odds)
    made["outcome"] = _outcome(made, draws.yes(probability), parameters, draws)
    made["probability"] = np.round(probability, 4)
    settled = (made["ends"] != "") & made["outcome"].isin(["order", "no-sale"])
    made["date"] = np.where(settled, made["last_day"], made["date"])
    made = pd.concat([made, _minutes(asked, large, early, draws)], axis=1)
    made = made.sort_values(["date", "entity", "opportunity"], kind="stable")
    asked = asked[made.index]
    made = made.reset_index(drop=True).rename_axis("call").reset_index()
    made = pd.concat([made, _evidence(made, parameters, Draws(seed, "talks", "ends"))], axis=1)
    made["date"] = made["date"].astype("datetime64[us]")
    return {
        "calls": made[[*FIRST, *STAGES, *EVIDENCE]],
        "call_questions": _questions(made, asked, parameters, Draws(seed, "talks", "questions")),
        "truth_calls": made[["call", "outcome", "probability"]],
    }


FIRST = ["call", "entity", "opportunity", "seller", "date", "sale"]
STAGES = [
    "minutes_preliminaries",
    "minutes_investigating",
    "minutes_demonstrating",
    "minutes_commitment",
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


def _planned(
    people: pd.DataFrame,
    opportunities: pd.DataFrame,
    parameters: Talks,
    draws: Draws,
    today: np.datetime64,
) -> pd.DataFrame:
    """Return whom a call is made to, and the days between which it must fall."""
    left = people["departed_on"]
    left = left.where(left < today, today)  # a departure may lie ahead
    there = people.assign(entity=people.index, opportunity=-1, stage="", until=left)
    fleets = there[there["kind"] == "organization"].assign(since=lambda f: f["created_on"])
    # Of drivers only those who buy: nobody signs an order and stays without one.
    drivers = there[(there["kind"] == "individual") & there["joined_on"].notna()]
    drivers = drivers.assign(since=drivers["joined_on"])
    cases = opportunities[opportunities["sale"] == "large"]
    cases = cases.assign(since=cases["created_on"], until=cases["closed_on"].fillna(today))
    small = round(parameters.calls * parameters.small_share)
    large = parameters.calls - small
    free = round(large * parameters.free_share) if len(cases) else large
    columns = ["entity", "opportunity", "seller", "stage", "since", "until"]
    parts = []
    for source, n, sale in ((cases, large - free, "large"), (fleets, free, "large"),
                            (drivers, small, "small")):  # fmt: skip
        rows = draws.whole(n if len(source) else 0, 0, len(source) - 1)
        parts.append(source.iloc[rows][columns].assign(sale=sale))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _dated(planned: pd.DataFrame, draws: Draws) -> pd.DataFrame:
    """Give each call a working day; one whose days hold none is not made, nor two on one day.

    `ends` says how the opportunity went (won, lost), in its last call only; `last_day` is the
    working day on which it was over.
    """
    since, until = (planned[c].to_numpy().astype("datetime64[D]") for c in ("since", "until"))
    days = np.maximum(np.busday_count(since, until + np.timedelta64(1, "D")), 0)
    nth = np.floor(draws.uniform(len(planned)) * days).astype(np.int64)
    made = planned.assign(
        date=np.busday_offset(since, nth, roll="forward"),
        last_day=np.busday_offset(until, 0, roll="backward"),
    )
    made = made[days > 0].drop_duplicates(["entity", "date"])
    made = made.sort_values(["opportunity", "date", "entity"], kind="stable", ignore_index=True)
    last = (made["opportunity"] >= 0) & ~made.duplicated("opportunity", keep="last")
    ends = np.select([made["stage"].isin(WON), made["stage"] == LOST], ["won", "lost"], "")
    return made.assign(ends=np.where(last, ends, ""))


# ----------------------------------------------------------------------- what it came to


def _asked(
    made: pd.DataFrame, of_seller: pd.DataFrame, early: Any, parameters: Talks, draws: Draws
) -> Ints:
    """Return how many questions of each kind were asked: one row a call, four columns."""
    large = (made["sale"] == "large").to_numpy()[:, None]
    usual = np.where(large, parameters.large_questions, parameters.small_questions)
    factor = of_seller[list(questions.KINDS)].to_numpy()[made["seller"].to_numpy()]
    long = draws.gamma(len(made), parameters.length, 1 / parameters.length)
    mean = usual * factor * (long * np.where(early, 0.5, 1.0))[:, None]
    return draws.poisson(mean.ravel()).reshape(-1, 4)


def _outcome(made: pd.DataFrame, success: Any, parameters: Talks, draws: Draws) -> NDArray[Any]:
    """Return order, advance, continuation or no-sale."""
    small = (made["sale"] == "small").to_numpy()
    free = (made["opportunity"] < 0).to_numpy()
    refused = draws.yes(parameters.refusals, len(made)) & free
    return np.select(
        [
            success & (small | (made["ends"] == "won").to_numpy()),
            success,
            small | (made["ends"] == "lost").to_numpy() | refused,
        ],
        ["order", "advance", "no-sale"],
        "continuation",
    )


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
