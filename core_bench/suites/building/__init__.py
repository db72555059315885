"""The steps from a problem to its part of a suite: verify, clean, vary, reduce, trace, ask."""
