"""The surrogate of QR-Adaptor's second stage (equation 7): a small MLP from cheap features to the loss."""

from collections.abc import Sequence

import numpy as np

from compress.search.search import Search
from compress.search.space import Code
from compress.search.surrogates import squashed
from compress.search.threads import one_thread

_HIDDEN = (64, 32)
_EPOCHS = 500
_PATIENCE = 10
_HELD_OUT = 0.2


def predict_losses(search: Search, codes: Sequence[Code]) -> np.ndarray:
    """Fit the MLP to what was measured and return predicted squashed losses, one per code.

    Features: proxy, bytes, coverage by kind of knob weighted by importance, and the histogram of the
    places of
    the knobs of each kind.
    """
    known = search.known()
    inputs = np.array([_features(search, row.code) for row in known])
    mean, scale = inputs.mean(0), np.where(inputs.std(0) > 0, inputs.std(0), 1.0)
    goals = squashed([row.point[0] for row in known])
    new = np.array([_features(search, code) for code in codes])
    return _fit((inputs - mean) / scale, goals, (new - mean) / scale, int(search.draw.integers(2**31)))


def _features(search: Search, code: Code) -> np.ndarray:
    from compress.search.strategies.qradaptor import coverage

    histograms = []
    for kind in dict.fromkeys(knob.field for knob in search.space.knobs):
        places = [
            (i, len(k.choices)) for i, k in zip(code, search.space.knobs, strict=True) if k.field == kind
        ]
        width = max(size for _, size in places)
        histograms += [sum(place == i for place, _ in places) / len(places) for i in range(width)]
    start = [search.sensitivity.proxy(code), search.space.data_bytes(code) / search.budget]
    return np.concatenate([start, coverage(search, code), histograms])


def _fit(inputs: np.ndarray, goals: np.ndarray, new: np.ndarray, seed: int) -> np.ndarray:
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]), one_thread():
        torch.manual_seed(seed)
        first, second = _HIDDEN
        model = nn.Sequential(
            nn.Linear(inputs.shape[1], first),
            nn.GELU(),
            nn.Linear(first, second),
            nn.GELU(),
            nn.Linear(second, 1),
        )
        order = torch.randperm(len(goals))
        x, y = torch.tensor(inputs, dtype=torch.float32), torch.tensor(goals, dtype=torch.float32)
        held = max(2, round(_HELD_OUT * len(goals)))
        test, train = order[:held], order[held:]
        loss, optimiser = (
            nn.HuberLoss(delta=1.0),
            torch.optim.Adam(model.parameters(), 1e-3, weight_decay=0.01),
        )
        best, kept, waited = float("inf"), model.state_dict(), 0
        for _ in range(_EPOCHS):
            optimiser.zero_grad()
            loss(model(x[train])[:, 0], y[train]).backward()
            optimiser.step()
            with torch.no_grad():
                error = float(loss(model(x[test])[:, 0], y[test]))
            if error < best:
                best, waited = error, 0
                kept = {name: value.clone() for name, value in model.state_dict().items()}
            else:
                waited += 1
                if waited >= _PATIENCE:
                    break
        model.load_state_dict(kept)
        with torch.no_grad():
            found: np.ndarray = model(torch.tensor(new, dtype=torch.float32))[:, 0].double().numpy()
    return found
