"""How items are asked."""

from core_bench.methods.method import Amendment, AnswerPlace, Feedback, Method, known_methods, load_method

__all__ = ["Amendment", "AnswerPlace", "Feedback", "Method", "known_methods", "load_method"]
