"""Seeded generated networks: 12 roots, 32 causes, 75 findings, dense or sparse.

Every number is drawn; nothing here is medical. The first two roots (4 and 2 states) are the context, so they are the
strata of the network (four age bands, two sexes). Of the other ten, the two with three states become two binary roots
each, asked together; that leaves twelve binary roots. The first finding is the complaint: every cause acts on it
through a reason of its own, so that "contributes" is the attribution of the complaint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from crampnet.knowledge.people import SEXES
from crampnet.network.marginals import expected_absence
from crampnet.network.network import COMPLAINT, Array, Kind, Network, Node, Stratum, reason_id

Density = Literal["sparse", "dense"]

BANDS = ("12_17", "18_49", "50_69", "70_120")
ROOT_STATES = (2, 2, 2, 2, 2, 3, 3, 2, 2, 2)
"""States of the ten roots beside the context."""
CAUSES, FINDINGS = 32, 75
SPARSE_PARENTS = 7
"""Most parents of a finding in a sparse network, the complaint apart."""


@dataclass(frozen=True)
class Size:
    """How many of what; the default is the size that the goals speak of."""

    causes: int = CAUSES
    findings: int = FINDINGS
    extra_edges: tuple[int, int] = (15, 26)


@dataclass(frozen=True)
class Generated:
    """A generated network; roots groups the positions of the binary roots that are asked together."""

    network: Network
    density: Density
    roots: tuple[tuple[int, ...], ...]

    @property
    def findings(self) -> tuple[int, ...]:
        """Positions of the findings beside the complaint."""
        return tuple(i for i, node in enumerate(self.network.nodes) if node.kind == "finding")


def generate(seed: int, density: Density, size: Size | None = None) -> Generated:
    """A network of the given density; the same seed gives the same network, and the same but for the cut parents."""
    size = size or Size()
    build = _Builder(np.random.default_rng(seed), size, density)
    roots = build.roots()
    build.causes()
    build.complaint()
    build.findings()
    nodes, rates = tuple(build.nodes), _base_rates(build.nodes)
    strata = tuple(Stratum(band, sex) for band in BANDS for sex in SEXES)
    ages = build.rng.dirichlet(np.full(len(BANDS), 5.0))
    weights = np.outer(ages, [0.5, 0.5]).reshape(-1)
    return Generated(Network(f"generated {density}", nodes, strata, weights, rates), density, roots)


class _Builder:
    def __init__(self, rng: np.random.Generator, size: Size, density: Density) -> None:
        self.rng = rng
        self.size = size
        self.density = density
        self.nodes: list[Node] = []
        self.root_nodes: list[int] = []
        self.cause_nodes: list[int] = []

    def _add(self, name: str, kind: Kind, leak: Array | float, links: dict[int, float]) -> int:
        wide = np.full(len(BANDS) * len(SEXES), leak) if isinstance(leak, float) else leak
        table = np.repeat(np.array(list(links.values())).reshape(-1, 1), len(wide), axis=1)
        self.nodes.append(Node(name, kind, tuple(links), wide, table))
        return len(self.nodes) - 1

    def _log_uniform(self, low: float, high: float) -> float:
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def roots(self) -> tuple[tuple[int, ...], ...]:
        groups = []
        for number, states in enumerate(ROOT_STATES):
            names = [f"root{number}_{state}" for state in range(1, states)]
            groups.append(tuple(self._add(n, "exposure", float(self.rng.uniform(0.05, 0.5)), {}) for n in names))
        self.root_nodes = [node for group in groups for node in group]
        return tuple(groups)

    def causes(self) -> None:
        wanted = int(self.rng.integers(self.size.extra_edges[0], self.size.extra_edges[1] + 1))
        pairs = [(a, b) for b in range(self.size.causes) for a in range(b)]
        chosen = {pairs[i] for i in self.rng.choice(len(pairs), min(wanted, len(pairs)), replace=False)}
        for number in range(self.size.causes):
            leak, links = self._cause_links()
            for a, b in sorted(chosen):
                if b == number:
                    links[self.cause_nodes[a]] = float(self.rng.uniform(0.05, 0.4))
            self.cause_nodes.append(self._add(f"cause{number}", "condition", leak, links))

    def _cause_links(self) -> tuple[Array, dict[int, float]]:
        """Leak by stratum and links from one to four of the twelve roots, the context being two of them."""
        age, sex = np.zeros(len(BANDS)), np.zeros(len(SEXES))
        links: dict[int, float] = {}
        for root in self.rng.choice(12, int(self.rng.integers(1, 5)), replace=False):
            if root == 0:
                age = self.rng.uniform(0.0, 0.1, len(BANDS))
            elif root == 1:
                sex = self.rng.uniform(0.0, 0.05, len(SEXES))
            else:
                first = sum(states - 1 for states in ROOT_STATES[: root - 2])
                for node in self.root_nodes[first : first + ROOT_STATES[root - 2] - 1]:
                    links[node] = float(self.rng.uniform(0.02, 0.3))
        leak = self._log_uniform(0.002, 0.05)
        return 1.0 - (1.0 - leak) * np.outer(1.0 - age, 1.0 - sex).reshape(-1), links

    def complaint(self) -> None:
        reasons = {}
        for node in self.cause_nodes:
            name = reason_id(self.nodes[node].id)
            reasons[self._add(name, "reason", 0.0, {node: float(self.rng.uniform(0.1, 0.8))})] = 1.0
        self._add(COMPLAINT, "complaint", 0.01, reasons)

    def findings(self) -> None:
        for number in range(1, self.size.findings):
            count = min(2 + int(self.rng.lognormal(np.log(2.5), 1.8)), 30, self.size.causes)
            parents = self.rng.choice(self.cause_nodes, count, replace=False)
            strength, leak = self.rng.uniform(0.1, 0.9, count), self._log_uniform(0.005, 0.1)
            most = SPARSE_PARENTS if self.density == "sparse" else count
            links = {int(p): float(s) for p, s in zip(parents[:most], strength[:most], strict=True)}
            self._add(f"finding{number}", "finding", leak, links)


def _base_rates(nodes: Sequence[Node]) -> dict[str, Array]:
    rates = {}
    for position, node in enumerate(nodes):
        if node.kind in ("exposure", "condition"):
            links = {p: node.links[place] for place, p in enumerate(node.parents)}
            absence = expected_absence(nodes[:position], links) if links else np.ones_like(node.leak)
            rates[node.id] = 1.0 - (1.0 - node.leak) * absence
    return rates
