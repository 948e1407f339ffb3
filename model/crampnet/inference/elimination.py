"""Run a plan: one pass forward over one table, one pass back, and no subtraction anywhere.

The table holds P(evidence so far, state of the open axes); an axis of a node whose parents have not all acted holds
(n, y) = (no parent has brought it about yet, some parent has). A link acts as n -> q n, y -> y + p n, so every step
adds and multiplies non-negative numbers only.

The forward table a and the backward table b satisfy sum(a * b) = P(evidence) at every step; the relative deviation
between the end of the one pass and the end of the other is returned as the residual, a certificate of the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crampnet.inference.plan import Plan, Step
from crampnet.inference.reduction import Problem
from crampnet.network.network import Array

Param = float | Array


@dataclass(frozen=True)
class Sweep:
    """Result of a run.

    evidence: P(evidence) in each lane, shape (lanes,); joint: node -> P(node present, evidence), shape (lanes,);
    residual: relative deviation of the two passes from each other, the largest over the lanes.
    """

    evidence: Array
    joint: dict[int, Array]
    residual: float


@dataclass(frozen=True)
class _Trace:
    """What a step leaves for the way back: axes before it, and for a leaving node its present half before acting."""

    step: Step
    axes: tuple[int, ...]
    half: Array | None


def evidence_probability(problem: Problem, plan: Plan) -> Array:
    """P(evidence) in each lane, shape (lanes,): the forward pass alone."""
    table, _ = _Pass(problem).forward(plan, keep=False)
    return table * problem.constant


def sweep(problem: Problem, plan: Plan) -> Sweep:
    """P(evidence) and P(node present, evidence) for every hidden node: forward and backward pass."""
    runner = _Pass(problem)
    table, traces = runner.forward(plan, keep=True)
    joint, residual = runner.backward(traces, table)
    scaled = {node: value * problem.constant for node, value in joint.items()}
    return Sweep(table * problem.constant, scaled, residual)


class _Pass:
    """Both passes over one problem. Tables are flat: 2**axes * lanes numbers, first axis slowest, lane fastest."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.lanes = len(problem.constant)
        self.link = {(p, c): _param(v) for c, pairs in problem.parents.items() for p, v in pairs}
        self.head = {n: (_param(h.nn), _param(h.ny), _param(h.yy)) for n, h in problem.heads.items()}

    def forward(self, plan: Plan, *, keep: bool) -> tuple[Array, list[_Trace]]:
        """The last table, shape (lanes,), and what the steps leave for the way back."""
        table, axes = np.ones(self.lanes), ()
        traces: list[_Trace] = []
        for step in plan.steps:
            before, half = axes, None
            match step.kind:
                case "complete":
                    table, axes = self._complete(table, axes, step.node)
                case "close":
                    table, axes = self._close(table, axes, step.node)
                case "act":
                    table, axes = self._act(table, axes, step)
                case "leave":
                    table, axes, half = self._leave(table, axes, step)
            if keep:
                traces.append(_Trace(step, before, half))
        return table, traces

    def backward(self, traces: list[_Trace], evidence: Array) -> tuple[dict[int, Array], float]:
        """P(node present, evidence) for each node that left, and the residual."""
        adjoint = np.ones(self.lanes)
        joint: dict[int, Array] = {}
        for trace in reversed(traces):
            match trace.step.kind:
                case "complete":
                    adjoint = self._complete_back(adjoint, trace)
                case "close":
                    adjoint = self._close_back(adjoint, trace)
                case "act":
                    adjoint = self._act_back(adjoint, trace)
                case "leave":
                    adjoint, joint[trace.step.node] = self._leave_back(adjoint, trace)
        with np.errstate(divide="ignore", invalid="ignore"):
            deviation = np.abs(adjoint - evidence) / evidence
        return joint, float(np.max(np.where(evidence > 0.0, deviation, 0.0)))

    # -- views ------------------------------------------------------------------------------------

    def _view(self, table: Array, axes: tuple[int, ...], axis: int, *params: Param) -> Array:
        """The table as (before, 2, after) around an axis, lanes apart when a parameter differs by lane."""
        place = axes.index(axis)
        rest = 1 << (len(axes) - place - 1)
        if all(isinstance(p, float) for p in params):
            return table.reshape(1 << place, 2, rest * self.lanes)
        return table.reshape(1 << place, 2, rest, self.lanes)

    def _times(self, table: Array, factor: Param) -> Array:
        if isinstance(factor, float):
            return table * factor
        return (table.reshape(-1, self.lanes) * factor).reshape(-1)

    def _halves(self, table: Array, axes: tuple[int, ...], axis: int) -> tuple[Array, Array]:
        view = self._view(table, axes, axis)
        return view[:, 0].reshape(-1), view[:, 1].reshape(-1)

    def _joined(self, absent: Array, present: Array, axes: tuple[int, ...], axis: int) -> Array:
        """The table whose halves along an axis are these."""
        out = np.empty(2 * len(absent))
        view = self._view(out, axes, axis)
        view[:, 0] = absent.reshape(view[:, 0].shape)
        view[:, 1] = present.reshape(view[:, 1].shape)
        return out

    # -- a node's head ----------------------------------------------------------------------------

    def _complete(
        self, table: Array, axes: tuple[int, ...], node: int
    ) -> tuple[Array, tuple[int, ...]]:
        nn, ny, yy = self.head[node]
        if node not in axes:
            return np.concatenate([self._times(table, nn), self._times(table, ny)]), (node, *axes)
        n, y = self._halves(table, axes, node)
        state = self._joined(
            self._times(n, nn), self._times(n, ny) + self._times(y, yy), axes, node
        )
        return state, axes

    def _complete_back(self, adjoint: Array, trace: _Trace) -> Array:
        node, axes = trace.step.node, trace.axes
        nn, ny, yy = self.head[node]
        if node not in axes:
            half = len(adjoint) // 2
            return self._times(adjoint[:half], nn) + self._times(adjoint[half:], ny)
        absent, present = self._halves(adjoint, axes, node)
        n = self._times(absent, nn) + self._times(present, ny)
        return self._joined(n, self._times(present, yy), axes, node)

    def _close(
        self, table: Array, axes: tuple[int, ...], node: int
    ) -> tuple[Array, tuple[int, ...]]:
        _, ny, yy = self.head[node]
        n, y = self._halves(table, axes, node)
        return self._times(n, ny) + self._times(y, yy), _without(axes, node)

    def _close_back(self, adjoint: Array, trace: _Trace) -> Array:
        _, ny, yy = self.head[trace.step.node]
        n, y = self._times(adjoint, ny), self._times(adjoint, yy)
        return self._joined(n, y, trace.axes, trace.step.node)

    # -- links ------------------------------------------------------------------------------------

    def _links(
        self, half: Array, axes: tuple[int, ...], step: Step
    ) -> tuple[Array, tuple[int, ...]]:
        """The present half of a node's table after it has acted on the children, new axes in front."""
        half = half.copy()
        for child in step.children:
            p = self.link[step.node, child]
            if child in axes:
                view = self._view(half, axes, child, p)
                view[:, 1] += p * view[:, 0]
                view[:, 0] *= 1.0 - p
            else:
                half = np.concatenate([self._times(half, 1.0 - p), self._times(half, p)])
                axes = (child, *axes)
        return half, axes

    def _links_back(self, adjoint: Array, axes: tuple[int, ...], step: Step) -> Array:
        """Adjoint of _links; axes are those before it."""
        adjoint = adjoint.copy()
        opened = [c for c in step.children if c not in axes]
        now = (*reversed(opened), *axes)
        for child in reversed(step.children):
            p = self.link[step.node, child]
            if child in axes:
                view = self._view(adjoint, now, child, p)
                view[:, 0] *= 1.0 - p
                view[:, 0] += p * view[:, 1]
            else:
                half = len(adjoint) // 2
                adjoint = self._times(adjoint[:half], 1.0 - p) + self._times(adjoint[half:], p)
                now = now[1:]
        return adjoint

    def _leave(
        self, table: Array, axes: tuple[int, ...], step: Step
    ) -> tuple[Array, tuple[int, ...], Array]:
        absent, half = self._halves(table, axes, step.node)
        out, after = self._links(half, _without(axes, step.node), step)
        out[: len(absent)] += absent
        return out, after, half

    def _leave_back(self, adjoint: Array, trace: _Trace) -> tuple[Array, Array]:
        state = trace.step.node
        assert trace.half is not None
        present = self._links_back(adjoint, _without(trace.axes, state), trace.step)
        table = self._joined(adjoint[: len(present)], present, trace.axes, state)
        return table, (trace.half * present).reshape(-1, self.lanes).sum(axis=0)

    def _act(
        self, table: Array, axes: tuple[int, ...], step: Step
    ) -> tuple[Array, tuple[int, ...]]:
        absent, half = self._halves(table, axes, step.node)
        acted, after = self._links(half, _without(axes, step.node), step)
        still = np.zeros_like(acted)
        still[: len(absent)] = absent
        return np.concatenate([still, acted]), (step.node, *after)

    def _act_back(self, adjoint: Array, trace: _Trace) -> Array:
        state = trace.step.node
        half = len(adjoint) // 2
        present = self._links_back(adjoint[half:], _without(trace.axes, state), trace.step)
        return self._joined(adjoint[: len(present)], present, trace.axes, state)


def _without(axes: tuple[int, ...], dropped: int) -> tuple[int, ...]:
    return tuple(axis for axis in axes if axis != dropped)


def _param(value: Array) -> Param:
    """A lane parameter as a plain number when it is the same in all lanes."""
    first = float(value[0])
    return first if bool((value == first).all()) else value
