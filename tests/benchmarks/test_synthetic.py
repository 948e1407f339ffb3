"""The generated networks have the shapes that the goals speak of, and the same seed gives the same case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.cases import ABSENT, PRESENT, positives
from benchmarks.patients import CaseKind, make_evidence
from benchmarks.qmr import NEGATIVES, qmr_case, qmr_network
from benchmarks.sets import KINDS, grid
from benchmarks.synthetic import SPARSE_PARENTS, Density, Size, generate
from crampnet.inference.engine import posterior
from crampnet.network.network import COMPLAINT, reason_id
from tests.support.oracle import enumerate_joint


@pytest.mark.parametrize(("density", "low", "high"), [("sparse", 3.5, 5.0), ("dense", 7.0, 10.0)])
def test_the_shape(density: Density, low: float, high: float) -> None:
    made = [generate(seed, density) for seed in range(8)]
    for generated in made:
        network = generated.network
        kinds = [node.kind for node in network.nodes]
        assert (kinds.count("condition"), kinds.count("finding"), kinds.count("exposure")) == (32, 74, 12)
        complaint = network.nodes[network.index[COMPLAINT]]
        assert len(complaint.parents) == 32
        assert all(network.nodes[p].kind == "reason" for p in complaint.parents)
        assert len(network.strata) == 8
    parents = [len(g.network.nodes[f].parents) for g in made for f in g.findings]
    assert low < np.mean(parents) < high
    assert max(parents) <= (SPARSE_PARENTS if density == "sparse" else 30)


def test_base_rates_are_those_of_the_joint_distribution() -> None:
    network = generate(3, "dense", Size(2, 3, (1, 1))).network
    first = replace(network, nodes=network.nodes[:14], strata=network.strata[7:], strata_weights=np.ones(1))
    lane = [replace(node, leak=node.leak[7:], links=node.links[:, 7:]) for node in first.nodes]
    truth = enumerate_joint(replace(first, nodes=tuple(lane)), {}, np.ones(1))
    for cause in network.conditions:
        assert network.base_rates[cause][7] == pytest.approx(truth.present[cause], abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [2, 8, 16])
def test_a_case_has_the_findings_it_was_asked_for(kind: CaseKind, k: int) -> None:
    generated = generate(1, "sparse")
    evidence = make_evidence(generated, kind, k, np.random.default_rng(4))
    again = make_evidence(generate(1, "sparse"), kind, k, np.random.default_rng(4))
    assert evidence.weights == again.weights
    assert positives(generated.network, evidence) == k
    assert evidence.weights[generated.network.index[COMPLAINT]] == PRESENT
    absent = [n for n, w in evidence.weights.items() if w == ABSENT and n in generated.findings]
    assert 5 <= len(absent) <= 25
    for group in generated.roots:
        assert sum(node in evidence.weights for node in group) in (0, len(group))
    assert evidence.strata_weights.sum() == pytest.approx(1.0)


def test_what_contributes_is_the_attribution_of_the_complaint() -> None:
    generated = generate(2, "sparse", Size(3, 4, (1, 2)))
    network = generated.network
    evidence = make_evidence(generated, "random", 2, np.random.default_rng(1))
    found = posterior(network, evidence)
    for cause in network.conditions:
        assert reason_id(cause) in network.index
        assert 0.0 <= found.contributes[cause] <= found.present[cause] <= 1.0


def test_the_grid_goes_round_all_cells_before_it_begins_again() -> None:
    cases = grid("sparse", 2, count=1)
    half = len(cases) // 2
    assert [(c.k, c.kind) for c in cases[:half]] == [(c.k, c.kind) for c in cases[half:]]
    assert len({c.name for c in cases}) == len(cases)


def test_the_qmr_size() -> None:
    network = qmr_network(0, 11)
    assert len(network.conditions) == 600
    findings = [node for node in network.nodes if node.kind == "finding"]
    assert len(findings) == 4000
    assert np.mean([len(node.parents) for node in findings]) == pytest.approx(11, abs=0.3)
    case = qmr_case(network, 11, 8, np.random.default_rng(0))
    assert positives(network, case.evidence) == 8
    assert len(case.evidence.weights) == 8 + NEGATIVES
