"""Bad programs: each is a named outcome within the limits, and the next call goes on."""

import pytest

from tracer import InputError, Limits, literal, parse_arguments, run_calls

QUICK = Limits(cpu_s=1, wall_s=1.0)


def statuses(body, inputs=("0", "1"), limits=QUICK):
    code = f"import os, sys, time\ndef f(n):\n    if n == 0:\n        {body}\n    return n\n"
    return [outcome.status for outcome in run_calls(code, "f", list(inputs), limits=limits)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("while True: pass", "timeout"),
        ("time.sleep(60)", "timeout"),
        ("return [0] * 10**10", "memory"),
        ("print('x' * 10**6)", "output"),
        ("os._exit(3)", "crashed"),
        ("os.abort()", "crashed"),
        ("os.write(3, b'forged result\\n')", "tampered"),
        ("sys.exit()", "raised"),
        ("return input()", "raised"),
        ("return f(0)", "raised"),
        ("open('left-behind', 'wb', buffering=0).write(b'x')", "raised"),
        ("raise KeyboardInterrupt", "raised"),
    ],
)
def test_a_bad_call_is_named_and_the_next_one_runs(body, status):
    assert statuses(body) == [status, "returned"]


@pytest.mark.parametrize(
    ("code", "entry_point", "text", "status", "part"),
    [
        ("def f(:\n", "f", "1", "bad_program", "line 1"),
        ("def g(): pass\n", "f", "1", "bad_program", "no f"),
        ("f = 3\n", "f", "", "bad_program", "not callable"),
        ("import nowhere\n", "f", "", "bad_program", "nowhere"),
        ("while True: pass\n", "f", "", "timeout", "limit"),
        ("def f(x): return x\n", "f", "1, 2", "raised", "positional"),
        ("def f(x): return x\n", "f", "[1", "bad_input", "do not parse"),
        ("def f(x): return x\n", "f", "print", "bad_input", "no literal"),
        ("def f(x): return x\n", "f", "**{}", "bad_input", "`**`"),
    ],
)
def test_bad_input_is_named(code, entry_point, text, status, part):
    [outcome] = run_calls(code, entry_point, [text], limits=QUICK)
    assert outcome.status == status
    assert part in outcome.message


def test_calls_do_not_see_each_other():
    code = "seen = []\ndef f(xs, more=[]):\n    seen.append(1)\n    more.append(2)\n    xs.append(3)\n    return seen + more\n"
    outcomes = run_calls(code, "f", ["[0]", "[0]"])
    assert [outcome.value for outcome in outcomes] == ["[1, 2]", "[1, 2]"]
    assert {outcome.arguments for outcome in outcomes} == {"[[[0, 3]], {}]"}


def test_what_a_caller_can_see_is_reported():
    code = "def f(d):\n    print('hello')\n    d['k'] = (1,)\n    raise LookupError('gone')\n"
    [outcome] = run_calls(code, "f", ["{}"])
    assert (outcome.exception, outcome.message, outcome.stdout) == ("LookupError", "gone", "hello\n")
    assert outcome.arguments == "[[{'k': (1,)}], {}]"


def test_the_hash_seed_is_set():
    code = "def f():\n    return list({'a', 'b', 'c', 'd', 'e'})\n"
    first, again, other = (run_calls(code, "f", [""], hash_seed=seed)[0].value for seed in (0, 0, 1))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("raise MemoryError", "raised"),
        ("raise MemoryError('mine')", "raised"),
        ("return [0] * 10**10", "memory"),
        ("try: [0] * 10**10\n        except MemoryError: raise", "memory"),
        ("try: [0] * 10**10\n        except MemoryError as error: raise error", "memory"),
        ("try: [0] * 10**10\n        except MemoryError: return 1", "returned"),
    ],
)
def test_limits_are_blamed_for_what_they_did_only(body, status):
    assert statuses(body) == [status, "returned"]


def test_arguments_are_the_same_however_they_come_to_the_process():
    texts = [
        "1, -0.0, 'a\\ud800', b'x', None, True, [1, (2, {'k': [3]})], k={'b': 1, 'a': 2}", "{3, 1}", "frozenset({'a'})",
        "float('nan')", "1000", "{(1, 'a'): [float('inf')]}", "{'a': {1}}", "[[]] ", "**{}", "[1",
        "complex(1.0, 2.0), range(3), bytearray(b'a')",
    ]  # fmt: skip
    code = "def f(*xs, **ks):\n    return xs, ks\n"
    for text, outcome in zip(texts, run_calls(code, "f", texts), strict=True):
        wanted = parsed(text)
        assert outcome.status == ("returned" if wanted else "bad_input"), outcome
        assert outcome.value == (wanted and literal((wanted.positional, wanted.keyword)))


def parsed(text):
    try:
        return parse_arguments(text)
    except InputError:
        return None
