"""Run a plan: forward over the tables, back for the posteriors, and no subtraction anywhere.

A contributions axis holds (n, y) = (no parent has brought the node about yet, some parent has). A link acts on it as
n -> q n, y -> y + p n; two tables that share it combine as n = n1 n2, y = n1 y2 + y1 (n2 + y2); a state axis multiplies
point by point. So every step adds and multiplies non-negative numbers only.

With g the derivative of P(evidence) by each entry of a table T, sum(g * T) = P(evidence) for every table on the way
to the last one; the relative deviation over all eliminated nodes is the residual, a certificate of the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crampnet.inference.plan import Op, Plan, contributions, kept_tables, state
from crampnet.inference.product import product, product_gradients
from crampnet.inference.reduction import Problem
from crampnet.inference.tables import (
    Layout,
    deviation,
    embed,
    halves,
    parameter,
    place,
    restrict,
    total,
    with_axis,
    without,
)
from crampnet.network.network import Array


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
        self.link = {(p, c): parameter(v) for c, pairs in problem.parents.items() for p, v in pairs}
        self.head = {n: (parameter(h.nn), parameter(h.ny), parameter(h.yy)) for n, h in problem.heads.items()}
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
        for number in range(len(self.ops) - 1, -1, -1):
            op, gradient = self.ops[number], gradients.pop(number)
            self.tables[number] = None
            match op.kind:
                case "unit":
                    continue
                case "merge":
                    gradients[op.a], gradients[op.b] = self._merge_back(op, gradient)
                case "expand":
                    gradients[op.a] = gradient.sum(axis=place(op.axes, state(op.node)))
                case "act":
                    gradients[op.a] = self._act_back(op, gradient)
                case "state":
                    gradients[op.a] = self._state_back(op, gradient)
                case "close":
                    gradients[op.a] = self._close_back(op, gradient)
                case "leave":
                    gradients[op.a] = back = self._leave_back(op, gradient)
                    absent, present = halves(self._table(op.a) * back, self._axes(op.a), state(op.node))
                    joint[op.node] = total(present)
                    residual = max(residual, deviation(total(absent) + joint[op.node], evidence))
        return joint, residual

    def _do(self, op: Op) -> Array:
        match op.kind:
            case "unit":
                return np.ones(self.lanes)
            case "merge":
                return self._merge(op)
            case "expand":
                table = self._table(op.a)
                return np.stack([table, table], axis=place(op.axes, state(op.node)))
            case "act":
                return self._act(op)
            case "state":
                return self._state(op)
            case "leave":
                absent, present = halves(self._table(op.a), self._axes(op.a), state(op.node))
                axes = without(self._axes(op.a), state(op.node))
                return self._links(present, axes, op) + embed(absent, axes, op.axes)
            case "close":
                _, ny, yy = self.head[op.node]
                n, y = halves(self._table(op.a), self._axes(op.a), contributions(op.node))
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
        layout = Layout(self._axes(op.a), self._axes(op.b), op.axes, self.lanes)
        a, b = layout.left(self._table(op.a)), layout.right(self._table(op.b))
        return layout.result(product(a, b, layout.shared))

    def _merge_back(self, op: Op, gradient: Array) -> tuple[Array, Array]:
        layout = Layout(self._axes(op.a), self._axes(op.b), op.axes, self.lanes)
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
                n, y = halves(table, axes, axis)
                y += p * n
                n *= 1.0 - p
            else:
                axes = with_axis(axes, axis, op.axes)
                table = np.stack([(1.0 - p) * table, p * table], axis=axes.index(axis))
        return table

    def _links_back(self, gradient: Array, before: tuple[int, ...], after: tuple[int, ...], op: Op) -> Array:
        """Adjoint of _links; `before` and `after` are the axes around it."""
        gradient, axes = gradient.copy(), after
        for child in reversed(op.children):
            p, axis = self.link[op.node, child], contributions(child)
            n, y = halves(gradient, axes, axis)
            n *= 1.0 - p
            n += p * y
            if axis not in before:
                gradient, axes = n.copy(), without(axes, axis)
        return gradient

    def _act(self, op: Op) -> Array:
        axes = self._axes(op.a)
        absent, present = halves(self._table(op.a), axes, state(op.node))
        rest, after = without(axes, state(op.node)), without(op.axes, state(op.node))
        acted = self._links(present, rest, op)
        return np.stack([embed(absent, rest, after), acted], axis=place(op.axes, state(op.node)))

    def _act_back(self, op: Op, gradient: Array) -> Array:
        axes = self._axes(op.a)
        rest, after = without(axes, state(op.node)), without(op.axes, state(op.node))
        absent, present = halves(gradient, op.axes, state(op.node))
        back = self._links_back(present, rest, after, op)
        return np.stack([restrict(absent, rest, after), back], axis=place(axes, state(op.node)))

    def _leave_back(self, op: Op, gradient: Array) -> Array:
        axes = self._axes(op.a)
        rest = without(axes, state(op.node))
        present = self._links_back(gradient, rest, op.axes, op)
        return np.stack([restrict(gradient, rest, op.axes), present], axis=place(axes, state(op.node)))

    # -- heads ------------------------------------------------------------------------------------

    def _state(self, op: Op) -> Array:
        """(n, y) to (absent, present) = (nn n, ny n + yy y); the table has contributions, a state, both or none."""
        nn, ny, yy = self.head[op.node]
        axes, table = self._axes(op.a), self._table(op.a)
        here = place(op.axes, state(op.node))
        if contributions(op.node) not in axes:
            absent, present = halves(table, axes, state(op.node)) if state(op.node) in axes else (table, table)
            return np.stack([nn * absent, ny * present], axis=here)
        n, y = halves(table, axes, contributions(op.node))
        if state(op.node) not in axes:
            return np.stack([nn * n, ny * n + yy * y], axis=here)
        rest = without(axes, contributions(op.node))
        n_absent, n_present = halves(n, rest, state(op.node))
        _, y_present = halves(y, rest, state(op.node))
        return np.stack([nn * n_absent, ny * n_present + yy * y_present], axis=here)

    def _state_back(self, op: Op, gradient: Array) -> Array:
        nn, ny, yy = self.head[op.node]
        axes = self._axes(op.a)
        absent, present = halves(gradient, op.axes, state(op.node))
        if contributions(op.node) not in axes:
            if state(op.node) not in axes:
                return nn * absent + ny * present
            return np.stack([nn * absent, ny * present], axis=place(axes, state(op.node)))
        here = place(axes, contributions(op.node))
        if state(op.node) not in axes:
            return np.stack([nn * absent + ny * present, yy * present], axis=here)
        rest = without(axes, contributions(op.node))
        at = place(rest, state(op.node))
        n = np.stack([nn * absent, ny * present], axis=at)
        y = np.stack([np.zeros_like(absent), yy * present], axis=at)
        return np.stack([n, y], axis=here)

    def _close_back(self, op: Op, gradient: Array) -> Array:
        _, ny, yy = self.head[op.node]
        here = place(self._axes(op.a), contributions(op.node))
        return np.stack([ny * gradient, yy * gradient], axis=here)
