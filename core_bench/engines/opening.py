"""From what the user typed after `--model` to an engine."""

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core_bench.engines.base import Engine, Shape
from core_bench.engines.baseline_engine import BASELINES, BaselineEngine, BaselineItem
from core_bench.engines.local.checkpoint import DType, adapted_folder
from core_bench.engines.openai_engine import OpenAIEngine
from core_bench.engines.ray_engine import RayEngine, ReplicaSettings
from core_bench.engines.replay_engine import ReplayEngine
from core_bench.engines.transformers_engine import TransformersEngine
from core_bench.engines.vllm_engine import VllmEngine
from core_bench.errors import CoreBenchError
from core_bench.models import EMBEDDED, EmbeddedModel, resolve

ENGINES = ("transformers", "vllm", "ray-vllm", "ray-transformers", "openai", "replay", "baseline")
"""What may stand before the colon of a model's name."""
_LOCAL = ("transformers", "vllm", "ray-vllm", "ray-transformers")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the user may set, for any engine; each takes what concerns it.

    Attributes:
        batch_size: Requests that a local model computes together; None suits its size.
        batch_tokens: Tokens that it computes together, prompts and longest replies.
        dtype: The type that a local model computes in.
        device: Where it computes; None takes the GPU if there is one.
        base_url: The address of an OpenAI-compatible server; None for OpenAI itself.
        api_key_env: The environment variable that has the server's key.
        concurrency: Requests in flight at a server.
        timeout_s: Seconds that one attempt at a server may take.
        max_attempts: How often a request to a server is tried.
        requests_per_minute: The most that a server is asked; None for no limit of ours.
        tokens_per_minute: The most tokens, prompts and longest replies together.
        max_cost: The most to spend at a server, in the currency of `prices`.
        prices: A TOML file of prices.
        batch_api: Whether to use the server's batch interface.
        vllm_python: The Python that has vLLM.
        tensor_parallel: GPUs that share one copy of the model.
        data_parallel: Copies of the model; on a Ray cluster, replicas.
        context_window: Tokens of prompt and reply together; None for what the model or the server says.
        served_folder: The folder of the model that the server is known to serve; it goes into the manifest.
        stream: Whether a server is asked to stream replies, which tells the time to the first token.
    """

    batch_size: int | None = None
    batch_tokens: int = 65_536
    dtype: DType = "bf16"
    device: str | None = None
    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    concurrency: int = 8
    timeout_s: float = 300.0
    max_attempts: int = 6
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_cost: float | None = None
    prices: Path | None = None
    batch_api: bool = False
    vllm_python: str | None = None
    tensor_parallel: int = 1
    data_parallel: int = 1
    context_window: int | None = None
    served_folder: Path | None = None
    stream: bool = False


def open_engine(
    model: str, options: EngineOptions, baseline_items: Mapping[str, BaselineItem] | None = None
) -> Engine:
    """Return the engine that `model` names. Models are not loaded and servers not asked yet.

    Args:
        model: `smollm2-135m` (embedded), `transformers:PATH` or just a path, `vllm:PATH`, `ray-vllm:PATH`,
            `ray-transformers:PATH`, `openai:NAME`, `replay:PATH`, or `baseline:oracle`, `baseline:echo`,
            `baseline:majority`.
        options: How to run it.
        baseline_items: What the baselines know; other engines do not see it.

    Raises:
        CoreBenchError: Nothing is called so, or it can not be used as it is (not fetched, no key, ...).
    """
    kind, name = _split(model)
    if kind.startswith("ray-"):
        return _ray_engine(kind, resolve(name), options)
    if kind == "openai":
        return OpenAIEngine(
            name,
            base_url=options.base_url,
            api_key_env=options.api_key_env,
            concurrency=options.concurrency,
            timeout_s=options.timeout_s,
            max_attempts=options.max_attempts,
            requests_per_minute=options.requests_per_minute,
            tokens_per_minute=options.tokens_per_minute,
            max_cost=options.max_cost,
            prices=options.prices,
            batch_api=options.batch_api,
            served_folder=options.served_folder,
            stream=options.stream,
            context_window=options.context_window,
        )
    if kind == "replay":
        return ReplayEngine(Path(name).expanduser())
    if kind == "baseline":
        return _baseline(name, baseline_items)
    if kind == "vllm":
        return VllmEngine(resolve(name), data_parallel=options.data_parallel, **_computing("vllm", options))
    return TransformersEngine(resolve(name), **_computing("transformers", options))


def _computing(engine: Literal["vllm", "transformers"], options: EngineOptions) -> dict[str, Any]:
    """Return the arguments of an engine that computes, here or in a replica."""
    if engine == "vllm":
        return {
            "python": options.vllm_python,
            "dtype": options.dtype,
            "tensor_parallel": options.tensor_parallel,
            "context_window": options.context_window,
        }
    return {
        "batch_size": options.batch_size,
        "batch_tokens": options.batch_tokens,
        "dtype": options.dtype,
        "device": options.device,
    }


def _ray_engine(kind: str, folder: Path, options: EngineOptions) -> RayEngine:
    engine: Literal["vllm", "transformers"] = "vllm" if kind == "ray-vllm" else "transformers"
    gpus = options.tensor_parallel if engine == "vllm" else int(options.device != "cpu")
    settings = ReplicaSettings(engine, folder.resolve(), _computing(engine, options), gpus)
    return RayEngine(settings, replicas=options.data_parallel)


def named_by(engine: str | None, model: str) -> str:
    """Return the model's name with the engine that was asked for before it.

    Raises:
        CoreBenchError: There is no such engine, or the name has another one already.
    """
    if engine is None:
        return model
    if engine not in ENGINES:
        raise CoreBenchError(f"there is no engine {engine}", f"Known: {', '.join(ENGINES)}.")
    kind, colon, _ = model.partition(":")
    if colon and kind in ENGINES:
        if kind != engine:
            raise CoreBenchError(f"{model} names another engine than --engine {engine}", "Give one of them.")
        return model
    return f"{engine}:{model}"


def default_shape(model: str) -> Shape:
    """Return how `model` is asked unless the user says otherwise.

    Checkpoints without a chat template get plain prompts, all others a chat; but the embedded model has a
    shape of its own, which holds for all that is made of it, too: adapters, pruned and quantised folders are
    compared with it.

    Raises:
        CoreBenchError: `model` names nothing that there is.
    """
    kind, name = _split(model)
    if kind not in _LOCAL:
        return "chat"
    if name in EMBEDDED:
        return EMBEDDED[name].shape
    folder = resolve(name)
    folder = folder if _has_chat_template(folder) else adapted_folder(folder) or folder
    origin = _embedded_origin(folder)
    if origin is not None:
        return origin.shape
    return "chat" if _has_chat_template(folder) else "completion"


def _split(model: str) -> tuple[str, str]:
    kind, colon, name = model.partition(":")
    if colon and kind in ENGINES:
        if not name:
            raise CoreBenchError(f"{model} names no model: something must follow the colon")
        return kind, name
    looks_like_path = "/" in model or model.startswith((".", "~"))
    if model in EMBEDDED or looks_like_path or Path(model).exists():
        return "transformers", model
    raise CoreBenchError(_unknown(model))


def _unknown(model: str) -> str:
    baselines = [f"baseline:{name}" for name in BASELINES]
    places = [f"{kind}:PATH" for kind in (*_LOCAL, "replay")]
    known = [*sorted(EMBEDDED), *places, "openai:NAME", *baselines]
    close = difflib.get_close_matches(model, known, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"unknown model {model!r}.{hint} Known: {', '.join(known)}, or the path of a model folder."


def _baseline(name: str, items: Mapping[str, BaselineItem] | None) -> BaselineEngine:
    for kind in BASELINES:
        if kind == name:
            if items is None:
                raise CoreBenchError(f"baseline:{name} can only answer the items of a suite")
            return BaselineEngine(kind, items)
    raise CoreBenchError(_unknown(f"baseline:{name}"))


def _embedded_origin(folder: Path) -> EmbeddedModel | None:
    """Return the embedded model that a folder is a copy of, or was made of."""
    try:
        template = hashlib.sha256((folder / "chat_template.jinja").read_bytes()).hexdigest()
        size = json.loads((folder / "config.json").read_bytes()).get("hidden_size")
    except (OSError, ValueError, AttributeError):
        return None
    known = EMBEDDED.values()
    return next((one for one in known if (one.template_sha256, one.hidden_size) == (template, size)), None)


def _has_chat_template(folder: Path) -> bool:
    # Read from the files, as `default_shape` must not load transformers.
    if (folder / "chat_template.jinja").is_file() or (folder / "chat_template.json").is_file():
        return True
    try:
        return bool(json.loads((folder / "tokenizer_config.json").read_bytes()).get("chat_template"))
    except (OSError, ValueError, AttributeError):
        return False
