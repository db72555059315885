import json

import pytest
import torch

from compress.errors import CompressError
from compress.loading import load_tokenizer
from compress.recovery import RecoverySettings, recover
from compress.recovery.batches import batches, examples
from compress.text import Document

TEXTS = [
    Document(str(n), f"f({n}) == {n * n}" + " # " + "x" * (n % 7), answer_start=len(f"f({n}) == "), form="output")
    for n in range(60)
]  # fmt: skip
SETTINGS = RecoverySettings(rank=4, tokens=1500, batch=4, length=64, rate=5e-3)


def test_only_the_answer_is_learned(base):
    tokenizer = load_tokenizer(base)
    example = examples([Document("d", "f(3) == 'ab'", answer_start=8)], tokenizer, SETTINGS)[0]
    assert tokenizer.decode(example.tokens[example.learned :]) == "'ab'<end>"
    whole = examples(
        [Document("d", "f(3) == 'ab'", answer_start=8)],
        tokenizer,
        SETTINGS.model_copy(update={"learn": "text"}),
    )[0]
    assert whole.learned == 1


def test_long_examples_are_left_out_and_long_source_is_cut(base):
    tokenizer = load_tokenizer(base)
    assert len(examples([Document("s", "y" * 200)], tokenizer, SETTINGS)) == 4
    with pytest.raises(CompressError, match="no text fits into 64 tokens"):
        examples([Document("a", "y" * 200, answer_start=190)], tokenizer, SETTINGS)


def test_batches_hold_sequences_of_similar_length_and_every_example_once_an_epoch(base):
    known = examples(TEXTS, load_tokenizer(base), SETTINGS)
    stream = batches(known, SETTINGS, pad=256)
    epoch = [next(stream) for _ in range(15)]
    assert sum(len(batch.tokens) for batch in epoch) == 60
    padding = sum(int((batch.mask == 0).sum()) for batch in epoch) / sum(
        batch.mask.numel() for batch in epoch
    )
    assert padding < 0.08
    again = batches(known, SETTINGS, pad=256)
    assert all(torch.equal(next(again).tokens, batch.tokens) for batch in epoch)
    other = next(batches(known, SETTINGS.model_copy(update={"seed": 1}), pad=256))
    assert not torch.equal(other.tokens, epoch[0].tokens)


@pytest.fixture(scope="module")
def unbroken(base, tmp_path_factory):
    out = tmp_path_factory.mktemp("recovery") / "unbroken"
    return recover(base, TEXTS, out, SETTINGS)


def test_the_loss_falls_and_its_curve_is_kept(unbroken):
    assert unbroken.last_loss < 0.8 * unbroken.first_loss
    rows = [json.loads(line) for line in (unbroken.folder / "recovery_loss.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == list(range(1, unbroken.steps + 1))
    assert unbroken.tokens_per_s > 0
    assert not list(unbroken.folder.parent.glob(".*"))


def adapter(folder):
    from safetensors.torch import load_file

    return load_file(folder / "adapter" / "adapter_model.safetensors")


def test_a_killed_run_goes_on_and_ends_where_an_unbroken_one_ends(base, unbroken, tmp_path):
    out = tmp_path / "broken"

    def stop(done, _total):
        if done > 700:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recover(base, TEXTS, out, SETTINGS, save_every=3, on_progress=stop)
    assert not out.exists()
    with pytest.raises(CompressError, match="half-done run with other settings"):
        recover(base, TEXTS, out, SETTINGS.model_copy(update={"rate": 1e-3}))
    found = recover(base, TEXTS, out, SETTINGS)
    assert (found.steps, found.tokens) == (unbroken.steps, unbroken.tokens)
    first, second = adapter(unbroken.folder), adapter(found.folder)
    for name, tensor in first.items():
        torch.testing.assert_close(second[name], tensor, atol=1e-4, rtol=1e-3)


def test_ranks_differ_by_block_and_merging_gives_the_same_model(base, tmp_path, held_out):
    from compress.likelihood import measure
    from compress.verify import reload_likelihoods

    settings = SETTINGS.model_copy(update={"ranks": {0: 8, 2: 0}, "tokens": 300})
    apart = recover(base, TEXTS, tmp_path / "apart", settings)
    ranks = {
        name.split("layers.")[1][0]: t.shape[0]
        for name, t in adapter(apart.folder).items()
        if "lora_A" in name
    }
    assert ranks == {"0": 8, "1": 4, "3": 4}
    merged = recover(base, TEXTS, tmp_path / "merged", settings, merge=True)
    from transformers import AutoModelForCausalLM

    assert not (merged.folder / "adapter").exists()
    whole = AutoModelForCausalLM.from_pretrained(merged.folder, dtype=torch.bfloat16)
    assert abs(measure(whole, held_out).nll - reload_likelihoods([apart.folder], held_out)[0].nll) < 0.02


def test_starting_from_the_error_is_better_than_starting_from_zero(
    base, base_map, calibration, tmp_path, held_out
):
    from compress.carry_out import carry_out
    from compress.opening import open_checkpoint
    from compress.plan import uniform_plan
    from compress.recovery.adapter import add_adapter
    from compress.write import write_checkpoint

    plan = uniform_plan(base_map, attention_bits=2, mlp_bits=2, quantiser="rtn")
    folder = write_checkpoint(carry_out(plan, base, base_map), base, base_map, tmp_path / "two-bits")
    original = open_checkpoint(base, "cpu")
    ids = held_out[0].tokens

    def distance(initialise):
        settings = SETTINGS.model_copy(update={"initialise": initialise, "rank": 16})
        model = add_adapter(open_checkpoint(folder, "cpu"), folder, settings, base)
        with torch.no_grad():
            return float(
                (model(input_ids=ids).logits.float() - original(input_ids=ids).logits.float()).square().mean()
            )

    assert distance("error") < 0.8 * distance("zero")
    with pytest.raises(CompressError, match="needs the base"):
        add_adapter(
            open_checkpoint(folder, "cpu"), folder, SETTINGS.model_copy(update={"initialise": "error"}), None
        )
    with pytest.raises(CompressError, match="cannot be merged"):
        recover(folder, TEXTS, tmp_path / "no", SETTINGS, merge=True)
