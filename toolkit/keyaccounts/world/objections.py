"""Objections and how they were answered; buying signals and the trial closes that met them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from keyaccounts.world.draws import Draws, repeat
from keyaccounts.world.parameters import Section as Talks
from keyaccounts.world.questions import filled, read

KINDS = ("person", "product", "reflex")
ANSWERS = ("clarified", "benefit", "conceded", "argued", "passed_over")
SIGNALS = ("names_advantages", "asks_details", "body_language", "begins_to_agree", "volunteers")


@cache
def catalog() -> dict[tuple[str, bool], tuple[str, ...]]:
    """Return the words of objections by kind, and by whether they are specific."""
    content = read("objections.toml")
    return {
        (o["kind"], o["specific"]): tuple(
            v for t in o["texts"] for v in filled(t, content["words"])
        )
        for o in content["objection"]
    }


def held_out() -> pd.DataFrame:
    """Return questions that no template has: `text`, `kind`, `buyer`."""
    return pd.DataFrame(read("held_out.toml")["question"])


def objections(calls: pd.DataFrame, habits: pd.DataFrame, plan: Talks, seed: int) -> pd.DataFrame:
    """Return the objections raised in calls on organizations, in order, with the truth of each.

    Whether one is settled depends on whether it is real and on the kind of answer; pretexts are
    rarer in calls that succeed, and their words are specific less often.
    """
    draws = Draws(seed, "objections")
    large = calls[calls["sale"] == "large"]
    raised = draws.poisson(plan.objections * np.where(large["early"], plan.early_objections, 1.0))
    of = large.loc[repeat(large.index, raised)].reset_index(drop=True)
    n = len(of)
    kind = draws.pick(range(len(KINDS)), n, plan.objection_kinds)
    usual = logit(np.array(plan.pretexts))[kind] + plan.pretext_success * of["success"].to_numpy(
        int
    )
    pretext = draws.yes(expit(usual))
    specific = draws.yes(np.where(pretext, plan.specific[1], plan.specific[0]))
    experience = habits["experience"].to_numpy()[of["seller"]]
    right = draws.yes(expit(plan.clarifies[0] + plan.clarifies[1] * experience))
    answer = np.where(right, 0, draws.pick(range(1, len(ANSWERS)), n, plan.other_answers))
    effect = np.array([plan.answers, plan.pretext_answers])[pretext.astype(int), answer]
    probability = expit(np.array(plan.settles)[pretext.astype(int)] + effect)
    which, words = draws.uniform(n), np.empty(n, dtype=object)
    for (name, exact), texts in catalog().items():
        rows = (kind == KINDS.index(name)) & (specific == exact)
        words[rows] = np.array(texts, dtype=object)[(which[rows] * len(texts)).astype(int)]
    return pd.DataFrame(
        {
            "call": of["call"],
            "objection": np.arange(n),
            "position": of.groupby("call").cumcount() + 1,
            "words": words,
            "kind": np.array(KINDS)[kind],
            "answer": np.array(ANSWERS)[answer],
            "settled": draws.yes(probability),
            "pretext": pretext,
            "probability": probability.round(4),
        }
    )


def closing_moments(calls: pd.DataFrame, plan: Talks, seed: int) -> pd.DataFrame:
    """Return the buying signals of each call, and whether the seller then tried to close.

    There are more signals in calls that succeed; a trial close is answered with yes the more
    often, the more signals came before it in the call.
    """
    draws = Draws(seed, "closing")
    signals = draws.poisson(np.where(calls["success"], plan.signals[1], plan.signals[0]))
    moments = signals + draws.poisson(plan.bare_closes, len(calls))
    row = repeat(np.arange(len(calls)), moments)
    position = np.arange(row.size) - np.searchsorted(row, row)
    # Each call has its signals and its bare trial closes in an order of its own.
    order = np.lexsort((draws.uniform(row.size), row))
    signal = (position < signals[row])[order]
    seen = pd.Series(signal).groupby(row).cumsum().to_numpy(int)
    close = ~signal | draws.yes(plan.follows, row.size)
    yes = draws.yes(expit(plan.closing[0] + plan.closing[1] * seen))
    reply = np.where(yes, "yes", draws.pick(["not_yet", "no"], row.size, [0.7, 0.3]))
    return pd.DataFrame(
        {
            "call": calls["call"].to_numpy()[row],
            "position": position + 1,
            "signal": np.where(signal, draws.pick(SIGNALS, row.size), ""),
            "close": close,
            "reply": np.where(close, reply, ""),
        }
    )
