"""A deeper look for a difference between two programs, by CrossHair (optional, extra `crosshair`).

CrossHair runs both programs on symbolic values and asks a solver for inputs that take new paths, so it finds
inputs that nobody would draw; now and then it has seen every path, which is a proof. What it finds counts
only when running both programs in the sandbox confirms it. CrossHair itself runs outside of the sandbox, in
a process of its own with a wall against side effects, so give it programs whose origin you know.
"""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tracer
from variants.analysis.program import ProgramError
from variants.equivalence import check
from variants.signatures import parameter_types

Finding = Literal["same", "no difference", "different", "unconfirmed", "unsupported", "gave up"]

_GRACE_S = 60.0
"""On the clock, beyond the seconds of computing that CrossHair gives itself: the machine may be busy."""

_ATTEMPTS = re.compile(r"attempted (\d+) iterations")
_GIVEN = re.compile(r"^Given: \((.*)\),$", re.MULTILINE)


class CrossHairMissingError(RuntimeError):
    """CrossHair is not installed."""


@dataclass(frozen=True, slots=True)
class DeepVerdict:
    """What CrossHair found out about two programs.

    Attributes:
        finding: `same`: every path was tried, and none differs. `no difference`: none of those that were
            tried in the time. `different`: `separating_input` tells them apart, and running both confirms it.
            `unconfirmed`: CrossHair reported an input, but running both gives the same. `unsupported`:
            CrossHair cannot compare such programs. `gave up`: it did not end in time.
        detail: The reason or the circumstances, for people.
        separating_input: The arguments that tell the programs apart.
        paths: How many paths were tried; None where none were.
    """

    finding: Finding
    detail: str = ""
    separating_input: str | None = None
    paths: int | None = None


def deep_check(
    original: str, candidate: str, entry_point: str, seconds: float, *, inputs: Sequence[str] = ()
) -> DeepVerdict:
    """Let CrossHair look for an input on which two programs differ.

    Args:
        original: The program that is right by definition.
        candidate: The program to compare with it; its parameters may have other names.
        entry_point: The function to compare.
        seconds: Of computing, for CrossHair.
        inputs: Argument lists as text: they tell the types of the parameters, beyond which a difference
            would mean nothing. Without any, all parameters must be annotated.

    Raises:
        CrossHairMissingError: The package `crosshair-tool` is not installed.
        ProgramError: One of the programs does not parse, or does not define the function.
    """
    if importlib.util.find_spec("crosshair") is None:
        raise CrossHairMissingError("CrossHair is not installed; pip install 'core-bench[crosshair]'")
    functions = [_function(code, entry_point) for code in (original, candidate)]
    refusal = next(filter(None, map(_refusal, functions)), None)
    if refusal is not None:
        return DeepVerdict("unsupported", refusal)
    types = parameter_types(functions[0], inputs)
    if types is None:
        return DeepVerdict("unsupported", "it has parameters of unknown type: annotate them, or give inputs")
    with tempfile.TemporaryDirectory(prefix="core-bench-deep-") as folder:
        for name, code, function in zip(
            ("original", "candidate"), (original, candidate), functions, strict=True
        ):
            names = [parameter.arg for parameter in _parameters(function)]
            text = _typed(code, entry_point, dict(zip(names, types, strict=False)))
            Path(folder, f"{name}.py").write_text(text, encoding="utf-8")
        try:
            done = _run(folder, entry_point, seconds)
        except subprocess.TimeoutExpired:
            return DeepVerdict("gave up", f"CrossHair did not end within {seconds + _GRACE_S:.0f} s")
    return _verdict(done, original, candidate, entry_point)


def _function(code: str, entry_point: str) -> ast.FunctionDef:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError) as error:
        raise ProgramError(f"the program does not parse: {error}; give valid Python text") from error
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == entry_point:
            return statement
    raise ProgramError(f"the program defines no function {entry_point!r}; name one of its functions")


def _parameters(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args]


def _refusal(function: ast.FunctionDef) -> str | None:
    """What CrossHair does not compare, though it would say that it had."""
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        return "it has parameters that are starred or by keyword only"
    for node in ast.walk(function):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return "it is a generator, and CrossHair compares no generators"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"print", "input"}
        ):
            return f"it calls {node.func.id}, and CrossHair compares no output"
    return None


def _typed(code: str, entry_point: str, types: dict[str, str]) -> str:
    written = ", ".join(f"{name!r}: {text}" for name, text in types.items())
    return f"{code}\n\n{entry_point}.__annotations__ = {{{written}}}\n"


def _run(folder: str, entry_point: str, seconds: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crosshair", "diffbehavior"]
    command += [f"original.{entry_point}", f"candidate.{entry_point}"]
    command += ["--exception_equivalence", "SAME_TYPE", "--per_condition_timeout", str(seconds)]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": folder, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=seconds + _GRACE_S,
        check=False,
    )


def _verdict(
    done: subprocess.CompletedProcess[str], original: str, candidate: str, entry_point: str
) -> DeepVerdict:
    attempts = _ATTEMPTS.search(done.stdout)
    paths = int(attempts.group(1)) if attempts else None
    found = [_positional(text) for text in _GIVEN.findall(done.stdout)]
    if not found:
        if done.returncode == 0 and paths:
            if "All paths exhausted" in done.stdout:
                return DeepVerdict("same", "every path was tried", paths=paths)
            return DeepVerdict("no difference", f"in {paths} paths", paths=paths)
        reason = (done.stderr.strip().splitlines() or ["CrossHair tried no path"])[-1]
        return DeepVerdict("unsupported", reason[:200], paths=paths)
    for text in filter(None, found):
        verdict = check(original, candidate, entry_point, [text])
        if not verdict.equivalent and verdict.reason not in {"original_failed", "opaque"}:
            return DeepVerdict("different", f"{verdict.reason} on ({text})", text)
    return DeepVerdict("unconfirmed", f"CrossHair reported ({found[0] or 'values without a literal'})")


def _positional(given: str) -> str | None:
    """Arguments without names; None where one of them has no literal."""
    try:
        call = ast.parse(f"f({given})", mode="eval").body
        assert isinstance(call, ast.Call)
        text = ", ".join(ast.unparse(part.value) for part in call.keywords)
        tracer.parse_arguments(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return text
