"""The operations that answer a reduced problem: bucket elimination, written down before a number is computed.

A node can have two binary axes in a table: its contributions (has some parent brought it about yet?), on which its
parents act, and its own state, with which it acts on its children. Both may be open at once, so nodes can leave in any
order. Nodes that close and that many others can bring about ("wide") stay open to the end; a root that acts on such
nodes only is mixed in there, and a hidden node between one parent and such nodes acts as a gate of its parent.
Everything here runs as it stands, and faster compiled (see kernels).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crampnet.inference.exact.order import Words, join, min_fill, narrow_line
from crampnet.inference.exact.reduction import Structure
from crampnet.network.arrays import Ints
from crampnet.network.network import Array

UNIT, LOAD, MERGE, ACT, STATE, GATE, LEAVE, MIX, CLOSE = range(9)
"""Operations: a table of one 1; a factor; the product of two tables; a parent's link to a node that is about to leave;
a node's contributions become its state; a hidden node between one parent and wide nodes; a node acts on its children
and its state is summed out; a root does; a node that closes meets its observation."""

KIND, A, B, NODE, PARENT, FIRST, MANY, START, STRIDE = range(9)
"""Columns of a program's operations: kind; tables taken (-1: none; for LOAD the factor); node that it is about and
parent that acts (positions in the structure); first of its links; number of axes of its table; where that lies, in
entries; for ACT, the distance between the halves of the parent's axis."""

PLACE, STEP, SIGNED = range(3)
"""Columns of the links that act: place in the structure's `up_link`; distance between the halves of the child's axis;
1 for a signed axis."""

RANK, AT, WIDE, FREE, GATED, BY_RANK = range(6)
"""Rows about nodes: rank; node of each rank; 1 where it stays open to the end; 1 for roots that act on such nodes
only; the only parent of a hidden node that acts on such nodes only and never comes without that parent, or -1; 1 where
the axis of the node of each rank is signed."""

CHILD, DOWN, ACTED = range(3)
"""Rows about links: node that it acts on; places of the links out of each node; 1 once it has acted."""

MOST = 40
"""Most axes that a table of a plan can have; far more than can be computed."""
EVERYTHING = 1 << 20
"""Limit of early absorption: always, so that there is one single table."""
ENOUGH = 3.0e5
"""A plan that costs less than this is taken without looking for a better one, one that costs so many times as much is
weighed against so many others; in entries, about as much as making a plan takes."""
TRIED = (
    (12, 2, 0, 0), (12, EVERYTHING, 1, 0), (12, 0, 0, 1), (12, 4, 0, 0), (12, 2, 0, 2), (24, 0, 0, 0), (12, 0, 0, 3),
    (6, 0, 0, 0), (12, 2, 0, 4), (24, 3, 0, 5), (12, 0, 0, 6), (12, 3, 0, 7), (12, 1, 0, 8), (12, 4, 0, 9),
    (12, 2, 0, 10), (12, 3, 0, 11), (12, 5, 0, 12), (12, 2, 0, 13), (12, 1, 0, 14), (12, 4, 0, 15), (12, 3, 0, 16),
    (12, 2, 0, 17), (12, 6, 0, 18), (12, 2, 0, 19), (12, 3, 0, 20), (12, 4, 0, 21), (12, 1, 0, 22), (12, 5, 0, 23),
)  # fmt: skip
"""Other plans: hidden parents that make a node wide, reach of early absorption, 1 for a line, seed of the order."""


class Program(NamedTuple):
    """Operations in order; the table that each makes has its number.

    ops: shape (ops + 1, 9), columns as above, the last row an end mark; acts: the links that act, shape (any, 3);
    axes: of each table, outermost first, shape (ops, MOST), an axis being 2 * rank + (1 for state); about: rows about
    nodes, shape (6, nodes); work, width: predicted cost in entries and most axes in one table.
    """

    ops: Ints
    acts: Ints
    axes: Ints
    about: Ints
    work: float
    width: int


def make_program(structure: Structure, tight: Ints, signed: Ints, factor_first: Ints, factor_nodes: Ints) -> Program:
    """The cheapest of some plans; another one is looked for only while the best is dear.

    tight: 1 for nodes that never come without their only parent; signed: 1 where a node's contributions axis is signed,
    shape (nodes of the structure,) both; factor_first, factor_nodes: tables to begin with, over states of the named
    nodes (none for a network of noisy-ORs).
    """
    best = _tried(structure, tight, signed, factor_first, factor_nodes, 12, 0, False, 0)
    for row in range(len(TRIED)):
        limit, reach, line, seed = TRIED[row]
        # A better plan is looked for while looking costs less than what the best one so far takes.
        if best.work > ENOUGH * (1 + row):
            other = _tried(structure, tight, signed, factor_first, factor_nodes, limit, reach, line == 1, seed)
            if other.work < best.work:
                best = other
    return best


def _tried(
    structure: Structure, tight: Ints, signed: Ints, factor_first: Ints, factor_nodes: Ints,
    limit: int, reach: int, line: bool, seed: int,
) -> Program:  # fmt: skip
    """One plan: with a limit for wide nodes, absorbing early up to so many more axes, along a line or a tree."""
    edge, first = _edges_down(structure)
    about = find_parts(structure, tight, edge, first, limit)
    for here in factor_nodes:  # their state has to be an axis
        about[FREE, here], about[GATED, here] = 0, -1
    steered = np.ones(len(structure.nodes), np.int64)
    for here in range(len(steered)):
        if about[WIDE, here] or about[FREE, here] or about[GATED, here] >= 0:
            steered[here] = 0
    near = _graph(structure, steered, factor_first, factor_nodes)
    order = _line(near, steered) if line else min_fill(near, steered, seed)
    after = 0
    for here in order:
        about[RANK, here], about[AT, after], about[BY_RANK, after] = after, here, signed[here]
        after += 1
    for here in range(len(steered)):
        if about[WIDE, here]:
            about[RANK, here], about[AT, after], about[BY_RANK, after] = after, here, signed[here]
            after += 1
    return write(structure, about, edge, first, order, factor_first, factor_nodes, reach)


def _edges_down(structure: Structure) -> tuple[Ints, Ints]:
    """Rows about links, and each node's first place in the row of links out of it."""
    count, links = len(structure.nodes), len(structure.up_link)
    edge, first = np.zeros((3, links), np.int64), np.zeros(count + 1, np.int64)
    for here in range(count):
        for place in range(structure.up_first[here], structure.up_first[here + 1]):
            edge[CHILD, place] = here
            first[structure.up_parent[place] + 1] += 1
    for here in range(count):
        first[here + 1] += first[here]
    filled = first.copy()
    for place in range(links):
        parent = structure.up_parent[place]
        edge[DOWN, filled[parent]] = place
        filled[parent] += 1
    return edge, first


def find_parts(structure: Structure, tight: Ints, edge: Ints, first: Ints, limit: int) -> Ints:
    """Rows about nodes, without ranks. Wide are nodes that close and have at least `limit` hidden parents."""
    count = len(structure.nodes)
    about = np.zeros((6, count), np.int64)
    about[RANK], about[AT], about[GATED] = -1, -1, -1
    for here in range(count):
        parents = structure.up_first[here + 1] - structure.up_first[here]
        about[WIDE, here] = 1 if structure.variable[here] == 0 and parents >= limit else 0
    for here in range(count):
        only_wide = structure.variable[here] == 1
        for spot in range(first[here], first[here + 1]):
            only_wide = only_wide and about[WIDE, edge[CHILD, edge[DOWN, spot]]] == 1
        if only_wide:
            parents = structure.up_first[here + 1] - structure.up_first[here]
            if parents == 0:
                about[FREE, here] = 1
            elif parents == 1 and tight[here]:
                about[GATED, here] = structure.up_parent[structure.up_first[here]]
    return about


def _graph(structure: Structure, steered: Ints, factor_first: Ints, factor_nodes: Ints) -> Words:
    count = len(structure.nodes)
    near = np.zeros((count, count // 64 + 1), np.uint64)
    for here in range(count):
        for place in range(structure.up_first[here], structure.up_first[here + 1]):
            if steered[here] and steered[structure.up_parent[place]]:
                join(near, here, structure.up_parent[place])
    for factor in range(len(factor_first) - 1):
        for one in range(factor_first[factor], factor_first[factor + 1]):
            for other in range(factor_first[factor], one):
                join(near, factor_nodes[one], factor_nodes[other])
    return near


def _line(near: Words, steered: Ints) -> Ints:
    """The best of some greedy lines."""
    best, order = np.inf, np.empty(0, np.int64)
    many, seen = int(steered.sum()), 0
    for start in range(len(steered)):
        if steered[start]:
            if seen % max(1, many // 8) == 0:
                cells, found = narrow_line(near, steered, start)
                if cells < best:
                    best, order = cells, found
            seen += 1
    return order


# -- writing -----------------------------------------------------------------------------------------

OPS, LINKS, POOL, NARROW = range(4)
"""Counts while a program is written: operations, links, tables in the pool, rank of the first wide node."""


def write(
    structure: Structure, about: Ints, edge: Ints, first: Ints, order: Ints,
    factor_first: Ints, factor_nodes: Ints, reach: int,
) -> Program:  # fmt: skip
    """Write the operations for an order, keeping the set of tables that are still to be multiplied."""
    count, links = len(structure.nodes), len(structure.up_link)
    most = 6 * count + links + len(factor_first) + 8
    ops, axes = np.full((most, 9), -1, np.int64), np.empty((most, MOST), np.int64)
    acts, pool = np.empty((links + 1, 3), np.int64), np.empty(most, np.int64)
    counts, cost, room = np.zeros(4, np.int64), np.zeros(2), np.empty(MOST + 8, np.int64)
    counts[NARROW] = len(order)
    ops[0, FIRST] = 0
    for factor in range(len(factor_first) - 1):
        size = 0
        for place in range(factor_first[factor], factor_first[factor + 1]):
            size = _with(room, size, 2 * about[RANK, factor_nodes[place]] + 1)
        _emit(ops, axes, pool, counts, cost, LOAD, factor, -1, -1, -1, room, size, 1.0)
    for here in order:
        _eliminate(structure, about, edge, first, ops, axes, acts, pool, counts, cost, room, here, reach)
    table = _merged(about, ops, axes, pool, counts, cost, room, -1, True)
    for here in range(count):
        if about[FREE, here]:
            table = _spread_out(about, edge, first, ops, axes, acts, pool, counts, cost, room, MIX, table, here)
    for here in range(count):
        if about[WIDE, here]:
            size = _without(ops, axes, table, 2 * about[RANK, here], room)
            table = _emit(ops, axes, pool, counts, cost, CLOSE, table, -1, here, -1, room, size, 1.0)
    return _finished(about, edge, ops, axes, acts, counts, cost)


def _finished(about: Ints, edge: Ints, ops: Ints, axes: Ints, acts: Ints, counts: Ints, cost: Array) -> Program:
    """Starts of the tables, and the distances between the halves of the axes that links act along."""
    many = counts[OPS]
    ops[0, START] = 0
    for op in range(many):
        ops[op + 1, START] = ops[op, START] + (1 << min(ops[op, MANY], 50))
        for spot in range(ops[op, FIRST], ops[op + 1, FIRST]):
            child = edge[CHILD, acts[spot, PLACE]]
            acts[spot, STEP] = _distance(ops, axes, op, 2 * about[RANK, child])
            acts[spot, SIGNED] = about[BY_RANK, about[RANK, child]]
        if ops[op, KIND] == ACT:
            ops[op, STRIDE] = _distance(ops, axes, op, 2 * about[RANK, ops[op, PARENT]] + 1)
    return Program(
        ops[: many + 1].copy(), acts[: counts[LINKS]].copy(), axes[:many].copy(), about, cost[0], int(cost[1])
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


def _distance(ops: Ints, axes: Ints, op: int, axis: int) -> int:
    """Entries between the halves of an axis of a table; 0 where it has no such axis."""
    for place in range(ops[op, MANY]):
        if axes[op, place] == axis:
            return int(1 << (ops[op, MANY] - 1 - place))
    return 0


def _emit(
    ops: Ints, axes: Ints, pool: Ints, counts: Ints, cost: Array,
    kind: int, a: int, b: int, node: int, parent: int, room: Ints, size: int, factor: float,
) -> int:  # fmt: skip
    """Write an operation whose table has the axes in `room`; returns its number."""
    op, kept = counts[OPS], min(size, MOST)
    ops[op, KIND], ops[op, A], ops[op, B], ops[op, NODE], ops[op, PARENT], ops[op, MANY] = (
        kind,
        a,
        b,
        node,
        parent,
        kept,
    )
    ops[op + 1, FIRST] = counts[LINKS]
    for place in range(kept):
        axes[op, place] = room[place]
    left = 0
    for spot in range(counts[POOL]):
        if (pool[spot] != a or kind == LOAD) and pool[spot] != b:
            pool[left] = pool[spot]
            left += 1
    pool[left] = op
    counts[POOL] = left + 1
    counts[OPS] = op + 1
    cost[0] += factor * 2.0**size + 100.0
    cost[1] = max(cost[1], size)
    return int(op)


# -- sets of axes, sorted ----------------------------------------------------------------------------


def _copy(ops: Ints, axes: Ints, table: int, room: Ints) -> int:
    for place in range(ops[table, MANY]):
        room[place] = axes[table, place]
    return int(ops[table, MANY])


def _with(room: Ints, size: int, axis: int) -> int:
    """Put an axis into a sorted set."""
    place = 0
    while place < size and room[place] < axis:
        place += 1
    if size >= len(room) or (place < size and room[place] == axis):
        return size
    for other in range(size, place, -1):
        room[other] = room[other - 1]
    room[place] = axis
    return size + 1


def _without(ops: Ints, axes: Ints, table: int, axis: int, room: Ints) -> int:
    """The axes of a table but one."""
    size = 0
    for place in range(ops[table, MANY]):
        if axes[table, place] != axis:
            room[size] = axes[table, place]
            size += 1
    return size


def _has_wide(ops: Ints, axes: Ints, counts: Ints, table: int) -> bool:
    """The wide axes have the highest ranks, so the last one tells."""
    many = ops[table, MANY]
    return bool(many > 0 and axes[table, many - 1] >= 2 * counts[NARROW])


# -- one bucket --------------------------------------------------------------------------------------


def _eliminate(
    structure: Structure, about: Ints, edge: Ints, first: Ints, ops: Ints, axes: Ints, acts: Ints, pool: Ints,
    counts: Ints, cost: Array, room: Ints, here: int, reach: int,
) -> None:  # fmt: skip
    rank = about[RANK, here]
    table = _merged(about, ops, axes, pool, counts, cost, room, rank, reach == EVERYTHING)
    for place in range(structure.up_first[here], structure.up_first[here + 1]):
        if not edge[ACTED, place]:
            parent = structure.up_parent[place]
            edge[ACTED, place] = 1
            acts[counts[LINKS], PLACE] = place
            counts[LINKS] += 1
            size = _copy(ops, axes, table, room)
            size = _with(room, size, 2 * about[RANK, parent] + 1)
            size = _with(room, size, 2 * rank)
            table = _emit(ops, axes, pool, counts, cost, ACT, table, -1, here, parent, room, size, 1.5)
    size = _without(ops, axes, table, 2 * rank, room)
    if not structure.variable[here]:
        _emit(ops, axes, pool, counts, cost, CLOSE, table, -1, here, -1, room, size, 1.0)
        return
    size = _with(room, size, 2 * rank + 1)
    table = _emit(ops, axes, pool, counts, cost, STATE, table, -1, here, -1, room, size, 1.0)
    table = _absorbed(about, edge, first, ops, axes, pool, counts, cost, room, here, table, reach)
    for other in range(len(structure.nodes)):
        if about[GATED, other] == here:
            table = _spread_out(about, edge, first, ops, axes, acts, pool, counts, cost, room, GATE, table, other)
    _spread_out(about, edge, first, ops, axes, acts, pool, counts, cost, room, LEAVE, table, here)


def _spread_out(
    about: Ints, edge: Ints, first: Ints, ops: Ints, axes: Ints, acts: Ints, pool: Ints, counts: Ints, cost: Array,
    room: Ints, kind: int, table: int, here: int,
) -> int:  # fmt: skip
    """A node acts on its children that it still owes: MIX, GATE or LEAVE."""
    if kind == LEAVE:
        size = _without(ops, axes, table, 2 * about[RANK, here] + 1, room)
    else:
        size = _copy(ops, axes, table, room)
    dear, weighed = 2.0, 0.0
    for spot in range(first[here], first[here + 1]):
        place = edge[DOWN, spot]
        child = edge[CHILD, place]
        if not edge[ACTED, place] and about[GATED, child] != here:
            edge[ACTED, place] = 1
            acts[counts[LINKS], PLACE] = place
            counts[LINKS] += 1
            size = _with(room, size, 2 * about[RANK, child])
            if about[BY_RANK, about[RANK, child]]:
                weighed = 1.0
            else:
                dear += 1.0
    return _emit(ops, axes, pool, counts, cost, kind, table, -1, here, about[GATED, here], room, size, dear + weighed)


def _merged(
    about: Ints, ops: Ints, axes: Ints, pool: Ints, counts: Ints, cost: Array, room: Ints, rank: int, everything: bool
) -> int:
    """The product of the tables that hold a node's axes, smallest first; all tables with rank -1 or `everything`."""
    table = -1
    while True:
        best = -1
        for spot in range(counts[POOL]):
            other = pool[spot]
            # The node that is next to leave has the lowest rank, so that its axis is a table's first one.
            about_it = rank < 0 or everything or (ops[other, MANY] > 0 and axes[other, 0] >> 1 == rank)
            if other != table and about_it and (best < 0 or ops[other, MANY] < ops[best, MANY]):
                best = other
        if best < 0:
            break
        table = best if table < 0 else _product(about, ops, axes, pool, counts, cost, room, table, best)
    return _emit(ops, axes, pool, counts, cost, UNIT, -1, -1, -1, -1, room, 0, 0.0) if table < 0 else int(table)


def _product(
    about: Ints, ops: Ints, axes: Ints, pool: Ints, counts: Ints, cost: Array, room: Ints, one: int, other: int
) -> int:
    size = _copy(ops, axes, one, room)
    unfolded = 4.0
    for place in range(ops[other, MANY]):
        axis = axes[other, place]
        before = size
        size = _with(room, size, axis)
        if size == before and axis % 2 == 0 and not about[BY_RANK, axis >> 1]:
            unfolded *= 1.5
    return _emit(ops, axes, pool, counts, cost, MERGE, one, other, -1, -1, room, size, unfolded)


def _absorbed(
    about: Ints, edge: Ints, first: Ints, ops: Ints, axes: Ints, pool: Ints, counts: Ints, cost: Array, room: Ints,
    here: int, table: int, reach: int,
) -> int:  # fmt: skip
    """Take in a table with the wide axes that the node is about to act on, where that beats a product later."""
    if reach == EVERYTHING or _has_wide(ops, axes, counts, table):
        return table
    owes = False
    for spot in range(first[here], first[here + 1]):
        child = edge[CHILD, edge[DOWN, spot]]
        owes = owes or about[GATED, child] == here or (about[WIDE, child] == 1 and not edge[ACTED, edge[DOWN, spot]])
    if not owes:
        return table
    for spot in range(counts[POOL] - 1, -1, -1):
        other = pool[spot]
        if other != table and _has_wide(ops, axes, counts, other):
            size = _copy(ops, axes, table, room)
            before = size
            for place in range(ops[other, MANY]):
                if axes[other, place] < 2 * counts[NARROW]:
                    size = _with(room, size, axes[other, place])
            if size - before <= reach:
                return _product(about, ops, axes, pool, counts, cost, room, table, other)
    return table
