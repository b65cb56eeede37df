"""Explorers and self-checks for notebooks; the built book shows both without a kernel."""

from keyaccounts.widgets.controls import Control, choice, slider
from keyaccounts.widgets.explorer import Explorer, explore
from keyaccounts.widgets.self_check import SelfCheck, self_check

__all__ = ["Control", "Explorer", "SelfCheck", "choice", "explore", "self_check", "slider"]
