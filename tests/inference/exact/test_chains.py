"""Nodes folded into a link: what is said of them and of their links is what the judge says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.exact.back import FIRED, JOINT, SLOPE
from crampnet.inference.exact.reduction import find_structure
from crampnet.inference.runs import observe, run
from crampnet.network.network import Network, Node, Stratum
from tests.support.judge import Verdict, judge
from tests.support.programs import planned

PRESENT, ABSENT = (0.0, 1.0), (1.0, 0.0)
CHAINED = ("a", "b", "c", "d")


@st.composite
def chained(draw: st.DrawFn) -> Network:
    """Causes that act on a complaint and a sign: two at first hand, one through a and b in turn, two through c and d.

    One further symptom of b can be answered too, so that b has a weight of its own. The first cause acts on the sign as
    well, so that none of the causes is folded itself.
    """
    values = st.sampled_from([0.0, 0.02, 0.3, 0.6, 0.95, 1.0])
    index: dict[str, int] = {}
    nodes: list[Node] = []

    def add(name: str, leak: float, *parents: str) -> None:
        index[name] = len(nodes)
        links = np.array([[draw(values) for _ in range(2)] for _ in parents]).reshape(len(parents), 2)
        nodes.append(Node(name, "condition", tuple(index[p] for p in parents), np.array([leak, leak / 2]), links))

    for cause in ("one", "two", "three"):
        add(cause, draw(st.sampled_from([0.05, 0.4])))
    for name, parent in (("a", "one"), ("b", "a"), ("c", "two"), ("d", "three")):
        add(name, 0.0, parent)
    add("symptom", draw(st.sampled_from([0.0, 0.1])), "b")
    add("complaint", draw(st.sampled_from([0.0, 0.1])), "b", "c", "d", "two")
    add("sign", draw(st.sampled_from([0.0, 0.1])), "one", "two", "three")
    strata = (Stratum("12_17", "female"), Stratum("12_17", "male"))
    return Network("test", tuple(nodes), strata, np.array([0.5, 0.5]), {})


@st.composite
def answers(draw: st.DrawFn, network: Network) -> dict[int, tuple[float, float]]:
    """Complaint and sign are there; perhaps something about the symptom and about the chains themselves."""
    soft = st.sampled_from([(0.3, 0.9), (1.0, 0.25), (0.0, 0.5)])
    weights = {network.index["complaint"]: PRESENT, network.index["sign"]: PRESENT}
    if draw(st.booleans()):
        weights[network.index["symptom"]] = draw(st.sampled_from([ABSENT, (0.3, 0.9)]))
    for name in draw(st.sets(st.sampled_from(CHAINED), max_size=2)):
        weights[network.index[name]] = draw(soft)
    return weights


def assert_nodes(found_about: np.ndarray, verdict: Verdict, lane: int) -> None:
    close = 1e-9 * verdict.evidence
    assert found_about[JOINT, :, lane] == pytest.approx(verdict.present, rel=1e-9, abs=close)


@settings(max_examples=150)
@given(st.data())
def test_what_is_folded_into_a_link_is_told_in_full(data: st.DataObject) -> None:
    network = data.draw(chained())
    weights = data.draw(answers(network))
    everything = range(len(network.nodes))
    with planned():
        full = run(network, observe(network, weights), np.arange(2), everything, full=True)
        short = run(network, observe(network, weights), np.arange(2), everything)
    for lane in range(2):
        verdict = judge(network, weights, lane)
        assert full.evidence[lane] == pytest.approx(verdict.evidence, rel=1e-9)
        if verdict.evidence == 0.0:
            continue
        assert_nodes(full.about, verdict, lane)
        assert_nodes(short.about, verdict, lane)
        close = 1e-9 * verdict.evidence
        assert full.links[FIRED, :, lane] == pytest.approx(verdict.fired, rel=1e-9, abs=close)
        for link in np.flatnonzero(network.arrays.link[:, lane] < 1.0):
            scale = 1e-9 * (verdict.link_scale[link] + verdict.evidence)
            assert full.links[SLOPE, link, lane] == pytest.approx(verdict.link_slope[link], abs=scale), f"link {link}"


def test_chains_are_found_and_leave_their_causes() -> None:
    names = ("one", "two", "a", "b", "c", "complaint", "sign")
    parents = ((), (), (0,), (2,), (1,), (3, 4), (0, 1))
    leaks = (0.1, 0.1, 0.0, 0.0, 0.0, 0.1, 0.1)
    nodes = tuple(
        Node(name, "condition", above, np.array([leak]), np.full((len(above), 1), 0.5))
        for name, above, leak in zip(names, parents, leaks, strict=True)
    )
    network = Network("test", nodes, (Stratum("12_17", "female"),), np.array([1.0]), {})
    codes = observe(network, {5: PRESENT, 6: PRESENT}).codes
    structure = find_structure(network.arrays, codes, np.ones(7, np.int64))
    assert np.flatnonzero(structure.chain).tolist() == [2, 3, 4]
    assert structure.nodes.tolist() == [0, 1, 5, 6]
    assert structure.up_parent.tolist() == [0, 1, 0, 1]
