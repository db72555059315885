"""Golds with a model in memory: as likely as one forward pass after the other says, whatever was changed in it."""

from dataclasses import replace

import pytest

from core_bench.errors import CoreBenchError
from core_bench.runs import GoldScores, gold_requests
from core_bench.suites import load_suite
from tests.compress.conftest import write_model

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("gold") / "tiny", dtype="float32", seed=3)


@pytest.fixture
def model(folder):
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def tokenizer(folder):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


@pytest.fixture(scope="module")
def requests():
    suite = load_suite("core-mini")
    items = [*suite.split("dev")[:4], *suite.split("dev")[-4:]]
    return gold_requests(items, suite.golds)


def one_by_one(model, tokenizer, requests):
    """Return (nats, greedy) of each gold: a pass of its own, every token."""
    found = []
    for request in requests:
        before = tokenizer(request.prompt + request.lead)["input_ids"]
        answer = tokenizer(request.answers[0])["input_ids"]
        with torch.inference_mode():
            logits = model(torch.tensor([before + answer])).logits[0, len(before) - 1 : -1].float()
        wanted = torch.tensor(answer)
        chances = logits.log_softmax(-1).gather(1, wanted[:, None])
        found.append((-float(chances.sum()), bool((logits.argmax(-1) == wanted).all())))
    return found


def assert_right(golds, model, tokenizer, requests):
    found = golds.measure(model, requests)
    wanted = one_by_one(model, tokenizer, requests)
    assert [score.nats for score in found] == pytest.approx([nats for nats, _ in wanted], rel=1e-4)
    assert [score.greedy for score in found] == [greedy for _, greedy in wanted]


def test_each_gold_is_asked_once_in_the_order_of_the_items(folder, model, tokenizer, requests):
    assert all(len(request.answers) == 1 for request in requests)
    done = []
    golds = GoldScores(folder, tokenizer)
    forward = golds.measure(model, requests, lambda *at: done.append(at))
    assert done[-1] == (len(requests), len(requests))
    backward = golds.measure(model, requests[::-1])
    assert [s.nats for s in backward[::-1]] == pytest.approx([s.nats for s in forward], rel=1e-4)
    assert_right(golds, model, tokenizer, requests)


def test_weights_may_change_in_between(folder, model, tokenizer, requests):
    golds = GoldScores(folder, tokenizer)
    first = golds.measure(model, requests)
    with torch.no_grad():
        for layer in model.model.layers:
            layer.mlp.down_proj.weight.mul_(-1.5)
    assert_right(golds, model, tokenizer, requests)
    assert golds.measure(model, requests)[0].nats != pytest.approx(first[0].nats, rel=1e-3)


def test_an_adapter_counts_and_the_attention_is_as_before(folder, model, tokenizer, requests):
    from peft import LoraConfig, get_peft_model

    before = model.config._attn_implementation
    golds = GoldScores(folder, tokenizer)
    plain = golds.measure(model, requests)
    torch.manual_seed(0)
    config = LoraConfig(r=4, target_modules=["q_proj", "down_proj"], init_lora_weights=False)
    adapted = get_peft_model(model, config).eval()
    assert_right(golds, adapted, tokenizer, requests)
    assert golds.measure(adapted, requests)[0].nats != pytest.approx(plain[0].nats, rel=1e-3)
    assert model.config._attn_implementation == before


def test_what_does_not_fit_is_named(folder, model, tokenizer, requests):
    long = replace(requests[0], prompt="x = 1\n" * 1000)
    with pytest.raises(CoreBenchError, match="can not be asked: the prompt has"):
        GoldScores(folder, tokenizer).measure(model, [long])
