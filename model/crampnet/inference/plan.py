"""Which tables to multiply, and when to sum out: bucket elimination in a min-fill order.

A node can have two binary axes in a table: its contributions (has some parent brought it about yet?), on which its
parents act, and its state, with which it acts on its children. Both may be open at once, so nodes can be eliminated in
any order. Findings that nearly every reason can show stay open to the end and do not steer the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from crampnet.inference.order import Orders, Parents
from crampnet.inference.reduction import Problem

WIDE = 12
"""An observed node with at least this many hidden parents stays open to the end."""
CHEAP = 1 << 18
"""A first plan with no more work than this is taken without looking for another."""
REACH = 2
"""How many more axes a table may gain by absorbing another one early, in the second plan. The third one has a single
table for everything, which wins where many findings stay open to the end. The plan with the least work is taken."""
ROOMY = 1 << 27
"""A plan that stores more numbers than this is taken only when no other one stores less."""
MERGING = 4.0
"""What a number in an unfolded product costs, in numbers of the other operations."""

Kind = Literal["unit", "merge", "expand", "act", "state", "leave", "close"]


def contributions(node: int) -> int:
    """Label of the axis on which a node's parents act."""
    return 2 * node


def state(node: int) -> int:
    """Label of the axis of a node's own state."""
    return 2 * node + 1


@dataclass(frozen=True)
class Op:
    """One operation on tables; tables are numbered in the order in which they arise.

    unit: ones; merge: product of a and b; expand: a with the node's state axis added; act: the node's link to a child;
    state: the node's head, contributions to state; leave: the node acts on `children` and its state is summed out;
    close: an observed node's contributions meet the observation. axes: of the result, in storage order.
    """

    kind: Kind
    axes: tuple[int, ...]
    a: int = -1
    b: int = -1
    node: int = -1
    children: tuple[int, ...] = ()


def kept_tables(op: Op) -> tuple[int, ...]:
    """Tables from before an operation that the way back needs: products and leaving nodes look at their inputs."""
    return tuple(t for t in (op.a, op.b) if t >= 0) if op.kind in ("merge", "leave") else ()


@dataclass(frozen=True)
class Plan:
    """Operations and what they will take.

    width: most axes in one table; stored: numbers that stay for the way back, for one lane; work: numbers to compute,
    products counted with their unfolding.
    """

    ops: tuple[Op, ...]
    width: int
    stored: int
    work: int


def make_plan(problem: Problem) -> Plan:
    """Plan the elimination of all hidden nodes of a problem."""
    parents = {n: tuple(p for p, _ in pairs) for n, pairs in problem.parents.items()}
    wide = [n for n, p in parents.items() if n not in problem.variables and len(p) >= WIDE]
    orders = Orders(problem.variables, parents, frozenset(wide))
    first = _Writer(problem, parents, tree := orders.tree(), wide, 0).write()
    if first.work <= CHEAP:
        return first
    others = [(tree, REACH), (orders.line(), None)]
    plans = [first, *(_Writer(problem, parents, order, wide, reach).write() for order, reach in others)]
    return min(plans, key=lambda plan: (plan.stored > ROOMY, plan.work))


class _Writer:
    """Writes the operations, keeping the set of tables that are still to be multiplied."""

    def __init__(
        self,
        problem: Problem,
        parents: Parents,
        order: Sequence[int],
        wide: Sequence[int],
        reach: int | None,
    ) -> None:
        self.reach = reach
        self.variables = problem.variables
        self.order = order
        self.wide = frozenset(wide)
        self.waiting = {n: set(p) for n, p in parents.items()}  # parents that have not acted
        self.owing: dict[int, set[int]] = {n: set() for n in parents}  # children not acted upon
        for node, its in parents.items():
            for parent in its:
                self.owing[parent].add(node)
        self.rank = {n: i for i, n in enumerate([*order, *wide])}
        self.pool: set[int] = set()
        self.ops: list[Op] = []
        self.width = self.stored = self.work = 0

    def write(self) -> Plan:
        for node in self.order:
            self._eliminate(node)
        table = self._merged(self.pool) if self.pool else self._emit("unit", ())
        for node in sorted(self.wide):
            table = self._close(table, node)
        return Plan(tuple(self.ops), self.width, self.stored, self.work)

    # -- one bucket -------------------------------------------------------------------------------

    def _eliminate(self, node: int) -> None:
        mine = {contributions(node), state(node)}
        alone = self.reach is None
        bucket = [t for t in self.pool if alone or not mine.isdisjoint(self.ops[t].axes)]
        table = self._merged(bucket) if bucket else self._emit("unit", ())
        for parent in sorted(self.waiting[node], key=self.rank.__getitem__):
            table = self._act(table, parent, node)
        if node in self.variables:
            table = self._leave(self._absorb(self._state(table, node), node), node)
        else:
            table = self._close(table, node)
        self.pool.add(table)

    def _merged(self, tables: Iterable[int]) -> int:
        """The product of some tables of the pool, smallest first; they leave the pool."""
        waiting = sorted(tables, key=lambda t: (len(self.ops[t].axes), t))
        self.pool.difference_update(waiting)
        table = waiting[0]
        for other in waiting[1:]:
            table = self._merge(table, other)
        return table

    def _merge(self, a: int, b: int) -> int:
        first, second = set(self.ops[a].axes), set(self.ops[b].axes)
        shared = sum(axis % 2 == 0 for axis in first & second)
        return self._emit("merge", first | second, a=a, b=b, extra=MERGING * 1.5**shared)

    def _act(self, table: int, parent: int, child: int) -> int:
        """The link from a parent that has not been eliminated."""
        axes = set(self.ops[table].axes)
        if state(parent) not in axes:
            axes |= {state(parent)}
            table = self._emit("expand", axes, a=table, node=parent)
        self.waiting[child].discard(parent)
        self.owing[parent].discard(child)
        return self._emit("act", axes | {contributions(child)}, a=table, node=parent, children=(child,))

    def _state(self, table: int, node: int) -> int:
        axes = set(self.ops[table].axes) - {contributions(node)} | {state(node)}
        return self._emit("state", axes, a=table, node=node)

    def _absorb(self, table: int, node: int) -> int:
        """Take in a table whose axes the node is about to act on, where that is cheaper than a product later."""
        if self.reach is None or not self.owing[node] & self.wide or self._wide_axes(table):
            return table
        for other in sorted(self.pool, reverse=True):
            theirs = self._wide_axes(other)
            more = len(set(self.ops[other].axes) - set(self.ops[table].axes)) - len(theirs)
            if theirs and more <= self.reach:
                self.pool.discard(other)
                return self._merge(table, other)
        return table

    def _wide_axes(self, table: int) -> set[int]:
        return {axis for axis in self.ops[table].axes if axis // 2 in self.wide}

    def _leave(self, table: int, node: int) -> int:
        children = tuple(sorted(self.owing[node], key=self.rank.__getitem__))
        for child in children:
            self.waiting[child].discard(node)
        self.owing[node].clear()
        axes = set(self.ops[table].axes) - {state(node)} | {contributions(c) for c in children}
        return self._emit("leave", axes, a=table, node=node, children=children)

    def _close(self, table: int, node: int) -> int:
        axes = set(self.ops[table].axes) - {contributions(node)}
        return self._emit("close", axes, a=table, node=node)

    def _emit(
        self,
        kind: Kind,
        axes: Iterable[int],
        *,
        a: int = -1,
        b: int = -1,
        node: int = -1,
        children: tuple[int, ...] = (),
        extra: float = 1.0,
    ) -> int:
        stored = tuple(sorted(axes, key=lambda axis: (self.rank[axis // 2], axis)))
        self.ops.append(Op(kind, stored, a, b, node, children))
        self.width = max(self.width, len(stored))
        self.stored += sum(1 << len(self.ops[t].axes) for t in kept_tables(self.ops[-1]))
        self.work += int(extra * (1 << len(stored)))
        return len(self.ops) - 1
