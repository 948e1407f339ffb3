"""Many changed cases at once: each as if it had been asked alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import TooExpensive
from crampnet.inference import changes as module
from crampnet.inference import runs
from crampnet.inference.changes import Change, columns, evidence_under, variants
from crampnet.inference.exact.ladder import TOGETHER
from crampnet.inference.runs import Found, run
from crampnet.network.network import Network
from tests.support.judge import Verdict, judge
from tests.support.networks import as_evidence, medical_network

Pair = tuple[float, float]
PRESENT, ABSENT, WITHDRAWN = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)
PAIRS: list[Pair] = [PRESENT, ABSENT, WITHDRAWN, (0.3, 0.9), (1.0, 0.25), (0.5, 0.5)]


@st.composite
def changed_cases(draw: st.DrawFn) -> tuple[Network, dict[int, Pair], list[dict[int, Pair]]]:
    """A network, a case of it, and changes to any of its nodes: findings, the complaint, reasons, conditions, habits."""
    network = medical_network(draw(st.integers(0, 10_000)), conditions=3).network
    network = replace(network, strata_weights=np.array([0.7, 0.3]))
    nodes = st.integers(0, len(network.nodes) - 1)
    weights = draw(st.dictionaries(nodes, st.sampled_from(PAIRS), max_size=5))
    others = draw(st.lists(st.dictionaries(nodes, st.sampled_from(PAIRS), max_size=3), min_size=1, max_size=6))
    return network, weights, others


def judged(network: Network, weights: dict[int, Pair], change: dict[int, Pair]) -> list[Verdict]:
    return [judge(network, {**weights, **change}, stratum, full=False) for stratum in range(2)]


@settings(max_examples=80)
@given(changed_cases())
def test_each_change_as_if_asked_alone(drawn: tuple[Network, dict[int, Pair], list[dict[int, Pair]]]) -> None:
    network, weights, others = drawn
    found = variants(network, as_evidence(network, weights), others)
    for row, change in enumerate(others):
        verdicts = judged(network, weights, change)
        total = sum(s * v.evidence for s, v in zip(network.strata_weights, verdicts, strict=True))
        assert found.evidence[row] == pytest.approx(total, rel=1e-9)
        if total == 0.0:
            assert found.evidence[row] == 0.0
            assert np.isnan(found.present[row]).all()
            assert np.isnan(found.contributes[row]).all()
            continue
        joint = sum(s * v.present for s, v in zip(network.strata_weights, verdicts, strict=True))
        assert found.present[row] == pytest.approx(joint[network.targets[:, 0]] / total, abs=1e-9)
        assert found.contributes[row] == pytest.approx(joint[network.targets[:, 1]] / total, abs=1e-9)


@settings(max_examples=80)
@given(changed_cases())
def test_evidence_under_each_change_and_stratum(drawn: tuple[Network, dict[int, Pair], list[dict[int, Pair]]]) -> None:
    network, weights, others = drawn
    found = evidence_under(network, as_evidence(network, weights), others)
    expected = np.array([[v.evidence for v in judged(network, weights, change)] for change in others])
    assert found == pytest.approx(expected, rel=1e-9)
    assert ((found == 0.0) == (expected == 0.0)).all()


@settings(max_examples=40)
@given(changed_cases())
def test_columns_are_the_strata_one_by_one(drawn: tuple[Network, dict[int, Pair], list[dict[int, Pair]]]) -> None:
    network, weights, _ = drawn
    found = columns(network, as_evidence(network, weights))
    for stratum, verdict in enumerate(judged(network, weights, {})):
        assert found.evidence[stratum] == pytest.approx(verdict.evidence, rel=1e-9)
        for values, places in ((found.present, 0), (found.contributes, 1)):
            expected = verdict.present[network.targets[:, places]]
            assert values[:, stratum] == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(max_examples=40)
@given(changed_cases(), st.integers(0, 1000))
def test_columns_with_weights_of_their_own(
    drawn: tuple[Network, dict[int, Pair], list[dict[int, Pair]]], seed: int
) -> None:
    """More strata than one run holds at first, each with other weights of some nodes that the case answers softly."""
    network, weights, others = drawn
    strata = np.tile([0, 1], 11)
    soft = {node: np.random.default_rng(seed).uniform(0.1, 1.0, (2, len(strata))) for node in others[0]}
    evidence = replace(as_evidence(network, weights), strata=strata)
    found = columns(network, evidence, soft)
    for lane in (0, 7, 8, 21):
        pairs = {node: (float(v[0, lane]), float(v[1, lane])) for node, v in soft.items()}
        verdict = judge(network, {**weights, **pairs}, int(strata[lane]), full=False)
        assert found.evidence[lane] == pytest.approx(verdict.evidence, rel=1e-9)
        for values, places in ((found.present, 0), (found.contributes, 1)):
            expected = verdict.present[network.targets[:, places]]
            assert values[:, lane] == pytest.approx(expected, rel=1e-9, abs=1e-12)


NETWORK = medical_network(12).network
AT = NETWORK.index
CASE = as_evidence(NETWORK, {AT["pattern"]: PRESENT, AT["symptom"]: ABSENT})


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lanes of each run that is made from here on."""
    lanes: list[int] = []

    def counting(*arguments: Any, **more: Any) -> Found:
        found = run(*arguments, **more)
        lanes.append(len(found.evidence))
        return found

    monkeypatch.setattr(module, "run", counting)
    return lanes


def test_no_changes_are_no_rows() -> None:
    assert variants(NETWORK, CASE, []).present.shape == (0, len(NETWORK.conditions))
    assert evidence_under(NETWORK, CASE, []).shape == (0, 2)


def test_changes_of_what_is_in_play_share_one_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = counted(monkeypatch)
    clamps: list[Change] = [{AT[name]: ABSENT} for name in ("c0", "c1", "c2", "c3")]
    withdrawn: list[Change] = [{AT["symptom"]: WITHDRAWN}, {}, {AT["sign"]: ABSENT}, {AT["hand_complaint"]: ABSENT}]
    variants(NETWORK, CASE, clamps + withdrawn)
    assert lanes == [16]


def test_a_finding_newly_present_needs_a_plan_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = counted(monkeypatch)
    variants(NETWORK, CASE, [{AT["sign"]: PRESENT}, {AT["sign"]: ABSENT}, {AT["sign"]: PRESENT, AT["c0"]: ABSENT}])
    assert sorted(lanes) == [2, 4]


def test_what_would_make_a_plan_larger_for_the_rest_is_asked_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding that brings in nodes out of play; a sure answer about a cause that is withdrawn."""
    lanes = counted(monkeypatch)
    evidence_under(NETWORK, as_evidence(NETWORK, {AT["sign"]: PRESENT}), [{AT["pattern"]: ABSENT}, {}])
    assert lanes == [2, 2]
    known = as_evidence(NETWORK, {AT["sign"]: PRESENT, AT["c1"]: PRESENT})
    variants(NETWORK, known, [{AT["c1"]: WITHDRAWN}, {}])
    assert lanes[2:] == [2, 2]


def many(count: int) -> list[Change]:
    return [{AT[f"c{i % 4}"]: (1.0, 1.0 / (1 + i))} for i in range(count)]


def test_many_changes_go_in_runs_of_so_many_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = counted(monkeypatch)
    whole = variants(NETWORK, CASE, many(70))
    assert lanes == [TOGETHER, TOGETHER, 12]
    monkeypatch.setattr(module, "TOGETHER", 1)  # never less than one change a run
    alone = variants(NETWORK, CASE, many(70))
    assert lanes[3:] == [2] * 70
    np.testing.assert_allclose(alone.present, whole.present, rtol=1e-12)
    np.testing.assert_allclose(alone.evidence, whole.evidence, rtol=1e-12)


def test_what_is_not_too_much_for_one_is_not_too_much_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change is paid for with all strata where they are averaged, otherwise each by itself."""
    monkeypatch.setattr(runs, "MAX_WORK", 1)
    with pytest.raises(TooExpensive) as error:
        variants(NETWORK, CASE, many(1))
    monkeypatch.setattr(runs, "MAX_WORK", error.value.needed)
    variants(NETWORK, CASE, many(16))
    monkeypatch.setattr(runs, "MAX_WORK", 0.6 * error.value.needed)
    evidence_under(NETWORK, CASE, many(16))
    columns(NETWORK, CASE)
    with pytest.raises(TooExpensive):
        variants(NETWORK, CASE, many(1))


def test_columns_of_many_strata_are_made_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = columns(NETWORK, CASE)
    monkeypatch.setattr(module, "TOGETHER", 1)
    lanes = counted(monkeypatch)
    parts = columns(NETWORK, CASE)
    assert lanes == [1, 1]
    np.testing.assert_allclose(parts.present, whole.present, rtol=1e-12)
    np.testing.assert_allclose(parts.evidence, whole.evidence, rtol=1e-12)
