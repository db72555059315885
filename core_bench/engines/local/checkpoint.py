"""A model folder in memory, ready to compute: weights, tokenizer, and the facts that decoding needs."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from core_bench.engines.local.packed_weights import pack_weights
from core_bench.engines.local.starts import Starts
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
        shares: Whether shared starts of prompts are computed once in a tree (`tree_batch`); else only what a
            whole batch shares.
        packed_bytes: Of weights that are laid out for the CPU's matrix kernels (`packed_weights`).
        starts: What the latest batches began with.
    """

    model: Any
    tokenizer: Any
    device: str
    window: int | None
    end_tokens: frozenset[int]
    pad_token: int
    shares: bool = False
    packed_bytes: int = 0
    starts: Starts = field(default_factory=Starts)

    @property
    def attention(self) -> str:
        """The attention implementation that transformers chose, such as `sdpa`."""
        return str(getattr(self.model.config, "_attn_implementation", "unknown"))


def load_checkpoint(folder: Path, dtype: DType, device: str | None, *, share: bool = False) -> Checkpoint:
    """Load a Hugging Face folder; nothing is downloaded and no code of the folder is run.

    Args:
        folder: It has config.json, weights and a tokenizer.
        dtype: The type to compute in.
        device: `cpu`, `cuda`, `cuda:1`; None takes the GPU if there is one.
        share: Whether to compute shared starts of prompts in a tree, if it can (`can_share`).

    Raises:
        CoreBenchError: The `local` extra is missing, the machine can not compute in that type, or
            transformers can not load the folder completely.
    """
    require_local("running a local model")
    if dtype not in _TORCH_NAMES:
        raise CoreBenchError(f"unknown dtype {dtype!r}", f"Known: {', '.join(_TORCH_NAMES)}.")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = device or ("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(compute_threads())
    _refuse_dtype(dtype, place)
    precision = getattr(torch, _TORCH_NAMES[dtype])
    base = adapted_folder(folder) or folder
    try:
        with quiet_transformers():
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                base, dtype=precision, local_files_only=True, output_loading_info=True
            )
            tokenizer: Any = AutoTokenizer.from_pretrained(
                folder if (folder / "tokenizer_config.json").is_file() else base, local_files_only=True
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise CoreBenchError(f"transformers can not load {folder}: {reason[0]}") from error
    model, report = loaded
    _refuse_gaps(base, report)
    model.to(place).eval()
    if base != folder:
        with quiet_transformers():
            model = _with_adapter(model, folder)
    checkpoint = Checkpoint(
        model=model,
        tokenizer=tokenizer,
        device=place,
        window=getattr(model.config.get_text_config(), "max_position_embeddings", None),
        end_tokens=_end_tokens(model, tokenizer),
        pad_token=tokenizer.pad_token_id or 0,
    )
    with quiet_transformers():  # packed weights are unpacked at the first use, with a bar
        if share:
            checkpoint = _sharing(checkpoint)
        if place == "cpu":
            checkpoint = replace(checkpoint, packed_bytes=pack_weights(model))
    return checkpoint


def in_memory(model: Any, tokenizer: Any, *, share: bool = False) -> Checkpoint:
    """Return a model that is in memory already as a checkpoint; it stays where it is.

    With `share`, it has another attention afterwards, if it can.
    """
    checkpoint = Checkpoint(
        model=model,
        tokenizer=tokenizer,
        device=str(model.device),
        window=getattr(model.config.get_text_config(), "max_position_embeddings", None),
        end_tokens=_end_tokens(model, tokenizer),
        pad_token=tokenizer.pad_token_id or 0,
    )
    return _sharing(checkpoint) if share else checkpoint


def _sharing(checkpoint: Checkpoint) -> Checkpoint:
    from core_bench.engines.local.tree_batch import can_share

    return replace(checkpoint, shares=can_share(checkpoint), starts=Starts())


def adapted_folder(folder: Path) -> Path | None:
    """Return the folder of the model that a LoRA adapter adapts; None if `folder` is no adapter's.

    Raises:
        CoreBenchError: The adapter does not name a folder that is here.
    """
    path = folder / "adapter_config.json"
    if not path.is_file() or (folder / "config.json").is_file():
        return None
    try:
        named = json.loads(path.read_bytes()).get("base_model_name_or_path") or ""
    except (OSError, ValueError, AttributeError) as error:
        raise CoreBenchError(f"{path} can not be read: {error}") from error
    for place in (Path(named).expanduser(), folder / named):
        if named and (place / "config.json").is_file():
            return place
    raise CoreBenchError(
        f"{folder} is an adapter of {named or 'no model'}, and there is no such folder here",
        "Write the path of the model's folder into base_model_name_or_path of adapter_config.json.",
    )


def resident_bytes(checkpoint: Checkpoint) -> int:
    """Return the bytes that the loaded weights and buffers take in memory; shared ones count once."""
    tensors = [*checkpoint.model.parameters(), *checkpoint.model.buffers()]
    plain: dict[int, int] = {each.data_ptr(): each.numel() * each.element_size() for each in tensors}
    return sum(plain.values()) + checkpoint.packed_bytes


def _with_adapter(model: Any, folder: Path) -> Any:
    """Return the model with the adapter's weights added to its own: it then computes as fast as before."""
    import torch

    try:
        from peft import PeftModel
    except ImportError:
        raise CoreBenchError(
            f"{folder} is an adapter, which needs peft", "Install it: pip install 'core-bench[compress]'"
        ) from None
    with torch.inference_mode():
        # Packed weights become plain ones at the first use; an adapter can only be added to plain ones.
        model(input_ids=torch.tensor([[0]], device=model.device))
    try:
        adapted: Any = PeftModel.from_pretrained(model, str(folder))
        return adapted.merge_and_unload().eval()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise CoreBenchError(f"the adapter {folder} can not be added to its model: {reason[0]}") from error


def _refuse_dtype(dtype: DType, place: str) -> None:
    import torch

    if place.startswith("cuda") and not torch.cuda.is_available():
        raise CoreBenchError(f"there is no {place} on this machine", "Use --device cpu.")
    if (
        dtype == "bf16"
        and place.startswith("cuda")
        and not torch.cuda.is_bf16_supported(including_emulation=False)
    ):
        raise CoreBenchError(
            f"{torch.cuda.get_device_name(place)} does not compute in bf16", "Use --dtype fp16 or fp32."
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
