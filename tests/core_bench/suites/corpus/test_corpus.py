"""The corpus: what it says happened happened, it stays away from suites, and its seed decides its bytes."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core_bench.data_folder import data_folder
from core_bench.errors import CoreBenchError
from core_bench.jsonl import parse_rows
from core_bench.suites import load_suite
from core_bench.suites.corpus import CorpusText, Made, counter, estimate, gather, make_corpus
from core_bench.suites.corpus.crossing import cross
from core_bench.suites.corpus.kinds import KINDS, draw_value, kind_of
from core_bench.suites.corpus.novelty import Known, structure
from core_bench.suites.corpus.parts import Part, fit, parts_of
from core_bench.suites.corpus.programs import Draft, write_program
from core_bench.suites.corpus.running import run_draft
from core_bench.suites.corpus.texts import trace_lines
from tracer import parse_literal, record_calls
from variants import jaccard, tokens

CLI = (sys.executable, "-m", "core_bench.cli")
TOKENS = 8_000


@pytest.fixture(scope="module")
def material():
    return gather(data_folder() / "problems", [load_suite("core-mini")])


@pytest.fixture(scope="module")
def made():
    return Made()


@pytest.fixture(scope="module")
def rows(material, made):
    return list(make_corpus(material, 7, TOKENS, estimate, made))


def test_it_has_as_many_tokens_as_were_asked_for_in_all_three_forms(rows, made):
    assert TOKENS <= sum(estimate(row.text) for row in rows) == made.tokens.total()
    assert made.tokens.total() < TOKENS + max(estimate(row.text) for row in rows)
    for form, share in {"output": 0.4, "trace": 0.4, "source": 0.2}.items():
        assert made.tokens[form] / made.tokens.total() == pytest.approx(share, abs=0.08)


def _program_and_call(row):
    """Return the program of a row, the call, and the value that the row claims."""
    asserted = re.search(r"^assert (\w+\(.*\)) == (.*)$", row.text, re.MULTILINE)
    if row.text.startswith("[PYTHON]"):
        code = re.search(r"\[PYTHON\]\n(.*?)\n\[/PYTHON\]", row.text, re.DOTALL)[1]
    else:
        code = re.split(r"\n\nRun |\n\n\nassert ", row.text)[0]
    if row.form == "trace":
        code = "\n".join(line[line.index("  ") + 2 :] for line in (f"{line}  " for line in _unnumbered(code)))
    return code, asserted[1], asserted[2]


def _unnumbered(code):
    return [re.sub(r"^ *\d+(?=  )", "", line) for line in code.splitlines()]


def test_every_output_is_what_plain_execution_gives(rows):
    checked = 0
    for row in rows:
        if row.form == "source":
            assert row.answer_start is None
            compile(row.text, row.program, "exec")
            continue
        code, call, value = _program_and_call(row)
        scope = {}
        exec(compile(code, row.program, "exec"), scope)
        assert eval(call, scope) == parse_literal(value), row.program
        checked += 1
        learned = row.text[row.answer_start :]
        if row.form == "output":
            assert row.text[: row.answer_start].endswith(f"assert {call} ==")
            assert learned.startswith(f" {value}\n")
        else:
            assert learned.startswith("call ")
            assert f"assert {call} == {value}" in learned
    assert checked > 12


def test_a_trace_is_what_another_tracer_sees(rows):
    """Lines and assignments, by a small settrace of this test."""
    traces = [row for row in rows if row.form == "trace"]
    for row in traces:
        code, call, _ = _program_and_call(row)
        if "while True" in code:  # its header comes up again at every jump back; a trace counts it once
            continue
        name = row.program
        scope = {}
        exec(compile(code, name, "exec"), scope)
        seen = []

        def watch(frame, event, arg, name=name, seen=seen):
            if frame.f_code.co_filename != name or frame.f_code.co_name.startswith("<"):
                return None
            if event == "line":
                seen.append(frame.f_lineno)
            return watch

        sys.settrace(watch)
        try:
            eval(call, scope)
        finally:
            sys.settrace(None)
        written = [
            int(number)
            for number, again in re.findall(
                r"^ *line (\d+)( again)?", row.text[row.answer_start :], re.MULTILINE
            )
            if not again
        ]
        assert written == seen, row.text
    assert len(traces) >= 4


def test_the_trace_of_a_program_with_a_helper_is_in_the_order_in_which_it_ran():
    code = "def g(x):\n    return x + 1\n\n\ndef f(n):\n    m = g(n) * 2\n    if m > 3:\n        m -= 1\n    return m\n"
    [outcome] = record_calls(code, "f", ["1"])
    assert list(trace_lines(outcome.trace)) == [
        "call f(n=1)",
        "line 6",
        "  call g(x=1)",
        "  line 2",
        "  return 2",
        "line 6 again: m = 4",
        "line 7: True",
        "line 8: m = 3",
        "line 9",
        "return 3",
    ]


def test_no_program_is_near_to_one_of_a_suite(rows):
    shipped = [program.code for program in load_suite("core-mini").implementations]
    for row in rows:
        code = row.text if row.form == "source" else _program_and_call(row)[0]
        for other in shipped:
            assert jaccard(tokens(code), tokens(other)) <= 0.7
            assert jaccard(structure(code), structure(other)) <= 0.5


def test_a_renamed_program_is_near_and_another_one_is_not():
    ours = load_suite("core-mini").implementations[0].code
    known = Known([ours])
    names = sorted(set(re.findall(r"\b[a-z_]{3,}\b", ours)) - {"def", "return", "for", "while"})
    renamed = ours
    for number, name in enumerate(name for name in names if name.isidentifier() and len(name) > 4):
        renamed = re.sub(rf"\b{name}\b", f"other_{number}", renamed)
    assert known.is_near(ours)
    assert known.is_near(renamed)
    assert not known.is_near("def f(n):\n    while n > 3:\n        n //= 2\n    return {n: [n]}\n")


def test_crossed_and_invented_programs_are_both_there(material):
    rng = random.Random(3)
    for make in (
        lambda: cross(rng.choice(material.hosts), rng, material.parts),
        lambda: write_program(rng, material.parts),
    ):
        drafts = [make() for _ in range(30)]
        assert len({draft.code for draft in drafts}) == 30
        assert sum(run_draft(draft) is not None for draft in drafts) >= 5


def test_the_same_seed_gives_the_same_bytes_under_another_hash_seed(tmp_path):
    texts = []
    for number, hash_seed in enumerate(("1", "2")):
        out = tmp_path / f"{number}.jsonl"
        command = [*CLI, "suite", "corpus", "--seed", "5", "--tokens", "2000", "--out", str(out)]
        done = subprocess.run(
            command,
            check=True,
            env={"PYTHONHASHSEED": hash_seed, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert "tokens (estimated)" in done.stdout
        texts.append(out.read_bytes())
    assert texts[0] == texts[1]
    first = json.loads(texts[0].splitlines()[0])
    assert list(first) == ["form", "text", "answer_start", "program"]
    assert parse_rows(texts[0].decode(), CorpusText, Path("0.jsonl"))


def test_drafts_that_teach_nothing_are_left_out():
    constant = "def f(x):\n    y = x\n    y += 1\n    y -= 1\n    return 3\n"
    endless = "def f(x):\n    while x or True:\n        x += 1\n    return x\n"
    by_hash = "def f(x):\n    y = list({'a', 'b', 'c', 'd', 'e'})\n    z = y[0]\n    z += x\n    return z\n"
    raising = "def f(x):\n    y = 1\n    y += 1\n    y += x.a\n    return y\n"
    good = "def f(x):\n    y = x\n    y += 1\n    y *= 2\n    return y\n"
    assert run_draft(Draft(constant, "f", ("1", "2"))) is None
    assert run_draft(Draft(endless, "f", ("1", "2"))) is None
    assert run_draft(Draft(by_hash, "f", ("'a'", "'b'"))) is None
    assert run_draft(Draft(raising, "f", ("1", "2"))) is None
    program = run_draft(Draft(good, "f", ("1", "2")))
    assert [(call.text, call.value) for call in program.calls] == [("f(1)", "4"), ("f(2)", "6")]


def test_parts_know_the_kinds_of_their_variables():
    code = "def f(xs, k):\n    if len(xs) > k:\n        t = [x + k for x in xs]\n        t.append(k)\n        return t[0]\n    return k\n"
    [outcome] = record_calls(code, "f", ["[1, 2], 1"])
    found = set(parts_of([outcome.trace]))
    assert Part("len(xs) > k", (("k", "int"), ("xs", "list[int]")), (), "bool") in found
    comprehension = Part("[x + k for x in xs]", (("k", "int"), ("xs", "list[int]")), ("x",), "list[int]")
    assert comprehension in found
    assert Part("t.append(k)", (("k", "int"), ("t", "list[int]")), (), None) in found
    rng = random.Random(0)
    assert fit(comprehension, {"a": "int", "b": "list[int]"}, ("e",), rng) == "[e + a for e in b]"
    assert fit(comprehension, {"b": "list[int]"}, ("e",), rng) is None


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_of_the_kind_that_was_asked_for(kind):
    rng = random.Random(1)
    assert {kind_of(draw_value(kind, rng)) for _ in range(20)} == {kind}


def test_the_estimate_and_a_real_tokenizer(smollm2):
    code = (
        "def f(items):\n    total = 0\n    for item in items:\n        total += item * 12\n    return total\n"
    )
    real = counter(smollm2)(code)
    assert estimate(code) == pytest.approx(real, rel=0.25)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "."], "is a folder"),
        (["--out", "c.jsonl", "--avoid", "absent"], "there is no suite absent"),
        (["--out", "c.jsonl", "--problems", "absent"], "there is no folder"),
        (["--out", "c.jsonl", "--tokenizer", "absent"], "there is no folder"),
        (["--out", "c.jsonl", "--tokenizer", "."], "has no tokenizer"),
        (["--out", "/proc/c.jsonl"], "cannot be"),
    ],
)
def test_names_what_is_wrong(options, message, tmp_path):
    done = subprocess.run(
        [*CLI, "suite", "corpus", "--tokens", "100", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_gives_up_where_nothing_can_be_made(material):
    from core_bench.suites.corpus import Material, making

    rows = make_corpus(Material(material.parts, (), _Everything()), 1, 1_000, estimate, Made())
    making_patience, making._PATIENCE = making._PATIENCE, 1
    try:
        with pytest.raises(CoreBenchError, match="none could be used"):
            list(rows)
    finally:
        making._PATIENCE = making_patience


class _Everything(Known):
    def __init__(self):
        super().__init__([])

    def is_near(self, code):
        return True
