"""Run a program: forward over the tables, back for the posteriors and all derivatives.

A contributions axis holds (n, y) = (no parent has brought the node about yet, some parent has). A link acts on it as
n -> q n, y -> y + p n; two tables that share it combine as n = n1 n2, y = n1 y2 + y1 (n2 + y2); a state axis multiplies
point by point. So every step adds and multiplies non-negative numbers only. A signed axis holds (n, s = n + y) instead:
cheaper, since it multiplies point by point, but it subtracts in the end.

With g the derivative of P(evidence) by each entry of a table T, sum(g * T) = P(evidence) for every table on the way to
the last one; the relative deviation over all summed out nodes is the residual, a certificate of the arithmetic.
Everything here runs as it stands, and faster compiled (see kernels).

Arguments that recur: ops, acts, axes, by_rank: of the program (by_rank: 1 for signed axes, by rank); x: the arena, the
tables lying as the program says, times the lanes, working space behind them; head: numbers of the structure's nodes,
shape (3, nodes, lanes); p: link probabilities at the places of `up_link`, shape (places, lanes).
"""

from __future__ import annotations

import numpy as np

from crampnet.inference.exact.primitives import (
    added,
    blended,
    copied,
    dot,
    lift,
    link,
    link_where,
    lower,
    moments,
    moments_where,
    overlap,
    product,
    product_back,
    scaled,
    unlink,
    unlink_where,
    weigh,
)
from crampnet.inference.exact.program import (
    ACT,
    CLOSE,
    FIRST,
    GATE,
    KIND,
    LEAVE,
    LOAD,
    MANY,
    MERGE,
    MIX,
    NODE,
    PLACE,
    SIGNED,
    START,
    STATE,
    STEP,
    STRIDE,
    UNIT,
    A,
    B,
)
from crampnet.inference.exact.reduction import NN, NY, YY
from crampnet.network.arrays import Ints
from crampnet.network.network import Array

JOINT, D_NN, D_NY, D_YY, LEAK_SLOPE = range(5)
"""Rows of what is found about nodes: P(present, evidence), the derivatives of P(evidence) by the heads and the leak."""
FIRED, SLOPE = range(2)
"""Rows about links: P(it brought its child about, evidence); d P(evidence) / d link."""
BLOCK = 4096
"""Most entries of a block within which signed links act together."""


def arena_size(ops: Ints) -> int:
    """Entries of all tables and of the working space behind them."""
    most = 2
    for op in range(len(ops) - 1):
        if ops[op, KIND] == MERGE:
            most = max(most, (1 << ops[ops[op, A], MANY]) + 3 * (1 << ops[ops[op, B], MANY]))
        else:
            most = max(most, 2 * (1 << ops[op, MANY]) + 2)
    return int(ops[len(ops) - 1, START]) + most


def forward(
    ops: Ints, acts: Ints, axes: Ints, by_rank: Ints, head: Array, p: Array, first: Ints, x: Array, factors: Array,
    order: Ints, loss: Array,
) -> Array:  # fmt: skip
    """P(evidence) without the constant, shape (lanes,); every table stays in the arena.

    first: first place of each node in `up_link`; factors, order: see `_load`; loss: grows, where a signed axis closes,
    to how many times larger the terms are than what is left of them, shape (nodes,).
    """
    lanes, many = p.shape[1], len(ops) - 1
    one, pair, work = np.ones((1, lanes)), np.empty((2, lanes)), ops[many, START] * lanes
    for op in range(many):
        kind, a, here, size = ops[op, KIND], ops[op, A], ops[op, NODE], 1 << ops[op, MANY]
        out, source = ops[op, START] * lanes, ops[max(a, 0), START] * lanes
        if kind == UNIT:
            x[out : out + lanes] = 1.0
        elif kind == LOAD:
            _load(ops, axes, op, x, lanes, factors, order)
        elif kind == MERGE:
            b = ops[op, B]
            product(x, source, axes, a, ops[a, MANY], ops[b, START] * lanes, b, ops[b, MANY], out, op, ops[op, MANY],
                    by_rank, lanes, work)  # fmt: skip
        elif kind == ACT:
            spot = ops[op, FIRST]
            lift(x, source, axes, a, 0, ops[a, MANY], out, op, 0, ops[op, MANY], by_rank, lanes)
            link_where(x, out, size, ops[op, STRIDE], lanes, p, acts[spot, PLACE], acts[spot, SIGNED])
        elif kind == STATE:
            _state(ops, axes, by_rank, op, head, x, lanes)
        elif kind == CLOSE:
            _closing(ops, axes, by_rank, op, head, pair)
            blended(x, out, source, source + size * lanes, size, lanes, pair, 0, pair, 1)
            if _signed(axes, by_rank, a):
                loss[here] = _lost(x, source + size * lanes, out, size, lanes, pair)
        elif kind == MIX:
            same = ops[a, MANY] == ops[op, MANY]
            plain = source if same else work
            if not same:
                lift(x, source, axes, a, 0, ops[a, MANY], work, op, 0, ops[op, MANY], by_rank, lanes)
            copied(x, out, plain, size, lanes)
            _act(ops, acts, op, x, out, size, lanes, p, False)
            _mixture(ops, op, head, p, first, pair)
            blended(x, out, plain, out, size, lanes, pair, 0, pair, 1)
        elif kind == GATE:
            rest, of_a, upper = size // 2, 1 << (ops[a, MANY] - 1), out + (size // 2) * lanes
            lift(x, source, axes, a, 1, ops[a, MANY], out, op, 1, ops[op, MANY], by_rank, lanes)
            lift(x, source + of_a * lanes, axes, a, 1, ops[a, MANY], work, op, 1, ops[op, MANY], by_rank, lanes)
            copied(x, upper, work, rest, lanes)
            _act(ops, acts, op, x, upper, rest, lanes, p, False)
            _mixture(ops, op, head, p, first, pair)
            blended(x, upper, work, upper, rest, lanes, pair, 0, pair, 1)
            pair[0] = head[NN, here]
            scaled(x, out, out, rest, lanes, pair, 0)
        else:
            of_a = 1 << (ops[a, MANY] - 1)
            lift(x, source + of_a * lanes, axes, a, 1, ops[a, MANY], out, op, 0, ops[op, MANY], by_rank, lanes)
            _act(ops, acts, op, x, out, size, lanes, p, False)
            if of_a == size:
                added(x, out, source, size, lanes, one, 0)
            else:
                lift(x, source, axes, a, 1, ops[a, MANY], work, op, 0, ops[op, MANY], by_rank, lanes)
                added(x, out, work, size, lanes, one, 0)
    last = ops[many - 1, START] * lanes
    return x[last : last + lanes].copy()


def _lost(x: Array, sums: int, out: int, size: int, lanes: int, pair: Array) -> float:
    """Largest ratio, over the lanes, of the terms that were added to what they add up to."""
    worst = 1.0
    for lane in range(lanes):
        terms = left = 0.0
        for i in range(size):
            terms += x[sums + i * lanes + lane]
            left += x[out + i * lanes + lane]
        terms *= pair[1, lane]
        worst = max(worst, (2.0 * terms - left) / left if left > 0.0 else np.inf)
    return worst


def _load(ops: Ints, axes: Ints, op: int, x: Array, lanes: int, factors: Array, order: Ints) -> None:
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


def _block(ops: Ints, acts: Ints, op: int) -> int:
    """Entries of the blocks within which the signed links of an operation act together; 0 where there are none."""
    block = 0
    for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
        if acts[spot, SIGNED] and 2 * acts[spot, STEP] <= BLOCK:
            block = max(block, 2 * acts[spot, STEP])
    return int(block)


def _act(ops: Ints, acts: Ints, op: int, x: Array, at: int, size: int, lanes: int, p: Array, back: bool) -> None:
    """All links of an operation act on a table, or their adjoints on a gradient; `size` entries from `at`."""
    block = _block(ops, acts, op)
    if block:
        weigh(x, at, size, lanes, acts, ops[op, FIRST], ops[op + 1, FIRST], block, p)
    for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
        if acts[spot, SIGNED] and 2 * acts[spot, STEP] <= block:
            continue
        if back:
            unlink(x, at, size, acts[spot, STEP], lanes, p, acts[spot, PLACE], acts[spot, SIGNED])
        else:
            link(x, at, size, acts[spot, STEP], lanes, p, acts[spot, PLACE], acts[spot, SIGNED])


def _mixture(ops: Ints, op: int, head: Array, p: Array, first: Ints, pair: Array) -> None:
    """Weights of a table as it is and of the table acted on, for MIX and GATE, shape (2, lanes)."""
    here = ops[op, NODE]
    for lane in range(pair.shape[1]):
        if ops[op, KIND] == MIX:
            pair[0, lane], pair[1, lane] = head[NN, here, lane], head[NY, here, lane]
        else:
            w = p[first[here], lane]
            pair[0, lane], pair[1, lane] = head[NN, here, lane] * (1.0 - w), head[YY, here, lane] * w


def _signed(axes: Ints, by_rank: Ints, table: int) -> bool:
    """Whether the outermost axis of a table is a signed one."""
    return bool(axes[table, 0] % 2 == 0 and by_rank[axes[table, 0] >> 1] == 1)


def _closing(ops: Ints, axes: Ints, by_rank: Ints, op: int, head: Array, pair: Array) -> None:
    """Weights of the two halves of a contributions axis for "present"; signed axes subtract here."""
    here, signed = ops[op, NODE], _signed(axes, by_rank, ops[op, A])
    for lane in range(pair.shape[1]):
        pair[1, lane] = head[YY, here, lane]
        pair[0, lane] = head[NY, here, lane] - head[YY, here, lane] if signed else head[NY, here, lane]


def _pieces(ops: Ints, axes: Ints, op: int) -> tuple[int, int, int]:
    """For STATE, in entries from the input's begin: n of absent, n of present, y of present or -1."""
    a, rest = ops[op, A], 1 << (ops[op, MANY] - 1)
    own = axes[op, 0]  # the state; the contributions come right before it
    contributions = ops[a, MANY] > 0 and axes[a, 0] == own - 1
    state = (ops[a, MANY] > 0 and axes[a, 0] == own) or (contributions and ops[a, MANY] > 1 and axes[a, 1] == own)
    if contributions:
        return (0, rest, 3 * rest) if state else (0, 0, rest)
    return (0, rest, -1) if state else (0, 0, -1)


def _state(ops: Ints, axes: Ints, by_rank: Ints, op: int, head: Array, x: Array, lanes: int) -> None:
    """(n, y) to (absent, present) = (nn n, ny n + yy y)."""
    out, source, rest = ops[op, START] * lanes, ops[ops[op, A], START] * lanes, 1 << (ops[op, MANY] - 1)
    n0, n1, y1 = _pieces(ops, axes, op)
    pair = np.empty((3, lanes))
    pair[2] = head[NN, ops[op, NODE]]
    scaled(x, out, source + n0 * lanes, rest, lanes, pair, 2)
    if y1 >= 0:
        _closing(ops, axes, by_rank, op, head, pair)
        blended(x, out + rest * lanes, source + n1 * lanes, source + y1 * lanes, rest, lanes, pair, 0, pair, 1)
    else:
        pair[0] = head[NY, ops[op, NODE]]
        scaled(x, out + rest * lanes, source + n1 * lanes, rest, lanes, pair, 0)


def backward(
    ops: Ints, acts: Ints, axes: Ints, by_rank: Ints, head: Array, p: Array, first: Ints, x: Array,
    evidence: Array, nodes: Ints, up_link: Ints, full: bool, about: Array, links: Array,
) -> float:  # fmt: skip
    """Fill in what the reverse pass finds, without the constant; returns the residual. Uses up the tables in x.

    evidence: of the forward pass, shape (lanes,); nodes, up_link: of the structure; full: also what every link did and
    is worth; about: found about nodes, shape (5, all nodes, lanes); links: about links, shape (2, all links, lanes).
    """
    lanes, many, residual = p.shape[1], len(ops) - 1, 0.0
    last, work = ops[many - 1, START] * lanes, ops[many, START] * lanes
    x[last : last + lanes] = 1.0
    for op in range(many - 1, -1, -1):
        kind, a = ops[op, KIND], ops[op, A]
        if kind == MERGE:
            b = ops[op, B]
            product_back(x, ops[a, START] * lanes, axes, a, ops[a, MANY], ops[b, START] * lanes, b, ops[b, MANY],
                         ops[op, START] * lanes, op, ops[op, MANY], by_rank, lanes, work)  # fmt: skip
        elif kind == ACT:
            _act_back(ops, acts, axes, by_rank, op, x, lanes, p, up_link, full, links)
        elif kind == STATE:
            _state_back(ops, axes, by_rank, op, head, x, lanes, nodes, about)
        elif kind == CLOSE:
            _close_back(ops, axes, by_rank, op, head, x, lanes, nodes, about)
        elif kind == MIX:
            _mix_back(ops, acts, axes, by_rank, op, head, p, first, x, lanes, nodes, up_link, full, about, links)
            here = ops[op, NODE]
            for lane in range(lanes):
                if evidence[lane] > 0.0:
                    total = about[JOINT, nodes[here], lane] + head[NN, here, lane] * about[D_NN, nodes[here], lane]
                    residual = max(residual, abs(total - evidence[lane]) / evidence[lane])
        elif kind == GATE:
            _gate_back(ops, acts, axes, by_rank, op, head, p, first, x, lanes, nodes, up_link, full, about, links)
        elif kind == LEAVE:
            _leave_back(ops, acts, axes, by_rank, op, p, x, lanes, nodes, up_link, full, about, links)
            node = nodes[ops[op, NODE]]
            for lane in range(lanes):
                if evidence[lane] > 0.0:
                    total = about[JOINT, node, lane] + about[LEAK_SLOPE, node, lane]
                    residual = max(residual, abs(total - evidence[lane]) / evidence[lane])
    return residual


def _act_back(
    ops: Ints, acts: Ints, axes: Ints, by_rank: Ints, op: int, x: Array, lanes: int, p: Array, up_link: Ints,
    full: bool, links: Array,
) -> None:  # fmt: skip
    a, spot, size = ops[op, A], ops[op, FIRST], 1 << ops[op, MANY]
    out, source, work = ops[op, START] * lanes, ops[a, START] * lanes, ops[len(ops) - 1, START] * lanes
    place, signed, stride = acts[spot, PLACE], acts[spot, SIGNED], ops[op, STRIDE]
    if full:
        three = np.empty((3, lanes))
        lift(x, source, axes, a, 0, ops[a, MANY], work, op, 0, ops[op, MANY], by_rank, lanes)
        moments_where(x, work, out, size, stride, lanes, three)
        for lane in range(lanes):
            fired, slope = three[2, lane], -three[0, lane]
            if not signed:
                fired, slope = fired + three[1, lane], slope + three[1, lane]
            links[FIRED, up_link[place], lane] = p[place, lane] * fired
            links[SLOPE, up_link[place], lane] = slope
    unlink_where(x, out, size, stride, lanes, p, place, signed)
    lower(x, source, axes, a, 0, ops[a, MANY], out, op, 0, ops[op, MANY], by_rank, lanes)


def _state_back(
    ops: Ints, axes: Ints, by_rank: Ints, op: int, head: Array, x: Array, lanes: int, nodes: Ints, about: Array
) -> None:
    here, rest = ops[op, NODE], 1 << (ops[op, MANY] - 1)
    node, out, source = nodes[here], ops[op, START] * lanes, ops[ops[op, A], START] * lanes
    upper = out + rest * lanes
    n0, n1, y1 = _pieces(ops, axes, op)
    pair = np.empty((3, lanes))
    dot(x, source + n0 * lanes, out, rest, lanes, about[D_NN], node)
    dot(x, source + n1 * lanes, upper, rest, lanes, about[D_NY], node)
    pair[0], pair[2] = head[NY, here], head[NN, here]
    if y1 >= 0:
        dot(x, source + y1 * lanes, upper, rest, lanes, about[D_YY], node)
        if _signed(axes, by_rank, ops[op, A]):
            about[D_YY, node] -= about[D_NY, node]
        _closing(ops, axes, by_rank, op, head, pair)
        scaled(x, source + y1 * lanes, upper, rest, lanes, pair, 1)
        if n1 > 0:
            x[source + 2 * rest * lanes : source + 3 * rest * lanes] = 0.0
    if n1 > 0:
        scaled(x, source + n0 * lanes, out, rest, lanes, pair, 2)
        scaled(x, source + n1 * lanes, upper, rest, lanes, pair, 0)
    else:
        blended(x, source, out, upper, rest, lanes, pair, 2, pair, 0)


def _close_back(
    ops: Ints, axes: Ints, by_rank: Ints, op: int, head: Array, x: Array, lanes: int, nodes: Ints, about: Array
) -> None:
    out, source, size = ops[op, START] * lanes, ops[ops[op, A], START] * lanes, 1 << ops[op, MANY]
    node, pair = nodes[ops[op, NODE]], np.empty((2, lanes))
    dot(x, source, out, size, lanes, about[D_NY], node)
    dot(x, source + size * lanes, out, size, lanes, about[D_YY], node)
    if _signed(axes, by_rank, ops[op, A]):
        about[D_YY, node] -= about[D_NY, node]
    _closing(ops, axes, by_rank, op, head, pair)
    scaled(x, source, out, size, lanes, pair, 0)
    scaled(x, source + size * lanes, out, size, lanes, pair, 1)


def _account(
    ops: Ints, acts: Ints, op: int, x: Array, table: int, back: int, size: int, lanes: int, p: Array, weight: Array,
    up_link: Ints, links: Array,
) -> None:  # fmt: skip
    """What each link of an operation did.

    table: before the links; back: gradient pulled back through all of them; weight: what the table is multiplied with,
    shape (lanes,).
    """
    three, block = np.zeros((3, lanes)), _block(ops, acts, op)
    sums = np.empty((max(block, 1), lanes))
    if block:
        overlap(x, table, back, size, lanes, block, sums)
    for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
        place, signed, step = acts[spot, PLACE], acts[spot, SIGNED], acts[spot, STEP]
        if signed and 2 * step <= block:
            three[:] = 0.0
            for entry in range(block):
                row = 2 if entry & step else 0
                for lane in range(lanes):
                    three[row, lane] += sums[entry, lane]
        else:
            moments(x, table, back, size, step, lanes, three)
        for lane in range(lanes):
            q = 1.0 - p[place, lane]
            fired, slope = three[2, lane], -three[0, lane]
            if not signed:
                fired, slope = fired + three[1, lane], slope + three[1, lane]
            links[FIRED, up_link[place], lane] = weight[lane] * p[place, lane] * fired
            links[SLOPE, up_link[place], lane] = weight[lane] * slope / q if q > 0.0 else 0.0


def _leave_back(
    ops: Ints, acts: Ints, axes: Ints, by_rank: Ints, op: int, p: Array, x: Array, lanes: int, nodes: Ints,
    up_link: Ints, full: bool, about: Array, links: Array,
) -> None:  # fmt: skip
    """P(present, evidence) goes to JOINT, P(absent, evidence) for the residual to LEAK_SLOPE, which is free still."""
    a, node, size = ops[op, A], nodes[ops[op, NODE]], 1 << ops[op, MANY]
    out, source, work = ops[op, START] * lanes, ops[a, START] * lanes, ops[len(ops) - 1, START] * lanes
    of_a, one = 1 << (ops[a, MANY] - 1), np.ones(lanes)
    upper = source + of_a * lanes
    table = source if of_a == size else work
    if of_a != size:
        lift(x, source, axes, a, 1, ops[a, MANY], work, op, 0, ops[op, MANY], by_rank, lanes)
    dot(x, table, out, size, lanes, about[LEAK_SLOPE], node)
    table = upper if of_a == size else work
    if of_a != size:
        lift(x, upper, axes, a, 1, ops[a, MANY], work, op, 0, ops[op, MANY], by_rank, lanes)
    lower(x, source, axes, a, 1, ops[a, MANY], out, op, 0, ops[op, MANY], by_rank, lanes)
    _act(ops, acts, op, x, out, size, lanes, p, True)
    dot(x, table, out, size, lanes, about[JOINT], node)
    if full:
        _account(ops, acts, op, x, table, out, size, lanes, p, one, up_link, links)
    lower(x, upper, axes, a, 1, ops[a, MANY], out, op, 0, ops[op, MANY], by_rank, lanes)


def _mix_back(
    ops: Ints, acts: Ints, axes: Ints, by_rank: Ints, op: int, head: Array, p: Array, first: Ints, x: Array, lanes: int,
    nodes: Ints, up_link: Ints, full: bool, about: Array, links: Array,
) -> None:  # fmt: skip
    a, node, size, same = ops[op, A], nodes[ops[op, NODE]], 1 << ops[op, MANY], ops[ops[op, A], MANY] == ops[op, MANY]
    out, source, work = ops[op, START] * lanes, ops[a, START] * lanes, ops[len(ops) - 1, START] * lanes
    pulled, table, pair = work + size * lanes, source if same else work, np.empty((2, lanes))
    if not same:
        lift(x, source, axes, a, 0, ops[a, MANY], work, op, 0, ops[op, MANY], by_rank, lanes)
    copied(x, pulled, out, size, lanes)
    _act(ops, acts, op, x, pulled, size, lanes, p, True)
    dot(x, table, out, size, lanes, about[D_NN], node)
    dot(x, table, pulled, size, lanes, about[D_NY], node)
    _mixture(ops, op, head, p, first, pair)
    for lane in range(lanes):
        about[JOINT, node, lane] = pair[1, lane] * about[D_NY, node, lane]
    if full:
        _account(ops, acts, op, x, table, pulled, size, lanes, p, pair[1], up_link, links)
    if same:
        blended(x, source, out, pulled, size, lanes, pair, 0, pair, 1)
    else:
        blended(x, out, out, pulled, size, lanes, pair, 0, pair, 1)
        lower(x, source, axes, a, 0, ops[a, MANY], out, op, 0, ops[op, MANY], by_rank, lanes)


def _gate_back(
    ops: Ints, acts: Ints, axes: Ints, by_rank: Ints, op: int, head: Array, p: Array, first: Ints, x: Array, lanes: int,
    nodes: Ints, up_link: Ints, full: bool, about: Array, links: Array,
) -> None:  # fmt: skip
    a, here, of_a = ops[op, A], ops[op, NODE], 1 << (ops[ops[op, A], MANY] - 1)
    node, place, row = nodes[here], first[here], up_link[first[here]]
    out, rest, source = ops[op, START] * lanes, 1 << (ops[op, MANY] - 1), ops[a, START] * lanes
    work, upper = ops[len(ops) - 1, START] * lanes, out + rest * lanes
    pulled, pair, two = work + rest * lanes, np.empty((2, lanes)), np.empty((3, lanes))
    lift(x, source, axes, a, 1, ops[a, MANY], work, op, 1, ops[op, MANY], by_rank, lanes)
    dot(x, work, out, rest, lanes, two, 2)
    lift(x, source + of_a * lanes, axes, a, 1, ops[a, MANY], work, op, 1, ops[op, MANY], by_rank, lanes)
    copied(x, pulled, upper, rest, lanes)
    _act(ops, acts, op, x, pulled, rest, lanes, p, True)
    dot(x, work, upper, rest, lanes, two, 0)
    dot(x, work, pulled, rest, lanes, two, 1)
    _mixture(ops, op, head, p, first, pair)
    for lane in range(lanes):
        about[JOINT, node, lane] = pair[1, lane] * two[1, lane]
        about[D_NN, node, lane] = (1.0 - p[place, lane]) * two[0, lane] + two[2, lane]
        about[D_YY, node, lane] = p[place, lane] * two[1, lane]
    if full:
        for lane in range(lanes):
            links[FIRED, row, lane] = about[JOINT, node, lane]
            links[SLOPE, row, lane] = head[YY, here, lane] * two[1, lane] - head[NN, here, lane] * two[0, lane]
        _account(ops, acts, op, x, work, pulled, rest, lanes, p, pair[1], up_link, links)
    blended(x, upper, upper, pulled, rest, lanes, pair, 0, pair, 1)
    pair[0] = head[NN, here]
    scaled(x, out, out, rest, lanes, pair, 0)
    lower(x, source, axes, a, 1, ops[a, MANY], out, op, 1, ops[op, MANY], by_rank, lanes)
    lower(x, source + of_a * lanes, axes, a, 1, ops[a, MANY], upper, op, 1, ops[op, MANY], by_rank, lanes)
