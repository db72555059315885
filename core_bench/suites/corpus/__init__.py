"""A corpus for calibration and recovery: generated programs with their outputs and traces, as text.

A corpus shares no problem with a shipped suite: neither the code nor a near-duplicate of it (`novelty`).
"""

from core_bench.suites.corpus.counting import counter, estimate
from core_bench.suites.corpus.making import Made, Material, make_corpus
from core_bench.suites.corpus.material import gather
from core_bench.suites.corpus.texts import CorpusText, write_corpus

__all__ = [
    "CorpusText",
    "Made",
    "Material",
    "counter",
    "estimate",
    "gather",
    "make_corpus",
    "write_corpus",
]
