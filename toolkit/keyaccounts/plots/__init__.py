"""Figures: each takes a result and an Axes (or none) and returns the Axes it drew on."""

from keyaccounts.errors import needs

with needs("figures need matplotlib", extra="plot"):
    import matplotlib  # noqa: F401

from keyaccounts.plots.grids import definitions_overlap, grid_cells, grid_scatter
from keyaccounts.plots.patterns import rates
from keyaccounts.plots.progressive import progressive_bars
from keyaccounts.plots.scorecards import scorecard_items
from keyaccounts.plots.segmentation import lorenz, rfm_grid, whale
from keyaccounts.plots.style import set_notebook_style
from keyaccounts.plots.tiers import investment_bars, migration_matrix, pyramid_bars
from keyaccounts.plots.weights import ahp_bars, time_bars

__all__ = [
    "ahp_bars",
    "definitions_overlap",
    "grid_cells",
    "grid_scatter",
    "investment_bars",
    "lorenz",
    "migration_matrix",
    "progressive_bars",
    "pyramid_bars",
    "rates",
    "rfm_grid",
    "scorecard_items",
    "set_notebook_style",
    "time_bars",
    "whale",
]
