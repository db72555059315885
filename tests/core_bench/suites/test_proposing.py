"""Queries that a model proposes: asked of a small fake server, checked, answered by execution, or refused."""

import asyncio
import json
import re
import socket
import subprocess
import sys
import threading
import time

import pytest

from core_bench.jsonl import parse_rows
from core_bench.suites import load_suite
from core_bench.suites.audit import audit_suite
from core_bench.suites.proposing import Asked, Proposal, decide, query_schema
from core_bench.suites.suite import Suite
from tracer import QUERY_KINDS, record_calls

CLI = (sys.executable, "-m", "core_bench.cli")


@pytest.fixture(scope="module")
def mini():
    return load_suite("core-mini")


@pytest.fixture(scope="module")
def program(mini):
    return next(p for p in mini.implementations if p.id == "moor_boats/reference")


@pytest.fixture(scope="module")
def problem(mini):
    return next(p for p in mini.problems if p.id == "moor_boats")


def loop_line(code):
    return next(n for n, line in enumerate(code.splitlines(), 1) if line.strip().startswith("while "))


@pytest.fixture(scope="module")
def good(program):
    line = loop_line(program.code)
    return {"kind": "line_count", "function": "moor", "call": 1, "line": line}


def proposals(mini, program, problem, text, input_number=0):
    asked = Asked(implementation=program.id, input=problem.inputs[input_number], model="m", text=text)
    return list(decide([asked], mini))


def test_the_schema_has_every_kind_of_query_and_no_answer():
    schema = query_schema()
    for kind in (*QUERY_KINDS, "expression_value", "operand_outcome"):
        assert f'"{kind}"' in schema
    assert "gold" not in schema


def test_a_good_query_becomes_a_probe_whose_gold_execution_gives(mini, program, problem, good):
    [found] = proposals(mini, program, problem, f"Here you are:\n```json\n[{json.dumps(good)}]\n```")
    assert found.decision == "accepted"
    [outcome] = record_calls(program.code, "moor", [problem.inputs[0]])
    count = sum(step.line == good["line"] for step in outcome.trace.frames[0].steps)
    assert found.probe.gold == str(count)
    assert found.probe.id == f"{program.id}/p1"
    assert f"line {good['line']}" in found.probe.question
    wider = Suite(mini.header, mini.problems, mini.implementations, mini.samples, (*mini.probes, found.probe))
    faults = [fault for fault in audit_suite(wider).faults if fault.subject == found.probe.id]
    assert faults == []  # the audit has nothing against it


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"answer": "3"}, "has no answer"),
        ({"gold": "3"}, "has no gold"),
        ({"kind": "guess"}, "there is no kind of query 'guess'"),
        ({"line": "seven"}, "line: "),
        ({"line": 1}, "no such line"),
        ({"function": "other"}, "no such call"),
        ({"call": 2}, "no such call"),
        ({"kind": "value_after", "occurrence": 99, "name": "boats"}, "line not executed"),
        ({"kind": "value_after", "occurrence": 1, "name": "nothing"}, "unbound"),
        ({"kind": "condition"}, "occurrence"),
    ],
)
def test_a_query_that_does_not_hold_is_refused_with_the_reason(mini, program, problem, good, change, reason):
    [found] = proposals(mini, program, problem, json.dumps([{**good, **change}]))
    assert found.decision == "refused"
    assert found.probe is None
    assert reason in found.reason


@pytest.mark.parametrize("text", ["I cannot do that.", "[1, 2", '"text"', ""])
def test_an_answer_without_queries_is_refused(mini, program, problem, text):
    [found] = proposals(mini, program, problem, text)
    assert (found.decision, found.reason) == ("refused", "this is no JSON object")


def test_what_is_asked_already_is_refused(mini, program, problem, good):
    twice = proposals(mini, program, problem, json.dumps({"queries": [good, good]}))
    assert [row.reason for row in twice] == [None, "it is asked already"]
    probe = next(probe for probe in mini.probes if probe.implementation == program.id)
    from dataclasses import asdict

    asked = Asked(
        implementation=program.id, input=probe.input, model="m", text=json.dumps([asdict(probe.query)])
    )
    [again] = decide([asked], mini)
    assert again.reason == "it is asked already"


class Server:
    """Answers every chat with what `answer` makes of its prompt, and counts."""

    def __init__(self):
        self.prompts = []
        self.answer = lambda prompt: "[]"
        self.status = 200


@pytest.fixture
def server():
    import uvicorn
    from fastapi import FastAPI, Request
    from fastapi.responses import JSONResponse

    state = Server()
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def reply(request: Request):
        body = await request.json()
        prompt = body["messages"][-1]["content"]
        state.prompts.append(prompt)
        if state.status != 200:
            return JSONResponse({"error": {"message": "no"}}, state.status)
        message = {"role": "assistant", "content": state.answer(prompt)}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return {"id": "1", "object": "chat.completion", "created": 1, "model": "fake", "choices": [choice]}

    listening = socket.create_server(("127.0.0.1", 0))
    state.address = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    running = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=lambda: asyncio.run(running.serve(sockets=[listening])), daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield state
    running.should_exit = running.force_exit = True
    thread.join(10)
    listening.close()


def propose(server, folder, *options):
    command = [
        *CLI,
        "suite",
        "propose",
        "--model",
        "openai:fake",
        "--out",
        "p.jsonl",
        "--base-url",
        server.address,
    ]
    return subprocess.run(
        [*command, "--problem", "moor_boats", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_asks_keeps_and_goes_on(server, tmp_path, mini):
    def answer(prompt):
        code = re.search(r"\[PYTHON\]\n(.*?)\n\[/PYTHON\]", prompt, re.DOTALL)[1]
        assert "[TRACE]\ncall moor(" in prompt
        line = int(re.search(r"^ *(\d+) +(?:while|for) ", code, re.MULTILINE)[1])
        query = {"kind": "loop_iterations", "function": "moor", "call": 1, "line": line, "entry": 1}
        return json.dumps([query, {**query, "answer": 3}])

    server.answer = answer
    done = propose(server, tmp_path)
    assert done.returncode == 0, done.stderr
    rows = parse_rows((tmp_path / "p.jsonl").read_text(), Proposal, tmp_path / "p.jsonl")
    programs = {p.id for p in mini.implementations if p.problem == "moor_boats"}
    assert {row.implementation for row in rows} == programs
    assert len(server.prompts) == len(programs)
    assert len(rows) == 2 * len(programs)
    assert sum(row.decision == "accepted" for row in rows) >= len(programs) - 1
    assert "refused: " in done.stdout
    again = propose(server, tmp_path)
    assert again.returncode == 0
    assert len(server.prompts) == len(programs)  # nothing was asked a second time
    assert parse_rows((tmp_path / "p.jsonl").read_text(), Proposal, tmp_path) == rows


def test_bad_input_is_named(server, tmp_path):
    for options, message in (
        (["--suite", "absent"], "there is no suite absent"),
        (["--problem", "nothing"], "there is no problem nothing"),
        (["--out", "."], "is a folder"),
    ):
        done = propose(server, tmp_path, *options)
        assert done.returncode == 2
        assert message in done.stderr
        assert "Traceback" not in done.stderr
    server.status = 401
    done = propose(server, tmp_path)
    assert done.returncode == 2
    (tmp_path / "p.asked.jsonl").write_text("{\n")
    done = propose(server, tmp_path)
    assert "p.asked.jsonl, line 1" in done.stderr
