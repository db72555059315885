"""Makes a corpus: programs by chance, run, kept apart from suites, and written in three forms.

The n-th program depends on the seed, n and the material alone, and rows are taken in order, so the same seed
gives the same bytes however many programs are made at once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count as count_from
from random import Random

import variants
from core_bench.errors import CoreBenchError
from core_bench.shown import agreement_on
from core_bench.suites.corpus.counting import Count
from core_bench.suites.corpus.crossing import Host, cross
from core_bench.suites.corpus.novelty import Known
from core_bench.suites.corpus.parts import Parts
from core_bench.suites.corpus.programs import write_program
from core_bench.suites.corpus.running import Call, Program, run_draft, values_in
from core_bench.suites.corpus.texts import CorpusText, Form, output_text, trace_text
from core_bench.suites.side_by_side import side_by_side
from tracer import Trace, is_marker

SHARES: dict[Form, float] = {"output": 0.4, "trace": 0.4, "source": 0.2}
"""Of all tokens, the part of each form."""

MOST_STEPS = 60
"""Steps of a trace that is written; longer runs are shown with their output only."""

_CROSSED = 0.5
_REWRITTEN = 0.2
_LONGEST_SHOWN = 80
_BATCH = 48
_PATIENCE = 40  # batches without a single program before we give up


@dataclass(slots=True)
class Made:
    """What became of the drafts."""

    drafts: int = 0
    programs: int = 0
    near: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Material:
    """What programs are made of: parts and hosts of our problems' programs, and what to stay away from."""

    parts: Parts
    hosts: tuple[Host, ...]
    known: Known


def make_corpus(
    material: Material,
    seed: int,
    tokens: int,
    count: Count,
    made: Made,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[CorpusText]:
    """Yield rows until they have `tokens` tokens, as `count` counts; `made` is kept up to date.

    Raises:
        CoreBenchError: no more programs are found.
    """
    seen: set[str] = set()
    misses = 0
    on_progress(0, tokens)
    for number, program in _programs(material, seed):
        made.drafts += 1
        misses += 1
        if misses > _BATCH * _PATIENCE:
            raise CoreBenchError(f"of the last {misses} programs none could be used", "Take another --seed.")
        if program is None or program.code in seen:
            continue
        if material.known.is_near(program.code):
            made.near += 1
            continue
        seen.add(program.code)
        misses = 0
        made.programs += 1
        row = _row(program, f"corpus-{seed}-{number}", number, made)
        size = count(row.text)
        made.tokens[row.form] += size
        made.rows[row.form] += 1
        on_progress(min(made.tokens.total(), tokens), tokens)
        yield row
        if made.tokens.total() >= tokens:
            return


def _programs(material: Material, seed: int) -> Iterator[tuple[int, Program | None]]:
    """Yield number and program without an end."""
    for start in count_from(0, _BATCH):
        numbers = range(start, start + _BATCH)
        yield from zip(numbers, side_by_side(partial(_program, material, seed), numbers), strict=True)


def _program(material: Material, seed: int, number: int) -> Program | None:
    rng = Random(f"{seed}:{number}")
    if material.hosts and rng.random() < _CROSSED:
        draft = cross(rng.choice(material.hosts), rng, material.parts)
    else:
        draft = write_program(rng, material.parts)
    program = run_draft(draft)
    if program is None or rng.random() >= _REWRITTEN:
        return program
    chance = rng.randrange(1 << 30)
    made = variants.compose(draft.code, draft.entry_point, draft.inputs, chance, max_links=4)
    return run_draft(replace(draft, code=made.code)) or program


def _row(program: Program, name: str, number: int, made: Made) -> CorpusText:
    """Write a program in the form of which there is least, measured by what there should be."""
    total = max(1, made.tokens.total())
    wanted = sorted(SHARES, key=lambda form: made.tokens[form] / total - SHARES[form])
    for form in wanted:
        if form == "trace":
            call = _traceable(program.calls)
            if call is None:
                continue
            text, start = trace_text(program.code, call.text, call.value, call.trace, marked=number % 2 == 0)
            return CorpusText(form=form, text=text, answer_start=start, program=name)
        if form == "output":
            call = program.calls[number % len(program.calls)]
            text, start = output_text(program.code, call.text, call.value, marked=number % 2 == 0)
            return CorpusText(form=form, text=text, answer_start=start, program=name)
        return CorpusText(form=form, text=program.code, answer_start=None, program=name)
    raise AssertionError("a program can always be written alone")


def _traceable(calls: Sequence[Call]) -> Call | None:
    """Return the longest run that is short enough to be written down, and shows nothing but agreed values."""
    for call in reversed(calls):
        trace = call.trace
        if trace.step_count <= MOST_STEPS and _is_plain(trace) and agreement_on(trace).is_complete:
            return call
    return None


def _is_plain(trace: Trace) -> bool:
    """Tell whether every frame comes to its end, and every value has a short literal."""
    ended = all(frame.returned is not None and not frame.unclear for frame in trace.frames)
    return ended and all(len(text) <= _LONGEST_SHOWN and not is_marker(text) for text in values_in(trace))
