"""The floor and the ceiling of every table: what echo, majority and oracle get on the same items."""

from collections.abc import Mapping, Sequence

from core_bench.engines.base import Shape
from core_bench.engines.baseline_engine import BASELINES, BaselineEngine, BaselineItem
from core_bench.items import Item
from core_bench.methods import Method
from core_bench.runs.runner import requests_for
from core_bench.scoring import Summary, judge_all, summarise
from core_bench.suites import Suite
from tracer import first_argument, parse_literal


def baseline_items(suite: Suite, items: Sequence[Item]) -> dict[str, BaselineItem]:
    """Return what the baselines may know of each item.

    `majority` guesses within groups that a model can tell apart, too: samples, and probes by the kind of
    their query and the type of their answer (the question states it).
    """
    groups = {
        probe.id: f"{probe.query.kind}/{type(parse_literal(probe.gold)).__name__}" for probe in suite.probes
    }
    return {
        item.id: BaselineItem(
            gold=suite.golds[item.id],
            first_argument=first_argument(item.input) or "None",
            group=groups.get(item.id, "sample"),
        )
        for item in items
    }


def baseline_summaries(
    suite: Suite, items: Sequence[Item], method: Method, shape: Shape
) -> Mapping[str, Summary]:
    """Return baseline name -> its summary on `items`."""
    known = baseline_items(suite, items)
    requests = requests_for(items, method, shape)
    place = method.settings(shape).answer
    summaries = {}
    for kind in BASELINES:
        replies = [reply for group in BaselineEngine(kind, known).generate(requests) for reply in group]
        summaries[f"baseline:{kind}"] = summarise(suite, items, judge_all(replies, suite.golds, place))
    return summaries
