"""Methods that ask again: who is asked, with what, and what an interruption costs."""

import pytest

from core_bench.engines import Measured
from core_bench.errors import CoreBenchError
from core_bench.methods import load_method
from core_bench.records import EngineDescription, Reply
from core_bench.runs import Asking, RunFolder, ask_all, make_manifest, score
from core_bench.runs.rounds import goes_on
from core_bench.suites import load_suite


@pytest.fixture(scope="module")
def suite():
    return load_suite("core-mini")


class Scripted:
    """Answers each item's rounds in turn; the last answer is repeated."""

    def __init__(self, answers, dies_after=None):
        self.asked = []
        self._answers = answers
        self._dies_after = dies_after

    def generate(self, requests):
        for request in requests:
            if self._dies_after is not None and len(self.asked) >= self._dies_after:
                raise KeyboardInterrupt
            self.asked.append((request.item, request.epoch, request.round))
            answers = self._answers[request.item]
            text = answers[min(request.round, len(answers) - 1)]
            yield [
                Reply(
                    item=request.item,
                    method=request.method,
                    epoch=request.epoch,
                    round=request.round,
                    text=f"[ANSWER]\n{text}\n[/ANSWER]",
                    finish="stop",
                )
            ]

    def describe(self):
        return EngineDescription(engine="scripted", model="x")

    def measured(self):
        return Measured()

    def close(self):
        pass


def run(suite, items, engine, path, name="rhda", asking=None):
    method = load_method(name)
    folder = RunFolder(path)
    asking = asking or Asking()
    manifest = make_manifest(suite, "lite", None, method, "chat", engine.describe(), asking=asking)
    with folder.open(manifest):
        ask_all(
            engine, items, method, "chat", folder, lambda done, total: None, asking=asking, golds=suite.golds
        )
        return score(suite, items, method, "chat", folder, asking.epochs), manifest


@pytest.fixture
def items(suite):
    return suite.split("lite")[:3]


@pytest.fixture
def answers(suite, items):
    right = [suite.golds[item.id] for item in items]
    return {
        items[0].id: [right[0]],
        items[1].id: ["'wrong'", right[1]],
        items[2].id: ["'wrong'"],
    }


def test_the_model_alone_is_asked_until_it_repeats_itself(suite, items, answers, tmp_path):
    engine = Scripted(answers)
    summary, manifest = run(suite, items, engine, tmp_path)
    rounds = [[asked for asked in engine.asked if asked[0] == item.id] for item in items]
    assert [len(each) for each in rounds] == [2, 3, 2], "right or wrong: twice the same is the end"
    assert summary.verdicts["correct"] == 2
    assert (manifest.feedback, manifest.rounds) == ("self", 2)


def test_an_oracle_asks_only_wrong_answers_again(suite, items, answers, tmp_path):
    engine = Scripted(answers)
    summary, manifest = run(suite, items, engine, tmp_path, "rhda-oracle")
    rounds = [sum(asked[0] == item.id for asked in engine.asked) for item in items]
    assert rounds == [1, 2, 3]
    assert summary.verdicts["correct"] == 2
    assert manifest.feedback == "oracle"


SAMPLED = Asking(temperature=0.8)


def test_a_majority_of_sampled_hypotheses_ends_it(suite, items, answers, tmp_path):
    right = [suite.golds[item.id] for item in items]
    answers = {
        items[0].id: [right[0]],
        items[1].id: ["'wrong'", right[1], "'wrong'"],
        items[2].id: ["1", "2", "3", right[2], right[2]],
    }
    engine = Scripted(answers)
    summary, manifest = run(suite, items, engine, tmp_path, "rhda-majority", SAMPLED)
    rounds = [sum(asked[0] == item.id for asked in engine.asked) for item in items]
    assert rounds == [2, 3, 5], "right or wrong: two of three that agree are the end"
    assert summary.verdicts["correct"] == 2
    assert (manifest.feedback, manifest.method) == ("majority", "rhda-majority")


def test_without_any_agreement_the_last_amendment_is_judged(suite, items, tmp_path):
    [item] = items[:1]
    engine = Scripted({item.id: ["1", "nothing that is a literal", "2", "3", suite.golds[item.id]]})
    summary, _ = run(suite, [item], engine, tmp_path, "rhda-majority", SAMPLED)
    assert len(engine.asked) == 5
    assert summary.verdicts["correct"] == 1


def test_the_majority_never_sees_the_gold(suite, items, answers, tmp_path):
    asked = {}
    for name, golds in (("with", suite.golds), ("without", None)):
        engine, method, folder = Scripted(answers), load_method("rhda-majority"), RunFolder(tmp_path / name)
        manifest = make_manifest(suite, "lite", None, method, "chat", engine.describe(), asking=SAMPLED)
        with folder.open(manifest):
            ask_all(engine, items, method, "chat", folder, lambda *_: None, asking=SAMPLED, golds=golds)
        asked[name] = engine.asked
    assert asked["with"] == asked["without"]


def test_greedy_hypotheses_are_refused(suite, items, answers, tmp_path):
    with pytest.raises(CoreBenchError, match="rhda-majority needs hypotheses that differ"):
        run(suite, items, Scripted(answers), tmp_path, "rhda-majority")


def test_a_folder_of_rhda_is_not_continued_by_majority(suite, items, answers, tmp_path):
    run(suite, items, Scripted(answers), tmp_path, "rhda", SAMPLED)
    with pytest.raises(CoreBenchError, match="holds a different run"):
        run(suite, items, Scripted(answers), tmp_path, "rhda-majority", SAMPLED)


@pytest.mark.parametrize("name", ["rhda", "rhda-majority", "rhda-oracle"])
def test_an_interruption_between_rounds_asks_nothing_twice(suite, items, answers, tmp_path, name):
    whole = Scripted(answers)
    expected, _ = run(suite, items, whole, tmp_path / "whole", name, SAMPLED)
    for dies_after in range(1, len(whole.asked)):
        first, second = Scripted(answers, dies_after), Scripted(answers)
        with pytest.raises(KeyboardInterrupt):
            run(suite, items, first, tmp_path / str(dies_after), name, SAMPLED)
        summary, _ = run(suite, items, second, tmp_path / str(dies_after), name, SAMPLED)
        assert summary == expected
        assert sorted(first.asked + second.asked) == sorted(whole.asked)


def test_every_round_is_kept(suite, items, answers, tmp_path):
    run(suite, items, Scripted(answers), tmp_path, "rhda-oracle")
    histories = RunFolder(tmp_path).histories()
    assert [reply.round for reply in histories[items[2].id, "rhda-oracle", 0]] == [0, 1, 2]


def test_epochs_are_asked_apart(suite, items, answers, tmp_path):
    engine = Scripted(answers)
    run(suite, items, engine, tmp_path, "io", Asking(epochs=3, temperature=0.8))
    assert sorted(engine.asked) == sorted((item.id, epoch, 0) for item in items for epoch in range(3))
    more = Scripted(answers)
    run(suite, items, more, tmp_path, "io", Asking(epochs=4, temperature=0.8))
    assert {epoch for _, epoch, _ in more.asked} == {3}


@pytest.mark.parametrize("finish", ["error", "refused"])
@pytest.mark.parametrize("gold", [None, "1"])
def test_what_is_no_answer_of_the_model_is_not_asked_again(finish, gold):
    assert not goes_on([Reply(item="a", method="rhda", text="", finish=finish)], "tagged", gold)
