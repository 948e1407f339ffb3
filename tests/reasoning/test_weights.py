"""Weights add up, are those of the definition, and say where an answer settles a condition."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from crampnet import Model
from crampnet.inference.case import Case
from crampnet.inference.evidence import read_evidence
from crampnet.reasoning.weights import AnswerWeights, answer_weights, log_odds
from tests.cases.scoring import published
from tests.support.cases import possible_cases
from tests.support.models import shipped, tiny


def weigh(model: Model, case: Case) -> AnswerWeights:
    network = model.network(case.setting)
    evidence = read_evidence(model.knowledge, model.vocabulary, network, case)
    return answer_weights(model.knowledge, network, evidence)


def logit(p: float) -> float:
    return log(p) - log(1.0 - p)


def check_sums(model: Model, case: Case) -> None:
    weights = weigh(model, case)
    finite = np.isfinite(weights.weight).all(axis=0) & np.isfinite(weights.start)
    np.testing.assert_allclose(
        weights.weight[:, finite].sum(axis=0), weights.end[finite] - weights.start[finite], rtol=0, atol=1e-9
    )
    answer = model.diagnose(case)
    ranked = answer.posterior.contributes if answer.evidence.asks else answer.posterior.present
    now = log_odds(np.array([ranked[c] for c in weights.conditions]))
    # Near one the odds are as exact as 1 - p is.
    steady = finite & (now < 15.0)
    np.testing.assert_allclose(weights.end[steady], now[steady], rtol=0, atol=1e-6)
    undecided = ~finite & np.isfinite(weights.start)
    assert weights.settles[:, undecided].any(axis=0).all()


@settings(max_examples=15)
@given(possible_cases(most=5))
def test_weights_add_up_to_the_change_of_the_log_odds(case: Case) -> None:
    check_sums(tiny(), case)


@pytest.mark.parametrize("name", ["published_06", "published_20"])
def test_weights_add_up_on_published_cases(name: str) -> None:
    (case,) = (c.case for c in published() if c.name == name)
    check_sums(shipped(), case)


def test_two_answers_share_by_the_mean_of_both_orders() -> None:
    """The definition written out: each order is also gone through backwards, so both orders count the same."""
    weights = weigh(tiny(), Case(age=50, present=["hand_tingling"], absent=["at_night"]))
    place = weights.conditions.index("carpal_tunnel_syndrome")

    def v(**answers: Any) -> float:
        return logit(tiny().diagnose(Case(age=50, **answers)).posterior.contributes["carpal_tunnel_syndrome"])

    tingling, night = {"present": ["hand_tingling"]}, {"absent": ["at_night"]}
    none, both = v(), v(**tingling, **night)
    wanted = {
        "at_night": (v(**night) - none + both - v(**tingling)) / 2,
        "hand_tingling": (v(**tingling) - none + both - v(**night)) / 2,
    }
    assert [given.id for given in weights.answers] == list(wanted)
    np.testing.assert_allclose(weights.weight[:, place], list(wanted.values()), rtol=0, atol=1e-9)
    assert weights.start[place] == pytest.approx(none, abs=1e-9)
    assert [given.id for given, _ in weights.of("carpal_tunnel_syndrome")] == ["hand_tingling", "at_night"]


def test_the_complaint_belongs_to_the_start() -> None:
    weights = weigh(tiny(), Case(age=50, sex="male", present=["kind_spasm"]))
    before = tiny().diagnose(Case(age=50, sex="male")).posterior.contributes
    np.testing.assert_allclose(weights.start, [logit(before[c]) for c in weights.conditions], rtol=0, atol=1e-9)


def test_an_unknown_answer_changes_nothing() -> None:
    case = Case(present=["kind_spasm", "hand_tingling"])
    network = tiny().network()
    evidence = read_evidence(tiny().knowledge, tiny().vocabulary, network, case)
    unknown = replace(evidence, weights={**evidence.weights, network.index["chest_pain"]: (1.0, 1.0)})
    one, other = (answer_weights(tiny().knowledge, network, e) for e in (evidence, unknown))
    assert one.answers == other.answers
    np.testing.assert_allclose(one.weight, other.weight, rtol=0, atol=1e-12)


def test_the_same_answers_weigh_the_same_in_any_order() -> None:
    names = ["kind_spasm", "hand_tingling", "both_hands"]
    one, other = weigh(tiny(), Case(present=names)), weigh(tiny(), Case(present=names[::-1]))
    assert one.answers == other.answers
    assert one.evaluated == 8
    np.testing.assert_allclose(one.weight, other.weight, rtol=0, atol=1e-12)


def test_no_answer_no_weight() -> None:
    weights = weigh(tiny(), Case(age=50))
    assert weights.weight.shape == (0, 5)
    np.testing.assert_array_equal(weights.start, weights.end)


def test_an_answer_that_settles_a_condition_is_named_and_no_number_invented() -> None:
    weights = weigh(tiny(), Case(present=["hand_tingling"], absent=["dialysis"]))
    place = weights.conditions.index("dialysis_cramp")
    assert weights.end[place] == -np.inf
    assert np.isnan(weights.weight[:, place]).all()
    assert [given.id for given in weights.settled_by("dialysis_cramp")] == ["dialysis"]
    assert weights.settled_by("carpal_tunnel_syndrome") == ()


def test_without_a_complaint_presence_is_weighed() -> None:
    case = Case(complaint=False, present=["hand_tingling"], diagnoses=["hypocalcemia"])
    weights = weigh(tiny(), case)
    present = tiny().diagnose(case).posterior.present
    place = weights.conditions.index("carpal_tunnel_syndrome")
    assert weights.end[place] == pytest.approx(logit(present["carpal_tunnel_syndrome"]))
    assert [given.id for given in weights.settled_by("hypocalcemia")] == ["hypocalcemia"]
    assert weights.end[weights.conditions.index("hypocalcemia")] == np.inf


def test_log_odds_do_not_run_away_with_the_rounding() -> None:
    p = np.array([0.0, -1e-20, 0.5, 1.0 - 1e-16, 1.0 + 1e-16, np.nan])
    np.testing.assert_array_equal(log_odds(p), [-np.inf, -np.inf, 0.0, np.inf, np.inf, np.nan])
