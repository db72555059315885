"""Answers without a model, to read a score by: what knowing, copying and guessing are worth."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from core_bench.engines.base import LikelihoodRequest, Measured, Request, Scored
from core_bench.engines.replies import error_reply, no_likelihoods, ready_reply
from core_bench.errors import CoreBenchError
from core_bench.records import EngineDescription, Reply

BaselineKind = Literal["oracle", "echo", "majority"]
BASELINES: tuple[BaselineKind, ...] = get_args(BaselineKind)


@dataclass(frozen=True, slots=True)
class BaselineItem:
    """What a baseline may know of an item.

    Attributes:
        gold: The right answer, as a literal.
        first_argument: The call's first argument as a literal; `None` for a call without arguments.
        group: Items of one group share the majority answer, such as all those of one problem.
    """

    gold: str
    first_argument: str
    group: str


class BaselineEngine:
    """One of three: `oracle` knows the gold, `echo` repeats the first argument, `majority` says the most
    frequent gold of the item's group.

    The oracle must score 100 %: what it loses, the prompts and the scorer have lost.
    """

    def __init__(self, kind: BaselineKind, items: Mapping[str, BaselineItem]) -> None:
        """Prepare the answers.

        Args:
            kind: Which baseline.
            items: By item id. `majority` counts over exactly these.

        Raises:
            CoreBenchError: There is no such baseline.
        """
        if kind not in BASELINES:
            raise CoreBenchError(f"no baseline is called {kind!r}", f"Known: {', '.join(BASELINES)}.")
        self._kind = kind
        self._answers = _answers(kind, items)

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield one group with everything, each answer in the form that the request's shape asks for."""
        if requests:
            yield [self._answer(request) for request in requests]

    def likelihoods(self, requests: Sequence[LikelihoodRequest]) -> Iterator[Sequence[Scored]]:
        """Refuse: a baseline knows no log-probabilities."""
        raise no_likelihoods("a baseline")

    def measured(self) -> Measured:
        """Return nothing: no model computes."""
        return Measured()

    def describe(self) -> EngineDescription:
        """Return which baseline it is."""
        return EngineDescription(engine="baseline", model=self._kind, identity={"items": len(self._answers)})

    def close(self) -> None:
        """Nothing to release."""

    def _answer(self, request: Request) -> Reply:
        literal = self._answers.get(request.item)
        if literal is None:
            return error_reply(request, f"the baseline does not know the item {request.item}")
        is_chat = not isinstance(request.prompt, str)
        return ready_reply(request, f"[ANSWER]\n{literal}\n[/ANSWER]" if is_chat else f" {literal}")


def _answers(kind: BaselineKind, items: Mapping[str, BaselineItem]) -> dict[str, str]:
    if kind == "oracle":
        return {name: item.gold for name, item in items.items()}
    if kind == "echo":
        return {name: item.first_argument for name, item in items.items()}
    frequent = _most_frequent(items)
    return {name: frequent[item.group] for name, item in items.items()}


def _most_frequent(items: Mapping[str, BaselineItem]) -> dict[str, str]:
    counts: dict[str, Counter[str]] = {}
    for item in items.values():
        counts.setdefault(item.group, Counter())[item.gold] += 1
    # Ties go to the smallest text, so that the answer does not depend on the order of the items.
    return {group: min(golds, key=lambda gold: (-golds[gold], gold)) for group, golds in counts.items()}
