"""Which cases are asked: the grid of densities, kinds and k, the mixture, QMR size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.cases import Asked
from benchmarks.patients import CaseKind, make_evidence
from benchmarks.qmr import qmr_case, qmr_network
from benchmarks.synthetic import Density, Generated, generate

SEED = 20260
KS = (4, 8, 12, 16)
MIXED_KS = range(5, 16)
QMR_KS = (8, 12, 15)
QMR_PARENTS = (11, 45)
DENSITIES: tuple[Density, ...] = ("sparse", "dense")
KINDS: tuple[CaseKind, ...] = ("coherent", "random")


def networks(density: Density, count: int) -> list[Generated]:
    """Generated networks with seeds counted from SEED."""
    return [generate(SEED + i, density) for i in range(count)]


def grid(density: Density, per_cell: int, count: int = 4) -> list[Asked]:
    """per_cell cases for each kind and k, dealt to `count` networks; the order goes round all cells."""
    generated = networks(density, count)
    return [_asked(generated, density, kind, k, number) for number in range(per_cell) for k in KS for kind in KINDS]


def mixture(density: Density, cases: int, count: int = 4) -> list[Asked]:
    """Cases with k from 5 to 15, coherent and random in turn."""
    generated = networks(density, count)
    ks = list(MIXED_KS)
    return [_asked(generated, density, KINDS[n % 2], ks[n // 2 % len(ks)], 10_000 + n) for n in range(cases)]


def _asked(generated: Sequence[Generated], density: Density, kind: CaseKind, k: int, number: int) -> Asked:
    network = generated[number % len(generated)]
    rng = np.random.default_rng([SEED, DENSITIES.index(density), KINDS.index(kind), k, number])
    evidence = make_evidence(network, kind, k, rng)
    return Asked(f"{density}-{kind}-k{k}-{number}", density, kind, k, network.network, evidence, _causes(network))


def _causes(generated: Generated) -> tuple[str, ...]:
    return generated.network.conditions


def qmr(per_cell: int) -> Iterator[Asked]:
    """per_cell cases for each mean number of parents and each k; the order goes round all cells."""
    for parents in QMR_PARENTS:
        network = qmr_network(SEED, parents)
        for number in range(per_cell):
            for k in QMR_KS:
                yield qmr_case(network, parents, k, np.random.default_rng([SEED, parents, k, number]))
