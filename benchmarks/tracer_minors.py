"""The tracer on every Python minor that is here: `python benchmarks/tracer_minors.py [--every 1]`.

Needs nothing but the interpreters: the tracer is of the standard library. Each of them compares delta with
full recording on our own problems and on CRUXEval, whose published outputs it looks for in the traces, and
makes the same calls in its sandbox. Then the traces of the minors are set side by side: how many calls give
other steps than under the first one, which is why traces of different minors are not compared.

`--inside` runs the checks of one interpreter and prints them as JSON; `benchmarks/tracer_pyodide.mjs` does
the same on the CPython that Pyodide brings.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MINORS = ("3.11", "3.12", "3.13", "3.14")


def interpreters() -> dict[str, str]:
    """Return minor -> path of an interpreter of it, of those on the PATH and in pyenv's folder."""
    found = {}
    for minor in MINORS:
        places = sorted(Path.home().glob(f".pyenv/versions/{minor}.*/bin/python{minor}"))
        path = str(places[-1]) if places else shutil.which(f"python{minor}")
        if path and f"({minor})" in version(path):
            found[minor] = path
    return found


def version(python: str) -> str:
    """Return the minor that an interpreter says it is, in brackets; nothing if it does not run."""
    code = "import sys; print('(%d.%d)' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout


def cases(every: int):
    """Yield each `every`-th of our own calls and of CRUXEval's."""
    from benchmarks import programs

    yield from list(programs.own())[::every]
    if programs.data_folder().is_dir():
        yield from programs.cruxeval(every)


def check(every: int, *, sandbox: bool) -> dict:
    """Return what one interpreter says."""
    from benchmarks.tracer_agreement import difference, observed, queries
    from tracer import evaluate, literal, parse_literal, record_calls

    said = {"python": sys.version.split()[0], "calls": 0, "steps": 0, "mismatches": [], "outputs": 0}
    said.update({"published": 0, "sandboxed": 0, "sandbox differs": [], "digests": {}, "layers": []})
    for number, case in enumerate(cases(every)):
        name = f"{case.origin} {case.name} #{number}"
        trace = observed(case)
        said["calls"] += 1
        said["steps"] += trace.step_count
        for query in queries(trace):
            answer = evaluate(query, trace)
            if getattr(answer, "reason", "") == "observers differ":
                said["mismatches"].append(f"{name}: {query}: {answer.detail}")
        if case.output is not None:
            said["published"] += 1
            said["outputs"] += literal(parse_literal(case.output)) == trace.frames[0].returned
        said["digests"][name] = digest(trace)
        if sandbox:
            args, kwargs = case.arguments()
            words = [f"{key}={literal(value)}" for key, value in kwargs.items()]
            text = ", ".join([*map(literal, args), *words])
            [outcome] = record_calls(case.source, case.entry_point, [text])
            if outcome.status == "bad_input":  # two of CRUXEval's are no literals
                continue
            said["sandboxed"] += 1
            said["layers"] = list(outcome.layers)
            if outcome.trace is None or difference(trace, outcome.trace):
                said["sandbox differs"].append(f"{name}: {outcome.status} {outcome.message or ''}")
    if sandbox:
        said["recursion differs"] = at_recursion_limit()
    return said


def at_recursion_limit() -> int:
    """Return how many calls about as deep as the recursion limit do something else when they are watched."""
    from tracer import record_calls, run_calls

    code = "def down(n):\n    if n == 0:\n        return 0\n    return down(n - 1) + 1\n"
    inputs = [str(depth) for depth in range(950, 1000, 2)]
    pairs = zip(run_calls(code, "down", inputs), record_calls(code, "down", inputs), strict=True)
    return sum((one.value, one.exception) != (other.value, other.exception) for one, other in pairs)


def digest(trace) -> str:
    """Return a hash of the steps of a trace: lines, changes, branches."""
    steps = [
        [frame.function, [[step.line, sorted(step.changed.items()), step.branch] for step in frame.steps]]
        for frame in trace.frames
    ]
    return hashlib.sha256(json.dumps(steps).encode()).hexdigest()[:16]


def report(said: dict, first: dict) -> bool:
    """Print what one interpreter said; tell whether all is well."""
    both = said["digests"].keys() & first["digests"].keys()
    other = sum(said["digests"][name] != first["digests"][name] for name in both)
    print(f"Python {said['python']}: {said['calls']} calls, {said['steps']} steps")
    print(f"  the two observers differ in {len(said['mismatches'])} answers")
    print(f"  published outputs reproduced: {said['outputs']} of {said['published']}")
    if said["sandboxed"]:
        differing = len(said["sandbox differs"])
        print(f"  sandbox: {said['sandboxed']} calls, {differing} traces differ from those made without it")
        print(f"  calls at the recursion limit that watching changes: {said['recursion differs']} of 25")
        print(f"  layers: {', '.join(said['layers'])}")
    print(f"  calls with other steps than under {first['python']}: {other}")
    for text in [*said["mismatches"], *said["sandbox differs"]][:20]:
        print(f"    {text}")
    bad = said["mismatches"] or said["sandbox differs"] or said.get("recursion differs")
    return not bad and said["outputs"] == said["published"]


def main() -> None:
    """Ask every interpreter, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="check each N-th call only")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("more", nargs="*", type=Path, help="files with what another interpreter said (JSON)")
    given = parser.parse_args()
    if given.inside:
        with contextlib.redirect_stdout(sys.stderr):
            said = check(given.every, sandbox=True)
        print(json.dumps(said))
        return
    everything = []
    for python in interpreters().values():
        command = [python, "-P", str(Path(__file__).resolve()), "--inside", "--every", str(given.every)]
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        everything.append(json.loads(done.stdout))
    everything += [json.loads(path.read_text()) for path in given.more]
    fine = [report(said, everything[0]) for said in everything]
    missing = [minor for minor in MINORS if not any(said["python"].startswith(minor) for said in everything)]
    if missing:
        print(f"not here: Python {', '.join(missing)}")
    sys.exit(not all(fine))


if __name__ == "__main__":
    main()
