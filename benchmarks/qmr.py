"""Generated networks of QMR size: 600 independent causes, 4000 findings."""

from __future__ import annotations

import numpy as np

from benchmarks.cases import ABSENT, PRESENT, Asked
from crampnet.inference.evidence import Evidence
from crampnet.network.network import Array, Network, Node, Stratum, reason_id

CAUSES, FINDINGS, NEGATIVES = 600, 4000, 60


def qmr_network(seed: int, mean_parents: int) -> Network:
    """Independent causes, leaky noisy-OR findings with a Poisson number of parents; one stratum."""
    rng = np.random.default_rng(seed)
    none = np.zeros((0, 1))
    rates = {f"cause{i}": np.exp(rng.uniform(np.log(1e-4), np.log(2e-2), 1)) for i in range(CAUSES)}
    nodes = [Node(name, "condition", (), rate, none) for name, rate in rates.items()]
    nodes += [Node(reason_id(c), "reason", (i,), np.zeros(1), np.full((1, 1), 0.5)) for i, c in enumerate(rates)]
    for number in range(FINDINGS):
        count = int(np.clip(rng.poisson(mean_parents), 1, CAUSES))
        parents = tuple(int(p) for p in np.sort(rng.choice(CAUSES, count, replace=False)))
        leak = np.exp(rng.uniform(np.log(1e-3), np.log(5e-2), 1))
        nodes.append(Node(f"finding{number}", "finding", parents, leak, _links(rng, count)))
    return Network("qmr", tuple(nodes), (Stratum("12_120", "female"),), np.ones(1), rates)


def _links(rng: np.random.Generator, count: int) -> Array:
    return rng.uniform(0.05, 0.9, (count, 1))


def qmr_case(network: Network, mean_parents: int, k: int, rng: np.random.Generator) -> Asked:
    """A case with k findings present and 60 absent, drawn at random."""
    findings = [i for i, node in enumerate(network.nodes) if node.kind == "finding"]
    drawn = rng.choice(findings, k + NEGATIVES, replace=False).tolist()
    weights = dict.fromkeys(drawn[:k], PRESENT) | dict.fromkeys(drawn[k:], ABSENT)
    labels = {node: network.nodes[node].id for node in weights}
    evidence = Evidence(weights, labels, np.zeros(1, dtype=np.intp), np.ones(1))
    name = f"qmr{mean_parents}-k{k}-{rng.integers(1 << 30)}"
    return Asked(name, f"qmr, {mean_parents} parents", "random", k, network, evidence, network.conditions)
