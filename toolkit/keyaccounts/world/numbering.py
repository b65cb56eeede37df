"""Numbers on paper: internal rows become customer, order and contract numbers.

Inside the world a customer is an entity and has one true number. In the company's files a customer
is a card; some have two, and part of what they did later lies under the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_integer_dtype

from keyaccounts.world.draws import Draws, nth

CARD_FILES = {"organizations": ("O", 4), "individuals": ("I", 5)}
NUMBERS = {  # table: its own number, the letter it begins with, and its digits
    "card_updates": ("update_id", "U", 5),
    "vehicles": ("vehicle_id", "V", 5),
    "stakeholders": ("person_id", "H", 5),
    "campaigns": ("campaign_id", "M", 3),
    "sellers": ("seller_id", "S", 2),
    "contacts": ("contact_id", "K", 5),
    "touchpoints": ("touchpoint_id", "W", 5),
    "referrals": ("referral_id", "R", 5),
    "diary": ("entry_id", "D", 4),
    "opportunities": ("opportunity_id", "P", 4),
    "orders": ("order_id", "B", 5),
    "service_log": ("entry_id", "L", 5),
    "contracts": ("contract_id", "N", 4),
    "calls": ("call_id", "T", 5),
    "objections": ("objection_id", "E", 5),
    "held_out_questions": ("question_id", "G", 2),
    "complaints": ("complaint_id", "C", 5),
    "jobs": ("job_id", "J", 5),
    "reminders": ("reminder_id", "F", 4),
    "surveys": ("response_id", "Q", 5),
    "interactions": ("interaction_id", "X", 5),
    "signals": ("signal_id", "Y", 5),
    "remarks": ("remark_id", "Z", 4),
}
POINTERS = {  # a row number that points to another table
    "seller": "sellers",
    "campaign": "campaigns",
    "contact": "contacts",
    "opportunity": "opportunities",
    "order": "orders",
    "call": "calls",
    "person": "stakeholders",
    "objection": "objections",
}
ON_SECOND_CARD = 0.35  # share of what a customer did after the second card was opened
SPREAD = ("orders", "service_log", "complaints")


def written(rows: Any, letter: str, digits: int) -> Any:
    """Return numbers such as O0007 for rows counted from 0; −1 is an empty field."""
    numbers = [f"{letter}{k + 1:0{digits}d}" if k >= 0 else None for k in np.asarray(rows)]
    return np.array(numbers, dtype=object)  # as text, older pandas would write "None"


class Registry:
    """Knows the number of every card, and which card a thing was filed under.

    Parameters
    ----------
    cards : dict of DataFrame
        The answer of :func:`keyaccounts.world.cards.card_tables`.
    seed : int
        The seed of the world.
    """

    def __init__(self, cards: Mapping[str, pd.DataFrame], seed: int) -> None:
        self._seed = seed
        files = []
        for table, (letter, digits) in CARD_FILES.items():
            file = cards[table].sort_values(["created_on", "card"], kind="stable")
            number = written(np.arange(len(file)), letter, digits)
            opened = file[["card", "created_on"]]
            files.append(opened.assign(customer_id=number).set_index("card"))
        self._cards = pd.concat(files)
        twins = cards["duplicates"][["card", "entity"]].drop_duplicates("entity")
        opened_on = self._cards["created_on"].loc[twins["card"]].to_numpy()
        self._twins = twins.assign(opened_on=opened_on).set_index("entity")

    def customer_ids(self, card: Any) -> NDArray[Any]:
        """Return the number of each card; −1 is an empty field."""
        return self._cards["customer_id"].reindex(np.asarray(card)).to_numpy()

    def card_of(self, entity: Any, day: pd.Series[Any], purpose: str) -> NDArray[np.int64]:
        """Return under which card something was filed that an entity did on a day."""
        first = np.asarray(entity, dtype=np.int64)
        second = self._twins["card"].reindex(first).fillna(-1).to_numpy(dtype=np.int64)
        opened = self._twins["opened_on"].reindex(first).to_numpy()
        chance = Draws(self._seed, "second card", purpose).of(first, nth(first))
        slipped = chance.yes(ON_SECOND_CARD, first.size)
        later = slipped & (second >= 0) & (day.to_numpy() >= opened)
        return np.where(later, second, first)

    def numbered(self, table: str, rows: pd.DataFrame) -> pd.DataFrame:
        """Return a table with numbers on paper in place of row numbers."""
        found = rows.reset_index(drop=True)
        own = NUMBERS.get(table)
        for column, other in POINTERS.items():
            name, letter, digits = NUMBERS[other]
            rows_of = found.get(column)
            if name not in found and rows_of is not None and is_integer_dtype(rows_of):
                found[name] = written(rows_of, letter, digits)
        if own and own[0] not in found:
            found[own[0]] = written(np.arange(len(found)), *own[1:])
        for column, name in (
            ("card", "customer_id"),
            ("entity", "customer_id"),
            ("referrer", "referrer_id"),
            ("referred", "referred_id"),
        ):
            if column in found and name not in found:
                found[name] = self.customer_ids(found[column])
        return found
