"""From replies to verdicts to numbers, without executing anything."""

from core_bench.scoring.metrics import Rate, Summary, summarise
from core_bench.scoring.parse import Answer, Miss, parse_answer
from core_bench.scoring.verdicts import judge, judge_all

__all__ = ["Answer", "Miss", "Rate", "Summary", "judge", "judge_all", "parse_answer", "summarise"]
