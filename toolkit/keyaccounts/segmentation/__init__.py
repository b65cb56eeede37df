"""Chapter 3, segmentation and grading: which customers to serve how."""

from keyaccounts.patterns.concentration import (
    gini,
    lorenz,
    pareto_interval,
    pareto_ratio,
    pareto_share,
)
from keyaccounts.segmentation.ahp import AhpWeights, ahp_weights, comparisons
from keyaccounts.segmentation.ahp_ranking import AhpRanking, ahp_ranking
from keyaccounts.segmentation.catalogs import reference
from keyaccounts.segmentation.gate import Gate, grading_gate, pyramid_suits
from keyaccounts.segmentation.pareto import Abc, WhaleCurve, abc, whale_curve
from keyaccounts.segmentation.progressive import Progressive, progressive
from keyaccounts.segmentation.pyramid import Migration, Pyramid, migration, pyramid
from keyaccounts.segmentation.rfm import RFM, rfm, rfm_segments
from keyaccounts.segmentation.rule_segments import (
    RuleCheck,
    RuleSegments,
    check_rules,
    rule_segments,
)
from keyaccounts.segmentation.tail import ACTIONS, TailScenario, tail_scenario
from keyaccounts.segmentation.time_allocation import (
    TimeAllocation,
    optimal_time,
    time_allocation,
    time_spent,
)

__all__ = [
    "ACTIONS",
    "RFM",
    "Abc",
    "AhpRanking",
    "AhpWeights",
    "Gate",
    "Migration",
    "Progressive",
    "Pyramid",
    "RuleCheck",
    "RuleSegments",
    "TailScenario",
    "TimeAllocation",
    "WhaleCurve",
    "abc",
    "ahp_ranking",
    "ahp_weights",
    "check_rules",
    "comparisons",
    "gini",
    "grading_gate",
    "lorenz",
    "migration",
    "optimal_time",
    "pareto_interval",
    "pareto_ratio",
    "pareto_share",
    "progressive",
    "pyramid",
    "pyramid_suits",
    "reference",
    "rfm",
    "rfm_segments",
    "rule_segments",
    "tail_scenario",
    "time_allocation",
    "time_spent",
    "whale_curve",
]
