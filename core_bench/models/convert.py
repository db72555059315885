"""From a GGUF file to a normal Hugging Face folder that stock transformers and vLLM load."""

import io
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from core_bench.errors import CoreBenchError
from core_bench.models.quiet import quiet_transformers

# Left over from loading; in a fresh config they would claim that the weights are still quantised.
_NOT_OURS = ("quantization_config", "_name_or_path", "_model_name_or_path")


def convert(gguf: Path, folder: Path) -> None:
    """Write the model in `gguf` to `folder`: bf16 safetensors, tokenizer with chat template, configs.

    transformers refuses to save a model that it loaded from GGUF, so the (dequantised) weights are copied
    into a fresh model of the same shape.

    Raises:
        CoreBenchError: The weights could not be written (a full disk, most likely).
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

    source: dict[str, Any] = {"pretrained_model_name_or_path": gguf.parent, "gguf_file": gguf.name}
    # The GGUF reader draws a progress bar of its own that transformers' switch does not reach.
    with quiet_transformers(), redirect_stderr(io.StringIO()):
        loaded: Any = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(**source)
        settings = {key: value for key, value in loaded.config.to_dict().items() if key not in _NOT_OURS}
        fresh: Any = LlamaForCausalLM(LlamaConfig(**settings))
        fresh.load_state_dict(loaded.state_dict())
        fresh.generation_config = loaded.generation_config
        fresh.to(torch.bfloat16)
        try:
            fresh.save_pretrained(folder)
        except SafetensorError as error:
            raise CoreBenchError(f"could not write the weights to {folder}: {error}") from error
        tokenizer.save_pretrained(folder)


def check_answers(folder: Path) -> str:
    """Load the written folder and ask it something short, greedily.

    Returns:
        The reply, up to 8 tokens.

    Raises:
        CoreBenchError: The model has no chat template, its numbers are not finite, or it says nothing.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with quiet_transformers(), torch.inference_mode():
        model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if not tokenizer.chat_template:
            raise CoreBenchError(f"the converted model in {folder} lost its chat template")
        prompt = tokenizer("The capital of France is", return_tensors="pt")
        if not bool(torch.isfinite(model(**prompt).logits).all()):
            raise CoreBenchError(f"the converted model in {folder} computes numbers that are not finite")
        written = model.generate(**prompt, max_new_tokens=8, do_sample=False)[0]
        new = written[prompt["input_ids"].shape[1] :]
        reply = str(tokenizer.decode(new, skip_special_tokens=True)).strip()
    if not reply:
        raise CoreBenchError(f"the converted model in {folder} answers nothing")
    return reply
