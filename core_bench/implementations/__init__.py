"""Implementations that people and models wrote: reading them, and asking a model for them."""

from core_bench.implementations.asking import Answer, ask_for_implementations
from core_bench.implementations.files import Written, read_implementations

__all__ = ["Answer", "Written", "ask_for_implementations", "read_implementations"]
