"""Programs that know the nonce, as native code could: what they write is refused, and costs little."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

import tracer
from tracer import Limits, conversation, record_calls, run_calls, sandbox
from tracer.told import Told, pack

NONCE = bytes(range(40, 56))
SIZES = {"output_chars": 100_000, "result_bytes": 256 << 20}


@pytest.fixture(autouse=True)
def known_nonce(monkeypatch):
    monkeypatch.setattr(conversation.secrets, "token_bytes", lambda size: NONCE)


def forging(body, condition="True"):
    record = NONCE + struct.pack("!I", len(body)) + body
    return (
        f"import os, sys\ndef f():\n    if {condition}:\n        os.write(3, {record!r})\n        os._exit(0)\n"
        "    return 1\n"
    )


def packed(**fields):
    return b"".join(pack(Told(**fields), **SIZES))


HONEST = packed(status="returned", value="1", arguments="[[], {}]")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        json.dumps({"status": "won"}).encode(),
        struct.pack("<q", 7) + HONEST[8:],
        struct.pack("<q", -1) + HONEST[8:],
        HONEST[:-1],
        HONEST + b"\0",
        HONEST[:8] + struct.pack("<q", 1 << 40) + HONEST[16:],
        HONEST[:8] + struct.pack("<q", -2) + HONEST[16:],
        bytes(1000),
        b"\xff" * 1000,
    ],
)
def test_what_the_harness_would_not_say_is_tampering(body):
    [outcome] = run_calls(forging(body), "f", [""])
    assert (outcome.status, outcome.value, outcome.arguments) == ("tampered", None, None)


@pytest.mark.parametrize("report", [b"", b"x", bytes(64), b"\xff" * 64, json.dumps({"steps": 7}).encode()])
def test_a_forged_report_is_no_trace(report):
    body = packed(status="returned", value="1", arguments="[[], {}]", report=report)
    [outcome] = record_calls(forging(body, "sys._getframe().f_trace"), "f", [""])
    assert (outcome.status, outcome.value, outcome.trace) == ("returned", "1", None)
    assert outcome.refused.startswith("the recorded run: its report is malformed")


def test_a_forged_value_in_a_recorded_run_is_no_outcome():
    body = packed(status="returned", value="'forged'", arguments="[[], {}]")
    [outcome] = record_calls(forging(body, "sys._getframe().f_trace"), "f", [""])
    assert (outcome.value, outcome.trace) == ("1", None)


SCRIPT = """
import resource, struct, sys
from tracer import Limits, conversation, record_calls, run_calls
from tracer.told import Told, pack
nonce = bytes(range(40, 56))
conversation.secrets.token_bytes = lambda size: nonce
size = 30 << 20
head = b"".join(pack(Told("returned", value="1", arguments="[[], {}]"), output_chars=9, result_bytes=size))
bodies = {
    "zeros": "bytes(SIZE)", "ones": "bytes([255]) * SIZE",
    "stdout": "bytes(40) + struct.pack('<q', SIZE - 48) + bytes(SIZE - 48)",
    "report": f"{head[:-8]!r} + struct.pack('<q', SIZE - {len(head)}) + bytes(SIZE - {len(head)})",
    "report of ones": f"{head[:-8]!r} + struct.pack('<q', SIZE - {len(head)}) + bytes([255]) * (SIZE - {len(head)})",
}
body = bodies[sys.argv[1]].replace("SIZE", str(size))
code = f'''import os, struct, sys
def f():
    if sys._getframe().f_trace or {sys.argv[2] == "run"}:
        body = {body}
        data = memoryview({nonce!r} + struct.pack("!I", len(body)) + body)
        while data:
            data = data[os.write(3, data):]
        os._exit(0)
    return 1
'''
calls = run_calls if sys.argv[2] == "run" else record_calls
calls("def f():\\n    x = [1]\\n    return x\\n", "f", [""])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
[outcome] = calls(code, "f", [""], limits=Limits(wall_s=60.0, cpu_s=30))
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
print(outcome.status, outcome.trace is None, grown / size)
"""


@pytest.mark.parametrize("body", ["zeros", "ones", "stdout", "report", "report of ones"])
@pytest.mark.parametrize("mode", ["run", "record"])
def test_a_forged_body_costs_the_parent_no_more_than_twice_its_size(body, mode):
    root = str(Path(tracer.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, body, mode],
        capture_output=True, text=True, cwd=root, env={"PYTHONPATH": root}, check=False,
    )  # fmt: skip
    status, without_trace, grown = done.stdout.split()
    assert without_trace == "True", done.stdout
    assert status == ("returned" if mode == "record" or "report" in body else "tampered")
    assert float(grown) <= 2


def test_a_length_that_is_a_lie_costs_nothing_and_ends():
    code = (
        f"import os\ndef f():\n    os.write(3, {NONCE + struct.pack('!I', 200 << 20)!r})\n    os._exit(0)\n"
    )
    [outcome] = run_calls(code, "f", [""])
    assert outcome.status == "crashed"
    too_long = f"import os\ndef f():\n    os.write(3, {NONCE + struct.pack('!I', 0xFFFFFFFF)!r})\n"
    assert run_calls(too_long, "f", [""])[0].status == "tampered"


def test_replaced_writers_forge_nothing():
    body = "import json, marshal, struct\n    json.dumps = marshal.dumps = lambda *_, **__: 'forged'\n    return 5"
    for calls in (run_calls, record_calls):
        [outcome] = calls(f"def f():\n    {body}\n", "f", [""])
        assert outcome.value == "5"
        assert outcome.trace is None or outcome.trace.frames[0].returned == "5"


def test_code_that_is_not_trusted_does_not_search_memory_for_the_nonce():
    if sandbox.missing_for_untrusted(sandbox.layers()):
        pytest.skip("this machine cannot isolate untrusted code")
    code = "def f():\n    import ctypes\n    return ctypes.string_at(id(f), 64)\n"
    [outcome] = run_calls(code, "f", [""], trusted=False, limits=Limits(cpu_s=2))
    assert outcome.exception == "ImportError"
