"""Choosing items, sharding and merging, likelihoods, what a run costs, and strange replies."""

import pytest

from core_bench.engines import AnswerScore, Measured, Scored
from core_bench.engines.baseline_engine import BaselineEngine
from core_bench.errors import CoreBenchError
from core_bench.methods import load_method
from core_bench.records import Efficiency, Likelihood, Reply
from core_bench.runs import (
    Meter,
    RunFolder,
    ask_all,
    likelihood_requests,
    make_manifest,
    measure_likelihoods,
    merge_runs,
    score,
    select_items,
    summarise_likelihoods,
    together,
)
from core_bench.runs.baselines import baseline_items
from core_bench.runs.likelihoods import choices_for
from core_bench.suites import load_suite

IO = load_method("io")


@pytest.fixture(scope="module")
def suite():
    return load_suite("core-mini")


@pytest.fixture(scope="module")
def engine(suite):
    return BaselineEngine("oracle", baseline_items(suite, suite.items))


def run(suite, items, engine, path, **more):
    folder = RunFolder(path)
    with folder.open(make_manifest(suite, "full", None, IO, "chat", engine.describe(), **more)):
        ask_all(engine, items, IO, "chat", folder, lambda done, total: None)
    return folder


@pytest.mark.parametrize("count", [1, 3, 7])
def test_shards_are_disjoint_whole_programs_and_all_there_is(suite, count):
    parts = [select_items(suite, "full", shard=f"{number}/{count}") for number in range(1, count + 1)]
    ids = [item.id for part in parts for item in part]
    assert sorted(ids) == sorted(item.id for item in suite.items)
    programs = [{item.implementation for item in part} for part in parts]
    assert sum(map(len, programs)) == len(set().union(*programs))


def test_items_are_chosen_by_problem_and_number(suite):
    problem = suite.problems[3].id
    items = select_items(suite, "full", problems=[problem])
    assert {item.problem for item in items} == {problem}
    assert select_items(suite, "full", problems=[problem], limit=2) == items[:2]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"problems": ["no_such"]}, "no problem no_such"),
        ({"shard": "0/3"}, "no shard: 0/3"),
        ({"shard": "4/3"}, "no shard: 4/3"),
        ({"shard": "x"}, "no shard: x"),
        ({"shard": "900/900"}, "is empty"),
    ],
)
def test_a_choice_of_nothing_is_an_error(suite, chosen, message):
    with pytest.raises(CoreBenchError, match=message):
        select_items(suite, "full", **chosen)


def test_shards_merge_into_the_whole_run(suite, engine, tmp_path):
    whole = run(suite, suite.items, engine, tmp_path / "whole")
    parts = [
        run(suite, select_items(suite, "full", shard=f"{number}/3"), engine, tmp_path / str(number))
        for number in (1, 2, 3)
    ]
    merged = merge_runs([part.path for part in parts], tmp_path / "merged")
    assert merged.replies() == whole.replies()
    before = (merged.path / "replies.jsonl").read_bytes()
    merge_runs([part.path for part in parts], tmp_path / "merged")
    assert (merged.path / "replies.jsonl").read_bytes() == before
    assert score(suite, suite.items, IO, "chat", merged).verdicts["correct"] == len(suite.items)


def test_a_merge_prefers_replies_to_errors_and_refuses_other_runs(suite, engine, tmp_path):
    items = suite.items[:3]
    good = run(suite, items, engine, tmp_path / "good")
    bad = RunFolder(tmp_path / "bad")
    with bad.open(good.manifest()):
        bad.append([Reply(item=items[0].id, method="io", text="", finish="error", error="x")])
    merged = merge_runs([bad.path, good.path], tmp_path / "merged")
    assert merged.replies() == good.replies()
    other = BaselineEngine("echo", baseline_items(suite, suite.items))
    run(suite, items, other, tmp_path / "other")
    with pytest.raises(CoreBenchError, match=r"not parts of one run \(model: oracle and echo\)"):
        merge_runs([good.path, tmp_path / "other"], tmp_path / "wrong")


class Likely:
    """Finds the gold likely in every second item; fails for the items of `broken`."""

    def __init__(self, broken=()):
        self.asked = []
        self._broken = broken

    def likelihoods(self, requests):
        for number, request in enumerate(requests):
            self.asked.append(request.item)
            if request.item in self._broken:
                yield [Scored(request, (), "too long")]
                continue
            best = number % 2 * (len(request.answers) - 1)
            scores = [
                AnswerScore(-1.0 if at == best else -4.0, 2, at == best) for at in range(len(request.answers))
            ]
            yield [Scored(request, tuple(scores))]


def test_likelihoods_are_written_resumed_and_summed_up(suite, engine, tmp_path):
    items = [item for item in suite.items if choices_for(suite.golds[item.id])][:4]
    requests = likelihood_requests(items, IO, "completion", suite.golds)
    assert all(request.answers[0] == f" {suite.golds[request.item]}\n" for request in requests)
    assert {len(request.answers) for request in requests} <= {2, 10}
    folder = run(suite, [], engine, tmp_path)
    measure_likelihoods(Likely({items[3].id}), requests, folder, lambda done, total: None)
    again = Likely()
    measure_likelihoods(again, requests, folder, lambda done, total: None)
    assert again.asked == [items[3].id]
    rows = folder.likelihoods()
    assert [rows[item.id, "io", 0].right for item in items[:3]] == [True, False, True]
    summed = summarise_likelihoods(items, rows, IO)
    [kind] = [row for row in summed.values() if row.items]
    assert (kind.items, kind.choices, kind.errors) == (4, 4, 0)
    assert kind.per_item == pytest.approx((-1 - 4 - 1 - 1) / 4)
    assert kind.per_token == pytest.approx((-1 - 4 - 1 - 1) / 8)


def test_a_thought_has_no_likelihood(suite):
    with pytest.raises(CoreBenchError, match="Use --method io"):
        likelihood_requests(suite.items[:1], load_method("cot"), "completion", suite.golds)


@pytest.mark.parametrize(
    ("gold", "choices"), [("True", 2), ("False", 2), ("0", 10), ("9", 10), ("10", 0), ("'a'", 0), ("-1", 0)]
)
def test_what_a_gold_is_chosen_from(gold, choices):
    assert len(choices_for(gold)) == choices
    assert not choices or gold in choices_for(gold)


def test_the_parts_of_a_run_cost_their_sum_and_the_highest_peak():
    class Measuring:
        def measured(self):
            return Measured(parameters=1000, checkpoint_bytes=500, decode_tokens=30, decode_seconds=2.0)

    meter = Meter()
    meter.count([Reply(item="a", method="io", text="", finish="stop", prompt_tokens=7, completion_tokens=3)])
    part = meter.read(Measuring())
    assert (part.bits_per_weight, part.decode_tokens_per_second, part.replies) == (4.0, 15.0, 1)
    assert part.wall_seconds > 0
    earlier = Efficiency(
        replies=4, wall_seconds=1.0, decode_tokens=10, decode_seconds=2.0, peak_rss_bytes=1 << 60
    )
    both = together(earlier, part)
    assert (both.replies, both.prompt_tokens_asked, both.decode_tokens_per_second) == (5, 7, 10.0)
    assert both.peak_rss_bytes == 1 << 60
    assert both.wall_seconds == pytest.approx(1.0 + part.wall_seconds)
    assert together(earlier, Efficiency()) == earlier


STRANGE = "\x00\x1b[31m\u2028\u2029\x85\r\n\x0b\x0c\x1c\ufeff" + "x" * 1_000_000


def test_control_characters_and_a_megabyte_survive_the_disk(suite, engine, tmp_path):
    item = suite.items[0]
    folder = run(suite, [], engine, tmp_path)
    reply = Reply(item=item.id, method="io", text=STRANGE, finish="length")
    folder.append([reply, reply.model_copy(update={"epoch": 1})])
    folder.append_likelihoods([Likelihood(item=item.id, method="io", logprob=-1.0, tokens=1)])
    assert folder.replies()[item.id, "io", 0] == reply
    assert len(folder.replies()) == 2
    verdicts = score(suite, [item], IO, "chat", folder).verdicts
    assert verdicts["truncated"] == 1
