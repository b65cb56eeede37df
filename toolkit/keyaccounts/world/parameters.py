"""What the simulated company is like: its size, its days, and the truth planted in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

OPENED = dt.date(2022, 1, 3)
AS_OF = dt.date(2026, 6, 30)

BLOCKERS = ("complex_decision", "few_vehicles", "tied_to_incumbent", "limited_budget")


@dataclass(frozen=True)
class Prospecting:
    """How customers are won. All numbers are the course's own."""

    walk_ins: float = 0.60  # of all drivers: came by themselves
    founding: float = 0.125  # of all organizations: there from the first weeks
    referrals: float = 0.50  # persons a driver names in the long run
    referral_delay: float = 200.0  # days until one is named, on average
    centers: int = 6  # drivers to whom a whole circle listens
    center_referrals: float = 18.0  # persons such a center names


@dataclass(frozen=True)
class Pipeline:
    """How a fleet contract is won or lost, week by week.

    In each stage a share of opportunities is decided every week: it moves on, or it is lost. The
    log-odds of moving on are the stage's own plus the effects of what stands in the way.
    """

    decided: tuple[float, float, float] = (0.30, 0.24, 0.20)  # a week, by stage
    moves_on: tuple[float, float, float] = (2.1, 1.8, 1.5)  # log-odds with nothing in the way
    blockers: tuple[float, float, float, float] = (-0.5, -0.4, -0.9, -0.6)  # as BLOCKERS
    blocked: tuple[float, float, float, float] = (0.35, 0.30, 0.30, 0.25)  # how common each is
    upsell: float = 0.7  # more log-odds for a customer one serves already
    pays: float = 0.30  # a week, once signed
    again: float = 0.4  # share of lost ones that are tried once more
    upsells_a_year: float = 0.5  # further opportunities with a customer
    # What each seller adds to the log-odds when asked "how likely?"; their mean is above zero.
    optimism: tuple[float, ...] = (0.1, 0.4, 1.2, -0.3, 0.6, 0.8, 0.0, 1.5, 0.3, 0.5, -0.1, 0.9)
    doubt: float = 0.35  # spread of the same seller's answers, in log-odds


@dataclass(frozen=True)
class Accounts:
    """What the customers are like."""

    heavy: int = 6  # large accounts that cost more than they bring
    rate_per_vehicle: float = 0.0085  # orders a day
    leaves: float = 0.15  # organizations a year, at average service quality
    quality_effect: float = -0.5  # on the log of that rate, per standard deviation of quality
    lead_days: tuple[int, int] = (60, 150)  # between the first signal and the departure
    unannounced: float = 0.3  # of those who move or are sold: nobody saw it coming


@dataclass(frozen=True)
class Parameters:
    """One world: how large it is, when it began, and what is planted in it."""

    organizations: int = 240
    individuals: int = 3000
    opened: dt.date = OPENED
    as_of: dt.date = AS_OF
    sellers: int = 12
    prospecting: Prospecting = field(default_factory=Prospecting)
    pipeline: Pipeline = field(default_factory=Pipeline)
    accounts: Accounts = field(default_factory=Accounts)

    @property
    def days(self) -> int:
        """Days from the opening to today."""
        return (self.as_of - self.opened).days
