"""The warning signs of the hand itself: where each of them fires, and the everyday pictures that set none of them off."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from crampnet.inference.case import Case
from crampnet.ui.catalog import Catalog
from crampnet.ui.signs import WarningSigns
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
}
GRAVE = ["high_pressure_injection", "redness_spreading", "fingertip_black", "hand_suddenly_cold_painful"]
GRAVE += ["hand_failed_suddenly", "arm_pain_like_heart"]


def fired(present: Sequence[str], absent: Sequence[str] = ()) -> set[str]:
    _, evidence = read(shipped(), Case(present=tuple(present), absent=tuple(absent)))
    return {str(flag.id) for flag in assess_rules(shipped().knowledge, evidence).fired}


def level(present: Sequence[str]) -> str:
    _, evidence = read(shipped(), Case(present=tuple(present)))
    return assess_rules(shipped().knowledge, evidence).level


def open_questions(levels: Collection[str], **answers: str) -> Sequence[str]:
    return WarningSigns(Catalog(shipped().knowledge)).open(levels, answers)


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


def test_blue_fingers_are_urgent_unless_warmth_brings_them_back_and_grave_with_ischaemia() -> None:
    assert "rf_fingers_dusky" in fired(["fingers_dusky"])
    assert "rf_fingers_dusky" not in fired(["fingers_dusky", "relief_warmth"])
    assert level(["fingers_dusky"]) == "urgent"
    assert level(["fingers_dusky", "relief_warmth", "sudden_loss_of_feeling"]) == "emergency"


@pytest.mark.parametrize("second", ["after_injury", "wound_recent", "onset_sudden"])
def test_a_finger_that_drops_is_urgent_after_an_injury_or_suddenly(second: str) -> None:
    assert "rf_tendon_torn" in fired(["active_extension_lost", second])


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
    "trigger finger": "kind_locking finger_catching active_extension_lost single_finger morning_worst",
    "arm claudication": "arm_tires_with_use cold_pale_hand weak_arm_pulse relief_rest course_months",
    "nail fold infection": "hand_infected course_days single_finger painful wound_recent",
    "scleroderma": "skin_thick_tight cold_triggers kind_stiffness finger_cannot_straighten both_hands",
    "old gout": "hand_tophi uric_acid_high joint_swelling course_months",
}


@pytest.mark.parametrize("picture", EVERYDAY)
def test_everyday_pictures_set_none_of_them_off(picture: str) -> None:
    assert not fired(EVERYDAY[picture].split()) & HAND_FLAGS


def test_questions_that_only_matter_later_wait() -> None:
    first = open_questions(["emergency"])
    assert "artery_puncture_recent" not in first
    assert "artery_puncture_recent" in open_questions(["emergency"], cold_pale_hand="present")
    assert "kanavel_signs" not in open_questions(["emergency", "urgent", "routine"])
