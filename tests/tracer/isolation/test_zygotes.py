"""Zygotes come, go and are shared; layers are reported, and code that is not trusted needs them."""

import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

import tracer
from tracer import Limits, conversation, run_calls, sandbox
from tracer.isolation import seccomp
from tracer.isolation.client import Zygote, ZygoteError
from tracer.isolation.pool import Pool

CODE = "def f(n):\n    return n + 1\n"
KERNEL_LAYERS = {
    "user_namespace", "pid_namespace", "network_namespace", "ipc_namespace", "private_root", "landlock", "seccomp", "user"
}  # fmt: skip


@pytest.fixture
def pool(monkeypatch):
    pool = Pool()
    monkeypatch.setattr(sandbox, "_POOL", pool)
    yield pool
    pool.close()


def without(monkeypatch, *layers):
    pool = Pool(frozenset(layers))
    monkeypatch.setattr(sandbox, "_POOL", pool)
    sandbox._layers_here.cache_clear()
    sandbox._warn.cache_clear()
    return pool


@pytest.fixture(autouse=True)
def _fresh_layers():
    yield
    sandbox._layers_here.cache_clear()
    sandbox._warn.cache_clear()


def processes(pool):
    return [zygote._process.pid for zygote in pool._idle]


def test_a_zygote_is_reused_and_ended(pool):
    for _ in range(3):
        assert run_calls(CODE, "f", ["1"])[0].value == "2"
    [pid] = processes(pool)
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_each_hash_seed_has_its_own(pool):
    for seed in (0, 1, 2, 1):
        run_calls(CODE, "f", ["1"], hash_seed=seed)
    assert [zygote.seed for zygote in pool._idle] == [0, 2, 1]


def test_a_dead_zygote_is_replaced(pool):
    run_calls(CODE, "f", ["1"])
    [pid] = processes(pool)
    os.kill(pid, signal.SIGKILL)
    pool._idle[0]._process.wait()
    assert run_calls(CODE, "f", ["2"])[0].value == "3"
    assert processes(pool) != [pid]


def test_nothing_survives_the_caller():
    script = (
        "import os, tracer\nfrom tracer import sandbox\ntracer.run_calls('def f(): pass', 'f', [''])\n"
        "print(sandbox._POOL._idle[0]._process.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    root = str(Path(tracer.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=root,
        env={"PYTHONPATH": root},
        check=False,
    )
    pid = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return
        threading.Event().wait(0.05)
    pytest.fail("the zygote outlived its caller")


def test_a_forked_caller_gets_zygotes_of_its_own(pool):
    run_calls(CODE, "f", ["1"])
    mine = processes(pool)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if not child:
        try:
            good = run_calls(CODE, "f", ["4"])[0].value == "5" and processes(pool) != mine
            pool.close()
        finally:
            os._exit(0 if good else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert run_calls(CODE, "f", ["5"])[0].value == "6"
    assert processes(pool) == mine


def test_threads_share_the_pool(pool):
    results = {}

    def work(number):
        results[number] = [run_calls(CODE, "f", [f"{number * 100 + i}"])[0].value for i in range(10)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [str(number * 100 + i + 1) for i in range(10)] for number in range(6)}
    assert len(pool._idle) <= (os.cpu_count() or 1)


def test_an_interrupted_caller_leaves_no_zygote_in_an_unknown_state(pool, monkeypatch):
    def interrupted(self, seconds):
        raise KeyboardInterrupt

    run_calls(CODE, "f", ["1"])
    with monkeypatch.context() as patch:
        patch.setattr(conversation.Records, "next", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run_calls(CODE, "f", ["1"])
    assert processes(pool) == []
    assert run_calls(CODE, "f", ["1"])[0].value == "2"


def test_stopping_ends_what_runs_at_once(pool):
    ended = []

    def work(seed):
        try:
            run_calls("import time\ndef f():\n    time.sleep(60)\n", "f", [""], hash_seed=seed)
        except sandbox.StoppedError:
            ended.append(time.monotonic())

    run_calls(CODE, "f", ["1"], hash_seed=9)  # an idle one
    threads = [threading.Thread(target=work, args=(seed % 3,)) for seed in range(9)]  # some wait for a zygote
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    running = [zygote._process for zygote in pool._all]
    begun = time.monotonic()
    sandbox.stop_calls()
    for thread in threads:
        thread.join()
    assert len(ended) == 9
    assert max(ended) - begun < 5
    assert len(running) > 3
    assert [process.wait(timeout=5) is None for process in running] == [False] * len(running)
    assert run_calls(CODE, "f", ["1"])[0].value == "2"  # calls that begin later are not concerned


def test_a_stopped_group_begins_no_later_call_and_others_go_on(pool):
    group = sandbox.CallGroup()
    with group.joined():
        assert run_calls(CODE, "f", ["1"])[0].value == "2"
    group.stop()
    with group.joined(), pytest.raises(sandbox.StoppedError, match="told to stop"):
        run_calls(CODE, "f", ["1"])
    assert run_calls(CODE, "f", ["1", "2"])[1].value == "3"
    again = sandbox.CallGroup()
    sandbox.stop_calls()
    with again.joined(), pytest.raises(sandbox.StoppedError):
        run_calls(CODE, "f", ["1"])


def test_a_sandbox_that_never_starts_is_an_error(monkeypatch):
    def never(*_):
        raise ZygoteError("no processes left")

    monkeypatch.setattr(sandbox, "_POOL", Pool())
    monkeypatch.setattr("tracer.isolation.pool.Zygote", never)
    with pytest.raises(sandbox.IsolationError, match="no processes left"):
        run_calls(CODE, "f", ["1"])


def test_every_outcome_says_which_layers_held():
    outcomes = run_calls("import os\ndef f(n):\n    if n: os.abort()\n", "f", ["0", "1", "["])
    assert [outcome.layers for outcome in outcomes] == [sandbox.layers()] * 3
    assert {"process", "limits"} <= set(sandbox.layers())
    assert outcomes[0] == run_calls("def f(n): pass\n", "f", ["0"])[0]


def test_fewer_layers_are_warned_about_and_still_work(monkeypatch):
    pool = without(monkeypatch, *KERNEL_LAYERS)
    with pytest.warns(sandbox.IsolationWarning, match="seccomp"):
        outcome = run_calls(CODE, "f", ["1"])[0]
    assert outcome.value == "2"
    assert not KERNEL_LAYERS & set(outcome.layers)
    pool.close()


@pytest.mark.parametrize("layer", sorted(KERNEL_LAYERS))
def test_each_layer_can_be_missing(monkeypatch, layer):
    pool = without(monkeypatch, layer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = "def f(n):\n    import os\n    try: os.fork()\n    except OSError: pass\n    try: return open('/etc/shadow').read()\n    except OSError: return n\n"
        first, second = run_calls(body, "f", ["1", "2"])
    assert (first.value, second.value) == ("1", "2")
    assert layer not in first.layers
    pool.close()


def test_code_that_is_not_trusted_needs_layers(monkeypatch):
    pool = without(monkeypatch, "seccomp")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(sandbox.IsolationError, match="no seccomp"):
            run_calls(CODE, "f", ["1"], trusted=False)
        assert run_calls(CODE, "f", ["1"], trusted=False, allow_unsafe=True)[0].value == "2"
    pool.close()


def test_each_call_has_a_process_of_its_own_unless_the_caller_shares_one():
    code = "import math\ndef f(n):\n    math.seen = getattr(math, 'seen', 0) + 1\n    return math.seen\n"
    assert [outcome.value for outcome in run_calls(code, "f", ["0", "0"])] == ["1", "1"]
    shared = run_calls(code, "f", ["0", "0"], isolation="program")
    assert [outcome.value for outcome in shared] == ["1", "2"]


def test_a_module_that_cannot_be_read_is_named(monkeypatch):
    pool = without(monkeypatch, "landlock", "private_root")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [outcome] = run_calls("def f():\n    import colorsys\n    return 1\n", "f", [""])
    if "seccomp" in outcome.layers:
        assert (outcome.exception, "colorsys cannot be imported in the sandbox" in outcome.message) == (
            "ModuleNotFoundError",
            True,
        )
    pool.close()


def test_a_call_is_not_blamed_for_what_earlier_calls_used():
    code = (
        "import sys, time\ndef f(n):\n    t = time.process_time()\n    while time.process_time() < t + 0.45: pass\n"
        "    if n == 1: sys.kept = bytearray(60 << 20)\n    return len(bytes(60 << 20)) if n == 2 else n\n"
    )
    limits = Limits(cpu_s=1, wall_s=5, memory_bytes=120 << 20)
    outcomes = run_calls(code, "f", ["1", "2", "3"], limits=limits, isolation="program")
    assert [outcome.value for outcome in outcomes] == ["1", str(60 << 20), "3"]


def test_a_program_of_a_bad_seed_is_an_error():
    with pytest.raises(sandbox.IsolationError):
        run_calls(CODE, "f", ["1"], hash_seed=-1)


def test_both_tables_of_system_calls_make_a_filter():
    for machine in ("x86_64", "aarch64"):
        program = seccomp.build(machine, channel=3, reads_files=True)
        assert len(program) % 8 == 0
        assert len(program) // 8 < 4096
    assert seccomp.build("riscv64", channel=3, reads_files=True) is None


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root, to become somebody else"
)
def test_it_works_without_privileges():
    python = next(
        (
            path
            for path in ("/usr/bin/python3.11", "/usr/bin/python3.12", "/usr/bin/python3.13")
            if Path(path).exists()
        ),
        None,
    )
    if python is None or platform.system() != "Linux" or shutil.which("setpriv") is None:
        pytest.skip("no interpreter that another user may run, or no setpriv")
    script = "from tracer import sandbox, run_calls\nprint(*sandbox.layers())\nprint(run_calls('def f(n): return n', 'f', ['7'])[0].value)"
    root = Path(tracer.__file__).parents[1]
    done = subprocess.run(
        ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", python, "-B", "-W", "ignore", "-c", script],
        capture_output=True, text=True, env={"PYTHONPATH": str(root)}, cwd="/", check=False,
    )  # fmt: skip
    if "Permission" in done.stderr or "ModuleNotFound" in done.stderr:
        pytest.skip("the other user cannot read this checkout")
    names, value = done.stdout.splitlines()
    assert value == "7", done.stderr
    assert "limits" in names.split()
    assert "user" not in names.split()


def test_the_handle_of_a_zygote_can_be_used_alone():
    zygote = Zygote(0)
    zygote.close()
    with pytest.raises(ZygoteError):
        zygote.start(b"")
