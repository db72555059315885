"""Every kind of query against an oracle that shares no code with the tracer (`benchmarks/oracle.py`).

`python -m benchmarks.tracer_queries` asks random questions of each kind about random places of random
calls, compares, and prints per kind: cases that agree, refusals by name, and every disagreement. A third
of the calls get an argument of the wrong type, so that exceptions are asked about, too.
"""

import ast
import contextlib
import io
import random
import sys
from collections import Counter, defaultdict

from benchmarks import oracle
from benchmarks.programs import all_cases
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    Gold,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    Recorder,
    ReturnValue,
    SameObject,
    ValueAfter,
    ValueAtIteration,
    ValueAtLoopExit,
    ValueBefore,
    evaluate,
)

WANTED = 1_000
PER_CALL = 4
# The oracle has an answer, and the tracer may well say that it has none it would vouch for.
_HONEST = ("ambiguous", "truncated", "cut", "not deterministic")  # the last: at the recursion limit
_ODD = (None, 3, "ab", [], [None, 1], {"a": 1}, -1.5, (), "7 8")


def questions(log, tree, rng, most=PER_CALL):
    """Yield (query, what the oracle says the answer is) for places of a run."""
    for call in rng.sample(log.calls, min(3, len(log.calls))):
        place = call.function, call.call
        counts = Counter()
        numbered = []
        for index, execution in enumerate(call.executions):
            counts[execution.line] += 1
            numbered.append((index, counts[execution.line], execution))
        for index, occurrence, execution in rng.sample(numbered, min(most, len(numbered))):
            yield from _at(call, index, occurrence, execution, place, rng)
        yield from _of_call(call, counts, tree, place, rng)


def _at(call, index, occurrence, execution, place, rng):
    line = execution.line
    where = (*place, line, occurrence)
    if execution.before:
        name = rng.choice(sorted(execution.before))
        yield ValueBefore(*where, name), execution.before[name]
    if execution.after:
        name = rng.choice(sorted(execution.after))
        yield ValueAfter(*where, name), execution.after[name]
        alike = [other for other in call.executions if (other.line, other.vector) == (line, execution.vector)]
        if len(alike) == 1:
            yield ValueAtIteration(*place, line, execution.vector, name), execution.after[name]
        if len(execution.same) > 1:
            left, right = rng.sample(sorted(execution.same), 2)
            same = execution.same[left] == execution.same[right]
            yield SameObject(*where, left, right), oracle.encode(same)
    if execution.outcome is not None:
        yield ConditionOutcome(*where), oracle.encode(execution.outcome)
    following = call.executions[index + 1].line if index + 1 < len(call.executions) else None
    yield NextLine(*where), oracle.encode(following)


def _of_call(call, counts, tree, place, rng):
    for line, passes in call.passes.items():
        number = rng.randrange(len(passes))
        loop = passes[number]
        if loop.state is not None:
            yield LoopIterations(*place, line, number + 1), oracle.encode(loop.iterations)
            if loop.state:
                name = rng.choice(sorted(loop.state))
                yield ValueAtLoopExit(*place, line, number + 1, name), loop.state[name]
    for name in rng.sample(sorted(call.values), min(2, len(call.values))):
        ordinal = rng.randrange(len(call.values[name]))
        yield NthValue(*place, name, ordinal + 1), call.values[name][ordinal]
    for name in rng.sample(sorted(call.arguments), min(1, len(call.arguments))):
        yield ArgumentValue(*place, name), call.arguments[name]
    if call.raised is None:
        yield ReturnValue(*place), call.returned
    elif call.executions:
        yield ExceptionType(*place), oracle.encode(call.raised)
        yield ExceptionLine(*place), oracle.encode(call.executions[-1].line)
    lines = statement_lines(tree, call.function)
    for line in rng.sample(lines, min(2, len(lines))):
        yield LineExecuted(*place, line), oracle.encode(counts[line] > 0)
        yield LineCount(*place, line), oracle.encode(counts[line])


def statement_lines(tree, function):
    """Return the lines of the statements of a top-level function that do something."""
    lines = []
    waiting = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function]
    waiting = [child for node in waiting for child in node.body]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
            lines.append(node.lineno)
        if not isinstance(node, ast.FunctionDef):
            waiting += getattr(node, "body", []) + getattr(node, "orelse", [])
    return sorted(set(lines))


def read(text):
    """Return the picture of a gold literal, by Python's own evaluation."""
    return oracle.encode(eval(text, {"nan": float("nan"), "inf": float("inf")}))


class Tally:
    """Counts what agreed, what was refused and what did not agree."""

    def __init__(self):
        self.agreed = Counter()
        self.refused = defaultdict(Counter)
        self.wrong = []

    def ask(self, case, log, rng, trace):
        """Ask about one run."""
        tree = ast.parse(case.source)
        for query, expected in questions(log, tree, rng):
            if expected is None or "?" in str(expected):
                continue  # no plain data
            answer = evaluate(query, trace, observers=1)  # the recording alone
            if not isinstance(answer, Gold):
                self.refused[query.kind][answer.reason] += 1
                if answer.reason not in _HONEST:
                    self.wrong.append((case, query, expected, answer))
            elif read(answer.literal) == expected:
                self.agreed[query.kind] += 1
            else:
                self.wrong.append((case, query, expected, answer))


def compare(cases, rng, tally):
    """Ask about every case once."""
    for case in cases:
        args, kwargs = case.arguments()
        if args and rng.random() < 1 / 3:
            spoilt = rng.randrange(len(args))
            args = (*args[:spoilt], rng.choice(_ODD), *args[spoilt + 1 :])
        inputs = type(case)(case.origin, case.name, case.source, case.entry_point, (args, kwargs))
        with contextlib.redirect_stdout(io.StringIO()):
            log = oracle.run(case.source, case.entry_point, *inputs.arguments())
            if log is None:
                continue
            recorder = Recorder("<program>", 20_000, source=case.source)
            function = case.load("<program>")
            args, kwargs = inputs.arguments()
            with contextlib.suppress(Exception, SystemExit), recorder.watching():
                function(*args, **kwargs)
        tally.ask(inputs, log, rng, recorder.trace())


def main():
    """Ask until each kind has enough cases."""
    cases = list(all_cases())
    rng = random.Random(7)
    tally = Tally()
    rounds = 0
    rounds_wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    while not rounds or (rounds < rounds_wanted and min(tally.agreed.values()) < WANTED):
        compare(cases, rng, tally)
        rounds += 1
    for kind, count in sorted(tally.agreed.items()):
        refused = ", ".join(f"{reason} {n}" for reason, n in tally.refused[kind].most_common())
        print(f"{kind:20} {count:7} agree   refused: {refused or 'none'}")
    for case, query, expected, answer in tally.wrong[:20]:
        print(f"DISAGREE {case.origin} {case.name} {case.inputs}: {query} is {expected}, not {answer}")
    print(f"{sum(tally.agreed.values())} agree, {len(tally.wrong)} disagree")
    sys.exit(bool(tally.wrong))


if __name__ == "__main__":
    main()
