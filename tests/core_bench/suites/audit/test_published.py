"""The audit of published probes: on all that are at hand, and on made-up ones that show each rule.

A contradiction is a claim about somebody else's data: each is confirmed here by a plain execution of the program
with one line inserted, without our tracer and without the audit's own replay.
"""

import contextlib
import copy
import json
import re
import subprocess
import sys
import textwrap
from collections import Counter

import pytest

from core_bench.errors import CoreBenchError
from core_bench.suites.audit.published import audit_published, judge
from core_bench.suites.audit.reading import read_question
from core_bench.suites.sources import Skipped, read_benchmark
from core_bench.suites.sources.core import PublishedProbe, published_probes
from core_bench.suites.sources.rows import local_rows
from tracer import LiteralError, parse_literal

CLI = (sys.executable, "-m", "core_bench.cli")
FILE = "core_release_qa_part.json"
CONTRADICTED = {
    "Fine/2792_0#39": "True",
    "Fine/2834_0#45": "{4, 9}",
    "Fine/3183_8#57": "2",
    "Fine/3353_12#71": "False",
    "Fine/3446_8#79": "True",
    "Fine/3570_0#89": "True",
    "Fine/118_6#98": "True",
    "Fine/3353_0#114": "False",
}
"""All that the audit contradicts in the half of the published probes that is at hand, with what execution gives."""


@pytest.fixture(scope="module")
def probes(bench_data):
    return published_probes(local_rows(bench_data / FILE))


@pytest.fixture(scope="module")
def found(probes):
    return audit_published(probes, FILE)


def test_every_published_output_is_reproduced(found):
    assert (found.probes, found.outputs_reproduced) == (122, 122)
    assert all(finding.output_reproduced for finding in found.findings)


def test_every_probe_gets_a_class_and_a_reason(found):
    assert Counter(finding.finding for finding in found.findings) == found.counts
    assert found.counts == {"confirmed": 75, "not checkable": 39, "contradicted": 8}
    assert all(finding.reason for finding in found.findings)
    assert found.display_off_by_one == 103  # the notes found this rule for 216 of all 242


def test_these_probes_are_contradicted(found):
    wrong = {
        finding.probe: finding.execution for finding in found.findings if finding.finding == "contradicted"
    }
    assert wrong == CONTRADICTED


@pytest.mark.parametrize("name", CONTRADICTED)
def test_a_plain_execution_gives_what_contradicts_the_gold(name, probes, found):
    probe = next(probe for probe in probes if probe.name == name)
    finding = next(finding for finding in found.findings if finding.probe == name)
    asked = re.fullmatch(
        r"(returned|(?:expression|variable) (.*?)(?: before)? on line (\d+)(?: where (.*))?)", finding.asked
    )
    seen = []
    lines = probe.code.splitlines()
    if asked[1] != "returned":
        place = int(asked[3]) - 1
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        terms = re.sub(r" = ", " == ", (asked[4] or "True")).replace(", ", " and ")
        lines.insert(place, f"{indent}if {terms}: SEEN.append(COPY({asked[2]}))")
    scope = {"SEEN": seen, "COPY": copy.deepcopy}
    exec("from typing import *", scope)
    exec("\n".join(lines), scope)
    returned = eval(f"{probe.function}({probe.input})", scope)
    if asked[1] == "returned":
        seen.append(returned)
    assert {repr(value) for value in seen} == {repr(parse_literal(CONTRADICTED[name]))}
    assert repr(seen[0]) != repr(parse_literal(probe.gold))


def test_confirmed_values_of_variables_are_seen_by_another_tracer_too(probes, found):
    """The value of every confirmed variable stands in some state of the run, by a settrace of this test."""
    checked = 0
    for probe, finding in zip(probes, found.findings, strict=True):
        if finding.finding != "confirmed" or not finding.asked.startswith("variable "):
            continue
        name = finding.asked.split()[1]
        if "[" in name or probe.step > 2_000:
            continue
        values = []

        def watch(frame, event, arg, name=name, values=values):
            if frame.f_code.co_filename != "<here>":
                return None
            if name in frame.f_locals:
                values.append(repr(frame.f_locals[name]))
            return watch

        scope = {}
        exec("from typing import *\nimport math\nfrom collections import *", scope)
        exec(compile(probe.code, "<here>", "exec"), scope)
        sys.settrace(watch)
        try:
            with contextlib.suppress(Exception):
                eval(f"{probe.function}({probe.input})", scope)
        finally:
            sys.settrace(None)
        gold = parse_literal(probe.gold)
        assert repr(gold) in values or any(_is(text, gold) for text in values), probe.name
        checked += 1
    assert checked >= 30


def _is(text, value):
    try:
        return parse_literal(text) == value
    except LiteralError:
        return False


CODE = textwrap.dedent(
    """\
    def run(xs):
        total = 0
        for i, x in enumerate(xs):
            if x % 2 == 0:
                total += x
            else:
                total -= 1
        return total"""
)


def made_up(question, gold, step=4, answer_type="integer", **fields):
    given = {
        "number": 1, "id": "Fine/1_1", "question": question, "gold": gold, "answer_type": answer_type,
        "step": step, "line": 3, "code": CODE, "function": "run", "input": "[4, 3, 6]", "output": "9",
        "complexity": 3, **fields,
    }  # fmt: skip
    return PublishedProbe(**given)


@pytest.mark.parametrize(
    ("question", "gold", "kind", "finding"),
    [
        ("What is the value of `total` immediately after `total += x` is executed with i=2?", "9", "integer", "confirmed"),
        ("What is the value of `total` immediately after `total += x` is executed with i=2?", "8", "integer", "contradicted"),
        ("What is the value of `total` immediately before `total += x` is executed with i=2?", "9", "integer", "contradicted"),
        ("What is the result of the condition `x % 2 == 0` when i = 1?", "False", "boolean", "confirmed"),
        ("What is the result of the condition `x % 2 == 0` when i = 1?", "True", "boolean", "contradicted"),
        ("What is the result of the condition `x % 2 == 0` when i = 7?", "True", "boolean", "not checkable"),
        ("What is the return value of the function?", "9", "integer", "confirmed"),
        ("What is the value of `total` and the state?", "nine", "string", "not checkable"),
        ("What are the values of `total` and `x`?", "9", "integer", "not checkable"),
        ("Why?", "9", "integer", "not checkable"),
    ],
)  # fmt: skip
def test_a_question_is_classified(question, gold, kind, finding):
    assert judge(made_up(question, gold, answer_type=kind)).finding == finding


def test_a_step_past_the_end_and_a_failing_program_are_named():
    late = judge(made_up("What is the value of `total`?", "9", step=999))
    assert late.reason == "the run has 12 line events, not 999"
    broken = judge(made_up("What is the value of `total`?", "9", code="def run(xs):\n    return 1 / 0"))
    assert "ZeroDivisionError" in broken.reason
    assert not broken.output_reproduced
    unparsed = judge(made_up("What is the value of `total`?", "9", code="def run(:"))
    assert unparsed.finding == "not checkable"


def test_looking_at_an_expression_changes_nothing():
    code = "def run(xs):\n    while xs:\n        if xs.pop() > 3:\n            return len(xs)\n    return -1"
    probe = made_up(
        "What is the boolean result of the condition `xs.pop() > 3`?",
        "True",
        step=3,
        code=code,
        output="2",
        answer_type="boolean",
    )
    assert read_question(probe).lines == (3,)
    assert judge(probe).output_reproduced


def test_the_published_programs_become_problems(bench_data):
    skipped = Skipped()
    sources = read_benchmark("core-published", bench_data / FILE, skipped)
    assert sum(len(source.implementations) for source in sources) == 104
    assert len(sources) == 60
    [example] = [source for source in sources if source.problem.title == "matrixSum"]
    scope = {}
    for program in example.implementations:
        exec(program.code, scope)
        assert scope["matrixSum"]([[1, 2], [3, 4]]) == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "holds no probes"),
        ("{", "this is no JSON"),
        ('[{"id": 1}]', "row 1 has no field 'ground_truth'"),
        (
            '[{"id": 1, "ground_truth": "1", "question": "q", "answer_type": "a", "target_step_index": "x"}]',
            "row 1",
        ),
    ],
)
def test_a_file_that_is_none_is_named(text, message, tmp_path):
    file = tmp_path / "core_qa.json"
    file.write_text(text)
    command = [*CLI, "suite", "audit", "--source", "core", "--path", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    with contextlib.suppress(CoreBenchError):
        assert published_probes(local_rows(file)) == []


def test_the_command_writes_all_that_it_found(bench_data, tmp_path):
    out = tmp_path / "found.json"
    rows = json.loads((bench_data / FILE).read_text())[38:40]
    few = tmp_path / "few.json"
    few.write_text(json.dumps(rows))
    command = [*CLI, "suite", "audit", "--source", "core", "--path", str(few), "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1  # one of the two is contradicted
    assert "Contradicted" in done.stdout
    assert "outputs reproduced         2 of 2" in done.stdout
    assert [row["finding"] for row in json.loads(out.read_text())["findings"]] == [
        "contradicted",
        "confirmed",
    ]
