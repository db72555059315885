"""A model folder in memory, ready to compute: weights, tokenizer, and the facts that decoding needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core_bench.engines.local.threads import compute_threads
from core_bench.errors import CoreBenchError
from core_bench.models.extra import require_local
from core_bench.models.quiet import quiet_transformers

DType = Literal["bf16", "fp16", "fp32"]
_TORCH_NAMES: dict[str, str] = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded model.

    Attributes:
        model: The transformers model, in evaluation mode on `device`.
        tokenizer: Its tokenizer.
        device: Where the model computes, `cpu` or `cuda`.
        window: The most tokens that prompt and reply may have together; None if the config names none.
        end_tokens: Tokens that end a reply.
        pad_token: The token that fills shorter prompts; it is masked, so any would do.
    """

    model: Any
    tokenizer: Any
    device: str
    window: int | None
    end_tokens: frozenset[int]
    pad_token: int

    @property
    def attention(self) -> str:
        """The attention implementation that transformers chose, such as `sdpa`."""
        return str(getattr(self.model.config, "_attn_implementation", "unknown"))


def load_checkpoint(folder: Path, dtype: DType, device: str | None) -> Checkpoint:
    """Load a Hugging Face folder; nothing is downloaded and no code of the folder is run.

    Args:
        folder: It has config.json, weights and a tokenizer.
        dtype: The type to compute in.
        device: `cpu`, `cuda`, `cuda:1`; None takes the GPU if there is one.

    Raises:
        CoreBenchError: The `local` extra is missing, or transformers can not load the folder completely.
    """
    require_local("running a local model")
    if dtype not in _TORCH_NAMES:
        raise CoreBenchError(f"unknown dtype {dtype!r}", f"Known: {', '.join(_TORCH_NAMES)}.")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = device or ("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(compute_threads())
    precision = getattr(torch, _TORCH_NAMES[dtype])
    try:
        with quiet_transformers():
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                folder, dtype=precision, local_files_only=True, output_loading_info=True
            )
            tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise CoreBenchError(f"transformers can not load {folder}: {reason[0]}") from error
    model, report = loaded
    _refuse_gaps(folder, report)
    model.to(place).eval()
    return Checkpoint(
        model=model,
        tokenizer=tokenizer,
        device=place,
        window=getattr(model.config.get_text_config(), "max_position_embeddings", None),
        end_tokens=_end_tokens(model, tokenizer),
        pad_token=tokenizer.pad_token_id or 0,
    )


def _refuse_gaps(folder: Path, report: dict[str, Any]) -> None:
    # transformers fills missing weights with random numbers and only logs it: the benchmark would then
    # measure noise and call it a model.
    for kind, keys in (("missing", "missing_keys"), ("of another shape", "mismatched_keys")):
        if report.get(keys):
            gaps = sorted(str(key) for key in report[keys])
            raise CoreBenchError(
                f"{folder} does not fit its config.json: {len(gaps)} weights {kind}, {gaps[0]}"
            )


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    # Chat models often name more ends in the generation config than the tokenizer knows.
    configured = getattr(model.generation_config, "eos_token_id", None)
    ends = set(configured) if isinstance(configured, list) else {configured}
    return frozenset(end for end in {*ends, tokenizer.eos_token_id} if end is not None)


def parameter_count(checkpoint: Checkpoint) -> int:
    """Return the number of parameters of the architecture, however few bytes each is stored in.

    A model with packed weights holds fewer and larger numbers, so the count is taken from an empty model
    of the same config.
    """
    import torch
    from transformers import AutoModelForCausalLM

    build: Any = AutoModelForCausalLM.from_config
    with torch.device("meta"):
        empty = build(checkpoint.model.config)
    return sum(parameter.numel() for parameter in empty.parameters())
