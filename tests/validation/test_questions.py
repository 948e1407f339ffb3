"""Questions needed: an interview in numbers, the medians over many, and the figures of a split."""

from __future__ import annotations

import pytest

from crampnet.errors import TooExpensive
from crampnet.inference.case import Case
from crampnet.reasoning.interview import Asked, Interview, Standing, interview
from crampnet.reasoning.steps.teller import UNKNOWN
from crampnet.validation import questions as module
from crampnet.validation.questions import WITHIN, Course, course, questions, summary
from tests.support.models import tiny
from tests.validation.test_scoring import CASES

FIRST, SECOND, HIGHER = Standing("a", 0.5, "routine"), Standing("b", 0.6, "routine"), Standing("b", 0.6, "urgent")


def asked(standing: Standing, *, known: bool, red_flag: bool = False) -> Asked:
    return Asked(("q", "r") if red_flag else ("q",), "present" if known else UNKNOWN, red_flag, standing)


def test_an_interview_in_numbers() -> None:
    told = (
        asked(FIRST, known=True, red_flag=True),
        asked(FIRST, known=False, red_flag=True),
        asked(SECOND, known=True),
        asked(SECOND, known=True),
    )
    found = course(Interview(FIRST, told, SECOND, HIGHER, 30))
    assert (found.asked, found.signs, found.answered, found.red_flags) == (4, 6, 3, 2)
    assert found.settled == {"everything": (3, 2), "full": None}


def test_medians_shares_and_refusals() -> None:
    def one(count: int, settled: tuple[int, int] | None) -> Course:
        return Course(count, 2 * count, 2, 1, {"everything": settled, "full": None})

    found = summary([one(10, (4, 1)), one(20, (12, 3)), one(60, None), None])
    assert (found["n"], found["refused"]) == (3, 1)
    assert (found["asked"]["median"], found["signs"]["median"]) == (20, 40)
    assert found["everything"]["reached"]["value"] == pytest.approx(2 / 3)
    assert found["everything"]["questions"]["median"] == 8
    assert found["everything"]["answered"]["median"] == 2
    assert found["everything"]["within"] == {"10": pytest.approx(1 / 3)} | {
        str(limit): pytest.approx(2 / 3) for limit in WITHIN[1:]
    }
    assert found["full"]["questions"] is None
    assert found["full"]["reached"]["value"] == 0.0


def test_nothing_gives_nothing() -> None:
    found = summary([])
    assert (found["n"], found["asked"], found["full"]["reached"]) == (0, None, None)


@pytest.fixture
def all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 1)


@pytest.mark.usefixtures("all_of_them")
def test_every_case_is_interviewed_in_its_split() -> None:
    found = questions(tiny(), CASES)
    assert {split: part["n"] for split, part in found.items()} == {
        split: sum(case.split == split for case in CASES) for split in ("develop", "measure")
    }
    model = tiny()
    for split, part in found.items():
        told = [case.known_at("tests") for case in CASES if case.split == split]
        lengths = [len(interview(model.knowledge, model.vocabulary, model.network(), case).asked) for case in told]
        if lengths:
            assert part["asked"]["high"] <= max(lengths)
            assert part["asked"]["low"] >= min(lengths)


def test_one_in_so_many_of_a_split_is_interviewed_whatever_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 2)
    found = questions(tiny(), CASES)
    assert questions(tiny(), CASES[::-1]) == found
    for split, part in found.items():
        assert part["n"] == (sum(case.split == split for case in CASES) + 1) // 2


@pytest.mark.usefixtures("all_of_them")
def test_a_refused_case_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Interview:
        raise TooExpensive("It", 2.0, 1.0)

    monkeypatch.setattr(module, "interview", refuse)
    found = questions(tiny(), CASES)
    assert sum(part["refused"] for part in found.values()) == len(CASES)
    assert all(part["n"] == 0 for part in found.values())


def test_a_case_without_anything_known_is_settled_at_once() -> None:
    model = tiny()
    found = course(interview(model.knowledge, model.vocabulary, model.network(), Case(age=50)))
    assert found.settled["full"] == (0, 0)
