"""The simulated company: every table of the course from one seed, and the truth behind it."""

from keyaccounts.world.build import SIZES, simulate
from keyaccounts.world.large import stream

__all__ = ["SIZES", "simulate", "stream"]
