"""How many mutants the equivalence check catches, by operator; prints the table and every survivor.

    python -m benchmarks.variants_mutants [--rows FILE] [--shard 1/2] [--deep 5] [--write docs/variants.md]

Each mutant (`variants.mutants`) of HumanEval's 164 canonical solutions is compared with the solution as a
variant would be: on the inputs of HumanEval's check and on 50 that are drawn from them. What survives is
compared again: by Python's own code for it, then on a few thousand more inputs, drawn and enumerated. One
of these that tells the two apart shows that the check's inputs were too weak; where none does, the mutant
counts as equivalent, and with --deep CrossHair looks for a counterexample, too.

With --rows each program's result is written to a file as soon as it is there, and a later call with the same
file goes on where it stopped.
"""

import argparse
import collections
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import tracer
from benchmarks.marked import put
from benchmarks.programs import data_folder, humaneval
from benchmarks.small_inputs import small_inputs
from variants import ProgramError, deep_check, mutants
from variants.budget import EXCEEDED, with_budget
from variants.calls import argument_text, read_tests
from variants.equivalence import Reference, compare
from variants.inputs import extend_inputs
from variants.references import proven_reference

_MORE_DRAWN = 1_000
_MOST_ENUMERATED = 3_000
#: A mutant that does not end costs this much; its programs need milliseconds.
_LIMITS = tracer.Limits(cpu_s=1, wall_s=60)
_AIM = 0.95


def programs(every: int, shard: tuple[int, int]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield name, text, entry point and the inputs of the check of HumanEval's programs."""
    cases = collections.defaultdict(list)
    for case in humaneval():
        cases[case.name].append(case)
    names = list(cases)[::every]
    random.Random(0).shuffle(names)  # so that the first rows are a sample of all
    for name in names[shard[0] - 1 :: shard[1]]:
        texts = []
        for case in cases[name]:
            try:
                text = argument_text(*case.inputs)
                tracer.parse_arguments(text)
            except ValueError:  # too long, or no literal
                continue
            texts.append(text)
        if texts:
            first = cases[name][0]
            yield name, first.source, first.entry_point, list(dict.fromkeys(texts))


def measured(name: str, code: str, entry_point: str, inputs: list[str], most: int, deep: float) -> dict:
    """Compare every mutant of one program, and look longer at those that survive."""
    start = time.perf_counter()
    reference = _reference(code, entry_point, inputs)
    row = {"task": name, "inputs": 0, "mutants": [], "failed": None}
    if isinstance(reference, str):
        return {**row, "failed": reference}
    found = mutants(code, entry_point)
    if most and len(found) > most:
        found = sorted(random.Random(name).sample(found, most), key=lambda mutant: mutant.line)
    survivors = []
    for mutant in found:
        verdict = reference.check(mutant.code)
        one = {"operator": mutant.operator, "line": mutant.line, "reason": verdict.reason}
        row["mutants"].append(one)
        row["inputs"] = max(row["inputs"], verdict.inputs)
        if verdict.equivalent:
            survivors.append((one, mutant.code))
    if survivors:
        _look_longer(code, entry_point, inputs, survivors, deep)
    return {**row, "seconds": time.perf_counter() - start}


def _reference(code: str, entry_point: str, inputs: list[str]) -> Reference | str:
    """Return what to compare with; inputs on which the original itself cannot be compared are left out."""
    while inputs:
        try:
            return proven_reference(code, read_tests([f"{entry_point}({text})" for text in inputs]), _LIMITS)
        except ProgramError as error:
            failure = Reference(code, entry_point, inputs).failure()
            if failure is None:
                return str(error)
            inputs.remove(failure[0])
    return "no input gives a result that can be compared"


def _look_longer(
    code: str, entry_point: str, inputs: list[str], survivors: list[tuple[dict, str]], deep: float
) -> None:
    """Note for each survivor why it survived: `same code`, `weak inputs` or `no difference found`."""
    drawn = extend_inputs(code, entry_point, inputs, seed=1, count=_MORE_DRAWN).texts
    texts = list(dict.fromkeys([*drawn, *small_inputs(inputs, _MOST_ENUMERATED)]))
    limited, entry = with_budget(code, entry_point)
    lefts = tracer.run_calls(limited, entry, texts, limits=_LONG)
    for one, mutant in survivors:
        one["code"] = mutant
        if _shape(compile(mutant, "", "exec")) == _shape(compile(code, "", "exec")):
            one["why"] = "same code"
            continue
        told = _separating(code, mutant, entry_point, _runs(mutant, entry_point, texts, lefts))
        one["why"], one["input"], one["tried"] = (
            ("weak inputs", told, len(texts)) if told else ("no difference found", None, len(texts))
        )
        if told is None and deep:
            found = deep_check(code, mutant, entry_point, seconds=deep, inputs=inputs)
            one["deep"] = found.finding
            one["input"] = found.separating_input
            if found.separating_input is not None:
                one["why"] = "weak inputs"


_LONG = tracer.Limits(cpu_s=3, wall_s=60)
_BATCH = 200


def _runs(
    mutant: str, entry_point: str, texts: list[str], lefts: list[tracer.Outcome]
) -> Iterator[tuple[str, tracer.Outcome, tracer.Outcome]]:
    """Yield inputs with what the original and a mutant do with them; no more are run than are asked for."""
    limited, entry = with_budget(mutant, entry_point)
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        rights = tracer.run_calls(limited, entry, batch, limits=_LONG)
        yield from zip(batch, lefts[start : start + _BATCH], rights, strict=True)


def _separating(
    code: str, mutant: str, entry_point: str, runs: Iterator[tuple[str, tracer.Outcome, tracer.Outcome]]
) -> str | None:
    """Return the first input on which the outcomes differ; to take more steps alone is no difference."""
    slow = []
    for text, left, right in runs:
        if left.status not in {"returned", "raised"} or left.exception in {EXCEEDED, "RecursionError"}:
            continue
        if right.exception == EXCEEDED:
            slow.append(text)
        elif compare(left, right) not in {"same", "opaque"}:
            return text
    for text in slow[:3]:
        if not Reference(code, entry_point, [text]).check(mutant).equivalent:
            return text
    return None


def _shape(code: CodeType) -> tuple:
    """Return what Python runs, without lines and names of files."""
    constants = tuple(_shape(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts)
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_exceptiontable


def table(
    total: collections.Counter, caught: collections.Counter, why: dict[str, collections.Counter]
) -> str:
    """Return the counts by operator as a Markdown table."""
    lines = [
        "| operator | mutants | caught | same code | no difference found | inputs too weak | kill rate |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, count in [*sorted(total.items()), ("all", sum(total.values()))]:
        reasons = why[name] if name != "all" else sum(why.values(), collections.Counter())
        killed = caught[name] if name != "all" else sum(caught.values())
        rate = killed / max(killed + reasons["weak inputs"], 1)
        explained = [str(reasons[key]) for key in ("same code", "no difference found", "weak inputs")]
        shown = f"`{name}`" if name != "all" else name
        lines.append(f"| {' | '.join([shown, str(count), str(killed), *explained])} | {rate:.1%} |")
    return "\n".join(lines)


def summary(rows: list[dict], show: bool, write: Path | None) -> int:
    """Print the figures; return 1 where fewer are caught than asked for."""
    total, caught = collections.Counter(), collections.Counter()
    why = collections.defaultdict(collections.Counter)
    for row in rows:
        if row["failed"]:
            print(f"left out {row['task']}: {row['failed']}", file=sys.stderr)
        for one in row["mutants"]:
            total[one["operator"]] += 1
            if "why" in one:
                why[one["operator"]][one["why"]] += 1
            else:
                caught[one["operator"]] += 1
    text = table(total, caught, why)
    killed, weak = sum(caught.values()), sum(reasons["weak inputs"] for reasons in why.values())
    unproved = sum(reasons["no difference found"] for reasons in why.values())
    rate, least = killed / (killed + weak), killed / (killed + weak + unproved)
    text += (
        f"\n\n{len(rows)} programs, {sum(total.values())} mutants. Of those that some input tells apart "
        f"{rate:.2%} are caught (asked: {_AIM:.0%});\n"
        f"{least:.2%} if every survivor without a known difference were different."
    )
    print(text)
    if write:
        put(text, write, "mutants")
    deep = collections.Counter(one["deep"] for row in rows for one in row["mutants"] if one.get("deep"))
    if deep:
        print("CrossHair on the survivors:", dict(deep))
    for row in rows if show else ():
        for one in row["mutants"]:
            if one.get("why", "same code") != "same code":
                where = f"{row['task']}:{one['line']} {one['operator']}"
                print(f"--- {where}: {one['why']} ({one['input']})\n{one['code']}")
    return 0 if rate >= _AIM else 1


def main() -> int:
    """Compare the mutants of every program and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="only each so many-th program")
    parser.add_argument("--most", type=int, default=0, help="most mutants of a program, drawn [default: all]")
    parser.add_argument("--rows", type=Path, help="file to keep each program's result in, and to go on from")
    parser.add_argument("--shard", default="1/1", help="which part of the programs, such as 2/4")
    parser.add_argument("--deep", type=float, default=0, help="seconds for CrossHair on each survivor")
    parser.add_argument("--summary", action="store_true", help="only print what the file of --rows holds")
    parser.add_argument("--write", type=Path, help="put the table between the marks of this file")
    parser.add_argument("--show", action="store_true", help="print the survivors")
    options = parser.parse_args()
    rows = []
    if options.rows and options.rows.exists():
        rows = [json.loads(line) for line in options.rows.read_text().splitlines()]
    done = {row["task"] for row in rows}
    part, parts = map(int, options.shard.split("/"))
    for program in () if options.summary else programs(options.every, (part, parts)):
        if program[0] not in done:
            rows.append(measured(*program, options.most, options.deep))
            if options.rows:
                with options.rows.open("a") as file:
                    file.write(json.dumps(rows[-1]) + "\n")
    if not data_folder().is_dir():
        raise SystemExit(f"{data_folder()} is not there; set CORE_BENCH_DATA")
    return summary(rows, options.show, options.write)


if __name__ == "__main__":
    sys.exit(main())
