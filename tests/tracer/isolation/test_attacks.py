"""Programs that try to get out: each attempt is contained and named, and the next call goes on."""

import os
import secrets
import socket
import textwrap
import time

import pytest

from tracer import Limits, run_calls
from tracer.sandbox import layers

QUICK = Limits(cpu_s=1, wall_s=5.0, memory_bytes=256 << 20)
HOLDS = set(layers())


def needs(*names):
    """Skip where none of these layers holds on this machine."""
    return pytest.mark.skipif(not HOLDS & set(names), reason=f"this machine gives no {' or '.join(names)}")


sealed = needs("seccomp")
hidden_files = needs("landlock", "private_root", "seccomp")


def attack(body, *, limits=QUICK, isolation="call", argument="0"):
    """Run an attack, and check that the next call of the same program goes on; return the attack's outcome."""
    code = "import os, sys, time\ndef f(n):\n    if n is None:\n        return 'next'\n" + textwrap.indent(
        textwrap.dedent(body), "    "
    )
    outcome, following = run_calls(code, "f", [argument, "None"], limits=limits, isolation=isolation)
    assert following.value == "'next'"
    return outcome


def refused(outcome, *exceptions):
    assert outcome.status == "raised", outcome
    assert outcome.exception in exceptions, outcome


@hidden_files
@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/proc/self/environ", "/proc/1/environ", "/proc/self/mem", __file__, "/dev/shm"]
)
def test_files_cannot_be_read(path):
    refused(attack(f"return open({path!r}, 'rb').read()"), "PermissionError", "FileNotFoundError")
    refused(
        attack(f"return os.listdir({path!r})"), "PermissionError", "FileNotFoundError", "NotADirectoryError"
    )


@pytest.mark.parametrize("folder", ["/tmp", "/", "/dev/shm", os.path.dirname(os.__file__)])  # noqa: PTH120
def test_files_cannot_be_written(folder):
    name = f"core-bench-{secrets.token_hex(4)}"
    outcome = attack(f"return open({folder!r} + '/{name}', 'wb', buffering=0).write(b'x')")
    refused(outcome, "PermissionError", "FileNotFoundError", "OSError")
    assert not os.path.exists(f"{folder}/{name}")  # noqa: PTH110


@sealed
@pytest.mark.parametrize(
    "call",
    [
        "os.mkdir('/tmp/x')",
        "os.symlink('/etc', '/tmp/x')",
        "os.unlink('/tmp')",
        "os.chmod('/', 0o777)",
        "os.memfd_create('x')",
        "os.pipe()",
        "os.setuid(0)",
        "os.chroot('/')",
        "os.nice(-5)",
        "os.setpriority(os.PRIO_PROCESS, 0, -5)",
        "os.sched_setaffinity(0, {0})",
    ],
)
def test_system_calls_that_a_program_has_no_use_for_are_refused(call):
    refused(attack(f"return {call}"), "PermissionError")


@sealed
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_sockets_are_refused(family):
    refused(attack(f"import socket\nreturn socket.socket(socket.{family})"), "PermissionError")


def test_a_server_of_this_machine_is_out_of_reach():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        outcome = attack(f"import socket\nreturn socket.create_connection(('127.0.0.1', {port}), 1)")
        if not HOLDS & {"seccomp", "network_namespace"}:
            pytest.skip("this machine gives no seccomp and no network namespace")
        refused(outcome, "PermissionError", "OSError", "ConnectionRefusedError")
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "call", ["os.fork()", "os.system('true')", "os.posix_spawn('/bin/true', ['true'], {})"]
)
def test_processes_cannot_be_started(call):
    outcome = attack(f"code = {call}\nif code == 0: os._exit(9)\nreturn code")
    assert outcome.status == "raised" or outcome.value not in ("0", None), outcome


def test_a_fork_bomb_stays_one_process():
    refused(attack("while True: os.fork()"), "PermissionError", "BlockingIOError")


@sealed
def test_another_program_cannot_take_the_place_of_the_process():
    refused(attack("os.execv(sys.executable, ['python'])"), "PermissionError", "FileNotFoundError")
    refused(attack("import subprocess\nsubprocess.run(['/bin/true'])"), "PermissionError", "OSError")


@sealed
def test_threads_are_refused():
    refused(attack("import threading\nthreading.Thread(target=print).start()"), "RuntimeError")


@needs("seccomp", "user", "pid_namespace")
@pytest.mark.parametrize("target", ["os.getppid()", "1", "-1", "0", str(os.getpid())])
def test_other_processes_cannot_be_killed(target):
    refused(attack(f"os.kill({target}, 9)"), "PermissionError", "ProcessLookupError")


def test_a_program_may_kill_itself():
    outcome = attack("os.kill(os.getpid(), 9)")
    assert (outcome.status, outcome.message) == ("crashed", "the process was killed by SIGKILL")


@pytest.mark.parametrize(
    "body",
    [
        "return [0] * 10**9",
        "xs = []\nwhile True: xs.append('x' * 10**6)",
        "return 2 ** (10**12)",
        "return bytes(10**11)",
    ],
)
def test_a_memory_bomb_is_named(body):
    assert attack(body).status in ("memory", "timeout" if "**12" in body else "memory")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("while True: pass", "CPU limit"),
        ("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", "limit"),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "limit"),
        ("time.sleep(100)", "wall-clock"),
        ("import signal\nsignal.sigwait([signal.SIGINT])\ntime.sleep(9)", None),
        ("return sum(range(10**12))", "limit"),
    ],
)
def test_endless_programs_are_ended(body, message):
    started = time.monotonic()
    wall = 1.0 if "sleep" in body else 8.0  # a busy machine gives a second of CPU late
    outcome = attack(body, limits=Limits(cpu_s=1, wall_s=wall))
    assert time.monotonic() - started < wall + 10
    if message is None:
        assert outcome.status in ("timeout", "raised")
    else:
        assert outcome.status == "timeout"
        assert message in outcome.message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
        ("os._exit(0)", "exit code 0"),
        ("os._exit(3)", "exit code 3"),
        ("import faulthandler\nfaulthandler._sigsegv()", "SIGSEGV"),
    ],
)
def test_a_crash_is_named(body, message):
    outcome = attack(body)
    assert (outcome.status, outcome.message.split()[-len(message.split()) :]) == ("crashed", message.split())


@pytest.mark.parametrize(
    "body",
    [
        "return f(0)",
        "xs = []\nfor _ in range(10**5): xs = [xs]\nreturn repr(xs)",
        "import json\nxs = []\nfor _ in range(10**5): xs = [xs]\nreturn json.dumps(xs)",
        "import pickle\nxs = []\nfor _ in range(10**5): xs = [xs]\nreturn pickle.dumps(xs)",
        "import copy\nxs = []\nfor _ in range(10**5): xs = [xs]\nreturn copy.deepcopy(xs)",
        "import json\nreturn json.loads('[' * 10**5)",
        "sys.setrecursionlimit(10**9)\nxs = []\nfor _ in range(10**6): xs = [xs]\nreturn repr(xs)",
        "sys.setrecursionlimit(10**9)\nreturn f(0)",
        "return eval('(' * 50 + '-' * 10**5 + '1' + ')' * 50)",
    ],
)
def test_endless_recursion_is_an_exception_or_a_crash_of_that_call_only(body):
    outcome = attack(body)
    assert (outcome.status, outcome.exception) in [
        ("raised", "RecursionError"), ("memory", None), ("crashed", None), ("timeout", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("for _ in range(1024): print('x' * 2**20)", "output"),
        ("while True:\n    try: print('x' * 1000)\n    except BaseException: break", "output"),
        ("for _ in range(1024): os.write(1, b'x' * 2**20)\nreturn n", "returned"),
        ("for _ in range(64): print('x' * 2**20, file=sys.__stdout__)\nreturn n", "returned"),
        ("sys.stderr.write('x' * 2**20)", "output"),
        ("return 'x' * 2**24", "returned"),
    ],
)
def test_huge_output_is_cut_off(body, status):
    outcome = attack(body)
    assert outcome.status == status
    assert len(outcome.stdout) <= QUICK.output_chars


def test_a_huge_result_is_cut_off():
    outcome = attack("raise ValueError('x' * 10**7)")
    assert len(outcome.message) <= 500
    small = Limits(result_bytes=200)
    assert attack("return 'x' * 1000", limits=small).status == "output"


@needs("landlock", "private_root")
def test_modules_of_the_standard_library_can_be_imported_late():
    imports = "import asyncio, colorsys, sched, html.parser, hashlib, graphlib, argparse, uuid, unittest.mock"
    assert attack(f"{imports}\nreturn graphlib.__name__").value == "'graphlib'"


@needs("landlock", "private_root")
def test_coroutines_run():
    body = "import asyncio\nasync def g():\n    await asyncio.sleep(0.001)\n    return 7\nreturn asyncio.run(g())"
    assert attack(body).value == "7"


def test_what_is_no_module_of_the_standard_library_is_not_found():
    for name in ("numpy", "pytest", "tracer", "tracer.child"):
        outcome = attack(f"import {name}")
        assert (outcome.exception, outcome.message.split("'")[1]) == (
            "ModuleNotFoundError",
            name.split(".")[0],
        )


def test_the_environment_of_the_caller_is_not_there(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "a secret")
    outcome = attack("return (sorted(os.environ), sys.argv, os.getcwd())")
    names, *rest = eval(outcome.value)
    assert set(names) <= {"PYTHONHASHSEED", "LC_ALL", "LC_CTYPE", "TZ", "__CF_USER_TEXT_ENCODING"}
    assert rest == [["program"], "/"]


@needs("user")
def test_the_program_is_nobody():
    assert attack("return os.getuid(), os.geteuid(), os.getgid(), os.getgroups()").value == (
        "(65534, 65534, 65534, [])"
    )


@needs("landlock", "private_root")
def test_what_is_installed_beside_the_standard_library_is_out_of_sight():
    library = os.path.dirname(os.__file__)  # noqa: PTH120
    for name in ("site-packages", "dist-packages"):
        folder = f"{library}/{name}"
        if not os.path.isdir(folder):  # noqa: PTH112
            continue
        inside = next((entry.path for entry in os.scandir(folder) if entry.is_file()), f"{folder}/README.txt")
        refused(attack(f"return open({inside!r}, 'rb').read()"), "PermissionError", "FileNotFoundError")
        listed = attack(f"return os.listdir({folder!r})")
        assert listed.value == "[]" or listed.exception == "PermissionError", listed


@needs("landlock", "private_root")
@pytest.mark.parametrize("module", ["zlib", "bz2", "lzma", "hashlib", "ctypes", "sqlite3", "ssl", "uuid"])
def test_modules_that_need_shared_libraries_can_be_imported(module):
    pytest.importorskip(module)
    assert attack(f"import {module}\nreturn {module}.__name__").value == repr(module)
