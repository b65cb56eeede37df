"""Surveys: what customers expect and perceive, how they rate the petals, whether they return."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from keyaccounts import checks
from keyaccounts.world.care import Five, clipped, days_of, served
from keyaccounts.world.draws import Draws, Floats, Ints
from keyaccounts.world.parameters import Section as Care

# Items of SERVQUAL in each dimension, in the usual order 1 to 22: tangibles, reliability,
# responsiveness, assurance, empathy.
ITEMS = (4, 5, 4, 4, 5)
DIMENSION = np.repeat(np.arange(5), ITEMS)
PETALS = (
    "information",
    "order_handling",
    "consultation",
    "safekeeping",
    "billing",
    "hospitality",
    "exceptions",
    "payment",
)


def surveys(people: pd.DataFrame, parameters: Care, seed: int, as_of: Any) -> pd.DataFrame:
    """Return the answers to surveys, at most one a customer, sorted by day.

    Quality raises what is perceived. The mean gap between perception and expectation then makes
    satisfaction and the intent to return.

    Parameters
    ----------
    people : frame
        The true customers; `kind`, `joined_on`, `departed_on` and `quality` are used.
    parameters : Care
        What is planted.
    seed : int
        The seed of the world.
    as_of : day
        Today; no answer is later.

    Returns
    -------
    frame
        `entity`, `date`, `satisfaction` (1 to 5), `return_intent` (0 to 10), `expectation_01` to
        `_22` and `perception_01` to `_22` (1 to 7), `importance_` and `performance_` of the eight
        petals (1 to 5). An answer left out is empty.

    References
    ----------
    Parasuraman, Zeithaml and Berry (1988), SERVQUAL, Journal of Retailing 64(1).
    """
    today = np.datetime64(checks.day("as_of", as_of), "D")
    draws = Draws(seed, "surveys")
    asked = _respondents(served(people, today), parameters, draws, today)
    n, quality = len(asked), asked["quality"].to_numpy()
    expected = _items(parameters.expected, np.zeros(n), parameters, draws)
    perceived = _items(
        parameters.perceived, parameters.perception_quality * quality, parameters, draws
    )
    gap = (perceived - expected).mean(axis=1)
    rest = draws.normal(n, 0.0, parameters.satisfaction_noise)
    satisfaction = parameters.satisfaction_base + parameters.satisfaction_gap * gap + rest
    rest = draws.normal(n, 0.0, parameters.intent_noise)
    intent = parameters.intent_base + parameters.intent_gap * gap + rest
    wanted = (
        draws.normal(n * 8, 0.0, parameters.importance_noise).reshape(n, 8) + parameters.importance
    )
    rated = (
        draws.normal(n * 8, 0.0, parameters.performance_noise).reshape(n, 8)
        + parameters.performance
    )
    rated = rated + parameters.performance_quality * quality[:, None]
    names = [f"{side}_{k:02d}" for side in ("expectation", "perception") for k in range(1, 23)]
    names += [f"{side}_{petal}" for side in ("importance", "performance") for petal in PETALS]
    values = np.hstack([expected, perceived, clipped(wanted, 1, 5), clipped(rated, 1, 5)])
    answers = pd.DataFrame(values, columns=names).astype("Int64")
    skipped = draws.yes(parameters.missing, values.size).reshape(values.shape)
    first = pd.DataFrame(
        {
            "entity": asked["entity"].to_numpy(),
            "date": days_of(asked, "date").astype("datetime64[us]"),
            "satisfaction": clipped(satisfaction, 1, 5),
            "return_intent": clipped(intent, 0, 10),
        }
    )
    found = pd.concat([first, answers.mask(skipped)], axis=1)
    return found.sort_values(["date", "entity"], kind="stable", ignore_index=True)


def _respondents(
    there: pd.DataFrame, parameters: Care, draws: Draws, today: np.datetime64
) -> pd.DataFrame:
    """Return who answers and when: customers on that day, in the planned shares."""
    back = draws.whole(len(there), 0, parameters.survey_days - 1).astype("timedelta64[D]")
    asked = there.assign(date=(today - back).astype("datetime64[us]"))
    asked = asked.iloc[draws.order(len(asked))]
    asked = asked[(asked["since"] <= asked["date"]) & (asked["date"] <= asked["until"])]
    firm = asked["kind"] == "organization"
    firms = asked[firm][: round(parameters.respondents * parameters.organization_answers)]
    return pd.concat([firms, asked[~firm][: parameters.respondents - len(firms)]])


def _items(levels: Five, shift: Floats, parameters: Care, draws: Draws) -> Ints:
    """Return the answers to 22 items: level of the dimension, person, dimension in the person."""
    n = shift.size
    person = shift + draws.normal(n, 0.0, parameters.person)
    dimension = draws.normal(n * 5, 0.0, parameters.dimension).reshape(n, 5) + levels
    item = draws.normal(n * 22, 0.0, parameters.item).reshape(n, 22)
    return clipped(person[:, None] + dimension[:, DIMENSION] + item, 1, 7)
