"""Development cases: no worse than what results.json says. The measuring split is not looked at here."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from crampnet.errors import BadCase
from crampnet.validation.card import with_generated
from crampnet.validation.cases import LEVELS, load_cases, load_excluded
from crampnet.validation.figures import TOPS, Picked, cases_right, emergencies, pick
from crampnet.validation.results import ids, to_json
from crampnet.validation.scoring import score_cases
from tests.support.models import ROOT, shipped

FOLDER = ROOT / "validation"
ALL = LEVELS[-1]


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
    return found


def _thirds() -> list[Any]:
    """One third of the cases each; one of them is answered in every run of the tests, the others where time allows."""
    return [0, *(pytest.param(place, marks=pytest.mark.long) for place in (1, 2))]


@pytest.fixture(scope="module", params=_thirds())
def third(request: pytest.FixtureRequest, committed: dict[str, Any]) -> tuple[Picked, Picked]:
    """Some development cases as the results tell of them, and as they are answered now."""
    model = shipped()
    cases = load_cases(FOLDER / "cases", model.knowledge, model.vocabulary)
    excluded = load_excluded(FOLDER / "excluded.yaml", cases)
    chosen = [case for case in cases if case.split == "develop" and case.id not in excluded][request.param :: 3]
    lines = {line["id"]: line for line in committed["development"]}
    now = pick(score_cases(model, chosen, ALL), ids(chosen))
    return replace(now, table=pd.DataFrame([lines[case.id][ALL] for case in chosen], ids(chosen))), now


@pytest.mark.parametrize("top", TOPS)
def test_development_cases_are_answered_no_worse(top: int, third: tuple[Picked, Picked]) -> None:
    before, now = (int((cases_right(picked, top) & picked.explained).sum()) for picked in third)
    assert now >= before, "run `make accuracy` and say in the change why it fell"


def test_no_more_people_are_rated_too_low(third: tuple[Picked, Picked]) -> None:
    levels = shipped().knowledge.losses.levels

    def safe(picked: Picked) -> int:
        pairs = zip(picked.table["urgency"], picked.cases, strict=True)
        return sum(levels.index(given) >= levels.index(case.triage) for given, case in pairs)

    before, now = map(safe, third)
    assert now >= before


def test_no_more_emergencies_are_missed(third: tuple[Picked, Picked]) -> None:
    before, now = (emergencies(picked, shipped().knowledge.losses.levels) for picked in third)
    for level in ("below_emergency", "below_urgent"):
        assert now[level]["count"] <= before[level]["count"]


def test_the_measuring_split_is_told_in_figures_only(committed: dict[str, Any]) -> None:
    model = shipped()
    cases = load_cases(FOLDER / "cases", model.knowledge, model.vocabulary)
    text = to_json(committed)
    assert [row["id"] for row in committed["development"]] == ids(c for c in cases if c.split == "develop")
    assert not [case.id for case in cases if case.split == "measure" and f'"{case.id}"' in text]


def test_the_card_shows_the_results(committed: dict[str, Any]) -> None:
    card = (ROOT / "MODEL_CARD.md").read_text(encoding="utf-8")
    first = committed["figures"]["measure"][ALL]["top_1"]["value"]
    assert f"{100 * first:.0f} %" in card
    again = with_generated(card, shipped().knowledge, committed)
    assert with_generated(again, shipped().knowledge, committed) == again
    assert again.split("<!--")[0] == card.split("<!--")[0]


def test_a_card_without_marks_is_refused(committed: dict[str, Any]) -> None:
    with pytest.raises(BadCase, match="marks"):
        with_generated("# A card", shipped().knowledge, committed)
