"""`python -m core_bench.cli` is `core-bench`."""

from core_bench.cli.main import main

main()
