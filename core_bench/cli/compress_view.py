"""What `core-bench compress` prints: plans, bytes and importance as tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from core_bench.cli.tables import counts_table

if TYPE_CHECKING:
    from compress import ImportanceTable, ModelMap, Plan

_MOST_COLUMNS = 8


def prediction_table(plan: "Plan", model: "ModelMap") -> Table:
    """Say what a plan does and what it will weigh."""
    from compress import predict, predict_training
    from compress.card import plan_summary

    memory = predict(plan, model)
    ranks = {index: block.rank or 16 for index, block in plan.kept()}
    training = predict_training(plan, model, ranks, 16, 256)
    before = sum(tensor.bytes for tensor in model.tensors.values())
    rows = [
        ("plan", plan.hash()[:12]),
        *(
            (line.split(": ", 1)[0], line.split(": ", 1)[1]) if ": " in line else ("quantised", line)
            for line in plan_summary(plan, model)
        ),
        ("on disk", f"{_mb(memory.disk)} ({100 * memory.total / before:.1f} % of the base)"),
        *([("adapter", _mb(memory.adapter))] if memory.adapter else []),
        (
            "resident",
            f"{_mb(memory.resident_packed)} packed (vLLM), {_mb(memory.resident_dense)} in transformers",
        ),
        ("bits per weight", f"{memory.bits_per_weight:.3f} (linear layers, scales included)"),
        ("recovery peak", f"about {_mb(training.total)} (16 x 256 tokens)"),
    ]
    return counts_table(rows)


def inspection_table(folder: Path) -> Table:
    """Say what a folder holds; of a base, what can be changed."""
    from compress import UnsupportedModelError, inspect_checkpoint, read_map, read_plan
    from compress.checkpoint import read_config, weights_hash

    config, weighed = read_config(folder), inspect_checkpoint(folder)
    rows = [
        ("folder", str(folder)),
        ("architecture", str(config.get("model_type"))),
        ("weights", weights_hash(folder)),
        ("on disk", _mb(weighed.file_bytes)),
        ("tensors", f"{weighed.tensors:,} with {weighed.elements:,} stored values"),
    ]
    plan_file = folder / "compress_plan.json"
    if plan_file.exists():
        plan = read_plan(plan_file)
        rows += [("plan", plan.hash()[:12]), ("made from", plan.base)]
    try:
        found = read_map(folder)
    except UnsupportedModelError as error:
        rows.append(("changeable", f"no: {error.problem}"))
        return counts_table(rows)
    rows += [
        ("changeable", "yes"),
        ("blocks", f"{found.blocks} of width {found.hidden}"),
        ("FFN", f"{found.ffn} channels"),
        (
            "attention",
            f"{found.kv_heads} KV groups of {found.group_heads} query heads, {found.head_dim} wide",
        ),
        (
            "vocabulary",
            f"{found.vocabulary:,}, {'tied' if found.tied else 'with an output layer of its own'}",
        ),
    ]
    return counts_table(rows)


def importance_table(table: "ImportanceTable") -> Table:
    """One row a block; long vectors are shown by their quartiles."""
    shown = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title=f"{table.measure}: {table.unit}", title_justify="left"
    )
    shown.add_column("block", justify="right")
    columns = list(dict.fromkeys((row.part, row.option) for row in table.rows))
    for part, option in columns:
        shown.add_column(f"{part}\n{option}".strip(), justify="right")
    cells = {(row.block, row.part, row.option): row.values for row in table.rows}
    for block in sorted({row.block for row in table.rows}):
        shown.add_row(str(block), *(_values(cells.get((block, *column), ())) for column in columns))
    return shown


def _values(values: tuple[float, ...]) -> str:
    if len(values) <= _MOST_COLUMNS:
        return " ".join(f"{value:.4g}" for value in values) or "-"
    ordered = sorted(values)
    marks = [ordered[round(share * (len(ordered) - 1))] for share in (0, 0.25, 0.5, 0.75, 1)]
    return " ".join(f"{mark:.3g}" for mark in marks)


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
