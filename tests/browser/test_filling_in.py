"""What takes longer than the answer fills in beside it: without blocking, without moving the page, and it ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_page import DESK, PHONE, SMALL, answer, reply, violations

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
PANELS = ("What speaks for and against", "Why not another", "What would turn the result", "Examinations and tests")


def filled(visit: Visit) -> Page:
    """Enter the small case and wait until everything about it is there."""
    answer(visit)
    page = visit.page
    expect(page.locator(".cn-whisker").first).to_be_attached(timeout=30_000)
    expect(page.locator(".cn-waiting, .cn-stale")).to_have_count(0, timeout=30_000)
    visit.settle()
    return page


def unfold(page: Page) -> None:
    for name in PANELS:
        page.locator("summary", has_text=name).click()
    expect(page.locator(".st-key-next_tests")).to_be_attached(timeout=30_000)
    page.wait_for_timeout(400)


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL])
def test_everything_comes_and_fits(tiny: str, visit: Open, size: tuple[int, int]) -> None:
    seen = visit(tiny, *size)
    page = filled(seen)
    expect(page.get_by_text("stays first in")).to_be_attached()
    expect(page.get_by_text("The urgency stays the same")).to_be_attached()
    expect(page.locator(".st-key-step_question_0")).to_be_attached()
    unfold(page)
    expect(page.locator(".cn-ledger")).to_have_count(2)
    seen.assert_fits()
    assert seen.errors == []


def test_filling_in_does_not_move_the_page(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    page = filled(seen)
    places = "['.cn-rows', '.st-key-next_questions', '.st-key-questions_pattern', '.st-key-onward']"
    where = f"{places}.map(s => Math.round(document.querySelector(s).getBoundingClientRect().top))"
    page.evaluate(
        f"""() => {{
          window.tops = [];
          new MutationObserver(() => window.tops.push(JSON.stringify({where})))
            .observe(document.body, {{subtree: true, childList: true, attributes: true, characterData: true}});
        }}"""
    )
    reply(page, "Does it come at night?", "No")
    expect(page.get_by_text("How firm the order is: being worked out")).to_be_attached()
    expect(page.locator(".cn-whisker").first).to_be_attached(timeout=30_000)
    expect(page.locator(".cn-stale")).to_have_count(0, timeout=30_000)
    seen.settle()
    assert len(set(page.evaluate("window.tops"))) == 1


def test_looking_ends_when_all_is_there(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    frames: list[int] = []
    seen.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(len(frame))))
    seen.page.reload()
    expect(seen.page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
    seen.settle()
    filled(seen)
    assert frames
    before = len(frames)
    seen.page.wait_for_timeout(2_500)
    assert len(frames) == before


def test_an_answer_can_be_changed_while_the_last_one_is_worked_out(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    answer(seen)
    for said in ("No", "Probably", "Don't know", "Yes"):
        reply(seen.page, "Does it come at night?", said)
        seen.page.wait_for_timeout(120)
    seen.settle()
    night = seen.page.get_by_role("radiogroup", name="at night")
    expect(night.get_by_role("radio", name="Yes")).to_be_checked()
    expect(seen.page.locator(".cn-whisker").first).to_be_attached(timeout=30_000)
    unfold(seen.page)
    expect(seen.page.get_by_text("At night: yes").first).to_be_visible()


def test_open_panels_stay_open_when_an_answer_changes(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    page = filled(seen)
    unfold(page)
    reply(page, "Does it come at night?", "No")
    expect(page.get_by_text("At night: no").first).to_be_visible(timeout=30_000)
    expect(page.locator(".cn-stale")).to_have_count(0, timeout=30_000)
    for ledger in page.locator(".cn-ledger").all():
        expect(ledger).to_be_visible()


def test_a_next_question_takes_one_to_its_answers(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *PHONE)
    page = filled(seen)
    row = page.locator(".st-key-step_question_0")
    asked = row.locator(".cn-step-name").inner_text()
    row.get_by_role("button", name="Answer").click()
    seen.settle()
    group = page.get_by_role("radiogroup", name=asked)
    expect(group).to_be_in_viewport()
    group.get_by_role("radio", name="No", exact=True).click()
    expect(group.get_by_role("radio", name="No", exact=True)).to_be_checked()


def test_asking_whether_to_start_again_is_not_closed_by_the_filling_in(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    page = filled(seen)
    reply(page, "Does it come at night?", "Probably")
    page.get_by_role("button", name="Start again").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.wait_for_timeout(3_000)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep my answers").click()
    expect(page.locator(".cn-whisker").first).to_be_attached(timeout=30_000)


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_accessibility(tiny: str, visit: Open, size: tuple[int, int], scheme: str) -> None:
    seen = visit(tiny, *size, scheme)
    page = filled(seen)
    unfold(page)
    for summary in page.locator(".cn-step summary").all():
        summary.click()
    found = violations(page, "filled")
    reply(page, "Does it come at night?", "No")
    page.wait_for_timeout(150)
    found += violations(page, "filling in")
    assert found == []
