"""REval's four tasks and their incremental consistency (Chen et al. 2025), scored without executing a reply.

For a line of a program that runs on an input: is the line executed (coverage: YES or NO), what does a
variable hold after it (state: `value; type`, or Nil), which line comes next (path: its source text, or -1),
and what is the output (the `??` of an assertion). A line may run often: the state or the next line of any of
its executions is right, and floats may differ by 1e-6. Incremental consistency gives a line 1, 1/2, 1/4 or
1/8 if exactly the first four, three, two or one of (coverage, state, path, output) are right, else 0.

Golds are evaluated from a recording of the program; a row that brings its own (`expected`) keeps it, which is
needed for programs whose inputs are statements.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from core_bench.errors import CoreBenchError
from core_bench.records import Record
from core_bench.scoring.comparison import same_value
from core_bench.scoring.published.assertion import assertion_passes
from core_bench.scoring.rules import ScoringRules
from core_bench.shown import agreement_on
from core_bench.statistics import Estimate, clustered, estimate
from core_bench.suites.sources.reval import arguments_of
from core_bench.suites.sources.rows import Row, local_rows
from tracer import LiteralError, Trace, literal, parse_literal, record_calls, source_lines

Task = Literal["coverage", "state", "path", "output"]
TASKS: tuple[Task, ...] = get_args(Task)
TOLERANCE = 1e-6
_CREDIT = {
    (True,) * 4: 1.0,
    (True,) * 3 + (False,): 0.5,
    (True, True, False, False): 0.25,
    (True, False, False, False): 0.125,
}
_TAGGED = re.compile(r"\[ANSWER\](.*?)(?:\[/ANSWER\]|\Z)", re.DOTALL)
_WORD = re.compile(r"\b(YES|NO)\b")
Place = tuple[int, int, int, str]
"""(program, input, line, variable)."""


class RevalScore(Record):
    """Accuracies with intervals (cluster: program); coverage with YES as the positive class.

    `consistency` is on the scale 0..1 (REval prints it times 100); None where not all four tasks are there.
    """

    coverage: Estimate
    precision: float | None
    recall: float | None
    f1: float | None
    state: Estimate
    path: Estimate
    output: Estimate
    consistency: Estimate


@dataclass(frozen=True, slots=True)
class _Answer:
    task: Task
    place: Place
    text: str
    expected: tuple[str, ...] | None


def score_reval(file: Path, data: Path, rules: ScoringRules) -> RevalScore:
    """Score rows with `task`, `idx`, `input_idx`, `lineno`, `var`, `generation` and perhaps `expected`.

    `data` are REval's programs (`task_id`, `code`, `entry_point`, `inputs`, `outputs`). A row of the task
    `output` counts for every line of its input.

    Raises:
        CoreBenchError: a file is broken, or a gold is neither given nor can be evaluated.
    """
    programs = {int(str(row["task_id"]).rpartition("/")[2]): row for row in local_rows(data)}
    golds = _Golds(programs, file)
    tolerant = rules.model_copy(update={"float_tolerance": rules.float_tolerance or TOLERANCE})
    right: dict[Task, dict[Place, bool]] = {task: {} for task in TASKS}
    said: list[tuple[bool, bool]] = []
    for answer in _answers(file):
        gold = answer.expected or golds.of(answer)
        result = _is_right(answer, gold, golds, tolerant)
        right[answer.task][answer.place] = result
        if answer.task == "coverage":
            covered = gold[0] == "YES"
            said.append((covered == result, covered))
    hits = sum(yes and covered for yes, covered in said)
    precision = _ratio(hits, sum(yes for yes, _ in said))
    recall = _ratio(hits, sum(covered for _, covered in said))
    both = None if precision is None or recall is None else precision + recall
    return RevalScore(
        coverage=_accuracy(right["coverage"]),
        precision=precision,
        recall=recall,
        f1=None if precision is None or recall is None else (2 * precision * recall / both if both else 0.0),
        state=_accuracy(right["state"]),
        path=_accuracy(right["path"]),
        output=_accuracy(right["output"]),
        consistency=_consistency(right),
    )


def _answers(file: Path) -> list[_Answer]:
    found = []
    for number, row in enumerate(local_rows(file), 1):
        try:
            task = row["task"]
            if task not in TASKS:
                raise CoreBenchError(
                    f"{file}, row {number}: there is no task {task}", f"Tasks: {', '.join(TASKS)}."
                )
            on_line = task != "output"
            place = (
                int(row["idx"]),
                int(row["input_idx"]),
                int(row["lineno"]) if on_line else 0,
                str(row["var"]) if on_line else "",
            )
            expected = row.get("expected")
            golds = None if expected is None else tuple([expected] if isinstance(expected, str) else expected)
            found.append(_Answer(task, place, str(row["generation"]), golds))
        except (KeyError, TypeError, ValueError) as error:
            raise CoreBenchError(
                f"{file}, row {number}: {error} is missing or wrong",
                "A row has task, idx, input_idx, lineno, var and generation.",
            ) from None
    if not found:
        raise CoreBenchError(f"{file} holds no rows")
    return found


class _Golds:
    """Evaluates golds from recordings, one a program and input."""

    def __init__(self, programs: Mapping[int, Row], file: Path) -> None:
        self._programs = programs
        self._file = file
        self._traces: dict[tuple[int, int], Trace] = {}

    def of(self, answer: _Answer) -> tuple[str, ...]:
        program, number, line, name = answer.place
        row = self.program(program)
        if answer.task == "output":
            return (str(row["outputs"][number]),)
        trace = self._trace(program, number)
        visits = [
            (step, state)
            for frame in trace.frames
            for step, state in zip(frame.steps, _states(frame.arguments, frame.steps), strict=True)
            if step.line == line
        ]
        if answer.task == "coverage":
            return ("YES" if visits else "NO",)
        if answer.task == "state":
            return tuple(dict.fromkeys(state.get(name, "Nil") for _, state in visits)) or ("Nil",)
        lines = source_lines(str(row["code"]))
        texts = [lines[step.next_line - 1].strip() if step.next_line else "-1" for step, _ in visits]
        return tuple(dict.fromkeys(texts)) or ("-1",)

    def program(self, number: int) -> Row:
        if number not in self._programs:
            raise CoreBenchError(f"{self._file} answers about program {number}, which the data file lacks")
        return self._programs[number]

    def _trace(self, program: int, number: int) -> Trace:
        if (program, number) not in self._traces:
            row = self.program(program)
            arguments = arguments_of(row["inputs"][number]) if row.get("test") is None else None
            if arguments is None:
                raise CoreBenchError(
                    f"{self._file}: the gold of program {program}, input {number} cannot be evaluated: "
                    "its input is no list of literals",
                    "Add the field expected to such rows.",
                )
            [outcome] = record_calls(str(row["code"]), str(row["entry_point"]), [arguments])
            if outcome.trace is None:
                reason = outcome.refused or outcome.message
                raise CoreBenchError(f"program {program} of REval gives no trace on input {number}: {reason}")
            agreement = agreement_on(outcome.trace)
            if agreement.is_doubtful:
                raise CoreBenchError(
                    f"the gold of program {program}, input {number} is not certain: {agreement.sentence}",
                    "Add the field expected to such rows.",
                )
            self._traces[program, number] = outcome.trace
        return self._traces[program, number]


def _states(arguments: Mapping[str, str], steps: Sequence[object]) -> list[dict[str, str]]:
    """Return the values of all names after each step."""
    state = dict(arguments)
    found = []
    for step in steps:
        state = {**state, **step.changed}  # type: ignore[attr-defined]
        found.append(state)
    return found


def _is_right(answer: _Answer, gold: tuple[str, ...], golds: _Golds, rules: ScoringRules) -> bool:
    blocks = _TAGGED.findall(answer.text)
    text = (blocks[-1] if blocks else answer.text.rpartition("[/THOUGHT]")[2]).strip()
    if answer.task == "coverage":
        words = set(_WORD.findall(text.upper()))
        said = "YES" if words == {"YES"} else "NO"  # both, or neither, count as NO
        return said == gold[0]
    if answer.task == "path":
        return text.strip("`").strip() in gold
    if answer.task == "state":
        return any(_same_state(text, value, rules) for value in gold)
    return _output_is_right(text, gold[0], rules)


def _same_state(text: str, gold: str, rules: ScoringRules) -> bool:
    """Compare `value; type` with a gold literal; `Nil` stands for a variable without a value."""
    if text.lower() == "nil" or gold == "Nil":
        return text.lower() == gold.lower()
    value, _, kind = text.rpartition(";")
    try:
        known = parse_literal(gold)
        answer = parse_literal(value)
    except LiteralError:
        return False
    return kind.strip() == type(known).__name__ and same_value(answer, known, rules)


def _output_is_right(text: str, gold: str, rules: ScoringRules) -> bool:
    """Take what stands in the place of `??`; more or fewer assertions than one are a changed question."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    match body:
        case [ast.Assert(test=ast.Compare(left=ast.Call(), ops=[ast.Eq()], comparators=[node]))]:
            answer = ast.unparse(node)
        case _:
            return False
    if assertion_passes(gold, answer, _no_call).passed:
        return True
    try:
        return same_value(parse_literal(answer), parse_literal(gold), rules)
    except LiteralError:
        return False


def _no_call(node: ast.Call) -> object:
    return parse_literal(literal(parse_literal(ast.unparse(node))))


def _consistency(right: Mapping[Task, Mapping[Place, bool]]) -> Estimate:
    pairs = []
    for place, coverage in right["coverage"].items():
        output = right["output"].get((place[0], place[1], 0, ""))
        row = (coverage, right["state"].get(place), right["path"].get(place), output)
        if None not in row:
            pairs.append((place[0], _CREDIT.get(row, 0.0)))  # type: ignore[arg-type]
    return estimate(clustered(pairs, "lines"))


def _accuracy(right: Mapping[Place, bool]) -> Estimate:
    return estimate(clustered(((place[0], float(result)) for place, result in right.items()), "questions"))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
