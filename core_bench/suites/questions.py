"""Renders a query as a question in plain English: program coordinates only, one value asked, its type stated.

Every kind is asked in three phrasings: `question` asks, `moment` stops the program first and then asks, and
`request` tells what to give. They say the same; which one was used is kept with the probe.
"""

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType

from core_bench.records import ProbeQuery, Problem
from tracer import parse_literal

PHRASINGS = ("question", "moment", "request")

_LINE_TIME = "line {line} has been executed for the {occurrence} time"

_WORDING: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "value_after": (
            f"what is the value of `{{name}}` right after {_LINE_TIME}?",
            f"Stop right after {_LINE_TIME}. What is the value of `{{name}}` now?",
            "Give the value that `{name}` has right after the {occurrence} execution of line {line}.",
        ),
        "value_before": (
            "what is the value of `{name}` when line {line} is about to be executed for the "
            "{occurrence} time?",
            "Stop when line {line} is about to be executed for the {occurrence} time. "
            "What is the value of `{name}` now?",
            "Give the value that `{name}` has right before the {occurrence} execution of line {line}.",
        ),
        "value_at_iteration": (
            "what is the value of `{name}` right {when} line {line} is executed in {iterations}?",
            "Stop right {when} line {line} is executed in {iterations}. What is the value of `{name}` now?",
            "Give the value that `{name}` has right {when} the execution of line {line} in {iterations}.",
        ),
        "condition": (
            "is the condition on line {line} true or false when it is evaluated for the {occurrence} time?",
            "Stop when the condition on line {line} is evaluated for the {occurrence} time. "
            "Is it true or false?",
            "Give the outcome (true or false) of the {occurrence} evaluation of the condition on "
            "line {line}.",
        ),
        "operand_outcome": (
            "does {operand} on line {line} count as true or false when that line is executed for the "
            "{occurrence} time?",
            "Stop when line {line} is executed for the {occurrence} time. "
            "Does {operand} on that line count as true or false?",
            "Give the truth (true or false) of {operand} on line {line} in the {occurrence} execution of "
            "that line.",
        ),
        "expression_value": (
            "what is the value of the expression `{expression}` on line {line} when that line is executed "
            "for the {occurrence} time?",
            "Stop when line {line} is executed for the {occurrence} time. "
            "What value does the expression `{expression}` on that line have?",
            "Give the value of the expression `{expression}` in the {occurrence} execution of line {line}.",
        ),
        "loop_iterations": (
            "how many times is the body of the loop on line {line} entered when the program runs this loop "
            "for the {entry} time?",
            "Stop when the program has run the loop on line {line} for the {entry} time. "
            "How many times was the loop's body entered in that run of the loop?",
            "Give the number of times that the body of the loop on line {line} is entered in the {entry} "
            "run of this loop.",
        ),
        "value_at_loop_exit": (
            "what is the value of `{name}` when the loop on line {line} has just ended, the {entry} time the "
            "program runs this loop?",
            "Stop when the {entry} run of the loop on line {line} has just ended. "
            "What is the value of `{name}` now?",
            "Give the value that `{name}` has right after the {entry} run of the loop on line {line}.",
        ),
        "nth_value": (
            "what is the {ordinal} value that the variable `{name}` takes?",
            "List the values that the variable `{name}` takes, in order. Which is the {ordinal} one?",
            "Give the {ordinal} value that the variable `{name}` takes.",
        ),
        "argument": (
            "what is the value of the parameter `{name}` when {that_call} of `{short}` begins?",
            "Stop when {that_call} of `{short}` begins. What is the value of its parameter `{name}`?",
            "Give the value of the parameter `{name}` at the beginning of {that_call} of `{short}`.",
        ),
        "return_value": (
            "what does {that_call} of `{short}` return?",
            "Stop when {that_call} of `{short}` returns. What value does it return?",
            "Give the value that {that_call} of `{short}` returns.",
        ),
        "exception_type": (
            "what is the name of the type of the exception that ends {that_call} of `{short}`?",
            "Stop when an exception ends {that_call} of `{short}`. What is the name of the exception's type?",
            "Give the name of the type of the exception that ends {that_call} of `{short}`.",
        ),
        "exception_line": (
            "an exception ends {that_call} of `{short}`: which line of `{short}` is executed when it is "
            "raised or comes out of a callee?",
            "An exception ends {that_call} of `{short}`. Which line of `{short}` is executed when it is "
            "raised or comes out of a callee?",
            "An exception ends {that_call} of `{short}`. Give the line of `{short}` that is executed when it "
            "is raised or comes out of a callee.",
        ),
        "next_line": (
            f"which line does the same call of `{{short}}` execute next after {_LINE_TIME}?",
            f"Stop right after {_LINE_TIME}. Which line does the same call of `{{short}}` execute next?",
            "Give the line that the same call of `{short}` executes next after the {occurrence} execution of "
            "line {line}.",
        ),
        "line_executed": (
            "is line {line} executed at all?",
            "Look only at line {line}. Is it executed at least once?",
            "Tell whether line {line} is executed at least once (true or false).",
        ),
        "line_count": (
            "how many times is line {line} executed?",
            "Count each execution of line {line}. How many are there?",
            "Give the number of times that line {line} is executed.",
        ),
        "same_object": (
            f"do `{{left}}` and `{{right}}` name the very same object (`is`) right after {_LINE_TIME}?",
            f"Stop right after {_LINE_TIME}. Do `{{left}}` and `{{right}}` name the very same object (`is`)?",
            "Tell whether `{left} is {right}` would be true or false right after the {occurrence} execution "
            "of line {line}.",
        ),
    }
)

_OF_A_CALL = frozenset({"argument", "return_value", "exception_type", "exception_line"})
"""Kinds whose question names the call itself, so that the preamble need not."""

_TARGETS = {
    "condition": "condition",
    "operand_outcome": "operand",
    "expression_value": "value",
    "loop_iterations": "iterations",
    "return_value": "returned",
    "exception_type": "exception",
    "exception_line": "line",
    "next_line": "line",
    "line_executed": "executed",
    "line_count": "times",
    "same_object": "same",
}


def question(
    query: ProbeQuery, gold: str, problem: Problem, text: str, calls: int, phrasing: str = "question"
) -> str:
    """Return the question; of the gold literal it tells the type only.

    Args:
        query: what is asked.
        gold: the literal of the answer.
        problem: names the entry point.
        text: the argument list of the call.
        calls: how often the query's function is called during the run; where that is once, the call
            needs no number.
        phrasing: one of `PHRASINGS`.
    """
    asked = _WORDING[query.kind][PHRASINGS.index(phrasing)].format_map(_slots(query, calls))
    kind = type(parse_literal(gold)).__name__
    parts = (
        _begun(query, f"`{problem.entry_point}({text})`", calls, phrasing, asked),
        _counting(query, calls),
        f"The answer is of type `{kind}`.",
    )
    return " ".join(filter(None, parts))


def target(query: ProbeQuery) -> str:
    """Return the name under which the answer is asserted in a prompt."""
    return _TARGETS.get(query.kind) or str(getattr(query, "name", ""))


def described(query: ProbeQuery) -> str:
    """Return the kind and the coordinates of a query in a line, for lists that people read."""
    asked = {name: value for name, value in asdict(query).items() if name != "kind" and value is not None}
    return f"{query.kind} ({', '.join(f'{name} {value}' for name, value in asked.items())})"


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `4th`, ..."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{suffix}"


def _slots(query: ProbeQuery, calls: int) -> dict[str, str]:
    slots = {name: str(value) for name, value in asdict(query).items()}
    for name in ("occurrence", "entry", "ordinal"):
        if name in slots:
            slots[name] = ordinal(getattr(query, name))
    slots["short"] = _short(query.function)
    slots["that_call"] = f"the {ordinal(query.call)} call" if calls > 1 else "the call"
    match query.kind:
        case "value_at_iteration":
            slots["iterations"] = _iterations(query.iterations)
        case "operand_outcome":
            whole = f"`{query.expression}`"
            slots["operand"] = f"operand {query.operand} of {whole}" if query.operand else whole
    return slots


def _counting(query: ProbeQuery, calls: int) -> str:
    """Say how that is counted which a reader could count in two ways."""
    calls_as = "Calls are counted as they begin." if calls > 1 else ""
    if query.kind == "nth_value":
        values = (
            "A value counts where it differs from the one before, seen from one executed line to the next."
        )
        return f"{values} {calls_as}".rstrip()
    return calls_as


def _iterations(numbers: tuple[int, ...]) -> str:
    """Name an execution by the iterations of the loops around it, outermost first."""
    if len(numbers) == 1:
        return f"the {ordinal(numbers[0])} iteration of the loop around it"
    if len(numbers) == 2:
        outer, inner = map(ordinal, numbers)
        return f"the {inner} iteration of the inner loop in the {outer} iteration of the outer loop"
    return f"the iterations {', '.join(map(ordinal, numbers))} of the loops around it (outermost first)"


def _begun(query: ProbeQuery, run: str, calls: int, phrasing: str, asked: str) -> str:
    inside = ""
    if calls > 1 and query.kind not in _OF_A_CALL:
        inside = f"the {ordinal(query.call)} call of `{_short(query.function)}`"
    if phrasing == "question":
        return f"During the call {run}, {f'in {inside}, ' if inside else ''}{asked}"
    return f"Run {run}{f' and look at {inside}' if inside else ''}. {asked}"


def _short(function: str) -> str:
    """Return a function's name as people write it."""
    return function.replace("<locals>.", "")
