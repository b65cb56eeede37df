"""The shapes that most methods of the field share; each is written once, here."""

from keyaccounts.patterns import concentration, rates

__all__ = ["concentration", "rates"]
