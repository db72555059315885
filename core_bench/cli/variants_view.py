"""Variants and other implementations for the terminal."""

import difflib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from rich import box
from rich.console import Console
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from core_bench.cli.trace_table import printable
from core_bench.implementations.admitting import Decided
from tracer import source_lines
from variants import TRANSFORMS, DeepVerdict, Generation, Variant
from variants.equivalence import HASH_SEEDS

View = Literal["code", "diff", "side"]


def show_generation(
    console: Console,
    file: str,
    code: str,
    found: Generation,
    wanted: int,
    view: View,
    deep: Sequence[DeepVerdict] = (),
) -> None:
    """Print every variant with how it was made, how far it is from the original, and the verdicts."""
    for number, variant in enumerate(found.variants, 1):
        console.print(Rule(Text(f"variant {number} of {printable(file)}"), align="left", style="dim"))
        console.print(Text(_measures(variant)))
        console.print(Text(_proof(variant), "green"))
        for verdict in deep[number - 1 : number]:
            console.print(Text(*_deeper(verdict)))
        for link in variant.chain:
            parameters = ", ".join(f"{name} {value}" for name, value in link.parameters)
            console.print(
                Text(f"  {link.transform} at {link.site}" + (f" ({parameters})" if parameters else ""))
            )
        console.print()
        console.print(_body(code, variant.code, view))
        console.print()
    console.print(Text(_tally(found, wanted), "dim"))


def as_data(found: Generation, deep: Sequence[DeepVerdict] = ()) -> dict[str, Any]:
    """Return variants as plain JSON values."""
    verdicts: list[Any] = [asdict(verdict) for verdict in deep] or [None] * len(found.variants)
    return {
        "demands": asdict(found.demands),
        "variants": [
            {
                "code": variant.code,
                "chain": [asdict(link) for link in variant.chain],
                "complexity": variant.complexity,
                "similarity": asdict(variant.similarity),
                "executed_lines": asdict(variant.length) if variant.length is not None else None,
                "verdict": variant.equivalence.reason,
                "inputs": variant.equivalence.inputs,
                "deep": verdict,
            }
            for variant, verdict in zip(found.variants, verdicts, strict=True)
        ],
        "made": found.tally.made,
        "filtered": found.tally.filtered,
        "verified": found.tally.verified,
        "rejected": len(found.tally.rejected),
        "hindrance": found.hindrance,
    }


def transforms_table() -> Table:
    """One row a transform."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("transform", "family", "changes", "what it does"):
        table.add_column(name, no_wrap=name == "transform")
    for name, transform in sorted(TRANSFORMS.items(), key=lambda pair: (pair[1].family, pair[0])):
        table.add_row(name, transform.family, ", ".join(sorted(transform.changes)), transform.description)
    return table


def admissions_table(decided: Sequence[Decided]) -> Table:
    """One row an implementation: what was decided, and why."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    longest = max((len(row.implementation.id) for row in decided), default=0)
    table.add_column("implementation", min_width=min(longest, 40), no_wrap=True)
    table.add_column("decision", min_width=14, no_wrap=True)
    table.add_column("detail", no_wrap=True, overflow="ellipsis")
    for row in decided:
        admission = row.admission
        detail = admission.detail
        if not detail and admission.likeness is not None:
            detail = f"complexity {admission.complexity}, {admission.likeness:.2f} like the reference"
        table.add_row(row.implementation.id, admission.decision, printable(detail))
    return table


def _measures(variant: Variant) -> str:
    like, length = variant.similarity, variant.length
    executed = "executed lines not counted"
    if length is not None:
        executed = (
            f"{length.variant} executed lines on the tests, {length.original} before (x{length.ratio:.2f})"
        )
    return (
        f"in common with the original: {like.tokenize:.2f} of the tokens (words {like.word:.2f}, "
        f"syntax nodes {like.nodes:.2f}); complexity {variant.complexity}; {executed}"
    )


def _proof(variant: Variant) -> str:
    found = variant.equivalence
    return f"verdict: {found.reason} on {found.inputs} inputs under {len(HASH_SEEDS)} hash seeds"


def _deeper(verdict: DeepVerdict) -> tuple[str, str]:
    """What CrossHair found, and the colour of it."""
    colour = {"different": "red", "same": "green", "no difference": "green"}.get(verdict.finding, "yellow")
    detail = f": {printable(verdict.detail)}" if verdict.detail else ""
    return f"CrossHair: {verdict.finding}{detail}", colour


def _body(original: str, code: str, view: View) -> Syntax | Table:
    if view == "diff":
        lines = difflib.unified_diff(
            source_lines(original), source_lines(code), "original", "variant", lineterm=""
        )
        return _coloured("\n".join(map(printable, lines)), "diff")
    if view == "code":
        return _coloured(_shown(code), "python")
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("original", ratio=1)
    table.add_column("variant", ratio=1)
    table.add_row(_coloured(_shown(original), "python"), _coloured(_shown(code), "python"))
    return table


def _coloured(text: str, language: str) -> Syntax:
    return Syntax(text, language, theme="ansi_dark", background_color="default", word_wrap=True)


def _shown(code: str) -> str:
    return "\n".join(map(printable, source_lines(code.rstrip())))


def _tally(found: Generation, wanted: int) -> str:
    tally = found.tally
    text = (
        f"{tally.made} candidates: {tally.filtered} too like others or too simple, "
        f"{tally.verified} proved equivalent, {len(tally.rejected)} found different"
    )
    if found.hindrance is not None:
        text += f". No transform touches this program: {found.hindrance}"
    elif len(found.variants) < wanted:
        text += (
            f". {len(found.variants)} of {wanted} variants: the program offers no more that meet the demands"
        )
    return text
