"""Writes a suite as a folder of tasks for lm-evaluation-harness: one YAML file a split and method."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core_bench.adapters.lm_eval_task import AGGREGATIONS
from core_bench.jsonl import write_text
from core_bench.methods import Method, known_methods, load_method
from core_bench.suites import SPLITS, Suite, known_suites, load_suite
from core_bench.suites.suite import file_texts, sha256

_CALLED = "!function core_bench.adapters.lm_eval_task"


def write_tasks(suite: Suite, folder: Path) -> Iterator[Path]:
    """Write the tasks and yield their files.

    The tasks read a suite that ships with core-bench by its name; any other is written beside them, and they
    read it by its path: the folder then stays where it is.
    """
    shipped = suite.header.name in known_suites() and load_suite(suite.header.name).hash == suite.hash
    where = suite.header.name if shipped else str((folder / "suite").resolve())
    if not shipped:
        suite = _as_written(suite)
        suite.save(folder / "suite")
        yield folder / "suite" / "suite.json"
    methods = [method for method in map(load_method, known_methods()) if method.amendment is None]
    for split in SPLITS:
        if suite.split(split):
            for method in methods:
                name = task_name(suite.header.name, split, method.name)
                write_text(folder / f"{name}.yaml", _task(name, where, suite, split, method))
                yield folder / f"{name}.yaml"


def _as_written(suite: Suite) -> Suite:
    """Return the suite with the hashes of the files that `save` writes.

    They differ from the recorded ones where the suite is of an older format, whose rows have fewer fields.
    """
    texts = file_texts(suite.problems, suite.implementations, suite.samples, suite.probes)
    hashes = {name: sha256(text) for name, text in texts.items()}
    return replace(suite, header=suite.header.model_copy(update={"files": hashes}))


def task_name(suite: str, split: str, method: str) -> str:
    """Return what a task is called: `core_mini_lite_io`."""
    return "_".join((suite, split, method)).replace("-", "_")


def _task(name: str, where: str, suite: Suite, split: str, method: Method) -> str:
    """Return the YAML of a task; strings are written as JSON, which is YAML, too."""
    settings, header = method.settings("completion"), suite.header
    lines = [
        "# Written by core-bench suite export.",
        f"# {header.name} {header.version}, split {split}; method {method.name} {method.version}.",
        f"task: {name}",
        f"custom_dataset: {_CALLED}.docs",
        "dataset_kwargs:",
        f"  suite: {json.dumps(where)}",
        f"  suite_hash: {suite.hash}",
        f"  split: {split}",
        f"  method: {method.name}",
        "test_split: test",
        "num_fewshot: 0  # the prompts have their worked examples",
        "output_type: generate_until",
        f"doc_to_text: {_CALLED}.prompt",
        f"doc_to_target: {_CALLED}.gold",
        f"process_results: {_CALLED}.process_results",
        "generation_kwargs:",
        f"  until: {json.dumps(settings.stop)}",
        f"  max_gen_toks: {settings.max_tokens}",
        "  do_sample: false",
        "  temperature: 0.0",
        "metric_list:",
        "  - {metric: acc, aggregation: mean, higher_is_better: true}",
    ]
    for metric, function in AGGREGATIONS.items():
        lines += [
            f"  - metric: {json.dumps(metric)}",
            f"    aggregation: {_CALLED}.{function}",
            "    higher_is_better: true",
        ]
    lines += ["metadata:", f"  version: {json.dumps(header.version)}", ""]
    return "\n".join(lines)
