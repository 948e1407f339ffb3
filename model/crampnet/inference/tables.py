"""Tables with one axis of length 2 for each label and the lanes as the last axis: views, layouts, axes added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crampnet.network.network import Array

Param = float | Array
"""A number, or one for each lane where they differ."""


class Layout:
    """Two tables and their product as (lanes and axes that agree point by point, shared contributions, own axes)."""

    def __init__(self, a: Sequence[int], b: Sequence[int], out: Sequence[int], lanes: int) -> None:
        self.a, self.b, self.out, self.lanes = a, b, out, lanes
        points = [x for x in a if x in b and x % 2]
        sums = [x for x in a if x in b and not x % 2]
        self.shared = len(sums)
        self.order_a = [*points, *sums, *(x for x in a if x not in b)]
        self.order_b = [*points, *sums, *(x for x in b if x not in a)]
        self.order = [*self.order_a, *(x for x in b if x not in a)]
        self.common = len(points) + len(sums)
        self.batch = lanes << len(points)

    def left(self, table: Array) -> Array:
        """The first table as (batch, 2**shared, own)."""
        return permuted(table, self.a, self.order_a).reshape(self.batch, 1 << self.shared, -1)

    def right(self, table: Array) -> Array:
        """The second table as (batch, 2**shared, own)."""
        return permuted(table, self.b, self.order_b).reshape(self.batch, 1 << self.shared, -1)

    def result(self, table: Array) -> Array:
        """A product in storage order."""
        return self._restored(table, self.order, self.out)

    def unresult(self, table: Array) -> Array:
        """A gradient by the product as (batch, 2**shared, own of a, own of b)."""
        flat = permuted(table, self.out, self.order)
        return flat.reshape(self.batch, 1 << self.shared, 1 << (len(self.a) - self.common), -1)

    def unleft(self, table: Array) -> Array:
        """A gradient by the first table in storage order."""
        return self._restored(table, self.order_a, self.a)

    def unright(self, table: Array) -> Array:
        """A gradient by the second table in storage order."""
        return self._restored(table, self.order_b, self.b)

    def _restored(self, table: Array, order: Sequence[int], axes: Sequence[int]) -> Array:
        nested = table.reshape([self.lanes, *[2] * len(order)])
        places = [order.index(x) + 1 for x in axes]
        return np.ascontiguousarray(nested.transpose([*places, 0]))


def permuted(table: Array, axes: Sequence[int], order: Sequence[int]) -> Array:
    """Lanes first, then the axes in another order, contiguous."""
    places = [axes.index(x) for x in order]
    return np.ascontiguousarray(table.transpose([len(axes), *places]))


def place(axes: Sequence[int], axis: int) -> int:
    """Position of an axis."""
    return list(axes).index(axis)


def without(axes: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """The axes but one."""
    return tuple(x for x in axes if x != axis)


def with_axis(axes: tuple[int, ...], axis: int, like: Sequence[int]) -> tuple[int, ...]:
    """The axes and one more, in the order of `like`."""
    return tuple(x for x in like if x in axes or x == axis)


def halves(table: Array, axes: Sequence[int], axis: int) -> tuple[Array, Array]:
    """Views of the two halves of a table along an axis."""
    moved = np.moveaxis(table, place(axes, axis), 0)
    return moved[0], moved[1]


def embed(table: Array, axes: Sequence[int], wider: Sequence[int]) -> Array:
    """The table with the axes that it lacks, all of it where no parent has acted on them."""
    for place, axis in enumerate(wider):
        if axis not in axes:
            table = np.stack([table, np.zeros_like(table)], axis=place)
    return table


def restrict(table: Array, axes: Sequence[int], wider: Sequence[int]) -> Array:
    """Adjoint of _embed."""
    return table[tuple(slice(None) if axis in axes else 0 for axis in wider)]


def total(table: Array) -> Array:
    """Sum over all axes, shape (lanes,)."""
    return np.asarray(table.reshape(-1, table.shape[-1]).sum(axis=0))


def deviation(found: Array, evidence: Array) -> float:
    """Largest relative deviation from P(evidence), over the lanes where that is possible."""
    possible = evidence > 0.0
    return float(np.max(np.abs(found - evidence)[possible] / evidence[possible], initial=0.0))


def parameter(value: Array) -> Param:
    """A lane parameter as a plain number when it is the same in all lanes."""
    first = float(value[0])
    return first if bool((value == first).all()) else value
