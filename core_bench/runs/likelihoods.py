"""How likely the model finds the right answers: asked, written, summed up."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from core_bench.engines.base import Engine, LikelihoodRequest, Scored, Shape
from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.methods import Method
from core_bench.records import Likelihood, Record
from core_bench.runs.folder import RunFolder
from core_bench.runs.runner import Progress, prompt_group
from tracer import parse_literal

_DIGITS = tuple(map(str, range(10)))
_END = "\n"
"""The mark that ends an answer: without it 1 would be as likely as all that begins with 1."""


class LikelihoodSummary(Record):
    """Means over the items of one kind; logarithms in nats. None where there is nothing to count.

    `choice` is the share of forced choices that are right, over the `choices` items that have one: chance is
    a half for a bool and a tenth for a digit.
    """

    items: int
    per_item: float | None
    per_token: float | None
    greedy: float | None
    choice: float | None
    choices: int
    errors: int


def choices_for(gold: str) -> tuple[str, ...]:
    """Return the literals that a gold is chosen from: both bools, or ten digits; none for other golds."""
    value = parse_literal(gold)
    if isinstance(value, bool):
        return ("True", "False")
    if isinstance(value, int) and 0 <= value <= 9:
        return _DIGITS
    return ()


def likelihood_requests(
    items: Sequence[Item], method: Method, shape: Shape, golds: Mapping[str, str]
) -> list[LikelihoodRequest]:
    """Return what to ask for each item: the gold first, then what it is chosen from.

    Raises:
        CoreBenchError: The method lets the model write something before its answer.
    """
    if method.name != "io" and method.settings(shape).answer != "start":
        raise CoreBenchError(
            f"{method.name} has something written before the answer, so the answer alone has no likelihood",
            "Use --method io with --score loglik.",
        )
    requests = []
    for item in items:
        begun = method.settings(shape).answer == "start"
        gold = golds[item.id]
        others = [literal for literal in choices_for(gold) if literal != gold]
        requests.append(
            LikelihoodRequest(
                item=item.id,
                method=method.name,
                epoch=0,
                prompt=method.render(item, shape),
                lead="" if begun else f"[ANSWER]\nassert {item.target} ==",
                answers=tuple(f" {literal}{_END}" for literal in (gold, *others)),
                group=prompt_group(item),
            )
        )
    return requests


def measure_likelihoods(
    engine: Engine, requests: Sequence[LikelihoodRequest], folder: RunFolder, on_progress: Progress
) -> None:
    """Get and write the likelihoods that the folder lacks; one that failed is asked for again."""
    known = {key for key, row in folder.likelihoods().items() if row.error is None}
    pending = [one for one in requests if (one.item, one.method, one.epoch) not in known]
    done = len(requests) - len(pending)
    on_progress(done, len(requests))
    if not pending:
        return
    for group in engine.likelihoods(pending):
        folder.append_likelihoods([as_row(scored) for scored in group])
        done += len(group)
        on_progress(done, len(requests))


def as_row(scored: Scored) -> Likelihood:
    """Return what is written of the scores of one item."""
    request = scored.request
    key = {"item": request.item, "method": request.method, "epoch": request.epoch}
    if not scored.scores:
        return Likelihood.model_validate({**key, "error": scored.error or "no scores"})
    gold = scored.scores[0]
    best = max(range(len(scored.scores)), key=lambda at: scored.scores[at].logprob)
    chosen = len(scored.scores) > 1
    return Likelihood.model_validate(
        {
            **key,
            "logprob": gold.logprob,
            "tokens": gold.tokens,
            "greedy": gold.greedy,
            "choice": request.answers[best].strip() if chosen else None,
            "right": best == 0 if chosen else None,
        }
    )


def summarise_likelihoods(
    items: Sequence[Item], rows: Mapping[tuple[str, str, int], Likelihood], method: Method
) -> dict[str, LikelihoodSummary]:
    """Return kind of item -> means over its items that have a likelihood."""
    kinds = {"samples": "sample", "probes": "probe"}
    found = {
        name: [row for item in items if item.kind == kind and (row := rows.get((item.id, method.name, 0)))]
        for name, kind in kinds.items()
    }
    return {name: _summary(rows) for name, rows in found.items()}


def _summary(rows: Sequence[Likelihood]) -> LikelihoodSummary:
    told = [row for row in rows if row.logprob is not None]
    rights = [row.right for row in told if row.right is not None]
    return LikelihoodSummary(
        items=len(rows),
        per_item=_mean(row.logprob or 0.0 for row in told),
        per_token=_mean((row.logprob or 0.0) / row.tokens for row in told),
        greedy=_mean(float(row.greedy or False) for row in told),
        choice=_mean(map(float, rights)),
        choices=len(rights),
        errors=len(rows) - len(told),
    )


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return fmean(known) if known else None
