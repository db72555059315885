"""Problems from elsewhere: public benchmarks, and folders of Python files."""

from collections.abc import Iterable
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.suites.problems import Source
from core_bench.suites.sources import core, cruxeval, humaneval, livecodebench, mbpp, reval
from core_bench.suites.sources.files import read_files
from core_bench.suites.sources.rows import Row, hub_rows, local_rows
from core_bench.suites.sources.source import Benchmark, Skipped, Task, sources_of

_MODULES = (humaneval, mbpp, cruxeval, livecodebench, reval, core)
BENCHMARKS: dict[str, Benchmark] = {module.BENCHMARK.name: module.BENCHMARK for module in _MODULES}

__all__ = ["BENCHMARKS", "Benchmark", "Skipped", "Task", "read_benchmark", "read_files"]


def read_benchmark(name: str, path: Path | None, skipped: Skipped) -> tuple[Source, ...]:
    """Read a public benchmark's problems from a file or folder, or from the Hub where none is given.

    Raises:
        CoreBenchError: there is no such benchmark, it cannot be reached or read, or rows lack a field.
    """
    if name not in BENCHMARKS:
        raise CoreBenchError(f"there is no source {name!r}", f"Choose from {', '.join(BENCHMARKS)}.")
    benchmark = BENCHMARKS[name]
    try:
        tasks = list(benchmark.read(_rows(benchmark, path), skipped))
    except KeyError as error:
        raise CoreBenchError(
            f"a row of {path or benchmark.title} has no field {error}",
            f"See whether this really is {benchmark.title}; its published fields are expected.",
        ) from None
    return sources_of(tasks, origin=benchmark.title, licence=benchmark.licence)


def _rows(benchmark: Benchmark, path: Path | None) -> Iterable[Row]:
    if path is not None:
        return local_rows(path)
    if benchmark.hub is None:
        raise CoreBenchError(f"{benchmark.title} is not on the Hub", "Give its file (--path).")
    return hub_rows(*benchmark.hub)
