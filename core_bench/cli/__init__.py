"""The command line: the only place that knows the terminal."""

from core_bench.cli.main import main

__all__ = ["main"]
