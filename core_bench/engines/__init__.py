"""Who answers: engines behind one small Protocol."""

from core_bench.engines.base import Engine, Message, Request, Shape
from core_bench.engines.baseline_engine import BaselineItem
from core_bench.engines.opening import EngineOptions, default_shape, open_engine

__all__ = [
    "BaselineItem",
    "Engine",
    "EngineOptions",
    "Message",
    "Request",
    "Shape",
    "default_shape",
    "open_engine",
]
