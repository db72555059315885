"""The task for inspect_ai says of stored replies what our own run says of them."""

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from tests.core_bench.adapters.stored_replies import our_scores, stored

inspect_ai = pytest.importorskip("inspect_ai", reason="needs the package inspect_ai (extra `inspect`)")

from inspect_ai.model import ModelOutput, ModelUsage, get_model  # noqa: E402

from core_bench.adapters.questions import questions  # noqa: E402

TASK = "core_bench/adapters/inspect_task.py"
STOPS = {"stop": "stop", "length": "max_tokens", "refused": "content_filter"}
VALUES = {"correct": "C", "wrong": "I", "not_literal": "I"}


def evaluated(tmp_path, answer, **options):
    """Run the task with a model that answers by `answer(prompt)`; return the log."""

    def outputs(messages, tools, tool_choice, config):
        text, finish = answer([message.text for message in messages])
        output = ModelOutput.from_content("mockllm/model", text, stop_reason=STOPS[finish])
        output.usage = ModelUsage(
            input_tokens=1, output_tokens=1, total_tokens=2
        )  # else it counts by a download
        return output

    model = get_model("mockllm/model", custom_outputs=outputs)
    arguments = {"method": options.pop("method", "io")}
    (log,) = inspect_ai.eval(
        TASK, task_args=arguments, model=model, log_dir=str(tmp_path), display="none", **options
    )
    assert log.status == "success", log.error.message
    return log


@pytest.mark.parametrize("epochs", [1, 2])
def test_inspect_gives_our_verdicts_and_our_metrics(tmp_path, epochs):
    replies = stored("chat", epochs)
    asked = questions("core-mini", "lite", "io", "chat")
    by_prompt = {asked.method.render(item, "chat")[0].content: item.id for item in asked.items.values()}
    assert len(by_prompt) == len(asked.items)
    told = dict.fromkeys(by_prompt.values(), 0)

    def answer(prompts):
        item = by_prompt[prompts[-1]]
        told[item] += 1
        return replies[item, told[item] - 1]

    # one at a time, so that the first answer to an item is that of its first epoch
    log = evaluated(tmp_path, answer, epochs=epochs, max_connections=1, max_samples=1)
    verdicts, values = our_scores(replies, "chat")
    assert {"truncated", "refused", "no_answer", "not_literal", "wrong", "correct"} == set(verdicts.values())
    seen = {(str(row.id), row.epoch - 1): row.scores["execution"] for row in log.samples}
    assert {key: score.metadata["verdict"] for key, score in seen.items()} == verdicts
    assert {key: score.value for key, score in seen.items()} == {
        key: VALUES.get(verdict, "N") for key, verdict in verdicts.items()
    }
    metrics = {name: metric.value for score in log.results.scores for name, metric in score.metrics.items()}
    assert metrics["accuracy"] == pytest.approx(values["verdict/correct"])
    assert 0 < values["RCS"] < 1
    assert {name: metrics[name] for name in values} == pytest.approx(values)


def test_a_method_that_asks_again_is_asked_again(tmp_path):
    """rhda goes on until the model gives the same answer twice; the last reply is judged."""
    seen = []

    def answer(prompts):
        seen.append(len(prompts))
        return (
            "[ANSWER]\nassert x == 1\n[/ANSWER]"
            if len(prompts) == 1
            else "[ANSWER]\nassert x == 2\n[/ANSWER]"
        ), "stop"

    log = evaluated(tmp_path, answer, method="rhda", limit=1)
    assert seen == [1, 3, 5]  # the first question; with one reply and the second; with two and the third
    assert log.samples[0].scores["execution"].answer == "2"


def test_hypotheses_do_not_see_each_other(tmp_path):
    seen = []

    def answer(prompts):
        seen.append(len(prompts))
        return f"[ANSWER]\nassert x == {min(len(seen), 4)}\n[/ANSWER]", "stop"

    log = evaluated(tmp_path, answer, method="rhda-majority", limit=1)
    # Three hypotheses, all different; then the last is amended until an answer was given twice.
    assert seen == [1, 1, 1, 3, 5]
    assert log.samples[0].scores["execution"].answer == "4"
    assert log.eval.model_generate_config.temperature == 0.8 or log.plan.config.temperature == 0.8


def test_a_sample_that_failed_in_one_epoch_counts_as_not_right():
    asked = questions("core-mini", "lite", "io", "chat")
    item = next(item for item in asked.items.values() if item.kind == "sample")
    right = f"[ANSWER]\nassert {item.target} == {asked.suite.golds[item.id]}\n[/ANSWER]"
    other = next(one for one in asked.items.values() if one.kind == "sample" and one.id != item.id)
    first = [asked.judged(asked.reply(item.id, right, epoch=epoch)) for epoch in (1, 2)]
    found = asked.metrics([*first, asked.judged(asked.reply(other.id, "?", epoch=1))])
    assert found["samples"] == 0.5
    assert found["verdict/engine_error"] == 0.25


def test_the_task_is_found_by_its_file_and_by_the_name_of_the_package():
    assert [point.value for point in entry_points(group="inspect_ai", name="core_bench")] == [
        "core_bench.adapters.inspect_task"
    ]
    command = [sys.executable, "-m", "inspect_ai", "list", "tasks", "core_bench/adapters"]
    listed = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "inspect_task.py@core_bench" in listed.stdout
