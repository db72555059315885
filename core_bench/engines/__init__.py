"""Who answers: engines behind one small Protocol."""

from core_bench.engines.base import (
    AnswerScore,
    Engine,
    LikelihoodRequest,
    Measured,
    Message,
    Request,
    Scored,
    Shape,
)
from core_bench.engines.baseline_engine import BaselineItem
from core_bench.engines.opening import EngineOptions, default_shape, named_by, open_engine

__all__ = [
    "AnswerScore",
    "BaselineItem",
    "Engine",
    "EngineOptions",
    "LikelihoodRequest",
    "Measured",
    "Message",
    "Request",
    "Scored",
    "Shape",
    "default_shape",
    "named_by",
    "open_engine",
]
