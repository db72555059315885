"""Fires every transform on every program at hand and runs what comes out; prints the table of the docs.

    python benchmarks/transforms.py [--transform NAME ...] [--family NAME] [--after NAME ...] [--sites]
        [--data ../shared/data]

A program counts as fired on where the transform has a site. Rewritten at all of its sites at once (with
--sites: also at each alone, with drawn parameters), HumanEval's programs must pass HumanEval's own checks,
CRUXEval's must give CRUXEval's outputs, and ours must do on their inputs what they did before. With --after,
every program is first rewritten by those transforms where they fire: what the inverse of a transform finds to
undo, people's own programs may not have.
"""

import argparse
import ast
import json
import random
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

import tracer
from core_bench.suites.problems import program_files
from variants import TRANSFORMS, Program, Transform, jaccard, tokens
from variants.calls import keywords_of
from variants.transform import Family

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Task:
    """A program, and what to run to see whether a rewritten one is right."""

    name: str
    code: str
    entry_point: str
    inputs: tuple[str, ...]
    suffix: str = ""
    keywords: frozenset[str] = frozenset()

    def outcomes(self, code: str) -> list[tuple[str | None, ...]]:
        """Return what the calls give, as comparable text."""
        found = tracer.run_calls(code + self.suffix, self.entry_point, list(self.inputs))
        return [(o.status, o.value, o.exception, o.arguments, o.stdout) for o in found]


def tasks(data: Path) -> Iterator[Task]:
    """Yield HumanEval's, CRUXEval's and our own programs."""
    for line in (data / "humaneval.jsonl").read_text().splitlines():
        row = json.loads(line)
        suffix = f"\n\n{row['test']}\n\n\ndef run_checks():\n    check({row['entry_point']})\n"
        yield Task(row["task_id"], row["prompt"] + row["canonical_solution"], "run_checks", ("",), suffix)
    for line in (data / "cruxeval.jsonl").read_text().splitlines():
        row = json.loads(line)
        call = ast.parse(f"f({row['input']})", mode="eval").body
        keywords = frozenset(word.arg for word in call.keywords)
        suffix = f"\n\ndef run_checks():\n    assert f({row['input']}) == {row['output']}\n"
        yield Task(row["id"], row["code"], "run_checks", ("",), suffix, keywords)
    for folder in sorted((_ROOT / "data" / "problems").iterdir()):
        problem = tomllib.loads((folder / "problem.toml").read_text())
        inputs = tuple(problem["inputs"])
        for path in program_files(folder).values():
            name = f"{folder.name}/{path.stem}"
            yield Task(name, path.read_text(), problem["entry_point"], inputs, keywords=keywords_of(inputs))


@dataclass(slots=True)
class Row:
    """What one transform did."""

    fired: int = 0
    texts: int = 0
    wrong: list[str] = field(default_factory=list)
    jaccard: float = 0.0
    seconds: float = 0.0


def rewritten(transform: Transform, task: Task, rng: random.Random) -> str | None:
    """Return the program rewritten at all sites, None where there is none."""
    program = Program(task.code)
    fired = False
    for site in reversed(transform.sites(program)):
        if site not in transform.sites(program):
            continue
        parameters = transform.choose(program, site, rng, task.keywords)
        if parameters is not None:
            program = Program(transform.apply(program, site, parameters).code)
            fired = True
    return program.code if fired else None


def prepared(task: Task, after: list[str]) -> Task:
    """Return the task with its program rewritten by the transforms that come first."""
    for name in after:
        task = replace(task, code=rewritten(TRANSFORMS[name], task, random.Random(0)) or task.code)
    return task


def alone(transform: Transform, task: Task, rng: random.Random) -> Iterator[str]:
    """Yield the program rewritten at each site alone."""
    program = Program(task.code)
    for site in transform.sites(program):
        parameters = transform.choose(program, site, rng, task.keywords)
        if parameters is not None:
            yield transform.apply(program, site, parameters).code


def main() -> int:
    """Print the table; exit with 1 where a rewritten program is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--transform", action="append", choices=sorted(TRANSFORMS), help="only this one")
    parser.add_argument("--family", choices=get_args(Family), help="only the transforms of this family")
    parser.add_argument("--after", action="append", choices=sorted(TRANSFORMS), default=[], help="first this")
    parser.add_argument("--sites", action="store_true", help="run each site alone too")
    parser.add_argument("--show", type=int, default=0, help="print that many rewritten programs")
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    every = list(tasks(options.data))
    expected: dict[str, list[tuple[str | None, ...]]] = {}
    originals = {task.name: task.code for task in every}
    every = [prepared(task, options.after) for task in every]
    print(f"{len(every)} programs")
    print("| transform | family | fires | texts | right | mean Jaccard | programs/s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    failures = 0
    for name in options.transform or sorted(TRANSFORMS):
        if options.family not in {None, TRANSFORMS[name].family}:
            continue
        row, transform = Row(), TRANSFORMS[name]
        for task in every:
            rng = random.Random(0)
            start = time.perf_counter()
            text = rewritten(transform, task, rng)
            row.seconds += time.perf_counter() - start
            if text is None:
                continue
            row.fired += 1
            row.jaccard += jaccard(tokens(task.code), tokens(text))
            if row.fired <= options.show:
                print(f"--- {task.name}\n{text}")
            texts = {text, *alone(transform, task, rng)} if options.sites else {text}
            if task.name not in expected:
                expected[task.name] = task.outcomes(originals[task.name])
            for one in sorted(texts):
                row.texts += 1
                if task.outcomes(one) != expected[task.name]:
                    row.wrong.append(f"{task.name}:\n{one}")
        failures += len(row.wrong)
        mean = row.jaccard / row.fired if row.fired else 0.0
        right = f"{row.texts - len(row.wrong)}"
        rate = len(every) / row.seconds
        print(
            f"| {name} | {transform.family} | {row.fired} | {row.texts} | {right} | {mean:.3f} | {rate:.0f} |"
        )
        for text in row.wrong[:3]:
            print(f"!!! {name} {text}", file=sys.stderr)
        sys.stdout.flush()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
