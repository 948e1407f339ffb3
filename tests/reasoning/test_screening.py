"""Which warning signs are asked: few, and yet every red flag that all answers would raise is raised by theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crampnet
from crampnet.inference.case import Case
from crampnet.inference.evidence import read_evidence
from crampnet.knowledge.records_general import RedFlag
from crampnet.reasoning.screening import (
    ASKABLE,
    MOST_SIGNS,
    Said,
    checklists,
    holds,
    questions,
    said_of,
    undecided,
)
from crampnet.reasoning.steps.records import MEDICINES
from tests.support.models import shipped, tiny

KNOWLEDGE = shipped().knowledge
FLAGS = KNOWLEDGE.red_flags
NAMED = sorted({name for flag in FLAGS for name in (*flag.all_of, *flag.any_of, *flag.none_of)})
Names = frozenset[str]
NOTHING = Names()


def able() -> Mapping[str, str]:
    return {name: name for name in NAMED if KNOWLEDGE.kinds[name] in ASKABLE}


def said_in(case: Case, model: crampnet.Model, unknown: tuple[str, ...] = ()) -> Said:
    network = model.network(case.setting)
    evidence = read_evidence(model.knowledge, model.vocabulary, network, case)
    return said_of(model.knowledge, network, evidence, unknown)


def answered(said: Said, names: frozenset[str], truth: Mapping[str, bool | None]) -> Said:
    """With some questions answered; None is "don't know"."""
    return replace(
        said,
        present=said.present | {name for name in names if truth[name] is True},
        absent=said.absent | {name for name in names if truth[name] is False},
        unknown=said.unknown | {name for name in names if truth[name] is None},
    )


def screened(said: Said, truth: Mapping[str, bool | None], above: str | None = None) -> tuple[Said, int]:
    """Every question answered that is asked, until none is; and how many that were."""
    asked = NOTHING
    while names := frozenset(questions(undecided(KNOWLEDGE, said, above))):
        assert not names & asked
        asked |= names
        said = answered(said, names, truth)
    return said, len(asked)


def flag(**rule: object) -> RedFlag:
    given = {"id": "x", "name": {"plain": "x", "clinical": "x"}, "level": "urgent", "plain": "x", "clinical": "x"}
    return RedFlag.model_validate({**given, "source": "d2", **rule})


answers = st.dictionaries(st.sampled_from(NAMED), st.sampled_from([True, None]), max_size=60)


@settings(max_examples=150)
@given(answers, st.sets(st.sampled_from(NAMED), max_size=15))
def test_the_questions_settle_every_red_flag(said_so: dict[str, bool | None], before: set[str]) -> None:
    """Those that fire are those that fire when everything is answered, but for answers that exclude them: not asked."""
    truth = {name: said_so.get(name, False) for name in NAMED}
    start = answered(Said(NOTHING, NOTHING, NOTHING, able()), frozenset(before), truth)
    everything = answered(start, frozenset(able()), truth)
    found, _ = screened(start, truth)
    for rule in FLAGS:
        excluded = not everything.present.isdisjoint(rule.none_of)
        fires = holds(rule, found.present, found.absent) is True
        assert (fires and not excluded) is (holds(rule, everything.present, everything.absent) is True)


@settings(max_examples=50)
@given(answers, st.sampled_from(KNOWLEDGE.losses.levels))
def test_what_is_asked_above_a_level_settles_what_is_above_it(said_so: dict[str, bool | None], above: str) -> None:
    truth = {name: said_so.get(name, False) for name in NAMED}
    levels = list[str](KNOWLEDGE.losses.levels)
    start = Said(NOTHING, NOTHING, NOTHING, able())
    everything = answered(start, frozenset(able()), truth)
    found, _ = screened(start, truth, above)
    for rule in FLAGS:
        if levels.index(rule.level) > levels.index(above) and holds(rule, everything.present, everything.absent):
            assert holds(rule, found.present, found.absent)


def test_no_to_everything_takes_one_round_and_far_fewer_than_all() -> None:
    start = Said(NOTHING, NOTHING, NOTHING, able())
    found, count = screened(start, dict.fromkeys(NAMED, False))
    assert set(questions(undecided(KNOWLEDGE, start))) == found.absent
    assert undecided(KNOWLEDGE, replace(found, unknown=NOTHING)) == ()
    assert count < 0.7 * len({name for rule in FLAGS for name in (*rule.all_of, *rule.any_of) if name in able()})


def test_dont_know_is_never_absent() -> None:
    """Nothing more is asked, and every rule that waited stays undecided."""
    start = Said(NOTHING, NOTHING, NOTHING, able())
    found, _ = screened(start, dict.fromkeys(NAMED))
    assert (found.present, found.absent) == (NOTHING, NOTHING)
    assert undecided(KNOWLEDGE, found) == ()
    assert undecided(KNOWLEDGE, replace(found, unknown=NOTHING)) == undecided(KNOWLEDGE, start)


@pytest.mark.parametrize("above", [None, "self_care", "routine", "urgent", "emergency"])
def test_checklists_hold_the_questions_by_level_a_handful_each(above: str | None) -> None:
    case = Case(age=30, sex="female", present=["kind_cramp"])
    rules = undecided(KNOWLEDGE, said_in(case, shipped()), above)
    asked, lists = questions(rules), checklists(KNOWLEDGE, rules)
    assert sorted(sign for one in lists for sign in one.signs) == sorted(asked)
    assert all(asked[sign] == one.level for one in lists for sign in one.signs)
    assert all(1 <= len(one.signs) <= MOST_SIGNS for one in lists)
    order = [KNOWLEDGE.losses.levels.index(one.level) for one in lists]
    assert order == sorted(order, reverse=True)
    assert [one.signs for one in lists if MEDICINES in one.signs] == ([(MEDICINES,)] if MEDICINES in asked else [])
    for level in dict.fromkeys(one.level for one in lists):
        sizes = [len(one.signs) for one in lists if one.level == level and MEDICINES not in one.signs]
        assert max(sizes) - min(sizes) <= 1
    assert (lists == ()) is (above == "emergency")


def test_of_things_needed_together_one_is_asked_that_settles_most() -> None:
    rules = (
        flag(id="a", all_of=["hand_weakness", "course_days"]),
        flag(id="b", all_of=["hand_numbness", "course_days"], any_of=["fever", "chest_pain"]),
        flag(id="c", all_of=["seizure"], level="emergency"),
        flag(id="d", all_of=["seizure", "fever"]),
    )
    knowledge = replace(KNOWLEDGE, red_flags=rules)
    start = Said(NOTHING, NOTHING, NOTHING, able())

    def asked(present: Names = NOTHING, absent: Names = NOTHING, unknown: Names = NOTHING) -> list[str]:
        said = replace(start, present=present, absent=absent, unknown=unknown)
        return list(questions(undecided(knowledge, said)))

    assert asked() == ["seizure", "course_days"]
    assert asked(present=frozenset({"course_days"})) == ["seizure", "hand_numbness", "hand_weakness"]
    assert asked(absent=frozenset({"seizure"})) == ["course_days"]
    both = frozenset({"course_days", "hand_numbness"})
    assert asked(present=both, absent=frozenset({"hand_weakness", "seizure"})) == ["chest_pain", "fever"]
    assert asked(present=both, unknown=frozenset({"seizure", "hand_weakness", "fever"})) == ["chest_pain"]


def test_nothing_is_asked_for_a_rule_that_waits_for_an_examination() -> None:
    rules = (flag(all_of=["ataxia", "course_days"]), flag(any_of=["trousseau_sign", "chest_pain"]))
    knowledge = replace(KNOWLEDGE, red_flags=rules)
    start = Said(NOTHING, NOTHING, NOTHING, able())
    assert list(questions(undecided(knowledge, start))) == ["chest_pain"]
    seen = replace(start, present=frozenset({"ataxia"}))
    assert list(questions(undecided(knowledge, seen))) == ["chest_pain", "course_days"]


def test_nobody_is_asked_what_cannot_be() -> None:
    woman = said_in(Case(age=30, sex="female", present=["kind_cramp"]), shipped()).able
    assert "pregnancy" in woman
    assert "pregnancy" not in said_in(Case(age=30, sex="male", present=["kind_cramp"]), shipped()).able
    assert "third_trimester" not in said_in(Case(age=30, sex="female", pregnant=False), shipped()).able
    kinds = {KNOWLEDGE.kinds[name] for name in said_in(Case(complaint=False), shipped()).able}
    assert kinds == {"symptom", "exposure"}


def test_medicines_are_one_question_and_a_list_of_them_answers_it() -> None:
    told = said_in(Case(age=60, present=["kind_cramp"]), shipped())
    assert {told.able[name] for name in ("statin", "lithium")} == {MEDICINES}
    assert MEDICINES in questions(undecided(KNOWLEDGE, told))
    for case in (Case(medicines=[]), Case(medicines=["furosemide"]), Case(medicines_complete=True)):
        rules = undecided(KNOWLEDGE, said_in(replace(case, age=60, present=["kind_cramp"]), shipped()))
        assert MEDICINES not in questions(rules)
        assert not [rule for rule in rules if "lithium" in rule.flag.all_of]
    taken = said_in(Case(medicines=["lithium carbonate"]), shipped())
    assert "slurred_speech" in questions(undecided(KNOWLEDGE, taken))
    skipped = said_in(Case(age=60, present=["kind_cramp"]), shipped(), (MEDICINES,))
    assert MEDICINES not in questions(undecided(KNOWLEDGE, skipped))


def test_an_unanswered_man_is_not_provisional_for_a_pregnancy() -> None:
    """A rule that this person cannot meet keeps no level open."""
    knowledge = replace(KNOWLEDGE, red_flags=(flag(any_of=["pregnancy"]),))
    for sex, count in (("male", 0), ("female", 1)):
        said = said_in(Case(age=30, sex=sex, present=["kind_cramp"]), shipped())
        assert len(undecided(knowledge, said)) == count


def test_probably_counts_as_an_answer() -> None:
    said = said_in(Case(probably_present=["hand_weakness"], probably_absent=["chest_pain"]), tiny())
    assert list(questions(undecided(tiny().knowledge, said))) == ["hand_tingling"]


def test_what_is_only_volunteered_is_not_asked_about_and_keeps_no_level_open() -> None:
    """A rule that names it fires where it is told, and does not wait for it otherwise."""
    name = "medicine_overdose"
    knowledge = replace(KNOWLEDGE, red_flags=(flag(any_of=[name]),))
    assert KNOWLEDGE.exposures[name].volunteered
    for case, fires in ((Case(), False), (Case(present=[name]), True)):
        told = said_in(case, shipped())
        assert name not in told.able
        assert undecided(knowledge, told) == ()
        assert (holds(knowledge.red_flags[0], told.present, told.absent) is True) is fires


def test_a_known_diagnosis_can_be_what_a_rule_waits_for() -> None:
    """It is not asked about; once it is known, the rest of the rule is."""
    knowledge = replace(tiny().knowledge, red_flags=(flag(all_of=["hypocalcemia", "hand_weakness"]),))
    assert undecided(knowledge, said_in(Case(), tiny())) == ()
    known = said_in(Case(diagnoses=["hypocalcemia"]), tiny())
    assert list(questions(undecided(knowledge, known))) == ["hand_weakness"]
    both = said_in(Case(diagnoses=["hypocalcemia"], present=["hand_weakness"]), tiny())
    assert holds(knowledge.red_flags[0], both.present, both.absent) is True
