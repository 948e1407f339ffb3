"""What each answer says in the network's terms, and which answers are refused."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crampnet
from crampnet.errors import BadCase, BadValue, CrampnetError, ImpossibleCase, UnknownName
from crampnet.inference.case import Case
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.runs import ABSENT, PRESENT
from crampnet.inference.weighing import answer_weights
from tests.support.cases import FINDINGS, STATES, possible_cases
from tests.support.models import TINY, shipped, tiny

SILENT = {"dialysis": (1.0, 0.02), "thyroid_or_neck_surgery": (1.0, 0.05)}
"""What the tiny knowledge makes of not mentioning these two."""


def read(**given: Any) -> Evidence:
    model = tiny()
    case = Case(**given)
    return read_evidence(model.knowledge, model.vocabulary, model.network(case.setting), case)


def read_shipped(**given: Any) -> Evidence:
    model = shipped()
    case = Case(**given)
    return read_evidence(model.knowledge, model.vocabulary, model.network(case.setting), case)


RELIABLE = {"hand_weakness": (0.7, 0.8), "at_night": (0.55, 0.5), "kind_spasm": (0.9, 0.97)}
"""Sensitivity and specificity of three answers in a copy of the tiny knowledge; one hardly better than chance."""


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> crampnet.Model:
    """The tiny knowledge with three questions that state how far their answer can be trusted."""
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("doubtful") / "priors"))
    grounds = 'basis: judgement, grade: E, reason: "Made up for the tests."'
    for name, (se, sp) in RELIABLE.items():
        with (folder / "findings" / f"{name}.yaml").open("a", encoding="utf-8") as file:
            file.write("self_report:\n")
            file.write(f"  sensitivity: {{value: {se}, interval: [0.4, 0.99], {grounds}}}\n")
            file.write(f"  specificity: {{value: {sp}, interval: [0.4, 0.99], {grounds}}}\n")
    return crampnet.load_model(folder)


def read_doubtful(model: crampnet.Model, **given: Any) -> dict[str, Any]:
    case = Case(**given)
    return weights(read_evidence(model.knowledge, model.vocabulary, model.network(case.setting), case))


def weights(evidence: Evidence) -> dict[str, Any]:
    nodes = tiny().network().nodes
    return {nodes[position].id: pair for position, pair in evidence.weights.items()}


def test_an_empty_case_says_that_the_hand_gives_trouble_and_nothing_else() -> None:
    evidence = read()
    assert weights(evidence) == {**SILENT, "hand_complaint": PRESENT}
    assert evidence.asks
    assert evidence.strata_weights.sum() == pytest.approx(1.0)
    assert len(evidence.strata) == 10
    assert evidence.present == evidence.absent == evidence.known == frozenset()


def test_no_complaint_says_nothing_about_reasons() -> None:
    evidence = read(complaint=False)
    assert weights(evidence) == SILENT
    assert not evidence.asks


def test_a_kind_that_was_told_is_a_complaint() -> None:
    evidence = read(complaint=False, present=["kind_cramp"])
    assert evidence.asks
    assert "hand_complaint" not in weights(read(present=["kind_cramp"]))
    assert weights(read(probably_present=["kind_cramp"]))["hand_complaint"] == PRESENT
    assert not read(complaint=False, present=["hand_tingling"]).asks


def test_sure_and_probable_answers() -> None:
    """Probably is the square root of the likelihood of a plain self-report: se 0.9, sp 0.95."""
    found = weights(
        read(
            present=["hand_tingling"],
            absent=["chest_pain"],
            probably_present=["at_night"],
            probably_absent=["both_hands"],
        )
    )
    assert found["hand_tingling"] == PRESENT
    assert found["chest_pain"] == ABSENT
    assert found["at_night"] == (pytest.approx(math.sqrt(0.05 / 0.9)), 1.0)
    assert found["both_hands"] == (1.0, pytest.approx(math.sqrt(0.1 / 0.95)))


@pytest.mark.parametrize(("sure", "probable"), [("present", "probably_present"), ("absent", "probably_absent")])
def test_a_sure_answer_goes_before_the_same_said_less_surely(sure: str, probable: str) -> None:
    twice = read(**{sure: ["at_night"], probable: ["at_night"]})
    assert weights(twice) == weights(read(**{sure: ["at_night"]}))


def test_an_answer_with_a_reliability_of_its_own_weighs_what_a_person_would_say(doubtful: crampnet.Model) -> None:
    """P(answer | absent), P(answer | present) with se 0.7, sp 0.8; other questions are taken as given."""
    said = read_doubtful(doubtful, present=["hand_weakness", "hand_tingling"], absent=["at_night"])
    assert said["hand_weakness"] == pytest.approx((0.2, 0.7))
    assert said["hand_tingling"] == PRESENT
    assert said["at_night"] == pytest.approx((0.5, 0.45))
    assert read_doubtful(doubtful, absent=["hand_weakness"])["hand_weakness"] == pytest.approx((0.8, 0.3))


def test_probably_is_the_square_root_of_its_own_likelihoods(doubtful: crampnet.Model) -> None:
    yes = read_doubtful(doubtful, probably_present=["hand_weakness"])["hand_weakness"]
    no = read_doubtful(doubtful, probably_absent=["hand_weakness"])["hand_weakness"]
    assert yes == pytest.approx((math.sqrt(0.2 / 0.7), 1.0))
    assert no == pytest.approx((1.0, math.sqrt(0.3 / 0.8)))


def test_what_was_examined_is_taken_as_it_stands(doubtful: crampnet.Model) -> None:
    """For a clinician's "probably", the general accuracy of the tiny knowledge: se 0.9, sp 0.95."""
    seen = read_doubtful(doubtful, present=["Weak grip"], absent=["at_night"], examined=["hand_weakness", "at_night"])
    assert seen["hand_weakness"] == PRESENT
    assert seen["at_night"] == ABSENT
    unsure = read_doubtful(doubtful, probably_present=["hand_weakness"], examined=["Weak grip"])
    assert unsure["hand_weakness"] == (pytest.approx(math.sqrt(0.05 / 0.9)), 1.0)


def test_examined_changes_nothing_where_no_reliability_is_stated() -> None:
    case: dict[str, Any] = {"present": ["phalen_sign", "dialysis"], "probably_absent": ["at_night"]}
    assert weights(read(**case, examined=["phalen_sign", "dialysis", "at_night"])) == weights(read(**case))


def test_a_reliability_changes_no_flag_and_no_list_of_answers(doubtful: crampnet.Model) -> None:
    case = Case(present=["hand_weakness", "chest_pain"], absent=["kind_spasm"])
    plain, soft = tiny().diagnose(case), doubtful.diagnose(case)
    assert plain.evidence.present == soft.evidence.present
    assert plain.evidence.absent == soft.evidence.absent
    assert [flag.id for flag in plain.urgency.fired] == [flag.id for flag in soft.urgency.fired] != []


def test_a_kind_that_is_not_taken_as_given_leaves_the_complaint_certain(doubtful: crampnet.Model) -> None:
    said = read_doubtful(doubtful, present=["kind_spasm"])
    assert said["kind_spasm"] == pytest.approx((0.03, 0.9))
    assert said["hand_complaint"] == PRESENT
    assert "hand_complaint" not in read_doubtful(doubtful, present=["kind_spasm"], examined=["kind_spasm"])


def test_a_reported_answer_is_the_exact_mixture_of_both_states(doubtful: crampnet.Model) -> None:
    """P(e, yes) = se P(e, f) + (1 - sp) P(e, not f), and the same for every condition within it."""
    base = Case(age=60, sex="female", present=["kind_cramp", "hand_tingling"], absent=["chest_pain"])
    there = doubtful.diagnose(replace(base, present=[*base.present, "hand_weakness"], examined=["hand_weakness"]))
    not_there = doubtful.diagnose(replace(base, absent=[*base.absent, "hand_weakness"], examined=["hand_weakness"]))
    said = doubtful.diagnose(replace(base, present=[*base.present, "hand_weakness"])).posterior
    with_, without = 0.7 * math.exp(there.posterior.log_evidence), 0.2 * math.exp(not_there.posterior.log_evidence)
    assert math.exp(said.log_evidence) == pytest.approx(with_ + without, rel=1e-9)
    for condition, share in said.contributes.items():
        mixed = with_ * there.posterior.contributes[condition] + without * not_there.posterior.contributes[condition]
        assert share == pytest.approx(mixed / (with_ + without), rel=1e-9)


def _degrees(case: Case, name: str) -> list[Case]:
    """The case with one more answer, from surely absent on examination to surely present on examination."""
    said = {state: (*getattr(case, state), name) for state in STATES}
    seen = (*case.examined, name)
    return [
        replace(case, absent=said["absent"], examined=seen),
        replace(case, absent=said["absent"]),
        replace(case, probably_absent=said["probably_absent"]),
        case,
        replace(case, probably_present=said["probably_present"]),
        replace(case, present=said["present"]),
        replace(case, present=said["present"], examined=seen),
    ]


@settings(max_examples=40)
@given(st.data())
def test_the_surer_an_answer_the_further_it_moves_every_condition(
    doubtful: crampnet.Model, data: st.DataObject
) -> None:
    """From absent over unknown to present each posterior only rises or only falls, whatever the reliability."""
    case = replace(data.draw(possible_cases(most=5)), complaint=True)
    asked = {name for state in STATES for name in getattr(case, state)}
    free = sorted(set(FINDINGS) - asked)
    name = data.draw(st.sampled_from([n for n in RELIABLE if n in free] + free))
    posteriors = [doubtful.diagnose(degree).posterior for degree in _degrees(case, name)]
    for rows in ([p.contributes for p in posteriors], [p.present for p in posteriors]):
        for condition in rows[0]:
            steps = np.diff([row[condition] for row in rows])
            assert (steps >= -1e-9).all() or (steps <= 1e-9).all(), (name, condition, steps)


def test_the_stated_reliabilities_reach_the_shipped_network() -> None:
    model = shipped()
    own = {n: r.self_report for n, r in model.knowledge.findings.items() if r.self_report is not None}
    assert own
    for name, accuracy in own.items():
        se, sp = accuracy.sensitivity.value, accuracy.specificity.value
        node = model.network().index[name]
        assert read_shipped(present=[name]).weights[node] == pytest.approx((1.0 - sp, se))
        assert read_shipped(absent=[name]).weights[node] == pytest.approx((sp, 1.0 - se))
        assert read_shipped(present=[name], examined=[name]).weights[node] == PRESENT


def test_without_a_reliability_an_answer_is_certain() -> None:
    knowledge = shipped().knowledge
    for name, record in knowledge.findings.items():
        if record.self_report is None:
            assert answer_weights(knowledge, name, True) == PRESENT
            assert answer_weights(knowledge, name, False) == ABSENT


def test_an_exposure_that_is_mentioned_is_not_unmentioned() -> None:
    assert weights(read(present=["dialysis"]))["dialysis"] == PRESENT
    assert weights(read(absent=["dialysis"]))["dialysis"] == ABSENT


def test_medicines_answer_their_class() -> None:
    evidence = read(medicines=["Lasix 40 mg"])
    assert weights(evidence)["loop_diuretic"] == PRESENT
    assert evidence.medicine_classes == {"Lasix 40 mg": "loop_diuretic"}
    assert "loop_diuretic" in evidence.present
    assert "loop_diuretic" not in weights(read())


def test_a_complete_list_of_medicines_excludes_the_others() -> None:
    assert weights(read(medicines_complete=True))["loop_diuretic"] == ABSENT
    assert weights(read(medicines_complete=True, medicines=["lasix"]))["loop_diuretic"] == PRESENT
    assert weights(read(medicines_complete=True, probably_present=["loop_diuretic"]))["loop_diuretic"][1] == 1.0


def test_known_and_ruled_out_diagnoses() -> None:
    evidence = read(diagnoses=["Low calcium"], ruled_out=["carpal tunnel syndrome"])
    assert evidence.known == {"hypocalcemia"}
    assert weights(evidence)["hypocalcemia"] == PRESENT
    # Sensitivity 0.85 and specificity 0.9 of what ruled it out.
    assert weights(evidence)["carpal_tunnel_syndrome"] == (0.9, pytest.approx(0.15))


def test_a_condition_with_its_own_accuracy_is_ruled_out_by_it() -> None:
    model = shipped()
    network = model.network()
    own = {c: r.ruled_out for c, r in model.knowledge.conditions.items() if r.ruled_out is not None}
    for condition, accuracy in own.items():
        found: Any = read_shipped(ruled_out=[condition]).weights[network.index[condition]]
        assert found == pytest.approx((accuracy.specificity.value, 1 - accuracy.sensitivity.value))


def test_a_result_speaks_for_one_abnormality_and_against_the_other() -> None:
    evidence = read(results={"Calcium in blood": "7.4 mg/dL"})
    assert evidence.values == {"serum_calcium": pytest.approx(7.4 * 0.2495)}
    assert "serum_calcium_low" in evidence.present
    assert "serum_calcium_high" in evidence.absent
    off, on = weights(evidence)["serum_calcium_low"]
    assert off < 0.01 < on == 1.0


def test_a_value_within_the_reference_range_is_no_abnormality() -> None:
    """However it speaks: rules and words go by what lies outside the range, the posterior by the densities."""
    for value, outside in (("2.14 mmol/L", True), ("2.15 mmol/L", False), ("2.17 mmol/L", False)):
        evidence = read(results={"serum_calcium": value})
        assert ("serum_calcium_low" in evidence.present) is outside
        assert ("serum_calcium_low" in evidence.absent) is not outside
    off, on = weights(read(results={"serum_calcium": "2.15 mmol/L"}))["serum_calcium_low"]
    assert off != on


def test_age_and_sex_select_the_strata() -> None:
    strata = tiny().network().strata
    both = read(age=44)
    assert {(strata[i].age_band, strata[i].sex) for i in both.strata} == {("40_59", "female"), ("40_59", "male")}
    assert both.strata_weights == pytest.approx(np.array([0.51, 0.49]))
    assert [strata[i].sex for i in read(age=44, sex="male").strata] == ["male"]
    assert {strata[i].sex for i in read(sex="female").strata} == {"female"}


def test_care_that_was_sought_selects_strata_as_common_as_the_others() -> None:
    strata = tiny().network().strata
    sought = read(age=44, sought_care=True)
    assert all(strata[i].sought_care for i in sought.strata)
    assert sought.strata_weights == pytest.approx(np.array([0.51, 0.49]))
    for nothing in (read(age=44), read(age=44, sought_care=False)):
        assert not any(strata[i].sought_care for i in nothing.strata)


@pytest.fixture(scope="module")
def led_to_care(tmp_path_factory: pytest.TempPathFactory) -> crampnet.Model:
    """The tiny knowledge in which a condition troubles the hand only where it also makes people go to a clinician."""
    overlay = tmp_path_factory.mktemp("led") / "overlay.yaml"
    lines = [
        f"conditions.{name}.troubles_hand.value: {record.troubles_hand.value * record.seeks_care.value!r}\n"
        for name, record in tiny().knowledge.conditions.items()
    ]
    overlay.write_text("".join(lines), encoding="utf-8")
    return crampnet.load_model(TINY, overlay=overlay)


@given(case=possible_cases())
@settings(max_examples=40)
def test_sought_care_is_the_network_whose_reasons_made_people_go(case: Case, led_to_care: crampnet.Model) -> None:
    plain = replace(case, complaint=True, sought_care=None)
    theirs = _rows(led_to_care, plain)
    assert _rows(tiny(), replace(plain, sought_care=True)) == pytest.approx(theirs, abs=1e-9)


def _rows(model: crampnet.Model, case: Case) -> dict[str, float]:
    """Both posteriors of every row; empty where the answers cannot be."""
    try:
        ranking = model.diagnose(case).ranking
    except ImpossibleCase:
        return {}
    return {
        f"{name} {key}": float(ranking.loc[name, key]) for name in ranking.index for key in ("contributes", "present")
    }


@pytest.mark.parametrize(
    ("age", "band"), [(12, "12_17"), (17.9, "12_17"), (18, "18_39"), (39.99, "18_39"), (75, "75_120"), (120, "75_120")]
)
def test_every_age_has_its_band(age: float, band: str) -> None:
    strata = tiny().network().strata
    assert {strata[i].age_band for i in read(age=age).strata} == {band}


def test_under_18_warns() -> None:
    assert "Under 18" in read(age=17).warnings[0]
    assert read(age=18).warnings == read().warnings == ()


@pytest.mark.parametrize("age", [11, 11.99, 121, 120.5, -44, "abc", "44", True, float("nan"), float("inf"), [44]])
def test_an_age_that_nobody_here_has_is_refused(age: Any) -> None:
    with pytest.raises(BadValue, match="12 to 120") as error:
        read(age=age)
    assert (error.value.name, error.value.given) == ("age", age) or age != age


@pytest.mark.parametrize("sex", ["x", "Female", "", 1, ["female"]])
def test_a_sex_that_is_not_known_here_is_refused(sex: Any) -> None:
    with pytest.raises(BadValue, match="female or male"):
        read(sex=sex)


@pytest.mark.parametrize(
    ("given", "kind", "offered"),
    [
        ({"present": ["hand_tinglin"]}, "finding", "hand_tingling"),
        ({"absent": ["chest_pian"]}, "finding", "chest_pain"),
        ({"probably_present": ["at_nite"]}, "finding", "at_night"),
        ({"probably_absent": ["dialisis"]}, "finding", "dialysis"),
        ({"examined": ["hand_weaknes"]}, "finding", "hand_weakness"),
        ({"medicines": ["furosemid"]}, "medicine", "furosemide"),
        ({"diagnoses": ["hypocalcemai"]}, "condition", "hypocalcemia"),
        ({"cared_for": ["hypocalcemai"]}, "condition", "hypocalcemia"),
        ({"ruled_out": ["carpal tunel"]}, "condition", "carpal_tunnel_syndrome"),
        ({"results": {"serum_calcim": "1.85 mmol/L"}}, "test", "serum_calcium"),
        ({"results": {"serum_calcium": "1.85 mgdL"}}, "unit of serum_calcium", "mg/dL"),
    ],
)
def test_an_unknown_name_offers_the_right_one(given: dict[str, Any], kind: str, offered: str) -> None:
    with pytest.raises(UnknownName) as error:
        read(**given)
    assert error.value.kind == kind
    assert error.value.nearest[0] == offered


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ({"present": ["at_night"], "absent": ["at_night"]}, ("absent", "present", "at_night")),
        ({"present": ["at_night"], "probably_absent": ["at_night"]}, ("probably_absent", "present", "at_night")),
        ({"absent": ["at_night"], "probably_present": ["at_night"]}, ("probably_present", "absent", "at_night")),
        ({"present": ["Tingling hand"], "absent": ["pins and needles"]}, ("absent", "present", "hand_tingling")),
        ({"medicines": ["lasix"], "absent": ["loop_diuretic"]}, ("medicines", "absent", "lasix", "loop_diuretic")),
        ({"medicines": ["lasix"], "probably_absent": ["loop_diuretic"]}, ("medicines", "probably_absent", "lasix")),
        ({"diagnoses": ["hypocalcemia"], "ruled_out": ["low calcium"]}, ("ruled_out", "diagnoses", "hypocalcemia")),
        ({"cared_for": ["hypocalcemia"]}, ("cared_for", "diagnoses", "hypocalcemia")),
        ({"examined": ["at_night"]}, ("examined", "at_night", "not answered")),
        ({"examined": ["dialysis"], "present": ["at_night"]}, ("examined", "dialysis", "not answered")),
        (
            {"results": {"serum_calcium": "2 mmol/L", "Calcium in blood": "2.1 mmol/L"}},
            ("results", "serum_calcium", "twice"),
        ),
        (
            {"results": {"serum_calcium": "2 mmol/L"}, "absent": ["serum_calcium_low"]},
            ("results", "absent", "serum_calcium_low"),
        ),
    ],
)
def test_answers_that_contradict_each_other_are_refused_under_both_keys(
    given: dict[str, Any], keys: tuple[str, ...]
) -> None:
    with pytest.raises(BadCase) as error:
        read(**given)
    assert error.value.place == keys[0]
    for key in keys:
        assert key in str(error.value)


def test_pregnancy_is_an_answer_like_any_other() -> None:
    network = shipped().network()
    assert read_shipped(pregnant=True).weights[network.index["pregnancy"]] == PRESENT
    assert read_shipped(pregnant=False, sex="male").weights[network.index["pregnancy"]] == ABSENT
    assert read_shipped(present=["third_trimester"]).weights[network.index["pregnancy"]] == PRESENT
    with pytest.raises(BadCase, match="pregnant: pregnancy is also under present"):
        read_shipped(pregnant=False, present=["pregnancy"])
    with pytest.raises(BadCase, match="third_trimester"):
        read_shipped(pregnant=False, present=["third_trimester"])
    with pytest.raises(BadCase, match="pregnant"):
        read(pregnant=True)


@pytest.mark.parametrize("given", [{"pregnant": True}, {"present": ["pregnancy"]}, {"present": ["third_trimester"]}])
def test_a_pregnant_man_is_impossible_and_both_answers_are_named(given: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleCase) as error:
        read_shipped(sex="male", **given)
    said = " ".join(error.value.clash)
    assert "pregnancy" in said or "third_trimester" in said
    assert "male" in said


def test_a_man_who_is_probably_pregnant_is_just_a_man() -> None:
    model = shipped()
    man = model.diagnose(Case(sex="male", age=44))
    doubtful = model.diagnose(Case(sex="male", age=44, probably_present=["pregnancy"]))
    for condition, share in man.posterior.contributes.items():
        assert doubtful.posterior.contributes[condition] == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize(
    "given",
    [
        {"age": 11},
        {"present": ["nothing like it"]},
        {"results": {"serum_calcium": "2"}},
        {"setting": "moon"},
        {"present": ["at_night"], "absent": ["at_night"]},
    ],
)
def test_every_refusal_says_what_to_do(given: dict[str, Any]) -> None:
    with pytest.raises(CrampnetError) as error:
        read(**given)
    assert error.value.remedy.strip().endswith((".", "?"))


@pytest.mark.parametrize("told", ["present", "absent"])
@pytest.mark.parametrize("other", [{}, {"absent": ["both_hands"]}, {"probably_absent": ["both_hands"]}])
def test_an_answer_that_counts_only_with_another_moves_nothing_without_it(told: str, other: dict[str, Any]) -> None:
    """Whether one hand began says nothing where one hand alone is affected."""
    given = {"present": ["kind_tremor"], **other}
    plain = read_shipped(**given)
    said = read_shipped(**{**given, told: [*given.get(told, []), "one_hand_first"]})
    assert said.weights == plain.weights
    assert said.labels == plain.labels
    assert len(said.warnings) == 1
    assert 'counts only with "Both hands' in said.warnings[0]
    assert "one_hand_first" in said.present | said.absent


@pytest.mark.parametrize("key", ["present", "probably_present"])
def test_it_counts_with_the_other(key: str) -> None:
    node = shipped().network().index["one_hand_first"]
    said = read_shipped(**{"absent": ["one_hand_first"], key: ["both_hands"]})
    assert node in said.weights
    assert said.warnings == ()


def test_a_finding_that_repeats_what_was_told_moves_nothing() -> None:
    node = shipped().network().index["ecg_atrial_fibrillation"]
    told = read_shipped(present=["ecg_atrial_fibrillation", "atrial_fibrillation"])
    assert node not in told.weights
    assert "ecg_atrial_fibrillation" in told.present
    assert told.warnings == ()
    assert node in read_shipped(present=["ecg_atrial_fibrillation"]).weights
    assert node in read_shipped(present=["ecg_atrial_fibrillation"], absent=["atrial_fibrillation"]).weights
