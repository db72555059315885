"""Mutual information between a block's output and the model's prediction (the idea of QPruner).

The estimator is KSG's first (Kraskov, Stoegbauer and Grassberger 2004, equation 8) on tokens, between the
leading principal components of what the block adds to the residual stream and those of the logits, each
coordinate first turned into normal scores (which leaves the information unchanged and the estimator
robust).

Its bias: close to zero for independent variables at any sample size; too small for strongly dependent ones,
since neighbourhoods cannot shrink below what the sample resolves; and the projection to a few components
can only lose information, so that a value is a lower bound for the whole vectors. For every block the same
estimate on shuffled pairs stands beside it (`shuffled`): it is what the estimator says where there is no
information.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from compress.blocks import BlockWalk
from compress.calibration import Calibration
from compress.importance.table import Row
from compress.model_map import ModelMap

Progress = Callable[[int, int], None]


@torch.no_grad()
def with_prediction(
    model: Any, model_map: ModelMap, calibration: Calibration, settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """Estimate I(what a block adds; the logits) in nats, for every block."""
    walk = BlockWalk(model, calibration.tokens)
    states = [hidden for _, hidden in walk.inputs()]
    states.append(walk.step(model_map.blocks - 1, states[-1]))
    draw = np.random.default_rng(settings["seed"])
    there = walk.tokens.numel()
    chosen = torch.from_numpy(draw.choice(there, min(settings["tokens"], there), replace=False))
    prediction = _prediction(model, states[-1].flatten(0, 1)[chosen], settings["components"])
    shuffled = prediction[draw.permutation(len(prediction))]
    rows = []
    for number in range(model_map.blocks):
        added = (states[number + 1].float() - states[number].float()).flatten(0, 1)[chosen]
        seen = _components(added, settings["components"])
        for part, other in (("block", prediction), ("shuffled", shuffled)):
            value = mutual_information(seen, other, settings["neighbours"])
            rows.append(Row(block=number, part=part, values=(value,)))
        progress(number + 1, model_map.blocks)
    return rows


def mutual_information(x: np.ndarray, y: np.ndarray, neighbours: int = 5) -> float:
    """Return the KSG estimate of I(X; Y) in nats from samples [n, dx] and [n, dy]."""
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    x, y = normal_scores(x), normal_scores(y)
    joint = np.hstack([x, y])
    reach = cKDTree(joint).query(joint, k=neighbours + 1, p=np.inf)[0][:, -1]
    # Strictly nearer: the counts must not see the neighbour that set the reach.
    inside = np.nextafter(reach, 0)
    counts = [cKDTree(z).query_ball_point(z, inside, p=np.inf, return_length=True) for z in (x, y)]
    inner = sum(digamma(count) for count in counts).mean()
    return float(digamma(neighbours) + digamma(len(x)) - inner)


def normal_scores(values: np.ndarray) -> np.ndarray:
    """Replace every coordinate by the normal quantile of its rank."""
    from scipy.special import ndtri

    ranks = values.argsort(0).argsort(0)
    scores: np.ndarray = ndtri((ranks + 0.5) / len(values))
    return scores


def _components(values: torch.Tensor, count: int) -> np.ndarray:
    centred = values - values.mean(0)
    _, _, directions = torch.linalg.svd(centred, full_matrices=False)
    found: np.ndarray = (centred @ directions[:count].T).double().numpy()
    return found


def _prediction(model: Any, hidden: torch.Tensor, count: int) -> np.ndarray:
    """Return the leading components of the logits without forming them.

    Logits are W h. Principal components see only inner products, and h^T W^T W h' is that of R h and R h'
    for the Cholesky factor R of W^T W. W is centred over the vocabulary: a shift of all logits says
    nothing.
    """
    weight = model.lm_head.weight.float()
    weight = weight - weight.mean(0)
    gram = weight.T @ weight
    gram.diagonal().add_(1e-6 * float(gram.diagonal().mean()))
    factor = torch.linalg.cholesky(gram)
    return _components(model.model.norm(hidden).float() @ factor, count)
