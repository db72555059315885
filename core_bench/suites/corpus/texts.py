"""The three forms of a program in a corpus: with its output, with its trace, and alone.

Answers stand in the shape in which the benchmark asks for them, `assert f(3) == 7`, half of them between the
marks of the prompts and half as plain code. What is to be learned begins right after the `==`, or with the
first line of the trace.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from core_bench.jsonl import write_text
from core_bench.records import Record
from tracer import Frame, Step, Trace, source_lines

Form = Literal["output", "trace", "source"]
FORMS: tuple[Form, ...] = ("output", "trace", "source")


class CorpusText(Record):
    """A row of a corpus file.

    `answer_start` is the offset in `text`, in characters, where the part to be learned begins; None where all
    of it is. `program` names the program: rows of one program share it.
    """

    form: Form
    text: str
    answer_start: int | None
    program: str


def output_text(code: str, call: str, value: str, *, marked: bool) -> tuple[str, int]:
    """Return the text of a program with the output of one call, and where the answer begins."""
    if marked:
        begin = f"[PYTHON]\n{code.strip()}\n[/PYTHON]\n[ANSWER]\nassert {call} =="
        return f"{begin} {value}\n[/ANSWER]\n", len(begin)
    begin = f"{code.strip()}\n\n\nassert {call} =="
    return f"{begin} {value}\n", len(begin)


def trace_text(code: str, call: str, value: str, trace: Trace, *, marked: bool) -> tuple[str, int]:
    """Return the text of a program with the trace of one call and its output, and where the trace begins."""
    lines = source_lines(code.rstrip())  # what stands above the first statement is counted, too
    numbered = "\n".join(f"{number:>{len(str(len(lines)))}}  {line}" for number, line in enumerate(lines, 1))
    steps = "\n".join(trace_lines(trace))
    if marked:
        begin = f"[PYTHON]\n{numbered}\n[/PYTHON]\n[TRACE]\n"
        return f"{begin}{steps}\n[/TRACE]\n[ANSWER]\nassert {call} == {value}\n[/ANSWER]\n", len(begin)
    begin = f"{numbered}\n\nRun {call} and write down every line that runs, with what it changes.\n"
    return f"{begin}{steps}\nassert {call} == {value}\n", len(begin)


def trace_lines(trace: Trace) -> Iterator[str]:
    """Yield what happened, a line each: calls, executed lines with what they change, and what is returned.

    A line that calls functions of the program stands before their lines, and again, with what it changes,
    when they are over: nothing is told before it has happened.
    """
    moments = list(trace.order())
    for moment, following in zip(moments, [*moments[1:], None], strict=True):
        calls = following is not None and following.depth > moment.depth
        frame = trace.frames[moment.frame]
        indent = "  " * moment.depth
        match moment.kind:
            case "call":
                given = ", ".join(f"{name}={text}" for name, text in frame.arguments.items())
                yield f"{indent}call {frame.function}({given})"
            case "resume":
                yield f"{indent}resume {frame.function}"
            case "suspend" if moment.step is not None:
                yield f"{indent}yield {frame.steps[moment.step].yielded}"
            case "end":
                yield f"{indent}{_ended(frame)}"
        if moment.step is not None and moment.kind in ("call", "step", "back"):
            step = frame.steps[moment.step]
            yield indent + (f"line {step.line}" if calls else _line(step, again=moment.kind == "back"))


def _line(step: Step, *, again: bool) -> str:
    parts = [f"{name} = {text}" for name, text in step.changed.items()]
    if step.branch is not None:
        parts.append(str(step.branch))
    if step.raised is not None:
        parts.append(f"raises {step.raised}")
    said = "; ".join(parts)
    return f"line {step.line}{' again' if again else ''}{': ' if said else ''}{said}"


def _ended(frame: Frame) -> str:
    return f"return {frame.returned}" if frame.raised is None else f"raise {frame.raised}"


def write_corpus(path: Path, rows: Iterable[CorpusText]) -> None:
    """Replace a corpus file in one step; fields that are None are written as null.

    Raises:
        CoreBenchError: the place is not writable.
    """
    write_text(path, "".join(row.model_dump_json() + "\n" for row in rows))
