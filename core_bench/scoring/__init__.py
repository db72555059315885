"""From replies to verdicts to numbers, without executing anything."""

from core_bench.scoring.outcomes import Outcomes, outcomes
from core_bench.scoring.parse import Answer, Miss, parse_answer
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules, rules_of
from core_bench.scoring.summary import Summary, compare_runs, style_heatmap, summarise
from core_bench.scoring.verdicts import judge, judge_all

__all__ = [
    "DEFAULT_RULES",
    "Answer",
    "Miss",
    "Outcomes",
    "ScoringRules",
    "Summary",
    "compare_runs",
    "judge",
    "judge_all",
    "outcomes",
    "parse_answer",
    "rules_of",
    "style_heatmap",
    "summarise",
]
