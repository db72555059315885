"""RankAdaptor's performance model: a small perceptron that learns cheap losses first, measured ones then."""

from itertools import pairwise
from typing import Any

import numpy as np

from compress.search.threads import one_thread

_HIDDEN = (32, 32, 32)
_EPOCHS = 200
_RATE = 1e-2
_DECAY = 1e-3


class PerformanceModel:
    """From coordinates in [0, 1] to a standardised loss; smaller is better.

    Args:
        inputs: float64 [n, knobs], plans that were measured cheaply; may be empty.
        goals: their losses.
        seed: decides the first weights.
    """

    def __init__(self, inputs: np.ndarray, goals: np.ndarray, seed: int) -> None:
        import torch
        from torch import nn

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            sizes = (inputs.shape[1], *_HIDDEN)
            layers: list[Any] = []
            for before, after in pairwise(sizes):
                layers += [nn.Linear(before, after), nn.ReLU()]
            self._net: Any = nn.Sequential(*layers, nn.Linear(sizes[-1], 1))
        if len(inputs) > 2:
            _fit(self._net, inputs, goals)

    def fitted(self, inputs: np.ndarray, goals: np.ndarray) -> "PerformanceModel":
        """Return a copy that has learned measured losses [n] of plans [n, knobs] on top."""
        from copy import copy, deepcopy

        found = copy(self)
        found._net = deepcopy(self._net)
        _fit(found._net, inputs, goals)
        return found

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Return predicted losses [n] of plans [n, knobs]; their order counts, not their scale."""
        import torch

        with torch.no_grad():
            found: np.ndarray = self._net(torch.tensor(inputs, dtype=torch.float32))[:, 0].double().numpy()
        return found


def _fit(net: Any, inputs: np.ndarray, goals: np.ndarray) -> None:
    import torch

    x = torch.tensor(inputs, dtype=torch.float32)
    y = torch.tensor((goals - goals.mean()) / (goals.std() or 1.0), dtype=torch.float32)
    optimiser = torch.optim.Adam(net.parameters(), _RATE, weight_decay=_DECAY)
    with one_thread():
        for _ in range(_EPOCHS):
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(net(x)[:, 0], y).backward()
            optimiser.step()
