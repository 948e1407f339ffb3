"""Lists of medicines and diagnoses: what they leave out is less likely, by how often it stays unnamed."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import crampnet
from crampnet.inference.case import Case
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.runs import ABSENT, PRESENT
from crampnet.reasoning.answers import answers_given, has_opposite, only
from crampnet.report.naming import said, spoken
from tests.support.models import TINY, shipped

UNNAMED = {"exposures/loop_diuretic.yaml": 0.15, "conditions/hypocalcemia.yaml": 0.4}
"""Shares that stay unnamed, in a copy of the tiny knowledge."""
GROUNDS = 'basis: judgement, grade: E, reason: "Made up for the tests."'
CASE = Case(age=60, sex="female", present=["kind_cramp", "hand_tingling"], absent=["chest_pain"])


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> crampnet.Model:
    """The tiny knowledge with a medicine class and a condition that state how often they stay unnamed."""
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("asked") / "priors"))
    for name, share in UNNAMED.items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(f"unmentioned: {{value: {share}, interval: [0.05, 0.9], {GROUNDS}}}\n")
    return crampnet.load_model(folder)


def read(model: crampnet.Model, **given: Any) -> Evidence:
    case = replace(CASE, **given)
    return read_evidence(model.knowledge, model.vocabulary, model.network(case.setting), case)


def weight(model: crampnet.Model, node: str, **given: Any) -> tuple[float, float]:
    return read(model, **given).weights.get(model.network().index[node], (1.0, 1.0))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (1.0, 1.0)),
        ({"medicines": None}, (1.0, 1.0)),
        ({"diagnoses": []}, (1.0, 1.0)),
        ({"medicines": []}, (1.0, 0.15)),
        ({"medicines": ["lasix"]}, PRESENT),
        ({"medicines": [], "present": ["loop_diuretic"]}, PRESENT),
        ({"medicines": [], "absent": ["loop_diuretic"]}, ABSENT),
        ({"medicines": [], "medicines_complete": True}, ABSENT),
        ({"medicines_complete": True}, ABSENT),
    ],
)
def test_a_medicine_is_left_out_only_where_there_is_a_list(
    asked: crampnet.Model, given: dict[str, Any], expected: tuple[float, float]
) -> None:
    assert weight(asked, "loop_diuretic", **given) == expected
    assert ("loop_diuretic" in read(asked, **given).unnamed) == (expected == (1.0, 0.15))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (1.0, 1.0)),
        ({"medicines": []}, (1.0, 1.0)),
        ({"diagnoses": []}, (1.0, 0.4)),
        ({"diagnoses": ["carpal_tunnel_syndrome"]}, (1.0, 0.4)),
        ({"diagnoses": ["hypocalcemia"]}, PRESENT),
        ({"diagnoses": [], "ruled_out": ["hypocalcemia"]}, (0.9, 1.0 - 0.85)),
    ],
)
def test_a_diagnosis_is_left_out_only_where_there_is_a_list(
    asked: crampnet.Model, given: dict[str, Any], expected: tuple[float, float]
) -> None:
    assert weight(asked, "hypocalcemia", **given) == pytest.approx(expected)
    assert ("hypocalcemia" in read(asked, **given).unnamed) == (expected == (1.0, 0.4))


def test_what_states_no_share_is_not_touched_by_a_list(asked: crampnet.Model) -> None:
    unsaid, none = read(asked), read(asked, medicines=[], diagnoses=[])
    index = asked.network().index
    assert none.weights.keys() - unsaid.weights.keys() == {index["loop_diuretic"], index["hypocalcemia"]}
    assert none.known == frozenset()
    assert not none.unnamed & (none.present | none.absent)


@pytest.mark.parametrize(
    ("given", "node", "share"), [({"medicines": []}, "loop_diuretic", 0.15), ({"diagnoses": []}, "hypocalcemia", 0.4)]
)
def test_silence_is_the_exact_mixture_of_both_states(
    asked: crampnet.Model, given: dict[str, Any], node: str, share: float
) -> None:
    """P(e, unnamed) = P(e, absent) + P(unnamed | present) P(e, present), and the same for every condition within it."""
    silent, unsaid = (asked.diagnose(replace(CASE, **more)).posterior for more in (given, {}))
    network = asked.network()
    before = float(unsaid.belief[network.index[node]])
    kept = 1.0 - before + share * before
    assert silent.log_evidence - unsaid.log_evidence == pytest.approx(math.log(kept), abs=1e-9)
    after = float(silent.belief[network.index[node]])
    assert after == pytest.approx(share * before / kept, rel=1e-9)
    assert 0.0 < after < before


def test_what_a_list_leaves_out_is_one_answer_that_can_only_be_taken_back(asked: crampnet.Model) -> None:
    network, evidence = asked.network(), read(asked, medicines=[], diagnoses=[])
    answers = answers_given(asked.knowledge, network, evidence)
    lists = [answer for answer in answers if answer.id.endswith("_unnamed")]
    assert [(answer.id, answer.kind, answer.state) for answer in lists] == [
        ("diagnoses_unnamed", "diagnoses_unnamed", "absent"),
        ("medicines_unnamed", "medicines_unnamed", "absent"),
    ]
    assert [[network.nodes[node].id for node in answer.nodes] for answer in lists] == [
        ["hypocalcemia"],
        ["loop_diuretic"],
    ]
    assert not any(has_opposite(answer) for answer in lists)
    assert not any(answer.kind == "ruled_out" for answer in answers)
    rest = [answer for answer in answers if answer not in lists]
    assert {**evidence.weights, **only(network, evidence, answers, rest)} == {
        **read(asked).weights,
        **{node: (1.0, 1.0) for answer in lists for node in answer.nodes},
    }


def test_the_weights_name_what_was_left_out_and_add_up(asked: crampnet.Model) -> None:
    answer = asked.diagnose(replace(CASE, medicines=[], diagnoses=["carpal_tunnel_syndrome"]))
    pairs = dict(answer.weights.of("hypocalcemia"))
    lines = {spoken(said(asked.knowledge, answer.evidence, given), "plain"): value for given, value in pairs.items()}
    assert lines["No other illness named"] == pytest.approx(math.log(0.4), rel=0.05)
    assert lines["No medicine of any other kind named"] < 0.0
    place = answer.weights.conditions.index("hypocalcemia")
    assert sum(pairs.values()) == pytest.approx(answer.weights.end[place] - answer.weights.start[place], abs=1e-9)
    assert "No medicine of any other kind named" in answer.to_markdown(full=True)


def test_a_complete_list_speaks_for_itself(asked: crampnet.Model) -> None:
    evidence = read(asked, medicines=[], medicines_complete=True)
    ids = [answer.id for answer in answers_given(asked.knowledge, asked.network(), evidence)]
    assert "medicines_complete" in ids
    assert "medicines_unnamed" not in ids


def test_what_went_unmentioned_unasked_needs_no_list(asked: crampnet.Model) -> None:
    lists: list[dict[str, Any]] = [{}, {"medicines": []}, {"diagnoses": []}]
    for given in lists:
        assert weight(asked, "dialysis", **given) == (1.0, 0.02)
        assert "dialysis" not in read(asked, **given).unnamed


@pytest.fixture(scope="module")
def infused(tmp_path_factory: pytest.TempPathFactory) -> crampnet.Model:
    """The tiny knowledge with a medicine that is told unasked by all but three in ten."""
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("infused") / "priors"))
    with (folder / "exposures/loop_diuretic.yaml").open("a", encoding="utf-8") as file:
        file.write(f"unasked: {{value: 0.3, interval: [0.1, 0.6], {GROUNDS}}}\n")
        file.write(f"unmentioned: {{value: 0.1, interval: [0.02, 0.3], {GROUNDS}}}\n")
    return crampnet.load_model(folder)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (1.0, 0.3)),
        ({"diagnoses": []}, (1.0, 0.3)),
        ({"medicines": []}, (1.0, 0.1)),
        ({"present": ["loop_diuretic"]}, PRESENT),
        ({"medicines_complete": True}, ABSENT),
    ],
)
def test_a_medicine_that_nobody_forgets_is_told_unasked(
    infused: crampnet.Model, given: dict[str, Any], expected: tuple[float, float]
) -> None:
    assert weight(infused, "loop_diuretic", **given) == expected
    assert ("loop_diuretic" in read(infused, **given).unnamed) == (given == {"medicines": []})


def test_infusions_are_told_unasked_in_the_shipped_knowledge() -> None:
    told = {name for name, record in shipped().knowledge.exposures.items() if record.silence(listed=False)}
    assert {"platinum_chemotherapy", "dialysis"} <= told
    assert not {"statin", "lithium"} & told


def test_every_shipped_class_with_an_effect_says_how_often_it_stays_unnamed() -> None:
    knowledge = shipped().knowledge
    raising = {link.cause for condition in knowledge.conditions.values() for link in condition.raised_by}
    medicines = {name for name, record in knowledge.exposures.items() if record.kind == "medicine"}
    silent = {name for name in medicines if knowledge.exposures[name].unmentioned is None}
    assert not silent & raising
    bought, prescribed = knowledge.exposures["nsaid"].unmentioned, knowledge.exposures["statin"].unmentioned
    assert bought is not None
    assert prescribed is not None
    assert bought.value > 3 * prescribed.value


def test_a_shipped_list_lowers_what_it_leaves_out_and_raises_what_it_names() -> None:
    model = shipped()
    base = Case(age=70, sex="female", present=["kind_cramp", "at_night"])
    unsaid = model.diagnose(base).posterior
    named = model.diagnose(replace(base, medicines=["furosemide"], diagnoses=["diabetes"])).posterior
    assert named.present["statin_effect"] < 0.2 * unsaid.present["statin_effect"]
    assert named.present["loop_diuretic_effect"] > 3 * unsaid.present["loop_diuretic_effect"]
    assert named.present["diabetes"] == 1.0
    assert named.present["parkinson_disease"] < 0.6 * unsaid.present["parkinson_disease"]
    for condition, record in model.knowledge.conditions.items():
        if record.unmentioned is not None:
            assert 0.2 <= record.unmentioned.value <= 0.95
            assert named.present[condition] > 0.0
