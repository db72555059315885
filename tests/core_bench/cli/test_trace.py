"""`core-bench trace` as a person meets it: in a process of its own."""

import json
import os
import re
import subprocess
import sys

import pytest

from core_bench.data_folder import data_folder
from tracer import Trace

CLI = (sys.executable, "-m", "core_bench.cli")
MOOR = data_folder() / "problems" / "moor_boats" / "reference.py"

FACTORIAL = """\
def factorial(n):
    if n == 0:
        return 1
    below = factorial(n - 1)
    return n * below


def shout(text):
    print(text, text)
    raise ValueError("so loud")


def odd_things(size):
    maker = lambda: size
    word = "word " * size
    return maker


def forever():
    while True:
        pass


value = 7
"""


def core_bench(*arguments, cwd, **environment):
    return subprocess.run(
        [*CLI, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "program.py").write_text(FACTORIAL)
    return tmp_path


def trace(folder, call, *more, **environment):
    done = core_bench("trace", "program.py", "--call", call, *more, cwd=folder, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_loop_with_branches_and_iterations(tmp_path):
    done = core_bench("trace", MOOR, "--call", "moor(6, 4, [3, 2, 1])", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = done.stdout.splitlines()
    assert re.fullmatch(r" 1 +2 +places = \[\] +places = \[\]", rows[4])
    assert any(re.fullmatch(r"10 +7 +start \+= 1 +start = 3 +1, 3", row) for row in rows)
    assert any(re.fullmatch(r"11 +6 +while .* +false +1", row) for row in rows)
    assert rows[3].strip() == "→ moor(berths=6, taken=4, boats=[3, 2, 1])"
    assert "returned [3, 0, -1]" in rows
    assert "\x1b" not in done.stdout
    assert all(len(row) <= 100 for row in rows)


def test_calls_and_returns_are_indented_by_depth(folder):
    rows = trace(folder, "factorial(1)").splitlines()[3:-3]
    assert [re.sub(" {2,}", "  ", row.strip()) for row in rows] == [
        "→ factorial(n=1)",
        "1  2  if n == 0:  false",
        "2  4  below = factorial(n - 1)",
        "│ → factorial(n=0)",
        "3  2  │  if n == 0:  true",
        "4  3  │  return 1",
        "│ ← 1",
        "5  4  ↩ below = factorial(n - 1)  below = 1",
        "6  5  return n * below",
        "← 1",
    ]


def test_an_exception_and_what_was_printed(folder):
    text = trace(folder, "shout('a\\x1b[31m')")
    assert "✗ raises ValueError" in text
    assert "✗ shout ends by ValueError" in text
    assert "raised ValueError: so loud" in text
    assert "printed\n  a\\x1b[31m a\\x1b[31m\n" in text


def test_a_generator_between_the_steps_of_its_reader_and_what_each_step_prints(folder):
    (folder / "program.py").write_text(
        "def count(n):\n    while n:\n        got = yield n\n        n -= 1\n\n"
        "def f(n):\n    for x in count(n):\n        print(x)\n    return x\n"
    )
    rows = trace(folder, "f(1)").splitlines()[3:-5]
    assert [re.sub(" {2,}", "  ", row.strip()) for row in rows] == [
        "→ f(n=1)",
        "1  7  for x in count(n):",
        "│ → count(n=1)",
        "2  2  │  while n:  true",
        "3  3  │  got = yield n  1",
        "│ ⇠ 1",
        "4  7  ↩ for x in count(n):  x = 1",
        "5  8  print(x)  prints '1\\n'  1",
        "6  7  for x in count(n):",
        "7  3  │  ↪ got = yield n  got = None  1",
        "8  4  │  n -= 1  n = 0  1",
        "9  2  │  while n:  false",
        "│ ← None",
        "10  7  ↩ for x in count(n):",
        "11  9  return x",
        "← 1",
    ]


def test_long_values_and_opaque_ones_are_marked(folder):
    text = trace(folder, "odd_things(90)")
    assert re.search(r"word = 'word word.*…\n", text)
    assert "… marks text cut to the width" in text
    assert "maker = <opaque function>" in text
    assert "returned <opaque function>" in text


def test_one_function_and_a_limit(folder):
    (folder / "program.py").write_text(
        "def g(x):\n    return x\n\ndef f(n):\n    return [g(k) for k in range(n)]\n"
    )
    text = trace(folder, "f(5)", "--function", "g", "--limit", "2")
    assert "f(n=5)" not in text
    assert text.count("→ g(") <= 3
    assert "… and 3 more rows" in text
    assert "returned [0, 1, 2, 3, 4]" in text


def test_a_narrow_terminal_without_unicode(folder):
    text = trace(folder, "factorial(2)", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert text.isascii()
    assert "| > factorial(n=1)" in text


def test_a_small_terminal_still_shows_the_source(folder):
    code = (
        "import sys; from rich.console import Console; from core_bench.cli import tables, main\n"
        "tables.console = lambda: Console(width=50)\n"
        "sys.argv = ['core-bench', 'trace', 'program.py', '--call', 'factorial(1)']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    *rows, _ = done.stdout.splitlines()  # the note below the table may wrap
    assert max(map(len, rows)) <= 50
    assert "below = fac" in done.stdout


def test_json_holds_all_and_is_read_back(folder):
    data = json.loads(trace(folder, "shout('é')", "--json"))
    assert data["call"] == "shout('é')"
    assert data["outcome"]["exception"] == "ValueError"
    assert data["outcome"]["stdout"] == "é é\n"
    read = Trace.from_json(data["trace"])
    assert read.code == FACTORIAL
    assert read.frames[0].steps[-1].raised == "ValueError"


def test_html_is_one_file_and_json_can_go_with_it(folder):
    assert "Written: page.html" in trace(folder, "factorial(2)", "--html", "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert not re.search(r"""(src|href)=["'](?!data:,)|https?://""", page)
    both = trace(folder, "factorial(2)", "--html", "page.html", "--json")
    assert json.loads(both)["outcome"]["value"] == "2"


def test_a_byte_order_mark_and_windows_lines(folder):
    (folder / "program.py").write_bytes("\ufeffdef f(x):\r\n    y = x\r\n    return y\r\n".encode())
    assert re.search(r" 1 +2 +y = x +y = 'ö'\n", trace(folder, "f('ö')"))


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["missing.py", "--call", "f()"], ["no file missing.py"]),
        ([".", "--call", "f()"], ["is a folder"]),
        (["latin.py", "--call", "f()"], ["latin.py is not UTF-8", "0xe9"]),
        (["broken.py", "--call", "f()"], ["broken.py, line 2"]),
        (["nul.py", "--call", "f()"], ["nul.py", "parse"]),
        (["program.py", "--call", "factorial"], ["is no call", "--call 'f("]),
        (["program.py", "--call", "factorial("], ["not a Python expression", "--call 'f("]),
        (["program.py", "--call", "a.factorial(3)"], ["is no call of a function by its plain name"]),
        (["program.py", "--call", "factorial(n)"], ["Name is no literal"]),
        (["program.py", "--call", "factorial(2 + 1)"], ["no literal"]),
        (["program.py", "--call", "factorial(*[1])"], ["no literal"]),
        (["program.py", "--call", "factorial(**{})"], ["**"]),
        (["program.py", "--call", "nothing(3)"], ["defines no nothing", "factorial", "shout"]),
        (["program.py", "--call", "value(3)"], ["value is not callable"]),
        (["program.py", "--call", "factorial()"], ["does not fit", "missing 1 required"]),
        (["program.py", "--call", "factorial(3)", "--function", "shout"], ["no call of shout", "factorial"]),
        (["program.py", "--call", "factorial(3)", "--json", "--limit", "3"], ["whole trace"]),
        (["program.py", "--call", "factorial(3)", "--html", "."], ["is a folder"]),
        (["program.py", "--call", "factorial(3)", "--html", "no/where.html"], ["no folder no"]),
        (["program.py", "--call", "factorial(3)", "--html", "./program.py"], ["replace the program"]),
        (["stops.py", "--call", "f()"], ["cannot be made", "ZeroDivisionError"]),
        (["program.py", "--call", "nothing(3)", "--html", "page.html"], ["defines no nothing"]),
    ],
)
def test_bad_input_is_a_message_and_exit_code_2(arguments, parts, folder):
    (folder / "latin.py").write_bytes(b"name = '\xe9'\n")
    (folder / "broken.py").write_text("x = 1\ndef f(:\n")
    (folder / "nul.py").write_bytes(b"x = 1\0\n")
    (folder / "stops.py").write_text("1 / 0\ndef f():\n    pass\n")
    done = core_bench("trace", *arguments, cwd=folder)
    assert done.returncode == 2, done.stderr + done.stdout
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    assert not (folder / "page.html").exists()
    assert (folder / "program.py").read_text() == FACTORIAL


@pytest.mark.parametrize(
    "arguments",
    [
        ("trace", "program.py", "--call", "many(4000)"),
        ("trace", "program.py", "--call", "many(4000)", "--json"),
        ("trace", "program.py", "--call", "many(1)"),  # all of it fits into a buffer, and fails at the end
        ("--help",),
        ("variants", "list"),
        ("suite", "info", "core-mini", "--no-runs"),
    ],
)
def test_a_reader_that_has_seen_enough_ends_it_quietly(arguments, folder):
    (folder / "program.py").write_text("def many(n):\n    for i in range(n):\n        x = i\n    return x\n")
    command = subprocess.Popen(
        [*CLI, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    command.stdout.close()
    assert command.stderr.read() == ""
    assert command.wait(timeout=60) == 0


def test_errors_are_still_errors_before_a_reader_that_has_gone(folder):
    command = subprocess.Popen(
        [*CLI, "trace", "missing.py", "--call", "f()"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    command.stdout.close()
    assert "no file missing.py" in command.stderr.read()
    assert command.wait(timeout=60) == 2


def test_an_endless_loop_is_named(folder):
    done = core_bench("trace", "program.py", "--call", "forever()", "--seconds", "0.5", cwd=folder)
    assert done.returncode == 2
    assert "took too long" in done.stderr
    assert "--seconds" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_call_the_usage_is_shown(folder):
    done = core_bench("trace", "program.py", cwd=folder)
    assert done.returncode == 2
    assert "--call" in done.stderr


def test_it_says_who_stands_behind_the_states(folder):
    (folder / "program.py").write_text("def f(n):\n    n += 1\n    return n\n")
    assert "\nTwo observers agree on 5 states.\n" in trace(folder, "f(1)")
    seen = json.loads(trace(folder, "f(1)", "--json"))
    assert seen["observers"] == "Two observers agree on 5 states."
