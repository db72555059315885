"""Scores a file of replies to our own items that another harness collected."""

from collections.abc import Sequence
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.jsonl import parse_rows, read_text
from core_bench.records import Reply, Verdict
from core_bench.scoring.places import judge_anywhere
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from core_bench.scoring.summary import Summary, summarise
from core_bench.suites import Suite


def score_replies(
    suite: Suite, items: Sequence[Item], file: Path, rules: ScoringRules = DEFAULT_RULES
) -> Summary:
    """Score replies in the form of our `replies.jsonl`, wherever they came from.

    Raises:
        CoreBenchError: a line is broken or names an item that the suite does not have, or an item that was
            to be answered has no reply.
    """
    path = file / "replies.jsonl" if file.is_dir() else file
    replies = parse_rows(read_text(path), Reply, path)
    wanted = {item.id for item in items}
    for number, reply in enumerate(replies, 1):
        if reply.item not in suite.golds:
            raise CoreBenchError(
                f"{path}, line {number}: the suite {suite.header.name} has no item {reply.item}",
                "Give the suite that the replies were made for with --data.",
            )
    latest = {(reply.item, reply.epoch): reply for reply in replies if reply.item in wanted}
    answered = {name for name, _ in latest}
    missing = [item.id for item in items if item.id not in answered]
    if missing:
        raise CoreBenchError(
            f"{path} has no reply to {len(missing)} of {len(items)} items, {missing[0]} is one",
            "A missing reply would be left out of every rate. If another part of the suite was asked, "
            "name it with --split.",
        )
    verdicts: list[Verdict] = [
        judge_anywhere(reply, suite.golds[reply.item], rules) for reply in latest.values()
    ]
    return summarise(suite, items, verdicts, replies=latest.values(), rules=rules)
