"""A case as a plain network with hard evidence only, which any Bayesian-network library can be asked.

Written independently of the engine's own reduction, so that an error in one does not hide in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from benchmarks.cases import ABSENT, PRESENT
from crampnet.inference.evidence import Evidence
from crampnet.network.network import Array, Network, Node


@dataclass(frozen=True)
class Plain:
    """A network over the strata of one case, what is observed in it (node id -> present), and the ids asked for."""

    network: Network
    observed: dict[str, bool]
    targets: tuple[str, ...]


def unfolded(network: Network, evidence: Evidence, targets: Iterable[str]) -> Plain:
    """The whole network; only soft answers are rewritten, each as one observed child."""
    lanes = evidence.strata
    nodes = [Node(node.id, node.kind, node.parents, node.leak[lanes], node.links[:, lanes]) for node in network.nodes]
    observed = {network.nodes[n].id: w == PRESENT for n, w in evidence.weights.items() if w in (PRESENT, ABSENT)}
    for node, (off, on) in evidence.weights.items():
        if (off, on) not in (PRESENT, ABSENT) and off != on:
            name, seen = _likelihood(nodes, node, np.full(len(lanes), on / off), "said")
            observed[name] = seen
    return _plain(network, evidence, nodes, observed, targets)


def folded(network: Network, evidence: Evidence, targets: Iterable[str]) -> Plain:
    """The part of the network that matters: what is absent becomes one likelihood for each of its parents.

    Unobserved nodes without observed descendants vanish unless asked for, and a hidden node with one parent, one child
    and no leak becomes a link.
    """
    targets = tuple(targets)
    keep = _relevant(network, evidence, targets)
    fold = _Fold(network, evidence, keep, frozenset(network.index[t] for t in targets))
    return _plain(network, evidence, fold.nodes, fold.observed, targets)


def _plain(
    network: Network, evidence: Evidence, nodes: list[Node], observed: dict[str, bool], targets: Iterable[str]
) -> Plain:
    strata = tuple(network.strata[i] for i in evidence.strata)
    small = Network(network.setting, tuple(nodes), strata, evidence.strata_weights)
    return Plain(small, observed, tuple(t for t in targets if t in small.index and t not in observed))


def _likelihood(nodes: list[Node], parent: int, tilt: Array, word: str) -> tuple[str, bool]:
    """Add an observed child that multiplies P(parent present) / P(parent absent) by tilt, shape (strata,).

    tilt is at most 1 or the same in all strata. Returns the id of the child and whether it is seen present.
    """
    name, fewer = f"{word}_{nodes[parent].id}", bool((tilt <= 1.0).all())
    leak = np.zeros_like(tilt) if fewer else 1.0 / tilt
    link = 1.0 - tilt if fewer else np.ones_like(tilt)
    nodes.append(Node(name, "finding", (parent,), leak, link[None]))
    return name, not fewer


def _relevant(network: Network, evidence: Evidence, targets: Iterable[str]) -> set[int]:
    found: set[int] = set()
    stack = [*(n for n, w in evidence.weights.items() if w[0] != w[1]), *(network.index[t] for t in targets)]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(network.nodes[node].parents)
    return found


class _Fold:
    """nodes and observed of the folded network, built in topological order."""

    def __init__(self, network: Network, evidence: Evidence, keep: set[int], targets: frozenset[int]) -> None:
        self.network = network
        self.evidence = evidence
        self.keep = keep
        self.targets = targets
        self.nodes: list[Node] = []
        self.observed: dict[str, bool] = {}
        self.place: dict[int, int] = {}
        self.through: dict[int, tuple[int, Array]] = {}
        self.tilt: dict[int, Array] = {}
        self.said: dict[int, Array] = {}
        self.context = np.ones(len(evidence.strata))
        for position in sorted(keep):
            self._enter(position)
        self._answers()

    def _enter(self, position: int) -> None:
        node, weights = self.network.nodes[position], self.evidence.weights.get(position, (1.0, 1.0))
        lanes = self.evidence.strata
        leak, links = node.leak[lanes], self._parents(node)
        if weights == ABSENT:
            self.context = self.context * (1.0 - leak)
            for parent, link in links.items():
                self.tilt[parent] = self.tilt.get(parent, 1.0) * (1.0 - link)
        elif self._is_link(position, leak, links):
            ((parent, link),) = links.items()
            self.through[position] = (parent, link)
        else:
            self.place[position] = len(self.nodes)
            table = np.array(list(links.values())).reshape(len(links), len(lanes))
            self.nodes.append(Node(node.id, node.kind, tuple(links), leak, table))
            if weights == PRESENT:
                self.observed[node.id] = True
            elif weights[0] != weights[1]:
                self.said[self.place[position]] = np.full(len(lanes), weights[1] / weights[0])

    def _parents(self, node: Node) -> dict[int, Array]:
        """Links from the parents that are not absent, by their place in the folded network."""
        links: dict[int, Array] = {}
        for parent, row in zip(node.parents, node.links, strict=True):
            link = row[self.evidence.strata]
            if parent in self.through:
                origin, before = self.through[parent]
                links[origin] = 1.0 - (1.0 - links.get(origin, 0.0)) * (1.0 - before * link)
            elif parent in self.place:
                place = self.place[parent]
                links[place] = 1.0 - (1.0 - links.get(place, 0.0)) * (1.0 - link)
        return links

    def _is_link(self, position: int, leak: Array, links: dict[int, Array]) -> bool:
        children = [child for child, _ in self.network.children[position] if child in self.keep]
        asked = position in self.targets or position in self.evidence.weights
        return not asked and len(links) == 1 and len(children) == 1 and not leak.any()

    def _answers(self) -> None:
        for word, tilts in (("seen", self.tilt), ("said", self.said)):
            for parent, tilt in tilts.items():
                name, seen = _likelihood(self.nodes, parent, tilt, word)
                self.observed[name] = seen
        if self.context.min() < self.context.max():
            unseen = 1.0 - self.context / self.context.max()
            self.nodes.append(Node("seen_context", "finding", (), unseen, np.zeros((0, len(unseen)))))
            self.observed["seen_context"] = False
