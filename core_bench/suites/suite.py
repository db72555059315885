"""A suite in memory and on disk: versioned, hashed, and refused when its files do not match its hash."""

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from pydantic import Field, ValidationError

from core_bench.data_folder import data_folder
from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.jsonl import Row, dump_row, make_folder, parse_rows, read_text, write_text
from core_bench.records import Implementation, LeftOut, Probe, Problem, Record, Sample
from core_bench.suites.questions import target
from core_bench.suites.retractions import Retraction, read_retractions, retractions_of, write_retractions

SPLITS = ("lite", "full", "dev", "test")
FORMAT = 3
_READABLE = (1, 2, FORMAT)
"""Format 2 adds `reduction`, `left_out` and `origins`, and to probes `phrasing` and `shared`; format 3 lists
questions in `left_out`."""


class SuiteHeader(Record):
    """`suite.json`: what the suite is, how it was built, and the sha256 of each of its files.

    The suite's hash is the sha256 of this file.

    Attributes:
        python: minor version that ran the programs; other minors can have other states.
        parameters: the recipe.
        lite: item ids of the small split.
        files: name -> sha256.
        reduction: what the reduction of the tests came to, over all problems: inputs at hand, tests kept,
            sets in the covers, their lower bound, problems whose cover is proved to be the smallest
            (`exact`), branches and kills to cover (`requirements`), mutants run and killed.
        left_out: what the suite was to be built from and does not hold, with the reasons.
        origins: where problems come from -> their licence.
    """

    format: int
    name: str
    version: str
    description: str
    python: str
    split_rule: str
    parameters: dict[str, int | float | str]
    counts: dict[str, int]
    lite: tuple[str, ...]
    files: dict[str, str]
    reduction: dict[str, int] = Field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    origins: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Suite:
    """Problems, implementations, samples and probes, with the header that describes them.

    `retracted` has the items whose golds are withdrawn, with the reasons: they are there, but in no split.
    """

    header: SuiteHeader
    problems: tuple[Problem, ...]
    implementations: tuple[Implementation, ...]
    samples: tuple[Sample, ...]
    probes: tuple[Probe, ...]
    retracted: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        """Sha256 of the header, and through it of every file."""
        return sha256(_header_text(self.header))

    @cached_property
    def golds(self) -> Mapping[str, str]:
        """Item id -> gold literal."""
        golds = {sample.id: sample.gold for sample in self.samples}
        return MappingProxyType(golds | {probe.id: probe.gold for probe in self.probes})

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every sample and probe as an item: problem by problem, so that any first part has both."""
        programs = {program.id: program for program in self.implementations}
        problems = {problem.id: problem for problem in self.problems}
        items = []
        rows: tuple[Sample | Probe, ...] = (*self.samples, *self.probes)
        order = {name: place for place, name in enumerate(problems)}
        for row in sorted(rows, key=lambda row: order[row.problem]):
            entry_point = problems[row.problem].entry_point
            probe = row if isinstance(row, Probe) else None
            items.append(
                Item(
                    id=row.id,
                    kind="probe" if probe else "sample",
                    problem=row.problem,
                    implementation=row.implementation,
                    code=programs[row.implementation].code,
                    entry_point=entry_point,
                    input=row.input,
                    target=target(probe.query) if probe else f"{entry_point}({row.input})",
                    question=probe.question if probe else None,
                )
            )
        return tuple(items)

    def split(self, name: str) -> tuple[Item, ...]:
        """Return the items of a split that are not retracted; raises `CoreBenchError` for an unknown name."""
        return tuple(item for item in self.whole_split(name) if item.id not in self.retracted)

    def whole_split(self, name: str) -> tuple[Item, ...]:
        """Return the items of a split as it was built; raises `CoreBenchError` for an unknown name."""
        if name == "full":
            return self.items
        if name == "lite":
            lite = set(self.header.lite)
            return tuple(item for item in self.items if item.id in lite)
        if name in ("dev", "test"):
            inside = {problem.id for problem in self.problems if problem.split == name}
            return tuple(item for item in self.items if item.problem in inside)
        raise CoreBenchError(f"there is no split {name}", f"Known splits: {', '.join(SPLITS)}.")

    def require_python(self) -> None:
        """See that states derived here can be compared with those of the suite.

        Raises:
            CoreBenchError: the suite was built on another minor version of Python.
        """
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        if self.header.python != here:
            raise CoreBenchError(
                f"{self.header.name} was built on Python {self.header.python}, this is Python {here}: states "
                "between lines can differ",
                f"Run this command on Python {self.header.python}, or build the suite anew here.",
            )

    def save(self, folder: Path) -> None:
        """Write the suite; the header comes last, so that an interrupted write is noticed by its reader."""
        make_folder(folder)
        texts = file_texts(self.problems, self.implementations, self.samples, self.probes)
        for name, text in texts.items():
            write_text(folder / name, text)
        write_text(folder / "suite.json", _header_text(self.header))
        rows = [Retraction(item=item, reason=reason) for item, reason in self.retracted.items()]
        write_retractions(folder, retractions_of(self.header.name, self.hash, rows))


def file_texts(
    problems: tuple[Problem, ...],
    implementations: tuple[Implementation, ...],
    samples: tuple[Sample, ...],
    probes: tuple[Probe, ...],
) -> dict[str, str]:
    """Return file name -> the text that a suite of these parts has on disk."""
    parts: dict[str, tuple[Record, ...]] = {
        "problems.jsonl": problems,
        "implementations.jsonl": implementations,
        "samples.jsonl": samples,
        "probes.jsonl": probes,
    }
    return {name: "".join(map(dump_row, rows)) for name, rows in parts.items()}


def sha256(text: str) -> str:
    """Return the hash that suite headers record for a file's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def load_suite(name_or_path: str) -> Suite:
    """Load a suite by the name of a shipped one or by the path of its folder.

    Raises:
        CoreBenchError: there is none, a line is broken (file and line number are named), or a file does
            not have the hash that `suite.json` records, or its list of retractions is not its own.
    """
    folder = suite_folder(name_or_path)
    path = folder / "suite.json"
    try:
        header = SuiteHeader.model_validate_json(read_text(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise CoreBenchError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if header.format not in _READABLE:
        raise CoreBenchError(f"{path} has format {header.format}; this version reads up to format {FORMAT}")

    def rows(file: str, kind: type[Row]) -> tuple[Row, ...]:
        text = read_text(folder / file)
        parsed = parse_rows(text, kind, folder / file)
        if sha256(text) != header.files.get(file):
            raise CoreBenchError(
                f"{folder / file} was changed after the suite was built: its hash is not the recorded one",
                "Scores on an edited suite mean nothing. Build it anew with: core-bench suite build",
            )
        return tuple(parsed)

    suite = Suite(
        header,
        rows("problems.jsonl", Problem),
        rows("implementations.jsonl", Implementation),
        rows("samples.jsonl", Sample),
        rows("probes.jsonl", Probe),
    )
    return replace(suite, retracted=read_retractions(folder, suite.hash))


def known_suites() -> list[str]:
    """Return the names of the shipped suites."""
    return sorted(path.parent.name for path in (data_folder() / "suites").glob("*/suite.json"))


def suite_folder(name_or_path: str) -> Path:
    """Return the folder of a shipped suite, or the path itself; raises `CoreBenchError` if it is no suite."""
    if name_or_path in known_suites():
        return data_folder() / "suites" / name_or_path
    folder = Path(name_or_path)
    if (folder / "suite.json").is_file():
        return folder
    if folder.is_dir():
        raise CoreBenchError(f"{folder} is no suite: it holds no suite.json")
    raise CoreBenchError(
        f"there is no suite {name_or_path}",
        f"Known suites: {', '.join(known_suites())}; or give the path of a suite's folder.",
    )


def _header_text(header: SuiteHeader) -> str:
    # Without what is None: fields of later formats must not change the hash of a suite that lacks them.
    return header.model_dump_json(indent=1, exclude_none=True) + "\n"
