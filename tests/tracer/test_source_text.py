"""One notion of a line, and one way to read a program: Python's own."""

import ast
import importlib.util
from itertools import product

import pytest

from tracer import ProgramError, read_source, source_lines

NO_ENDS = ("\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("length", range(6))
def test_only_three_things_end_a_line(length):
    for chars in product("a\r\n\x0c\u2028", repeat=length):
        text = "".join(chars)
        assert "".join(source_lines(text, keepends=True)) == text
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert source_lines(text) == (lines if lines[-1] else lines[:-1])


@pytest.mark.parametrize("char", NO_ENDS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_syntax_tree(char, end):
    code = end.join(["def f():", f'    """A{char}B"""', "    return 1", ""])
    returned = ast.parse(code).body[0].body[1]
    assert source_lines(code)[returned.lineno - 1] == "    return 1"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbfx = 'a'\r\ny = 2\rz = 3",
        b"# coding: latin-1\nx = '\xc3\xa9'\n",
        b"#!/usr/bin/python\n# -*- coding: cp1252 -*-\nx = '\x80'\n",
        "x = '\u2028é'\n".encode(),
    ],
)
def test_a_file_is_decoded_as_python_decodes_it(data, tmp_path):
    file = tmp_path / "a.py"
    file.write_bytes(data)
    assert read_source(file) == importlib.util.decode_source(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = 1\n\n\n\xff", "is not UTF-8 text (byte 8 is 0xff)"),
        (b"\xff", "is not UTF-8 text (byte 0 is 0xff)"),
        (b"# coding: cp1252\n\x81", "is not CP1252 text (byte 17 is 0x81)"),
        (b"# coding: nothing\n", "cannot be decoded: unknown encoding: nothing"),
        (b"# coding: hex\n00", "cannot be decoded: 'hex' is not a text encoding"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "cannot be decoded: encoding problem: utf-8"),
    ],
)
def test_what_cannot_be_decoded_is_named(data, message, tmp_path):
    file = tmp_path / "a.py"
    file.write_bytes(data)
    with pytest.raises(ProgramError) as refused:
        read_source(file)
    assert str(refused.value).startswith(f"{file} {message}")
