"""The operations that answer a reduced problem: bucket elimination, written down before a number is computed.

The axes leave in the order of a plan. A node's contributions become its state when they leave before it; when its state
leaves first, what is left is a table of what its contributions are going to be worth, in which the parents that still
come act the other way round (the axis is "awaiting"). Everything here runs as it stands, and faster compiled (see
kernels).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crampnet.inference.exact.plan import ATTEMPTS, CHILD, DOWN, Order, edges_down, find_order, signed_last
from crampnet.inference.exact.primitives import Axes
from crampnet.inference.exact.reduction import Structure
from crampnet.network.arrays import Ints
from crampnet.network.network import Array

UNIT, LOAD, PAIR, MERGE, ACT, STATE, CLOSE, ROOT, LEAVE, OPEN, END = range(11)
"""Operations: a table of one 1; a factor; states of a node and its only parent; the product of two tables; parents'
links to a node whose contributions are about to leave; contributions become the state; contributions of a node that
closes meet its observation; a root acts on its children and its state is summed out; another node does; a node does
whose contributions are still to come; contributions that were awaited leave."""

KIND, A, B, NODE, OWN, FIRST, MANY, START, STRIDE = range(9)
"""Columns of a program's operations: kind; tables taken (-1: none; for LOAD the factor); node that it is about
(position in the structure); 1 where table A has the axis of the state that is summed out; first of its links; number of
axes of its table; where that lies, in entries; distance between the halves of the axis that a node's state or awaited
contributions get, and for MERGE the room that it needs to work in, in entries."""

PLACE, STEP, MODE, ABOVE = range(4)
"""Columns of the links that act: place in the structure's `up_link`; distance between the halves of the child's axis;
how it acts; for ACT, distance between the halves of the parent's axis."""
BRINGS, SIGNED, AWAITED = range(3)
"""How a link acts: on contributions; on signed ones; on awaited ones."""

MOST = 32
"""Most axes that a table of a plan can have; far more than can be computed."""
ENOUGH = 8.0e5
"""A plan that costs less than this is taken without looking for a better one, one that costs so many times as much is
weighed against so many others; in entries, about twice as much as making a plan takes."""
OVERHEAD = 100.0
"""What an operation costs beside its entries."""


class Program(NamedTuple):
    """Operations in order; the table that each makes has its number.

    ops: shape (ops + 1, 9), columns as above, the last row an end mark; acts: the links that act, shape (any, 4);
    axes: of each table, outermost first, shape (ops, MOST), an axis being 2 * rank + (1 if awaiting); points: 1 for the
    ranks along which tables multiply point by point (states and signed contributions); work, width: predicted cost in
    entries and most axes in one table.
    """

    ops: Ints
    acts: Ints
    axes: Axes
    points: Ints
    work: float
    width: int


def cheapest(
    structure: Structure, quick: Order, signed: Ints, factor_first: Ints, factor_nodes: Ints, lanes: int,
    most_memory: float,
) -> tuple[Order, Program]:  # fmt: skip
    """The cheapest of some orders, signed hubs last; others than the quick one are looked for only while it is dear.

    signed: 1 where a node's contributions axis is signed, shape (nodes of the structure,); factor_first, factor_nodes:
    tables to begin with, over states of the named nodes (none for a network of noisy-ORs); lanes: how often it is run;
    most_memory: entries that may be kept, so that an order that keeps more is taken only where all do.
    """
    best = signed_last(quick, signed)
    program = write(structure, best, signed, factor_first, factor_nodes)
    for attempt in range(1, ATTEMPTS + 1):
        # A better order is looked for while looking costs less than what the best one so far takes.
        if program.work * lanes > ENOUGH * attempt:
            other = signed_last(find_order(structure, factor_first, factor_nodes, attempt), signed)
            its_program = write(structure, other, signed, factor_first, factor_nodes)
            if _dear(its_program, most_memory) < _dear(program, most_memory):
                best, program = other, its_program
    return best, program


def _dear(program: Program, most_memory: float) -> tuple[float, float]:
    """What programs are chosen by, the least first: whether too much is kept, then the work."""
    return (1.0 if stored(program) > most_memory else 0.0), program.work


def stored(program: Program) -> float:
    """Entries of all tables that it keeps, for one lane."""
    return float(program.ops[len(program.ops) - 1, START])


OPS, LINKS = range(2)
"""Counts while a program is written: operations and links."""


def write(structure: Structure, order: Order, signed: Ints, factor_first: Ints, factor_nodes: Ints) -> Program:
    """The operations for an order. Arguments as for cheapest."""
    count, links = len(structure.nodes), len(structure.up_link)
    # Each table but the last is merged away or taken by one other operation; each axis takes three at most.
    most = 4 * len(order.at) + 2 * (count + len(factor_first)) + 2
    ops, axes = np.full((most, 9), -1, np.int64), np.empty((most, MOST), np.int16)
    acts, acted = np.empty((links + 1, 4), np.int64), np.zeros(links, np.int64)
    points = np.ones(len(order.at), np.int64)
    for here in range(count):
        if order.rank[count + here] >= 0:
            points[order.rank[count + here]] = signed[here]
    bucket, chain = np.full(len(order.at) + 1, -1, np.int64), np.full(most, -1, np.int64)
    counts, cost, room = np.zeros(2, np.int64), np.zeros(2), np.empty(MOST + 8, np.int64)
    edge, first = edges_down(structure)
    ops[0, FIRST] = 0
    for factor in range(len(factor_first) - 1):
        size = 0
        for place in range(factor_first[factor], factor_first[factor + 1]):
            size = _with(room, size, 2 * order.rank[factor_nodes[place]])
        _keep(ops, axes, bucket, chain, _emit(ops, axes, counts, cost, LOAD, factor, -1, -1, room, size, 1.0))
    for here in range(count):
        if structure.variable[here] and structure.up_first[here + 1] - structure.up_first[here] == 1:
            place = structure.up_first[here]
            size = _with(room, 0, 2 * order.rank[here])
            size = _with(room, size, 2 * order.rank[structure.up_parent[place]])
            _take(acts, acted, counts, place, BRINGS)
            _keep(ops, axes, bucket, chain, _emit(ops, axes, counts, cost, PAIR, -1, -1, here, room, size, 1.0))
    for rank in range(len(order.at)):
        table = _merged(ops, axes, points, bucket, chain, counts, cost, room, rank)
        if order.at[rank] < count:
            table = _state_leaves(
                structure, order, edge, first, ops, axes, acts, acted, points, counts, cost, room, order.at[rank], table
            )
        else:
            table = _contributions_leave(
                structure, order, ops, axes, acts, acted, points, counts, cost, room, order.at[rank] - count, table
            )
        _keep(ops, axes, bucket, chain, table)
    if _merged(ops, axes, points, bucket, chain, counts, cost, room, len(order.at)) < 0:
        _emit(ops, axes, counts, cost, UNIT, -1, -1, -1, room, 0, 0.0)
    return _finished(structure, order, edge, ops, axes, acts, points, counts, cost)


def _finished(
    structure: Structure, order: Order, edge: Ints, ops: Ints, axes: Axes, acts: Ints, points: Ints,
    counts: Ints, cost: Array,
) -> Program:  # fmt: skip
    """Starts of the tables, and the distances between the halves of axes."""
    many, count = counts[OPS], len(structure.nodes)
    ops[0, START] = 0
    for op in range(many):
        ops[op + 1, START] = ops[op, START] + (1 << min(ops[op, MANY], 50))
        here, kind = ops[op, NODE], ops[op, KIND]
        if kind in (PAIR, STATE):
            ops[op, STRIDE] = _distance(ops, axes, op, order.rank[here])
        elif kind == OPEN:
            ops[op, STRIDE] = _distance(ops, axes, op, order.rank[count + here])
        for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
            acts[spot, STEP] = _distance(ops, axes, op, order.rank[count + edge[CHILD, acts[spot, PLACE]]])
            acts[spot, ABOVE] = _distance(ops, axes, op, order.rank[structure.up_parent[acts[spot, PLACE]]])
    return Program(
        ops[: many + 1].copy(), acts[: counts[LINKS]].copy(), axes[:many].copy(), points, cost[0], int(cost[1])
    )


def pack(ops: Ints) -> None:
    """Let tables lie where earlier ones, no longer needed, have lain: for a forward pass alone."""
    many = len(ops) - 1
    table, begin, end = np.empty(many, np.int64), np.empty(many, np.int64), np.empty(many, np.int64)
    living = peak = 0
    for op in range(many):
        size, at, spot = 1 << ops[op, MANY], 0, 0
        while spot < living and begin[spot] < at + size:  # sorted by place: the first gap that is wide enough
            at = end[spot]
            spot += 1
        for other in range(living, spot, -1):
            table[other], begin[other], end[other] = table[other - 1], begin[other - 1], end[other - 1]
        table[spot], begin[spot], end[spot] = op, at, at + size
        living, peak = living + 1, max(peak, at + size)
        ops[op, START] = at
        left = 0
        for spot in range(living):
            used = (table[spot] == ops[op, A] and ops[op, KIND] != LOAD) or table[spot] == ops[op, B]
            if not used:
                table[left], begin[left], end[left] = table[spot], begin[spot], end[spot]
                left += 1
        living = left
    ops[many, START] = peak


def _distance(ops: Ints, axes: Axes, op: int, rank: int) -> int:
    """Entries between the halves of an axis of a table; 0 where it has no such axis."""
    for place in range(ops[op, MANY]):
        if axes[op, place] >> 1 == rank:
            return int(1 << (ops[op, MANY] - 1 - place))
    return 0


def _emit(
    ops: Ints, axes: Axes, counts: Ints, cost: Array, kind: int, a: int, b: int, node: int, room: Ints, size: int,
    factor: float,
) -> int:  # fmt: skip
    """Write an operation whose table has the axes in `room`; returns its number."""
    op, kept = counts[OPS], min(size, MOST)
    ops[op, KIND], ops[op, A], ops[op, B], ops[op, NODE], ops[op, MANY] = kind, a, b, node, kept
    ops[op, OWN] = 0
    ops[op + 1, FIRST] = counts[LINKS]
    for place in range(kept):
        axes[op, place] = room[place]
    counts[OPS] = op + 1
    cost[0] += factor * 2.0**size + OVERHEAD
    cost[1] = max(cost[1], size)
    return int(op)


def _keep(ops: Ints, axes: Axes, bucket: Ints, chain: Ints, table: int) -> None:
    """Put a table into the bucket of the axis of it that leaves first; one without axes into the last."""
    rank = axes[table, 0] >> 1 if ops[table, MANY] > 0 else len(bucket) - 1
    chain[table] = bucket[rank]
    bucket[rank] = table


def _take(acts: Ints, acted: Ints, counts: Ints, place: int, mode: int) -> None:
    """A link acts in the operation that is written next."""
    acted[place] = 1
    acts[counts[LINKS], PLACE], acts[counts[LINKS], MODE] = place, mode
    counts[LINKS] += 1


# -- sets of axes, sorted by rank --------------------------------------------------------------------


def _copy(ops: Ints, axes: Axes, table: int, room: Ints) -> int:
    """The axes of a table; none for -1."""
    if table < 0:
        return 0
    for place in range(ops[table, MANY]):
        room[place] = axes[table, place]
    return int(ops[table, MANY])


def _with(room: Ints, size: int, axis: int) -> int:
    """Put an axis into a sorted set, unless it has the axis already, in whatever form."""
    place = 0
    while place < size and room[place] >> 1 < axis >> 1:
        place += 1
    if size >= len(room) or (place < size and room[place] >> 1 == axis >> 1):
        return size
    for other in range(size, place, -1):
        room[other] = room[other - 1]
    room[place] = axis
    return size + 1


def _first_out(room: Ints, size: int, rank: int) -> int:
    """Take the axis of a rank, which is the first, out of a sorted set, if it has it."""
    if size == 0 or room[0] >> 1 != rank:
        return size
    for place in range(1, size):
        room[place - 1] = room[place]
    return size - 1


def _form(room: Ints, size: int, rank: int) -> int:
    """1 where a set has the axis of a rank awaiting."""
    for place in range(size):
        if room[place] >> 1 == rank:
            return int(room[place] & 1)
    return 0


# -- one bucket --------------------------------------------------------------------------------------


def _merged(
    ops: Ints, axes: Axes, points: Ints, bucket: Ints, chain: Ints, counts: Ints, cost: Array, room: Ints, rank: int
) -> int:
    """The product of the tables of a bucket, smallest first; -1 where there are none."""
    table = -1
    while bucket[rank] >= 0:
        best, before_best, before, other = bucket[rank], -1, bucket[rank], chain[bucket[rank]]
        while other >= 0:
            if ops[other, MANY] < ops[best, MANY]:
                best, before_best = other, before
            before, other = other, chain[other]
        if before_best < 0:
            bucket[rank] = chain[best]
        else:
            chain[before_best] = chain[best]
        table = best if table < 0 else _product(ops, axes, points, counts, cost, room, table, best)
    return int(table)


def _product(ops: Ints, axes: Axes, points: Ints, counts: Ints, cost: Array, room: Ints, one: int, other: int) -> int:
    size = _copy(ops, axes, one, room)
    unfolded, place = 4.0, 0
    of_one, of_other = 2.0 ** ops[one, MANY], 2.0 ** ops[other, MANY]
    for spot in range(ops[other, MANY]):
        axis = axes[other, spot]
        while place < size and room[place] >> 1 < axis >> 1:
            place += 1
        if place < size and room[place] >> 1 == axis >> 1:
            if points[axis >> 1] == 0:
                unfolded *= 1.5
                of_one *= 1.5 if axis & 1 else 1.0
                of_other *= 1.0 if axis & 1 else 1.5
            room[place] |= axis & 1
        else:
            size = _with(room, size, axis)
    op = _emit(ops, axes, counts, cost, MERGE, one, other, -1, room, size, unfolded)
    ops[op, STRIDE] = min(3.0 * (of_one + of_other), 2.0**50)
    return op


def _contributions_leave(
    structure: Structure, order: Order, ops: Ints, axes: Axes, acts: Ints, acted: Ints, points: Ints,
    counts: Ints, cost: Array, room: Ints, here: int, table: int,
) -> int:  # fmt: skip
    """The parents that have not acted act; then the contributions become a state or meet what is known of it."""
    rank, many = order.rank[len(structure.nodes) + here], 0
    if table < 0:
        table = _emit(ops, axes, counts, cost, UNIT, -1, -1, -1, room, 0, 0.0)
    size = _copy(ops, axes, table, room)
    awaited = _form(room, size, rank)
    opened = structure.variable[here] == 1 and order.rank[here] < rank
    mode = SIGNED if points[rank] else (AWAITED if awaited else BRINGS)
    size = _with(room, size, 2 * rank)
    for place in range(structure.up_first[here], structure.up_first[here + 1]):
        if not acted[place]:
            many += 1
            size = _with(room, size, 2 * order.rank[structure.up_parent[place]])
            _take(acts, acted, counts, place, mode)
    if many:
        table = _emit(ops, axes, counts, cost, ACT, table, -1, here, room, size, 2.0 + many)
    size = _first_out(room, size, rank)
    if opened:
        return _emit(ops, axes, counts, cost, END, table, -1, here, room, size, 1.0)
    if structure.variable[here] == 0:
        return _emit(ops, axes, counts, cost, CLOSE, table, -1, here, room, size, 2.0)
    size = _with(room, size, 2 * order.rank[here])
    return _emit(ops, axes, counts, cost, STATE, table, -1, here, room, size, 4.0)


def _state_leaves(
    structure: Structure, order: Order, edge: Ints, first: Ints, ops: Ints, axes: Axes, acts: Ints, acted: Ints,
    points: Ints, counts: Ints, cost: Array, room: Ints, here: int, table: int,
) -> int:  # fmt: skip
    """A node acts on the children on which it has not acted, and its state is summed out."""
    count, rank = len(structure.nodes), order.rank[here]
    if table < 0:
        table = _emit(ops, axes, counts, cost, UNIT, -1, -1, -1, room, 0, 0.0)
    size = _copy(ops, axes, table, room)
    own = 1 if size > 0 and room[0] >> 1 == rank else 0
    size = _first_out(room, size, rank)
    dear, weighed = 3.0, 0.0
    for spot in range(first[here], first[here + 1]):
        place = edge[DOWN, spot]
        if not acted[place]:
            child = order.rank[count + edge[CHILD, place]]
            size = _with(room, size, 2 * child)
            if points[child]:
                weighed = 1.0
                _take(acts, acted, counts, place, SIGNED)
            else:
                dear += 1.0
                _take(acts, acted, counts, place, AWAITED if _form(room, size, child) else BRINGS)
    kind = LEAVE
    if structure.up_first[here + 1] == structure.up_first[here]:
        kind = ROOT
    elif order.rank[count + here] > rank:
        kind = OPEN
        dear += 2.0
        size = _with(room, size, 2 * order.rank[count + here])
        for place in range(size):
            if room[place] >> 1 == order.rank[count + here]:
                room[place] |= 1 - points[order.rank[count + here]]
    table = _emit(ops, axes, counts, cost, kind, table, -1, here, room, size, dear + weighed)
    ops[table, OWN] = own
    return table
