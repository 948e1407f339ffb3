from __future__ import annotations

from pathlib import Path

import pytest

from crampnet.errors import KnowledgeError
from crampnet.knowledge import load_knowledge
from crampnet.knowledge.estimate import Number
from crampnet.knowledge.numbers import all_grounds

from .conftest import TINY


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    return tmp_path / "clinic.yaml"


def test_a_value_is_replaced_and_becomes_a_judgement(clinic: Path) -> None:
    clinic.write_text("conditions.hypocalcemia.troubles_hand.value: 0.15\n")
    knowledge = load_knowledge(TINY, overlay=clinic)
    number = knowledge.conditions["hypocalcemia"].troubles_hand
    assert (number.value, number.interval) == (0.15, (0.06, 0.192))
    assert (number.basis, number.grade, number.reason) == ("judgement", "E", "Replaced by the overlay clinic.yaml.")
    assert knowledge.digest != load_knowledge(TINY).digest
    assert load_knowledge(TINY).conditions["hypocalcemia"].troubles_hand.value == 0.12


def test_list_items_are_found_by_cause_or_number(clinic: Path) -> None:
    clinic.write_text(
        "conditions.hypocalcemia.raised_by.loop_diuretic.value: 2.0\n"
        "conditions.hypocalcemia.base_rate.0.value: 0.005\n"
        "settings.dialysis_unit.female: 0.4\n"
    )
    knowledge = load_knowledge(TINY, overlay=clinic)
    condition = knowledge.conditions["hypocalcemia"]
    assert [link.value for link in condition.raised_by] == [0.03, 2.0]
    assert condition.base_rate[0].value == 0.005
    assert knowledge.settings["dialysis_unit"].female == 0.4


def test_every_figure_has_a_path_that_an_overlay_may_name(clinic: Path) -> None:
    rows = [row for row in all_grounds(load_knowledge(TINY)) if isinstance(row.grounds, Number)]
    assert len({row.path for row in rows}) == len(rows)
    clinic.write_text("".join(f"{row.path}.note: Seen.\n" for row in rows))
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(TINY, overlay=clinic)
    assert all('no "note"' in issue.message for issue in caught.value.issues)


def test_grounds_given_in_the_overlay_are_kept(clinic: Path) -> None:
    place = "conditions.hypocalcemia.troubles_hand"
    clinic.write_text(f"{place}.value: 0.1\n{place}.basis: judgement\n{place}.reason: Seen here.\n")
    assert load_knowledge(TINY, overlay=clinic).conditions["hypocalcemia"].troubles_hand.reason == "Seen here."


@pytest.mark.parametrize(
    ("path", "message", "remedy"),
    [
        ("conditions.hypocalcaemia.troubles_hand.value", 'no "hypocalcaemia"', "hypocalcemia"),
        ("conditions.hypocalcemia.trouble_hand.value", 'no "trouble_hand"', "troubles_hand"),
        ("conditions.hypocalcemia.raised_by.7.value", 'no "7"', ""),
        ("conditions.hypocalcemia.troubles_hand.value.x", 'no "x"', ""),
        ("nothing", 'no "nothing"', ""),
    ],
)
def test_a_path_that_leads_nowhere(clinic: Path, path: str, message: str, remedy: str) -> None:
    clinic.write_text(f"{path}: 0.5\n")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(TINY, overlay=clinic)
    (issue,) = caught.value.issues
    assert (issue.file, issue.key) == ("clinic.yaml", path)
    assert message in issue.message
    assert remedy in issue.message


def test_a_value_outside_the_interval_names_the_place(clinic: Path) -> None:
    clinic.write_text("conditions.hypocalcemia.troubles_hand.value: 0.5\n")
    with pytest.raises(KnowledgeError, match=r"troubles_hand\.interval: The value 0\.5 is not inside"):
        load_knowledge(TINY, overlay=clinic)


@pytest.mark.parametrize(("content", "message"), [("- 1", "mapping of paths"), ("a: [", "Expected the node")])
def test_an_overlay_that_is_none(clinic: Path, content: str, message: str) -> None:
    clinic.write_text(content)
    with pytest.raises(KnowledgeError, match=message):
        load_knowledge(TINY, overlay=clinic)


def test_an_overlay_that_does_not_exist(clinic: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load_knowledge(TINY, overlay=clinic)
