"""Every command that takes a program file reads it as Python does, and counts its lines so."""

import json
import subprocess
import sys

import pytest

from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.suites.problems import read_problems
from core_bench.suites.refresh import rename_name
from core_bench.suites.sources import read_files
from tracer import record_calls

CLI = (sys.executable, "-m", "core_bench.cli")

MARKED = b"\xef\xbb\xbfdef f(x):\r\n    '''>>> f(1)\r\n    2'''\r\n    return x + 1\r\n"
COOKIE = "# coding: latin-1\n\x0c\ndef f(x):\n    '''>>> f(1)\n    3'''\n    return x + len(\"é\")\n".encode()
BROKEN = b"def f(x):\n    '''>>> f(1)'''\n    return '\xff'\n"
FORM_FEED = "import math\n\x0c\ndef total(xs):\n    return sum(xs) + total([])\n"


def run(*options, cwd):
    return subprocess.run([*CLI, *options], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("data", "value"), [(MARKED, "2"), (COOKIE, "3")])
def test_a_mark_and_a_cookie_are_taken_everywhere(data, value, tmp_path):
    (tmp_path / "a.py").write_bytes(data)
    traced = run("trace", "a.py", "--call", "f(1)", "--json", cwd=tmp_path)
    assert json.loads(traced.stdout)["outcome"]["value"] == value
    shown = run("variants", "show", "a.py", "--n", "1", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    [source] = read_files(tmp_path, licence="MIT")
    assert source.outputs == (("1", value),)
    assert "\r" not in source.implementations[0].code
    assert not source.implementations[0].code.startswith("\ufeff")


def test_what_cannot_be_decoded_is_one_line_that_names_the_file(tmp_path):
    (tmp_path / "a.py").write_bytes(BROKEN)
    for options in (
        ("trace", "a.py", "--call", "f(1)"),
        ("variants", "show", "a.py"),
        ("suite", "build", "--source", "folder", "--path", ".", "--out", "out", "--name", "x"),
    ):
        done = run(*options, cwd=tmp_path)
        assert done.returncode == 2
        assert "a.py is not UTF-8 text (byte 41 is 0xff)" in done.stderr
        assert "Traceback" not in done.stderr
    problem = tmp_path / "problems" / "one"
    problem.mkdir(parents=True)
    (problem / "reference.py").write_bytes(BROKEN)
    (problem / "problem.toml").write_text(
        'title = ""\ndescription = ""\nentry_point = "f"\ntopics = []\ninputs = ["1"]\n'
    )
    with pytest.raises(CoreBenchError, match=r"reference\.py is not UTF-8 text"):
        read_problems(problem.parent, origin="test", licence="MIT")


@pytest.mark.parametrize("char", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_the_numbers_that_a_model_sees_are_those_of_the_trace(char):
    code = f'\x0c\ndef f(x):\n    """A{char}B"""\n    return x\n'
    item = Item("i", "probe", "p", "m", code, "f", "1", "x")
    [outcome] = record_calls(code, "f", ["1"])
    line = outcome.trace.frames[0].steps[-1].line
    assert item.numbered_code.split("\n")[line - 1] == f"{line}      return x"


def test_a_refreshed_name_stands_where_the_old_one_stood():
    assert rename_name(FORM_FEED, "total", "other") == FORM_FEED.replace("total", "other")
    for end in ("\r\n", "\r"):
        code = FORM_FEED.replace("\n", end)
        assert rename_name(code, "total", "other") == code.replace("total", "other")
