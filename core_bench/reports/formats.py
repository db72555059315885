"""Tables as Markdown, CSV, LaTeX and JSON: for a paper, a spreadsheet, another program."""

import csv
import io
import json
from collections.abc import Callable, Sequence

from core_bench.reports.table import Cell, Table, cell_text
from core_bench.statistics import Estimate

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}
_MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in "\\|*_`<>[]#"} | {"\n": " ", "\r": " "})


def markdown(tables: Sequence[Table]) -> str:
    """Return the tables as Markdown with a heading each; whatever a model's name holds stays text."""
    return "\n".join(map(_markdown, tables))


def _markdown(table: Table) -> str:
    marks = [":--" if column.kind == "text" else "--:" for column in table.columns]
    lines = [
        f"## {plain_markdown(table.title)}\n",
        _row([plain_markdown(column.title) for column in table.columns]),
        _row(marks),
        *(_row([plain_markdown(text) for text in texts]) for texts in _texts(table)),
    ]
    if table.note:
        lines.append(f"\n{plain_markdown(table.note)}")
    return "\n".join(lines) + "\n"


def plain_markdown(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    return text.translate(_MARKDOWN)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def latex(tables: Sequence[Table]) -> str:
    """Return the tables as LaTeX with booktabs rules, for `\\input` in a paper."""
    return "\n".join(map(_latex, tables))


def _latex(table: Table) -> str:
    layout = "".join("l" if column.kind == "text" else "r" for column in table.columns)
    rows = [[column.title for column in table.columns], *_texts(table)]
    head, *body = [" & ".join(map(escape_latex, row)) + r" \\" for row in rows]
    caption = escape_latex(f"{table.title}. {table.note}" if table.note else table.title)
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{caption}}}",
            rf"\label{{tab:{table.key}}}",
            rf"\begin{{tabular}}{{{layout}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def escape_latex(text: str) -> str:
    """Return text that LaTeX prints as it stands."""
    return "".join(_LATEX.get(mark, mark) for mark in text)


def csv_text(tables: Sequence[Table]) -> str:
    """Return all tables as one long CSV file: a line for each number, with its interval and denominator.

    A text cell that a spreadsheet would take for a formula is written with a quote before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", "row", "column", "value", "low", "high", "n", "unit"])
    for table in tables:
        for row in table.rows:
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                writer.writerow([table.key, _safe(row[0]), column.key, *_numbers(cell)])
    return out.getvalue()


def _numbers(cell: Cell) -> list[Cell]:
    if isinstance(cell, Estimate):
        return [cell.value, cell.low, cell.high, cell.n, cell.unit]
    return [_safe(cell), None, None, None, None]


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def json_text(tables: Sequence[Table]) -> str:
    """Return the tables with every number at full precision."""
    return json.dumps([table.model_dump() for table in tables], indent=1, ensure_ascii=False) + "\n"


def _texts(table: Table) -> list[list[str]]:
    return [
        [cell_text(cell, column.kind) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]


FORMATS: dict[str, tuple[str, Callable[[Sequence[Table]], str]]] = {
    "markdown": (".md", markdown),
    "csv": (".csv", csv_text),
    "latex": (".tex", latex),
    "json": (".json", json_text),
}
"""Name -> (file ending, writer)."""
