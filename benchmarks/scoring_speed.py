"""How long do 8,000 replies take? Parsing and judging, then all metrics with their intervals, on one core.

    python -m benchmarks.scoring_speed

The replies are those of the baselines to core-mini, dressed as models dress them (a thought, a fence, an
assertion, a comment, an expression, prose), repeated in epochs until there are 8,000.
"""

import os
import random
import time

from core_bench.records import Reply
from core_bench.scoring import judge_all, summarise
from core_bench.suites import Suite, load_suite

REPLIES = 8_000
DRESSES = (
    "[ANSWER]\nassert {target} == {answer}\n[/ANSWER]",
    "[ANSWER]{answer}[/ANSWER]",
    "The loop runs twice, then returns.\n\n```python\nassert {target} == {answer}  # as computed\n```\n",
    "<think>\nFirst x is 1, then it is 2, so the list grows.\n</think>\n[ANSWER]\n{answer}\n[/ANSWER]",
    '{{"reasoning": "two rounds", "answer": 5}}',
    "[ANSWER]\nassert {target} == [0] * 4\n[/ANSWER]",
    "I am not sure what this returns.",
    "[THOUGHT]\n"
    + "At line 3 the value of total is 7. " * 40
    + "[/THOUGHT]\n[ANSWER]\nassert {target} == {answer}\n[/ANSWER]",
)


def replies(suite: Suite, count: int, seed: int = 0) -> list[Reply]:
    """Return `count` replies: every item in as many epochs as it takes."""
    rng = random.Random(seed)
    golds = sorted(suite.golds.values())
    found = []
    while len(found) < count:
        epoch = len(found) // len(suite.items)
        for item in suite.items[: count - len(found)]:
            answer = suite.golds[item.id] if rng.random() < 0.6 else rng.choice(golds)
            text = rng.choice(DRESSES).format(target=item.target, answer=answer)
            found.append(Reply(item=item.id, method="io", epoch=epoch, text=text, finish="stop"))
    return found


def main() -> None:
    """Print seconds for each part."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    suite = load_suite("core-mini")
    epochs = -(-REPLIES // len(suite.items))
    asked = replies(suite, epochs * len(suite.items))
    begin = time.process_time(), time.perf_counter()
    verdicts = judge_all(asked, suite.golds, "tagged")
    middle = time.process_time(), time.perf_counter()
    summary = summarise(suite, suite.items, verdicts, replies=asked)
    end = time.process_time(), time.perf_counter()
    judging, metrics = middle[0] - begin[0], end[0] - middle[0]
    print(f"{len(asked)} replies to {len(suite.items)} items in {epochs} epochs, one core, CPU seconds:")
    print(f"  parsing and judging  {judging:6.3f}   ({1e6 * judging / len(asked):.0f} us a reply)")
    print(f"  metrics, intervals   {metrics:6.3f}   (RCS {summary.RCS.value:.3f}; scipy's import included)")
    print(
        f"  together, for 8,000  {(judging + metrics) * REPLIES / len(asked):6.3f}"
        f"   (wall, as it was: {end[1] - begin[1]:.3f})"
    )


if __name__ == "__main__":
    main()
