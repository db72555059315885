"""One thing of a suite, written out for a reader."""

import difflib
from collections.abc import Iterator

from core_bench.errors import CoreBenchError
from core_bench.records import Implementation, Probe, Problem, Sample
from core_bench.suites import Suite

_Row = Problem | Implementation | Sample | Probe


def listing(suite: Suite, name: str) -> str:
    """Return the text about the problem, implementation, sample or probe called `name`.

    Raises:
        CoreBenchError: the suite has nothing of that name; close names are listed.
    """
    rows: list[_Row] = [*suite.problems, *suite.implementations, *suite.samples, *suite.probes]
    for row in rows:
        if row.id == name:
            return "\n".join(_lines(row, suite))
    close = difflib.get_close_matches(name, [row.id for row in rows], n=3, cutoff=0.3)
    raise CoreBenchError(
        f"{suite.header.name} has nothing called {name}",
        f"Close names: {', '.join(close)}."
        if close
        else f"Problems: {', '.join(p.id for p in suite.problems)}.",
    )


def _lines(row: _Row, suite: Suite) -> Iterator[str]:
    match row:
        case Problem():
            yield f"{row.id}: {row.title} ({row.split}; {', '.join(row.topics)})"
            yield row.description
            yield ""
            yield from (f"  {row.entry_point}({text})" for text in row.inputs)
            yield ""
            yield from (f"  {program.id}" for program in suite.implementations if program.problem == row.id)
        case Implementation():
            yield f"{row.id}: {row.family}" + (f" of {row.parent}" if row.parent else "")
            yield from (f"  {link.transform} at {link.site}" for link in row.chain)
            yield ""
            yield row.code.rstrip()
            yield ""
            yield f"items: {', '.join(item.id for item in suite.items if item.implementation == row.id)}"
        case Sample() | Probe():
            item = next(item for item in suite.items if item.id == row.id)
            yield f"{row.id}: {item.kind}" + (
                f" ({', '.join(row.dimensions)})" if isinstance(row, Probe) else ""
            )
            yield ""
            yield item.numbered_code
            yield ""
            yield item.question or f"What does the call `{item.call}` return?"
            yield f"gold: {row.gold}"
