"""Signs that the gold answers were known: quotes that leave no doubt, and what a person should look at."""

import re
from collections.abc import Iterator, Sequence

from core_bench.leaderboard.refusal import Finding
from core_bench.records import Reply, RunManifest, Verdict, VerdictKind
from core_bench.suites import Suite

_ENOUGH = 50
_ALIKE = 0.995
_QUOTE = re.compile(r'"gold"\s*:|samples\.jsonl|probes\.jsonl')


def suspicions(
    suite: Suite, manifest: RunManifest, replies: Sequence[Reply], verdicts: Sequence[Verdict]
) -> Iterator[Finding]:
    """Yield signs of leakage; the baselines, which know the golds and say so, have none.

    * A reply that names its item's id, the suite's hash or its files: no prompt holds any of these.
    * Nearly all right replies are the gold letter for letter: models differ in spaces, quotes, marks.
    """
    if manifest.engine.engine == "baseline":
        return
    for reply in replies:
        if reply.item in reply.text or suite.hash[:12] in reply.text or _QUOTE.search(reply.text):
            yield Finding("fault", "leak_quote", f"the reply to {reply.item} quotes the suite's files")
            break
    right = [
        reply.text == suite.golds[reply.item]
        for reply, verdict in zip(replies, verdicts, strict=True)
        if verdict.verdict is VerdictKind.CORRECT
    ]
    if len(right) >= max(_ENOUGH, len(replies) / 2) and sum(right) >= _ALIKE * len(right):
        told = f"{sum(right)} of {len(right)} right replies are the gold letter for letter"
        yield Finding("warning", "leak_gold", f"{told}, without a space or a mark of their own")
