"""The shapes that most methods of the field share; each is written once, here."""

from keyaccounts.patterns import concentration, entries, grid, process, rates, rules, scorecard

__all__ = ["concentration", "entries", "grid", "process", "rates", "rules", "scorecard"]
