"""The proof that what was written is what was meant: a fresh process loads the folder and measures it.

Several libraries save quantised weights that reload, without a word, as noise. So the folder is loaded by
stock transformers (or vLLM) in another interpreter, and its loss on some text is compared with the loss of
the model in memory.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compress.calibration import Passage
from compress.checkpoint import read_config
from compress.errors import CheckpointError, CompressError
from compress.likelihood import Likelihood, PassageLoss

TOLERANCE = 1e-3
# vLLM computes with kernels of its own (and W8A8 really in int8), so its losses differ in the last digits
# of bf16.
VLLM_TOLERANCE = 5e-2
_SCRIPTS = {"transformers": "reload_script.py", "vllm": "reload_vllm_script.py"}


@dataclass(frozen=True, slots=True)
class Verified:
    """A reload.

    Attributes:
        in_memory: mean nats per token of the model that was written.
        reloaded: the same of the folder in a fresh process.
        tolerance: largest difference that counts as equal.
    """

    in_memory: float
    reloaded: float
    tolerance: float = TOLERANCE

    @property
    def gap(self) -> float:
        """Absolute difference in nats per token."""
        return abs(self.in_memory - self.reloaded)

    @property
    def equal(self) -> bool:
        """Whether the difference is below the tolerance."""
        return self.gap < self.tolerance


def verify_folder(folder: Path, engine: str = "transformers", python: str | None = None) -> Verified:
    """Repeat the proof of a written checkpoint from its manifest, in a fresh process.

    Args:
        folder: a folder that `make_checkpoint` wrote.
        engine: `transformers` or `vllm`.
        python: the interpreter; None takes this one.

    Raises:
        CheckpointError: the folder has no proof to repeat, or does not load.
    """
    import torch

    config = read_config(folder)
    try:
        record = json.loads((folder / "compress_manifest.json").read_text(encoding="utf-8"))["proof"]
        tokens, nll = record["tokens"], float(record["nll"])
    except (OSError, ValueError, KeyError, TypeError):
        raise CheckpointError(
            f"{folder} has no proof to repeat: it was not made by core-bench compress"
        ) from None
    passages = [Passage(str(number), torch.tensor([ids])) for number, ids in enumerate(tokens)]
    dtype = str(config.get("dtype") or config.get("torch_dtype") or "bfloat16")
    trust = bool(config.get("auto_map"))
    found = reload_likelihoods([folder], passages, engine, python, dtype, trust)[0]
    return Verified(nll, found.nll, TOLERANCE if engine == "transformers" else VLLM_TOLERANCE)


def reload_likelihoods(
    folders: Sequence[Path],
    passages: Sequence[Passage],
    engine: str = "transformers",
    python: str | None = None,
    dtype: str = "bfloat16",
    trust: bool = False,
    timeout_s: float = 1800.0,
) -> list[Likelihood]:
    """Measure folders in a fresh process.

    Args:
        folders: checkpoints; their adapters are used where there are some.
        passages: what to measure on.
        engine: `transformers` or `vllm`.
        python: the interpreter; None takes this one. vLLM lives in an environment of its own.
        dtype: type to compute in, as torch names it.
        trust: run the modelling file that a checkpoint with different widths brings.
        timeout_s: seconds after which the process is stopped.

    Raises:
        CheckpointError: a folder does not load, or loads with weights missing.
        CompressError: the interpreter does not start or takes too long.
    """
    import torch

    script = Path(__file__).with_name(_SCRIPTS[engine])
    request = {
        "folders": [str(folder.absolute()) for folder in folders],
        "tokens": [passage.tokens[0].tolist() for passage in passages],
        "dtype": dtype,
        "threads": torch.get_num_threads(),
        "trust": trust,
    }
    with tempfile.TemporaryDirectory() as place:
        result = Path(place) / "result.json"
        _run(script, request | {"result": str(result)}, engine, python or sys.executable, timeout_s)
        try:
            results = json.loads(result.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise CompressError(f"{engine} ended without an answer") from None
    return [_likelihood(folder, found, passages) for folder, found in zip(folders, results, strict=True)]


def _run(script: Path, request: dict[str, Any], engine: str, python: str, timeout_s: float) -> None:
    try:
        done = subprocess.run(
            [python, "-I", str(script)],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CompressError(f"{engine} did not finish in {timeout_s:.0f} s") from None
    except OSError as error:
        raise CompressError(f"{python} cannot be started: {error.strerror}") from None
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        folders = ", ".join(request["folders"])
        raise CheckpointError(f"{engine} cannot load {folders}: {reason}")


def _likelihood(folder: Path, result: dict[str, Any], passages: Sequence[Passage]) -> Likelihood:
    for kind in ("gaps", "unexpected"):
        if result[kind]:
            raise CheckpointError(
                f"{folder} does not fit its config.json: {len(result[kind])} {kind}, {result[kind][0]}"
            )
    rows = zip(passages, result["nats"], result["tokens"], strict=True)
    return Likelihood(tuple(PassageLoss(passage.name, nats, tokens) for passage, nats, tokens in rows))
