"""Do both observers of sub-expressions agree? `python -m benchmarks.expression_agreement [--most N]`.

Over our own problems, the HumanEval canonical solutions and CRUXEval, both are asked for every evaluation
that the first one lists, and for every outcome of every operand. It prints what both say alike, what the
second cannot confirm and why, and what the second run costs; the exit code is 1 where they differ.
"""

import argparse
import contextlib
import io
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.programs import Case, cruxeval, data_folder, humaneval, own
from tracer import ExpressionQuery, ExpressionValue, Gold, Observation, OperandOutcome, evaluate_expression
from tracer.instrument import instrument
from tracer.observation_wire import decode_observation
from tracer.observer import Observer
from tracer.subexpressions import observed_answer
from tracer.witness.expression_capture import ExpressionCapture
from tracer.witness.expression_testimony import decode

MAX_EVENTS = 20_000  # the default limit of an observation


@dataclass(slots=True)
class Told:
    """What was counted.

    Attributes:
        golds: what both say, by kind of query.
        unconfirmed: reasons for which the second does not confirm a gold of the first.
        differing: where they differ.
        seconds: of loading and calling, plainly and under each observer.
    """

    golds: Counter[str] = field(default_factory=Counter)
    unconfirmed: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    cut: int = 0

    @property
    def share(self) -> float:
        """Share of the first observer's golds that the second cannot confirm."""
        lost = self.unconfirmed.total()
        return lost / max(1, lost + self.golds.total() + len(self.differing))


def observed(case: Case, seconds: Counter[str] | None = None) -> Observation:
    """Return what both observers saw of a case, in this process."""
    seconds = Counter() if seconds is None else seconds
    _watch("plain", case, None, seconds)
    first = _watch("first", case, Observer, seconds)
    second = _watch("second", case, ExpressionCapture, seconds)
    observation = decode_observation(memoryview(first), case.source, MAX_EVENTS)
    testimony = decode(second, case.source)
    if testimony.cut is not None:
        return observation.without_second(testimony.cut)
    return observation.with_second(testimony)


def _watch(name: str, case: Case, kind, seconds: Counter[str]) -> bytes:
    args, kwargs = case.arguments()
    instrument.cache_clear()  # each run has a process of its own, as a rule
    started = time.process_time()
    watcher = kind(case.source, "<program>", MAX_EVENTS) if kind else None
    scope = {"__name__": "program"}
    exec(watcher.code if watcher else compile(case.source, "<program>", "exec"), scope)
    watching = watcher.watching() if watcher else contextlib.nullcontext()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception, SystemExit), watching:
        scope[case.entry_point](*args, **kwargs)
    report = watcher.report() if watcher else b""
    seconds[name] += time.process_time() - started
    return report


def queries(observation: Observation) -> Iterator[ExpressionQuery]:
    """Yield a query for every evaluation that the first observer lists, and for every operand's outcome."""
    sites = observation.sites
    places = {}
    for number, expression in enumerate(sites.expressions):
        alike = sites.places(expression.text, expression.statement)
        places[number] = 1 + alike.index(number)
    for frame in observation.frames:
        for kind, listed in ((ExpressionValue, frame.values), (OperandOutcome, frame.outcomes)):
            for (number, occurrence), evaluations in listed.items():
                one = sites.expressions[number]
                where = frame.function, frame.call, sites.statements[one.statement].line, occurrence, one.text
                operands = range((one.operands or 0) + 1) if kind is OperandOutcome else (None,)
                for evaluation in range(1, len(evaluations) + 1):
                    for operand in operands:
                        more = () if operand is None else (operand,)
                        yield kind(*where, *more, evaluation=evaluation, place=places[number])


def ask(case: Case, told: Told, most: int, random_: random.Random) -> None:
    """Ask both observers about a case, at most `most` questions."""
    observation = observed(case, told.seconds)
    told.runs += 1
    if observation.cut is not None:
        told.cut += 1
        return
    asked = list(queries(observation))
    for query in asked if len(asked) <= most else random_.sample(asked, most):
        answer = evaluate_expression(query, observation)
        if isinstance(answer, Gold):
            told.golds[query.kind] += 1
        elif answer.reason == "observers differ":
            told.differing.append(f"{case.origin} {case.name} {case.inputs}: {query}: {answer.detail}")
        elif isinstance(observed_answer(query, observation), Gold):
            told.unconfirmed[answer.detail] += 1


def ask_all(cases: Iterable[Case], most: int = 2_000, seed: int = 0) -> Told:
    """Ask about several cases."""
    told, random_ = Told(), random.Random(seed)
    for case in cases:
        ask(case, told, most, random_)
    return told


def main() -> int:
    """Ask about everything at hand."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=2_000, help="questions about one call (default: 2000)")
    most = parser.parse_args().most
    corpora = {"data/problems": own}
    if data_folder().is_dir():
        corpora |= {"HumanEval": humaneval, "CRUXEval": cruxeval}
    else:
        print(f"no public data at {data_folder()} (CORE_BENCH_DATA): only our own problems are asked about")
    failed = False
    for name, cases in corpora.items():
        told = ask_all(cases(), most)
        print(
            f"{name}: {told.runs} runs, {told.cut} of them cut; golds of both observers: {dict(told.golds)}"
        )
        print(f"  differ: {len(told.differing)}; unconfirmed: {told.unconfirmed.total()} ({told.share:.2%})")
        for reason, count in told.unconfirmed.most_common(8):
            print(f"    {count:6} {reason}")
        for difference in told.differing[:10]:
            print("   ", difference)
        first, second = told.seconds["first"], told.seconds["second"]
        print(
            f"  CPU: the second run takes {second / first:.2f} of the first ({second:.1f} s, {first:.1f} s)"
        )
        failed = failed or bool(told.differing)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
