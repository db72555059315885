"""Which items of a suite a run asks: a split, some problems, a shard, the first few."""

from collections.abc import Sequence

from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.methods import Method, load_method
from core_bench.records import RunManifest
from core_bench.suites import Suite


def select_items(
    suite: Suite,
    split: str,
    *,
    problems: Sequence[str] = (),
    shard: str | None = None,
    limit: int | None = None,
) -> tuple[Item, ...]:
    """Return the items, in the suite's order. What is retracted is chosen as ever, and then left out:
    a run that was made before chose the same.

    Args:
        suite: Where they are from.
        split: A split of the suite.
        problems: Only these; empty for all.
        shard: `i/n`, the i-th of n parts. A program with all that is asked about it is in one part.
        limit: Only so many, of what the other choices leave.

    Raises:
        CoreBenchError: There is no such split, problem or shard, or nothing is left.
    """
    items = suite.whole_split(split)
    if problems:
        known = {problem.id for problem in suite.problems}
        unknown = sorted(set(problems) - known)
        if unknown:
            raise CoreBenchError(
                f"{suite.header.name} has no problem {unknown[0]}",
                f"core-bench suite info {suite.header.name} tells what it has.",
            )
        items = tuple(item for item in items if item.problem in problems)
    if shard is not None:
        number, count = _parsed(shard)
        programs = {
            program: at for at, program in enumerate(dict.fromkeys(one.implementation for one in items))
        }
        items = tuple(item for item in items if programs[item.implementation] % count == number - 1)
    items = tuple(item for item in items[:limit] if item.id not in suite.retracted)
    if not items:
        chosen = f"the split {split} of {suite.header.name}"
        more = " with these problems or this shard" if problems or shard else ""
        raise CoreBenchError(f"{chosen}{more} is empty", "Use --split full.")
    return items


def _parsed(shard: str) -> tuple[int, int]:
    number, _, count = shard.partition("/")
    if number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
        return int(number), int(count)
    raise CoreBenchError(f"no shard: {shard}", "Write i/n with i from 1 to n: --shard 1/4 to --shard 4/4.")


def items_of(suite: Suite, manifest: RunManifest) -> tuple[Item, ...]:
    """Return the items that a run asked."""
    return select_items(
        suite, manifest.split, problems=manifest.problems, shard=manifest.shard, limit=manifest.limit
    )


def method_of(manifest: RunManifest) -> Method:
    """Return the method that a run asked with; raises `CoreBenchError` if it is not here."""
    return load_method(manifest.method_path or manifest.method)
