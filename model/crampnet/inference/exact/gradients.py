"""The way back through the reduction: from the derivatives by the heads to those by every leak and link.

Everything here is joint with the evidence, not yet divided by it, and runs as it stands, and faster compiled.
"""

from __future__ import annotations

import numpy as np

from crampnet.inference.exact.back import D_NN, D_NY, D_YY, FIRED, JOINT, LEAK_SLOPE, SLOPE
from crampnet.inference.exact.heads import NN, NY, SILENT, THROUGH, TILT, WAS_NN, WAS_NY, WAS_YY, YY, strength
from crampnet.inference.exact.reduction import (
    ABSENT_IN_LANES,
    AFTERWARDS,
    CLOSER,
    CONSTANT,
    FACTOR,
    HIDDEN,
    IRRELEVANT,
    PRESENT_FOR_SURE,
    SOFT,
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
    full: whether every link and leak is accounted for; links: shape (2, all links, lanes).
    P(node present, evidence) is NaN where the evidence does not reach; so is the derivative by a leak that is 0 by
    definition.
    """
    role, into = structure.role, structure.into
    _begin(structure, head, constant, evidence, about)
    _note_links(arrays, structure, constant, did, full, about, links)
    for step in range(len(structure.sequence) - 1, -1, -1):
        node = structure.sequence[step]
        if structure.chain[node]:
            _unfold_chain(arrays, structure.chain, into[node], node, lanes[0], head, full, about, links)
        elif role[node] == HIDDEN:
            _unfold_root(arrays, into[node], node, lanes[0], head, full, about, links)
        else:
            _unfold_closer(arrays, into[node], node, lanes[0], head, full, about, links)
    _certain(arrays, role, lanes[0], evidence, full, about, links)
    _own_figures(arrays, role, observed, weights, lanes, head, evidence, full, about, links)


def _begin(structure: Structure, head: Array, constant: Array, evidence: Array, about: Array) -> None:
    """What the tape found, with the constant; what closed without it; and what the evidence does not reach."""
    role, many = structure.role, len(constant)
    for node in range(len(role)):
        if structure.place[node] >= 0:
            for row in range(JOINT, D_YY + 1):
                for lane in range(many):
                    about[row, node, lane] *= constant[lane]
            for lane in range(many):
                about[LEAK_SLOPE, node, lane] = 0.0
        elif role[node] == CLOSER and structure.into[node] < 0:
            for lane in range(many):
                if head[NY, node, lane] > 0.0:
                    about[D_NY, node, lane] = evidence[lane] / head[NY, node, lane]
        elif role[node] == IRRELEVANT:
            for lane in range(many):
                about[JOINT, node, lane] = np.nan


def _note_links(
    arrays: Arrays, structure: Structure, constant: Array, did: Array, full: bool, about: Array, links: Array
) -> None:
    """What the tape found about links, with the constant."""
    for spot in range(len(structure.up_link)):
        link = structure.up_link[spot]
        parent = arrays.parent[link]
        chained = structure.chain[parent] == 1
        if chained or full:
            for lane in range(len(constant)):
                fired, slope = did[FIRED, spot, lane] * constant[lane], did[SLOPE, spot, lane] * constant[lane]
                _note(chained, parent, link, lane, fired, slope, about, links)


def _note(
    chained: bool, parent: int, link: int, lane: int, fired: float, slope: float, about: Array, links: Array
) -> None:
    """What a link did and is worth; of a chain, in the free rows about the node that is to be unfolded from it."""
    if chained:
        about[JOINT, parent, lane], about[LEAK_SLOPE, parent, lane] = fired, slope
    else:
        links[FIRED, link, lane], links[SLOPE, link, lane] = fired, slope


def _unfold_chain(
    arrays: Arrays, chain: Ints, link: int, node: int, strata: Ints, head: Array, full: bool, about: Array, links: Array
) -> None:
    """Derivatives of a node that was folded into a link, of its two links, and of its parent as it was before.

    by_stays, by_comes: by the weights of the node's absence and presence where its parent is present. A slope is not
    told where a probability is 1.
    """
    above, parent, before = arrays.first[node], origin(arrays, chain, arrays.first[node]), np.empty(len(strata))
    strength(arrays, chain, above, strata, head, before)
    nearest = arrays.parent[above]
    chained = chain[nearest] == 1
    for lane in range(len(strata)):
        r, p = before[lane], arrays.link[link, strata[lane]]
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
        if chained or full:
            _note(chained, nearest, above, lane, comes * by_comes, slope, about, links)
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


def _certain(arrays: Arrays, role: Ints, strata: Ints, evidence: Array, full: bool, about: Array, links: Array) -> None:
    """What is known of the nodes that are no variables."""
    for node in range(len(role)):
        if role[node] == FACTOR:
            for lane in range(len(strata)):
                about[JOINT, node, lane] = 0.0
        elif role[node] == CONSTANT or role[node] == CLOSER:
            for lane in range(len(strata)):
                about[JOINT, node, lane] = evidence[lane]
        elif role[node] == AFTERWARDS:
            link = arrays.first[node]
            for lane in range(len(strata)):
                leak = arrays.leak[node, strata[lane]]
                from_parent = arrays.link[link, strata[lane]] * about[JOINT, arrays.parent[link], lane]
                if full:
                    links[FIRED, link, lane] = from_parent
                about[JOINT, node, lane] = leak * evidence[lane] + (1.0 - leak) * from_parent


def _own_figures(
    arrays: Arrays, role: Ints, observed: Ints, weights: Array, lanes: Ints,
    head: Array, evidence: Array, full: bool, about: Array, links: Array,
) -> None:  # fmt: skip
    """Beliefs about nodes that are not observed for certain, and derivatives by leaks and links from no axes.

    A node that never comes without its only parent has no leak to vary: 0.
    """
    strata, changes, many = lanes[0], lanes[1], lanes.shape[1]
    by_silent, forced = np.zeros(many), np.zeros(many)
    for node in range(len(role)):
        kind, uncertain = role[node], observed[node] == SOFT or observed[node] == ABSENT_IN_LANES
        if kind in (IRRELEVANT, AFTERWARDS) or not (full or (uncertain and kind != HIDDEN)):
            continue
        if kind == HIDDEN:
            _of_hidden(node, weights, changes, head, about, by_silent, forced)
        elif kind == FACTOR:
            _of_factor(node, weights, changes, head, evidence, about, by_silent, forced)
        else:
            _of_closer(node, kind == CONSTANT, weights, changes, head, evidence, about, by_silent, forced)
        if not full:
            continue
        varies = not only_with_parent(arrays, node)
        for lane in range(many):
            leak = arrays.leak[node, strata[lane]]
            if leak < 1.0 and varies:
                about[LEAK_SLOPE, node, lane] = -by_silent[lane] * head[SILENT, node, lane] / (1.0 - leak)
        for link in range(arrays.first[node], arrays.first[node + 1]):
            parent = arrays.parent[link]
            if observed[parent] == PRESENT_FOR_SURE:
                for lane in range(many):
                    p, silent = arrays.link[link, strata[lane]], head[SILENT, node, lane]
                    links[FIRED, link, lane] = p * forced[lane]
                    links[SLOPE, link, lane] = -by_silent[lane] * silent / (1.0 - p) if p < 1.0 else 0.0
            elif kind == FACTOR and role[parent] == HIDDEN:
                for lane in range(many):
                    p = arrays.link[link, strata[lane]]
                    if p < 1.0 and weights[1, node, changes[lane]] == 0.0:
                        links[SLOPE, link, lane] = -about[JOINT, parent, lane] / (1.0 - p)


def _of_hidden(
    node: int, weights: Array, changes: Ints, head: Array, about: Array, by_silent: Array, forced: Array
) -> None:
    """Of a variable: the derivative by what it is silent with, and P(evidence) where a parent brings it about."""
    for lane in range(len(changes)):
        absent = weights[0, node, changes[lane]]
        own = weights[1, node, changes[lane]] * head[TILT, node, lane]
        by_silent[lane] = absent * about[D_NN, node, lane] - own * about[D_NY, node, lane]
        forced[lane] = own * (about[D_NY, node, lane] + about[D_YY, node, lane])


def _of_factor(
    node: int, weights: Array, changes: Ints, head: Array, evidence: Array, about: Array, by_silent: Array,
    forced: Array,
) -> None:  # fmt: skip
    """Of a node observed absent, in some lanes at least; in the others nothing is known about it."""
    for lane in range(len(changes)):
        silent, by_silent[lane], forced[lane] = head[SILENT, node, lane], 0.0, 0.0
        if weights[1, node, changes[lane]] != 0.0:
            about[JOINT, node, lane] = np.nan
        elif silent > 0.0:
            by_silent[lane] = evidence[lane] / silent


def _of_closer(
    node: int, constant: bool, weights: Array, changes: Ints, head: Array, evidence: Array, about: Array,
    by_silent: Array, forced: Array,
) -> None:  # fmt: skip
    """Of a node observed present, or softly without being a variable; constant: without hidden parents."""
    for lane in range(len(changes)):
        absent, present = weights[0, node, changes[lane]], weights[1, node, changes[lane]]
        silent, by_ny = head[SILENT, node, lane], about[D_NY, node, lane]
        if constant:
            factor = absent * silent + present * (1.0 - silent)
            by_ny = evidence[lane] / factor if factor > 0.0 else 0.0
        by_silent[lane] = (absent - present) * by_ny
        forced[lane] = present * (by_ny + about[D_YY, node, lane])
        if present != 1.0 or absent != 0.0:
            about[JOINT, node, lane] = evidence[lane] - absent * silent * by_ny
