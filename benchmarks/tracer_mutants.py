"""Mutation of the tracer itself: do its own observers notice a fault in it, without the right answers?

    python -m benchmarks.tracer_mutants [--seed 0] [--count 80] [--module NAME] [--jobs 1] [--show]

A mutant is the tracer with one fault in one module, made by the operators of the variants' catalogue. Each is
installed in a folder of its own. There, in fresh processes (`benchmarks.mutant_suite`), it builds from the
programs of `benchmarks.mutant_programs` what `suite build` would choose from, and audits it: `record_calls`
and `observe_calls`, every question that the builder considers, every other question there is, and, where
nothing was noticed so far, all golds once more from calls under another hash seed. (The builder's choice and
its variants are left out: they only leave questions away.) No gold of the tracer as it is takes part. Then
the findings of both are compared, and a mutant is

- `caught` if its own build or audit noticed it. By disagreement: "observers differ" where the tracer as it is
  sees no such difference, a recorded, observed or witness's run that ended otherwise, another answer in the
  audit. Or by a crash: of an observer, of the build, a malformed report, no end;
- `survived` if nothing was noticed and some gold is another one, or is given where the tracer as it is
  refuses;
- `refuses more` if no gold is wrong, but some are missing, or refused for another reason, or a difference is
  gone (then it is the tracer as it is that has a fault): that is harmless;
- `no effect` if all golds and refusals are the same: equivalent on these programs. The diff is printed, so
  that one can see why.

The exit code is 1 where fewer than 95 % of those that were noticed or gave a wrong gold (`caught`,
`survived`) were caught by disagreement; a crash counts on neither side. Two more columns say how many are
caught if only the builder's own questions count, and how many that were noticed gave other wrong golds beside
(those of samples, say, which have one writer).
"""

import argparse
import ast
import difflib
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import starmap
from pathlib import Path
from types import CodeType

from benchmarks import mutant_suite
from benchmarks.mutant_programs import Subject, subjects
from benchmarks.mutant_suite import SEED, WORDS, Call, Findings
from core_bench.suites.views import Run
from tracer import is_marker
from variants.mutation import OPERATORS
from variants.mutation.places import Place, places

ROOT = Path(__file__).resolve().parent.parent
MODULES = (
    "recorder", "framelog", "assemble", "loops", "program", "snapshots", "packed", "values", "answers",
    "columns", "codes",
)  # fmt: skip
TIMEOUT = 120
AIM = 0.95

_CRASHES = (
    "crashes: ",
    "hangs: ",
    "timeout: ",
    "crashed: ",
    "bad_program: ",
    "is malformed: ",
    "cannot be watched",
)
_BESIDE = ("core_bench", "variants", "compress", "benchmarks")
_IN_WORDS = ("Refusal", "replace", "MalformedError", "ProgramError", "LiteralError", "OSError")


@dataclass(frozen=True)
class Mutant:
    """The tracer with one fault; `text` is the whole module in Python's normal form."""

    module: str
    operator: str
    line: int
    text: str

    def diff(self) -> str:
        """Return what is other than in the tracer as it is."""
        before = ast.unparse(ast.parse(source_of(self.module))).splitlines()
        rows = [*difflib.unified_diff(before, self.text.splitlines(), n=1, lineterm="")][2:]
        return "\n".join(rows)

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line} {self.operator}"


@dataclass
class Verdict:
    """What became of a mutant; `noticed` are the first signs, `by_builder` if its own questions show one."""

    mutant: Mutant
    verdict: str = "no effect"
    noticed: list[str] = field(default_factory=list)
    by_builder: bool = False
    wrong: list[str] = field(default_factory=list)
    less: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def column(self) -> str:
        """The verdict, and how it was come to."""
        if self.verdict != "caught":
            return self.verdict
        return (
            "crashes" if all(any(word in sign for word in _CRASHES) for sign in self.noticed) else "differs"
        )


def source_of(module: str) -> str:
    """Return the text of a module of the tracer."""
    return (ROOT / "tracer" / f"{module}.py").read_text(encoding="utf-8")


# Mutants


@cache
def mutants_of(module: str) -> tuple[Mutant, ...]:
    """Return every mutant of a module.

    Left out is what is no part of what a module does: imports, texts of errors and refusals, assertions (they
    hold), names of slots, aliases of types, members of protocols; and what compiles to the very same code.
    """
    tree = ast.parse(source_of(module))
    whole = ast.unparse(tree)
    shape = _shape(compile(whole, "", "exec"))
    left_out = set(map(id, _left_out(tree)))
    found: dict[str, Mutant] = {whole: Mutant(module, "", 0, whole)}
    for place in places(tree):
        if id(place.node) in left_out:
            continue
        for name, operator in OPERATORS.items():
            for node in operator(place):
                text = _with(tree, place, node)
                if text not in found and _shape_of(text) not in (None, shape):
                    found[text] = Mutant(module, name, place.line, text)
    del found[whole]
    return tuple(found.values())


def _left_out(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.Assert() | ast.Import() | ast.ImportFrom():
                yield from ast.walk(node)
            case ast.Raise():
                yield from _texts(node)
            case ast.Call(func=ast.Name(id=name)) if name in _IN_WORDS:
                yield from _texts(node)
            case ast.Assign(targets=[ast.Name(id="__slots__" | "__all__")]):
                yield from ast.walk(node)
            case ast.Assign(
                value=ast.Subscript(value=ast.Name(id="Literal" | "Callable" | "dict" | "tuple"))
            ):
                yield from ast.walk(node)
            case ast.ClassDef(bases=[ast.Name(id="Protocol")]):
                yield from ast.walk(node)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from ast.walk(node)


def _texts(node: ast.AST) -> Iterator[ast.AST]:
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and type(part.value) is str):
            yield from ast.walk(part)


def _with(tree: ast.Module, place: Place, node: ast.AST) -> str:
    place.put(node)
    try:
        return ast.unparse(ast.fix_missing_locations(tree))
    finally:
        place.put(place.node)


def _shape_of(text: str) -> tuple | None:
    try:
        return _shape(compile(text, "", "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return None


def _shape(code: CodeType) -> tuple:
    """Return what Python runs, without its lines."""
    constants = tuple(_shape(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts)
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_exceptiontable


def drawn(modules: Sequence[str], count: int, seed: int) -> list[Mutant]:
    """Draw mutants, as many of each module as of any other, and as many operators as there are."""
    rng = random.Random(seed)
    chosen: list[Mutant] = []
    for number, module in enumerate(modules):
        wanted = count // len(modules) + (number < count % len(modules))
        by_operator = defaultdict(list)
        for mutant in mutants_of(module):
            by_operator[mutant.operator].append(mutant)
        queues = list(by_operator.values())
        rng.shuffle(queues)
        for queue in queues:
            rng.shuffle(queue)
        taken: list[Mutant] = []
        while len(taken) < wanted and any(queues):
            taken += [queue.pop() for queue in queues if queue]
        chosen += taken[:wanted]
    return chosen


# What they do


class Trial:
    """Lets mutants build and audit, and judges them by what the tracer as it is does."""

    def __init__(self, asked: Sequence[Subject], timeout: float = TIMEOUT) -> None:
        self._subjects = asked
        self._timeout = timeout
        self._runs = [[*mutant_suite.runs(subject, SEED, inside=True)] for subject in asked]
        self._calls = [list(starmap(mutant_suite.built, row)) for row in self._runs]
        mutant_suite.audit(asked, self._calls)

    def known(self) -> list[str]:
        """Return what is noticed of the tracer as it is: it is none of a mutant's."""
        return [
            sign
            for row in self._calls
            for call in row
            for sign in (*_differences(call), *call.audited, *filter(None, [call.fault]))
        ]

    def golds(self) -> int:
        """Return how many golds there are to be wrong."""
        return sum(not reason for row in self._calls for call in row for reason, _ in call.answers.values())

    def judge(self, mutant: Mutant) -> Verdict:
        """Return what becomes of a mutant."""
        start = time.perf_counter()
        verdict = Verdict(mutant)
        with tempfile.TemporaryDirectory(prefix="mutant-") as name:
            folder = Path(name)
            _install(mutant, folder)
            for step in ("build", "audit"):
                found = self._findings(step, folder, verdict)
                if found is None:
                    break
                verdict = Verdict(mutant)
                self._compare(found, verdict)
                if verdict.noticed:
                    break
        if verdict.noticed:
            verdict.verdict = "caught"
        elif verdict.wrong:
            verdict.verdict = "survived"
        elif verdict.less:
            verdict.verdict = "refuses more"
        verdict.seconds = time.perf_counter() - start
        return verdict

    def _findings(self, step: str, folder: Path, verdict: Verdict) -> Findings | None:
        asked, answers = folder / "asked", folder / "answers"
        asked.write_bytes(pickle.dumps(self._subjects))
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.mutant_suite", step, str(asked), str(answers)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        try:
            _, errors = process.communicate(timeout=self._timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            verdict.noticed, verdict.by_builder = [f"hangs: no end within {self._timeout} s"], True
            return None
        if process.returncode:
            verdict.noticed = [f"crashes: {(errors.strip().splitlines() or ['killed'])[-1]}"]
            verdict.by_builder = True
            return None
        return pickle.loads(answers.read_bytes())

    def _compare(self, found: Findings, verdict: Verdict) -> None:
        for subject, row, before, runs in zip(self._subjects, found, self._calls, self._runs, strict=True):
            for text, call, right, (_, run) in zip(subject.inputs, row, before, runs, strict=True):
                self._compare_call(f"{subject.code}# f({text})", call, right, run, verdict)

    def _compare_call(self, what: str, call: Call, right: Call, run: Run | None, verdict: Verdict) -> None:
        if call.fault is not None and call.fault != right.fault:
            verdict.noticed.append(f"{what}: {call.fault}")
            verdict.by_builder = True
        for sign in call.audited:
            verdict.noticed.append(f"{what}: the audit: {sign}")
            verdict.by_builder = True
        for name, wanted in right.outcome.items() if call.fault is None else ():
            if (got := call.outcome[name]) != wanted:
                # A marker is no gold: the builder leaves such an input away.
                signs = verdict.less if got is not None and is_marker(str(got)) else verdict.wrong
                signs.append(f"{what}: the outcome's {name}: {got} instead of {wanted}")
        for query, (reason, text) in call.answers.items():
            expected = right.answers.get(query)
            if expected is None:
                # The mutant thinks of other questions.
                expected = ("no trace", "") if run is None else mutant_suite.said(query, run)
            if reason == WORDS != expected[0]:
                verdict.noticed.append(f"{what}: {query}: {text}")
                verdict.by_builder |= query in call.considered
            elif not reason and expected[0] == WORDS:
                # The other observer is the same as before: what both say now, it said before.
                verdict.less.append(f"{what}: {query}: {text}, and no difference any more: {expected[1]}")
            elif not reason and expected != (reason, text):
                shown = expected[1] if not expected[0] else f"{expected[0]}: {expected[1]}"
                verdict.wrong.append(f"{what}: {query}: {text} instead of {shown}")
            elif reason != expected[0]:
                verdict.less.append(f"{what}: {query}: {reason} ({text}) instead of {expected}")
        for query, (reason, text) in right.answers.items():
            if not reason and query not in call.answers:
                verdict.less.append(f"{what}: {query} is not asked, {text}")


def _differences(call: Call) -> Iterator[str]:
    return (f"{query}: {text}" for query, (reason, text) in call.answers.items() if reason == WORDS)


def _install(mutant: Mutant, folder: Path) -> None:
    shutil.copytree(ROOT / "tracer", folder / "tracer")
    (folder / "tracer" / f"{mutant.module}.py").write_text(mutant.text, encoding="utf-8")
    for name in _BESIDE:
        (folder / name).symlink_to(ROOT / name)


# What is printed


def table(verdicts: Sequence[Verdict], modules: Sequence[str]) -> str:
    """Return the counts by module."""
    kinds = ("differs", "crashes", "refuses more", "no effect", "survived")
    head = f"{'module':10} {'mutants':>8} " + " ".join(f"{kind:>13}" for kind in kinds)
    lines = [f"{head} {'by the builder':>15} {'wrong beside':>13}"]
    for name in (*modules, "all"):
        rows = [one for one in verdicts if name in ("all", one.mutant.module)]
        counts = Counter(one.column for one in rows)
        caught = [one for one in rows if one.verdict == "caught"]
        numbers = " ".join(f"{counts[kind]:13}" for kind in kinds)
        beside = sum(bool(one.wrong) for one in caught)
        lines.append(
            f"{name:10} {len(rows):8} {numbers} {sum(one.by_builder for one in caught):15} {beside:13}"
        )
    return "\n".join(lines)


def rates(verdicts: Sequence[Verdict]) -> tuple[float, str]:
    """Return the share of those that matter that is caught by disagreement, and all shares in words."""
    counts = Counter(one.column for one in verdicts)
    caught, survived, crashes = counts["differs"], counts["survived"], counts["crashes"]
    rate = caught / max(caught + survived, 1)
    builder = sum(one.by_builder for one in verdicts if one.column == "differs")
    return rate, (
        f"By disagreement {caught} of {caught + survived} are caught: {rate:.1%} (asked: {AIM:.0%}); "
        f"{(caught + crashes) / max(caught + crashes + survived, 1):.1%} with the {crashes} that crash.\n"
        f"By the builder's questions alone: {builder} of {caught + survived}."
    )


def explain(verdict: Verdict, show: bool) -> None:
    """Print the diff of a mutant that is not caught (or of any), and what was noticed or is wrong."""
    if show or verdict.verdict != "caught" or verdict.wrong:
        print("    " + verdict.mutant.diff().replace("\n", "\n    "))
    for name, signs in (("wrong", verdict.wrong), ("less", verdict.less), ("noticed", verdict.noticed)):
        if signs and (show or name == "wrong" or (name == "less" and verdict.verdict == "refuses more")):
            print(f"    {name}: {len(signs)}, such as")
            for sign in signs[:3]:
                print("    > " + sign[-600:].replace("\n", "\n      "), flush=True)


def main() -> int:
    """Draw mutants, try them, print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0, help="decides which mutants are drawn")
    parser.add_argument("--count", type=int, default=80, help="how many, over all modules")
    parser.add_argument("--module", action="append", choices=MODULES, help="only of this module")
    parser.add_argument("--jobs", type=int, default=1, help="mutants that are tried at once")
    parser.add_argument("--show", action="store_true", help="print the diffs of those that are caught, too")
    options = parser.parse_args()
    modules = options.module or MODULES
    trial = Trial(list(subjects()))
    known = trial.known()
    print(f"{trial.golds()} golds without a mutant; noticed of the tracer as it is: {len(known)}", flush=True)
    chosen = drawn(modules, options.count, options.seed)
    verdicts: list[Verdict] = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for verdict in pool.map(trial.judge, chosen):
            verdicts.append(verdict)
            sign = verdict.noticed[0].splitlines()[-1][-150:] if verdict.noticed else ""
            shown = f"{len(verdicts):3} {verdict.verdict:13} {verdict.seconds:4.0f} s {verdict.mutant}"
            print(f"{shown}: {sign}", flush=True)
            explain(verdict, options.show)
    rate, words = rates(verdicts)
    print(f"\n{table(verdicts, modules)}\n\n{words}")
    return 0 if rate >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
