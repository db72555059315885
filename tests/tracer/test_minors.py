"""Python minors: each trace names its own, traces of two are not compared, and each that is here works."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.tracer_minors import MINORS, ROOT, interpreters
from tracer import (
    DifferentPythonError,
    Gold,
    Trace,
    ValueAfter,
    compare_branches,
    evaluate_over,
    observe_calls,
    record_calls,
)

CODE = "def f(n):\n    n += 1\n    return n\n"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_a_trace_names_its_minor_in_json_too():
    [outcome] = record_calls(CODE, "f", ["1"])
    assert outcome.trace.python == HERE
    assert Trace.from_json(json.loads(json.dumps(outcome.trace.to_json()))).python == HERE
    [outcome] = observe_calls(CODE, "f", ["1"])
    assert outcome.observation.python == HERE


def test_traces_of_two_minors_are_not_compared():
    [outcome] = record_calls(CODE, "f", ["1"])
    [observed] = observe_calls(CODE, "f", ["1"])
    other = replace(outcome.trace, python="3.99")
    query = ValueAfter("f", 1, 2, 1, "n")
    assert evaluate_over(query, [outcome.trace, outcome.trace]) == Gold("2")
    with pytest.raises(DifferentPythonError, match=rf"{HERE} and 3\.99"):
        evaluate_over(query, [outcome.trace, other])
    with pytest.raises(DifferentPythonError):
        compare_branches(other, observed.observation)
    assert outcome.trace != other


@pytest.mark.parametrize("minor", MINORS)
def test_on_every_minor_that_is_here(minor):
    python = interpreters().get(minor)
    if python is None:
        pytest.skip(f"there is no Python {minor} here")
    command = [python, "-P", str(ROOT / "benchmarks" / "tracer_minors.py"), "--inside", "--every", "20"]
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["python"].startswith(f"{minor}.")
    assert said["calls"] > 60
    assert said["mismatches"] == []
    assert said["outputs"] == said["published"]
    assert said["sandboxed"] > 60
    assert said["sandbox differs"] == []
    assert said["recursion differs"] == 0
