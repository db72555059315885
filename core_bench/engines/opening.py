"""From what the user typed after `--model` to an engine."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core_bench.engines.base import Engine, Shape
from core_bench.engines.baseline_engine import BASELINES, BaselineEngine, BaselineItem
from core_bench.engines.local.checkpoint import DType
from core_bench.engines.openai_engine import OpenAIEngine
from core_bench.engines.replay_engine import ReplayEngine
from core_bench.engines.transformers_engine import TransformersEngine
from core_bench.errors import CoreBenchError
from core_bench.models import EMBEDDED, resolve

_PREFIXES = ("transformers", "openai", "replay", "baseline")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the user may set, for any engine; each takes what concerns it.

    Attributes:
        batch_size: Requests that a local model computes together.
        dtype: The type that a local model computes in.
        base_url: The address of an OpenAI-compatible server; None for OpenAI itself.
        api_key_env: The environment variable that has the server's key.
        concurrency: Requests in flight at a server.
        timeout_s: Seconds that one attempt at a server may take.
        max_attempts: How often a request to a server is tried.
    """

    batch_size: int = 16
    dtype: DType = "bf16"
    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    concurrency: int = 8
    timeout_s: float = 300.0
    max_attempts: int = 6


def open_engine(
    model: str, options: EngineOptions, baseline_items: Mapping[str, BaselineItem] | None = None
) -> Engine:
    """Return the engine that `model` names. Models are not loaded and servers not asked yet.

    Args:
        model: `smollm2-135m` (embedded), `transformers:PATH` or just a path, `openai:NAME`, `replay:PATH`, or
            `baseline:oracle`, `baseline:echo`, `baseline:majority`.
        options: How to run it.
        baseline_items: What the baselines know; other engines do not see it.

    Raises:
        CoreBenchError: Nothing is called so, or it can not be used as it is (not fetched, no key, ...).
    """
    kind, name = _split(model)
    if kind == "openai":
        return OpenAIEngine(
            name,
            base_url=options.base_url,
            api_key_env=options.api_key_env,
            concurrency=options.concurrency,
            timeout_s=options.timeout_s,
            max_attempts=options.max_attempts,
        )
    if kind == "replay":
        return ReplayEngine(Path(name).expanduser())
    if kind == "baseline":
        return _baseline(name, baseline_items)
    return TransformersEngine(resolve(name), batch_size=options.batch_size, dtype=options.dtype)


def default_shape(model: str) -> Shape:
    """Return how `model` is asked unless the user says otherwise.

    The embedded model and checkpoints without a chat template get plain prompts, all others a chat.

    Raises:
        CoreBenchError: `model` names nothing that there is.
    """
    kind, name = _split(model)
    if kind != "transformers":
        return "chat"
    if name in EMBEDDED:
        return EMBEDDED[name].shape
    return "chat" if _has_chat_template(resolve(name)) else "completion"


def _split(model: str) -> tuple[str, str]:
    kind, colon, name = model.partition(":")
    if colon and kind in _PREFIXES:
        if not name:
            raise CoreBenchError(f"{model} names no model: something must follow the colon")
        return kind, name
    looks_like_path = "/" in model or model.startswith((".", "~"))
    if model in EMBEDDED or looks_like_path or Path(model).exists():
        return "transformers", model
    raise CoreBenchError(_unknown(model))


def _unknown(model: str) -> str:
    baselines = [f"baseline:{name}" for name in BASELINES]
    known = [*sorted(EMBEDDED), "transformers:PATH", "openai:NAME", "replay:PATH", *baselines]
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


def _has_chat_template(folder: Path) -> bool:
    # Read from the files, as `default_shape` must not load transformers.
    if (folder / "chat_template.jinja").is_file() or (folder / "chat_template.json").is_file():
        return True
    try:
        return bool(json.loads((folder / "tokenizer_config.json").read_bytes()).get("chat_template"))
    except (OSError, ValueError, AttributeError):
        return False
