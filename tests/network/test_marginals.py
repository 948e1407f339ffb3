"""Expected absence against the enumeration oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.network.marginals import expected_absence
from crampnet.network.network import Network, Node
from tests.support.networks import networks
from tests.support.oracle import enumerate_joint


@settings(max_examples=100)
@given(st.data())
def test_expected_absence_is_the_probability_that_a_new_child_stays_absent(data: st.DataObject) -> None:
    network = data.draw(networks(most=7))
    count = len(network.nodes)
    parents = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=4, unique=True))
    links = {p: np.array(data.draw(st.lists(st.floats(0, 1), min_size=2, max_size=2))) for p in parents}
    found = expected_absence(network.nodes, links)
    child = Node("child", "condition", tuple(links), np.zeros(2), np.array(list(links.values())))
    larger = Network("test", (*network.nodes, child), network.strata, network.strata_weights, {})
    for stratum in range(2):
        only = np.eye(2)[stratum]
        truth = enumerate_joint(larger, {count: (1.0, 0.0)}, only).evidence
        assert found[stratum] == pytest.approx(truth, abs=1e-12)
