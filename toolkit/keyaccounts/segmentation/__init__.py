"""Chapter 3, segmentation and grading: which customers to serve how."""

from keyaccounts.patterns.concentration import (
    gini,
    lorenz,
    pareto_interval,
    pareto_ratio,
    pareto_share,
)
from keyaccounts.segmentation.catalogs import reference
from keyaccounts.segmentation.ahp import AhpWeights, ahp_scale, ahp_weights, comparisons
from keyaccounts.segmentation.ahp_ranking import AhpRanking, ahp_ranking
from keyaccounts.segmentation.pareto import Abc, WhaleCurve, abc, whale_curve
from keyaccounts.segmentation.pyramid import Migration, Pyramid, migration, pyramid
from keyaccounts.segmentation.rfm import RFM, rfm, rfm_segments
from keyaccounts.segmentation.tail import ACTIONS, TailScenario, tail_scenario

__all__ = [
    "ACTIONS",
    "RFM",
    "Abc",
    "AhpRanking",
    "AhpWeights",
    "Migration",
    "Pyramid",
    "TailScenario",
    "WhaleCurve",
    "abc",
    "ahp_ranking",
    "ahp_scale",
    "ahp_weights",
    "comparisons",
    "gini",
    "lorenz",
    "migration",
    "pareto_interval",
    "pareto_ratio",
    "pareto_share",
    "pyramid",
    "reference",
    "rfm",
    "rfm_segments",
    "tail_scenario",
    "whale_curve",
]
