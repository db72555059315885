"""How likely a model that is in memory finds the golds of items: for checkpoints that are made and compared.

It is what `--score loglik` asks, without the other choices: the engine computes what prompts share once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core_bench.engines.base import AnswerScore, LikelihoodRequest
from core_bench.engines.local.changing import ChangingModel
from core_bench.engines.transformers_engine import TransformersEngine
from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.methods import load_method
from core_bench.runs.likelihoods import likelihood_requests


def gold_requests(items: Sequence[Item], golds: Mapping[str, str]) -> list[LikelihoodRequest]:
    """Return what to ask for each item: its gold after the prompt of the method `io`."""
    asked = likelihood_requests(items, load_method("io"), "completion", golds)
    return [replace(request, answers=request.answers[:1]) for request in asked]


class GoldScores:
    """Measures golds with one model after the other, or with one whose weights change in between."""

    def __init__(self, folder: Path, tokenizer: Any) -> None:
        """Prepare it.

        Args:
            folder: Of a model with this config; it only names what is in memory.
            tokenizer: Of the models.
        """
        self._folder = folder
        self._models = ChangingModel(tokenizer)

    def measure(
        self,
        model: Any,
        requests: Sequence[LikelihoodRequest],
        on_progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> list[AnswerScore]:
        """Return the score of every gold, in the order of the requests.

        Raises:
            CoreBenchError: A prompt does not fit the model.
        """
        found: dict[str, AnswerScore] = {}
        with self._models.opened(model) as checkpoint:
            for group in TransformersEngine(self._folder, loaded=checkpoint).likelihoods(requests):
                for scored in group:
                    if not scored.scores:
                        raise CoreBenchError(f"{scored.request.item} can not be asked: {scored.error}")
                    found[scored.request.item] = scored.scores[0]
                on_progress(len(found), len(requests))
        return [found[request.item] for request in requests]
