"""Distance of a model in which one link of a table with many parents has changed, without writing the table out."""

from __future__ import annotations

import numpy as np

from crampnet.errors import TooExpensive
from crampnet.inference.engine import evidence_under
from crampnet.inference.evidence import Evidence
from crampnet.network.network import Array, Network, Node
from crampnet.reasoning.sensitivity.structure import ancestors

ABSENT, PRESENT = (1.0, 0.0), (0.0, 1.0)

MAX_TERMS = 4096
"""Most terms of the series."""
ROUNDING = 1e-16
"""Size, relative to the first, of the terms that are left out."""
LANES = 2048
"""Most lanes (terms x strata) at once."""


def changed_link(old: Node, new: Node) -> int | None:
    """Place of the one link that has changed; None where the leak or several links have."""
    places = np.flatnonzero((old.links != new.links).any(axis=1))
    return int(places[0]) if len(places) == 1 and np.array_equal(old.leak, new.leak) else None


def link_distances(network: Network, position: int, place: int, link: Array) -> tuple[float, float] | None:
    """(KL, CD) of a model in which one link of a node is another; None where its parent cannot be there alone.

    Only columns with that parent present change. There P(node absent) is c x before and c x' after, with x = 1 - link
    and c = (1 - leak) prod over the other present parents of (1 - p). With M_n = E[parent present, c^n],
    KL = x ln(x / x') M_1 + sum over n of (x'^n - x^n)/n (M_n - x M_(n+1)),
    from (1 - z) ln(1 - z) in powers of z; M_n is P(parent present, node absent) in a network whose other links are
    1 - (1 - p)^n. The part without any other parent is split off and closed, so the rest falls off with c x below 1.
    CD: the extreme ratios are those of absence, ln(x'/x), and of presence where c is largest, 1 - leak.

    position, place: of the node, and of the link among its links; link: the new one, shape (strata,).
    Raises TooExpensive when the series needs more than 4096 terms.
    """
    node = network.nodes[position]
    x, other, silent = 1.0 - node.links[place], 1.0 - link, 1.0 - node.leak
    rivals = [i for i in range(len(node.parents)) if i != place and node.links[i].any()]
    alone = _alone(network, node, place, rivals)
    if alone is None:
        return None
    count = _terms(np.maximum(x, other) * silent * _largest(1.0 - node.links[rivals]))
    moments = _moments(network, position, place, count + 1)
    powers = np.arange(1, count + 2)[:, None]
    rest = np.maximum(moments - alone * silent**powers, 0.0)
    series = ((other ** powers[:-1] - x ** powers[:-1]) / powers[:-1] * (rest[:-1] - x * rest[1:])).sum(axis=0)
    first = np.where(rest[0] > 0.0, x * log_ratio(x, other) * rest[0], 0.0)
    closed = alone * (gain(silent * x, silent * other) + gain(1.0 - silent * x, 1.0 - silent * other))
    ratios = np.stack([np.zeros_like(x), log_ratio(other, x), log_ratio(1.0 - silent * other, 1.0 - silent * x)])
    return float((closed + first + series) @ network.strata_weights), float(ratios.max() - ratios.min())


def _alone(network: Network, node: Node, place: int, rivals: list[int]) -> Array | None:
    """P(the parent present, no other that has a link) in each stratum; None where that, or its absence, cannot be."""
    parent = node.parents[place]
    held = {node.parents[i]: ABSENT for i in rivals} | {parent: PRESENT}
    alone, absent = evidence_under(network, no_answers(len(network.strata)), [held, {parent: ABSENT}])
    return alone if (alone > 0.0).all() and (absent > 0.0).all() else None


def _moments(network: Network, position: int, place: int, count: int) -> Array:
    """M_1 to M_count in each stratum, shape (count, strata)."""
    kept = sorted(ancestors(network, [position]))
    strata = len(network.strata)
    size = max(1, LANES // strata)
    parts = []
    for start in range(1, count + 1, size):
        powers = np.arange(start, min(start + size, count + 1), dtype=np.float64)
        lanes = _lanes(network, kept, position, place, powers)
        parent = lanes.nodes[-1].parents[place]
        change = {len(kept) - 1: ABSENT, parent: PRESENT}
        found = evidence_under(lanes, no_answers(len(powers) * strata), [change])[0]
        parts.append(found.reshape(len(powers), strata))
    return np.concatenate(parts)


def _lanes(network: Network, kept: list[int], position: int, place: int, powers: Array) -> Network:
    """The node and its ancestors, one lane for each power and stratum; the node is the last."""
    moved = {old: new for new, old in enumerate(kept)}
    times, exponent = len(powers), np.repeat(powers, len(network.strata))
    nodes = []
    for old in kept:
        node = network.nodes[old]
        leak, links = np.tile(node.leak, times), np.tile(node.links, (1, times))
        if old == position:
            leak, links = 1.0 - (1.0 - leak) ** exponent, 1.0 - (1.0 - links) ** exponent
            links[place] = 0.0
        nodes.append(Node(node.id, node.kind, tuple(moved[p] for p in node.parents), leak, links))
    weights = np.tile(network.strata_weights, times) / times
    return Network(network.setting, tuple(nodes), network.strata * times, weights)


def _terms(ratio: Array) -> int:
    """Terms until those of a series that falls off with this ratio, shape (strata,), are lost in rounding."""
    worst = float(ratio.max())
    needed = 1 if worst <= 0.0 else np.inf if worst >= 1.0 else np.ceil(np.log(ROUNDING) / np.log(worst))
    if needed > MAX_TERMS:
        raise TooExpensive("The divergence of a model with so weak a link", needed, MAX_TERMS, "terms")
    return max(1, int(needed))


def _largest(values: Array) -> Array:
    return np.asarray(values.max(axis=0, initial=0.0))


def log_ratio(above: Array, below: Array) -> Array:
    """Logarithm of above / below, 0 where both are 0, infinite where one is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((above == 0.0) & (below == 0.0), 0.0, np.log(above) - np.log(below))


def gain(before: Array, after: Array) -> Array:
    """One side of a divergence: before ln(before / after), 0 where before is 0."""
    with np.errstate(invalid="ignore"):
        return np.where(before > 0.0, before * log_ratio(before, after), 0.0)


def no_answers(lanes: int) -> Evidence:
    """Evidence that says nothing, over all strata."""
    return Evidence({}, {}, np.arange(lanes), np.full(lanes, 1.0 / lanes))
