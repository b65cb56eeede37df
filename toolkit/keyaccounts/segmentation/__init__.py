"""Chapter 3, segmentation and grading: which customers to serve how."""

from keyaccounts.patterns.concentration import (
    gini,
    lorenz,
    pareto_interval,
    pareto_ratio,
    pareto_share,
)
from keyaccounts.segmentation.ahp import AhpWeights, ahp_weights, comparisons
from keyaccounts.segmentation.catalogs import reference
from keyaccounts.segmentation.definitions import KeyAccountDefinitions, key_account_definitions
from keyaccounts.segmentation.gate import Gate, grading_gate, pyramid_suits
from keyaccounts.segmentation.grade import CompositeGrade, composite_grade
from keyaccounts.segmentation.indicators import (
    Figure,
    Indicators,
    complaint_resolution,
    engagement,
    indicators,
    satisfaction,
)
from keyaccounts.segmentation.investment import AccountInvestment, account_investment
from keyaccounts.segmentation.kaism import kaism
from keyaccounts.segmentation.pareto import Abc, WhaleCurve, abc, whale_curve
from keyaccounts.segmentation.progressive import Progressive, progressive
from keyaccounts.segmentation.pyramid import Migration, Pyramid, migration, pyramid
from keyaccounts.segmentation.relations import contract_tier, potential_relationship, value_profit
from keyaccounts.segmentation.rfm import RFM, rfm, rfm_scores, rfm_segments
from keyaccounts.segmentation.rule_segments import (
    RuleCheck,
    RuleSegments,
    check_rules,
    rule_segments,
)
from keyaccounts.segmentation.tail import TailScenario, tail_scenario
from keyaccounts.segmentation.time_allocation import (
    TimeAllocation,
    optimal_time,
    time_allocation,
    time_spent,
)
from keyaccounts.segmentation.traits import VipCheck, buying_traits, loss_impact, vip_check

__all__ = [
    "RFM", "Abc", "AccountInvestment", "AhpWeights", "CompositeGrade", "Figure", "Gate",
    "Indicators", "KeyAccountDefinitions", "Migration", "Progressive", "Pyramid", "RuleCheck",
    "RuleSegments", "TailScenario", "TimeAllocation", "VipCheck", "WhaleCurve", "abc",
    "account_investment", "ahp_weights", "buying_traits", "check_rules", "comparisons",
    "complaint_resolution", "composite_grade", "contract_tier", "engagement", "gini",
    "grading_gate", "indicators", "kaism", "key_account_definitions", "lorenz", "loss_impact",
    "migration", "optimal_time", "pareto_interval", "pareto_ratio", "pareto_share",
    "potential_relationship", "progressive", "pyramid", "pyramid_suits", "reference", "rfm",
    "rfm_scores", "rfm_segments", "rule_segments", "satisfaction", "tail_scenario",
    "time_allocation", "time_spent", "value_profit", "vip_check", "whale_curve",
]  # fmt: skip
