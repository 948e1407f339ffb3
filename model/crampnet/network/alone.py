"""What each condition shows when it alone acts in the hand, every other cause at its own rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from crampnet.network.network import Array, Network


def acting_alone(network: Network) -> Array:
    """P(node present | a condition is there and acts, no other one acts), shape (nodes, conditions, strata).

    Follows from the noisy-OR figures node by node, parents taken as independent:
    1 - (1 - leak) prod over parents of (1 - link P(parent present)). Causes of the condition stay at their own rate.
    """
    own = {node: column for column, pair in enumerate(network.targets.tolist()) for node in pair}
    known = np.zeros((len(network.nodes), len(network.conditions), len(network.strata)))
    for position, node in enumerate(network.nodes):
        absent = np.broadcast_to(1.0 - node.leak, known.shape[1:])
        for parent, link in zip(node.parents, node.links, strict=True):
            absent = absent * (1.0 - link * known[parent])
        known[position] = 0.0 if node.kind == "reason" else 1.0 - absent
        if position in own:
            known[position, own[position]] = 1.0
    return known
