"""A call never depends on an earlier input: what one leaves behind in a library is gone in the next."""

import textwrap

import pytest

from tracer import record_calls, run_calls

LEAKS = {
    "event loop": ("import asyncio\nasyncio.new_event_loop().close()\nasyncio.set_event_loop(None)\nasync def g(): return 1",
                   "asyncio.run(g()), getattr(asyncio.events._get_running_loop(), 'x', 0)"),
    "decimal context": ("from decimal import Decimal, getcontext\nold = getcontext().prec\nif n == 0: getcontext().prec = 3", "(old, str(Decimal(1) / 7))"),
    "standard input": ("import sys\nwas = sys.stdin.closed\nif n == 0: sys.stdin.close()", "was"),
    "environment": ("import os\nwas = os.environ.get('LEFT')\nif n == 0: os.environ['LEFT'] = '1'", "was"),
    "logging": ("import logging\nwas = len(logging.getLogger().handlers)\nif n == 0: logging.basicConfig()", "was"),
    "string.digits": ("import string\nwas = string.digits\nif n == 0: string.digits = 'x'", "was"),
    "random state": ("import random\nif n == 0: random.seed(1)\nwas = getattr(random, 'left', 0)\nif n == 0: random.left = 1", "was"),
    "builtins": ("import builtins\nwas = len([1, 2])\nif n == 0: builtins.len = lambda _: 7", "was"),
    "a class of the library": ("from fractions import Fraction\nwas = str(Fraction(1, 2))\nif n == 0: Fraction.__str__ = lambda self: 'x'", "was"),
    "a registered type": ("from collections.abc import Sized\nwas = issubclass(complex, Sized)\nif n == 0: Sized.register(complex)", "was"),
    "warnings": ("import warnings\nwas = len(warnings.filters)\nif n == 0: warnings.simplefilter('error')", "was"),
    "recursion limit": ("import sys\nwas = sys.getrecursionlimit()\nif n == 0: sys.setrecursionlimit(77)", "was"),
    "modules": ("import sys\nwas = 'left' in sys.modules\nif n == 0: sys.modules['left'] = sys", "was"),
    "search path": ("import sys\nwas = len(sys.path)\nif n == 0: sys.path.append('x')", "was"),
    "copyreg": ("import copyreg\nwas = complex in copyreg.dispatch_table, len(copyreg.dispatch_table)\nif n == 0: copyreg.pickle(set, print)", "was"),
    "collector": ("import gc\nwas = gc.isenabled()\nif n == 0: gc.disable()", "was"),
    "working folder": ("import os\nwas = os.umask(0)\nif n: os.umask(was)", "was"),
}  # fmt: skip


def program(leak):
    body, value = LEAKS[leak]
    return f"def f(n):\n{textwrap.indent(body, '    ')}\n    return {value}\n"


@pytest.mark.parametrize("leak", LEAKS)
def test_the_second_call_is_as_if_it_were_the_first(leak):
    [alone] = run_calls(program(leak), "f", ["1"])
    assert alone.status == "returned", alone
    after = run_calls(program(leak), "f", ["0", "1", "0", "1"])
    assert [after[1], after[3]] == [alone, alone]


@pytest.mark.parametrize("leak", LEAKS)
def test_and_so_it_is_recorded(leak):
    [alone] = record_calls(program(leak), "f", ["1"], observers=1)
    _, after = record_calls(program(leak), "f", ["0", "1"], observers=1)
    assert (after.status, after.value, after.stdout, after.refused) == (
        alone.status, alone.value, alone.stdout, alone.refused,
    )  # fmt: skip


def test_sharing_a_process_is_an_option_and_gives_that_up():
    leaks = [leak for leak in LEAKS if leak not in ("builtins", "recursion limit", "collector")]
    left = []
    for leak in leaks:
        first, second = run_calls(program(leak), "f", ["0", "1"], isolation="program")
        alone = run_calls(program(leak), "f", ["1"])[0]
        left += [leak] if second != alone else []
        assert first.status == "returned", (leak, first)
    assert len(left) > len(leaks) // 2
