"""Do the two observers agree? `python -m benchmarks.tracer_agreement` asks both every question there is.

Over our own problems, the HumanEval canonical solutions with all inputs of their tests, and CRUXEval, whose
published outputs are compared with what the traces say was returned. It prints, for each kind of query, how
many golds both gave and what was refused by which reason; the exit code is 1 where the observers differ.
"""

import contextlib
import io
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.programs import Case, all_cases, data_folder
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    Frame,
    Gold,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    Query,
    ReturnValue,
    SameObject,
    Trace,
    ValueAfter,
    ValueAtIteration,
    ValueAtLoopExit,
    ValueBefore,
    evaluate,
    literal,
    parse_literal,
)
from tracer.recorder import Recorder
from tracer.witness.capture import Capture
from tracer.witness.testimony import decode

FILENAME = "<program>"
MAX_EVENTS = 20_000  # the default limit of a recording
MAX_STEPS = 400  # of a frame that every question is asked about


def observed(case: Case) -> Trace:
    """Return the trace of a case, with what the second observer saw, made in this process."""
    recorder = Recorder(FILENAME, MAX_EVENTS, source=case.source)
    _watch(recorder, case, case.load(FILENAME))
    capture = Capture(case.source, FILENAME, MAX_EVENTS)
    namespace = {"__name__": "program"}
    exec(capture.code, namespace)
    _watch(capture, case, namespace[case.entry_point])
    return recorder.trace().with_second(decode(capture.report(), case.source))


def _watch(watcher, case: Case, function) -> None:
    args, kwargs = case.arguments()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception), watcher.watching():
        function(*args, **kwargs)


def queries(trace: Trace) -> Iterator[Query]:
    """Yield every question that can be asked about a run: each place of each call, each name, each kind."""
    for frame in trace.frames:
        if not frame.function.endswith(">"):
            yield from _of_call(frame)
            yield from _of_loops(frame)
            yield from _of_steps(frame)


def _of_call(frame: Frame) -> Iterator[Query]:
    place = frame.function, frame.call
    yield ReturnValue(*place)
    yield ExceptionType(*place)
    yield ExceptionLine(*place)
    names = dict.fromkeys([*frame.arguments, *frame.globals])
    for step in frame.steps[:MAX_STEPS]:
        names.update(dict.fromkeys(step.changed))
    for name in names:
        yield ArgumentValue(*place, name)
        for ordinal in range(1, 8):
            yield NthValue(*place, name, ordinal)
    lines = {step.line for step in frame.steps}
    for line in sorted({*lines, *(line + 1 for line in lines)}):
        yield LineExecuted(*place, line)
        yield LineCount(*place, line)


def _of_loops(frame: Frame) -> Iterator[Query]:
    for run in frame.loops[:MAX_STEPS]:
        where = frame.function, frame.call, run.line, run.entry
        yield LoopIterations(*where)
        for name in frame.before(len(frame.steps)):
            yield ValueAtLoopExit(*where, name)


def _of_steps(frame: Frame) -> Iterator[Query]:
    for index, step in enumerate(frame.steps[:MAX_STEPS]):
        where = frame.function, frame.call, step.line, step.occurrence
        yield ConditionOutcome(*where)
        yield NextLine(*where)
        after = frame.after(index)
        for name in frame.before(index):
            yield ValueBefore(*where, name)
        for name in after:
            yield ValueAfter(*where, name)
            yield ValueAtIteration(*where[:3], step.iterations, name)
        objects = list(frame.objects(index))
        for left, right in pairwise(objects):
            yield SameObject(*where, left, right)


def difference(left, right) -> str | None:
    """Return the first place where two traces differ."""
    if (len(left.frames), left.cut, left.stdout) != (len(right.frames), right.cut, right.stdout):
        return "frames, cut or output"
    for first, second in zip(left.frames, right.frames, strict=True):
        where = f"{first.function} call {first.call}"
        if (first.arguments, first.globals) != (second.arguments, second.globals):
            return f"{where}: arguments or globals"
        for index, (one, other) in enumerate(zip(first.steps, second.steps, strict=True)):
            if one != other:
                return f"{where}, step {index}: {one} != {other}"
        if first != second:
            return f"{where}: end"
    return None


def main() -> None:
    """Ask about everything at hand."""
    if not data_folder().is_dir():
        print(f"no public data at {data_folder()} (CORE_BENCH_DATA): only our own problems are asked about")
    golds, refused = Counter(), defaultdict(Counter)
    outputs, differ = Counter(), []
    calls = steps = 0
    started = time.process_time()
    for case in all_cases():
        trace = observed(case)
        calls, steps = calls + 1, steps + trace.step_count
        if case.output is not None:
            outputs[literal(parse_literal(case.output)) == trace.frames[0].returned] += 1
        for query in queries(trace):
            answer = evaluate(query, trace)
            if isinstance(answer, Gold):
                golds[query.kind] += 1
                continue
            refused[query.kind][answer.reason] += 1
            if answer.reason == "observers differ":
                differ.append((case, query, answer))
    for kind, count in sorted(golds.items()):
        reasons = ", ".join(f"{reason} {number}" for reason, number in refused[kind].most_common())
        print(f"{kind:20} {count:8} golds   refused: {reasons or 'none'}")
    for case, query, answer in differ[:20]:
        print(f"DIFFER {case.origin} {case.name} {case.inputs}: {query}: {answer.detail}")
    print(f"published outputs: {outputs[True]} reproduced from traces, {outputs[False]} not")
    print(
        f"{calls} calls, {steps} steps, {sum(golds.values())} golds, {len(differ)} times the observers differ"
    )
    print(f"{time.process_time() - started:.0f} s")
    sys.exit(bool(differ) or outputs[False] > 0)


if __name__ == "__main__":
    main()
