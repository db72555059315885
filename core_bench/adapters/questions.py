"""What a harness asks, and what it is told about the replies: one place for every adapter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from core_bench.engines.base import Shape, cut_at_stop
from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.methods import Method, load_method
from core_bench.records import Reply, Verdict, VerdictKind
from core_bench.scoring import judge, outcomes, rules_of
from core_bench.scoring.metrics import HEADLINES, metric_clusters
from core_bench.suites import Suite, load_suite

Finish = Literal["stop", "length", "refused", "error"]

METRICS = (*HEADLINES, "samples", "probes", "faithful", "state_invariance")
"""The metrics that a harness shows beside its accuracy; docs/scoring.md says what each is."""


@dataclass(frozen=True, eq=False)
class Questions:
    """The items of one split, asked in one way.

    Attributes:
        suite: Where they are from.
        split: Which of them.
        items: By id, in the suite's order.
        method: How they are asked.
        shape: As a chat, or as a text to be continued.
    """

    suite: Suite
    split: str
    items: Mapping[str, Item]
    method: Method
    shape: Shape

    @cached_property
    def families(self) -> Mapping[str, str]:
        """Implementation id -> who wrote it."""
        return {program.id: program.family for program in self.suite.implementations}

    @cached_property
    def dimensions(self) -> Mapping[str, tuple[str, ...]]:
        """Probe id -> what it touches."""
        return {probe.id: probe.dimensions for probe in self.suite.probes}

    def reply(self, item: str, text: str, finish: Finish = "stop", epoch: int = 0, turn: int = 0) -> Reply:
        """Return a harness's text as a reply, cut at the method's stop strings as our engines do.

        A text that holds a stop string did not end at the token limit, whatever the harness says.
        """
        cut = cut_at_stop(text, self.method.settings(self.shape).stop)
        if finish == "length" and cut != text:
            finish = "stop"
        return Reply(item=item, method=self.method.name, epoch=epoch, round=turn, text=cut, finish=finish)

    def judged(self, reply: Reply) -> Verdict:
        """Return the verdict on a reply: what `core-bench run` says of it."""
        place = self.method.settings(self.shape).answer
        return judge(reply, self.suite.golds[reply.item], place, rules_of(self.suite))

    def metrics(self, verdicts: Iterable[Verdict]) -> dict[str, float]:
        """Return METRICS, and the share of every verdict, over the items that have a verdict.

        Where an item lacks a verdict in an epoch, the harness could not ask it: an `engine_error`, which
        counts as not right. A metric that is over nothing (no probe was asked, say) is left out.
        """
        judged = {(verdict.item, verdict.epoch): verdict for verdict in verdicts}
        answered, epochs = {item for item, _ in judged}, {epoch for _, epoch in judged}
        items = [item for name, item in self.items.items() if name in answered]
        whole = [
            judged.get((item.id, epoch)) or self.judged(self.reply(item.id, "", "error", epoch))
            for item in items
            for epoch in epochs
        ]
        found = metric_clusters(self.suite, outcomes(items, whole))
        wanted = [*METRICS, *(f"verdict/{kind.value}" for kind in VerdictKind)]
        values = {name: found[name].value for name in wanted}
        return {name: value for name, value in values.items() if value is not None}


@lru_cache(maxsize=8)
def questions(suite: str, split: str, method: str, shape: Shape) -> Questions:
    """Return what is asked.

    Args:
        suite: Name or path of a suite.
        split: One of its splits.
        method: Name or path of a method.
        shape: The kind of prompts.

    Raises:
        CoreBenchError: There is no such suite, split or method, or the split is empty.
    """
    loaded = load_suite(suite)
    items = {item.id: item for item in loaded.split(split)}
    if not items:
        raise CoreBenchError(f"the split {split} of {loaded.header.name} is empty", "Use the split full.")
    return Questions(loaded, split, items, load_method(method), shape)
