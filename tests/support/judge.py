"""The judge: everything the engine can be asked, by writing out every joint state of a network in one stratum.

Slow and obvious on purpose; an axis for each node, of length 1 where a state is observed. P(evidence) is linear in each
parameter by itself, so that a derivative is the difference between the parameter at 1 and at 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from crampnet.network.network import Array, Network

Weights = Mapping[int, tuple[float, float]]


@dataclass(frozen=True)
class Verdict:
    """Joint with the evidence, in one stratum.

    evidence: P(evidence); present: P(node present, evidence), shape (nodes,); fired: P(link brought its child about,
    evidence), shape (links,); link_slope, leak_slope: d P(evidence) / d parameter, shapes (links,) and (nodes,);
    link_scale, leak_scale: sum of the two terms that a slope is the difference of.
    """

    evidence: float
    present: Array
    fired: Array
    link_slope: Array
    leak_slope: Array
    link_scale: Array
    leak_scale: Array


def judge(network: Network, weights: Weights, stratum: int, *, full: bool = True) -> Verdict:
    """All of it; without `full` only the evidence and the nodes."""
    table = joint(network, weights, stratum)
    open_states = [_open(weights, n) for n in range(len(network.nodes))]
    present = np.array(
        [np.take(table, states.index(1), axis=n).sum() if 1 in states else 0.0 for n, states in enumerate(open_states)]
    )
    ends = [(child, place) for child, node in enumerate(network.nodes) for place in range(len(node.parents))]
    fired, link, leak = np.zeros(len(ends)), np.zeros((2, len(ends))), np.zeros((2, len(network.nodes)))
    for row, end in enumerate(ends if full else ()):
        fired[row] = joint(network, weights, stratum, fired=end).sum()
        for value in (0, 1):
            link[value, row] = joint(_with_link(network, *end, value), weights, stratum).sum()
    for n in range(len(network.nodes) if full else 0):
        for value in (0, 1):
            leak[value, n] = joint(_with_leak(network, n, value), weights, stratum).sum()
    return Verdict(
        float(table.sum()), present, fired, link[1] - link[0], leak[1] - leak[0], link.sum(axis=0), leak.sum(axis=0)
    )


def joint(network: Network, weights: Weights, stratum: int, *, fired: tuple[int, int] | None = None) -> Array:
    """P(states, evidence); with (child, place among its parents) only where that link brought the child about."""
    count = len(network.nodes)
    out = np.ones([1] * count)
    for n, node in enumerate(network.nodes):
        absent, present = np.full([1] * count, 1.0 - node.leak[stratum]), np.full([1] * count, node.leak[stratum])
        for place, parent in enumerate(node.parents):
            p = _along([float(node.links[place][stratum]) * state for state in _open(weights, parent)], parent, count)
            if fired == (n, place):
                absent, present = np.zeros([1] * count), p
                break
            absent, present = absent * (1.0 - p), present + absent * p
        absent, present = np.broadcast_arrays(absent, present)
        pair = weights.get(n, (1.0, 1.0))
        table = np.concatenate([(absent, present)[state] * pair[state] for state in _open(weights, n)], axis=n)
        out = out * table
    return out


def _open(weights: Weights, node: int) -> list[int]:
    """States that the evidence leaves to a node."""
    return [state for state in (0, 1) if weights.get(node, (1.0, 1.0))[state] > 0.0]


def _along(values: list[float], axis: int, count: int) -> Array:
    return np.array(values).reshape([-1 if other == axis else 1 for other in range(count)])


def _with_link(network: Network, child: int, place: int, value: float) -> Network:
    links = network.nodes[child].links.copy()
    links[place] = value
    return _with(network, child, links=links)


def _with_leak(network: Network, node: int, value: float) -> Network:
    return _with(network, node, leak=np.full_like(network.nodes[node].leak, value))


def _with(network: Network, node: int, **parts: Array) -> Network:
    nodes = list(network.nodes)
    nodes[node] = replace(nodes[node], **parts)  # type: ignore[arg-type]
    return replace(network, nodes=tuple(nodes))
