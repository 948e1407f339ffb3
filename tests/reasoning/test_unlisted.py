"""A disease without a record: its probability written out, what moves it, and when nothing is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.reasoning.unlisted import SAID, Unlisted, outside_the_list, unlisted
from crampnet.validation.stored import load_results
from tests.support.models import shipped, tiny

PRIOR, REST = 0.05, "not_modelled"


def read(**answers: Any) -> Evidence:
    return read_evidence(tiny().knowledge, tiny().vocabulary, tiny().network(), Case(**answers))


def ask(**answers: Any) -> Unlisted:
    found = tiny().diagnose(Case(**answers)).unlisted
    assert found is not None
    return found


def test_it_is_bayes_rule_over_the_network_and_a_disease_drawn_at_random() -> None:
    network = tiny().network()
    person = {"age": 50, "sex": "female", "complaint": True}
    told = read(**person, present=["kind_spasm", "hand_weakness"], absent=["at_night"])
    full, bare = posterior(network, told), posterior(network, read(**person))
    usual = {name: float(network.usual[network.index[name], told.strata[0]]) for name in told.present | told.absent}
    random = usual["kind_spasm"] * usual["hand_weakness"] * (1.0 - usual["at_night"])
    factor = random / np.exp(full.log_evidence - bare.log_evidence)
    found = unlisted(tiny().knowledge, network, told, full)
    assert found is not None
    assert found.factor == pytest.approx(factor)
    share = (PRIOR * factor + (1 - PRIOR) * full.contributes[REST]) / (PRIOR * factor + 1 - PRIOR)
    assert found.share == pytest.approx(share)


def test_what_is_usual_is_the_mean_over_single_diseases() -> None:
    network = tiny().network()
    node = network.nodes[network.index["kind_spasm"]]
    silent = np.ones((len(network.conditions), len(network.strata)))
    for link, parent in zip(node.links, node.parents, strict=True):
        silent[network.targets[:, 1].tolist().index(parent)] -= link
    assert network.usual[network.index["kind_spasm"]] == pytest.approx(1 - ((1 - node.leak) * silent).mean(axis=0))


def test_before_any_finding_nothing_speaks_for_either() -> None:
    found = ask(age=50, sex="female", complaint=True, present=["repetitive_hand_use"], medicines=["furosemide"])
    assert found.factor == pytest.approx(1.0)


def test_answers_that_no_listed_disease_joins_speak_for_it_and_those_of_one_against_it() -> None:
    joined = ask(age=50, sex="female", present=["kind_cramp", "night_waking_numb", "hand_tingling", "phalen_sign"])
    strange = ask(age=50, sex="female", present=["kind_spasm", "night_waking_numb", "chest_pain"])
    assert joined.factor < 1.0 < strange.factor
    assert joined.share < strange.share


def test_a_probable_answer_speaks_less_than_a_sure_one() -> None:
    sure = ask(age=50, sex="female", present=["kind_spasm", "night_waking_numb", "chest_pain"])
    weak = ask(age=50, sex="female", present=["kind_spasm"], probably_present=["night_waking_numb", "chest_pain"])
    assert 1.0 < weak.factor < sure.factor


def test_nothing_is_said_without_trouble_of_the_hand_or_without_a_record_for_the_rest() -> None:
    assert tiny().diagnose(Case(age=50, present=["chest_pain"], complaint=False)).unlisted is None
    evidence, network = read(age=50, present=["kind_spasm"]), tiny().network()
    rest = replace_figure(None)
    assert unlisted(rest, network, evidence, posterior(network, evidence)) is None


def replace_figure(figure: None) -> Any:
    conditions = dict(tiny().knowledge.conditions)
    conditions[REST] = conditions[REST].model_copy(update={"unlisted": figure})
    return replace(tiny().knowledge, conditions=conditions)


def test_what_it_looks_like_is_the_probability_of_each_syndrome_that_nothing_listed_shows() -> None:
    conditions, network = dict(tiny().knowledge.conditions), tiny().network()
    figure = conditions[REST].unlisted
    conditions[REST] = conditions[REST].model_copy(update={"unlisted": None})
    conditions["hypocalcemia"] = conditions["hypocalcemia"].model_copy(update={"unlisted": figure})
    evidence = read(age=50, sex="female", present=["kind_spasm", "carpal_posture"], absent=["hand_weakness"])
    found = unlisted(replace(tiny().knowledge, conditions=conditions), network, evidence, posterior(network, evidence))
    assert found is not None
    there = replace(evidence, weights={**evidence.weights, network.index["tetany"]: (0.0, 1.0)})
    whole, part = posterior(network, evidence).log_evidence, posterior(network, there).log_evidence
    assert [name for name, _ in found.pictures] == ["tetany"]
    assert found.pictures[0][1] == pytest.approx(np.exp(part - whole))
    assert ask(age=50, sex="female", present=["kind_spasm", "carpal_posture"]).pictures == ()


def test_a_hand_that_fails_from_one_minute_to_the_next_looks_like_damage_in_the_brain() -> None:
    told = ["onset_sudden", "hand_failed_suddenly", "face_droop_or_speech_sudden", "hand_weakness"]
    found = shipped().diagnose(Case(age=70, sex="male", present=told, absent=["both_hands", "painful"])).unlisted
    assert found is not None
    assert found.flagged
    shares = [share for _, share in found.pictures]
    assert found.pictures[0][0] == "focal_brain_lesion"
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.5


def test_it_is_worth_saying_from_the_limit_on() -> None:
    assert Unlisted(SAID, 1.0).flagged
    assert not Unlisted(SAID - 1e-9, 1.0).flagged


def test_the_limit_is_the_one_that_the_public_cases_gave() -> None:
    results = load_results()
    assert results is not None
    assert pytest.approx(results["threshold"], abs=0.03) == SAID


def test_the_shipped_knowledge_names_one_record_for_the_rest() -> None:
    assert [name for name, record in shipped().knowledge.conditions.items() if record.unlisted is not None] == [REST]


def test_a_form_of_what_stands_for_the_rest_is_outside_the_list_too() -> None:
    conditions, network = dict(tiny().knowledge.conditions), tiny().network()
    conditions["hypocalcemia"] = conditions["hypocalcemia"].model_copy(update={"form_of": REST})
    knowledge = replace(tiny().knowledge, conditions=conditions)
    evidence = read(age=50, sex="female", present=["kind_spasm", "carpal_posture"], absent=["hand_weakness"])
    full = posterior(network, evidence)
    found, before = unlisted(knowledge, network, evidence, full), unlisted(tiny().knowledge, network, evidence, full)
    assert found is not None
    assert before is not None
    both = min(full.contributes[REST] + full.contributes["hypocalcemia"], 1.0)
    odds = PRIOR * found.factor / (1.0 - PRIOR)
    assert found.share == pytest.approx((odds + both) / (odds + 1.0))
    assert found.share > before.share
    assert [name for name, _ in found.pictures] == ["tetany"]
    assert outside_the_list(knowledge) == {REST, "hypocalcemia"}
