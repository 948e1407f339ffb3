"""Every statement of the source documents has its entry in coverage.yaml, and every pointer leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from crampnet.errors import Issue
from crampnet.knowledge import check_knowledge, load_knowledge
from crampnet.knowledge.checks.coverage import lost
from crampnet.knowledge.records_coverage import Covered
from tests.support.models import shipped

from .conftest import Edit

KNOWLEDGE = shipped().knowledge
FACTS = [f"F{number:03}" for number in range(1, 371)]
GAPS = [f"G{number:02}" for number in range(1, 36)]
POINTERS = sorted({pointer for entry in KNOWLEDGE.coverage.values() for pointer in entry.by})


def covered(edit: Edit, entries: str, priors: Path) -> list[Issue]:
    """The issues of the small fixture with this coverage.yaml."""
    edit("coverage.yaml", "", f"coverage:\n{entries}")
    return check_knowledge(priors)


def test_every_statement_and_gap_has_its_entry_in_order() -> None:
    assert list(KNOWLEDGE.coverage) == FACTS + GAPS


@pytest.mark.parametrize("pointer", POINTERS)
def test_every_pointer_leads_to_something(pointer: str) -> None:
    assert lost(KNOWLEDGE, pointer) is None


def test_what_a_record_claims_to_honour_exists_and_is_not_declined() -> None:
    folders = (
        KNOWLEDGE.conditions,
        KNOWLEDGE.exposures,
        KNOWLEDGE.syndromes,
        KNOWLEDGE.findings,
        KNOWLEDGE.measurements,
    )
    claimed = {fact for folder in folders for record in folder.values() for fact in record.facts}
    claimed |= {fact for items in KNOWLEDGE.advice.values() for item in items for fact in item.facts}
    claimed |= {fact for flag in KNOWLEDGE.red_flags for fact in flag.facts}
    taken_up = {id_ for id_, entry in KNOWLEDGE.coverage.items() if not entry.declined}
    assert claimed <= taken_up


def test_only_clauses_about_the_documents_themselves_are_declined() -> None:
    declined = [id_ for id_, entry in KNOWLEDGE.coverage.items() if entry.declined]
    assert declined == ["F356", "F357", "F360", "F367", "G16"]


def test_a_body_of_knowledge_may_do_without_it(priors: Path) -> None:
    assert load_knowledge(priors).coverage == {}


def test_entries_are_read(priors: Path, edit: Edit) -> None:
    entries = "  F001: {by: [conditions.hypocalcemia.raised_by.loop_diuretic]}\n  G01: {open: No list.}\n"
    assert covered(edit, entries, priors) == []
    coverage = load_knowledge(priors).coverage
    assert coverage["F001"] == Covered(by=("conditions.hypocalcemia.raised_by.loop_diuretic",))
    assert coverage["G01"].open == "No list."


@pytest.mark.parametrize(
    ("entries", "key", "message", "remedy"),
    [
        ("  F001: {by: [conditions.hypocalcaemia]}\n", "coverage.F001.by", "leads nowhere", '"hypocalcemia"'),
        ("  F001: {by: [condition.hypocalcemia]}\n", "coverage.F001.by", "leads nowhere", '"conditions"'),
        ("  F001: {by: [advice.everybody.drinks]}\n", "coverage.F001.by", "leads nowhere", '"drink"'),
        ("  F001: {by: [conditions.hypocalcemia.note]}\n", "coverage.F001.by", "leads nowhere", "empty"),
        ("  F001: {}\n", "coverage.F001", "Nothing says", "declined"),
        ("  F001: {open: Much., declined: No.}\n", "coverage.F001.declined", "declined and", "Keep"),
        ("  F001: {by: [sources.d1, sources.d1]}\n", "coverage.F001.by", "twice", "Keep one"),
        ("  F1: {open: Much.}\n", "coverage.F1", "F1", "F001 or G01"),
        ("  F001: {open: Much.}\n  F001: {open: More.}\n", "", "duplicate", "Keep one"),
    ],
)
def test_what_is_wrong_is_named(priors: Path, edit: Edit, entries: str, key: str, message: str, remedy: str) -> None:
    issues = covered(edit, entries, priors)
    assert len(issues) == 1, "\n".join(map(str, issues))
    assert issues[0].file.startswith("coverage.yaml")
    assert issues[0].key == key
    assert message in issues[0].message
    assert remedy in issues[0].remedy
