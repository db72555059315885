"""A small part of `benchmarks/tracer_mutants.py`: faults in the tracer that it must find out by itself.

Nobody here knows a right answer: a tracer with the fault builds and audits, and its own observers disagree.
"""

import ast

import pytest

from benchmarks.mutant_programs import Subject
from benchmarks.tracer_mutants import MODULES, Mutant, Trial, drawn, source_of

SUBJECTS = [
    Subject(
        "def f(rows):\n"
        "    total = 0\n"
        "    best = {0.5: 'x'}\n"
        "    for row in rows:\n"
        "        for x in row:\n"
        "            if x > 2:\n"
        "                total += x\n"
        "        best[total] = [row, total]\n"
        "    while True:\n"
        "        total -= 3\n"
        "        if total < 0:\n"
        "            break\n"
        "    seen = {3, 'b', total}\n"
        "    return best\n",
        ("[[1, 3], [], [5, 2]]",),
    ),
    Subject(
        "def gen(d):\n"
        "    for key in d:\n"
        "        got = yield d[key]\n"
        "def f(d):\n"
        "    try:\n"
        "        it = gen(d)\n"
        "        x = next(it)\n"
        "        y = it.send(x)\n"
        "        return x // y\n"
        "    finally:\n"
        "        d['z'] = -1 << 40\n"
        "        del d['a']\n",
        ("{'a': 7, 'b': 2}", "{'a': 7, 'b': 0}"),
    ),
]

FAULTS = [
    ("recorder", "add_line(frame.f_lineno)", "add_line(frame.f_lineno + 1)"),
    ("framelog", "before is not None and packed == before", "before is not None"),
    ("assemble", "block[0] <= following <= block[1]", "block[0] < following <= block[1]"),
    ("loops", "current.iterations += begins", "current.iterations = begins"),
    ("program", "body_last = max(_last_lines(node.body))", "body_last = min(_last_lines(node.body))"),
    ("snapshots", "len(body) + 1 == len(before) and", "len(body) != len(before) or"),
    ("packed", "number << _DIGIT_BITS | digit", "number << _DIGIT_BITS & digit"),
    ("answers", "columns.lines.count(query.line)", "columns.lines.count(query.line) - 1"),
    ("columns", "counts.get(line, 0) + 1", "counts.get(line, 0) + 2"),
]


@pytest.fixture(scope="module")
def trial():
    """The programs, asked about by the tracer as it is."""
    found = Trial(SUBJECTS)
    assert found.known() == []
    return found


@pytest.mark.parametrize(("module", "right", "wrong"), FAULTS, ids=[f"{row[0]}: {row[2]}" for row in FAULTS])
def test_a_fault_is_found_out_without_knowing_what_is_right(trial, module, right, wrong):
    text = ast.unparse(ast.parse(source_of(module)))
    assert text.count(right) == 1, "the place is not there any more: choose another one"
    verdict = trial.judge(Mutant(module, "by hand", 0, text.replace(right, wrong)))
    assert verdict.verdict == "caught", (verdict.wrong[:3], verdict.less[:3])
    assert verdict.by_builder


def test_a_mutant_without_a_fault_has_no_effect(trial):
    text = ast.unparse(ast.parse(source_of("loops")))
    verdict = trial.judge(Mutant("loops", "none", 0, text))
    assert (verdict.verdict, verdict.noticed, verdict.wrong, verdict.less) == ("no effect", [], [], [])


def test_a_seed_draws_the_same_mutants_from_every_module():
    modules = MODULES[3], MODULES[-1]
    chosen = drawn(modules, 9, 3)
    assert chosen == drawn(modules, 9, 3) != drawn(modules, 9, 4)
    assert [one.module for one in chosen] == ["loops"] * 5 + ["codes"] * 4
    assert len({one.operator for one in chosen[:5]}) == 5
    assert all(one.diff() for one in chosen)
