"""Merging a syndrome away: marginals kept where the definition is exact, evidence untouched, names checked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import UnknownName
from crampnet.inference.engine import evidence_under, posterior
from crampnet.network.network import Network
from crampnet.reasoning.sensitivity.structure import ancestors, merge_syndrome
from tests.support.models import tiny
from tests.support.networks import as_evidence, medical_network


def given_causes(network: Network, child: str, states: dict[str, bool]) -> np.ndarray:
    """P(child present | the named nodes as stated), per stratum."""
    clamped = {network.index[n]: (0.0, 1.0) if on else (1.0, 0.0) for n, on in states.items()}
    with_child = {**clamped, network.index[child]: (0.0, 1.0)}
    both, alone = evidence_under(network, as_evidence(network, {}), [with_child, clamped])
    return np.asarray(both / alone)


def with_syndrome(network: Network, *, leak: float | None = None, shown: float | None = None) -> Network:
    """The network with another leak of its syndrome, or another link from it to `sign`."""
    nodes = list(network.nodes)
    if leak is not None:
        place = network.index["syndrome"]
        nodes[place] = replace(nodes[place], leak=np.full_like(nodes[place].leak, leak))
    if shown is not None:
        place = network.index["sign"]
        nodes[place] = replace(nodes[place], links=np.full_like(nodes[place].links, shown))
    return replace(network, nodes=tuple(nodes))


CAUSES = ("c0", "reason_c1")


def configured(first: bool, second: bool) -> dict[str, bool]:
    return {"c0": first, "c1": second, "reason_c1": second}


@settings(max_examples=20)
@given(st.integers(0, 100), st.sampled_from(["sign", "symptom"]))
def test_without_causes_the_marginal_stays(seed: int, child: str) -> None:
    network = medical_network(seed).network
    merged = merge_syndrome(network, "syndrome")
    nobody = configured(False, False)
    assert given_causes(merged, child, nobody) == pytest.approx(given_causes(network, child, nobody), abs=1e-12)


@settings(max_examples=20)
@given(st.integers(0, 100), st.sampled_from([(True, False), (False, True)]), st.sampled_from(["sign", "symptom"]))
def test_with_one_cause_and_no_leak_the_marginal_stays(seed: int, causes: tuple[bool, bool], child: str) -> None:
    network = with_syndrome(medical_network(seed).network, leak=0.0)
    merged = merge_syndrome(network, "syndrome")
    states = configured(*causes)
    assert given_causes(merged, child, states) == pytest.approx(given_causes(network, child, states), abs=1e-12)


@settings(max_examples=20)
@given(st.integers(0, 100), st.booleans(), st.booleans(), st.floats(0.0, 0.9))
def test_a_syndrome_that_always_shows_merges_exactly(seed: int, first: bool, second: bool, leak: float) -> None:
    network = with_syndrome(medical_network(seed).network, leak=leak, shown=1.0)
    merged = merge_syndrome(network, "syndrome")
    states = configured(first, second)
    assert given_causes(merged, "sign", states) == pytest.approx(given_causes(network, "sign", states), abs=1e-12)


def test_two_findings_of_one_syndrome_lose_their_common_ground() -> None:
    network = medical_network(1).network
    weights = {network.index["sign"]: (0.0, 1.0), network.index["symptom"]: (0.0, 1.0)}
    apart = posterior(merge_syndrome(network, "syndrome"), as_evidence(network, weights))
    together = posterior(network, as_evidence(network, weights))
    assert apart.log_evidence < together.log_evidence
    assert apart.present["c0"] > together.present["c0"]


def test_a_cause_with_a_link_of_its_own_keeps_both() -> None:
    network = medical_network(3).network
    syndrome, first, position = (network.index[name] for name in ("syndrome", "c0", "symptom"))
    nodes = list(network.nodes)
    nodes[position] = replace(nodes[position], parents=(first, syndrome))
    merged = merge_syndrome(replace(network, nodes=tuple(nodes)), "syndrome").nodes[position]
    own, shown = nodes[position].links
    through = nodes[syndrome].links[nodes[syndrome].parents.index(first)] * shown
    assert merged.parents == (first, network.index["reason_c1"])
    assert merged.links[0] == pytest.approx(1 - (1 - own) * (1 - through))


def test_positions_stay_and_the_syndrome_has_no_children() -> None:
    network = tiny().network()
    merged = merge_syndrome(network, "tetany")
    assert [n.id for n in merged.nodes] == [n.id for n in network.nodes]
    assert merged.children[network.index["tetany"]] == ()
    assert all(max(node.parents, default=-1) < i for i, node in enumerate(merged.nodes))


def test_an_unknown_syndrome_is_refused_with_its_neighbours() -> None:
    with pytest.raises(UnknownName, match="tetany"):
        merge_syndrome(tiny().network(), "tetanny")


def test_ancestors_hold_the_nodes_themselves_and_all_above() -> None:
    network = tiny().network()
    found = {network.nodes[i].id for i in ancestors(network, [network.index["trousseau_sign"]])}
    assert {"trousseau_sign", "tetany", "reason_hypocalcemia", "hypocalcemia", "loop_diuretic"} <= found
    assert "kind_cramp" not in found
