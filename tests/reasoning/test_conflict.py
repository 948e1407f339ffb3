"""Conflict is zero for one answer, positive where answers clash, and names the one that does not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.network.network import Network
from crampnet.reasoning.conflict import Conflict, conflict
from tests.support.cases import FINDINGS, STATES, possible_cases
from tests.support.models import tiny

TETANY = ["carpal_posture", "kind_spasm", "perioral_tingling", "trousseau_sign", "both_hands"]


def read(case: Case) -> tuple[Network, Evidence]:
    network = tiny().network(case.setting)
    return network, read_evidence(tiny().knowledge, tiny().vocabulary, network, case)


def ask(**answers: Any) -> Conflict:
    return conflict(tiny().knowledge, *read(Case(**answers)))


def surprise(**answers: Any) -> float:
    """Minus ln P(answers | context), by the library's door; the complaint is always stated."""
    return -posterior(*read(Case(**answers))).log_evidence


@settings(max_examples=40)
@given(st.sampled_from(FINDINGS), st.sampled_from(STATES))
def test_one_answer_has_no_conflict_and_no_culprit(finding: str, state: str) -> None:
    found = ask(**{state: [finding]})
    assert found.value == pytest.approx(0.0, abs=1e-12)
    assert found.culprit is None


def test_no_answer_has_no_conflict() -> None:
    assert ask(age=40) == Conflict(0.0, ())


@settings(max_examples=25)
@given(possible_cases(most=5))
def test_answers_are_sorted_by_fit_and_of_two_each_loses_the_same(case: Case) -> None:
    found = conflict(tiny().knowledge, *read(case))
    assert [fit.given_rest for fit in found.fits] == sorted(fit.given_rest for fit in found.fits)
    if len(found.fits) == 2:
        for fit in found.fits:
            assert fit.alone - fit.given_rest == pytest.approx(found.value, abs=1e-9)


def test_the_definition_written_out() -> None:
    found = ask(present=["hand_tingling", "hand_weakness"], absent=["phalen_sign"])
    base = surprise()
    alone = {
        "hand_tingling": base - surprise(present=["hand_tingling"]),
        "hand_weakness": base - surprise(present=["hand_weakness"]),
        "phalen_sign": base - surprise(absent=["phalen_sign"]),
    }
    everything = base - surprise(present=["hand_tingling", "hand_weakness"], absent=["phalen_sign"])
    assert found.value == pytest.approx(sum(alone.values()) - everything, abs=1e-9)
    assert {fit.answer.id: pytest.approx(fit.alone, abs=1e-9) for fit in found.fits} == alone
    rest = everything - (base - surprise(present=["hand_tingling"], absent=["phalen_sign"]))
    assert {fit.answer.id: fit.given_rest for fit in found.fits}["hand_weakness"] == pytest.approx(rest, abs=1e-9)


@pytest.mark.parametrize(
    ("answers", "culprit"),
    [
        ({"present": [*TETANY, "ncs_median_slowing"]}, "ncs_median_slowing"),
        ({"present": [*TETANY, "thumb_side"]}, "thumb_side"),
        ({"present": TETANY, "results": {"serum_calcium": "2.6 mmol/L"}}, "serum_calcium"),
    ],
)
def test_the_answer_that_does_not_fit_a_picture_is_the_culprit(answers: dict[str, Any], culprit: str) -> None:
    found = ask(**answers)
    assert found.culprit is not None
    assert found.culprit.id == culprit
    assert found.fits[0].given_rest < found.fits[0].alone


def test_answers_of_two_pictures_clash_and_those_of_one_agree() -> None:
    assert ask(present=["carpal_posture", "night_waking_numb"]).value > 1.0
    assert ask(present=TETANY).value < -1.0


def test_an_unknown_answer_changes_nothing() -> None:
    network, evidence = read(Case(present=TETANY))
    unknown = replace(evidence, weights={**evidence.weights, network.index["chest_pain"]: (1.0, 1.0)})
    one, other = (conflict(tiny().knowledge, network, e) for e in (evidence, unknown))
    assert one.value == pytest.approx(other.value, abs=1e-12)
    assert [fit.answer for fit in one.fits] == [fit.answer for fit in other.fits]


def test_what_the_rest_contradicts_is_not_just_what_is_rare() -> None:
    clash = ask(present=[*TETANY, "thumb_side", "repetitive_hand_use"], medicines=["furosemide"])
    assert clash.culprit is not None
    assert clash.contradicted is not None
    assert (clash.culprit.id, clash.contradicted.id) == ("loop_diuretic", "thumb_side")
    assert ask(present=["carpal_posture", "trousseau_sign"]).contradicted is None
    assert ask(present=["carpal_posture"]).contradicted is None
