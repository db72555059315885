"""The strategies of `compress search` on a toy whose truth is known, against random at equal evaluations.

The toy is a made-up decoder with the real memory model. Its loss is a sum over parts that falls with the bits
(a few parts matter ten times as much), times interactions between neighbouring blocks that no sensitivity
table sees; sensitivities are the toy's own single effects with noise of a factor of two. It says whether a
strategy's
machinery works. It says nothing about real models.

    python -m benchmarks.compress_search_toy --seeds 5 --evaluations 40
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from compress.checkpoint import StoredTensor
from compress.model_map import LINEARS, ModelMap
from compress.plan import Plan, uniform_plan
from compress.search.evaluations import EvaluationFile
from compress.search.front import front_of, hypervolume
from compress.search.making import make_space
from compress.search.search import Search, run_strategy
from compress.search.sensitivity import Sensitivity
from compress.search.space import Space, SpaceOptions
from compress.search.strategies import STRATEGIES, strategy_named


def toy_map(blocks: int = 8) -> ModelMap:
    """Return the map of a decoder that does not exist."""
    sizes = {"blocks": blocks, "hidden": 128, "ffn": 384, "heads": 4, "kv_heads": 2, "head_dim": 32}
    empty = ModelMap("toy", "llama", **sizes, vocabulary=256, tied=True, dtype="BF16", tensors={})
    tensors = {"model.embed_tokens.weight": _stored((256, 128)), "model.norm.weight": _stored((128,))}
    for block in range(blocks):
        for linear in LINEARS:
            tensors[f"model.layers.{block}.{linear}.weight"] = _stored(empty.linear_shape(linear))
    return ModelMap("toy", "llama", **sizes, vocabulary=256, tied=True, dtype="BF16", tensors=tensors)


def _stored(shape: tuple[int, ...]) -> StoredTensor:
    return StoredTensor("BF16", shape, 2 * int(np.prod(shape)))


class Toy:
    """An analytic loss over the plans of a toy decoder."""

    def __init__(self, seed: int, blocks: int = 8, ranks: tuple[int, ...] = (0,)) -> None:
        draw = np.random.default_rng(1000 + seed)
        self.model = toy_map(blocks)
        self.weight = 0.02 * np.exp(draw.normal(0, 1.2, (blocks, 2)))
        self.coupling = draw.normal(0, 0.8, blocks)
        self.noise = np.exp(draw.normal(0, 0.7, (blocks, 2)))
        compensation = "svd" if max(ranks) else "none"
        plan = uniform_plan(self.model, quantiser="clip", compensation=compensation)
        self.space = make_space(self.model, plan, SpaceOptions(ranks=ranks))

    def __call__(self, plan: Plan, fidelity: int) -> float:
        """Return the loss of a plan; larger than 2."""
        damage = np.array(
            [[_damage(b.attention_bits, b.rank), _damage(b.mlp_bits, b.rank)] for b in plan.blocks]
        )
        damage *= self.weight
        block = damage.sum(1)
        pairs = self.coupling[1:] * np.sqrt(block[1:] * block[:-1])
        return float(2 + np.expm1(min(max(block.sum() + pairs.sum(), 0.3 * block.sum()), 5.0)))

    def sensitivity(self, space: Space | None = None) -> Sensitivity:
        """Return the single effects, with noise."""
        losses = []
        for knob in (space or self.space).knobs:
            block = knob.blocks[0]
            if knob.field == "rank":
                worth = float((self.weight[block] * self.noise[block]).sum()) * _damage(2, 0)
                values = [worth * (_left(rank) - _left(knob.choices[-1])) for rank in knob.choices]
            else:
                part = int(knob.field == "mlp_bits")
                scale = self.weight[block, part] * self.noise[block, part]
                values = [scale * (_damage(b, 0) - _damage(knob.choices[-1], 0)) for b in knob.choices]
            losses.append(tuple(map(float, values)))
        return Sensitivity(tuple(losses))


def _damage(bits: int, rank: int) -> float:
    return 0.0 if bits == 16 else 60 * 4.0**-bits * _left(rank)


def _left(rank: int) -> float:
    return 1 / (1 + rank / 16)


def run(toy: Toy, strategy: str, budget: int, evaluations: int, seed: int) -> tuple[Search, float]:
    """Run one strategy in a folder that is thrown away; return it and its seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = EvaluationFile(Path(folder) / "evaluations.jsonl")
        begun = time.perf_counter()
        search = Search(toy.space, budget, toy, toy.sensitivity, file, evaluations, seed)
        run_strategy(strategy_named(strategy), search)
        return search, time.perf_counter() - begun


def budget_of(toy: Toy, bits: float) -> int:
    """Return a budget in bytes for stored bits per weight."""
    from compress.search.budget import budget_bytes

    return budget_bytes(f"{bits}bpw", toy.space)


def main() -> None:
    """Print one line per strategy: paired differences to random over seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--evaluations", type=int, default=40)
    parser.add_argument("--bits", type=float, default=3.5)
    parser.add_argument("--ranks", action="store_true", help="search ranks 0, 8, 16 too")
    parser.add_argument("--strategies", nargs="*", default=[s for s in STRATEGIES if s != "exhaustive"])
    options = parser.parse_args()
    names = list(dict.fromkeys(["random", *options.strategies]))
    losses: dict[str, list[float]] = {name: [] for name in names}
    volumes: dict[str, list[float]] = {name: [] for name in names}
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for seed in range(options.seeds):
        toy = Toy(seed, ranks=(0, 8, 16) if options.ranks else (0,))
        budget = budget_of(toy, options.bits)
        fronts = {}
        for name in names:
            search, took = run(toy, name, budget, options.evaluations, seed)
            fronts[name] = [row.point for row in search.front()]
            losses[name].append(min(point[0] for point in fronts[name]))
            seconds[name].append(took)
        reference = reference_of([point for front in fronts.values() for point in front])
        for name in names:
            volumes[name].append(hypervolume(fronts[name], reference) / (reference[0] * reference[1]))
    print(f"{options.seeds} toys, {options.evaluations} evaluations, {options.bits} bits per weight")
    print(
        f"{'strategy':<10} {'best loss':>9} {'vs random':>9} {'wins':>5} "
        f"{'hv':>7} {'vs random':>9} {'wins':>5} {'s':>6}"
    )
    for name in names:
        gaps = [a - b for a, b in zip(losses[name], losses["random"], strict=True)]
        gains = [a - b for a, b in zip(volumes[name], volumes["random"], strict=True)]
        print(
            f"{name:<10} {statistics.mean(losses[name]):9.4f} {statistics.mean(gaps):+9.4f} "
            f"{sum(g < 0 for g in gaps):>2}/{len(gaps):<2} {statistics.mean(volumes[name]):7.4f} "
            f"{statistics.mean(gains):+9.4f} {sum(g > 0 for g in gains):>2}/{len(gains):<2} "
            f"{statistics.mean(seconds[name]):6.1f}"
        )


def reference_of(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Return a reference point a tenth of the range beyond the worst of the joint front."""
    joint = [points[i] for i in front_of(points)]
    worst, best = np.max(joint, axis=0), np.min(joint, axis=0)
    return tuple(map(float, worst + 0.1 * (worst - best)))  # type: ignore[return-value]


if __name__ == "__main__":
    main()
