"""One run of the exact engine: weights of evidence to codes, lanes and limits, and what came out as plain arrays."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crampnet.errors import TooExpensive
from crampnet.inference.exact.kernels import KERNELS
from crampnet.inference.exact.ladder import TOO_MUCH_MEMORY, TOO_MUCH_WORK
from crampnet.inference.exact.reduction import (
    ABSENT_FOR_SURE,
    ABSENT_IN_LANES,
    PRESENT_FOR_SURE,
    SOFT,
    UNKNOWN,
)
from crampnet.network.arrays import Ints
from crampnet.network.network import Array, Lanes, Network

Weights = Mapping[int, tuple[float, float]]
"""Evidence: node position -> (weight of absent, weight of present); (0, 1) is observed present."""

WeightsApart = Mapping[int, Array]
"""Evidence that weighs something else in each stratum: position -> weights of absent and present, shape (2, strata)."""
NONE_APART: WeightsApart = {}

ABSENT = (1.0, 0.0)
PRESENT = (0.0, 1.0)

MAX_STORED = 5 << 25
"""Largest number of table entries (8 bytes each) that a run may keep at a time: 1.25 GiB."""
MAX_WORK = 5 << 29
"""Largest number of entries that one run may compute; up to some fifteen seconds."""
KEPT = 1 << 23
"""Entries that a thread keeps at the most, to lay tables into: 64 MiB."""


class Room(threading.local):
    """Memory that the runs of a thread use one after the other: what is new costs more than what is computed in it."""

    def __init__(self) -> None:
        self.numbers: Array = np.empty(0)

    def grow(self, entries: int) -> None:
        """Have so many numbers, or what may be kept, from the next run on; beginning where a line of the cache does."""
        entries = min(entries, KEPT)
        if entries > len(self.numbers):
            wide = np.empty(entries + 8)
            skipped = -wide.ctypes.data // 8 % 8
            self.numbers = wide[skipped : skipped + entries]


ROOM = Room()


@dataclass(frozen=True)
class Observed:
    """What is observed, for one or several sets of answers that share a plan.

    codes: how each node is observed (see exact.reduction), shape (nodes,); weights: of absent and present, shape (2,
    nodes, changes); constant: factor of P(evidence) from weights that say nothing, shape (changes,); apart: whether it
    is one set of answers that weigh something else in each stratum, weights being of shape (2, nodes, strata).
    """

    codes: Ints
    weights: Array
    constant: Array
    apart: bool = False


@dataclass(frozen=True)
class Few:
    """Which causes were summed over where not all could be (see few).

    opened: positions of those that are open; bare: of those for which not even what they can bring about is open;
    missing: estimated share of P(evidence) that is left out.
    """

    opened: frozenset[int]
    bare: frozenset[int]
    missing: float


@dataclass(frozen=True)
class Found:
    """What a run found, joint with the evidence. Lanes are changes x strata, change by change.

    evidence: P(evidence), shape (lanes,); about: see exact.back, shape (5, nodes, lanes), empty without reverse pass;
    links: likewise, shape (2, links, lanes), empty unless asked for; residual: relative disagreement of the two passes;
    width: most axes of one table; few: where few causes had to do.
    """

    evidence: Array
    about: Array
    links: Array
    residual: float
    width: int
    few: Few | None = None


def observe(network: Network, weights: Weights, others: Sequence[Weights] = ({},)) -> Observed:
    """Codes for evidence and some changes of it.

    weights: what all share; others: for each change what differs. A node that differs must be one that the plan can
    hold in all of them: absent in some and unknown in the rest, or hidden, its weights being soft.
    """
    count = len(network.nodes)
    codes, table, constant = np.zeros(count, np.int64), np.ones((2, count, len(others))), np.ones(len(others))
    if weights:
        nodes = np.fromiter(weights, np.int64, len(weights))
        codes[nodes] = [_code(pair) for pair in weights.values()]
        table[:, nodes] = np.array(list(weights.values())).T[:, :, None]
    told: dict[int, list[tuple[float, float]]] = {}
    for row, other in enumerate(others):
        for node, pair in other.items():
            table[:, node, row] = pair
            told.setdefault(node, []).append(pair)
    for node, pairs in told.items():
        kinds = set(pairs) if len(pairs) == len(others) else {*pairs, weights.get(node, (1.0, 1.0))}
        codes[node] = _shared_code(kinds, leaf=not network.children[node])
    for node in (*weights, *told):
        if codes[node] == UNKNOWN:
            constant *= table[0, node]
            table[:, node] = 1.0
    return Observed(codes, table, constant)


def observe_apart(network: Network, weights: Weights, apart: WeightsApart, strata: int) -> Observed:
    """Codes for evidence of which some weighs something else in each stratum.

    weights: what all strata share; apart: weights of absent and present that are used in place of these, shape (2,
    strata); strata: how many.
    """
    shared = observe(network, {node: pair for node, pair in weights.items() if node not in apart})
    if not apart:
        return shared
    table, codes = np.repeat(shared.weights, strata, axis=2), shared.codes
    for node, pairs in apart.items():
        table[:, node], codes[node] = pairs, SOFT
    return Observed(codes, table, shared.constant, apart=True)


def _code(pair: tuple[float, float]) -> int:
    if pair[0] == pair[1]:
        return UNKNOWN
    return ABSENT_FOR_SURE if pair == ABSENT else PRESENT_FOR_SURE if pair == PRESENT else SOFT


def _shared_code(pairs: set[tuple[float, float]], *, leaf: bool) -> int:
    kinds = {_code(pair) for pair in pairs}
    if len(kinds) == 1:
        return kinds.pop()
    return ABSENT_IN_LANES if leaf and pairs <= {ABSENT, (1.0, 1.0)} else SOFT


def run(
    network: Network, observed: Observed, strata: Lanes, wanted: npt.ArrayLike = (), *, back: bool = True,
    full: bool = False, singly: bool = False, most_work: float | None = None,
) -> Found:  # fmt: skip
    """Run the engine for all changes in all strata.

    strata: positions of the strata; wanted: positions of the nodes asked for; back: with the reverse pass; full: with
    what every link did and is worth; singly: each stratum is an answer of its own, and need not be paid for with the
    others; most_work: entries that it may compute, MAX_WORK unless given. Raises TooExpensive before a table too large
    is built.
    """
    changes, most = len(observed.constant), MAX_WORK if most_work is None else most_work
    lanes = np.empty((2, changes, len(strata)), np.int64)
    lanes[0], lanes[1] = strata, np.arange(len(strata)) if observed.apart else np.arange(changes)[:, None]
    parts = 1 if singly else len(strata)
    asked = np.zeros(len(network.nodes), np.int64)
    asked[np.asarray(wanted, np.int64)] = 1
    end, needed, evidence, about, links, residual, width = KERNELS.solve(
        network.arrays,
        observed.codes,
        observed.weights,
        lanes.reshape(2, -1),
        asked,
        back,
        full,
        most / parts,
        float(MAX_STORED),
        ROOM.numbers,
    )
    if end == TOO_MUCH_WORK:
        raise TooExpensive("This case", needed * parts, most)
    if end == TOO_MUCH_MEMORY:
        raise TooExpensive("This case", needed, MAX_STORED, "stored numbers")
    ROOM.grow(int(needed))
    if any(constant != 1.0 for constant in observed.constant):
        factor = np.repeat(observed.constant, len(strata))
        evidence, about, links = evidence * factor, about * factor, links * factor
    return Found(evidence, about, links, residual, width)
