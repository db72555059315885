"""CRUXEval's outputs and REval's tasks derived again by queries: `python -m benchmarks.suite_rederive`.

CRUXEval: the answer of `return_value` on the trace of all 800 samples, beside the published output.
REval: for each (program, input, line, variable) of its tasks, coverage (`line_count`), state (`value_after`)
and path (`next_line`) for every execution of the line, beside a plain `sys.settrace` in this process that
shares nothing with our tracer; and the published outputs (`return_value`; for classes, what is compared).
REval publishes no answers for the first three: it derives them with a tracer of its own.

Every difference is printed. The exit code is 1 if there is one that is not explained below.
"""

import contextlib
import io
import json
import sys
import time
from collections import Counter

from benchmarks.programs import data_folder
from tracer import (
    ArgumentValue,
    Gold,
    Limits,
    LineCount,
    LiteralError,
    NextLine,
    Record,
    Refusal,
    ReturnValue,
    ValueAfter,
    analyse,
    comparison_key,
    evaluate,
    is_marker,
    literal,
    parse_literal,
    record_calls,
)

NAME = "<reval>"
LIMITS = Limits(cpu_s=60, wall_s=120.0, events=2_000_000)
EXPLAINED = {
    "endless": "the header of `while True` is no step of ours: the event there is only the jump back",
    "statement": "the line is inside a statement over several lines: our steps are whole statements",
}


def main() -> None:
    """Derive everything again."""
    if not data_folder().is_dir():
        print(f"no public data at {data_folder()} (CORE_BENCH_DATA)")
        sys.exit(2)
    started = time.process_time()
    unexplained = cruxeval() + reval()
    print(f"{unexplained} differences that are not explained ({time.process_time() - started:.0f} s)")
    sys.exit(unexplained > 0)


def rows(name: str) -> list[dict]:
    """Return the rows of a file of the public data."""
    return [json.loads(line) for line in (data_folder() / name).read_text().splitlines()]


def cruxeval() -> int:
    """Return how many outputs are not what the query gives."""
    same, wrong = 0, 0
    for row in rows("cruxeval.jsonl"):
        # Two inputs are expressions of the program's own; a function around the call takes them all.
        code = f"{row['code']}\n\n\ndef entry():\n    return f({row['input']})\n"
        [outcome] = record_calls(code, "entry", [""])
        answer = evaluate(ReturnValue("f", 1), outcome.trace)
        published = comparison_key(parse_literal(row["output"]))
        if isinstance(answer, Gold) and comparison_key(parse_literal(answer.literal)) == published:
            same += 1
        else:
            wrong += 1
            print(f"CRUXEval {row['id']}: {answer} instead of {row['output']}")
    print(f"CRUXEval: {same} of {same + wrong} outputs derived by return_value")
    return wrong


def reval() -> int:
    """Return how many answers differ from the plain execution, without an explanation."""
    programs = {row["task_id"]: row for row in rows("reval_data_part.jsonl")}
    agree, differ, explained = Counter(), Counter(), Counter()
    for row in rows("reval_tasks_part.jsonl"):
        program = programs[row["task_id"]]
        for asked in row["tasks"]:
            code, call = runnable(program, asked["input_idx"])
            [outcome] = record_calls(code, "entry", [""], limits=LIMITS)
            seen = plain(code)
            for kind, where, ours, theirs, line in answers(program, asked, outcome.trace, seen):
                if ours == theirs:
                    agree[kind] += 1
                    continue
                reason = explanation(code, line, theirs)
                (explained if reason else differ)[kind] += 1
                print(f"REval {row['task_id']} {call} {where}: {kind} {ours} and {theirs}; {reason or '?'}")
    for kind in ("coverage", "state", "path", "output"):
        total = agree[kind] + differ[kind] + explained[kind]
        print(f"REval {kind}: {agree[kind]} of {total} agree, {explained[kind]} differ as explained")
    return differ.total()


def runnable(program: dict, index: int) -> tuple[str, str]:
    """Return the program with a function `entry` that makes the call or runs the statements of an input."""
    text = program["inputs"][index]
    if program["test"] is None:
        call = f"{program['entry_point']}(*{text})"  # a tuple
        return f"{program['code']}\n\n\ndef entry():\n    return {call}\n", call
    body = "".join(f"    {line}\n" for line in text.splitlines() if line.strip())
    noted = "".join(
        f"\n\ndef {name}(got, expected=True):\n    return got\n"
        for name in ("assertEqual", "assertTrue", "assertFalse", "assertAlmostEqual")
    )
    return f"{program['code']}\n{noted}\n\ndef entry():\n{body}", text.splitlines()[0]


class Seen:
    """What a plain settrace saw: for each execution of a line, the state after it and the next line."""

    def __init__(self) -> None:
        self.executions: dict[int, list[tuple[dict, int | None]]] = {}
        self.returned: list[object] = []
        self.compared: list[tuple[str, str]] = []


def plain(code: str) -> Seen:
    """Run `entry` of a program under a settrace of our own."""
    seen = Seen()
    scope: dict = {"__name__": "program"}
    exec(compile(code, NAME, "exec"), scope)
    pending: dict = {}

    def settle(frame, following):
        line = pending.pop(frame, None)
        if line is not None:
            seen.executions.setdefault(line, []).append((shown(frame.f_locals), following))

    def watch(frame, event, arg):
        if frame.f_code.co_filename != NAME or frame.f_code.co_name.startswith("<"):
            return None
        if event == "line":
            settle(frame, frame.f_lineno)
            pending[frame] = frame.f_lineno
        elif event == "return":
            settle(frame, None)
        return watch

    sys.settrace(watch)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            scope["entry"]()
    finally:
        sys.settrace(None)
    return seen


def shown(variables: dict) -> dict[str, str]:
    """Return name -> literal of variables, and of the attributes of `self`."""
    texts = {name: literal(value) for name, value in variables.items()}
    attributes = getattr(variables.get("self"), "__dict__", {})
    return {**texts, **{f"self.{name}": literal(value) for name, value in attributes.items()}}


def answers(program: dict, asked: dict, trace, seen: Seen):
    """Yield (kind, where, our answer, the other one, line) for everything that a row of tasks asks."""
    for task in asked["task"]:
        line, name = task["lineno"], task["var"]
        executed = seen.executions.get(line, [])
        calls = [frame for frame in trace.frames if line in frame.columns.lines]
        counts = [(frame, gold(LineCount(frame.function, frame.call, line), trace)) for frame in calls]
        where = f"line {line}"
        yield "coverage", where, sum(int(count) for _, count in counts), len(executed), line
        ours_next, ours_state = Counter(), Counter()
        for frame, count in counts:
            for occurrence in range(1, int(count) + 1):
                place = (frame.function, frame.call, line, occurrence)
                ours_next[gold(NextLine(*place), trace)] += 1
                ours_state[attribute(name, place, trace)] += 1
        yield "path", where, ours_next, Counter(str(following) for _, following in executed), line
        values = Counter(key(state.get(name)) for state, _ in executed)
        yield "state", f"{where} {name}", ours_state, values, line
    index = asked["input_idx"]
    if program["test"] is None:
        ours = evaluate(ReturnValue(program["entry_point"], 1), trace)
        said = comparison_key(eval(program["outputs"][index]))  # a few are expressions
        yield "output", "", key(ours.literal) if isinstance(ours, Gold) else str(ours), said, 0
    else:
        for call in range(1, 1 + sum(frame.function == "assertEqual" for frame in trace.frames)):
            got, expected = (
                gold(ArgumentValue("assertEqual", call, name), trace) for name in ("got", "expected")
            )
            yield "output", f"assertEqual {call}", key(got), key(expected), 0


def attribute(name: str, place: tuple, trace) -> str | None:
    """Return the value of a variable, or of an attribute of one, right after a step."""
    base, _, field = name.partition(".")
    text = gold(ValueAfter(*place, base), trace, raises=True)
    if not field or text is None or is_marker(text):
        return key(text)
    value = parse_literal(text)
    assert isinstance(value, Record)
    return next((key(literal(part)) for label, part in value.fields if label == field), None)


def gold(query, trace, *, raises: bool = False) -> str | None:
    """Return the literal that answers a query; None where the name has no value (or the line raises)."""
    answer = evaluate(query, trace)
    if isinstance(answer, Refusal):
        return None if raises or answer.reason == "unbound" else f"<{answer.reason}>"
    return answer.literal


def key(text: str | None) -> str | None:
    """Return what two equal values share."""
    try:
        return text and comparison_key(parse_literal(text))
    except LiteralError:
        return text


def explanation(code: str, line: int, theirs: object) -> str | None:
    """Return why the two may differ on a line."""
    program = analyse(code)
    if line and program.statement.get(line) != line:
        return EXPLAINED["statement"]
    follows = theirs if isinstance(theirs, Counter) else Counter()
    headers = (program.headers.get(int(n)) for n in follows if str(n).isdigit())
    if any(header is not None and header.endless for header in headers):
        return EXPLAINED["endless"]
    return None


if __name__ == "__main__":
    main()
