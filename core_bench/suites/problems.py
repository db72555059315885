"""Reads problems from folders: `problem.toml`, `reference.py` and any number of `alternate_*.py`.

A folder may also hold `inputs.py`, which is no implementation: it draws more inputs
(`core_bench.suites.inputs`). `outputs` in `problem.toml` lists what the calls should return, as literals; a
problem whose reference returns something else is left out of a suite.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from core_bench.errors import CoreBenchError
from core_bench.jsonl import read_text
from core_bench.program_files import read_program
from core_bench.records import Implementation, Problem, SuiteSplit
from tracer import InputError, parse_arguments

SPLIT_RULE = "a quarter of the problems, those with the smallest sha256 of their id, are dev; the rest test"


@dataclass(frozen=True, slots=True)
class Source:
    """A problem with the implementations that people wrote for it, the reference first.

    Attributes:
        problem: the problem.
        implementations: its programs.
        generator: folder with the `inputs.py` that draws more inputs; None where there is none.
        outputs: (input, literal) pairs that the problem's own tests expect.
        contradiction: how the problem's own tests fail on the reference; None where they do not.
    """

    problem: Problem
    implementations: tuple[Implementation, ...]
    generator: Path | None = None
    outputs: tuple[tuple[str, str], ...] = ()
    contradiction: str | None = None


def read_problems(folder: Path, *, origin: str, licence: str, only: Sequence[str] = ()) -> tuple[Source, ...]:
    """Read the problem folders of `folder`, all or `only` those named, in the order of their names.

    Raises:
        CoreBenchError: no problem is there, one that is named is not, or one is incomplete; the file and the
            reason are named.
    """
    if not folder.is_dir():
        raise CoreBenchError(f"there is no folder {folder}")
    if (folder / "problem.toml").is_file():
        raise CoreBenchError(f"{folder} is one problem", f"Give the folder that holds it: {folder.parent}")
    places = sorted(path.parent for path in folder.glob("*/problem.toml"))
    if not places:
        raise CoreBenchError(
            f"{folder} holds no problems", "A problem is a folder with problem.toml and reference.py."
        )
    if only:
        missing = sorted(set(only) - {place.name for place in places})
        if missing:
            raise CoreBenchError(f"{folder} holds no problem {', '.join(missing)}")
        places = [place for place in places if place.name in only]
    splits = split_problems([place.name for place in places])
    return tuple(_read(place, splits[place.name], origin, licence) for place in places)


def program_files(place: Path) -> dict[str, Path]:
    """Return the implementations in the folder of one problem by their names, the reference first."""
    alternates = sorted(place.glob("alternate_*.py"))
    return {
        "reference": place / "reference.py",
        **{file.stem.replace("_", "-"): file for file in alternates},
    }


def split_problems(ids: list[str]) -> dict[str, SuiteSplit]:
    """Divide problems between `dev` and `test` by `SPLIT_RULE`: no choice, no seed, no order."""
    ranked = sorted(ids, key=hash_rank)
    quarter = -(-len(ids) // 4)
    return {name: "dev" if rank < quarter else "test" for rank, name in enumerate(ranked)}


def hash_rank(text: str) -> str:
    """Return a key that orders texts at random but the same way everywhere."""
    return hashlib.sha256(text.encode()).hexdigest()


def _read(place: Path, split: SuiteSplit, origin: str, licence: str) -> Source:
    path = place / "problem.toml"
    try:
        fields = tomllib.loads(read_text(path))
        outputs = fields.pop("outputs", [])
        problem = Problem(id=place.name, split=split, origin=origin, licence=licence, **fields)
    except tomllib.TOMLDecodeError as error:
        raise CoreBenchError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise CoreBenchError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for text in problem.inputs:
        try:
            parse_arguments(text)
        except InputError as error:
            raise CoreBenchError(f"{path}: {error}", "Inputs are argument lists of literals.") from None
    if outputs and (len(outputs) != len(problem.inputs) or not all(isinstance(o, str) for o in outputs)):
        raise CoreBenchError(f"{path}: outputs: not one literal for each input")
    return Source(
        problem,
        tuple(
            Implementation(
                id=f"{problem.id}/{name}",
                problem=problem.id,
                family=name.split("-")[0],
                code=read_program(file),
            )
            for name, file in program_files(place).items()
        ),
        generator=place if (place / "inputs.py").is_file() else None,
        outputs=tuple(zip(problem.inputs, outputs, strict=True)) if outputs else (),
    )
