"""Parts are built by processes of their own, and only those are ended."""

import multiprocessing
import time
from dataclasses import replace

from core_bench.suites.building.workers import build_parts
from tests.core_bench.suites.building.conftest import ALTERNATE, REFERENCE


def test_children_of_the_caller_live_on(source, bare):
    other = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    other.start()
    try:
        few = replace(bare, probes=1, mutants=1)
        sources = [source(REFERENCE), source(ALTERNATE)]
        parts = dict(build_parts(sources, few, workers=2))
        assert parts[0].problem is not None
        assert sorted(parts) == [0, 1]
        begun = build_parts(sources, few, workers=2)
        next(begun)
        begun.close()  # whoever stops waiting ends the rest
        assert other.is_alive()
        assert other in multiprocessing.active_children()
    finally:
        other.kill()
        other.join()
    for process in multiprocessing.active_children():
        process.join()  # they are ended, or this never comes back
