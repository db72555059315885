"""The tracer's golds beside a second oracle: `python -m benchmarks.tracer_oracle --programs 5000`.

The oracle (`tests/tracer/oracle`) shares no code with the tracer: it rewrites a program so that it reports
its own states. Every query that a trace suggests is asked of both, for programs made by chance and for calls
of the standard library's pure-Python functions. Any interpreter will do; it needs no package. The exit status
is 1 if a gold is not the oracle's answer; such golds are listed, some with a program that was made smaller.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator

from tests.tracer.oracle import chance, library
from tests.tracer.oracle.compare import Case, Difference, Tally, compare
from tests.tracer.oracle.machine import Machine
from tests.tracer.oracle.shrink import shrunk

CHUNK = 20


def chunks(programs: int, calls: int, seed: int) -> Iterator[tuple[list[Case], int]]:
    """Yield the cases in portions, with the seed."""
    cases = [*chance.programs(programs, seed), *list(library.calls())[:calls]]
    for start in range(0, len(cases), CHUNK):
        yield cases[start : start + CHUNK], seed


def compared(portion: tuple[list[Case], int]) -> Tally:
    """Compare one portion."""
    cases, seed = portion
    with Machine() as machine:
        return compare(cases, machine, most=MOST, seed=seed)


def distinct(differences: list[Difference]) -> list[Difference]:
    """Return one difference of each kind of query and case, those of the smallest programs first."""
    found: dict[tuple[str, str], Difference] = {}
    for one in sorted(differences, key=lambda one: len(one.case.code)):
        found.setdefault((one.query.kind, one.case.name), one)
    return list(found.values())


MOST = 1_500


def main() -> int:
    """Run the comparison; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=500, help="how many programs made by chance")
    parser.add_argument(
        "--library", type=int, default=500, help="how many calls of the standard library, at most"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="how many differences to list")
    parser.add_argument("--shrink", type=int, default=3, help="how many of them to make smaller")
    asked = parser.parse_args()
    total = Tally()
    began = time.monotonic()
    portions = list(chunks(asked.programs, asked.library, asked.seed))
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        for place, tally in enumerate(pool.imap_unordered(compared, portions), start=1):
            total.merge(tally)
            spent = time.monotonic() - began
            print(
                f"{place}/{len(portions)} portions, {total.calls} calls, {total.golds} golds, "
                f"{total.disagree.total()} disagree, {spent:.0f} s",
                flush=True,
            )
    print(f"Python {sys.version.split()[0]}\n{total.table()}")
    listed = distinct(total.differences)
    for one in listed[: asked.show]:
        print(one)
    with Machine() as machine:
        for one in listed[: asked.shrink]:
            smaller = shrunk(one, machine)
            print(f"\n{smaller}\n{smaller.case.code}")
    return 1 if total.differences else 0


if __name__ == "__main__":
    sys.exit(main())
