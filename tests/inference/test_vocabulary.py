"""The words that people type: every spelling of a name finds its id, a mistyped one offers the right one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crampnet.errors import UnknownName
from crampnet.inference.vocabulary import PLACES, Names, fold, stems
from crampnet.knowledge.record import Wording
from tests.support.models import shipped, tiny

TINY, SHIPPED = tiny().vocabulary, shipped().vocabulary


@pytest.mark.parametrize(
    "typed", ["hand_tingling", "Hand tingling", " HAND-TINGLING ", "Tingling hand", "pins  and needles"]
)
def test_a_finding_has_many_spellings(typed: str) -> None:
    assert TINY.finding(typed) == "hand_tingling"


def test_exposures_and_abnormalities_are_answered_like_findings() -> None:
    assert TINY.finding("Dialysis") == "dialysis"
    assert TINY.finding("calcium low") == "serum_calcium_low"
    assert TINY.condition("low calcium") == "hypocalcemia"
    assert TINY.test("Calcium in blood") == "serum_calcium"
    assert TINY.setting("Dialysis unit") == "dialysis_unit"


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Muscle cramps", "cramping of the muscle"),
        ("oedema of the ankles", "ankle edema"),
        ("hypocalcaemia", "Hypocalcemia"),
        ("numb hands", "numbness of my hand"),
        ("generalised tremor", "tremor, generalized"),
    ],
)
def test_endings_order_fillers_and_british_spelling_make_no_other_word(typed: str, same: str) -> None:
    assert stems(typed) == stems(same) != ()


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("pain", "no pain"),
        ("pain", "painless"),
        ("no tremor", "no-no tremor"),
        ("weak hand", "weak leg"),
        ("of the", "at my"),
    ],
)
def test_what_says_something_else_stays_another_word(typed: str, other: str) -> None:
    assert stems(typed) != stems(other) or not stems(typed)


@given(st.permutations(["pins", "and", "needles", "in", "the", "fingers"]))
def test_the_order_of_words_does_not_matter(words: list[str]) -> None:
    assert stems(" ".join(words)) == stems("pin needle finger")


@pytest.mark.parametrize(
    ("typed", "id_"),
    [
        ("muscle cramps", "kind_cramp"),
        ("Resting tremors", "rest_tremor"),
        ("HP:0001347", "brisk_reflexes"),
        ("hypokalaemia", "serum_potassium_low"),
        ("low potassium", "serum_potassium_low"),
        ("K low", "serum_potassium_low"),
        ("raised TSH", "tsh_high"),
        ("HP:0002901", "serum_calcium_low"),
        ("mild dysarthria", "slurred_speech"),
    ],
)
def test_words_of_case_reports_and_codes_are_known(typed: str, id_: str) -> None:
    assert SHIPPED.finding(typed) == id_


def test_a_code_of_a_condition_names_it() -> None:
    assert SHIPPED.condition("G12.2") == "als"


@pytest.mark.parametrize("typed", ["no tremor", "painless", "one hand", "not weak", "chest", "normal reflexes"])
def test_what_says_the_opposite_or_too_little_is_refused(typed: str) -> None:
    with pytest.raises(UnknownName):
        SHIPPED.finding(typed)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("hand pain, numbness and weakness", ("painful", "hand_numbness", "hand_weakness")),
        ("cramps in both hands when writing", ("kind_cramp", "both_hands", "during_use")),
        ("burning pain in hands and feet", ("burning_hands", "feet_numb_or_burning")),
        ("pain and swelling of DIP joints", ("finger_joint_pain", "joint_swelling")),
        ("reduced reflexes with delayed relaxation", ("reduced_reflexes", "slow_relaxing_reflexes")),
    ],
)
def test_what_says_several_things_at_once_is_taken_apart(typed: str, parts: tuple[str, ...]) -> None:
    assert SHIPPED.findings.parts(typed) == parts
    with pytest.raises(UnknownName) as error:
        SHIPPED.finding(typed)
    assert error.value.nearest == parts
    assert "several things at once" in error.value.remedy
    assert f'"{parts[-1]}"' in error.value.remedy


@pytest.mark.parametrize("typed", ["", "and", "no pain or numbness of the hand", "hand_tinglng", "tremor", "xyzzy"])
def test_one_thing_a_denial_or_nothing_known_has_no_parts(typed: str) -> None:
    assert SHIPPED.findings.parts(typed) == ()


@given(st.lists(st.sampled_from(sorted(SHIPPED.findings.words)), min_size=1, max_size=3))
def test_parts_are_names_that_stand_within_what_was_said(said: list[str]) -> None:
    """Whatever two or three names are put together, no part says more than they do."""
    together = set(stems(" ".join(said)))
    within = [word for word in SHIPPED.findings.words if together.issuperset(stems(word))]
    assert set(SHIPPED.findings.parts(" ".join(said))) <= {SHIPPED.findings.get(word) for word in within}


def test_a_medicine_has_to_be_spelt_as_it_is() -> None:
    """An ending less may be another medicine."""
    with pytest.raises(UnknownName):
        SHIPPED.medicine("furosemides")


def test_no_two_records_of_the_shipped_knowledge_share_a_name_of_their_own_by_its_stems() -> None:
    """A record that cannot be called by its own name in another spelling would be answered by another in silence."""
    records = {**shipped().knowledge.findings, **shipped().knowledge.exposures}
    for id_, record in records.items():
        for name in (record.name.plain, record.name.clinical):
            assert SHIPPED.findings.get(name.replace(" ", "  ").upper()) == id_
            assert SHIPPED.findings.get(" ".join(reversed(name.split()))) == id_


def test_the_nearest_names_are_alike_in_meaning_words_and_not_in_letters() -> None:
    with pytest.raises(UnknownName) as error:
        SHIPPED.finding("bilateral carpal spasm")
    assert "carpal_posture" in error.value.nearest
    with pytest.raises(UnknownName) as error:
        SHIPPED.finding("muscle wasting of the hand")
    assert any("wasting" in name for name in error.value.nearest[:2])


@pytest.mark.parametrize(
    ("kind", "typed", "offered"),
    [
        ("finding", "hand_tinglng", "hand_tingling"),
        ("finding", "perioral tingeling", "perioral_tingling"),
        ("condition", "hypocalcemai", "hypocalcemia"),
        ("condition", "carpel tunnel", "carpal_tunnel_syndrome"),
        ("test", "serum calcum", "serum_calcium"),
        ("setting", "dialysis", "dialysis_unit"),
        ("medicine", "furosemid", "furosemide"),
        ("medicine", "furosemid 40 mg", "furosemide"),
    ],
)
def test_a_mistyped_name_offers_the_right_one(kind: str, typed: str, offered: str) -> None:
    with pytest.raises(UnknownName) as error:
        getattr(TINY, kind)(typed)
    assert (error.value.kind, error.value.given) == (kind, typed)
    assert error.value.nearest[0] == offered
    assert f'"{offered}"' in str(error.value)


@pytest.mark.parametrize(
    ("kind", "typed", "place"),
    [
        ("finding", "furosemide", "medicines"),
        ("finding", "carpal tunnel syndrome", "diagnoses"),
        ("finding", "serum_calcium", "results"),
        ("condition", "hand_tingling", "present or absent"),
        ("test", "hand_tingling", "present or absent"),
        ("medicine", "hypocalcemia", "diagnoses"),
    ],
)
def test_a_name_of_another_kind_is_sent_to_its_place(kind: str, typed: str, place: str) -> None:
    with pytest.raises(UnknownName) as error:
        getattr(TINY, kind)(typed)
    assert error.value.place == place
    assert str(error.value) == f'There is no {kind} "{typed}". It is known, but belongs under {place}.'


@given(st.sampled_from(sorted(TINY.knowledge.conditions)), st.sampled_from(["finding", "test", "medicine"]))
def test_a_place_takes_the_name_that_is_sent_to_it(name: str, kind: str) -> None:
    with pytest.raises(UnknownName) as error:
        getattr(TINY, kind)(name)
    (taker,) = (other for other, keys in PLACES.items() if keys == error.value.place)
    assert getattr(TINY, taker)(name)


@pytest.mark.parametrize("kind", ["finding", "condition", "test", "setting", "medicine"])
@pytest.mark.parametrize("typed", ["", "  ", "qqqq", "💊", "a" * 5000])
def test_what_is_like_nothing_offers_nothing_and_does_not_break(kind: str, typed: str) -> None:
    with pytest.raises(UnknownName, match="There is no"):
        getattr(TINY, kind)(typed)


@given(
    st.sampled_from(["furosemide", "Lasix", "FRUSEMIDE", "torasemide", "loop_diuretic", "a loop diuretic"]),
    st.sampled_from(["", " 40 mg", " 40mg", " 2x20 mg/day", " 0.5 tablet in the morning", "  XR 40"]),
)
def test_a_medicine_is_recognised_with_its_dose(name: str, dose: str) -> None:
    assert TINY.medicine(f"  {name}{dose} ") == "loop_diuretic"


@given(st.sampled_from(SHIPPED.medicine_names), st.sampled_from(["", " 40 mg", " retard 2 x 1"]))
def test_every_shipped_medicine_finds_its_class(name: str, dose: str) -> None:
    group = SHIPPED.medicine(name.upper() + dose)
    record = shipped().knowledge.exposures[group]
    assert fold(name) in {fold(n) for generic, others in record.medicines.items() for n in (generic, *others)}


def test_no_shipped_medicine_belongs_to_two_classes() -> None:
    groups: dict[str, set[str]] = defaultdict(set)
    for exposure, record in shipped().knowledge.exposures.items():
        for generic, others in record.medicines.items():
            for name in (generic, *others):
                groups[fold(name)].add(exposure)
    assert {name: found for name, found in groups.items() if len(found) > 1} == {}


def test_every_shipped_record_is_found_by_its_id_and_its_names() -> None:
    """Two records with one name would answer the wrong one in silence."""
    knowledge = shipped().knowledge
    abnormalities = {k: a for m in knowledge.measurements.values() for k, a in m.abnormalities.items()}
    findings: dict[str, Any] = {**knowledge.findings, **knowledge.exposures, **abnormalities}
    conditions: dict[str, Any] = dict(knowledge.conditions)
    tests: dict[str, Any] = dict(knowledge.measurements)
    wrong = []
    for names, records in (
        (SHIPPED.findings, findings),
        (SHIPPED.conditions, conditions),
        (SHIPPED.tests, tests),
    ):
        for id_, record in records.items():
            assert names.get(id_) == id_
            for word in (record.name.plain, record.name.clinical):
                if names.get(word) != id_:
                    wrong.append(f"{word!r} of {id_} means {names.owners(word)}")
    assert wrong == []


def test_a_word_that_two_records_share_names_neither_and_offers_both() -> None:
    names = Names()
    names.enter("prior_stroke", Wording(plain="A stroke before", clinical="Prior stroke"), ["stroke", "CVA"])
    names.enter("face_droop", Wording(plain="Sudden droop", clinical="Facial palsy"), ["stroke", "A stroke before"])
    assert names.get("cva") == "prior_stroke"
    assert names.get("a stroke before") == "prior_stroke"
    with pytest.raises(UnknownName) as error:
        names.resolve("finding", "Stroke")
    assert set(error.value.nearest) == {"prior_stroke", "face_droop"}


def test_a_shared_word_of_the_shipped_knowledge_is_asked_back() -> None:
    with pytest.raises(UnknownName) as error:
        SHIPPED.finding("stroke")
    assert "prior_stroke" in error.value.nearest
    assert len(error.value.nearest) > 1
