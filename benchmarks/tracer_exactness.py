"""Delta recording equals full recording: `python benchmarks/tracer_exactness.py` compares them step for step.

Over our own problems, the HumanEval canonical solutions with all inputs of their tests, and CRUXEval, whose
published outputs are compared with what the traces say was returned. It prints how much was compared and
every mismatch; the exit code is 1 if there is any.
"""

import contextlib
import io
import sys
import time
from collections import Counter

from benchmarks.programs import Case, all_cases, data_folder
from tracer import literal, parse_literal
from tracer.recorder import Recorder

FILENAME = "<program>"
MAX_EVENTS = 20_000  # the default limit of a recording


def recorded(case: Case, *, compare_all: bool):
    """Return the trace of a case and how many snapshots it holds."""
    recorder = Recorder(FILENAME, MAX_EVENTS, source=case.source, compare_all=compare_all)
    function = case.load(FILENAME)
    args, kwargs = case.arguments()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception), recorder.watching():
        function(*args, **kwargs)
    return recorder.trace()


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
        if list(aliases(first)) != list(aliases(second)):
            return f"{where}: aliasing"
    return None


def aliases(frame):
    """Yield, wherever it changes, which names stand for one object."""
    columns = frame.columns
    state = {}
    parts = [columns.globals, columns.arguments]
    for index in range(len(columns)):
        parts += [columns.changes(index), columns.rebound(index), columns.resumed.get(index, {})]
    for part in parts:
        before = dict(state)
        for name, value in part.items():
            state[name] = value[0] if type(value) is tuple else None
        if state != before:
            groups = {}
            for name in sorted(state):
                if state[name] is not None:
                    groups.setdefault(state[name], []).append(name)
            yield sorted(group for group in groups.values() if len(group) > 1)


def main() -> None:
    """Compare everything at hand."""
    if not data_folder().is_dir():
        print(f"no public data at {data_folder()} (CORE_BENCH_DATA): only our own problems are compared")
    cases, steps, cut, mismatches = Counter(), Counter(), Counter(), 0
    outputs = Counter()
    started = time.process_time()
    for case in all_cases():
        delta, full = (recorded(case, compare_all=mode) for mode in (False, True))
        cases[case.origin] += 1
        steps[case.origin] += delta.step_count
        cut[case.origin] += delta.cut is not None
        if case.output is not None:
            outputs[literal(parse_literal(case.output)) == delta.frames[0].returned] += 1
        found = difference(delta, full)
        if found:
            mismatches += 1
            print(f"MISMATCH {case.origin} {case.name}: {found}")
    for origin, count in cases.items():
        print(f"{origin:10} {count:6} calls {steps[origin]:9} steps, {cut[origin]} calls cut")
    print(f"published outputs: {outputs[True]} reproduced from traces, {outputs[False]} not")
    print(f"{mismatches} mismatches ({time.process_time() - started:.0f} s)")
    sys.exit(mismatches > 0 or outputs[False] > 0)


if __name__ == "__main__":
    main()
