"""Figures: each takes a result and an Axes (or none) and returns the Axes it drew on."""

from keyaccounts.plots.patterns import rates
from keyaccounts.plots.segmentation import lorenz, rfm_grid, whale
from keyaccounts.plots.style import set_notebook_style

__all__ = ["lorenz", "rates", "rfm_grid", "set_notebook_style", "whale"]
