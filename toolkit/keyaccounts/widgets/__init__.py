"""Things that move: explorers for notebooks, which the built book shows without a kernel."""

from keyaccounts.widgets.explorer import Control, Explorer, choice, explore, slider
from keyaccounts.widgets.segmentation import rfm_explorer, tail_explorer

__all__ = [
    "Control",
    "Explorer",
    "choice",
    "explore",
    "rfm_explorer",
    "slider",
    "tail_explorer",
]
