"""Asks a model for implementations of problems; every answer is kept as it comes."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from core_bench.engines import Engine, Message, Request
from core_bench.implementations.files import Written
from core_bench.jsonl import dump_row, parse_rows, read_text
from core_bench.records import Problem
from core_bench.suites.problems import Source
from core_bench.suites.sources.missing_imports import with_imports
from tracer import is_marker, run_calls

PROMPT = Path(__file__).with_name("implement.j2")
_SHOWN = 3
_MAX_TOKENS = 2_000


class Answer(Written):
    """An implementation that was asked for: the `turn` counts how often, from 0."""

    turn: int


def ask_for_implementations(
    engine: Engine,
    family: str,
    sources: Sequence[Source],
    turns: int,
    kept: Path,
    *,
    temperature: float,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Answer], list[str]]:
    """Ask for each problem `turns` times; what is in the file `kept` already is not asked again.

    Returns:
        The answers, and the reasons of the requests that failed (they are asked again by the next call).
    """
    answers = parse_rows(read_text(kept), Answer, kept) if kept.exists() else []
    done = {(answer.problem, answer.turn) for answer in answers if answer.family == family}
    wanted = [
        (source, turn) for turn in range(turns) for source in sources if (source.problem.id, turn) not in done
    ]
    requests = [_request(source, turn, temperature) for source, turn in wanted]
    total = len(sources) * turns
    failures: list[str] = []
    finished = total - len(requests)
    on_progress(finished, total)
    with kept.open("a", encoding="utf-8") as file:
        for replies in engine.generate(requests) if requests else ():
            for reply in replies:
                if reply.finish == "error":
                    failures.append(f"{reply.item}: {reply.error}")
                    continue
                code = with_imports(code_in(reply.text))
                answer = Answer(problem=reply.item, family=family, code=code, turn=reply.epoch)
                file.write(dump_row(answer))
                answers.append(answer)
            file.flush()
            finished += len(replies)
            on_progress(finished, total)
    return [answer for answer in answers if answer.family == family], failures


def code_in(reply: str) -> str:
    """Return the longest fenced block of a reply, or all of it where there is none."""
    blocks = re.findall(r"```[^\n]*\n(.*?)(?:```|\Z)", reply, re.DOTALL)
    return max(blocks, key=len, default=reply).strip() + "\n"


def prompt(problem: Problem, results: Sequence[tuple[str, str]], turn: int) -> str:
    """Return the text that asks for an implementation."""
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    template = environment.from_string(read_text(PROMPT))
    return template.render(
        entry_point=problem.entry_point, description=problem.description.strip(), results=results, turn=turn
    )


def _request(source: Source, turn: int, temperature: float) -> Request:
    problem = source.problem
    shown = problem.inputs[:_SHOWN]
    outcomes = run_calls(source.implementations[0].code, problem.entry_point, shown)
    results = [
        (f"{problem.entry_point}({text})", outcome.value)
        for text, outcome in zip(shown, outcomes, strict=True)
        if outcome.value is not None and not is_marker(outcome.value)
    ]
    return Request(
        item=problem.id,
        method="implement",
        epoch=turn,
        prompt=(Message("user", prompt(problem, results, turn)),),
        stop=(),
        max_tokens=_MAX_TOKENS,
        temperature=temperature,
    )
