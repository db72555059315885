"""The work folder of a build: problems that are done, so that a stopped build goes on where it was."""

import hashlib
import shutil
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from pydantic import ValidationError

from core_bench.jsonl import make_folder, write_text
from core_bench.program_files import read_program
from core_bench.suites.building.part import Part
from core_bench.suites.problems import Source
from core_bench.suites.recipe import Recipe

_CODE = ("tracer", "variants", "core_bench.suites", "core_bench.records")


class Work:
    """Finished parts on disk, each under the hash of all that decides it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str) -> Part | None:
        """Return a finished part; None where there is none, or only a broken one."""
        try:
            return Part.model_validate_json(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            return None

    def keep(self, key: str, part: Part) -> None:
        """Write a finished part."""
        make_folder(self.folder)
        write_text(self._path(key), part.model_dump_json())

    def clear(self) -> None:
        """Remove the folder: the suite is written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key[:32]}.json"


def part_key(source: Source, recipe: Recipe) -> str:
    """Return the hash of all that decides a part: problem, programs, generator, recipe, our code, Python."""
    generator = "" if source.generator is None else read_program(source.generator / "inputs.py")
    rows = [
        source.problem.model_dump_json(),
        *(program.model_dump_json() for program in source.implementations),
        repr(source.outputs),
        repr(source.contradiction),
        generator,
        repr(recipe),
        _code_version(),
    ]
    return hashlib.sha256("\0".join(rows).encode()).hexdigest()


@lru_cache(maxsize=1)
def _code_version() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in _CODE:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        files = sorted(origin.parent.rglob("*.py")) if spec.submodule_search_locations else [origin]
        for file in files:
            digest.update(file.read_bytes())
    return digest.hexdigest()
