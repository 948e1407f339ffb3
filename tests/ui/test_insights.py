"""How sure, why, what would turn it and what next: filled in beside the answer, never in its way."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from crampnet.api import INSIGHTS, Model
from crampnet.report.insights import Name
from crampnet.report.text import percent as report_percent
from crampnet.ui import service
from crampnet.ui.catalog import Catalog
from crampnet.ui.places import Place, place
from crampnet.ui.text import between, percent, report_words, words
from tests.ui.conftest import Driver


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Begin without what other tests have had worked out."""
    service._load.clear()


def held(monkeypatch: pytest.MonkeyPatch, part: str) -> Event:
    """Hold a part back until the event is set."""
    free, real = Event(), INSIGHTS[part]

    def slow(*given: Any) -> Any:
        assert free.wait(30)
        return real(*given)

    monkeypatch.setitem(INSIGHTS, part, slow)
    return free


@pytest.fixture
def answered(page: Driver) -> Driver:
    """A visit with an answer whose insights are all there."""
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    page.run().reply("at_night", "present", "pattern")
    return page.settle()


def test_the_answer_is_there_before_its_insights(page: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    free = held(monkeypatch, "reasons")
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    page.run()
    assert page.shares
    assert words("answer.firm_waiting") in page.html
    assert words("answer.level_waiting") in page.html
    assert words("insight.waiting") in page.html
    free.set()


def test_firmness_and_intervals_are_those_of_the_library(answered: Driver, model: Model) -> None:
    answer = answered.session.answer
    assert answer is not None
    again = model.diagnose(answer.case).uncertainty
    assert report_words("first").format(share=percent(again.firmness)) in answered.html
    assert report_percent(again.level_firmness) in answered.html
    low, high = again.contributes["idiopathic_cramp"]
    assert between(low, high) in answered.html
    assert answered.html.count("cn-whisker") == len(answer.report.rows)


def test_the_points_on_the_page_add_up(answered: Driver) -> None:
    for account in re.findall(r'<ul class="cn-ledger">(.*?)</ul>', answered.html):
        found = re.findall(r'cn-points">([^<]+)<', account)
        first, *weights, last = (int(value.replace("\N{MINUS SIGN}", "-")) for value in found)
        assert weights
        assert first + sum(weights) == last


def test_another_condition_can_be_compared(answered: Driver) -> None:
    before = report_words("versus").format(one=words("always_shown.idiopathic_cramp"), other="Carpal tunnel syndrome")
    assert before in answered.html
    answered.app.selectbox(key="versus_plain").set_value("hypocalcemia")
    answered.run().settle()
    after = report_words("versus").format(one=words("always_shown.idiopathic_cramp"), other="Low calcium")
    assert after in answered.html
    assert before not in answered.html


def test_clinical_words_reach_every_part(answered: Driver) -> None:
    answered.app.segmented_control(key="voice").set_value("clinical")
    answered.run().settle()
    assert words("following.bits").format(bits="")[:5] in answered.html
    assert "Painful cramp: present" in answered.html
    assert "Painful cramp: yes" not in answered.html


def test_the_questions_come_before_the_tests_are_weighed(page: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    free = held(monkeypatch, "next")
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    page.run()
    job = page.session.job
    assert job is not None
    deadline = time.monotonic() + 30
    while service.QUESTIONS not in job.results:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    page.run()
    page.unfold("tests")
    assert page.has_button("go_question_0")
    assert not page.has_button("go_blood_0")
    free.set()
    page.settle()
    assert page.has_button("go_question_0")
    assert page.has_button("go_blood_0")


def test_examinations_and_tests_are_drawn_once_they_are_opened(answered: Driver) -> None:
    assert not answered.has_button("go_blood_0")
    assert answered.unfold("tests").has_button("go_blood_0")
    assert not answered.unfold("tests", opened=False).has_button("go_blood_0")


def test_a_next_question_leads_to_where_it_is_answered(answered: Driver) -> None:
    assert answered.session.job is not None
    first = next(s for s in answered.session.job.results["next"].steps if s.cost == "answer")
    answered.click("go_question_0")
    assert answered.session.step == "findings"
    shown = [c.key for c in answered.app.segmented_control if str(c.key).startswith("finding_")]
    assert shown[0] == f"finding_{first.step.id}"


def test_warning_signs_stand_before_the_questions_and_lead_to_their_lists(answered: Driver) -> None:
    assert answered.html.index(words("following.checklist")) < answered.html.index(words("following.why"))
    answered.click("go_checklist")
    assert answered.session.step == "warning"
    assert answered.signs == {"chest_pain": False}


def test_what_was_too_expensive_to_weigh_is_named(page: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    real, missed = INSIGHTS["next"], (Name("x", "Plain x", "Clinical x"),)
    monkeypatch.setitem(INSIGHTS, "next", lambda answer, skipped: replace(real(answer, skipped), left_out=missed))
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    page.run().settle()
    assert report_words("left_out").format(names="Plain x") in page.html


def test_a_test_leads_to_its_number(answered: Driver) -> None:
    answered.unfold("tests").click("go_blood_0")
    assert answered.session.step == "results"
    assert answered.app.selectbox(key="test_plain").value == "serum_calcium"


def test_what_was_not_known_is_not_asked_again(answered: Driver) -> None:
    assert answered.session.job is not None
    first = next(s for s in answered.session.job.results["next"].steps if s.cost == "answer").step.id
    answered.click("go_question_0").reply(first, "unknown")
    answered.settle()
    assert answered.session.job is not None
    assert first not in [step.step.id for step in answered.session.job.results["next"].steps]


def test_the_last_insights_stay_dimmed_until_the_new_ones_come(
    answered: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = held(monkeypatch, "reasons")
    answered.reply("at_night", "absent", "pattern")
    assert "cn-stale" in answered.html
    assert words("insight.anew") in answered.html
    assert "cn-whisker" not in answered.html
    free.set()
    answered.settle()
    assert "cn-stale" not in answered.html
    assert "At night: no" in answered.html


def test_going_back_to_an_earlier_answer_shows_everything_at_once(answered: Driver) -> None:
    answered.reply("at_night", "absent", "pattern").settle()
    answered.reply("at_night", "present", "pattern")
    assert "cn-whisker" in answered.html
    assert "cn-stale" not in answered.html


def test_what_cannot_be_worked_out_is_told(page: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Iterator[Any]:
        raise ValueError("no")

    monkeypatch.setattr(service, "_sureness", fail)
    for part in ("reasons", "next"):
        monkeypatch.setitem(INSIGHTS, part, fail)
    page.step("happening")
    page.app.pills(key="kinds_plain").set_value(["kind_cramp"])
    page.run().settle().unfold("tests")
    assert page.shares
    assert page.html.count(words("insight.failed")) == 3
    assert words("answer.level_failed") in page.html
    assert words("answer.firm_failed") in page.html


def test_a_message_about_a_file_outlives_the_filling_in(page: Driver) -> None:
    page.app.file_uploader[0].set_value(("case.yaml", b"present: [kind_cramp]", "application/yaml"))
    page.run()
    assert page.app.success
    page.session.filling = True
    page.run()
    assert page.app.success
    page.run()
    assert not page.app.success


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("serum_calcium", Place("results", {"test": "serum_calcium"})),
        ("kind_spasm", Place("happening")),
        ("hand_tingling", Place("findings", {"search": "Tingling hand", "topic": "all", "page": 1})),
    ],
)
def test_every_step_has_its_place(step: str, expected: Place, answered: Driver, model: Model) -> None:
    assert answered.session.job is not None
    some = answered.session.job.results["next"].steps[0]
    given = replace(some, step=Name(step, step, step), kind="symptom")
    assert place(Catalog(model.vocabulary), given) == expected
