"""Traces for people: in which order steps and calls happened, and a web page to walk through them."""

from core_bench.pages.timeline import Event, Timeline, TurnAt, timeline
from core_bench.pages.trace_page import trace_page
from core_bench.pages.traced import TracedCall

__all__ = ["Event", "Timeline", "TracedCall", "TurnAt", "timeline", "trace_page"]
