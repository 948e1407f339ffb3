"""Which advice is shown, and that no caution of the shipped knowledge is ever passed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import crampnet
from crampnet.inference.case import Case
from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.knowledge.records_general import AdviceItem, Caution
from crampnet.reasoning.advice import AT_HOME, EVERYBODY, MOST, SHARE, Advice, advise, leaders
from crampnet.reasoning.urgency import Urgency
from tests.support.models import shipped, tiny

SHIPPED = shipped().knowledge
ITEMS = tuple((about, item) for about, items in SHIPPED.advice.items() for item in items)
CAUTIONS = tuple(
    pytest.param(about, item, caution, id=f"{item.id}-{place}")
    for about, item in ITEMS
    for place, caution in enumerate(item.cautions)
)


def read(model: crampnet.Model, case: Case) -> Evidence:
    return read_evidence(model.knowledge, model.vocabulary, model.network(case.setting), case)


def calm(model: crampnet.Model) -> Urgency:
    """An urgency at which advice for home is not held back for urgency's sake."""
    found = tiny().diagnose(Case(complaint=False, absent=["chest_pain", "hand_weakness"])).urgency
    assert found.level == "self_care"
    return found


def believing(model: crampnet.Model, **present: float) -> Posterior:
    """Beliefs in which these conditions are there and act, and no other."""
    share = {**dict.fromkeys(model.knowledge.conditions, 0.0), **present}
    return Posterior(share, share, share, 0.0, 0.0, 0)


def about_it(about: str) -> dict[str, float]:
    """Beliefs that bring up the advice about something."""
    return {} if about == EVERYBODY else {about: 0.15}


def the(item: AdviceItem, given: tuple[Advice, ...]) -> Advice:
    found = [line for line in given if line.item is item]
    assert len(found) == 1
    return found[0]


def held(item: AdviceItem, line: Advice, trigger: str, caution: Caution) -> None:
    """The item is withheld, or reworded as one of its cautions says, with the reason of each caution that this triggers."""
    here = [c for c in item.cautions if trigger in c.when]
    assert caution in here
    if caution.action == "withhold":
        assert line.status == "withheld"
    else:
        assert line.status in ("rewritten", "withheld")
    if line.status == "rewritten":
        assert (line.plain, line.clinical) in {(c.plain, c.clinical) for c in item.cautions if c.action == "rewrite"}
        assert all(c.reason in line.reason for c in here)
        assert line.plain != item.plain
    assert line.because
    assert line.reason


# -- every caution of the shipped knowledge -----------------------------------------------------------


@pytest.mark.parametrize(("about", "item", "caution"), CAUTIONS)
def test_a_triggered_caution_withholds_or_rewrites_its_item(about: str, item: AdviceItem, caution: Caution) -> None:
    """Each trigger in turn: answered present, probably present, typed as a medicine, a known diagnosis, a likely one."""
    model = shipped()
    beliefs = believing(model, **about_it(about))
    for trigger in caution.when:
        cases = [Case(diagnoses=[trigger])] if trigger in SHIPPED.conditions else _answered(trigger)
        for case in cases:
            held(item, the(item, advise(SHIPPED, read(model, case), beliefs, calm(model))), trigger, caution)
        if trigger in SHIPPED.conditions:
            likely = believing(model, **{**about_it(about), trigger: max(caution.likely, 0.15)})
            held(item, the(item, advise(SHIPPED, read(model, Case()), likely, calm(model))), trigger, caution)


def _answered(trigger: str) -> list[Case]:
    cases = [Case(present=[trigger]), Case(probably_present=[trigger])]
    exposure = SHIPPED.exposures.get(trigger)
    return [*cases, *(Case(medicines=[name]) for name in (exposure.medicines if exposure else ()))]


@pytest.mark.parametrize("about", [EVERYBODY, *SHIPPED.conditions])
def test_without_a_trigger_every_item_is_shown_as_written(about: str) -> None:
    beliefs = believing(shipped(), **about_it(about))
    given = advise(SHIPPED, read(shipped(), Case()), beliefs, calm(shipped()))
    for item in SHIPPED.advice[about]:
        if not any(about in caution.when for caution in item.cautions):
            line = the(item, given)
            assert (line.status, line.plain, line.clinical) == ("shown", item.plain, item.clinical)


@pytest.mark.parametrize(
    "given",
    [
        {"age": 60, "diagnoses": ["chronic_kidney_disease"]},
        {"age": 30, "sex": "female", "pregnant": True},
        {"age": 70, "diagnoses": ["heart_failure"], "medicines": ["furosemide"]},
        {"age": 50, "present": ["dialysis"]},
        {"age": 50, "present": ["hand_numbness"]},
    ],
)
def test_through_the_whole_program_no_caution_is_passed_over(given: dict[str, Any]) -> None:
    answer = shipped().diagnose(Case(present=[*given.pop("present", []), "kind_cramp"], **given))
    triggers = answer.evidence.present | answer.evidence.known
    touched = [line for line in answer.advice if any(triggers & set(c.when) for c in line.item.cautions)]
    assert touched
    assert "shown" not in {line.status for line in touched}


# -- the rules on the tiny knowledge ------------------------------------------------------------------


def test_a_rewritten_item_says_why() -> None:
    calmly = advise(tiny().knowledge, read(tiny(), Case(present=["dialysis"])), believing(tiny()), calm(tiny()))
    drink = next(line for line in calmly if line.item.id == "drink")
    assert (drink.status, drink.plain, drink.clinical) == (
        "rewritten",
        "Keep to the amount agreed.",
        "Keep to the fluid limit.",
    )
    assert drink.because == ("dialysis",)
    assert drink.reason == "Fluid is limited on dialysis."


def test_a_withheld_item_says_why() -> None:
    line = next(x for x in tiny().diagnose(Case(present=["hand_weakness"])).advice if x.item.id == "stretch")
    assert line.status == "withheld"
    assert line.because == ("hand_weakness",)
    assert line.reason == "Weakness needs a look first."


def test_an_unanswered_or_absent_trigger_holds_nothing_back() -> None:
    for case in (Case(), Case(absent=["hand_weakness"]), Case(probably_absent=["hand_weakness"])):
        given = advise(tiny().knowledge, read(tiny(), case), believing(tiny()), calm(tiny()))
        assert next(line for line in given if line.item.id == "stretch").status == "shown"


def test_home_measures_wait_until_somebody_has_looked() -> None:
    found = tiny().diagnose(Case(present=["chest_pain"]))
    assert found.urgency.level == "emergency"
    for line in found.advice:
        if line.item.kind in AT_HOME:
            assert (line.status, line.level) == ("withheld", "emergency")
        else:
            assert line.status == "shown"


def test_withholding_goes_before_rewriting() -> None:
    knowledge = tiny().knowledge
    stretch, drink = knowledge.advice[EVERYBODY]
    both = drink.model_copy(update={"cautions": (*drink.cautions, *stretch.cautions)})
    knowledge = replace(knowledge, advice={**knowledge.advice, EVERYBODY: (both,)})
    evidence = read(tiny(), Case(present=["dialysis", "hand_weakness"]))
    line = the(both, advise(knowledge, evidence, believing(tiny()), calm(tiny())))
    assert (line.status, line.because) == ("withheld", ("hand_weakness",))


def test_a_likely_condition_triggers_from_its_threshold_on() -> None:
    knowledge = tiny().knowledge
    item = knowledge.advice[EVERYBODY][0]
    caution = item.cautions[0].model_copy(update={"when": ("hypocalcemia",), "likely": 0.3})
    item = item.model_copy(update={"cautions": (caution,)})
    knowledge = replace(knowledge, advice={**knowledge.advice, EVERYBODY: (item,)})
    for present, expected in ((0.29, "shown"), (0.3, "withheld")):
        given = advise(knowledge, read(tiny(), Case()), believing(tiny(), hypocalcemia=present), calm(tiny()))
        assert the(item, given).status == expected


def test_leaders_are_the_largest_shares_and_the_first_in_any_case() -> None:
    evidence = read(tiny(), Case())
    names = list(tiny().knowledge.conditions)
    beliefs = believing(tiny(), **dict(zip(names, (0.3, SHARE, 0.05, 0.9, 0.2), strict=True)))
    assert leaders(evidence, beliefs) == (names[3], names[0], names[4], names[1])
    assert len(leaders(evidence, believing(tiny(), **dict.fromkeys(names, 0.5)))) == MOST
    assert leaders(evidence, believing(tiny(), **{names[2]: 0.01})) == (names[2],)


def test_without_a_complaint_presence_leads() -> None:
    evidence = read(tiny(), Case(complaint=False))
    contributes = dict.fromkeys(tiny().knowledge.conditions, 0.0)
    present = {**contributes, "hypocalcemia": 0.5}
    assert leaders(evidence, Posterior(contributes, present, present, 0.0, 0.0, 0)) == ("hypocalcemia",)


def test_advice_for_everybody_comes_last() -> None:
    about = [line.about for line in tiny().diagnose(Case(present=["kind_cramp", "at_night"])).advice]
    assert about[0] == "idiopathic_cramp"
    assert about[-2:] == [EVERYBODY, EVERYBODY]
    assert EVERYBODY not in about[:-2]
