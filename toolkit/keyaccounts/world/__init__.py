"""The simulated company: every table of the course from one seed, and the truth behind it."""

from keyaccounts.world.build import SIZES, simulate

__all__ = ["SIZES", "simulate"]
