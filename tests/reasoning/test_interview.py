"""The interview: asks the best question, answers it from the case, stops, and counts honestly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

import crampnet
from crampnet.inference.case import Case
from crampnet.reasoning.interview import Interview, Standing, interview, interviews
from crampnet.reasoning.next_steps import MEDICINES, next_steps
from crampnet.reasoning.steps.teller import TOLD, UNKNOWN, Teller
from tests.support.cases import possible_cases
from tests.support.models import shipped, tiny

FULL = Case(
    age=44,
    sex="female",
    present=["kind_spasm", "carpal_posture", "perioral_tingling", "thyroid_or_neck_surgery"],
    absent=["chest_pain", "hand_weakness", "hand_tingling", "at_night"],
    medicines=["furosemide"],
    results={"serum_calcium": "1.8 mmol/L"},
)


def talk(case: Case) -> Interview:
    model = tiny()
    return interview(model.knowledge, model.vocabulary, model.network(case.setting), case)


def signs(found: Interview) -> list[str]:
    """Every single thing that was asked, in order."""
    return [sign for asked in found.asked for sign in asked.signs]


def standing(case: Case) -> Standing:
    answer = tiny().diagnose(case)
    row = answer.ranking.iloc[0]
    share = row["contributes"] if answer.evidence.asks else row["present"]
    return Standing(str(row.name), float(share), answer.urgency.level)


def test_it_starts_from_age_sex_and_the_complaint() -> None:
    found = talk(FULL)
    assert found.start == standing(Case(age=44, sex="female", present=["kind_spasm"]))
    assert found.full == standing(FULL)
    assert found.everything == standing(replace(FULL, results={}))
    assert "kind_spasm" not in signs(found)


def test_known_diagnoses_are_no_questions() -> None:
    case = Case(age=60, diagnoses=["carpal_tunnel_syndrome"], ruled_out=["hypocalcemia"], present=["kind_cramp"])
    assert talk(case).start == standing(case)


def test_red_flags_come_first_and_answers_from_the_case() -> None:
    found = talk(FULL)
    flags = [asked.red_flag for asked in found.asked]
    assert flags[0]
    assert flags == sorted(flags, reverse=True)
    said = {asked.signs: asked.answer for asked in found.asked}
    assert said["chest_pain",] == "absent"
    assert said["carpal_posture",] == "present"
    assert found.answered == sum(answer != UNKNOWN for answer in said.values())


def test_a_checklist_is_one_question_and_what_is_not_known_on_it_stays_unknown() -> None:
    """The tiny knowledge with three signs of an emergency: one known to be there, one known not to be, one unknown."""
    model = tiny()
    first = model.knowledge.red_flags[0]
    rules = [
        first.model_copy(update={"id": name, "any_of": (name,), "level": level})
        for level, names in (("urgent", ("chest_pain", "hand_weakness", "hand_tingling")), ("routine", ("both_hands",)))
        for name in names
    ]
    knowledge = replace(model.knowledge, red_flags=tuple(rules))
    case = Case(age=44, present=["kind_cramp"], probably_present=["hand_tingling"], absent=["hand_weakness"])
    found = interview(knowledge, model.vocabulary, model.network(), case)
    (checklist,) = [asked for asked in found.asked if asked.red_flag]
    assert set(checklist.signs) == {"chest_pain", "hand_weakness", "hand_tingling"}
    assert checklist.answer == TOLD
    answer = crampnet.Model(knowledge).diagnose(case)
    assert checklist.standing.share == pytest.approx(answer.posterior.contributes[checklist.standing.leader])
    assert checklist.standing.level == answer.urgency.level == "urgent"


@settings(max_examples=10)
@given(possible_cases(most=6))
def test_what_always_holds(case: Case) -> None:
    found = talk(case)
    assert found.signs == len(signs(found)) == len(set(signs(found))) <= found.questions
    assert len(found.asked) <= found.signs
    for before, asked in zip(found.course, found.asked, strict=False):
        if asked.answer == UNKNOWN:
            assert asked.standing == before
    for goal in (found.everything, found.full):
        count = found.settled(goal)
        if count is None:
            assert not found.course[-1].agrees(goal)
        else:
            assert all(later.agrees(goal) for later in found.course[count:])
            assert count == 0 or not found.course[count - 1].agrees(goal)


def test_it_ends_at_the_reasoned_stop() -> None:
    """With the answers that were given, nothing else that was not asked in vain is worth asking."""
    found = talk(FULL)
    given = {key: [a.signs[0] for a in found.asked if a.answer == key] for key in ("present", "absent")}
    known = Case(age=44, sex="female", present=["kind_spasm", *given["present"]], absent=given["absent"])
    if any(asked.answer == TOLD for asked in found.asked):
        known = replace(known, medicines=["furosemide"])
    answer = tiny().diagnose(known)
    assert answer.posterior.contributes[found.course[-1].leader] == pytest.approx(found.course[-1].share)
    left = next_steps(
        tiny().knowledge,
        tiny().network(),
        answer.evidence,
        answer.posterior,
        answer.urgency,
        answer.advice,
        skipped=signs(found),
    )
    assert left.stop.reached
    assert found.asked


def test_a_silent_person_is_asked_until_nothing_is_left_to_ask() -> None:
    found = talk(Case(age=75, present=["kind_cramp"]))
    assert found.answered == 0
    assert set(found.course) == {found.start} == {found.everything}
    assert found.settled(found.everything) == 0


def test_medicines_are_told_together() -> None:
    """All at once, by name or class, and never twice."""
    case = replace(FULL, present=[*FULL.present, "loop_diuretic"], medicines=[], medicines_complete=True)
    for full in (FULL, case):
        found = talk(full)
        assert found.everything == standing(replace(full, results={}))
        assert signs(found).count(MEDICINES) <= 1
        assert "loop_diuretic" not in signs(found)


def test_no_medicine_is_an_answer_and_nothing_said_is_none() -> None:
    """The full case is given the same way: a list that was asked for, or one that was not."""
    none, unsaid = (Teller(shipped().knowledge, shipped().vocabulary, case) for case in (Case(medicines=[]), Case()))
    assert none.tell(MEDICINES) == ("told", {MEDICINES: "told"})
    assert unsaid.tell(MEDICINES) == (UNKNOWN, {})
    assert none.case_of({}).medicines is None
    assert none.case_of({MEDICINES: "told"}).medicines == ()


def test_what_is_implied_is_known_to_the_person() -> None:
    """Somebody late in pregnancy, asked about pregnancy first."""
    teller = Teller(
        shipped().knowledge,
        shipped().vocabulary,
        Case(present=["third_trimester", "kind_cramp"], absent=["kind_spasm"]),
    )
    assert teller.tell("pregnancy") == ("present", {"pregnancy": "present"})
    assert teller.tell("seizure") == (UNKNOWN, {})
    assert teller.opening() == {"kind_cramp": "present"}


def test_settled_counts_from_where_it_stays() -> None:
    a, b = Standing("a", 0.5, "urgent"), Standing("b", 0.5, "urgent")
    found = talk(FULL)
    step = found.asked[0]
    course = tuple(replace(step, standing=s) for s in (b, a, b, a, a))
    talked = replace(found, start=a, asked=course)
    assert talked.settled(a) == 4
    assert talked.settled(b) is None
    assert replace(talked, asked=course[3:]).settled(replace(a, share=0.9)) == 0
    assert talked.settled(replace(a, level="routine")) is None


def test_a_table_of_cases() -> None:
    model = tiny()
    cases = {"one": FULL, "two": Case(age=75, present=["kind_cramp"], setting="dialysis_unit")}
    table = interviews(model.knowledge, model.vocabulary, model.network, cases)
    assert list(table.index) == ["one", "two"]
    found = talk(FULL)
    row = table.loc["one"]
    assert row["signs"] == found.signs
    assert row["asked"] == len(found.asked)
    assert row["questions"] == found.questions == 16
    assert row["leader_full"] == found.full.leader == "hypocalcemia"
    assert row["settled_full"] == found.settled(found.full)
    assert table.loc["two", "answered"] == 0
