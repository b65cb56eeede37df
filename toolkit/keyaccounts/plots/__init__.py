"""Figures: each takes a result and an Axes (or none) and returns the Axes it drew on."""

from keyaccounts.errors import needs

with needs("figures need matplotlib", extra="plot"):
    import matplotlib  # noqa: F401

from keyaccounts.plots.bars import ahp_bars, pyramid_bars, time_bars
from keyaccounts.plots.cells import definitions_overlap, migration_matrix, rfm_grid
from keyaccounts.plots.curves import lorenz, whale
from keyaccounts.plots.grids import grid_cells, grid_scatter
from keyaccounts.plots.points import rates
from keyaccounts.plots.steps import progressive_bars
from keyaccounts.plots.style import set_notebook_style

__all__ = [
    "ahp_bars", "definitions_overlap", "grid_cells", "grid_scatter", "lorenz", "migration_matrix",
    "progressive_bars", "pyramid_bars", "rates", "rfm_grid", "set_notebook_style", "time_bars",
    "whale",
]  # fmt: skip
