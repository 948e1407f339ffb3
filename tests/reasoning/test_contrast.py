"""Why one and not the other: the difference of weights, antisymmetric, and what would still tell them apart."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from crampnet.inference.case import Case
from crampnet.inference.evidence import read_evidence
from crampnet.reasoning.contrast import contrast, deciders
from crampnet.reasoning.weights import AnswerWeights, answer_weights
from tests.support.cases import possible_cases
from tests.support.models import tiny

ONE, OTHER = "carpal_tunnel_syndrome", "idiopathic_cramp"


def weigh(case: Case) -> AnswerWeights:
    network = tiny().network(case.setting)
    return answer_weights(tiny().knowledge, network, read_evidence(tiny().knowledge, tiny().vocabulary, network, case))


def apart(**answers: Any) -> float:
    """Log-odds of ONE less those of OTHER, by the library's door."""
    shares = tiny().diagnose(Case(**answers)).posterior.contributes
    return log(shares[ONE] / (1.0 - shares[ONE])) - log(shares[OTHER] / (1.0 - shares[OTHER]))


@settings(max_examples=20)
@given(possible_cases(most=4))
def test_a_contrast_is_antisymmetric_and_adds_up(case: Case) -> None:
    weights = weigh(case)
    there, back = contrast(weights, ONE, OTHER), contrast(weights, OTHER, ONE)
    assert dict(there.lines).keys() == dict(back.lines).keys() == set(weights.answers)
    if there.settled or not np.isfinite([there.start, there.end]).all():
        assert set(there.settled) == set(back.settled)
        return
    for answer, value in there.lines:
        assert dict(back.lines)[answer] == pytest.approx(-value, abs=1e-12)
    assert there.start == pytest.approx(-back.start, abs=1e-12)
    assert sum(value for _, value in there.lines) == pytest.approx(there.end - there.start, abs=1e-9)
    assert [value for _, value in there.lines] == sorted((value for _, value in there.lines), reverse=True)


def test_it_starts_and_ends_where_the_library_does() -> None:
    answers: dict[str, Any] = {"present": ["night_waking_numb", "kind_cramp"], "absent": ["both_hands"]}
    found = contrast(weigh(Case(age=60, **answers)), ONE, OTHER)
    assert found.start == pytest.approx(apart(age=60), abs=1e-9)
    assert found.end == pytest.approx(apart(age=60, **answers), abs=1e-9)
    assert found.lines[0][0].id == "night_waking_numb"


def test_an_answer_that_settles_one_of_two_is_named() -> None:
    found = contrast(weigh(Case(absent=["dialysis"], present=["hand_tingling"])), ONE, "dialysis_cramp")
    assert [answer.id for answer in found.settled] == ["dialysis"]
    assert np.isnan([value for _, value in found.lines]).all()


def test_deciders_are_unasked_and_shift_as_recomputed() -> None:
    case = Case(age=60, present=["kind_cramp", "hand_tingling"])
    network = tiny().network()
    evidence = read_evidence(tiny().knowledge, tiny().vocabulary, network, case)
    found = deciders(tiny().knowledge, network, evidence, ONE, OTHER)
    names = [decider.id for decider in found]
    assert {"night_waking_numb", "thumb_side", "relief_stretching"} <= set(names)
    assert not {"kind_cramp", "hand_tingling", "trousseau_sign", "chest_pain"} & set(names)
    assert [d.expected for d in found] == sorted((d.expected for d in found), reverse=True)
    now = apart(age=60, present=["kind_cramp", "hand_tingling"])
    for decider in found[:3]:
        yes = apart(age=60, present=["kind_cramp", "hand_tingling", decider.id])
        no = apart(age=60, present=["kind_cramp", "hand_tingling"], absent=[decider.id])
        assert decider.if_present == pytest.approx(yes - now, abs=1e-9)
        assert decider.if_absent == pytest.approx(no - now, abs=1e-9)
        p = decider.probability
        assert decider.expected == pytest.approx(p * abs(decider.if_present) + (1 - p) * abs(decider.if_absent))
        # Asking cannot be expected to move a probability.
        shares = [
            tiny().diagnose(Case(age=60, present=["kind_cramp", "hand_tingling", *a], absent=b)).posterior.contributes
            for a, b in (([decider.id], []), ([], [decider.id]), ([], []))
        ]
        assert p * shares[0][ONE] + (1 - p) * shares[1][ONE] == pytest.approx(shares[2][ONE], abs=1e-9)


def test_nothing_decides_what_is_settled() -> None:
    case = Case(absent=["dialysis"])
    network = tiny().network()
    evidence = read_evidence(tiny().knowledge, tiny().vocabulary, network, case)
    assert deciders(tiny().knowledge, network, evidence, ONE, "dialysis_cramp") == ()
