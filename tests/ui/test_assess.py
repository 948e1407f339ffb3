"""The Assess page: from an empty start to an answer, and what happens when an entry is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

import crampnet
from crampnet.api import Model
from crampnet.knowledge.record import Level
from crampnet.ui.service import desk
from crampnet.ui.text import words
from tests.ui.conftest import Driver


def with_rules(monkeypatch: pytest.MonkeyPatch, rules: Sequence[tuple[Level, tuple[str, ...]]]) -> None:
    """The tiny knowledge of the page with other red flags: level, and of which any is enough."""
    model = desk().model
    first = model.knowledge.red_flags[0]
    flags = [
        first.model_copy(update={"id": f"x{i}", "level": level, "any_of": any_of})
        for i, (level, any_of) in enumerate(rules)
    ]
    monkeypatch.setattr(model, "knowledge", replace(model.knowledge, red_flags=tuple(flags)))


@pytest.fixture
def three_signs(tiny: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with_rules(monkeypatch, [("emergency", ("chest_pain", "hand_weakness", "hand_tingling"))])


def test_nothing_entered_says_what_to_do_first(page: Driver) -> None:
    assert words("answer.start_title") in page.html
    assert page.session.report is None
    page.click("begin")
    assert page.session.step == "happening"


def test_the_page_gives_the_answer_of_the_library(page: Driver, model: Model) -> None:
    page.app.number_input(key="age").set_value(52)
    page.run().step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_spasm"])
    page.run().reply("at_night", "absent", "pattern")
    expected = model.diagnose(crampnet.Case(age=52, present=["kind_spasm"], absent=["at_night"])).ranking
    assert page.shares == expected["contributes"].to_dict()


def test_each_entry_changes_the_ranking(page: Driver) -> None:
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    before = page.run().shares
    page.step("findings").reply("perioral_tingling", "present")
    assert page.shares["hypocalcemia"] > before["hypocalcemia"]


def test_having_gone_to_a_doctor_changes_the_answer_and_not_having_gone_does_not(page: Driver, model: Model) -> None:
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    before = page.run().shares
    page.say("sought_care", "present")
    expected = model.diagnose(crampnet.Case(present=["kind_cramp"], sought_care=True)).ranking
    assert page.shares == expected["contributes"].to_dict() != before
    page.say("sought_care", "absent")
    assert page.shares == before


def test_a_hand_without_trouble_is_not_asked_about_a_doctor(page: Driver) -> None:
    page.step("happening")
    page.say("sought_care", "present")
    page.app.toggle(key="complaint").set_value(False)
    page.run()
    assert "sought_care" not in {control.key for control in page.app.segmented_control}
    assert page.errors == ""


def test_dont_know_is_the_same_as_unanswered(page: Driver) -> None:
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    before = page.run().shares
    page.step("findings").reply("hand_tingling", "present")
    assert page.shares != before
    page.reply("hand_tingling", "unknown")
    assert page.shares == before


def test_probably_lies_between_yes_and_unanswered(page: Driver) -> None:
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    before = page.run().shares["hypocalcemia"]
    probably = page.step("findings").reply("perioral_tingling", "probably_present").shares["hypocalcemia"]
    surely = page.reply("perioral_tingling", "present").shares["hypocalcemia"]
    assert before < probably < surely


def test_a_kind_that_is_no_longer_chosen_is_unanswered(page: Driver) -> None:
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp", "kind_spasm"])
    page.run()
    page.app.pills(key="kinds_plain").set_value(["kind_spasm"])
    page.run()
    assert page.session.draft.answered == {"kind_spasm": "present"}


def test_no_complaint_ranks_by_presence_and_says_so(page: Driver) -> None:
    page.step("happening")
    page.app.toggle(key="complaint").set_value(False)
    page.run()
    report = page.session.report
    assert report is not None
    assert report.ranked_by == "present"
    assert words("answer.ranking_present") in page.html


def test_both_special_rows_are_always_shown(page: Driver) -> None:
    page.app.number_input(key="age").set_value(30)
    page.run()
    assert all(name in page.html for name in words("always_shown").values())


def test_none_of_these_goes_from_list_to_list_and_can_be_undone(page: Driver) -> None:
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    page.run().step("warning")
    assert page.has_button("go_warning")
    assert page.signs == {"chest_pain": False}
    page.dismiss()
    assert page.session.draft.answers["chest_pain"] == "absent"
    assert page.signs == {"hand_weakness": False}
    page.dismiss()
    assert page.signs == {}
    assert not page.has_button("go_warning")
    assert words("warning.done") in [text.value for text in page.app.markdown]
    page.click("undo")
    assert page.session.draft.answered == {"kind_cramp": "present", "chest_pain": "absent"}
    assert page.signs == {"hand_weakness": False}
    page.click("list_earlier")
    assert page.signs == {"chest_pain": False}


def test_a_tick_is_a_yes_and_stays_one_whatever_the_button_says(page: Driver) -> None:
    page.step("warning").tick("chest_pain")
    report = page.session.report
    assert report is not None
    assert report.urgency.level == "emergency"
    assert words("answer.emergency_call") in page.html
    assert page.session.draft.answers == {"chest_pain": "present"}
    page.dismiss()
    assert page.session.draft.answers == {"chest_pain": "present"}
    page.click("list_earlier").tick("chest_pain", False)
    assert page.session.draft.answers == {}


def test_these_and_none_of_the_others_needs_the_button(visit: Callable[[], Driver], three_signs: None) -> None:
    page = visit().step("warning")
    page.tick("hand_weakness")
    assert page.session.draft.answers == {"hand_weakness": "present"}
    assert page.app.button(key="none_0").label == words("warning.others")
    page.dismiss()
    others = dict.fromkeys(("chest_pain", "hand_tingling"), "absent")
    assert page.session.draft.answers == {"hand_weakness": "present"} | others


def test_dont_know_is_never_made_a_no(visit: Callable[[], Driver], three_signs: None) -> None:
    page = visit().step("warning")
    page.reply("chest_pain", "unknown", "warning_emergency").dismiss()
    assert page.session.draft.answers == {"chest_pain": "unknown", "hand_weakness": "absent", "hand_tingling": "absent"}
    page.click("undo").dismiss("unknown")
    assert page.session.draft.answered == {}
    assert page.session.draft.unknown == {"chest_pain", "hand_weakness", "hand_tingling"}
    assert page.signs == {}
    page.click("list_earlier").tick("hand_tingling")
    assert page.session.draft.answered == {"hand_tingling": "present"}


def test_a_list_keeps_its_signs_while_it_is_answered(visit: Callable[[], Driver], three_signs: None) -> None:
    page = visit().step("warning")
    signs = list(page.signs)
    page.tick("hand_tingling").reply("chest_pain", "probably_present", "warning_emergency")
    assert page.signs == {name: name in ("hand_tingling", "chest_pain") for name in signs}
    page.step("who").step("warning")
    assert page.signs == {name: name in ("hand_tingling", "chest_pain") for name in signs}


def test_none_of_all_answers_every_list_at_once(page: Driver) -> None:
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    page.run().step("warning").click("none_at_all")
    assert page.session.draft.answered == {"kind_cramp": "present", "chest_pain": "absent", "hand_weakness": "absent"}
    assert page.signs == {}
    page.click("undo")
    assert page.session.draft.answered == {"kind_cramp": "present"}
    assert page.signs == {"chest_pain": False}


def test_signs_that_wait_for_medicines_lead_to_them(
    visit: Callable[[], Driver], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit()
    with_rules(monkeypatch, [("emergency", ("loop_diuretic", "chest_pain"))])
    page.step("warning").dismiss().click("go_medicines")
    assert page.session.step == "medicines"


def test_age_outside_the_range_is_told_and_kept(page: Driver) -> None:
    page.app.number_input(key="age").set_value(44)
    before = page.run().shares
    page.app.number_input(key="age").set_value(11)
    page.run()
    assert "12 to 120" in page.errors
    assert page.app.number_input(key="age").value == 11
    assert page.shares == before
    assert words("answer.stale") in [text.value for text in page.app.markdown]
    page.app.number_input(key="age").set_value(16)
    page.run()
    assert not page.errors
    assert "Under 18" in page.html


def test_an_unknown_medicine_is_told_kept_and_can_be_swapped(page: Driver) -> None:
    page.step("medicines")
    page.app.multiselect(key="medicines").set_value(["furosemid"])
    page.run()
    assert "furosemide" in page.errors
    assert page.session.draft.medicines == ("furosemid",)
    page.click("use_furosemid_furosemide")
    assert not page.errors
    assert page.session.draft.medicines == ("furosemide",)
    assert "loop diuretic" in "\n".join(text.value for text in page.app.markdown)


@pytest.mark.parametrize(("step", "field"), [("medicines", "medicines"), ("diagnoses", "diagnoses")])
def test_none_can_be_said_taken_back_and_gives_way_to_a_name(page: Driver, step: str, field: str) -> None:
    def box() -> list[bool]:
        return [found.value for found in page.app.checkbox if found.key == f"no_{field}"]

    page.step(step)
    assert getattr(page.session.draft, field) is None
    assert box() == [False]
    page.app.checkbox(key=f"no_{field}").set_value(True)
    page.run()
    assert getattr(page.session.draft, field) == ()
    assert page.session.draft.to_case().to_dict() == {field: []}
    name = "furosemide" if field == "medicines" else "hypocalcemia"
    page.app.multiselect(key=field).set_value([name])
    page.run()
    assert (getattr(page.session.draft, field), box()) == ((name,), [])
    page.app.multiselect(key=field).set_value([])
    page.run()
    assert (getattr(page.session.draft, field), box()) == (None, [False])


def test_the_whole_list_is_asked_of_a_list(page: Driver) -> None:
    page.step("medicines")
    assert "medicines_complete" not in [found.key for found in page.app.checkbox]
    page.app.multiselect(key="medicines").set_value(["furosemide"])
    page.run()
    page.app.checkbox(key="medicines_complete").set_value(True)
    page.run()
    page.app.multiselect(key="medicines").set_value([])
    page.run()
    assert page.app.checkbox(key="medicines_complete").value
    assert page.session.draft.to_case().medicines_complete


def test_a_value_that_nobody_has_is_refused_beside_its_field(page: Driver) -> None:
    page.app.number_input(key="age").set_value(44)
    before = page.run().shares
    page.step("results")
    page.app.selectbox(key="test_plain").set_value("serum_calcium")
    page.run()
    page.app.number_input(key="number").set_value(40.0)
    page.run().click("add_result")
    assert "no living person" in page.errors
    assert page.app.number_input(key="number").value == 40.0
    assert page.shares == before
    page.app.number_input(key="number").set_value(7.4)
    page.app.selectbox(key="unit").set_value("mg/dL")
    page.run().click("add_result")
    assert page.session.draft.results == {"serum_calcium": "7.4 mg/dL"}
    assert page.shares["hypocalcemia"] > before["hypocalcemia"]
    page.click("remove_serum_calcium")
    assert page.shares == before


def test_a_contradiction_is_told_and_nothing_is_lost(page: Driver) -> None:
    page.step("results")
    page.app.selectbox(key="test_plain").set_value("serum_calcium")
    page.run().reply("serum_calcium_low", "present", "told")
    page.app.number_input(key="number").set_value(1.7)
    page.run().click("add_result")
    assert "Calcium low" in page.errors
    assert page.session.draft.answered == {"serum_calcium_low": "present"}
    assert page.session.draft.results == {"serum_calcium": "1.7 mmol/L"}


def test_impossible_answers_name_what_clashes(page: Driver) -> None:
    page.step("happening")
    page.app.toggle(key="complaint").set_value(False)
    page.run().step("diagnoses")
    page.app.multiselect(key="diagnoses").set_value(["dialysis_cramp"])
    page.run().step("findings")
    page.app.selectbox(key="topic").set_value("procedure")
    page.run().reply("dialysis", "absent")
    assert words("answer.clash") in page.errors
    assert "Dialysis" in page.errors
    page.reply("dialysis", "unknown")
    assert not page.errors


def test_warning_signs_are_told_where_there_is_no_answer(page: Driver) -> None:
    """What clashes, or a value that cannot be, keeps the probabilities away and not the level of a warning sign."""
    page.step("diagnoses")
    page.app.multiselect(key="diagnoses").set_value(["dialysis_cramp"])
    page.run().step("findings")
    page.app.selectbox(key="topic").set_value("procedure")
    page.run().reply("dialysis", "absent")
    assert words("answer.clash") in page.errors
    assert "cn-level-emergency" not in page.html
    page.step("warning").tick("chest_pain")
    assert words("answer.clash") in page.errors
    assert page.session.report is None or page.session.report.urgency.level != "emergency"
    assert "cn-banner cn-level-emergency" in page.html
    assert "cn-status cn-level-emergency" in page.html
    assert words("answer.emergency_call") in page.html


def test_search_finds_by_alias_and_forgives_typing_errors(page: Driver) -> None:
    page.step("findings")
    page.app.text_input(key="search").set_value("pins and neddles")
    page.run()
    shown = [control.key for control in page.app.segmented_control if str(control.key).startswith("finding_")]
    assert shown == ["finding_hand_tingling"]


def test_answered_questions_are_listed_and_can_be_cleared(page: Driver) -> None:
    page.step("findings").reply("hand_tingling", "present")
    page.app.selectbox(key="topic").set_value("answered")
    page.run().reply("hand_tingling", "unknown")
    assert words("findings.none_answered") in [text.value for text in page.app.markdown]


def test_start_again_asks_first(page: Driver) -> None:
    page.app.number_input(key="age").set_value(44)
    page.run().click("restart").click("restart_no")
    assert page.session.draft.age == 44
    page.click("restart").click("restart_yes")
    assert page.session.draft.empty
    assert page.app.number_input(key="age").value is None


def test_clinical_words_change_names_and_not_the_answer(page: Driver) -> None:
    page.app.selectbox(key="setting_plain").set_value("dialysis_unit")
    page.run().step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    before = page.run().shares
    page.app.segmented_control(key="voice").set_value("clinical")
    page.run()
    assert "Hypocalcemia" in page.html
    assert page.app.pills(key="kinds_clinical").value == ["kind_cramp"]
    assert page.step("who").app.selectbox(key="setting_clinical").value == "dialysis_unit"
    assert page.shares == before


def test_entries_survive_another_step_and_another_page(visit: Callable[[], Driver]) -> None:
    page = visit()
    page.app.number_input(key="age").set_value(44)
    page.run().step("findings").reply("hand_tingling", "present")
    before = page.shares
    page.app.session_state["where"] = "about"
    page.run()
    assert words("title") not in page.html
    page.app.session_state["where"] = "assess"
    page.run()
    assert page.shares == before
    assert page.app.segmented_control(key="finding_hand_tingling").value == "present"
    page.step("who")
    assert page.app.number_input(key="age").value == 44


def test_about_says_version_digest_and_emergency_number(visit: Callable[[], Driver], model: Model) -> None:
    page = visit()
    page.app.session_state["where"] = "about"
    page.run()
    said = "\n".join(text.value for text in page.app.markdown)
    assert model.knowledge.digest in said
    assert "112" in said
