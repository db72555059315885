"""What became of published probes, as tables for the terminal."""

from collections import Counter

from rich import box
from rich.table import Table

from core_bench.cli.tables import console, counts_table
from core_bench.suites.audit import PublishedFindings

_LONGEST = 60


def show_published(found: PublishedFindings) -> None:
    """Print counts, the reasons of what cannot be checked, and every contradicted probe with its value."""
    total = found.probes
    undecided = Counter(row.reason for row in found.findings if row.finding == "not checkable")
    rows = [
        ("probes", str(total)),
        ("outputs reproduced", f"{found.outputs_reproduced} of {total}"),
        ("displayed line is one off", f"{found.display_off_by_one} of {total}"),
        ("displayed line never runs", f"{found.line_never_ran} of {total}"),
        *((name, f"{found.counts.get(name, 0)} of {total}") for name in ("confirmed", "contradicted")),
        ("not checkable", f"{found.counts.get('not checkable', 0)} of {total}"),
        *((f"  {count}", reason) for reason, count in undecided.most_common()),
    ]
    console().print(counts_table(rows), markup=False, highlight=False)
    wrong = [row for row in found.findings if row.finding == "contradicted"]
    if not wrong:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="Contradicted", title_justify="left")
    for name in ("probe", "asked", "published", "execution"):
        table.add_column(name, overflow="fold")
    for row in wrong:
        table.add_row(row.probe, _short(row.asked or ""), _short(row.gold), _short(row.execution or ""))
    console().print(table, markup=False, highlight=False)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
