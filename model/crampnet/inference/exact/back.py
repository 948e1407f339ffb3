"""The reverse of a program: posteriors and all derivatives, from the tables that the forward run left in the arena.

With g the derivative of P(evidence) by each entry of a table T, sum(g * T) = P(evidence) for every table on the way to
the last one; the relative deviation over all summed out nodes is the residual, a certificate of the arithmetic.
Everything here runs as it stands, and faster compiled (see kernels). Arguments as in tape; about: what is found about
nodes, shape (5, all nodes, lanes); did: about links at the places of `up_link`, shape (2, places, lanes); told: 1
for those about which that is asked, shape (places,); nodes: of the structure.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crampnet.inference.exact.heads import NN, NY, YY
from crampnet.inference.exact.primitives import (
    KINDS,
    Axes,
    added,
    blended,
    copied,
    dot,
    headed_back,
    lift,
    lower,
    moments,
    moments_where,
    opened_back,
    overlap,
    product_back,
    scaled,
)
from crampnet.inference.exact.program import (
    ABOVE,
    ACT,
    AWAITED,
    CLOSE,
    END,
    FIRST,
    KIND,
    LEAVE,
    MANY,
    MERGE,
    MODE,
    NODE,
    OPEN,
    OWN,
    PAIR,
    PLACE,
    ROOT,
    SIGNED,
    START,
    STATE,
    STEP,
    STRIDE,
    A,
    B,
)
from crampnet.inference.exact.tape import (
    BLOCK,
    act,
    act_where,
    acted,
    awaiting_signed,
    block_of,
    contribution_weights,
    is_signed,
    present_half,
    weights,
)
from crampnet.network.arrays import Ints
from crampnet.network.network import Array

JOINT, D_NN, D_NY, D_YY, LEAK_SLOPE = range(5)
"""Rows of what is found about nodes: P(present, evidence), the derivatives of P(evidence) by the heads and the leak."""
FIRED, SLOPE = range(2)
"""Rows about links: P(it brought its child about, evidence); d P(evidence) / d link."""


class Room(NamedTuple):
    """Room to work in, made once. pair: shape (4, lanes); three: shape (3, lanes); sums: shape (BLOCK, lanes)."""

    pair: Array
    three: Array
    sums: Array


def backward(
    ops: Ints, acts: Ints, axes: Axes, points: Ints, head: Array, p: Array, first: Ints, x: Array,
    evidence: Array, nodes: Ints, told: Ints, about: Array, did: Array,
) -> float:  # fmt: skip
    """Fill in what the reverse pass finds, without the constant; returns the residual. Uses up the tables in x.

    evidence: of the forward pass, shape (lanes,).
    """
    lanes, many, residual = p.shape[1], len(ops) - 1, 0.0
    last, work = ops[many - 1, START] * lanes, ops[many, START] * lanes
    what, room = np.empty(KINDS, np.int64), Room(np.empty((4, lanes)), np.empty((3, lanes)), np.empty((BLOCK, lanes)))
    x[last : last + lanes] = 1.0
    for op in range(many - 1, -1, -1):
        kind, a, here, size = ops[op, KIND], ops[op, A], ops[op, NODE], 1 << ops[op, MANY]
        out, source = ops[op, START] * lanes, ops[max(a, 0), START] * lanes
        if kind == MERGE:
            b = ops[op, B]
            product_back(x, source, axes, a, ops[a, MANY], ops[b, START] * lanes, b, ops[b, MANY], out, op,
                         ops[op, MANY], points, lanes, work, what)  # fmt: skip
        elif kind == PAIR:
            _pair_back(ops, op, head, p, first[here], x, lanes, nodes[here], told, about, did)
        elif kind == ACT:
            _act_back(ops, acts, axes, points, op, x, lanes, p, told, did, room)
        elif kind == STATE:
            _state_back(ops, axes, points, op, head, x, lanes, nodes[here], about, room)
        elif kind == CLOSE:
            _close_back(ops, axes, points, op, head, x, lanes, nodes[here], about, room)
        elif kind == END:
            copied(x, source, out, size, lanes)
            if is_signed(axes, points, a, 0):
                copied(x, source + size * lanes, out, size, lanes)
            else:
                x[source + size * lanes : source + 2 * size * lanes] = 0.0
        elif kind in (OPEN, ROOT, LEAVE):
            if kind == OPEN:
                _open_back(ops, acts, axes, points, op, head, p, x, lanes, nodes[here], told, about, did,
                           room)  # fmt: skip
            else:
                _leave_back(ops, acts, axes, points, op, head, p, x, lanes, nodes[here], told, about, did,
                            room)  # fmt: skip
            for lane in range(lanes):
                if evidence[lane] > 0.0:
                    total = about[JOINT, nodes[here], lane] + about[LEAK_SLOPE, nodes[here], lane]
                    residual = max(residual, abs(total - evidence[lane]) / evidence[lane])
    return residual


def any_told(ops: Ints, acts: Ints, op: int, told: Ints) -> bool:
    """Whether anything is asked about the links of an operation."""
    told_here = 0
    for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
        told_here += told[acts[spot, PLACE]]
    return told_here > 0


def _pair_back(
    ops: Ints, op: int, head: Array, p: Array, place: int, x: Array, lanes: int, node: int, told: Ints,
    about: Array, did: Array,
) -> None:  # fmt: skip
    here, out, own = ops[op, NODE], ops[op, START] * lanes, ops[op, STRIDE] * lanes
    up = 2 * lanes if own == lanes else lanes
    for lane in range(lanes):
        q = 1.0 - p[place, lane]
        g00, g01 = x[out + lane], x[out + own + lane]
        g10, g11 = x[out + up + lane], x[out + up + own + lane]
        about[D_NN, node, lane] = g00 + q * g10
        about[D_NY, node, lane] = g01 + q * g11
        about[D_YY, node, lane] = p[place, lane] * g11
        if told[place]:
            by_p = (head[YY, here, lane] - head[NY, here, lane]) * g11 - head[NN, here, lane] * g10
            did[SLOPE, place, lane] = by_p
            did[FIRED, place, lane] = p[place, lane] * head[YY, here, lane] * g11


def _act_back(
    ops: Ints, acts: Ints, axes: Axes, points: Ints, op: int, x: Array, lanes: int, p: Array, told: Ints,
    did: Array, room: Room,
) -> None:  # fmt: skip
    a, size = ops[op, A], 1 << ops[op, MANY]
    out, source, work = ops[op, START] * lanes, ops[a, START] * lanes, ops[len(ops) - 1, START] * lanes
    act_where(ops, acts, op, x, out, size, lanes, p, True)
    if any_told(ops, acts, op, told):
        three = room.three
        lift(x, source, axes, a, 0, ops[a, MANY], work, op, 0, ops[op, MANY], points, lanes)
        for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
            mode, above = acts[spot, MODE], acts[spot, ABOVE]
            if not told[acts[spot, PLACE]]:
                continue
            if mode == AWAITED:
                moments_where(x, out, work, size, above, lanes, three)
            else:
                moments_where(x, work, out, size, above, lanes, three)
            _note(acts[spot, PLACE], mode, three, p, did)
    lower(x, source, axes, a, 0, ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)


def _note(place: int, mode: int, three: Array, p: Array, did: Array) -> None:
    """What a link did and is worth, from the moments of a table before it and the gradient pulled back through it."""
    for lane in range(p.shape[1]):
        q = 1.0 - p[place, lane]
        fired, slope = three[2, lane], -three[0, lane]
        if mode != SIGNED:
            fired, slope = fired + three[1, lane], slope + three[1, lane]
        did[FIRED, place, lane] = p[place, lane] * fired
        did[SLOPE, place, lane] = slope / q if q > 0.0 else 0.0


def _state_back(
    ops: Ints, axes: Axes, points: Ints, op: int, head: Array, x: Array, lanes: int, node: int, about: Array,
    room: Room,
) -> None:  # fmt: skip
    a, size, stride = ops[op, A], 1 << ops[op, MANY], ops[op, STRIDE]
    out, source, work = ops[op, START] * lanes, ops[a, START] * lanes, ops[len(ops) - 1, START] * lanes
    upper, three, pair = source + (1 << (ops[a, MANY] - 1)) * lanes, room.three, room.pair
    lift(x, source, axes, a, 1, ops[a, MANY], work, op, 0, ops[op, MANY], points, lanes)
    moments(x, work, out, size, stride, lanes, three)
    about[D_NN, node], about[D_NY, node] = three[0], three[2]
    lift(x, upper, axes, a, 1, ops[a, MANY], work, op, 0, ops[op, MANY], points, lanes)
    moments(x, work, out, size, stride, lanes, three)
    about[D_YY, node] = three[2]
    signed = is_signed(axes, points, a, 0)
    if signed:
        about[D_YY, node] -= about[D_NY, node]
    contribution_weights(head, ops[op, NODE], signed, pair)
    headed_back(x, out, work, size, stride, lanes, pair)
    lower(x, upper, axes, a, 1, ops[a, MANY], work, op, 0, ops[op, MANY], points, lanes)
    lower(x, source, axes, a, 1, ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)


def _close_back(
    ops: Ints, axes: Axes, points: Ints, op: int, head: Array, x: Array, lanes: int, node: int, about: Array,
    room: Room,
) -> None:  # fmt: skip
    out, source, size = ops[op, START] * lanes, ops[ops[op, A], START] * lanes, 1 << ops[op, MANY]
    pair, signed = room.pair, is_signed(axes, points, ops[op, A], 0)
    dot(x, source, out, size, lanes, about[D_NY], node)
    dot(x, source + size * lanes, out, size, lanes, about[D_YY], node)
    if signed:
        about[D_YY, node] -= about[D_NY, node]
    contribution_weights(head, ops[op, NODE], signed, pair)
    scaled(x, source, out, size, lanes, pair, 1)
    scaled(x, source + size * lanes, out, size, lanes, pair, 2)


def _account(
    ops: Ints, acts: Ints, op: int, x: Array, table: int, back: int, size: int, lanes: int, p: Array, weight: Array,
    told: Ints, did: Array, room: Room,
) -> None:  # fmt: skip
    """What each link of an operation did, where that is asked.

    table: before the links; back: gradient pulled back through all of them; weight: what the table is multiplied with,
    shape (lanes,).
    """
    three, sums, block = room.three, room.sums, block_of(ops, acts, op)
    if block:
        overlap(x, table, back, size, lanes, block, sums)
    for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
        mode, step = acts[spot, MODE], acts[spot, STEP]
        if not told[acts[spot, PLACE]]:
            continue
        if mode == SIGNED and 2 * step <= block:
            three[:] = 0.0
            for entry in range(block):
                row = 2 if entry & step else 0
                for lane in range(lanes):
                    three[row, lane] += sums[entry, lane]
        elif mode == AWAITED:
            moments(x, back, table, size, step, lanes, three)
        else:
            moments(x, table, back, size, step, lanes, three)
        for lane in range(lanes):
            three[:, lane] *= weight[lane]
        _note(acts[spot, PLACE], mode, three, p, did)


def _leave_back(
    ops: Ints, acts: Ints, axes: Axes, points: Ints, op: int, head: Array, p: Array, x: Array, lanes: int, node: int,
    told: Ints, about: Array, did: Array, room: Room,
) -> None:  # fmt: skip
    """P(present, evidence) goes to JOINT, P(absent, evidence) for the residual to LEAK_SLOPE, which is free still."""
    a, here, size, own = ops[op, A], ops[op, NODE], 1 << ops[op, MANY], ops[op, OWN]
    out, source, work = ops[op, START] * lanes, ops[a, START] * lanes, ops[len(ops) - 1, START] * lanes
    half, pulled, pair = (1 << (ops[a, MANY] - 1)) * lanes if own else 0, work + size * lanes, room.pair
    narrow = ops[a, MANY] - own != ops[op, MANY]
    weights(ops[op, KIND], head, here, pair)
    table = work if narrow else source
    if narrow:
        lift(x, source, axes, a, own, ops[a, MANY], work, op, 0, ops[op, MANY], points, lanes)
    dot(x, table, out, size, lanes, about[D_NN], node)
    copied(x, pulled, out, size, lanes)
    act(ops, acts, op, x, pulled, size, lanes, p, True)
    table = work if narrow else source + half
    if narrow and own:
        present_half(ops, axes, points, op, x, work, lanes)
    dot(x, table, pulled, size, lanes, about[D_NY], node)
    if any_told(ops, acts, op, told):
        _account(ops, acts, op, x, table, pulled, size, lanes, p, pair[1], told, did, room)
    for lane in range(lanes):
        about[JOINT, node, lane] = pair[1, lane] * about[D_NY, node, lane]
        about[LEAK_SLOPE, node, lane] = pair[0, lane] * about[D_NN, node, lane]
    if own:
        if ops[op, KIND] == ROOT:
            scaled(x, out, out, size, lanes, pair, 0)
            scaled(x, pulled, pulled, size, lanes, pair, 1)
        lower(x, source, axes, a, 1, ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)
        lower(x, source + half, axes, a, 1, ops[a, MANY], pulled, op, 0, ops[op, MANY], points, lanes)
    else:
        blended(x, out, out, pulled, size, lanes, pair, 0, pair, 1)
        lower(x, source, axes, a, 0, ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)


def _open_back(
    ops: Ints, acts: Ints, axes: Axes, points: Ints, op: int, head: Array, p: Array, x: Array, lanes: int, node: int,
    told: Ints, about: Array, did: Array, room: Room,
) -> None:  # fmt: skip
    """As _leave_back, for a node whose contributions are still to come."""
    a, here, size, own = ops[op, A], ops[op, NODE], 1 << ops[op, MANY], ops[op, OWN]
    out, source, work = ops[op, START] * lanes, ops[a, START] * lanes, ops[len(ops) - 1, START] * lanes
    half, pulled, stride = (1 << (ops[a, MANY] - 1)) * lanes if own else 0, work + size * lanes, ops[op, STRIDE]
    pair, three = room.pair, room.three
    signed = awaiting_signed(ops, axes, points, op)
    contribution_weights(head, here, signed, pair)
    lift(x, source, axes, a, own, ops[a, MANY], work, op, 0, ops[op, MANY], points, lanes)
    moments(x, work, out, size, stride, lanes, three)
    about[D_NN, node] = three[0]
    acted(ops, acts, axes, points, op, x, work, lanes, p)
    moments(x, work, out, size, stride, lanes, three)
    about[D_NY, node], about[D_YY, node] = three[0], three[2]
    if signed:
        about[D_YY, node] -= three[0]
    else:
        about[D_YY, node] += three[1]
        moments(x, out, work, size, stride, lanes, three)
        about[D_YY, node] += three[1]
    for lane in range(lanes):
        absent = head[NN, here, lane] * about[D_NN, node, lane]
        present = head[NY, here, lane] * about[D_NY, node, lane] + head[YY, here, lane] * about[D_YY, node, lane]
        about[JOINT, node, lane], about[LEAK_SLOPE, node, lane] = present, absent
    opened_back(x, out, pulled, size, stride, lanes, pair, signed)
    act(ops, acts, op, x, pulled, size, lanes, p, True)
    if any_told(ops, acts, op, told):
        pair[3] = 1.0
        present_half(ops, axes, points, op, x, work, lanes)
        _account(ops, acts, op, x, work, pulled, size, lanes, p, pair[3], told, did, room)
    if own:
        lower(x, source, axes, a, 1, ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)
        lower(x, source + half, axes, a, 1, ops[a, MANY], pulled, op, 0, ops[op, MANY], points, lanes)
    else:
        pair[3] = 1.0
        added(x, out, pulled, size, lanes, pair, 3)
        lower(x, source, axes, a, 0, ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)
