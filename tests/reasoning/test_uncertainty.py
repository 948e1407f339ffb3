"""How sure: each draw is an exact answer of its own, and what is counted over draws is what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from crampnet.api import Answer
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.network.ensemble import ensemble
from crampnet.network.ensembles import Ensembles
from crampnet.network.network import Lanes, Network
from crampnet.reasoning.uncertainty import Uncertainty, refining, sample, uncertainty
from crampnet.reasoning.urgency import assess
from tests.support.cases import possible_cases
from tests.support.figures import narrow, with_figures
from tests.support.models import tiny

CASES = {
    "spasm": Case(age=50, sex="female", present=["kind_spasm", "carpal_posture"], absent=["at_night"]),
    "cramp": Case(age=67, sex="male", present=["kind_cramp"], probably_present=["hand_tingling"]),
    "anybody": Case(sex="female", present=["kind_cramp"], absent=["hand_tingling"]),
    "unit": Case(age=67, setting="dialysis_unit", present=["kind_cramp"], ruled_out=["hypocalcemia"]),
    "known": Case(age=67, present=["kind_cramp"], diagnoses=["hypocalcemia"]),
    "well": Case(age=30, sex="male", complaint=False),
}
ENSEMBLES = Ensembles(tiny().knowledge)


def ask(case: Case, ensembles: Ensembles = ENSEMBLES, draws: int = 250) -> tuple[Answer, Uncertainty]:
    answer = tiny().diagnose(case)
    found = uncertainty(ensembles, case.setting, answer.evidence, answer.posterior, answer.urgency, draws=draws)
    return answer, found


@pytest.mark.parametrize("name", CASES)
def test_a_draw_is_the_answer_of_the_network_with_its_figures(name: str) -> None:
    case, knowledge = CASES[name], tiny().knowledge
    answer = tiny().diagnose(case)
    found = sample(ENSEMBLES, case.setting, answer.evidence, 3, 6)
    drawn = ENSEMBLES.sampler(case.setting).draw(3, 6)
    for draw in range(3):
        values = {path: v[draw : draw + 1] for path, v in drawn.items()}
        network = ensemble(knowledge, case.setting, np.arange(10), values)
        beliefs = posterior(network, answer.evidence)
        urgency = assess(knowledge, network, answer.evidence, beliefs)
        assert knowledge.losses.levels[found.level[draw]] == urgency.level
        assert found.evidence[draw] == pytest.approx(np.exp(beliefs.log_evidence), rel=1e-9)
        for place, condition in enumerate(found.conditions):
            assert found.contributes[place, draw] == pytest.approx(beliefs.contributes[condition], rel=1e-8)
            assert found.present[place, draw] == pytest.approx(beliefs.present[condition], rel=1e-8)


@pytest.mark.parametrize("name", ["spasm", "cramp", "anybody"])
def test_with_independent_figures_the_draws_average_to_the_point_answer(name: str) -> None:
    """Sum of P(D, e) over sum of P(e) within 4.5 standard errors of the sample itself (a ratio estimate)."""
    answer = tiny().diagnose(CASES[name])
    draws = 4000 if name != "anybody" else 800
    found = sample(Ensembles(tiny().knowledge, rho=0.0), "general_population", answer.evidence, 0, draws)
    for table, point in ((found.contributes, answer.posterior.contributes), (found.present, answer.posterior.present)):
        for drawn, condition in zip(table, found.conditions, strict=True):
            mean = float((drawn * found.evidence).sum() / found.evidence.sum())
            error = float(np.sqrt((((drawn - mean) * found.evidence) ** 2).sum()) / found.evidence.sum())
            assert error < 0.02
            assert abs(mean - point[condition]) < 4.5 * error, condition


@settings(max_examples=20, deadline=None)
@given(possible_cases())
def test_what_always_holds(case: Case) -> None:
    answer, found = ask(case, draws=30)
    assert found.draws == 30
    for table in (found.contributes, found.present):
        assert table.keys() == set(tiny().knowledge.conditions)
        assert all(0.0 <= low <= high <= 1.0 + 1e-12 for low, high in table.values())
    assert sum(found.leads.values()) == pytest.approx(1.0 - found.impossible)
    assert sum(found.levels.values()) == pytest.approx(1.0 - found.impossible)
    assert list(found.leads.values()) == sorted(found.leads.values(), reverse=True)
    assert found.first == answer.ranking.index[0]
    assert found.level == answer.urgency.level
    assert 0.0 <= found.firmness <= 1.0
    assert 0.0 <= found.level_firmness <= 1.0
    levels = tiny().knowledge.losses.levels
    ruled = max((levels.index(flag.level) for flag in answer.urgency.fired), default=0)
    assert all(found.levels[level] == 0.0 for level in levels[:ruled])


def test_the_intervals_are_quantiles_and_firmness_is_counted() -> None:
    answer, found = ask(CASES["cramp"])
    drawn = sample(ENSEMBLES, "general_population", answer.evidence, 0, 250)
    for place, condition in enumerate(drawn.conditions):
        low, high = found.contributes[condition]
        assert np.mean(drawn.contributes[place] < low) == pytest.approx(0.05, abs=0.005)
        assert np.mean(drawn.contributes[place] > high) == pytest.approx(0.05, abs=0.005)
        assert low < answer.posterior.contributes[condition] < high
    leaders = [drawn.conditions[place] for place in drawn.contributes.argmax(axis=0)]
    assert found.firmness == pytest.approx(leaders.count(found.first) / 250)
    assert 0.5 < found.firmness < 1.0
    assert 0.0 < found.level_firmness < 1.0


def test_without_a_complaint_it_is_about_what_is_there() -> None:
    answer, found = ask(CASES["well"])
    drawn = sample(ENSEMBLES, "general_population", answer.evidence, 0, 250)
    place = drawn.conditions.index(found.first)
    assert found.first == max(answer.posterior.present, key=lambda c: answer.posterior.present[c])
    assert found.firmness == np.mean(drawn.present.argmax(axis=0) == place)


def test_a_red_flag_holds_in_every_draw() -> None:
    _, found = ask(Case(present=["chest_pain"]), draws=50)
    assert found.levels == {"self_care": 0.0, "routine": 0.0, "urgent": 0.0, "emergency": 1.0}


@pytest.mark.parametrize("name", CASES)
def test_figures_known_exactly_leave_no_doubt(name: str) -> None:
    exact = Ensembles(with_figures(tiny().knowledge, narrow))
    answer, found = ask(CASES[name], exact, draws=40)
    assert (found.firmness, found.level_firmness) == (1.0, 1.0)
    for condition, (low, high) in found.contributes.items():
        assert high - low < 1e-3
        assert low - 1e-3 < answer.posterior.contributes[condition] < high + 1e-3


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    _, found = ask(CASES["spasm"], draws=60)
    assert ask(CASES["spasm"], Ensembles(tiny().knowledge), draws=60)[1] == found
    assert ask(CASES["spasm"], Ensembles(tiny().knowledge, seed=1), draws=60)[1].present != found.present


@pytest.mark.parametrize("name", ["spasm", "anybody"])
def test_it_refines_block_by_block(name: str) -> None:
    answer = tiny().diagnose(CASES[name])
    today = (answer.evidence, answer.posterior, answer.urgency)
    steps = list(refining(ENSEMBLES, "general_population", *today, draws=450))
    assert [step.draws for step in steps] == [200, 400, 450]
    assert steps[0] == uncertainty(ENSEMBLES, "general_population", *today, draws=200)
    assert steps[-1] == uncertainty(ENSEMBLES, "general_population", *today, draws=450)


class Silenced(Ensembles):
    """In the first draw of each block nothing ever shows a spasm."""

    def block(self, setting: str, strata: Lanes, start: int, stop: int) -> Network:
        network = super().block(setting, strata, start, stop)
        place = network.index["kind_spasm"]
        links = network.nodes[place].links.copy()
        links[:, : len(strata)] = 0.0
        nodes = list(network.nodes)
        nodes[place] = replace(nodes[place], links=links)
        return replace(network, nodes=tuple(nodes))


def test_draws_that_make_the_answers_impossible_count_for_nothing() -> None:
    _, found = ask(CASES["spasm"], draws=100)
    _, with_one = ask(CASES["spasm"], Silenced(tiny().knowledge), draws=100)
    assert (found.impossible, with_one.impossible) == (0.0, 0.01)
    assert sum(with_one.leads.values()) == pytest.approx(0.99)
    assert sum(with_one.levels.values()) == pytest.approx(0.99)
    assert all(0.0 < low < high for low, high in with_one.present.values())
