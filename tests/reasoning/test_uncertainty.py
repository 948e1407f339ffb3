"""How sure: each draw is an exact answer of its own, and what is counted over draws is what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from crampnet.api import Answer
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import read_evidence
from crampnet.network.ensemble import ensemble
from crampnet.network.ensembles import Ensembles
from crampnet.network.network import Array, Lanes, Network
from crampnet.network.parameters import answer_parameters
from crampnet.reasoning.uncertainty import Uncertainty, refining, sample, uncertainty
from crampnet.reasoning.urgency import assess
from tests.support.cases import possible_cases
from tests.support.figures import narrow, with_figure, with_figures
from tests.support.models import doubtful

CASES = {
    "spasm": Case(age=50, sex="female", present=["kind_spasm", "carpal_posture"], absent=["at_night"]),
    "cramp": Case(age=67, sex="male", present=["kind_cramp"], probably_present=["hand_tingling"]),
    "anybody": Case(sex="female", present=["kind_cramp"], absent=["hand_tingling"]),
    "unit": Case(age=67, setting="dialysis_unit", present=["kind_cramp"], ruled_out=["hypocalcemia"]),
    "doubtful": Case(
        age=58,
        sex="female",
        present=["kind_cramp", "hand_tingling"],
        ruled_out=["carpal_tunnel_syndrome", "idiopathic_cramp"],
        medicines=[],
        diagnoses=[],
    ),
    "measured": Case(age=58, present=["kind_spasm"], results={"serum_calcium": "2.1 mmol/L"}),
    "known": Case(age=67, present=["kind_cramp"], diagnoses=["hypocalcemia"]),
    "well": Case(age=30, sex="male", complaint=False),
}
ENSEMBLES = Ensembles(doubtful().knowledge)


def ask(case: Case, ensembles: Ensembles = ENSEMBLES, draws: int = 250) -> tuple[Answer, Uncertainty]:
    answer = doubtful().diagnose(case)
    found = uncertainty(ensembles, case.setting, answer.evidence, answer.posterior, answer.urgency, draws=draws)
    return answer, found


@pytest.mark.parametrize("name", CASES)
def test_a_draw_is_the_answer_of_the_network_with_its_figures(name: str) -> None:
    """The case is read anew for each draw, from records with the drawn figures about answers."""
    case, knowledge = CASES[name], doubtful().knowledge
    answer = doubtful().diagnose(case)
    found = sample(ENSEMBLES, case.setting, answer.evidence, 3, 6)
    drawn, about_answers = ENSEMBLES.sampler(case.setting).draw(3, 6), ENSEMBLES.answers(3, 6)
    for draw in range(3):
        values = {path: v[draw : draw + 1] for path, v in drawn.items()}
        network = ensemble(knowledge, case.setting, np.arange(10), values)
        changed = knowledge
        for path, numbers in about_answers.items():
            changed = with_figure(changed, path, float(numbers[draw]))
        evidence = read_evidence(changed, doubtful().vocabulary, doubtful().network(case.setting), case)
        beliefs = posterior(network, evidence)
        urgency = assess(knowledge, network, evidence, beliefs)
        assert knowledge.losses.levels[found.level[draw]] == urgency.level
        assert found.evidence[draw] == pytest.approx(np.exp(beliefs.log_evidence), rel=1e-9)
        for place, condition in enumerate(found.conditions):
            assert found.contributes[place, draw] == pytest.approx(beliefs.contributes[condition], rel=1e-8)
            assert found.present[place, draw] == pytest.approx(beliefs.present[condition], rel=1e-8)


@pytest.mark.parametrize("name", ["spasm", "unit", "doubtful", "anybody"])
def test_with_independent_figures_the_draws_average_to_the_point_answer(name: str) -> None:
    """Sum of P(D, e) over sum of P(e) within 4.5 standard errors of the sample itself (a ratio estimate).

    Every answer of these cases weighs by figures that P(e) is linear in; "probably" would not.
    """
    answer = doubtful().diagnose(CASES[name])
    draws = 4000 if name != "anybody" else 800
    found = sample(Ensembles(doubtful().knowledge, rho=0.0), CASES[name].setting, answer.evidence, 0, draws)
    for table, point in ((found.contributes, answer.posterior.contributes), (found.present, answer.posterior.present)):
        for drawn, condition in zip(table, found.conditions, strict=True):
            mean = float((drawn * found.evidence).sum() / found.evidence.sum())
            error = float(np.sqrt((((drawn - mean) * found.evidence) ** 2).sum()) / found.evidence.sum())
            assert error < 0.02
            assert abs(mean - point[condition]) < 4.5 * error, condition


@settings(max_examples=20)
@given(possible_cases())
def test_what_always_holds(case: Case) -> None:
    answer, found = ask(case, draws=30)
    assert found.draws == 30
    for table in (found.contributes, found.present):
        assert table.keys() == set(doubtful().knowledge.conditions)
        assert all(0.0 <= low <= high <= 1.0 + 1e-12 for low, high in table.values())
    assert sum(found.leads.values()) == pytest.approx(1.0 - found.impossible)
    assert sum(found.levels.values()) == pytest.approx(1.0 - found.impossible)
    assert list(found.leads.values()) == sorted(found.leads.values(), reverse=True)
    assert found.first == answer.ranking.index[0]
    assert found.level == answer.urgency.level
    assert 0.0 <= found.firmness <= 1.0
    assert 0.0 <= found.level_firmness <= 1.0
    levels = doubtful().knowledge.losses.levels
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
    exact = Ensembles(with_figures(doubtful().knowledge, narrow))
    answer, found = ask(CASES[name], exact, draws=40)
    assert (found.firmness, found.level_firmness) == (1.0, 1.0)
    for condition, (low, high) in found.contributes.items():
        assert high - low < 1e-3
        assert low - 1e-3 < answer.posterior.contributes[condition] < high + 1e-3


class Stated(Ensembles):
    """Of the figures about answers some stay as stated; the others are anything at all."""

    used: frozenset[str] = frozenset()

    def answers(self, start: int, stop: int) -> dict[str, Array]:
        drawn = super().answers(start, stop)
        found = {p.path: np.full(stop - start, p.value) for p in answer_parameters(self.knowledge)}
        return {path: numbers if path in self.used else 1.0 - drawn[path] for path, numbers in found.items()}


@settings(max_examples=20)
@given(possible_cases())
def test_figures_by_which_no_answer_weighs_leave_everything_as_it_was(case: Case) -> None:
    """Those by which some do, as stated, give the weights of the point answer in every draw."""
    answer = doubtful().diagnose(case)
    stated = Stated(doubtful().knowledge)
    stated.used = frozenset(path for way in answer.evidence.weighed.values() for path in way.paths)
    found = sample(stated, case.setting, answer.evidence, 0, 20)
    point = sample(ENSEMBLES, case.setting, replace(answer.evidence, weighed={}), 0, 20)
    np.testing.assert_allclose(found.evidence, point.evidence, rtol=1e-9)
    np.testing.assert_allclose(found.contributes, point.contributes, rtol=1e-7, atol=1e-14)
    np.testing.assert_allclose(found.present, point.present, rtol=1e-7, atol=1e-14)
    assert (found.level == point.level).all()


def test_intervals_know_the_figures_about_answers() -> None:
    """What decides this case is how far to trust that carpal tunnel syndrome was ruled out."""
    case = Case(age=50, sex="female", present=["night_waking_numb"], ruled_out=["carpal_tunnel_syndrome"])
    answer, found = ask(case)
    today = replace(answer.evidence, weighed={})
    before = uncertainty(ENSEMBLES, case.setting, today, answer.posterior, answer.urgency, draws=250)
    width = [high - low for low, high in (u.present["carpal_tunnel_syndrome"] for u in (before, found))]
    assert width[1] > 1.1 * width[0]


def test_the_first_draws_of_many_are_those_of_few() -> None:
    case = CASES["doubtful"]
    evidence = doubtful().diagnose(case).evidence
    many, few = (sample(ENSEMBLES, case.setting, evidence, 0, draws) for draws in (300, 60))
    np.testing.assert_allclose(few.contributes, many.contributes[:, :60], rtol=1e-9)
    np.testing.assert_allclose(few.evidence, many.evidence[:60], rtol=1e-9)


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    _, found = ask(CASES["spasm"], draws=60)
    assert ask(CASES["spasm"], Ensembles(doubtful().knowledge), draws=60)[1] == found
    assert ask(CASES["spasm"], Ensembles(doubtful().knowledge, seed=1), draws=60)[1].present != found.present


@pytest.mark.parametrize("name", ["spasm", "anybody"])
def test_it_refines_block_by_block(name: str) -> None:
    answer = doubtful().diagnose(CASES[name])
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
    _, with_one = ask(CASES["spasm"], Silenced(doubtful().knowledge), draws=100)
    assert (found.impossible, with_one.impossible) == (0.0, 0.01)
    assert sum(with_one.leads.values()) == pytest.approx(0.99)
    assert sum(with_one.levels.values()) == pytest.approx(0.99)
    assert all(0.0 < low < high for low, high in with_one.present.values())
