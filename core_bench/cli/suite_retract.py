"""`core-bench suite retract`: withdraw the items of a suite whose golds an audit does not give."""

import sys
from typing import Annotated

import typer


def retract(
    suite: Annotated[str, typer.Argument(help="Name or path of a suite.", metavar="SUITE")],
) -> None:
    """Audit a suite and list the items whose golds do not hold in its retractions.json.

    New runs do not ask them, and no score counts them; the suite and its hash stay as they are.
    """
    from core_bench.cli.progress import progress
    from core_bench.suites import load_suite
    from core_bench.suites.audit.retracting import derive_retractions
    from core_bench.suites.retractions import write_retractions
    from core_bench.suites.suite import suite_folder

    loaded = load_suite(suite)
    try:
        with progress("auditing", "implementations") as update:
            found = derive_retractions(loaded, update)
    except KeyboardInterrupt:
        print("\nStopped; nothing was written.", file=sys.stderr)
        raise typer.Exit(130) from None
    path = write_retractions(suite_folder(suite), found)
    for row in found.items:
        print(f"retracted: {row.item}: {row.reason}")
    if path is None:
        print(f"{loaded.header.name}: every gold holds, nothing is retracted")
    else:
        print(f"{path}: {len(found.items)} of {len(loaded.golds)} items, hash {found.hash[:12]}")
