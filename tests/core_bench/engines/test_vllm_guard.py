"""What the vLLM process starts does not outlive it, however it ends. Needs no vLLM."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import subprocess, sys
from core_bench.engines.vllm_worker import guard
guard()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
sys.stdin.readline()
"""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None], ids=["killed", "ended", "by itself"])
def test_children_end_with_the_process(end):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdin
    assert process.stdout
    child = int(process.stdout.readline())
    try:
        assert is_running(child)
        if end is None:
            process.stdin.close()
        else:
            os.kill(process.pid, end)
        assert process.stdout.read() == "", "whoever reads the answers learns of the end"
        deadline = time.monotonic() + 300
        while is_running(child) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not is_running(child)
    finally:
        process.kill()
        process.wait()
        if is_running(child):
            os.kill(child, signal.SIGKILL)
