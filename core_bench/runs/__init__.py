"""One model, one method, one suite: a folder that is continued by running the same command again."""

from core_bench.runs.folder import RunFolder
from core_bench.runs.runner import Progress, ask, make_manifest, requests_for, score

__all__ = ["Progress", "RunFolder", "ask", "make_manifest", "requests_for", "score"]
