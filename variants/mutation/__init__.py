"""Programs that are slightly wrong on purpose: the negative control of everything that claims to tell."""

from variants.mutation.catalogue import OPERATORS, Mutant, Operator, mutants

__all__ = ["OPERATORS", "Mutant", "Operator", "mutants"]
