"""The tasks for lm-evaluation-harness say of stored replies what our own run says of them."""

import json
import subprocess
import sys

import pytest
import yaml

from core_bench.adapters import lm_eval_task
from core_bench.adapters.lm_eval_folder import write_tasks
from core_bench.errors import CoreBenchError
from core_bench.methods import load_method
from core_bench.suites import load_suite
from tests.core_bench.adapters.stored_replies import our_scores, stored

CALLED = "core_bench.adapters.lm_eval_task."


class _Loader(yaml.SafeLoader):
    """Reads `!function module.name` as that name's own object, as the harness does."""


_Loader.add_constructor(
    "!function",
    lambda loader, node: getattr(lm_eval_task, loader.construct_scalar(node).removeprefix(CALLED)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("tasks") / "tasks"
    command = [
        sys.executable,
        "-m",
        "core_bench.cli",
        "suite",
        "export",
        "core-mini",
        "--format",
        "lm-eval",
        "--out",
        out,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert f"lm_eval --include_path {out} --tasks core_mini_" in done.stdout
    return out


def read(path):
    return yaml.load(path.read_text(), _Loader)


def test_the_task_gives_our_verdicts_and_our_metrics(folder):
    task = read(folder / "core_mini_lite_io.yaml")
    docs = task["custom_dataset"](**task["metadata"], **task["dataset_kwargs"], pretrained="any")["test"]
    replies = stored("completion")
    verdicts, values = our_scores(replies, "completion")
    results = [task["process_results"](doc, [replies[doc["id"], 0][0]]) for doc in docs]
    assert {(doc["id"], 0): row["I"][-1] for doc, row in zip(docs, results, strict=True)} == verdicts
    assert {"correct", "wrong", "not_literal", "no_answer"} <= set(verdicts.values())
    gathered = json.loads(json.dumps(results))  # between processes
    for metric in task["metric_list"][1:]:
        found = metric["aggregation"]([row[metric["metric"]] for row in gathered])
        assert found == pytest.approx(values[metric["metric"]]), metric["metric"]
    assert sum(row["acc"] for row in results) / len(results) == pytest.approx(values["verdict/correct"])
    assert 0 < values["RCS"] < 1


def test_prompts_and_golds_go_out_to_the_letter(folder):
    task = read(folder / "core_mini_lite_cot.yaml")
    docs = task["custom_dataset"](**task["dataset_kwargs"])["test"]
    suite = load_suite("core-mini")
    assert [task["doc_to_target"](doc) for doc in docs] == [
        suite.golds[item.id] for item in suite.split("lite")
    ]
    method = load_method("cot")
    assert [task["doc_to_text"](doc) for doc in docs] == [
        method.render(item, "completion") for item in suite.split("lite")
    ]
    assert task["generation_kwargs"] == {
        "until": ["[/ANSWER]", "[PYTHON]"], "max_gen_toks": 512, "do_sample": False, "temperature": 0.0,
    }  # fmt: skip


def test_a_suite_of_ones_own_is_written_beside_its_tasks(tmp_path):
    suite = load_suite("core-mini")
    header = suite.header.model_copy(update={"name": "my-suite"})
    mine = type(suite)(header, suite.problems, suite.implementations, suite.samples, suite.probes)
    files = list(write_tasks(mine, tmp_path))
    assert files[0] == tmp_path / "suite" / "suite.json"
    task = read(tmp_path / "my_suite_lite_io.yaml")
    assert task["dataset_kwargs"]["suite"] == str(tmp_path / "suite")
    assert len(task["custom_dataset"](**task["dataset_kwargs"])["test"]) == len(suite.split("lite"))


def test_a_suite_that_changed_since_the_export_is_refused(folder):
    task = read(folder / "core_mini_lite_io.yaml")
    with pytest.raises(CoreBenchError, match="another build"):
        task["custom_dataset"](**{**task["dataset_kwargs"], "suite_hash": "0" * 64})


def test_a_method_that_asks_again_is_refused():
    with pytest.raises(CoreBenchError, match="rhda asks again"):
        lm_eval_task.docs(suite="core-mini", split="lite", method="rhda")
