"""One table of a report, before anybody decided whether it becomes HTML, Markdown, CSV, LaTeX or JSON."""

from collections.abc import Sequence

from core_bench.records import Record
from core_bench.statistics import Estimate

Cell = Estimate | float | int | str | None


class Column(Record):
    """A column: `title` is what a reader sees, `key` what a program reads.

    `kind` says how its numbers are written: `share` (0..1, as a percentage), `difference` (of two shares, in
    points and with its sign), `number`, `p` (a p-value), `count`, `bytes`, or `text`.
    """

    key: str
    title: str
    kind: str = "share"


class Table(Record):
    """Rows under columns; the first column names the row. `note` says what a reader must know to read it."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def only(self, title: str, keys: Sequence[str]) -> "Table":
        """Return some of the columns under another title: what a terminal has room for."""
        chosen = [number for number, column in enumerate(self.columns) if column.key in keys]
        return Table(
            key=self.key,
            title=title,
            columns=tuple(self.columns[number] for number in chosen),
            rows=tuple(tuple(row[number] for number in chosen) for row in self.rows),
        )


def cell_text(cell: Cell, kind: str) -> str:
    """Return a cell as text: with its interval where it has one, a dash where there is nothing."""
    if isinstance(cell, Estimate):
        middle = number_text(cell.value, kind)
        if cell.low is None or cell.high is None:
            return middle
        return f"{middle} [{number_text(cell.low, kind)}, {number_text(cell.high, kind)}]"
    return number_text(cell, kind)


def number_text(value: float | str | None, kind: str) -> str:
    """Return one number the way its column writes numbers."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    match kind:
        case "share":
            return f"{100 * value:.1f}"
        case "difference":
            points = f"{100 * value:+.1f}"
            return "0.0" if points in ("+0.0", "-0.0") else points
        case "p":
            return "< 0.0001" if value < 0.0001 else f"{value:.4f}" if value < 0.01 else f"{value:.3f}"
        case "count":
            return f"{value:,.0f}"
        case "bytes":
            return f"{value / 1e6:,.1f} MB"
        case _:
            return f"{value:.4g}"
