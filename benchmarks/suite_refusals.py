"""What two observers cost a suite in questions: `python -m benchmarks.suite_refusals [SUITE] [--every N]`.

Asks everything that `candidates()` would ask about the programs of a suite (core-bench-v1 by default), on
the inputs that its probes are about. It prints, for each kind of query, how many were asked, how many were
refused because the observers differ or one of them cannot tell, and how many for other reasons. The exit code
is 1 if the doubted ones are 2 % or more of a kind.
"""

import argparse
import sys
from collections import Counter, defaultdict

from core_bench.suites import load_suite
from core_bench.suites.candidates import DOUBTS, Refusals, candidates
from core_bench.suites.views import Run
from tracer import observe_calls, record_calls

MOST = 0.02


def main() -> None:
    """Ask, count and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", nargs="?", default="core-bench-v1")
    parser.add_argument("--every", type=int, default=1, help="each N-th implementation only")
    given = parser.parse_args()
    suite = load_suite(given.suite)
    inputs = defaultdict(list)
    for probe in suite.probes:
        if probe.input not in inputs[probe.implementation]:
            inputs[probe.implementation].append(probe.input)
    entries = {problem.id: problem.entry_point for problem in suite.problems}
    refusals, untraced, calls = Refusals(), Counter(), 0
    for program in suite.implementations[:: given.every]:
        texts, entry = inputs[program.id], entries[program.problem]
        recorded = record_calls(program.code, entry, texts)
        observed = observe_calls(program.code, entry, texts)
        for text, left, right in zip(texts, recorded, observed, strict=True):
            calls += 1
            if left.trace is None:
                untraced[left.refused or left.status] += 1
                continue
            for _ in candidates(Run(text, left.trace, right.observation), refusals):
                pass
    print(f"{'kind':20}{'asked':>9}{'doubted':>9}{'share':>9}   other refusals")
    bad = []
    for kind, asked in sorted(refusals.asked.items()):
        reasons = {reason: count for (one, reason), count in refusals.refused.items() if one == kind}
        doubted = sum(count for reason, count in reasons.items() if reason in DOUBTS)
        others = ", ".join(f"{reason} {n}" for reason, n in sorted(reasons.items()) if reason not in DOUBTS)
        print(f"{kind:20}{asked:>9}{doubted:>9}{doubted / asked:>9.2%}   {others}")
        if doubted / asked >= MOST:
            bad.append(kind)
    for doubt in refusals.doubts[:20]:
        print(f"{doubt.reason}: {doubt.query} on ({doubt.input}): {doubt.detail}")
    print(f"{calls} calls, {sum(refusals.asked.values())} questions, {len(refusals.doubts)} doubted")
    for reason, count in untraced.items():
        print(f"without a trace: {count} calls: {reason}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
