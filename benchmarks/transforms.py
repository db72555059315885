"""Fires every transform on every program at hand and runs what comes out; prints the table of the docs.

    python -m benchmarks.transforms [--transform NAME ...] [--family NAME] [--after NAME ...] [--sites]
        [--write docs/variants.md] [--rows FILE]

A program counts as fired on where the transform has a site. Rewritten at all of its sites at once (with
--sites: also at each alone, with drawn parameters), HumanEval's programs must pass HumanEval's own checks,
CRUXEval's must give CRUXEval's outputs, and ours must do on their inputs what they did before.

With --after, every program is first rewritten by those transforms where they fire: what the inverse of a
transform finds to undo, people's own programs may not have.

The table goes between two marks in the file of --write. With --rows each transform's row is kept in a file as
soon as it is there, and a later call with the same file measures only what is missing.
"""

import argparse
import ast
import json
import random
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import get_args

import tracer
from benchmarks.marked import put
from benchmarks.programs import data_folder
from core_bench.suites.problems import program_files
from variants import TRANSFORMS, Program, Similarity, Transform, similarity
from variants.calls import keywords_of
from variants.transform import Family

_ROOT = Path(__file__).resolve().parent.parent
_LEAST = 10


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
    tokenize: float = 0.0
    word: float = 0.0
    nodes: float = 0.0
    seconds: float = 0.0

    def add(self, like: Similarity) -> None:
        """Count a program on which it fired."""
        self.fired += 1
        self.tokenize += like.tokenize
        self.word += like.word
        self.nodes += like.nodes


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


def measured(transform: Transform, every: list[Task], expected: dict, options: argparse.Namespace) -> Row:
    """Fire one transform on every program and run what comes out."""
    row = Row()
    for task in every:
        rng = random.Random(0)
        start = time.process_time()
        text = rewritten(transform, task, rng)
        row.seconds += time.process_time() - start
        if text is None:
            continue
        row.add(similarity(task.code, text))
        if row.fired <= options.show:
            print(f"--- {task.name}\n{text}")
        texts = {text, *alone(transform, task, rng)} if options.sites else {text}
        for one in sorted(texts):
            row.texts += 1
            if task.outcomes(one) != expected[task.name]:
                row.wrong.append(f"{task.name}:\n{one}")
    return row


def table(rows: dict[str, Row], programs: int) -> str:
    """Return the rows as a Markdown table, families together."""
    lines = [
        f"{programs} programs: HumanEval, CRUXEval and our own problems. Tokens, words and nodes: Jaccard",
        "similarity to the original, in the mean over the programs on which the transform fires, all of its",
        "sites rewritten.",
        "",
        "| family | transform | fires on | share | passes | tokens | words | nodes | programs/s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in sorted(rows, key=lambda name: (TRANSFORMS[name].family, name)):
        row, family = rows[name], TRANSFORMS[name].family
        means = [
            f"{total / row.fired:.2f}" if row.fired else "" for total in (row.tokenize, row.word, row.nodes)
        ]
        passes = f"{row.texts - len(row.wrong)} of {row.texts}"
        cells = [family, f"`{name}`", str(row.fired), f"{row.fired / programs:.1%}", passes, *means]
        lines.append(f"| {' | '.join(cells)} | {programs / row.seconds:.0f} |")
    few = sorted(name for name, row in rows.items() if row.fired < _LEAST)
    wrong = sum(len(row.wrong) for row in rows.values())
    texts = sum(row.texts for row in rows.values())
    fires = f"{len(rows) - len(few)} of {len(rows)} transforms fire on {_LEAST} programs or more"
    rare = f" (not: {', '.join(few)})" if few else ""
    lines += ["", f"{fires}{rare}; {wrong} of {texts} texts are wrong."]
    return "\n".join(lines)


def main() -> int:
    """Print the table; exit with 1 where a rewritten program is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--transform", action="append", choices=sorted(TRANSFORMS), help="only this one")
    parser.add_argument("--family", choices=get_args(Family), help="only the transforms of this family")
    parser.add_argument("--after", action="append", choices=sorted(TRANSFORMS), default=[], help="first this")
    parser.add_argument("--sites", action="store_true", help="run each site alone too")
    parser.add_argument("--show", type=int, default=0, help="print that many rewritten programs")
    parser.add_argument("--write", type=Path, help="put the table between the marks of this file")
    parser.add_argument(
        "--rows", type=Path, help="file to keep rows in, and to take those that it holds from"
    )
    parser.add_argument("--data", type=Path, default=data_folder())
    options = parser.parse_args()
    every = list(tasks(options.data))
    expected: dict[str, list] = {}
    originals = {task.name: task for task in every}
    every = [prepared(task, options.after) for task in every]
    rows: dict[str, Row] = {}
    if options.rows and options.rows.exists():
        for line in options.rows.read_text().splitlines():
            kept = json.loads(line)
            if kept["name"] in TRANSFORMS and kept["how"] == [options.sites, options.after]:
                rows[kept["name"]] = Row(**kept["row"])
    for name in options.transform or sorted(TRANSFORMS):
        if name in rows or options.family not in {None, TRANSFORMS[name].family}:
            continue
        expected = expected or {name: task.outcomes(task.code) for name, task in originals.items()}
        row = rows[name] = measured(TRANSFORMS[name], every, expected, options)
        if options.rows:
            with options.rows.open("a") as file:
                file.write(
                    json.dumps({"name": name, "how": [options.sites, options.after], "row": asdict(row)})
                    + "\n"
                )
        for text in row.wrong[:3]:
            print(f"!!! {name} {text}", file=sys.stderr)
    text = table(rows, len(every))
    print(text)
    if options.write:
        put(text, options.write, "transforms")
    return 1 if any(row.wrong for row in rows.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
