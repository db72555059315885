"""How items are asked."""

from core_bench.methods.method import AnswerPlace, Method, known_methods, load_method

__all__ = ["AnswerPlace", "Method", "known_methods", "load_method"]
