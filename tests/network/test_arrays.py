"""The flat form of a network says the same as its nodes."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from crampnet.network.arrays import flatten
from crampnet.network.network import Network
from tests.support.models import tiny
from tests.support.networks import medical_network, networks


def assert_the_same(network: Network) -> None:
    arrays = network.arrays
    for position, node in enumerate(network.nodes):
        links = range(arrays.first[position], arrays.first[position + 1])
        assert arrays.parent[links].tolist() == list(node.parents)
        assert arrays.child[links].tolist() == [position] * len(node.parents)
        assert np.array_equal(arrays.link[links], node.links)
        assert np.array_equal(arrays.leak[position], node.leak)
        assert arrays.tight[position] == (not node.leak.any())
        out = arrays.down[arrays.below[position] : arrays.below[position + 1]]
        found = [(int(arrays.child[link]), int(link - arrays.first[arrays.child[link]])) for link in out]
        assert found == sorted(network.children[position])
    assert sorted(arrays.down.tolist()) == list(range(len(arrays.parent)))


@settings(max_examples=100)
@given(networks(most=9))
def test_random_networks(network: Network) -> None:
    assert_the_same(network)


def test_the_tiny_network() -> None:
    assert_the_same(tiny().network("general_population"))


def test_they_are_what_the_compiler_expects() -> None:
    """Types and layouts are part of its contract."""
    arrays = tiny().network("general_population").arrays
    for name, values in arrays._asdict().items():
        assert values.flags.c_contiguous, name
        assert values.dtype == (np.float64 if name in ("leak", "link") else np.int64), name


@given(networks(most=4, strata=3))
def test_a_network_without_links_keeps_its_strata(network: Network) -> None:
    roots = [node for node in network.nodes if not node.parents]
    arrays = flatten(roots)
    assert arrays.link.shape == (0, 3)
    assert arrays.leak.shape == (len(roots), 3)
    assert arrays.first.tolist() == arrays.below.tolist() == [0] * (len(roots) + 1)


def test_a_compact_network_is_the_same_and_holds_its_numbers_once() -> None:
    network = medical_network(2).network
    compact = network.compact()
    for before, after in zip(network.nodes, compact.nodes, strict=True):
        assert (after.id, after.kind, after.parents) == (before.id, before.kind, before.parents)
        np.testing.assert_array_equal(after.leak, before.leak)
        np.testing.assert_array_equal(after.links, before.links)
        assert after.leak.base is compact.arrays.leak
        assert after.links.size == 0 or np.shares_memory(after.links, compact.arrays.link)
    assert compact.conditions == network.conditions
