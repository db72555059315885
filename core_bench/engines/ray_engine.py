"""A Ray cluster answers: Ray Data deals the requests out to replicas, each of which holds one engine."""

import logging
import os
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from core_bench.engines.base import Engine, LikelihoodRequest, Measured, Request, Scored
from core_bench.engines.local.batches import Encoded, cut_batches
from core_bench.engines.local.fingerprint import quantisation, settings_sha256, weights_bytes, weights_sha256
from core_bench.errors import CoreBenchError
from core_bench.models.resolve import weight_files
from core_bench.records import EngineDescription, Reply

_PER_REPLICA = 4
"""Chunks that a replica gets at least, so that the last ones end together; fewer would leave some idle."""
_LARGEST = 512
"""Requests of a chunk: what a dying replica loses."""
_DECIDING = ("dtype", "batch_size", "batch_tokens", "tensor_parallel", "context_window")
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


@dataclass(frozen=True, slots=True)
class ReplicaSettings:
    """What every replica holds.

    Attributes:
        engine: Who computes in a replica.
        folder: The model's folder, at the same path on every node.
        options: Keyword arguments of that engine.
        gpus: Of each replica, if the cluster has any; else it computes on CPUs.
        cpus: Of each replica; None shares out those of the cluster.
    """

    engine: Literal["vllm", "transformers"]
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    gpus: int = 0
    cpus: int | None = None


class RayEngine:
    """Answers with replicas of one model on a Ray cluster (`RAY_ADDRESS`), or on this machine alone.

    A group that `generate` yields is what a replica has finished: a killed run loses what is in flight. A
    replica that dies is started again by Ray, and what it had is asked again.
    """

    def __init__(self, settings: ReplicaSettings, *, replicas: int = 1) -> None:
        """Prepare the engine; Ray is started or joined when it is first needed.

        Raises:
            CoreBenchError: Ray is missing, or the folder is no model folder.
        """
        weight_files(settings.folder)
        _require_ray()
        self._settings = settings
        self._replicas = replicas
        self._is_ours = False
        self._told: dict[str, Measured] = {}

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield what the replicas finish, as they finish it.

        Raises:
            CoreBenchError: The cluster is not there, has no room for a replica, or a replica can not answer.
        """
        yield from self._spread("generate", requests)

    def likelihoods(self, requests: Sequence[LikelihoodRequest]) -> Iterator[Sequence[Scored]]:
        """Yield scores as the replicas finish them; raises as `generate` does."""
        yield from self._spread("likelihoods", requests)

    def measured(self) -> Measured:
        """Return the sums over the replicas of what they have counted, and the most of the rest."""
        return _together(list(self._told.values()), weights_bytes(self._settings.folder))

    def describe(self) -> EngineDescription:
        """Return hashes of the model and the versions on the cluster. Loads no model."""
        settings = self._settings
        return EngineDescription(
            engine=f"ray-{settings.engine}",
            model=settings.folder.resolve().name,
            identity={
                "weights_sha256": weights_sha256(settings.folder),
                "settings_sha256": settings_sha256(settings.folder),
                "quantisation": quantisation(settings.folder),
                **{name: value for name, value in settings.options.items() if name in _DECIDING},
            },
            environment={
                "ray": version("ray"),
                "replicas": self._replicas,
                "gpus_of_a_replica": settings.gpus,
                "checkpoint_bytes": weights_bytes(settings.folder),
            },
        )

    def close(self) -> None:
        """Leave the cluster, and end it if it was started here."""
        if not self._is_ours:
            return
        import ray

        self._is_ours = False
        ray.shutdown()

    def _spread(self, kind: str, requests: Sequence[Any]) -> Iterator[Any]:
        if not requests:
            return
        self._join()
        import ray

        rows = [{"asked": pickle.dumps((kind, chunk))} for chunk in cut_chunks(requests, self._replicas)]
        asked = ray.data.from_items(rows, override_num_blocks=len(rows))
        told = asked.map_batches(
            Replica,
            fn_constructor_args=(self._settings,),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=min(self._replicas, len(rows))),
            num_gpus=self._settings.gpus if _cluster_has("GPU") else 0,
            num_cpus=self._cpus(),
        )
        try:
            for block in told.iter_batches(batch_size=None, batch_format="numpy"):
                for row in block["told"]:
                    name, measured, groups = pickle.loads(row)
                    if isinstance(groups, CoreBenchError):
                        raise groups
                    self._told[name] = measured
                    yield from groups
        except ray.exceptions.RayError as error:
            raise CoreBenchError(
                f"the Ray cluster failed: {_last_line(error)}",
                "Every reply so far is kept. Run the same command again to go on.",
            ) from error

    def _join(self) -> None:
        import ray

        if ray.is_initialized():
            return
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        try:
            ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise CoreBenchError(
                f"no Ray cluster can be reached or started: {_last_line(error)}",
                "RAY_ADDRESS names a cluster; without it, one is started on this machine.",
            ) from error
        self._is_ours = True
        gpus, needed = _cluster_has("GPU"), self._replicas * self._settings.gpus
        if 0 < gpus < needed:
            raise CoreBenchError(
                f"{self._replicas} replicas need {needed} GPUs, the Ray cluster has {gpus:g}",
                "Use fewer: --data-parallel or --tensor-parallel.",
            )
        for name in ("ray", "ray.data"):  # what fails is raised
            logging.getLogger(name).setLevel(logging.ERROR)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False

    def _cpus(self) -> float:
        if self._settings.cpus is not None:
            return self._settings.cpus
        return max(1, int(_cluster_has("CPU")) // self._replicas)


class Replica:
    """One engine in a process of its own, somewhere on the cluster."""

    def __init__(self, settings: ReplicaSettings) -> None:
        self._engine = _open(settings)

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        """Answer the chunks of some rows."""
        return {"told": [self._answer(*pickle.loads(row)) for row in rows["asked"]]}

    def _answer(self, kind: str, chunk: Sequence[Any]) -> bytes:
        groups: list[list[Any]] | CoreBenchError
        try:
            groups = [list(group) for group in getattr(self._engine, kind)(chunk)]
        except CoreBenchError as error:  # asking another replica would not help
            groups = error
        name = f"{os.uname().nodename} {os.getpid()}"
        return pickle.dumps((name, self._engine.measured(), groups))


def _open(settings: ReplicaSettings) -> Engine:
    if settings.engine == "vllm":
        from core_bench.engines.vllm_engine import VllmEngine

        return VllmEngine(settings.folder, **settings.options)
    from core_bench.engines.transformers_engine import TransformersEngine

    return TransformersEngine(settings.folder, **settings.options)


def cut_chunks(requests: Sequence[Any], replicas: int) -> list[list[Any]]:
    """Cut requests into what is handed to a replica at a time; what begins alike stays together.

    Args:
        requests: In any order.
        replicas: Each gets several chunks, if there are enough requests for that.
    """
    size = max(1, min(_LARGEST, -(-len(requests) // (replicas * _PER_REPLICA))))
    batches = cut_batches([Encoded(request, [], 0) for request in requests], size, 1)
    return [[one.request for one in batch] for batch in batches]


def _together(told: Sequence[Measured], checkpoint_bytes: int) -> Measured:
    summed = ("prompt_tokens_computed", "decode_tokens", "prefill_seconds", "decode_seconds")
    both: dict[str, Any] = {}
    for each in fields(Measured):
        values = [value for one in told if (value := getattr(one, each.name)) is not None]
        if values:
            both[each.name] = sum(values) if each.name in summed else max(values)
    return replace(Measured(**both), checkpoint_bytes=checkpoint_bytes)


def _cluster_has(resource: str) -> float:
    import ray

    there: Any = ray.cluster_resources
    return float(there().get(resource, 0))


def _require_ray() -> None:
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        raise CoreBenchError(
            "this engine needs Ray, which is not installed", "Install it: pip install 'core-bench[ray]'"
        ) from error


def _last_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1][-400:]
