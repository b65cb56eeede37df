"""Chapter 3, segmentation and grading: which customers to serve how."""

from keyaccounts.patterns.concentration import (
    gini,
    lorenz,
    pareto_interval,
    pareto_ratio,
    pareto_share,
)
from keyaccounts.segmentation.pareto import Abc, WhaleCurve, abc, whale_curve
from keyaccounts.segmentation.rfm import RFM, rfm, rfm_segments
from keyaccounts.segmentation.tail import ACTIONS, TailScenario, tail_scenario

__all__ = [
    "ACTIONS",
    "RFM",
    "Abc",
    "TailScenario",
    "WhaleCurve",
    "abc",
    "gini",
    "lorenz",
    "pareto_interval",
    "pareto_ratio",
    "pareto_share",
    "rfm",
    "rfm_segments",
    "tail_scenario",
    "whale_curve",
]
