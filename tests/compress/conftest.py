"""A tiny decoder with random weights, and a tokenizer of single bytes."""

from pathlib import Path

import pytest


def write_tokenizer(folder):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(letters)} | {"<end>": 256}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    whole = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>")
    whole.save_pretrained(folder)


def write_model(folder, kind="llama", seed=0, **settings):
    """Write a random model of an architecture; hidden 64, FFN 192, 4 heads of 32, 2 of them key/value heads."""
    import torch
    import transformers
    from transformers import AutoConfig, AutoModelForCausalLM

    from compress.loading import quiet

    del transformers
    torch.manual_seed(seed)
    sizes = {
        "hidden_size": 64, "intermediate_size": 192, "num_hidden_layers": 4, "num_attention_heads": 4,
        "num_key_value_heads": 2, "head_dim": 32, "vocab_size": 264, "max_position_embeddings": 4096,
        "initializer_range": 0.1, "tie_word_embeddings": True, "pad_token_id": 256, "eos_token_id": 256,
    }  # fmt: skip
    config = AutoConfig.for_model(kind, **(sizes | settings))
    with quiet():
        AutoModelForCausalLM.from_config(config).to(torch.bfloat16).save_pretrained(folder)
    write_tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def base(tmp_path_factory) -> Path:
    """The folder of a tiny Llama of 4 blocks."""
    pytest.importorskip("compressed_tensors")
    return write_model(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="session")
def base_map(base):
    from compress.model_map import read_map

    return read_map(base)


@pytest.fixture(scope="session")
def tokens():
    """Eight windows of 64 random tokens."""
    import torch

    return torch.randint(0, 256, (8, 64), generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="session")
def calibration(tokens):
    from compress.calibration import of_tokens

    return of_tokens(tokens)


@pytest.fixture(scope="session")
def held_out():
    import torch

    from compress.calibration import Passage

    draw = torch.Generator().manual_seed(2)
    return [Passage(name, torch.randint(0, 256, (1, 48), generator=draw)) for name in ("first", "second")]
