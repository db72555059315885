"""Derives again what a suite claims: ours, and the published CoRE probes."""

from core_bench.suites.audit.findings import RULES, Fault, Findings
from core_bench.suites.audit.published import PublishedFinding, PublishedFindings, audit_published
from core_bench.suites.audit.retracting import derive_retractions
from core_bench.suites.audit.suite_audit import audit_suite

__all__ = [
    "RULES",
    "Fault",
    "Findings",
    "PublishedFinding",
    "PublishedFindings",
    "audit_published",
    "audit_suite",
    "derive_retractions",
]
