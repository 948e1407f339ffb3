"""The oracle: posteriors of a small network by writing out every joint state. Slow and obvious on purpose."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crampnet.network.network import Network


@dataclass(frozen=True)
class Truth:
    """P(evidence) and P(node present | evidence) for every node, averaged over the strata."""

    evidence: float
    present: dict[str, float]


def enumerate_joint(network: Network, weights: Mapping[int, tuple[float, float]], strata: np.ndarray) -> Truth:
    """Sum over all 2**nodes states and all strata.

    weights: node position -> (weight absent, weight present); strata: weight of each stratum, shape (strata,).
    """
    total = 0.0
    joint = np.zeros(len(network.nodes))
    for stratum, share in enumerate(strata):
        for states in itertools.product((0, 1), repeat=len(network.nodes)):
            p = float(share)
            for position, node in enumerate(network.nodes):
                absent = 1.0 - node.leak[stratum]
                for place, parent in enumerate(node.parents):
                    if states[parent]:
                        absent *= 1.0 - node.links[place][stratum]
                p *= (1.0 - absent) if states[position] else absent
                p *= weights.get(position, (1.0, 1.0))[states[position]]
            total += p
            joint += p * np.array(states)
    return Truth(total, {node.id: joint[i] / total if total else np.nan for i, node in enumerate(network.nodes)})
