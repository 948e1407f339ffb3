"""Elimination orders for a tree of small tables: by fewest neighbours, fast, and by fewest missing edges.

The vertices of the graph are the axes that a table can have; an edge joins two that some factor has both of.
Everything here runs as it stands, and faster compiled (see kernels).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crampnet.inference.exact.primitives import bits
from crampnet.network.arrays import Ints

Words = npt.NDArray[np.uint64]
"""Sets of vertices as bits, 64 to a word, shape (vertices, words)."""


def join(near: Words, one: int, other: int) -> None:
    """Add an edge."""
    near[one, other >> 6] |= np.uint64(1) << np.uint64(other & 63)
    near[other, one >> 6] |= np.uint64(1) << np.uint64(one & 63)


def members(near: Words, node: int, room: Ints) -> int:
    """Write the neighbours of a node into `room`; returns how many there are."""
    found = 0
    for word in range(near.shape[1]):
        left = near[node, word]
        while left:
            low = left & (~left + np.uint64(1))
            room[found] = 64 * word + bits(low - np.uint64(1))
            found += 1
            left = left ^ low
    return found


def min_degree(near: Words) -> Ints:
    """Order of the vertices, branch by branch: next the one with the fewest neighbours.

    Of those the one whose neighbours need the fewest new edges. near: the edges; it is used up.
    """
    count = len(near)
    left, degree, missing = np.ones(count, np.int64), np.zeros(count, np.int64), np.full(count, -1, np.int64)
    order, bag = np.empty(count, np.int64), np.zeros(near.shape, np.uint64)
    around, second = np.empty(count, np.int64), np.empty(count, np.int64)
    waiting, many_waiting = np.empty(count + 1, np.int64), 0  # with one neighbour at most: at once
    for node in range(count):
        degree[node] = _degree(near, node)
        if degree[node] <= 1:
            waiting[many_waiting] = node
            left[node] = 2
            many_waiting += 1
    for step in range(len(order)):
        if many_waiting:
            many_waiting -= 1
            node = waiting[many_waiting]
        else:
            node = _least(near, left, degree, missing)
        order[step] = node
        left[node] = 0
        bag[node] = near[node]
        many = members(near, node, around)
        _take_out(near, node, around, many)
        for a in range(many):
            here = around[a]
            degree[here] = _degree(near, here)
            if degree[here] <= 1 and left[here] == 1:
                waiting[many_waiting] = here
                left[here] = 2
                many_waiting += 1
            missing[here] = -1
            if many > 1:
                for b in range(members(near, here, second)):
                    missing[second[b]] = -1
    return _depth_first(order, bag)


def _least(near: Words, left: Ints, degree: Ints, missing: Ints) -> int:
    """The vertex with the fewest neighbours, of those the one with the fewest missing edges among them."""
    least, node = len(left) + 1, -1
    for other in range(len(left)):
        if left[other] and degree[other] < least:
            least, node = degree[other], other
    fewest = -1
    for other in range(len(left)):
        if left[other] and degree[other] == least:
            if missing[other] < 0:
                missing[other] = _cost(near, other)[0]
            if fewest < 0 or missing[other] < fewest:
                fewest, node = missing[other], other
    return node


def _degree(near: Words, node: int) -> int:
    degree = 0
    for word in range(near.shape[1]):
        degree += bits(near[node, word])
    return degree


def _take_out(near: Words, node: int, around: Ints, many: int) -> None:
    """Join the neighbours of a vertex to each other, and part them from it."""
    for a in range(many):
        here = around[a]
        for word in range(near.shape[1]):
            near[here, word] |= near[node, word]
        near[here, here >> 6] &= ~(np.uint64(1) << np.uint64(here & 63))
        near[here, node >> 6] &= ~(np.uint64(1) << np.uint64(node & 63))


def min_fill(near: Words, seed: int) -> Ints:
    """Order of the vertices, branch by branch: next the one whose neighbours need the fewest new edges.

    Of those the one with the fewest neighbours. near: the edges; it is used up. seed: 0 for this order as it stands;
    others shake the choice, every second one goes by neighbours first.
    """
    count = len(near)
    left, random = np.ones(count, np.int64), seed
    key = np.zeros(count)
    for node in range(count):
        random = (random * 1103515245 + 12345) % 2147483648
        key[node] = _key(near, node, seed, random)
    order, bag = np.empty(count, np.int64), np.zeros(near.shape, np.uint64)
    around, second, stale = np.empty(count, np.int64), np.empty(count, np.int64), np.zeros(count, np.int64)
    for step in range(len(order)):
        node = -1
        for other in range(count):
            if left[other] and (node < 0 or key[other] < key[node]):
                node = other
        order[step] = node
        left[node] = 0
        bag[node] = near[node]
        many, missing = members(near, node, around), _cost(near, node)[0]
        _take_out(near, node, around, many)
        for a in range(many):
            stale[around[a]] = 1
            if missing:  # new edges
                for b in range(members(near, around[a], second)):
                    stale[second[b]] = 1
        for other in range(count):
            if stale[other]:
                stale[other] = 0
                random = (random * 1103515245 + 12345) % 2147483648
                key[other] = _key(near, other, seed, random)
    return _depth_first(order, bag)


def _key(near: Words, node: int, seed: int, random: int) -> float:
    """What the choice goes by; the smallest is next."""
    missing, degree = _cost(near, node)
    shaken = 0.0 if seed == 0 else 3.0 * random / 2147483648.0
    return degree + 0.01 * missing + shaken if seed % 2 else missing + 0.01 * degree + shaken


def _cost(near: Words, node: int) -> tuple[int, int]:
    """Edges that are missing among a node's neighbours (each counted twice), and how many neighbours there are."""
    degree, missing = _degree(near, node), 0
    for word in range(near.shape[1]):
        left = near[node, word]
        while left:
            low = left & (~left + np.uint64(1))
            other = 64 * word + bits(low - np.uint64(1))
            left = left ^ low
            shared = 0
            for place in range(near.shape[1]):
                shared += bits(near[node, place] & near[other, place])
            missing += degree - 1 - shared
    return missing, degree


def _depth_first(order: Ints, bag: Words) -> Ints:
    """The same elimination, branch by branch: within each branch the largest part first."""
    count = len(order)
    rank = np.empty(count, np.int64)
    for place in range(count):
        rank[order[place]] = place
    above = np.full(count, -1, np.int64)
    weight = np.zeros(count)
    room = np.empty(count, np.int64)
    for place in range(count):
        node = order[place]
        many = members(bag, node, room)
        weight[node] += 2.0**many
        for a in range(many):
            if above[node] < 0 or rank[room[a]] < rank[above[node]]:
                above[node] = room[a]
        if above[node] >= 0:
            weight[above[node]] += weight[node]
    eldest, next_one = np.full(count + 1, -1, np.int64), np.empty(count, np.int64)  # below each, and below none
    for place in range(count - 1, -1, -1):
        node = order[place]
        next_one[node] = eldest[above[node]]
        eldest[above[node]] = node
    out, end = np.empty(count, np.int64), count
    stack, pending = np.empty(count + 1, np.int64), 1
    stack[0] = -1
    # Written from the back: a node stands behind everything below it, and its lightest part right before it.
    while pending:
        pending -= 1
        node = stack[pending]
        if node >= 0:
            end -= 1
            out[end] = node
        first, other = pending, eldest[node]
        while other >= 0:
            stack[pending] = other
            pending += 1
            other = next_one[other]
        for a in range(first + 1, pending):  # heaviest at the bottom of the stack, so that it comes last from the back
            b = a
            while b > first and weight[stack[b - 1]] < weight[stack[b]]:
                stack[b - 1], stack[b] = stack[b], stack[b - 1]
                b -= 1
    return out
