"""Cases that no sum of a bearable size can hold: what is left out says little, and the rest is weighed exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from crampnet.errors import ImpossibleCase, TooExpensive
from crampnet.inference import few, lighter, runs
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.lighter import SILENT, weighed
from crampnet.inference.runs import ABSENT, PRESENT, observe, run
from crampnet.network.network import Network, Node
from tests.support.models import shipped
from tests.support.networks import medical_network

STRATA = np.array([0, 1], dtype=np.intp)
SHARES = np.array([0.5, 0.5])
WORK = runs.MAX_WORK


def wide(seed: int) -> tuple[Network, Evidence]:
    """Seven findings that every reason brings about, all there but the last; the first as often as any other reason."""
    network = medical_network(seed, conditions=6).network
    rng = np.random.default_rng(seed)
    reasons = tuple(place for place, node in enumerate(network.nodes) if node.kind == "reason")
    first = len(network.nodes)
    links = [np.full((len(reasons), 2), 0.4), *(rng.uniform(0.1, 0.9, (len(reasons), 2)) for _ in range(6))]
    many = (Node(f"many{i}", "finding", reasons, np.full(2, 0.05), own) for i, own in enumerate(links))
    network = replace(network, nodes=(*network.nodes, *many))
    weights = {**dict.fromkeys(range(first, first + 6), PRESENT), first + 6: ABSENT}
    return network, Evidence(weights=weights, labels={}, strata=STRATA, strata_weights=SHARES)


def needed(network: Network, evidence: Evidence) -> float:
    """What the sum of a case needs by the plain way."""
    observed = observe(network, evidence.weights)
    with pytest.raises(TooExpensive) as refused:
        run(network, observed, evidence.strata, network.targets, full=True, most_work=0.0)
    return refused.value.needed


@pytest.fixture
def sums_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that never answers from few causes, nor with more work than it may do."""
    monkeypatch.setattr(few, "MISSING", -1.0)
    monkeypatch.setattr(few, "WHOLE", 1.0)


def test_what_can_be_summed_is_answered_as_it_stands() -> None:
    network, evidence = wide(0)
    same, found = weighed(network, evidence)
    assert same is evidence
    assert not same.left_out
    assert found == posterior(network, evidence)


@pytest.mark.usefixtures("sums_only")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.7, 0.4, 0.2])
def test_the_rest_is_weighed_exactly(seed: int, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    network, evidence = wide(seed)
    monkeypatch.setattr(runs, "MAX_WORK", share * needed(network, evidence))
    rest, found = weighed(network, evidence)
    assert rest.left_out
    assert needed(network, rest) < needed(network, evidence)
    assert {network.nodes[node].id for node, pair in rest.weights.items() if pair == SILENT} == set(rest.left_out)
    kept = {node: pair for node, pair in evidence.weights.items() if network.nodes[node].id not in rest.left_out}
    monkeypatch.setattr(runs, "MAX_WORK", WORK)
    assert found.few is None
    alone = posterior(network, replace(evidence, weights=kept))
    for name, share_of_it in alone.contributes.items():
        assert found.contributes[name] == pytest.approx(share_of_it, rel=1e-9), name
    assert found.log_evidence == pytest.approx(alone.log_evidence, rel=1e-12)


@pytest.mark.usefixtures("sums_only")
@pytest.mark.parametrize("seed", range(4))
def test_what_says_nothing_goes_first_and_nothing_that_is_absent(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network, evidence = wide(seed)
    monkeypatch.setattr(runs, "MAX_WORK", 0.7 * needed(network, evidence))
    rest, _ = weighed(network, evidence)
    first, *_, last = (node for node in evidence.weights)
    assert rest.left_out[0] == network.nodes[first].id
    assert network.nodes[last].id not in rest.left_out


@pytest.mark.usefixtures("sums_only")
def test_what_is_left_out_hangs_on_no_figure_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on how far such an answer can be trusted, either, which intervals draw anew."""
    network, evidence = wide(0)
    trusted: dict[int, Any] = dict.fromkeys(evidence.weights)
    monkeypatch.setattr(runs, "MAX_WORK", 0.4 * needed(network, evidence))
    rest, _ = weighed(network, replace(evidence, weighed=trusted))
    silent = {node for node, pair in rest.weights.items() if pair == SILENT}
    assert silent
    assert rest.weighed.keys() == trusted.keys() - silent


@pytest.mark.usefixtures("sums_only")
def test_the_last_that_says_that_the_hand_gives_trouble_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    network, evidence = wide(0)
    nodes = [replace(n, leak=np.zeros(2)) if n.id == "many0" else n for n in network.nodes]
    network = replace(network, nodes=tuple(nodes))
    monkeypatch.setattr(runs, "MAX_WORK", 0.4 * needed(network, evidence))
    rest, _ = weighed(network, evidence)
    assert rest.left_out
    assert "many0" not in rest.left_out


@pytest.mark.usefixtures("sums_only")
def test_where_leaving_out_does_not_help_the_case_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network, evidence = wide(0)
    monkeypatch.setattr(runs, "MAX_WORK", 1e-3)
    with pytest.raises(TooExpensive, match="This case needs"):
        weighed(network, evidence)


def test_what_cannot_be_is_said_as_before() -> None:
    network, _ = wide(0)
    impossible = {place: ABSENT for place, node in enumerate(network.nodes) if node.kind == "condition"}
    symptom = next(place for place, node in enumerate(network.nodes) if node.kind == "reason")
    labels = {node: network.nodes[node].id for node in (*impossible, symptom)}
    clashing = Evidence(weights={**impossible, symptom: PRESENT}, labels=labels, strata=STRATA, strata_weights=SHARES)
    with pytest.raises(ImpossibleCase):
        weighed(network, clashing)


LONG = {
    "age": 61,
    "sex": "female",
    "present": [
        "hand_numbness", "hand_tingling", "hand_weakness", "both_hands", "course_months", "constant", "painful",
        "burning_hands", "forearm_or_arm_too", "at_night", "interferes_with_tasks", "drops_things", "clumsy_hands",
        "poor_sleep", "fatigue", "neck_pain",
    ],
}  # fmt: skip


@pytest.mark.usefixtures("sums_only")
def test_a_long_case_loses_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a thousandth of the work that the plain way takes, no row of this case moves by more than a tenth."""
    model = shipped()
    whole = model.diagnose(LONG)
    monkeypatch.setattr(runs, "MAX_WORK", 1e-3 * needed(model.network(), whole.evidence))
    monkeypatch.setattr(lighter, "NEAR", 1.0)
    answer = model.diagnose(LONG)
    assert answer.evidence.left_out
    assert answer.evidence.told == whole.evidence.told
    assert answer.urgency.fired == whole.urgency.fired
    for name, share in whole.posterior.contributes.items():
        assert answer.posterior.contributes[name] == pytest.approx(share, abs=0.1), name
    said = answer.report.warnings[-1]
    assert all(model.knowledge.name(name).plain in said for name in answer.evidence.left_out)


def test_evidence_is_read_with_nothing_left_out() -> None:
    model = shipped()
    case = model.diagnose(LONG).case
    assert read_evidence(model.knowledge, model.vocabulary, model.network(), case).left_out == ()
