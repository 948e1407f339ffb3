"""How far a changed model is from the old one as a distribution, and how much a node can hang on its parents.

The changed model has the same nodes, parents and strata; the strata (age band, sex) are part of what is distributed,
with the same shares in both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crampnet.errors import BadValue, TooExpensive
from crampnet.inference.engine import evidence_under
from crampnet.network.network import Array, Network, Node
from crampnet.reasoning.sensitivity.wide import (
    ABSENT,
    PRESENT,
    changed_link,
    gain,
    link_distances,
    log_ratio,
    no_answers,
)

MAX_PARENTS = 12
"""Most parents of a changed node, unless one link alone has changed: each of the 2**parents columns is weighed."""


@dataclass(frozen=True)
class Distance:
    """Distance from the old model P to the changed one P'.

    kl: Kullback-Leibler divergence of P' from P, in nats; cd: Chan-Darwiche distance, in nats: no event's log-odds,
    given any evidence, moves by more; exact: whether cd is the distance itself (one changed node) or an upper
    bound (the sum over several, by the triangle inequality); nodes: kl and cd of each changed node, index node id.
    """

    kl: float
    cd: float
    exact: bool
    nodes: pd.DataFrame


def distance(network: Network, changed: Network) -> Distance:
    """Both distances between a network and a changed one.

    KL = sum over atoms of P ln(P / P'); by the chain rule the sum over changed nodes of
    E_P[sum over x of P(x | u) ln(P(x | u) / P'(x | u))], u the node's parents and the stratum.
    CD = ln max(P' / P) - ln min(P' / P) over atoms, with 0/0 = 1; where one node alone has changed, max and min run
    over its own table, in configurations that can occur.

    Raises BadValue when the structures differ; TooExpensive when more than one link has changed of a
    node with more than 12 parents, or one so weak that its series needs too many terms.
    Source of CD: H. Chan and A. Darwiche, A distance measure for bounding probabilistic belief change, AAAI-02.
    """
    _same_structure(network, changed)
    rows = {
        node.id: _node_distances(network, position, changed.nodes[position])
        for position, node in enumerate(network.nodes)
        if not _same_table(node, changed.nodes[position])
    }
    nodes = pd.DataFrame.from_dict(rows, orient="index", columns=["kl", "cd"], dtype=float)
    nodes.index.name = "node"
    return Distance(float(nodes["kl"].sum()), float(nodes["cd"].sum()), len(nodes) <= 1, nodes)


def diameters(network: Network) -> pd.Series[float]:
    """Diameter of each node's table: the largest total variation distance between two of its columns.

    For noisy-OR with binary parents (1 - leak)(1 - prod over parents of (1 - p)), the distance between "no parent" and
    "all parents"; the largest over the strata. 0: the parents cannot matter; 1: they can settle it. Index: node id.
    The diameter as the largest total variation distance between two rows of a table: bnmonitor, `diameter`.
    """
    found = {
        node.id: float(np.max((1.0 - node.leak) * (1.0 - np.prod(1.0 - node.links, axis=0))))
        for node in network.nodes
        if node.parents
    }
    return pd.Series(found, name="diameter", dtype=np.float64).rename_axis("node")


def _same_structure(network: Network, changed: Network) -> None:
    before = [(node.id, node.parents, len(node.leak)) for node in network.nodes]
    if before != [(node.id, node.parents, len(node.leak)) for node in changed.nodes]:
        remedy = "Compare models that differ in figures only; for a merged syndrome compare the answers."
        raise BadValue("changed", changed.setting, "has other nodes, parents or strata.", remedy)


def _same_table(old: Node, new: Node) -> bool:
    return np.array_equal(old.leak, new.leak) and np.array_equal(old.links, new.links)


def _node_distances(network: Network, position: int, new: Node) -> tuple[float, float]:
    """(KL, CD) of one changed node."""
    old = network.nodes[position]
    if len(old.parents) > MAX_PARENTS:
        place = changed_link(old, new)
        found = None if place is None else link_distances(network, position, place, new.links[place])
        if found is None:
            what = f"The distance of a model with another {old.id}"
            raise TooExpensive(what, len(old.parents), MAX_PARENTS, "parents")
        return found
    weight = _configurations(network, old.parents)
    before, after = _absence(old), _absence(new)
    likely = weight > 0.0
    terms = gain(before, after) + gain(1.0 - before, 1.0 - after)
    ratios = np.concatenate([log_ratio(after, before)[likely], log_ratio(1.0 - after, 1.0 - before)[likely]])
    return float(weight[likely] @ terms[likely]), float(ratios.max() - ratios.min())


def _configurations(network: Network, parents: tuple[int, ...]) -> Array:
    """P(parents as configured, stratum), shape (2**parents, strata)."""
    changes = [
        {parent: PRESENT if row >> place & 1 else ABSENT for place, parent in enumerate(parents)}
        for row in range(1 << len(parents))
    ]
    return evidence_under(network, no_answers(len(network.strata)), changes) * network.strata_weights


def _absence(node: Node) -> Array:
    """P(node absent | parents as configured, stratum), shape (2**parents, strata)."""
    table = (1.0 - node.leak)[None, :]
    for link in node.links:
        table = np.concatenate([table, table * (1.0 - link)])
    return table
