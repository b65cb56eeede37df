"""Explorers and self-checks for notebooks; the built book shows both without a kernel."""

from keyaccounts.widgets.explorer import Control, Explorer, choice, explore, slider
from keyaccounts.widgets.progressive import progressive_explorer
from keyaccounts.widgets.segmentation import rfm_explorer, tail_explorer
from keyaccounts.widgets.self_check import SelfCheck, self_check
from keyaccounts.widgets.weights import (
    ahp_explorer,
    kaism_explorer,
    rfm_weights_explorer,
    time_explorer,
)

__all__ = [
    "Control",
    "Explorer",
    "SelfCheck",
    "ahp_explorer",
    "choice",
    "explore",
    "kaism_explorer",
    "progressive_explorer",
    "rfm_explorer",
    "rfm_weights_explorer",
    "self_check",
    "slider",
    "tail_explorer",
    "time_explorer",
]
