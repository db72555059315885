"""Chooses the `lite` split: a small fixed sample of `test` that still has every part of the metrics."""

from collections.abc import Iterable, Sequence

from core_bench.records import Probe, Problem, Sample
from core_bench.suites.problems import hash_rank

PROBLEMS = 8
IMPLEMENTATIONS = 4
TESTS = 2
PROBES = 7


def choose_lite(
    problems: Sequence[Problem], samples: Sequence[Sample], probes: Sequence[Probe]
) -> tuple[str, ...]:
    """Return the item ids of `lite`, about PROBLEMS * (IMPLEMENTATIONS * TESTS + PROBES) of them.

    The choice follows from hashes of ids alone, so that adding a problem changes little.
    """
    tested = sorted((p.id for p in problems if p.split == "test"), key=hash_rank)[:PROBLEMS]
    ids: list[str] = []
    for problem in sorted(tested):
        rows = [sample for sample in samples if sample.problem == problem]
        programs = _programs(row.implementation for row in rows)
        inputs = sorted({row.input for row in rows}, key=hash_rank)[:TESTS]
        ids += [row.id for row in rows if row.implementation in programs and row.input in inputs]
        asked = [probe for probe in probes if probe.problem == problem and probe.implementation in programs]
        ids += _in_turn(asked)[:PROBES]
    return tuple(ids)


def _programs(implementations: Iterable[str]) -> set[str]:
    """Return the reference, then implementations of as many kinds as there are."""
    names = list(dict.fromkeys(implementations))
    people = [name for name in names if "~" not in name]
    made = [name for name in names if "~" in name]
    return set((people[: IMPLEMENTATIONS // 2] + made + people[IMPLEMENTATIONS // 2 :])[:IMPLEMENTATIONS])


def _in_turn(probes: Sequence[Probe]) -> list[str]:
    """Return probe ids so that the implementations take turns."""
    turns: dict[str, int] = {}
    ranked = []
    for probe in probes:
        turns[probe.implementation] = turns.get(probe.implementation, 0) + 1
        ranked.append((turns[probe.implementation], probe.id))
    return [name for _, name in sorted(ranked, key=lambda pair: (pair[0], hash_rank(pair[1])))]
