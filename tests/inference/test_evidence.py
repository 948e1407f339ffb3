"""What each answer says in the network's terms, and which answers are refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from crampnet.errors import BadCase, BadValue, CrampnetError, ImpossibleCase, UnknownName
from crampnet.inference.case import Case
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.reduction import ABSENT, PRESENT
from tests.support.models import shipped, tiny

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
    assert weights(evidence)["carpal_tunnel_syndrome"] == (1.0, pytest.approx(0.15 / 0.9))


def test_a_condition_with_its_own_accuracy_is_ruled_out_by_it() -> None:
    model = shipped()
    network = model.network()
    own = {c: r.ruled_out for c, r in model.knowledge.conditions.items() if r.ruled_out is not None}
    for condition, accuracy in own.items():
        found: Any = read_shipped(ruled_out=[condition]).weights[network.index[condition]]
        assert found == (1.0, pytest.approx((1 - accuracy.sensitivity.value) / accuracy.specificity.value))


def test_a_result_speaks_for_one_abnormality_and_against_the_other() -> None:
    evidence = read(results={"Calcium in blood": "7.4 mg/dL"})
    assert evidence.values == {"serum_calcium": pytest.approx(7.4 * 0.2495)}
    assert "serum_calcium_low" in evidence.present
    assert "serum_calcium_high" in evidence.absent
    off, on = weights(evidence)["serum_calcium_low"]
    assert off < 0.01 < on == 1.0


def test_age_and_sex_select_the_strata() -> None:
    strata = tiny().network().strata
    both = read(age=44)
    assert {(strata[i].age_band, strata[i].sex) for i in both.strata} == {("40_59", "female"), ("40_59", "male")}
    assert both.strata_weights == pytest.approx(np.array([0.51, 0.49]))
    assert [strata[i].sex for i in read(age=44, sex="male").strata] == ["male"]
    assert {strata[i].sex for i in read(sex="female").strata} == {"female"}


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
        ({"medicines": ["furosemid"]}, "medicine", "furosemide"),
        ({"diagnoses": ["hypocalcaemia"]}, "condition", "hypocalcemia"),
        ({"cared_for": ["hypocalcaemia"]}, "condition", "hypocalcemia"),
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
