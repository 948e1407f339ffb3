"""Changed figures go through every derivation: against the records changed themselves and asked again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crampnet.errors import ImpossibleCase, KnowledgeError, UnknownName
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.reasoning.sensitivity import Row
from crampnet.reasoning.sensitivity import setup as module
from crampnet.reasoning.sensitivity.setup import joint, safety
from crampnet.reasoning.urgency import expected_harm
from tests.reasoning.sensitivity.support import CASE, asked_again, setup_of
from tests.support.cases import possible_cases

SETUP = setup_of()
PATHS = tuple(SETUP.parameters)


@settings(max_examples=40)
@given(st.sampled_from(PATHS), st.floats(0.0, 1.0), st.sampled_from(["general_population", "dialysis_unit"]))
def test_a_changed_figure_answers_as_changed_records_do(path: str, share: float, setting: str) -> None:
    case = replace(CASE, setting=setting)
    setup = setup_of(case)
    assume(path in setup.parameters)
    low, high = setup.parameter(path).interval
    number = low + share * (high - low)
    try:
        again, contributes, present = asked_again(case, {path: number})
    except KnowledgeError:
        return
    found = joint(setup, [{path: number}])
    assert np.log(found.evidence[0]) == pytest.approx(posterior(again.network, again.evidence).log_evidence, abs=1e-9)
    for condition in setup.network.conditions:
        assert found.posterior(setup, Row(condition))[0] == pytest.approx(contributes[condition], abs=1e-10)
        assert found.posterior(setup, Row(condition, "present"))[0] == pytest.approx(present[condition], abs=1e-10)


@settings(max_examples=25)
@given(possible_cases())
def test_what_is_not_changed_is_today_s_answer(case: Case) -> None:
    setup = setup_of(case)
    try:
        answer = posterior(setup.network, setup.evidence)
    except ImpossibleCase:
        with pytest.raises(ImpossibleCase):
            _ = setup.now
        return
    ranking = answer.contributes if setup.evidence.asks else answer.present
    assert setup.leader.quantity == ("contributes" if setup.evidence.asks else "present")
    assert ranking[setup.leader.condition] == pytest.approx(max(ranking.values()), abs=1e-12)
    assert setup.now.posterior(setup, setup.leader)[0] == pytest.approx(max(ranking.values()), abs=1e-10)
    harm = expected_harm(setup.knowledge, setup.network, setup.evidence, answer)
    found = safety(setup, [{}])[0]
    shares = np.diff([*found[:-1], found[-1]]) / found[-1]
    assert shares == pytest.approx(list(harm.probabilities.values()), abs=1e-9)


def test_blocks_hold_what_single_changes_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = [{path: SETUP.parameter(path).interval[1]} for path in PATHS[:9]] + [{}]
    together = joint(SETUP, changes)
    monkeypatch.setattr(module, "LANES", 6)
    apart = joint(SETUP, changes)
    for name in ("evidence", "contributes", "present"):
        assert getattr(together, name) == pytest.approx(getattr(apart, name), rel=1e-12)
    assert together.evidence[-1] == pytest.approx(SETUP.now.evidence[0], rel=1e-12)


def test_names_that_do_not_exist_are_refused_with_their_neighbours() -> None:
    with pytest.raises(UnknownName, match="troubles_hand"):
        joint(SETUP, [{"conditions.hypocalcemia.trouble_hand": 0.1}])
    with pytest.raises(UnknownName, match="hypocalcemia"):
        SETUP.now.of(SETUP, Row("hypocalcaemia"))


def test_answers_that_cannot_be_have_no_posterior() -> None:
    found = joint(SETUP, [{"exposures.loop_diuretic.frequency": 0.0}])
    assert found.evidence[0] == 0.0
    assert np.isnan(found.posterior(SETUP, SETUP.leader)[0])
