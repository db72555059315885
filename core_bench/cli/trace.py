"""`core-bench trace`: what one call of a program did, step by step."""

import ast
import json
import math
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from core_bench.pages import TracedCall
    from tracer import Outcome


def trace(
    file: Annotated[Path, typer.Argument(help="The program, a Python file.", metavar="FILE")],
    call: Annotated[str, typer.Option(help="The call to make, such as 'f([3, 1])'; arguments are literals.")],
    function: Annotated[str | None, typer.Option(help="Show the steps of this function only.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Show only the first N rows.")] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=3600, help="End the traced call after so many seconds.")
    ] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole trace as JSON instead.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a web page to walk through the trace to this file instead.")
    ] = None,
) -> None:
    """Run one call of a program and show every step: what changed, which way it went, what it returned."""
    _check_options(file, html, for_table=function is not None or limit is not None, as_json=as_json)
    traced = _record(file, read_program(file), _parse_call(call), seconds)
    if html is not None:
        from core_bench.jsonl import write_text
        from core_bench.pages import trace_page

        write_text(html, trace_page(traced))
        if not as_json:
            print(f"Written: {html}  (open it in a browser; the key ? shows the keys)")
    if as_json:
        print(json.dumps(traced.to_json(), indent=1))
    elif html is None:
        from core_bench.cli.tables import console
        from core_bench.cli.trace_table import show_trace

        show_trace(console(), traced, function, limit)


def _check_options(file: Path, html: Path | None, *, for_table: bool, as_json: bool) -> None:
    if for_table and (as_json or html is not None):
        raise CoreBenchError(
            "--function and --limit choose rows of the table, and --json and --html print no table",
            "Leave them out: JSON and page always hold the whole trace.",
        )
    if html is None:
        return
    if html.is_dir():
        raise CoreBenchError(f"{html} is a folder", f"Name a file, such as {html / 'trace.html'}.")
    if not html.absolute().parent.is_dir():
        raise CoreBenchError(f"{html} cannot be written: there is no folder {html.parent}", "Make it first.")
    if html.exists() and file.exists() and html.samefile(file):
        raise CoreBenchError(f"--html {html} would replace the program", "Give the page a name of its own.")


def read_program(file: Path, purpose: str = "traced") -> str:
    """Return the text of a program that parses, which it must before it can serve the purpose."""
    from core_bench.program_files import read_program as read_text
    from tracer import ProgramError, analyse

    if not file.exists():
        raise CoreBenchError(f"there is no file {file}", "Give the path of a Python program.")
    if file.is_dir():
        raise CoreBenchError(f"{file} is a folder", "Give the path of a Python program in it.")
    code = read_text(file)
    try:
        analyse(code)
    except ProgramError as error:
        raise CoreBenchError(
            f"{file}, {error}", f"The program has to parse before it can be {purpose}."
        ) from None
    return code


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that was checked: as it was written, the function's name, and the arguments' text."""

    text: str
    name: str
    arguments: str


def _parse_call(text: str) -> _Call:
    """Take a call of a plain name apart; its arguments have to be literals."""
    from tracer import InputError, LiteralError, parse_arguments, parse_expression

    remedy = "Write a call with literal arguments, such as --call 'f([3, 1], k=2)'."
    try:
        node = parse_expression(text.strip())
    except LiteralError as error:
        raise CoreBenchError(f"the call {_short(text)} is {error}", remedy) from None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise CoreBenchError(f"{_short(text)} is no call of a function by its plain name", remedy)
    words = [f"{word.arg}={ast.unparse(word.value)}" for word in node.keywords if word.arg]
    if len(words) < len(node.keywords):
        raise CoreBenchError(f"the call {_short(text)} uses **, which is no literal", remedy)
    arguments = ", ".join([*map(ast.unparse, node.args), *words])
    try:
        parse_arguments(arguments)
    except InputError as error:
        raise CoreBenchError(f"the call {_short(text)} cannot be made: {error}", remedy) from None
    return _Call(text.strip(), unicodedata.normalize("NFKC", node.func.id), arguments)


def _record(file: Path, code: str, call: _Call, seconds: float) -> "TracedCall":
    from core_bench.pages import TracedCall
    from tracer import Limits, record_calls

    limits = Limits(wall_s=seconds, cpu_s=math.ceil(seconds))
    [outcome] = record_calls(code, call.name, [call.arguments], limits=limits)
    if outcome.trace is None:
        raise _no_trace(file, code, call, outcome)
    if outcome.exception == "TypeError" and not outcome.trace.frames:
        raise CoreBenchError(
            f"the call {_short(call.text)} does not fit: {outcome.message}",
            f"See how {call.name} is defined in {file}.",
        )
    return TracedCall(str(file), call.text, outcome, outcome.trace)


def _no_trace(file: Path, code: str, call: _Call, outcome: "Outcome") -> CoreBenchError:
    functions, others = _defined(code)
    if outcome.status == "bad_program" and call.name not in functions | others:
        known = ", ".join(sorted(functions))
        return CoreBenchError(
            f"{file} defines no {call.name}",
            f"Its functions: {known}." if known else "It defines no function that could be called.",
        )
    what, remedy = {
        "timeout": (
            "took too long",
            "Give it a smaller input or more --seconds, or see whether it ends at all.",
        ),
        "memory": ("took too much memory", "Give it a smaller input."),
        "output": ("printed too much", "Give it a smaller input, or let it print less."),
        "bad_input": ("cannot be made", "Write a call with literal arguments."),
        "bad_program": ("cannot be made", f"Loading {file} has to succeed before anything can be called."),
    }.get(outcome.status, ("ended without a trace", "See what the program does to its own process."))
    said = outcome.refused or outcome.message or outcome.status
    return CoreBenchError(f"the call {_short(call.text)} {what}: {said}", remedy)


def _defined(code: str) -> tuple[set[str], set[str]]:
    """Return the functions at the top of a program, and every other name that it may bind anywhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(code)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    others: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                others.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                others.add(name)
            case ast.alias(name=name, asname=other):
                others.add(other or name.partition(".")[0])
    return functions, others


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 80 else f"{text[:77]}..."
