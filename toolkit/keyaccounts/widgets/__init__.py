"""Explorers and self-checks for notebooks; the built book shows both without a kernel."""

from keyaccounts.widgets.explorer import Control, Explorer, choice, explore, slider
from keyaccounts.widgets.segmentation import rfm_explorer, tail_explorer
from keyaccounts.widgets.self_check import SelfCheck, self_check

__all__ = [
    "Control",
    "Explorer",
    "SelfCheck",
    "choice",
    "explore",
    "rfm_explorer",
    "self_check",
    "slider",
    "tail_explorer",
]
