"""What a careful clinician expects of the archetypes. Checks of the numbers as a whole, not targets to tune to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crampnet import Answer, Case, Model, load_model

RARE = ("als", "multifocal_motor_neuropathy", "multiple_sclerosis", "huntington_disease", "myasthenia_gravis", "myotonia", "nerve_hyperexcitability", "cervical_myelopathy", "generalized_dystonia", "parkinson_disease")  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


def first(answer: Answer) -> tuple[str, float]:
    """The leading row and its P(contributes)."""
    leader = str(answer.ranking.index[0])
    return leader, answer.posterior.contributes[leader]


def test_a_young_person_after_a_long_day_of_writing_has_overuse(model: Model) -> None:
    case = Case(
        age=23,
        sex="female",
        present=["kind_cramp", "after_long_use", "repetitive_hand_use", "during_use", "relief_rest", "course_days"],
        absent=["hand_numbness", "hand_weakness", "both_hands"],
    )
    answer = model.diagnose(case)
    assert first(answer)[0] == "overuse"
    assert all(answer.posterior.contributes[condition] < 0.01 for condition in RARE)


def test_carpopedal_spasm_after_neck_surgery_is_low_calcium(model: Model) -> None:
    case = Case(
        age=44,
        sex="female",
        present=["kind_spasm", "carpal_posture", "perioral_tingling", "recent_neck_surgery", "both_hands"],
    )
    answer = model.diagnose(case)
    assert answer.posterior.present["hypocalcemia"] > 0.9
    assert answer.ranking.index[0] in ("hypocalcemia", "severe_hypocalcemia")
    assert answer.urgency.level == "emergency"


def test_the_same_spasm_in_a_panic_attack_is_overbreathing_first(model: Model) -> None:
    case = Case(
        age=25,
        sex="female",
        present=[
            "kind_spasm",
            "carpal_posture",
            "perioral_tingling",
            "panic_attack",
            "with_fast_breathing",
            "both_hands",
        ],
    )
    answer = model.diagnose(case)
    assert answer.ranking.index[0] == "hyperventilation"
    assert answer.posterior.present["hypocalcemia"] > answer.posterior.base_rate["hypocalcemia"] / 2


def test_cramp_during_a_session_is_dialysis(model: Model) -> None:
    case = Case(age=60, sex="male", present=["kind_cramp", "dialysis", "during_dialysis"])
    assert model.diagnose(case).ranking.index[0] == "dialysis_cramp"


def test_a_cold_numb_hand_that_hurts_in_sessions_is_steal_only_with_a_shunt_in_that_arm(model: Model) -> None:
    picture = ["dialysis", "during_dialysis", "cold_pale_hand", "hand_numbness", "painful"]
    shunt = model.diagnose(Case(age=66, sex="female", present=[*picture, "dialysis_access"]))
    leader, share = first(shunt)
    assert leader == "access_steal"
    assert share > 0.8
    assert shunt.urgency.level == "emergency"
    without = model.diagnose(Case(age=66, sex="female", present=picture, absent=["dialysis_access"]))
    assert without.posterior.present["access_steal"] < 0.001


def test_one_task_at_once_painless_odd_posture_for_months_is_focal_dystonia(model: Model) -> None:
    case = Case(
        age=40,
        sex="male",
        present=["kind_loss_of_control", "only_one_task", "at_once_with_task", "abnormal_posture", "course_months"],
        absent=["painful"],
    )
    leader, share = first(model.diagnose(case))
    assert leader == "focal_hand_dystonia"
    assert share > 0.9


def test_wasting_weakness_and_fasciculation_beyond_one_nerve_is_als_first(model: Model) -> None:
    case = Case(
        age=62,
        sex="male",
        present=[
            "kind_cramp",
            "wasting_widespread",
            "limb_weakness",
            "fasciculations_widespread",
            "course_progressive",
        ],
    )
    assert model.diagnose(case).ranking.index[0] == "als"


def test_night_cramps_of_an_old_person_with_twenty_negatives_are_idiopathic(model: Model) -> None:
    case = Case(
        age=75,
        sex="female",
        present=["kind_cramp", "at_night", "feet_or_legs_too", "both_hands", "painful", "course_months"],
        absent=[
            "hand_numbness", "hand_tingling", "hand_weakness", "joint_swelling", "finger_catching", "slowness",
            "rest_tremor", "twitching_elsewhere", "muscle_wasting_noticed", "perioral_tingling", "thirst", "weight_loss",
            "fever", "only_one_task", "during_use", "alcohol_heavy", "vomiting_or_diarrhea", "dialysis", "slurred_speech",
            "swallowing_trouble",
        ],
    )  # fmt: skip
    leader, share = first(model.diagnose(case))
    assert leader == "idiopathic_cramp"
    assert share > 0.8


def test_a_bare_cramp_stays_spread(model: Model) -> None:
    answer = model.diagnose(Case(age=75, present=["kind_cramp"]))
    leader, share = first(answer)
    assert leader == "idiopathic_cramp"
    assert share < 0.6
    assert answer.urgency.level in ("self_care", "routine")


def test_a_locked_jaw_with_spasms_after_a_wound_is_tetanus(model: Model) -> None:
    case = Case(
        age=50,
        sex="male",
        present=[
            "kind_spasm",
            "kind_stiffness",
            "jaw_locked",
            "wound_recent",
            "trismus_or_opisthotonus",
            "elsewhere_too",
        ],
    )
    answer = model.diagnose(case)
    assert answer.ranking.index[0] == "tetanus"
    assert answer.urgency.level == "emergency"


def test_one_person_with_three_conditions_gets_the_ranking_of_the_pattern(model: Model) -> None:
    """Known carpal tunnel syndrome, neuropathy and a statin: the pattern decides which of them acts."""
    known = Case(
        age=60,
        sex="female",
        diagnoses=["carpal_tunnel_syndrome", "diabetic_polyneuropathy"],
        medicines=["simvastatin"],
    )
    wrist, feet = ["thumb_side", "grip_or_bent_wrist_triggers"], ["both_hands", "feet_or_legs_too"]
    first_answer = model.diagnose(replace(known, present=[*wrist, "relief_shaking"], absent=feet))
    second_answer = model.diagnose(replace(known, present=[*feet, "at_rest"], absent=wrist))
    assert first_answer.posterior.contributes["carpal_tunnel_syndrome"] > 0.9
    assert second_answer.posterior.contributes["carpal_tunnel_syndrome"] < 0.5


def test_without_a_complaint_it_ranks_by_presence(model: Model) -> None:
    answer = model.diagnose(Case(age=60, complaint=False))
    assert answer.report.ranked_by == "present"
    shares = answer.ranking["present"]
    assert shares.is_monotonic_decreasing


def test_complaints_of_the_population_add_up(model: Model) -> None:
    """Base rate times w over all conditions: the share of people with a troublesome hand in 28 days."""
    network = model.network()
    total = sum(
        float(network.base_rates[c] @ network.strata_weights) * r.troubles_hand.value
        for c, r in model.knowledge.conditions.items()
    )
    assert 0.2 < total < 0.3
