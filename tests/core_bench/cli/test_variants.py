"""`core-bench variants` as a person meets it."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

CLI = (sys.executable, "-m", "core_bench.cli", "variants")
PROGRAM = '''\
def longest(values, limit):
    """The longest stretch whose neighbours differ by at most `limit`.

    >>> longest([1, 2, 2, 9, 10], 1)
    3
    >>> longest([], 2)
    0
    """
    best = 0
    current = 0
    for i in range(len(values)):
        if i > 0 and abs(values[i] - values[i - 1]) <= limit:
            current += 1
        else:
            current = 1
        best = max(best, current)
    return best
'''


def variants(*arguments, cwd, **environment):
    return subprocess.run(
        [*CLI, *map(str, arguments)], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )  # fmt: skip


@pytest.fixture
def program(tmp_path):
    (tmp_path / "longest.py").write_text(PROGRAM)
    return tmp_path


def test_shows_variants_with_chain_measures_and_verdict(program):
    done = variants("show", "longest.py", "--n", 2, "--seed", 3, cwd=program)
    assert done.returncode == 0, done.stderr
    for word in (
        "variant 1 of longest.py",
        "variant 2",
        "of the tokens",
        "complexity",
        "verdict: same",
        "#0",
    ):
        assert word in done.stdout
    assert "proved equivalent" in done.stdout
    assert (
        done.stdout
        == variants("show", "longest.py", "--n", 2, "--seed", 3, cwd=program, PYTHONHASHSEED="7").stdout
    )


@pytest.mark.parametrize(("view", "mark"), [("diff", "+++ variant"), ("side", "original  ")])
def test_shows_them_as_a_diff_or_side_by_side(view, mark, program):
    done = variants("show", "longest.py", "--n", 1, "--view", view, cwd=program)
    assert done.returncode == 0, done.stderr
    assert mark in done.stdout


def test_json_can_be_replayed(program):
    from variants import Link, Site, replay

    done = variants(
        "show", "longest.py", "--n", 2, "--json", "--call", "longest([3, 1], limit=1)", cwd=program
    )
    for variant in json.loads(done.stdout)["variants"]:
        chain = [
            Link(link["transform"], Site(**link["site"]), tuple(map(tuple, link["parameters"])))
            for link in variant["chain"]
        ]
        assert replay(PROGRAM, chain) == variant["code"]
        assert "limit" in variant["code"]


def test_lists_the_transforms(tmp_path):
    from variants import TRANSFORMS

    done = variants("list", cwd=tmp_path)
    assert done.returncode == 0
    for name in TRANSFORMS:
        assert name in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "absent.py"), "there is no file absent.py"),
        (("show", "broken.py"), "broken.py"),
        (("show", "bare.py"), "bare.py comes with no tests"),
        (("show", "bare.py", "--call", "g(1)"), "defines no 'g'"),
        (("show", "bare.py", "--call", "f(x)"), "cannot be run"),
        (("show", "bare.py", "--call", "f(0)", "--transform", "sort"), "no transform 'sort'"),
        (("show", "bare.py", "--call", "f(0)", "--without", "sorting"), "no family of transforms 'sorting'"),
        (("show", "bare.py", "--call", "f('a')"), "bare.py"),
        (("show", "random_.py", "--call", "f(9)"), "random_.py"),
        (("import", "absent.jsonl"), "no file or folder absent.jsonl"),
        (("import", "rows.jsonl"), "there is no problem nowhere"),
        (("import", "rows.jsonl", "--source", "nothing"), "no source 'nothing'"),
        (("ask", "--model", "openai:x", "--out", "o.jsonl", "--problem", "nowhere"), "no problem nowhere"),
    ],
)
def test_bad_input_is_named_with_exit_code_2(arguments, message, tmp_path):
    (tmp_path / "broken.py").write_text("def f(:\n")
    (tmp_path / "bare.py").write_text(
        "def f(n):\n    while n == 'a':\n        pass\n    return 1 // (n + 1)\n"
    )
    (tmp_path / "random_.py").write_text("def f(n):\n    return list({str(i) for i in range(n)})\n")
    (tmp_path / "rows.jsonl").write_text('{"problem": "nowhere", "code": "x = 1"}\n')
    done = variants(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_imports_what_people_wrote(bench_data, tmp_path):
    file = bench_data / "livecodebench_execution_part.jsonl"
    options = ("--source", "livecodebench", "--path", file, "--family", "people", "--out", "taken.jsonl")
    done = variants("import", file, *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    taken = [json.loads(line) for line in (tmp_path / "taken.jsonl").read_text().splitlines()]
    assert len(taken) >= 8
    assert {row["family"] for row in taken} == {"people"}
    assert f"{len(taken)} accepted" in done.stdout
    for decision in ("duplicate", "too similar", "too simple"):
        assert decision in done.stdout


class _Model(BaseHTTPRequestHandler):
    """A model that knows two ways to find the longest stretch, and one wrong one."""

    ANSWERS = (
        PROGRAM.replace("best = max(best, current)", "if current > best:\n            best = current"),
        PROGRAM.replace("<= limit", "< limit"),
        "def longest(values, limit):\n    runs, previous = [0], None\n    for value in values:\n"
        "        near = previous is not None and abs(value - previous) <= limit\n"
        "        runs.append(runs[-1] + 1 if near else 1)\n        previous = value\n    return max(runs)\n",
    )
    asked = 0

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        text = f"Here:\n```python\n{self.ANSWERS[_Model.asked % 3]}```\n"
        _Model.asked += 1
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        body = json.dumps(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": "m",
                "choices": [choice],
                "usage": usage,
            }
        ).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def model():
    _Model.asked = 0
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = ThreadingHTTPServer(("127.0.0.1", port), _Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}/v1"
    server.shutdown()


def test_asks_a_server_and_goes_on_where_it_stopped(model, tmp_path):
    problem = tmp_path / "problems" / "longest"
    problem.mkdir(parents=True)
    (problem / "reference.py").write_text(PROGRAM)
    (problem / "problem.toml").write_text(
        'title = "t"\ndescription = "d"\nentry_point = "longest"\ntopics = []\n'
        'inputs = ["[1, 2, 2, 9, 10], 1", "[], 2", "[5], 1", "[1, 9], 1"]\n'
    )
    options = (
        *("--model", "openai:m", "--base-url", model, "--path", "problems", "--out", "taken.jsonl"),
        *("--concurrency", 1, "--max-jaccard", 1),
    )
    first = variants("ask", *options, "--turns", 1, cwd=tmp_path, OPENAI_API_KEY="k")
    assert first.returncode == 0, first.stderr
    assert _Model.asked == 1
    done = variants("ask", *options, "--turns", 3, cwd=tmp_path, OPENAI_API_KEY="k")
    assert done.returncode == 0, done.stderr
    assert _Model.asked == 3
    assert len((tmp_path / "taken.asked.jsonl").read_text().splitlines()) == 3
    taken = [json.loads(line) for line in (tmp_path / "taken.jsonl").read_text().splitlines()]
    assert [row["family"] for row in taken] == ["openai:m"] * 2
    assert "different" in done.stdout
    assert "2 accepted" in done.stdout


PROGRAMS_WITH_A_FAULT = {
    "parse": ("def f(:\n    pass\n", "line 1", "rewritten"),
    "entry": ("def g(n):\n    return n\n", "defines no 'f'", ""),
    "random": ("import random\n\n\ndef f(n):\n    return random.random() + n\n", "not deterministic", "own input (3)"),
    "hash seed": ("def f(n):\n    return list({str(i) for i in range(n + 6)})\n", "not deterministic", "own input (3)"),
    "endless": ("def f(n):\n    while n:\n        pass\n", "fails on its own input (3)", "timeout"),
    "import": ("import nowhere\n\n\ndef f(n):\n    return n\n", "bad_program", "No module named 'nowhere'"),
    "no literal": ("def f(n):\n    yield n\n", "no literal", "own input (3)"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS_WITH_A_FAULT)
def test_a_program_that_cannot_be_rewritten_is_refused_by_name(name, tmp_path):
    code, *words = PROGRAMS_WITH_A_FAULT[name]
    (tmp_path / "p.py").write_text(code)
    done = variants("show", "p.py", "--call", "f(3)", cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    for word in ("p.py", *words):
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_whose_doctest_fails_is_refused_with_what_it_gives(program):
    (program / "wrong.py").write_text(PROGRAM.replace("    3\n", "    4\n"))
    done = variants("show", "wrong.py", cwd=program)
    assert done.returncode == 2
    assert "fails its own test: longest([1, 2, 2, 9, 10], 1) gives 3, not 4" in done.stderr


def test_a_program_that_no_transform_may_touch_gets_the_reason(tmp_path):
    (tmp_path / "p.py").write_text("def f(n):\n    return sorted(locals())\n")
    done = variants("show", "p.py", "--call", "f(3)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "No transform touches this program" in " ".join(done.stdout.split())
    assert "locals" in done.stdout


def test_comments_and_formatting_survive(tmp_path):
    code = (
        "# Of the file.\ndef f(xs,   n):  # of the function\n\n    # Of the loop.\n    for x in xs:\n"
        "        if x  >  n:   # kept as it is\n            return ( x )\n    return None\n"
    )
    (tmp_path / "p.py").write_text(code)
    done = variants(
        "show",
        "p.py",
        "--call",
        "f([1, 2], 1)",
        "--transform",
        "for_to_while",
        "--n",
        1,
        "--json",
        cwd=tmp_path,
    )
    [variant] = json.loads(done.stdout)["variants"]
    for text in ("# Of the file.\n", "# Of the loop.\n", "if x  >  n:   # kept as it is\n", "return ( x )\n"):
        assert text in variant["code"]


def test_measures_name_the_tokenizer_and_the_executed_lines(program):
    done = variants(
        "show", "longest.py", "--n", 1, "--tokenizer", "word", "--max-jaccard", 0.9, "--json", cwd=program
    )
    data = json.loads(done.stdout)
    assert data["demands"] == {"max_jaccard": 0.9, "min_complexity": 1, "tokenizer": "word"}
    [variant] = data["variants"]
    assert set(variant["similarity"]) == {"tokenize", "word", "nodes"}
    assert variant["similarity"]["word"] <= 0.9
    assert variant["executed_lines"]["original"] > 0
    assert variant["inputs"] >= 50


def test_a_deeper_look_without_crosshair_says_how_to_get_it(program):
    if importlib.util.find_spec("crosshair") is not None:
        pytest.skip("CrossHair is installed")
    done = variants("show", "longest.py", "--n", 1, "--deep", 1, cwd=program)
    assert done.returncode == 2
    assert "core-bench[crosshair]" in done.stderr


def test_one_bad_implementation_leaves_the_rest_alone(tmp_path):
    problem = tmp_path / "problems" / "longest"
    problem.mkdir(parents=True)
    (problem / "reference.py").write_text(PROGRAM)
    (problem / "problem.toml").write_text(
        'title = "t"\ndescription = "d"\nentry_point = "longest"\ntopics = []\n'
        'inputs = ["[1, 2, 2, 9, 10], 1", "[], 2", "[5], 1", "[1, 9], 1"]\n'
    )
    good = PROGRAM.replace("best = max(best, current)", "if current > best:\n            best = current")
    bad = {
        "unreadable": "def longest(:\n",
        "no entry point": "def other(values, limit):\n    return 0\n",
        "different": PROGRAM.replace("<= limit", "< limit").replace("current += 1", "current = current + 1"),
        "endless": PROGRAM.replace("best = 0", "best = 0\n    while values:\n        pass"),
        "leaves": "import os\n" + PROGRAM.replace("best = 0", "best = 0\n    os._exit(0)"),
    }
    rows = [
        {"problem": "longest", "family": name, "code": code} for name, code in {**bad, "good": good}.items()
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = variants(
        *("import", "rows.jsonl", "--path", "problems", "--max-jaccard", 1, "--out", "taken.jsonl"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    [taken] = [json.loads(line) for line in (tmp_path / "taken.jsonl").read_text().splitlines()]
    assert taken["family"] == "good"
    assert "3 different, 1 unreadable, 1 no entry point, 1 accepted" in done.stdout
