"""Run a plan: forward over the tables, back for the posteriors, and no subtraction anywhere.

A contributions axis holds (n, y) = (no parent has brought the node about yet, some parent has). A link acts on it as
n -> q n, y -> y + p n; two tables that share it combine as n = n1 n2, y = n1 y2 + y1 (n2 + y2); a state axis multiplies
point by point. So every step adds and multiplies non-negative numbers only.

With g the derivative of P(evidence) by each entry of a table T, sum(g * T) = P(evidence) for every table on the way
to the last one; the relative deviation over all eliminated nodes is the residual, a certificate of the arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crampnet.inference.plan import Op, Plan, contributions, kept_tables, state
from crampnet.inference.product import product, product_gradients
from crampnet.inference.reduction import Problem
from crampnet.network.network import Array

Param = float | Array


@dataclass(frozen=True)
class Sweep:
    """Result of a run.

    evidence: P(evidence) in each lane, shape (lanes,); joint: node -> P(node present, evidence), shape (lanes,);
    residual: largest relative deviation of sum(g * T) from P(evidence), over the eliminated nodes and the lanes.
    """

    evidence: Array
    joint: dict[int, Array]
    residual: float


def evidence_probability(problem: Problem, plan: Plan) -> Array:
    """P(evidence) in each lane, shape (lanes,): the forward pass alone."""
    return _Run(problem, plan).forward(keep=False) * problem.constant


def sweep(problem: Problem, plan: Plan) -> Sweep:
    """P(evidence) and P(node present, evidence) for every hidden node: forward and backward pass."""
    run = _Run(problem, plan)
    evidence = run.forward(keep=True)
    joint, residual = run.backward(evidence)
    return Sweep(evidence * problem.constant, {n: j * problem.constant for n, j in joint.items()}, residual)


class _Run:
    """Both passes. A table has one axis of length 2 for each of its labels and the lanes as its last axis."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.ops = plan.ops
        self.lanes = len(problem.constant)
        self.link = {(p, c): _param(v) for c, pairs in problem.parents.items() for p, v in pairs}
        self.head = {n: (_param(h.nn), _param(h.ny), _param(h.yy)) for n, h in problem.heads.items()}
        self.tables: list[Array | None] = []

    def forward(self, *, keep: bool) -> Array:
        """The last table, shape (lanes,); with keep those stay that the way back needs."""
        for op in self.ops:
            self.tables.append(self._do(op))
            needed = kept_tables(op) if keep else ()
            for used in (op.a, op.b):
                if used >= 0 and used not in needed:
                    self.tables[used] = None
        return self._table(len(self.ops) - 1)

    def backward(self, evidence: Array) -> tuple[dict[int, Array], float]:
        """P(node present, evidence) for each node that was summed out, and the residual."""
        gradients: dict[int, Array] = {len(self.ops) - 1: np.ones(self.lanes)}
        joint: dict[int, Array] = {}
        residual = 0.0
        for place in range(len(self.ops) - 1, -1, -1):
            op, gradient = self.ops[place], gradients.pop(place)
            self.tables[place] = None
            match op.kind:
                case "unit":
                    continue
                case "merge":
                    gradients[op.a], gradients[op.b] = self._merge_back(op, gradient)
                case "expand":
                    gradients[op.a] = gradient.sum(axis=_place(op.axes, state(op.node)))
                case "act":
                    gradients[op.a] = self._act_back(op, gradient)
                case "state":
                    gradients[op.a] = self._state_back(op, gradient)
                case "close":
                    gradients[op.a] = self._close_back(op, gradient)
                case "leave":
                    gradients[op.a] = back = self._leave_back(op, gradient)
                    absent, present = _halves(self._table(op.a) * back, self._axes(op.a), state(op.node))
                    joint[op.node] = _total(present)
                    residual = max(residual, _deviation(_total(absent) + joint[op.node], evidence))
        return joint, residual

    def _do(self, op: Op) -> Array:
        match op.kind:
            case "unit":
                return np.ones(self.lanes)
            case "merge":
                return self._merge(op)
            case "expand":
                table = self._table(op.a)
                return np.stack([table, table], axis=_place(op.axes, state(op.node)))
            case "act":
                return self._act(op)
            case "state":
                return self._state(op)
            case "leave":
                absent, present = _halves(self._table(op.a), self._axes(op.a), state(op.node))
                axes = _without(self._axes(op.a), state(op.node))
                return self._links(present, axes, op) + _embed(absent, axes, op.axes)
            case "close":
                _, ny, yy = self.head[op.node]
                n, y = _halves(self._table(op.a), self._axes(op.a), contributions(op.node))
                return ny * n + yy * y

    def _table(self, number: int) -> Array:
        table = self.tables[number]
        if table is None:
            raise ValueError(f"table {number} has been dropped")
        return table

    def _axes(self, number: int) -> tuple[int, ...]:
        return self.ops[number].axes

    # -- products ---------------------------------------------------------------------------------

    def _merge(self, op: Op) -> Array:
        layout = _Layout(self._axes(op.a), self._axes(op.b), op.axes, self.lanes)
        a, b = layout.left(self._table(op.a)), layout.right(self._table(op.b))
        return layout.result(product(a, b, layout.shared))

    def _merge_back(self, op: Op, gradient: Array) -> tuple[Array, Array]:
        layout = _Layout(self._axes(op.a), self._axes(op.b), op.axes, self.lanes)
        a, b = layout.left(self._table(op.a)), layout.right(self._table(op.b))
        to_a, to_b = product_gradients(a, b, layout.shared, layout.unresult(gradient))
        return layout.unleft(to_a), layout.unright(to_b)

    # -- links ------------------------------------------------------------------------------------

    def _links(self, table: Array, axes: tuple[int, ...], op: Op) -> Array:
        """The table after the node, present, has acted on the children of the operation."""
        table = table.copy()
        for child in op.children:
            p, axis = self.link[op.node, child], contributions(child)
            if axis in axes:
                n, y = _halves(table, axes, axis)
                y += p * n
                n *= 1.0 - p
            else:
                axes = _with(axes, axis, op.axes)
                table = np.stack([(1.0 - p) * table, p * table], axis=axes.index(axis))
        return table

    def _links_back(self, gradient: Array, before: tuple[int, ...], after: tuple[int, ...], op: Op) -> Array:
        """Adjoint of _links; `before` and `after` are the axes around it."""
        gradient, axes = gradient.copy(), after
        for child in reversed(op.children):
            p, axis = self.link[op.node, child], contributions(child)
            n, y = _halves(gradient, axes, axis)
            n *= 1.0 - p
            n += p * y
            if axis not in before:
                gradient, axes = n.copy(), _without(axes, axis)
        return gradient

    def _act(self, op: Op) -> Array:
        axes = self._axes(op.a)
        absent, present = _halves(self._table(op.a), axes, state(op.node))
        rest, after = _without(axes, state(op.node)), _without(op.axes, state(op.node))
        acted = self._links(present, rest, op)
        return np.stack([_embed(absent, rest, after), acted], axis=_place(op.axes, state(op.node)))

    def _act_back(self, op: Op, gradient: Array) -> Array:
        axes = self._axes(op.a)
        rest, after = _without(axes, state(op.node)), _without(op.axes, state(op.node))
        absent, present = _halves(gradient, op.axes, state(op.node))
        back = self._links_back(present, rest, after, op)
        return np.stack([_restrict(absent, rest, after), back], axis=_place(axes, state(op.node)))

    def _leave_back(self, op: Op, gradient: Array) -> Array:
        axes = self._axes(op.a)
        rest = _without(axes, state(op.node))
        present = self._links_back(gradient, rest, op.axes, op)
        return np.stack([_restrict(gradient, rest, op.axes), present], axis=_place(axes, state(op.node)))

    # -- heads ------------------------------------------------------------------------------------

    def _state(self, op: Op) -> Array:
        """(n, y) to (absent, present) = (nn n, ny n + yy y); the table has contributions, a state, both or none."""
        nn, ny, yy = self.head[op.node]
        axes, table = self._axes(op.a), self._table(op.a)
        here = _place(op.axes, state(op.node))
        if contributions(op.node) not in axes:
            absent, present = _halves(table, axes, state(op.node)) if state(op.node) in axes else (table, table)
            return np.stack([nn * absent, ny * present], axis=here)
        n, y = _halves(table, axes, contributions(op.node))
        if state(op.node) not in axes:
            return np.stack([nn * n, ny * n + yy * y], axis=here)
        rest = _without(axes, contributions(op.node))
        n_absent, n_present = _halves(n, rest, state(op.node))
        _, y_present = _halves(y, rest, state(op.node))
        return np.stack([nn * n_absent, ny * n_present + yy * y_present], axis=here)

    def _state_back(self, op: Op, gradient: Array) -> Array:
        nn, ny, yy = self.head[op.node]
        axes = self._axes(op.a)
        absent, present = _halves(gradient, op.axes, state(op.node))
        if contributions(op.node) not in axes:
            if state(op.node) not in axes:
                return nn * absent + ny * present
            return np.stack([nn * absent, ny * present], axis=_place(axes, state(op.node)))
        here = _place(axes, contributions(op.node))
        if state(op.node) not in axes:
            return np.stack([nn * absent + ny * present, yy * present], axis=here)
        rest = _without(axes, contributions(op.node))
        at = _place(rest, state(op.node))
        n = np.stack([nn * absent, ny * present], axis=at)
        y = np.stack([np.zeros_like(absent), yy * present], axis=at)
        return np.stack([n, y], axis=here)

    def _close_back(self, op: Op, gradient: Array) -> Array:
        _, ny, yy = self.head[op.node]
        here = _place(self._axes(op.a), contributions(op.node))
        return np.stack([ny * gradient, yy * gradient], axis=here)


class _Layout:
    """Two tables and their product as (lanes and axes that agree point by point, shared contributions, own axes)."""

    def __init__(self, a: Sequence[int], b: Sequence[int], out: Sequence[int], lanes: int) -> None:
        self.a, self.b, self.out, self.lanes = a, b, out, lanes
        points = [x for x in a if x in b and x % 2]
        sums = [x for x in a if x in b and not x % 2]
        self.shared = len(sums)
        self.order_a = [*points, *sums, *(x for x in a if x not in b)]
        self.order_b = [*points, *sums, *(x for x in b if x not in a)]
        self.order = [*self.order_a, *(x for x in b if x not in a)]
        self.common = len(points) + len(sums)
        self.batch = lanes << len(points)

    def left(self, table: Array) -> Array:
        """The first table as (batch, 2**shared, own)."""
        return _permuted(table, self.a, self.order_a).reshape(self.batch, 1 << self.shared, -1)

    def right(self, table: Array) -> Array:
        """The second table as (batch, 2**shared, own)."""
        return _permuted(table, self.b, self.order_b).reshape(self.batch, 1 << self.shared, -1)

    def result(self, table: Array) -> Array:
        """A product in storage order."""
        return self._restored(table, self.order, self.out)

    def unresult(self, table: Array) -> Array:
        """A gradient by the product as (batch, 2**shared, own of a, own of b)."""
        flat = _permuted(table, self.out, self.order)
        return flat.reshape(self.batch, 1 << self.shared, 1 << (len(self.a) - self.common), -1)

    def unleft(self, table: Array) -> Array:
        """A gradient by the first table in storage order."""
        return self._restored(table, self.order_a, self.a)

    def unright(self, table: Array) -> Array:
        """A gradient by the second table in storage order."""
        return self._restored(table, self.order_b, self.b)

    def _restored(self, table: Array, order: Sequence[int], axes: Sequence[int]) -> Array:
        nested = table.reshape([self.lanes, *[2] * len(order)])
        places = [order.index(x) + 1 for x in axes]
        return np.ascontiguousarray(nested.transpose([*places, 0]))


def _permuted(table: Array, axes: Sequence[int], order: Sequence[int]) -> Array:
    """Lanes first, then the axes in another order, contiguous."""
    places = [axes.index(x) for x in order]
    return np.ascontiguousarray(table.transpose([len(axes), *places]))


def _place(axes: Sequence[int], axis: int) -> int:
    return list(axes).index(axis)


def _without(axes: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return tuple(x for x in axes if x != axis)


def _with(axes: tuple[int, ...], axis: int, like: Sequence[int]) -> tuple[int, ...]:
    """The axes and one more, in the order of `like`."""
    return tuple(x for x in like if x in axes or x == axis)


def _halves(table: Array, axes: Sequence[int], axis: int) -> tuple[Array, Array]:
    """Views of the two halves of a table along an axis."""
    moved = np.moveaxis(table, _place(axes, axis), 0)
    return moved[0], moved[1]


def _embed(table: Array, axes: Sequence[int], wider: Sequence[int]) -> Array:
    """The table with the axes that it lacks, all of it where no parent has acted on them."""
    for place, axis in enumerate(wider):
        if axis not in axes:
            table = np.stack([table, np.zeros_like(table)], axis=place)
    return table


def _restrict(table: Array, axes: Sequence[int], wider: Sequence[int]) -> Array:
    """Adjoint of _embed."""
    return table[tuple(slice(None) if axis in axes else 0 for axis in wider)]


def _total(table: Array) -> Array:
    return np.asarray(table.reshape(-1, table.shape[-1]).sum(axis=0))


def _deviation(total: Array, evidence: Array) -> float:
    possible = evidence > 0.0
    return float(np.max(np.abs(total - evidence)[possible] / evidence[possible], initial=0.0))


def _param(value: Array) -> Param:
    """A lane parameter as a plain number when it is the same in all lanes."""
    first = float(value[0])
    return first if bool((value == first).all()) else value
