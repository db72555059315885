"""What a program may not do to its interpreter, what is noted of it, and what it cannot reach by it."""

import textwrap
from dataclasses import replace

import pytest

from tracer import Limits, child, observe_calls, record_calls, run_calls, sandbox

QUICK = Limits(cpu_s=2, wall_s=8.0)


def program(body, before=""):
    return (
        f"import sys\n{textwrap.dedent(before)}\ndef f():\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"
    )


def outcome(body, before="", calls=run_calls, **options):
    [one] = calls(program(body, before), "f", [""], limits=QUICK, **options)
    return one


def needs_walls():
    if sandbox.missing_for_untrusted(sandbox.layers()):
        pytest.skip("this machine cannot isolate untrusted code")


MEDDLING = {
    "sys._getframe()": "looks at its own frames (sys._getframe)",
    "sys._getframe().f_back.f_globals.clear() if 0 else sys._getframe(0)": "sys._getframe",
    "sys.gettrace()": "sys.gettrace",
    "sys.getprofile()": "sys.getprofile",
    "sys.settrace(None)": "sys.settrace",
    "sys.setprofile(None)": "sys.setprofile",
    "sys.getrefcount(sys)": "sys.getrefcount",
    "sys.addaudithook(print)": "sys.addaudithook",
    "f.__code__.replace(co_name='g')": "makes code objects",
    "setattr(f, '__code__', (lambda: 1).__code__)": "changes the code of a function",
    "exec(compile('import sys; sys._getframe()', '<frozen os>', 'exec'), {})": "under the name of a library's file",
}


@pytest.mark.parametrize("call", MEDDLING)
@pytest.mark.parametrize("calls", [record_calls, observe_calls])
def test_a_program_that_looks_at_its_own_observation_is_refused_by_name(call, calls):
    one = outcome(f"{call}\nreturn 1", calls=calls)
    assert (one.status, one.value, one.trace, one.observation) == ("returned", "1", None, None)
    assert MEDDLING[call] in one.refused
    assert ": the program " in one.refused


def test_frames_of_a_traceback_are_frames():
    body = "try: 1 / 0\nexcept ZeroDivisionError as error: return error.__traceback__.tb_frame.f_lineno"
    assert "tb_frame" in outcome(body, calls=record_calls).refused


@pytest.mark.parametrize(
    "body",
    [
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\nreturn P(1, 2).x",
        "from enum import Enum\nE = Enum('E', 'a b')\nreturn E.a.value",
        "from typing import TypeVar\nT = TypeVar('T')\nreturn 1",
        "from dataclasses import make_dataclass\nreturn make_dataclass('D', ['x'])(1).x",
        "import traceback\ntry: 1 / 0\nexcept ZeroDivisionError: return len(traceback.format_exc()) > 9",
        "import types\n@types.coroutine\ndef g(): yield 1\nreturn len(list(g()))",
        "def g(n): return n and g(n - 1)\ntry: g(10**5)\nexcept RecursionError: return 1",
        "g = (i for i in range(3))\nreturn g.gi_frame is None",
        "import colorsys\nreturn f.__code__.co_name",
    ],
)
def test_what_libraries_do_for_a_program_is_not_held_against_it(body):
    one = outcome(body, calls=record_calls)
    assert one.refused is None
    assert one.trace is not None


def test_a_program_hears_the_same_of_its_watchers_as_in_a_plain_run():
    body = "return sys.gettrace() is None, sys.getprofile() is None"
    for calls in (run_calls, record_calls, observe_calls):
        assert outcome(body, calls=calls).value == "(True, True)"


UNTRUSTED = [
    "import ctypes",
    "import _ctypes",
    "__import__('ctypes')",
    "import importlib\nimportlib.import_module('ctypes.util')",
    "sys.settrace(print)",
    "sys.setprofile(print)",
    "sys.setprofile.__call__(print)",
    "import threading\nimport bdb\nbdb.Bdb().set_trace()",
    "import gc\ngc.get_objects()",
    "import gc\ngc.get_referrers(f)",
    "sys._current_frames()",
    "sys._getframe().f_back",
    "f.__code__ = (lambda: 1).__code__",
    "exec(compile('import sys; sys._getframe()', '<frozen os>', 'exec'), {})",
    "f.__code__.replace(co_name='g')",
    "import types\ntypes.CodeType()",
    "import marshal\nmarshal.loads(marshal.dumps(f.__code__))",
    "import tracer",
    "import _testcapi",
]


@pytest.mark.parametrize("body", UNTRUSTED)
def test_code_that_is_not_trusted_does_not_get_at_the_interpreter(body):
    needs_walls()
    for calls in (run_calls, record_calls):
        one = outcome(f"{body}\nreturn 'reached'", calls=calls, trusted=False)
        assert one.status == "raised", one
        assert one.exception in ("PermissionError", "ImportError", "ModuleNotFoundError", "TypeError"), one
        assert (one.exception == "TypeError") == ("CodeType()" in body)


def test_code_that_is_not_trusted_is_recorded_as_any_other():
    needs_walls()
    body = "from collections import namedtuple\nx = namedtuple('P', 'x')(1)\nreturn x.x"
    one = outcome(body, calls=record_calls, trusted=False)
    assert (one.value, one.refused) == ("1", None)
    deep = "def g(n):\n    return n and g(n - 1)\ntry:\n    g(10**5)\nexcept RecursionError:\n    return 7"
    one = outcome(deep, calls=record_calls, trusted=False)
    assert (one.value, one.met_recursion_limit) == ("7", True)


PATCHES = [
    "builtins.repr = lambda _: '99'",
    "builtins.len = lambda _: 3",
    "builtins.str = builtins.type = builtins.isinstance = builtins.map = None",
    "builtins.__dict__.clear()",
    "import json\njson.dumps = lambda *_, **__: 'forged'",
    "import marshal\nmarshal.dumps = lambda *_: b'forged'",
    "import struct\nstruct.pack = struct.Struct = None",
    "import array\narray.array = None",
    "import io\nio.StringIO = io.BytesIO = None",
    "import os\nos.write = os.writev = lambda *_: 0",
    "import ast, dis, inspect\nast.parse = dis.opname = inspect.CO_GENERATOR = None",
    "import itertools, functools, operator\nitertools.accumulate = functools.partial = operator.le = None",
    "type(sys.stdout).all = lambda self: 'forged'\nsys.stdout.left = 0",
    "sys.stdout = sys.stderr = None",
]


@pytest.mark.parametrize("patch", PATCHES)
@pytest.mark.parametrize("calls", [run_calls, record_calls, observe_calls])
def test_what_a_program_patches_it_patches_for_itself(patch, calls):
    patch = patch.replace("\n", "; ")
    one = outcome(f"import builtins; {patch}\nn = [1, 2]\nreturn n", calls=calls)
    assert (one.status, one.value, one.stdout) in [
        ("returned", "[1, 2]", ""),
        ("returned", "[1, 2]", "forged"),
    ], one
    if calls is record_calls and one.trace is not None:
        assert one.trace.frames[0].returned == "[1, 2]"


def test_patched_builtins_are_patched_for_the_program_and_gone_in_the_next_call():
    code = "import builtins\ndef f(n):\n    if n: builtins.len = lambda _: 7\n    return len([1]), sorted([2, 1])\n"
    for isolation in ("call", "program"):
        outcomes = run_calls(code, "f", ["1", "0"], isolation=isolation)
        assert [one.value for one in outcomes] == ["(7, [1, 2])", "(1, [1, 2])"]


WALK = """
import sys
def walk():
    asked = sys.gettrace, sys.settrace, sys.getprofile, sys.setprofile, sys.getrefcount
    seen, names, todo = {}, set(), [sys.stdout, sys.stderr, sys.stdin, *asked, *sys.meta_path, __builtins__]
    while todo:
        item = todo.pop()
        if id(item) in seen: continue
        seen[id(item)] = item
        for name in ('__globals__', '__closure__', '__func__', '__self__', '__dict__', '__class__', '__builtins__'):
            try: todo.append(getattr(item, name))
            except Exception: pass
        if isinstance(item, (dict, type(type.__dict__))):
            todo += item.values()
            names.add(str(item.get('__name__')))
        if isinstance(item, (tuple, list)): todo += item
    return sorted(name for name in names if name.startswith('tracer'))
"""


@pytest.mark.parametrize("mode", ["run", "record", "observe"])
def test_the_harness_is_out_of_reach_of_what_a_program_is_given(mode):
    # Of a file name of its own: nobody watches it.
    calls = sandbox._Calls(f"exec(compile({WALK!r}, '<walk>', 'exec'))\ndef f():\n    return walk()\n", "f")
    [heard] = calls._process(replace(calls._job, mode=mode), [""])
    reached = ["tracer.isolation.output", "tracer.isolation.reach"]
    assert heard.outcome.value == str(reached[:1] if mode == "run" else reached)


def test_a_limit_on_recursion_set_by_the_module_holds_in_the_call():
    before = "sys.setrecursionlimit(5000)"
    body = "def g(n): return n and 1 + g(n - 1)\nreturn g(3000), sys.getrecursionlimit()"
    assert outcome(body, before).value == "(3000, 5000)"


def test_a_profile_set_by_the_module_holds_in_the_call():
    before = "import cProfile\nprofile = cProfile.Profile()\nprofile.enable()"
    body = "sorted([2, 1])\nprofile.disable()\nreturn any('sorted' in str(one.code) for one in profile.getstats())"
    one = outcome(body, before)
    assert one.value == "True", one


def test_standard_error_is_not_standard_output():
    for calls in (run_calls, record_calls):
        one = outcome(
            "print('out')\nprint('err', file=sys.stderr)\nimport warnings; warnings.warn('w')", calls=calls
        )
        assert (one.status, one.stdout) == ("returned", "out\n")


def test_a_failing_observer_is_named_and_a_program_is_not_blamed():
    def raised(path, error="TypeError('broken')"):
        namespace = {}
        exec(compile(f"def g(): raise {error}", path, "exec"), namespace)
        try:
            namespace["g"]()
        except Exception as caught:
            return child._failure(caught)

    folder = child._HARNESS
    assert raised(f"{folder}recorder.py") == "recorder.py, line 1"
    assert raised(f"{folder}recorder.py", "RecursionError") is None
    for path in (
        f"{folder}isolation/output.py",
        f"{folder}child.py",
        "<program>",
        "/usr/lib/python3/heapq.py",
    ):
        assert raised(path) is None


def test_an_audit_hook_of_code_that_is_not_trusted_is_not_added():
    needs_walls()
    body = "heard = []\nsys.addaudithook(lambda *_: heard.append(1))\nsys.audit('x')\nreturn heard"
    assert outcome(body, trusted=False).value == "[]"
    assert outcome(body).value != "[]"
