"""What a score means: suites, their building blocks, and how they are made."""

from core_bench.suites.suite import SPLITS, Suite, SuiteHeader, known_suites, load_suite

__all__ = ["SPLITS", "Suite", "SuiteHeader", "known_suites", "load_suite"]
