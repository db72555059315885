"""How fast the tracer records, side by side with PySnooper and hunter: `python benchmarks/tracer_speed.py`.

It makes an environment of its own with both (in the user's cache folder, or where CORE_BENCH_CACHE says),
runs every tracer on the same three programs in one process, turn by turn, and prints line events per
second, the ratio to the untraced program, and bytes per event. Trust ratios, not the third digit.

`--calls [COMMIT]` measures `record_calls` instead, from the call to the assembled trace, with one observer
and with both, side by side with the package of a commit (3450436 by default, which had one observer). Each
turn is a fresh process of each; ratios are medians. It also records a sieve of 200,000 elements.
"""

import gc
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
import venv
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PEERS = ["PySnooper==1.2.3", "hunter==3.7.0"]
ROUNDS = 3

# About n line events each; the first keeps a dict of up to 101 keys and a list.
PROGRAMS = {
    "containers": """\
def program(n):
    counts = {}
    recent = []
    total = 0
    for i in range(n // 8):
        key = i * 37 % 101
        if key in counts:
            counts[key] += i % 5
        else:
            counts[key] = 1
        recent.append(key)
        total += counts[key]
        if len(recent) > 20:
            recent.pop(0)
    return total, len(recent)
""",
    "scalars": """\
def program(n):
    a, b, steps = 27, 1, 0
    total = 0
    for i in range(n // 6):
        if a % 2 == 0:
            a //= 2
        else:
            a = 3 * a + 1
        if a == 1:
            a = i + 27
        b = (b * 31 + a) % 10007
        total += b
    return total
""",
    "grid": """\
def program(n):
    grid = [[0] * 10 for _ in range(10)]
    total = 0
    for i in range(n // 6):
        row = i % 10
        column = i * 7 % 10
        grid[row][column] += i % 3
        left = grid[row][column - 1]
        if left > 2:
            grid[row][column - 1] = 0
        total += left
    return total
""",
}


def environment() -> Path:
    """Return the interpreter of an environment with the peers, which is made the first time."""
    cache = os.environ.get("CORE_BENCH_CACHE")
    folder = Path(cache) if cache else Path(tempfile.gettempdir()) / "core-bench-cache"
    home = folder / "tracer-peers"
    python = home / "bin" / "python"
    ready = home / ".ready"
    wanted = "\n".join(PEERS)
    if not ready.is_file() or ready.read_text() != wanted:
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        ready.write_text(wanted)
    return python


def seconds(call, n):
    """Return the CPU seconds of one call."""
    gc.collect()
    start = time.process_time()
    call(n)
    return time.process_time() - start


def nothing(function):
    """Trace with a Python function that does nothing."""

    def watch(frame, event, arg):
        return watch

    def call(n):
        sys.settrace(watch)
        function(n)
        sys.settrace(None)

    return call


def lines_only(function, source, filename):
    """Log the lines only: the first pass of the two-pass mode."""
    from tracer.twopass import LineRecorder

    def call(n):
        recorder = LineRecorder(filename, max_events=10**9)
        with recorder.watching():
            function(n)
        return recorder

    return call


def ours(function, source, filename, *, render=False):
    """Record full typed states; `render` also puts the steps together and writes each changed value."""
    from tracer.recorder import Recorder

    def call(n):
        recorder = Recorder(filename, 10**9, source=source)
        with recorder.watching():
            function(n)
        if not render:
            return recorder
        trace = recorder.trace()
        assert all(step.line for frame in trace.frames for step in frame.steps)
        return trace

    return call


def pysnooper_call(function):
    """PySnooper with its default settings, its output thrown away."""
    import pysnooper

    return pysnooper.snoop(Sink(), color=False)(function)


def hunter_call(function, filename):
    """Hunter's VarsSnooper, its output thrown away."""
    import hunter

    def call(n):
        with hunter.trace(filename=filename, action=hunter.VarsSnooper(stream=Sink())):
            function(n)

    return call


class Sink(io.TextIOBase):
    """Takes text and forgets it."""

    def write(self, text):
        """Forget a text."""
        return len(text)

    def writable(self):
        """Say yes."""
        return True


def events_of(function, n, filename):
    """Return the number of line events of a call."""
    count = 0

    def watch(frame, event, arg):
        nonlocal count
        count += event == "line" and frame.f_code.co_filename == filename
        return watch

    sys.settrace(watch)
    function(n)
    sys.settrace(None)
    return count


def bytes_per_event(call, n, events):
    """Return what the finished record holds per event."""
    gc.collect()
    tracemalloc.start()
    kept = call(n)
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept is not None
    return size / events


def measure(name, source, size):
    """Measure all tracers on one program; peers get a smaller input, being so much slower."""
    filename = str(Path(tempfile.gettempdir()) / f"core_bench_{name}.py")
    Path(filename).write_text(source)
    scope = {"__name__": name}
    exec(compile(source, filename, "exec"), scope)
    function = scope["program"]
    small = size // 8
    calls = {
        "plain": (function, size),
        "no-op": (nothing(function), size),
        "line log": (lines_only(function, source, filename), size),
        "states": (ours(function, source, filename), size),
        "states+text": (ours(function, source, filename, render=True), small),
        "PySnooper": (pysnooper_call(function), small // 4),
        "hunter vars": (hunter_call(function, filename), small // 4),
    }
    times = {}
    for _ in range(ROUNDS):
        for label, (call, n) in calls.items():
            times[label] = min(times.get(label, 1e9), seconds(call, n) / events_of(function, n, filename))
    memory = {
        label: bytes_per_event(calls[label][0], small, events_of(function, small, filename))
        for label in ("line log", "states", "states+text")
    }
    print(f"\n{name}: {events_of(function, size, filename)} line events")
    print(f"{'':14}{'M events/s':>12}{'x plain':>10}{'x states':>10}{'B/event':>10}")
    for label, took in times.items():
        held = f"{memory[label]:.0f}" if label in memory else ""
        print(
            f"{label:14}{1e-6 / took:>12.3f}{took / times['plain']:>10.1f}"
            f"{took / times['states']:>10.1f}{held:>10}"
        )
    print(f"line log / no-op: {times['line log'] / times['no-op']:.2f}")


CALLS = """
import json, sys, time
from benchmarks.tracer_speed import PROGRAMS
import tracer
given = json.loads(sys.argv[1])
limits = tracer.Limits(cpu_s=100, wall_s=100.0, events=1_000_000)
for name, source in PROGRAMS.items():
    traced, stepped = [], []
    for _ in range(3):
        start = time.perf_counter()
        [outcome] = tracer.record_calls(source, "program", ["16000"], limits=limits, **given)
        traced.append(time.perf_counter() - start)
        steps = outcome.trace.step_count
        stepped.append(time.perf_counter() - start)
    print(name, steps / min(traced), steps / min(stepped))
"""

SIEVE = """def sieve(n):
    flags = [True] * n
    primes = []
    for i in range(2, n):
        if flags[i]:
            primes.append(i)
            for j in range(i * i, n, i):
                flags[j] = False
    return len(primes)
"""


def steps_a_second(folder, **options):
    """Return program -> steps per second of `record_calls` by the packages in a folder: until it returns
    the trace, and until the steps of the trace are put together, too."""
    command = [sys.executable, "-P", "-c", CALLS, json.dumps(options)]
    here = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, check=True, env=here, capture_output=True, text=True, cwd=folder)
    rows = [line.split() for line in done.stdout.splitlines()]
    return {name: (float(traced), float(stepped)) for name, traced, stepped in rows}


def compare_calls(commit):
    """Print how many times as many steps per second `record_calls` gives as that of a commit."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", commit], check=True, cwd=ROOT, capture_output=True)
        subprocess.run(["tar", "-x", "-C", folder], check=True, input=archive.stdout)
        rows = [
            (steps_a_second(folder), steps_a_second(ROOT, observers=1), steps_a_second(ROOT))
            for _ in range(ROUNDS)
        ]
    for number, until in enumerate(("to the trace", "to its steps, put together")):
        print(f"record_calls {until}: thousand steps a second (x: ratio, median of {ROUNDS} turns)")
        print(f"{'':12}{commit:>12}{'one observer':>18}{'two observers':>18}")
        for name in PROGRAMS:
            rates = [median(row[column][name][number] for row in rows) for column in range(3)]
            ratios = [
                median(row[column][name][number] / row[0][name][number] for row in rows) for column in (1, 2)
            ]
            cells = zip(rates[1:], ratios, strict=True)
            shown = "".join(f"{rate / 1000:>10.0f} x{ratio:<6.1f}" for rate, ratio in cells)
            print(f"{name:12}{rates[0] / 1000:>12.0f}{shown}")


def record_sieve():
    """Print how long a long list takes whose every step is over the caps."""
    from tracer import record_calls

    start = time.perf_counter()
    [outcome] = record_calls(SIEVE, "sieve", ["200000"])
    assert outcome.trace is not None, outcome.refused
    taken = time.perf_counter() - start
    print(f"sieve of 200,000: {outcome.trace.step_count} steps, cut: {outcome.trace.cut}, {taken:.2f} s")


def main():
    """Run in the environment with the peers."""
    if "--calls" in sys.argv:
        rest = sys.argv[sys.argv.index("--calls") + 1 :]
        record_sieve()
        compare_calls(rest[0] if rest else "3450436")
        return
    if "--inside" not in sys.argv:
        command = [environment(), "-P", str(Path(__file__).resolve()), "--inside"]
        here = {**os.environ, "PYTHONPATH": str(ROOT)}
        raise SystemExit(subprocess.run(command, check=False, env=here).returncode)
    for name, source in PROGRAMS.items():
        measure(name, source, 110_000)


if __name__ == "__main__":
    main()
