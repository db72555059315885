"""What decides a suite besides its problems; a suite that we ship has its recipe in `data/recipes`."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass

from core_bench.errors import CoreBenchError
from core_bench.jsonl import read_text
from variants.measures import Tokenizer


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Recipe:
    """What decides a suite besides its problems; recorded in its header.

    Attributes:
        name: the suite's name; `version` and `description` go into its card.
        seed: decides variants, drawn inputs, probes and phrasings.
        tests: inputs of a problem that become samples, at least: the smallest set that reaches all branches
            and kills all mutants that any input does, filled up to this number.
        drawn: inputs drawn with the problem's own generator beside those that it comes with.
        reference_variants: variants made from each reference; `alternate_variants` from each alternate.
        probes: probes for each implementation.
        min_complexity: smallest cyclomatic complexity of an implementation (CoRE, section 3: 3).
        max_jaccard: largest Jaccard similarity of two implementations of a problem (CoRE: 0.7).
        tokenizer: what its tokens are (`variants.measures`).
        mutants: mutants of each program that a person wrote, at most, for the reduction of the tests.
        fresh: take drawn inputs only, and leave out the programs that people wrote: only variants are asked.
    """

    name: str
    version: str
    description: str
    seed: int = 1
    tests: int = 6
    drawn: int = 32
    reference_variants: int = 2
    alternate_variants: int = 1
    probes: int = 4
    min_complexity: int = 3
    max_jaccard: float = 0.7
    tokenizer: Tokenizer = "tokenize"
    mutants: int = 60
    fresh: bool = False

    @property
    def parameters(self) -> dict[str, int | float | str]:
        """What the header of the suite records."""
        return {
            name: value
            for name, value in asdict(self).items()
            if name not in ("name", "version", "description")
        }


def read_recipe(data: Path, suite: str, **changes: Any) -> Recipe:
    """Return the recipe of a suite that we ship, `recipes/SUITE.toml`; one of defaults where there is none.

    Raises:
        CoreBenchError: the file has a field that no recipe has, or a value that cannot be.
    """
    path = data / "recipes" / f"{suite}.toml"
    fields = _fields(path)
    fields.pop("problems", None)
    try:
        return Recipe(**{"name": suite, "version": "1", "description": "", **fields, **changes})
    except ValidationError as error:
        first = error.errors()[0]
        raise CoreBenchError(f"{path}, {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def recipe_problems(data: Path, suite: str) -> tuple[str, ...]:
    """Return the ids in `recipes/SUITE.toml` of the shipped data; () where it names none: all problems."""
    return tuple(_fields(data / "recipes" / f"{suite}.toml").get("problems", ()))


def _fields(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path)) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise CoreBenchError(f"{path}: {error}") from None
