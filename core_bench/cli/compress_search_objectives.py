"""What a search measures: loss on text, likelihood of golds, or scores of answers; of `dev` problems only.

compress never learns what a suite is. It is handed functions from a model in memory to a number; they are
made here, from a description that lies in the study, so that a helper on another machine measures the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from compress import Calibration, ModelMap
    from compress.search.plan_model import PlanLoss, Score
    from core_bench.items import Item
    from core_bench.suites import Suite

ObjectiveName = Literal["nll", "gold", "accuracy", "is", "ws", "rcs"]
_TEXT_OR_GOLD = ("nll", "gold")
# Which number of a summary each of them is.
_METRICS = {"accuracy": "samples", "is": "I_s", "ws": "W_s", "rcs": "RCS"}


class ObjectiveSpec(BaseModel):
    """What is measured, and on what.

    Attributes:
        name: `nll`: nats per token of text. `gold`: nats per gold answer of samples and probes. The others:
            one minus a score of greedy answers.
        text: of `nll`, and of the sensitivities.
        windows: texts that are measured.
        length: tokens of each.
        tokens: hash of these tokens; empty until they are read for the first time.
        suite: where items come from.
        suite_hash: its hash; empty until it is read for the first time.
        items: most items, evenly over the `dev` problems.
        recovery_tokens: tokens of the training before fidelity 2 and 3; 0 trains nothing.
        recovery_text: what is learned there.
        recovery_rank: rank of the adapters where the plan has none.
        seed: of that training.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ObjectiveName = "nll"
    text: str = "stdlib"
    windows: int = 8
    length: int = 256
    tokens: str = ""
    suite: str = ""
    suite_hash: str = ""
    items: int = 0
    recovery_tokens: int = 0
    recovery_text: str = "stdlib"
    recovery_rank: int = 8
    seed: int = 0

    def fidelities(self, main: int | None) -> tuple[int, int]:
        """Return the main fidelity (by default the cheapest that the objective has), and the one below.

        Raises:
            CoreBenchError: this objective has no such fidelity.
        """
        trained = self.recovery_tokens > 0
        allowed = ((1, 2) if trained else (1,)) if self.name in _TEXT_OR_GOLD else (3,)
        main = allowed[0] if main is None else main
        if main not in allowed:
            raise CoreBenchError(
                f"the objective {self.name} is not measured at fidelity {main}",
                "Fidelity 1: nll and gold right after quantisation. 2: the same after --recover-tokens. "
                "3: accuracy, is, ws and rcs.",
            )
        return main, {1: 0, 2: 1, 3: 2 if trained else 1}[main]


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective that is ready to be asked.

    Attributes:
        spec: what it measures, with the hashes of what it read.
        losses: (plan, fidelity) -> loss.
        calibration: the tokens of the text, for sensitivities.
    """

    spec: ObjectiveSpec
    losses: "PlanLoss"
    calibration: "Calibration"


def make_objective(folder: Path, found: "ModelMap", spec: ObjectiveSpec) -> Objective:
    """Read what an objective is measured on, and load the base.

    Raises:
        CoreBenchError: the suite differs from the one of the study.
        CompressError: the text differs from the one of the study, or there is none.
    """
    from compress import CompressError, calibrate_on, read_documents
    from compress.calibration import Passage
    from compress.loading import load_tokenizer
    from compress.search.plan_model import PlanLoss, loss_on

    tokenizer = load_tokenizer(folder)
    text = calibrate_on(read_documents(spec.text), tokenizer, spec.windows, spec.length, 0)
    if spec.tokens and spec.tokens != text.hash:
        raise CompressError(
            f"the text {spec.text} is not the one that the search was begun with",
            "Its losses cannot be compared with new ones. Give the old text, or search in a new folder.",
        )
    spec = spec.model_copy(update={"tokens": text.hash})
    score = loss_on([Passage(str(n), tokens[None]) for n, tokens in enumerate(text.tokens)])
    full: Score | None = None
    if spec.name != "nll":
        suite, items = dev_items(spec.suite, spec.items)
        if spec.suite_hash and spec.suite_hash != suite.hash:
            raise CoreBenchError(
                f"the suite {spec.suite} is not the one that the search was begun with",
                "Search in a new folder.",
            )
        spec = spec.model_copy(update={"suite_hash": suite.hash})
        score = gold_score(folder, tokenizer, suite, items)
        if spec.name != "gold":
            full = _answer_score(folder, tokenizer, suite, items, _METRICS[spec.name])
    recovery = None
    if spec.recovery_tokens:
        from compress.recovery.settings import RecoverySettings
        from compress.search.recovering import ShortRecovery

        settings = RecoverySettings(
            rank=spec.recovery_rank, tokens=spec.recovery_tokens, learn="answer", length=256, seed=spec.seed
        )
        recovery = ShortRecovery(read_documents(spec.recovery_text), tokenizer, settings)
    return Objective(spec, PlanLoss(folder, found, score, recovery=recovery, full=full), text)


def dev_items(suite: str, most: int) -> "tuple[Suite, tuple[Item, ...]]":
    """Return a suite and its `dev` items, every n-th where there are more than `most` (0 takes all).

    Raises:
        CoreBenchError: the suite has no dev problems: nothing may be chosen on test.
    """
    from core_bench.suites import load_suite

    loaded = load_suite(suite)
    items = loaded.split("dev")
    if not items:
        raise CoreBenchError(
            f"{loaded.header.name} has no dev problems",
            "Nothing is picked on test problems; use --objective nll.",
        )
    return loaded, items[:: -(-len(items) // most)] if 0 < most < len(items) else items


def gold_score(folder: Path, tokenizer: Any, suite: "Suite", items: "Sequence[Item]") -> "Score":
    """Return the score that is the mean nats per gold answer of items."""
    from core_bench.runs import GoldScores, gold_requests

    golds, requests = GoldScores(folder, tokenizer), gold_requests(items, suite.golds)

    def score(model: Any) -> float:
        found = golds.measure(model, requests)
        return sum(answer.nats for answer in found) / len(found)

    return score


def _answer_score(
    folder: Path, tokenizer: Any, suite: "Suite", items: "Sequence[Item]", metric: str
) -> "Score":
    """Return one minus a metric of greedy answers to the items."""
    from core_bench.engines.local.changing import ChangingModel
    from core_bench.engines.transformers_engine import TransformersEngine
    from core_bench.methods import load_method
    from core_bench.runs import requests_for
    from core_bench.scoring import judge_all, rules_of, summarise

    method = load_method("io")
    requests = requests_for(items, method, "completion")
    rules, models = rules_of(suite), ChangingModel(tokenizer)

    def score(model: Any) -> float:
        with models.opened(model) as checkpoint:
            engine = TransformersEngine(folder, loaded=checkpoint)
            replies = {reply.item: reply for group in engine.generate(requests) for reply in group}
        verdicts = judge_all(
            [replies[item.id] for item in items], suite.golds, method.settings("completion").answer, rules
        )
        value = getattr(summarise(suite, items, verdicts, rules=rules), metric).value
        return float("nan") if value is None else 1.0 - float(value)

    return score
