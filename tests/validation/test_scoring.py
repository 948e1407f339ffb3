"""Cases answered and compared, the baselines, and the figures made of them, on the tiny knowledge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crampnet.api import Model
from crampnet.errors import Sign, TooExpensive
from crampnet.inference.case import Case
from crampnet.inference.evidence import read_evidence
from crampnet.network.network import reason_id
from crampnet.validation.baselines import NaiveBayes
from crampnet.validation.cases import PublicCase
from crampnet.validation.figures import figures, pick, reliability
from crampnet.validation.scoring import Scores, accepted, best_rank, score_cases
from tests.cases.scoring import LEVELS
from tests.support.models import shipped, tiny

NOTHING = Case()


def public(id_: str, label: str, triage: str = "routine", **told: object) -> PublicCase:
    parts = {"history": Case.from_dict(told), "examination": NOTHING, "tests": NOTHING}
    return PublicCase(id_, "vignette", label, (), triage, "group", id_, f"https://example.org/{id_}", parts)


CASES = (
    public("calm", "idiopathic_cramp", "self_care", age=70, present=["kind_cramp", "at_night"]),
    public("spasm", "hypocalcemia", "emergency", age=40, present=["kind_spasm", "carpal_posture", "both_hands"]),
    public("other", "none", "routine", age=50, present=["hand_weakness"]),
)


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score_cases(tiny(), CASES, "history")


def test_the_best_accepted_row_gives_the_rank_and_ties_count_against_it() -> None:
    shares = np.array([0.2, 0.5, 0.2, 0.1])
    assert best_rank(shares, np.array([False, True, False, False])) == 1
    assert best_rank(shares, np.array([True, False, False, True])) == 3


def test_none_is_the_row_for_what_is_not_modelled() -> None:
    rows = ("als", "not_modelled", "severe_hypocalcemia")
    assert list(accepted(shipped().knowledge, rows, (CASES[2].label,))) == [False, True, False]


def test_a_form_of_a_label_is_right_and_what_a_label_is_a_form_of_is_not() -> None:
    rows = ("hypocalcemia", "severe_hypocalcemia")
    assert list(accepted(shipped().knowledge, rows, ("hypocalcemia",))) == [True, True]
    assert list(accepted(shipped().knowledge, rows, ("severe_hypocalcemia",))) == [False, True]


def test_cases_are_scored_as_the_model_answers_them(scores: Scores) -> None:
    for case in CASES:
        answer = tiny().diagnose(case.known_at("history"))
        row = scores.table.loc[case.id]
        label = "not_modelled" if case.label == "none" else case.label
        assert row["p"] == answer.posterior.contributes[label]
        assert row["rank"] == list(answer.ranking.index).index(label) + 1
        assert row["urgency"] == answer.urgency.level
        assert answer.unlisted is not None
        assert row["unmodelled"] == answer.unlisted.share


def test_naive_bayes_multiplies_the_answers_one_by_one() -> None:
    network = tiny().network()
    bayes = NaiveBayes(network)
    case = Case(age=40, sex="female", present=["kind_spasm"], absent=["at_night"])
    evidence = read_evidence(tiny().knowledge, tiny().vocabulary, network, case)
    prior = np.arange(1.0, len(network.conditions) + 1)
    evidence.weights.pop(network.index["hand_complaint"], None)
    (stratum,) = evidence.strata
    wanted = prior.copy()
    for position, (absent, present) in evidence.weights.items():
        p = bayes.given[position][:, stratum]
        wanted *= absent * (1 - p) + present * p
    assert bayes.shares(evidence, prior) == pytest.approx(wanted / wanted.sum())


def test_naive_bayes_takes_the_figures_of_the_network() -> None:
    network = tiny().network()
    given = NaiveBayes(network).given
    own = network.conditions.index("hypocalcemia")
    node = network.nodes[network.index["kind_spasm"]]
    link = node.links[node.parents.index(network.index[reason_id("hypocalcemia")])]
    assert given[network.index["kind_spasm"], own] == pytest.approx(1 - (1 - node.leak) * (1 - link))
    assert np.all(given[network.index["hypocalcemia"], own] == 1.0)
    assert np.all(given[network.index[reason_id("idiopathic_cramp")], own] == 0.0)
    # a cause of the condition is commoner among people who have it
    surgery = network.index["thyroid_or_neck_surgery"]
    assert np.all(given[surgery, own] > 2.0 * network.base_rates["thyroid_or_neck_surgery"])
    assert given.min() >= 0.0
    assert given.max() <= 1.0


def test_figures_count_what_they_say(scores: Scores) -> None:
    found = figures(pick(scores, [case.id for case in CASES]), 0.0, LEVELS)
    ranks = scores.table["rank"]
    assert found["top_1"]["n"] == 2
    assert found["top_1"]["value"] == pytest.approx(np.mean([ranks["calm"] == 1, ranks["spasm"] == 1]))
    assert found["p_truth"]["value"] == pytest.approx(scores.table.loc[["calm", "spasm"], "p"].mean())
    assert found["expected"]["value"] == pytest.approx(scores.forecast[[0, 1]].max(axis=1).mean())
    assert found["urgency_exact"]["n"] == 3
    assert (found["unmodelled_hits"]["value"], found["false_alarms"]["value"]) == (1.0, 1.0)
    assert found["emergencies"]["n"] == 1
    assert set(found["baselines"]) == {"prevalence", "naive_bayes"}


def test_urgency_above_and_below(scores: Scores) -> None:
    table = scores.table.assign(urgency=["urgent", "routine", "routine"])
    changed = replace(scores, table=table)
    found = figures(pick(changed, [case.id for case in CASES]), 1.1, LEVELS)
    assert found["urgency_exact"]["value"] == pytest.approx(1 / 3)
    assert found["urgency_safe"]["value"] == pytest.approx(2 / 3)
    assert found["over_triage"]["value"] == pytest.approx(1 / 3)
    assert found["emergencies"]["below_urgent"]["count"] == found["emergencies"]["below_emergency"]["count"] == 1
    assert found["unmodelled_hits"]["value"] == 0.0


def test_a_refused_case_counts_as_wrong_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    signs: tuple[Sign, ...] = ()

    def refuse(case: Case) -> object:
        if "kind_spasm" in case.present:
            refused = TooExpensive("It", 2.0, 1.0)
            refused.signs = signs
            raise refused
        return answered(case)

    model = Model(tiny().knowledge)
    answered = model.diagnose
    monkeypatch.setattr(model, "diagnose", refuse)
    found = score_cases(model, CASES, "history")
    row = found.table.loc["spasm"]
    assert (row["refused"], row["rank"], row["p"], row["urgency"]) == (True, len(found.conditions), 0.0, "self_care")
    assert row["naive_bayes_p"] > 0.0
    assert np.isnan(found.forecast[1]).all()
    assert found.table["refused"].tolist() == [False, True, False]
    picked = pick(found, [case.id for case in CASES])
    plain = figures(picked, 0.0, LEVELS)
    assert plain["refused"] == 1
    assert plain["emergencies"]["below_urgent"]["count"] == 1
    assert sum(row["forecasts"] for row in reliability(picked)) == 2 * len(found.conditions)
    signs = (Sign("urgent", "Soon.", "Soon."), Sign("routine", "Some day.", "Some day."))
    assert score_cases(model, CASES, "history").table.loc["spasm", "urgency"] == "urgent"
