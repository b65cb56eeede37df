"""The fourteen ways of finding customers, and how well each works in the simulated city.

The numbers are planted, not measured anywhere: they are what an estimator has to find again.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd


class Channel(NamedTuple):
    """One way of prospecting, with its planted truth.

    Attributes
    ----------
    per_week : contacts a week of the whole company (0 where contacts come from referrals).
    organizations : share of contacts that go to organizations.
    responds : probability that a contact answers at all.
    qualifies : probability that one who answered turns out to be a prospect.
    orders : probability that a qualified private driver orders; organizations go the long way.
    minutes, cost : working time and money for one contact.
    """

    per_week: float
    organizations: float
    responds: float
    qualifies: float
    orders: float
    minutes: float
    cost: float


CHANNELS: dict[str, Channel] = {
    "door_to_door": Channel(3.4, 0.30, 0.22, 0.30, 0.30, 25, 12),
    "advertising": Channel(2.6, 0.10, 0.60, 0.35, 0.40, 8, 95),
    "referral_chain": Channel(0.15, 1.00, 0.75, 0.70, 0.65, 20, 15),
    "center_of_influence": Channel(0.08, 1.00, 0.65, 0.60, 0.55, 30, 40),
    "meetings": Channel(2.0, 0.45, 0.50, 0.45, 0.35, 40, 60),
    "telephone": Channel(6.5, 0.45, 0.28, 0.28, 0.25, 7, 3),
    "letters": Channel(4.5, 0.20, 0.07, 0.40, 0.35, 4, 6),
    "documents": Channel(1.6, 0.85, 0.25, 0.35, 0.25, 15, 4),
    "market_information": Channel(0.8, 0.90, 0.35, 0.45, 0.30, 12, 80),
    "observation": Channel(1.3, 0.25, 0.30, 0.40, 0.35, 18, 5),
    "agents": Channel(0.8, 0.30, 0.55, 0.50, 0.45, 10, 120),
    "competitor_accounts": Channel(0.9, 0.70, 0.20, 0.35, 0.25, 30, 25),
    "spotters": Channel(1.1, 0.15, 0.60, 0.55, 0.50, 10, 50),
    "industry_blitz": Channel(1.4, 0.95, 0.30, 0.40, 0.30, 22, 20),
}
METHODS = tuple(CHANNELS)

# What a customer saw or heard before the first order, by the way the customer was won.
TOUCHES = ("advertisement", "web_search", "website", "letter", "call", "visit", "event", "mention")
OWN_TOUCH = {
    "door_to_door": "visit",
    "advertising": "advertisement",
    "referral_chain": "mention",
    "center_of_influence": "mention",
    "meetings": "event",
    "telephone": "call",
    "letters": "letter",
    "documents": "call",
    "market_information": "call",
    "observation": "visit",
    "agents": "visit",
    "competitor_accounts": "visit",
    "spotters": "mention",
    "industry_blitz": "visit",
    "walk_in": "web_search",
    "founding": "visit",
}


def truth() -> pd.DataFrame:
    """Return the planted truth of each way of prospecting, one row a method."""
    frame = pd.DataFrame([c._asdict() for c in CHANNELS.values()])
    frame.insert(0, "method", METHODS)
    return frame
