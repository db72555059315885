"""An oracle that shares nothing with the tracer: the program rewritten to report its own control flow."""

import ast
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import tracer


class _Reporter(ast.NodeTransformer):
    """Wraps every condition of an if or while, and counts the iterations of every loop entry."""

    def visit_If(self, node):
        self.generic_visit(node)
        node.test = _call("__condition__", ast.Constant(node.lineno), node.test)
        return node

    def visit_While(self, node):
        self.generic_visit(node)
        endless = isinstance(node.test, ast.Constant)
        if not endless:
            node.test = _call("__condition__", ast.Constant(node.lineno), node.test)
        return self._loop(node)

    def visit_For(self, node):
        self.generic_visit(node)
        return self._loop(node)

    def _loop(self, node):
        node.body.insert(0, ast.Expr(_call("__iteration__", ast.Constant(node.lineno))))
        return [ast.Expr(_call("__entry__", ast.Constant(node.lineno))), node]


def _call(name, *arguments):
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _oracle(code, entry_point, text):
    conditions, iterations = defaultdict(Counter), defaultdict(list)

    def condition(line, value):
        outcome = bool(value)
        conditions[line][outcome] += 1
        return outcome

    def iteration(line):
        iterations[line][-1] += 1

    def entry(line):
        iterations[line].append(0)

    tree = ast.fix_missing_locations(_Reporter().visit(ast.parse(code)))
    scope = {"__condition__": condition, "__iteration__": iteration, "__entry__": entry}
    exec(compile(tree, "<oracle>", "exec"), scope)
    conditions.clear()
    iterations.clear()
    arguments = tracer.parse_arguments(text)
    scope[entry_point](*arguments.positional, **arguments.keyword)
    return conditions, {line: sorted(counts) for line, counts in iterations.items()}


def _traced(trace):
    program = tracer.analyse(trace.code)
    conditions, iterations = defaultdict(Counter), defaultdict(list)
    for frame in trace.frames:
        for step in frame.steps:
            if step.branch is not None:
                conditions[step.line][step.branch] += 1
        for run in frame.loops:
            if run.line not in program.unclear:
                iterations[run.line].append(run.iterations)
    return conditions, {line: sorted(counts) for line, counts in iterations.items()}


def _agree(code, entry_point, text, output=None):
    """Return how many facts were compared."""
    [outcome] = tracer.record_calls(code, entry_point, [text])
    assert outcome.status == "returned", outcome
    if output is not None:
        assert outcome.value == tracer.literal(tracer.parse_literal(output))
    program = tracer.analyse(code)
    conditions, iterations = _oracle(code, entry_point, text)
    got_conditions, got_iterations = _traced(outcome.trace)
    for line, outcomes in conditions.items():
        if line not in program.unclear and line in program.conditions:
            assert got_conditions[line] == outcomes, (line, code)
    for line, counts in iterations.items():
        # The oracle counts entries of a loop in a recursive call under the innermost entry only.
        if line not in program.unclear and len({f.function for f in outcome.trace.frames}) == len(
            outcome.trace.frames
        ):
            assert got_iterations[line] == counts, (line, code)
    return sum(map(len, conditions.values())) + sum(map(len, iterations.values()))


PROGRAMS = [
    ("def f(n):\n    while True:\n        for i in range(n):\n            n -= 1\n            if i > 2:\n"
     "                break\n        if n <= 0:\n            return n\n", "9"),
    ("def f(xs):\n    out = []\n    while xs:\n        x = xs.pop(\n            0\n        )\n        if (\n"
     "            x > 1\n            and x < 5\n        ):\n            continue\n        out.append(x)\n    return out\n",
     "[1, 2, 7, 3, 9]"),
    ("def f(n):\n    for i in range(n):\n        for j in range(i):\n            for k in range(j):\n"
     "                if (i + j + k) % 2:\n                    break\n            else:\n                n += 1\n    return n\n",
     "5"),
    ("def f(xs):\n    it = iter(xs)\n    total = 0\n    try:\n        while True:\n            x = next(it)\n"
     "            total += x\n    except StopIteration:\n        total += 100\n    return total\n", "[1, 2, 3]"),
    ("def f(n):\n    while n > 0:\n        try:\n            n -= 1\n            if n == 3:\n                raise ValueError\n"
     "        except ValueError:\n            n -= 1\n        finally:\n            n -= 0\n    return n\n", "7"),
    ("def g(n):\n    for i in range(n):\n        yield i\ndef f(n):\n    t = 0\n    for x in g(n):\n        if x:\n"
     "            t += x\n    return t\n", "4"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), PROGRAMS)
def test_control_flow_of_tricky_programs(code, text):
    assert _agree(code, "f", text) > 0


def test_control_flow_and_outputs_of_cruxeval(bench_data):
    rows = [json.loads(line) for line in Path(bench_data, "cruxeval.jsonl").read_text().splitlines()][::10]
    literal_rows = [row for row in rows if _is_literal_input(row["input"])]
    assert len(literal_rows) > 70
    facts = 0
    for row in literal_rows:
        facts += _agree(row["code"], "f", row["input"], row["output"])
    assert facts > 100


def _is_literal_input(text):
    try:
        tracer.parse_arguments(text)
    except tracer.InputError:
        return False
    return True
