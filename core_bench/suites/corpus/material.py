"""What a corpus is made of: the programs of our problems, cut up; and what it must not be like."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from core_bench.suites.corpus.crossing import Host, host_of
from core_bench.suites.corpus.making import Material
from core_bench.suites.corpus.novelty import Known
from core_bench.suites.corpus.parts import Parts, parts_of
from core_bench.suites.inputs import draw_inputs
from core_bench.suites.problems import read_problems
from core_bench.suites.suite import Suite
from tracer import Trace, record_calls

_INPUTS = 6
_HOST_INPUTS = 8


def gather(problems: Path, avoid: Sequence[Suite]) -> Material:
    """Cut up the problems of a folder, and note the programs of `avoid` (and of the problems themselves).

    Raises:
        CoreBenchError: the folder holds no problems, or one of them is broken.
    """
    traces: list[Trace] = []
    hosts: list[Host] = []
    programs: list[str] = []
    for source in read_problems(problems, origin=problems.name, licence="unstated"):
        problem = source.problem
        inputs = _inputs(problems / problem.id, problem.inputs)
        for program in source.implementations:
            programs.append(program.code)
            found = _traces(program.code, problem.entry_point, problem.inputs[:_INPUTS])
            traces += found
            if "class " not in program.code:
                hosts.append(host_of(program.code, problem.entry_point, inputs, found))
    return Material(Parts(parts_of(traces)), tuple(hosts), Known([*programs, *_codes(avoid)]))


def _traces(code: str, entry_point: str, inputs: Sequence[str]) -> list[Trace]:
    outcomes = record_calls(code, entry_point, inputs, observers=1)  # they tell kinds of values, no golds
    return [outcome.trace for outcome in outcomes if outcome.trace is not None and outcome.trace.cut is None]


def _inputs(place: Path, given: Sequence[str]) -> tuple[str, ...]:
    if not (place / "inputs.py").is_file():
        return tuple(given)
    return tuple(dict.fromkeys(draw_inputs(place, _HOST_INPUTS, 0)))


def _codes(suites: Iterable[Suite]) -> list[str]:
    return [program.code for suite in suites for program in suite.implementations]
