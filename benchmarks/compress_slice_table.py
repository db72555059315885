"""Every plan of a six-block slice of SmolLM2, measured once: the truth that searches are judged against.

The last six blocks are searched, one width of {2, 3, 4, 8} bits each (clip search, groups of 64, symmetric);
the 24 before them keep 16 bits. 4 to the 6th are 4,096 plans. Hidden states are shared between plans that
begin alike, so that one plan costs the output layer and a third more than one block. Rows are written as they
come; a killed run goes on.

    python -m benchmarks.compress_slice_table
"""

import argparse
import json
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import torch

from compress.blocks import BlockWalk
from compress.calibration import calibrate_on
from compress.loading import load_base, load_tokenizer
from compress.model_map import LINEARS, ModelMap, read_map
from compress.operators.grid import Grid, round_to_nearest
from compress.plan import uniform_plan
from compress.search.making import make_space
from compress.search.sensitivity import Sensitivity
from compress.search.space import Code, Space, SpaceOptions
from compress.text import read_documents

BITS = (2, 3, 4, 8)
SEARCHED = 6
PLACE = Path(".cache/compress_search_slice")
_AT_ONCE = 32  # rows of logits at a time stay in the processor's cache


def slice_space(model: ModelMap) -> Space:
    """Return the space of the slice: one width a block, the last six blocks."""
    blocks = tuple(range(model.blocks - SEARCHED, model.blocks))
    plan = uniform_plan(model, quantiser="clip")
    return make_space(model, plan, SpaceOptions(blocks=blocks, bits=BITS, tied=True))


class SliceWalk:
    """The slice on some windows: hidden states go in, losses come out."""

    def __init__(self, windows: int, length: int) -> None:
        from core_bench.models import resolve

        folder = resolve("smollm2-135m")
        self.map = read_map(folder)
        self.model = load_base(folder, self.map)
        tokenizer = load_tokenizer(folder)
        tokens = [
            calibrate_on(read_documents(part), tokenizer, windows, length, 0).tokens
            for part in ("stdlib", "stdlib:held-out")
        ]
        self.walk = BlockWalk(self.model, torch.cat(tokens), batch=2 * windows)
        self.windows, self.first = windows, self.map.blocks - SEARCHED
        self.start = self.walk.hidden
        for index in range(self.first):
            self.start = self.walk.step(index, self.start)
        self._weights = {
            (block, bits): self._rounded(block, bits)
            for block in range(self.first, self.map.blocks)
            for bits in BITS
        }
        self._whole = {block: self._linears(block) for block in range(self.first, self.map.blocks)}

    def step(self, block: int, bits: int, hidden: torch.Tensor) -> torch.Tensor:
        """Run one block at a width; 16 is the whole block."""
        weights = self._whole[block] if bits == 16 else self._weights[block, bits]
        for name, weight in zip(LINEARS, weights, strict=True):
            self.walk.blocks[block].get_submodule(name).weight.data = weight
        return self.walk.step(block, hidden)

    def losses(self, hidden: torch.Tensor) -> tuple[float, float]:
        """Return the mean nats per token on the search's windows and on the held-out ones."""
        goal = self.walk.tokens[:, 1:].flatten()
        found = [
            torch.logsumexp(logits, -1) - logits.gather(-1, tokens[:, None])[:, 0]
            for logits, tokens in zip(self.logits(hidden), goal.split(_AT_ONCE), strict=True)
        ]
        seen, held_out = torch.cat(found).view(2, -1).mean(-1).tolist()
        return seen, held_out

    @torch.no_grad()
    def logits(self, hidden: torch.Tensor) -> Iterator[torch.Tensor]:
        """Yield the logits of every predicted token, a few at a time, float32."""
        normed = self.model.model.norm(hidden)[:, :-1].flatten(0, 1)
        for part in normed.split(_AT_ONCE):
            yield self.model.lm_head(part).float()

    def divergence(self, whole: torch.Tensor, changed: torch.Tensor) -> float:
        """Return KL(whole || changed), mean nats per token of the search's windows."""
        total, count = 0.0, 0
        for goal, got in zip(
            self.logits(whole[: self.windows]), self.logits(changed[: self.windows]), strict=True
        ):
            expected = torch.log_softmax(goal, -1)
            total += float((expected.exp() * (expected - torch.log_softmax(got, -1))).sum())
            count += len(goal)
        return total / count

    def _linears(self, block: int) -> list[Any]:
        return [self.walk.blocks[block].get_submodule(name).weight.data for name in LINEARS]

    def _rounded(self, block: int, bits: int) -> list[torch.Tensor]:
        grid = Grid(bits, 64, scale_type=self.model.dtype)
        return [round_to_nearest(weight, grid, search=True).values() for weight in self._linears(block)]


def measure_sensitivity(slice_walk: SliceWalk) -> tuple[Sensitivity, float]:
    """Measure what every width of every block costs alone (KL divergence), and how long that takes."""
    begun = time.perf_counter()
    whole = _from(slice_walk, slice_walk.start, 0, (16,) * SEARCHED)
    losses = []
    for place in range(SEARCHED):
        found = []
        for bits in BITS:
            widths = tuple(bits if other == place else 16 for other in range(SEARCHED))
            found.append(slice_walk.divergence(whole, _from(slice_walk, slice_walk.start, 0, widths)))
        losses.append(tuple(value - found[-1] for value in found))
    return Sensitivity(tuple(losses)), time.perf_counter() - begun


def _from(slice_walk: SliceWalk, hidden: torch.Tensor, place: int, widths: tuple[int, ...]) -> torch.Tensor:
    for at in range(place, SEARCHED):
        hidden = slice_walk.step(slice_walk.first + at, widths[at], hidden)
    return hidden


def measure_information(slice_walk: SliceWalk) -> dict[str, Any]:
    """Estimate the mutual information of every searched block with the prediction, on 1,024 tokens."""
    from compress import measure_importance
    from compress.search.sensitivity import information_of
    from core_bench.models import resolve

    begun = time.perf_counter()
    folder = resolve("smollm2-135m")
    text = calibrate_on(read_documents("stdlib"), load_tokenizer(folder), 8, 128, 0)
    table = measure_importance("information", folder, slice_walk.map, text)
    values = information_of(slice_space(slice_walk.map), table).values
    return {"values": values, "seconds": time.perf_counter() - begun}


def fill(slice_walk: SliceWalk, path: Path) -> None:
    """Measure every plan that has no row yet; plans that begin alike follow each other."""
    done = {tuple(row["code"]) for row in read_rows(path)}
    hidden: list[torch.Tensor] = [slice_walk.start]
    last: Code = ()
    new = 0
    begun = time.perf_counter()
    with path.open("a", encoding="utf-8") as file:
        for code in product(range(len(BITS)), repeat=SEARCHED):
            if code in done:
                continue
            shared = next((n for n, (a, b) in enumerate(zip(last, code, strict=False)) if a != b), len(last))
            began = time.perf_counter()
            del hidden[shared + 1 :]
            for place in range(shared, SEARCHED):
                hidden.append(slice_walk.step(slice_walk.first + place, BITS[code[place]], hidden[-1]))
            seen, held_out = slice_walk.losses(hidden[-1])
            row = {
                "code": code, "loss": seen, "held_out": held_out,
                "seconds": round(time.perf_counter() - began, 4),
            }  # fmt: skip
            file.write(json.dumps(row) + "\n")
            last, new = code, new + 1
            if new % 64 == 0:
                file.flush()
                left = (len(BITS) ** SEARCHED - len(done) - new) * (time.perf_counter() - begun) / new
                print(f"{len(done) + new:,} plans, about {left:.0f} s left", flush=True)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read the rows that are whole."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--windows", type=int, default=2, help="windows for the search, and held-out ones")
    parser.add_argument("--length", type=int, default=128, help="tokens of a window")
    parser.add_argument("--place", type=Path, default=PLACE)
    options = parser.parse_args()
    options.place.mkdir(parents=True, exist_ok=True)
    slice_walk = SliceWalk(options.windows, options.length)
    about = {
        "base": slice_walk.map.base, "windows": options.windows, "length": options.length, "bits": list(BITS),
        "whole": slice_walk.losses(_from(slice_walk, slice_walk.start, 0, (16,) * SEARCHED)),
    }  # fmt: skip
    known = options.place / "sensitivity.json"
    if known.exists():
        old = json.loads(known.read_text())
        if {name: old[name] for name in ("base", "windows", "length")} != {
            name: about[name] for name in ("base", "windows", "length")
        }:
            raise SystemExit(f"{options.place} holds another table; name another --place")
    else:
        found, seconds = measure_sensitivity(slice_walk)
        known.write_text(json.dumps(about | {"losses": found.losses, "seconds": seconds}))
    fill(slice_walk, options.place / "rows.jsonl")
    information = options.place / "information.json"
    if not information.exists():
        information.write_text(json.dumps(measure_information(slice_walk)))


if __name__ == "__main__":
    main()
