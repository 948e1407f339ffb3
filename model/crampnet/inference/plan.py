"""The order of elimination: a program of steps over one table whose axes are the nodes still open.

A node's axis opens with the first parent that acts on it (then it tells whether some parent has brought it about yet),
becomes the node's own state when all parents have acted, and goes when the node has acted on all its children.
Nodes of the network's visiting order wait for their visit; all others are acted upon as soon as a parent can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crampnet.inference.reduction import Problem


@dataclass(frozen=True)
class Step:
    """One step.

    complete: all parents have acted, the axis becomes the node's state (a root's axis opens); act: the node acts on its
    children and stays; leave: it acts on them and is summed out; close: an observed node meets its observation.
    """

    kind: Literal["complete", "act", "leave", "close"]
    node: int
    children: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Steps and the predicted work: width = most axes open at once, cells = sum of the table sizes over the steps."""

    steps: tuple[Step, ...]
    width: int
    cells: int


def make_plan(problem: Problem, order: Sequence[int]) -> Plan:
    """Plan the elimination of all hidden nodes of a problem.

    order: positions of nodes to visit one by one, parents before children, so arranged that few axes stay open.
    """
    return _Writer(problem, order).write()


class _Writer:
    def __init__(self, problem: Problem, order: Sequence[int]) -> None:
        self.variables = problem.variables
        self.parents = {n: tuple(p for p, _ in pairs) for n, pairs in problem.parents.items()}
        self.waiting = {n: len(parents) for n, parents in self.parents.items()}
        self.owing: dict[int, list[int]] = {n: [] for n in self.parents}
        for node, parents in self.parents.items():
            for parent in parents:
                self.owing[parent].append(node)
        self.order = [n for n in order if n in self.parents]
        self.ordered = set(self.order)
        self.open: set[int] = set()
        self.complete: set[int] = set()
        self.steps: list[Step] = []
        self.width = self.cells = 0

    def write(self) -> Plan:
        for node in self.order:
            self._visit(node)
        for node in sorted(n for n, parents in self.parents.items() if not parents):
            self._visit(node)
        return Plan(tuple(self.steps), self.width, self.cells)

    def _visit(self, node: int) -> None:
        if node in self.complete:
            return
        for parent in self.parents[node]:
            if parent not in self.complete:
                self._visit(parent)
        for parent in self.parents[node]:
            if node in self.owing[parent]:
                self._act(parent, (node,))
        if not self.parents[node]:
            self._full(node)

    def _full(self, node: int) -> None:
        """All parents have acted on the node."""
        self.complete.add(node)
        if node not in self.variables:
            self._emit(Step("close", node))
            self.open.discard(node)
            return
        self.open.add(node)
        self._emit(Step("complete", node))
        self._act(node, tuple(c for c in self.owing[node] if c not in self.ordered))

    def _act(self, node: int, children: tuple[int, ...]) -> None:
        self.owing[node] = [c for c in self.owing[node] if c not in children]
        self.open.update(children)
        if not self.owing[node]:
            self._emit(Step("leave", node, children))
            self.open.discard(node)
        elif children:
            self._emit(Step("act", node, children))
        for child in children:
            self.waiting[child] -= 1
            if not self.waiting[child]:
                self._full(child)

    def _emit(self, step: Step) -> None:
        self.steps.append(step)
        self.width = max(self.width, len(self.open))
        self.cells += 1 << len(self.open)
