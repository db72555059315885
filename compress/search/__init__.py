"""Searched allocation: which part of a model keeps how many bytes, chosen by measuring plans."""
