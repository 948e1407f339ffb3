"""Syndromes merged away: what the answer would be without the layer between conditions and findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from crampnet.errors import UnknownName
from crampnet.knowledge.nearest import nearest_names
from crampnet.network.network import Array, Network, Node


def ancestors(network: Network, positions: Iterable[int]) -> frozenset[int]:
    """The given nodes and everything above them; a number that enters nowhere among them cannot matter."""
    found: set[int] = set()
    waiting = list(positions)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(network.nodes[node].parents)
    return frozenset(found)


def merge_syndrome(network: Network, syndrome: str) -> Network:
    """The network with a syndrome's children hung on the syndrome's causes instead.

    For a child f of the syndrome s, and each cause i of s: link p_is p_sf, leak 1 - (1 - l_f)(1 - l_s p_sf); where i
    has a link of its own to f the two act independently, 1 - (1 - p_if)(1 - p_is p_sf). The child's marginal is
    unchanged while no cause is present, and with one cause where l_s = 0, and always where p_sf = 1. The syndrome
    stays as a node without children, so positions and evidence stay what they are.

    Raises UnknownName when there is no such syndrome. Source: model.md, section 6.
    """
    syndromes = [node.id for node in network.nodes if node.kind == "syndrome"]
    if syndrome not in syndromes:
        raise UnknownName("syndrome", syndrome, nearest_names(syndrome, syndromes))
    position = network.index[syndrome]
    nodes = [_without(node, position, network.nodes[position]) for node in network.nodes]
    return replace(network, nodes=tuple(nodes))


def _without(child: Node, position: int, syndrome: Node) -> Node:
    """The child with the syndrome replaced by the syndrome's causes."""
    if position not in child.parents:
        return child
    links: dict[int, Array] = dict(zip(child.parents, child.links, strict=True))
    shown = links.pop(position)
    for cause, link in zip(syndrome.parents, syndrome.links, strict=True):
        links[cause] = 1.0 - (1.0 - links.get(cause, np.zeros_like(link))) * (1.0 - link * shown)
    leak = 1.0 - (1.0 - child.leak) * (1.0 - syndrome.leak * shown)
    table = np.array(list(links.values())).reshape(len(links), len(leak))
    return replace(child, parents=tuple(links), leak=leak, links=table)
