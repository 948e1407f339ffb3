"""The page in a real browser, at the width of a desk and of a phone."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Visit

pytestmark = pytest.mark.browser

DESK, PHONE, SMALL = (1440, 900), (390, 844), (320, 640)
LOOPBACK = {"127.0.0.1", "localhost", ""}

Open = Callable[..., Visit]


def answer(visit: Visit) -> None:
    """Enter a small case: a cramp at night, one warning sign denied."""
    page = visit.page
    page.get_by_role("button", name="Begin with what happens").click()
    visit.settle()
    page.get_by_role("button", name="Painful cramp").click()
    visit.settle()
    reply(page, "Does it come at night?", "Yes")
    visit.settle()


def reply(page: Page, question: str, said: str) -> None:
    page.get_by_role("radiogroup", name=question).get_by_role("radio", name=said, exact=True).click()


def open_everything(visit: Visit) -> None:
    """Open all that is folded on the Accuracy page."""
    for folded in visit.page.locator(".cn-section details").all():
        folded.locator("summary").click()


def leaving(visit: Visit) -> list[str]:
    """Requests that went anywhere but to this machine."""
    return [url for url in visit.requests if (urlsplit(url).hostname or "") not in LOOPBACK]


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL])
def test_to_an_answer_without_leaving_this_machine(tiny: str, visit: Open, size: tuple[int, int]) -> None:
    seen = visit(tiny, *size)
    seen.assert_fits()
    answer(seen)
    expect(seen.page.get_by_role("heading", name="What may be behind it")).to_be_attached()
    expect(seen.page.locator(".cn-name").first).to_have_text("No disease behind it")
    for name in ("Warning signs", "All findings", "Medicines", "Diagnoses", "Test results", "Who"):
        seen.step(name)
        seen.assert_fits()
    seen.go("Accuracy")
    expect(seen.page.get_by_role("heading", name="In short")).to_be_visible()
    open_everything(seen)
    seen.assert_fits()
    seen.go("About")
    seen.assert_fits()
    assert leaving(seen) == []
    assert seen.errors == []


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_entries_survive_the_other_page(tiny: str, visit: Open, size: tuple[int, int]) -> None:
    seen = visit(tiny, *size)
    answer(seen)
    before = figures(seen)
    seen.go("About")
    expect(seen.page.get_by_role("heading", name="Privacy")).to_be_visible()
    seen.go("Assess")
    expect(seen.page.get_by_role("radiogroup", name="at night").get_by_role("radio", name="Yes")).to_be_checked()
    assert figures(seen) == before


def test_the_phone_has_the_answer_in_a_line_that_stays(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *PHONE)
    answer(seen)
    seen.page.get_by_role("button", name="Next: Warning signs").click()
    seen.settle()
    line = seen.page.get_by_role("status").first
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("Routine")
    line.get_by_role("link").click()
    expect(seen.page.get_by_role("heading", name="The answer")).to_be_in_viewport()


def test_the_desk_keeps_the_answer_beside_the_questions(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    answer(seen)
    seen.step("All findings")
    seen.page.mouse.move(300, 500)
    seen.page.mouse.wheel(0, 1500)
    expect(seen.page.get_by_role("heading", name="The answer")).to_be_in_viewport()


def test_none_of_these_makes_the_level_final(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    answer(seen)
    seen.page.get_by_role("button", name="Answer the warning signs").click()
    seen.settle()
    for _ in ("chest pain", "weak grip"):
        seen.page.get_by_role("button", name="No, not this").click()
        seen.settle()
    expect(seen.page.get_by_role("button", name="Answer the warning signs")).to_have_count(0)
    expect(seen.page.get_by_role("button", name="Undo")).to_be_visible()


def test_a_double_click_answers_one_list(tiny: str, visit: Open) -> None:
    """Its second half finds the next list drawn, its button in the same place: nobody has read that list."""
    seen = visit(tiny, *PHONE)
    page = seen.page
    seen.step("Warning signs")
    button = page.get_by_role("button", name="No, not this")
    page.locator("#step-heading").evaluate("heading => heading.scrollIntoView()")
    before = button.bounding_box()
    page.evaluate(
        """() => new MutationObserver((_, observer) => {
          const next = document.querySelector('.st-key-none_of_these_odd button');
          if (!next) return;
          observer.disconnect();
          window.pointer = getComputedStyle(next).pointerEvents;
        }).observe(document.body, {subtree: true, childList: true})"""
    )
    button.click()
    page.wait_for_function("window.pointer !== undefined", timeout=PATIENCE * 1000)
    assert page.evaluate("window.pointer") == "none"
    seen.settle()
    assert button.bounding_box() == before
    button.click()
    expect(button).to_have_count(0)


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_checklist_by_keyboard(shipped: str, visit: Open, size: tuple[int, int]) -> None:
    """Space ticks, Enter says none of the others; the reader is then at the head of the next list."""
    seen = visit(shipped, *size)
    seen.step("Warning signs")
    page = seen.page
    signs = page.locator(".st-key-signs").get_by_role("checkbox")
    expect(signs.nth(1)).to_be_visible()
    others = signs.count() - 1
    assert 3 <= others <= 7
    seen.assert_fits()
    signs.nth(1).focus()
    page.keyboard.press("Space")
    expect(signs.nth(1)).to_be_checked()
    expect(page.locator(".cn-level").first).to_contain_text("Emergency", timeout=30_000)
    button = page.get_by_role("button", name="These, and none of the others")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Undo: {others} were answered with No")).to_be_visible(timeout=30_000)
    expect(page.locator("#step-heading")).to_be_focused()
    assert violations(page, "after a checklist") == []
    seen.assert_fits()


def test_search_finds_while_typing(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    seen.step("All findings")
    seen.page.get_by_label("Search").press_sequentially("mouth", delay=40)
    expect(seen.page.get_by_role("radiogroup", name="round the mouth")).to_be_visible()
    expect(seen.page.locator(".st-key-questions_finding [role=radiogroup]")).to_have_count(1)


def test_a_saved_case_opens_again_and_a_wrong_file_changes_nothing(tiny: str, visit: Open) -> None:
    seen = visit(tiny, *DESK)
    answer(seen)
    before = figures(seen)
    seen.page.get_by_role("button", name="Case file").click()
    with seen.page.expect_download() as saved:
        seen.page.get_by_role("button", name="Save this case").click()
    content = saved.value.path().read_bytes()
    assert b"kind_cramp" in content
    upload(seen, b"present: [kind_crampp]")
    expect(seen.page.get_by_text("The file was not opened")).to_be_visible()
    expect(seen.page.get_by_text("kind_cramp", exact=False).first).to_be_visible()
    assert "Traceback" not in seen.page.inner_text("body")
    assert figures(seen) == before
    other = visit(tiny, *DESK)
    upload(other, content)
    expect(other.page.get_by_text("The case file was opened.")).to_be_visible()
    assert figures(other) == before


def figures(visit: Visit) -> list[str]:
    """The shares of the ranking, without the intervals, which come when they are worked out."""
    return visit.page.locator(".cn-rows").first.locator(".cn-share").all_inner_texts()


def upload(visit: Visit, content: bytes) -> None:
    """Choose a file in the menu, which is opened first; its field is drawn later than the rest of it."""
    menu = visit.page.get_by_role("button", name="Case file")
    if menu.get_attribute("aria-expanded") == "false":
        menu.click()
    visit.page.locator("input[type=file]").set_input_files(
        {"name": "case.yaml", "mimeType": "application/yaml", "buffer": content}
    )
    visit.settle()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_accessibility(tiny: str, visit: Open, size: tuple[int, int], scheme: str) -> None:
    seen = visit(tiny, *size, scheme)
    found = violations(seen.page, "start")
    answer(seen)
    found += violations(seen.page, "happening")
    for name in ("Warning signs", "All findings", "Medicines", "Diagnoses", "Test results"):
        seen.step(name)
        found += violations(seen.page, name)
    seen.step("Who")
    seen.page.get_by_label("Age in years").fill("11")
    seen.page.get_by_label("Age in years").press("Enter")
    expect(seen.page.get_by_text("outside the ages").first).to_be_visible()
    found += violations(seen.page, "stale")
    seen.go("Accuracy")
    open_everything(seen)
    found += violations(seen.page, "accuracy")
    seen.go("About")
    found += violations(seen.page, "about")
    assert found == []


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL])
def test_the_pictures_of_the_accuracy_page(tiny: str, visit: Open, size: tuple[int, int]) -> None:
    """Dots lie where they should: said to the right, came true upwards; nothing leaves its field."""
    seen = visit(f"{tiny}/accuracy", *size)
    pictures = seen.page.get_by_role("img")
    expect(pictures.first).to_be_visible()
    expect(pictures).to_have_count(4)
    for field in seen.page.locator(".cn-field").all():
        assert len(field.get_attribute("aria-label") or "") > 40
    dots = seen.page.locator(".cn-slanting").first
    box = dots.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"], abs=2)
    places = [dot.bounding_box() for dot in dots.locator(".cn-dot").all()]
    lefts = [place["x"] for place in places if place is not None]
    assert lefts == sorted(lefts)
    assert box["x"] - 10 <= lefts[0]
    assert lefts[-1] <= box["x"] + box["width"]
    seen.page.locator(".cn-source summary").first.click()
    expect(seen.page.get_by_role("columnheader", name="Came true").first).to_be_visible()


def violations(page: Page, where: str) -> list[str]:
    """Serious and critical findings of axe, each with the place and the first element; not of a page half drawn."""
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    response = Axe().run(page).response
    return [
        f"{where}: {found['id']}: {found['nodes'][0]['html'][:200]} {found['nodes'][0]['failureSummary'][:300]}"
        for found in response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


def test_the_shipped_knowledge_answers(shipped: str, visit: Open) -> None:
    seen = visit(shipped, *DESK)
    seen.page.get_by_label("Age in years").fill("75")
    seen.page.get_by_label("Age in years").press("Enter")
    seen.settle()
    seen.step("What happens")
    seen.page.locator(".st-key-kinds_plain button").first.click()
    seen.settle()
    expect(seen.page.get_by_role("heading", name="What may be behind it")).to_be_visible(timeout=30_000)
    assert leaving(seen) == []
