"""Takes probes from a model: it may propose a query, never an answer.

The model is shown a program with the trace of one call, and gives queries in a JSON schema. Each is checked,
answered by execution, where two observers agree under two hash seeds, and compared with what is asked
already; what does not hold is refused with the reason, and kept beside what does.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Literal, get_args

from jinja2 import Environment, StrictUndefined
from pydantic import TypeAdapter, ValidationError

from core_bench.engines import Engine, Message, Request
from core_bench.items import Item
from core_bench.jsonl import dump_row, parse_rows, read_text
from core_bench.records import Implementation, Probe, ProbeQuery, Problem, Record
from core_bench.shown import agreement_on
from core_bench.suites.candidates import MAX_GOLD_CHARS, answer
from core_bench.suites.corpus.texts import trace_lines
from core_bench.suites.dimensions import dimensions_of
from core_bench.suites.problems import hash_rank
from core_bench.suites.questions import PHRASINGS, question
from core_bench.suites.suite import Suite
from core_bench.suites.views import Run, RunView
from tracer import Gold, Refusal, nondeterminism, observe_calls, record_calls

PROMPT = Path(__file__).with_name("propose.j2")
HASH_SEEDS = (0, 1)
_FEWEST_STEPS = 8
_MOST_STEPS = 120
_MAX_TOKENS = 2_000

_QUERIES: TypeAdapter[Any] = TypeAdapter(ProbeQuery)
_KINDS: dict[str, type[Any]] = {
    str(field.default): kind
    for kind in get_args(ProbeQuery)
    for field in fields(kind)
    if field.name == "kind"
}


class Asked(Record):
    """A model's raw answer about one implementation on one input."""

    implementation: str
    input: str
    model: str
    text: str


class Proposal(Record):
    """What became of one proposed query: a probe, or the reason why it is none."""

    decision: Literal["accepted", "refused"]
    implementation: str
    input: str
    model: str
    proposed: str
    reason: str | None = None
    probe: Probe | None = None


def query_schema() -> str:
    """Return the JSON schema of a query, as the model is shown it."""
    return json.dumps(_QUERIES.json_schema(), separators=(",", ":"))


def ask_for_queries(
    engine: Engine,
    model: str,
    suite: Suite,
    problems: Sequence[str],
    count: int,
    kept: Path,
    *,
    temperature: float = 0.7,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Asked], list[str]]:
    """Ask for `count` queries on each implementation; what is in the file `kept` is not asked again.

    Returns:
        The raw answers, and the reasons of the requests that failed (asked again by the next call).

    Raises:
        CoreBenchError: the suite was built on another Python minor, or `kept` is broken.
    """
    suite.require_python()
    answers = parse_rows(read_text(kept), Asked, kept) if kept.exists() else []
    done = {row.implementation for row in answers if row.model == model}
    wanted = [program for program in suite.implementations if program.problem in problems]
    missing = [program for program in wanted if program.id not in done]
    requests = {
        program.id: (text, request)
        for program in missing
        for text, request in _requests(program, suite, count, temperature)
    }
    failures: list[str] = []
    on_progress(len(wanted) - len(missing), len(wanted))
    finished = len(wanted) - len(requests)
    with kept.open("a", encoding="utf-8") as file:
        for replies in engine.generate([request for _, request in requests.values()]) if requests else ():
            for reply in replies:
                if reply.finish == "error":
                    failures.append(f"{reply.item}: {reply.error}")
                    continue
                row = Asked(
                    implementation=reply.item, input=requests[reply.item][0], model=model, text=reply.text
                )
                file.write(dump_row(row))
                answers.append(row)
            file.flush()
            finished += len(replies)
            on_progress(finished, len(wanted))
    of_these = {program.id for program in wanted}
    return [row for row in answers if row.model == model and row.implementation in of_these], failures


def decide(answers: Sequence[Asked], suite: Suite) -> Iterator[Proposal]:
    """Check every query of the answers; yield what became of each."""
    programs = {program.id: program for program in suite.implementations}
    problems = {problem.id: problem for problem in suite.problems}
    asked = {(probe.implementation, probe.input, probe.query) for probe in suite.probes}
    numbers: Counter[str] = Counter()
    for row in answers:
        program = programs[row.implementation]
        problem = problems[program.problem]
        runs: list[Run] | str = []
        for proposed in _proposed(row.text):
            query = _query(proposed)
            found: Probe | str
            if isinstance(query, str):
                found = query
            elif (program.id, row.input, query) in asked:
                found = "it is asked already"
            else:
                asked.add((program.id, row.input, query))
                runs = runs or _runs(program, problem, row.input)
                name = f"{program.id}/p{numbers[program.id] + 1}"
                found = runs if isinstance(runs, str) else _probe(name, query, problem, program, runs)
            numbers[program.id] += not isinstance(found, str)
            yield Proposal(
                decision="refused" if isinstance(found, str) else "accepted",
                implementation=row.implementation,
                input=row.input,
                model=row.model,
                proposed=proposed if isinstance(proposed, str) else json.dumps(proposed),
                reason=found if isinstance(found, str) else None,
                probe=None if isinstance(found, str) else found,
            )


def _probe(
    name: str, query: ProbeQuery, problem: Problem, program: Implementation, runs: Sequence[Run]
) -> Probe | str:
    """Return the probe that a query makes, or why it makes none."""
    gold = _gold(query, runs)
    if isinstance(gold, str):
        return gold
    view = RunView(runs[0].trace)
    dimensions = dimensions_of(query, gold.literal, view)
    if not dimensions:
        return "it touches none of the four dimensions"
    phrasing = PHRASINGS[int(hash_rank(name)[:8], 16) % len(PHRASINGS)]
    text = runs[0].input
    return Probe(
        id=name,
        problem=problem.id,
        implementation=program.id,
        input=text,
        query=query,
        question=question(query, gold.literal, problem, text, view.calls[query.function], phrasing),
        gold=gold.literal,
        dimensions=dimensions,
        phrasing=phrasing,
    )


def _requests(
    program: Implementation, suite: Suite, count: int, temperature: float
) -> Iterator[tuple[str, Request]]:
    """Yield the input to ask about and the request: the longest run that fits; none where no run does."""
    problem = next(problem for problem in suite.problems if problem.id == program.problem)
    outcomes = record_calls(program.code, problem.entry_point, problem.inputs)
    fitting = [
        (outcome.trace.step_count, text, outcome.trace)
        for text, outcome in zip(problem.inputs, outcomes, strict=True)
        if outcome.status == "returned" and outcome.trace is not None and outcome.trace.cut is None
        if _FEWEST_STEPS <= outcome.trace.step_count <= _MOST_STEPS
        if not agreement_on(outcome.trace).is_doubtful
    ]
    if not fitting:
        return
    _, text, trace = max(fitting, key=lambda row: row[0])
    item = Item(program.id, "sample", problem.id, program.id, program.code, problem.entry_point, text, "")
    prompt = (
        _environment()
        .from_string(read_text(PROMPT))
        .render(
            numbered_code=item.numbered_code,
            call=item.call,
            trace="\n".join(trace_lines(trace)),
            count=count,
            schema=query_schema(),
            functions=", ".join(sorted({frame.function for frame in trace.frames})),
            asked=[
                json.dumps(asdict(probe.query))
                for probe in suite.probes
                if probe.implementation == program.id
            ],
        )
    )
    yield (
        text,
        Request(
            item=program.id,
            method="propose",
            epoch=0,
            prompt=(Message("user", prompt),),
            stop=(),
            max_tokens=_MAX_TOKENS,
            temperature=temperature,
        ),
    )


def _environment() -> Environment:
    return Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)


def _proposed(reply: str) -> Iterator[Any]:
    """Yield the queries of an answer; the text itself where it holds no JSON list or object."""
    blocks = re.findall(r"```[^\n]*\n(.*?)(?:```|\Z)", reply, re.DOTALL)
    for text in (*blocks, reply, *re.findall(r"\[.*\]|\{.*\}", reply, re.DOTALL)):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            found = found["queries"] if isinstance(found.get("queries"), list) else [found]
        if isinstance(found, list):
            yield from found
            return
    yield reply


def _query(proposed: Any) -> ProbeQuery | str:
    """Return the query that was proposed, or why it is none."""
    if not isinstance(proposed, dict):
        return "this is no JSON object"
    kind = _KINDS.get(str(proposed.get("kind")))
    if kind is None:
        return f"there is no kind of query {proposed.get('kind')!r}"
    extra = set(proposed) - {field.name for field in fields(kind)}
    if extra:
        return f"a query of the kind {proposed['kind']} has no {', '.join(sorted(extra))}"
    try:
        query: ProbeQuery = TypeAdapter(kind).validate_python(proposed)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return query


def _runs(program: Implementation, problem: Problem, text: str) -> list[Run] | str:
    """Return the runs of a call, one under each hash seed, or why nothing can be asked about it."""
    [sources] = nondeterminism(program.code, problem.entry_point, [text])
    if sources:
        return f"not deterministic: the call reaches {', '.join(sources)}"
    runs = []
    for seed in HASH_SEEDS:
        [recorded] = record_calls(program.code, problem.entry_point, [text], hash_seed=seed)
        [observed] = observe_calls(program.code, problem.entry_point, [text], hash_seed=seed)
        if recorded.trace is None:
            return f"the call cannot be traced: {recorded.refused or recorded.message or recorded.status}"
        runs.append(Run(text, recorded.trace, observed.observation))
    return runs


def _gold(query: ProbeQuery, runs: Sequence[Run]) -> Gold | str:
    """Return the answer that execution gives, or why the query cannot be a probe."""
    answers = [answer(query, run) for run in runs]
    first = answers[0]
    if any(other != first for other in answers):
        return "not deterministic: two hash seeds give different answers"
    if isinstance(first, Refusal):
        return f"{first.reason}: {first.detail}"
    if len(first.literal) > MAX_GOLD_CHARS:
        return f"its answer has {len(first.literal)} characters, more than {MAX_GOLD_CHARS}"
    return first
