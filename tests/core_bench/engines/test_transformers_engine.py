"""The local engine with the real SmolLM2: same answers alone and in company, now and after a restart."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core_bench.engines import LikelihoodRequest, Message, Request
from core_bench.engines.local.decoding import decode
from core_bench.engines.local.tree_attention import NAME
from core_bench.engines.transformers_engine import TransformersEngine
from core_bench.errors import CoreBenchError
from core_bench.records import Reply

pytestmark = pytest.mark.model
Ask = Callable[..., Request]
_UNTIMED = {"seconds": None, "first_token_seconds": None}

PROMPTS = [
    "The capital of France is",
    "def add(a, b):\n    return a + b\n\nassert add(2, 3) ==",
    "1 2 3 4 5 6",
    "x = [3, 1, 2]\ny = sorted(x)\nprint(y)\n# prints:",
    "def f(s):\n    out = ''\n    for c in s:\n        if c != 'a':\n            out += c\n    return out\n\n"
    "assert f('banana') ==",
    "Once upon a time",
]


@pytest.fixture(scope="module")
def bf16(smollm2: Path) -> Iterator[TransformersEngine]:
    engine = TransformersEngine(smollm2, batch_size=3)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def fp32(smollm2: Path) -> Iterator[TransformersEngine]:
    engine = TransformersEngine(smollm2, batch_size=8, dtype="fp32")
    yield engine
    engine.close()


@pytest.fixture
def requests(ask: Ask) -> list[Request]:
    return [ask(f"i{number}", prompt) for number, prompt in enumerate(PROMPTS)]


def _replies(engine: TransformersEngine, requests: Sequence[Request]) -> dict[str, Reply]:
    return {reply.item: reply for group in engine.generate(requests) for reply in group}


def _texts(engine: TransformersEngine, requests: Sequence[Request]) -> dict[str, str]:
    return {item: reply.text for item, reply in _replies(engine, requests).items()}


def _one_by_one(engine: TransformersEngine, requests: Sequence[Request]) -> dict[str, str]:
    return {request.item: _texts(engine, [request])[request.item] for request in requests}


def test_in_fp32_company_changes_nothing(fp32: TransformersEngine, requests: list[Request]) -> None:
    assert _texts(fp32, requests) == _one_by_one(fp32, requests)


@pytest.mark.parametrize(("reuse", "batch_size"), [(True, 1), (True, 16), (False, 16)])
def test_neither_reuse_nor_batches_change_a_greedy_reply(
    smollm2: Path, fp32: TransformersEngine, ask: Ask, reuse: bool, batch_size: int
) -> None:
    header = "def add(a, b):\n    return a + b\n\nassert add(2, 3) == 5\n\n"
    asked = [ask(f"i{number}", f"{header}{prompt}") for number, prompt in enumerate(PROMPTS)]
    other = TransformersEngine(smollm2, batch_size=batch_size, dtype="fp32", reuse=reuse)
    assert _texts(other, asked) == _texts(fp32, asked)
    other.close()


def test_the_next_batches_do_not_compute_the_header_again(fp32: TransformersEngine, ask: Ask) -> None:
    asked = [ask(f"i{number}", f"{'a b c d e f g h ' * 20}{number} {number} =") for number in range(16)]

    def computed(some: Sequence[Request]) -> int:
        before = fp32.measured().prompt_tokens_computed or 0
        list(fp32.generate(some))
        return (fp32.measured().prompt_tokens_computed or 0) - before

    first, second = computed(asked[:8]), computed(asked[8:])
    assert first - second > 100


def test_a_common_start_is_computed_once_and_changes_nothing(fp32: TransformersEngine, ask: Ask) -> None:
    start = "def add(a, b):\n    return a + b\n\nassert add(2, 3) == 5\n\n" * 3
    ends = [
        "assert add(1, 1) ==",
        "assert add(20, 22) ==",
        "# The sum of 2 and 2 is",
        "assert add('a', 'b') ==",
    ]
    requests = [ask(f"i{number}", start + end) for number, end in enumerate(ends)]
    assert _texts(fp32, requests) == _one_by_one(fp32, requests)


def test_a_program_and_its_items_are_computed_once_and_change_nothing(
    fp32: TransformersEngine, ask: Ask
) -> None:
    header = "def add(a, b):\n    return a + b\n\nassert add(2, 3) == 5\n\n" * 2
    programs = [
        "def twice(n):\n    m = n + n\n    return m\n\n",
        "def last(words):\n    return words[-1]\n\n",
    ]
    asked = [
        ask(f"{number}{call}", f"{header}{program}assert {call} ==", group=("sample", str(number)))
        for number, program in enumerate(programs)
        for call in ("twice(3)", "twice(100)", "last(['a', 'b'])")
    ]
    before = fp32.measured().prompt_tokens_computed or 0
    together = _replies(fp32, asked)
    computed = (fp32.measured().prompt_tokens_computed or 0) - before
    assert computed < 0.5 * sum(reply.prompt_tokens or 0 for reply in together.values())
    assert {item: reply.text for item, reply in together.items()} == _one_by_one(fp32, asked)


def test_likelihoods_are_those_of_a_plain_forward_pass(fp32: TransformersEngine) -> None:
    import torch

    start = "def add(a, b):\n    return a + b\n\nassert add(2, 3) =="
    asked = [
        LikelihoodRequest("a", "io", 0, start, "", (" 5\n", " 7\n", " [1, 2, 3]\n"), ("sample", "x")),
        LikelihoodRequest("b", "io", 0, f"# sum\n{start}", "", (" 5\n",), ("sample", "y")),
    ]
    scored = {one.request.item: one for group in fp32.likelihoods(asked) for one in group}
    checkpoint = fp32._loaded()
    for request in asked:
        for answer, score in zip(request.answers, scored[request.item].scores, strict=True):
            before = len(checkpoint.tokenizer(request.prompt)["input_ids"])
            whole = checkpoint.tokenizer(f"{request.prompt}{answer}", return_tensors="pt")["input_ids"]
            with torch.inference_mode():
                told = checkpoint.model(input_ids=whole).logits[0].log_softmax(-1)
            expected = sum(float(told[at - 1, whole[0, at]]) for at in range(before, whole.shape[1]))
            assert score.tokens == whole.shape[1] - before
            assert score.logprob == pytest.approx(expected, abs=1e-3)
    assert scored["a"].scores[0].logprob > scored["a"].scores[1].logprob > scored["a"].scores[2].logprob


def test_an_answer_that_does_not_fit_has_no_likelihood(bf16: TransformersEngine) -> None:
    [[scored]] = bf16.likelihoods([LikelihoodRequest("a", "io", 0, "x " * 9000, "", (" 5\n",))])
    assert "the context window" in str(scored.error)


def test_a_quantised_checkpoint_answers_as_its_unpacked_weights_do(smollm2_quantised: Path, ask: Ask) -> None:
    import torch

    engine = TransformersEngine(smollm2_quantised)
    checkpoint = engine._loaded()
    if "packed weights" in str(engine.describe().environment["kernels"]):
        left = [name for name, layer in checkpoint.model.named_modules() if type(layer) is torch.nn.Linear]
        assert left == []
    plain = TransformersEngine(smollm2_quantised, dtype="fp32")
    prompts = [ask(f"i{number}", prompt) for number, prompt in enumerate(PROMPTS)]
    mine, theirs = _texts(engine, prompts), _texts(plain, prompts)
    equal = sum(mine[item] == theirs[item] for item in mine)
    assert equal >= len(PROMPTS) - 2
    assert engine.describe().identity["quantisation"] == "compressed-tensors 4"


def test_a_lora_adapter_is_added_to_its_model(smollm2: Path, tmp_path: Path, ask: Ask) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    load: Any = AutoModelForCausalLM.from_pretrained
    config = LoraConfig(r=4, target_modules=["down_proj"], layers_to_transform=[29], init_lora_weights=False)
    torch.manual_seed(0)
    model: Any = get_peft_model(load(smollm2, dtype=torch.float32), config)
    model.save_pretrained(tmp_path / "adapter")
    engine = TransformersEngine(tmp_path / "adapter", dtype="fp32")
    merged = engine._loaded().model.state_dict()["model.layers.29.mlp.down_proj.weight"]
    expected = model.merge_and_unload().state_dict()["model.layers.29.mlp.down_proj.weight"]
    assert torch.allclose(merged, expected, atol=1e-5)
    [[reply]] = engine.generate([ask("a")])
    assert reply.finish in {"stop", "length"}
    named = tmp_path / "adapter" / "adapter_config.json"
    named.write_text(named.read_text().replace(str(smollm2), "/no/such/model"))
    with pytest.raises(
        CoreBenchError, match="is an adapter of /no/such/model, and there is no such folder here"
    ):
        TransformersEngine(tmp_path / "adapter").describe()


def test_a_model_that_cannot_share_computes_the_same(fp32: TransformersEngine, ask: Ask) -> None:
    start = "def add(a, b):\n    return a + b\n\nassert add(2, 3) == 5\n\n" * 2
    asked = [ask(f"i{number}", f"{start}assert add({number}, {number}) ==") for number in range(4)]
    shared = _texts(fp32, asked)
    checkpoint = fp32._checkpoint
    assert checkpoint is not None
    assert checkpoint.shares
    try:
        checkpoint.model.set_attn_implementation("sdpa")
        fp32._checkpoint = replace(checkpoint, shares=False)
        assert _texts(fp32, asked) == shared
    finally:
        checkpoint.model.set_attn_implementation(NAME)
        fp32._checkpoint = checkpoint


def test_batches_hold_one_group_each(bf16: TransformersEngine, ask: Ask) -> None:
    requests = [
        replace(ask(f"i{number}", "one two" * (number + 1)), group=("ab"[number % 2],)) for number in range(8)
    ]
    items = [[reply.item for reply in group] for group in bf16.generate(requests)]
    assert items == [["i6", "i4", "i2"], ["i0"], ["i7", "i5", "i3"], ["i1"]]


def test_in_bf16_company_changes_little(bf16: TransformersEngine, requests: list[Request]) -> None:
    # bf16 has 8 bits of mantissa, and sums are formed in another order for another batch: where two tokens
    # are nearly equally likely the greedy choice may flip. Hence the fixed order of batches.
    together, alone = _texts(bf16, requests), _one_by_one(bf16, requests)
    assert sum(together[item] == alone[item] for item in together) >= len(requests) - 1


def test_the_answers_are_those_of_transformers_itself(
    fp32: TransformersEngine, requests: list[Request]
) -> None:
    checkpoint = fp32._loaded()
    replies = _replies(fp32, requests)
    for request, prompt in list(zip(requests, PROMPTS, strict=True))[:3]:
        encoded = checkpoint.tokenizer(prompt, return_tensors="pt")
        written = checkpoint.model.generate(**encoded, max_new_tokens=request.max_tokens, do_sample=False)[0]
        new = written[encoded["input_ids"].shape[1] :].tolist()
        assert replies[request.item].text == decode(checkpoint.tokenizer, new)
        assert replies[request.item].completion_tokens == len(new)
        assert replies[request.item].prompt_tokens == encoded["input_ids"].shape[1]


def test_a_run_that_was_interrupted_goes_on_with_the_same_batches(
    bf16: TransformersEngine, requests: list[Request]
) -> None:
    unbroken = [[reply.model_copy(update=_UNTIMED) for reply in group] for group in bf16.generate(requests)]
    assert [len(group) for group in unbroken] == [3, 3]
    done = {reply.item for reply in unbroken[0]}
    rest = [request for request in reversed(requests) if request.item not in done]
    [after] = bf16.generate(rest)
    assert [reply.model_copy(update=_UNTIMED) for reply in after] == unbroken[1]
    lengths = [reply.prompt_tokens or 0 for group in unbroken for reply in group]
    assert lengths == sorted(lengths, reverse=True)


def test_stop_strings_may_span_tokens(bf16: TransformersEngine, ask: Ask) -> None:
    [[free]] = bf16.generate([ask("a", "1 2 3 4 5 6", max_tokens=16)])
    assert free.finish == "length"
    assert free.completion_tokens == 16
    # From the middle of one word to the middle of another: no token ends or begins there.
    middle = free.text[3:6]
    [[stopped]] = bf16.generate([ask("a", "1 2 3 4 5 6", max_tokens=16, stop=(middle,))])
    assert stopped.text == free.text[: free.text.index(middle)]
    assert stopped.finish == "stop"
    assert (stopped.completion_tokens or 0) < 16


def test_each_request_keeps_its_own_limits(fp32: TransformersEngine, ask: Ask) -> None:
    replies = _replies(
        fp32,
        [
            ask("short", "1 2 3 4 5 6", max_tokens=2),
            ask("long", "1 2 3 4 5 6", max_tokens=9),
            ask("stop", "1 2 3 4 5 6", max_tokens=9, stop=("9",)),
        ],
    )
    assert replies["short"].completion_tokens == 2
    assert replies["long"].text.startswith(replies["short"].text)
    assert replies["stop"].text == replies["long"].text.partition("9")[0]
    assert [replies[name].finish for name in ("short", "long", "stop")] == ["length", "length", "stop"]


def test_the_end_of_the_turn_ends_a_chat(bf16: TransformersEngine, ask: Ask) -> None:
    [[reply]] = bf16.generate([ask("a", ["Say only the word: yes"], max_tokens=60)])
    assert reply.finish == "stop"
    assert "<|im_end|>" not in reply.text


def test_a_prompt_that_does_not_fit_is_an_error_reply(bf16: TransformersEngine, ask: Ask) -> None:
    groups = list(bf16.generate([ask("fits", "1 2 3"), ask("long", "x " * 9000), ask("empty", "")]))
    errors = {reply.item: reply.error for reply in groups[0]}
    assert errors == {
        "long": "the prompt has 9001 tokens, the context window of smollm2-135m holds 8192",
        "empty": "the prompt is empty",
    }
    assert [reply.item for reply in groups[1]] == ["fits"]


def test_sampling_repeats_itself_and_differs_by_epoch(fp32: TransformersEngine, ask: Ask) -> None:
    requests = [ask("a", "Once upon a time", epoch=epoch, temperature=1.0) for epoch in range(3)]
    [together] = fp32.generate(requests)
    texts = [reply.text for reply in together]
    assert len(set(texts)) == 3
    [[alone]] = fp32.generate(requests[1:2])
    assert alone.text == texts[1]


def test_scores_that_are_no_numbers_are_an_error_reply(smollm2: Path, ask: Ask) -> None:
    engine = TransformersEngine(smollm2)
    engine._loaded().model.model.norm.weight.data.fill_(float("nan"))
    [[reply]] = engine.generate([ask("a")])
    assert (reply.finish, reply.error) == ("error", "the model's scores are not finite numbers")


def test_the_description_names_what_decides(bf16: TransformersEngine, fp32: TransformersEngine) -> None:
    described = bf16.describe()
    assert described.model == "smollm2-135m"
    assert described.identity["dtype"] == "bf16"
    assert described.identity["batch_size"] == 3
    assert described.environment["parameters"] == 134_515_008
    assert described.environment["checkpoint_bytes"] == 269_060_552
    differing = {key for key, value in fp32.describe().identity.items() if value != described.identity[key]}
    assert differing == {"dtype", "batch_size"}


@pytest.fixture
def copied(smollm2: Path, tmp_path: Path) -> Path:
    """The model folder with its weights linked, so that a test may change the rest."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in smollm2.iterdir():
        if path.suffix == ".safetensors":
            (folder / path.name).symlink_to(path)
        else:
            shutil.copy(path, folder)
    return folder


def test_a_model_without_chat_template_says_so(copied: Path, ask: Ask) -> None:
    before = TransformersEngine(copied).describe()
    (copied / "chat_template.jinja").unlink()
    engine = TransformersEngine(copied)
    with pytest.raises(CoreBenchError, match="copy has no chat template"):
        next(engine.generate([ask("a", ["hello"])]))
    after = engine.describe()
    assert after.identity["weights_sha256"] == before.identity["weights_sha256"]
    assert after.identity["settings_sha256"] != before.identity["settings_sha256"]


def test_what_a_template_refuses_is_passed_on(copied: Path) -> None:
    (copied / "chat_template.jinja").write_text("{{ raise_exception('no system turns') }}")
    prompt = (Message("system", "Be brief."), Message("user", "hello"))
    with pytest.raises(CoreBenchError, match="refuses the prompt: no system turns"):
        next(TransformersEngine(copied).generate([Request("a", "io", 0, prompt, (), 5)]))


def test_missing_weights_are_no_model(copied: Path, ask: Ask) -> None:
    config = copied / "config.json"
    config.write_text(config.read_text().replace('"num_hidden_layers": 30', '"num_hidden_layers": 31'))
    with pytest.raises(
        CoreBenchError, match=r"does not fit its config.json: 9 weights missing, model.layers.30"
    ):
        next(TransformersEngine(copied).generate([ask("a")]))


def test_what_transformers_can_not_load_is_one_line(copied: Path, ask: Ask) -> None:
    (copied / "config.json").write_text('{"model_type": "no-such-architecture"}')
    with pytest.raises(CoreBenchError, match=r"transformers can not load .*no-such-architecture"):
        next(TransformersEngine(copied).generate([ask("a")]))
    with pytest.raises(CoreBenchError, match="unknown dtype 'int4'"):
        TransformersEngine(copied, dtype="int4").describe()  # type: ignore[arg-type]


def test_a_machine_without_a_gpu_says_so(copied: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(CoreBenchError, match="there is no cuda on this machine"):
        TransformersEngine(copied, device="cuda").describe()


@pytest.mark.parametrize("model", ["smollm2", "smollm2_quantised", "smollm2_adapter"])
def test_the_terminal_stays_clean(request: pytest.FixtureRequest, model: str) -> None:
    program = (
        "import sys; from pathlib import Path; from core_bench.engines import Request\n"
        "from core_bench.engines.transformers_engine import TransformersEngine\n"
        "engine = TransformersEngine(Path(sys.argv[1]))\n"
        "long = Request('b', 'io', 0, 'x ' * 9000, (), 3)\n"
        "print(len(list(engine.generate([Request('a', 'io', 0, '2 + 2 =', (), 3), long]))))"
    )
    done: Any = subprocess.run(
        [sys.executable, "-c", program, str(request.getfixturevalue(model))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_batches_side_by_side_give_what_batches_in_turn_give(
    bf16: TransformersEngine, requests: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for cores in ("1", "2"):
        monkeypatch.setenv("OMP_NUM_THREADS", cores)
        results.append([[(reply.item, reply.text) for reply in group] for group in bf16.generate(requests)])
    assert results[0] == results[1]


def test_closing_early_stops_the_batches_in_flight(
    bf16: TransformersEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    endless = [replace(ask(f"i{number}", "1 2 3", max_tokens=100_000), stop=()) for number in range(3)]
    short = [ask(f"j{number}", "1 2 3 4 5", max_tokens=1) for number in range(3)]
    replies = bf16.generate([*short, *endless])
    assert {reply.item for reply in next(replies)} == {"j0", "j1", "j2"}
    replies.close()  # a batch that went on would take hours
