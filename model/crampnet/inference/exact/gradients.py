"""The way back through the reduction: from the derivatives by the heads to those by every leak and link.

Everything here is joint with the evidence, not yet divided by it, and runs as it stands, and faster compiled.
"""

from __future__ import annotations

import numpy as np

from crampnet.inference.exact.back import D_NN, D_NY, D_YY, FIRED, JOINT, LEAK_SLOPE, SLOPE
from crampnet.inference.exact.heads import NN, NY, SILENT, THROUGH, TILT, WAS_NN, WAS_NY, WAS_YY, YY, strength
from crampnet.inference.exact.reduction import (
    AFTERWARDS,
    CLOSER,
    CONSTANT,
    FACTOR,
    HIDDEN,
    PRESENT_FOR_SURE,
    Structure,
    only_with_parent,
    origin,
)
from crampnet.network.arrays import Arrays, Ints
from crampnet.network.network import Array


def finish(
    arrays: Arrays, structure: Structure, observed: Ints, weights: Array, lanes: Ints,
    head: Array, constant: Array, evidence: Array, did: Array, full: bool, about: Array, links: Array,
) -> None:  # fmt: skip
    """Complete, in place, what the tape found for the nodes that keep an axis, and fill in what it found about links.

    evidence: P(evidence) in each lane, the constant included, shape (lanes,); about, did: as the tape fills them;
    full: whether every link is accounted for; links: shape (2, all links, lanes).
    P(node present, evidence) is NaN where the evidence does not reach; so is the derivative by a leak that is 0 by
    definition.
    """
    role, into, place = structure.role, structure.into, structure.place
    count, many = len(role), lanes.shape[1]
    for node in range(count):
        for lane in range(many):
            if place[node] >= 0:
                for row in range(JOINT, D_YY + 1):
                    about[row, node, lane] *= constant[lane]
            elif role[node] == CLOSER and into[node] < 0 and head[NY, node, lane] > 0.0:
                about[D_NY, node, lane] = evidence[lane] / head[NY, node, lane]
            about[LEAK_SLOPE, node, lane] = 0.0
            if role[node] == 0:
                about[JOINT, node, lane] = np.nan
    for spot in range(len(structure.up_link)):
        for lane in range(many):
            fired, slope = did[FIRED, spot, lane] * constant[lane], did[SLOPE, spot, lane] * constant[lane]
            _note(arrays, structure.chain, structure.up_link[spot], lane, fired, slope, full, about, links)
    for step in range(len(structure.sequence) - 1, -1, -1):
        node = structure.sequence[step]
        if structure.chain[node]:
            _unfold_chain(arrays, structure.chain, into[node], node, lanes[0], head, full, about, links)
        elif role[node] == HIDDEN:
            _unfold_root(arrays, into[node], node, lanes[0], head, full, about, links)
        else:
            _unfold_closer(arrays, into[node], node, lanes[0], head, full, about, links)
    for node in range(count):
        if role[node] != 0:
            _certain(arrays, role, node, lanes[0], evidence, full, about, links)
    for node in range(count):
        if role[node] != 0 and role[node] != AFTERWARDS:
            for lane in range(many):
                _own_figures(arrays, role, observed, weights, node, lane, lanes, head, evidence, full, about, links)


def _note(
    arrays: Arrays,
    chain: Ints,
    link: int,
    lane: int,
    fired: float,
    slope: float,
    full: bool,
    about: Array,
    links: Array,
) -> None:
    """What a link did and is worth; of a chain, in the free rows about the node that is to be unfolded from it."""
    parent = arrays.parent[link]
    if chain[parent]:
        about[JOINT, parent, lane], about[LEAK_SLOPE, parent, lane] = fired, slope
    elif full:
        links[FIRED, link, lane], links[SLOPE, link, lane] = fired, slope


def _unfold_chain(
    arrays: Arrays, chain: Ints, link: int, node: int, strata: Ints, head: Array, full: bool, about: Array, links: Array
) -> None:
    """Derivatives of a node that was folded into a link, of its two links, and of its parent as it was before.

    by_stays, by_comes: by the weights of the node's absence and presence where its parent is present. A slope is not
    told where a probability is 1.
    """
    above, parent = arrays.first[node], origin(arrays, chain, arrays.first[node])
    for lane in range(len(strata)):
        r, p = strength(arrays, chain, above, strata[lane], lane, head), arrays.link[link, strata[lane]]
        nn, yy, through = head[NN, node, lane], head[YY, node, lane], head[THROUGH, node, lane]
        stays, comes = nn * (1.0 - r), yy * r
        both, fired, slope = stays + comes, about[JOINT, node, lane], about[LEAK_SLOPE, node, lane]
        slope = slope / both if both > 0.0 else 0.0
        d_nn, d_ny, d_yy = about[D_NN, parent, lane], about[D_NY, parent, lane], about[D_YY, parent, lane]
        by_both = head[WAS_NY, node, lane] * d_ny + head[WAS_YY, node, lane] * d_yy
        by_stays = max(by_both - through * slope, 0.0)
        by_comes = fired / comes + (1.0 - p) * by_stays if comes > 0.0 else by_both + p * slope
        about[JOINT, node, lane], about[LEAK_SLOPE, node, lane] = comes * by_comes, 0.0
        about[D_NN, node, lane] = head[WAS_NN, node, lane] * d_nn + (1.0 - r) * by_stays
        about[D_NY, node, lane], about[D_YY, node, lane] = 0.0, r * by_comes
        if full:
            links[FIRED, link, lane], links[SLOPE, link, lane] = fired, slope * comes if p < 1.0 else 0.0
        slope = yy * by_comes - nn * by_stays if r < 1.0 else 0.0
        _note(arrays, chain, above, lane, comes * by_comes, slope, full, about, links)
        about[D_NN, parent, lane], about[D_NY, parent, lane], about[D_YY, parent, lane] = (
            nn * d_nn,
            both * d_ny,
            both * d_yy,
        )


def _unfold_root(
    arrays: Arrays, link: int, root: int, strata: Ints, head: Array, full: bool, about: Array, links: Array
) -> None:
    """Derivatives of a root that was folded into its only child, and of the child as it was before."""
    child = arrays.child[link]
    for lane in range(len(strata)):
        p, absent, present = arrays.link[link, strata[lane]], head[NN, root, lane], head[NY, root, lane]
        kept, through = absent + present * (1.0 - p), present * p
        d_nn, d_ny, d_yy = about[D_NN, child, lane], about[D_NY, child, lane], about[D_YY, child, lane]
        by_kept = head[WAS_NN, root, lane] * d_nn + head[WAS_NY, root, lane] * d_ny
        by_through, by_total = head[WAS_YY, root, lane] * d_ny, head[WAS_YY, root, lane] * d_yy
        about[D_NN, root, lane] = by_kept + by_total
        about[D_NY, root, lane] = by_kept * (1.0 - p) + by_through * p + by_total
        about[JOINT, root, lane] = present * about[D_NY, root, lane]
        if full:
            links[SLOPE, link, lane] = present * (by_through - by_kept)
            links[FIRED, link, lane] = p * present * (by_through + by_total)
        about[D_NN, child, lane], about[D_NY, child, lane] = kept * d_nn, kept * d_ny
        about[D_YY, child, lane] = through * d_ny + (absent + present) * d_yy


def _unfold_closer(
    arrays: Arrays, link: int, closer: int, strata: Ints, head: Array, full: bool, about: Array, links: Array
) -> None:
    """Derivatives of a node that closed into its only hidden parent, and of that parent as it was before."""
    parent = arrays.parent[link]
    for lane in range(len(strata)):
        p, n, y = arrays.link[link, strata[lane]], head[NY, closer, lane], head[YY, closer, lane]
        d_nn, d_ny, d_yy = about[D_NN, parent, lane], about[D_NY, parent, lane], about[D_YY, parent, lane]
        by_absent = head[WAS_NN, closer, lane] * d_nn
        by_present = head[WAS_NY, closer, lane] * d_ny + head[WAS_YY, closer, lane] * d_yy
        about[D_NY, closer, lane] = by_absent + (1.0 - p) * by_present
        about[D_YY, closer, lane] = p * by_present
        if full:
            links[SLOPE, link, lane] = (y - n) * by_present
            links[FIRED, link, lane] = p * y * by_present
        kept = n * (1.0 - p) + y * p
        about[D_NN, parent, lane], about[D_NY, parent, lane], about[D_YY, parent, lane] = (
            n * d_nn,
            kept * d_ny,
            kept * d_yy,
        )


def _certain(
    arrays: Arrays, role: Ints, node: int, strata: Ints, evidence: Array, full: bool, about: Array, links: Array
) -> None:
    """What is known of the nodes that are no variables."""
    link = arrays.first[node]
    for lane in range(len(strata)):
        if role[node] == FACTOR:
            about[JOINT, node, lane] = 0.0
        elif role[node] == CONSTANT or role[node] == CLOSER:
            about[JOINT, node, lane] = evidence[lane]
        elif role[node] == AFTERWARDS:
            leak, p = arrays.leak[node, strata[lane]], arrays.link[link, strata[lane]]
            from_parent = p * about[JOINT, arrays.parent[link], lane]
            if full:
                links[FIRED, link, lane] = from_parent
            about[JOINT, node, lane] = leak * evidence[lane] + (1.0 - leak) * from_parent


def _own_figures(
    arrays: Arrays, role: Ints, observed: Ints, weights: Array, node: int, lane: int, lanes: Ints,
    head: Array, evidence: Array, full: bool, about: Array, links: Array,
) -> None:  # fmt: skip
    """Derivatives by a node's leak and by its links from parents that are no axes.

    A node that never comes without its only parent has no leak to vary: 0.
    """
    absent, present = weights[0, node, lanes[1, lane]], weights[1, node, lanes[1, lane]]
    silent, total, stratum = head[SILENT, node, lane], evidence[lane], lanes[0, lane]
    by_silent = forced = 0.0
    if role[node] == HIDDEN:
        own = present * head[TILT, node, lane]
        by_silent = absent * about[D_NN, node, lane] - own * about[D_NY, node, lane]
        forced = own * (about[D_NY, node, lane] + about[D_YY, node, lane])
    elif role[node] == CLOSER or role[node] == CONSTANT:
        by_ny = about[D_NY, node, lane]
        if role[node] == CONSTANT:
            factor = absent * silent + present * (1.0 - silent)
            by_ny = total / factor if factor > 0.0 else 0.0
        by_silent = (absent - present) * by_ny
        forced = present * (by_ny + about[D_YY, node, lane])
        if present != 1.0 or absent != 0.0:
            about[JOINT, node, lane] = total - absent * silent * by_ny
    elif present == 0.0:
        by_silent = total / silent if silent > 0.0 else 0.0
    else:
        about[JOINT, node, lane] = np.nan
        return
    leak = arrays.leak[node, stratum]
    if leak < 1.0 and not only_with_parent(arrays, node):
        about[LEAK_SLOPE, node, lane] = -by_silent * silent / (1.0 - leak)
    for link in range(arrays.first[node], arrays.first[node + 1] if full else arrays.first[node]):
        parent, p = arrays.parent[link], arrays.link[link, stratum]
        if observed[parent] == PRESENT_FOR_SURE:
            links[FIRED, link, lane] = p * forced
            links[SLOPE, link, lane] = -by_silent * silent / (1.0 - p) if p < 1.0 else 0.0
        elif role[node] == FACTOR and role[parent] == HIDDEN and p < 1.0:
            links[SLOPE, link, lane] = -about[JOINT, parent, lane] / (1.0 - p)
