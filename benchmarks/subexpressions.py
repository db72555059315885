"""Does an instrumented run do what the plain one does, and does it tell the truth? One command:

    python benchmarks/subexpressions.py [--sample N] [--seed S]

Over CRUXEval, the canonical solutions of HumanEval with the inputs of their tests, and data/problems, it
counts differences in outcome, disagreements with the line tracer, and disagreements with a copy of the
program that prints the expression (`printing_oracle.py`). All three must be 0.
"""

import argparse
import io
import itertools
import json
import os
import random
import re
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import printing_oracle

import tracer
from core_bench.suites.problems import program_files
from tracer import Gold, Refusal
from tracer.expression_queries import ExpressionQuery, ExpressionValue, OperandOutcome
from tracer.observation import Observation
from tracer.observer import Observer
from tracer.subexpressions import Disagreement, compare_branches, evaluate_expression

_ROOT = Path(__file__).resolve().parent.parent
_DATA = Path(os.environ.get("CORE_BENCH_DATA", _ROOT.parent / "shared" / "data"))
_INPUTS = 12  # of a program's test inputs


@dataclass(frozen=True, slots=True)
class Case:
    """A program with the inputs to call it on."""

    name: str
    code: str
    entry_point: str
    inputs: tuple[str, ...]


def cruxeval(folder: Path = _DATA) -> Iterator[Case]:
    """Yield the programs of CRUXEval whose input is a literal."""
    for line in (folder / "cruxeval.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        with suppress(tracer.InputError):
            tracer.parse_arguments(row["input"])
            yield Case(row["id"], row["code"], "f", (row["input"],))


def humaneval(folder: Path = _DATA) -> Iterator[Case]:
    """Yield the canonical solutions of HumanEval with the arguments that their tests call them with."""
    for line in (folder / "humaneval.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        code = row["prompt"] + row["canonical_solution"]
        inputs = _captured(code, row["entry_point"], row["test"])
        if inputs:
            yield Case(row["task_id"], code, row["entry_point"], inputs)


def own_problems(folder: Path = _ROOT / "data" / "problems") -> Iterator[Case]:
    """Yield every implementation of our own problems."""
    for place in sorted(path.parent for path in folder.glob("*/problem.toml")):
        problem = tomllib.loads((place / "problem.toml").read_text(encoding="utf-8"))
        for name, path in program_files(place).items():
            code = path.read_text(encoding="utf-8")
            yield Case(f"{place.name}/{name}", code, problem["entry_point"], tuple(problem["inputs"]))


def _captured(code: str, entry_point: str, test: str) -> tuple[str, ...]:
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(f"{code}\n{test}", "<test>", "exec"), namespace)
    inputs: dict[str, None] = {}

    def candidate(*arguments: object) -> object:
        texts = [tracer.literal(argument) for argument in arguments]
        if not any(map(tracer.is_marker, texts)):
            inputs.setdefault(", ".join(texts))
        return namespace[entry_point](*arguments)

    namespace["check"](candidate)
    return tuple(inputs)[:_INPUTS]


def outcome(
    code: Any, entry_point: str, text: str, watching: Callable[[], Any]
) -> tuple[dict[str, str], float]:
    """Run a compiled program on an input; return all that a caller can see, and the seconds of the call."""
    namespace: dict[str, Any] = {"__name__": "program"}
    arguments = tracer.parse_arguments(text)
    out = io.StringIO()
    seen = {}
    with redirect_stdout(out):
        exec(code, namespace)
        started = time.perf_counter()
        with watching():
            try:
                value = namespace[entry_point](*arguments.positional, **arguments.keyword)
                seen = {"value": tracer.literal(value), "type": type(value).__name__}
            except Exception as error:
                seen = {"exception": type(error).__name__, "message": str(error)}
        seconds = time.perf_counter() - started
    return {**seen, "arguments": tracer.literal(arguments.values()), "stdout": out.getvalue()}, seconds


def _traces(case: Case) -> list[tracer.Trace | None]:
    """Run the line tracer in this process: starting one for each program would take most of the time."""
    traces: list[tracer.Trace | None] = []
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
        file.write(case.code)
        file.flush()
        code = compile(case.code, file.name, "exec", dont_inherit=True)
        for text in case.inputs:
            namespace: dict[str, Any] = {"__name__": "program"}
            arguments = tracer.parse_arguments(text)
            with redirect_stdout(io.StringIO()):
                exec(code, namespace)
                function = namespace[case.entry_point]
                try:
                    traces.append(tracer.record(function, *arguments.positional, **arguments.keyword))
                except ValueError:  # from `assemble`, for a frame that begins where the recorder is cut
                    traces.append(None)
    return traces


def compare(case: Case, counts: Counter[str], seconds: Counter[str]) -> tuple[list[Observation], list[str]]:
    """Run a program plainly and instrumented on its inputs; return the observations and what differs."""
    plain_code = compile(case.code, "<program>", "exec", dont_inherit=True)
    observations, differences = [], []
    for text, trace in zip(case.inputs, _traces(case), strict=True):
        plain, plain_s = outcome(plain_code, case.entry_point, text, suppress)
        observer = Observer(case.code)
        observed, observed_s = outcome(observer.code, case.entry_point, text, observer.watching)
        if plain != observed:
            differences.append(f"outcome of {case.name} on ({text}): {plain} but {observed}")
        observation = observer.observation()
        observations.append(observation)
        disagreements: list[Disagreement] = []
        if trace is not None and trace.cut is None and observation.cut is None:
            disagreements = compare_branches(trace, observation)
            counts["compared traces"] += 1
            counts["branches"] += sum(step.branch is not None for f in trace.frames for step in f.steps)
            counts["loop runs"] += sum(len(frame.loops) for frame in trace.frames)
        differences.extend(f"{case.name} on ({text}): {one}" for one in disagreements)
        counts["runs"] += 1
        counts["cut"] += observation.cut is not None
        counts["outcome differences"] += plain != observed
        counts["disagreements"] += len(disagreements)
        counts["values"] += sum(len(one) for f in observation.frames for one in f.values.values())
        counts["outcomes"] += sum(len(one) for f in observation.frames for one in f.outcomes.values())
        seconds["plain"] += plain_s
        seconds["observed"] += observed_s
    counts["programs"] += 1
    return observations, differences


def against_prints(
    case: Case, observations: list[Observation], share: float, counts: Counter[str], random_: random.Random
) -> list[str]:
    """Compare a share of a program's expressions with a copy that prints them; return what differs."""
    differences = []
    for probe in printing_oracle.probes(case.code):
        for text, observation in zip(case.inputs, observations, strict=True):
            if observation.cut is not None or (probe.kind == "value" and random_.random() >= share):
                continue
            shown = printing_oracle.printed(case.code, probe, case.entry_point, text)
            told = _told(observation, probe)
            if not shown:
                continue  # not executed
            if any(map(tracer.is_marker, [*shown, *told])):
                counts["refused"] += 1
                continue
            counts[probe.kind] += 1
            counts["prints"] += len(shown)
            if probe.kind in ("operands", "filter"):
                counts["operand outcomes"] += sum(len(re.findall("True|False", one)) for one in told)
            if not _same(shown, told, probe, observation):
                differences.append(f"{case.name} on ({text}): {probe} printed {shown}, observed {told}")
    return differences


def _told(observation: Observation, probe: printing_oracle.Probe) -> list[str]:
    """Ask the observation what the probe prints, for each execution of the statement in each call."""
    sites = observation.sites
    told = []
    for number, expression in enumerate(sites.expressions):
        if (expression.start, expression.end) != (probe.start, probe.end) or (
            probe.kind in ("operands", "filter") and expression.operands is None
        ):
            continue
        statement = sites.statements[expression.statement]
        place = 1 + sites.places(expression.text, expression.statement).index(number)
        for frame in observation.frames:
            for execution in range(1, frame.executions.get(expression.statement, 0) + 1):
                query = ExpressionValue(
                    frame.function, frame.call, statement.line, execution, expression.text, 1, place
                )
                told += _answers(query, probe.kind, expression.operands or 0, observation)
    return told


def _answers(query: ExpressionValue, kind: str, operands: int, observation: Observation) -> list[str]:
    if kind == "value":
        return list(_until_not_evaluated(query, observation))
    if kind == "element":
        return [f"[{', '.join(_until_not_evaluated(query, observation))}]"]
    shared = [query.function, query.call, query.line, query.occurrence, query.expression]
    whole, *parts = (
        list(_until_not_evaluated(OperandOutcome(*shared, operand, 1, query.place), observation))
        for operand in range(operands + 1)
    )
    if "<ambiguous>" in whole:
        return ["<ambiguous>"]  # several statements on the line
    if kind == "filter":
        return [f"[{', '.join(whole)}]"]
    return [f"({', '.join([whole[0], *(part[0] if part else 'None' for part in parts)])})"] if whole else []


def _until_not_evaluated(query: ExpressionQuery, observation: Observation) -> Iterator[str]:
    for evaluation in itertools.count(1):
        answer = evaluate_expression(replace(query, evaluation=evaluation), observation, observers=1)
        if isinstance(answer, Refusal) and answer.reason not in ("opaque", "truncated", "ambiguous"):
            return
        yield answer.literal if isinstance(answer, Gold) else f"<{answer.reason}>"
        if isinstance(answer, Refusal) and answer.reason == "ambiguous":
            return


def _same(shown: list[str], told: list[str], probe: printing_oracle.Probe, observation: Observation) -> bool:
    if len({(frame.function) for frame in observation.frames}) < len(observation.frames):
        shown, told = sorted(shown), sorted(told)  # calls of one function may be nested in one another
    if probe.kind in ("value", "operands"):
        return shown == told
    # An execution without any evaluation tells nothing, and a generator may be left before its end.
    shown, told = [one for one in shown if one != "[]"], [one for one in told if one != "[]"]
    return len(shown) == len(told) and all(
        one.startswith(other[:-1]) for one, other in zip(shown, told, strict=True)
    )


def main() -> int:
    """Run everything and print the table; the exit code is 1 if anything differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=9_000, help="about how many values to print")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    corpora = {"CRUXEval": cruxeval, "HumanEval": humaneval, "data/problems": own_problems}
    failed = False
    for name, corpus in corpora.items():
        counts, seconds, prints = Counter[str](), Counter[str](), Counter[str]()
        differences = []
        cases = list(corpus())
        places = sum(len(printing_oracle.probes(case.code)) * len(case.inputs) for case in cases)
        share = options.sample / len(corpora) / max(places, 1)
        for case in cases:
            observations, found = compare(case, counts, seconds)
            differences += found
            differences += against_prints(case, observations, share, prints, random_)
        print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
        print(f"  slowdown x{seconds['observed'] / seconds['plain']:.0f}")
        asked = sum(prints[kind] for kind in ("value", "operands", "filter", "element"))
        print(f"  printing oracle: {asked} cases ({dict(prints)})")
        print(f"  differences: {len(differences)}")
        for difference in differences[:20]:
            print("   ", difference)
        failed = failed or bool(differences)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
