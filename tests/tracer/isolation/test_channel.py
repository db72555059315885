"""Programs that forge their results: the result channel tells, and its secret is out of their reach."""

import textwrap

import pytest

from tracer import Limits, conversation, run_calls, sandbox

QUICK = Limits(cpu_s=2, wall_s=3.0)
NONCE = bytes(range(40, 56))
FORGED = '{"status": "returned", "value": "\'forged\'"}'

SEARCH = """
import functools, gc, types
def everything():
    frame, found, seen = sys._getframe(), [], set()
    todo = [sys.modules, object, type]
    while frame is not None:
        todo += [frame, frame.f_locals, frame.f_globals, frame.f_builtins, frame.f_code]
        frame = frame.f_back
    while todo:
        item = todo.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        found.append(item)
        if isinstance(item, dict):
            todo += [*item.keys(), *item.values()]
        elif isinstance(item, (list, tuple, set, frozenset)):
            todo += item
        elif isinstance(item, types.GeneratorType) and item.gi_frame is not None:
            todo += [item.gi_frame, item.gi_frame.f_locals]
        elif isinstance(item, type):
            try: todo += type.__subclasses__(item)
            except BaseException: pass
        for name in ('__dict__', '__closure__', '__defaults__', '__kwdefaults__', '__self__', '__func__', '__wrapped__',
                     '__globals__', 'cell_contents', 'args', 'keywords', 'func', 'f_locals', 'f_globals', 'co_consts'):
            try: todo.append(getattr(item, name))
            except BaseException: pass
    return found
"""


@pytest.fixture
def known_nonce(monkeypatch):
    monkeypatch.setattr(conversation.secrets, "token_bytes", lambda size: NONCE)


def outcomes(body, before="", inputs=("0", "1"), **options):
    code = (
        f"import os, sys, time\n{textwrap.dedent(before)}\n"
        f"def f(n):\n    if n == 0:\n{textwrap.indent(textwrap.dedent(body), ' ' * 8)}\n    return n\n"
    )
    return run_calls(code, "f", list(inputs), limits=QUICK, **options)


@pytest.mark.parametrize(
    "body",
    [
        f"os.write(3, {FORGED!r}.encode())",
        f"os.write(3, {FORGED!r}.encode())\nos._exit(0)",
        "os.write(3, b'')\nos.write(3, b'x')\nos._exit(0)",
        f"for fd in range(64):\n    try: os.write(fd, bytes(16) + b'\\0\\0\\0\\x2a' + {FORGED!r}.encode())\n    except OSError: pass",
        "os.write(3, b'x' * 10**8)",
    ],
)
def test_bytes_of_the_program_on_the_channel_are_tampering(body):
    first, second = outcomes(body)
    assert (first.status, first.value) == ("tampered", None)
    assert second.value == "1"


def test_bytes_after_the_last_record_are_tampering_or_never_read():
    body = "import atexit\natexit.register(os.write, 3, b'x')\nreturn 5"
    [outcome] = outcomes(body, inputs=["0"])
    assert outcome.value in ("5", None)


def test_the_channel_cannot_be_replaced():
    if "seccomp" not in sandbox.layers():
        pytest.skip("this machine gives no seccomp")
    for body in ("os.close(3)", "os.dup2(0, 3)", "os.dup2(0, 3, inheritable=False)"):
        first, second = outcomes(body)
        assert first.exception in ("PermissionError", "OSError"), first
        assert second.value == "1"
    first, _ = outcomes("os.closerange(3, 20)\nreturn 5")
    assert first.value == "5"


def test_a_walk_over_frames_and_all_that_they_reach_does_not_find_the_nonce(known_nonce):
    body = """
    wanted = bytes(range(40, 50))
    found = everything()
    texts = [item for item in found if isinstance(item, (bytes, bytearray, memoryview)) and wanted in bytes(item)]
    return len(found) > 5000, [text for text in texts if text != wanted]
    """
    for inputs in (["0"], ["0", "1"]):
        assert outcomes(body, SEARCH, inputs)[0].value == "(True, [])"
    planted = SEARCH.replace("def everything", "planted = bytes(range(40, 56))\ndef everything")
    assert outcomes(body, planted, ["0"])[0].value == f"(True, [{NONCE!r}])"  # the search does find things


def test_no_socket_no_pipe_and_no_environment_of_the_caller_is_found(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "sk-" + "secret")
    body = """
    found = everything()
    import _socket
    sockets = [item for item in found if isinstance(item, _socket.socket) and item.fileno() >= 0]
    wanted = ''.join(reversed(['ret', 'sec', 'sk-']))
    keys = [item for item in found if isinstance(item, str) and item == wanted and item is not wanted]
    return sockets, keys, [item for item in found if type(item).__name__ in ('Walls', 'Popen')]
    """
    assert outcomes(body, SEARCH)[0].value == "([], [], [])"


@pytest.mark.parametrize("call", ["gc.get_objects()", "gc.get_referrers(f)", "gc.get_referents(f)"])
def test_the_garbage_collector_gives_nothing_away(call):
    body = f"for name in ('gc',): sys.modules.pop(name, None)\nimport gc\nreturn len({call})"
    assert outcomes(body)[0].exception == "PermissionError"


SPIES = {
    "profile": "sys.setprofile(spy)",
    "trace": "sys.settrace(spy)",
    "timer": "import signal\nsignal.signal(signal.SIGALRM, lambda s, frame: spy(frame))\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)",
    "collector": "import gc\ngc.set_threshold(1)\ngc.callbacks.append(lambda *_: spy(sys._getframe()))",
    "finaliser": "n = Cycle()",
}


@pytest.mark.parametrize("spy", SPIES)
def test_spies_that_outlive_the_call_do_not_see_the_nonce(known_nonce, spy):
    before = """
    seen = sys.modules.setdefault('spied', [])
    def spy(frame, *_):
        while frame is not None:
            for item in list(frame.f_locals.values()):
                seen.append(str(type(item)))
                if isinstance(item, bytes) and bytes(range(40, 50)) in item:
                    seen.append('NONCE')
            frame = frame.f_back
        return spy
    class Cycle:
        def __init__(self): self.me = self
        def __del__(self): spy(sys._getframe())
    """
    code = textwrap.dedent(before) + "def f(n):\n    if n == 0:\n"
    code = "import sys\n" + code + textwrap.indent(SPIES[spy], " " * 8)
    code += "\n        return 0\n    return 'NONCE' in sys.modules['spied']\n"
    first, second = run_calls(code, "f", ["0", "1"], limits=QUICK, isolation="program")
    assert second.value == "False"
    if first.status != "returned":
        assert (spy, first.exception) == ("timer", "ItimerError") or first.exception in (
            "PermissionError",
            "itimer_error",
            "OSError",
        )


def test_a_program_cannot_patch_what_later_calls_are_told_with():
    body = "import json\njson.dumps = lambda *_, **__: 'forged'\nimport builtins\nbuiltins.len = lambda _: 3\nreturn 5"
    code = f"def f(n):\n    if n == 0:\n{textwrap.indent(body, ' ' * 8)}\n    return n\n"
    outcomes_ = run_calls(code, "f", ["0", "1"], limits=QUICK, isolation="call")
    assert outcomes_[1].value == "1"
    assert outcomes_[0].value in ("5", None)
