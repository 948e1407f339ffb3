"""Run a program forward over the tables; back is its reverse.

A contributions axis holds (n, y) = (no parent has brought the node about yet, some parent has). A link acts on it as
n -> q n, y -> y + p n; two tables that share it combine as n = n1 n2, y = n1 y2 + y1 (n2 + y2); a state axis multiplies
point by point. An awaiting axis holds what is left when no further parent (n), or some, will have brought the node
about; there a link acts as n -> q n + p y, and a table of contributions combines as n = n1 n2 + y1 y2 and y = y1 (n2 +
y2). So every step adds and multiplies non-negative numbers only. A signed axis holds (n, s = n + y) instead, and
awaiting (n - y, y): cheaper, since it multiplies point by point, but it subtracts in the end.

Everything here runs as it stands, and faster compiled (see kernels).

Arguments that recur: ops, acts, axes, points: of the program; x: the arena, the tables lying as the program says, times
the lanes, working space behind them; head: numbers of the structure's nodes, shape (3, nodes, lanes); p: link
probabilities at the places of `up_link`, shape (places, lanes).
"""

from __future__ import annotations

import numpy as np

from crampnet.inference.exact.heads import NN, NY, YY
from crampnet.inference.exact.primitives import (
    KINDS,
    Axes,
    added,
    blended,
    copied,
    headed,
    lift,
    link,
    link_where,
    opened,
    product,
    unlink,
    unlink_where,
    weigh,
)
from crampnet.inference.exact.program import (
    ABOVE,
    ACT,
    AWAITED,
    CLOSE,
    END,
    FIRST,
    KIND,
    LOAD,
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
    UNIT,
    A,
    B,
)
from crampnet.network.arrays import Ints
from crampnet.network.network import Array

BLOCK = 4096
"""Most entries of a block within which signed links act together."""


def arena_size(ops: Ints) -> int:
    """Entries of all tables and of the working space behind them."""
    most = 8
    for op in range(len(ops) - 1):
        most = max(most, ops[op, STRIDE] if ops[op, KIND] == MERGE else 2 * (1 << ops[op, MANY]) + 2)
    return int(ops[len(ops) - 1, START]) + most


def forward(
    ops: Ints, acts: Ints, axes: Axes, points: Ints, head: Array, p: Array, first: Ints, x: Array, factors: Array,
    order: Ints, loss: Array,
) -> Array:  # fmt: skip
    """P(evidence) without the constant, shape (lanes,); every table stays in the arena.

    first: first place of each node in `up_link`; factors, order: see `_load`; loss: grows, where a signed axis closes,
    to how many times larger the terms are than what is left of them, shape (nodes,).
    """
    lanes, many = p.shape[1], len(ops) - 1
    pair, what, work = np.empty((4, lanes)), np.empty(KINDS, np.int64), ops[many, START] * lanes
    for op in range(many):
        kind, a, here, size = ops[op, KIND], ops[op, A], ops[op, NODE], 1 << ops[op, MANY]
        out, source = ops[op, START] * lanes, ops[max(a, 0), START] * lanes
        if kind == UNIT:
            x[out : out + lanes] = 1.0
        elif kind == LOAD:
            _load(ops, axes, op, x, lanes, factors, order)
        elif kind == PAIR:
            _pair(head, p, here, first[here], x, out, ops[op, STRIDE] * lanes)
        elif kind == MERGE:
            b = ops[op, B]
            product(x, source, axes, a, ops[a, MANY], ops[b, START] * lanes, b, ops[b, MANY], out, op, ops[op, MANY],
                    points, lanes, work, what)  # fmt: skip
        elif kind == ACT:
            lift(x, source, axes, a, 0, ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)
            act_where(ops, acts, op, x, out, size, lanes, p, False)
        elif kind == STATE:
            of_a = 1 << (ops[a, MANY] - 1)
            lift(x, source, axes, a, 1, ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)
            lift(x, source + of_a * lanes, axes, a, 1, ops[a, MANY], work, op, 0, ops[op, MANY], points, lanes)
            contribution_weights(head, here, is_signed(axes, points, a, 0), pair)
            headed(x, out, work, size, ops[op, STRIDE], lanes, pair)
        elif kind == CLOSE:
            signed = is_signed(axes, points, a, 0)
            contribution_weights(head, here, signed, pair)
            blended(x, out, source, source + size * lanes, size, lanes, pair, 1, pair, 2)
            if signed:
                loss[here] = _lost(x, source + size * lanes, out, size, lanes, pair)
        elif kind == END:
            copied(x, out, source, size, lanes)
            if is_signed(axes, points, a, 0):
                pair[0] = 1.0
                added(x, out, source + size * lanes, size, lanes, pair, 0)
        elif kind == OPEN:
            acted(ops, acts, axes, points, op, x, work, lanes, p)
            lift(x, source, axes, a, ops[op, OWN], ops[a, MANY], out, op, 0, ops[op, MANY], points, lanes)
            signed = awaiting_signed(ops, axes, points, op)
            contribution_weights(head, here, signed, pair)
            opened(x, out, work, size, ops[op, STRIDE], lanes, pair, signed)
        else:
            acted(ops, acts, axes, points, op, x, out, lanes, p)
            weights(kind, head, here, pair)
            table = source
            if ops[a, MANY] - ops[op, OWN] != ops[op, MANY]:
                table = work
                lift(x, source, axes, a, ops[op, OWN], ops[a, MANY], work, op, 0, ops[op, MANY], points, lanes)
            blended(x, out, table, out, size, lanes, pair, 0, pair, 1)
    last = ops[many - 1, START] * lanes
    return x[last : last + lanes].copy()


def acted(
    ops: Ints, acts: Ints, axes: Axes, points: Ints, op: int, x: Array, target: int, lanes: int, p: Array
) -> None:
    """For ROOT, LEAVE and OPEN: what table A holds where the node is present, with the links done, to `target`."""
    present_half(ops, axes, points, op, x, target, lanes)
    act(ops, acts, op, x, target, 1 << ops[op, MANY], lanes, p, False)


def present_half(ops: Ints, axes: Axes, points: Ints, op: int, x: Array, target: int, lanes: int) -> None:
    """For ROOT, LEAVE and OPEN: what table A holds where the node is present, with all axes, to `target`."""
    a, own = ops[op, A], ops[op, OWN]
    half = (1 << (ops[a, MANY] - 1)) * lanes if own else 0
    source = ops[a, START] * lanes + half
    lift(x, source, axes, a, own, ops[a, MANY], target, op, 0, ops[op, MANY], points, lanes)


def weights(kind: int, head: Array, here: int, pair: Array) -> None:
    """What the halves of a state are multiplied with when it is summed out, shape (2 or more, lanes)."""
    if kind == ROOT:
        pair[0], pair[1] = head[NN, here], head[NY, here]
    else:
        pair[0], pair[1] = 1.0, 1.0


def is_signed(axes: Axes, points: Ints, table: int, place: int) -> bool:
    """Whether an axis of contributions, given by its place in a table, is signed."""
    return bool(points[axes[table, place] >> 1] == 1)


def awaiting_signed(ops: Ints, axes: Axes, points: Ints, op: int) -> bool:
    """For OPEN: whether the axis that it leaves awaiting is signed."""
    place, stride = ops[op, MANY] - 1, ops[op, STRIDE]
    while stride > 1:
        stride, place = stride >> 1, place - 1
    return is_signed(axes, points, op, place)


def contribution_weights(head: Array, here: int, signed: bool, pair: Array) -> None:
    """Weights of contributions: of n for absent, of n and of y for present; with a signed axis, this subtracts."""
    pair[0], pair[1], pair[2] = head[NN, here], head[NY, here], head[YY, here]
    if signed:
        for lane in range(pair.shape[1]):
            pair[1, lane] -= pair[2, lane]


def _pair(head: Array, p: Array, here: int, place: int, x: Array, out: int, own: int) -> None:
    """The table of a node and its only parent; own: distance between the halves of the node's axis, with lanes."""
    lanes = p.shape[1]
    up = 2 * lanes if own == lanes else lanes
    for lane in range(lanes):
        q = 1.0 - p[place, lane]
        x[out + lane], x[out + own + lane] = head[NN, here, lane], head[NY, here, lane]
        x[out + up + lane] = q * head[NN, here, lane]
        x[out + up + own + lane] = q * head[NY, here, lane] + p[place, lane] * head[YY, here, lane]


def _lost(x: Array, sums: int, out: int, size: int, lanes: int, pair: Array) -> float:
    """Largest ratio, over the lanes, of the terms that were added to what they add up to."""
    worst = 1.0
    for lane in range(lanes):
        terms = left = 0.0
        for i in range(size):
            terms += x[sums + i * lanes + lane]
            left += x[out + i * lanes + lane]
        terms *= pair[2, lane]
        worst = max(worst, (2.0 * terms - left) / left if left > 0.0 else np.inf)
    return worst


def _load(ops: Ints, axes: Axes, op: int, x: Array, lanes: int, factors: Array, order: Ints) -> None:
    """A factor, its axes put into the order of the table.

    order: for each factor where it begins in `factors` and the ranks of its nodes, the first outermost, shape
    (factors, 1 + most nodes).
    """
    factor, many = ops[op, A], ops[op, MANY]
    for index in range(1 << many):
        place = 0
        for bit in range(many):
            if (index >> (many - 1 - bit)) & 1:
                for spot in range(many):
                    if axes[op, spot] >> 1 == order[factor, 1 + bit]:
                        place |= 1 << (many - 1 - spot)
        begin = (ops[op, START] + place) * lanes
        x[begin : begin + lanes] = factors[order[factor, 0] + index]


def block_of(ops: Ints, acts: Ints, op: int) -> int:
    """Entries of the blocks within which the signed links of an operation act together; 0 where there are none."""
    block = 0
    for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
        if acts[spot, MODE] == SIGNED and 2 * acts[spot, STEP] <= BLOCK:
            block = max(block, 2 * acts[spot, STEP])
    return int(block)


def act(ops: Ints, acts: Ints, op: int, x: Array, at: int, size: int, lanes: int, p: Array, back: bool) -> None:
    """All links of an operation act on a table, or their adjoints on a gradient; `size` entries from `at`."""
    block = block_of(ops, acts, op)
    if block:
        weigh(x, at, size, lanes, acts, ops[op, FIRST], ops[op + 1, FIRST], block, p)
    for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
        mode, step, place = acts[spot, MODE], acts[spot, STEP], acts[spot, PLACE]
        if mode == SIGNED and 2 * step <= block:
            continue
        if back == (mode == AWAITED):
            link(x, at, size, step, lanes, p, place, mode == SIGNED)
        else:
            unlink(x, at, size, step, lanes, p, place, mode == SIGNED)


def act_where(ops: Ints, acts: Ints, op: int, x: Array, at: int, size: int, lanes: int, p: Array, back: bool) -> None:
    """All links of ACT, each where its parent is present, on the outermost axis of a table; or their adjoints."""
    for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
        mode, above, place = acts[spot, MODE], acts[spot, ABOVE], acts[spot, PLACE]
        if back == (mode == AWAITED):
            link_where(x, at, size, above, lanes, p, place, mode == SIGNED)
        else:
            unlink_where(x, at, size, above, lanes, p, place, mode == SIGNED)
