"""Derives from an audit which items of a suite have to be withdrawn."""

from collections.abc import Callable
from dataclasses import replace

from core_bench.suites.audit.findings import Rule
from core_bench.suites.audit.suite_audit import audit_suite
from core_bench.suites.retractions import Retraction, Retractions, retractions_of
from core_bench.suites.suite import Suite

_OF_GOLDS: frozenset[Rule] = frozenset(
    {
        "sample gold",
        "probe gold",
        "observers",
        "deterministic",
        "executed",
        "unique",
        "premise",
        "literal",
    }
)
"""Rules that say that a gold is wrong, or that there is none."""


def derive_retractions(
    suite: Suite, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Retractions:
    """Audit a suite as if nothing were retracted, and list the items whose golds do not hold.

    Raises:
        CoreBenchError: the suite was built on another Python minor.
    """
    findings = audit_suite(replace(suite, retracted={}), on_progress=on_progress)
    reasons: dict[str, str] = {}
    for fault in findings.faults:
        if fault.rule in _OF_GOLDS and fault.subject in suite.golds:
            reasons.setdefault(fault.subject, f"{fault.rule}: {fault.detail}")
    rows = [Retraction(item=item, reason=reason) for item, reason in reasons.items()]
    return retractions_of(suite.header.name, suite.hash, rows)
