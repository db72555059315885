"""`core-bench compress search-worker`: a process that measures plans for a search, here or elsewhere."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from core_bench.cli.compress_making import compress_errors
from core_bench.errors import CoreBenchError


def search_worker(
    folder: Annotated[Path, typer.Argument(help="Folder of a running compress search.", metavar="DIR")],
    model: Annotated[str, typer.Option(help="The base: an embedded model, or its folder.")],
    idle: Annotated[float, typer.Option(help="Seconds without a plan, after which to give up.")] = 600.0,
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Measure plans for a search that was started with --workers, until it is over."""
    from compress import read_map
    from compress.search.board import BOARD, Board, help_out
    from compress.search.making import make_space
    from compress.search.study import read_study_of
    from core_bench.cli.compress_search_objectives import ObjectiveSpec, make_objective
    from core_bench.models import resolve

    base = resolve(model)
    with compress_errors():
        found = read_map(base)
        study = read_study_of(folder, found.base)
        if not (folder / BOARD).exists():
            raise CoreBenchError(
                f"{folder} has no board: its search works alone", "Start the search with --workers 1 or more."
            )
        space = make_space(found, study.plan, study.options)
        objective = make_objective(base, found, ObjectiveSpec.model_validate(study.objective))
        done = help_out(
            Board(folder / BOARD), space, objective.losses, idle, lambda: parent not in (None, os.getppid())
        )
    print(f"{folder}: {done} plans measured here", file=sys.stderr)


def local_helpers(count: int, folder: Path, model: str) -> Callable[[], AbstractContextManager[object]]:
    """Return what starts helpers on this machine, and ends them with the search."""
    import subprocess

    threads = str(max(1, (os.cpu_count() or 1) // (count + 1)))
    command = [
        sys.executable, "-m", "core_bench.cli", "compress", "search-worker", str(folder), "--model", model,
        "--parent", str(os.getpid()),
    ]  # fmt: skip

    @contextmanager
    def helpers() -> Iterator[object]:
        environment = os.environ | {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        with (folder / "workers.log").open("ab") as log:
            started = [
                subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
                for _ in range(count)
            ]
            try:
                yield started
            finally:
                for process in started:
                    process.terminate()
                for process in started:
                    process.wait()

    return helpers
