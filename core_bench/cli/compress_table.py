"""`core-bench compress table`: what each checkpoint weighs, and what it lost, in one table."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table

from core_bench.cli.compress_making import compress_errors
from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from compress import Likelihood, Passage
    from core_bench.engines.base import AnswerScore
    from core_bench.items import Item

_DECODED = 32
_SPEED_BATCH = 8


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    bytes: int
    bits: float | None
    text: "Likelihood"
    answers: "list[AnswerScore]"
    speed: float


def table(
    checkpoints: Annotated[list[str], typer.Argument(help="The base first, then what is compared with it.")],
    suite: Annotated[str, typer.Option(help="Name of a shipped suite, or the path of one.")] = "core-mini",
    split: Annotated[str, typer.Option(help="Problems to ask: dev where a choice depends on it.")] = "dev",
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only the first N items.")] = None,
    tokens: Annotated[int, typer.Option(min=32, help="Tokens of each of 30 held-out modules.")] = 768,
    out: Annotated[Path | None, typer.Option(help="Also write the rows to this JSON file.")] = None,
    cards: Annotated[
        bool, typer.Option("--cards", help="Also write the scores into the model cards.")
    ] = False,
) -> None:
    """Evaluate checkpoints: bytes, loss on Python text, likelihood and accuracy of the gold, speed."""
    import json

    from compress import passages, read_documents
    from compress.card import add_scores
    from compress.loading import load_tokenizer
    from core_bench.cli.tables import console
    from core_bench.jsonl import write_text
    from core_bench.models import resolve
    from core_bench.suites import load_suite

    loaded = load_suite(suite)
    items = loaded.split(split)[:limit]
    if not items:
        raise CoreBenchError(f"the split {split} of {loaded.header.name} is empty", "Use --split full.")
    golds = loaded.golds
    rows = []
    with compress_errors():
        for spec in checkpoints:
            folder = resolve(spec)
            text = passages(read_documents("stdlib:held-out"), load_tokenizer(folder), tokens)
            rows.append(_evaluate(spec, folder, text, items, golds))
    for shown in _tables(rows, items):
        console().print(shown, markup=False, highlight=False)
    print(
        f"{sum(p.tokens for p in rows[0].text.passages):,} tokens of {len(rows[0].text.passages)} modules; "
        f"{len(items)} items of {len({item.problem for item in items})} {split} problems. "
        "Differences are against the first row, with 95 % intervals (modules and problems are the clusters). "
        "Exact: greedy decoding would write the gold letter by letter."
    )
    if cards:
        for row, spec in zip(rows[1:], checkpoints[1:], strict=True):
            add_scores(resolve(spec), _scores(rows[0], row, items, f"{loaded.header.name} {split}"))
    if out is not None:
        write_text(out, json.dumps([_as_data(row) for row in rows], indent=1) + "\n")


def _evaluate(
    name: str, folder: Path, text: "Sequence[Passage]", items: "Sequence[Item]", golds: Mapping[str, str]
) -> _Row:
    from compress import inspect_checkpoint, measure
    from compress.loading import load_tokenizer
    from compress.opening import ADAPTER_FOLDER, open_with_adapter
    from core_bench.cli.progress import progress
    from core_bench.runs import GoldScores, gold_requests

    model, tokenizer = open_with_adapter(folder), load_tokenizer(folder)
    adapter = folder / ADAPTER_FOLDER
    size = inspect_checkpoint(folder).file_bytes
    size += inspect_checkpoint(adapter).file_bytes if adapter.is_dir() else 0
    with progress(f"{name}, text", "modules") as update:
        likelihood = measure(model, text, update)
    with progress(f"{name}, answers", "items") as update:
        answers = GoldScores(folder, tokenizer).measure(model, gold_requests(items, golds), update)
    return _Row(name, size, _bits(folder), likelihood, answers, _speed(model, tokenizer))


def _bits(folder: Path) -> float | None:
    """Return stored bits per linear weight; None where the folder does not tell."""
    import json

    from compress.checkpoint import stored_tensors

    manifest = folder / "compress_manifest.json"
    if manifest.exists():
        return float(json.loads(manifest.read_text(encoding="utf-8"))["bits_per_weight"])
    widths = {"F32": 32.0, "BF16": 16.0, "F16": 16.0}
    kinds = {tensor.dtype for tensor in stored_tensors(folder).values()}
    return widths.get(kinds.pop()) if len(kinds) == 1 else None


def _speed(model: Any, tokenizer: Any) -> float:
    """Return tokens per second of greedy decoding in transformers, 8 sequences at once."""
    import torch

    prompt = tokenizer(["def add(first, second):\n    return"] * _SPEED_BATCH, return_tensors="pt")
    settings = {"do_sample": False, "min_new_tokens": _DECODED, "max_new_tokens": _DECODED, "pad_token_id": 0}
    with torch.inference_mode():
        started = time.perf_counter()
        model.generate(**prompt, **settings)
    return _SPEED_BATCH * _DECODED / (time.perf_counter() - started)


def _tables(rows: list[_Row], items: "Sequence[Item]") -> list[Table]:
    """Return bytes, text and speed, then golds: either table fits 80 columns with names of 14 letters."""
    from compress import compare

    size = _empty("MB\n", "bits/w\n", "perplexity\nof text", "nats a token\nagainst base", "tokens/s\n")
    golds = _empty(
        "gold\na token",
        "samples, nats\nagainst base",
        "probes, nats\nagainst base",
        "exact\n%",
        "points\nagainst base",
    )
    base = rows[0]
    for row in rows:
        compared = row is not base
        name = row.name.rstrip("/").rsplit("/", 1)[-1]
        nats = sum(a.nats for a in row.answers) / sum(a.tokens for a in row.answers)
        size.add_row(
            name,
            f"{row.bytes / 1e6:.1f}",
            "-" if row.bits is None else f"{row.bits:.2f}",
            f"{row.text.perplexity:.2f}",
            _stacked(str(compare(base.text, row.text))) if compared else "",
            f"{row.speed:.0f}",
        )
        golds.add_row(
            name,
            f"{nats:.3f}",
            _stacked(_paired(base, row, items, "sample")) if compared else "",
            _stacked(_paired(base, row, items, "probe")) if compared else "",
            f"{100 * sum(a.greedy for a in row.answers) / len(row.answers):.1f}",
            _stacked(_paired_exact(base, row, items)) if compared else "",
        )
    return [size, golds]


def _empty(*titles: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("checkpoint\n", overflow="fold", min_width=8)
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _stacked(difference: str) -> str:
    """Put the interval below its value."""
    return difference.replace(" [", "\n[")


def _paired(base: _Row, row: _Row, items: "Sequence[Item]", kind: str) -> str:
    """Return the difference of mean nats per answer over the items of a kind, clustered by problem."""
    chosen = [number for number, item in enumerate(items) if item.kind == kind]
    return _difference(
        [items[n].problem for n in chosen],
        [base.answers[n].nats for n in chosen],
        [row.answers[n].nats for n in chosen],
    )


def _paired_exact(base: _Row, row: _Row, items: "Sequence[Item]") -> str:
    return _difference(
        [item.problem for item in items],
        [100.0 * answer.greedy for answer in base.answers],
        [100.0 * answer.greedy for answer in row.answers],
    )


def _difference(problems: Sequence[str], before: Sequence[float], after: Sequence[float]) -> str:
    from core_bench.statistics import clustered, compare

    if not problems:
        return "-"
    found = compare(
        clustered(zip(problems, before, strict=True), bounds=None),
        clustered(zip(problems, after, strict=True), bounds=None),
    ).difference
    if found.value is None:
        return "-"
    ends = "" if found.low is None or found.high is None else f" [{found.low:+.2f}, {found.high:+.2f}]"
    return f"{found.value:+.2f}{ends}"


def _scores(base: _Row, row: _Row, items: "Sequence[Item]", asked: str) -> dict[str, str]:
    """Return what the card says of an evaluation."""
    from compress import compare

    exact = 100 * sum(a.greedy for a in row.answers) / len(row.answers)
    return {
        f"perplexity, {row.text.tokens:,} tokens of held-out Python": f"{row.text.perplexity:.3f}",
        "the same against the base, nats a token": str(compare(base.text, row.text)),
        f"gold of samples ({asked}) against the base, nats an answer": _paired(base, row, items, "sample"),
        f"gold of probes ({asked}) against the base, nats an answer": _paired(base, row, items, "probe"),
        f"exact answers ({asked}, n={len(row.answers)}), %": f"{exact:.1f}",
        "the same against the base, points": _paired_exact(base, row, items),
        "tokens/s, transformers, 8 sequences": f"{row.speed:.0f}",
    }


def _as_data(row: _Row) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(row)
