"""The same question in several programs: variables by provenance, by history, and not by accident."""

from dataclasses import replace
from random import Random

from core_bench.records import Implementation
from core_bench.suites.candidates import candidates
from core_bench.suites.chooser import choose
from core_bench.suites.matching import Program, label_variables, renamed, shared_keys
from core_bench.suites.views import Run
from tracer import record_calls
from variants import Link, Site

INPUTS = ["[3, -1, 4]", "[]", "[5, 5]", "[1, 2, 3, 4]"]
REFERENCE = """\
def f(items):
    total = 0
    twin = 0
    for item in items:
        if item > 0:
            total += item * 2
            twin += item * 2
    return total + twin
"""
RENAMED = REFERENCE.replace("total", "a").replace(
    "twin", "total"
)  # the old name stands for the other variable
REWRITTEN = """\
def f(items):
    place = 0
    total = 0
    while place < len(items):
        if items[place] > 0:
            total = total + items[place] * 2
        place += 1
    return 2 * total
"""
LINKS = (Link("rename_locals", Site("f", 0, 1), (("total", "a"), ("twin", "total"))),)


def program(name, code, parent=None, chain=()):
    implementation = Implementation(
        id=name,
        problem="p",
        family="variant" if parent else "reference",
        code=code,
        parent=parent,
        chain=chain,
    )
    outcomes = record_calls(code, "f", INPUTS)
    traces = {text: outcome.trace for text, outcome in zip(INPUTS, outcomes, strict=True)}
    found = [row for text, trace in traces.items() for row in candidates(Run(text, trace))]
    return Program(implementation, traces, found)


def shared(programs):
    keys = shared_keys(programs)
    return [
        {key: row for key, row in zip(own, one.candidates, strict=True) if key}
        for own, one in zip(keys, programs, strict=True)
    ]


def test_a_chain_tells_the_old_names():
    chain = (
        *LINKS,
        Link("rename_by_role", Site("f", 0, 1), (("a", "b"),)),
        Link("invert_if", Site("f", 0, 5)),
    )
    variant = Implementation(id="v", problem="p", family="variant", code="", parent="r", chain=chain)
    assert renamed(variant) == {("f", "a"): "total", ("f", "total"): "twin", ("f", "b"): "total"}


def test_provenance_tells_apart_what_has_one_history():
    first, second = label_variables([program("r", REFERENCE), program("v", RENAMED, "r", LINKS)])
    assert first["f", "total"] != first["f", "twin"]
    assert second["f", "a"] == first["f", "total"]
    assert second["f", "total"] == first["f", "twin"]
    assert second["f", "item"] == first["f", "item"]


def test_history_matches_what_another_person_wrote():
    first, second = label_variables([program("r", REFERENCE), program("w", REWRITTEN)])
    assert second["f", "total"] in (first["f", "total"], first["f", "twin"])
    assert second["f", "place"] not in first.values()


def test_a_name_that_means_something_else_now_is_no_match():
    changed = REFERENCE.replace("total += item * 2", "total += item * 3")
    first, second = label_variables([program("r", REFERENCE), program("v", changed, "r")])
    assert second["f", "total"] != first["f", "total"]
    assert second["f", "twin"] == first["f", "twin"]


def test_what_is_shared_has_one_answer_on_one_input():
    groups = shared([program("r", REFERENCE), program("v", RENAMED, "r", LINKS), program("w", REWRITTEN)])
    common = set(groups[0]) & set(groups[1]) & set(groups[2])
    assert common
    for key in set(groups[0]) & set(groups[1]):
        left, right = groups[0][key], groups[1][key]
        assert (left.input, left.gold, left.query.kind) == (right.input, right.gold, right.query.kind)
    kinds = {groups[0][key].query.kind for key in common}
    assert {"value_at_loop_exit", "nth_value"} <= kinds
    assert not {"next_line", "line_executed"} & kinds


def test_one_program_shares_nothing():
    assert shared([program("r", REFERENCE)]) == [{}]


def test_the_choice_does_not_depend_on_the_order_of_candidates():
    programs = [program("r", REFERENCE), program("v", RENAMED, "r", LINKS), program("w", REWRITTEN)]
    turned = [replace(one, candidates=one.candidates[::-1]) for one in programs]
    for seed in range(12):
        assert choose(programs, 12, Random(seed)) == choose(turned, 12, Random(seed))
