"""Sees what chance decides in a program: its outcomes (then it is left out), or some of its states."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

from core_bench.suites.building.verify import HASH_SEEDS, LIMITS, UnfitError, Verified, behaviour
from core_bench.suites.views import Run
from tracer import Observation, Outcome, observe_calls, record_calls

MORE_SEEDS = tuple(range(len(HASH_SEEDS), 16))
"""For a program that makes sets: two elements keep their order by chance in every second run."""

_ORDERS = cycle((MORE_SEEDS, MORE_SEEDS[::-1]))
"""There and back: the interpreters of the seeds that came last still run when the next problem begins."""


@dataclass(slots=True)
class Settled:
    """A program with the runs that it can be asked about.

    Attributes:
        program: the program.
        runs: those whose states do not depend on chance.
        confirmed: inputs on which a second observer saw the same outcome.
        fault: chance decides what the program does.
    """

    program: Verified
    runs: list[Run] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    fault: UnfitError | None = None


def settle(programs: Sequence[Verified], entry_point: str, inputs: Sequence[str]) -> list[Settled]:
    """Trace and observe programs on some inputs, under all hash seeds that they need; two observers look on.

    A run whose states depend on the seed is left out; where only the values of its sub-expressions do, it
    comes without an observation. Seeds are taken one after the other for all programs: an interpreter is
    started for each.
    """
    traced: list[list[list[Outcome]]] = [[] for _ in programs]
    observed: list[list[list[Outcome]]] = [[] for _ in programs]
    for seed in (*HASH_SEEDS, *next(_ORDERS)):
        # The second observer confirms golds under one seed; under the others the first must see the same.
        observers = 2 if seed == HASH_SEEDS[0] else 1
        for place, program in enumerate(programs):
            code = program.implementation.code
            if seed in MORE_SEEDS and not makes_sets(code):
                continue
            for found, make in ((traced, record_calls), (observed, observe_calls)):
                outcomes = make(
                    code,
                    entry_point,
                    inputs,
                    limits=LIMITS,
                    hash_seed=seed,
                    observers=observers,
                    certified=seed == HASH_SEEDS[0],
                )
                found[place].append(outcomes)
    return [
        _settled(program, inputs, traced[place], observed[place]) for place, program in enumerate(programs)
    ]


def makes_sets(code: str) -> bool:
    """Tell whether a program may make a set, whose order is up to the hash seed."""
    return any(
        isinstance(node, ast.Set | ast.SetComp)
        or (isinstance(node, ast.Name) and node.id in ("set", "frozenset"))
        or (isinstance(node, ast.Attribute) and node.attr in ("keys", "items"))  # their views make sets, too
        for node in ast.walk(ast.parse(code))
    )


def _settled(
    program: Verified,
    inputs: Sequence[str],
    traced: Sequence[Sequence[Outcome]],
    observed: Sequence[Sequence[Outcome]],
) -> Settled:
    settled = Settled(program)
    for place, text in enumerate(inputs):
        first, *again = [outcomes[place] for outcomes in traced]
        if any(behaviour(other) != behaviour(first) for other in again):
            settled.fault = UnfitError("flaky", f"two runs on ({text}) differ by the hash seed")
            return settled
        trace = first.trace
        if trace is not None and trace.second is not None:
            settled.confirmed.add(text)
        if trace is None or any(other.trace != trace for other in again):
            continue
        observation, *others = [outcomes[place].observation for outcomes in observed]
        certain: Observation | None = observation if all(other == observation for other in others) else None
        settled.runs.append(Run(text, trace, certain))
    return settled
