"""The engine in its plain form, with a plan that it would not choose by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np

from crampnet.inference.exact import program as programs
from crampnet.inference.exact import solve, tape
from crampnet.inference.exact.kernels import KERNELS
from crampnet.inference.exact.program import KIND, Program
from crampnet.inference.exact.reduction import Structure
from crampnet.network.arrays import Ints

Plan = tuple[int, int, bool, int]
"""(parents from which on a node is wide, axes absorbed early, along a line, what shakes the order or 0)."""
EVERY_PLAN: list[Plan] = [
    (limit, reach, line, seed)
    for limit in (1, 2, 3, 99)
    for reach, line, seed in ((0, False, 0), (2, False, 0), (0, False, 5), (programs.EVERYTHING, True, 0))
]
USUAL: Plan = (12, 0, False, 0)


@contextmanager
def planned(plan: Plan = USUAL, signed: str = "none", block: int = tape.BLOCK) -> Iterator[set[int]]:
    """All runs inside go through the plain engine and this plan; gives the kinds of the operations that happened.

    signed: the nodes whose contributions axis is signed: none, closers or all; block: entries within which signed links
    act together.
    """
    kinds: set[int] = set()

    def make(structure: Structure, tight: Ints, ladder: Ints, first: Ints, nodes: Ints) -> Program:
        variable = structure.variable
        chosen = {"none": np.zeros_like(variable), "closers": 1 - variable, "all": np.ones_like(variable)}[signed]
        made = programs._tried(structure, tight, chosen, first, nodes, *plan)
        kinds.update(made.ops[:-1, KIND].tolist())
        return made

    with (
        mock.patch.object(solve, "make_program", make),
        mock.patch.object(tape, "BLOCK", block),
        mock.patch.object(KERNELS, "solve", solve.solve),
    ):
        yield kinds
