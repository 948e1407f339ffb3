"""Elimination orders: min-fill for a tree of small tables, and a line that keeps one single table narrow.

The graph has an edge between a node and each of its hidden parents. Everything here runs as it stands, and faster
compiled (see kernels).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crampnet.inference.exact.primitives import bits
from crampnet.network.arrays import Ints

Words = npt.NDArray[np.uint64]
"""Sets of nodes as bits, 64 to a word, shape (nodes, words)."""


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


def min_fill(near: Words, steered: Ints, seed: int) -> Ints:
    """Order of the steered nodes (1), branch by branch: next the node whose neighbours need the fewest new edges.

    Of those the one with the fewest neighbours. near: edges among the steered nodes; it is used up. seed: 0 for this
    order as it stands; others shake the choice, every second one goes by neighbours first.
    """
    count = len(steered)
    left, random = steered.copy(), seed
    key = np.zeros(count)
    for node in range(count):
        if left[node]:
            random = (random * 1103515245 + 12345) % 2147483648
            key[node] = _key(near, node, seed, random)
    order = np.empty(int(steered.sum()), np.int64)
    bag = np.zeros(near.shape, np.uint64)
    around, second, stale = np.empty(count, np.int64), np.empty(count, np.int64), np.zeros(count, np.int64)
    for step in range(len(order)):
        node = -1
        for other in range(count):
            if left[other] and (node < 0 or key[other] < key[node]):
                node = other
        order[step] = node
        left[node] = 0
        bag[node] = near[node]
        many = members(near, node, around)
        for a in range(many):
            here = around[a]
            for word in range(near.shape[1]):
                near[here, word] |= near[node, word]
            near[here, here >> 6] &= ~(np.uint64(1) << np.uint64(here & 63))
            near[here, node >> 6] &= ~(np.uint64(1) << np.uint64(node & 63))
        for a in range(many):
            stale[around[a]] = 1
            for b in range(members(near, around[a], second)):
                stale[second[b]] = 1
        for other in range(count):
            if stale[other]:
                stale[other] = 0
                random = (random * 1103515245 + 12345) % 2147483648
                key[other] = _key(near, other, seed, random)
    return _depth_first(order, bag, count)


def _key(near: Words, node: int, seed: int, random: int) -> float:
    """What the choice goes by; the smallest is next."""
    missing, degree = _cost(near, node)
    shaken = 0.0 if seed == 0 else 3.0 * random / 2147483648.0
    return degree + 0.01 * missing + shaken if seed % 2 else missing + 0.01 * degree + shaken


def _cost(near: Words, node: int) -> tuple[int, int]:
    """Edges that are missing among a node's neighbours (each counted twice), and how many neighbours there are."""
    degree = 0
    for word in range(near.shape[1]):
        degree += bits(near[node, word])
    missing = 0
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


def _depth_first(order: Ints, bag: Words, count: int) -> Ints:
    """The same elimination, branch by branch: within each branch the largest part first."""
    rank = np.full(count, len(order), np.int64)
    for place in range(len(order)):
        rank[order[place]] = place
    above = np.full(count, -1, np.int64)
    weight = np.zeros(count)
    room = np.empty(count, np.int64)
    for place in range(len(order)):
        node = order[place]
        many = members(bag, node, room)
        weight[node] += 2.0**many
        for a in range(many):
            if above[node] < 0 or rank[room[a]] < rank[above[node]]:
                above[node] = room[a]
        if above[node] >= 0:
            weight[above[node]] += weight[node]
    out = np.empty(len(order), np.int64)
    end = len(order)
    stack, done = np.empty(2 * len(order) + 1, np.int64), 0
    pending = 1
    stack[0] = -1
    # Written from the back: a node stands behind everything below it, and its lightest part right before it.
    while pending:
        pending -= 1
        node = stack[pending]
        if node >= 0:
            end -= 1
            out[end] = node
            done += 1
        first = pending
        for place in range(len(order)):
            if above[order[place]] == node:
                stack[pending] = order[place]
                pending += 1
        for a in range(first + 1, pending):  # heaviest at the bottom of the stack, so that it comes last from the back
            b = a
            while b > first and weight[stack[b - 1]] < weight[stack[b]]:
                stack[b - 1], stack[b] = stack[b], stack[b - 1]
                b -= 1
    return out


def narrow_line(near: Words, steered: Ints, start: int) -> tuple[float, Ints]:
    """(sum of table sizes, order) of a greedy line from a start: next the node that opens the fewest new axes."""
    count = len(steered)
    left = steered.copy()
    opened = np.zeros(count, np.int64)
    order = np.empty(int(steered.sum()), np.int64)
    room = np.empty(count, np.int64)
    cells, width, node = 0.0, 0, start
    for step in range(len(order)):
        order[step] = node
        left[node] = 0
        width -= opened[node]
        opened[node] = 0
        for a in range(members(near, node, room)):
            if left[room[a]] == 1 and opened[room[a]] == 0:
                opened[room[a]] = 1
                width += 1
        cells += 2.0**width
        best, node = count + 1, -1
        for other in range(count):
            if left[other] == 1 and (opened[other] == 1 or width == 0):
                growth = -opened[other]
                for a in range(members(near, other, room)):
                    if left[room[a]] == 1 and opened[room[a]] == 0:
                        growth += 1
                if growth < best:
                    best, node = growth, other
    return cells, order
