"""The warning signs of the hand itself: where each of them fires, and the everyday pictures that set none of them off."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from crampnet.inference.case import Case
from crampnet.reasoning.screening import questions, said_of, undecided
from tests.reasoning.test_urgency import assess_rules, read
from tests.support.models import shipped

HAND_FLAGS = {
    "rf_injection",
    "rf_flexor_sheath",
    "rf_flexor_sheath_signs",
    "rf_finger_swollen_bent",
    "rf_redness_spreading",
    "rf_deep_infection",
    "rf_limb_ischaemia",
    "rf_ischaemia_sudden",
    "rf_ischaemia_puncture",
    "rf_ischaemia_puncture_numb",
    "rf_ischaemia_puncture_pain",
    "rf_fingertip_black",
    "rf_fingers_dusky_grave",
    "rf_fingers_dusky",
    "rf_stroke_hand",
    "rf_heart_arm",
    "rf_tendon_torn",
    "rf_stroke_hand_weak",
    "rf_stroke_hand_drop",
    "rf_stroke_hand_vessels",
    "rf_stroke_scan",
    "rf_clumsy_new_grave",
    "rf_clumsy_new",
    "rf_deficit_headache",
    "rf_ataxia_sudden",
    "rf_ataxia_new",
    "rf_infection_up_arm",
    "rf_trousseau_overt",
    "rf_heart_spell_long",
    "rf_weak_limbs_heart",
    "rf_weak_limbs_both",
    "rf_paralysis_potassium",
    "rf_fever_neck",
    "rf_fever_joint",
    "rf_weak_limbs_sudden",
    "rf_muscle_medicine",
    "rf_muscle_medicine_severe",
    "rf_root_weak",
    "rf_wasting_motor",
    "rf_numb_new",
    "rf_joint_new",
    "rf_joint_pain_severe",
    "rf_fracture_fresh",
    "rf_lithium_tremor",
    "rf_dialysis_dizzy",
    "rf_dialysis_medicine",
    "rf_dialysis_access_cold",
    "rf_dialysis_access_nerve",
    "rf_dialysis_access_pain",
    "rf_access_cold",
    "rf_access_nerve",
    "rf_access_constant_pain",
    "rf_access_rest_pain",
    "rf_access_rest_pain_legs",
    "rf_access_night_pain",
    "rf_access_sudden",
    "rf_access_hand",
    "rf_access_session",
    "rf_pain_temperature_weak",
    "rf_pain_temperature_both",
    "rf_horner",
    "rf_face_hand_new",
    "rf_hand_alien_new",
    "rf_infection_weak",
}
GRAVE = ["high_pressure_injection", "redness_spreading", "fingertip_black", "hand_suddenly_cold_painful"]
GRAVE += ["hand_failed_suddenly", "arm_pain_like_heart"]


def fired(present: Sequence[str], absent: Sequence[str] = ()) -> set[str]:
    _, evidence = read(shipped(), Case(present=tuple(present), absent=tuple(absent)))
    return {str(flag.id) for flag in assess_rules(shipped().knowledge, evidence).fired}


def level(present: Sequence[str]) -> str:
    _, evidence = read(shipped(), Case(present=tuple(present)))
    return assess_rules(shipped().knowledge, evidence).level


def open_questions(levels: Collection[str], *present: str) -> Sequence[str]:
    network, evidence = read(shipped(), Case(present=present))
    found = questions(undecided(shipped().knowledge, said_of(shipped().knowledge, network, evidence)))
    return [name for name, level in found.items() if level in levels]


@pytest.mark.parametrize("sign", GRAVE)
def test_one_grave_sign_is_enough(sign: str) -> None:
    assert level([sign]) == "emergency"
    assert sign in open_questions(["emergency"])


@pytest.mark.parametrize("second", ["hand_infected", "wound_recent", "fever", "course_days"])
def test_a_swollen_bent_finger_is_an_emergency_when_new_or_infected(second: str) -> None:
    assert "rf_flexor_sheath" in fired(["finger_swollen_bent", second])
    assert level(["finger_swollen_bent", second]) == "emergency"


def test_a_swollen_bent_finger_alone_is_urgent() -> None:
    assert level(["finger_swollen_bent"]) == level(["finger_swollen_bent", "course_months"]) == "urgent"


def test_an_infected_hand_is_an_emergency_only_when_it_is_deep_or_spreads() -> None:
    assert level(["hand_infected"]) == level(["hand_infected", "hand_swelling"]) == "urgent"
    assert level(["hand_infected", "severe_pain", "hand_swelling"]) == "emergency"
    assert level(["hand_infected", "redness_spreading"]) == "emergency"


STING = ["stung_hand", "redness_spreading", "hand_infected", "hand_swelling_sudden", "forearm_or_arm_too"]


def test_a_large_reaction_to_a_sting_is_urgent_and_the_same_without_a_sting_an_emergency() -> None:
    assert level(STING) == level([*STING, "worse_within_days", "hand_swelling"]) == "urgent"
    assert level(STING[1:]) == "emergency"


@pytest.mark.parametrize("spread", [STING[:2], [STING[0], "hand_infected", "forearm_or_arm_too"]])
@pytest.mark.parametrize(
    "sign",
    [
        "fever",
        "pus_seen",
        "severe_pain",
        "hand_numbness",
        "hand_blistered",
        "cold_pale_hand",
        "fingers_dusky",
        "confusion",
        "tachycardia",
        "weak_defences",
        "glucose_lowering_medicine",
        "venom_bite",
        "sting_by_unseen",
        "forearm_tense_after_injury",
        "finger_swollen_bent",
    ],
)
def test_a_reaction_to_a_sting_with_a_grave_sign_is_an_emergency(spread: list[str], sign: str) -> None:
    assert level([*spread, sign]) == "emergency"


@pytest.mark.parametrize(
    "told",
    [
        "stung_hand throat_tightness course_months",
        "stung_hand hives_or_swollen_face fast_breathing_seen course_months",
        "stung_hand sting_by_unseen hand_swelling_sudden",
        "stung_hand sting_by_unseen severe_pain",
        "stung_hand severe_pain hand_numbness arm_swollen",
        "after_injury cold_pale_hand hand_numbness",
    ],
)
def test_a_shock_an_unseen_animal_a_tight_or_a_cold_hand_is_an_emergency_by_itself(told: str) -> None:
    assert level(told.split()) == "emergency"


@pytest.mark.parametrize("change", ["clubbed_fingers smoking", "growth_not_healing worse_within_days"])
def test_clubbing_and_a_growth_are_an_appointment_and_urgent_with_a_sign(change: str) -> None:
    finding, sign = change.split()
    assert level([finding]) == "routine"
    assert level([finding, sign]) == "urgent"


def test_a_cold_hand_is_an_emergency_when_sudden_with_a_sign_of_a_clot() -> None:
    picture = ["cold_pale_hand", "onset_sudden", "ecg_atrial_fibrillation"]
    assert "rf_ischaemia_sudden" in fired(picture)
    assert "rf_ischaemia_sudden" not in fired([*picture, "cold_triggers"])
    for left in picture:
        assert "rf_ischaemia_sudden" not in fired([name for name in picture if name != left])


@pytest.mark.parametrize("sign", ["cold_pale_hand", "sudden_loss_of_feeling", "severe_pain"])
def test_a_punctured_artery_makes_it_an_emergency(sign: str) -> None:
    assert level([sign, "artery_puncture_recent"]) == "emergency"
    assert level([sign]) != "emergency"
    assert level(["artery_puncture_recent"]) == "self_care"


PICTURES = [
    ("rf_arm_pain_sudden", "painful forearm_or_arm_too onset_sudden course_days", "after_injury", "urgent"),
    ("rf_fever_stiff_antipsychotic", "antipsychotic fever kind_stiffness", "kind_locking", "emergency"),
    ("rf_fever_stiff_antiemetic", "antiemetic_dopamine_blocker fever rigidity", "", "emergency"),
    ("rf_fever_stiff_antiemetic_told", "antiemetic_dopamine_blocker fever muscle_stiffness", "course_months", "urgent"),
    ("rf_open_fracture", "hand_bruise_or_deformity wound_recent course_days", "", "emergency"),
    ("rf_asterixis_urine", "asterixis little_dark_urine", "", "emergency"),
    ("rf_hot_joint_wound", "red_painful_joint_sudden wound_recent", "", "emergency"),
    ("rf_steroid_low_pressure", "systemic_steroid low_blood_pressure nausea", "", "urgent"),
    ("rf_steroid_crisis", "systemic_steroid low_blood_pressure fainting", "", "emergency"),
    (
        "rf_infection_weak_hands",
        "hand_weakness both_hands infection_weeks_before course_days",
        "joint_swelling",
        "emergency",
    ),
    ("rf_weak_limbs_heart_attacks", "limb_weakness palpitations in_attacks", "panic_attack", "urgent"),
    (
        "rf_cord_neck_gait",
        "neck_pain stiff_or_unsteady_gait course_days clumsy_hands",
        "with_fast_breathing",
        "emergency",
    ),
    ("rf_fall_both_hands", "after_injury both_hands neck_pain course_days burning_hands", "course_months", "emergency"),
    ("rf_swelling_pain_numb", "severe_pain hand_swelling course_days hand_numbness", "both_hands", "emergency"),
    (
        "rf_lain_on_arm",
        "noticed_on_waking hand_swelling hand_weakness course_days forearm_or_arm_too",
        "both_hands",
        "emergency",
    ),
    ("rf_cold_hand_new", "cold_pale_hand onset_sudden course_days hand_numbness", "cold_triggers", "emergency"),
    ("rf_clumsy_waking", "clumsy_hands noticed_on_waking course_days", "hand_tingling", "emergency"),
    ("rf_sugar_crisis", "thirst frequent_urination belly_pain vomiting_or_diarrhea", "", "emergency"),
    ("rf_adrenal_failure", "low_blood_pressure weight_loss fatigue", "", "urgent"),
    (
        "rf_tremor_seeing_things",
        "restless_or_hallucinating kind_tremor heavy_sweating course_days",
        "panic_attack",
        "emergency",
    ),
    ("rf_platinum_tetany", "platinum_chemotherapy carpal_posture", "cold_triggers", "urgent"),
    ("rf_meal_poison", "risky_meal course_days kind_spasm", "", "emergency"),
]
"""Rule, the answers that set it off, one that calls it off if there is one, and the level."""


@pytest.mark.parametrize(("flag", "picture", "off", "set_to"), PICTURES)
def test_a_picture_sets_the_level_and_no_part_of_it_alone(flag: str, picture: str, off: str, set_to: str) -> None:
    present = picture.split()
    assert flag in fired(present)
    assert level(present) == set_to
    for left in present:
        assert flag not in fired([name for name in present if name != left])
    if off:
        assert flag not in fired([*present, off])


def test_a_chemical_that_hurts_is_an_emergency() -> None:
    assert level(["chemical_on_hand"]) == "urgent"
    assert level(["chemical_on_hand", "painful"]) == "emergency"


def test_blue_fingers_are_urgent_unless_warmth_brings_them_back_and_grave_with_ischaemia() -> None:
    assert "rf_fingers_dusky" in fired(["fingers_dusky"])
    assert "rf_fingers_dusky" not in fired(["fingers_dusky", "relief_warmth"])
    assert level(["fingers_dusky"]) == "urgent"
    assert level(["fingers_dusky", "relief_warmth", "sudden_loss_of_feeling"]) == "emergency"


@pytest.mark.parametrize("second", ["after_injury", "wound_recent", "onset_sudden"])
def test_a_finger_that_drops_is_urgent_after_an_injury_or_suddenly(second: str) -> None:
    assert "rf_tendon_torn" in fired(["active_extension_lost", second])


@pytest.mark.parametrize(
    "second", ["painful", "hand_tingling", "arm_pain_from_neck", "after_injury", "both_hands", "in_attacks"]
)
def test_a_suddenly_weak_hand_is_an_emergency_unless_something_harmless_explains_it(second: str) -> None:
    assert level(["hand_weakness", "onset_sudden"]) == "emergency"
    assert level(["hand_weakness", "onset_sudden", second]) == "urgent"


def test_a_wrist_that_drops_in_sleep_is_urgent_and_one_that_keeps_its_feeling_an_emergency() -> None:
    drop = ["wrist_or_finger_drop", "onset_sudden", "course_days"]
    assert level(drop) == "emergency"
    assert level([*drop, "hand_numbness", "high_blood_pressure"]) == level([*drop, "joint_swelling"]) == "urgent"
    assert level(["wrist_or_finger_drop", "course_days"]) == "urgent"
    assert level(["wrist_or_finger_drop", "course_days", "high_blood_pressure"]) == "emergency"


def test_a_stroke_on_the_scan_is_an_emergency_only_while_the_trouble_is_new() -> None:
    assert level(["mri_brain_infarct", "course_days"]) == "emergency"
    assert "rf_stroke_scan" not in fired(["mri_brain_infarct", "onset_sudden", "course_months", "prior_stroke"])


@pytest.mark.parametrize("second", ["ataxia", "high_blood_pressure", "headache", "prior_stroke"])
def test_a_newly_clumsy_hand_is_urgent_and_an_emergency_with_a_sign_of_the_brain(second: str) -> None:
    assert level(["clumsy_hands", "course_days"]) == "urgent"
    assert level(["clumsy_hands", "course_days", second]) == "emergency"
    assert level(["clumsy_hands", "course_months", second]) != "emergency"


def test_a_spasm_under_the_cuff_is_an_emergency_with_tetany_but_not_with_overbreathing() -> None:
    assert level(["trousseau_sign", "perioral_tingling"]) == "emergency"
    assert level(["trousseau_sign", "perioral_tingling", "fast_breathing"]) == level(["trousseau_sign"]) == "urgent"


def test_short_spasms_of_one_hand_and_another_part_are_urgent() -> None:
    picture = ["kind_spasm", "brief_attacks", "elsewhere_too"]
    assert level(picture) == "urgent"
    for left in picture:
        assert "rf_spasm_side" not in fired([name for name in picture if name != left])
    for harmless in ("both_hands", "feet_or_legs_too"):
        assert "rf_spasm_side" not in fired([*picture, harmless])


def test_an_infected_palm_is_an_emergency() -> None:
    assert level(["hand_infected", "in_palm"]) == "emergency"
    assert level(["hand_infected", "single_finger"]) == "urgent"


def test_a_pounding_heart_is_urgent_with_short_breath_and_grave_with_a_suppressed_thyroid_value() -> None:
    assert level(["palpitations", "breathless_on_exertion"]) == "urgent"
    assert "rf_heart_breath" not in fired(["palpitations", "breathless_on_exertion", "with_fast_breathing"])
    assert level(["palpitations", "tsh_low"]) == "urgent"
    for second in ("breathless_on_exertion", "fever", "confusion"):
        assert level(["palpitations", "tsh_low", second]) == "emergency"


BRUISED = ["bleeding_unusual", "finger_bruise", "single_finger", "hand_swelling_sudden"]
AGAINST_A_BURST_VEIN = [
    "blood_thinner",
    "cold_pale_hand",
    "weak_arm_pulse",
    "capillary_refill_slow",
    "severe_pain",
    "sudden_loss_of_feeling",
    "hand_or_arm_injury",
    "injects_drugs",
    "platelets_low",
    "fever",
    "hand_suddenly_cold_painful",
    "forearm_tense_after_injury",
]


def test_one_finger_that_bruised_and_swelled_by_itself_is_urgent_and_anything_less_told_an_emergency() -> None:
    assert level(BRUISED) == level(["finger_bruise", "single_finger"]) == level(["finger_bruise"]) == "urgent"
    for told in ("finger_bruise", "single_finger"):
        assert level([name for name in BRUISED if name != told]) == "emergency"


@pytest.mark.parametrize("danger", AGAINST_A_BURST_VEIN)
def test_a_bruised_finger_with_a_sign_against_a_burst_vein_is_an_emergency(danger: str) -> None:
    assert level([*BRUISED, danger]) == "emergency"


def test_a_blue_finger_is_left_to_advice_only_as_one_finger_that_bruised_in_attacks() -> None:
    picture = ["fingers_dusky", "finger_bruise", "single_finger", "in_attacks"]
    assert level(picture) == "self_care"
    for left in picture[1:]:
        assert level([name for name in picture if name != left]) == "urgent"
    assert level([*picture, "hand_numbness"]) == "urgent"


@pytest.mark.parametrize("danger", ["fever", "injects_drugs", "arm_vein_line", "weak_defences"])
def test_sore_finger_spots_are_an_emergency_where_a_heart_valve_may_be_infected(danger: str) -> None:
    assert level(["painful_finger_spots", danger]) == "emergency"
    assert level(["painful_finger_spots", "purple_spots"]) == "urgent"
    assert level(["painful_finger_spots", "heavy_sweating", "weight_loss"]) == "emergency"


def test_limbs_that_fail_suddenly_for_hours_are_an_emergency_but_not_in_a_panic() -> None:
    picture = ["limb_weakness", "onset_sudden", "attacks_over_an_hour", "course_months"]
    assert level(picture) == "emergency"
    for harmless in ("panic_attack", "with_fast_breathing", "fast_breathing"):
        assert "rf_weak_hours" not in fired([*picture, harmless])
    for left in picture[:3]:
        assert "rf_weak_hours" not in fired([name for name in picture if name != left])


@pytest.mark.parametrize("second", ["stiff_or_unsteady_gait", "proximal_weakness", "clumsy_hands", "hand_weakness"])
def test_fever_with_weak_limbs_is_an_emergency_when_hands_or_steps_fail(second: str) -> None:
    assert level(["fever", "limb_weakness", second]) == "emergency"
    assert "rf_fever_weak" not in fired(["fever", "limb_weakness"])
    assert "rf_fever_weak" not in fired(["fever", "limb_weakness", second, "course_months"])


def test_hands_and_feet_numb_within_days_of_a_gut_infection_are_an_emergency() -> None:
    picture = ["vomiting_or_diarrhea", "feet_numb_or_burning", "hand_tingling", "course_days"]
    assert level(picture) == "emergency"
    for left in picture:
        assert "rf_numb_gut" not in fired([name for name in picture if name != left])
    assert "rf_numb_gut" not in fired([*picture, "with_fast_breathing"])


@pytest.mark.parametrize("low", ["serum_calcium_low", "ionized_calcium_low"])
@pytest.mark.parametrize("spasm", ["kind_spasm", "carpal_posture"])
def test_low_calcium_is_urgent_and_an_emergency_with_spasm(low: str, spasm: str) -> None:
    assert level([low]) == level([low, "kind_cramp"]) == "urgent"
    assert level([low, spasm]) == level([low, "trousseau_sign"]) == "emergency"
    assert "rf_calcium_low_cuff" not in fired([low, "trousseau_sign", "course_months"])
    assert level([spasm]) != "emergency"


def test_low_potassium_is_urgent_and_an_emergency_with_weak_limbs() -> None:
    assert level(["serum_potassium_low"]) == level(["serum_potassium_low", "hand_weakness"]) == "urgent"
    assert level(["serum_potassium_low", "limb_weakness", "course_months"]) == "emergency"


def test_aching_muscles_on_a_statin_are_urgent_with_weakness_and_an_emergency_with_severe_pain() -> None:
    assert not fired(["statin", "muscle_pain", "severe_pain"]) & HAND_FLAGS
    assert level(["statin", "muscle_pain", "limb_weakness"]) == "urgent"
    assert level(["statin", "muscle_pain", "limb_weakness", "severe_pain"]) == "emergency"


@pytest.mark.parametrize("explained", ["after_long_use", "panic_attack", "with_fast_breathing"])
def test_a_grip_that_is_weak_after_work_or_in_a_panic_attack_is_no_new_palsy(explained: str) -> None:
    assert "rf_new_weakness" in fired(["hand_weakness", "course_days"])
    assert "rf_new_weakness" not in fired(["hand_weakness", "course_days", explained])


def test_a_joint_that_swelled_within_days_is_urgent_unless_it_was_jammed_or_is_old() -> None:
    assert level(["joint_swelling", "course_days"]) == "urgent"
    for other in (["course_days", "after_injury"], ["course_months"]):
        assert "rf_joint_new" not in fired(["joint_swelling", *other])


def test_limbs_and_both_hands_that_weaken_within_days_are_an_emergency_and_tired_ones_are_not() -> None:
    picture = ["limb_weakness", "both_hands", "course_days", "feet_numb_or_burning"]
    assert "rf_weak_limbs_both" in fired(picture)
    assert level(picture) == "emergency"
    for tired in ("heavy_exercise", "after_long_use", "with_fast_breathing"):
        assert level([*picture, tired]) == "urgent"


@pytest.mark.parametrize("sign", ["cold_pale_hand", "finger_sores", "weak_arm_pulse"])
def test_a_cold_or_sore_hand_on_dialysis_is_an_emergency_whether_dialysis_or_its_shunt_is_told(sign: str) -> None:
    assert level([sign]) != "emergency"
    assert level(["dialysis", sign]) == level(["dialysis_access", sign]) == "emergency"


@pytest.mark.parametrize("sign", ["hand_weakness", "sudden_loss_of_feeling", "wrist_or_finger_drop"])
def test_a_weak_or_dead_hand_is_an_emergency_beside_the_shunt_and_urgent_on_dialysis_alone(sign: str) -> None:
    assert level(["dialysis_access", sign]) == "emergency"
    assert level(["dialysis", sign]) == "urgent"
    assert "rf_access_nerve" not in fired(["dialysis_access", sign, "both_hands"])


def test_pain_at_rest_beside_the_shunt_is_an_emergency_and_pain_in_sessions_alone_is_urgent() -> None:
    pain = ["dialysis_access", "painful"]
    assert level(pain) == "self_care"
    assert level([*pain, "at_rest"]) == level([*pain, "constant"]) == "emergency"
    assert level([*pain, "at_rest", "during_dialysis"]) == level(["dialysis", "painful", "constant"]) == "urgent"
    assert level([*pain, "constant", "during_dialysis"]) == "emergency"
    assert level([*pain, "at_rest", "during_dialysis", "at_night"]) == "emergency"
    assert level([*pain, "at_rest", "during_dialysis", "at_night", "kind_cramp"]) == "urgent"
    for harmless in ("brief_attacks", "both_hands"):
        assert level([*pain, "at_rest", harmless]) == "self_care"
    assert level([*pain, "at_rest", "feet_or_legs_too"]) == "urgent"
    assert level([*pain, "constant", "feet_or_legs_too"]) == "emergency"


@pytest.mark.parametrize("sign", ["painful", "hand_tingling", "finger_cannot_straighten", "abnormal_posture"])
def test_what_comes_suddenly_beside_a_new_shunt_is_an_emergency(sign: str) -> None:
    picture = ["dialysis_access", "onset_sudden", "course_days", sign]
    assert "rf_access_sudden" in fired(picture)
    assert "rf_access_sudden" not in fired([*picture, "in_attacks"])
    for left in picture:
        assert "rf_access_sudden" not in fired([name for name in picture if name != left])


@pytest.mark.parametrize(
    "sign", ["little_finger_numb", "finger_cannot_straighten", "active_extension_lost", "kind_stiffness"]
)
def test_numb_clawed_or_stiff_fingers_of_one_hand_beside_the_shunt_are_urgent(sign: str) -> None:
    assert level([sign]) in ("self_care", "routine")
    assert level(["dialysis_access", sign]) == "urgent"
    assert level(["dialysis_access", sign, "both_hands"]) == level([sign, "both_hands"])


@pytest.mark.parametrize("second", ["hand_weakness", "muscle_wasting_noticed", "interosseous_wasting", "claw_hand"])
def test_a_hand_that_feels_no_heat_is_urgent_when_weak_or_thin(second: str) -> None:
    assert level(["pain_temperature_loss", second]) == "urgent"
    assert "rf_pain_temperature_weak" not in fired([second])
    assert level(["pain_temperature_loss"]) == "routine"


def test_two_numb_hands_that_feel_no_heat_are_urgent() -> None:
    picture = ["pain_temperature_loss", "hand_numbness", "both_hands"]
    assert level(picture) == "urgent"
    for left in picture:
        assert "rf_pain_temperature_both" not in fired([name for name in picture if name != left])


def test_a_small_pupil_with_any_hand_trouble_is_urgent() -> None:
    assert level(["horner_sign"]) == level(["horner_sign", "kind_cramp", "course_months"]) == "urgent"


@pytest.mark.parametrize("second", ["hand_weakness", "hand_numbness"])
def test_a_weak_or_numb_face_and_hand_of_days_are_an_emergency_but_not_in_fast_breathing(second: str) -> None:
    picture = ["face_weak_or_numb", second, "course_days"]
    assert level(picture) == "emergency"
    for left in picture:
        assert "rf_face_hand_new" not in fired([name for name in picture if name != left])
    for harmless in ("with_fast_breathing", "fast_breathing", "course_months"):
        assert "rf_face_hand_new" not in fired([*picture, harmless])
    assert "rf_face_hand_new" in fired([*picture, "in_attacks"])


def test_a_hand_that_acts_on_its_own_is_an_emergency_when_new() -> None:
    assert level(["hand_acts_on_its_own", "course_days"]) == "emergency"
    assert level(["hand_acts_on_its_own", "course_months"]) == level(["hand_acts_on_its_own"]) == "routine"


def test_limbs_that_weaken_within_days_of_an_infection_are_an_emergency() -> None:
    picture = ["infection_weeks_before", "limb_weakness", "course_days"]
    assert level(picture) == "emergency"
    for left in picture:
        assert "rf_infection_weak" not in fired([name for name in picture if name != left])
    assert "rf_infection_weak" not in fired([*picture, "course_months"])


EVERYDAY = {
    "carpal tunnel": """
        hand_numbness hand_tingling thumb_to_middle_numb night_waking_numb relief_shaking drops_things hand_weakness
        thenar_wasting painful at_night both_hands course_months tinel_wrist
    """,
    "white fingers": """
        fingers_turn_white_or_blue cold_triggers relief_warmth hand_numbness in_attacks onset_sudden cold_pale_hand
        raynaud_color_change_seen painful both_hands stress_triggers
    """,
    "overbreathing": """
        with_fast_breathing fast_breathing hand_tingling perioral_tingling carpal_posture kind_spasm anxiety dizziness
        onset_sudden palpitations both_hands
    """,
    "overbreathing with a numb face": """
        with_fast_breathing fast_breathing hand_numbness hand_tingling face_weak_or_numb anxiety both_hands in_attacks course_days
    """,
    "trigger finger": "kind_locking finger_catching active_extension_lost single_finger morning_worst noticed_on_waking",
    "arm claudication": "arm_tires_with_use cold_pale_hand weak_arm_pulse relief_rest course_months",
    "nail fold infection": "hand_infected course_days single_finger painful wound_recent",
    "scleroderma": "skin_thick_tight cold_triggers kind_stiffness finger_cannot_straighten both_hands",
    "old gout": "hand_tophi uric_acid_high joint_swelling course_months",
    "a long day of writing": "kind_cramp painful during_use after_long_use repetitive_hand_use course_days hand_weakness clumsy_hands",
    "panic with weak hands": "panic_attack palpitations hand_weakness hand_tingling both_hands onset_sudden in_attacks kind_tremor",
    "migraine aura": "headache hand_numbness clumsy_hands in_attacks onset_sudden course_days",
    "influenza": "infection_weeks_before belly_pain fever muscle_pain headache fatigue kind_cramp both_hands feet_or_legs_too course_days",
    "hard training": "heavy_exercise limb_weakness hand_weakness muscle_pain both_hands after_exercise_or_heat",
    "jammed finger": "painful after_injury hand_or_arm_injury single_finger course_days finger_joint_pain joint_swelling",
    "arm slept on": "hand_numbness hand_weakness onset_sudden course_days brief_attacks in_attacks night_waking_numb",
    "night cramps on a statin": "kind_cramp at_night severe_pain feet_or_legs_too statin muscle_pain palpitations",
    "worn finger joints": "finger_joint_pain joint_swelling hand_weakness muscle_wasting_noticed course_months course_progressive painful",
    "cramps in sessions": """
        dialysis dialysis_access kind_cramp painful severe_pain during_dialysis at_rest in_attacks brief_attacks feet_or_legs_too
    """,
    "a shunt without trouble of its own": "dialysis dialysis_access kind_locking finger_catching painful single_finger morning_worst",
    "steady lithium tremor": "lithium kind_tremor course_months palpitations",
    "pressed ulnar nerve": """
        claw_hand hand_weakness muscle_wasting_noticed interosseous_wasting little_finger_numb hand_numbness course_months
        course_progressive clumsy_hands
    """,
    "neck root pain": "arm_pain_from_neck neck_pain hand_tingling hand_weakness painful headache onset_sudden course_days",
    "old stroke": "prior_stroke mri_brain_infarct limb_weakness hand_weakness clumsy_hands spastic_tone onset_sudden course_months",
}


@pytest.mark.parametrize("picture", EVERYDAY)
def test_everyday_pictures_set_none_of_them_off(picture: str) -> None:
    assert not fired(EVERYDAY[picture].split()) & HAND_FLAGS


def test_questions_that_only_matter_later_wait() -> None:
    before = ("after_injury", "course_days", "severe_pain")
    assert "thumb_to_middle_numb" not in open_questions(["emergency"])
    assert "thumb_to_middle_numb" not in open_questions(["emergency"], *before[:2])
    assert "thumb_to_middle_numb" in open_questions(["emergency"], *before)
    assert "kanavel_signs" not in open_questions(["emergency", "urgent", "routine"])


def test_known_unchanged_angina_is_no_emergency_but_what_is_new_beside_it_is() -> None:
    assert level(["angina_as_ever"]) == "routine"
    for sign in ("chest_pain", "arm_pain_like_heart", "breathless_at_rest", "fainting", "worse_within_days"):
        assert level(["angina_as_ever", sign]) == "emergency"
    assert level(["angina_as_ever", "worse_within_days", "joint_swelling"]) != "emergency"


def test_an_old_headache_lowers_what_a_new_one_means_and_silence_does_not() -> None:
    for picture in (["hand_weakness", "course_days"], ["purple_spots"], ["bleeding_unusual", "blood_thinner"]):
        assert level(["headache", *picture]) == "emergency"
        assert level(["headache", "headache_as_ever", *picture]) == "urgent"


def test_breath_short_lying_flat_is_heard_beside_weakness() -> None:
    assert level(["breathless_lying_flat", "hand_weakness"]) == "urgent"
    for sign in ("swallowing_trouble", "double_vision_or_drooping_lid"):
        assert level(["breathless_lying_flat", sign]) == "emergency"
    assert level(["breathless_lying_flat", "hand_weakness", "course_days"]) == "emergency"


def test_a_slow_disease_that_is_known_to_be_old_can_wait_for_an_appointment() -> None:
    assert level(["creatine_kinase_high", "hand_weakness"]) == "urgent"
    assert level(["creatine_kinase_high", "hand_weakness", "unchanged_for_years"]) == "routine"
    assert level(["clumsy_hands", "stiff_or_unsteady_gait", "unchanged_for_years"]) == "urgent"
    assert level(["clumsy_hands", "stiff_or_unsteady_gait", "unchanged_for_years", "prior_stroke"]) == "routine"
