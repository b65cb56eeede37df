"""The simulated company: every table of the course from one seed, and the truth behind it."""

from keyaccounts.world.build import simulate
from keyaccounts.world.draws import private_seed
from keyaccounts.world.large import stream
from keyaccounts.world.parameters import SIZES

__all__ = ["SIZES", "private_seed", "simulate", "stream"]
