"""What can be changed in a model: its blocks, and the shapes of their parts.

Found from `config.json` and the headers of the weight files, so that nothing is loaded. Names and shapes are
both checked: an architecture that is not known, or that hides something unexpected in its blocks, is
refused by name instead of being changed by guess.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compress.checkpoint import StoredTensor, read_config, stored_tensors, weights_hash
from compress.errors import UnsupportedModelError

ARCHITECTURES = {
    "llama": "LlamaForCausalLM",
    "mistral": "MistralForCausalLM",
    "qwen2": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM",
    "gemma": "GemmaForCausalLM",
    "gemma2": "Gemma2ForCausalLM",
    "gemma3_text": "Gemma3ForCausalLM",
}
ATTENTION = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj")
MLP = ("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")
LINEARS = ATTENTION + MLP

_BLOCK = re.compile(r"^model\.layers\.(\d+)\.(.+)$")
_FLOATS = {"BF16", "F16", "F32"}
_NORMS = re.compile(r"^(\w+_layernorm|self_attn\.[qk]_norm)\.weight$")


@dataclass(frozen=True, slots=True)
class ModelMap:
    """The changeable parts of a decoder.

    Attributes:
        base: SHA-256 of the weights.
        model_type: as in `config.json`, a key of `ARCHITECTURES`.
        blocks: number of decoder blocks.
        hidden: width of the residual stream.
        ffn: width of the feed-forward layer, the same in every block.
        heads: query heads.
        kv_heads: key/value heads; each with its `heads // kv_heads` query heads is a KV group.
        head_dim: width of one head.
        vocabulary: rows of the embedding.
        tied: the output layer is the embedding.
        dtype: type of the weights as safetensors names it.
        tensors: every stored tensor by name.
    """

    base: str
    model_type: str
    blocks: int
    hidden: int
    ffn: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    tied: bool
    dtype: str
    tensors: dict[str, StoredTensor]

    @property
    def group_heads(self) -> int:
        """Query heads of one KV group."""
        return self.heads // self.kv_heads

    def block_tensors(self, index: int) -> dict[str, StoredTensor]:
        """Return the tensors of one block by their name inside the block."""
        prefix = f"model.layers.{index}."
        return {n.removeprefix(prefix): t for n, t in self.tensors.items() if n.startswith(prefix)}

    def outer_tensors(self) -> dict[str, StoredTensor]:
        """Return the tensors that are in no block: embedding, final norm, output layer."""
        return {name: tensor for name, tensor in self.tensors.items() if not _BLOCK.match(name)}

    def linear_shape(self, linear: str) -> tuple[int, int]:
        """Return (outputs, inputs) of a linear layer of the unchanged block."""
        query, keys = self.heads * self.head_dim, self.kv_heads * self.head_dim
        return {
            "self_attn.q_proj": (query, self.hidden),
            "self_attn.k_proj": (keys, self.hidden),
            "self_attn.v_proj": (keys, self.hidden),
            "self_attn.o_proj": (self.hidden, query),
            "mlp.gate_proj": (self.ffn, self.hidden),
            "mlp.up_proj": (self.ffn, self.hidden),
            "mlp.down_proj": (self.hidden, self.ffn),
        }[linear]


def read_map(folder: Path) -> ModelMap:
    """Read the map of a model folder.

    Raises:
        CheckpointError: it is no model folder, or a file is cut.
        UnsupportedModelError: the architecture is not known, the weights are already quantised, or a block
            holds tensors that are not expected.
    """
    config = read_config(folder)
    kind = _known_architecture(folder, config)
    tensors = stored_tensors(folder)
    try:
        heads, hidden = int(config["num_attention_heads"]), int(config["hidden_size"])
        found = ModelMap(
            base=weights_hash(folder),
            model_type=kind,
            blocks=int(config["num_hidden_layers"]),
            hidden=hidden,
            ffn=int(config["intermediate_size"]),
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            head_dim=int(config.get("head_dim") or hidden // heads),
            vocabulary=int(config["vocab_size"]),
            tied="lm_head.weight" not in tensors,
            dtype=_one_type(folder, tensors),
            tensors=tensors,
        )
    except (KeyError, TypeError) as error:
        raise UnsupportedModelError(f"{folder / 'config.json'} lacks a size: {error}") from None
    _check_blocks(folder, found)
    return found


def _known_architecture(folder: Path, config: dict[str, Any]) -> str:
    kind = str(config.get("model_type"))
    if config.get("quantization_config"):
        raise UnsupportedModelError(
            f"{folder} is already quantised", "Plans start from the 16-bit or 32-bit checkpoint."
        )
    if kind not in ARCHITECTURES:
        raise UnsupportedModelError(
            f"{folder} is a {kind} model, whose parts are not known here",
            f"Known: {', '.join(ARCHITECTURES)}.",
        )
    if config.get("auto_map"):
        raise UnsupportedModelError(f"{folder} brings code of its own (auto_map), so its parts are not known")
    return kind


def _one_type(folder: Path, tensors: dict[str, StoredTensor]) -> str:
    types = {tensor.dtype for tensor in tensors.values()}
    if len(types) != 1 or not types <= _FLOATS:
        raise UnsupportedModelError(
            f"{folder} stores its weights as {', '.join(sorted(types))}",
            "One floating type is expected: BF16, F16 or F32.",
        )
    return types.pop()


def _check_blocks(folder: Path, found: ModelMap) -> None:
    numbers = {int(match[1]) for name in found.tensors if (match := _BLOCK.match(name))}
    if numbers != set(range(found.blocks)):
        raise UnsupportedModelError(
            f"{folder}: config.json speaks of {found.blocks} blocks, the weights hold {len(numbers)}"
        )
    for index in range(found.blocks):
        block = found.block_tensors(index)
        for linear in LINEARS:
            weight = block.get(f"{linear}.weight")
            wanted = found.linear_shape(linear)
            if weight is None or weight.shape != wanted:
                shape = "missing" if weight is None else f"of shape {weight.shape}"
                raise UnsupportedModelError(
                    f"{folder}: block {index} has {linear}.weight {shape}; {wanted} was expected"
                )
        expected = {f"{linear}.{part}" for linear in LINEARS for part in ("weight", "bias")}
        strange = [name for name in block if name not in expected and not _NORMS.match(name)]
        if strange:
            raise UnsupportedModelError(f"{folder}: block {index} has a part that is not known: {strange[0]}")
