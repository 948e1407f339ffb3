"""Where files lie, how they are kept between runs, and what is generated from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crampnet.errors import Issue
from crampnet.knowledge import cache, load_knowledge, render_files, stale_files, write_files
from crampnet.knowledge.bundle import priors_folder, read_bundle
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.numbers import all_grounds
from crampnet.knowledge.schema import schemas

from .conftest import TINY, Edit


def test_the_shipped_knowledge_is_found() -> None:
    assert (priors_folder() / "conditions").is_dir()
    assert priors_folder().name == "priors"


def test_the_digest_follows_names_and_contents(priors: Path, edit: Edit) -> None:
    first = read_bundle(priors).digest
    assert first == read_bundle(TINY).digest
    edit("grades.yaml", "Strong", "strong")
    assert read_bundle(priors).digest != first


def test_files_parsed_once_are_kept(priors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = read_bundle(priors)
    issues: list[Issue] = []
    first = cache.parse_files(bundle, issues)
    monkeypatch.setattr(cache, "parse_yaml", lambda *_args, **_keys: pytest.fail("parsed again"))
    assert cache.parse_files(bundle, issues) == first
    assert not issues


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 0, "entries": {}}', '{"format": 1, "entries": []}'])
def test_a_spoiled_cache_is_only_slow(priors: Path, content: str) -> None:
    bundle = read_bundle(priors)
    first = cache.parse_files(bundle, [])
    (kept,) = cache.cache_folder().glob("*.json")
    kept.write_text(content)
    assert cache.parse_files(bundle, []) == first
    assert json.loads(kept.read_text())["format"] == cache.FORMAT


def test_without_a_place_for_the_cache_loading_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CRAMPNET_CACHE", str(tmp_path / "file" / "cache"))
    issues: list[Issue] = []
    assert cache.parse_files(read_bundle(TINY), issues)
    assert not issues


def test_rendering_writes_what_is_stale_and_nothing_twice(priors: Path, edit: Edit) -> None:
    assert len(stale_files(priors)) == len(schemas()) + 1
    write_files(priors)
    assert stale_files(priors) == []
    edit("conditions/hypocalcemia.yaml", "value: 0.12,", "value: 0.13,")
    assert [file.name for file in write_files(priors)] == ["evidence.md"]
    assert "| troubles_hand | 0.13 | 0.06 to 0.192 |" in (priors / "evidence.md").read_text()


def test_generated_files_do_not_disturb_loading(priors: Path) -> None:
    write_files(priors)
    assert load_knowledge(priors).digest == load_knowledge(TINY).digest


def test_the_evidence_table_names_every_figure_source_and_rejected_source() -> None:
    text = render_files(TINY)[TINY / "evidence.md"]
    knowledge = load_knowledge(TINY)
    rows = list(all_grounds(knowledge))
    assert sum(line.startswith("| ") and line.count("|") == 9 for line in text.splitlines()) >= len(rows)
    assert all(f"| {row.key} |" in text for row in rows)
    assert all(f"**{key}**" in text for key in knowledge.sources)
    assert all(source.citation in text for source in knowledge.rejected)


def test_a_definition_is_made_where_none_is_given() -> None:
    definitions = {(row.file, row.key): row.definition for row in all_grounds(load_knowledge(TINY))}
    made = definitions["conditions/hypocalcemia.yaml", "presence_shows.serum_calcium_low"]
    assert made == "low serum calcium, among people with hypocalcemia"
    assert definitions["conditions/hypocalcemia.yaml", "base_rate.0"] == "present at any time in 28 days"
    assert all(definitions.values())


def test_schemas_are_json_and_know_the_keys() -> None:
    condition = json.loads(schemas()["condition.json"])
    assert condition["additionalProperties"] is False
    assert "P(present)" in condition["properties"]["base_rate"]["description"]
    assert "with" in json.loads(schemas()["finding.json"])["$defs"]["Abnormality"]["properties"]


@pytest.mark.parametrize(
    ("given", "best"),
    [("hypocalcaemia", "hypocalcemia"), ("thumb crampin", "thumb_cramping"), ("frusemid", "furosemide"), ("zzz", None)],
)
def test_nearest_names(given: str, best: str | None) -> None:
    names = nearest_names(given, ["hypocalcemia", "hypokalemia", "thumb_cramping", "furosemide", "als"])
    assert (names[0] if names else None) == best
