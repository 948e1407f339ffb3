"""Expected absence of a node that does not exist yet, so that its leak can be solved from its marginal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from crampnet.network.network import Array, Node


def expected_absence(nodes: Sequence[Node], links: Mapping[int, Array]) -> Array:
    """E[prod over parents (1 - p X)], shape (strata,), over the joint distribution of the parents X.

    nodes: the network so far in topological order; links: parent position -> link probability, shape (strata,).
    Exact: a forward sweep over the ancestors alone, with one axis for each node that still has work to do.
    """
    sweep = _Sweep(nodes, links)
    for node in sorted(sweep.ancestors):
        if nodes[node].parents or node in links:
            sweep.complete(node)
    return sweep.table


class _Sweep:
    def __init__(self, nodes: Sequence[Node], links: Mapping[int, Array]) -> None:
        self.nodes = nodes
        self.links = links
        self.ancestors = _ancestors(nodes, links)
        self.waiting = {n: {c for c in self.ancestors if n in nodes[c].parents} for n in self.ancestors}
        strata = next(iter(links.values())).shape if links else (1,)
        self.table: Array = np.ones(strata)
        self.axes: list[int] = []

    def complete(self, node: int) -> None:
        """Open the node (and parents that are roots), then close every axis that has no work left."""
        record = self.nodes[node]
        for parent in record.parents:
            if parent not in self.axes:
                self._open(parent)
        self._open(node)
        for parent in record.parents:
            self.waiting[parent].discard(node)
        for axis in [a for a in self.axes if not self.waiting[a]]:
            self._close(axis)

    def _open(self, node: int) -> None:
        if node in self.axes:
            return
        record = self.nodes[node]
        absent = self.table * (1.0 - record.leak)
        for place, parent in enumerate(record.parents):
            absent = absent * self._along(parent, 1.0 - record.links[place])
        self.table = np.stack([absent, self.table - absent])
        self.axes.insert(0, node)

    def _close(self, node: int) -> None:
        keep = 1.0 - self.links.get(node, np.zeros(self.table.shape[-1]))
        self.table = (self.table * self._along(node, keep)).sum(axis=self.axes.index(node))
        self.axes.remove(node)

    def _along(self, node: int, present: Array) -> Array:
        """Factor (1, present) along the node's axis, ready to multiply the table."""
        factor = np.stack([np.ones_like(present), present])
        shape = [1] * len(self.axes) + [factor.shape[-1]]
        shape[self.axes.index(node)] = 2
        return factor.reshape(shape)


def _ancestors(nodes: Sequence[Node], links: Mapping[int, Array]) -> set[int]:
    found: set[int] = set()
    stack = list(links)
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(nodes[node].parents)
    return found
