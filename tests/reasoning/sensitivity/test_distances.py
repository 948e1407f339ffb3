"""Distances of a changed model: against the joint written out, and as the bound they promise to be."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import BadValue, ImpossibleCase, TooExpensive
from crampnet.inference.engine import posterior
from crampnet.network.network import Network, Node
from crampnet.reasoning.sensitivity import distances as module
from crampnet.reasoning.sensitivity.distances import diameters, distance
from tests.support.models import tiny
from tests.support.networks import as_evidence, evidence_for, medical_network, networks, probability


def joint(network: Network) -> np.ndarray:
    """P(every joint state, stratum), written out."""
    atoms = []
    for stratum, share in enumerate(network.strata_weights):
        for states in itertools.product((0, 1), repeat=len(network.nodes)):
            p = float(share)
            for position, node in enumerate(network.nodes):
                absent = 1.0 - node.leak[stratum]
                for place, parent in enumerate(node.parents):
                    absent *= 1.0 - node.links[place][stratum] * states[parent]
                p *= (1.0 - absent) if states[position] else absent
            atoms.append(p)
    return np.array(atoms)


@st.composite
def changes(draw: st.DrawFn, network: Network, *, certain: bool = True) -> Network:
    """The network with one node's table changed."""
    figures = probability if certain else st.floats(0.01, 0.99)
    position = draw(st.integers(0, len(network.nodes) - 1))
    node = network.nodes[position]
    leak = np.array([draw(figures) for _ in node.leak])
    links = np.array([[draw(figures) for _ in row] for row in node.links]).reshape(node.links.shape)
    return with_node(network, position, replace(node, leak=leak, links=links))


def with_node(network: Network, position: int, node: Node) -> Network:
    nodes = list(network.nodes)
    nodes[position] = node
    return replace(network, nodes=tuple(nodes))


@settings(max_examples=60)
@given(st.data())
def test_distances_are_those_of_the_joint_written_out(data: st.DataObject) -> None:
    network = replace(data.draw(networks(most=5)), strata_weights=np.array([0.2, 0.8]))
    changed = data.draw(changes(network))
    found = distance(network, changed)
    before, after = joint(network), joint(changed)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((before == 0) & (after == 0), 0.0, np.log(after) - np.log(before))
        divergence = float(np.sum(np.where(before > 0, -before * ratio, 0.0)))
    assert found.kl == pytest.approx(divergence, rel=1e-9, abs=1e-12)
    assert found.exact
    assert found.cd == pytest.approx(float(ratio.max() - ratio.min()), rel=1e-7, abs=1e-9)


@settings(max_examples=30)
@given(st.data())
def test_divergences_of_several_changed_nodes_add_up(data: st.DataObject) -> None:
    network = data.draw(networks(most=5))
    changed = data.draw(changes(data.draw(changes(network, certain=False)), certain=False))
    before, after = joint(network), joint(changed)
    found = distance(network, changed)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(before > 0, np.log(before) - np.log(after), 0.0)
        both = (before > 0) | (after > 0)
        full = np.log(after[both]) - np.log(before[both])
    assert found.kl == pytest.approx(float(np.sum(np.where(before > 0, before * ratio, 0.0))), rel=1e-9, abs=1e-12)
    assert found.exact == (len(found.nodes) <= 1)
    assert found.cd >= full.max() - full.min() - 1e-9


@settings(max_examples=40)
@given(st.data())
def test_no_log_odds_move_by_more_than_the_distance(data: st.DataObject) -> None:
    network = medical_network(data.draw(st.integers(0, 50))).network
    changed = data.draw(changes(network, certain=False))
    weights = data.draw(evidence_for(network))
    bound = distance(network, changed).cd
    try:
        before = posterior(network, as_evidence(network, weights))
        after = posterior(changed, as_evidence(network, weights))
    except ImpossibleCase:
        return
    for condition in network.conditions:
        p, q = before.present[condition], after.present[condition]
        if 0.0 < p < 1.0 and 0.0 < q < 1.0:
            assert abs(np.log(q / (1 - q)) - np.log(p / (1 - p))) <= bound + 1e-6


def test_the_same_model_is_at_distance_nothing() -> None:
    network = tiny().network()
    found = distance(network, network)
    assert (found.kl, found.cd, found.exact, len(found.nodes)) == (0.0, 0.0, True, 0)


def test_other_structures_are_refused() -> None:
    network = tiny().network()
    with pytest.raises(BadValue, match="other nodes"):
        distance(network, replace(network, nodes=network.nodes[:-1]))


def test_a_table_too_wide_to_be_written_out_is_refused() -> None:
    small = medical_network(0, conditions=13).network
    position = small.index["hand_complaint"]
    node = small.nodes[position]
    with pytest.raises(TooExpensive, match="13 parents"):
        distance(small, with_node(small, position, replace(node, leak=node.leak + 0.01)))


@settings(max_examples=40)
@given(st.integers(0, 200), st.integers(0, 3), st.floats(0.05, 0.95), st.floats(0.0, 0.3))
def test_one_link_of_a_wide_table_is_as_far_as_when_written_out(
    seed: int, place: int, link: float, leak: float
) -> None:
    network = replace(medical_network(seed).network, strata_weights=np.array([0.3, 0.7]))
    position = network.index["pattern"]
    network = with_node(network, position, replace(network.nodes[position], leak=np.array([leak, leak / 3])))
    links = network.nodes[position].links.copy()
    links[place] = link
    changed = with_node(network, position, replace(network.nodes[position], links=links))
    whole = distance(network, changed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_PARENTS", 3)
        found = distance(network, changed)
    assert found.kl == pytest.approx(whole.kl, rel=1e-7, abs=1e-13)
    assert found.cd == pytest.approx(whole.cd, rel=1e-9, abs=1e-12)


def test_a_parent_that_never_stands_alone_and_a_link_too_weak_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PARENTS", 1)
    network = medical_network(0).network
    position = network.index["symptom"]
    node = replace(network.nodes[position], parents=(network.index["c3"], network.index["reason_c3"]))
    node = replace(node, links=np.full_like(node.links, 0.3))
    network = with_node(network, position, node)
    with pytest.raises(TooExpensive, match="2 parents"):
        distance(network, with_node(network, position, replace(node, links=np.array([[0.3, 0.3], [0.4, 0.4]]))))
    weak = medical_network(0).network
    position = weak.index["pattern"]
    links = np.full_like(weak.nodes[position].links, 1e-4)
    weak = with_node(weak, position, replace(weak.nodes[position], links=links))
    moved = links.copy()
    moved[0] = 2e-4
    with pytest.raises(TooExpensive, match="terms"):
        distance(weak, with_node(weak, position, replace(weak.nodes[position], links=moved)))


@settings(max_examples=40)
@given(networks(most=7))
def test_the_diameter_is_the_largest_distance_between_two_columns(network: Network) -> None:
    found = diameters(network)
    assert list(found.index) == [node.id for node in network.nodes if node.parents]
    for node in network.nodes:
        if not node.parents:
            continue
        largest = 0.0
        for stratum in range(len(network.strata)):
            columns = [
                (1 - node.leak[stratum])
                * np.prod([1 - p for p, on in zip(node.links[:, stratum], states, strict=True) if on])
                for states in itertools.product((0, 1), repeat=len(node.parents))
            ]
            largest = max(largest, max(columns) - min(columns))
        assert found[node.id] == pytest.approx(largest, abs=1e-12)
