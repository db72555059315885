"""Training a small adapter on a compressed model, so that it does again what it did."""

from compress.recovery.settings import RecoverySettings
from compress.recovery.training import Recovered, recover

__all__ = ["Recovered", "RecoverySettings", "recover"]
