"""Misfit against the exact distribution of pictures, and on people whom the model itself draws."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from crampnet.inference.case import Case
from crampnet.inference.engine import Change, evidence_under
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.network.network import Network
from crampnet.reasoning.misfit import PEOPLE, Misfit, misfit, probability_absent
from tests.support.models import tiny

CTS = "carpal_tunnel_syndrome"
ASKED = ("at_night", "hand_weakness", "night_waking_numb")


def read(**answers: Any) -> tuple[Network, Evidence]:
    case = Case(**answers)
    network = tiny().network(case.setting)
    return network, read_evidence(tiny().knowledge, tiny().vocabulary, network, case)


def ask(condition: str, **answers: Any) -> Misfit:
    return misfit(tiny().knowledge, *read(**answers), condition)


def exact(condition: str, states: tuple[bool, ...]) -> tuple[float, float, float]:
    """ln P, its mean and the tail of a picture, all pictures written out."""
    network, evidence = read(age=50, present=["repetitive_hand_use"])
    acting = {network.index[f"reason_{condition}"]: (0.0, 1.0)}
    pictures = list(product((False, True), repeat=len(ASKED)))
    changes: list[Change] = [
        {**acting, **{network.index[n]: (0.0, 1.0) if s else (1.0, 0.0) for n, s in zip(ASKED, picture, strict=True)}}
        for picture in pictures
    ]
    reached = evidence_under(network, evidence, [acting, *changes]) @ evidence.strata_weights
    p = reached[1:] / reached[0]
    assert p.sum() == pytest.approx(1.0)
    mine = p[pictures.index(states)]
    return float(np.log(mine)), float(p @ np.log(p)), float(p[p <= mine * (1 + 1e-9)].sum())


@pytest.mark.parametrize("condition", [CTS, "hypocalcemia", "idiopathic_cramp"])
@pytest.mark.parametrize("states", list(product((False, True), repeat=3)))
def test_it_is_the_tail_of_the_exact_distribution(condition: str, states: tuple[bool, ...]) -> None:
    told = dict(zip(ASKED, states, strict=True))
    found = ask(
        condition,
        age=50,
        present=["repetitive_hand_use", *(n for n in ASKED if told[n])],
        absent=[n for n in ASKED if not told[n]],
    )
    picture, typical, tail = exact(condition, states)
    assert found.picture == pytest.approx(picture, abs=1e-9)
    assert found.effective > 1000
    # Four standard errors of a share and of a mean of logarithms among PEOPLE people.
    assert found.tail == pytest.approx(tail, abs=4 * 0.5 / PEOPLE**0.5)
    assert found.typical == pytest.approx(typical, abs=4 * 2.0 / PEOPLE**0.5)


def test_people_are_drawn_with_all_their_causes() -> None:
    """Leak and every present parent count, whatever their order."""
    network = tiny().network()
    position = network.index["hand_tingling"]
    node = network.nodes[position]
    assert len(node.parents) >= 2
    parents = np.array(list(product((False, True), repeat=len(node.parents))))
    state = {parent: parents[:, place] for place, parent in enumerate(node.parents)}
    stratum = np.arange(len(parents)) % len(network.strata)
    wanted = [
        (1.0 - node.leak[s]) * np.prod([1.0 - link[s] for link, there in zip(node.links, row, strict=True) if there])
        for s, row in zip(stratum, parents, strict=True)
    ]
    np.testing.assert_allclose(probability_absent(network, position, state, stratum), wanted, rtol=1e-12)


def test_a_picture_that_the_condition_hardly_gives_is_flagged_and_its_own_is_not() -> None:
    own = {"present": ["night_waking_numb", "thumb_side"], "absent": ["carpal_posture", "chest_pain", "trousseau_sign"]}
    foreign = {"present": ["carpal_posture", "chest_pain", "trousseau_sign"], "absent": ["night_waking_numb"]}
    assert not ask(CTS, age=50, **own).flagged
    assert ask(CTS, age=50, **foreign).flagged
    assert not ask("hypocalcemia", age=50, present=["carpal_posture", "trousseau_sign"]).flagged


def test_the_same_case_gives_the_same_answer_and_another_seed_nearly_so() -> None:
    case = read(age=50, present=["night_waking_numb"], absent=["at_night", "thumb_side"])
    one, again = (misfit(tiny().knowledge, *case, CTS) for _ in range(2))
    assert one == again
    assert misfit(tiny().knowledge, *case, CTS, seed=5).tail == pytest.approx(one.tail, abs=0.15)


def test_nothing_asked_fits() -> None:
    found = ask(CTS, age=50)
    assert (found.picture, found.tail, found.flagged) == (0.0, 1.0, False)


def test_a_condition_that_cannot_be_there_has_no_picture() -> None:
    found = ask("dialysis_cramp", present=["kind_cramp"], absent=["dialysis"])
    assert np.isnan([found.picture, found.typical, found.tail]).all()
    assert found.effective == 0.0
    assert not found.flagged


def test_without_a_complaint_presence_is_enough() -> None:
    found = ask(CTS, complaint=False, absent=["hand_tingling"])
    network, evidence = read(complaint=False, absent=["hand_tingling"])
    here, node = network.index[CTS], network.index["hand_tingling"]
    with_, without = (
        evidence_under(network, evidence, [{here: (0.0, 1.0)}, {here: (0.0, 1.0), node: (1.0, 1.0)}])
        @ evidence.strata_weights
    )
    assert found.picture == pytest.approx(float(np.log(with_ / without)), abs=1e-9)
