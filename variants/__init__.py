"""Rewrites a Python program into equivalent ones and proves the equivalence by running them.

>>> import variants
>>> for variant in variants.generate("def f(n):\\n    return n + 1\\n", ["f(41)"], n=1, seed=0).variants:
...     variant.code, [link.transform for link in variant.chain]
('def f(var_1):\\n    return var_1 + 1\\n', ['rename_locals'])
"""

from variants.admission import Admission, Candidate, admit
from variants.analysis.program import Program, ProgramError
from variants.compose import Composition, compose, replay
from variants.deep import CrossHairMissingError, DeepVerdict, deep_check
from variants.demands import Demands
from variants.drafts import Link
from variants.equivalence import Equivalence, check
from variants.generate import Generation, Tally, Variant, generate
from variants.lengths import TraceLength, executed_lines
from variants.measures import Similarity, Tokenizer, complexity, jaccard, similarity, tokens
from variants.mutation import Mutant, mutants
from variants.selection import most_diverse
from variants.site import Site
from variants.transform import Transform
from variants.transforms import TRANSFORMS

__all__ = [
    "TRANSFORMS",
    "Admission",
    "Candidate",
    "Composition",
    "CrossHairMissingError",
    "DeepVerdict",
    "Demands",
    "Equivalence",
    "Generation",
    "Link",
    "Mutant",
    "Program",
    "ProgramError",
    "Similarity",
    "Site",
    "Tally",
    "Tokenizer",
    "TraceLength",
    "Transform",
    "Variant",
    "admit",
    "check",
    "complexity",
    "compose",
    "deep_check",
    "executed_lines",
    "generate",
    "jaccard",
    "most_diverse",
    "mutants",
    "replay",
    "similarity",
    "tokens",
]
