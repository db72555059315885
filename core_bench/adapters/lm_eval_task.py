"""What a task of lm-evaluation-harness calls; `core-bench suite export --format lm-eval` writes such tasks.

The harness hands over a reply's text and nothing else: it does not tell a reply that ended at the token limit
from one that ended by itself. So a reply without an answer is `no_answer` here where our own run may say
`truncated` (neither is right), and one that was cut inside of its `[ANSWER]` block is judged by what stands
there.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from core_bench.adapters.questions import Questions, questions
from core_bench.errors import CoreBenchError
from core_bench.records import Verdict, VerdictKind

if TYPE_CHECKING:
    from datasets import Dataset

Doc = Mapping[str, Any]
"""A row of a task's data: `prompt`, `gold`, the item's `id`, and the `suite`, `split` and `method`."""

Judged = tuple[str, str, str, str, str]
"""(suite, split, method, item id, verdict): what a metric over problems needs to know of one reply."""

Aggregation = Callable[[Iterable[Judged]], float]


def docs(
    *, suite: str, split: str, method: str, suite_hash: str | None = None, **unused: object
) -> "dict[str, Dataset]":
    """Return the items as the harness wants data: one split, `test`.

    Raises:
        CoreBenchError: There is no such suite, split or method; the suite is not the one that the task was
            exported from; or the method asks again.
    """
    from datasets import Dataset

    del unused  # the harness passes on what it was told of the model
    asked = _asked(suite, split, method)
    if suite_hash is not None and suite_hash != asked.suite.hash:
        raise CoreBenchError(
            f"the task was exported from another build of {suite} "
            f"(hash {suite_hash[:12]}, this one has {asked.suite.hash[:12]})",
            "Export it anew: core-bench suite export --format lm-eval.",
        )
    rows = [
        {
            "id": item.id,
            "kind": item.kind,
            "problem": item.problem,
            "prompt": asked.method.render(item, "completion"),
            "gold": asked.suite.golds[item.id],
            "suite": suite,
            "split": split,
            "method": method,
        }
        for item in asked.items.values()
    ]
    return {"test": Dataset.from_list(rows)}


def prompt(doc: Doc) -> str:
    """Return the prompt to the letter."""
    return str(doc["prompt"])


def gold(doc: Doc) -> str:
    """Return the gold literal as text; a template of the harness would turn it into a value."""
    return str(doc["gold"])


def process_results(doc: Doc, results: list[str]) -> dict[str, float | Judged]:
    """Judge one reply: `acc` is 1.0 if it is correct, the metrics over problems get the verdict."""
    asked = _asked(doc["suite"], doc["split"], doc["method"])
    verdict = asked.judged(asked.reply(doc["id"], results[0])).verdict
    judged = (doc["suite"], doc["split"], doc["method"], doc["id"], verdict.value)
    return {"acc": float(verdict is VerdictKind.CORRECT), **dict.fromkeys(AGGREGATIONS, judged)}


def _aggregation(name: str) -> Aggregation:
    def aggregate(rows: Iterable[Judged]) -> float:
        found = list(rows)
        if not found:
            return float("nan")
        verdicts = [
            Verdict(item=item, method=method, verdict=VerdictKind(verdict))
            for _, _, method, item, verdict in found
        ]
        return _asked(*found[0][:3]).metrics(verdicts).get(name, float("nan"))

    aggregate.__name__ = name
    return aggregate


strict_outputs = _aggregation("I")
soft_outputs = _aggregation("I_s")
strict_states = _aggregation("W")
soft_states = _aggregation("W_s")
rcs = _aggregation("RCS")
consistency = _aggregation("Cons")
samples = _aggregation("samples")
probes = _aggregation("probes")

AGGREGATIONS: Mapping[str, str] = {
    "I": "strict_outputs",
    "I_s": "soft_outputs",
    "W": "strict_states",
    "W_s": "soft_states",
    "RCS": "rcs",
    "Cons": "consistency",
    "samples": "samples",
    "probes": "probes",
}
"""Metric -> the function here that makes it of a task's verdicts; NaN where it is over nothing."""


def _asked(suite: str, split: str, method: str) -> Questions:
    asked = questions(suite, split, method, "completion")
    if asked.method.amendment is not None:
        raise CoreBenchError(
            f"the method {method} asks again, and lm-evaluation-harness asks once",
            "Use io, cot or coc; or core-bench run.",
        )
    return asked
