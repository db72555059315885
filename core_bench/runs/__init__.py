"""One model, one method, one suite: a folder that is continued by running the same command again."""

from core_bench.runs.efficiency import Meter, together
from core_bench.runs.folder import RunFolder
from core_bench.runs.gold_scores import GoldScores, gold_requests
from core_bench.runs.likelihoods import (
    LikelihoodSummary,
    likelihood_requests,
    measure_likelihoods,
    summarise_likelihoods,
)
from core_bench.runs.merging import merge_runs
from core_bench.runs.rounds import ask_all, check_sampling
from core_bench.runs.runner import Asking, Progress, ask, make_manifest, requests_for, score
from core_bench.runs.selection import items_of, method_of, select_items

__all__ = [
    "Asking",
    "GoldScores",
    "LikelihoodSummary",
    "Meter",
    "Progress",
    "RunFolder",
    "ask",
    "ask_all",
    "check_sampling",
    "gold_requests",
    "items_of",
    "likelihood_requests",
    "make_manifest",
    "measure_likelihoods",
    "merge_runs",
    "method_of",
    "requests_for",
    "score",
    "select_items",
    "summarise_likelihoods",
    "together",
]
