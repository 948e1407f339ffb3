"""Evidence folded into the network: what remains is a small problem over hidden nodes and open axes.

Exact steps: unobserved nodes without observed descendants vanish; nodes observed absent become weights on their
parents; nodes observed present become part of their children's leaks; an unobserved root with one child
becomes part of that child's head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crampnet.network.network import Array, Lanes, Network

Weights = Mapping[int, tuple[float, float]]
"""Evidence: node position -> (weight of absent, weight of present); (0, 1) is observed present."""

ABSENT = (1.0, 0.0)
PRESENT = (0.0, 1.0)


@dataclass(frozen=True)
class Head:
    """What a node does with the contributions (n, y) of its hidden parents, each entry of shape (lanes,).

    n = no hidden parent has brought it about, y = some parent has. A variable becomes
    (absent, present) = (nn n, ny n + yy y); an observed axis closes to ny n + yy y (its nn is not used).
    """

    nn: Array
    ny: Array
    yy: Array


@dataclass(frozen=True)
class Problem:
    """The reduced problem.

    heads: every node that has an axis; parents: its hidden parents with their link probability, shape (lanes,);
    variables: the axes that stay hidden (the others are observed and close); constant: factor, shape (lanes,).
    """

    heads: dict[int, Head]
    parents: dict[int, tuple[tuple[int, Array], ...]]
    variables: frozenset[int]
    constant: Array


def relevant_nodes(network: Network, observed: frozenset[int], targets: frozenset[int]) -> frozenset[int]:
    """The observed nodes, the targets and all their ancestors; every other node sums to one."""
    found: set[int] = set()
    stack = [*observed, *targets]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(network.nodes[node].parents)
    return frozenset(found)


def reduce(network: Network, weights: Weights, targets: frozenset[int], lanes: Lanes) -> Problem:
    """Fold the evidence into the network.

    weights: evidence; targets: nodes whose posterior is wanted; lanes: positions of the strata, shape (lanes,).
    """
    return _Reducer(network, weights, targets, lanes).problem()


class _Reducer:
    def __init__(self, network: Network, weights: Weights, targets: frozenset[int], lanes: Lanes) -> None:
        self.network = network
        self.weights = {node: pair for node, pair in weights.items() if pair[0] != pair[1]}
        self.targets = targets
        self.lanes = lanes
        self.relevant = relevant_nodes(network, frozenset(self.weights), targets)
        self.constant = np.ones(len(lanes))
        for node, pair in weights.items():
            if node not in self.weights:
                self.constant *= pair[0]
        self.heads: dict[int, Head] = {}
        self.parents: dict[int, tuple[tuple[int, Array], ...]] = {}
        self.tilt: dict[int, Array] = {}

    def problem(self) -> Problem:
        for node in sorted(self.relevant):
            self._enter(node)
        variables = frozenset(node for node in self.heads if self._hidden(node))
        problem = Problem(self._tilted(variables), self.parents, variables, self.constant)
        return _fold_roots(problem, self.targets)

    def _hidden(self, node: int) -> bool:
        """Stays a variable: not observed for certain, and asked for or with relevant children."""
        if self.weights.get(node) in (ABSENT, PRESENT):
            return False
        has_child = any(child in self.relevant for child, _ in self.network.children[node])
        return has_child or node in self.targets

    def _enter(self, node: int) -> None:
        record = self.network.nodes[node]
        silent = 1.0 - record.leak[self.lanes]
        hidden: list[tuple[int, Array]] = []
        for place, parent in enumerate(record.parents):
            link = record.links[place][self.lanes]
            if self._hidden(parent):
                hidden.append((parent, link))
            elif self.weights[parent] == PRESENT:
                silent = silent * (1.0 - link)
        off, on = self.weights.get(node, (1.0, 1.0))
        if (off, on) == ABSENT:
            self._fold_absent(silent, hidden)
        elif self._hidden(node):
            self.heads[node] = Head(off * silent, on * (1.0 - silent), np.full_like(silent, on))
            self.parents[node] = tuple(hidden)
        elif hidden:
            self.heads[node] = Head(silent, off * silent + on * (1.0 - silent), np.full_like(silent, on))
            self.parents[node] = tuple(hidden)
        else:
            self.constant *= off * silent + on * (1.0 - silent)

    def _fold_absent(self, silent: Array, hidden: list[tuple[int, Array]]) -> None:
        self.constant *= silent
        for parent, link in hidden:
            self.tilt[parent] = self.tilt.get(parent, np.ones_like(link)) * (1.0 - link)

    def _tilted(self, variables: frozenset[int]) -> dict[int, Head]:
        return {
            node: Head(head.nn, head.ny * self.tilt[node], head.yy * self.tilt[node])
            if node in variables and node in self.tilt
            else head
            for node, head in self.heads.items()
        }


def _fold_roots(problem: Problem, targets: frozenset[int]) -> Problem:
    """Sum out hidden roots that have one child and are not asked for, into the child's head."""
    children: dict[int, list[int]] = {}
    for node, parents in problem.parents.items():
        for parent, _ in parents:
            children.setdefault(parent, []).append(node)
    folded = {
        node
        for node in problem.variables
        if node not in targets and not problem.parents[node] and len(children.get(node, ())) == 1
    }
    heads = {node: head for node, head in problem.heads.items() if node not in folded}
    kept: dict[int, tuple[tuple[int, Array], ...]] = {}
    for node in heads:
        for parent, link in problem.parents[node]:
            if parent in folded:
                heads[node] = _with_root(heads[node], problem.heads[parent], link)
        kept[node] = tuple(pair for pair in problem.parents[node] if pair[0] not in folded)
    return _close_orphans(Problem(heads, kept, problem.variables - folded, problem.constant))


def _with_root(head: Head, root: Head, link: Array) -> Head:
    """The head after a root (absent root.nn, present root.ny) has acted through its link first."""
    absent, present = root.nn, root.ny
    through, kept, total = present * link, absent + present * (1.0 - link), absent + present
    return Head(head.nn * kept, head.ny * kept + head.yy * through, head.yy * total)


def _close_orphans(problem: Problem) -> Problem:
    """Observed axes left without hidden parents are numbers: n = 1, y = 0 closes to ny."""
    done = {node for node in problem.heads if node not in problem.variables and not problem.parents[node]}
    constant = problem.constant
    for node in done:
        constant = constant * problem.heads[node].ny
    heads = {node: head for node, head in problem.heads.items() if node not in done}
    return Problem(heads, {node: problem.parents[node] for node in heads}, problem.variables, constant)
