"""Neither harness is loaded by core-bench itself."""

import subprocess
import sys


def test_the_command_line_loads_no_harness():
    code = (
        "import sys, core_bench, core_bench.cli.main, core_bench.adapters.questions, core_bench.suites.export\n"
        "sys.exit(' '.join({'inspect_ai', 'lm_eval', 'datasets'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
