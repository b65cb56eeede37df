"""The cards of private drivers, shorter than those of organizations."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from keyaccounts.world import names
from keyaccounts.world.card_plan import (
    INDIVIDUAL_GROUPS,
    PLAN,
    came_by,
    columns,
    lookalikes,
    not_after,
    of_kind,
    phone_numbers,
    slack,
    with_gaps,
)
from keyaccounts.world.draws import Draws
from keyaccounts.world.parameters import Section as Cards

_WHOLE = ("district", "vehicles", "birth_year", "household", "price_sensitivity")
OCCUPATIONS = (
    "teacher", "nurse", "clerk", "cook", "engineer", "shopkeeper", "driver", "retired", "student",
    "accountant", "musician", "builder",
)  # fmt: skip
INCOME_BANDS = ("low", "middle", "upper", "high")
NEEDS = ("reliability", "low_cost", "speed", "pickup", "warranty", "comfort")
SERVICES = ("maintenance", "repair", "tires", "body", "inspection")
INFO_CHANNELS = ("internet", "friends", "advertising", "clubs", "dealer", "radio")
_CIRCUMSTANCES = ("long commute", "night shifts", "new baby", "wheelchair", "moving soon")
_REMARKS = ("call after six", "no calls at work", "brings a dog")


def individuals(
    people: pd.DataFrame, seed: int, as_of: dt.date, plan: Cards = PLAN
) -> pd.DataFrame:
    """Write the first card of every private driver, with its gaps.

    Parameters
    ----------
    people : DataFrame
        The true customers.
    seed : int
        The seed of the world.
    as_of : date
        Today.
    plan : Cards
        What is planted.

    Returns
    -------
    DataFrame
        One row a driver, with the number as `card`; the columns of
        :data:`~keyaccounts.world.card_plan.INDIVIDUAL_GROUPS`, and those about the card.

    Raises
    ------
    ColumnError, DataError
        If `people` is unusable.
    """
    truth = of_kind(people, "individual")
    n = len(truth)
    alike = lookalikes(people, "individual", seed, plan)
    draws = Draws(seed, "individuals", "facts")
    age = np.clip(np.round(draws.normal(n, 43, 12)), 20, 80).astype(np.int64)
    thrift = (0.3 - truth["margin"].fillna(0.3).to_numpy()) / 0.1  # who haggles leaves us less
    asked = truth["created_on"] + draws.whole(n, 0, 30).astype("timedelta64[D]")
    facts = pd.DataFrame(
        {
            "card": truth.index.astype(np.int64),
            "created_on": truth["created_on"],
            "district": truth["district"],
            "birth_year": truth["created_on"].dt.year - age,
            "gender": draws.pick(("female", "male"), n),
            "occupation": draws.pick(OCCUPATIONS, n),
            "income_band": draws.pick(INCOME_BANDS, n, (2, 5, 3, 1)),
            "price_sensitivity": np.clip(
                np.round(3 + 0.5 * thrift + draws.normal(n, sd=0.9)), 1, 5
            ),
            "household": draws.pick((1, 2, 3, 4, 5, 6), n, (3, 5, 6, 4, 2, 1)),
            "vehicles": truth["vehicles"],
            "special_circumstances": draws.pick(_CIRCUMSTANCES, n),
            "needs": draws.pick(NEEDS, n, (5, 5, 3, 2, 2, 1)),
            "preferred_service": draws.pick(SERVICES, n, (5, 3, 3, 1, 2)),
            "info_channel": draws.pick(INFO_CHANNELS, n, (6, 5, 2, 1, 2, 1)),
            "consent_on": not_after(asked, pd.Timestamp(as_of)).astype("datetime64[us]"),
            "notes": draws.pick(_REMARKS, n),
        },
        index=truth.index,
    )
    came = came_by(truth, Draws(seed, "individuals", "came"))
    cards = pd.concat([_identity(people, seed, alike), facts, came], axis=1)
    cards = cards.astype(dict.fromkeys(_WHOLE, "Int64"))[columns(INDIVIDUAL_GROUPS)]
    draws = Draws(seed, "individuals", "gaps")
    return with_gaps(cards, plan.individual_gaps, draws, alike, slack(people, plan))


def _identity(people: pd.DataFrame, seed: int, alike: pd.DataFrame) -> pd.DataFrame:
    truth = of_kind(people, "individual")
    n = len(truth)
    draws = Draws(seed, "individuals", "identity")
    parts = names.persons(n, draws)
    address = pd.Series(names.addresses(truth["district"].to_numpy(), draws), index=truth.index)
    house = pd.Series(names.skewed(draws.uniform(n), 180), index=truth.index)
    parts.index = truth.index
    phone = pd.Series(phone_numbers(len(people), seed)[truth.index], index=truth.index)
    for one, other, how in alike.itertuples(index=False):
        if how == "namesake":
            parts.loc[other] = parts.loc[one]
        elif how == "shared_phone":  # of one household
            address[other], phone[other] = address[one], phone[one]
        else:
            parts.loc[other] = _relative(parts, one)
            address[other] = f"{house[other]} {address[one].split(' ', 1)[1]}"
    called = names.person_names(parts).set_index(truth.index)
    form = draws.pick(names.PHONE_FORMS, n, (76, 8, 4, 8, 4))
    email = names.mails(called["name"], draws)
    for late in alike.loc[alike["how"] == "namesake", "other"]:  # the usual address is taken
        box, domain = email[late].split("@")
        email[late] = f"{'.'.join(reversed(box.split('.')))}@{domain}"
    return called.assign(
        phone=[names.written(p, f) for p, f in zip(phone, form, strict=True)],
        email=email,
        address=address,
    )


def _relative(parts: pd.DataFrame, one: int) -> tuple[int, int, int]:
    """Return a name that differs from that of `one` in the last syllable, and is nobody's yet."""
    family, first, second = (int(part) for part in parts.loc[[one]].to_numpy()[0])
    alike = (parts["family"] == family) & (parts["first"] == first)
    taken = set(parts.loc[alike, "second"])
    size = len(names.catalog()["given_second"])
    free = (s for s in [*range(second, size), *range(second)] if s not in taken)
    return family, first, next(free)
