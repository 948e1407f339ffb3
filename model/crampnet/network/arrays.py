"""The network as flat arrays, the form in which the engine reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from crampnet.network.network import Array, Node

Ints = npt.NDArray[np.int64]


class Arrays(NamedTuple):
    """Links are numbered child by child, in the order of each node's parents.

    first: a node's first link, shape (nodes + 1,); parent, child: the two ends of each link, shape (links,);
    below: a node's first place in `down`, shape (nodes + 1,); down: links out of each node, shape (links,);
    leak: shape (nodes, strata); link: shape (links, strata); tight: 1 where a leak is 0 in all strata, shape (nodes,).
    """

    first: Ints
    parent: Ints
    child: Ints
    below: Ints
    down: Ints
    leak: Array
    link: Array
    tight: Ints


def flatten(nodes: Sequence[Node]) -> Arrays:
    """The arrays of a network with these nodes."""
    first = np.concatenate([[0], np.cumsum([len(node.parents) for node in nodes])]).astype(np.int64)
    parent = np.array([p for node in nodes for p in node.parents], dtype=np.int64)
    child = np.repeat(np.arange(len(nodes)), [len(node.parents) for node in nodes]).astype(np.int64)
    down = np.argsort(parent, kind="stable").astype(np.int64)
    below = np.searchsorted(parent[down], np.arange(len(nodes) + 1)).astype(np.int64)
    leak = np.array([node.leak for node in nodes])
    link = np.concatenate([node.links for node in nodes]) if len(parent) else np.empty((0, leak.shape[1]))
    tight = (leak == 0.0).all(axis=1).astype(np.int64)
    return Arrays(first, parent, child, below, down, leak, link, tight)
