"""Folding evidence into the network loses nothing: the reduced problem has the enumerated joint."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.reduction import ABSENT, PRESENT, Problem, reduce, relevant_nodes
from crampnet.network.network import Network
from tests.support.networks import evidence_for, medical_network, networks
from tests.support.oracle import enumerate_joint


def evaluate(problem: Problem, lane: int, clamped: dict[int, int] | None = None) -> float:
    """P(evidence, clamped) of a problem by writing out the states of its variables."""
    variables = sorted(problem.variables)
    total = 0.0
    for states in itertools.product((0, 1), repeat=len(variables)):
        state = dict(zip(variables, states, strict=True))
        if any(state[n] != s for n, s in (clamped or {}).items()):
            continue
        p = float(problem.constant[lane])
        for node, head in problem.heads.items():
            n = float(np.prod([1.0 - link[lane] for parent, link in problem.parents[node] if state[parent]]))
            present = head.ny[lane] * n + head.yy[lane] * (1.0 - n)
            p *= head.nn[lane] * n if node in problem.variables and not state[node] else present
        total += p
    return total


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_the_reduced_problem_has_the_probability_of_the_evidence(data: st.DataObject) -> None:
    network = data.draw(networks(most=6))
    weights = data.draw(evidence_for(network))
    targets = frozenset(data.draw(st.sets(st.integers(0, len(network.nodes) - 1), max_size=3)))
    problem = reduce(network, weights, targets, np.arange(2))
    for lane in range(2):
        truth = enumerate_joint(network, weights, np.eye(2)[lane])
        assert evaluate(problem, lane) == pytest.approx(truth.evidence, rel=1e-9, abs=1e-300)
        for target in targets & problem.variables:
            joint = evaluate(problem, lane, {target: 1})
            expected = truth.present[network.nodes[target].id] * truth.evidence if truth.evidence else 0.0
            assert joint == pytest.approx(expected, rel=1e-9, abs=1e-300)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_targets_stay_unless_they_are_known_for_certain(data: st.DataObject) -> None:
    network = data.draw(networks(most=6))
    weights = data.draw(evidence_for(network))
    targets = frozenset(range(len(network.nodes)))
    problem = reduce(network, weights, targets, np.arange(2))
    certain = {n for n, w in weights.items() if w in (ABSENT, PRESENT)}
    assert problem.variables == targets - certain


def chain() -> Network:
    return medical_network(0).network


def test_what_nobody_observed_vanishes() -> None:
    network = chain()
    index = network.index
    found = relevant_nodes(network, frozenset({index["sign"]}), frozenset())
    assert {index["sign"], index["syndrome"], index["c0"], index["habit"]} <= found
    assert index["hand_complaint"] not in found
    assert index["pattern"] not in found
    nothing = reduce(network, {}, frozenset(), np.arange(2))
    assert nothing.heads == {}
    assert nothing.constant.tolist() == [1.0, 1.0]


def test_an_answer_without_weight_is_no_answer() -> None:
    network = chain()
    sign = network.index["sign"]
    assert reduce(network, {sign: (1.0, 1.0)}, frozenset(), np.arange(2)).heads == {}
    halved = reduce(network, {sign: (0.5, 0.5)}, frozenset(), np.arange(2))
    assert halved.heads == {}
    assert halved.constant.tolist() == [0.5, 0.5]


def test_a_finding_that_is_absent_needs_no_axis() -> None:
    network = chain()
    absent = reduce(network, {network.index["pattern"]: ABSENT}, frozenset(), np.arange(2))
    present = reduce(network, {network.index["pattern"]: PRESENT}, frozenset(), np.arange(2))
    assert network.index["pattern"] not in absent.heads
    assert network.index["pattern"] in present.heads
    assert network.index["pattern"] not in present.variables


def test_only_the_lanes_that_are_asked_for_are_kept() -> None:
    network = chain()
    weights = {network.index["sign"]: PRESENT}
    both = reduce(network, weights, frozenset(), np.arange(2))
    second = reduce(network, weights, frozenset(), np.array([1]))
    assert evaluate(second, 0) == evaluate(both, 1)
    assert evaluate(both, 0) != evaluate(both, 1)
