from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crampnet.errors import Issue, KnowledgeError, UnknownName
from crampnet.knowledge import check_knowledge, load_knowledge

from .conftest import TINY, Edit


def test_the_fixture_loads_into_records() -> None:
    knowledge = load_knowledge(TINY)
    assert sorted(knowledge.conditions) == [
        "carpal_tunnel_syndrome",
        "dialysis_cramp",
        "hypocalcemia",
        "idiopathic_cramp",
        "not_modelled",
    ]
    assert knowledge.conditions["hypocalcemia"].reason_shows["kind_spasm"].value == 0.55
    assert knowledge.conditions["dialysis_cramp"].caused_only
    assert "serum_calcium" in knowledge.measurements
    assert "serum_calcium" not in knowledge.findings
    assert knowledge.warnings == ()


def test_units_become_factor_and_offset(priors: Path, edit: Edit) -> None:
    edit("findings/serum_calcium.yaml", "{mg/dL: 0.2495}", '{mg/dL: 0.2495, "%": {factor: 10.93, offset: -23.5}}')
    units = load_knowledge(priors).measurements["serum_calcium"].units
    assert (units["mg/dL"].factor, units["mg/dL"].offset) == (0.2495, 0.0)
    assert (units["%"].factor, units["%"].offset) == (10.93, -23.5)


def test_the_key_with_is_an_attribute() -> None:
    abnormality = load_knowledge(TINY).measurements["serum_calcium"].abnormalities["serum_calcium_low"]
    assert abnormality.with_.mean < abnormality.without.mean


def test_kinds_and_names() -> None:
    knowledge = load_knowledge(TINY)
    assert knowledge.kinds["serum_calcium_low"] == "abnormality"
    assert knowledge.kinds["at_night"] == "pattern"
    assert knowledge.abnormality_of["serum_calcium_low"] == "serum_calcium"
    assert knowledge.name("serum_calcium_low").plain == "Calcium low"


def test_the_forms_of_a_condition_go_with_it() -> None:
    knowledge = load_knowledge(TINY)
    form = knowledge.conditions["hypocalcemia"].model_copy(update={"form_of": "not_modelled"})
    changed = replace(knowledge, conditions={**knowledge.conditions, "hypocalcemia": form})
    assert changed.with_forms({"not_modelled", "no_condition"}) == {"not_modelled", "hypocalcemia"}
    assert changed.with_forms({"hypocalcemia"}) == {"hypocalcemia"}


def test_an_unknown_name_offers_the_nearest() -> None:
    knowledge = load_knowledge(TINY)
    with pytest.raises(UnknownName) as node:
        knowledge.name("hypocalcaemia")
    assert node.value.nearest[0] == "hypocalcemia"


def test_loading_again_gives_the_same_object_until_a_byte_changes(priors: Path, edit: Edit) -> None:
    first = load_knowledge(priors)
    assert load_knowledge(priors) is first
    edit("conditions/hypocalcemia.yaml", "Low calcium", "Too little calcium")
    second = load_knowledge(priors)
    assert second.digest != first.digest
    assert second.conditions["hypocalcemia"].name.plain == "Too little calcium"


def test_records_are_frozen() -> None:
    condition = load_knowledge(TINY).conditions["hypocalcemia"]
    with pytest.raises(ValueError, match="frozen"):
        condition.group = "nerve"  # type: ignore[misc]


def test_all_problems_come_at_once(priors: Path, edit: Edit) -> None:
    edit("conditions/hypocalcemia.yaml", "group: metabolic", "group: blood")
    edit("exposures/dialysis.yaml", "kind: procedure", "kind: procedur")
    edit("findings/at_night.yaml", "section: timing", "section: night")
    assert [issue.file for issue in check_knowledge(priors)] == [
        "conditions/hypocalcemia.yaml",
        "exposures/dialysis.yaml",
        "findings/at_night.yaml",
    ]


def test_a_broken_file_is_not_blamed_on_its_neighbours(priors: Path, edit: Edit) -> None:
    edit("syndromes/tetany.yaml", "background:", "backgrund:")
    edit("conditions/hypocalcemia.yaml", "cause: loop_diuretic", "cause: loop_diuretics")
    issues = check_knowledge(priors)
    assert {(issue.file, issue.key) for issue in issues} == {
        ("syndromes/tetany.yaml", "background"),
        ("syndromes/tetany.yaml", "backgrund"),
        ("conditions/hypocalcemia.yaml", "raised_by.loop_diuretics"),
    }


def test_a_folder_without_knowledge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no knowledge in this folder"):
        load_knowledge(tmp_path / "nowhere")


def test_the_error_lists_file_key_message_and_remedy(priors: Path, edit: Edit) -> None:
    edit("conditions/hypocalcemia.yaml", "group: metabolic", "gruop: metabolic")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(priors)
    assert Issue("conditions/hypocalcemia.yaml", "group", "This key is missing.", "Add it.") in caught.value.issues
    assert 'gruop: There is no such key here. Did you mean "group"' in str(caught.value)
