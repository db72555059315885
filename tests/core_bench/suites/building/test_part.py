"""What cannot be in a suite is named and left out, and the rest is built."""

from dataclasses import replace

import pytest

from core_bench.suites.building import verify
from core_bench.suites.building.part import build_part
from tests.core_bench.suites.building.conftest import ALTERNATE, REFERENCE
from tracer import run_calls

ENDLESS = REFERENCE.replace("    found = 0\n", "    found = 0\n    while limit < 99:\n        found = 0\n")
FLAKY = REFERENCE.replace("return found", "return found + id(items) % 7")
HASHED = REFERENCE.replace("return found", 'return found, list({"ab", "cd", "ef"})')
RARELY_HASHED = """\
def count(items, limit):
    if len(items) > 3 or limit > 8:
        return 1
    first, second = {"ab", "cd"}
    return first
"""
STATES_HASHED = """\
def count(items, limit):
    names = {"ab", "cd", "ef"}
    text = ""
    for name in names:
        text = name + text
    if limit > 2 and items:
        return len(text) + 1
    return len(text)
"""


def left_out(part):
    return [(row.what, row.id, row.reason) for row in part.left_out]


def test_a_sound_problem_is_built_whole(source, bare):
    part = build_part(source(REFERENCE, ALTERNATE), bare)
    assert left_out(part) == []
    assert [program.id for program in part.implementations] == ["count/reference", "count/alternate-1"]
    assert {(row.input, row.gold) for row in part.samples} <= {
        ("[3, 1, 4], 2", "2"),
        ("[], 1", "0"),
        ("[2, 2, 5], 2", "21"),
        ("[1], 9", "0"),
        ("[9, 9, 9, 9], 3", "4"),
    }
    assert part.reduction["tests"] == len({row.input for row in part.samples}) >= 3
    assert part.reduction["cover"] == part.reduction["bound"]
    assert len(part.probes) == 8
    assert len({(probe.implementation, repr(probe.query), probe.input) for probe in part.probes}) == 8


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (ENDLESS, "slow"),
        (FLAKY, "flaky"),
        (HASHED, "flaky"),
        (RARELY_HASHED, "flaky"),
        ("def count(items, limit):\n    return len(items)\n", "too simple"),
        (REFERENCE.replace("return found", "return count"), "no input is left"),
        ("def count(items, limit:\n", "fails"),
        (REFERENCE.replace("found = 0", "import os; found = os._exit(3)"), "fails"),
    ],
)
def test_a_reference_that_cannot_be_used_leaves_the_problem_out(source, bare, code, reason):
    part = build_part(source(code, ALTERNATE), bare)
    assert part.problem is None
    assert left_out(part)[-1] == ("problem", "count", reason)
    assert part.left_out[-1].detail


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (ALTERNATE.replace("    above", "    while border < 99:\n        pass\n    above"), "slow"),
        (ALTERNATE.replace("5 + 5", "5 + 5 + id(values) % 7"), "flaky"),
        (REFERENCE, "duplicate"),
        (REFERENCE + "\n\n# the same, with a remark\n", "duplicate"),
        (REFERENCE.replace("found", "number"), "too similar"),
        (ALTERNATE.replace("5 + 5", "5 + 4"), "differs from the reference"),
        (ALTERNATE.replace("return 0", "return 0.0"), "differs from the reference"),
        ("def count(items, limit):\n    return 3\n", "too simple"),
    ],
)
def test_an_implementation_that_cannot_be_used_is_named_and_the_others_stay(source, bare, code, reason):
    part = build_part(source(REFERENCE, code), bare)
    assert left_out(part) == [("implementation", "count/alternate-1", reason)]
    assert [program.id for program in part.implementations] == ["count/reference"]
    assert part.samples
    assert part.probes


def test_a_program_that_never_ends_costs_one_limit(source, bare, monkeypatch):
    inputs = tuple(f"[1, 2], {number}" for number in range(12))
    run: list[str] = []

    def counted(code, entry_point, texts, **options):
        run.extend(texts)
        return run_calls(code, entry_point, texts, **options)

    monkeypatch.setattr(verify, "run_calls", counted)
    monkeypatch.setattr(verify, "record_calls", counted)
    part = build_part(source(ENDLESS, inputs=inputs), bare)
    assert part.left_out[-1].reason == "slow"
    assert run == [inputs[0]]


def test_tests_that_disagree_with_the_reference_leave_the_problem_out(source, bare):
    fitting = source(REFERENCE, outputs=(("[3, 1, 4], 2", "2"), ("[], 1", "0.0")))
    assert build_part(fitting, bare).problem is not None
    for wrong in (
        source(REFERENCE, outputs=(("[3, 1, 4], 2", "3"),)),
        source(REFERENCE, contradiction="its check ends with AssertionError"),
    ):
        part = build_part(wrong, bare)
        assert left_out(part) == [("problem", "count", "tests disagree with the reference")]


def test_inputs_without_a_literal_are_dropped_and_counted(source, bare):
    code = REFERENCE.replace("return found", "return found if limit < 9 else count")
    part = build_part(source(code), bare)
    assert left_out(part) == [("inputs", "count", "no literal")]
    assert "[1], 9" not in part.problem.inputs
    assert part.samples


def test_states_that_depend_on_the_hash_seed_are_asked_of_nobody(source, bare):
    part = build_part(source(STATES_HASHED), replace(bare, probes=20))
    assert part.samples
    assert not [probe for probe in part.probes if getattr(probe.query, "name", "") in ("text", "name")]


def test_probes_that_are_shared_ask_the_same(source, bare):
    part = build_part(source(REFERENCE), replace(bare, reference_variants=3, max_jaccard=1.0))
    assert len(part.implementations) == 4
    groups = {}
    for probe in part.probes:
        if probe.shared:
            groups.setdefault(probe.shared, []).append(probe)
    assert groups
    for probes in groups.values():
        assert len({probe.implementation for probe in probes}) == len(probes) >= 2
        assert len({(probe.input, probe.gold, probe.phrasing, probe.query.kind) for probe in probes}) == 1


def test_a_fresh_part_has_no_program_that_a_person_wrote(source, bare):
    part = build_part(source(REFERENCE), replace(bare, reference_variants=2, max_jaccard=1.0, fresh=True))
    assert {program.family for program in part.implementations} == {"variant"}
    assert part.samples
