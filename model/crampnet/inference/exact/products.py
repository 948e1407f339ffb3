"""The product of two tables as loops for the compiler; importing this module registers it with numba.

Axis by axis from the outermost: along an axis that one table lacks, that table is used for both halves; along a state
axis halves meet halves; along shared contributions n = n1 n2 and y = n1 y2 + y1 (n2 + y2), the sum n2 + y2 being made
once in the working space. Blocks on which nothing but lanes or one table's own axes is left are plain loops.
"""

from __future__ import annotations

import numpy as np
from numba import config, njit, types
from numba.extending import overload, register_jitable

from crampnet.inference.exact import primitives
from crampnet.inference.exact.loops import FAST

KEPT = bool(config.CACHE_DIR)
"""Compiled code is kept only where the kernels have said where, never beside the source."""
ONLY_A, ONLY_B, POINTS, SUMS = range(4)
MULTIPLY = types.void(types.float64[::1], *[types.int64] * 6, types.int64[::1], *[types.int64] * 4)
DIVIDE = types.void(types.float64[::1], *[types.int64] * 8, types.int64[::1], *[types.int64] * 4)
"""A function that calls itself needs to be told its types."""


@register_jitable
def _kinds(axes, a, a_many, b, b_many, op, many, by_rank, out):
    """What each axis of a product is; returns how many of the innermost axes are treated alike and are no sums."""
    i = j = 0
    for place in range(many):
        axis = axes[op, place]
        in_a, in_b = i < a_many and axes[a, i] == axis, j < b_many and axes[b, j] == axis
        i, j = i + in_a, j + in_b
        points = axis % 2 == 1 or by_rank[axis >> 1] == 1
        out[place] = (POINTS if points else SUMS) if in_a and in_b else (ONLY_A if in_a else ONLY_B)
    inner = 0
    while inner < many and out[many - 1 - inner] == out[many - 1] and out[many - 1] != SUMS:
        inner += 1
    return inner


@njit(MULTIPLY, cache=KEPT, fastmath=FAST["fastmath"])
def multiply(x, a, of_a, b, of_b, out, size, what, place, end, lanes, work):
    """Out += product of the blocks at a, b (entries of_a, of_b) from axis `place` on; the rest from `end` is plain."""
    if place == end:
        kind = what[len(what) - 1] if end < len(what) else POINTS
        if kind == POINTS:
            for i in range(size * lanes):
                x[out + i] += x[a + i] * x[b + i]
        elif kind == ONLY_A:
            for i in range(size):
                for lane in range(lanes):
                    x[out + i * lanes + lane] += x[a + i * lanes + lane] * x[b + lane]
        else:
            for i in range(size):
                for lane in range(lanes):
                    x[out + i * lanes + lane] += x[a + lane] * x[b + i * lanes + lane]
        return
    kind, half = what[place], size // 2
    if kind == ONLY_A:
        multiply(x, a, of_a // 2, b, of_b, out, half, what, place + 1, end, lanes, work)
        multiply(
            x, a + of_a // 2 * lanes, of_a // 2, b, of_b, out + half * lanes, half, what, place + 1, end, lanes, work
        )
    elif kind == ONLY_B:
        multiply(x, a, of_a, b, of_b // 2, out, half, what, place + 1, end, lanes, work)
        multiply(
            x, a, of_a, b + of_b // 2 * lanes, of_b // 2, out + half * lanes, half, what, place + 1, end, lanes, work
        )
    else:
        ha, hb = of_a // 2, of_b // 2
        if kind == POINTS:
            multiply(x, a, ha, b, hb, out, half, what, place + 1, end, lanes, work)
            multiply(
                x, a + ha * lanes, ha, b + hb * lanes, hb, out + half * lanes, half, what, place + 1, end, lanes, work
            )
            return
        if size == 2 and lanes == 1:
            x[out] += x[a] * x[b]
            x[out + 1] += x[a] * x[b + 1] + x[a + 1] * (x[b] + x[b + 1])
            return
        multiply(x, a, ha, b, hb, out, half, what, place + 1, end, lanes, work)
        multiply(x, a, ha, b + hb * lanes, hb, out + half * lanes, half, what, place + 1, end, lanes, work)
        for i in range(hb * lanes):
            x[work + i] = x[b + i] + x[b + hb * lanes + i]
        multiply(
            x, a + ha * lanes, ha, work, hb, out + half * lanes, half, what, place + 1, end, lanes, work + hb * lanes
        )


@njit(DIVIDE, cache=KEPT, fastmath=FAST["fastmath"])
def divide(
    x, a, of_a, b, of_b, back, size, by_a, by_b,
    what, place, end, lanes, work,
):  # fmt: skip
    """Adjoint of multiply: by_a += and by_b += the gradients by the blocks, from that by their product at `back`."""
    if place == end:
        kind = what[len(what) - 1] if end < len(what) else POINTS
        if kind == POINTS:
            for i in range(size * lanes):
                x[by_a + i] += x[back + i] * x[b + i]
                x[by_b + i] += x[back + i] * x[a + i]
        elif kind == ONLY_A:
            for i in range(size):
                for lane in range(lanes):
                    x[by_a + i * lanes + lane] += x[back + i * lanes + lane] * x[b + lane]
                    x[by_b + lane] += x[back + i * lanes + lane] * x[a + i * lanes + lane]
        else:
            for i in range(size):
                for lane in range(lanes):
                    x[by_a + lane] += x[back + i * lanes + lane] * x[b + i * lanes + lane]
                    x[by_b + i * lanes + lane] += x[back + i * lanes + lane] * x[a + lane]
        return
    kind, half, ha, hb = what[place], size // 2, of_a // 2, of_b // 2
    up = half * lanes
    if kind == ONLY_A:
        divide(x, a, ha, b, of_b, back, half, by_a, by_b, what, place + 1, end, lanes, work)
        divide(
            x, a + ha * lanes, ha, b, of_b, back + up, half, by_a + ha * lanes, by_b, what, place + 1, end, lanes, work
        )
    elif kind == ONLY_B:
        divide(x, a, of_a, b, hb, back, half, by_a, by_b, what, place + 1, end, lanes, work)
        divide(
            x, a, of_a, b + hb * lanes, hb, back + up, half, by_a, by_b + hb * lanes, what, place + 1, end, lanes, work
        )
    elif kind == POINTS:
        divide(x, a, ha, b, hb, back, half, by_a, by_b, what, place + 1, end, lanes, work)
        divide(
            x, a + ha * lanes, ha, b + hb * lanes, hb, back + up, half, by_a + ha * lanes, by_b + hb * lanes,
            what, place + 1, end, lanes, work,
        )  # fmt: skip
    elif size == 2 and lanes == 1:
        gn, gy = x[back], x[back + 1]
        n1, y1, n2, y2 = x[a], x[a + 1], x[b], x[b + 1]
        x[by_a] += gn * n2 + gy * y2
        x[by_a + 1] += gy * (n2 + y2)
        x[by_b] += gn * n1 + gy * y1
        x[by_b + 1] += gy * (n1 + y1)
    else:
        divide(x, a, ha, b, hb, back, half, by_a, by_b, what, place + 1, end, lanes, work)
        divide(
            x, a, ha, b + hb * lanes, hb, back + up, half, by_a, by_b + hb * lanes, what, place + 1, end, lanes, work
        )
        sums, by_sums = work, work + hb * lanes
        for i in range(hb * lanes):
            x[sums + i] = x[b + i] + x[b + hb * lanes + i]
            x[by_sums + i] = 0.0
        divide(
            x, a + ha * lanes, ha, sums, hb, back + up, half, by_a + ha * lanes, by_sums,
            what, place + 1, end, lanes, work + 2 * hb * lanes,
        )  # fmt: skip
        for i in range(hb * lanes):
            x[by_b + i] += x[by_sums + i]
            x[by_b + hb * lanes + i] += x[by_sums + i]


@overload(primitives.product, jit_options=FAST)
def _product(x, one, axes, a, a_many, two, b, b_many, out, op, many, by_rank, lanes, work):
    def run(x, one, axes, a, a_many, two, b, b_many, out, op, many, by_rank, lanes, work):
        what = np.empty(many, np.int64)
        end = many - _kinds(axes, a, a_many, b, b_many, op, many, by_rank, what)
        for i in range(lanes << many):
            x[out + i] = 0.0
        multiply(x, one, 1 << a_many, two, 1 << b_many, out, 1 << many, what, 0, end, lanes, work)

    return run


@overload(primitives.product_back, jit_options=FAST)
def _product_back(x, one, axes, a, a_many, two, b, b_many, back, op, many, by_rank, lanes, work):
    def run(x, one, axes, a, a_many, two, b, b_many, back, op, many, by_rank, lanes, work):
        what = np.empty(many, np.int64)
        end = many - _kinds(axes, a, a_many, b, b_many, op, many, by_rank, what)
        of_a, of_b = 1 << a_many, 1 << b_many
        by_a, by_b = work, work + of_a * lanes
        for i in range((of_a + of_b) * lanes):
            x[by_a + i] = 0.0
        divide(x, one, of_a, two, of_b, back, 1 << many, by_a, by_b, what, 0, end, lanes, by_b + of_b * lanes)
        for i in range(of_a * lanes):
            x[one + i] = x[by_a + i]
        for i in range(of_b * lanes):
            x[two + i] = x[by_b + i]

    return run
