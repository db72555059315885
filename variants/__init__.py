"""Rewrites a Python program into equivalent ones and proves the equivalence by running them.

>>> import variants
>>> for variant in variants.generate("def f(n):\\n    return n + 1\\n", "f", ["41"], n=1, seed=0):
...     variant.code, [link.transform for link in variant.chain]
('def f(var_1):\\n    return var_1 + 1\\n', ['rename_locals'])
"""

from variants.analysis.program import Program, ProgramError
from variants.compose import Composition, Link, compose, replay
from variants.equivalence import Equivalence, check
from variants.generate import Variant, generate
from variants.site import Site
from variants.transform import Transform
from variants.transforms import TRANSFORMS

__all__ = [
    "TRANSFORMS",
    "Composition",
    "Equivalence",
    "Link",
    "Program",
    "ProgramError",
    "Site",
    "Transform",
    "Variant",
    "check",
    "compose",
    "generate",
    "replay",
]
