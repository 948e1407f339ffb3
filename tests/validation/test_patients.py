"""Simulated patients: drawn from the network's own distribution, telling what people would tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import BadValue, TooExpensive
from crampnet.inference.case import Case
from crampnet.inference.engine import evidence_under
from crampnet.inference.evidence import read_evidence
from crampnet.network.network import COMPLAINT, reason_id
from crampnet.validation import Patients, draw_patients, tell
from crampnet.validation import patients as module
from tests.support.models import shipped, tiny

MANY = 20_000


def drawn(count: int, seed: int = 0) -> Patients:
    return draw_patients(tiny().knowledge, tiny().network(), count, seed=seed)


def test_everybody_has_trouble_of_the_hand_and_a_reason_for_it() -> None:
    found = drawn(500)
    assert found.states.shape == (len(tiny().network().nodes), 500)
    assert found.states[tiny().network().index[COMPLAINT]].all()
    assert found.contributes.any(axis=1).all()
    assert (found.contributes <= found.present).all()


def test_every_node_is_as_frequent_as_the_engine_says() -> None:
    model, found = tiny(), drawn(MANY)
    network = model.network()
    read = read_evidence(model.knowledge, model.vocabulary, network, Case())
    trouble = network.index[COMPLAINT]
    evidence = replace(read, weights={trouble: read.weights[trouble]})
    changes = [{}, *({position: (0.0, 1.0)} for position in range(len(network.nodes)))]
    total, *joint = evidence_under(network, evidence, changes) @ evidence.strata_weights
    p = np.array(joint) / total
    assert ((p > 0.05) & (p < 0.95)).sum() >= 10
    assert (np.abs(found.states.mean(axis=1) - p) <= 5.0 * np.sqrt(p * (1.0 - p) / MANY) + 1e-12).all()


def test_a_seed_gives_the_same_people() -> None:
    assert (drawn(50, 3).states == drawn(50, 3).states).all()
    assert (drawn(50, 3).states != drawn(50, 4).states).any()


def test_more_people_than_a_batch_are_all_different() -> None:
    found = drawn(module.BATCH)
    assert found.states.shape[1] == module.BATCH
    half = module.BATCH // 2
    assert (found.states[:, :half] != found.states[:, half:]).any()


def test_nobody_has_an_exposure_without_what_it_implies() -> None:
    model = shipped()
    found = draw_patients(model.knowledge, model.network(), 3000)
    for exposure, record in model.knowledge.exposures.items():
        for implied in record.implies:
            with_it = found.states[model.network().index[exposure]]
            assert found.states[model.network().index[implied]][with_it].all()


@pytest.mark.parametrize("count", [0, -1])
def test_nobody_is_no_sample(count: int) -> None:
    with pytest.raises(BadValue, match="draws nobody"):
        drawn(count)


def test_a_network_without_trouble_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny().network()
    calm = tuple(replace(n, links=np.zeros_like(n.links)) if n.kind == "reason" else n for n in network.nodes)
    monkeypatch.setattr(module, "MOST_DRAWN", 2 * module.BATCH)
    with pytest.raises(TooExpensive, match="Drawing 5 patients"):
        draw_patients(tiny().knowledge, replace(network, nodes=calm), 5)


@settings(max_examples=15)
@given(asked=st.floats(0.0, 1.0), seed=st.integers(0, 1000))
def test_every_story_can_be_read(asked: float, seed: int) -> None:
    model, found = tiny(), drawn(20, seed)
    for case in tell(model.knowledge, found, asked=asked, seed=seed):
        read_evidence(model.knowledge, model.vocabulary, model.network(), case)
        assert case.age is not None
        assert case.sex in ("female", "male")


def test_what_is_told_is_true_unless_self_report_is_doubted() -> None:
    model = shipped()
    found = draw_patients(model.knowledge, model.network(), 2000)
    cases = tell(model.knowledge, found, asked=1.0)
    index = model.network().index
    doubted = {id_ for id_, finding in model.knowledge.findings.items() if finding.self_report is not None}
    assert doubted
    for place in range(0, 2000, 100):
        for id_ in set(cases[place].present) - doubted:
            assert found.states[index[id_], place]
        for id_ in set(cases[place].absent) - doubted:
            assert not found.states[index[id_], place]
    for id_ in doubted:
        said = np.array([id_ in case.present for case in cases])
        true = found.states[index[id_]]
        accuracy = model.knowledge.findings[id_].self_report
        assert accuracy is not None
        assert np.mean(said[~true]) == pytest.approx(1.0 - accuracy.specificity.value, abs=0.05)
        if true.sum() >= 100:
            assert np.mean(said[true]) == pytest.approx(accuracy.sensitivity.value, abs=0.2)


def test_so_much_is_asked() -> None:
    cases = tell(tiny().knowledge, drawn(2000), asked=0.25)
    questions = len(tiny().knowledge.findings) + len(tiny().knowledge.abnormality_of) + len(tiny().knowledge.exposures)
    told = np.mean([len(case.present) + len(case.absent) for case in cases])
    assert told == pytest.approx(0.25 * questions, rel=0.1)


def test_unasked_only_what_nobody_forgets_is_told() -> None:
    model, found = tiny(), drawn(MANY)
    cases = tell(model.knowledge, found, asked=0.0)
    silences = {e: r.silence(listed=False) for e, r in model.knowledge.exposures.items()}
    unforgotten = {e: silence[1] for e, silence in silences.items() if silence is not None}
    assert unforgotten
    assert {id_ for case in cases for id_ in case.present} <= unforgotten.keys()
    assert not any(case.absent for case in cases)
    for exposure, unmentioned in unforgotten.items():
        have = found.states[model.network().index[exposure]]
        told = np.array([exposure in case.present for case in cases])
        assert not told[~have].any()
        if have.sum() >= 200:
            assert 1.0 - told[have].mean() == pytest.approx(unmentioned.value, abs=0.1)


@pytest.mark.parametrize("asked", [-0.1, 1.1])
def test_a_share_is_between_0_and_1(asked: float) -> None:
    with pytest.raises(BadValue, match="share"):
        tell(tiny().knowledge, drawn(1), asked=asked)


def test_reasons_are_read_from_reason_nodes() -> None:
    found, network = drawn(300), tiny().network()
    for place, condition in enumerate(network.conditions):
        assert (found.contributes[:, place] == found.states[network.index[reason_id(condition)]]).all()
        assert (found.present[:, place] == found.states[network.index[condition]]).all()
