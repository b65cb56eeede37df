"""The fourteen ways of finding customers, and how well each works in the simulated city.

The numbers are planted, not measured anywhere: they are what an estimator has to find again.
"""

from __future__ import annotations

import pandas as pd

from keyaccounts.world.parameters import Section, planted

METHODS = tuple(planted().channels.responds)

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


def truth(channels: Section) -> pd.DataFrame:
    """Return the planted truth of each way of prospecting, one row a method."""
    frame = pd.DataFrame({name: pd.Series(dict(of)) for name, of in vars(channels).items()})
    return frame.rename_axis("method").reset_index()
