"""Draws inputs for a problem with the generator in its folder, `inputs.py`."""

import runpy
from collections.abc import Callable
from pathlib import Path
from random import Random

from core_bench.errors import CoreBenchError
from tracer import InputError, parse_arguments


def draw_inputs(place: Path, count: int, seed: int) -> tuple[str, ...]:
    """Return `count` argument lists that keep the contract of the problem in the folder `place`.

    Its `inputs.py` defines `generate(rng)`, which returns one argument list as text, in the form of
    `problem.toml`. It runs in this process: it is as trusted as the package. The n-th input depends on the
    seed, the problem's name and n only. Some inputs may be the same.

    Raises:
        CoreBenchError: there is no generator, or what it draws is no argument list.
    """
    path = place / "inputs.py"
    if not path.is_file():
        raise CoreBenchError(f"{place} has no inputs.py", "It defines generate(rng) -> str.")
    generate: Callable[[Random], str] | None = runpy.run_path(str(path)).get("generate")
    if generate is None:
        raise CoreBenchError(f"{path} defines no generate(rng)")
    drawn = tuple(generate(Random(f"{seed}:{place.name}:{number}")) for number in range(count))
    for text in drawn:
        try:
            parse_arguments(text)
        except InputError as error:
            raise CoreBenchError(f"{path}: {error}", "Inputs are argument lists of literals.") from None
    return drawn
