"""What the engine does with tables, on slices of one arena, in numpy; loops holds the same for the compiler.

A table has one axis of length 2 for each of its axes, outermost first, and the lanes as its last axis; `at` is where
it begins. Parameters are rows of an array of shape (any, lanes). Nothing is subtracted, but for signed axes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crampnet.network.arrays import Ints
from crampnet.network.network import Array

Axes = npt.NDArray[np.int16]
"""The axes of each table, outermost first, shape (tables, any): 2 * rank + (1 if awaiting)."""
KINDS = 1200
"""Integers that a product needs room for."""


def bits(word: np.uint64) -> int:
    """Number of ones in a word."""
    return int(word).bit_count()


def lift(
    x: Array, source: int, axes: Axes, a: int, a_from: int, a_to: int, target: int, op: int, op_from: int, op_to: int,
    points: Ints, lanes: int,
) -> None:  # fmt: skip
    """Copy a table to one with more axes: where no parent has acted, and the same in both states of a new node.

    Along a new contributions axis everything lies in the first half; along a new state or signed axis in both. The
    axes are those of tables a and op from the one place to the other; points: 1 for ranks of state and signed axes.
    """
    own, wider = _ranks(axes, a, a_from, a_to), _ranks(axes, op, op_from, op_to)
    whole = x[target : target + (lanes << len(wider))].reshape([2] * len(wider) + [lanes])
    whole[...] = 0.0
    shape = [2 if axis in own else 1 for axis in wider]
    where = tuple(slice(None) if axis in own or points[axis] else slice(0, 1) for axis in wider)
    whole[where] = x[source : source + (lanes << len(own))].reshape([*shape, lanes])


def lower(
    x: Array, target: int, axes: Axes, a: int, a_from: int, a_to: int, source: int, op: int, op_from: int, op_to: int,
    points: Ints, lanes: int,
) -> None:  # fmt: skip
    """Adjoint of lift: of a gradient with more axes, to where the table came from."""
    own, wider = _ranks(axes, a, a_from, a_to), _ranks(axes, op, op_from, op_to)
    whole = x[source : source + (lanes << len(wider))].reshape([2] * len(wider) + [lanes])
    part = whole[tuple(slice(None) if axis in own or points[axis] else 0 for axis in wider)]
    left = [axis for axis in wider if axis in own or points[axis]]
    summed = part.sum(axis=tuple(place for place, axis in enumerate(left) if axis not in own))
    x[target : target + (lanes << len(own))] = summed.reshape(-1)


def _ranks(axes: Axes, table: int, start: int, end: int) -> list[int]:
    return [int(axis) >> 1 for axis in axes[table, start:end]]


def link(x: Array, at: int, size: int, stride: int, lanes: int, p: Array, row: int, signed: int) -> None:
    """A link acts along an axis: (n, y) to (q n, y + p n); signed: (n, s) to (q n, s)."""
    pair = x[at : at + size * lanes].reshape(-1, 2, stride, lanes)
    if not signed:
        pair[:, 1] += p[row] * pair[:, 0]
    pair[:, 0] *= 1.0 - p[row]


def weigh(
    x: Array, at: int, size: int, lanes: int, acts: Ints, first: int, last: int, block: int, p: Array
) -> None:  # fmt: skip
    """All signed links of an operation that act within blocks: one weight for each entry of a block.

    first, last: of the operation's links; a link acts within blocks where twice its step is at most `block`. This is
    its own adjoint.
    """
    weight = np.ones((block, lanes))
    for spot in range(first, last):
        place, step, mode, _ = acts[spot].tolist()
        if mode == 1 and 2 * step <= block:
            weight.reshape(-1, 2, step, lanes)[:, 0] *= 1.0 - p[place]
    x[at : at + size * lanes].reshape(-1, block, lanes)[...] *= weight


def overlap(x: Array, table: int, back: int, size: int, lanes: int, block: int, out: Array) -> None:
    """Products of a table and a gradient, added up over the blocks; out: shape (block, lanes)."""
    t = x[table : table + size * lanes].reshape(-1, block, lanes)
    out[:block] = (t * x[back : back + size * lanes].reshape(-1, block, lanes)).sum(axis=0)


def unlink(x: Array, at: int, size: int, stride: int, lanes: int, p: Array, row: int, signed: int) -> None:
    """Adjoint of link, on a gradient."""
    pair = x[at : at + size * lanes].reshape(-1, 2, stride, lanes)
    pair[:, 0] *= 1.0 - p[row]
    if not signed:
        pair[:, 0] += p[row] * pair[:, 1]


def link_where(x: Array, at: int, size: int, stride: int, lanes: int, p: Array, row: int, signed: int) -> None:
    """A link acts along the outermost axis where a parent is present, whose axis has the stride."""
    pair = x[at : at + size * lanes].reshape(2, -1, 2, stride, lanes)[:, :, 1]
    if not signed:
        pair[1] += p[row] * pair[0]
    pair[0] *= 1.0 - p[row]


def unlink_where(x: Array, at: int, size: int, stride: int, lanes: int, p: Array, row: int, signed: int) -> None:
    """Adjoint of link_where, on a gradient."""
    pair = x[at : at + size * lanes].reshape(2, -1, 2, stride, lanes)[:, :, 1]
    pair[0] *= 1.0 - p[row]
    if not signed:
        pair[0] += p[row] * pair[1]


def moments_where(x: Array, table: int, back: int, size: int, stride: int, lanes: int, out: Array) -> None:
    """Sums of n gn, n gy and y gy along the outermost axis, where the parent with that stride is present."""
    t = x[table : table + size * lanes].reshape(2, -1, 2, stride, lanes)[:, :, 1]
    g = x[back : back + size * lanes].reshape(2, -1, 2, stride, lanes)[:, :, 1]
    out[0] = (t[0] * g[0]).sum(axis=(0, 1))
    out[1] = (t[0] * g[1]).sum(axis=(0, 1))
    out[2] = (t[1] * g[1]).sum(axis=(0, 1))


def moments(x: Array, table: int, back: int, size: int, stride: int, lanes: int, out: Array) -> None:
    """Sums of n gn, n gy and y gy along an axis, of a table before its link and the gradient pulled back through it.

    out: shape (3, lanes).
    """
    t = x[table : table + size * lanes].reshape(-1, 2, stride, lanes)
    g = x[back : back + size * lanes].reshape(-1, 2, stride, lanes)
    out[0] = (t[:, 0] * g[:, 0]).sum(axis=(0, 1))
    out[1] = (t[:, 0] * g[:, 1]).sum(axis=(0, 1))
    out[2] = (t[:, 1] * g[:, 1]).sum(axis=(0, 1))


def dot(x: Array, one: int, other: int, size: int, lanes: int, out: Array, row: int) -> None:
    """Sum of products of two tables into out[row], lane by lane."""
    a = x[one : one + size * lanes].reshape(-1, lanes)
    out[row] = (a * x[other : other + size * lanes].reshape(-1, lanes)).sum(axis=0)


def scaled(x: Array, target: int, source: int, size: int, lanes: int, a: Array, row: int) -> None:
    """Target = a source."""
    x[target : target + size * lanes] = (x[source : source + size * lanes].reshape(-1, lanes) * a[row]).reshape(-1)


def added(x: Array, target: int, source: int, size: int, lanes: int, a: Array, row: int) -> None:
    """Target += a source."""
    x[target : target + size * lanes] += (x[source : source + size * lanes].reshape(-1, lanes) * a[row]).reshape(-1)


def blended(
    x: Array, target: int, one: int, other: int, size: int, lanes: int, a: Array, a_row: int, b: Array, b_row: int
) -> None:
    """Target = a one + b other; the target may be one of the two."""
    first = x[one : one + size * lanes].reshape(-1, lanes) * a[a_row]
    second = x[other : other + size * lanes].reshape(-1, lanes) * b[b_row]
    x[target : target + size * lanes] = (first + second).reshape(-1)


def copied(x: Array, target: int, source: int, size: int, lanes: int) -> None:
    """Target = source."""
    x[target : target + size * lanes] = x[source : source + size * lanes]


def headed(x: Array, at: int, other: int, size: int, stride: int, lanes: int, pair: Array) -> None:
    """Contributions become a state along the axis with the stride: (a n, b n + c y), n at `at`, y at `other`.

    pair: a, b and c, shape (3 or more, lanes).
    """
    n = x[at : at + size * lanes].reshape(-1, 2, stride, lanes)
    y = x[other : other + size * lanes].reshape(-1, 2, stride, lanes)
    n[:, 0] *= pair[0]
    n[:, 1] = n[:, 1] * pair[1] + y[:, 1] * pair[2]


def headed_back(x: Array, at: int, other: int, size: int, stride: int, lanes: int, pair: Array) -> None:
    """Adjoint of headed: the gradient at `at` becomes that by n, that by y goes to `other`."""
    n = x[at : at + size * lanes].reshape(-1, 2, stride, lanes)
    y = x[other : other + size * lanes].reshape(-1, 2, stride, lanes)
    y[:, 0], y[:, 1] = 0.0, n[:, 1] * pair[2]
    n[:, 0] *= pair[0]
    n[:, 1] *= pair[1]


def opened(x: Array, at: int, other: int, size: int, stride: int, lanes: int, pair: Array, signed: bool) -> None:
    """What contributions are going to be worth, along the axis with the stride: (a n0 + b n + c y, c (n + y)).

    n0: where the node is absent, at `at`; n, y: where it is present, at `other`; signed: (a n0 + b n, c s). pair: a, b
    and c, shape (3 or more, lanes).
    """
    absent = x[at : at + size * lanes].reshape(-1, 2, stride, lanes)
    present = x[other : other + size * lanes].reshape(-1, 2, stride, lanes)
    absent[:, 0] = absent[:, 0] * pair[0] + present[:, 0] * pair[1]
    if signed:
        absent[:, 1] = present[:, 1] * pair[2]
    else:
        absent[:, 0] += present[:, 1] * pair[2]
        absent[:, 1] = (present[:, 0] + present[:, 1]) * pair[2]


def opened_back(x: Array, at: int, other: int, size: int, stride: int, lanes: int, pair: Array, signed: bool) -> None:
    """Adjoint of opened: the gradient at `at` becomes that by the absent half, that by the present one to `other`."""
    absent = x[at : at + size * lanes].reshape(-1, 2, stride, lanes)
    present = x[other : other + size * lanes].reshape(-1, 2, stride, lanes)
    present[:, 0], present[:, 1] = absent[:, 0] * pair[1], absent[:, 1] * pair[2]
    if not signed:
        present[:, 0] += absent[:, 1] * pair[2]
        present[:, 1] += absent[:, 0] * pair[2]
    absent[:, 0] *= pair[0]
    absent[:, 1] = 0.0


def product(
    x: Array, one: int, axes: Axes, a: int, a_many: int, two: int, b: int, b_many: int, out: int, op: int, many: int,
    points: Ints, lanes: int, work: int, what: Ints,
) -> None:  # fmt: skip
    """Out = the product of tables a and b: n = n1 n2, y = n1 y2 + y1 (n2 + y2) along shared contributions.

    Where the axis of the first is awaiting n = n1 n2 + y1 y2, y = y1 (n2 + y2), and the other way round; along state
    and signed axes it is taken point by point. one, two, out: where the tables begin; work, what: room to work
    in, not used here.
    """
    first, second, shared = _pair(x, one, axes, a, a_many, two, b, b_many, op, many, points, lanes)
    x[out : out + (lanes << many)] = _product(first, second, shared).reshape(-1)


def product_back(
    x: Array, one: int, axes: Axes, a: int, a_many: int, two: int, b: int, b_many: int, back: int, op: int, many: int,
    points: Ints, lanes: int, work: int, what: Ints,
) -> None:  # fmt: skip
    """Gradients by the two tables of a product, in their place, from that by the product at `back`."""
    first, second, shared = _pair(x, one, axes, a, a_many, two, b, b_many, op, many, points, lanes)
    gradient = x[back : back + (lanes << many)].reshape([2] * many + [lanes])
    by_one, by_two = _product_back(first, second, gradient, shared)
    x[one : one + (lanes << a_many)] = by_one.reshape(-1)
    x[two : two + (lanes << b_many)] = by_two.reshape(-1)


def _pair(
    x: Array, one: int, axes: Axes, a: int, a_many: int, two: int, b: int, b_many: int, op: int, many: int,
    points: Ints, lanes: int,
) -> tuple[Array, Array, list[tuple[int, int]]]:  # fmt: skip
    """Both tables with all axes of the product, and the places of the shared contributions.

    With each 0, or which of the two tables is awaiting there, 1 or 2.
    """
    wider, of_a, of_b = _ranks(axes, op, 0, many), _ranks(axes, a, 0, a_many), _ranks(axes, b, 0, b_many)
    first = x[one : one + (lanes << a_many)].reshape([2 if axis in of_a else 1 for axis in wider] + [lanes])
    second = x[two : two + (lanes << b_many)].reshape([2 if axis in of_b else 1 for axis in wider] + [lanes])
    shared = [(place, axis) for place, axis in enumerate(wider) if axis in of_a and axis in of_b and not points[axis]]
    forms = [(axes[a, of_a.index(axis)] & 1) + 2 * (axes[b, of_b.index(axis)] & 1) for _, axis in shared]
    return first, second, [(place, int(form)) for (place, _), form in zip(shared, forms, strict=True)]


def _halves(table: Array, axis: int) -> tuple[Array, Array]:
    return np.split(table, 2, axis=axis)  # type: ignore[return-value]


def _product(a: Array, b: Array, shared: list[tuple[int, int]]) -> Array:
    if not shared:
        return a * b
    (axis, form), *rest = shared
    (a0, a1), (b0, b1) = _halves(a, axis), _halves(b, axis)
    if form == 1:
        n, y = _product(a0, b0, rest) + _product(a1, b1, rest), _product(a1, b0 + b1, rest)
    elif form == 2:
        n, y = _product(a0, b0, rest) + _product(a1, b1, rest), _product(a0 + a1, b1, rest)
    else:
        n, y = _product(a0, b0, rest), _product(a0, b1, rest) + _product(a1, b0 + b1, rest)
    return np.concatenate([n, y], axis=axis)


def _product_back(a: Array, b: Array, gradient: Array, shared: list[tuple[int, int]]) -> tuple[Array, Array]:
    if not shared:
        return _reduced(gradient * b, a), _reduced(gradient * a, b)
    (axis, form), *rest = shared
    if form == 2:
        by_b, by_a = _product_back(b, a, gradient, [(place, (0, 2, 1)[other]) for place, other in shared])
        return by_a, by_b
    (a0, a1), (b0, b1), (g0, g1) = _halves(a, axis), _halves(b, axis), _halves(gradient, axis)
    a0_first, b0_first = _product_back(a0, b0, g0, rest)
    by_a1, by_sum = _product_back(a1, b0 + b1, g1, rest)
    if form == 1:
        a1_more, b1_first = _product_back(a1, b1, g0, rest)
        by_a0, by_a1 = a0_first, by_a1 + a1_more
    else:
        a0_more, b1_first = _product_back(a0, b1, g1, rest)
        by_a0 = a0_first + a0_more
    return (
        np.concatenate([by_a0, by_a1], axis=axis),
        np.concatenate([b0_first + by_sum, b1_first + by_sum], axis=axis),
    )


def _reduced(gradient: Array, like: Array) -> Array:
    """Summed over the axes that a table does not have."""
    missing = tuple(place for place, many in enumerate(like.shape) if many != gradient.shape[place])
    return np.asarray(gradient.sum(axis=missing, keepdims=True))
