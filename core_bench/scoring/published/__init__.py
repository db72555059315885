"""Scores what others made, the published way and ours, side by side; no reply is executed for either."""

from core_bench.scoring.published.formats import FORMATS, read_published
from core_bench.scoring.published.score import Difference, PublishedScore, score_published
from core_bench.scoring.published.work import Question, Work

__all__ = [
    "FORMATS",
    "Difference",
    "PublishedScore",
    "Question",
    "Work",
    "read_published",
    "score_published",
]
