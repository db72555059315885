"""The metrics on a run small enough to be computed by hand."""

import pytest

from core_bench.records import Implementation, Probe, Problem, Reply, Sample, Verdict, VerdictKind
from core_bench.scoring import judge, summarise
from core_bench.suites import Suite, SuiteHeader
from tracer import LoopIterations


def problem(name):
    return Problem(
        id=name, title=name, description=name, entry_point="f", topics=(), inputs=("1", "2"), split="test",
        origin="test", licence="test",
    )  # fmt: skip


def program(name, family):
    return Implementation(
        id=f"{name}/{family}", problem=name, family=family, code="def f(n):\n    return n\n"
    )


def sample(name, family, text):
    return Sample(
        id=f"{name}/{family}/t{text}", problem=name, implementation=f"{name}/{family}", input=text, gold=text
    )


def probe(name, number, *dimensions):
    return Probe(
        id=f"{name}/reference/q{number}", problem=name, implementation=f"{name}/reference", input="1",
        query=LoopIterations("f", 1, 2, 1), question="?", gold="1", dimensions=dimensions,
    )  # fmt: skip


@pytest.fixture
def suite():
    header = SuiteHeader(
        format=1, name="hand", version="1", description="", python="3.11", split_rule="", parameters={},
        counts={}, lite=(), files={},
    )  # fmt: skip
    families = ("reference", "variant")
    return Suite(
        header,
        problems=tuple(map(problem, "abc")),
        implementations=tuple(program(name, family) for name in "abc" for family in families),
        samples=tuple(sample(name, family, text) for name in "abc" for family in families for text in "12"),
        probes=(probe("a", 1, "logic"), probe("a", 2, "state", "logic"), probe("b", 1, "boundary")),
    )


def test_metrics_by_hand(suite):
    wrong = {"b/variant/t1", "c/reference/t1", "c/variant/t1", "a/reference/q2"}
    verdicts = [
        Verdict(item=item.id, method="io", verdict="wrong" if item.id in wrong else "correct")
        for item in suite.items
    ]
    got = summarise(suite, suite.items, verdicts)
    # I: a 1, b 0, c 0. I_s: a 1, b 1/2, c 0. W_s: a 1/2, b 1; c has no probes.
    assert (got.I.value, got.I.n) == (pytest.approx(1 / 3), 3)
    assert (got.I_s.value, got.I_s.n) == (pytest.approx(0.5), 3)
    assert (got.W.value, got.W.n) == (0.5, 2)
    assert (got.W_s.value, got.W_s.n) == (0.75, 2)
    assert (got.RCS.value, got.RCS.n) == (0.25, 2)
    assert got.Cons.value == pytest.approx(1 - ((1 - 0.5) ** 2 + (0 - 1) ** 2) / 2)
    assert (got.samples.value, got.samples.n) == (9 / 12, 12)
    assert (got.probes.value, got.probes.n) == (pytest.approx(2 / 3), 3)
    assert (got.by_dimension["logic"].value, got.by_dimension["logic"].n) == (0.5, 2)
    assert got.by_dimension["arithmetic"].value is None
    assert (got.by_family["variant"].value, got.by_family["variant"].n) == (pytest.approx(1 / 3), 3)
    assert got.verdicts["wrong"] == 4


def test_nothing_is_dropped_from_a_denominator(suite):
    verdicts = [Verdict(item=item.id, method="io", verdict=VerdictKind.NO_ANSWER) for item in suite.items]
    got = summarise(suite, suite.items, verdicts)
    assert (got.samples.value, got.samples.n) == (0.0, 12)
    assert (got.I_s.value, got.I_s.n) == (0.0, 3)


@pytest.mark.parametrize(
    ("text", "finish", "gold", "verdict"),
    [
        (" (1,)", "stop", "(1,)", "correct"),
        (" [1]", "stop", "(1,)", "wrong"),
        (" True", "stop", "1", "wrong"),
        (" 1.0", "stop", "1", "wrong"),
        (" {'b': 1, 'a': 2}", "stop", "{'a': 2, 'b': 1}", "correct"),
        (" one", "stop", "'one'", "not_literal"),
        (" 'on", "length", "'one'", "truncated"),
        ("", "stop", "1", "no_answer"),
        (" 1", "refused", "1", "refused"),
        ("", "error", "1", "engine_error"),
    ],
)
def test_verdicts(text, finish, gold, verdict):
    reply = Reply(item="x", method="io", text=text, finish=finish)
    assert judge(reply, gold, "start").verdict == verdict
