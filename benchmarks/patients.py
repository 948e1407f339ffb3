"""Seeded made-up patients of a generated network, and what is asked of them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from benchmarks.cases import ABSENT, PRESENT
from benchmarks.synthetic import Generated
from crampnet.inference.evidence import Evidence
from crampnet.network.network import COMPLAINT, Network

CaseKind = Literal["coherent", "random"]

ASKED_CONTEXT, ASKED_ROOT = 0.95, 0.6
"""How often a context variable and any other root is known."""
TRIES = 200
"""So many patients are sampled to find one with enough findings."""


def make_evidence(generated: Generated, kind: CaseKind, k: int, rng: np.random.Generator) -> Evidence:
    """A case with k findings present, the complaint among them, and 5 to 25 absent.

    coherent: everybody has one to three causes that were forced, and findings are sampled; random: drawn at random.
    """
    network = generated.network
    stratum = int(rng.choice(len(network.strata), p=network.strata_weights))
    state = _patient(generated, kind, k, rng, stratum)
    present, absent = _answers(generated, state, k, rng)
    weights = {network.index[COMPLAINT]: PRESENT}
    weights |= dict.fromkeys(present, PRESENT) | dict.fromkeys(absent, ABSENT)
    for group in generated.roots:
        if rng.random() < ASKED_ROOT:
            weights |= {node: PRESENT if state[node] else ABSENT for node in group}
    strata = _context(network, stratum, rng)
    shares = network.strata_weights[strata]
    return Evidence(weights, {n: network.nodes[n].id for n in weights}, strata, shares / shares.sum())


def _answers(generated: Generated, state: np.ndarray, k: int, rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Findings present beside the complaint (others fill up where the patient has too few) and 5 to 25 absent."""
    findings = rng.permutation(generated.findings)
    ranked = sorted(findings.tolist(), key=lambda node: not state[node])
    present = ranked[: k - 1]
    rest = [node for node in ranked[k - 1 :] if not state[node]]
    return present, rest[: int(rng.integers(5, 26))]


def _patient(generated: Generated, kind: CaseKind, k: int, rng: np.random.Generator, stratum: int) -> np.ndarray:
    """State of every node: for coherent cases the first sampled patient with enough findings."""
    network = generated.network
    causes = [i for i, node in enumerate(network.nodes) if node.kind == "condition"]
    for _ in range(TRIES):
        forced = set(rng.choice(causes, int(rng.integers(1, 4)), replace=False).tolist())
        state = _sample(network, stratum, rng, forced, set(causes))
        if kind == "random":
            state[list(generated.findings)] = False
            state[rng.choice(generated.findings, k - 1, replace=False)] = True
            break
        if state[list(generated.findings)].sum() >= k - 1:
            break
    return state


def _sample(network: Network, stratum: int, rng: np.random.Generator, forced: set[int], causes: set[int]) -> np.ndarray:
    """A sampled patient whose only causes are the forced ones."""
    state = np.zeros(len(network.nodes), dtype=bool)
    for position, node in enumerate(network.nodes):
        if position in causes:
            state[position] = position in forced
            continue
        acting = node.links[state[list(node.parents)], stratum] if node.parents else np.zeros(0)
        state[position] = rng.random() < 1.0 - (1.0 - node.leak[stratum]) * np.prod(1.0 - acting)
    return state


def _context(network: Network, stratum: int, rng: np.random.Generator) -> np.ndarray:
    """Strata that fit what is known of age and sex."""
    own = network.strata[stratum]
    age, sex = rng.random(2) < ASKED_CONTEXT
    fits = [
        i
        for i, s in enumerate(network.strata)
        if (not age or s.age_band == own.age_band) and (not sex or s.sex == own.sex)
    ]
    return np.array(fits, dtype=np.intp)
