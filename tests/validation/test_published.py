"""Development cases: no worse than what results.json says. The measuring split is not looked at here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crampnet.errors import BadCase
from crampnet.validation.card import with_generated
from crampnet.validation.cases import LEVELS, load_cases, load_excluded
from crampnet.validation.figures import figures, pick
from crampnet.validation.results import ids, to_json
from crampnet.validation.scoring import score_cases
from tests.support.models import ROOT, shipped

FOLDER = ROOT / "validation"
ALL = LEVELS[-1]
HIGHER_IS_BETTER = ("top_1", "top_3", "urgency_safe")
ROUNDING = 1e-4


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def now(committed: dict[str, Any]) -> dict[str, Any]:
    model = shipped()
    cases = load_cases(FOLDER / "cases", model.knowledge, model.vocabulary)
    excluded = load_excluded(FOLDER / "excluded.yaml", cases)
    chosen = [case for case in cases if case.split == "develop" and case.id not in excluded]
    picked = pick(score_cases(model, chosen, ALL), ids(chosen))
    return figures(picked, committed["threshold"], model.knowledge.losses.levels)


@pytest.mark.parametrize("name", HIGHER_IS_BETTER)
def test_development_cases_are_answered_no_worse(name: str, now: dict[str, Any], committed: dict[str, Any]) -> None:
    before = committed["figures"]["develop"][ALL][name]
    assert now[name]["value"] >= before["value"] - ROUNDING, "run `make accuracy` and say in the change why it fell"


def test_no_more_emergencies_are_missed(now: dict[str, Any], committed: dict[str, Any]) -> None:
    before = committed["figures"]["develop"][ALL]["emergencies"]
    for level in ("below_emergency", "below_urgent"):
        assert now["emergencies"][level]["count"] <= before[level]["count"]


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
