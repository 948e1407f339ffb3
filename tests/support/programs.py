"""The engine in its plain form, with a plan that it would not choose by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np

from crampnet.inference.exact import ladder, plan, solve, tape
from crampnet.inference.exact.kernels import KERNELS
from crampnet.inference.exact.plan import Order
from crampnet.inference.exact.program import KIND, Program, write
from crampnet.inference.exact.reduction import Structure
from crampnet.network.arrays import Ints

Plan = int
"""An attempt of find_order, or, when negative, the seed of an order drawn at random."""
EVERY_PLAN: list[Plan] = [*range(len(plan.TRIED) + 4), *range(-12, 0)]
USUAL: Plan = 0


def shuffled(structure: Structure, seed: int) -> Order:
    """The axes in a random order."""
    found = plan.find_order(structure, np.zeros(1, np.int64), np.zeros(0, np.int64), 0)
    at = np.random.default_rng(seed).permutation(found.at)
    rank = np.full_like(found.rank, -1)
    rank[at] = np.arange(len(at))
    return Order(at, rank, 0)


@contextmanager
def planned(plan_: Plan = USUAL, signed: str = "none", block: int = tape.BLOCK) -> Iterator[set[int]]:
    """All runs inside go through the plain engine and this plan; gives the kinds of the operations that happened.

    signed: the nodes whose contributions axis is signed: none, closers or all; block: entries within which signed links
    act together.
    """
    kinds: set[int] = set()

    def order(structure: Structure, first: Ints, nodes: Ints, attempt: int) -> Order:
        return shuffled(structure, -plan_) if plan_ < 0 else plan.find_order(structure, first, nodes, plan_)

    def written(structure: Structure, order: Order, _: Ints) -> Program:
        variable = structure.variable
        chosen = {"none": np.zeros_like(variable), "closers": 1 - variable, "all": np.ones_like(variable)}[signed]
        made = write(structure, order, chosen, np.zeros(1, np.int64), np.zeros(0, np.int64))
        kinds.update(made.ops[:-1, KIND].tolist())
        return made

    with (
        mock.patch.object(ladder, "find_order", order),
        mock.patch.object(ladder, "_written", written),
        mock.patch.object(tape, "BLOCK", block),
        mock.patch.object(KERNELS, "solve", solve.solve),
    ):
        yield kinds
