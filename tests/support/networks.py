"""Random small networks and evidence for the property tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from crampnet.inference.evidence import Evidence
from crampnet.network.network import Kind, Network, Node, Stratum, reason_id

probability = st.one_of(st.floats(1e-6, 1.0), st.sampled_from([0.0, 1.0, 1e-6, 0.999]))


@st.composite
def networks(draw: st.DrawFn, *, most: int = 8, strata: int = 2) -> Network:
    """A random noisy-OR network with up to `most` nodes, certain and impossible links among them."""
    count = draw(st.integers(2, most))
    nodes = []
    for position in range(count):
        parents = draw(st.lists(st.integers(0, position - 1), max_size=4, unique=True)) if position else []
        leak = np.array(draw(st.lists(probability, min_size=strata, max_size=strata)))
        links = np.array([draw(st.lists(probability, min_size=strata, max_size=strata)) for _ in parents]).reshape(
            len(parents), strata
        )
        nodes.append(Node(f"n{position}", "condition", tuple(parents), leak, links))
    return _network(nodes, strata)


def _network(nodes: list[Node], strata: int) -> Network:
    contexts = tuple(Stratum(f"{10 * i}_{10 * i + 9}", "female") for i in range(strata))
    return Network("test", tuple(nodes), contexts, np.full(strata, 1.0 / strata), {})


@st.composite
def evidence_for(draw: st.DrawFn, network: Network) -> dict[int, tuple[float, float]]:
    """Hard and soft evidence on some of the nodes."""
    pairs = st.one_of(
        st.sampled_from([(0.0, 1.0), (1.0, 0.0)]),
        st.tuples(st.floats(0.01, 1.0), st.floats(0.01, 1.0)),
    )
    nodes = st.integers(0, len(network.nodes) - 1)
    return draw(st.dictionaries(nodes, pairs, max_size=len(network.nodes)))


@dataclass(frozen=True)
class Medical:
    """A random network of the shipped shape: exposures, conditions, reasons, syndromes, findings, the complaint."""

    network: Network
    findings: tuple[str, ...]


def medical_network(seed: int, *, conditions: int = 4) -> Medical:
    """A small network with every kind of node."""
    rng = np.random.default_rng(seed)
    nodes: list[Node] = []
    index: dict[str, int] = {}

    def add(name: str, kind: str, leak: float, links: dict[str, float]) -> None:
        index[name] = len(nodes)
        table = np.repeat(np.array(list(links.values())).reshape(-1, 1), 2, axis=1)
        nodes.append(
            Node(name, kind, tuple(index[p] for p in links), np.array([leak, leak / 2]), table)  # type: ignore[arg-type]
        )

    add("habit", "exposure", 0.3, {})
    names = [f"c{i}" for i in range(conditions)]
    for i, name in enumerate(names):
        causes = {"habit": rng.uniform(0.05, 0.4)} | ({names[i - 1]: 0.2} if i % 2 else {})
        add(name, "condition", rng.uniform(0.01, 0.2), causes)
    for name in names:
        add(reason_id(name), "reason", 0.0, {name: rng.uniform(0.1, 0.9)})
    add("syndrome", "syndrome", 0.01, {names[0]: 0.7, reason_id(names[1]): 0.5})
    findings = ["pattern", "sign", "symptom"]
    add("pattern", "finding", 0.0, {reason_id(n): rng.uniform(0.05, 0.9) for n in names})
    add("sign", "finding", 0.05, {"syndrome": 0.8})
    add("symptom", "finding", 0.1, {"syndrome": 0.4, names[-1]: 0.5})
    add("hand_complaint", "complaint", 0.0, {reason_id(n): 1.0 for n in names})
    contexts = (Stratum("12_17", "female"), Stratum("12_17", "male"))
    rates = {n: np.array([0.1, 0.1]) for n in [*names, "habit"]}
    return Medical(Network("test", tuple(nodes), contexts, np.array([0.5, 0.5]), rates), tuple(findings))


@st.composite
def layered(draw: st.DrawFn, *, strata: int = 2) -> Network:
    """A random network of conditions, reasons that come with one condition only, and findings of many causes."""
    values = st.sampled_from([0.02, 0.1, 0.3, 0.5, 0.8, 0.95])
    nodes: list[Node] = []

    def add(name: str, kind: Kind, leak: float | None, parents: list[int]) -> int:
        own = np.full(strata, 0.0) if leak == 0.0 else np.array([draw(values) for _ in range(strata)]) * 0.3
        links = np.array([[draw(values) for _ in range(strata)] for _ in parents]).reshape(len(parents), strata)
        nodes.append(Node(name, kind, tuple(parents), own, links))
        return len(nodes) - 1

    conditions: list[int] = []
    for i in range(draw(st.integers(2, 3))):
        earlier = draw(st.lists(st.sampled_from(conditions), max_size=1)) if conditions else []
        conditions.append(add(f"c{i}", "condition", None, earlier))
    causes = [add(f"reason_{i}", "reason", 0.0, [i]) for i in conditions if draw(st.booleans())]
    causes += draw(st.lists(st.sampled_from(conditions), unique=True, min_size=1))
    if draw(st.booleans()):
        causes.append(
            add("syndrome", "syndrome", None, draw(st.lists(st.sampled_from(causes), unique=True, min_size=1)))
        )
    for i in range(draw(st.integers(1, 3))):
        chosen = draw(st.lists(st.sampled_from(causes), unique=True, min_size=1))
        add(f"f{i}", "finding", draw(st.sampled_from([0.0, None])), chosen)
    return _network(nodes, strata)


def wide_network(seed: int, *, roots: int, pairs: int, findings: int, strata: int = 2, rarity: float = 1.0) -> Network:
    """Findings that every cause can bring about: roots, and reasons that come with their own condition only.

    The conditions have a habit in common. rarity: factor of every probability.
    """
    rng = np.random.default_rng(seed)
    nodes: list[Node] = []

    def add(name: str, kind: Kind, leak: float, parents: list[int]) -> int:
        links = rarity * rng.uniform(0.05, 0.9, (len(parents), strata))
        own = rarity * leak * rng.uniform(0.5, 1.0, strata)
        nodes.append(Node(name, kind, tuple(parents), own, links))
        return len(nodes) - 1

    causes = [add(f"root{i}", "condition", 0.2, []) for i in range(roots)]
    habit = [add("habit", "exposure", 0.3, [])] if pairs else []
    causes += [add(f"reason{i}", "reason", 0.0, [add(f"c{i}", "condition", 0.3, habit)]) for i in range(pairs)]
    for i in range(findings):
        add(f"f{i}", "finding", 0.01, causes)
    return _network(nodes, strata)


def as_evidence(network: Network, weights: dict[int, tuple[float, float]]) -> Evidence:
    """Bare weights as evidence over all strata."""
    labels = {node: network.nodes[node].id for node in weights}
    strata = np.arange(len(network.strata))
    return Evidence(weights, labels, strata, network.strata_weights)
