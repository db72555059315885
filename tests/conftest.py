"""What tests of several packages share."""

import os
import signal
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, settings

# No test may pass or fail by chance, or by how busy the machine is.
settings.register_profile(
    "core-bench", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("core-bench")

_ROOT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Let what tests start see Ctrl-C, even where the tests themselves run in the background of a script."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # The same examples each time, however long one takes: no test passes or fails by chance or by load.
    hypothesis.settings.register_profile("certain", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("certain")


@pytest.fixture(scope="session")
def bench_data() -> Path:
    """The folder of public data for checks; it is no part of the project."""
    folder = Path(os.environ.get("CORE_BENCH_DATA", _ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no public data at {folder}: set CORE_BENCH_DATA to run the checks on real benchmarks")
    return folder


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The folder of the embedded model, fetched into the usual cache the first time."""
    from core_bench.models import fetch

    return fetch("smollm2-135m", progress=print)


@pytest.fixture(scope="session")
def vllm_python() -> str:
    """An interpreter that has vLLM: VLLM_PYTHON, this one, or that of `make vllm-env`."""
    import importlib.util
    import sys

    named = os.environ.get("VLLM_PYTHON")
    if named:
        return named
    if importlib.util.find_spec("vllm") is not None:
        return sys.executable
    own = _ROOT / ".cache" / "vllm-env" / "bin" / "python"
    if not own.exists():
        pytest.skip("no vLLM here: make vllm-env, or set VLLM_PYTHON")
    return str(own)
