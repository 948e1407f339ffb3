"""Published cases: the record, its errors, the split and the levels of what is known."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crampnet.errors import BadCase, BadYaml
from crampnet.inference.case import Case
from crampnet.inference.evidence import read_evidence
from crampnet.validation.cases import (
    KEYS,
    KINDS,
    LEVELS,
    PART_KEYS,
    SOURCE_KEYS,
    PublicCase,
    address,
    load_cases,
    load_excluded,
    split_of,
)
from crampnet.yaml_io import dump_yaml, parse_yaml, read_yaml
from tests.support.models import ROOT, shipped, tiny

FOLDER = ROOT / "validation"

GOOD = """
id: one
kind: case_report
source: {title: "A title", url: "https://www.example.org/one", year: null, read: abstract}
summary: "A woman whose hands cramp."
label: hypocalcemia
other_labels: []
published_diagnosis: "low calcium"
triage: urgent
triage_reason: "Made up."
group: metabolic
history: {age: 44, sex: female, present: [kind_spasm], absent: [at_night], medicines: [lasix]}
examination: {present: [carpal_posture], absent: [phalen_sign]}
tests: {results: {serum_calcium: "1.8 mmol/L"}, absent: [ncs_median_slowing]}
unmapped: []
"""


def write(folder: Path, **changes: Any) -> None:
    data = parse_yaml(GOOD) | changes
    (folder / f"{data['id']}.yaml").write_text(dump_yaml(data), encoding="utf-8")


def load(folder: Path) -> tuple[PublicCase, ...]:
    return load_cases(folder, tiny().knowledge, tiny().vocabulary)


def test_a_good_file_becomes_a_case(tmp_path: Path) -> None:
    write(tmp_path)
    (case,) = load(tmp_path)
    assert (case.id, case.label, case.triage, case.explained) == ("one", "hypocalcemia", "urgent", True)


def test_each_level_adds_its_part(tmp_path: Path) -> None:
    write(tmp_path)
    (case,) = load(tmp_path)
    history, examination, tests = (case.known_at(level) for level in LEVELS)
    assert history == case.parts["history"]
    assert examination.present == ("kind_spasm", "carpal_posture")
    assert examination.absent == ("at_night", "phalen_sign")
    assert examination.examined == ("carpal_posture", "phalen_sign")
    assert examination.medicines == ("lasix",)
    assert not examination.results
    assert tests.absent == ("at_night", "phalen_sign", "ncs_median_slowing")
    assert tests.examined == examination.examined
    assert tests.results == {"serum_calcium": "1.8 mmol/L"}


BAD = [
    ({"label": "hypocalcaemic"}, "one.yaml: label", '"hypocalcemia"'),
    ({"other_labels": ["carpal_tunel"]}, "one.yaml: other_labels", "carpal_tunnel"),
    ({"other_labels": "als"}, "one.yaml: other_labels", "list"),
    ({"triage": "emergancy"}, "one.yaml: triage", '"emergency"'),
    ({"kind": "rumour"}, "one.yaml: kind", "case_report"),
    ({"history": {"present": ["kind_spasmz"]}}, "one.yaml: history.present", '"kind_spasm"'),
    ({"history": {"medicines": ["furosemid"]}}, "one.yaml: history.medicines", '"furosemide"'),
    ({"history": {"presents": []}}, "one.yaml: history.presents", "Allowed are"),
    ({"examination": {"age": 3}}, "one.yaml: examination", "present"),
    ({"tests": {"results": {"serum_calcum": "2 mmol/L"}}}, "one.yaml: tests.results", '"serum_calcium"'),
    ({"sumary": "x"}, "one.yaml: key", '"summary"'),
    ({"summary": ""}, "one.yaml: summary", "text"),
    ({"source": {"title": "A", "url": "b", "year": 2000}}, "one.yaml: source", "Add it"),
]


@pytest.mark.parametrize(("changes", "place", "remedy"), BAD, ids=lambda x: str(x) if isinstance(x, dict) else "")
def test_errors_name_file_key_and_remedy(tmp_path: Path, changes: dict[str, Any], place: str, remedy: str) -> None:
    write(tmp_path, **changes)
    with pytest.raises(BadCase) as caught:
        load(tmp_path)
    assert caught.value.place == place
    assert remedy in caught.value.remedy


def test_the_id_is_the_name_of_the_file(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "one.yaml").rename(tmp_path / "two.yaml")
    with pytest.raises(BadCase, match=r"two\.yaml: id"):
        load(tmp_path)


def test_a_source_told_twice_is_an_error_and_two_of_its_patients_are_not(tmp_path: Path) -> None:
    source = parse_yaml(GOOD)["source"]
    write(tmp_path)
    write(tmp_path, id="two", source=source | {"title": "A title, patient 2"})
    assert len(load(tmp_path)) == 2
    write(tmp_path, id="three", source=source | {"url": "http://example.org/ONE/"})
    with pytest.raises(BadCase, match=r"three has the same|one has the same"):
        load(tmp_path)


def test_broken_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match="no cases"):
        load(tmp_path)
    (tmp_path / "one.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(BadYaml, match=r"one\.yaml"):
        load(tmp_path)


def test_leaving_out_needs_a_case_and_a_reason(tmp_path: Path) -> None:
    write(tmp_path)
    cases = load(tmp_path)
    file = tmp_path.parent / "excluded.yaml"
    for text, word in (("onne: why", '"one"'), ("one: ''", "Say in a sentence")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(BadCase) as caught:
            load_excluded(file, cases)
        assert word in caught.value.remedy
    file.write_text("one: told twice", encoding="utf-8")
    assert load_excluded(file, cases) == {"one": "told twice"}


def test_the_address_does_not_hang_on_typing() -> None:
    assert address(" HTTPS://www.Example.org/A-b?c=1 ") == "exampleorgabc1"
    assert address("http://example.org/ab/c1/") == "exampleorgabc1"


@given(st.text(min_size=1))
def test_the_split_hangs_on_the_address_alone(path: str) -> None:
    assert split_of(f"https://www.example.org/{path}") == split_of(f"http://example.org/{path}//")


def test_the_split_is_stable() -> None:
    pages = [f"https://example.org/{page}" for page in range(3000)]
    assert 1900 < sum(split_of(page) == "develop" for page in pages) < 2100
    assert [split_of(page) for page in pages[:6]] == KNOWN_SPLITS


KNOWN_SPLITS = ["measure", "develop", "develop", "develop", "develop", "develop"]


@pytest.fixture(scope="module")
def collected() -> tuple[PublicCase, ...]:
    model = shipped()
    return load_cases(FOLDER / "cases", model.knowledge, model.vocabulary)


def test_the_collected_cases_are_enough(collected: tuple[PublicCase, ...]) -> None:
    excluded = load_excluded(FOLDER / "excluded.yaml", collected)
    kept = [case for case in collected if case.id not in excluded]
    assert len(kept) >= 150
    assert sum(not case.explained for case in kept) >= 20
    assert sum(case.triage == "emergency" for case in kept) >= 30
    share = Counter(case.split for case in kept)["develop"] / len(kept)
    assert 0.58 < share < 0.75


def test_the_collected_cases_can_be_read_as_evidence(collected: tuple[PublicCase, ...]) -> None:
    model = shipped()
    for case in collected:
        for level in LEVELS:
            assert read_evidence(model.knowledge, model.vocabulary, model.network(), case.known_at(level)).weights


def test_the_schema_says_what_the_loader_says() -> None:
    schema = json.loads((FOLDER / "case.schema.json").read_text(encoding="utf-8"))
    properties = schema["properties"]
    assert schema["required"] == list(KEYS) == list(properties)
    assert properties["kind"]["enum"] == list(KINDS)
    assert tuple(properties["triage"]["enum"]) == tuple(shipped().knowledge.losses.levels)
    assert set(properties["history"]["properties"]) == {f.name for f in fields(Case)}
    assert {level: tuple(properties[level]["properties"]) for level in PART_KEYS} == PART_KEYS
    assert properties["source"]["required"] == list(SOURCE_KEYS)


def test_every_collected_file_obeys_the_schema() -> None:
    validation = pytest.importorskip("jsonschema")
    schema = validation.Draft202012Validator(json.loads((FOLDER / "case.schema.json").read_text(encoding="utf-8")))
    wrong = [file.name for file in (FOLDER / "cases").glob("*.yaml") if not schema.is_valid(read_yaml(file))]
    assert wrong == []
