"""What a condition accounts for: numbers as recomputed, foreign findings unexplained, typical ones missed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from crampnet.inference.case import Case
from crampnet.inference.engine import evidence_under
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.network.network import COMPLAINT, Network
from crampnet.reasoning.unexplained import Account, account, shown_by
from tests.support.cases import possible_cases
from tests.support.models import tiny

CTS = "carpal_tunnel_syndrome"


def read(case: Case) -> tuple[Network, Evidence]:
    network = tiny().network(case.setting)
    return network, read_evidence(tiny().knowledge, tiny().vocabulary, network, case)


def ask(condition: str, **answers: Any) -> Account:
    return account(tiny().knowledge, *read(Case(**answers)), condition)


def names(found: Account) -> dict[str, set[str]]:
    return {key: {e.finding for e in getattr(found, key)} for key in ("explained", "unexplained", "missing", "unasked")}


def test_what_belongs_to_another_picture_is_left_unexplained() -> None:
    found = names(ask(CTS, present=["night_waking_numb", "thumb_side", "chest_pain"], absent=["hand_tingling"]))
    assert found["explained"] == {"night_waking_numb", "thumb_side"}
    assert found["unexplained"] == {"chest_pain"}
    assert found["missing"] == {"hand_tingling"}
    assert {"ncs_median_slowing", "phalen_sign"} <= found["unasked"]
    assert not found["unasked"] & {"night_waking_numb", "chest_pain", "hand_tingling", "trousseau_sign"}


def test_a_pattern_that_other_reasons_show_far_more_often_is_unexplained() -> None:
    """Hardly anybody without a complaint has it, so only the comparison with other reasons tells."""
    (thumb,) = ask("hypocalcemia", present=["carpal_posture", "thumb_side"]).unexplained
    assert thumb.finding == "thumb_side"
    assert thumb.share > 0.5
    assert thumb.expected < thumb.elsewhere / 2


def test_a_measured_value_is_judged_by_what_it_speaks_for() -> None:
    low = ask("hypocalcemia", present=["kind_spasm"], results={"serum_calcium": "1.9 mmol/L"})
    assert "serum_calcium_low" in names(low)["explained"]
    usual = ask("hypocalcemia", present=["kind_spasm"], results={"serum_calcium": "2.4 mmol/L"})
    assert "serum_calcium_low" in names(usual)["missing"]


def test_a_diagnosis_that_explains_a_finding_takes_it_from_the_leader() -> None:
    (free,) = (
        e
        for e in ask("hypocalcemia", present=["hand_tingling", "kind_spasm"]).explained
        if e.finding == "hand_tingling"
    )
    known = ask("hypocalcemia", present=["hand_tingling", "kind_spasm"], diagnoses=[CTS])
    (tied,) = (e for e in (*known.explained, *known.unexplained) if e.finding == "hand_tingling")
    assert tied.otherwise > 5 * free.otherwise
    assert tied.share < 0.5 < free.share


def test_numbers_are_the_conditional_probabilities_that_they_say() -> None:
    """P(finding) = P(finding, case) / (P(finding, case) + P(no finding, case))."""
    network, evidence = read(Case(age=50, sex="female", present=["night_waking_numb"]))
    (found,) = account(tiny().knowledge, network, evidence, CTS).explained
    here, reason, finding = (network.index[n] for n in (CTS, f"reason_{CTS}", "night_waking_numb"))
    silence = {n: w for n, w in evidence.weights.items() if n != finding and n != network.index[COMPLAINT]}
    complaint = network.index[COMPLAINT]
    for case, value in (
        ({reason: (0.0, 1.0)}, found.expected),
        ({here: (1.0, 0.0)}, found.otherwise),
        ({reason: (1.0, 0.0), complaint: (0.0, 1.0)}, found.elsewhere),
    ):
        whole = {**dict.fromkeys(evidence.weights, (1.0, 1.0)), **silence, **case}
        with_finding, without = (
            float((evidence_under(network, evidence, [change]) @ evidence.strata_weights)[0])
            for change in ({**whole, finding: (0.0, 1.0)}, {**whole, finding: (1.0, 0.0)})
        )
        assert value == pytest.approx(with_finding / (with_finding + without), abs=1e-9)
    assert found.share == pytest.approx(1.0 - found.otherwise / found.expected)


@settings(max_examples=20)
@given(possible_cases(most=5))
def test_every_finding_present_is_in_one_list_and_what_was_answered_is_not_unasked(case: Case) -> None:
    network, evidence = read(case)
    findings = {node.id for node in network.nodes if node.kind == "finding"}
    for condition in (CTS, "dialysis_cramp"):
        found = account(tiny().knowledge, network, evidence, condition)
        sets = names(found)
        told = [e.finding for e in (*found.explained, *found.unexplained)]
        assert sorted(told) == sorted(evidence.present & findings)
        assert sets["missing"] <= evidence.absent
        assert not sets["unasked"] & (evidence.present | evidence.absent)
        assert sets["missing"] | sets["unasked"] <= shown_by(tiny().knowledge, condition)


def test_what_cannot_be_there_explains_nothing() -> None:
    found = ask("dialysis_cramp", present=["kind_cramp"], absent=["dialysis"])
    (cramp,) = found.unexplained
    assert np.isnan([cramp.expected, cramp.share]).all()
    assert found.explained == found.missing == found.unasked == ()


def test_without_a_complaint_the_condition_itself_is_taken() -> None:
    (tingling,) = ask(CTS, complaint=False, present=["hand_tingling"]).explained
    assert tingling.elsewhere == tingling.otherwise
    assert tingling.share > 0.5
